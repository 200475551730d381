"""What was done, counted, without anybody in it: for a structure, and for the network and its funder.

Everything is counted *at the end of a day*, from facts that later ones never change (:mod:`.counting`, withdrawals, the
journal, the tally of verifications): a figure that was sent can be counted again and is the same. Days are those of
clocks in Paris. Numbers below five are hidden (:mod:`.small_numbers`), on the page as in the files.

Two things are never merged: badges *created* (versions of the catalogue, by a committee) and badges *delivered* (to
people, by structures). *Gross* counts all that was delivered; *net* leaves out what was withdrawn or replaced since.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from ..catalogue.definition import FAMILIES
from ..catalogue.library import Entry
from ..catalogue.taxonomy import (
    ACTION_TYPE_LABELS,
    EVIDENCE_LABELS,
    FAMILY_LABELS,
    SECTOR_LABELS,
    WAY_LABELS,
    Label,
)
from ..clock import in_paris
from .casefile import NO_COMMITMENT, CaseFile
from .counting import count
from .desk import Desk
from .permissions import Caller, require
from .small_numbers import Cell, is_small, to_hide
from .storage import AuditLine, Award, AwardFile, Counted, Proposal, Register, Revocation, SecondLook, Structure
from .wording import month_in_words

KIND_LABELS = {
    "ACI": Label("Atelier et chantier d’insertion (ACI)", "Integration workshop (ACI)"),
    "AI": Label("Association intermédiaire (AI)", "Intermediary association (AI)"),
    "EI": Label("Entreprise d’insertion (EI)", "Integration company (EI)"),
    "EITI": Label("Insertion par le travail indépendant (EITI)", "Integration by self-employment (EITI)"),
    "ETTI": Label("Entreprise de travail temporaire d’insertion (ETTI)", "Temporary work agency (ETTI)"),
    "GEIQ": Label("Groupement d’employeurs (GEIQ)", "Employers’ group (GEIQ)"),
    "RESEAU": Label("Réseau", "Network"),
    "AUTRE": Label("Autre structure", "Other organisation"),
}
OUTSIDE = "outside"
OUT_OF_REGION = Label("Hors région", "Out of the region")
ANSWER_LABELS = {
    "yes": Label("Oui", "Yes"),
    "partly": Label("En partie", "Partly"),
    "no": Label("Non", "No"),
    "unknown": Label("On ne sait pas", "Unknown"),
}
WORKING_ACTS = ("observation.note", "proposal.open", "award", "batch.plan")
"""What shows that a structure is on board: it noted, proposed, delivered or prepared a session."""

Recognised = Callable[[date], frozenset[str]]
Verifications = Callable[[], Mapping[str, Mapping[str, int]]]


@dataclass(frozen=True, slots=True)
class Region:
    """What the settings say of the network: its name, its region, its départements, how many badges it aims at."""

    network: str
    name: str
    departments: Mapping[str, str]
    target: int


class Counts(NamedTuple):
    """Shown numbers of a line; None is hidden. ``net`` is what was delivered and not withdrawn."""

    delivered: int | None
    withdrawn: int | None
    net: int | None


class Line(NamedTuple):
    code: str
    label: Label | str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Table:
    """Delivered badges by something. ``exact``: each badge stands on one line, so that lines add up to the total."""

    code: str
    lines: tuple[Line, ...]
    total: Counts
    exact: bool = True

    @property
    def highest(self) -> int:
        """The longest bar."""
        return max((line.counts.delivered or 0 for line in self.lines), default=0)


class Simple(NamedTuple):
    """A number of things that are nobody: badges of the catalogue, verifications."""

    code: str
    label: Label | str
    number: int


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a day. ``over`` says that the day is: until then they may still change."""

    whose: str
    structure: str | None
    day: date
    over: bool
    total: Counts
    people: int | None
    afest: int | None
    """Badges whose proof holds both sequences of an AFEST."""
    afest_ended: int | None
    """AFEST whose two sequences were held, a badge having come of it or not: from the journal."""
    tables: tuple[Table, ...]
    opened_on: date | None
    pending: int | None = None
    network: Network | None = None

    def table(self, code: str) -> Table:
        return next(table for table in self.tables if table.code == code)


