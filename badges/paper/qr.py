"""A QR as a drawing: one path, without the hairlines that renderers leave between neighbouring squares."""

from __future__ import annotations

import re

import segno

QUIET = 4
"""Modules of paper around a QR, ISO/IEC 18004. Drawn with it: nothing beside it can come too near."""
_OVERLAP = 0.04
"""How far each row reaches into the next one."""


def drawing(text: str) -> str:
    """The QR of ``text`` as an SVG whose side is 1 for each module, quiet zone included; level M or better.

    Capitals, digits and ``:/.-`` alone take the shorter alphanumeric mode: see ``Addresses.short_prefix``.
    """
    rows = segno.make_qr(text, error="m").matrix
    size = len(rows) + 2 * QUIET
    path = "".join(
        f"M{QUIET + run.start()} {QUIET + at}h{len(run[0])}v{1 + _OVERLAP}h-{len(run[0])}z"
        for at, row in enumerate(rows)
        for run in re.finditer("1+", "".join(map(str, row)))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )
