"""What the person themselves does with their badges, without an account: getting in, choosing, asking, leaving.

Start at :mod:`.cards` (a secret link, a short code, what they open). Every other act takes the :class:`~.cards.Opened`
that it gives: whoever holds one proved that the files in it are theirs, and nothing outside of them can be reached.
In the journal the actor is ``holder``.
"""

from __future__ import annotations

from ..desk import Desk
from .cards import Cards
from .choices import Choices
from .erasures import Erasures
from .leaving import Leaving
from .requests import Requests
from .retention import Retention


class Holder:
    """The acts of the person, on one desk. ``erasures`` is written to before somebody is forgotten."""

    def __init__(self, desk: Desk, erasures: Erasures | None = None) -> None:
        self.cards = Cards(desk)
        self.choices = Choices(desk)
        self.requests = Requests(desk)
        self.leaving = Leaving(desk, erasures)
        self.retention = Retention(desk)
