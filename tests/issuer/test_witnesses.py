"""What others saw: tutors and clients by a link, the two sequences of an AFEST, a jury, a title."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from badges.catalogue.library import Entry
from badges.errors import Conflict, Forbidden, Misuse, NotFound
from badges.issuer.database import Database
from badges.issuer.desk import Once
from badges.issuer.holder.leaving import Leaving
from badges.issuer.noting import Noting
from badges.issuer.storage import Message, Observation, OneTimeLink
from badges.issuer.witnesses import LASTS, Witnesses

from .builders import PLANTER, Office

ON = date(2026, 11, 10)


class World:
    def __init__(self, storage: Database) -> None:
        self.office = Office(storage)
        desk = self.office.issuer.desk
        self.witnesses = Witnesses(desk, Noting(desk))
        self.person = self.office.a_person(name="Amina Diallo")

    def badge(self, way: str) -> Entry:
        """A badge of the shipped catalogue with a criterion that is assessed this way."""
        return next(
            entry
            for entry in self.office.catalogue.current()
            if any(way in criterion.ways for criterion in entry.definition.criteria)
        )

    def ask(self, **changes: object) -> str:
        told = {"person": self.person.id, "slug": self.badge("ENT").slug, "name": "Mme Martin", "function": "TUT"}
        return self.witnesses.ask(self.office.eti, **told | changes)[1]

    def observations(self) -> tuple[Observation, ...]:
        with self.office.storage.reading() as register:
            return register.list(Observation, order="criterion", person=self.person.id, withdrawn_at=None)


@pytest.fixture
def world(storage: Database) -> World:
    return World(storage)


class TestATutor:
    def test_answers_by_a_link_without_an_account(self, world: World) -> None:
        secret = world.ask()
        asked = world.witnesses.require_testimony(secret)
        assert (asked.who, asked.structure.name) == ("Amina D.", "Les Jardins de Limoges")
        answers = {criterion.id: "seen" for criterion in asked.criteria}
        world.witnesses.answer(secret, on=ON, answers=answers, line="Très à l’aise au magasin")
        noted = world.observations()
        assert {one.criterion for one in noted} == set(answers)
        assert {(one.function, one.on, one.way in ("ENT", "TEM")) for one in noted} == {("TUT", ON, True)}

    def test_only_what_was_seen_becomes_an_observation(self, world: World) -> None:
        secret = world.ask()
        criteria = world.witnesses.require_testimony(secret).criteria
        answers = {criterion.id: ("not_seen", "partly")[number % 2] for number, criterion in enumerate(criteria)}
        assert world.witnesses.answer(secret, on=ON, answers=answers) == ()
        assert world.observations() == ()
        (link,) = world.witnesses.list_asked(world.office.eti, world.person.id)
        assert link.details["answers"] == answers

    def test_answers_once(self, world: World) -> None:
        secret = world.ask()
        answers = {criterion.id: "seen" for criterion in world.witnesses.require_testimony(secret).criteria}
        world.witnesses.answer(secret, on=ON, answers=answers)
        with pytest.raises(NotFound):
            world.witnesses.answer(secret, on=ON, answers=answers)
        assert len(world.observations()) == len(answers)

    def test_has_two_weeks(self, world: World) -> None:
        secret = world.ask()
        world.office.clock.instant += LASTS - timedelta(minutes=1)
        assert world.witnesses.require_testimony(secret)
        world.office.clock.instant += timedelta(minutes=1)
        with pytest.raises(NotFound):
            world.witnesses.require_testimony(secret)

    def test_is_written_to_where_there_is_an_email(self, world: World) -> None:
        world.ask()
        secret = world.ask(email="tutrice@entreprise.example")
        with world.office.storage.reading() as register:
            (message,) = register.list(Message, kind="testimony_request")
            assert secret not in repr(register.list(OneTimeLink))
        assert message.recipient == "tutrice@entreprise.example"
        assert message.values["link"].endswith(secret)
        assert "Diallo" not in repr(message.values)

    @pytest.mark.parametrize(
        "answers", [{}, {"c99": "seen"}, {"c1": "yes"}], ids=["nothing", "another criterion", "another word"]
    )
    def test_is_told_what_is_missing_and_keeps_the_link(self, world: World, answers: dict[str, str]) -> None:
        secret = world.ask()
        with pytest.raises(Misuse):
            world.witnesses.answer(secret, on=ON, answers=answers)
        assert world.witnesses.require_testimony(secret)

    def test_is_not_asked_where_no_criterion_takes_the_word_of_a_witness(self, world: World) -> None:
        badge = next(entry for entry in world.office.catalogue.current() if not world.witnesses.askable(entry))
        with pytest.raises(Misuse):
            world.ask(slug=badge.slug)

    def test_of_a_person_who_was_erased_finds_nothing(self, world: World) -> None:
        secret = world.ask()
        Leaving(world.office.issuer.desk).erase_people([world.person.id])
        with pytest.raises(NotFound):
            world.witnesses.require_testimony(secret)

    def test_is_asked_by_the_structure_only(self, world: World) -> None:
        with pytest.raises(NotFound):
            world.witnesses.ask(
                world.office.neighbour, person=world.person.id, slug=world.badge("ENT").slug, name="x", function="TUT"
            )
        world.ask()
        with pytest.raises(NotFound):
            world.witnesses.list_asked(world.office.neighbour, world.person.id)


class TestAnAfest:
    def begin(self, world: World, **changes: object):
        entry = world.badge("REF")
        seen = [one.id for one in entry.definition.criteria if {"OBS", "MES"} & set(one.ways)]
        told = {
            "person": world.person.id,
            "slug": entry.slug,
            "criteria": seen,
            "on": ON,
            "situation": "Chantier école",
        }
        return world.witnesses.begin_afest(world.office.eti, **told | changes)

    def talked_about(self, world: World) -> list[str]:
        return [one.id for one in world.badge("REF").definition.criteria if "REF" in one.ways]

    def test_leaves_two_traces_apart(self, world: World) -> None:
        afest = self.begin(world)
        ended = world.witnesses.end_afest(
            world.office.coord, afest.id, criteria=self.talked_about(world), on=ON + timedelta(days=2), talk="Retour"
        )
        assert ended.talk_on == ON + timedelta(days=2)
        ways = {one.way: one.on for one in world.observations()}
        assert ways["REF"] == ON + timedelta(days=2)
        assert set(ways) - {"REF"} <= {"OBS", "MES"}
        assert not set(ended.observations) & set(ended.talk_observations)

    def test_has_its_talk_led_by_somebody_else(self, world: World) -> None:
        afest = self.begin(world)
        with pytest.raises(Forbidden):
            world.witnesses.end_afest(
                world.office.eti, afest.id, criteria=self.talked_about(world), on=ON, talk="Seule"
            )

    def test_has_its_talk_after_the_situation_and_once(self, world: World) -> None:
        afest = self.begin(world)
        criteria = self.talked_about(world)
        with pytest.raises(Misuse):
            world.witnesses.end_afest(
                world.office.coord, afest.id, criteria=criteria, on=ON - timedelta(days=1), talk="Avant"
            )
        world.witnesses.end_afest(world.office.coord, afest.id, criteria=criteria, on=ON, talk="Le même jour")
        with pytest.raises(Conflict):
            world.witnesses.end_afest(world.office.coord, afest.id, criteria=criteria, on=ON, talk="Encore")

    def test_sent_twice_is_begun_once(self, world: World) -> None:
        once = Once("equipe:x", "k", "d")
        assert self.begin(world, once=once).id == self.begin(world, once=once).id
        assert len(world.witnesses.list_afest(world.office.eti)) == 1

    def test_waits_for_its_talk_in_the_list_of_its_structure_alone(self, world: World) -> None:
        afest = self.begin(world)
        assert [one.id for one in world.witnesses.list_afest(world.office.coord)] == [afest.id]
        assert world.witnesses.list_afest(world.office.neighbour) == ()
        with pytest.raises(NotFound):
            world.witnesses.require_afest(world.office.neighbour, afest.id)


class TestAJury:
    def hold(self, world: World, **changes: object):
        entry = world.badge("JUR")
        told = {
            "person": world.person.id,
            "slug": entry.slug,
            "criteria": [one.id for one in entry.definition.criteria if "JUR" in one.ways],
            "on": ON,
            "members": ("ETI", "ASP", "pair d’une autre structure"),
            "present": ("ETI", "ASP"),
            "quorum": 2,
        }
        return world.witnesses.hold_jury(world.office.eti, **told | changes)

    def test_at_its_quorum_notes_what_was_shown(self, world: World) -> None:
        jury = self.hold(world)
        assert {one.way for one in world.observations()} == {"JUR"}
        assert {one.id for one in world.observations()} == set(jury.observations)

    @pytest.mark.parametrize(
        "changes",
        [{"quorum": 3}, {"present": ("ETI",), "quorum": 1}, {"present": ("ETI", "DIR")}, {"members": ("ETI", "ETI")}],
        ids=["below the quorum", "alone", "not a member", "said twice"],
    )
    def test_otherwise_counts_for_nothing(self, world: World, changes: dict[str, object]) -> None:
        with pytest.raises(Misuse):
            self.hold(world, **changes)
        assert world.observations() == ()

    def test_is_not_for_a_criterion_that_is_seen_at_work(self, world: World) -> None:
        with pytest.raises(Misuse):
            self.hold(world, slug=PLANTER, criteria=["c1"])


def test_a_title_supports_the_criteria_that_take_one_and_no_other(world: World) -> None:
    entry = next(entry for entry in world.office.catalogue.current() if world.witnesses.titles_count(entry))
    takes = [one.id for one in world.witnesses.titles_count(entry)]
    told = {"person": world.person.id, "slug": entry.slug, "title": "SST, 2024", "on": date(2024, 5, 2)}
    noted = world.witnesses.note_title(world.office.eti, criteria=takes, **told)
    assert {(one.kind, one.on) for one in noted} == {("ATT", date(2024, 5, 2))}
    others = [one.id for one in entry.definition.criteria if "ATT" not in one.kinds]
    if others:
        with pytest.raises(Misuse):
            world.witnesses.note_title(world.office.eti, criteria=others, **told)
