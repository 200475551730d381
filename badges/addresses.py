"""Every address we publish, and the short code printed on a picture: one place, because none may ever change.

An address here is relied upon from outside for twenty years (``docs/decisions/0002-published-addresses.md``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that a code read aloud or copied by hand comes back right."""

_PAIRS = [first + second for first in CODE_ALPHABET for second in CODE_ALPHABET]
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def short_code(assertion_id: str) -> str:
    """The 12 characters printed on the picture: the first 60 bits of SHA-256 of the assertion id.

    Anyone holding the badge can recompute it, so no register is needed to check a picture against its badge.
    """
    bits = int.from_bytes(hashlib.sha256(assertion_id.encode()).digest()[:8], "big") >> 4
    return "".join([_PAIRS[(bits >> shift) & 1023] for shift in (50, 40, 30, 20, 10, 0)])


def parse_code(text: str) -> str | None:
    """The canonical spelling of a code as typed (any case, spaces and hyphens, I and L for 1, O for 0), or None."""
    code = text.upper().replace(" ", "").replace("-", "").translate(_READ_AS)
    return code if len(code) == 12 and all(letter in CODE_ALPHABET for letter in code) else None


def spaced(code: str) -> str:
    """A code in three groups of four, as it is printed and read aloud."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


@dataclass(frozen=True)
class Addresses:
    """Builds the published addresses of one deployment from its ``base_url`` (no trailing slash)."""

    base_url: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    def profile(self, profile_id: str) -> str:
        return f"{self.base_url}/issuers/{profile_id}"

    def logo(self, profile_id: str) -> str:
        return f"{self.base_url}/issuers/{profile_id}/image"

    def key(self, profile_id: str) -> str:
        return f"{self.base_url}/issuers/{profile_id}/key"

    def revocations(self, profile_id: str) -> str:
        return f"{self.base_url}/issuers/{profile_id}/revocations"

    def badge_class(self, profile_id: str, slug: str, version: str) -> str:
        return f"{self.base_url}/issuers/{profile_id}/badges/{slug}/{version}"

    def badge_image(self, slug: str, version: str, form: str = "png") -> str:
        return f"{self.base_url}/criteres/{slug}/{version}/picture.{form}"

    def criteria(self, slug: str, version: str) -> str:
        return f"{self.base_url}/criteres/{slug}/{version}"

    def alignment(self, code: str) -> str:
        return f"{self.base_url}/alignements/{code}"

    def assertion(self, uuid: str) -> str:
        return f"{self.base_url}/assertions/{uuid}"

    def endorser(self, endorser: str) -> str:
        return f"{self.base_url}/endorsers/{endorser}"

    def endorser_key(self, endorser: str) -> str:
        return f"{self.base_url}/endorsers/{endorser}/key"

    def endorser_revocations(self, endorser: str) -> str:
        return f"{self.base_url}/endorsers/{endorser}/revocations"

    def endorsement(self, endorsement: str, profile_id: str) -> str:
        """What was said of a badge, or of a structure, as this Profile publishes it."""
        return f"{self.base_url}/endorsements/{endorsement}/{profile_id}"

    def recipient(self, opaque: str) -> str:
        return f"{self.base_url}/p/{opaque}"

    def worker(self, secret: str) -> str:
        return f"{self.base_url}/mes-badges/{secret}"

    def short(self, code: str) -> str:
        return f"{self.base_url}/b/{code}"

    def short_prefix(self) -> str:
        """What precedes the code in the QR, in capitals: an alphanumeric QR is smaller than a byte one.

        Host names ignore case and ``/B/`` is served like ``/b/``.
        """
        return f"{self.base_url}/b/".upper()

    def proof_context(self) -> str:
        """The one context of all our extensions."""
        return f"{self.base_url}/contexts/criteria-proof/v1.json"

    def schema(self, extension: str) -> str:
        return f"{self.base_url}/contexts/{extension}/v1.schema.json"

    def trust_list(self) -> str:
        return f"{self.base_url}/trust.jws"

    def bundle(self) -> str:
        return f"{self.base_url}/bundle"
