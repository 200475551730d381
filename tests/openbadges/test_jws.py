from __future__ import annotations

import base64
import hashlib
import json
import re
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from badges.errors import AlgorithmMismatch, BadgesError, JwsRefused, KeyRefused, SignatureInvalid
from badges.openbadges import jws
from tests.openbadges.making import ALGORITHMS, Key, a_key


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def a_token(header: object = None, payload: bytes = b'{"a":1}', key: Key | None = None) -> str:
    """Signed for good, whatever the header says."""
    key = key or a_key()
    text = header if isinstance(header, bytes) else json.dumps(header or {"alg": key.algorithm}).encode()
    signing_input = f"{b64(text)}.{b64(payload)}"
    return f"{signing_input}.{b64(key.sign(signing_input.encode()))}"


def verifies(token: str, key: jws.PublicKey) -> bool:
    try:
        jws.verify(jws.read_unverified(token), key)
    except (JwsRefused, SignatureInvalid):
        return False
    return True


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_is_signed_verifies_and_says_what_was_signed(algorithm: str) -> None:
    key = a_key(algorithm)
    token = jws.sign(b'{"a":"\xc3\xa9"}', key)
    read = jws.read_unverified(token)
    jws.verify(read, key.public)
    assert read.payload == b'{"a":"\xc3\xa9"}'
    assert read.header == {"alg": algorithm}
    assert base64.urlsafe_b64decode(token.split(".")[0] + "==") == b'{"alg":"%s"}' % algorithm.encode()


@given(st.binary(max_size=300), st.sampled_from(ALGORITHMS))
def test_every_payload_comes_back(payload: bytes, algorithm: str) -> None:
    read = jws.read_unverified(jws.sign(payload, a_key(algorithm)))
    jws.verify(read, a_key(algorithm).public)
    assert read.payload == payload


@pytest.mark.parametrize("of_token", ALGORITHMS)
@pytest.mark.parametrize("of_key", ALGORITHMS)
def test_the_key_decides_the_algorithm(of_token: str, of_key: str) -> None:
    read = jws.read_unverified(jws.sign(b"{}", a_key(of_token)))
    if of_token == of_key:
        jws.verify(read, a_key(of_key).public)
        return
    with pytest.raises(AlgorithmMismatch, match=f"expected {of_key}, which is the key's, found {of_token}"):
        jws.verify(read, a_key(of_key).public)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_key_of_the_same_kind_does_not_verify(algorithm: str) -> None:
    token = jws.sign(b"{}", a_key(algorithm))
    assert verifies(token, a_key(algorithm).public)
    assert not verifies(token, a_key(algorithm, "another").public)


