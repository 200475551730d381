"""The engine: facts become a file. The only place that knows the typesetting engine.

The engine reads templates of this package and one JSON of data that it was given in memory; nothing that a person wrote
is ever source (requirement W12 of the security notes), nothing is read from the machine, nothing is downloaded.
Decision: ``docs/decisions/0009-paper.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst

from . import fonts

TEMPLATES = Path(__file__).with_name("templates")
STANDARDS: list[Any] = ["a-3a", "ua-1"]
"""PDF/A-3a (ISO 19005-3: kept for decades, tagged, files inside) and PDF/UA-1 (ISO 14289-1: read aloud)."""


_KEPT = 10
"""Documents for which the engine remembers what it made (typst 0.15)."""


class Drawing(str):
    """An SVG of ours, given to the engine as it is. Any other text is made :func:`~badges.paper.fonts.printable`."""

    __slots__ = ()


def print_pdf(template: str, facts: Mapping[str, Any], made_at: datetime) -> bytes:
    """The PDF of one template and these facts: the same bytes for the same facts.

    ``made_at`` is the date written in the file. Bytes among the facts (files to attach) are given as they are.
    """
    data = orjson.dumps(_plain(facts))
    main = f'#import "{template}.typ": paper\n#paper(json("facts.json"))\n'
    try:
        return compiled({**_templates(), "main.typ": main.encode(), "facts.json": data}, made_at)
    finally:
        _forget()


def compiled(sources: Mapping[str, bytes], made_at: datetime) -> bytes:
    """What the engine makes of these files and of no others: nothing outside the templates’ folder can be read."""
    files: Any = dict(sources)
    return typst.compile(
        files,
        format="pdf",
        root=TEMPLATES,
        font_paths=_fonts(),
        pdf_standards=STANDARDS,
        timestamp=int(made_at.timestamp()),
        # No package is wanted; where one would be looked for, there is none.
        package_path=TEMPLATES,
        package_cache_path=TEMPLATES,
    )


def _forget() -> None:
    """Let go of what was printed: the engine keeps what it made for the ten documents before, names included.

    Measured on 21 November 2026: 80 MB instead of 160 after thirty attestations, 270 instead of 640 after four
    passports of twenty badges, for a few milliseconds.
    """
    for _ in range(_KEPT + 1):
        typst.compile(b"", format="svg", font_paths=_fonts())


def _plain(value: Any) -> Any:
    """Facts as JSON says them: every text printable, bytes as numbers (the engine is given them in no other way)."""
    if isinstance(value, Drawing) or value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return fonts.printable(value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value]


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts.FOLDER)])


@cache
def _templates() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(TEMPLATES.glob("*.typ"))}
