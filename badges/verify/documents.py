"""Documents of the standard, read where their issuer publishes them: fetched, parsed strictly, remembered.

Two kinds of failure stay apart. :class:`FetchError`: there is no document to judge. :class:`BadgeRejected`: there is
one, and it is not what the standard describes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import BadgeRejected, DocumentInvalid, FetchError
from ..openbadges import strict_json
from ..openbadges.expansion import in_our_words, is_in_our_words
from ..openbadges.model import Document
from .fetcher import Fetched, Fetcher, Limits
from .formats import OPEN_BADGES_V2
from .report import Source

ACCEPT = "application/ld+json, application/json"

_REMEMBERED = 4096

T = TypeVar("T")
D = TypeVar("D", bound=Document)


class Parsed:
    """What documents said, by the very answer it was read from: no answer is parsed twice."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, Any], tuple[Fetched, Any]] = {}

    def read(self, answer: Fetched, reader: Callable[[bytes], T]) -> T:
        name = (answer.url, reader)
        kept = self._kept.get(name)
        if kept is not None and kept[0] is answer:
            return kept[1]  # type: ignore[no-any-return]
        value = reader(answer.body)
        if len(self._kept) >= _REMEMBERED:
            self._kept.clear()
        self._kept[name] = (answer, value)
        return value


class Documents:
    """The documents that one verification asks for; ``sources`` is the list of those that answered."""

    def __init__(self, fetcher: Fetcher, parsed: Parsed, limits: Limits) -> None:
        self._fetcher = fetcher
        self._limits = limits
        self._parsed = parsed
        self.sources: list[Source] = []
        self.answers: list[Fetched] = []

    def answer(self, url: str, accept: str = ACCEPT, max_bytes: int | None = None) -> Fetched:
        """Whatever the address answers, of any status. Raises :class:`FetchError`."""
        answer = self._fetcher.get(url, accept, max_bytes or self._limits.document_bytes)
        self.sources.append(Source(url, answer.fetched_at))
        self.answers.append(answer)
        return answer

    def list_of_withdrawn(self, url: str) -> Fetched:
        """The same, of a document that may be long."""
        return self.answer(url, max_bytes=self._limits.list_bytes)

    def get(self, url: str, reader: Callable[[bytes], T], max_bytes: int | None = None) -> T:
        """The document at ``url``. Raises :class:`FetchError` without one, :class:`BadgeRejected` for a wrong one."""
        return self.read(self.answer(url, max_bytes=max_bytes), reader)

    def read(self, answer: Fetched, reader: Callable[[bytes], T]) -> T:
        """The same from an answer at hand."""
        if answer.status != 200:
            raise FetchError(f"expected an answer 200, found {answer.status}", code="fetch_status")
        if answer.content_type.lower().startswith("text/html"):
            raise FetchError("expected JSON, found a page", code="fetch_page")
        return self.remembered(answer, reader)

    def remembered(self, answer: Fetched, reader: Callable[[bytes], T]) -> T:
        """The same, whatever the answer calls itself."""
        return self._parsed.read(answer, reader)


def alone(value: Any) -> Any:
    """A document that stands alone in an array is that document (JSON-LD 1.0, expanded form)."""
    return value[0] if type(value) is list and len(value) == 1 else value


def read_as(kind: type[D], document: dict[str, Any]) -> D:
    """A document of 2.0, in the names of the standard or in others that mean the same.

    Raises :class:`DocumentInvalid`; :class:`FetchError` when its words lead to where nothing is fetched.
    """
    invalid: DocumentInvalid | None = None
    if document.get("@context") == OPEN_BADGES_V2:
        try:
            read = kind.from_json(document)
        except DocumentInvalid as refusal:
            invalid = refusal
        else:
            if not read.other or is_in_our_words(read.other):
                return read
    said = in_our_words(document)
    if invalid is not None and said == document:
        raise invalid
    return kind.from_json(said)


def read_json(body: bytes) -> dict[str, Any]:
    """An object in strict JSON. Raises :class:`BadgeRejected`."""
    value = alone(strict_json.loads(body))
    if type(value) is not dict:
        raise DocumentInvalid("expected a JSON object, found another value")
    return value


def first_problem(refusal: BadgeRejected) -> str:
    """The refusal in one line, for a technician."""
    problems = getattr(refusal, "problems", ())
    if not problems:
        return refusal.message
    path, _, expected, found = problems[0]
    more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
    return f"{path or 'document'}: expected {expected}, found {found}{more}"
