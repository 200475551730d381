"""Files in the making: what a look and a word are worth, what is shown before it is signed, what is noted at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from badges.errors import AwardRefused, BadgesError, Conflict, Forbidden, Misuse, NotFound
from badges.issuer.desk import Once
from badges.issuer.noting import Seen
from badges.issuer.people import answers_to, short_name
from badges.issuer.storage import AuditLine, Message, Observation

from .builders import CONNAITRE_IAE, DEBROUSSAILLER, FIRST_DAY, NOW, PLANTER, Office

TOLD = {"situation": "Amina raconte la serre du 3 novembre.", "steps": "Elle a tendu le cordeau."}


@pytest.fixture
def office(sqlite_storage: Any) -> Office:
    return Office(sqlite_storage)


def code(act: Callable[[], object], kind: type[BadgesError]) -> str:
    with pytest.raises(kind) as refused:
        act()
    return str(refused.value.code)


# -- people


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Amina Diallo", "Amina D."),
        ("Amina D.", "Amina D."),
        ("Jean-Marc L’Hostis", "Jean-Marc L."),
        ("Claire Le Goff", "Claire L."),
        ("Amina", "Amina"),
        (None, ""),
    ],
)
def test_a_shared_screen_shows_a_first_name_and_an_initial(name: str | None, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize("asked", ["am d", "amina", "AMINA D.", "diallo", "", "amina-d"])
def test_a_person_is_found_by_first_name_and_initial(asked: str) -> None:
    assert answers_to("Amina Diallo", asked)
    assert not answers_to("Bakary Touré", asked or "x")


def test_namesakes_are_told_apart_and_announced_before_a_third_is_added(office: Office) -> None:
    office.issuer.people.add(office.eti, name="Sophie Martin", hint="équipe maraîchage")
    office.clock.advance(days=3)
    office.issuer.people.add(office.eti, name="Sophie Morel")
    office.issuer.people.add(office.eti, name="Bakary Touré")
    office.issuer.people.add(office.neighbour, name="Sophie Martin")
    found = office.issuer.people.find(office.eti, "so m")
    assert [(each.short, each.apart, each.person.hint) for each in found] == [
        ("Sophie M.", True, "équipe maraîchage"),
        ("Sophie M.", True, ""),
    ]
    assert [each.apart for each in office.issuer.people.find(office.eti, "bak")] == [False]
    assert len(office.issuer.people.alike(office.eti, "sophie m")) == 2


def test_a_person_is_corrected_by_their_own_structure_and_never_holds_a_number_of_the_state(office: Office) -> None:
    person = office.issuer.people.add(office.eti, name="Amnia D.")
    corrected = office.issuer.people.correct(office.eti, person.id, name="Amina D.", email="A@b.example", hint="serres")
    assert (corrected.name, corrected.hint) == ("Amina D.", "serres")
    for act in (
        lambda: office.issuer.people.add(office.eti, name="Amina 184127645108946"),
        lambda: office.issuer.people.correct(office.eti, person.id, name="A", email=None, hint="99999 21 12345"),
    ):
        assert code(act, Misuse) == "number_of_a_person"
    act = lambda: office.issuer.people.correct(office.neighbour, person.id, name="X", email=None, hint="")  # noqa: E731
    assert code(act, NotFound) == "unknown"


# -- noting


def seen(*criteria: str) -> tuple[Seen, ...]:
    return tuple(Seen(PLANTER, criterion, "OBS", "GRI") for criterion in criteria)


def test_several_criteria_are_one_act_sent_twice_noted_once_and_taken_back_together(office: Office) -> None:
    person = office.a_person()
    once = Once("equipe:x", "abcdefgh", "d")
    noted = [
        office.issuer.noting.note(
            office.eti, person=person.id, seen=seen("c1", "c2"), on=FIRST_DAY, line="au cordeau", once=once
        )
        for _ in range(2)
    ]
    assert noted[0] == noted[1]
    assert len(office.issuer.list_observations(office.eti, person.id)) == 2
    assert office.issuer.noting.recent(office.eti).people == (person.id,)
    assert office.issuer.noting.recent(office.coord).people == ()
    ids = [each.id for each in noted[0]]
    assert code(lambda: office.issuer.noting.withdraw(office.neighbour, ids), NotFound) == "unknown"
    for _ in range(2):
        assert all(each.withdrawn_at for each in office.issuer.noting.withdraw(office.eti, ids))
    assert office.issuer.list_observations(office.eti, person.id) == ()
    with office.storage.reading() as register:
        told = [line.action for line in register.list(AuditLine, order="number")]
    assert told.count("observation.note") == told.count("observation.withdraw") == 2


def test_one_wrong_thing_in_a_note_notes_nothing(office: Office) -> None:
    person = office.a_person()
    note, tomorrow = office.issuer.noting.note, NOW.date() + timedelta(days=1)
    for act in (
        lambda: note(office.eti, person=person.id, seen=seen("c1", "c99"), on=FIRST_DAY),
        lambda: note(office.eti, person=person.id, seen=seen("c1"), on=tomorrow),
        lambda: note(office.eti, person=person.id, seen=(), on=FIRST_DAY),
        lambda: note(office.eti, person=person.id, seen=seen("c1"), on=FIRST_DAY, line="NIR 184127645108946"),
        lambda: note(office.eti, person=person.id, seen=seen("c1"), on=FIRST_DAY, function="DIR"),
        lambda: note(office.neighbour, person=person.id, seen=seen("c1"), on=FIRST_DAY),
    ):
        with pytest.raises(BadgesError):
            act()
    with office.storage.reading() as register:
        assert register.count(Observation) == 0


def test_what_is_seen_after_midnight_in_paris_is_of_today(office: Office) -> None:
    office.clock.instant = NOW.replace(hour=23, minute=30)
    tomorrow_in_london = NOW.date() + timedelta(days=1)
    person = office.a_person()
    assert office.issuer.noting.note(office.eti, person=person.id, seen=seen("c1"), on=tomorrow_in_london)


# -- the file


def test_a_file_starts_from_what_was_told_and_is_marked_later(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    opened = office.a_proposal(person, results={}, told=TOLD)
    dossier = office.issuer.proposals.require(office.eti, opened.id)
    assert (dossier.stage, dossier.file.told) == ("to_mark", TOLD)
    marks = {criterion.id: "acquired" for criterion in office.entry().definition.essential}
    office.issuer.proposals.revise(office.eti, opened.id, results=marks | {"c1": "not_yet"})
    assert office.issuer.proposals.require(office.eti, opened.id).stage == "to_complete"
    office.issuer.proposals.revise(office.eti, opened.id, results=marks)
    assert office.issuer.proposals.require(office.eti, opened.id).stage == "word_awaited"
    office.issuer.record_word(office.eti, opened.id, word="agrees")
    assert office.issuer.proposals.require(office.eti, opened.id).stage == "to_decide"
    award = office.issuer.award(office.eti, opened.id)
    assert "serre" not in str(office.assertion(award))
    after = office.issuer.proposals.require(office.eti, opened.id)
    assert (after.stage, after.award) == ("awarded", award)


def test_a_look_is_worth_nothing_once_the_marks_have_changed(office: Office) -> None:
    file = office.a_proposal(slug=DEBROUSSAILLER)
    proposals = office.issuer.proposals
    assert proposals.require(office.eti, file.id).stage == "to_send"
    proposals.send(office.eti, file.id, structure=None, staff=office.coord.staff)
    assert proposals.require(office.eti, file.id).stage == "look_awaited"
    office.issuer.second_look(office.coord, file.id, confirms=True)
    office.issuer.record_word(office.eti, file.id, word="agrees")
    assert proposals.require(office.eti, file.id).stage == "to_decide"
    changed = proposals.revise(office.eti, file.id, results=file.results | {"c6": "acquired"})
    assert (changed.word, changed.since_look) == (None, 1)
    assert code(lambda: office.issuer.award(office.eti, file.id), AwardRefused) == "award_refused"


def test_not_yet_from_a_second_look_comes_back_and_can_be_sent_again(office: Office) -> None:
    file = office.a_proposal(slug=CONNAITRE_IAE)
    proposals = office.issuer.proposals
    proposals.send(office.eti, file.id, structure=office.voisins.id)
    office.issuer.second_look(office.neighbour, file.id, confirms=False, comment="il manque une situation")
    assert proposals.require(office.eti, file.id).stage == "came_back"
    assert proposals.count_awaiting(office.neighbour) == 0
    proposals.send(office.eti, file.id, structure=office.voisins.id)
    office.issuer.second_look(office.neighbour, file.id, confirms=True)
    assert proposals.require(office.eti, file.id).stage == "word_awaited"


@pytest.mark.parametrize("door", ["sent", "proposed"])
def test_another_structure_that_is_asked_to_look_is_told_without_a_word_about_the_person(
    office: Office, door: str
) -> None:
    if door == "sent":
        file = office.a_proposal(slug=CONNAITRE_IAE)
        assert told_to_look(office) == []
        office.issuer.proposals.send(office.eti, file.id, structure=office.voisins.id)
    else:
        file = office.a_proposal(slug=CONNAITRE_IAE, second_structure=office.voisins.id)
    (message,) = told_to_look(office)
    title = office.entry(CONNAITRE_IAE).definition.title
    link = "https://badges.example/equipe/regards"
    assert message.recipient == "a@b.example"
    assert message.values == {"structure": "Les Jardins de Limoges", "badge": title, "link": link}
    assert (message.about, message.person) == (file.id, file.person), "it goes with the person when they are erased"


@pytest.mark.parametrize(("email", "told"), [("coord@jardins.example", 1), (None, 0)])
def test_a_colleague_who_is_asked_to_look_is_told_where_they_have_an_address(
    office: Office, email: str | None, told: int
) -> None:
    colleague = office.add_staff(office.jardins, "COORD", email=email)
    file = office.a_proposal(slug=DEBROUSSAILLER)
    office.issuer.proposals.send(office.eti, file.id, structure=None, staff=colleague.staff)
    assert [message.recipient for message in told_to_look(office)] == [email] * told


def test_a_file_that_cannot_be_sent_tells_nobody(office: Office) -> None:
    file = office.a_proposal(results={})
    refused = code(lambda: office.issuer.proposals.send(office.eti, file.id, structure=office.voisins.id), Conflict)
    assert (refused, told_to_look(office)) == ("nothing_marked", [])


def told_to_look(office: Office) -> list[Message]:
    with office.storage.reading() as register:
        return list(register.list(Message, kind="second_look_request"))


def test_a_disagreement_is_lifted_by_another_look_and_another_word_and_by_nothing_less(office: Office) -> None:
    file = office.a_proposal(slug=DEBROUSSAILLER)
    office.issuer.second_look(office.coord, file.id, confirms=True)
    office.issuer.record_word(office.eti, file.id, word="disagrees", comment="ce n’était pas seul")
    proposals = office.issuer.proposals
    assert proposals.require(office.eti, file.id).stage == "disagreed"
    for act in (
        lambda: office.issuer.award(office.eti, file.id),
        lambda: office.issuer.record_word(office.eti, file.id, word="agrees"),
    ):
        with pytest.raises((AwardRefused, Conflict)):
            act()
    proposals.revise(office.eti, file.id, results=file.results | {"c6": "acquired"})
    assert proposals.require(office.eti, file.id).file.word == "disagrees", "changing the marks lifts nothing"
    proposals.send(office.eti, file.id, structure=None, staff=office.director.staff)
    office.issuer.second_look(office.director, file.id, confirms=True)
    assert code(lambda: office.issuer.award(office.eti, file.id), AwardRefused) == "person_disagrees"
    office.issuer.record_word(office.eti, file.id, word="agrees_with_comment", comment="d’accord maintenant")
    assert office.issuer.award(office.eti, file.id).slug == DEBROUSSAILLER


def test_what_is_shown_is_what_is_signed_or_nothing_is(office: Office) -> None:
    file = office.a_proposal()
    shown = office.issuer.proposals.shown(office.eti, file.id)
    act = lambda: office.issuer.award(office.eti, file.id, shown=shown.seal)  # noqa: E731
    assert code(act, AwardRefused) == "word_awaited"
    office.issuer.record_word(office.eti, file.id, word="agrees", name_in_badge=True, issued_as="network")
    assert code(act, Conflict) == "changed_since_shown"
    shown = office.issuer.proposals.shown(office.eti, file.id)
    award = office.issuer.award(office.eti, file.id, shown=shown.seal)
    signed = office.assertion(award)
    assert (shown.issuer.kind, shown.name) == ("RESEAU", "Amina D.")
    for member in ("narrative", "evidence", "badge", "issuedOn", "extensions:recipientProfile"):
        assert shown.document[member] == signed[member]


def test_another_structure_sees_a_file_while_it_is_asked_and_no_name_where_none_is_to_be_known(office: Office) -> None:
    file = office.a_proposal(slug=CONNAITRE_IAE, told=TOLD)
    proposals = office.issuer.proposals
    assert code(lambda: proposals.require_asked(office.neighbour, file.id), NotFound) == "unknown"
    proposals.send(office.eti, file.id, structure=office.voisins.id, anonymised=True)
    (asked,) = proposals.awaiting_a_look(office.neighbour)
    assert asked == proposals.require_asked(office.neighbour, file.id)
    assert (asked.name, asked.structure) == (None, None)
    assert asked.told["situation"] == "la personne raconte la serre du 3 novembre."
    assert code(lambda: proposals.require(office.neighbour, file.id), NotFound) == "unknown"
    assert code(lambda: proposals.require_asked(office.eti, file.id), Forbidden) == "same_person"
    office.issuer.second_look(office.neighbour, file.id, confirms=True)
    assert code(lambda: proposals.require_asked(office.neighbour, file.id), NotFound) == "unknown"
    assert proposals.awaiting_a_look(office.neighbour) == ()


def test_nobody_is_asked_to_look_at_their_own_file(office: Office) -> None:
    person = office.a_person()
    office.observe(person, DEBROUSSAILLER)
    own = office.add_staff(office.jardins, "COORD", person=person.id)
    file = office.a_proposal(person, slug=DEBROUSSAILLER)
    office.issuer.proposals.send(office.eti, file.id, structure=None, staff=own.staff)
    assert office.issuer.proposals.awaiting_a_look(own) == ()
    assert code(lambda: office.issuer.proposals.require_asked(own, file.id), Forbidden) == "for_oneself"


def test_a_file_goes_to_a_colleague_or_to_an_open_structure_never_to_who_proposed(office: Office) -> None:
    file = office.a_proposal(slug=DEBROUSSAILLER)
    send = office.issuer.proposals.send
    assert code(lambda: send(office.eti, file.id, structure=None, staff=office.eti.staff), Misuse) == "same_person"
    assert code(lambda: send(office.eti, file.id, structure=None, staff=office.neighbour.staff), NotFound) == "unknown"
    assert code(lambda: send(office.eti, file.id, structure="nowhere"), NotFound) == "unknown"
    colleagues, others = office.issuer.proposals.who_may_look(office.eti, file.id)
    assert {each.id for each in colleagues} == {office.coord.staff, office.director.staff}
    assert [each.name for each in others] == ["Les Voisins"]


def test_not_yet_is_kept_with_what_comes_next_and_costs_nothing(office: Office) -> None:
    file = office.a_proposal()
    proposals = office.issuer.proposals
    aside = proposals.set_aside(office.eti, file.id, on=NOW.date(), who="Inès, le mardi", words="Encore une récolte.")
    assert (aside.state, aside.ending["who"]) == ("not_yet", "Inès, le mardi")
    with pytest.raises(Conflict):
        office.issuer.award(office.eti, file.id)
    assert [each.file.id for each in proposals.files(office.eti, state="not_yet")] == [file.id]
    assert proposals.files(office.neighbour, state="not_yet") == ()
    again = proposals.reopen(office.eti, file.id)
    assert (again.state, again.results) == ("open", file.results)


def test_what_is_told_holds_no_number_of_a_person(office: Office) -> None:
    act = lambda: office.a_proposal(told={"situation": "NIR 1 84 12 76 451 089 46"})  # noqa: E731
    assert code(act, Misuse) == "number_of_a_person"
    assert code(lambda: office.a_proposal(told={"health": "…"}), Misuse) == "not_in_list"
