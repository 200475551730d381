"""What no free text of ours may hold: the numbers by which the State knows a person, and what is never evidence.

Numbers can be recognised and are refused. The rest cannot: every form that takes a free text says :data:`NEVER_HERE`
beside it, and people delete what should not be there (``domain.md`` §8; ``catalogue-brief`` §5, rule 5). Pure.
"""

from __future__ import annotations

import re

from ..typography import N_

_BETWEEN = r"[\s.\-\u00a0\u202f]?"
_SOCIAL_NUMBER = re.compile(
    r"(?<!\d)[1278]" + _BETWEEN + r"\d{2}" + _BETWEEN + r"(?:0[1-9]|1[0-2]|[2-9]\d)"
    + _BETWEEN + r"(?:\d{2}|2[ABab])" + _BETWEEN + r"\d{3}" + _BETWEEN + r"\d{3}(?:" + _BETWEEN + r"\d{2})?(?!\d)"
)  # fmt: skip
"""A NIR: sex, year, month (beyond 12 where it was unknown), département, commune, order, and perhaps its key."""
_PASS_NUMBER = re.compile(r"(?<![\dA-Za-z])(?:\d{5}|[Xx]{5})" + _BETWEEN + r"\d{2}" + _BETWEEN + r"\d{5}(?!\d)")
"""A PASS IAE number: twelve characters, shown 5-2-5; XXXXX begins those of test data."""


NEVER_HERE = N_(
    "Jamais ici : la santé, le handicap, la famille, le logement, les dettes, la justice, l’origine, la religion, "
    "le motif d’une absence, ni ce qui concerne quelqu’un d’autre."
)
NUMBER_FOUND = N_("Un numéro de sécurité sociale ou de PASS IAE n’entre pas ici : effacez-le.")


def holds_a_persons_number(text: str) -> bool:
    """Whether a social security number or a PASS IAE number stands in ``text``, spaced or not."""
    return bool(_SOCIAL_NUMBER.search(text) or _PASS_NUMBER.search(text))


def without_name(text: str, name: str | None, instead: str) -> str:
    """``text`` with each part of ``name`` replaced: for somebody who must not know whose file it is."""
    parts = [re.escape(part) for part in re.split(r"[\s.\-]+", name or "") if len(part) > 1]
    if not parts:
        return text
    whole = re.compile(rf"\b(?:{'|'.join(parts)})\b(?:[\s\-]+(?:{'|'.join(parts)})\b)*", re.IGNORECASE)
    return whole.sub(instead, text)
