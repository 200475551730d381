"""Figures: a small world counted by hand, days that are past never change, and small numbers cannot be worked out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.catalogue.criteria_files import Origin
from badges.errors import Conflict, Forbidden
from badges.issuer.database import Database, open_database
from badges.issuer.figures import Figures, Region, Report
from badges.issuer.holder.leaving import Leaving
from badges.issuer.permissions import OPERATOR
from badges.issuer.small_numbers import SMALL, Cell, is_small, to_hide
from badges.issuer.storage import Award, Counted, Structure
from tests.issuer.builders import CONNAITRE_IAE, DEBROUSSAILLER, NOW, PLANTER, Office

TODAY = NOW.date()
HERE = {"16": "Charente", "86": "Vienne", "87": "Haute-Vienne"}
DAYS: dict[str, dict[str, int]] = {"2026-11-18": {"yes": 3, "no": 1}, "2026-11-20": {"yes": 10, "partly": 2}}


def figures_of(office: Office, *, recognised: tuple[str, ...] = (), target: int = 10) -> Figures:
    region = Region("Réseau IAE", "Nouvelle-Aquitaine", HERE, target)
    return Figures(office.issuer.desk, region, lambda day: frozenset(recognised), lambda: DAYS)


def counted(
    office: Office, structure: Structure, times: int, *, withdrawn: int = 0, day: date = TODAY, **changes: Any
) -> None:
    """So many awards as the register keeps them, without the price of a signature."""
    from badges.issuer.desk import new_id
    from badges.issuer.storage import Profile, Revocation

    with office.storage.writing() as register:
        profile = register.list(Profile, structure=structure.id)[0]
        number = register.highest(Revocation, "number", profile=profile.id) or 0
        at = NOW - (TODAY - day)
        for n in range(times):
            id = new_id()
            register.add(
                Award(
                    uuid=id, structure=structure.id, profile=profile.id, slug=PLANTER, version="0.1.0", person=None,
                    code=id, token_digest="", commitment="", issued_on=at, expires=None, stored_at=at,
                )
            )  # fmt: skip
            values: dict[str, Any] = {
                "award": id, "on": day, "structure": structure.id, "kind": structure.kind,
                "department": structure.department, "slug": PLANTER, "family": "techniques", "sector": "alimentation",
                "action_types": "T3", "ways": "OBS", "kinds": "GRI", "afest": False, "first_of_person": True,
                "replaces": False,
            } | changes  # fmt: skip
            register.add(Counted(**values))
            if n < withdrawn:
                number += 1
                register.add(
                    Revocation(
                        award=id, profile=profile.id, number=number, code="awarded_in_error", replaced_by=None,
                        by="operator", at=at,
                    )
                )  # fmt: skip


@pytest.fixture
def office(sqlite_storage: Database) -> Office:
    return Office(sqlite_storage)


def shown(report: Report, code: str) -> dict[str, tuple[int | None, ...]]:
    return {line.code: tuple(line.counts) for line in report.table(code).lines if line.counts != (0, 0, 0)}


# -- a small world, by hand


def the_world(office: Office) -> None:
    """87: 8 in an ACI (2 of another family), 6 of them corrected or withdrawn; 16: 5 in an EI; elsewhere: 7."""
    charente = office.issuer.add_structure(OPERATOR, name="Les Prés", kind="EI", department="16", email="a@b.example")
    office.open_profile(charente)
    elsewhere = office.issuer.add_structure(
        OPERATOR, name="Les Dunes", kind="ETTI", department="75", email="a@b.example"
    )
    office.open_profile(elsewhere)
    counted(office, office.jardins, 20, withdrawn=6, ways="OBS REF", kinds="FRX GRI", afest=True)
    counted(office, office.jardins, 5, family="transverses", sector="tous", action_types="T4", first_of_person=False)
    counted(office, charente, 8, day=TODAY - timedelta(days=40))
    counted(office, elsewhere, 7, family="permanents", sector="insertion", action_types="T1", ways="PRO", kinds="DOC")


def test_every_figure_of_the_network_counted_by_hand(office: Office) -> None:
    the_world(office)
    figures = figures_of(office, recognised=(office.jardins.id, office.voisins.id), target=100)
    office.a_person()
    office.observe(office.a_person())
    report = figures.of_network(OPERATOR)
    assert report.total == (40, 6, 34)
    assert report.people == 35
    assert report.afest == 20
    assert report.opened_on == TODAY - timedelta(days=40)
    assert shown(report, "department") == {"87": (25, 6, 19), "16": (8, 0, 8), "outside": (7, 0, 7)}
    assert [line.code for line in report.table("department").lines] == ["16", "86", "87", "outside"]
    assert report.table("department").lines[1].counts == (0, 0, 0), "zero is shown"
    assert shown(report, "family") == {"techniques": (28, 6, 22), "transverses": (5, 0, 5), "permanents": (7, 0, 7)}
    assert shown(report, "action_type") == {"T1": (7, 0, 7), "T3": (28, 6, 22), "T4": (5, 0, 5)}
    assert [line.code for line in report.table("action_type").lines] == ["T1", "T2", "T3", "T4", "T5"]
    assert shown(report, "kind") == {"ACI": (25, 6, 19), "EI": (8, 0, 8), "ETTI": (7, 0, 7)}
    assert shown(report, "evidence") == {"GRI": (33, 6, 27), "FRX": (20, 6, 14), "DOC": (7, 0, 7)}
    assert shown(report, "way") == {"OBS": (33, 6, 27), "REF": (20, 6, 14), "PRO": (7, 0, 7)}
    network = report.network
    assert network is not None
    assert (network.created, network.versions) == (46, 46)
    assert network.opened_on == TODAY
    assert {one.code: one.number for one in network.created_by_family} == {
        "permanents": 14, "metiers-hybrides": 8, "techniques": 15, "transverses": 9
    }  # fmt: skip
    assert (network.imported, network.imported_delivered) == (0, 0)
    assert network.verifications == 16
    assert {one.code: one.number for one in network.by_answer} == {"yes": 13, "partly": 2, "no": 1, "unknown": 0}
    assert (network.on_board, network.recognised) == (1, 2), "the Jardins noted something, the Voisins did nothing"
    assert network.reached(report.total) == 34


def test_every_figure_of_a_structure_counted_by_hand(office: Office) -> None:
    the_world(office)
    office.a_proposal(slug=DEBROUSSAILLER)
    office.a_proposal()
    report = figures_of(office).of_structure(office.eti)
    assert (report.whose, report.total, report.people) == ("Les Jardins de Limoges", (25, 6, 19), 20)
    assert shown(report, "family") == {"techniques": (20, 6, 14), "transverses": (5, 0, 5)}
    assert shown(report, "sector") == {"alimentation": (20, 6, 14), "tous": (5, 0, 5)}
    assert shown(report, "month") == {"2026-11": (25, 6, 19)}
    assert report.pending == 1, "of two files, one badge asks for a second look"
    assert report.network is None


def test_a_badge_taken_over_from_another_network_is_counted_as_such(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(office, office.jardins, 6)
    entry = office.entry(PLANTER)
    origin = Origin("Réseau voisin", "https://voisins.example", licence="", badge="https://voisins.example/b/1")
    monkeypatch.setitem(entry.__dict__, "around", replace(entry.around, origin=origin))
    network = figures_of(office).of_network(OPERATOR).network
    assert network is not None
    assert (network.imported, network.imported_delivered, network.created) == (1, 6, 46)


def test_figures_stand_at_the_end_of_a_day(office: Office) -> None:
    the_world(office)
    figures = figures_of(office, recognised=(office.jardins.id,))
    office.observe(office.a_person())
    before = figures.of_network(OPERATOR, TODAY - timedelta(days=2))
    assert (before.total, before.over) == ((8, 0, 8), True)
    assert before.network is not None
    assert (before.network.verifications, before.network.on_board, before.network.opened_on) == (4, 0, None)
    assert figures.of_network(OPERATOR).over is False
    assert figures.of_network(OPERATOR, TODAY + timedelta(days=9)).day == TODAY, "no day to come"
    none = figures.of_network(OPERATOR, date(2020, 1, 1))
    assert (none.total, none.opened_on, none.network and none.network.created) == ((0, 0, 0), None, 0)


def test_only_those_of_the_network_count_every_structure(office: Office) -> None:
    with pytest.raises(Forbidden):
        figures_of(office).of_network(office.director)


def test_a_real_award_is_counted_when_it_is_stored(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    office.an_award(person)
    office.observe(person, CONNAITRE_IAE)
    with office.storage.reading() as register:
        (first,) = register.list(Counted)
    entry = office.entry(PLANTER)
    assert (first.structure, first.kind, first.department) == (office.jardins.id, "ACI", "87")
    assert (first.slug, first.family, first.sector) == (PLANTER, entry.definition.family, entry.around.sector)
    ways = {criterion.ways[0] for criterion in entry.definition.essential}
    kinds = {criterion.kinds[0] for criterion in entry.definition.essential}
    assert (set(first.ways.split()), set(first.kinds.split())) == (ways, kinds)
    assert (first.first_of_person, first.replaces, first.on) == (True, False, TODAY)
    again = office.issuer.replace(office.eti, first.award, name_in_badge=True)
    with office.storage.reading() as register:
        second = register.find(Counted, award=again.uuid)
    assert second is not None
    assert (second.first_of_person, second.replaces) == (False, True)


def test_both_sequences_of_an_afest_are_a_trace(office: Office) -> None:
    from badges.catalogue.record import CriterionRecord, Record, SeenOn
    from badges.issuer.counting import is_afest

    def record(*seen: tuple[str, str], result: str = "acquired") -> Record:
        items = tuple(SeenOn("2026-11", 1, way, kind, "ETI") for way, kind in seen)
        return Record("2026-11", (CriterionRecord("c1", result, items),), (), (), "")

    assert is_afest(record(("OBS", "GRI"), ("REF", "FRX")))
    assert not is_afest(record(("REF", "FRX")))
    assert not is_afest(record(("OBS", "FRX")))
    assert not is_afest(record(("OBS", "GRI"), ("REF", "FRX"), result="not_yet"))


def test_awards_older_than_the_counting_are_counted_late_and_the_same(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    award = office.an_award(person)
    office.issuer.replace(office.eti, award.uuid, name_in_badge=True)
    figures = figures_of(office)
    assert figures.catch_up() == 0
    with office.storage.writing() as register:
        before = register.list(Counted)
        register._connection.exec_driver_sql("DELETE FROM counted")  # type: ignore[attr-defined]
    assert figures.catch_up() == 2
    with office.storage.reading() as register:
        assert register.list(Counted) == before


# -- a day that is past never changes

ACTS = st.lists(st.sampled_from(["award", "revoke", "replace", "erase", "move", "kind", "verify"]), max_size=12)


@given(ACTS, ACTS)
@settings(max_examples=12, deadline=None)
def test_nothing_that_happens_later_changes_the_figures_of_a_day(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str]
) -> None:
    storage = open_database(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'one.sqlite3'}")
    office = Office(storage)
    tally: dict[str, dict[str, int]] = {}
    recognised = {office.jardins.id, office.voisins.id}
    region = Region("Réseau IAE", "Nouvelle-Aquitaine", HERE, 10)
    figures = Figures(office.issuer.desk, region, lambda day: frozenset(recognised), lambda: tally)
    counted(office, office.jardins, 6, withdrawn=1)
    for act in before:
        happen(office, act, tally)
    office.clock.advance(days=3)
    day = NOW.date() + timedelta(days=1)
    told = (figures.of_network(OPERATOR, day), replace(figures.of_structure(office.director, day), pending=None))
    for act in after:
        happen(office, act, tally)
        office.clock.advance(days=1)
    again = (figures.of_network(OPERATOR, day), replace(figures.of_structure(office.director, day), pending=None))
    assert again == told
    storage.close()


def happen(office: Office, act: str, tally: dict[str, dict[str, int]]) -> None:
    office.clock.advance(seconds=1)
    with office.storage.reading() as register:
        held = [award for award in register.list(Award, order="stored_at") if award.person]
    if act == "award" or not held:
        person = office.a_person()
        office.observe(person)
        office.an_award(person)
    elif act == "revoke":
        office.issuer.revoke(office.director, held[-1].uuid, "awarded_in_error")
    elif act == "replace":
        with suppress(Conflict):
            office.issuer.replace(office.eti, held[-1].uuid, name_in_badge=True)
    elif act == "erase":
        Leaving(office.issuer.desk).erase_people([held[0].person or ""], withdraw=True)
    elif act == "verify":
        today = tally.setdefault(f"{office.clock.now():%Y-%m-%d}", {})
        today["yes"] = today.get("yes", 0) + 1
    else:
        changes = {"department": "16"} if act == "move" else {"kind": "EI"}
        with office.storage.writing() as register:
            found = register.find(Structure, id=office.jardins.id)
            assert found is not None
            register.change(found, **changes)


# -- small numbers


def test_a_small_number_is_hidden_and_another_with_it(office: Office) -> None:
    counted(office, office.jardins, 20)
    counted(office, office.voisins, 2)
    report = figures_of(office).of_network(OPERATOR)
    assert report.total.delivered == 22
    assert shown(report, "kind") == {"ACI": (None, 0, None), "EI": (None, 0, None)}
    assert shown(report, "department") == {"87": (22, 0, 22)}


def test_a_few_withdrawals_hide_what_is_left_too(office: Office) -> None:
    counted(office, office.jardins, 20, withdrawn=2)
    counted(office, office.voisins, 30, withdrawn=9)
    report = figures_of(office).of_network(OPERATOR)
    assert report.total == (50, 11, 39)
    assert shown(report, "kind") == {"ACI": (20, None, None), "EI": (30, None, None)}


def test_a_total_that_is_small_is_hidden_everywhere(office: Office) -> None:
    counted(office, office.jardins, 3, withdrawn=1)
    report = figures_of(office).of_network(OPERATOR)
    assert (report.total, report.people) == ((None, None, None), None)
    assert shown(report, "kind") == {"ACI": (None, None, None)}
    assert report.network is not None
    assert report.network.reached(report.total) is None


def test_a_table_never_gives_away_what_another_hides(office: Office) -> None:
    """One family is one sector here: hidden in one table only, the total and the other would give it back."""
    counted(office, office.jardins, 3, family="permanents", sector="insertion", action_types="T1")
    counted(office, office.jardins, 8, family="techniques", sector="cycles", action_types="T3")
    counted(office, office.jardins, 9, family="techniques", sector="tous", action_types="T3")
    counted(office, office.jardins, 9, family="transverses", sector="tous", action_types="T4")
    report = figures_of(office).of_network(OPERATOR)
    for code, line in (("family", "permanents"), ("sector", "insertion"), ("action_type", "T1")):
        assert shown(report, code)[line][0] is None
    family, sector = shown(report, "family"), shown(report, "sector")
    assert sum(counts[0] is None for counts in family.values()) >= 2
    assert sum(counts[0] is None for counts in sector.values()) >= 2
    # techniques = cycles + 9; were « techniques » shown with « tous » and « transverses », the rest would follow
    assert possible_values(report) == {("family", "permanents"): True, ("sector", "insertion"): True}


def possible_values(report: Report) -> dict[tuple[str, str], bool]:
    """For each small line, whether two different worlds (families × sectors) show exactly this report."""
    groups = [("permanents", "insertion"), ("techniques", "cycles"), ("techniques", "tous"), ("transverses", "tous")]
    family, sector = shown(report, "family"), shown(report, "sector")
    seen: dict[tuple[str, str], set[int]] = {("family", "permanents"): set(), ("sector", "insertion"): set()}
    for numbers in product(range(30), repeat=4):
        world = dict(zip(groups, numbers, strict=True))
        if sum(numbers) != report.total.delivered:
            continue
        by_family, by_sector = {}, {}
        for (one, other), number in world.items():
            by_family[one] = by_family.get(one, 0) + number
            by_sector[other] = by_sector.get(other, 0) + number
        agrees = all(family[name][0] in (None, by_family[name]) for name in by_family) and all(
            sector[name][0] in (None, by_sector[name]) for name in by_sector
        )
        if agrees:
            seen["family", "permanents"].add(by_family["permanents"])
            seen["sector", "insertion"].add(by_sector["insertion"])
    return {key: len(values) > 1 for key, values in seen.items()}


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_hidden_number_never_follows_from_a_table_and_its_total(values: list[int]) -> None:
    lines = [Cell("t", str(n), value, frozenset({n})) for n, value in enumerate(values)]
    total = sum(values)
    cells = [*lines, *([] if is_small(total) else [Cell("", "", total, frozenset(range(len(values))))])]
    hidden = to_hide(cells)
    assert all(cell in hidden for cell in cells if is_small(cell.value))
    dark = [cell for cell in lines if cell in hidden]
    if cells[-1] in hidden or is_small(total) or not any(is_small(value) for value in values):
        return
    left = sum(cell.value for cell in dark)
    if len(dark) == len(lines):
        return
    assert len(dark) >= 2
    assert left >= SMALL
    assert left > len(dark), "not all ones"


def test_nothing_is_hidden_without_need() -> None:
    cells = [Cell("t", str(n), value, frozenset({n})) for n, value in enumerate((0, 5, 80, 7))]
    assert to_hide([*cells, Cell("", "", 92, frozenset(range(4)))]) == set()


def test_no_person_is_in_any_figure(office: Office) -> None:
    person = office.a_person(name="Canari Jaune", email="canari@exemple.fr")
    office.observe(person)
    office.an_award(person)
    report = repr((figures_of(office).of_network(OPERATOR), figures_of(office).of_structure(office.eti)))
    for trace in ("Canari", "canari", person.id, person.opaque):
        assert trace not in report