@pytest.mark.parametrize(
    ("token", "code"),
    [
        pytest.param("", "jws_parts", id="nothing"),
        pytest.param("e30", "jws_parts", id="one part"),
        pytest.param("e30.e30", "jws_parts", id="two parts"),
        pytest.param("e30.e30.e30.e30", "jws_parts", id="four parts"),
        pytest.param("e30.e30.e30.e30.e30", "jws_parts", id="five parts: encrypted"),
        pytest.param("é.e30.e30", "jws_base64", id="not ASCII"),
        pytest.param("\ud800.e30.e30", "jws_base64", id="half a surrogate pair"),
        pytest.param(".e30.e30", "jws_header", id="no header"),
        pytest.param(b64(b"[]") + ".e30.e30", "jws_header", id="header is an array"),
        pytest.param(b64(b"alg") + ".e30.e30", "jws_header", id="header is not JSON"),
        pytest.param(b64(b'{"alg":"ES256","alg":"RS256"}') + ".e30.e30", "jws_header", id="alg twice"),
        pytest.param(b64(b'{"alg":"RS256","kid":"a","kid":"b"}') + ".e30.e30", "jws_header", id="kid twice"),
        pytest.param(b64(b"[" * 999) + ".e30.e30", "jws_header", id="deep header"),
        pytest.param(b64(b"{}") + ".e30.e30", "jws_algorithm", id="no algorithm"),
        pytest.param("A" * 65_537, "jws_too_large", id="too large"),
    ],
)
def test_what_is_not_a_compact_jws_is_refused(token: str, code: str) -> None:
    with pytest.raises(JwsRefused) as refusal:
        jws.read_unverified(token)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "algorithm",
    [
        *("none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "PS256", "PS384", "ES384"),
        *("ES512", "ES521", "ES256K", "Ed25519", "rs256", "RS256 ", " RS256", "RSA", "dir", "A128KW"),
        *(None, 0, 1.5, True, ["RS256"], {"RS256": 1}),
    ],
    ids=str,
)
def test_an_algorithm_outside_the_list_is_refused_even_when_the_signature_is_good(algorithm: object) -> None:
    with pytest.raises(JwsRefused) as refusal:
        jws.read_unverified(a_token({"alg": algorithm}))
    assert refusal.value.code == "jws_algorithm"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "RS256", "crit": ["exp"], "exp": 1},
        {"alg": "RS256", "crit": []},
        {"alg": "RS256", "crit": None},
        {"alg": "RS256", "b64": False, "crit": ["b64"]},
        {"alg": "RS256", "b64": False},
        {"alg": "RS256", "b64": True},
    ],
    ids=str,
)
def test_a_critical_extension_is_refused(header: dict[str, object]) -> None:
    with pytest.raises(JwsRefused) as refusal:
        jws.read_unverified(a_token(header))
    assert refusal.value.code == "jws_critical"


@pytest.mark.parametrize(
    "more",
    [
        {"typ": "JWT"},
        {"typ": "JOSE", "cty": "x"},
        {"kid": "https://attacker.example/key"},
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"jku": "https://attacker.example/keys", "x5u": "https://attacker.example/chain"},
        {"x5c": ["MII"]},
    ],
    ids=str,
)
def test_other_header_members_change_nothing(more: dict[str, object]) -> None:
    token = a_token({"alg": "RS256", **more})
    assert verifies(token, a_key().public)
    assert not verifies(token, a_key("RS256", "another").public)


