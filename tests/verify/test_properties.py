"""Any bytes give a report, and no change of one character makes a badge that is valid and different."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.verify.report import CHECKS, Report
from badges.verify.verifier import Verifier
from tests.world import CONTEXT, Badge, World, a_template

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=12), inside, max_size=4),
    max_leaves=12,
)
MEMBERS = st.sampled_from(
    [
        *("@context", "type", "id", "recipient", "badge", "verification", "issuedOn", "expires", "evidence"),
        *("narrative", "uid", "revoked", "image", "@id", "verify"),
        *("extensions:criteriaProof", "extensions:recipientProfile"),
    ]
)


@cache
def honest() -> tuple[World, Verifier, Badge]:
    world = World(algorithm="EdDSA")
    return world, world.verifier(), world.award()


def is_sound(report: Report) -> None:
    assert tuple(check.check for check in report.checks) == CHECKS
    assert all(check.code != "unexpected" for check in report.checks), report.checks[0].details
    json.loads(json.dumps(report.to_json(), allow_nan=False).encode("utf-8"))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_report(data: bytes) -> None:
    report = honest()[1].verify(data)
    is_sound(report)
    assert report.answer != "yes"


@given(st.text(max_size=200))
def test_any_text_gives_a_report(text: str) -> None:
    is_sound(honest()[1].verify(text, text))


@given(JSON)
def test_any_json_gives_a_report(value: Any) -> None:
    is_sound(honest()[1].verify(json.dumps({"@context": CONTEXT, "id": "https://badges.test/a", "x": value})))


@given(MEMBERS, JSON)
def test_any_signed_member_gives_a_report(name: str, value: Any) -> None:
    world, verifier, _ = honest()
    is_sound(verifier.verify(world.award(**{name: value}).token))


@given(st.dictionaries(st.sampled_from(("definition", "record", "type", "@context")), JSON, min_size=1))
def test_any_signed_proof_gives_a_report(proof: dict[str, Any]) -> None:
    world, verifier, _ = honest()
    is_sound(verifier.verify(world.award(proof=proof).token))


@given(st.sampled_from(("profile", "key_address", "badge", "revocations")), MEMBERS | st.text(max_size=8), JSON)
def test_any_published_document_gives_a_report(document: str, name: str, value: Any) -> None:
    world = World(algorithm="EdDSA")
    badge = world.award(issuer=world.stranger)
    world.change(getattr(world.stranger, document), **{name: value})
    is_sound(world.verifier().verify(badge.token))


@given(st.sampled_from(("profile", "key_address", "badge", "revocations")), st.binary(max_size=100))
def test_any_published_bytes_give_a_report(document: str, body: bytes) -> None:
    world = World(algorithm="EdDSA")
    badge = world.award(issuer=world.stranger)
    world.answer(getattr(world.stranger, document), body)
    report = world.verifier().verify(badge.token)
    is_sound(report)
    assert report.verdict != "valid"


@pytest.mark.parametrize("form", ["token", "png", "svg"])
def test_no_change_of_one_byte_is_valid_and_different(form: str) -> None:
    """Where a change leaves the badge valid, it is the same badge, said in the same bytes that were signed."""
    _, verifier, badge = honest()
    data = {"token": badge.token.encode(), "png": badge.png(), "svg": badge.svg()}[form]
    expected = verifier.verify(data).to_json()
    luck = random.Random(20261120)
    places = range(len(data)) if form == "svg" else [luck.randrange(len(data)) for _ in range(600)]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << luck.randrange(7)
        report = verifier.verify(bytes(changed))
        is_sound(report)
        if report.verdict == "valid":
            assert report.to_json()["badge"] == expected["badge"]
            assert report.to_json()["criteria"] == expected["criteria"]
            assert form == "svg", place  # the drawing around it is not signed, and has no checksum


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_picture_spoilt_anywhere_gives_a_report(place: int, spoilt: bytes) -> None:
    png = a_template()
    is_sound(honest()[1].verify(png[: place * 6] + spoilt + png[place * 6 + len(spoilt) :]))
