"""Criteria folders on disk, valid by default: keywords make a version interesting."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from badges.catalogue.criteria_files import AROUND_FILE, DEFINITION_FILE

from .builders import a_definition_json


def definition_members(**changes: Any) -> dict[str, Any]:
    """A definition as its file writes it: no type, and no line for what is null."""
    members = a_definition_json(**changes)
    del members["type"]
    return {name: value for name, value in members.items() if value is not None}


def around_members(members: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    around = {
        "status": "proposition",
        "simple": "Je sais préparer la terre et planter.",
        "simple_reviewed": False,
        "sector": "alimentation",
        "action_types": ["T3"],
        "wave": 1,
        "creator": "Comité du catalogue",
        "picture": {"alt": "Badge « Planter »."},
        "changelog": [{"date": date(2026, 11, 20), "text": "Première rédaction."}],
        "alignments": [
            {
                "framework": "ROME 4.0 métier",
                "framework_version": "4.60",
                "code": "A1433",
                "label": "Maraîcher / Maraîchère",
                "checked": date(2026, 11, 20),
            }
        ],
        "translations": {
            "en": {
                "reviewed": False,
                "title": "Planting",
                "description": "The person plants.",
                "criteria": {criterion["id"]: "Does it" for criterion in members["criteria"]},
            }
        },
    } | changes
    return {name: value for name, value in around.items() if value is not None}


def write_version(root: Path, *, around: Mapping[str, Any] | None = None, **changes: Any) -> Path:
    """One version on disk; its folder is named by its members unless ``at`` says otherwise."""
    place = changes.pop("at", None)
    members = definition_members(**changes)
    folder = root / (place or f"{members['family']}/{members['slug']}/{members['version']}")
    folder.mkdir(parents=True)
    (folder / DEFINITION_FILE).write_text(to_toml(members), encoding="utf-8")
    (folder / AROUND_FILE).write_text(to_toml(around_members(members, **(around or {}))), encoding="utf-8")
    return folder


def to_toml(members: Mapping[str, Any], prefix: str = "") -> str:
    """Enough TOML for these files: plain values first, then tables and lists of tables."""
    plain, tables = [], []
    for name, value in members.items():
        if isinstance(value, Mapping):
            tables.append(f"[{prefix}{name}]\n{to_toml(value, f'{prefix}{name}.')}")
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            tables += [f"[[{prefix}{name}]]\n{to_toml(item)}" for item in value]
        else:
            plain.append(f"{name} = {_value(value)}\n")
    return "".join(plain + tables)


def _value(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    # a JSON string is a TOML basic string, but for DEL, which TOML wants escaped
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
