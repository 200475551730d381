"""Who may award what: the trust list of the network, the bundle that carries it offline, and how both are checked.

Start at :func:`read_trust`, which gives a :class:`Trusted`; :meth:`Trusted.recognition` answers the question that a
verifier asks. ``docs/decisions/0003-trust-and-keys.md`` says why it is made so.

Four kinds of documents are signed here and in :mod:`badges.commitments`, all compact JWS with a header of ``alg``
alone and a payload whose ``type`` is checked exactly, so that no signature made for one use passes for another::

    root key ──signs──▶ TrustDelegation ──names──▶ list key ──signs──▶ TrustList, Bundle, Commitment
       └────signs, old and new together──▶ RootRotation

What must hold before a list is believed, in this order (each refusal is a :class:`TrustError` with its code):

1. it is not longer than a list may be: ``trust_too_large``
2. it is a compact JWS of strict JSON, of this type: ``trust_malformed``, ``trust_type``
3. a chain of rotations, if there is one, leads from the root we were given to the present one: ``trust_rotation``
4. the delegation is signed by that root, and this is its time: ``trust_root``, ``trust_delegation``,
   ``trust_delegation_expired``
5. the list is signed by the delegated key: ``trust_signature``
6. it says what a list says, lives at most seven days, and no key has two roles: ``trust_malformed``,
   ``trust_lifetime``, ``trust_key_roles``
7. it is not from the future, nor older than one already seen: ``trust_future``, ``trust_rollback``

Not refused here: a list whose next update is past. It was good; :meth:`Trusted.is_stale` tells, and the verifier
answers *unknown*, not *no*. Days are days of UTC. Imported by the command line's verify path: nothing heavy here.
"""

from badges.trust.bundle import MAX_BUNDLE, Bundle, RevocationSnapshot, list_inside, read_bundle
from badges.trust.documents import MAX_TRUST, normalise_fingerprint, open_document, sign_document
from badges.trust.findings import Finding, check
from badges.trust.signing import shard_out, sign_bundle, sign_delegation, sign_rotation, sign_trust
from badges.trust.trust_list import (
    CatalogueEntry,
    Facts,
    FamilyRight,
    ReceiptKey,
    Shard,
    Structure,
    TrustedProfile,
    TrustList,
)
from badges.trust.trusted import (
    Delegation,
    Recognition,
    Rotation,
    Seen,
    Trusted,
    read_delegation,
    read_trust,
)

__all__ = [
    "MAX_BUNDLE",
    "MAX_TRUST",
    "Bundle",
    "CatalogueEntry",
    "Delegation",
    "Facts",
    "FamilyRight",
    "Finding",
    "ReceiptKey",
    "Recognition",
    "RevocationSnapshot",
    "Rotation",
    "Seen",
    "Shard",
    "Structure",
    "TrustList",
    "Trusted",
    "TrustedProfile",
    "check",
    "list_inside",
    "normalise_fingerprint",
    "open_document",
    "read_bundle",
    "read_delegation",
    "read_trust",
    "shard_out",
    "sign_bundle",
    "sign_delegation",
    "sign_document",
    "sign_rotation",
    "sign_trust",
]
