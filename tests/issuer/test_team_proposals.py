"""A file from page to page: told, marked, looked at again, agreed to, read as an employer will, signed, or not yet."""

from __future__ import annotations

import re
from typing import Any

import pytest

from badges.issuer.storage import Award, Proposal

from ..web.building import Browser
from .builders import CONNAITRE_IAE, DEBROUSSAILLER, PLANTER
from .staff_room import Room, key_of, said

STORY = "Amina raconte la serre : elle a tendu le cordeau, puis planté trois rangs."


@pytest.fixture
def room(sqlite_storage: Any) -> Room:
    return Room(sqlite_storage)


def opened(room: Room, browser: Browser, slug: str = PLANTER, **person: Any) -> tuple[str, Any]:
    """The address of a file whose story is told, and the person."""
    amina = room.office.a_person(**person)
    room.office.observe(amina, slug)
    answer = browser.post(f"/equipe/proposer/{amina.id}/{slug}", {"situation": STORY, "once": "abcdefghij"})
    return answer.headers["location"].partition("/criteres")[0], amina


def marks(room: Room, slug: str = PLANTER, **changes: str) -> dict[str, str]:
    criteria = room.office.entry(slug).definition.criteria
    return {f"mark:{c.id}": changes.get(c.id, "acquired" if c.required else "not_observed") for c in criteria}


def agreed(**changes: str) -> dict[str, str]:
    return {"word": "agrees", "issued_as": "structure", "named": "no"} | changes


def the_award(room: Room) -> Award:
    with room.office.storage.reading() as register:
        (award,) = register.list(Award)
    return award


