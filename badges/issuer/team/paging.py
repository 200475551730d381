"""A long list, a page at a time: the address of the next page says where this one ended."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from fastapi import Request

from ..delivered import Place


def place_of(request: Request) -> Place | None:
    """Where the page before ended; anything else is the beginning."""
    instant, _, id = request.query_params.get("suite", "").partition(" ")
    try:
        at = datetime.fromisoformat(instant)
    except ValueError:
        return None
    return (at, id[:40]) if at.tzinfo else None


def following(address: str, last: Place, **asked: str) -> str:
    """The address of the page after ``last``, for the same question."""
    query = asked | {"suite": f"{last[0].isoformat()} {last[1]}"}
    return f"{address}?{urlencode({name: value for name, value in query.items() if value})}"
