"""An award as the figures will know it, for ever: said once, when it is stored.

What could change afterwards is said as it was that day: the structure's kind and département, the badge's sector and
types of action, how the criteria were seen, whether it was the person's first badge. Later facts (a withdrawal, an
erasure, a structure that moves, a badge put under another heading) then change no figure of a day that is past.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..catalogue.library import Entry
from ..catalogue.record import Record
from ..clock import in_paris
from .storage import Award, Counted, Structure

_AT_WORK = {"OBS", "MES"}


def count(award: Award, record: Record, entry: Entry, structure: Structure, *, first: bool) -> Counted:
    """``first``: the person had no badge before. Nothing here tells who they are."""
    seen = [seen for item in record.criteria if item.result == "acquired" for seen in item.observations]
    ways, kinds = {one.way for one in seen}, {one.kind for one in seen}
    return Counted(
        award=award.uuid,
        on=in_paris(award.stored_at).date(),
        structure=structure.id,
        kind=structure.kind,
        department=structure.department,
        slug=award.slug,
        family=entry.definition.family,
        sector=entry.around.sector,
        action_types=_together(entry.around.action_types),
        ways=_together(ways),
        kinds=_together(kinds),
        afest=is_afest(record),
        first_of_person=first,
        replaces=award.replaces is not None,
    )


def is_afest(record: Record) -> bool:
    """Both sequences of an AFEST left their trace: work that was seen, then a reflexive talk with its sheet
    (art. D.6313-3-2 of the code du travail; the two are distinct, so one observation is never both)."""
    seen = [one for item in record.criteria if item.result == "acquired" for one in item.observations]
    reflexive = any(one.way == "REF" and one.kind == "FRX" for one in seen)
    return reflexive and any(one.way in _AT_WORK for one in seen)


def _together(codes: Iterable[str]) -> str:
    """Codes in one spelling, so that equal sets are counted as one."""
    return " ".join(sorted(set(codes)))
