"""What we say of every world of ``worlds.py``, check by check, is what was kept in ``reports_of_worlds.txt``.

The verdict alone would forgive a wrong cause, a lost detail or a check that nobody made. A change of what is said is
seen in the difference of that file, which is written again by

    python -m tests.verify.test_reports_of_worlds
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from badges.verify.report import Report
from tests.verify.test_against_the_reference import report_on
from tests.verify.worlds import WORLDS

KEPT = Path(__file__).with_name("reports_of_worlds.txt")
HONEST = {"signed": "signed: nothing is changed", "hosted": "hosted: nothing is changed"}


def lines_of(report: Report) -> Iterator[str]:
    """All that a report says, but for what every report repeats."""
    issuer = report.issuer
    yield f"{report.answer}, {report.verdict}: {report.headline['en']}"
    yield report.headline["fr"]
    yield f"issuer: {issuer.id}, {issuer.name}"
    silent = [check for check in report.checks if check.code == "not_reached"]
    yield f"not reached: {', '.join(check.check for check in silent)}"
    for check in report.checks:
        if check in silent:
            continue
        yield f"{check.check}: {check.outcome}, {check.code} ({check.cause}): {check.technical['en']}"
    for said in report.endorsements:
        yield f"endorsement of the {said.about}: {said.outcome}, {said.code} ({said.cause}): {said.message['en']}"
        yield f"  by {said.issuer.name}, recognised: {said.recognised}, {said.issued_on}: {said.comment}"
    yield f"not checked: {', '.join(report.not_checked)}"
    yield f"read: {', '.join(source.url for source in report.sources)}"
    if report.verified:
        for name, value in report.verified.to_json().items():
            yield f"{name}: {value}"


def said() -> str:
    """Of each honest world everything; of each other one, what differs from it."""
    reports = {world.name: list(lines_of(report_on(world))) for world in WORLDS}
    told = []
    for world in WORLDS:
        as_usual = () if world.name in HONEST.values() else reports[HONEST[world.kind]]
        lines = [line for line in reports[world.name] if line not in as_usual]
        told.append("\n".join([f"# {world.name}", *(line.replace("\n", "⏎") for line in lines), ""]))
    return "\n".join(told)


def test_what_is_said_of_every_world_is_what_was_kept() -> None:
    kept = KEPT.read_text("utf-8")
    # by world, so that a failure shows the one that changed and not ten thousand lines
    changed = [part for part in said().split("\n# ") if part.rstrip() not in kept]
    assert changed == []
    assert said() == kept


if __name__ == "__main__":
    KEPT.write_text(said(), "utf-8")
