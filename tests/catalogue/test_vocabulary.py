"""The context and schemas of our extensions say the same thing as the code that writes and reads them."""

from __future__ import annotations

import copy
import json
from typing import Any, get_type_hints

import jsonschema
import pytest

from badges.addresses import Addresses
from badges.catalogue.definition import canonical
from badges.catalogue.proof import PROOF_TYPE, CriteriaProof, definition_extension, read_proof
from badges.catalogue.record import RESULTS, CriterionRecord, Decider, PrerequisiteSeen, Record, SeenOn
from badges.catalogue.vocabulary import EXTENSIONS, published
from badges.errors import DocumentInvalid

from .builders import a_definition_json, a_record

HERE = Addresses("https://badges.example")
DOCUMENTS = published(HERE)
TEXT = canonical(a_definition_json())
PROOF = CriteriaProof(TEXT, a_record())


def schema(extension: str) -> dict[str, object]:
    return dict(json.loads(DOCUMENTS[HERE.schema(extension)]))


def test_every_term_of_a_record_is_mapped_and_every_array_is_a_list() -> None:
    context = json.loads(DOCUMENTS[HERE.proof_context()])["@context"]
    for shape in (Record, CriterionRecord, SeenOn, Decider, PrerequisiteSeen):
        for name, kind in get_type_hints(shape).items():
            term = context[name]
            if str(kind).startswith("tuple"):
                assert term["@container"] == "@list"


def test_schema_addresses_are_absolute_and_published() -> None:
    validation = json.loads(DOCUMENTS[HERE.proof_context()])["obi:validation"]
    assert {entry["obi:validationSchema"] for entry in validation} == {HERE.schema(name) for name in EXTENSIONS}
    assert b"{schema:" not in DOCUMENTS[HERE.proof_context()]


def test_what_we_write_is_what_the_schemas_describe() -> None:
    jsonschema.validate(PROOF.to_json(HERE.proof_context()), schema("criteria-proof"))
    jsonschema.validate(definition_extension(TEXT, HERE.proof_context()), schema("criteria-definition"))


def test_a_proof_survives_its_journey_in_a_badge() -> None:
    badge = {"extensions:criteriaProof": json.loads(json.dumps(PROOF.to_json(HERE.proof_context())))}
    assert read_proof(badge) == PROOF


def test_a_proof_is_recognised_by_term_and_type_never_by_the_address_of_its_context() -> None:
    elsewhere = PROOF.to_json("https://elsewhere.example/contexts/x.json")
    assert read_proof({"extensions:criteriaProof": elsewhere}) == PROOF
    expanded = "https://w3id.org/openbadges/extensions#criteriaProof"
    assert read_proof({expanded: elsewhere}) == PROOF
    assert read_proof({"extensions:criteriaProof": elsewhere | {"type": ["Extension"]}}) is None
    assert read_proof({"extensions:other": elsewhere}) is None
    assert PROOF_TYPE in elsewhere["type"]


def with_result(result: str) -> dict[str, Any]:
    record = copy.deepcopy(a_record().to_json())
    record["criteria"][0]["result"] = result
    return record


def with_observation(**changes: Any) -> dict[str, Any]:
    record = copy.deepcopy(a_record().to_json())
    record["criteria"][0]["observations"][0] |= changes
    return record


@pytest.mark.parametrize("record", [with_observation(), *map(with_result, RESULTS)])
def test_each_result_of_a_record_is_read_as_it_was_written(record: dict[str, Any]) -> None:
    proof = read_proof({"extensions:criteriaProof": PROOF.to_json(HERE.proof_context()) | {"record": record}})
    assert proof is not None
    assert proof.record.to_json() == record


def test_the_results_are_acquired_not_yet_and_not_observed() -> None:
    assert RESULTS == ("acquired", "not_yet", "not_observed")


@pytest.mark.parametrize(
    "change",
    [
        {"definition": None},
        {"record": None},
        {"record": {}},
        {"record": a_record().to_json() | {"more": 1}},
        {"record": a_record().to_json() | {"decided": "2026-13"}},
        {"record": a_record().to_json() | {"decided": "٢٠٢٦-11"}},
        {"record": a_record().to_json() | {"criteria": {}}},
        {"record": a_record().to_json() | {"commitment": "sha256$zz"}},
        {"record": a_record().to_json() | {"deciders": [{"who": "a1"}]}},
        *[{"record": with_observation(day=day)} for day in (0, 10_001, 1.0, "1", True, None)],
        *[{"record": with_observation(**{name: 5})} for name in ("month", "way", "kind", "function")],
        {"record": with_observation(month="2026-00")},
        {"record": with_result("maybe")},
    ],
)
def test_a_proof_that_cannot_be_read_is_refused_whole(change: dict[str, object]) -> None:
    with pytest.raises(DocumentInvalid):
        read_proof({"extensions:criteriaProof": PROOF.to_json(HERE.proof_context()) | change})
