"""True badges changed at random in one place: none is valid and says something else than what was signed."""

from __future__ import annotations

import copy
import json
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

import pytest

from badges.openbadges import jws, png
from badges.verify.report import Report
from badges.verify.verifier import Verifier
from tests.world import Badge, World, a_key

from .conftest import Tell, size

pytestmark = pytest.mark.deep

MUTATIONS = size("MUTATIONS", 20_000)
TOKEN_CHARACTERS = "".join(map(chr, range(256)))
SAID = ("verdict", "badge", "criteria", "issuer")


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def badge(world: World) -> Badge:
    return world.award()


@pytest.fixture(scope="module")
def verifier(world: World) -> Verifier:
    return world.verifier()


class Count:
    """Believes nobody: counts what stayed valid, and fails where it says anything else than the original."""

    def __init__(self, original: Report) -> None:
        assert original.answer == "yes"
        self._original = {name: original.to_json()[name] for name in SAID}
        self.all = self.still_valid = 0

    def see(self, report: Report, change: object) -> None:
        self.all += 1
        assert all(check.code != "unexpected" for check in report.checks), change
        if report.verdict == "valid":
            self.still_valid += 1
            told = report.to_json()
            assert {name: told[name] for name in SAID} == self._original, change

    def __str__(self) -> str:
        return f"{self.all} changes, {self.still_valid} still valid and the same, 0 valid and different"


def test_no_byte_of_a_picture_can_be_changed(verifier: Verifier, badge: Badge, luck: random.Random, tell: Tell) -> None:
    picture = badge.png()
    count = Count(verifier.verify(picture))
    for _ in range(MUTATIONS):
        place, other = luck.randrange(len(picture)), luck.randrange(1, 256)
        count.see(verifier.verify(_with_byte(picture, place, other)), (place, other))
    assert count.still_valid == 0, "a picture whose checksums are wrong is a damaged file"
    tell(str(count))


def test_no_byte_of_a_picture_can_be_changed_and_its_checksum_repaired(
    verifier: Verifier, badge: Badge, luck: random.Random, tell: Tell
) -> None:
    """Half of the changes fall in the chunk that carries the badge: the art alone may change, and that is told."""
    picture = badge.png()
    chunks = png.check(picture)
    carrier = next(chunk for chunk in chunks if chunk.kind == b"iTXt")
    count = Count(verifier.verify(picture))
    for _ in range(MUTATIONS):
        chunk = luck.choice((carrier, luck.choice(chunks)))
        place, other = luck.randrange(chunk.start - 4, max(chunk.end, chunk.start)), luck.randrange(1, 256)
        changed = bytearray(_with_byte(picture, place, other))
        changed[chunk.end : chunk.end + 4] = crc32(changed[chunk.start - 4 : chunk.end]).to_bytes(4, "big")
        report = verifier.verify(bytes(changed))
        count.see(report, (place, other))
        if chunk == carrier:
            assert report.verdict != "valid", (place, other)
    tell(str(count))


def test_no_character_of_a_token_can_be_changed(
    verifier: Verifier, badge: Badge, luck: random.Random, tell: Tell
) -> None:
    token = badge.token
    count = Count(verifier.verify(token))
    for _ in range(MUTATIONS):
        place = luck.randrange(len(token))
        other = luck.choice(TOKEN_CHARACTERS.replace(token[place], ""))
        change = luck.choice((other, "", other + token[place]))
        changed = token[:place] + change + token[place + 1 :]
        if changed.strip() != token:
            count.see(verifier.verify(changed), (place, change))
    assert count.still_valid == 0, "a token has one spelling"
    tell(str(count))


# -- one field, signed by somebody else, or not at all -------------------------------------------------------------


def test_no_field_can_be_changed_under_the_signature_of_another(
    world: World, verifier: Verifier, badge: Badge, luck: random.Random, tell: Tell
) -> None:
    """Three forgers in turn: one splices, one signs with a key like the issuer's, one is an issuer of another kind."""
    header, _, signature = badge.token.split(".")
    forgers: tuple[Callable[[bytes], str], ...] = (
        lambda payload: f"{header}.{_base64(payload)}.{signature}",
        lambda payload: jws.sign(payload, a_key("forger", "RS256")),
        lambda payload: jws.sign(payload, world.stranger.key),
    )
    others = _values_of_others(world)
    count = Count(verifier.verify(badge.token))
    for number in range(MUTATIONS):
        changed = _with_field_changed(badge.document, others, luck)
        if changed == badge.document:
            continue
        payload = json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode()
        count.see(verifier.verify(forgers[number % len(forgers)](payload)), changed)
    assert count.all > MUTATIONS * 0.95
    assert count.still_valid == 0
    tell(str(count))


def test_no_byte_of_what_is_signed_can_be_changed_whatever_it_spells(
    verifier: Verifier, badge: Badge, luck: random.Random, tell: Tell
) -> None:
    """White space, another order, an escape: the same data in other bytes is not what was signed either."""
    header, payload, signature = badge.token.split(".")
    said = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    count = Count(verifier.verify(badge.token))
    for _ in range(MUTATIONS // 4):
        place = luck.randrange(len(said))
        change = luck.choice((b" ", b"\n", b"\\u0061", bytes((luck.randrange(256),)), b""))
        changed = said[:place] + change + said[place + luck.randrange(2) :]
        if changed != said:
            count.see(verifier.verify(f"{header}.{_base64(changed)}.{signature}"), (place, change))
    assert count.still_valid == 0
    tell(str(count))


def _with_byte(data: bytes, place: int, other: int) -> bytes:
    changed = bytearray(data)
    changed[place] ^= other
    return bytes(changed)


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _values_of_others(world: World) -> tuple[Any, ...]:
    """What a forger would write: their own addresses, other types, nothing, plenty."""
    stranger = world.stranger
    addresses = (stranger.profile, stranger.key_address, stranger.badge, stranger.revocations)
    return (*addresses, None, True, 0, -1, 10**30, 1.5, "", "x" * 300, [], {}, ["x"], {"id": "x"}, "HostedBadge")


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value of a document, its own objects and lists included."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inside in items:
        yield (*path, name)
        yield from _places(inside, (*path, name))


def _with_field_changed(document: dict[str, Any], others: tuple[Any, ...], luck: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    *way, last = luck.choice(list(_places(changed)))
    holder: Any = changed
    for step in way:
        holder = holder[step]
    match luck.randrange(5):
        case 0:
            del holder[last]
        case 1:
            holder[last] = copy.deepcopy(luck.choice(others))
        case 2 if isinstance(holder, dict):
            holder[f"{last}s"] = holder[last]
        case 3 if isinstance(holder[last], str) and holder[last]:
            text, place = holder[last], luck.randrange(len(holder[last]))
            holder[last] = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        case 4 if isinstance(holder[last], int):
            holder[last] += luck.choice((-1, 1))
        case _:
            holder[last] = [holder[last]]
    return changed
