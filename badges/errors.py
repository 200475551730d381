"""Every refusal of the product, drawn once.

::

    BadgesError                     all that we raise on purpose
    ├── BadgeRejected               what was presented is wrong: the report says FAILED
    │   ├── CarrierRefused          the file that should carry a badge (PNG, SVG) is damaged or hostile
    │   │   └── NotBaked            a sound file that carries no badge
    │   ├── JwsRefused              the token is not a compact JWS we accept
    │   ├── SignatureInvalid        the signature does not belong to this key and these bytes
    │   │   └── AlgorithmMismatch   the token names another algorithm than the key's
    │   ├── DocumentRefused         bytes that are not the strict JSON we accept
    │   └── DocumentInvalid         JSON that is not the document the standard describes
    ├── FetchError                  we could not get it: the report says UNKNOWN, never FAILED
    │   └── AddressForbidden        our own policy refuses to ask
    ├── TrustError                  a trust list, bundle or commitment cannot be relied upon
    ├── KeyringError                a key cannot be used
    │   ├── KeyRefused              not a key this product works with
    │   └── KeyringLocked           the passphrase is missing or wrong
    ├── CatalogueError              a criteria file says something it may not say
    ├── AwardRefused                the rule, or the state of things, does not allow this award
    ├── NotFound                    nothing of that name, or nothing that you may see: the same answer
    ├── Forbidden                   the caller may not do this
    ├── Conflict                    the same key was used for something else
    ├── StorageUnavailable          the register cannot be read or written now: nothing was done, try again
    └── Misuse                      the command or the request was not understood

Messages say what was expected, then what was found, then what to do. ``code`` is stable and machine-readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


def quoted(value: object, longest: int = 80) -> str:
    """A value from outside, for a sentence: short, on one line, and what does not print is written as an escape."""
    return f"« {repr(str(value)[:longest])[1:-1]} »"


class BadgesError(Exception):
    """A refusal with a stable ``code`` and a sentence; ``advice`` says what to do now (French when shown)."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice
        if code is not None:
            self.code = code


class BadgeRejected(BadgesError):
    code = "rejected"


class CarrierRefused(BadgeRejected):
    code = "carrier_refused"


class NotBaked(CarrierRefused):
    code = "not_baked"


class JwsRefused(BadgeRejected):
    code = "jws_refused"


class SignatureInvalid(BadgeRejected):
    code = "signature_invalid"


class AlgorithmMismatch(SignatureInvalid):
    code = "algorithm_mismatch"


class DocumentRefused(BadgeRejected):
    code = "json_refused"


class Problem(NamedTuple):
    """One thing that a document says otherwise than the standard: where, what was expected, what was found."""

    path: str
    code: str
    expected: str
    found: str


class DocumentInvalid(BadgeRejected):
    """Carries every ``problems`` of the document, not the first."""

    code = "document_invalid"

    def __init__(
        self, message: str, *, problems: Sequence[Problem] = (), code: str | None = None, advice: str = ""
    ) -> None:
        super().__init__(message, code=code, advice=advice)
        self.problems = tuple(problems)


class FetchError(BadgesError):
    code = "fetch_failed"


class AddressForbidden(FetchError):
    code = "address_forbidden"


class TrustError(BadgesError):
    code = "trust_refused"


class KeyringError(BadgesError):
    code = "keyring"


class KeyRefused(KeyringError):
    code = "key_refused"


class KeyringLocked(KeyringError):
    code = "keyring_locked"


class CatalogueError(BadgesError):
    code = "catalogue"


class AwardRefused(BadgesError):
    """``missing`` holds every reason that the award rule gives, as :class:`badges.catalogue.rule.Missing`;
    ``members`` is what the doors add to their answer: the same reasons, in sentences."""

    code = "award_refused"

    def __init__(self, message: str, *, code: str | None = None, advice: str = "", missing: Sequence[Any] = ()) -> None:
        super().__init__(message, code=code, advice=advice)
        self.missing = tuple(missing)
        self.members: dict[str, Any] = {}


class NotFound(BadgesError):
    code = "not_found"


class Forbidden(BadgesError):
    code = "forbidden"


class Conflict(BadgesError):
    code = "conflict"


class StorageUnavailable(BadgesError):
    code = "storage_unavailable"


class Misuse(BadgesError):
    code = "misuse"
