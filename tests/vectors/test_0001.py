"""The frozen shapes of decision 0001, in bytes. If one of these fails, a badge already handed over no longer reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from badges.addresses import short_code
from badges.catalogue.definition import canonical, digest, parse_definition
from badges.catalogue.library import Catalogue, shipped_criteria
from badges.catalogue.marks import art_digest, read_mark
from badges.catalogue.proof import read_proof
from badges.catalogue.record import parse_record
from badges.catalogue.rule import evaluate
from badges.errors import SignatureInvalid
from badges.openbadges import jws, png, strict_json
from badges.openbadges.identity import hash_identity
from tests.second_opinions import bakery, needs_bakery, needs_openbadgeslib, openbadgeslib

FOLDER = Path(__file__).parent / "0001"
DEFINITION = (FOLDER / "definition.json").read_text("utf-8")
TOKEN = (FOLDER / "token.jws").read_text("ascii")
BADGE = (FOLDER / "badge.png").read_bytes()
KEY = (FOLDER / "public.pem").read_text("ascii")
ASSERTION = strict_json.loads(jws.read_unverified(TOKEN).payload)


def test_the_definition_is_the_published_one_to_the_byte() -> None:
    assert digest(DEFINITION) == (FOLDER / "digest.txt").read_text("utf-8").strip()
    assert canonical(json.loads(DEFINITION)) == DEFINITION
    assert Catalogue.open(shipped_criteria()).require("tec-maraichage-planter", "0.1.0").text == DEFINITION


def test_the_record_meets_the_definition() -> None:
    record = parse_record(json.loads((FOLDER / "record.json").read_text("utf-8")))
    outcome = evaluate(parse_definition(DEFINITION), record)
    assert (outcome.status, outcome.essential_met, outcome.days) == ("met", 5, 2)


def test_the_token_has_the_one_header_and_the_right_signature() -> None:
    token = jws.read_unverified(TOKEN)
    assert TOKEN.split(".")[0] == "eyJhbGciOiJSUzI1NiJ9"
    jws.verify(token, jws.load_public_key(KEY))


def test_a_changed_token_is_refused() -> None:
    header, payload, signature = TOKEN.split(".")
    forged = jws.read_unverified(".".join((header, payload, ("B" if signature[0] == "A" else "A") + signature[1:])))
    with pytest.raises(SignatureInvalid):
        jws.verify(forged, jws.load_public_key(KEY))


def test_the_assertion_carries_the_definition_and_the_record_verbatim() -> None:
    proof = read_proof(ASSERTION)
    assert proof is not None
    assert proof.definition_text == DEFINITION
    assert proof.record.to_json() == json.loads((FOLDER / "record.json").read_text("utf-8"))


def test_the_assertion_has_the_members_of_the_decision_and_no_other() -> None:
    assert list(ASSERTION) == [
        *("@context", "type", "id", "recipient", "badge", "verification", "issuedOn"),
        *("narrative", "evidence", "extensions:criteriaProof"),
    ]
    recipient = ASSERTION["recipient"]
    assert recipient["identity"] == hash_identity("personne@courriel.example", recipient["salt"])


def test_the_picture_carries_the_token_the_code_and_the_art() -> None:
    assert png.extract(BADGE).text == TOKEN
    assert read_mark(BADGE) == short_code(ASSERTION["id"])
    entry = Catalogue.open(shipped_criteria()).require("tec-maraichage-planter", "0.1.0")
    assert art_digest(BADGE) == art_digest((entry.folder / "picture.png").read_bytes())


@needs_openbadgeslib
def test_openbadgeslib_accepts_it() -> None:
    answer = openbadgeslib(BADGE, KEY)
    assert answer.valid, answer.why


@needs_bakery
def test_the_bakery_of_mozilla_reads_the_same_token() -> None:
    assert bakery(BADGE) == TOKEN
