"""Three verifiers that nobody here wrote, asked about our badges.

`reference_validator`, `openbadgeslib` and `bakery` each start a program in its own environment (`install.py` makes
them, `make test` calls it) and give back what it said. None of them has a network: the reference validator is given the
documents it may fetch.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[1] / ".second-opinions"
CONTEXTS = HERE.parents[1] / "badges" / "openbadges" / "contexts"

needs_reference_validator = pytest.mark.skipif(
    not (PLACE / "reference" / "stamp").is_file(), reason="second opinions: run tests/second_opinions/install.py"
)
needs_openbadgeslib = pytest.mark.skipif(
    not (PLACE / "openbadgeslib" / "stamp").is_file(), reason="second opinions: run tests/second_opinions/install.py"
)
needs_bakery = pytest.mark.skipif(
    not (PLACE / "bakery" / "stamp").is_file() or shutil.which("node") is None,
    reason="second opinions: needs node and npm, then tests/second_opinions/install.py",
)

needs_openid_provider = pytest.mark.skipif(
    not (PLACE / "openid" / "stamp").is_file() or shutil.which("node") is None,
    reason="second opinions: needs node and npm, then tests/second_opinions/install.py",
)


class NoOpinion(Exception):
    """The program ended without an answer; the message is what it printed on standard error."""


@dataclass(frozen=True)
class Document:
    """What the reference validator finds at an address."""

    body: str | bytes
    content_type: str = "application/ld+json"
    status: int = 200

    def to_json(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"status": self.status, "content_type": self.content_type}
        if isinstance(self.body, str):
            return answer | {"body": self.body}
        return answer | {"body_base64": base64.b64encode(self.body).decode()}


@dataclass(frozen=True)
class ReferenceReport:
    """The validator's report; ``messages`` are its errors, warnings and remarks, ``asked`` the addresses it fetched."""

    valid: bool
    errors: int
    warnings: int
    messages: list[str]
    asked: list[str]
    graph: list[dict[str, Any]]


def reference_validator(
    badge: str | bytes, documents: Mapping[str, Document], recipient: Mapping[str, str] | None = None
) -> ReferenceReport:
    """The 1EdTech validator's opinion of ``badge``: a baked picture, a JWS, a hosted assertion's JSON or address.

    ``documents`` is its whole web, but for the contexts of the standard, which it gets from us. It reads the real
    clock. Remember its known bug: a revocation list of exactly one entry is overlooked.
    """
    with tempfile.TemporaryDirectory() as folder:
        web = {address: document.to_json() for address, document in {**standard_contexts(), **documents}.items()}
        (Path(folder) / "documents.json").write_text(json.dumps(web))
        words = [
            PLACE / "reference/bin/python",
            HERE / "reference_validator.py",
            file_of(badge, folder),
            Path(folder) / "documents.json",
        ]
        return _read_report(json.loads(ask(*words, *([json.dumps(dict(recipient))] if recipient else []))))


@dataclass(frozen=True)
class Question:
    """One badge, all there is on its web, and whom the reader expects."""

    badge: str | bytes
    documents: Mapping[str, Document]
    recipient: Mapping[str, str] | None = None


def reference_validator_on_all(questions: Iterable[Question]) -> list[ReferenceReport | NoOpinion]:
    """The same for many badges at the price of one start. A question on which it raises gets a :class:`NoOpinion`."""
    asked = []
    for question in questions:
        web = {**standard_contexts(), **question.documents}
        asked.append(
            {
                "badge": base64.b64encode(_bytes(question.badge)).decode(),
                "documents": {address: document.to_json() for address, document in web.items()},
                "recipient": dict(question.recipient) if question.recipient else None,
            }
        )
    with tempfile.TemporaryDirectory() as folder:
        worlds = Path(folder) / "worlds.json"
        worlds.write_text(json.dumps(asked))
        words = [PLACE / "reference/bin/python", HERE / "reference_validator.py", "--many", worlds]
        lines = ask(*words, seconds=120 + len(asked)).splitlines()
    answers = [json.loads(line) for line in lines]
    return [NoOpinion(answer["crash"]) if "crash" in answer else _read_report(answer) for answer in answers]


def _read_report(answer: dict[str, Any]) -> ReferenceReport:
    report = answer["report"]
    return ReferenceReport(
        valid=report["valid"],
        errors=report["errorCount"],
        warnings=report["warningCount"],
        messages=[
            f"{message['messageLevel']} {message['name']}: {message['result']}" for message in report["messages"]
        ],
        asked=answer["asked"],
        graph=answer["graph"],
    )


@dataclass(frozen=True)
class LibraryAnswer:
    valid: bool
    why: str | None
    token: str | None
    assertion: dict[str, Any] | None


def openbadgeslib(badge: str | bytes, public_pem: str, recipient: str | None = None) -> LibraryAnswer:
    """openbadgeslib's opinion of a signed badge (picture or JWS) under the key we pin."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "key.pem").write_text(public_pem)
        words = [
            PLACE / "openbadgeslib/bin/python",
            HERE / "openbadgeslib_verify.py",
            file_of(badge, folder),
            Path(folder) / "key.pem",
        ]
        return LibraryAnswer(**json.loads(ask(*words, *([recipient] if recipient else []))))


def bakery(picture: bytes) -> str:
    """What Mozilla's bakery extracts from a baked PNG or SVG."""
    with tempfile.TemporaryDirectory() as folder:
        node = shutil.which("node") or "node"
        return ask(node, HERE / "bakery_extract.js", PLACE / "bakery/node_modules", file_of(picture, folder))


@cache
def standard_contexts() -> dict[str, Document]:
    """The pinned contexts of Open Badges under the addresses from which everyone loads them."""
    pinned = {
        "https://w3id.org/openbadges/v1": "openbadges-v1.json",
        "https://w3id.org/openbadges/v2": "openbadges-v2.json",
    }
    return {address: Document((CONTEXTS / name).read_text("utf-8")) for address, name in pinned.items()}


def file_of(badge: str | bytes, folder: str) -> Path:
    file = Path(folder) / "badge"
    file.write_bytes(_bytes(badge))
    return file


def _bytes(badge: str | bytes) -> bytes:
    return badge.encode() if isinstance(badge, str) else badge


def ask(*words: object, seconds: float = 120) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode != 0:
        raise NoOpinion(done.stderr.strip()[-4000:])
    return done.stdout
