"""Our verdict on every world of ``worlds.py`` is the right one, and where the 1EdTech reference validator says
otherwise, ``docs/verification.md`` says so with the paragraph that decides.

    python -m tests.verify.test_against_the_reference

asks both and writes the tables of that page again, those of checks and codes too.
"""

from __future__ import annotations

import copy
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from badges.clock import FixedClock
from badges.errors import FetchError
from badges.verify.fetcher import Fetched
from badges.verify.report import Report
from badges.verify.verifier import Policy, Verifier
from tests.second_opinions import (
    Document,
    NoOpinion,
    Question,
    ReferenceReport,
    needs_reference_validator,
    reference_validator_on_all,
)
from tests.verify import page as page_of_verification
from tests.verify.worlds import NOT_VALID, UNDETERMINED, VALID, WORLDS, Answer, World

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)

_ALGORITHM = "an algorithm that we do not read, and say so"
GAPS: dict[str, tuple[str, str]] = {
    "signed: BadgeClass, image away (404)": (VALID, "a picture that is away is told, and proves nothing"),
    "signed: BadgeClass, image mute": (VALID, "a picture that is away is told, and proves nothing"),
    "signed: endorsement, linked, away": (VALID, "an opinion that is away is told, and never counts"),
    "signed: extension unknown, its context away": (VALID, "contexts of strangers are not fetched"),
    "signed: @context of another before ours": (VALID, "ours, which comes after, decides what its names mean"),
    "hosted: @context of another before ours": (VALID, "ours, which comes after, decides what its names mean"),
    "signed: in a @graph": (UNDETERMINED, "told as a form of JSON-LD that is not read here"),
    "signed: key without owner": (NOT_VALID, "the link between Profile and key must hold both ways"),
    "hosted: id by http": (UNDETERMINED, "nothing is asked in the clear: anyone on the way could answer"),
    "signed: alg RS384": (UNDETERMINED, _ALGORITHM),
    "signed: alg RS512": (UNDETERMINED, _ALGORITHM),
    "signed: alg PS256": (UNDETERMINED, _ALGORITHM),
    "signed: alg ES384": (UNDETERMINED, _ALGORITHM),
}
"""Where we knowingly answer something else than the letter of the standard: what, and why."""