def test_an_eti_alone_goes_from_the_story_to_the_badge_where_no_second_look_is_asked(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    marked = browser.post(f"{file}/criteres", marks(room))
    assert "Parole de la personne attendue" in said(browser.get(marks_location(marked)))
    browser.post(f"{file}/parole", agreed())
    page = browser.get(f"{file}/decision")
    assert "Voici le badge, comme un employeur le lira" in said(page)
    assert "Le badge ne dit pas de nom" in said(page)
    decided = browser.post(f"{file}/decision", {"seal": seal_of(page), "once": key_of(page)})
    again = browser.post(f"{file}/decision", {"seal": seal_of(page), "once": key_of(page)})
    assert decided.headers["location"] == again.headers["location"]
    done = said(browser.get(decided.headers["location"]))
    assert "Le badge est délivré." in done
    assert the_award(room).slug == PLANTER
    assert f"/equipe/badges/{the_award(room).uuid}/badge.png" in browser.get(file).text


def marks_location(answer: Any) -> str:
    assert answer.status_code == 303, said(answer)
    return str(answer.headers["location"])


def seal_of(answer: Any) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def test_a_file_does_not_open_without_a_story_and_keeps_what_was_typed(room: Room) -> None:
    browser = room.browser(room.office.eti)
    amina = room.office.a_person()
    empty = browser.post(f"/equipe/proposer/{amina.id}/{PLANTER}", {"steps": "D’abord le cordeau."})
    assert empty.status_code == 422
    assert "Écrivez au moins ce que la personne raconte" in said(empty)
    assert "D’abord le cordeau." in empty.text
    numbered = browser.post(f"/equipe/proposer/{amina.id}/{PLANTER}", {"situation": "NIR 1 84 12 76 451 089 46"})
    assert "n’entre pas ici" in said(numbered)
    assert room.office.issuer.list_proposals(room.office.eti) == ()


def test_the_story_starts_with_questions_that_help_to_tell(room: Room) -> None:
    amina = room.office.a_person()
    page = said(room.browser(room.office.eti).get(f"/equipe/proposer/{amina.id}/{PLANTER}"))
    for question in ("une fois précise", "D’abord, puis, ensuite", "n’était pas prévu", "bien fait"):
        assert question in page
    assert "jamais dans le badge" in page
    assert "Étape 1 sur 4" in page


def test_each_criterion_shows_what_was_seen_and_each_must_be_marked(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    page = said(browser.get(f"{file}/criteres"))
    assert "3 novembre 2026" in page
    assert "observation au poste" in page
    assert "Rien de noté." in page
    incomplete = marks(room)
    incomplete.pop("mark:c2")
    answer = browser.post(f"{file}/criteres", incomplete)
    assert answer.status_code == 422
    assert "Il reste des critères à marquer" in said(answer)
    browser.post(f"{file}/criteres", marks(room, c2="not_yet"))
    after = said(browser.get(file))
    criterion = room.office.entry().definition.by_id["c2"].text
    assert f"« {criterion} » : acquis attendu, pas encore trouvé." in after
    assert "Il manque encore quelque chose" in after


def test_a_second_look_of_another_structure_sees_no_name_where_none_is_to_be_known(room: Room) -> None:
    browser, neighbour = room.browser(room.office.eti), room.browser(room.office.neighbour)
    file, amina = opened(room, browser, CONNAITRE_IAE, name="Amina Diallo")
    browser.post(f"{file}/criteres", marks(room, CONNAITRE_IAE))
    id = file.rpartition("/")[2]
    for address in (file, f"{file}/regard", f"{file}/parole", f"{file}/decision", f"/equipe/regards/{id}"):
        assert neighbour.get(address).status_code == 404
    choice = browser.get(f"{file}/regard")
    assert "Les Voisins" in said(choice)
    assert "structure:" + room.office.voisins.id in choice.text
    sent = browser.post(f"{file}/regard", {"to": "structure:" + room.office.voisins.id, "anonymised": "1"})
    assert "Second regard attendu" in said(browser.get(sent.headers["location"]))
    assert "Seconds regards à donner" in said(neighbour.get("/equipe"))
    look = neighbour.get(f"/equipe/regards/{id}")
    assert "Une personne dont le nom n’est pas dit" in said(look)
    for hidden in ("Amina", "Diallo", "Jardins"):
        assert hidden not in look.text.partition("<main")[2], hidden
    assert "la personne raconte la serre" in said(look)
    assert neighbour.get(file).status_code == 404, "the file itself stays in its structure"
    silent = neighbour.post(f"/equipe/regards/{id}", {"answer": "not_yet"})
    assert "Dites ce qui manque" in said(silent)
    neighbour.post(f"/equipe/regards/{id}", {"answer": "not_yet", "comment": "une situation de plus"})
    back = said(browser.get(file))
    assert "Pas encore, dit le second regard" in back
    assert "une situation de plus" in back
    assert neighbour.get(f"/equipe/regards/{id}").status_code == 404, "given, it is over"
    browser.post(f"{file}/regard", {"to": "structure:" + room.office.voisins.id})
    assert "Amina Diallo" in said(neighbour.get(f"/equipe/regards/{id}"))
    neighbour.post(f"/equipe/regards/{id}", {"answer": "confirms"})
    assert "Parole de la personne attendue" in said(browser.get(file))
    assert amina.id


def test_nobody_looks_again_at_what_they_proposed_or_at_their_own_file(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, amina = opened(room, browser, DEBROUSSAILLER)
    own = room.office.add_staff(room.office.jardins, "COORD", person=amina.id)
    browser.post(f"{file}/criteres", marks(room, DEBROUSSAILLER))
    browser.post(f"{file}/regard", {"to": "staff:" + own.staff})
    id = file.rpartition("/")[2]
    assert browser.get(f"/equipe/regards/{id}").status_code == 403
    assert room.browser(own).get(f"/equipe/regards/{id}").status_code == 403
    assert "Aucun dossier" in said(room.browser(own).get("/equipe/regards"))


def test_the_person_reads_what_the_badge_says_and_answers_with_buttons_of_equal_weight(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    browser.post(f"{file}/criteres", marks(room))
    page = browser.get(f"{file}/parole")
    words = said(page)
    for part in ("5 sur 5", "2 jours différents au travail", "Dire non, ou attendre, ne change rien"):
        assert part in words
    assert "atelier ou chantier d’insertion" in words, "what the name of an ACI tells is said before the choice"
    assert 'name="word" value="agrees" checked' not in page.text, "nothing is chosen for the person"
    without_reason = browser.post(f"{file}/parole", agreed(word="disagrees"))
    assert (without_reason.status_code, "Écrivez ce que la personne en dit." in said(without_reason)) == (422, True)
    browser.post(
        f"{file}/parole", agreed(word="agrees_with_comment", comment="contente", named="yes", issued_as="network")
    )
    shown = said(browser.get(f"{file}/decision"))
    for part in ("Amina D.", "Réseau IAE", "D’accord, avec un commentaire", "contente"):
        assert part in shown


def test_pas_d_accord_suspends_the_badge_until_another_look_and_another_word(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    id = file.rpartition("/")[2]
    browser.post(f"{file}/criteres", marks(room))
    seal = room.office.issuer.proposals.shown(room.office.eti, id).seal
    browser.post(f"{file}/parole", agreed(word="disagrees", comment="je n’étais pas seule"))
    assert "Suspendu : la personne n’est pas d’accord" in said(browser.get(file))
    assert "Délivrer le badge" not in said(browser.get(f"{file}/decision"))
    assert browser.post(f"{file}/decision", {"seal": seal}).status_code == 422
    too_soon = browser.post(f"{file}/parole", agreed())
    assert (too_soon.status_code, "Un autre regard était attendu" in said(too_soon)) == (409, True)
    browser.post(f"{file}/regard", {"to": "staff:" + room.office.coord.staff})
    room.browser(room.office.coord).post(f"/equipe/regards/{id}", {"answer": "confirms"})
    assert "Parole de la personne attendue" in said(browser.get(file))
    browser.post(f"{file}/parole", agreed())
    page = browser.get(f"{file}/decision")
    assert browser.post(f"{file}/decision", {"seal": seal_of(page)}).status_code == 303


def test_a_badge_that_changed_since_it_was_read_is_not_signed(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    browser.post(f"{file}/criteres", marks(room))
    browser.post(f"{file}/parole", agreed())
    seal = seal_of(browser.get(f"{file}/decision"))
    browser.post(f"{file}/parole", agreed(named="yes"))
    answer = browser.post(f"{file}/decision", {"seal": seal})
    assert (answer.status_code, "quelque chose a changé" in said(answer)) == (409, True)
    with room.office.storage.reading() as register:
        assert register.count(Award) == 0


def test_who_may_not_decide_is_told_who_does(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    browser.post(f"{file}/criteres", marks(room))
    browser.post(f"{file}/parole", agreed())
    page = said(room.browser(room.office.director).get(f"{file}/decision"))
    assert "Ce badge ne peut pas encore être délivré" in page
    assert "La décision revient à" in page
    adviser = room.office.add_staff(room.office.jardins, "ASP", permissions=("read", "propose"))
    assert room.browser(adviser).post(f"{file}/decision", {"seal": "x"}).status_code == 403


def test_not_yet_keeps_what_is_acquired_what_is_missing_the_next_day_and_who_helps(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, _ = opened(room, browser)
    browser.post(f"{file}/criteres", marks(room, c2="not_yet"))
    page = said(browser.get(f"{file}/pas-encore"))
    definition = room.office.entry().definition
    assert definition.by_id["c1"].text in page
    assert definition.by_id["c2"].text in page
    told = {"on": "15/12/2026", "who": "Nadia, le mardi", "words": "Encore une planche ensemble."}
    browser.post(f"{file}/pas-encore", told)
    after = said(browser.get(file))
    for part in ("15 décembre 2026", "Nadia, le mardi", "Encore une planche ensemble."):
        assert part in after
    assert "Pas encore" in said(browser.get("/equipe/dossiers"))
    with room.office.storage.reading() as register:
        assert register.count(Award) == 0
    again = browser.post(f"{file}/rouvrir")
    assert "Le dossier est rouvert" in said(browser.get(again.headers["location"]))


def test_the_files_say_in_words_what_each_waits_for(room: Room) -> None:
    browser = room.browser(room.office.eti)
    assert "Aucun dossier en cours" in said(browser.get("/equipe/dossiers"))
    opened(room, browser)
    page = said(browser.get("/equipe/dossiers"))
    assert "Un dossier est en cours" in page
    assert "Récit commencé, critères à marquer" in page
    assert "Amina" not in said(room.browser(room.office.neighbour).get("/equipe/dossiers"))


def test_a_draft_is_found_again_and_its_story_can_grow(room: Room) -> None:
    browser = room.browser(room.office.eti)
    file, amina = opened(room, browser)
    assert "Déjà commencé" in said(browser.get(f"/equipe/proposer/{amina.id}"))
    assert "Un dossier est déjà ouvert" in said(browser.get(f"/equipe/proposer/{amina.id}/{PLANTER}"))
    assert "tendu le cordeau" in browser.get(f"{file}/recit").text
    browser.post(f"{file}/recit", {"situation": STORY, "result": "Le client a tout pris."})
    with room.office.storage.reading() as register:
        (kept,) = register.list(Proposal)
    assert kept.told == {"situation": STORY, "result": "Le client a tout pris."}
