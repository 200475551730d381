"""What existed when: daily trees of award digests, signed by the list key, that no thief of an issuer's key can write.

``issuedOn`` is written by whoever holds the key, so "awarded before the theft" needs another witness (K7). Every day,
and at the end of each batch, :func:`commit` takes the digests of the tokens signed since the last time, builds the
Merkle tree of RFC 9162 §2.1 and signs its root with the list key. Each commitment holds the digest of the one before:
a past one cannot be changed without changing all that follow, whatever becomes of the keys.

A token carries at least 128 random bits (its id and salts), so a published digest says nothing about anyone.

Start at :class:`Chain` to read, :func:`commit` to write.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from badges.clock import to_text
from badges.errors import TrustError, quoted
from badges.openbadges.jws import PublicKey
from badges.trust.documents import (
    DIGEST,
    array_of,
    in_words,
    instant_of,
    integer_of,
    malformed,
    open_document,
    sign_document,
    take_apart,
    text_of,
)

if TYPE_CHECKING:
    from badges.keyring import Signer

MAX_COMMITMENT = 1024 * 1024
MAX_LEAVES_INSIDE = 10_000
"""Above, a commitment holds its root alone, and an award needs its proof of inclusion."""

_WHOLE_CHAIN = "Un jour manque ou a été changé : demandez la suite complète au réseau."
_HEX = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A signed day. ``leaves`` are the digests themselves, sorted, in hexadecimal; None when there are too many."""

    number: int
    committed_at: datetime
    size: int
    root: str
    previous: str | None
    leaves: tuple[str, ...] | None
    digest: str
    """Of the text of this commitment: what the next one calls ``previous``."""

    @property
    def date(self) -> date:
        return self.committed_at.date()


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The way from one leaf to the root: 20 digests for a million awards."""

    number: int
    index: int
    path: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {"commitment": self.number, "index": self.index, "path": list(self.path)}

    @classmethod
    def from_json(cls, document: dict[str, object]) -> InclusionProof:
        path = tuple(array_of(document, "path", str))
        if len(path) > 64 or not all(_HEX.fullmatch(step) for step in path):
            raise malformed("Un chemin de 64 empreintes au plus était attendu", path)
        return cls(integer_of(document, "commitment"), integer_of(document, "index"), path)


# -- writing ----------------------------------------------------------------------------------------------------


def token_digest(token: str) -> str:
    """What is committed of an award: ``sha256$`` and the digest of its JWS."""
    return "sha256$" + hashlib.sha256(token.encode()).hexdigest()


def commit(digests: Iterable[str], previous: str | None, at: datetime, signer: Signer) -> str:
    """The next commitment, over these digests in sorted order (so that it does not tell who came first).

    ``previous`` is the text of the last one, None for the very first. A day without award is committed too: silence
    would be mistaken for a missing day.
    """
    before = None if previous is None else _parse(previous)
    if before is not None and at < before.committed_at:
        raise TrustError(
            f"Un engagement daté d’après le {in_words(before.committed_at)} était attendu ; le {in_words(at)} a été "
            "trouvé.",
            code="commitment_order",
            advice="L’horloge de cette machine retarde : corrigez-la avant d’engager la journée.",
        )
    leaves = sorted({_bare(digest) for digest in digests})
    members = {
        "number": 0 if before is None else before.number + 1,
        "committed_at": to_text(at),
        "size": len(leaves),
        "root": "sha256$" + merkle_root(leaves),
        "previous": None if before is None else before.digest,
    }
    if len(leaves) <= MAX_LEAVES_INSIDE:
        members["leaves"] = leaves
    return sign_document("Commitment", members, signer, max_size=MAX_COMMITMENT)


def prove(digest: str, digests: Iterable[str], number: int = 0) -> InclusionProof:
    """The proof that ``digest`` is among those of commitment ``number``. Raises :class:`TrustError` when it is not."""
    leaves = sorted({_bare(each) for each in digests})
    try:
        index = leaves.index(_bare(digest))
    except ValueError:
        raise TrustError(
            f"Une empreinte de cet engagement était attendue ; {digest}, qui n’y est pas, a été trouvée.",
            code="commitment_absent",
            advice="Ce badge n’est pas dans cet engagement : cherchez celui du jour où il a été engagé.",
        ) from None
    path, level, place = [], [_leaf(leaf) for leaf in leaves], index
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append(level[beside].hex())
        level, place = _above(level), place >> 1
    return InclusionProof(number, index, tuple(path))


# -- reading ----------------------------------------------------------------------------------------------------


def read_commitment(text: str, list_key: PublicKey) -> Commitment:
    """One commitment, signed by this list key, its leaves giving its root. Raises :class:`TrustError`."""
    open_document(text, "Commitment", list_key, max_size=MAX_COMMITMENT)
    return _parse(text)


def includes(commitment: Commitment, digest: str, proof: InclusionProof) -> bool:
    """Whether the proof leads from the digest to the root (RFC 9162 §2.1.3.2)."""
    if not (proof.number == commitment.number and 0 <= proof.index < commitment.size):
        return False
    place, last, node = proof.index, commitment.size - 1, _leaf(_bare(digest))
    for step in proof.path:
        if last == 0:
            return False
        beside = bytes.fromhex(step)
        if place & 1 or place == last:
            node = _node(beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _node(node, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and "sha256$" + node.hex() == commitment.root


class Chain:
    """Commitments in a row, each pinned by the one after; the newest is signed by a list key we trust today.

    Earlier ones may be signed by list keys that came before: what vouches for them is the chain.
    """

    def __init__(self, commitments: Sequence[Commitment]) -> None:
        for before, after in pairwise(commitments):
            if after.number != before.number + 1 or after.previous != before.digest:
                raise TrustError(
                    f"L’engagement n° {before.number + 1}, à la suite de {before.digest}, était attendu ; le n° "
                    f"{after.number}, à la suite de {quoted(after.previous)}, a été trouvé.",
                    code="commitment_chain",
                    advice=_WHOLE_CHAIN,
                )
            if after.committed_at < before.committed_at:
                raise TrustError(
                    "Des engagements dans l’ordre du temps étaient attendus ; un retour en arrière a été trouvé.",
                    code="commitment_order",
                    advice=_WHOLE_CHAIN,
                )
        if commitments and (commitments[0].previous is None) != (commitments[0].number == 0):
            raise TrustError(
                "Un premier engagement, le seul qui n’en suive aucun, était attendu ; un autre début a été trouvé.",
                code="commitment_chain",
                advice=_WHOLE_CHAIN,
            )
        self.commitments = tuple(commitments)
        self._by_number = {commitment.number: commitment for commitment in commitments}
        self._first: dict[str, Commitment] = {}
        for commitment in reversed(self.commitments):
            self._first.update(dict.fromkeys(commitment.leaves or (), commitment))

    @classmethod
    def read(cls, texts: Sequence[str], list_key: PublicKey) -> Chain:
        """Oldest first. Raises :class:`TrustError`: ``trust_signature``, ``commitment_chain``, ``commitment_order``…"""
        if texts:
            open_document(texts[-1], "Commitment", list_key, max_size=MAX_COMMITMENT)
        return cls([_parse(text) for text in texts])

    @classmethod
    def read_unverified(cls, texts: Iterable[str]) -> Chain:
        """Of our own home, where nobody else writes: in a row, and no more. Oldest first; raises as :meth:`read`."""
        return cls([_parse(text) for text in texts])

    def find(self, digest: str, proof: InclusionProof | None = None) -> Commitment | None:
        """The first commitment known to hold this digest, by its leaves or by the proof."""
        found = self._first.get(_bare(digest))
        proved = self._by_number.get(proof.number) if proof is not None else None
        if proof is not None and proved is not None and includes(proved, digest, proof):
            return proved if found is None or proved.number < found.number else found
        return found


def committed_before(digest: str, instant: datetime, chain: Chain, proof: InclusionProof | None = None) -> bool | None:
    """Was this award committed strictly before ``instant``?

    None when this chain cannot tell: a commitment that could hold it is missing from the beginning or the end, or
    keeps its leaves elsewhere and no proof was given. Only a chain without gap from number 0 to ``instant`` says no.
    """
    found = chain.find(digest, proof)
    if found is not None and found.committed_at < instant:
        return True
    before = [commitment for commitment in chain.commitments if commitment.committed_at < instant]
    begins = bool(chain.commitments) and chain.commitments[0].number == 0
    reaches = len(before) < len(chain.commitments)
    told = all(commitment.leaves is not None for commitment in before)
    return False if begins and reaches and told else None


# -- the tree (RFC 9162 §2.1.1) ---------------------------------------------------------------------------------


def merkle_root(leaves: Sequence[str]) -> str:
    """In hexadecimal, of digests in hexadecimal; of nothing, SHA-256 of nothing."""
    level = [_leaf(leaf) for leaf in leaves]
    while len(level) > 1:
        level = _above(level)
    return (level[0] if level else hashlib.sha256().digest()).hex()


def _above(level: list[bytes]) -> list[bytes]:
    """The next level: pairs are joined, a last one alone goes up as it is. The same tree as the RFC's recursion."""
    joined = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return joined + level[-1:] if len(level) % 2 else joined


