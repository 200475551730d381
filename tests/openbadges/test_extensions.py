"""Extensions: the ten of the standard's site say what their schemas require; of others only the form is known."""

from __future__ import annotations

from typing import Any

import pytest

from badges.openbadges.extensions import REQUIRED, problems_of_extensions

CONTEXT = "https://w3id.org/openbadges/extensions/x/context.json"
SAYING: dict[type, Any] = {str: "text", dict: {"latitude": 47.2}, object: ["anything"]}


def an_extension(name: str, /, **changes: Any) -> dict[str, Any]:
    said = {member: SAYING[kind] for member, kind in REQUIRED[name].items()}
    made = {"@context": CONTEXT, "type": ["Extension", f"extensions:{name}"], **said, **changes}
    return {member: value for member, value in made.items() if value is not None}


@pytest.mark.parametrize("name", REQUIRED)
def test_each_known_extension_says_what_it_must(name: str) -> None:
    assert problems_of_extensions({f"extensions:{name}": an_extension(name)}) == []
    for member in REQUIRED[name]:
        problems = problems_of_extensions({f"extensions:{name}": an_extension(name, **{member: None})})
        assert [(problem.path, problem.code) for problem in problems] == [(f"extensions:{name}.{member}", "extension")]


def test_a_type_in_full_is_the_same_type() -> None:
    full = ["Extension", "https://w3id.org/openbadges/extensions#ApplyLink"]
    problems = problems_of_extensions({"x": an_extension("ApplyLink", type=full, url=5)})
    assert [problem.path for problem in problems] == ["x.url"]


def test_an_unknown_extension_is_held_to_its_form_and_another_member_to_nothing() -> None:
    unknown = {"@context": CONTEXT, "type": ["Extension", "extensions:Inconnue"]}
    assert problems_of_extensions({"x": unknown, "couleur": {"type": "vert"}, "y": 5}) == []
    problems = problems_of_extensions({"x": {"type": "Extension"}})
    assert [(problem.path, problem.code) for problem in problems] == [("x.@context", "missing")]


# Written out a second time, so that a slip in our table shows.
ASKED = {
    "ApplyLink": {"url"},
    "GeoCoordinates": {"description", "geo"},
    "LicenseExtension": {"id", "name"},
    "originalCreator": {"url"},
    "ExampleExtension": {"exampleProperty"},
    "IssuerAccreditation": {"name", "contactInstructions", "url", "address"},
    "AssessmentExtension": {"description", "assessments"},
    "ExtraDescription": {"name", "narrative"},
    "RecipientProfile": set(),
    "accessibility": set(),
}


def test_ten_extensions_are_known_with_all_that_they_ask() -> None:
    assert {name: set(members) for name, members in REQUIRED.items()} == ASKED


@pytest.mark.parametrize("name", [name for name, members in ASKED.items() if members])
def test_a_member_of_another_kind_is_a_problem(name: str) -> None:
    for member in ASKED[name] - {"assessments", "address"}:
        problems = problems_of_extensions({"x": an_extension(name, **{member: 5})})
        assert [problem.path for problem in problems] == [f"x.{member}"]
