"""The JSON-LD contexts of Open Badges, pinned: never fetched, never other than on the day we read them.

A context says what the members of a document mean. One that changes on the way changes verdicts, so these three
are files beside this module, each with its digest. They are those of the specification's repository at commit
1af145ff (2025-04-07); v2 has the correction of ``targetFramework`` of October 2020.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

OPEN_BADGES_V2 = "https://w3id.org/openbadges/v2"


@dataclass(frozen=True)
class PinnedContext:
    version: str
    """Of Open Badges: what a document with this context is written in."""
    addresses: tuple[str, ...]
    """Where it is published, and where that address leads (w3id.org answers with a redirect)."""
    file: str
    sha256: str

    def document(self) -> dict[str, Any]:
        """The context document. A caller may change its copy.

        :raises RuntimeError: the file is not the one that was pinned; the installation is damaged
        """
        return json.loads(_read(self.file, self.sha256))  # type: ignore[no-any-return]


PINNED = (
    PinnedContext(
        version="2.0",
        addresses=(OPEN_BADGES_V2, "https://openbadgespec.org/v2/context.json"),
        file="openbadges-v2.json",
        sha256="3c0c25a0e581c64cbe632197377c4f334c6c0b95f0d90e3b74449781612b153d",
    ),
    PinnedContext(
        version="1.1",
        addresses=("https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1/context.json"),
        file="openbadges-v1.json",
        sha256="406ec07d0e758a41e84bac6361d29e391188492eb25f7efc51bfa19d8b2db810",
    ),
    PinnedContext(
        version="1.1",
        addresses=("https://w3id.org/openbadges/legacy-v1", "https://openbadgespec.org/legacy-v1"),
        file="openbadges-legacy-v1.json",
        sha256="43b1b387cae8d65b16182d2c89ff1e8e90c221d2f88a2164d324978ba8930db9",
    ),
)

_BY_ADDRESS = {address.partition("://")[2]: context for context in PINNED for address in context.addresses}


def find_context(address: str) -> PinnedContext | None:
    """The pinned context published at ``address``, by http or https, or None."""
    scheme, _, rest = address.partition("://")
    return _BY_ADDRESS.get(rest.rstrip("/")) if scheme in {"http", "https"} else None


def open_badges_version(context: Any) -> str | None:
    """The version of Open Badges that the value of an ``@context`` names, or None. The first known address counts."""
    for entry in context if isinstance(context, list) else [context]:
        if isinstance(entry, str) and (found := find_context(entry)):
            return found.version
    return None


@cache
def _read(file: str, sha256: str) -> bytes:
    data = (files("badges.openbadges") / "contexts" / file).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise RuntimeError(f"{file}: expected the pinned context {sha256}, found {found}; install again")
    return data
