"""What OpenAPI says of the two doors for programs is what they take and answer.

Programs are written from it, so a change of it is seen: it is kept in ``described.json``, which is written again by

    python -m tests.verify.test_described
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

from badges.clock import FixedClock
from badges.trust import ReceiptKey
from badges.verify import api, receipt_page
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from badges.verify.receipt import Receipts
from badges.verify.verifier import Verifier
from tests.web.building import Browser, a_site, some_pages
from tests.world import EMAIL, NOW, World, a_key

VERIFY, RECEIPT = "/api/v1/verify", "/api/v1/verify/receipt"
DOORS = (VERIFY, RECEIPT)
KEPT = Path(__file__).with_name("described.json")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(world: World) -> FastAPI:
    return the_doors_of(world)


def the_doors_of(world: World) -> FastAPI:
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    desk, pages = Desk(lambda: verifier, memory), some_pages()
    key = a_key("receipt")
    trusted = world.trust(receipts=(ReceiptKey(key.key_id, key.public_pem),))
    receipts = Receipts("https://badges.test", lambda: key, lambda: trusted, FixedClock(NOW))
    return a_site(api.router(desk), receipt_page.router(desk, receipts, pages), pages=pages)


def described(site: FastAPI, path: str) -> dict[str, Any]:
    operation = site.openapi()["paths"][path]["post"]
    assert isinstance(operation, dict)
    return operation


def all_that_is_said(site: FastAPI) -> str:
    doors = {path: described(site, path) for path in DOORS}
    return json.dumps(doors, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_what_is_described_is_what_was_kept(site: FastAPI) -> None:
    assert all_that_is_said(site) == KEPT.read_text("utf-8")


def members_without_place(schema: Any, place: str = "") -> Iterator[str]:
    """Keywords that JSON Schema does not know."""
    known = {"type", "required", "properties", "items", "enum", "format", "description", "externalDocs", "example"}
    if not isinstance(schema, dict):
        yield f"{place}: no schema"
        return
    yield from (f"{place}.{name}" for name in schema.keys() - known)
    if schema.get("format", "binary") not in ("binary", "date-time"):
        yield f"{place}: format {schema['format']}"
    for name, inside in schema.get("properties", {}).items():
        yield from members_without_place(inside, f"{place}.{name}")
    if "items" in schema:
        yield from members_without_place(schema["items"], f"{place}[]")


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, demanding every member that it describes."""
    made = dict(schema)
    if "properties" in made:
        made["properties"] = {name: closed(inside) for name, inside in made["properties"].items()}
        made["required"] = [*made["properties"], *made.get("required", ())]
    if "items" in made:
        made["items"] = closed(made["items"])
    return made


@pytest.mark.parametrize("path", DOORS)
def test_what_is_described_is_openapi(site: FastAPI, path: str) -> None:
    operation = described(site, path)
    assert operation["tags"] == ["verify"]
    assert operation.keys() <= {"tags", "summary", "description", "operationId", "requestBody", "responses"}
    assert operation["requestBody"].keys() == {"required", "content"}
    assert operation["requestBody"]["required"] is True
    contents = [operation["requestBody"]["content"]]
    for status, response in operation["responses"].items():
        assert response.keys() <= {"description", "content"}, status
        assert response["description"], status
        contents.append(response.get("content", {}))
    for content in contents:
        for media in content.values():
            assert media.keys() <= {"schema", "example"}
            if media:
                Draft202012Validator.check_schema(media["schema"])
                assert list(members_without_place(media["schema"])) == []


def test_each_form_that_is_described_is_taken(site: FastAPI, world: World) -> None:
    badge = world.award()
    bodies: dict[str, bytes] = {
        "image/png": badge.png(),
        "image/svg+xml": badge.svg(),
        "application/json": world.hosted().json(),
        "text/plain": badge.token.encode(),
    }
    content = described(site, VERIFY)["requestBody"]["content"]
    assert content.keys() >= {"multipart/form-data", *bodies}
    assert content.keys() <= {"multipart/form-data", "application/zip", "application/pdf", *bodies}
    assert described(site, RECEIPT)["requestBody"]["content"].keys() == {"multipart/form-data", "image/png"}
    assert [content[name]["schema"].get("format") for name in ("image/png", "image/svg+xml")] == ["binary", "binary"]
    for media, body in bodies.items():
        answer = Browser(site).ask("POST", VERIFY, content=body, headers={"content-type": media})
        assert [report["answer"] for report in answer.json()["reports"]] == ["yes"], media


@pytest.mark.parametrize("path", DOORS)
def test_the_form_has_the_fields_that_are_described(site: FastAPI, world: World, path: str) -> None:
    form = described(site, path)["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["properties"].keys() == {"file", "text", "recipient"}
    assert form["schema"]["properties"]["file"]["items"]["format"] == "binary"
    validator = Draft202012Validator(form["schema"])
    assert validator.is_valid({"file": [""], "text": [""], "recipient": ""})
    for wrong in ({"file": ""}, {"text": ""}, {"text": [1]}, {"recipient": []}, []):
        assert not validator.is_valid(wrong), wrong
    assert validator.is_valid(form["example"])
    assert form["example"].keys() <= form["schema"]["properties"].keys()
    badge = world.award()
    sent = {"files": {"file": ("b.png", badge.png())}, "data": {"text": badge.token, "recipient": EMAIL}}
    answer = Browser(site).ask("POST", VERIFY, **sent).json()["reports"]
    codes = [check["code"] for report in answer for check in report["checks"] if check["check"] == "recipient"]
    assert codes == ["recipient_matches", "recipient_matches"]


def test_an_answer_is_what_is_described(site: FastAPI, world: World) -> None:
    answered = described(site, VERIFY)["responses"]["200"]["content"]
    assert list(answered) == ["application/json"]
    schema = answered["application/json"]["schema"]
    assert schema["required"] == ["reports"]
    report = schema["properties"]["reports"]["items"]
    assert set(report["required"]) <= report["properties"].keys()
    assert report["externalDocs"]["url"] == "/api/v1/report.schema.json"
    assert Browser(site).get(report["externalDocs"]["url"]).status_code == 200
    validator = Draft202012Validator(closed(schema), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for given in (world.award().png(), world.award(expires="2026-11-20T09:00:00Z").png(), b"hello"):
        said = Browser(site).ask("POST", VERIFY, content=given).json()
        assert [error.message for error in validator.iter_errors(said)] == []
        for name in ("answer", "verdict", "verified_at"):
            wrong = {"reports": [said["reports"][0] | {name: "maybe"}]}
            assert name == "verified_at" or not validator.is_valid(wrong), name


def test_a_receipt_is_what_is_described_and_refusals_are_named(site: FastAPI, world: World) -> None:
    answer = Browser(site).ask("POST", RECEIPT, content=world.award().png())
    content = described(site, RECEIPT)["responses"]["200"]["content"]
    assert content.pop(answer.headers["content-type"]) == {"schema": {"type": "string"}}
    assert content in ({}, {"application/pdf": {"schema": {"type": "string", "format": "binary"}}})
    assert described(site, RECEIPT)["responses"].keys() == {"200", "413", "422", "503"}
    assert described(site, VERIFY)["responses"].keys() == {"200", "413", "422"}
    assert Browser(site).ask("POST", RECEIPT, content=b" ").status_code == 422


if __name__ == "__main__":
    KEPT.write_text(all_that_is_said(the_doors_of(World())), "utf-8")