def test_a_key_carried_by_the_token_is_not_believed() -> None:
    own = a_key("RS256", "of the forger")
    numbers = own.private.public_key().public_numbers()
    jwk = {"kty": "RSA", "n": b64(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    assert not verifies(a_token({"alg": "RS256", "jwk": jwk}, key=own), a_key().public)


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize(
    "respell",
    [
        pytest.param(lambda text: text + "=", id="padding"),
        pytest.param(lambda text: text + "==", id="more padding"),
        pytest.param(lambda text: text + "\n", id="a new line"),
        pytest.param(lambda text: " " + text, id="a space"),
        pytest.param(lambda text: text[:3] + "\r\n" + text[3:], id="a folded line"),
        pytest.param(lambda text: text[:2] + "*" + text[2:], id="a foreign character"),
        pytest.param(lambda text: text[:-1] + chr(ord(text[-1]) + 1), id="unused bits"),
        pytest.param(lambda text: text.replace("-", "+").replace("_", "/"), id="the other alphabet"),
        pytest.param(lambda text: text.replace("_", "/"), id="one letter of it"),
        pytest.param(lambda text: text + "A", id="one character too many"),
        pytest.param(lambda text: text + "\0", id="NUL"),
    ],
)
def test_a_second_spelling_of_a_genuine_token_is_refused(part: int, respell: object) -> None:
    parts = a_token({"alg": "RS256", "kid": "ÿÿÿÿ>>??~~"}, b"\xfb\xef\xbe\xff\xff").split(".")
    respelled = respell(parts[part])  # type: ignore[operator]
    if respelled != parts[part]:
        parts[part] = respelled
        assert not verifies(".".join(parts), a_key().public)


def mutations(token: str, alphabet: str) -> Iterator[str]:
    for place in range(len(token)):
        yield token[:place] + token[place + 1 :]
        for character in alphabet:
            yield token[:place] + character + token[place:]
            if character != token[place]:
                yield token[:place] + character + token[place + 1 :]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_single_character_of_a_genuine_token_can_be_changed(algorithm: str) -> None:
    token, key = jws.sign(b'{"id":"urn:x"}', a_key(algorithm)), a_key(algorithm).public
    assert verifies(token, key)
    assert [mutant for mutant in mutations(token, "A-.=") if verifies(mutant, key)] == []


@pytest.mark.deep
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_no_single_character_can_be_changed_into_any_other(algorithm: str) -> None:
    token, key = jws.sign(b'{"id":"urn:x"}', a_key(algorithm)), a_key(algorithm).public
    alphabet = string.ascii_letters + string.digits + "-_.=+/ \n\0é"
    assert [mutant for mutant in mutations(token, alphabet) if verifies(mutant, key)] == []


@given(st.text() | st.text(alphabet="eyJ.-_=A0", max_size=60) | st.binary().map(lambda data: b64(data) + ".e30.e30"))
def test_any_text_is_read_or_refused(token: str) -> None:
    try:
        jws.read_unverified(token)
    except BadgesError:
        return
    assert token.count(".") == 2


@given(st.binary(max_size=600), st.sampled_from(ALGORITHMS))
def test_any_signature_is_refused_in_the_same_way(signature: bytes, algorithm: str) -> None:
    read = jws.UnverifiedJws({"alg": algorithm}, b"{}", b"a.b", signature)
    with pytest.raises(SignatureInvalid):
        jws.verify(read, a_key(algorithm).public)


def test_an_ecdsa_signature_in_der_is_not_the_one_of_the_standard() -> None:
    signing_input = (b64(b'{"alg":"ES256"}') + ".e30").encode()
    der = a_key("ES256").private.sign(signing_input, ec.ECDSA(SHA256()))
    assert not verifies(f"{signing_input.decode()}.{b64(der)}", a_key("ES256").public)


@pytest.mark.parametrize(
    ("respell", "told"),
    [
        pytest.param(lambda r, s: r + b"\0" + s, "in range", id="one byte too many, the numbers unchanged"),
        pytest.param(lambda r, s: b"\0" + r + s, "in range", id="shifted"),
        pytest.param(lambda r, s: r + s[:-1], "in range", id="one byte too few"),
        pytest.param(lambda r, s: b"", "in range", id="nothing"),
        pytest.param(lambda r, s: number(0) + s, "in range", id="r is 0"),
        pytest.param(lambda r, s: r + number(0), "in range", id="s is 0"),
        pytest.param(lambda r, s: number(N) + s, "in range", id="r is n"),
        pytest.param(lambda r, s: r + number(N), "in range", id="s is n"),
        pytest.param(lambda r, s: number(1) + s, "of this key", id="r is 1"),
        pytest.param(lambda r, s: r + number(1), "of this key", id="s is 1"),
        pytest.param(lambda r, s: number(N - 1) + s, "of this key", id="r is n - 1"),
        pytest.param(lambda r, s: r + number(N - 1), "of this key", id="s is n - 1"),
    ],
)
def test_an_ecdsa_signature_has_one_spelling(respell: Callable[[bytes, bytes], bytes], told: str) -> None:
    read = jws.read_unverified(jws.sign(b"{}", a_key("ES256")))
    jws.verify(read, a_key("ES256").public)
    changed = read._replace(signature=respell(read.signature[:32], read.signature[32:]))
    with pytest.raises(SignatureInvalid, match=told):
        jws.verify(changed, a_key("ES256").public)


N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # the order of P-256 (FIPS 186-5)


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


def test_a_token_may_have_64_kib_and_not_one_character_more() -> None:
    payload = b"x" * ((64 * 1024 - len(jws.sign(b"", a_key("EdDSA")))) * 3 // 4)
    token = jws.sign(payload, a_key("EdDSA"))
    assert len(token) == 64 * 1024
    jws.verify(jws.read_unverified(token), a_key("EdDSA").public)
    with pytest.raises(JwsRefused, match="expected a token of at most 65536 characters, found 65537"):
        jws.read_unverified(token + "A")


def test_a_document_of_ours_that_is_no_badge_may_be_longer_when_its_reader_says_so() -> None:
    token = jws.sign(b"x" * 50_000, a_key("EdDSA"), max_size=100_000)
    assert jws.read_unverified(token, max_size=100_000).payload == b"x" * 50_000
    with pytest.raises(JwsRefused):
        jws.read_unverified(token)


def test_a_payload_too_large_is_not_signed() -> None:
    with pytest.raises(JwsRefused, match="expected a token of at most 65536 characters, made one of") as refusal:
        jws.sign(b"x" * 50_000, a_key("EdDSA"))
    assert refusal.value.code == "jws_too_large"


# Keys


def pem_of(key: object) -> str:
    return key.public_bytes(  # type: ignore[attr-defined]
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def private_pem() -> str:
    return (
        a_key()
        .private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


def an_rsa_key(bits: int, exponent: int) -> str:
    """Any odd modulus will do: nobody signs with it."""
    return pem_of(rsa.RSAPublicNumbers(exponent, 2 ** (bits - 1) + 3**100 * 2 + 1).public_key())


@pytest.mark.parametrize(
    ("pem", "code"),
    [
        pytest.param(lambda: "", "key_not_pem", id="nothing"),
        pytest.param(lambda: "é" * 10, "key_not_pem", id="not ASCII"),
        pytest.param(lambda: '{"kty":"RSA"}', "key_not_pem", id="a JWK"),
        pytest.param(private_pem, "key_not_pem", id="a private key"),
        pytest.param(lambda: pem_of(a_key().private.public_key()) * 2, "key_not_pem", id="two keys"),
        pytest.param(lambda: pem_of(a_key().private.public_key()) + private_pem(), "key_not_pem", id="and a private"),
        pytest.param(lambda: "x" + pem_of(a_key().private.public_key()), "key_not_pem", id="words before"),
        pytest.param(lambda: pem_of(a_key().private.public_key()) + " " * 5000, "key_not_pem", id="very long"),
        pytest.param(lambda: pem_of(a_key().private.public_key()).replace("PUBLIC KEY", "CERTIFICATE"), "key_not_pem"),
        pytest.param(
            lambda: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "key_unreadable", id="garbage"
        ),
        pytest.param(
            lambda: "-----BEGIN PUBLIC KEY-----\n====\n-----END PUBLIC KEY-----\n", "key_unreadable", id="padding alone"
        ),
        pytest.param(lambda: an_rsa_key(1024, 65537), "key_size", id="RSA of 1024 bits"),
        pytest.param(lambda: an_rsa_key(2047, 65537), "key_size", id="RSA of 2047 bits"),
        pytest.param(lambda: an_rsa_key(8193, 65537), "key_size", id="RSA of 8193 bits"),
        pytest.param(lambda: an_rsa_key(2048, 3), "key_exponent", id="exponent 3"),
        pytest.param(lambda: an_rsa_key(2048, 65535), "key_exponent", id="exponent just below"),
        pytest.param(lambda: an_rsa_key(2048, 2**32 + 1), "key_exponent", id="exponent beyond 32 bits"),
        pytest.param(lambda: pem_of(ec.generate_private_key(ec.SECP384R1()).public_key()), "key_type", id="P-384"),
        pytest.param(lambda: pem_of(ec.generate_private_key(ec.SECP256K1()).public_key()), "key_type", id="secp256k1"),
        pytest.param(lambda: pem_of(ed448.Ed448PrivateKey.generate().public_key()), "key_type", id="Ed448"),
        pytest.param(lambda: pem_of(dsa.generate_private_key(1024).public_key()), "key_type", id="DSA"),
    ],
)
def test_what_is_not_a_key_we_work_with_is_refused(pem: object, code: str) -> None:
    with pytest.raises(KeyRefused) as refusal:
        jws.load_public_key(pem())  # type: ignore[operator]
    assert refusal.value.code == code
    assert "PRIVATE" not in str(refusal.value)


@pytest.mark.parametrize("bits", [2048, 3072, 4096, 8192])
def test_rsa_keys_of_these_sizes_are_read(bits: int) -> None:
    assert jws.load_public_key(an_rsa_key(bits, 65537)).algorithm == "RS256"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_key_is_the_same_however_its_pem_is_spelled(algorithm: str) -> None:
    key = a_key(algorithm).public
    for spelling in (key.pem, key.pem.replace("\n", "\r\n"), key.pem.strip(), f"\n  {key.pem}\n"):
        read = jws.load_public_key(spelling)
        assert read == key
        assert read.fingerprint == key.fingerprint
        assert re.fullmatch(r"sha256\$[0-9a-f]{64}", read.fingerprint)
    assert key != a_key(algorithm, "another").public


def test_the_fingerprint_is_that_of_the_key_in_der() -> None:
    der = (
        a_key()
        .private.public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert a_key().public.fingerprint == "sha256$" + hashlib.sha256(der).hexdigest()


def test_white_space_around_a_key_is_bounded() -> None:
    pem = a_key().public.pem
    assert jws.load_public_key(pem.ljust(4096)) == a_key().public
    with pytest.raises(KeyRefused):
        jws.load_public_key(pem.ljust(4097))


@pytest.mark.parametrize("exponent", [65537, 65539, 2**32 - 1])
def test_rsa_exponents_in_bounds_are_read(exponent: int) -> None:
    assert jws.load_public_key(an_rsa_key(2048, exponent)).algorithm == "RS256"


def test_the_pem_of_older_tools_is_read_as_the_same_key() -> None:
    older = a_key().private.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
    assert older.startswith(b"-----BEGIN RSA PUBLIC KEY-----")
    assert jws.load_public_key(older.decode()) == a_key().public


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: _in_pem(data)))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    with pytest.raises(KeyRefused):
        jws.load_public_key(text)


def _in_pem(data: bytes) -> str:
    return f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(data).decode()}\n-----END PUBLIC KEY-----\n"


def test_a_name_outside_the_list_signs_nothing() -> None:
    with pytest.raises(KeyRefused, match="expected RS256, ES256 or EdDSA, found 'none'") as refused:
        jws.signing_algorithm("none")
    assert refused.value.code == "key_type"


# The house


def test_verifying_imports_no_jwt_library() -> None:
    program = "import sys, badges.openbadges.jws; print('jwt' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


WITHOUT_THE_FAST_LIBRARIES = """
import sys
sys.modules["pybase64"] = sys.modules["orjson"] = None
from badges.openbadges import jws, strict_json
from badges.errors import BadgesError
token = sys.argv[1]
jws.verify(jws.read_unverified(token), jws.load_public_key(sys.argv[2]))
read = 0
for mutant in [token + "=", token + "\\n", token[:5] + "*" + token[5:], token.replace(".", "=.")]:
    try:
        read += bool(jws.read_unverified(mutant))
    except BadgesError:
        pass
print(read, strict_json.loads(b'{"a":[1]}'))
"""


def test_without_the_fast_libraries_we_read_the_same_and_no_less_strictly() -> None:
    arguments = [jws.sign(b"{}", a_key("EdDSA")), a_key("EdDSA").public.pem]
    command = [sys.executable, "-c", WITHOUT_THE_FAST_LIBRARIES, *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert found.stdout == "0 {'a': [1]}\n"


def test_no_symmetric_algorithm_is_named_anywhere() -> None:
    room = Path(jws.__file__).parent
    assert [path.name for path in room.glob("*.py") if re.search(r"HS\d|HMAC|[Nn]oneAlg", path.read_text())] == []
