"""``/verifier/hors-ligne``: one HTML file to keep on a laptop, which verifies badges where there is no network.

Everything is inside: the day's bundle, the sentences of :mod:`.wording`, the style sheet, and ``offline/offline.js``,
which does again what :mod:`.examination` does. The file says whose root key it rests on, and how old its data are.
Its own policy, carried in the file because a file has no headers, forbids it every connection.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response

from ..catalogue import taxonomy
from ..openbadges.contexts import PINNED
from ..openbadges.extensions import REQUIRED
from ..trust import normalise_fingerprint
from ..web.pages import Pages
from . import wording
from .formats import UNREAD

FOLDER = Path(__file__).parent / "offline"
FILE_NAMES = {"fr": "verifier-hors-ligne.html", "en": "verify-offline.html"}


def router(pages: Pages, bundle: Callable[[], str], root: Callable[[], str]) -> APIRouter:
    """``bundle`` gives the signed bundle of now, ``root`` the fingerprint of the root key that it rests on."""
    router = APIRouter(include_in_schema=False)
    parts = offline_parts(pages)

    @router.api_route("/verifier/hors-ligne", methods=["GET", "HEAD"])
    def offline(request: Request) -> Response:
        language = pages.language(request)
        fingerprint = normalise_fingerprint(root())
        values = parts(language) | {"data": data(language, bundle(), fingerprint), "root": fingerprint}
        name = FILE_NAMES.get(language, FILE_NAMES["fr"])
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": f"{values['policy']}; frame-ancestors 'none'",
        }
        return pages.render(request, "verify/offline.html", headers=headers, **values)

    return router


def offline_parts(pages: Pages) -> Callable[[str], dict[str, Any]]:
    """What the template shows in one language, but for the day's data: read once, and the digests of its policy."""

    @lru_cache
    def parts(language: str) -> dict[str, Any]:
        script = (FOLDER / "offline.js").read_text("utf-8")
        style = pages.static.text("badges.css") + (FOLDER / "offline.css").read_text("utf-8")
        policy = (
            f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        return {"script": script, "style": style, "policy": policy}

    return parts


@lru_cache(maxsize=4)
def data(language: str, bundle: str, root: str) -> str:
    """What the script reads, as JSON that cannot end its element."""
    spoken = language if language in wording.Text._fields else "fr"
    said = wording.exported(spoken) | {
        "labels": {
            "ways": _labels(taxonomy.WAY_LABELS, spoken),
            "kinds": _labels(taxonomy.EVIDENCE_LABELS, spoken),
            "functions": _labels(taxonomy.FUNCTION_LABELS, spoken),
            "levels": _labels(taxonomy.LEVEL_LABELS, spoken),
        }
    }
    told = {"language": spoken, "root": root, "bundle": bundle, "words": said, "standard": _standard()}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


@lru_cache
def _standard() -> dict[str, Any]:
    """What the script needs to know of the standard's own tables, so that they stand in one place."""
    return {
        "contexts": {
            address.partition("://")[2]: context.version for context in PINNED for address in context.addresses
        },
        "terms": PINNED[0].document()["@context"],
        "extensions": {
            name: {member: kind.__name__ for member, kind in members.items()} for name, members in REQUIRED.items()
        },
        "unread": sorted(UNREAD),
    }


def _labels(table: Any, language: str) -> dict[str, str]:
    return {str(code): getattr(label, language) for code, label in table.items()}


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
