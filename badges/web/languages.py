"""The languages of the pages: French is the source, every other language is one folder of ``.po`` files.

``badges.po`` is what the pages say; ``criteria.po`` the titles and the simple sentences of the catalogue. They are read
as they are (no compiled catalogue is kept): what a translator edits is what people read. ``python -m
badges.web.languages`` brings them up to date with the templates, and with a name after it begins a new language.

A language covers every page (``X-Covers: all`` in its header), or those of the person (:data:`OF_THE_PERSON`): other
pages then are shown in French, and say so. ``X-Reread: no`` until somebody whose language it is has read it again:
every page says that too.
"""

from __future__ import annotations

import gettext
import io
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ..catalogue.library import Catalogue as Criteria
from ..typography import Filled, french

SOURCE = "fr"
TRANSLATIONS = Path(__file__).parent / "translations"
PACKAGE = Path(__file__).parent.parent
ALL, PERSON = "all", "person"

OF_THE_PERSON = ("worker/", "web/base.html", "web/parts.html", "web/home.html", "web/refusal.html")
"""The templates that every language has: the person's pages, what stands around them, and those they may land on."""
_SPOKEN_THERE = ("worker/", "paper/", "web/errors.py", "web/forms.py", "web/pages.py")
"""The code that speaks through them, and on paper."""
_TEMPLATE = re.compile(r"\w+/templates/(.+)")
_HEADER = re.compile(r'^"X-(Covers|Reread): (\w+)\\n"$', re.MULTILINE)


def tag(language: str) -> str:
    """How ``lang`` and ``Content-Language`` say it: simple French is French."""
    return language.partition("-")[0]


def direction(language: str) -> str:
    return "rtl" if tag(language) in ("ar", "fa", "he", "ps", "ur") else "ltr"


