"""What a token or a document says of its own form."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

from badges.verify.formats import unread_algorithm, version_of


def a_token(**header: object) -> str:
    return urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=") + ".e30.c2ln"


def test_an_algorithm_that_we_do_not_read_is_named_however_long_the_header() -> None:
    for name in ("RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "ES256K", "Ed448"):
        assert {unread_algorithm(a_token(alg=name, kid="k" * length)) for length in range(12)} == {name}


def test_what_is_no_sound_algorithm_is_not_named() -> None:
    for token in (a_token(alg="none"), a_token(alg="HS256"), a_token(alg=["ES384"]), a_token(), "", "é", "e30.e30.e30"):
        assert unread_algorithm(token) is None


def test_what_names_no_context_is_told_by_what_only_its_version_had() -> None:
    assert version_of({"uid": "1", "verify": {}}) == "1.x"
    assert version_of({"uid": "1"}) is version_of({"verify": {}}) is None
    assert version_of({"recipient": "a@b.test"}) == "0.5"
    assert version_of({"recipient": {}}) is None


def test_a_context_of_the_first_years_is_of_1_x() -> None:
    assert version_of({"@context": "https://openbadges.org/1.1/context.json"}) == "1.x"
    assert version_of({"@context": "https://example.org/context.json"}) is None
