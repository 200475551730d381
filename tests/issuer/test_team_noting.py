"""Noting from the pages: in a few taps, several things at once, undone at once, open to a device that stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from badges.issuer.storage import Observation, Person

from .builders import NOW, PLANTER
from .staff_room import Room, key_of, said

TODAY = NOW.date().isoformat()


@pytest.fixture
def room(sqlite_storage: Any) -> Room:
    return Room(sqlite_storage)


def observations(room: Room) -> tuple[Observation, ...]:
    with room.office.storage.reading() as register:
        return register.list(Observation, order="criterion", withdrawn_at=None)


def a_note(person: Person, **changes: Any) -> dict[str, Any]:
    fields = {"person": person.id, "seen": [f"{PLANTER}/c1", f"{PLANTER}/c2"], "on": TODAY, "line": "au cordeau"}
    return fields | {"slug": PLANTER} | changes


def test_from_the_list_four_taps_note_what_was_seen(room: Room) -> None:
    amina = room.office.a_person(name="Amina Diallo")
    browser = room.browser(room.office.eti)
    assert f"/equipe/noter/{amina.id}" in browser.get("/equipe/noter").text  # 1. the person
    assert f"/equipe/noter/{amina.id}/{PLANTER}" in browser.get(f"/equipe/noter/{amina.id}").text  # 2. the badge
    form = browser.get(f"/equipe/noter/{amina.id}/{PLANTER}")
    assert f'value="{PLANTER}/c1"' in form.text  # 3. what was seen
    assert f'value="{TODAY}" max="{TODAY}"' in form.text, "today is the day unless another is chosen"
    done = browser.post("/equipe/noter", a_note(amina, once=key_of(form)))  # 4. noted
    page = browser.get(done.headers["location"])
    assert "C’est noté pour Amina D. : 2 observations" in said(page)
    assert [(each.criterion, each.note, each.function) for each in observations(room)] == [
        ("c1", "au cordeau", "ETI"),
        ("c2", "au cordeau", "ETI"),
    ]


def test_after_a_note_the_page_says_what_is_still_missing_in_words(room: Room) -> None:
    amina = room.office.a_person()
    room.office.observe(amina, but=("c3",))
    browser = room.browser(room.office.eti)
    done = browser.post("/equipe/noter", a_note(amina, seen=f"{PLANTER}/c1"))
    page = said(browser.get(done.headers["location"]))
    assert "à portée" in page
    criterion = room.office.entry().definition.by_id["c3"].text
    assert f"« {criterion} » : rien de noté pour l’instant." in page
    again = browser.post("/equipe/noter", a_note(amina, seen=f"{PLANTER}/c3"))
    assert "tout est vu" in said(browser.get(again.headers["location"]))


def test_a_form_sent_twice_is_noted_once(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti)
    fields = a_note(amina, once="abcdefghij")
    first, second = (browser.post("/equipe/noter", fields).headers["location"] for _ in range(2))
    assert first == second
    assert len(observations(room)) == 2


def test_a_note_is_undone_right_after_and_the_page_says_so(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti)
    done = browser.post("/equipe/noter", a_note(amina)).headers["location"]
    (ids,) = parse_qs(urlsplit(done).query)["vu"]
    undone = browser.post("/equipe/noter/annuler", {"seen": ids})
    assert "C’est annulé" in said(browser.get(undone.headers["location"]))
    assert "annulées" in said(browser.get(done))
    assert observations(room) == ()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"seen": ""}, "Cochez au moins une chose"),
        ({"seen": f"{PLANTER}/c99"}, "Choisissez dans la liste"),
        ({f"way:{PLANTER}/c1": "JUR"}, "Choisissez dans la liste"),
        ({"on": (NOW.date() + timedelta(days=2)).isoformat()}, "Une date passée ou celle du jour"),
        ({"on": "hier"}, "Une date était attendue"),
        ({"line": "son NIR : 1 84 12 76 451 089 46"}, "n’entre pas ici"),
        ({"person": ""}, "Choisissez de qui vous parlez"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_what_was_typed_is_kept(
    room: Room, wrong: dict[str, str], sentence: str
) -> None:
    amina = room.office.a_person()
    answer = room.browser(room.office.eti).post("/equipe/noter", a_note(amina) | {"line": "au cordeau"} | wrong)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert (wrong.get("line") or "au cordeau") in answer.text
    assert observations(room) == ()


def test_the_line_says_what_is_never_written(room: Room) -> None:
    amina = room.office.a_person()
    page = said(room.browser(room.office.eti).get(f"/equipe/noter/{amina.id}/{PLANTER}"))
    for never in ("santé", "famille", "justice", "origine", "quelqu’un d’autre"):
        assert never in page


def test_an_activity_offers_the_criteria_of_all_its_badges(room: Room) -> None:
    amina = room.office.a_person()
    page = room.browser(room.office.eti).get(f"/equipe/noter/{amina.id}/activite/alimentation").text
    for slug in ("tec-maraichage-planter", "tec-maraichage-recolter"):
        assert f'value="{slug}/c1"' in page
    seen = ["tec-maraichage-planter/c1", "tec-maraichage-recolter/c1"]
    room.browser(room.office.eti).post("/equipe/noter", a_note(amina, seen=seen, sector="alimentation"))
    assert {each.slug for each in observations(room)} == {slug.partition("/")[0] for slug in seen}


def test_the_way_and_the_kind_come_from_the_criterion_unless_others_are_chosen(room: Room) -> None:
    amina = room.office.a_person()
    criterion = room.office.entry().definition.by_id["c2"]
    room.browser(room.office.eti).post(
        "/equipe/noter", a_note(amina, function="TUT", **{f"way:{PLANTER}/c2": criterion.ways[-1]})
    )
    first, second = observations(room)
    assert (first.way, first.function) == (room.office.entry().definition.by_id["c1"].ways[0], "TUT")
    assert second.way == criterion.ways[-1]


def test_those_noted_lately_come_first(room: Room) -> None:
    for name in ("Adèle G.", "Bakary T.", "Chloé R."):
        person = room.office.a_person(name=name)
    browser = room.browser(room.office.eti)
    browser.post("/equipe/noter", a_note(person))
    page = browser.get("/equipe/noter").text
    assert (
        page.index("Récemment") < page.index("Chloé R.") < page.index("Toutes les personnes") < page.index("Adèle G.")
    )


def test_a_device_that_stays_may_note_and_add_somebody_and_read_no_file(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti, stays=True, days=3)
    for address in ("/equipe/noter", f"/equipe/noter/{amina.id}", f"/equipe/noter/{amina.id}/{PLANTER}"):
        assert browser.get(address).status_code == 200
    noted = browser.post("/equipe/noter", a_note(amina))
    assert browser.get(noted.headers["location"]).status_code == 200
    added = browser.post("/equipe/personnes/nouvelle", {"name": "Bakary T.", "then": "noter"})
    assert added.headers["location"].startswith("/equipe/noter/")
    for address in ("/equipe/personnes", f"/equipe/personnes/{amina.id}", "/equipe/dossiers", "/equipe/regards"):
        assert browser.get(address).headers["location"].startswith("/equipe/connexion?suite=")


def test_a_script_is_told_in_json_and_a_session_that_ended_is_no_refusal(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti)

    def ask(fields: dict[str, Any]) -> Any:
        headers = {"sec-fetch-site": "same-origin", "accept": "application/json"}
        return browser.ask("POST", "/equipe/noter", headers, data=fields)

    done = ask(a_note(amina, once="abcdefghij"))
    assert done.json()["noted"] == 2
    assert browser.get(done.json()["address"]).status_code == 200
    again = ask(a_note(amina, once="abcdefghij", line="autre chose"))
    assert (again.status_code, again.json()["code"]) == (409, "key_reused")
    wrong = ask(a_note(amina, seen=""))
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "Cochez au moins une chose que vous avez vue.")
    browser.cookies.clear()
    assert ask(a_note(amina)).status_code == 303


def test_a_person_of_another_structure_is_nobody_here(room: Room) -> None:
    amina = room.office.a_person()
    noted = room.browser(room.office.eti).post("/equipe/noter", a_note(amina)).headers["location"]
    (ids,) = parse_qs(urlsplit(noted).query)["vu"]
    stranger = room.browser(room.office.neighbour)
    assert stranger.get(noted).status_code == 404
    assert stranger.post("/equipe/noter/annuler", {"seen": ids}).status_code == 404
    assert stranger.post("/equipe/noter", a_note(amina)).status_code == 404
    for address in (f"/equipe/noter/{amina.id}", f"/equipe/noter/{amina.id}/{PLANTER}"):
        assert stranger.get(address).status_code == 404
    assert "Amina" not in stranger.get("/equipe/noter").text
    assert "Amina" not in stranger.get("/equipe/noter/hors-ligne").text


# -- people


def test_a_person_is_added_with_a_first_name_and_an_initial_and_found_again(room: Room) -> None:
    browser = room.browser(room.office.eti)
    added = browser.post("/equipe/personnes/nouvelle", {"name": "Amina D.", "once": "abcdefghij"})
    page = said(browser.get(added.headers["location"]))
    assert "La personne est ajoutée." in page
    assert "sans e-mail" in page
    assert "Amina D." in said(browser.get("/equipe/personnes?nom=am+d"))
    assert "Personne de ce prénom" in said(browser.get("/equipe/personnes?nom=zoé"))


def test_a_namesake_is_announced_before_it_is_added(room: Room) -> None:
    room.office.issuer.people.add(room.office.eti, name="Sophie Martin", hint="équipe cuisine")
    browser = room.browser(room.office.eti)
    warned = browser.post("/equipe/personnes/nouvelle", {"name": "Sophie M."})
    assert "Quelqu’un de ce nom est déjà là" in said(warned)
    assert "équipe cuisine" in said(warned)
    added = browser.post("/equipe/personnes/nouvelle", {"name": "Sophie M.", "surely_new": "1"})
    assert added.status_code == 303
    assert said(browser.get("/equipe/personnes?nom=sophie")).count("Sophie M.") == 2


def test_a_card_is_shown_once_with_its_code_and_opens_nothing_by_its_code_alone(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti)
    card = browser.post(f"/equipe/personnes/{amina.id}/carte")
    assert card.status_code == 200
    assert "/mes-badges/" in card.text
    assert "<svg" in card.text
    assert "/mes-badges/" not in browser.get(f"/equipe/personnes/{amina.id}").text
    assert room.browser(room.office.neighbour).post(f"/equipe/personnes/{amina.id}/carte").status_code == 404


def test_an_observation_is_taken_back_from_the_page_of_the_person(room: Room) -> None:
    amina = room.office.a_person()
    browser = room.browser(room.office.eti)
    browser.post("/equipe/noter", a_note(amina, seen=f"{PLANTER}/c1"))
    (seen,) = observations(room)
    assert "au cordeau" in said(browser.get(f"/equipe/personnes/{amina.id}"))
    taken = browser.post(f"/equipe/personnes/{amina.id}/observations/{seen.id}/retrait")
    assert "ne compte plus" in said(browser.get(taken.headers["location"].partition("#")[0]))
    assert observations(room) == ()