@dataclass(frozen=True, slots=True)
class Network:
    """What only the network counts. ``opened_on``: its first structure was added that day."""

    opened_on: date | None
    created: int
    versions: int
    created_by_family: tuple[Simple, ...]
    imported: int
    imported_delivered: int | None
    verifications: int
    by_answer: tuple[Simple, ...]
    on_board: int
    recognised: int
    target: int

    def reached(self, total: Counts) -> int | None:
        """Of a hundred, how much of the target: what is net, or gross where net is hidden."""
        number = total.net if total.net is not None else total.delivered
        return None if number is None or not self.target else min(100, number * 100 // self.target)


@dataclass(frozen=True, slots=True)
class Ask:
    """A table to make from one field: its lines, all of them shown even at zero, and which ones a value stands on.

    ``exact``: a badge stands on one line. Without ``split`` a value is its own line.
    """

    code: str
    field: str
    lines: tuple[tuple[str, Label | str], ...]
    exact: bool = True
    split: Callable[[Any], tuple[str, ...]] = lambda value: (value,)


class Facts:
    """What was delivered until the end of a day, and what of it was withdrawn until then.

    Counted by the register, a few fields at a time: never as many groups as there are awards.
    """

    def __init__(self, register: Register, day: date, structure: str | None = None) -> None:
        self._register = register
        self._day = day
        self._scope: dict[str, Any] = {"structure": structure} if structure else {}
        gone: list[Any] = [line.award for line in register.list(Revocation) if _day(line.at) <= day]
        self._gone = register.list(Counted, award=gone, **self._scope)
        self.delivered = self.by("replaces").total()
        self.withdrawn = len(self._gone)
        ended = register.tally(AuditLine, "at", action="afest.end", **self._scope)
        self.afest_ended = sum(number for (at,), number in ended.items() if _day(at) <= day)

    def by(self, *fields: str) -> Counter[tuple[Any, ...]]:
        """How many were delivered for each different value of these fields."""
        return Counter(self._register.tally(Counted, *fields, until=("on", self._day), **self._scope))

    def withdrawn_by(self, *fields: str) -> Counter[tuple[Any, ...]]:
        return Counter(tuple(getattr(one, name) for name in fields) for one in self._gone)


class Figures:
    """The figures of one deployment."""

    def __init__(self, desk: Desk, region: Region, recognised: Recognised, verifications: Verifications) -> None:
        self._desk = desk
        self._region = region
        self._recognised = recognised
        self._verifications = verifications

    # -- reports ------------------------------------------------------------------------------------------------------

    def today(self) -> date:
        return in_paris(self._desk.now()).date()

    def of_structure(self, by: Caller, day: date | None = None) -> Report:
        """Of the caller's own structure: badges by family, sector and month; what waits for a second look today."""
        day = min(day or self.today(), self.today())
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            structure = self._desk.require(register, Structure, id=actor.structure)
            files = register.list(Proposal, structure=structure.id, state="open")
            pending = sum(map(partial(self._waits, register), files))
            facts = Facts(register, day, structure.id)
            asked = ((_families(), _sectors()), (_by_month(facts),), (_evidence(), _ways()))
            return self._report(structure.name, structure.id, day, facts, asked, pending=pending)

    def of_network(self, by: Caller, day: date | None = None) -> Report:
        """Of every structure together. Raises :class:`~badges.errors.Forbidden` but for those of the network."""
        day = min(day or self.today(), self.today())
        with self._desk.storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            recognised = self._recognised(day)
            on_board = sum(_is_on_board(register, structure, day) for structure in recognised)
            facts = Facts(register, day)
            first = register.list(Structure, order="created_at", limit=1)
            opened_on = _day(first[0].created_at) if first and _day(first[0].created_at) <= day else None
            network = self._network(day, facts, opened_on, len(recognised), on_board)
            asked = (
                (_families(), _sectors(), _action_types()),
                (self._departments(), _structure_kinds()),
                (_by_month(facts),),
                (_evidence(), _ways()),
            )
            return self._report(self._region.network, None, day, facts, asked, network=network)

    def _report(
        self,
        whose: str,
        structure: str | None,
        day: date,
        facts: Facts,
        asked: Iterable[tuple[Ask, ...]],
        *,
        pending: int | None = None,
        network: Network | None = None,
    ) -> Report:
        total = _total(facts)
        return Report(
            whose=whose,
            structure=structure,
            day=day,
            over=day < self.today(),
            total=total,
            people=_or_hidden(facts.by("first_of_person")[(True,)]),
            afest=_or_hidden(facts.by("afest")[(True,)]),
            afest_ended=_or_hidden(facts.afest_ended),
            tables=tuple(table for linked in asked for table in _tables(linked, facts, total)),
            opened_on=min((on for (on,) in facts.by("on")), default=None),
            pending=pending,
            network=network,
        )

    # -- what only the network counts ---------------------------------------------------------------------------------

    def _network(self, day: date, facts: Facts, opened_on: date | None, recognised: int, on_board: int) -> Network:
        published = [
            entry for entry in self._desk.catalogue.published() if entry.published_on and entry.published_on <= day
        ]
        families = {entry.slug: entry.definition.family for entry in published}
        by_family = Counter(families.values())
        imported = {entry.slug for entry in published if _is_imported(entry)}
        answers: Counter[str] = Counter()
        for told, counts in self._verifications().items():
            if told <= day.isoformat():
                answers.update(counts)
        return Network(
            opened_on=opened_on,
            created=len(families),
            versions=len(published),
            created_by_family=tuple(Simple(code, FAMILY_LABELS[code], by_family[code]) for code in FAMILIES),
            imported=len(imported),
            imported_delivered=_or_hidden(
                sum(number for (slug,), number in facts.by("slug").items() if slug in imported)
            ),
            verifications=sum(answers.values()),
            by_answer=tuple(Simple(code, label, answers[code]) for code, label in ANSWER_LABELS.items()),
            on_board=on_board,
            recognised=recognised,
            target=self._region.target,
        )

    def _waits(self, register: Register, file: Proposal) -> bool:
        """Whether a second look is asked, and its last word is not yes."""
        if self._desk.catalogue.require(file.slug, file.version).definition.second == "none":
            return False
        looks = register.list(SecondLook, order="number", newest=True, limit=1, proposal=file.id)
        return not (looks and looks[0].confirms)

    def _departments(self) -> Ask:
        known = self._region.departments
        lines: list[tuple[str, Label | str]] = [(code, f"{name} ({code})") for code, name in known.items()]
        lines.append((OUTSIDE, OUT_OF_REGION))
        return Ask("department", "department", tuple(lines), split=lambda code: (code if code in known else OUTSIDE,))

    # -- awards stored before they were counted -----------------------------------------------------------------------

    def catch_up(self) -> int:
        """Count the awards that are older than the counting; how many there were. Nothing, and quick, afterwards."""
        with self._desk.storage.reading() as register:
            if register.count(Award) == register.count(Counted):
                return 0
        with self._desk.storage.writing() as register:
            known = {award for (award,) in register.tally(Counted, "award")}
            seen: set[str] = set()
            missed = []
            in_order = sorted(register.list(Award), key=lambda award: (award.stored_at, award.replaces is not None))
            for award in in_order:
                if award.uuid not in known:
                    missed.append(self._count_late(register, award, first=(award.person or award.uuid) not in seen))
                seen.add(award.person or award.uuid)
            register.add(*missed)
        return len(missed)

    def _count_late(self, register: Register, award: Award, *, first: bool) -> Counted:
        """As well as can be told now: of an erased file, the ways and kinds are gone."""
        kept = register.find(AwardFile, uuid=award.uuid)
        case = CaseFile.from_text(kept.facts) if kept else CaseFile(_day(award.issued_on), {}, (), (), ())
        entry = self._desk.catalogue.require(award.slug, award.version)
        structure = self._desk.require(register, Structure, id=award.structure)
        return count(award, case.record(NO_COMMITMENT), entry, structure, first=first)


# -- facts ------------------------------------------------------------------------------------------------------------


def _day(at: datetime) -> date:
    return in_paris(at).date()


def _is_on_board(register: Register, structure: str, day: date) -> bool:
    first = register.list(AuditLine, order="number", limit=1, structure=structure, action=WORKING_ACTS)
    return bool(first) and _day(first[0].at) <= day


def _is_imported(entry: Entry) -> bool:
    """Written by another network, whose name and licence it keeps."""
    return entry.around.origin is not None


# -- tables -----------------------------------------------------------------------------------------------------------


def _families() -> Ask:
    return Ask("family", "family", tuple(FAMILY_LABELS.items()))


def _sectors() -> Ask:
    return Ask("sector", "sector", tuple(SECTOR_LABELS.items()))


def _action_types() -> Ask:
    return Ask("action_type", "action_types", tuple(ACTION_TYPE_LABELS.items()), exact=False, split=_each)


def _structure_kinds() -> Ask:
    return Ask("kind", "kind", tuple(KIND_LABELS.items()))


def _evidence() -> Ask:
    return Ask("evidence", "kinds", tuple(EVIDENCE_LABELS.items()), exact=False, split=_each)


def _ways() -> Ask:
    return Ask("way", "ways", tuple(WAY_LABELS.items()), exact=False, split=_each)


def _each(codes: str) -> tuple[str, ...]:
    """The codes that :mod:`.counting` wrote together."""
    return tuple(codes.split())


def _by_month(facts: Facts) -> Ask:
    """Every month from the first badge to the last, those without any included."""
    days = sorted(on for (on,) in facts.by("on"))
    months = []
    month = days[0].replace(day=1) if days else date.max
    while days and month <= days[-1]:
        months.append((f"{month:%Y-%m}", month_in_words(f"{month:%Y-%m}")))
        month = (month + timedelta(days=32)).replace(day=1)
    return Ask("month", "on", tuple(months), split=lambda on: (f"{on:%Y-%m}",))


def _total(facts: Facts) -> Counts:
    delivered, withdrawn = facts.delivered, facts.withdrawn
    net = delivered - withdrawn
    shown = _or_hidden(withdrawn) if not is_small(net) and not is_small(delivered) else None
    return Counts(_or_hidden(delivered), shown, None if shown is None else net)


def _tables(linked: tuple[Ask, ...], facts: Facts, total: Counts) -> Iterator[Table]:
    """Tables that count the same badges, so that what one shows is known to those who read another."""
    fields = [ask.field for ask in linked]
    delivered = _cells(linked, facts.by(*fields), total.delivered is not None)
    withdrawn = _cells(linked, facts.withdrawn_by(*fields), total.withdrawn is not None)
    dark = to_hide(tuple(delivered.values()))
    hidden = {key for key, cell in delivered.items() if cell in dark}
    # What is left is the difference of the two: where it is small, one of them goes dark too.
    tied = [
        cell for key, cell in withdrawn.items() if key[0] and cell.value and is_small(delivered[key].value - cell.value)
    ]
    gone = to_hide(tuple(withdrawn.values()), tied)
    for ask in linked:
        lines = []
        for code, label in ask.lines:
            key = (ask.code, code)
            one, other = delivered[key], withdrawn[key]
            first = None if key in hidden else one.value
            second = None if other in gone else other.value
            net = None if first is None or second is None else first - second
            lines.append(Line(code, label, Counts(first, second, net)))
        yield Table(ask.code, tuple(lines), total, ask.exact)


def _cells(linked: tuple[Ask, ...], counts: Counter[tuple[Any, ...]], total_shown: bool) -> dict[tuple[str, str], Cell]:
    """Every number of these tables, and the total if it is shown, as sums of the same groups."""
    values: Counter[tuple[str, str]] = Counter()
    atoms: dict[tuple[str, str], set[Hashable]] = {}
    everything: set[Hashable] = set()
    for group, number in counts.items():
        keys = tuple((ask.code, line) for ask, value in zip(linked, group, strict=True) for line in ask.split(value))
        everything.add(keys)
        for key in keys:
            values[key] += number
            atoms.setdefault(key, set()).add(keys)
    cells = {}
    for ask in linked:
        for line, _ in ask.lines:
            key = (ask.code, line)
            # Nobody outside knows that a line at zero is empty: it stands for a group of its own.
            held = frozenset(atoms.get(key, {key}))
            everything |= held
            cells[key] = Cell(ask.code, line, values[key], held, ask.exact)
    if total_shown:
        cells["", ""] = Cell("", "", counts.total(), frozenset(everything))
    return cells


def _or_hidden(number: int) -> int | None:
    return None if is_small(number) else number
