"""Whose badge it is: the hash of an identity, and the one question that can be asked of it (IdentityObject).

The hash is of the identity followed by the salt, in UTF-8. The standard folds no case, so an e-mail must be hashed
exactly as the recipient is known; we hash ours normalised, and ask of others' both as typed and normalised.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from badges.openbadges.model import OLD_IDENTITY_HASH, IdentityObject


def new_salt() -> str:
    """128 random bits, for one award and no other."""
    return secrets.token_hex(16)


def normalise_email(email: str) -> str:
    """The spelling we hash: NFC, no space around, lower case on both sides of the @.

    Upper case before the @ is significant on paper (RFC 5321 §2.4) and on no mail server of today.
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).lower())


def hash_identity(identity: str, salt: str | None) -> str:
    """``sha256$`` and the hash, as ``identity`` of an IdentityObject holds it (Primitive datatypes, IdentityHash)."""
    return "sha256$" + hashlib.sha256(_salted(identity, salt)).hexdigest()  # not by its name: twice as fast


def matches(recipient: IdentityObject, identity: str) -> bool:
    """Whether ``identity`` is the recipient. Takes as long for yes as for no; says no to NUL and to nothing."""
    typed = unicodedata.normalize("NFC", identity.strip())
    if not typed or "\0" in typed:
        return False
    is_email = recipient.type == "email"
    spellings = (typed, normalise_email(typed)) if is_email else (typed,)
    if recipient.hashed:
        said, salt = recipient.identity.lower(), recipient.salt
    else:  # hashed on the spot, so that both are compared in the same way
        plain = normalise_email(recipient.identity) if is_email else unicodedata.normalize("NFC", recipient.identity)
        said, salt = hash_identity(plain, None), None
    if not OLD_IDENTITY_HASH.fullmatch(said):
        return False
    algorithm = said.partition("$")[0]
    answers = [hmac.compare_digest(said, _hash(algorithm, spelling, salt)) for spelling in spellings]
    return any(answers)


def _hash(algorithm: str, identity: str, salt: str | None) -> str:
    return f"{algorithm}${hashlib.new(algorithm, _salted(identity, salt), usedforsecurity=False).hexdigest()}"


def _salted(identity: str, salt: str | None) -> bytes:
    return (identity + (salt or "")).encode("utf-8", "surrogatepass")
