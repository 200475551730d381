"""The primitive datatypes of Open Badges 2.0 (specification, "Primitive datatypes"), read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from badges.errors import DocumentInvalid, Problem

UNFIT = object()
"""What ``Primitive.read`` answers for a value that is not one."""


class Primitive(NamedTuple):
    code: str
    expected: str
    read: Callable[[Any], Any]
    plain: type | None = None
    """The type that all it reads has, where that is all there is to look at."""


def _exactly(code: str, expected: str, kind: type) -> Primitive:
    return Primitive(code, expected, lambda value: value if type(value) is kind else UNFIT, kind)


def _matching(pattern: str) -> Callable[[Any], Any]:
    matches = re.compile(pattern).fullmatch
    return lambda value: value if type(value) is str and matches(value) else UNFIT


def _read_date_time(value: Any) -> Any:
    if type(value) is not str or not _DATE_TIME.fullmatch(value):
        return UNFIT
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNFIT


_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)"
)
_CHARACTER = r"[^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f]"
_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

ANY = Primitive("", "anything", lambda value: value)
TEXT = _exactly("not_text", "a string", str)
BOOLEAN = _exactly("not_boolean", "true or false", bool)
TEXT_OR_NUMBER = Primitive(
    "not_text_or_number", "a string or a number", lambda value: value if type(value) in {str, int, float} else UNFIT
)
DATE_TIME = Primitive("not_date_time", "a date and time with a zone (ISO 8601)", _read_date_time)
URL = Primitive("not_url", "an http or https address", _matching(r"(?i:https?)://(?![/?#])[!#-;=?-\[\]_a-z~]+"))
IRI = Primitive(
    "not_iri",
    "an absolute IRI",
    _matching(
        rf"(?i:https?)://(?![/?#]){_CHARACTER}+|(?i:urn:uuid):{_UUID}"
        rf"|(?!(?i:https?|urn:uuid):)[A-Za-z][A-Za-z0-9+.\-]*:{_CHARACTER}+"
    ),
)
EMAIL = Primitive("not_email", "an e-mail address", _matching(r"[^@\s\x00]+@[^@\s\x00]+"))
TELEPHONE = Primitive("not_telephone", "a number in E.164", _matching(r"\+[0-9]{1,15}(?:;ext=[0-9]{1,10})?"))
HOST_NAME = Primitive(
    "not_host_name",
    "a host name without scheme or port",
    _matching(r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9\-]*"),
)
LANGUAGE = Primitive("not_language", "a language tag (BCP 47)", _matching(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*"))


def is_of_the_web(address: str) -> bool:
    """Whether it begins as an address that can be asked for does; RFC 3986, 3.1: in any case of letters."""
    return address[:8].lower().startswith(("https://", "http://"))


def parse_datetime(text: str) -> datetime:
    """The instant, in UTC, that a DateTime of Open Badges 2.0 names.

    Date, ``T``, hour and minute, optional seconds and fraction, and a zone; ASCII digits only. A bare date or a
    number, legal in 1.x, is refused.

    :raises DocumentInvalid: anything else
    """
    instant = DATE_TIME.read(text)
    if not isinstance(instant, datetime):
        problem = Problem("", DATE_TIME.code, DATE_TIME.expected, shown(text))
        raise DocumentInvalid(f"expected {problem.expected}, found {problem.found}", problems=[problem])
    return instant


def shown(value: Any) -> str:
    """A value as it can be told in a message: JSON, one line, not long."""
    if isinstance(value, (dict, list)):
        return f"{'an object' if isinstance(value, dict) else 'an array'} of {len(value)}"
    text = json.dumps(value[:80] if isinstance(value, str) else value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:79] + "…"
