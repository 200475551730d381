"""Whether what a stranger publishes as the picture of a badge, or of itself, is one: told by content, never by a name.

A picture proves nothing, so one that is away changes no verdict. One that is there and is no picture makes the
documents other than the standard describes, and that does (BadgeClass, ``image``; work group, 9 April 2020).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..errors import DocumentInvalid, FetchError
from ..openbadges.images import MAX_IMAGE, format_of, format_of_data
from ..openbadges.model import Image
from ..openbadges.primitives import is_of_the_web
from . import findings

if TYPE_CHECKING:
    from .examination import Examination

_ACCEPT = "image/png, image/svg+xml"
_SHOWN = 120


def check_images(badge: Examination) -> None:
    """Say what was found of the images that the documents of a verified badge name."""
    away: tuple[str, FetchError] | None = None
    for address in dict.fromkeys(_addresses(badge)):
        try:
            _check(badge, address)
        except DocumentInvalid as refusal:
            shown = address[:_SHOWN]
            badge.say("image", "failed", "image_not_one", refusal.code, address=shown, reason=refusal.message)
            return
        except FetchError as refusal:
            away = away or (address[:_SHOWN], refusal)
    if away is None:
        badge.say_once(findings.IMAGE_SOUND)
    else:
        address, lacking = away
        badge.say("image", "unknown", "image_unreachable", lacking.code, address=address, reason=lacking.message)


def _addresses(badge: Examination) -> Iterator[str]:
    for document in (badge.badge_class, badge.profile, badge.assertion):
        image = document.image if document is not None else None
        if image is not None:
            yield image.id if isinstance(image, Image) else image


def _check(badge: Examination, address: str) -> None:
    if address[:5].lower() == "data:":
        format_of_data(address)
        return
    if not is_of_the_web(address):
        raise DocumentInvalid(f"expected a PNG or an SVG, found {address[:_SHOWN]}", code="not_image")
    answer = badge.documents.answer(address, _ACCEPT, MAX_IMAGE)
    if answer.status != 200:
        raise FetchError(f"expected an answer 200, found {answer.status}", code="fetch_status")
    format_of(answer.body)
