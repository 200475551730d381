"""How the definition and the record travel: by member and type, whatever the address of their context."""

from __future__ import annotations

from typing import Any

import pytest

from badges.catalogue.definition import digest
from badges.catalogue.proof import CriteriaProof, definition_extension, read_definition_extension, read_proof
from badges.catalogue.record import parse_record
from badges.errors import DocumentInvalid
from tests.catalogue.test_record import RECORD

TEXT, CONTEXT = "la définition", "https://badges.test/contexts/criteria-proof-v1.json"
FULL = "https://w3id.org/openbadges/extensions#"
PROOF = CriteriaProof(TEXT, parse_record(RECORD))
WRITTEN: dict[str, Any] = {
    "@context": CONTEXT,
    "type": ["Extension", "extensions:CriteriaProof"],
    "definition": TEXT,
    "record": RECORD,
}


def test_a_proof_is_written_as_the_decision_froze_it() -> None:
    assert PROOF.to_json(CONTEXT) == WRITTEN
    assert PROOF.digest == digest(TEXT)


def test_the_definition_of_a_badge_class_is_written_with_its_digest() -> None:
    assert definition_extension(TEXT, CONTEXT) == {
        "@context": CONTEXT,
        "type": ["Extension", "extensions:CriteriaDefinition"],
        "definition": TEXT,
        "digest": digest(TEXT),
    }


@pytest.mark.parametrize("term", ["extensions:criteriaProof", f"{FULL}criteriaProof"])
@pytest.mark.parametrize(
    "types",
    [
        {"type": ["Extension", "extensions:CriteriaProof"]},
        {"type": "extensions:CriteriaProof"},
        {"type": [f"{FULL}CriteriaProof"]},
        {"@type": ["Extension", f"{FULL}CriteriaProof"]},
    ],
    ids=str,
)
def test_a_proof_is_known_by_its_member_and_its_type(term: str, types: dict[str, Any]) -> None:
    without = {name: value for name, value in WRITTEN.items() if name != "type"}
    assert read_proof({term: without | types | {"@context": "https://elsewhere.test/"}}) == PROOF


@pytest.mark.parametrize(
    "assertion",
    [
        {},
        {"criteriaProof": WRITTEN},
        {"extensions:criteriaProof": [WRITTEN]},
        {"extensions:criteriaProof": WRITTEN | {"type": "Extension"}},
        {"extensions:criteriaProof": WRITTEN | {"type": "extensions:CriteriaDefinition"}},
    ],
    ids=str,
)
def test_what_is_no_proof_is_none(assertion: dict[str, Any]) -> None:
    assert read_proof(assertion) is None


@pytest.mark.parametrize("wrong", [{"definition": None}, {"definition": 5}, {"record": None}, {"record": {}}], ids=str)
def test_a_proof_that_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DocumentInvalid) as refused:
        read_proof({"extensions:criteriaProof": WRITTEN | wrong})
    assert refused.value.code == "record_malformed"


def test_the_definition_that_is_hosted_is_read_or_there_is_none() -> None:
    written = definition_extension(TEXT, CONTEXT)
    assert read_definition_extension({"extensions:criteriaDefinition": written}) == TEXT
    assert read_definition_extension({f"{FULL}criteriaDefinition": written}) == TEXT
    for other in (
        {},
        {"extensions:criteriaDefinition": written | {"definition": 5}},
        {"extensions:criteriaProof": written},
    ):
        assert read_definition_extension(other) is None
