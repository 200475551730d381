"""Which structures the network recognises, for which families and from when: a decision of people, kept in a file.

``$BADGES_HOME/recognised.toml`` has one table for each structure. The register knows who signs, this file who may; the
trust list is made of both (``badges trust sign``). Signed is not recognised: a structure that is not in the file is
not in the list.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from .catalogue.definition import FAMILIES
from .durable import write_whole
from .errors import Misuse, NotFound

STATUSES = ("recognised", "suspended", "closed")


@dataclass(frozen=True, slots=True)
class Recognised:
    """One decision. From ``since`` on, the structure is suspended or closed; what it awarded before stays good."""

    structure: str
    name: str
    families: tuple[str, ...] = FAMILIES
    valid_from: date | None = None
    valid_until: date | None = None
    status: str = "recognised"
    since: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether the structure is recognised that day, for whatever families."""
        begun = self.valid_from is None or self.valid_from <= day
        not_over = self.valid_until is None or day <= self.valid_until
        ended = self.status != "recognised" and (self.since is None or self.since <= day)
        return begun and not_over and not ended


@dataclass(frozen=True, slots=True)
class Recognitions:
    """The file, as a value; each change gives a new one."""

    by_structure: dict[str, Recognised] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Recognitions:
        """Nobody, where there is no file. Raises :class:`Misuse` for a file that says what it may not say."""
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Misuse(f"{path.name} : un fichier TOML était attendu ; {error}.") from None
        return cls({name: _read(path, name, table) for name, table in tables.items()})

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        write_whole(path, _HEADER + "\n".join(map(_to_toml, self.by_structure.values())))

    def require(self, structure: str) -> Recognised:
        try:
            return self.by_structure[structure]
        except KeyError:
            raise NotFound(
                f"Une structure reconnue était attendue ; « {structure} » n’est pas dans la liste.",
                advice="« badges trust check » donne les structures reconnues.",
            ) from None

    def with_(self, *decisions: Recognised) -> Recognitions:
        return Recognitions(self.by_structure | {decision.structure: decision for decision in decisions})

    def without(self, structure: str) -> Recognitions:
        """As if it had never been recognised: its badges are told as *not recognised*."""
        self.require(structure)
        return Recognitions({name: kept for name, kept in self.by_structure.items() if name != structure})

    def ended(self, structure: str, status: str, since: date) -> Recognitions:
        return self.with_(replace(self.require(structure), status=status, since=since))


_HEADER = """\
# Les structures que le réseau reconnaît. Après un changement : badges trust sign
# families : les familles de badges qu’elle peut délivrer ; valid_from, valid_until : de quand à quand.
# status : recognised, suspended ou closed (depuis « since » ; ce qu’elle a délivré avant reste bon).

"""


def _read(path: Path, name: str, table: object) -> Recognised:
    if not isinstance(table, dict):
        raise Misuse(f"{path.name} : une table par structure était attendue, « {name} » n’en est pas une.")
    unknown = set(table) - {"name", "families", "valid_from", "valid_until", "status", "since"}
    if unknown:
        raise Misuse(f"{path.name}, {name} : je ne connais pas {', '.join(sorted(unknown))}.")
    families = tuple(table.get("families", FAMILIES))
    if not set(families) <= set(FAMILIES):
        raise Misuse(f"{path.name}, {name} : familles parmi {', '.join(FAMILIES)} attendues, {families} trouvé.")
    status = table.get("status", "recognised")
    if status not in STATUSES:
        raise Misuse(f"{path.name}, {name} : status parmi {', '.join(STATUSES)} attendu, {status!r} trouvé.")
    for member in ("valid_from", "valid_until", "since"):
        if member in table and type(table[member]) is not date:
            raise Misuse(f"{path.name}, {name} : {member} = une date AAAA-MM-JJ attendue, {table[member]!r} trouvé.")
    return Recognised(
        structure=name,
        name=str(table.get("name", "")),
        families=families,
        valid_from=table.get("valid_from"),
        valid_until=table.get("valid_until"),
        status=status,
        since=table.get("since"),
    )


def _to_toml(decision: Recognised) -> str:
    lines = [f"[{decision.structure}]", f"name = {_quoted(decision.name)}", f"families = {_list(decision.families)}"]
    for member in ("valid_from", "valid_until", "since"):
        day = getattr(decision, member)
        if day is not None:
            lines.append(f"{member} = {day.isoformat()}")
    lines.append(f"status = {_quoted(decision.status)}")
    return "\n".join(lines) + "\n"


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(map(_quoted, values)) + "]"


def _quoted(text: str) -> str:
    """A basic TOML string is spelled like a JSON one."""
    return json.dumps(text, ensure_ascii=False)
