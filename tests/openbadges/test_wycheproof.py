"""Every JSON Web Signature vector of Project Wycheproof, and what becomes of it here.

The file is not copied into the project: it lies beside it, in ``../shared``, on every machine that runs the tests.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from badges.errors import JwsRefused, KeyRefused, SignatureInvalid
from badges.openbadges import jws

VECTORS = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "wycheproof_jws.json"

# What must become of the 401 vectors: why the valid ones that we do not accept are refused is the third column.
EXPECTED = {
    ("valid", "RS256", "accepted"): 8,
    ("valid", "ES256", "accepted"): 2,
    ("valid", "RS384", "jws_algorithm"): 4,  # no issuer of Open Badges 2.0 needs a second hash for RSA
    ("valid", "RS512", "jws_algorithm"): 4,
    ("valid", "PS256", "jws_algorithm"): 6,  # RSASSA-PSS: read by no verifier of Open Badges 2.0 that we know
    ("valid", "PS384", "jws_algorithm"): 6,
    ("valid", "PS512", "jws_algorithm"): 4,
    ("valid", "ES512", "jws_algorithm"): 2,  # P-521 keys are refused as well
    ("valid", "symmetric", "jws_algorithm"): 9,  # whoever can verify could sign
    ("valid", "symmetric", "jws_base64"): 1,  # a "?" inside the header, which the vectors let a decoder skip
}


@cache
def vectors() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    assert VECTORS.exists(), f"expected the vectors of Wycheproof at {VECTORS}; without them nothing is proven here"
    groups = json.loads(VECTORS.read_text())["testGroups"]
    return [(group.get("public") or group["private"], vector) for group in groups for vector in group["tests"]]


def outcome(jwk: dict[str, Any], token: str) -> str:
    """``accepted``, or the code of the refusal."""
    try:
        jws.verify(jws.read_unverified(token), published(jwk))
    except (JwsRefused, SignatureInvalid, KeyRefused) as refusal:
        return refusal.code
    return "accepted"


def published(jwk: dict[str, Any]) -> jws.PublicKey:
    """The key as an issuer of Open Badges publishes it: in PEM.

    PEM cannot say that a key is for encryption, or for RSASSA-PSS alone. An issuer would not publish such a key, and
    a verifier that is handed the JWK itself refuses it, as it refuses any JWK.
    """
    for_us = jwk.get("alg") in (None, *jws.ALGORITHMS)
    if not for_us or jwk.get("use", "sig") != "sig" or "verify" not in jwk.get("key_ops", ["verify"]):
        return jws.load_public_key(json.dumps(jwk))
    if jwk["kty"] == "RSA":
        return jws.public_key(rsa.RSAPublicNumbers(number(jwk["e"]), number(jwk["n"])).public_key())
    assert jwk["crv"] == "P-256"
    return jws.public_key(
        ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), ec.SECP256R1()).public_key()
    )


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def algorithm(token: str) -> str:
    header = token.partition(".")[0]
    name = str(json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))["alg"])
    return "symmetric" if name.startswith("HS") else name


def test_all_401_vectors_end_as_they_must() -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    invalid: Counter[str] = Counter()
    for jwk, vector in vectors():
        result = outcome(jwk, vector["jws"])
        if vector["result"] == "valid":
            found["valid", algorithm(vector["jws"]), result] += 1
        else:
            invalid[result] += 1
    assert found == EXPECTED
    assert invalid["accepted"] == 0
    assert sum(found.values()) == 46
    assert sum(invalid.values()) == 355


@pytest.mark.parametrize("comment", ["rejectsAttackerProvidedEmbeddedJwk", "rejectWrongUse", "rejectWrongKeyOps"])
def test_the_attacks_that_have_a_name_are_among_the_vectors(comment: str) -> None:
    found = {outcome(jwk, vector["jws"]) for jwk, vector in vectors() if vector["comment"] == comment}
    assert found
    assert found <= {"signature_invalid", "algorithm_mismatch", "key_not_pem", "jws_algorithm"}
