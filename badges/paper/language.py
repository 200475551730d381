"""In which words a paper speaks. The messages are French, in :mod:`.wording`; a language brings their translations."""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from ..catalogue.taxonomy import Label
from ..clock import in_paris
from ..typography import N_, french

SOURCE = "fr"
"""The language of the messages, and of the catalogue where it is not translated."""


_ARABIC_COMMA = frozenset({"ar", "fa", "ps", "ur"})


MONTHS = (
    N_("janvier"), N_("février"), N_("mars"), N_("avril"), N_("mai"), N_("juin"),
    N_("juillet"), N_("août"), N_("septembre"), N_("octobre"), N_("novembre"), N_("décembre"),
)  # fmt: skip

NOT_REREAD = N_("Cette traduction n’a pas encore été relue par une personne dont c’est la langue.")


@dataclass(frozen=True)
class Language:
    """One language of paper. ``Language()`` is French; any other is its code and its gettext translations.

    ``code`` is a language tag; what is written in the file, and by which it is read aloud, is its first part.
    ``translations`` is any gettext catalogue (``badges.web.languages.available()`` gives them): a message that it lacks
    stays French. ``words`` are titles and simple sentences of badges, French → this language, for those whose files
    bring no translation (``badges.web.languages.catalogue_words()``).
    """

    code: str = SOURCE
    translations: gettext.NullTranslations = field(default_factory=gettext.NullTranslations, compare=False)
    words: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def primary(self) -> str:
        """``fr`` for ``fr-CA``: the language without its variant."""
        return self.code.replace("_", "-").partition("-")[0].lower()

    @property
    def is_source(self) -> bool:
        """French, in whatever words."""
        return self.primary == SOURCE

    def message(self, message: str) -> str:
        """The message in this language, its ``%(holes)s`` as they are."""
        return self.typeset(self.translations.gettext(message))

    def say(self, message: str, **found: object) -> str:
        """The message in this language, its ``%(holes)s`` filled."""
        return self.message(message) % found if found else self.message(message)

    def ngettext(self, one: str, many: str, count: int, **found: object) -> str:
        """The message for this number, ``%(count)s`` filled. Named as translators’ tools expect it."""
        told = self.translations.ngettext(one, many, count)
        if told in (one, many):  # not translated: French counts 0 and 1 as singular
            told = one if count < 2 else many
        return self.typeset(told) % {"count": count, **found}

    def label(self, label: Label) -> str:
        """A word of the catalogue: French, English, or the translation of the French."""
        if self.primary == "en":
            return label.en
        return self.say(label.fr)

    def typeset(self, text: str) -> str:
        return french(text) if self.is_source else text

    def listed(self, items: Iterable[str]) -> str:
        """« a, b, c », with the comma of the language."""
        return ("، " if self.primary in _ARABIC_COMMA else ", ").join(items)

    @property
    def not_reread(self) -> str:
        """What to say of words that nobody whose language it is has read again; nothing where somebody has."""
        return "" if getattr(self.translations, "reread", True) else self.say(NOT_REREAD)

    def day(self, moment: date) -> str:
        """« 1er novembre 2026 », “1 November 2026”: a moment is told as the day it was in Paris."""
        day = in_paris(moment).date() if isinstance(moment, datetime) else moment
        month = self.say(MONTHS[day.month - 1])
        if self.is_source and day.day == 1:
            return f"1er\u00a0{month} {day.year}"
        return f"{day.day}\u00a0{month} {day.year}"

    def hour(self, moment: datetime) -> str:
        """« 9 h 05 », “9:05”: the time it was in Paris."""
        told = in_paris(moment)
        return f"{told.hour}\u00a0h\u00a0{told:%M}" if self.is_source else f"{told.hour}:{told:%M}"

    def moment(self, moment: datetime) -> str:
        """« 21 novembre 2026, 9 h 05 »."""
        return self.say(N_("%(day)s, %(hour)s"), day=self.day(moment), hour=self.hour(moment))

    def month(self, month: str) -> str:
        """« octobre 2026 », from ``2026-10``."""
        return f"{self.say(MONTHS[int(month[5:7]) - 1])} {month[:4]}"


FRENCH = Language()
