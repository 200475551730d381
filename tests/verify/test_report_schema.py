"""The JSON Schema of the report, which is published: every report keeps to it, and it hides nothing that they say.

    python -m tests.verify.test_report_schema

writes the lists of codes in it again.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from fastapi import FastAPI
from jsonschema import Draft202012Validator

import badges.verify
from badges.verify import api, report, wording
from badges.verify.verifier import Policy, Verifier
from tests.verify.test_against_the_reference import report_on
from tests.verify.test_verifier import CASES
from tests.verify.worlds import WORLDS
from tests.web.building import Browser
from tests.world import World

if TYPE_CHECKING:
    from badges.verify.desk import Desk

FILE = Path(report.__file__).with_name("report.schema.json")
SCHEMA: dict[str, Any] = json.loads(FILE.read_text("utf-8"))


def closed(schema: Any) -> Any:
    """The same schema, admitting no member that it does not describe."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(value) for name, value in schema.items()}
    return made | {"additionalProperties": False} if "properties" in made and made.get("type") == "object" else made


@cache
def strict() -> Draft202012Validator:
    return Draft202012Validator(closed(SCHEMA), format_checker=Draft202012Validator.FORMAT_CHECKER)


def problems(said: dict[str, Any]) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in strict().iter_errors(said)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_report_on_the_badges_of_strangers_keeps_to_it() -> None:
    wrong = {world.name: told for world in WORLDS if (told := problems(report_on(world).to_json()))}
    assert wrong == {}


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_every_report_on_a_badge_of_ours_keeps_to_it(case: Any) -> None:
    said = case.present(World()).to_json()
    assert problems(said) == []


def test_it_knows_every_word_that_a_report_can_say() -> None:
    check = SCHEMA["properties"]["checks"]["items"]["properties"]
    criteria = SCHEMA["properties"]["criteria"]["properties"]
    assert check["check"]["enum"] == list(report.CHECKS)
    assert set(wording.CODES) <= set(check["code"]["enum"])
    assert set(wording.MISSING) <= set(criteria["missing"]["items"]["properties"]["code"]["enum"])
    assert set(wording.CLAUSES) <= set(criteria["replayed"]["items"]["properties"]["code"]["enum"])
    assert set(wording.NOT_CHECKED) <= set(SCHEMA["properties"]["not_checked"]["items"]["properties"]["code"]["enum"])
    assert set(wording.ENDORSED) <= set(SCHEMA["properties"]["endorsements"]["items"]["properties"]["code"]["enum"])


def with_every_word(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the codes of today."""
    made = copy.deepcopy(schema)
    members = made["properties"]
    criteria = members["criteria"]["properties"]
    members["checks"]["items"]["properties"]["code"]["enum"] = sorted(wording.CODES)
    members["not_checked"]["items"]["properties"]["code"]["enum"] = sorted(wording.NOT_CHECKED)
    members["endorsements"]["items"]["properties"]["code"]["enum"] = sorted(wording.ENDORSED)
    criteria["missing"]["items"]["properties"]["code"]["enum"] = sorted(wording.MISSING)
    for name in ("replayed", "attested"):
        criteria[name]["items"]["properties"]["code"]["enum"] = sorted(wording.CLAUSES)
    return made


def test_it_tells_a_report_that_is_none() -> None:
    said = CASES[0].present(World()).to_json()
    for name in said:
        assert problems({other: value for other, value in said.items() if other != name}), name
    wrong = copy.deepcopy(said) | {"answer": "maybe"}
    assert problems(wrong)


def test_it_is_published() -> None:
    app = FastAPI()
    app.include_router(api.router(cast("Desk", None)))
    answer = Browser(app).get("/api/v1/report.schema.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/schema+json"
    assert answer.json() == SCHEMA


def test_the_names_for_developers_are_there_and_import_nothing_before() -> None:
    light = "import sys, badges.verify; print([name for name in sys.modules if name.startswith('badges.verify.')])"
    done = subprocess.run([sys.executable, "-c", light], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert (badges.verify.Verifier, badges.verify.Policy, badges.verify.Report) == (Verifier, Policy, report.Report)
    with pytest.raises(AttributeError, match="has no attribute 'Verdict'"):
        _ = badges.verify.Verdict  # type: ignore[attr-defined]


if __name__ == "__main__":
    FILE.write_text(json.dumps(with_every_word(SCHEMA), ensure_ascii=False, indent=2) + "\n", "utf-8")