class Web:
    """The only web there is, in memory. As our fetcher does, it does not ask in the clear."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        found = self.answers.get(url)
        if found is None or url.startswith("http://"):
            raise FetchError(f"expected {url} to answer, found silence", code="fetch_timeout")
        return Fetched(url, found.status, found.content_type, found.body, NOW)


def report_on(world: World) -> Report:
    scene = world.scene()
    expected = next(iter(scene.recipient.values())) if scene.recipient else None
    return Verifier(Web(scene.web), FixedClock(NOW), Policy(trust=None)).verify(scene.badge, expected)


def our_verdict(world: World) -> str:
    """In three words: withdrawn and expired badges are not valid."""
    verdict = report_on(world).verdict
    return verdict if verdict in ("valid", "undetermined") else "not valid"


def test_the_corpus_is_large_and_every_world_has_a_name_of_its_own() -> None:
    names = Counter(world.name for world in WORLDS)
    assert len(names) >= 400
    assert names.most_common(1)[0][1] == 1
    assert set(GAPS) <= set(names)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_our_verdict_is_the_one_that_the_paragraph_decides(world: World) -> None:
    expected, why = GAPS.get(world.name, (world.right, world.paragraph))
    assert our_verdict(world) == expected, why


def test_a_known_gap_is_still_one() -> None:
    assert [world.name for world in WORLDS if GAPS.get(world.name, ("",))[0] == world.right] == []


def test_a_report_says_which_endorsements_could_not_be_verified() -> None:
    told = {world.name: report_on(world).not_checked for world in WORLDS}
    assert "endorsements" in told["signed: endorsement, linked, away"]
    assert "endorsements" not in told["signed: endorsement, embedded"]
    assert "endorsements" not in told["signed: nothing is changed"]


JUNK = (None, True, 5, 1e300, "", "x", [], {}, [[]], [{}], {"id": 5}, {"type": []}, {"type": ["Extension"]}, "\ud800")
MUTATED = (
    "hosted: nothing is changed",
    "hosted: Open Badges 1.0",
    "hosted: 1.1, alignment in its old names",
    "hosted: Open Badges 0.5",
    "signed: 1.1, signed, another withdrawn in a list of 1.1",
    "signed: expanded, BadgeClass and Profile too",
    "signed: @context calls issuedOn otherwise",
    "signed: endorsement, embedded",
    "signed: extension ApplyLink",
)


@pytest.mark.parametrize("name", MUTATED)
def test_no_value_in_any_place_surprises_the_verifier(name: str) -> None:
    """A defect of ours would be told as *unexpected*, which looks like a document that we could not read."""
    world = next(world for world in WORLDS if world.name == name)
    size = len(_places(world.scene().documents))
    for index in range(size):
        for junk in JUNK:
            scene = world.scene()
            place, key = _places(scene.documents)[index]
            place[key] = copy.deepcopy(junk)
            report = Verifier(Web(scene.web), FixedClock(NOW), Policy(trust=None)).verify(scene.badge)
            assert "unexpected" not in {check.code for check in report.checks}, (key, junk)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every member of every object and array below."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [below for key in keys for below in _places(value[key])]


# -- side by side ------------------------------------------------------------------------------------------------


def reference_verdicts() -> list[str]:
    scenes = [world.scene() for world in WORLDS]
    questions = [
        Question(
            scene.badge,
            {address: Document(found.body, found.content_type, found.status) for address, found in scene.web.items()},
            scene.recipient,
        )
        for scene in scenes
    ]
    return [_in_a_word(opinion) for opinion in reference_validator_on_all(questions)]


def _in_a_word(opinion: ReferenceReport | NoOpinion) -> str:
    if isinstance(opinion, NoOpinion):
        return "no answer"
    return "valid" if opinion.valid else "not valid"


def tables(reference: list[str]) -> dict[str, str]:
    """The parts of the page that are made from a run, by their name there."""
    rows = [(world, our_verdict(world), theirs) for world, theirs in zip(WORLDS, reference, strict=True)]
    judged = {
        "false-yes": [row for row in rows if row[2] == "valid" and row[1] != "valid"],
        "false-no": [row for row in rows if row[2] == "not valid" and row[1] == "valid"],
        "no-word": [row for row in rows if row[2] == "not valid" and row[1] == "undetermined"],
        "no-answer": [row for row in rows if row[2] == "no answer"],
    }
    made = {name: _table(found) for name, found in judged.items()}
    made["gaps"] = "\n".join(
        [
            "| World | Right | Ours | Reference | What decides | Why ours differs |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        + [
            f"| {world.name} | {world.right} | {ours} | {theirs} | {world.paragraph} | {GAPS[world.name][1]} |"
            for world, ours, theirs in rows
            if world.name in GAPS
        ]
    )
    agreed = len(rows) - sum(map(len, judged.values()))
    right = sum(ours == world.right for world, ours, _ in rows)
    theirs_right = sum(theirs == world.right for world, _, theirs in rows)
    made["counts"] = "\n".join(
        [
            "| | worlds |",
            "| --- | --- |",
            f"| asked | {len(rows)} |",
            f"| both answer alike | {agreed} |",
            f"| it says valid, we do not | {len(judged['false-yes'])} |",
            f"| it says not valid, we say valid | {len(judged['false-no'])} |",
            f"| it says not valid, we say undetermined | {len(judged['no-word'])} |",
            f"| it ends without an answer | {len(judged['no-answer'])} |",
            f"| right verdict: ours | {right} |",
            f"| right verdict: its own | {theirs_right} |",
        ]
    )
    return made


def _table(rows: list[tuple[World, str, str]]) -> str:
    head = ["| World | Right | Ours | Reference | What decides |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(
        head
        + [f"| {world.name} | {world.right} | {ours} | {theirs} | {world.paragraph} |" for world, ours, theirs in rows]
    )


@needs_reference_validator
def test_every_disagreement_with_the_reference_validator_is_in_the_page() -> None:
    """To write the page again: ``python -m tests.verify.test_against_the_reference``."""
    page, by_the_code = page_of_verification.written(), page_of_verification.said_by_the_code()
    assert {name: table for name, table in page.items() if name not in by_the_code} == tables(reference_verdicts())


if __name__ == "__main__":
    page_of_verification.write(page_of_verification.said_by_the_code() | tables(reference_verdicts()))
