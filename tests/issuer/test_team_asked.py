"""The staff's page of what people ask: what is late says so, an acceptance is carried out, an answer is in writing."""

from __future__ import annotations

from typing import Any

import pytest

from badges.issuer.holder.cards import Opened
from badges.issuer.storage import Award
from badges.issuer.team import asked

from .staff_room import Room, said

MINE = "/equipe/demandes"


@pytest.fixture
def room(sqlite_storage: Any) -> Room:
    room = Room(sqlite_storage)
    room.app.include_router(asked.router(room.team))
    return room


def somebody(room: Room) -> tuple[Award, Opened]:
    """A person with a badge, as their own page knows them."""
    award, issuer = room.office.an_award(), room.office.issuer
    link = issuer.new_personal_link(room.office.eti, award.person or "")
    opened = issuer.holder.cards.open(link.rpartition("/")[2])
    assert isinstance(opened, Opened)
    return award, opened


def test_what_waits_is_on_the_first_page_and_says_until_when(room: Room) -> None:
    award, opened = somebody(room)
    room.office.issuer.holder.requests.ask_another_look(opened, award.uuid, "Je sais aussi semer.")
    browser = room.browser(room.office.director)
    assert "Demandes de personnes, à répondre" in said(browser.get("/equipe"))
    page = said(browser.get(MINE))
    assert "Une personne attend votre réponse" in page
    assert "à répondre avant le 20 décembre 2026" in page
    room.office.clock.advance(days=31)
    assert "En retard : la réponse était due le 20 décembre 2026" in said(room.browser(room.office.director).get(MINE))
    assert "Aucune demande n’attend" in said(room.browser(room.office.neighbour).get(MINE))


def test_a_written_answer_goes_to_the_person(room: Room) -> None:
    award, opened = somebody(room)
    requests = room.office.issuer.holder.requests
    request = requests.ask_another_look(opened, award.uuid, "Je sais aussi semer.")
    browser, one = room.browser(room.office.director), f"{MINE}/{request.id}"
    assert "Je sais aussi semer." in said(browser.get(one))
    silent = browser.post(one, {"outcome": "declined", "words": " "})
    assert (silent.status_code, "La personne a droit à une réponse écrite" in said(silent)) == (422, True)
    done = browser.post(one, {"outcome": "declined", "words": "Nous avons relu ensemble."})
    assert done.headers["location"] == f"{MINE}?dit=request_answered"
    assert [each.answer for each in requests.of(opened)] == ["Nous avons relu ensemble."]
    assert browser.get(one).status_code == 404, "what was answered waits no more"


def test_another_structure_sees_nothing_of_it(room: Room) -> None:
    award, opened = somebody(room)
    request = room.office.issuer.holder.requests.ask_another_look(opened, award.uuid, "")
    browser = room.browser(room.office.neighbour)
    for answer in (
        browser.get(f"{MINE}/{request.id}"),
        browser.post(f"{MINE}/{request.id}", {"outcome": "accepted", "words": "Oui."}),
        browser.get(f"{MINE}/inconnu"),
    ):
        assert answer.status_code == 404


def test_an_accepted_name_is_corrected_and_an_accepted_re_issue_is_signed(room: Room) -> None:
    award, opened = somebody(room)
    issuer, browser = room.office.issuer, room.browser(room.office.director)
    name = issuer.holder.requests.ask_name(opened, "Amina Diallo")
    browser.post(f"{MINE}/{name.id}", {"outcome": "accepted", "words": "C’est corrigé."})
    assert issuer.require_person(room.office.eti, award.person or "").name == "Amina Diallo"
    again = issuer.holder.requests.ask_reissue(opened, award.uuid, named=True, issued_as="network")
    browser.post(f"{MINE}/{again.id}", {"outcome": "accepted", "words": "Le nouveau badge est sur votre page."})
    states = {view.award.uuid: view.state(room.office.clock.now()) for view in issuer.awards_of(award.person or "")}
    assert states.pop(award.uuid) == "replaced"
    (new,) = states
    assert room.office.assertion(issuer.find_award(new).award)["extensions:recipientProfile"]["name"] == "Amina Diallo"  # type: ignore[union-attr]


def test_what_cannot_be_carried_out_is_told_and_still_waits(room: Room) -> None:
    award, opened = somebody(room)
    issuer = room.office.issuer
    request = issuer.holder.requests.ask_reissue(opened, award.uuid, named=True, issued_as="structure")
    issuer.revoke(room.office.director, award.uuid, "awarded_in_error")
    refused = room.browser(room.office.director).post(
        f"{MINE}/{request.id}", {"outcome": "accepted", "words": "Voici le nouveau badge."}
    )
    assert refused.status_code == 409
    assert "La réponse n’est pas partie" in said(refused)
    assert issuer.holder.requests.count_pending(room.office.director) == 1
