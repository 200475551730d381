"""The extensions that the standard's site publishes: what each of them must say (Extensions, TypeValidation).

An extension names a JSON Schema, at an address of its author's choice. Nothing is fetched from there: for the ten
extensions published with the specification, what their schemas require is written here. Of any other, only the form
is known: an object with a ``@context`` and the type Extension.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from badges.errors import DocumentInvalid, Problem
from badges.openbadges.model import Extension, is_extension

_TEXT, _ANY = str, object
REQUIRED: Mapping[str, Mapping[str, type]] = {
    "ApplyLink": {"url": _TEXT},
    "GeoCoordinates": {"description": _TEXT, "geo": dict},
    "LicenseExtension": {"id": _TEXT, "name": _TEXT},
    "originalCreator": {"url": _TEXT},
    "ExampleExtension": {"exampleProperty": _TEXT},
    "IssuerAccreditation": {"name": _TEXT, "contactInstructions": _TEXT, "url": _TEXT, "address": _ANY},
    "AssessmentExtension": {"description": _TEXT, "assessments": _ANY},
    "ExtraDescription": {"name": _TEXT, "narrative": _TEXT},
    "RecipientProfile": {},
    "accessibility": {},
}
"""By type, without the prefix ``extensions:``; spelled as their contexts spell it."""

_PREFIXES = ("https://w3id.org/openbadges/extensions#", "extensions:")


def problems_of_extensions(other: Mapping[str, Any], checked: str = "") -> list[Problem]:
    """What is wrong with the extensions among these unknown members, but for the one that was ``checked`` elsewhere.

    An extension that we do not know is not wrong.
    """
    problems: list[Problem] = []
    for name, value in other.items():
        if name != checked and is_extension(value):
            problems += _problems_of(name, value)
    return problems


def _problems_of(name: str, value: Any) -> list[Problem]:
    try:
        extension = Extension.from_json(value)
    except DocumentInvalid as refusal:
        return [Problem(f"{name}.{path}" if path else name, *told) for path, *told in refusal.problems]
    problems = []
    for type_name in extension.type:
        for prefix in _PREFIXES:
            type_name = type_name.removeprefix(prefix)
        for member, kind in REQUIRED.get(type_name, {}).items():
            found = value.get(member, value.get(f"@{member}"))
            if found is None or not isinstance(found, kind):
                problems.append(
                    Problem(f"{name}.{member}", "extension", f"what {type_name} requires", "something else")
                )
    return problems