def _leaf(digest: str) -> bytes:
    return hashlib.sha256(b"\x00" + bytes.fromhex(digest)).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _bare(digest: str) -> str:
    if not DIGEST.fullmatch(digest):
        raise malformed("Une empreinte sha256$… était attendue", digest)
    return digest[7:]


def _parse(text: str) -> Commitment:
    """What it says, not whose word it is: for a commitment whose text is pinned by another that was verified."""
    _, document = take_apart(text, "Commitment", MAX_COMMITMENT)
    leaves = document.get("leaves")
    made = Commitment(
        number=integer_of(document, "number"),
        committed_at=instant_of(document, "committed_at"),
        size=integer_of(document, "size"),
        root=text_of(document, "root"),
        previous=None if document.get("previous") is None else text_of(document, "previous"),
        leaves=None if leaves is None else tuple(array_of(document, "leaves", str)),
        digest="sha256$" + hashlib.sha256(text.strip().encode()).hexdigest(),
    )
    if made.leaves is None:
        return made
    if not all(_HEX.fullmatch(leaf) for leaf in made.leaves) or len(made.leaves) != made.size:
        raise malformed(f"Un engagement de {made.size} empreintes était attendu", len(made.leaves))
    if "sha256$" + merkle_root(made.leaves) != made.root:
        raise TrustError(
            "Des empreintes qui donnent la racine de l’engagement étaient attendues ; d’autres ont été trouvées.",
            code="commitment_root",
            advice=_WHOLE_CHAIN,
        )
    return made
