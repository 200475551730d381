"""In which version of the standard a document is written; what its own words mean is for ``openbadges/expansion.py``.

No context is ever fetched.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any, Literal

from ..errors import DocumentRefused
from ..openbadges import strict_json

OPEN_BADGES_V2 = "https://w3id.org/openbadges/v2"

UNREAD = frozenset(("RS384", "RS512", "PS256", "PS384", "PS512", "ES384", "ES512", "ES256K", "Ed448"))
"""Signature algorithms of the IANA registry that are sound, and that this product does not read."""


def version_of(document: Mapping[str, Any]) -> Literal["2.0", "1.x", "0.5", "3.0"] | None:
    """The version of Open Badges that the document says it is written in; None for none of them."""
    from ..openbadges.contexts import open_badges_version

    context = document.get("@context")
    names = [name for name in (context if isinstance(context, list) else [context]) if isinstance(name, str)]
    if known := open_badges_version(context):
        return "2.0" if known == "2.0" else "1.x"
    if any("credentials" in name for name in names) or "vc" in document:
        return "3.0"
    if any("openbadges" in name for name in names):
        return "1.x"
    if context is None and any(":" in name for name in document):
        from ..openbadges.expansion import is_expanded

        return "2.0" if is_expanded(document) else None
    if context is None and isinstance(document.get("recipient"), str):  # 0.5 and 1.0 had no context
        return "0.5"
    return "1.x" if context is None and {"uid", "verify"} <= document.keys() else None


def unread_algorithm(token: str) -> str | None:
    """The ``alg`` of a token whose header is sound, where it is a sound algorithm that we do not read."""
    header = token.partition(".")[0]
    try:
        name = strict_json.loads(urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"]
    except (DocumentRefused, ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) and name in UNREAD else None
