"""The end of a badge: said 90, 30 and 7 days before, once each, and renewed by a new award on what was seen since."""

from __future__ import annotations

from datetime import timedelta

import pytest

from badges.errors import Conflict, Forbidden, NotFound
from badges.issuer.database import Database
from badges.issuer.desk import Once
from badges.issuer.permissions import Caller
from badges.issuer.renewals import Renewals
from badges.issuer.storage import Award, Message, Reminder, Renewal, Structure
from tests.issuer.builders import DEBROUSSAILLER, Office
from tests.issuer.faults import Killed, MortalStorage

PAGE = "https://badges.example/equipe/renouvellements"


@pytest.fixture
def office(sqlite_storage: Database) -> Office:
    return Office(sqlite_storage)


def an_ending_award(office: Office, **person: str) -> Award:
    """Good for 24 months; a second look of another function was given."""
    someone = office.a_person(**person)
    office.observe(someone, DEBROUSSAILLER)
    proposal = office.a_proposal(someone, DEBROUSSAILLER)
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    award = office.issuer.award(office.eti, proposal.id)
    assert award.expires is not None
    return award


def an_ending_award_of_the_neighbour(office: Office) -> Award:
    other = office.add_staff(office.voisins, "COORD")
    proposal = office.a_proposal(slug=DEBROUSSAILLER, by=office.neighbour)
    office.issuer.second_look(other, proposal.id, confirms=True)
    return office.issuer.award(office.neighbour, proposal.id)


def said(office: Office) -> list[tuple[str, str]]:
    with office.storage.reading() as register:
        messages = register.list(Message, order="created_at")
    return sorted((message.kind, message.recipient) for message in messages if message.kind != "badge_awarded")


def values_to_structures(office: Office) -> list[str]:
    """How many badges each structure was told of."""
    with office.storage.reading() as register:
        return [message.values["count"] for message in register.list(Message, kind="renewals_due")]


def at_days_before(office: Office, award: Award, days: float) -> None:
    assert award.expires is not None
    office.clock.instant = award.expires - timedelta(days=days)


def test_the_end_is_said_at_90_30_and_7_days_once_each(office: Office) -> None:
    award = an_ending_award(office, email="amina@exemple.fr")
    renewals = Renewals(office.issuer.desk, PAGE)
    spoken = []
    for day in range(100, -3, -1):
        at_days_before(office, award, day)
        spoken += [day] * (renewals.remind() + renewals.remind())
    assert spoken == [90, 30, 7]
    assert said(office) == [("expires_soon", "amina@exemple.fr")] * 3 + [("renewals_due", "a@b.example")] * 3


def test_a_service_that_was_stopped_says_the_nearest_only(office: Office) -> None:
    award = an_ending_award(office)
    renewals = Renewals(office.issuer.desk, PAGE)
    at_days_before(office, award, 12.5)
    assert renewals.remind() == 1
    assert said(office) == [("renewals_due", "a@b.example")], "nobody without an e-mail is written to"
    at_days_before(office, award, 7)
    assert renewals.remind() == 1


def test_a_process_killed_while_it_reminds_loses_and_doubles_nothing(sqlite_storage: Database) -> None:
    mortal = MortalStorage(sqlite_storage)
    office = Office(mortal)
    awards = [an_ending_award(office, email=f"n{number}@exemple.fr") for number in range(2)]
    renewals = Renewals(office.issuer.desk, PAGE)
    at_days_before(office, awards[0], 30)
    deaths = 0
    while True:
        mortal.dies_at = len(mortal.steps) + deaths + 1
        try:
            assert renewals.remind() == 2
        except Killed:
            deaths += 1
        else:
            break
    assert deaths > 4
    people = [("expires_soon", f"n{number}@exemple.fr") for number in range(2)]
    assert said(office) == [*people, ("renewals_due", "a@b.example")]
    assert values_to_structures(office) == ["2"]


