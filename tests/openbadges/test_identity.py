from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.openbadges.identity import hash_identity, matches, new_salt, normalise_email
from badges.openbadges.model import IdentityObject


def a_recipient(identity: str, salt: str | None = "deadsea", hashed: bool = True, **members: Any) -> IdentityObject:
    members = {"type": "email", "hashed": hashed, "identity": identity} | members
    return IdentityObject.from_json(members | ({"salt": salt} if salt is not None else {}))


@pytest.mark.parametrize(
    ("identity", "salt", "expected"),
    [
        ("mayze", None, "7a1a1b3f7d40552e4299180e346e3add12bf9a751a43d9c4ca4518febc2c60c6"),
        ("nobody@example.org", "deadsea", "ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942"),
        ("test@example.com", "sel gris", "85c4196c5516561cef673642157499b70066cb1070852b2a37fdbf3cc599b087"),
        ("a@example.com", "Kosher", "b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"),
    ],
)
def test_identities_hash_as_the_standard_s_own_examples(identity: str, salt: str | None, expected: str) -> None:
    assert hash_identity(identity, salt) == f"sha256${expected}"
    assert matches(a_recipient(f"sha256${expected}", salt, type="email"), identity)
    assert matches(a_recipient(f"sha256${expected.upper()}", salt), identity)
    assert not matches(a_recipient(f"sha256${expected}", "another"), identity)


def test_an_absent_salt_is_an_empty_one() -> None:
    assert hash_identity("mayze", None) == hash_identity("mayze", "")


def test_the_old_hash_is_still_read() -> None:
    assert matches(a_recipient("md5$5d41402abc4b2a76b9719d911017c592", None, type="url"), "hello")


@pytest.mark.parametrize(
    "typed",
    ["nobody@example.org", "  nobody@example.org\n", "NOBODY@Example.ORG", "nobody@EXAMPLE.org"],
)
def test_an_e_mail_is_recognised_however_it_is_typed(typed: str) -> None:
    assert matches(a_recipient(hash_identity("nobody@example.org", "deadsea")), typed)


def test_an_issuer_who_kept_capitals_is_understood_when_they_are_typed() -> None:
    kept = a_recipient(hash_identity("Nobody@example.org", "deadsea"))
    assert matches(kept, "Nobody@example.org")
    assert not matches(kept, "nobody@example.org")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert (
        normalise_email("Ame\u0301lie@example.org")
        == normalise_email("AM\u00c9LIE@example.org")
        == "amélie@example.org"
    )
    assert matches(a_recipient(hash_identity("amélie@example.org", "deadsea")), "ame\u0301lie@example.org")


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param(" ", id="white space"),
        pytest.param("nobody@example.org\0", id="NUL after"),
        pytest.param("nobody@example.orgdeadsea", id="the salt typed too"),
        pytest.param("nobody@example.or", id="cut"),
        pytest.param("nobody@example.org.", id="a dot more"),
        pytest.param("nobody+badge@example.org", id="a tag"),
        pytest.param("mailto:nobody@example.org", id="as an address"),
        pytest.param("<nobody@example.org>", id="in brackets"),
        pytest.param("nobody@example.org, nobody@example.org", id="twice"),
        pytest.param("n\u043ebody@example.org", id="a Cyrillic o"),
        pytest.param("nobody\uff20example.org", id="a wide @"),
        pytest.param("no\u200bbody@example.org", id="an invisible space"),
        pytest.param("sha256$ecf5409f3f4b91ab60cc5ef4c02aef7032354375e70cf4d8e43f6a1d29891942", id="the hash"),
        pytest.param("\ud800", id="half a surrogate pair"),
    ],
)
def test_nobody_else_is_the_recipient(typed: str) -> None:
    assert not matches(a_recipient(hash_identity("nobody@example.org", "deadsea")), typed)


def test_an_address_is_not_an_e_mail_and_keeps_its_case() -> None:
    address = "https://example.org/p/AbC"
    recipient = a_recipient(hash_identity(address, "deadsea"), type="url")
    assert matches(recipient, address)
    assert not matches(recipient, address.lower())


def test_a_plain_identity_is_compared_as_it_stands() -> None:
    assert matches(a_recipient("Nobody@Example.org", None, hashed=False), "nobody@example.org")
    assert not matches(a_recipient("nobody@example.org", None, hashed=False), "somebody@example.org")
    assert not matches(a_recipient("https://a.example/B", None, hashed=False, type="url"), "https://a.example/b")


def test_a_hash_of_a_kind_unknown_matches_nobody() -> None:
    strange = IdentityObject(type="email", identity="sha1$abc", hashed=True)
    assert not matches(strange, "nobody@example.org")
    assert not matches(strange, "sha1$abc")


@given(st.text(), st.text())
def test_any_text_is_answered(identity: str, salt: str) -> None:
    recipient = IdentityObject(
        type="email", identity=hash_identity(normalise_email(identity), salt), hashed=True, salt=salt
    )
    assert matches(recipient, identity) == bool(identity.strip() and "\0" not in identity)


def test_no_salt_is_made_twice() -> None:
    salts = {new_salt() for _ in range(1000)}
    assert len(salts) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", salt) for salt in salts)
