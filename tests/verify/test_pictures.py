"""What is remembered of a picture is what would be read in it."""

from __future__ import annotations

import pytest

from badges.addresses import short_code
from badges.catalogue.marks import art_digest, read_mark, read_picture
from badges.openbadges import png
from badges.verify.pictures import Pictures
from tests.world import World, a_template, with_picture_byte_changed


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def pictures(world: World) -> dict[str, bytes]:
    one, other = world.award(), world.award()
    return {
        "one": one.png(),
        "another of the same art": other.png(),
        "the code of the first": other.png(code=short_code(one.id)),
        "another art": one.png(art=2),
        "not baked": a_template(),
        "baked by another": png.bake(a_template(), one.token),
        "something after the end": one.png() + b"x",
    }


@pytest.mark.parametrize("again", [1, 2, 3])
def test_a_picture_is_read_the_same_whatever_was_read_before(pictures: dict[str, bytes], again: int) -> None:
    reader = Pictures()
    for _ in range(again):
        found = {name: reader.read(picture) for name, picture in pictures.items()}
    assert found == {name: (read_mark(picture), art_digest(picture)) for name, picture in pictures.items()}
    assert found["one"][1] == found["another of the same art"][1] == found["the code of the first"][1]
    assert found["one"][0] == found["the code of the first"][0] != found["another of the same art"][0]
    assert found["another art"][1] != found["one"][1]


def test_an_art_of_which_one_byte_is_other_is_another(world: World, pictures: dict[str, bytes]) -> None:
    reader = Pictures()
    reader.read(pictures["one"])
    changed = with_picture_byte_changed(pictures["one"])
    assert reader.read(changed) == (read_mark(changed), art_digest(changed))


def test_one_verifier_compares_each_picture_with_its_own_badge(world: World) -> None:
    verifier, one, other = world.verifier(), world.award(), world.award()
    for badge, code, told in (
        (one, None, "picture_matches"),
        (other, None, "picture_matches"),
        (other, short_code(one.id), "picture_differs"),
        (one, None, "picture_matches"),
    ):
        assert verifier.verify(badge.png(code=code)).require("picture").code == told


def test_where_memory_is_full_it_is_emptied(pictures: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    monkeypatch.setattr("badges.verify.pictures._REMEMBERED", 1)
    monkeypatch.setattr("badges.verify.pictures.read_picture", lambda png: (read.append(png), read_picture(png))[1])
    reader = Pictures()
    for name in ("one", "one", "another art", "another art", "one"):
        reader.read(pictures[name])
    assert read == [pictures[name] for name in ("one", "another art", "one")]


def test_an_art_that_was_met_is_compared_and_not_hashed_again(
    pictures: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Pictures()
    one = reader.read(pictures["one"])
    monkeypatch.setattr("badges.verify.pictures.read_picture", None)
    other = reader.read(pictures["another of the same art"])
    assert other == (read_mark(pictures["another of the same art"]), one[1])