def test_a_structure_that_cannot_be_told_holds_no_other_back(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    first, second = an_ending_award(office), an_ending_award_of_the_neighbour(office)
    with office.storage.writing() as register:
        register.change(register.find(Structure, id=first.structure), email="canari")
    at_days_before(office, second, 30)
    assert Renewals(office.issuer.desk, PAGE).remind() == 1
    assert values_to_structures(office) == ["1"]
    assert f"reminders of {first.structure}: " in caplog.text
    assert "canari" not in caplog.text
    with office.storage.reading() as register:
        assert [reminder.award for reminder in register.list(Reminder)] == [second.uuid], "tried again the next time"


def test_a_message_to_the_structure_names_nobody(office: Office) -> None:
    awards = [an_ending_award(office, name=f"Canari {number}") for number in range(2)]
    at_days_before(office, awards[0], 30)
    Renewals(office.issuer.desk, PAGE).remind()
    with office.storage.reading() as register:
        (message,) = register.list(Message)
    assert message.values == {"structure": "Les Jardins de Limoges", "count": "2", "link": PAGE}


def test_nothing_is_said_of_a_badge_withdrawn_renewed_or_erased(office: Office) -> None:
    withdrawn, renewed, erased = (an_ending_award(office) for _ in range(3))
    office.issuer.revoke(office.director, withdrawn.uuid, "not_current")
    at_days_before(office, renewed, 80)
    person = office.issuer.require_person(office.eti, renewed.person or "")
    for seen in (1, 2):
        for criterion in office.entry(DEBROUSSAILLER).definition.essential:
            office.issuer.note_observation(
                office.eti, person=person.id, slug=DEBROUSSAILLER, criterion=criterion.id, way=criterion.ways[0],
                kind=criterion.kinds[0], on=office.clock.now().date() - timedelta(days=seen),
            )  # fmt: skip
    proposal = office.a_proposal(person, DEBROUSSAILLER)
    renewals = Renewals(office.issuer.desk, PAGE)
    renewals.link(office.eti, renewed.uuid, proposal.id)
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    new = office.issuer.award(office.eti, proposal.id)
    assert new.expires is not None
    office.issuer.holder.leaving.erase_people([erased.person or ""])
    assert renewals.remind() == 0
    assert said(office) == []
    view = office.issuer.require_award(office.eti, renewed.uuid)
    assert view.state(office.clock.now()) == "valid", "the old one stays good until its own end"


def test_the_list_shows_what_ends_and_the_file_that_takes_over(office: Office) -> None:
    award = an_ending_award(office)
    renewals = Renewals(office.issuer.desk, PAGE)
    assert renewals.ending(office.eti) == ()
    at_days_before(office, award, 45)
    (ending,) = renewals.ending(office.eti)
    assert (ending.award.uuid, ending.days, ending.file) == (award.uuid, 45, None)
    assert renewals.ending(office.neighbour) == ()
    file = office.issuer.propose(office.eti, person=award.person or "", slug=DEBROUSSAILLER, results={})
    renewals.link(office.eti, award.uuid, file.id)
    renewals.link(office.eti, award.uuid, file.id)
    (ending,) = renewals.ending(office.eti)
    assert ending.file is not None
    assert ending.file.id == file.id
    with office.storage.reading() as register:
        assert register.count(Renewal) == 1


def test_only_a_badge_in_force_that_ends_soon_is_renewed_by_those_who_propose(office: Office) -> None:
    award, other = an_ending_award(office), an_ending_award(office)
    renewals = Renewals(office.issuer.desk, PAGE)
    file = office.issuer.propose(office.eti, person=award.person or "", slug=DEBROUSSAILLER, results={})
    with pytest.raises(Conflict, match="se termine"):
        renewals.link(office.eti, award.uuid, file.id)
    at_days_before(office, award, 20)
    with pytest.raises(NotFound):
        renewals.link(office.neighbour, award.uuid, file.id)
    with pytest.raises(NotFound):
        renewals.link(office.eti, other.uuid, file.id)  # somebody else's file
    with pytest.raises(Forbidden):
        renewals.link(Caller(office.eti.staff, frozenset(("note",))), award.uuid, file.id)
    office.issuer.revoke(office.director, award.uuid, "not_current", once=Once("s", "k" * 8, "d"))
    with pytest.raises(Conflict, match="retiré"):
        renewals.link(office.eti, award.uuid, file.id)
