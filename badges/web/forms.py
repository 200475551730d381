"""A form that somebody filled in: read once, each field by name, with what is wrong beside the field it is wrong in.

Nothing is taken that a page does not ask for by name (W8). A form that is shown again keeps what was typed: templates
read it with ``form.kept("name")`` and ``form.wrong``. Texts come out in one spelling (NFC), without control characters
and without the spaces around them.

::

    @router.post("/equipe/personnes")
    def add(request: Request, form: Annotated[Form, Depends(filled_in)]) -> Response:
        name = form.text("name", longest=80, needed=N_("Donnez un prénom."))
        if form.wrong:
            return team.render(request, "team/person_new.html", 422, form=form)
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from fastapi import Request
from starlette.datastructures import UploadFile

from ..typography import N_
from .bodies import MIB

MOST_FIELDS = 5_000
MOST_FILES = 20
LONGEST_FIELD = MIB
KEY = "once"
"""The field that makes a form sent twice one form: a random text, made when the page is shown."""

_NOT_TYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028\u2029\ufeff]")
_FRENCH_DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")

T = TypeVar("T", bound=str)


MISSING = N_("Ce champ est attendu.")
TOO_LONG = N_("Ce texte est trop long.")
NOT_IN_LIST = N_("Choisissez dans la liste.")
NOT_A_DAY = N_("Une date était attendue, par exemple 12/03/2026.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent; ``name`` is only what the sender says."""

    name: str
    content: bytes


class Form:
    """What was filled in. Reading a field may add to :attr:`wrong`: the sentence (marked for translation) by field."""

    def __init__(
        self, fields: Mapping[str, Sequence[str]] | None = None, files: Mapping[str, Sequence[Upload]] | None = None
    ) -> None:
        self._fields = {name: tuple(map(_clean, values)) for name, values in (fields or {}).items()}
        self._files = {name: tuple(uploads) for name, uploads in (files or {}).items()}
        self.wrong: dict[str, str] = {}

    @classmethod
    def blank(cls, **values: str | Sequence[str]) -> Form:
        """A form not yet sent, with what stands in it already."""
        return cls({name: (value,) if isinstance(value, str) else value for name, value in values.items()})

    # -- for the page ---------------------------------------------------------------------------------------------

    def kept(self, name: str) -> str:
        """What was typed, to show again; empty when nothing was."""
        return next(iter(self._fields.get(name, ())), "")

    def has(self, name: str, value: str) -> bool:
        """Whether this box is ticked, or this option chosen."""
        return value in self._fields.get(name, ())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._fields)

    # -- for the door ---------------------------------------------------------------------------------------------

    def text(self, name: str, *, longest: int = 200, needed: str = "") -> str:
        """One line. ``needed`` is what to say when it is empty; without it, empty is an answer."""
        return self._checked(name, " ".join(self.kept(name).split()), longest, needed)

    def lines(self, name: str, *, longest: int = 2_000, needed: str = "") -> str:
        """Several lines, of which the ends are one character."""
        return self._checked(name, self.kept(name).replace("\r\n", "\n").strip(), longest, needed)

    def secret(self, name: str, *, needed: str = MISSING) -> str:
        """As it was typed, spaces included."""
        return self._checked(name, self.kept(name), 1_000, needed)

    def choice(self, name: str, known: Collection[T], *, needed: str = NOT_IN_LIST) -> T | None:
        """One of the list. None, and told, when it is not; None in silence when it is empty and not ``needed``."""
        value = self.kept(name)
        found = next((option for option in known if option == value), None)
        if found is None and (value or needed):
            self.wrong[name] = needed if not value else NOT_IN_LIST
        return found

    def many(self, name: str, known: Collection[T]) -> tuple[T, ...]:
        """Those of the list that are ticked, in the order of the list; something else is told."""
        values = set(self._fields.get(name, ())) - {""}
        if values - set(known):
            self.wrong[name] = NOT_IN_LIST
        return tuple(option for option in known if option in values)

    def day(self, name: str, *, needed: str = MISSING) -> date | None:
        """``2026-03-12`` as browsers send it, or ``12/03/2026`` as people write it."""
        text = self.kept(name).strip()
        if not text:
            if needed:
                self.wrong[name] = needed
            return None
        try:
            if french := _FRENCH_DAY.fullmatch(text):
                day, month, year = map(int, french.groups())
                return date(year, month, day)
            return date.fromisoformat(text)
        except ValueError:
            self.wrong[name] = NOT_A_DAY
            return None

    def ticked(self, name: str) -> bool:
        return bool(self.kept(name))

    def files(self, name: str) -> tuple[Upload, ...]:
        """Those that were chosen; a field left empty sends none."""
        return tuple(upload for upload in self._files.get(name, ()) if upload.name or upload.content)

    def refuse(self, name: str, sentence: str) -> None:
        """What only the door could know is wrong with this field."""
        self.wrong.setdefault(name, sentence)

    # -- sent twice -----------------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The page that was filled in, so that sending it twice is sending it once; empty when it has none."""
        return self.kept(KEY)[:100]

    def digest(self, *about: str) -> str:
        """What was asked, whatever page it came from: another content under the same key is a conflict."""
        told = hashlib.sha256("\0".join(about).encode())
        for name in sorted(self._fields):
            told.update("\0".join(("", name, *self._fields[name])).encode())
        return told.hexdigest()

    def _checked(self, name: str, text: str, longest: int, needed: str) -> str:
        if not text and needed:
            self.wrong[name] = needed
        if len(text) > longest:
            self.wrong[name] = TOO_LONG
        return text


async def filled_in(request: Request) -> Form:
    """The form of this request, for ``Depends``. Bodies are bounded outside (:class:`.bodies.BodyLimit`)."""
    fields: dict[str, list[str]] = {}
    files: dict[str, list[Upload]] = {}
    async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES, max_part_size=LONGEST_FIELD) as sent:
        for name, value in sent.multi_items():
            if isinstance(value, UploadFile):
                upload = Upload(value.filename or "", await value.read())
                files.setdefault(name, []).append(upload)
            else:
                fields.setdefault(name, []).append(value)
    return Form(fields, files)


def _clean(text: str) -> str:
    return _NOT_TYPED.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n"))
