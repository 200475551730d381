"""JSON read strictly: one spelling of the data, or a refusal.

JSON leaves open what two members of the same name mean, and every reader answers differently; what is signed
must not depend on the answer (RFC 8259 §4, RFC 7515 §4). So: UTF-8 without byte order mark, no duplicate
member, no NaN or infinity, no lone surrogate, no NUL, bounded depth and bounded integers.

Not checked here, because only the caller knows it: the size of the document.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from badges.errors import DocumentRefused

try:
    import orjson
except ImportError:  # the slow path alone is complete
    orjson = None  # type: ignore[assignment]

MAX_DEPTH = 64
MAX_INTEGER_DIGITS = 32

_SUSPECT_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE_OR_NUL = re.compile("[\x00\ud800-\udfff]")
_NOT_COMPACT = object()


def loads(data: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value that ``data`` spells.

    :raises DocumentRefused: with code ``json_encoding``, ``json_syntax``, ``json_duplicate``, ``json_depth``,
        ``json_number`` or ``json_character``
    """
    if data.startswith(b"\xef\xbb\xbf"):
        raise DocumentRefused("expected UTF-8 without a byte order mark, found one", code="json_encoding")
    value = _read_compact(data)
    if value is _NOT_COMPACT:
        value = _read_any(data)
    opened = data.count(b"{") + data.count(b"[")  # also those inside of texts: never less than the levels
    if opened > max_depth and _depth_exceeds(value, max_depth):
        raise DocumentRefused(f"expected at most {max_depth} levels, found more", code="json_depth")
    return value


def _read_compact(data: bytes) -> Any:
    """Four times faster, for what most issuers write: JSON without white space.

    A document that comes back byte for byte holds no duplicate member, since the second would have erased the
    first, and no number that was rounded. NUL is the only character left to look for.
    """
    if orjson is None or b"\\u0000" in data:
        return _NOT_COMPACT
    try:
        value = orjson.loads(data)
        return value if orjson.dumps(value) == data else _NOT_COMPACT
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return _NOT_COMPACT  # the other path says what is wrong


def _read_any(data: bytes) -> Any:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentRefused(f"expected UTF-8, found {error.reason}", code="json_encoding") from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_without_duplicates,
            parse_int=_bounded_integer,
            parse_float=_finite_number,
            parse_constant=_refuse_constant,
        )
    except RecursionError:
        raise DocumentRefused("expected a shallow document, found deep nesting", code="json_depth") from None
    except json.JSONDecodeError as error:
        raise DocumentRefused(
            f"expected JSON, found at character {error.pos}: {error.msg}", code="json_syntax"
        ) from None
    if _SUSPECT_ESCAPE.search(data) and _holds_surrogate_or_nul(value):
        raise DocumentRefused("expected Unicode text, found NUL or half a surrogate pair", code="json_character")
    return value


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        met: set[str] = set()
        twice = next(name for name, _ in pairs if name in met or met.add(name))  # type: ignore[func-returns-value]
        raise DocumentRefused(f"expected each member once, found {twice[:80]!r} twice", code="json_duplicate")
    return members


def _bounded_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise DocumentRefused(
            f"expected an integer of at most {MAX_INTEGER_DIGITS} digits, found {len(digits)} characters",
            code="json_number",
        )
    return int(digits)


def _finite_number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise DocumentRefused(f"expected a finite number, found {text[:40]}", code="json_number")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise DocumentRefused(f"expected a JSON number, found {name}", code="json_number")


def _depth_exceeds(value: Any, limit: int) -> bool:
    """Level by level, so that no depth of the document becomes depth of our own stack."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(limit):
        below = []
        for container in level:
            for child in container.values() if type(container) is dict else container:
                kind = type(child)
                if kind is dict or kind is list:
                    below.append(child)
        if not below:
            return False
        level = below
    return True


def _holds_surrogate_or_nul(value: Any) -> bool:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if _SURROGATE_OR_NUL.search(item):
                return True
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
    return False
