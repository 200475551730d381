"""The record of a badge is read whole or refused: it is signed, and nothing unread rides along."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from badges.catalogue.record import Fact, make_record, months_before, parse_record
from badges.errors import DocumentInvalid
from tests.catalogue.builders import changed_at, places

COMMITMENT = "sha256$" + "ab" * 32
RECORD: dict[str, Any] = {
    "decided": "2026-11",
    "criteria": [
        {
            "criterion": "c1",
            "result": "acquired",
            "observations": [{"month": "2026-10", "day": 1, "way": "OBS", "kind": "GRI", "function": "ETI"}],
        }
    ],
    "deciders": [{"who": "a1", "role": "decides", "function": "ETI", "structure": "same"}],
    "prerequisites": [{"slug": "tec-abc", "version": "0.1.0", "checked": "2026-09"}],
    "commitment": COMMITMENT,
}
PLACES = list(places(RECORD))


def test_a_record_is_written_as_it_was_read() -> None:
    assert parse_record(RECORD).to_json() == RECORD


@pytest.mark.parametrize("at", PLACES, ids=lambda at: ".".join(map(str, at)))
@pytest.mark.parametrize("value", [None, True, -1, 0, 10_001, 1.5, "", "x", [], {}, [""], [None]], ids=repr)
def test_a_value_in_any_place_is_read_as_it_is_or_refused(at: tuple[Any, ...], value: Any) -> None:
    with suppress(DocumentInvalid):
        assert parse_record(changed_at(RECORD, at, value)).to_json() == changed_at(RECORD, at, value)


@pytest.mark.parametrize(
    "at", [at for at in PLACES if not isinstance(at[-1], int)], ids=lambda at: ".".join(map(str, at))
)
@pytest.mark.parametrize("value", [None, True, 1.5, "", {}, ["x"]], ids=repr)
def test_a_value_of_another_kind_is_refused(at: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(DocumentInvalid, match=r"^Preuve des critères : .+ attendu, .+ trouvé\.$") as refused:
        parse_record(changed_at(RECORD, at, value))
    assert refused.value.code == "record_malformed"


@pytest.mark.parametrize(
    ("at", "value"),
    [
        *(
            (at, value)
            for at in (("decided",), ("prerequisites", 0, "checked"))
            for value in ("2026-13", "2026-1", "2026-10\n", "12026-10", "2026-10-05")
        ),
        *((("criteria", 0, "observations", 0, "month"), value) for value in ("2026-00", "2026-10-05", "10-2026")),
        *((("criteria", 0, "observations", 0, "day"), value) for value in (0, -1, 10_001, "1", True)),
        (("criteria", 0, "result"), "maybe"),
        (("deciders", 0, "role"), "watches"),
        (("deciders", 0, "structure"), "none"),
        *((("commitment",), value) for value in ("ab" * 32, COMMITMENT + "0", COMMITMENT.upper(), COMMITMENT + "\n")),
    ],
    ids=str,
)
def test_a_value_out_of_its_range_is_refused(at: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(DocumentInvalid):
        parse_record(changed_at(RECORD, at, value))


@pytest.mark.parametrize("day", [1, 10_000])
def test_the_first_and_the_last_rank_of_a_day_are_read(day: int) -> None:
    record = parse_record(changed_at(RECORD, ("criteria", 0, "observations", 0, "day"), day))
    assert record.criteria[0].observations[0].day == day


@pytest.mark.parametrize(
    "at", [(), ("criteria", 0), ("criteria", 0, "observations", 0), ("deciders", 0), ("prerequisites", 0)]
)
def test_an_object_has_its_members_and_no_other(at: tuple[Any, ...]) -> None:
    whole: Any = RECORD
    for name in at:
        whole = whole[name]
    for wrong in ({**whole, "more": 1}, *({k: v for k, v in whole.items() if k != name} for name in whole)):
        with pytest.raises(DocumentInvalid):
            parse_record(changed_at(RECORD, at, wrong) if at else wrong)


@pytest.mark.parametrize(
    ("month", "count", "before"),
    [
        ("2026-11", 6, "2026-05"),
        ("2026-01", 1, "2025-12"),
        ("2026-12", 12, "2025-12"),
        ("0000-02", 1, "0000-01"),
        ("0000-01", 1, ""),
    ],
)
def test_months_are_those_of_the_calendar(month: str, count: int, before: str) -> None:
    assert months_before(month, count) == before


def test_what_was_seen_on_the_day_of_the_decision_counts_and_what_was_seen_after_does_not() -> None:
    decided = date(2026, 11, 20)
    days = (decided - timedelta(days=1), decided, decided + timedelta(days=1))
    record = make_record(
        decided=decided,
        results={"c1": "acquired"},
        facts=[Fact("c1", day, "OBS", "GRI", "ETI") for day in days],
        deciders=(),
        prerequisites=(),
        commitment="",
    )
    (told,) = record.criteria
    assert [(seen.month, seen.day) for seen in told.observations] == [("2026-11", 1), ("2026-11", 2)]
