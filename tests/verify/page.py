"""The parts of ``docs/verification.md`` that say again what the code says, and how they are written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import badges.openbadges
import badges.verify
from badges.verify.wording import CAUSES, CHECK_NAMES, CLAUSES, CODES, MISSING, NOT_CHECKED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
ROOMS = (badges.openbadges, badges.verify)


def written() -> dict[str, str]:
    """The parts as they stand in the page, by name."""
    text = PAGE.read_text("utf-8")
    return dict(re.findall(r"<!-- made: ([\w-]+) -->\n\n(.*?)\n\n<!-- end -->", text, re.DOTALL))


def write(parts: Mapping[str, str]) -> None:
    """These parts anew; the others stay."""
    text = PAGE.read_text("utf-8")
    for name, part in parts.items():
        text = re.sub(
            rf"(<!-- made: {name} -->\n\n).*?(\n\n<!-- end -->)",
            lambda found, part=part: found[1] + part + found[2],  # type: ignore[misc]
            text,
            flags=re.DOTALL,
        )
    PAGE.write_text(text, "utf-8")


def said_by_the_code() -> dict[str, str]:
    """The parts for which nobody else is asked, as they must be."""
    return {
        "checks": _table("Check | French | English", ((f"`{name}`", *text) for name, text in CHECK_NAMES.items())),
        "not-checked": _table("Code | French | English", ((f"`{name}`", *text) for name, text in NOT_CHECKED.items())),
        "codes": _table(
            "Code | For a technician | Pour un employeur",
            ((f"`{code}`", said.technician.en, said.employer.fr) for code, said in CODES.items()),
        ),
        "causes": _table("Cause | French", ((f"`{code}`", said) for code, said in CAUSES.items())),
        "clauses": _table("Clause | French | English", ((f"`{name}`", *text) for name, text in CLAUSES.items())),
        "missing": _table("Missing | French | English", ((f"`{name}`", *text) for name, text in MISSING.items())),
        "limits": _table("Where | Limit | Of what", _limits()),
    }


def _limits() -> Iterator[tuple[str, str, str]]:
    """Every constant that is a number or a span of time, where it is defined."""
    for room in ROOMS:
        for file in sorted(Path(room.__path__[0]).glob("*.py")):
            module = import_module(f"{room.__name__}.{file.stem}")
            for name, said in _constants(file.read_text("utf-8")):
                if isinstance(value := getattr(module, name), int | float | timedelta):
                    yield f"`{module.__name__.removeprefix('badges.')}.{name}`", _shown(value), said


def _constants(source: str) -> Iterator[tuple[str, str]]:
    """The public names in capitals that a module gives a value, and what it says below them."""
    body = ast.parse(source).body
    for statement, following in zip(body, [*body[1:], None], strict=True):
        if not isinstance(statement, ast.Assign):
            continue
        said = ""
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            said = " ".join(str(following.value.value).split())
        for target in statement.targets:
            for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(name, ast.Name) and name.id.isupper() and not name.id.startswith("_"):
                    yield name.id, said


def _shown(value: float | timedelta) -> str:
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    for size, unit in ((1024 * 1024, "MiB"), (1024, "KiB")):
        if value > 10_000 and value % size == 0:
            return f"{value:,} ({value // size:g} {unit})"
    return f"{value:,}"


def _table(head: str, rows: Iterable[tuple[str, ...]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    rule = "| " + " | ".join("---" for _ in head.split("|")) + " |"
    return "\n".join([f"| {head} |", rule, *(f"| {' | '.join(row)} |" for row in cells)])
