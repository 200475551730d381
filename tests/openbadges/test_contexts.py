from __future__ import annotations

import pytest

from badges.openbadges import contexts


@pytest.mark.parametrize("pinned", contexts.PINNED, ids=lambda pinned: pinned.file)
def test_each_context_is_the_one_that_was_pinned(pinned: contexts.PinnedContext) -> None:
    assert "@context" in pinned.document()


@pytest.mark.parametrize("pinned", contexts.PINNED, ids=lambda pinned: pinned.file)
def test_each_context_is_found_by_all_its_addresses(pinned: contexts.PinnedContext) -> None:
    for address in pinned.addresses:
        for spelling in (address, address.replace("https://", "http://"), address + "/"):
            assert contexts.find_context(spelling) is pinned


def test_every_context_that_a_pinned_one_needs_is_pinned() -> None:
    for pinned in contexts.PINNED:
        inside = pinned.document()["@context"]
        needed = [entry for entry in (inside if isinstance(inside, list) else [inside]) if isinstance(entry, str)]
        assert all(contexts.find_context(address) for address in needed)


def test_the_framework_of_an_alignment_has_its_corrected_meaning() -> None:
    pinned = contexts.find_context(contexts.OPEN_BADGES_V2)
    assert pinned is not None
    assert pinned.document()["@context"]["targetFramework"] == {"@id": "schema:educationalFramework"}


def test_a_changed_context_is_not_served() -> None:
    changed = contexts.PinnedContext("2.0", (), "openbadges-v2.json", "0" * 64)
    with pytest.raises(RuntimeError, match="expected the pinned context 0000"):
        changed.document()


def test_a_caller_may_change_its_copy() -> None:
    contexts.PINNED[0].document()["@context"]["id"] = "changed"
    assert contexts.PINNED[0].document()["@context"]["id"] == "@id"


@pytest.mark.parametrize(
    ("context", "version"),
    [
        ("https://w3id.org/openbadges/v2", "2.0"),
        (["https://example.org/mine", "https://w3id.org/openbadges/v2"], "2.0"),
        (["https://w3id.org/openbadges/v2", {"mine": "urn:mine"}], "2.0"),
        ("https://w3id.org/openbadges/v1", "1.1"),
        ("https://w3id.org/openbadges/legacy-v1", "1.1"),
        ("https://w3id.org/openbadges/v22", None),
        ("https://w3id.org.example.org/openbadges/v2", None),
        ("file://w3id.org/openbadges/v2", None),
        ("w3id.org/openbadges/v2", None),
        ({"id": "@id"}, None),
        (None, None),
        (7, None),
        ([], None),
    ],
    ids=str,
)
def test_the_version_of_a_document_is_told_by_its_context(context: object, version: str | None) -> None:
    assert contexts.open_badges_version(context) == version