class French(gettext.NullTranslations):
    """The source language: the message itself, set as French is printed."""

    reread = True

    def covers(self, template: str) -> bool:
        return True

    def gettext(self, message: str) -> str:
        return french(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        # French counts 0 and 1 as singular.
        return french(msgid1 if abs(n) < 2 else msgid2)


class Translated(gettext.NullTranslations):
    """A language read from its ``.po``; a message that is missing or doubtful (fuzzy) stays French.

    With ``is_french`` it is set as French is printed.
    """

    def __init__(
        self, catalogue: Catalog, *, whole: bool = True, reread: bool = False, is_french: bool = False
    ) -> None:
        super().__init__()
        self.whole, self.reread = whole, reread
        self._set = french if is_french else str
        self._plural: Callable[[int], int] = gettext.c2py(catalogue.plural_expr)
        self._messages: dict[str, str | tuple[str, ...] | list[str]] = {}
        for message in catalogue:
            if message.id and message.string and not message.fuzzy:
                key = message.id if isinstance(message.id, str) else message.id[0]
                self._messages[key] = message.string

    def covers(self, template: str) -> bool:
        """Whether a page made of this template is in this language."""
        return self.whole or template.startswith(OF_THE_PERSON)

    def knows(self, message: str | tuple[str, ...]) -> bool:
        """Whether this message is translated, in all its forms."""
        found = self._messages.get(message if isinstance(message, str) else message[0])
        return found is not None and isinstance(found, str) == isinstance(message, str) and _complete(found)

    def gettext(self, message: str) -> str:
        found = self._messages.get(message.sentence if isinstance(message, Filled) else message)
        if not isinstance(found, str):
            return french(message)
        return self._set(message.with_the_words(found) if isinstance(message, Filled) else found)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._messages.get(msgid1)
        if found is not None and not isinstance(found, str):
            return self._set(found[self._plural(n)])
        return french(msgid1 if abs(n) < 2 else msgid2)


def available() -> dict[str, French | Translated]:
    """Every language that has a catalogue, French first. Reads the files."""
    found: dict[str, French | Translated] = {SOURCE: French()}
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/badges.po")):
        language = path.parent.parent.name
        told = _told(path)
        with path.open("rb") as file:
            found[language] = Translated(
                read_po(file, locale=tag(language)),
                whole=told["Covers"] == ALL,
                reread=told["Reread"] == "yes",
                is_french=tag(language) == SOURCE,
            )
    return found


def catalogue_words() -> dict[str, dict[str, str]]:
    """Language → French title or simple sentence of a badge → the same in that language. Reads the files."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/criteria.po")):
        language = path.parent.parent.name
        with path.open("rb") as file:
            found[language] = {
                str(message.id): str(message.string)
                for message in read_po(file, locale=tag(language))
                if message.id and message.string and not message.fuzzy
            }
    return found


def catalogue_messages(language: str) -> Iterator[tuple[str, str]]:
    """What ``criteria.po`` of this language is to hold: the badge, and its title or its simple sentence in French.

    A title that stands translated beside its definition is not asked for again.
    """
    if tag(language) == SOURCE:
        return
    for entry in Criteria.open().current():
        if language not in entry.around.translations:
            yield entry.slug, entry.definition.title
        yield entry.slug, entry.around.simple


def messages() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str]]]:
    """Every message of the templates, and of the code of the rooms that speak through them.

    File, line, message (or its singular and plural), comments. ``verify/wording.py`` keeps both languages side by side
    itself; letters leave in French.
    """
    method_map = [("**/templates/**.html", "jinja2"), ("web/**.py", "python"), ("worker/**.py", "python")]
    method_map += [("issuer/**.py", "python"), ("verify/**.py", "python"), ("paper/**.py", "python")]
    options: dict[str, Any] = {
        "**/templates/**.html": {
            "newstyle_gettext": "true",
            "trimmed": "true",
            "silent": "false",
            "extensions": "jinja2.ext.do",
        }
    }
    keywords = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
    for file, line, message, comments, _context in extract_from_dir(
        str(PACKAGE), method_map, options_map=options, keywords=keywords
    ):
        yield file, line, message, comments


def messages_for(covers: str) -> Iterator[tuple[str, int, str | tuple[str, ...], list[str]]]:
    """Those that a language is to hold which covers ``all`` pages, or those of the ``person``."""
    for file, line, message, comments in messages():
        template = _TEMPLATE.fullmatch(file)
        if covers == ALL or (template[1].startswith(OF_THE_PERSON) if template else file.startswith(_SPOKEN_THERE)):
            yield file, line, message, comments
    if covers != ALL:
        yield from labels()


def labels() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str]]]:
    """The words of the catalogue, for the languages that do not stand in its labels as French and English do."""
    for file, line, message, comments, _context in extract_from_dir(
        str(PACKAGE), [("catalogue/taxonomy.py", "python")], keywords={"Label": (1,)}
    ):
        yield file, line, message, comments


def update(language: str) -> tuple[int, int]:
    """Bring one ``.po`` up to date; gives how many messages there are and how many wait for a translation."""
    folder = TRANSLATIONS / language / "LC_MESSAGES"
    spoken, words = Catalog(), Catalog()
    for file, _line, message, comments in messages_for(_told(folder / "badges.po")["Covers"]):
        spoken.add(message, None, locations=[(file, 1)], auto_comments=comments)
    for slug, text in catalogue_messages(language):
        words.add(text, None, locations=[(slug, 1)])
    counts = [_update(folder / "badges.po", language, spoken)]
    if len(words):
        counts.append(_update(folder / "criteria.po", language, words))
    return sum(total for total, _ in counts), sum(waiting for _, waiting in counts)


def _update(path: Path, language: str, template: Catalog) -> tuple[int, int]:
    told = _told(path)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=tag(language))
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(locale=tag(language))
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    save(catalogue, path, covers=told["Covers"], reread=told["Reread"])
    waiting = sum(1 for message in catalogue if message.id and (message.fuzzy or not _complete(message.string)))
    return len(catalogue), waiting


def _told(path: Path) -> dict[str, str]:
    """What the header says of the language; a new one covers the person's pages, and nobody has read it again."""
    text = path.read_text("utf-8").partition("\n\n")[0] if path.exists() else ""
    return {"Covers": PERSON, "Reread": "no"} | dict(_HEADER.findall(text))


def save(catalogue: Catalog, path: Path, *, covers: str = "", reread: str = "") -> None:
    """Write a ``.po`` whose lines change only when a message does: no date, no tool, no line number.

    What it covers and whether it was read again stay as the file says, unless told here.
    """
    told = _told(path)
    covers, reread = covers or told["Covers"], reread or told["Reread"]
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_by_file=True, include_lineno=False)
    _, _, body = out.getvalue().decode().partition("\n\n")
    header = (
        "# What people read in this language. Source: the French of the templates.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n'
        f'"X-Covers: {covers}\\n"\n'
        f'"X-Reread: {reread}\\n"\n\n'
    )
    path.write_text(header + body.rstrip() + "\n", encoding="utf-8")


def _complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    if string is None:
        return False
    return bool(string) if isinstance(string, str) else all(string)


if __name__ == "__main__":
    for each in sorted({path.name for path in TRANSLATIONS.iterdir() if path.is_dir()} | set(sys.argv[1:])):
        total, waiting = update(each)
        print(f"{each}: {total} messages, {waiting} to translate")
