"""French, once: the sources are typed with ordinary spaces and apostrophes, people read the right ones.

Rules of the *Lexique des règles typographiques en usage à l'Imprimerie nationale*: a narrow no-break space before
``; ! ?`` and inside « », a no-break space before ``:``, the curved apostrophe. :func:`N_` marks the sentences of the
code that are translated (:mod:`badges.web.languages`).
"""

from __future__ import annotations

import re
from functools import lru_cache

NARROW = "\u202f"
FIXED = "\u00a0"

_BEFORE_TALL = re.compile(r"[ \u00a0](?=[;!?»])")
_AFTER_OPENING = re.compile(r"«[ \u00a0]")
_BEFORE_COLON = re.compile(r" (?=:(?:\s|$))")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=\w)")
_BEFORE_UNIT = re.compile(r"(?:(?<=\d)|(?<=\)s)) (?=(?:%|€|mois|an|ans|cm|mm|kg)\b|%|€)")
_LOOKS_INTERESTING = re.compile(r"[;!?»«:'\d%]")


class Sentence(str):
    """A sentence of the code, marked for the translators. Filled in, it remembers what with."""

    __slots__ = ()

    def format(self, *args: object, **values: object) -> str:
        return Filled(self, args, values)


class Filled(str):
    """A sentence in French that holds values, which may be what somebody typed; ``sentence`` is without them."""

    def __new__(cls, sentence: Sentence, args: tuple[object, ...], values: dict[str, object]) -> Filled:
        filled = super().__new__(cls, str.format(sentence, *args, **values))
        filled.sentence, filled.args, filled.values = sentence, args, values
        return filled

    sentence: Sentence
    args: tuple[object, ...]
    values: dict[str, object]

    def with_the_words(self, sentence: str) -> str:
        """The same values in another sentence."""
        return str(sentence).format(*self.args, **self.values)


def N_(sentence: str) -> str:  # noqa: N802 - the mark that gettext looks for
    """The sentence as it is, for whoever shows it to translate."""
    return Sentence(sentence)


@lru_cache(maxsize=4096)
def french(text: str) -> str:
    """The text as a French printer would set it. Says the same to a search: only spaces and apostrophes change."""
    if not _LOOKS_INTERESTING.search(text):
        return text
    text = _BEFORE_TALL.sub(NARROW, text)
    text = _AFTER_OPENING.sub("«" + NARROW, text)
    text = _BEFORE_COLON.sub(FIXED, text)
    text = _BEFORE_UNIT.sub(FIXED, text)
    return _APOSTROPHE.sub("’", text)
