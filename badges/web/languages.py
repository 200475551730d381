"""The languages of the pages: French is the source, every other language is one ``.po`` file.

The ``.po`` files are read as they are (no compiled catalogue is kept): what a translator edits is what people read.
``python -m badges.web.languages`` brings them up to date with the templates.
"""

from __future__ import annotations

import gettext
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from ..typography import french

SOURCE = "fr"
TRANSLATIONS = Path(__file__).parent / "translations"
PACKAGE = Path(__file__).parent.parent


class French(gettext.NullTranslations):
    """The source language: the message itself, set as French is printed."""

    def gettext(self, message: str) -> str:
        return french(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        # French counts 0 and 1 as singular.
        return french(msgid1 if abs(n) < 2 else msgid2)


class Translated(gettext.NullTranslations):
    """A language read from its ``.po``; a message that is missing or doubtful (fuzzy) stays French."""

    def __init__(self, catalogue: Catalog) -> None:
        super().__init__()
        self._plural: Callable[[int], int] = gettext.c2py(catalogue.plural_expr)
        self._messages: dict[str, str | tuple[str, ...] | list[str]] = {}
        for message in catalogue:
            if message.id and message.string and not message.fuzzy:
                key = message.id if isinstance(message.id, str) else message.id[0]
                self._messages[key] = message.string

    def knows(self, message: str | tuple[str, ...]) -> bool:
        """Whether this message is translated, in all its forms."""
        found = self._messages.get(message if isinstance(message, str) else message[0])
        return found is not None and isinstance(found, str) == isinstance(message, str) and _complete(found)

    def gettext(self, message: str) -> str:
        found = self._messages.get(message)
        return found if isinstance(found, str) else french(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._messages.get(msgid1)
        if found is not None and not isinstance(found, str):
            return found[self._plural(n)]
        return french(msgid1 if abs(n) < 2 else msgid2)


def available() -> dict[str, gettext.NullTranslations]:
    """Every language that has a catalogue, French first. Reads the files."""
    found: dict[str, gettext.NullTranslations] = {SOURCE: French()}
    for path in sorted(TRANSLATIONS.glob("*/LC_MESSAGES/badges.po")):
        language = path.parent.parent.name
        with path.open("rb") as file:
            found[language] = Translated(read_po(file, locale=language))
    return found


def messages() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str]]]:
    """Every message of the templates, and of the code of the rooms that speak through them.

    File, line, message (or its singular and plural), comments. ``verify/wording.py`` keeps both languages side by side
    itself; ``issuer`` speaks French inside the ``detail`` of a refusal, and both in the description of its API.
    """
    method_map = [("**/templates/**.html", "jinja2"), ("web/**.py", "python"), ("worker/**.py", "python")]
    method_map += [("issuer/team/**.py", "python")]
    # What the description of the API says is shown on its page.
    spoken = ("issuer/api.py", "issuer/forms.py", "verify/api.py", "verify/learning.py", "verify/receipt_page.py")
    method_map += [(name, "python") for name in spoken]
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


def update(language: str) -> tuple[int, int]:
    """Bring one ``.po`` up to date; gives how many messages there are and how many wait for a translation."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "badges.po"
    template = Catalog()
    for file, _line, message, comments in messages():
        template.add(message, None, locations=[(file, 1)], auto_comments=comments)
    if path.exists():
        with path.open("rb") as file_:
            catalogue = read_po(file_, locale=language)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = Catalog(locale=language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    save(catalogue, path)
    waiting = sum(1 for message in catalogue if message.id and (message.fuzzy or not _complete(message.string)))
    return len(catalogue), waiting


def save(catalogue: Catalog, path: Path) -> None:
    """Write a ``.po`` whose lines change only when a message does: no date, no tool, no line number."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_by_file=True, include_lineno=False)
    _, _, body = out.getvalue().decode().partition("\n\n")
    header = (
        "# What people read in this language. Source: the French of the templates.\n"
        'msgid ""\nmsgstr ""\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
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
