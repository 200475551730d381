"""Another service that says who people are: what the sign-in asks of it, whatever protocol it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ..errors import Forbidden


class NotSignedIn(Forbidden):
    """What came back from the provider lets nobody in."""

    code = "not_signed_in"


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows us by. ``issuer`` is its exact name; its documents are found from there."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scope: str = "openid email given_name usual_name"


@dataclass(frozen=True, slots=True)
class Question:
    """What this browser was sent away with, kept in its own cookie until it comes back."""

    state: str
    nonce: str
    verifier: str
    after: str


class Provider(Protocol):
    """Somebody who says who people are."""

    def ask(self, after: str) -> tuple[str, Question]:
        """Where to send the browser, and what to remember meanwhile."""

    def email_of(self, answer: Mapping[str, str], question: Question) -> str:
        """The e-mail of whoever came back. Raises :class:`NotSignedIn` and :class:`~badges.errors.FetchError`."""
