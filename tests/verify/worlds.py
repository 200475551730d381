"""Badges of strangers, one per rule of Open Badges 2.0: each with the right verdict and the paragraph that decides.

Start at :data:`WORLDS`. A world is an honest :class:`Scene` (one issuer, one BadgeClass, one Assertion, signed or
hosted) and what is changed in it. Nothing here comes from the product: documents are plain dicts, signatures are made
with ``cryptography``, so that our verifier and the 1EdTech reference validator can be asked about the same bytes.

The right verdict is what the specification says, read with ``docs/decisions/0005`` where it leaves a choice; never
what either validator happens to answer. Dates are far enough from today for a validator that reads the real clock.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from badges.openbadges import png, svg
from badges.openbadges.contexts import PINNED

Verdict = Literal["valid", "not valid", "undetermined"]
VALID: Verdict = "valid"
NOT_VALID: Verdict = "not valid"
UNDETERMINED: Verdict = "undetermined"

CONTEXT = "https://w3id.org/openbadges/v2"
V1 = "https://w3id.org/openbadges/v1"
V2 = PINNED[0]
HOST = "https://badges.example.org"
ELSEWHERE = "https://elsewhere.example.net"
EMAIL = "nadia@example.org"
SALT = "sel gris"
URN = "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11"
OTHER_URN = "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c12"

ADDRESS = {
    "assertion": f"{HOST}/assertions/1",
    "badge_class": f"{HOST}/badges/planter",
    "profile": f"{HOST}/issuer",
    "key": f"{HOST}/key",
    "revocations": f"{HOST}/revocations",
}


@dataclass(frozen=True)
class Answer:
    """What an address answers."""

    body: bytes
    status: int = 200
    content_type: str = "application/ld+json"


@cache
def picture(width: int = 1) -> bytes:
    """A PNG of one pixel."""
    import struct
    import zlib

    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0))]
    chunks += [(b"IDAT", zlib.compress(bytes(width + 1))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'
PNG_DATA = "data:image/png;base64," + base64.b64encode(picture()).decode()


@cache
def private_key(name: str) -> Any:
    """``rsa``, ``rsa other``, ``rsa 1024``, ``rsa e3``, ``ec``, ``ec 384``, ``ed25519``."""
    kind, _, more = name.partition(" ")
    if kind == "ec":
        return ec.generate_private_key(ec.SECP384R1() if more == "384" else ec.SECP256R1())
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(3 if more == "e3" else 65537, 1024 if more == "1024" else 2048)


def pem(name: str) -> str:
    public = private_key(name).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(public.public_bytes(serialization.Encoding.PEM, form).decode())


def private_pem(name: str) -> str:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return str(private_key(name).private_bytes(serialization.Encoding.PEM, form, plain).decode())


def pkcs1_pem(name: str) -> str:
    form = serialization.PublicFormat.PKCS1
    return str(private_key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signature(algorithm: str, key: Any, data: bytes) -> bytes:
    hash_of = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}.get(algorithm[2:])
    if algorithm == "EdDSA":
        return bytes(key.sign(data))
    assert hash_of is not None
    if algorithm.startswith("ES"):
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hash_of)))
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    if algorithm.startswith("PS"):
        return bytes(key.sign(data, padding.PSS(padding.MGF1(hash_of), hash_of.digest_size), hash_of))
    return bytes(key.sign(data, padding.PKCS1v15(), hash_of))


def identity(value: str = EMAIL, salt: str = SALT, name: str = "sha256") -> str:
    return f"{name}${hashlib.new(name, (value + salt).encode()).hexdigest()}"


@dataclass
class Scene:
    """One issuer on the web and one badge, right in every way until somebody changes it."""

    kind: Literal["signed", "hosted"]
    documents: dict[str, Any] = field(default_factory=dict)
    address: dict[str, str] = field(default_factory=lambda: dict(ADDRESS))
    answers: dict[str, Answer | None] = field(default_factory=dict)
    """What these addresses answer, instead of the documents; None is silence."""
    signer: str = "rsa"
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256"})
    payload: bytes | None = None
    carry: Callable[[Scene, str], str | bytes] = lambda scene, text: text
    recipient: dict[str, str] | None = None

    def __post_init__(self) -> None:
        signed = self.kind == "signed"
        at = self.address
        self.documents = {
            "assertion": {
                "@context": CONTEXT,
                "type": "Assertion",
                "id": URN if signed else at["assertion"],
                "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": identity()},
                "badge": at["badge_class"],
                "verification": {"type": "SignedBadge", "creator": at["key"]} if signed else {"type": "HostedBadge"},
                "issuedOn": "2026-01-20T10:00:00Z",
            },
            "badge_class": {
                "@context": CONTEXT,
                "type": "BadgeClass",
                "id": at["badge_class"],
                "name": "Planter",
                "description": "Planter des légumes",
                "image": f"{HOST}/planter.png",
                "criteria": {"narrative": "Plante droit."},
                "issuer": at["profile"],
            },
            "profile": {
                "@context": CONTEXT,
                "type": "Issuer",
                "id": at["profile"],
                "name": "Les Jardins",
                "url": HOST,
                "email": "contact@example.org",
            }
            | ({"publicKey": at["key"], "revocationList": at["revocations"]} if signed else {}),
        }
        if signed:
            self.documents |= {
                "key": {
                    "@context": CONTEXT,
                    "type": "CryptographicKey",
                    "id": at["key"],
                    "owner": at["profile"],
                    "publicKeyPem": pem("rsa"),
                },
                "revocations": {
                    "@context": CONTEXT,
                    "type": "RevocationList",
                    "id": at["revocations"],
                    "issuer": at["profile"],
                    "revokedAssertions": [OTHER_URN, "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c13"],
                },
            }
        self.answers = {f"{HOST}/planter.png": Answer(picture(), content_type="image/png")}
        self.answers |= {address: Answer(_bytes(PINNED[2].document())) for address in PINNED[2].addresses}

    @property
    def web(self) -> dict[str, Answer]:
        published = {
            self.address[name]: Answer(_bytes(document))
            for name, document in self.documents.items()
            if name in self.address and not (name == "assertion" and self.kind == "signed")
        }
        return {address: answer for address, answer in (published | self.answers).items() if answer is not None}

    def token(self) -> str:
        payload = _bytes(self.documents["assertion"]) if self.payload is None else self.payload
        said = f"{base64url(json.dumps(self.header).encode())}.{base64url(payload)}"
        algorithm = self.header.get("alg", "RS256")
        if algorithm == "none":
            return f"{said}."
        if algorithm == "HS256":
            return f"{said}.{base64url(hmac.digest(pem('rsa').encode(), said.encode(), 'sha256'))}"
        try:
            made = signature(algorithm, private_key(self.signer), said.encode())
        except (AttributeError, TypeError):  # the header names another kind of key: as its own algorithm signs
            made = signature("RS256" if self.signer.startswith("rsa") else "ES256", private_key(self.signer), b"")
        return f"{said}.{base64url(made)}"

    @property
    def badge(self) -> str | bytes:
        text = (
            self.token()
            if self.kind == "signed"
            else _bytes(self.documents["assertion"]).decode("utf-8", "surrogatepass")
        )
        return self.carry(self, text)


def _bytes(document: Any) -> bytes:
    return (
        document
        if isinstance(document, bytes)
        else json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    )


Change = Callable[[Scene], None]


class World(NamedTuple):
    name: str
    kind: Literal["signed", "hosted"]
    right: Verdict
    paragraph: str
    changes: tuple[Change, ...]

    def scene(self) -> Scene:
        scene = Scene(self.kind)
        for change in self.changes:
            change(scene)
        return scene


# -- changes -----------------------------------------------------------------------------------------------------


def put(path: str, value: Any) -> Change:
    """``put("profile.name", 5)``: this member of this document is this value."""

    def change(scene: Scene) -> None:
        *way, last = path.split(".")
        place: Any = scene.documents
        for name in way:
            place = place[name]
        place[last] = copy.deepcopy(value)

    return change


def drop(path: str) -> Change:
    def change(scene: Scene) -> None:
        *way, last = path.split(".")
        place: Any = scene.documents
        for name in way:
            place = place[name]
        del place[last]

    return change


def rename(path: str, name: str) -> Change:
    """The same member under another name, in the same place of its object."""

    def change(scene: Scene) -> None:
        *way, last = path.split(".")
        place: Any = scene.documents
        for step in way:
            place = place[step]
        items = [(name if key == last else key, value) for key, value in place.items()]
        place.clear()
        place.update(items)

    return change


def wrap(path: str) -> Change:
    """The value, in an array of one."""

    def change(scene: Scene) -> None:
        *way, last = path.split(".")
        place: Any = scene.documents
        for name in way:
            place = place[name]
        place[last] = [place[last]]

    return change


def embed(path: str, document: str) -> Change:
    """A whole document where there was its address; it is still published too."""

    def change(scene: Scene) -> None:
        put(path, {name: value for name, value in scene.documents[document].items() if name != "@context"})(scene)

    return change


def move(document: str, address: str) -> Change:
    """The document is published elsewhere, calls itself so, and who named it names it there."""

    def change(scene: Scene) -> None:
        old = scene.address[document]
        text = json.dumps(scene.documents).replace(json.dumps(old), json.dumps(address))
        scene.documents = json.loads(text)
        scene.address[document] = address

    return change


def answer(
    where: str, status: int = 200, body: bytes | None = None, content_type: str = "application/ld+json"
) -> Change:
    """``where`` is a document or an address; without ``body`` it answers what it did."""

    def change(scene: Scene) -> None:
        address = scene.address.get(where, where)
        said = _bytes(scene.documents[where]) if body is None else body
        scene.answers[address] = Answer(said, status, content_type)

    return change


def publish(address: str, document: Any) -> Change:
    return lambda scene: scene.answers.update({address: Answer(_bytes(document))})


def also_at(address: str) -> Change:
    """The Assertion under another spelling of its address: clients normalise what they ask."""
    return lambda scene: publish(address, scene.documents["assertion"])(scene)


def silence(where: str) -> Change:
    return lambda scene: scene.answers.update({scene.address.get(where, where): None})


def revoked(*entries: Any) -> Change:
    return put("revocations.revokedAssertions", list(entries))


def signed_by(key: str, algorithm: str = "RS256", *, published: bool = True) -> Change:
    def change(scene: Scene) -> None:
        scene.signer, scene.header = key, {"alg": algorithm}
        if published:
            scene.documents["key"]["publicKeyPem"] = pem(key)

    return change


def header(**members: Any) -> Change:
    return lambda scene: scene.header.update(members)


def payload(data: bytes) -> Change:
    return lambda scene: setattr(scene, "payload", data)


def expecting(**profile: str) -> Change:
    return lambda scene: setattr(scene, "recipient", profile)


def carried(carry: Callable[[Scene, str], str | bytes]) -> Change:
    return lambda scene: setattr(scene, "carry", carry)


def text_changed(old: str, new: str) -> Change:
    """The published Assertion, changed as text: for what is no JSON."""

    def change(scene: Scene) -> None:
        data = _bytes(scene.documents["assertion"]).decode()
        assert old in data
        changed = data.replace(old, new, 1).encode()
        if scene.kind == "signed":
            scene.payload = changed
        else:
            scene.answers[scene.address["assertion"]] = Answer(changed)

    return change


# -- the corpus --------------------------------------------------------------------------------------------------

WORLDS: list[World] = []


def signed(name: str, right: Verdict, paragraph: str, *changes: Change) -> None:
    WORLDS.append(World(f"signed: {name}", "signed", right, paragraph, changes))


def hosted(name: str, right: Verdict, paragraph: str, *changes: Change) -> None:
    WORLDS.append(World(f"hosted: {name}", "hosted", right, paragraph, changes))


def both(name: str, right: Verdict, paragraph: str, *changes: Change) -> None:
    signed(name, right, paragraph, *changes)
    hosted(name, right, paragraph, *changes)


# Honest badges, in every form that carries one.

both("nothing is changed", VALID, "Verification")
signed("in a PNG", VALID, "Baking, PNG", carried(lambda scene, text: png.bake(picture(), text)))
signed("in an SVG", VALID, "Baking, SVG", carried(lambda scene, text: svg.bake(DRAWING, text)))
hosted("in a PNG", VALID, "Baking, PNG", carried(lambda scene, text: png.bake(picture(), text)))
hosted("given by its address", VALID, "HostedBadge Verification", carried(lambda scene, _: scene.address["assertion"]))
hosted(
    "an older copy in hand, a right one published",
    VALID,
    "HostedBadge Verification: only what is served counts",
    carried(lambda scene, text: text.replace("2026-01-20", "2025-01-20")),
)
hosted(
    "a right copy in hand, another person in the one published",
    NOT_VALID,
    "HostedBadge Verification: only what is served counts",
    put("assertion.recipient.identity", identity("autre@example.org")),
    expecting(email=EMAIL),
    carried(lambda scene, text: text.replace(identity("autre@example.org"), identity())),
)
signed("a picture with nothing in it", NOT_VALID, "Baking, extraction", carried(lambda scene, text: picture()))
signed("a word", NOT_VALID, "Verification: no badge was given", carried(lambda scene, text: "hello"))
hosted("JSON without id", NOT_VALID, "Assertion, id", drop("assertion.id"))

# Assertion: each property.

for _property in ("recipient", "badge", "verification", "issuedOn", "type"):
    both(
        f"Assertion without {_property}",
        NOT_VALID,
        f"Assertion, {_property} (required)",
        drop(f"assertion.{_property}"),
    )
    both(
        f"Assertion, {_property} null",
        NOT_VALID,
        "JSON-LD 1.0 §6.10: null is absence",
        put(f"assertion.{_property}", None),
    )
signed("Assertion without id", NOT_VALID, "Assertion, id (required)", drop("assertion.id"))
signed("Assertion, id a number", NOT_VALID, "Primitive datatypes, IRI", put("assertion.id", 7))
signed("Assertion, id a bare word", NOT_VALID, "Primitive datatypes, IRI", put("assertion.id", "badge-one"))
signed("Assertion, id a relative address", NOT_VALID, "Primitive datatypes, IRI", put("assertion.id", "/assertions/1"))
signed("Assertion, id a damaged uuid", NOT_VALID, "Primitive datatypes, IRI", put("assertion.id", "urn:uuid:4f1f6b6e"))
signed("Assertion, id an http address", VALID, "Assertion, id", put("assertion.id", f"{HOST}/assertions/9"))
both(
    "Assertion of type BadgeClass",
    NOT_VALID,
    "Assertion, type: must include Assertion",
    put("assertion.type", "BadgeClass"),
)
signed("Assertion of type 5", NOT_VALID, "Primitive datatypes, JSON-LD type", put("assertion.type", 5))
both(
    "Assertion, type an array of one",
    VALID,
    "Primitive datatypes: one value or an array of one",
    wrap("assertion.type"),
)
both(
    "Assertion, type an array of two",
    VALID,
    "Assertion, type: must include Assertion",
    put("assertion.type", ["Assertion", "https://example.org/terms#Award"]),
)
both("Assertion, type obi:Assertion", VALID, "Context v2: obi is a prefix", put("assertion.type", "obi:Assertion"))
both(
    "Assertion, type in full",
    VALID,
    "JSON-LD 1.0 §6.4: an IRI and its term are one",
    put("assertion.type", "https://w3id.org/openbadges#Assertion"),
)
both(
    "Assertion, recipient a string",
    NOT_VALID,
    "Assertion, recipient: IdentityObject",
    put("assertion.recipient", EMAIL),
)
signed(
    "Assertion, recipient a number", NOT_VALID, "Assertion, recipient: IdentityObject", put("assertion.recipient", 3)
)
signed(
    "Assertion, recipient an empty array", NOT_VALID, "Assertion, recipient (required)", put("assertion.recipient", [])
)
signed("Assertion, recipient an array of one", VALID, "Primitive datatypes: arrays", wrap("assertion.recipient"))
signed(
    "Assertion, two recipients",
    NOT_VALID,
    "Assertion, recipient: a single one",
    put(
        "assertion.recipient", [{"type": "email", "hashed": False, "identity": name} for name in ("a@b.org", "c@d.org")]
    ),
)
both("Assertion, badge a number", NOT_VALID, "Assertion, badge: IRI or BadgeClass", put("assertion.badge", 12))
signed("Assertion, badge a word", NOT_VALID, "Primitive datatypes, IRI", put("assertion.badge", "planter"))
both("Assertion, badge in an array of one", VALID, "Primitive datatypes: arrays", wrap("assertion.badge"))
signed(
    "Assertion, two badges",
    NOT_VALID,
    "Assertion, badge: a single one",
    put("assertion.badge", [ADDRESS["badge_class"]] * 2),
)
signed("Assertion, image an address", VALID, "Assertion, image", put("assertion.image", f"{HOST}/planter.png"))
signed(
    "Assertion, image an Image",
    VALID,
    "Image",
    put("assertion.image", {"id": f"{HOST}/planter.png", "caption": "Un plant"}),
)
signed("Assertion, image a number", NOT_VALID, "Assertion, image", put("assertion.image", 5))
signed("Assertion, image a word", NOT_VALID, "Primitive datatypes, IRI", put("assertion.image", "planter.png"))
signed(
    "Assertion, image without id", NOT_VALID, "Image, id (required)", put("assertion.image", {"caption": "Un plant"})
)
signed("Assertion, image a data URI", VALID, "Image, id: IRI or Data URI", put("assertion.image", PNG_DATA))
signed(
    "Assertion, caption a number",
    NOT_VALID,
    "Image, caption: Text",
    put("assertion.image", {"id": f"{HOST}/planter.png", "caption": 5}),
)
signed(
    "Assertion, two images",
    NOT_VALID,
    "Assertion, image: a single one",
    put("assertion.image", [f"{HOST}/planter.png"] * 2),
)
signed("narrative", VALID, "Assertion, narrative", put("assertion.narrative", "Vu *deux* fois."))
signed("narrative a number", NOT_VALID, "Assertion, narrative: Text", put("assertion.narrative", 5))
signed("narrative an object", NOT_VALID, "Assertion, narrative: Text", put("assertion.narrative", {"fr": "Vu"}))
signed("evidence an address", VALID, "Assertion, evidence", put("assertion.evidence", f"{HOST}/evidence/1"))
signed("evidence an object", VALID, "Evidence", put("assertion.evidence", {"narrative": "Vu."}))
signed(
    "evidence of both kinds",
    VALID,
    "Assertion, evidence: several",
    put("assertion.evidence", [f"{HOST}/evidence/1", {"name": "Vu"}]),
)
signed("evidence a number", NOT_VALID, "Assertion, evidence", put("assertion.evidence", 5))
signed("evidence a sentence", NOT_VALID, "Primitive datatypes, IRI", put("assertion.evidence", "vu au jardin"))
for _name in ("narrative", "name", "description", "genre", "audience"):
    signed(f"Evidence, {_name} a number", NOT_VALID, f"Evidence, {_name}: Text", put("assertion.evidence", {_name: 5}))
signed("Evidence, id a word", NOT_VALID, "Evidence, id: IRI", put("assertion.evidence", {"id": "preuve", "name": "Vu"}))
both("revoked false", VALID, "Assertion, revoked", put("assertion.revoked", False))
both("revoked true, answered with 200", NOT_VALID, "Revoking Hosted Assertions", put("assertion.revoked", True))
both("revoked the text true", NOT_VALID, "Primitive datatypes, Boolean", put("assertion.revoked", "true"))
signed(
    "revocationReason a number", NOT_VALID, "Assertion, revocationReason: Text", put("assertion.revocationReason", 5)
)
signed(
    "a property that the context does not know",
    VALID,
    "Open Badges Vocabulary: unmapped, not part of the badge",
    put("assertion.couleur", "verte"),
)
signed("version a number", VALID, "Properties usable on several classes, version", put("assertion.version", 2))
signed("version an object", NOT_VALID, "version: Text or Number", put("assertion.version", {"major": 2}))
signed("@language French", VALID, "@language: BCP 47", put("assertion.@language", "fr-FR"))
signed("@language not a language", NOT_VALID, "@language: BCP 47", put("assertion.@language", "français !"))

# Dates.

for _name, _text, _right in (
    ("in UTC", "2026-01-20T10:00:00Z", VALID),
    ("with a fraction", "2026-01-20T10:00:00.123456Z", VALID),
    ("without seconds", "2026-01-20T10:00Z", VALID),
    ("with an offset", "2026-01-20T10:00:00+02:00", VALID),
    ("with an offset without colon", "2026-01-20T10:00:00+0200", VALID),
    ("without zone", "2026-01-20T10:00:00", NOT_VALID),
    ("a bare date", "2026-01-20", NOT_VALID),
    ("a day that is not", "2026-02-30T10:00:00Z", NOT_VALID),
    ("a month that is not", "2026-13-01T10:00:00Z", NOT_VALID),
    ("with a space for the T", "2026-01-20 10:00:00Z", NOT_VALID),
    ("in words", "20 janvier 2026", NOT_VALID),
    ("the empty text", "", NOT_VALID),
    ("a Unix time", 1768903200, NOT_VALID),
    ("a Unix time as text", "1768903200", NOT_VALID),
    ("an RFC 2822 date", "Tue, 20 Jan 2026 10:00:00 +0000", NOT_VALID),
    ("in the year 2100", "2100-01-01T00:00:00Z", NOT_VALID),
):
    _paragraph = "Assertion, issuedOn: past" if "2100" in str(_text) else "Primitive datatypes, DateTime"
    signed(f"issuedOn {_name}", _right, _paragraph, put("assertion.issuedOn", _text))
signed(
    "two issuedOn",
    NOT_VALID,
    "Assertion, issuedOn: a single one",
    put("assertion.issuedOn", ["2026-01-20T10:00:00Z"] * 2),
)
both("expires in 2099", VALID, "Assertion, expires", put("assertion.expires", "2099-01-01T00:00:00Z"))
both("expired", NOT_VALID, "Assertion, expires", put("assertion.expires", "2026-02-01T00:00:00Z"))
signed("expires before issuedOn", NOT_VALID, "Assertion, expires", put("assertion.expires", "2025-02-01T00:00:00Z"))
signed("expires a bare date", NOT_VALID, "Primitive datatypes, DateTime", put("assertion.expires", "2099-01-01"))
signed(
    "expires without zone", NOT_VALID, "Primitive datatypes, DateTime", put("assertion.expires", "2099-01-01T00:00:00")
)
signed("expires null", VALID, "JSON-LD 1.0 §6.10: null is absence", put("assertion.expires", None))

# Recipient.

for _property in ("type", "identity", "hashed"):
    signed(
        f"recipient without {_property}",
        NOT_VALID,
        f"IdentityObject, {_property} (required)",
        drop(f"assertion.recipient.{_property}"),
    )
signed(
    "recipient, hashed the text true",
    NOT_VALID,
    "IdentityObject, hashed: Boolean",
    put("assertion.recipient.hashed", "true"),
)
signed(
    "recipient, identity a number", NOT_VALID, "IdentityObject, identity: Text", put("assertion.recipient.identity", 5)
)
signed("recipient, salt a number", NOT_VALID, "IdentityObject, salt: Text", put("assertion.recipient.salt", 5))
signed(
    "recipient, hash without its name", NOT_VALID, "IdentityHash", put("assertion.recipient.identity", identity()[7:])
)
signed(
    "recipient, hash sha1",
    NOT_VALID,
    "IdentityHash: md5 or sha256",
    put("assertion.recipient.identity", identity(name="sha1")),
)
signed("recipient, hash too short", NOT_VALID, "IdentityHash", put("assertion.recipient.identity", identity()[:-1]))
signed(
    "recipient, hash not hexadecimal",
    NOT_VALID,
    "IdentityHash",
    put("assertion.recipient.identity", "sha256$" + "g" * 64),
)
signed(
    "recipient, plain though hashed", NOT_VALID, "IdentityObject, hashed", put("assertion.recipient.identity", EMAIL)
)
signed(
    "recipient, hash though not hashed", NOT_VALID, "IdentityObject, hashed", put("assertion.recipient.hashed", False)
)
signed(
    "recipient, plain and no e-mail address",
    NOT_VALID,
    "IdentityObject, type email",
    put("assertion.recipient", {"type": "email", "hashed": False, "identity": "Nadia"}),
)
signed(
    "recipient of a type that the context does not know",
    VALID,
    "IdentityObject, type: should be mapped in the context",
    put("assertion.recipient", {"type": "matricule", "hashed": False, "identity": "123"}),
)
signed("recipient expected and right", VALID, "IdentityObject; Verification, recipient", expecting(email=EMAIL))
signed("recipient expected and another", NOT_VALID, "Verification, recipient", expecting(email="autre@example.org"))
signed(
    "recipient by md5",
    VALID,
    "IdentityHash",
    put("assertion.recipient.identity", identity(name="md5")),
    expecting(email=EMAIL),
)
signed(
    "recipient, hash in capitals",
    VALID,
    "IdentityHash: upper or lower case",
    put("assertion.recipient.identity", "sha256$" + identity()[7:].upper()),
    expecting(email=EMAIL),
)
signed(
    "recipient without salt",
    VALID,
    "IdentityObject, salt: absent is unsalted",
    put("assertion.recipient", {"type": "email", "hashed": True, "identity": identity(salt="")}),
    expecting(email=EMAIL),
)
signed(
    "recipient in plain",
    VALID,
    "IdentityObject",
    put("assertion.recipient", {"type": "email", "hashed": False, "identity": EMAIL}),
    expecting(email=EMAIL),
)
signed(
    "recipient expected in other capitals",
    VALID,
    "IdentityObject is silent on case; one mailbox for every server of today",
    expecting(email="Nadia@Example.org"),
)
signed(
    "recipient hashed in capitals",
    VALID,
    "IdentityObject: as the recipient is known",
    put("assertion.recipient.identity", identity("Nadia@Example.org")),
    expecting(email="Nadia@Example.org"),
)
signed(
    "recipient by url",
    VALID,
    "IdentityObject, type url",
    put(
        "assertion.recipient",
        {"type": "url", "hashed": True, "salt": SALT, "identity": identity("https://nadia.example.org/")},
    ),
    expecting(url="https://nadia.example.org/"),
)
signed(
    "recipient by url, an e-mail expected",
    UNDETERMINED,
    "Decision 0005: the badge cannot tell",
    put(
        "assertion.recipient",
        {"type": "url", "hashed": True, "salt": SALT, "identity": identity("https://nadia.example.org/")},
    ),
    expecting(email=EMAIL),
)
signed(
    "recipient by telephone",
    VALID,
    "IdentityObject, type telephone",
    put("assertion.recipient", {"type": "telephone", "hashed": False, "identity": "+33612345678"}),
    expecting(telephone="+33612345678"),
)
signed(
    "recipient, type schema:email",
    VALID,
    "JSON-LD 1.0 §6.4: a compact IRI and its term are one",
    put("assertion.recipient.type", "schema:email"),
    expecting(email=EMAIL),
)
signed(
    "recipient, type in an array of one",
    VALID,
    "Primitive datatypes: arrays",
    wrap("assertion.recipient.type"),
    expecting(email=EMAIL),
)

# Aliases and spellings of JSON-LD.

both("@id", VALID, "Context v2: id is @id", rename("assertion.id", "@id"))
both("@type", VALID, "Context v2: type is @type", rename("assertion.type", "@type"))
both("verify for verification", VALID, "Context v2: verify is verification", rename("assertion.verification", "verify"))
signed("type signed", VALID, "Context v2: signed is SignedBadge", put("assertion.verification.type", "signed"))
hosted("type hosted", VALID, "Context v2: hosted is HostedBadge", put("assertion.verification.type", "hosted"))
both("id and @id, two values", NOT_VALID, "JSON-LD 1.0 §7.2: colliding keywords", put("assertion.@id", OTHER_URN))
signed(
    "badge as an object with only an id",
    VALID,
    "JSON-LD 1.0 §6.4: a node reference is its address",
    put("assertion.badge", {"id": ADDRESS["badge_class"]}),
)
signed(
    "creator as an object with only an id",
    VALID,
    "JSON-LD 1.0: a node reference is its address",
    put("assertion.verification.creator", {"id": ADDRESS["key"]}),
)
both("@context an array of one", VALID, "JSON-LD 1.0 §8.7: context may be an array", wrap("assertion.@context"))
both(
    "@context with an empty object",
    VALID,
    "JSON-LD 1.0 §8.7: context may be an array",
    put("assertion.@context", [CONTEXT, {}]),
)
both("without @context", NOT_VALID, "Data Validation: valid JSON-LD; @context (required)", drop("assertion.@context"))
both(
    "@context of another standard",
    NOT_VALID,
    "Data Validation: valid JSON-LD",
    put("assertion.@context", "https://schema.org/"),
)
both("@context a number", NOT_VALID, "JSON-LD 1.0 §8.7", put("assertion.@context", 5))
signed(
    "@context under its other address",
    VALID,
    "Context v2: the same document at both",
    put("assertion.@context", "https://openbadgespec.org/v2/context.json"),
    publish("https://openbadgespec.org/v2/context.json", V2.document()),
)
both(
    "@context adds a word of its own",
    VALID,
    "JSON-LD 1.0 §8.7: a context may be an object",
    put("assertion.@context", [CONTEXT, {"couleur": "https://example.org/couleur"}]),
    put("assertion.couleur", "verte"),
)
both(
    "@context gives badge another meaning",
    NOT_VALID,
    "JSON-LD 1.0 §8.7: then the document names no badge",
    put("assertion.@context", [CONTEXT, {"badge": "https://example.org/not-a-badge"}]),
)
signed(
    "@context calls issuedOn otherwise",
    VALID,
    "JSON-LD 1.0 §8.7: the same once expanded",
    put("assertion.@context", [CONTEXT, {"remis": {"@id": "obi:issueDate", "@type": "xsd:dateTime"}}]),
    rename("assertion.issuedOn", "remis"),
)
signed(
    "BadgeClass, name by its full IRI",
    VALID,
    "JSON-LD 1.0 §6.4: an IRI and its term are one",
    rename("badge_class.name", "http://schema.org/name"),
)
signed(
    "BadgeClass calls name otherwise",
    VALID,
    "JSON-LD 1.0 §8.7: the same once expanded",
    put("badge_class.@context", [CONTEXT, {"nom": "schema:name"}]),
    rename("badge_class.name", "nom"),
)
_IRI = "https://w3id.org/openbadges#"
_TYPED = {
    name: f"http://www.w3.org/2001/XMLSchema#{kind}"
    for name, kind in {"issuedOn": "dateTime", "expires": "dateTime", "hashed": "boolean", "revoked": "boolean"}.items()
}
_LINKS = frozenset(
    ("badge", "issuer", "image", "creator", "url", "owner", "publicKey", "revocationList", "criteria", "verification")
)


def expanded(document: str) -> Change:
    """The same document as JSON-LD expands it: no context, full addresses, every value in an array."""

    def value_of(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return node(value)
        if name in _LINKS:
            return {"@id": value}
        return {"@value": value} | ({"@type": _TYPED[name]} if name in _TYPED else {})

    def node(source: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, value in source.items():
            if name == "id":
                made["@id"] = value
            elif name == "type":
                made["@type"] = [full(each) for each in (value if isinstance(value, list) else [value])]
            elif name != "@context":
                values = value if isinstance(value, list) else [value]
                made[full(name)] = [value_of(name, each) for each in values]
        return made

    def full(name: str) -> str:
        meaning = V2.document()["@context"][name]
        address: str = meaning["@id"] if isinstance(meaning, dict) else meaning
        prefix, _, rest = address.partition(":")
        return V2.document()["@context"].get(prefix, f"{prefix}:") + rest

    def change(scene: Scene) -> None:
        scene.documents[document] = [node(scene.documents[document])]

    return change


def in_a_graph(scene: Scene) -> None:
    document = scene.documents["assertion"]
    graph = {"@context": CONTEXT, "@graph": [{name: each for name, each in document.items() if name != "@context"}]}
    scene.documents["assertion"] = graph


both("expanded", VALID, "JSON-LD 1.0 API §6: the same once expanded", expanded("assertion"))
signed(
    "expanded, BadgeClass and Profile too",
    VALID,
    "JSON-LD 1.0 API §6: the same once expanded",
    *(expanded(name) for name in ("assertion", "badge_class", "profile", "key")),
)
signed("in a @graph", VALID, "JSON-LD 1.0 §6.13: one node in a graph", in_a_graph)
signed(
    "@context of another after ours",
    UNDETERMINED,
    "JSON-LD 1.0 §8.7: the last definition counts; Data Validation: linked documents are available",
    put("assertion.@context", [CONTEXT, f"{ELSEWHERE}/context.json"]),
)
both(
    "@context of another before ours",
    UNDETERMINED,
    "JSON-LD 1.0 API §7: loading remote context failed",
    put("assertion.@context", [f"{ELSEWHERE}/context.json", CONTEXT]),
)
signed(
    "@context empties that of Open Badges",
    NOT_VALID,
    "JSON-LD 1.0 §8.7: null resets",
    put("assertion.@context", [CONTEXT, None]),
)
both(
    "@context takes a name away",
    NOT_VALID,
    "JSON-LD 1.0 §8.7: a term may be null",
    put("assertion.@context", [CONTEXT, {"badge": None}]),
)
both(
    "@context written out, with a prefix of its own",
    VALID,
    "JSON-LD 1.0 §6.3: compact IRIs",
    put("assertion.@context", [CONTEXT, {"ob": _IRI}]),
    rename("assertion.issuedOn", "ob:issueDate"),
    put("assertion.ob:issueDate", {"@type": "xsd:dateTime", "@value": "2026-01-20T10:00:00Z"}),
)
signed(
    "issuedOn by its IRI, without its type",
    NOT_VALID,
    "JSON-LD 1.0 §6.4: a plain text is no xsd:dateTime",
    rename("assertion.issuedOn", f"{_IRI}issueDate"),
)
signed(
    "badge by its IRI, as a text",
    NOT_VALID,
    "JSON-LD 1.0 §6.4: a text is no address",
    rename("assertion.badge", f"{_IRI}badge"),
)
signed(
    "two badges, one of them by its IRI",
    NOT_VALID,
    "Assertion, badge: a single one",
    lambda scene: scene.documents["assertion"].update({f"{_IRI}badge": {"@id": f"{ELSEWHERE}/badges/other"}}),
)
signed(
    "withdrawn, by the IRI of revoked",
    NOT_VALID,
    "Assertion, revoked; JSON-LD 1.0 §6.4",
    lambda scene: scene.documents["assertion"].update({"obi:revoked": {"@type": "xsd:boolean", "@value": True}}),
)
signed(
    "expired, by the IRI of expires",
    NOT_VALID,
    "Assertion, expires; JSON-LD 1.0 §6.4",
    lambda scene: scene.documents["assertion"].update(
        {"sec:expiration": {"@type": "xsd:dateTime", "@value": "2026-02-01T00:00:00Z"}}
    ),
)
hosted(
    "withdrawn, by the IRI of revoked",
    NOT_VALID,
    "Revoking Hosted Assertions; JSON-LD 1.0 §6.4",
    lambda scene: scene.documents["assertion"].update({"obi:revoked": {"@type": "xsd:boolean", "@value": True}}),
)
signed(
    "Assertion, type redefined",
    NOT_VALID,
    "JSON-LD 1.0 §8.7: then it is no Assertion",
    put("assertion.@context", [CONTEXT, {"Assertion": "https://example.org/terms#Other"}]),
)
signed(
    "Assertion, type by a word of its own",
    VALID,
    "JSON-LD 1.0 §8.7: the same once expanded",
    put("assertion.@context", [CONTEXT, {"Attestation": "obi:Assertion"}]),
    put("assertion.type", "Attestation"),
)
both(
    "id by a word of its own",
    VALID,
    "JSON-LD 1.0 §6.5: aliasing keywords",
    put("assertion.@context", [CONTEXT, {"adresse": "@id"}]),
    rename("assertion.id", "adresse"),
)
signed(
    "terms that rest on each other",
    NOT_VALID,
    "JSON-LD 1.0 API §7.2: cyclic IRI mapping",
    put("assertion.@context", [CONTEXT, {"a": "b:x", "b": "a:x"}]),
)
signed(
    "recipient, salt by its compact IRI",
    VALID,
    "JSON-LD 1.0 §6.3: compact IRIs",
    put("assertion.@context", [CONTEXT, {}]),
    rename("assertion.recipient.salt", "obi:salt"),
    expecting(email=EMAIL),
)
signed(
    "BadgeClass without @context", NOT_VALID, "BadgeClass: a document needs its @context", drop("badge_class.@context")
)
signed("Profile without @context", NOT_VALID, "Profile: a document needs its @context", drop("profile.@context"))
signed(
    "BadgeClass with @context 2 in an array",
    VALID,
    "JSON-LD 1.0 §8.7: context may be an array",
    wrap("badge_class.@context"),
)

# BadgeClass: each property.

for _property in ("name", "description", "image", "criteria", "issuer", "type", "id"):
    both(
        f"BadgeClass without {_property}",
        NOT_VALID,
        f"BadgeClass, {_property} (required)",
        drop(f"badge_class.{_property}"),
    )
for _property in ("name", "description", "image", "criteria", "issuer", "type", "tags", "alignment"):
    signed(
        f"BadgeClass, {_property} a number", NOT_VALID, f"BadgeClass, {_property}", put(f"badge_class.{_property}", 5)
    )
signed("BadgeClass, name in an array of one", VALID, "Primitive datatypes: arrays", wrap("badge_class.name"))
signed(
    "BadgeClass, two names", NOT_VALID, "BadgeClass, name: a single one", put("badge_class.name", ["Planter", "Semer"])
)
signed("BadgeClass, name an empty array", NOT_VALID, "BadgeClass, name (required)", put("badge_class.name", []))
signed(
    "BadgeClass of type Badge", NOT_VALID, "BadgeClass, type: must include BadgeClass", put("badge_class.type", "Badge")
)
signed(
    "BadgeClass, image an Image",
    VALID,
    "Image",
    put("badge_class.image", {"id": f"{HOST}/planter.png", "caption": "Un plant"}),
)
signed("BadgeClass, image a PNG data URI", VALID, "Image, id: IRI or Data URI", put("badge_class.image", PNG_DATA))
signed(
    "BadgeClass, image a text data URI",
    NOT_VALID,
    "BadgeClass, image: PNG or SVG",
    put("badge_class.image", "data:text/plain,planter"),
)
signed(
    "BadgeClass, image a JPEG data URI",
    NOT_VALID,
    "BadgeClass, image: PNG or SVG",
    put("badge_class.image", "data:image/jpeg;base64,AAAA"),
)
signed(
    "BadgeClass, image without id", NOT_VALID, "Image, id (required)", put("badge_class.image", {"caption": "Un plant"})
)
signed(
    "BadgeClass, two images",
    NOT_VALID,
    "BadgeClass, image: a single one",
    put("badge_class.image", [f"{HOST}/planter.png"] * 2),
)
signed(
    "BadgeClass, image away (404)",
    UNDETERMINED,
    "Data Validation: required objects end in 200",
    answer(f"{HOST}/planter.png", 404, b""),
)
signed(
    "BadgeClass, image mute",
    UNDETERMINED,
    "Data Validation: required objects end in 200",
    silence(f"{HOST}/planter.png"),
)
signed(
    "BadgeClass, image a page",
    NOT_VALID,
    "BadgeClass, image: PNG or SVG",
    answer(f"{HOST}/planter.png", 200, b"<!doctype html><p>Bonjour", "text/html"),
)
signed("criteria an address", VALID, "BadgeClass, criteria", put("badge_class.criteria", f"{HOST}/criteria"))
signed("criteria with an id only", VALID, "Criteria", put("badge_class.criteria", {"id": f"{HOST}/criteria"}))
signed(
    "criteria of type Criteria",
    VALID,
    "Criteria, type",
    put("badge_class.criteria", {"type": "Criteria", "narrative": "Plante."}),
)
signed(
    "criteria empty",
    NOT_VALID,
    "BadgeClass, criteria (required): an object that says nothing is none",
    put("badge_class.criteria", {}),
)
signed("criteria a sentence", NOT_VALID, "Primitive datatypes, IRI", put("badge_class.criteria", "Plante droit."))
signed(
    "criteria, narrative a number",
    NOT_VALID,
    "Criteria, narrative: Text",
    put("badge_class.criteria", {"narrative": 5}),
)
_ALIGNMENT = {"targetName": "A1416", "targetUrl": "https://example.org/rome/A1416", "targetCode": "A1416"}
signed("alignment", VALID, "AlignmentObject", put("badge_class.alignment", _ALIGNMENT))
signed("alignments", VALID, "BadgeClass, alignment: several", put("badge_class.alignment", [_ALIGNMENT, _ALIGNMENT]))
for _property in ("targetName", "targetUrl"):
    signed(
        f"alignment without {_property}",
        NOT_VALID,
        f"AlignmentObject, {_property} (required)",
        put("badge_class.alignment", {name: value for name, value in _ALIGNMENT.items() if name != _property}),
    )
for _property in ("targetName", "targetUrl", "targetDescription", "targetFramework", "targetCode"):
    signed(
        f"alignment, {_property} a number",
        NOT_VALID,
        f"AlignmentObject, {_property}",
        put("badge_class.alignment", _ALIGNMENT | {_property: 5}),
    )
signed(
    "alignment, targetUrl a word",
    NOT_VALID,
    "AlignmentObject, targetUrl: URL",
    put("badge_class.alignment", _ALIGNMENT | {"targetUrl": "rome"}),
)
signed("one tag, bare", VALID, "BadgeClass, tags; Primitive datatypes: arrays", put("badge_class.tags", "jardin"))
signed("tags", VALID, "BadgeClass, tags", put("badge_class.tags", ["jardin", "plein air"]))
signed("one tag a number", NOT_VALID, "BadgeClass, tags: Text", put("badge_class.tags", ["jardin", 5]))
signed(
    "two issuers",
    NOT_VALID,
    "BadgeClass, issuer: only one",
    put("badge_class.issuer", [ADDRESS["profile"], f"{ELSEWHERE}/issuer"]),
)
signed("issuer in an array of one", VALID, "Primitive datatypes: arrays", wrap("badge_class.issuer"))
both(
    "BadgeClass embedded, and published",
    VALID,
    "Embedded and referenced objects",
    embed("assertion.badge", "badge_class"),
)
both(
    "Profile embedded in the BadgeClass, and published",
    VALID,
    "Embedded and referenced objects",
    embed("badge_class.issuer", "profile"),
)
both(
    "BadgeClass embedded without id",
    NOT_VALID,
    "BadgeClass, id (required)",
    embed("assertion.badge", "badge_class"),
    drop("assertion.badge.id"),
)
signed(
    "BadgeClass embedded with an urn:uuid",
    VALID,
    "BadgeClass, id: ephemeral with signed Assertions",
    embed("assertion.badge", "badge_class"),
    put("assertion.badge.id", OTHER_URN),
)
hosted(
    "BadgeClass embedded with an urn:uuid",
    NOT_VALID,
    "HostedBadge Verification: embedded copies are discarded",
    embed("assertion.badge", "badge_class"),
    put("assertion.badge.id", OTHER_URN),
)
hosted(
    "BadgeClass embedded says another name than the one published",
    VALID,
    "Embedded and referenced objects: what the id serves counts",
    embed("assertion.badge", "badge_class"),
    put("assertion.badge.name", "Diriger"),
)
signed("BadgeClass with an unknown property", VALID, "Additional Properties", put("badge_class.couleur", "verte"))
for _status in (404, 410, 500, 503):
    both(
        f"BadgeClass answers {_status}",
        UNDETERMINED,
        "Data Validation: required objects end in 200; decision 0005: away is not wrong",
        answer("badge_class", _status, b""),
    )
    both(
        f"BadgeClass right, answered with {_status}",
        UNDETERMINED,
        "Data Validation: required objects end in 200",
        answer("badge_class", _status),
    )
signed("BadgeClass mute", UNDETERMINED, "Data Validation; decision 0005: away is not wrong", silence("badge_class"))
signed(
    "BadgeClass a page",
    UNDETERMINED,
    "Data Validation; decision 0005: away is not wrong",
    answer("badge_class", 200, b"<!doctype html>", "text/html"),
)
signed("BadgeClass not JSON", NOT_VALID, "Data Validation: valid JSON-LD", answer("badge_class", 200, b"Planter"))
signed(
    "BadgeClass served as application/json",
    VALID,
    "Setting Content-Type",
    answer("badge_class", content_type="application/json"),
)
signed(
    "BadgeClass served as text/plain",
    VALID,
    "Setting Content-Type: a default, not a rule",
    answer("badge_class", content_type="text/plain"),
)
both(
    "BadgeClass calls itself otherwise, and that does not exist",
    NOT_VALID,
    "BadgeClass, id; decision 0005",
    put("badge_class.id", f"{HOST}/badges/semer"),
)
both(
    "BadgeClass and Profile name each other",
    NOT_VALID,
    "BadgeClass, id; Profile, id; decision 0005",
    put("badge_class.id", ADDRESS["profile"]),
    put("profile.id", ADDRESS["badge_class"]),
)
signed(
    "the badge is a Profile",
    NOT_VALID,
    "Assertion, badge: must lead to a BadgeClass",
    put("assertion.badge", ADDRESS["profile"]),
)

# Profile: each property.

for _property in ("name", "url", "email", "type", "id"):
    both(
        f"Profile without {_property}",
        NOT_VALID,
        f"Profile, {_property} (required of an issuer)",
        drop(f"profile.{_property}"),
    )
for _property in (
    "name",
    "url",
    "email",
    "telephone",
    "description",
    "image",
    "type",
    "verification",
    "revocationList",
):
    signed(f"Profile, {_property} a number", NOT_VALID, f"Profile, {_property}", put(f"profile.{_property}", 5))
signed("Profile of type Profile", VALID, "Profile, type: Issuer or Profile", put("profile.type", "Profile"))
signed("Profile of both types", VALID, "Profile, type: Issuer or Profile", put("profile.type", ["Profile", "Issuer"]))
signed("Profile of type Person", NOT_VALID, "Profile, type: Issuer or Profile", put("profile.type", "schema:Person"))
signed("Profile, url a word", NOT_VALID, "Primitive datatypes, URL", put("profile.url", "jardins"))
signed(
    "Profile, url ftp",
    NOT_VALID,
    "Primitive datatypes, URL: http or https",
    put("profile.url", "ftp://jardins.example.org/"),
)
signed("Profile, email no address", NOT_VALID, "Profile, email", put("profile.email", "contact"))
signed("Profile, telephone", VALID, "Profile, telephone: E.164", put("profile.telephone", "+33612345678"))
signed(
    "Profile, telephone as it is said",
    NOT_VALID,
    "Profile, telephone: E.164",
    put("profile.telephone", "06 12 34 56 78"),
)
signed("Profile, image an address", VALID, "Profile, image", put("profile.image", f"{HOST}/planter.png"))
signed("Profile, image a data URI", VALID, "Image, id: IRI or Data URI", put("profile.image", PNG_DATA))
signed(
    "Profile, image a text data URI", NOT_VALID, "Profile, image: PNG or SVG", put("profile.image", "data:text/plain,x")
)
for _status in (404, 500):
    both(
        f"Profile answers {_status}",
        UNDETERMINED,
        "Data Validation; decision 0005: away is not wrong",
        answer("profile", _status, b""),
    )
both("Profile mute", UNDETERMINED, "Data Validation; decision 0005: away is not wrong", silence("profile"))
both("Profile calls itself otherwise", NOT_VALID, "Profile, id; decision 0005", put("profile.id", f"{HOST}/another"))
signed(
    "Profile an urn:uuid, embedded in an embedded BadgeClass",
    NOT_VALID,
    "Profile, id: the hosted Profile names the key",
    embed("badge_class.issuer", "profile"),
    put("badge_class.issuer.id", OTHER_URN),
    embed("assertion.badge", "badge_class"),
    put("assertion.badge.id", "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c15"),
)

# The key.

signed(
    "no creator, one publicKey",
    VALID,
    "VerificationObject, creator (optional): each Profile.publicKey",
    drop("assertion.verification.creator"),
)
signed(
    "no creator, no publicKey",
    NOT_VALID,
    "Signed verification 4: no key but the Profile's",
    drop("assertion.verification.creator"),
    drop("profile.publicKey"),
)
signed(
    "no creator, no publicKey, and forged",
    NOT_VALID,
    "Signed verification 4 and 6",
    drop("assertion.verification.creator"),
    drop("profile.publicKey"),
    signed_by("rsa other", published=False),
)
signed(
    "creator not listed by the Profile",
    NOT_VALID,
    "Signed verification 4: never a key that the Profile does not link",
    put("profile.publicKey", f"{HOST}/key2"),
)
signed("creator given, Profile without publicKey", NOT_VALID, "Signed verification 4", drop("profile.publicKey"))
signed("creator a number", NOT_VALID, "VerificationObject, creator: IRI", put("assertion.verification.creator", 5))
signed("creator a word", NOT_VALID, "VerificationObject, creator: IRI", put("assertion.verification.creator", "key"))
_SECOND_KEY = {"@context": CONTEXT, "type": "CryptographicKey", "id": f"{HOST}/key2", "owner": ADDRESS["profile"]}
signed("publicKey in an array of one", VALID, "Primitive datatypes: arrays", wrap("profile.publicKey"))
signed(
    "two publicKey, creator names the right one",
    VALID,
    "Profile, publicKey: key(s)",
    put("profile.publicKey", [f"{HOST}/key2", ADDRESS["key"]]),
    lambda scene: publish(f"{HOST}/key2", _SECOND_KEY | {"publicKeyPem": pem("rsa other")})(scene),
)
signed(
    "two publicKey, no creator",
    VALID,
    "Signed verification 6: each trusted key",
    drop("assertion.verification.creator"),
    put("profile.publicKey", [f"{HOST}/key2", ADDRESS["key"]]),
    lambda scene: publish(f"{HOST}/key2", _SECOND_KEY | {"publicKeyPem": pem("rsa other")})(scene),
)
signed(
    "two publicKey, creator names the wrong one",
    NOT_VALID,
    "Signed verification 6",
    put("assertion.verification.creator", f"{HOST}/key2"),
    put("profile.publicKey", [f"{HOST}/key2", ADDRESS["key"]]),
    lambda scene: publish(f"{HOST}/key2", _SECOND_KEY | {"publicKeyPem": pem("rsa other")})(scene),
)
signed(
    "publicKey embedded in the hosted Profile",
    VALID,
    "Profile, publicKey: IRI or CryptographicKey",
    embed("profile.publicKey", "key"),
)
signed(
    "publicKey only in an embedded Profile",
    NOT_VALID,
    "Embedded objects: publicKey needs the hosted Profile",
    signed_by("rsa other"),
    embed("badge_class.issuer", "profile"),
    embed("assertion.badge", "badge_class"),
    put("assertion.badge.id", OTHER_URN),
    drop("profile.publicKey"),
)
signed("owner another Profile", NOT_VALID, "CryptographicKey: two-way link", put("key.owner", f"{ELSEWHERE}/issuer"))
signed("key without owner", VALID, "CryptographicKey, owner (optional); a two-way link should be", drop("key.owner"))
signed("owner a number", NOT_VALID, "CryptographicKey, owner: IRI", put("key.owner", 5))
signed("key without PEM", NOT_VALID, "Signed verification 5: no usable key", drop("key.publicKeyPem"))
signed(
    "key, PEM damaged",
    NOT_VALID,
    "CryptographicKey, publicKeyPem",
    put("key.publicKeyPem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"),
)
signed("key, PEM a number", NOT_VALID, "CryptographicKey, publicKeyPem: Text", put("key.publicKeyPem", 5))
signed(
    "key, a private PEM published",
    NOT_VALID,
    "RFC 8725 §3.5: such a key is everybody's",
    lambda scene: put("key.publicKeyPem", private_pem("rsa"))(scene),
)
signed(
    "key, PEM of PKCS #1",
    VALID,
    "CryptographicKey, publicKeyPem: PEM",
    lambda scene: put("key.publicKeyPem", pkcs1_pem("rsa"))(scene),
)
signed("key of another type", NOT_VALID, "CryptographicKey, type", put("key.type", "BadgeClass"))
signed("key of type sec:Key", VALID, "Context v2: CryptographicKey is sec:Key", put("key.type", "sec:Key"))
signed("key without type", NOT_VALID, "CryptographicKey, type", drop("key.type"))
signed("key calls itself otherwise", NOT_VALID, "CryptographicKey, id; decision 0005", put("key.id", f"{HOST}/key2"))
signed("key RSA 1024", NOT_VALID, "RFC 7518 §3.3: 2048 bits or more", signed_by("rsa 1024"))
signed("key RSA with exponent 3", NOT_VALID, "ANSSI, RGS B1, RecomFact-2: above 65536", signed_by("rsa e3"))
signed("key P-256, ES256", VALID, "Signed badges: other algorithms may be used", signed_by("ec", "ES256"))
signed("key Ed25519, EdDSA", VALID, "Signed badges: other algorithms may be used", signed_by("ed25519", "EdDSA"))
for _status in (404, 410, 500):
    signed(
        f"key answers {_status}", UNDETERMINED, "Signed verification 5: cannot be verified", answer("key", _status, b"")
    )
    signed(
        f"key right, answered with {_status}",
        UNDETERMINED,
        "Data Validation: required objects end in 200",
        answer("key", _status),
    )
signed("key mute", UNDETERMINED, "Signed verification 5: cannot be verified", silence("key"))

# The token.

signed("signed with another key", NOT_VALID, "Signed verification 6", signed_by("rsa other", published=False))
signed(
    "one letter of the signature changed",
    NOT_VALID,
    "Signed verification 6",
    carried(lambda scene, text: text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]),
)
signed(
    "payload of another badge under this signature",
    NOT_VALID,
    "Signed verification 6",
    carried(
        lambda scene, text: ".".join(
            [text.split(".")[0], base64url(_bytes(scene.documents["assertion"]) + b" "), text.split(".")[2]]
        )
    ),
)
signed("alg none", NOT_VALID, "RFC 8725 §3.2: no none", header(alg="none"))
signed("alg HS256 with the public PEM", NOT_VALID, "RFC 8725 §3.1: algorithm of the key", header(alg="HS256"))
signed("alg ES256 over an RSA key", NOT_VALID, "RFC 8725 §3.1: algorithm of the key", header(alg="ES256"))
signed("alg RS384", VALID, "Signed badges: RS256 is recommended, others may be used", header(alg="RS384"))
signed("alg RS512", VALID, "Signed badges: RS256 is recommended, others may be used", header(alg="RS512"))
signed("alg PS256", VALID, "Signed badges: RS256 is recommended, others may be used", header(alg="PS256"))
signed(
    "alg ES384",
    VALID,
    "Signed badges: RS256 is recommended, others may be used",
    signed_by("ec 384", "ES384"),
)
signed("alg missing", NOT_VALID, "RFC 7515 §4.1.1: alg (required)", lambda scene: scene.header.clear())
signed(
    "header with kid, typ and jwk",
    VALID,
    "RFC 7515 §4: members without meaning are ignored",
    header(typ="JWT", kid="1", jwk={"kty": "RSA"}),
)
signed("header with crit", NOT_VALID, "RFC 7515 §4.1.11: not understood, refused", header(crit=["exp"], exp=1))
signed("four parts", NOT_VALID, "RFC 7515 §3.1", carried(lambda scene, text: text + ".AAAA"))
signed("two parts", NOT_VALID, "RFC 7515 §3.1", carried(lambda scene, text: text.rpartition(".")[0]))
signed("base64url with padding", NOT_VALID, "RFC 7515 §2: no padding", carried(lambda scene, text: text + "=="))
signed("spaces around the token", VALID, "Baking, extraction: the text", carried(lambda scene, text: f"\n {text} \n"))
signed("payload not JSON", NOT_VALID, "Signed verification 2", payload(b"bonjour"))
signed("payload an array", NOT_VALID, "Signed verification 2 and 3", payload(b"[]"))
signed("payload null", NOT_VALID, "Signed verification 2 and 3", payload(b"null"))
signed(
    "payload says HostedBadge",
    NOT_VALID,
    "VerificationObject, type; decision 0005",
    put("assertion.verification", {"type": "HostedBadge"}),
)
signed(
    "payload says HostedBadge, and forged",
    NOT_VALID,
    "VerificationObject, type; Signed verification 6",
    put("assertion.verification", {"type": "HostedBadge"}),
    signed_by("rsa other", published=False),
)
both(
    "verification of another type", NOT_VALID, "VerificationObject, type", put("assertion.verification.type", "TrustMe")
)
both("verification without type", NOT_VALID, "VerificationObject, type (required)", drop("assertion.verification.type"))
both(
    "verification of both types",
    NOT_VALID,
    "VerificationObject, type: HostedBadge or SignedBadge",
    put("assertion.verification.type", ["HostedBadge", "SignedBadge"]),
)
both("verification, type in an array of one", VALID, "Primitive datatypes: arrays", wrap("assertion.verification.type"))
both(
    "verification a string",
    NOT_VALID,
    "Assertion, verification: VerificationObject",
    put("assertion.verification", "SignedBadge"),
)
both(
    "a member twice, two values",
    NOT_VALID,
    "RFC 8259 §4; RFC 7515 §4: one meaning",
    text_changed('"issuedOn"', '"issuedOn": "2020-01-01T00:00:00Z", "issuedOn"'),
)
both("NaN", NOT_VALID, "RFC 8259 §6", text_changed('"issuedOn"', '"nombre": NaN, "issuedOn"'))
signed("a byte order mark", NOT_VALID, "RFC 8259 §8.1", payload(b"\xef\xbb\xbf{}"))

# Withdrawal of signed badges.

signed("revoked, by its id", NOT_VALID, "RevocationList", revoked(OTHER_URN, URN))
signed("revoked, the only entry", NOT_VALID, "RevocationList; Primitive datatypes: arrays", revoked(URN))
signed(
    "revoked, a bare entry",
    NOT_VALID,
    "RevocationList; Primitive datatypes: arrays",
    put("revocations.revokedAssertions", URN),
)
signed(
    "revoked, an object", NOT_VALID, "Revoked entries", revoked(OTHER_URN, {"id": URN, "revocationReason": "Erreur"})
)
signed(
    "revoked, the only object", NOT_VALID, "Revoked entries; arrays", revoked({"id": URN, "revocationReason": "Erreur"})
)
signed("revoked, @id in an object", NOT_VALID, "Context v2: id is @id", revoked(OTHER_URN, {"@id": URN}))
signed(
    "revoked, an object that says false",
    NOT_VALID,
    "Revoked entries: presence means revoked",
    revoked(OTHER_URN, {"id": URN, "revoked": False}),
)
signed(
    "revoked, by its uid",
    NOT_VALID,
    "Revoked entries, uid",
    put("assertion.uid", "a1"),
    revoked(OTHER_URN, {"uid": "a1"}),
)
signed(
    "another uid revoked", VALID, "Revoked entries, uid", put("assertion.uid", "a1"), revoked(OTHER_URN, {"uid": "a2"})
)
signed("only another badge revoked", VALID, "RevocationList", revoked(OTHER_URN))
signed("nobody revoked", VALID, "RevocationList", revoked())
signed("no revocationList", VALID, "Profile, revocationList (optional)", drop("profile.revocationList"))
signed(
    "RevocationList without revokedAssertions",
    UNDETERMINED,
    "RevocationList, revokedAssertions (required); decision 0005",
    drop("revocations.revokedAssertions"),
)
signed("RevocationList with a number", UNDETERMINED, "Revoked entries; decision 0005", revoked(OTHER_URN, 5))
signed(
    "RevocationList with a word", UNDETERMINED, "Revoked entries: IRI; decision 0005", revoked(OTHER_URN, "badge-one")
)
signed(
    "RevocationList with an empty object",
    UNDETERMINED,
    "Revoked entries: an id or a uid; decision 0005",
    revoked(OTHER_URN, {"revocationReason": "?"}),
)
signed(
    "RevocationList of another type",
    UNDETERMINED,
    "RevocationList, type; decision 0005",
    put("revocations.type", "Assertion"),
)
signed(
    "RevocationList of another issuer",
    UNDETERMINED,
    "RevocationList, issuer; decision 0005",
    put("revocations.issuer", f"{ELSEWHERE}/issuer"),
)
signed(
    "RevocationList without issuer and id",
    VALID,
    "RevocationList: both optional",
    drop("revocations.issuer"),
    drop("revocations.id"),
)
signed("RevocationList not JSON", UNDETERMINED, "Data Validation; decision 0005", answer("revocations", 200, b"aucune"))
signed(
    "RevocationList a page",
    UNDETERMINED,
    "Data Validation; decision 0005",
    answer("revocations", 200, b"<!doctype html>", "text/html"),
)
for _status in (404, 410, 500):
    signed(
        f"RevocationList answers {_status}",
        UNDETERMINED,
        "Data Validation: linked lists are available; decision 0005",
        answer("revocations", _status, b""),
    )
    signed(
        f"RevocationList right, answered with {_status}",
        UNDETERMINED,
        "Data Validation: linked lists are available; decision 0005",
        answer("revocations", _status),
    )
signed(
    "RevocationList mute",
    UNDETERMINED,
    "Data Validation: linked lists are available; decision 0005",
    silence("revocations"),
)

# Hosted: what its address answers.

_GONE = json.dumps({"@context": CONTEXT, "type": "Assertion", "id": ADDRESS["assertion"], "revoked": True}).encode()
hosted("gone (410)", NOT_VALID, "Revoking Hosted Assertions: 410", answer("assertion", 410, b""))
hosted(
    "gone (410), the whole Assertion in the body",
    NOT_VALID,
    "Revoking Hosted Assertions: 410",
    answer("assertion", 410),
)
hosted("gone (410), revoked in the body", NOT_VALID, "Revoking Hosted Assertions: 410", answer("assertion", 410, _GONE))
hosted(
    "revoked in the body, answered with 200",
    NOT_VALID,
    "Revoking Hosted Assertions: revoked true",
    answer("assertion", 200, _GONE),
)
hosted(
    "revoked in the body, answered with 404",
    NOT_VALID,
    "Revoking Hosted Assertions: any status",
    answer("assertion", 404, _GONE),
)
for _status in (404, 403, 500, 503):
    hosted(
        f"answers {_status}",
        UNDETERMINED,
        "HostedBadge Verification: not eventually 200; decision 0005",
        answer("assertion", _status, b""),
    )
    hosted(
        f"right, answered with {_status}",
        UNDETERMINED,
        "HostedBadge Verification: not eventually 200",
        answer("assertion", _status),
    )
hosted("mute", UNDETERMINED, "HostedBadge Verification; decision 0005: away is not wrong", silence("assertion"))
hosted(
    "a page",
    UNDETERMINED,
    "HostedBadge Verification; decision 0005: away is not wrong",
    answer("assertion", 200, b"<!doctype html>", "text/html"),
)
hosted(
    "published Assertion not JSON", NOT_VALID, "Data Validation: valid JSON-LD", answer("assertion", 200, b"bonjour")
)
hosted("published Assertion an array", NOT_VALID, "Data Validation: an Assertion", answer("assertion", 200, b"[]"))
hosted(
    "published Assertion has another id",
    NOT_VALID,
    "HostedBadge Verification: id is where it is served; decision 0005",
    lambda scene: publish(scene.address["assertion"], scene.documents["assertion"] | {"id": f"{HOST}/assertions/2"})(
        scene
    ),
)
hosted(
    "published Assertion says SignedBadge",
    NOT_VALID,
    "VerificationObject, type: a signed badge is a JWS",
    put("assertion.verification", {"type": "SignedBadge", "creator": ADDRESS["key"]}),
)
hosted(
    "id by http",
    VALID,
    "Assertion, id: http or https",
    move("assertion", "http://badges.example.org/assertions/1"),
)
hosted("id an urn:uuid", NOT_VALID, "Assertion, id: hosted, the address where it is served", put("assertion.id", URN))
hosted(
    "given by an address that leads to a page",
    NOT_VALID,
    "HostedBadge Verification",
    publish(f"{HOST}/page", b"<!doctype html><p>Bonjour"),
    answer(f"{HOST}/page", 200, b"<!doctype html><p>Bonjour", "text/html"),
    carried(lambda scene, _: f"{HOST}/page"),
)

# Hosted: scope.


def elsewhere(name: str) -> Change:
    return move(name, f"{ELSEWHERE}/{name}")


hosted("Assertion on another host", NOT_VALID, "HostedBadge Verification: same origin", elsewhere("assertion"))
hosted(
    "BadgeClass on another host",
    NOT_VALID,
    "HostedBadge Verification: Assertion and BadgeClass on the origin of the Profile",
    elsewhere("badge_class"),
)
hosted("Profile on another host", NOT_VALID, "HostedBadge Verification: same origin", elsewhere("profile"))
hosted(
    "Assertion on a subdomain",
    NOT_VALID,
    "HostedBadge Verification: same origin",
    move("assertion", "https://a.badges.example.org/1"),
)
hosted(
    "Assertion on another port",
    NOT_VALID,
    "RFC 6454 §4: the port is of the origin",
    move("assertion", "https://badges.example.org:8443/1"),
)
hosted(
    "all on another port",
    VALID,
    "RFC 6454 §4: one origin",
    *(move(name, f"https://badges.example.org:8443/{name}") for name in ("assertion", "badge_class", "profile")),
)
hosted(
    "the default port written out",
    VALID,
    "RFC 6454 §4: 443 is the port of https",
    move("assertion", "https://badges.example.org:443/assertions/1"),
    also_at(ADDRESS["assertion"]),
)
hosted(
    "host in capitals",
    VALID,
    "RFC 3986 §6.2.2.1: hosts have no case",
    move("assertion", "https://BADGES.example.org/assertions/1"),
    also_at(ADDRESS["assertion"]),
)
_SCOPE = "HostedBadge Verification: startsWith"
hosted(
    "startsWith fits",
    VALID,
    _SCOPE,
    put("profile.verification", {"type": "VerificationObject", "startsWith": f"{HOST}/assertions/"}),
)
hosted(
    "startsWith fits, elsewhere",
    VALID,
    _SCOPE,
    elsewhere("assertion"),
    put("profile.verification", {"startsWith": f"{ELSEWHERE}/"}),
)
hosted("startsWith does not fit", NOT_VALID, _SCOPE, put("profile.verification", {"startsWith": f"{HOST}/other/"}))
hosted(
    "one of two startsWith fits",
    VALID,
    "VerificationObject, startsWith: several",
    put("profile.verification", {"startsWith": [f"{HOST}/other/", f"{HOST}/assertions/"]}),
)
hosted(
    "startsWith without slash, a longer host",
    NOT_VALID,
    "Decision 0005: a prefix is not a host",
    move("assertion", "https://badges.example.org.evil.net/1"),
    put("profile.verification", {"startsWith": HOST}),
)
hosted(
    "startsWith a number",
    NOT_VALID,
    "VerificationObject, startsWith: URI",
    put("profile.verification", {"startsWith": 5}),
)
_ORIGINS = "HostedBadge Verification: allowedOrigins"
hosted("allowedOrigins fits", VALID, _ORIGINS, put("profile.verification", {"allowedOrigins": "badges.example.org"}))
hosted(
    "allowedOrigins fits, elsewhere",
    VALID,
    _ORIGINS,
    elsewhere("assertion"),
    put("profile.verification", {"allowedOrigins": ["elsewhere.example.net"]}),
)
hosted(
    "one of two allowedOrigins fits",
    VALID,
    _ORIGINS,
    elsewhere("assertion"),
    put("profile.verification", {"allowedOrigins": ["x.example.org", "elsewhere.example.net"]}),
)
hosted(
    "allowedOrigins does not fit", NOT_VALID, _ORIGINS, put("profile.verification", {"allowedOrigins": "x.example.org"})
)
hosted(
    "allowedOrigins fits, on a port",
    VALID,
    "VerificationObject, allowedOrigins: a host name, any port",
    move("assertion", "https://badges.example.org:8443/1"),
    put("profile.verification", {"allowedOrigins": "badges.example.org"}),
)
hosted(
    "allowedOrigins of a parent domain",
    NOT_VALID,
    _ORIGINS,
    put("profile.verification", {"allowedOrigins": "example.org"}),
)
hosted(
    "allowedOrigins with a scheme",
    NOT_VALID,
    "VerificationObject, allowedOrigins: no scheme",
    put("profile.verification", {"allowedOrigins": HOST}),
)
hosted(
    "a verification that says nothing",
    VALID,
    "HostedBadge Verification: same origin",
    put("profile.verification", {"type": "VerificationObject"}),
)
hosted(
    "verificationProperty id",
    VALID,
    "VerificationObject, verificationProperty",
    put("profile.verification", {"verificationProperty": "id", "startsWith": HOST + "/"}),
)
hosted(
    "verificationProperty a number",
    NOT_VALID,
    "VerificationObject, verificationProperty: IRI",
    put("profile.verification", {"verificationProperty": 5}),
)

# Extensions and endorsements.

_LINK = {
    "@context": "https://w3id.org/openbadges/extensions/applyLinkExtension/context.json",
    "type": ["Extension", "extensions:ApplyLink"],
    "url": "https://example.org/apply",
}
_LINK_CONTEXT = {
    "@context": {
        "obi": "https://w3id.org/openbadges#",
        "extensions": "https://w3id.org/openbadges/extensions#",
        "url": {"@id": "extensions:applyLink", "@type": "@id"},
    },
    "obi:validation": [
        {
            "obi:validatesType": "extensions:ApplyLink",
            "obi:validationSchema": "https://w3id.org/openbadges/extensions/applyLinkExtension/schema.json",
        }
    ],
}
_LINK_SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {"url": {"type": "string", "format": "uri"}},
    "required": ["url"],
}


def with_link(link: Any, *, context: bool = True, schema: bool = True) -> Change:
    def change(scene: Scene) -> None:
        put("badge_class.extensions:ApplyLink", link)(scene)
        if context:
            publish(_LINK["@context"], _LINK_CONTEXT)(scene)  # type: ignore[arg-type]
        if schema:
            publish("https://w3id.org/openbadges/extensions/applyLinkExtension/schema.json", _LINK_SCHEMA)(scene)

    return change


signed("extension ApplyLink", VALID, "Extensions", with_link(_LINK))
signed(
    "extension ApplyLink without url",
    NOT_VALID,
    "Extensions: TypeValidation",
    with_link({name: value for name, value in _LINK.items() if name != "url"}),
)
signed("extension ApplyLink, url a number", NOT_VALID, "Extensions: TypeValidation", with_link(_LINK | {"url": 5}))
signed(
    "extension without @context",
    NOT_VALID,
    "Extension, @context (required)",
    with_link({name: value for name, value in _LINK.items() if name != "@context"}),
)
signed(
    "extension without type Extension",
    VALID,
    "Additional Properties: no extension, an unknown property",
    with_link(_LINK | {"type": "extensions:ApplyLink"}),
)
signed(
    "extension known, its schema away",
    VALID,
    "Extensions, TypeValidation: the schema is known",
    with_link(_LINK, schema=False),
)
signed(
    "extension unknown, its context away",
    UNDETERMINED,
    "Extensions; Data Validation: valid JSON-LD",
    put(
        "badge_class.extensions:Inconnue",
        {"@context": f"{ELSEWHERE}/context.json", "type": ["Extension", "extensions:Inconnue"]},
    ),
)
_ENDORSEMENT = {
    "@context": CONTEXT,
    "type": "Endorsement",
    "id": f"{HOST}/endorsements/1",
    "claim": {"id": ADDRESS["badge_class"], "endorsementComment": "Sérieux."},
    "issuer": ADDRESS["profile"],
    "issuedOn": "2026-01-20T10:00:00Z",
    "verification": {"type": "HostedBadge"},
}
signed(
    "endorsement, linked",
    VALID,
    "Endorsement",
    put("badge_class.endorsement", _ENDORSEMENT["id"]),
    publish(f"{HOST}/endorsements/1", _ENDORSEMENT),
)
signed(
    "endorsement, embedded",
    VALID,
    "Endorsement",
    put("badge_class.endorsement", _ENDORSEMENT),
    publish(f"{HOST}/endorsements/1", _ENDORSEMENT),
)
for _property in ("claim", "issuer", "issuedOn", "verification"):
    signed(
        f"endorsement, embedded, without {_property}",
        NOT_VALID,
        f"Endorsement, {_property} (required)",
        put("badge_class.endorsement", {name: value for name, value in _ENDORSEMENT.items() if name != _property}),
        publish(f"{HOST}/endorsements/1", {name: value for name, value in _ENDORSEMENT.items() if name != _property}),
    )
signed("endorsement a number", NOT_VALID, "endorsement: IRI or Endorsement", put("badge_class.endorsement", 5))
signed(
    "endorsement, linked, away",
    UNDETERMINED,
    "Data Validation: linked optional objects are available",
    put("badge_class.endorsement", f"{HOST}/endorsements/404"),
)
signed(
    "related",
    VALID,
    "related: another edition",
    put("badge_class.related", {"type": "BadgeClass", "id": f"{HOST}/badges/planter-en", "@language": "en"}),
)

# Other versions.

_OLD: dict[str, Any] = {
    "@context": V1,
    "type": "Assertion",
    "id": ADDRESS["assertion"],
    "uid": "a1",
    "badge": ADDRESS["badge_class"],
    "recipient": {"type": "email", "hashed": True, "salt": SALT, "identity": identity()},
    "verify": {"type": "hosted", "url": ADDRESS["assertion"]},
    "issuedOn": "2014-01-20",
}


def with_address(image: bytes, address: str) -> bytes:
    """A picture baked as in the first years: the address, in tEXt."""
    return image[:33] + png.chunk(b"tEXt", b"openbadges\0" + address.encode()) + image[33:]


def old(document: str, value: Any) -> Change:
    return lambda scene: scene.documents.update({document: copy.deepcopy(value)})


_OLD_CLASS = {
    "@context": V1,
    "type": "BadgeClass",
    "id": ADDRESS["badge_class"],
    "name": "Planter",
    "description": "Planter",
    "image": f"{HOST}/planter.png",
    "criteria": f"{HOST}/criteria",
    "issuer": ADDRESS["profile"],
}
_OLD_ISSUER = {"@context": V1, "type": "Issuer", "id": ADDRESS["profile"], "name": "Les Jardins", "url": HOST}


def of_1_1(*changes: Change) -> tuple[Change, ...]:
    return (old("assertion", _OLD), old("badge_class", _OLD_CLASS), old("profile", _OLD_ISSUER), *changes)


_UPGRADE = "Upgrading older badges"
hosted("1.1, issuedOn a Unix time", VALID, f"{_UPGRADE}: dates", *of_1_1(put("assertion.issuedOn", 1390176000)))
hosted(
    "1.1, issuedOn without zone", VALID, f"{_UPGRADE}: dates", *of_1_1(put("assertion.issuedOn", "2014-01-20T10:00:00"))
)
hosted("1.1, issuedOn in words", NOT_VALID, f"{_UPGRADE}: dates", *of_1_1(put("assertion.issuedOn", "janvier 2014")))
hosted("1.1, expired", NOT_VALID, "Assertion, expires", *of_1_1(put("assertion.expires", "2015-01-20")))
hosted("1.1, expires in 2099", VALID, "Assertion, expires", *of_1_1(put("assertion.expires", "2099-01-20")))
hosted(
    "1.1, withdrawn (410)",
    NOT_VALID,
    "1.1: 410 and revoked true",
    *of_1_1(answer("assertion", 410, b'{"revoked": true}')),
)
hosted("1.1, revoked true, answered with 200", NOT_VALID, "1.1: revoked true", *of_1_1(put("assertion.revoked", True)))
hosted("1.1 on another host", NOT_VALID, "HostedBadge Verification: same origin", *of_1_1(elsewhere("assertion")))
hosted(
    "1.1, Assertion has another id",
    NOT_VALID,
    "1.1: id is where it is served; decision 0005",
    *of_1_1(publish(ADDRESS["assertion"], _OLD | {"id": f"{HOST}/assertions/2"})),
)
hosted(
    "1.1, BadgeClass without description",
    NOT_VALID,
    "BadgeClass, description (required)",
    *of_1_1(drop("badge_class.description")),
)
hosted(
    "1.1, alignment in its old names",
    VALID,
    f"{_UPGRADE}: alignment",
    *of_1_1(
        put(
            "badge_class.alignment", [{"name": "A1416", "url": "https://example.org/rome/A1416", "description": "ROME"}]
        )
    ),
)
hosted("1.1, issuer without name", NOT_VALID, "1.1 IssuerOrganization, name (required)", *of_1_1(drop("profile.name")))
hosted(
    "1.1, issuer away",
    UNDETERMINED,
    "Data Validation; decision 0005: away is not wrong",
    *of_1_1(answer("profile", 404, b"")),
)
hosted("1.1, expected recipient", VALID, "IdentityObject", *of_1_1(expecting(email=EMAIL)))
hosted(
    "1.1, another recipient expected",
    NOT_VALID,
    "Verification, recipient",
    *of_1_1(expecting(email="autre@example.org")),
)
hosted(
    "1.1, BadgeClass and issuer of 2.0",
    VALID,
    f"{_UPGRADE}: one document at a time",
    old("assertion", _OLD),
)
hosted(
    "1.1, BadgeClass and issuer of 2.0 without e-mail",
    NOT_VALID,
    "Profile, email (required of an issuer)",
    old("assertion", _OLD),
    drop("profile.email"),
)
hosted(
    "2.0, BadgeClass and issuer of 1.1 without e-mail",
    NOT_VALID,
    "Profile, email (required of an issuer)",
    old("badge_class", _OLD_CLASS),
    old("profile", _OLD_ISSUER),
)
hosted(
    "Open Badges 1.1",
    VALID,
    "Upgrading older badges",
    old("assertion", _OLD),
    old("badge_class", _OLD_CLASS),
    old("profile", _OLD_ISSUER),
)
hosted(
    "Open Badges 1.1, without recipient",
    NOT_VALID,
    "Upgrading older badges; Assertion, recipient (required)",
    old("assertion", {name: value for name, value in _OLD.items() if name != "recipient"}),
    old("badge_class", _OLD_CLASS),
    old("profile", _OLD_ISSUER),
)
_BARE = {name: value for name, value in _OLD.items() if name not in ("@context", "type", "id")}
hosted(
    "Open Badges 1.0",
    VALID,
    "Upgrading older badges",
    carried(lambda scene, _: scene.address["assertion"]),
    old("assertion", _BARE),
    old("badge_class", {name: value for name, value in _OLD_CLASS.items() if name not in ("@context", "type", "id")}),
    old("profile", {name: value for name, value in _OLD_ISSUER.items() if name not in ("@context", "type", "id")}),
)
_FIRST: dict[str, Any] = {
    "recipient": EMAIL,
    "issued_on": "2012-01-20",
    "badge": {
        "version": "0.5.0",
        "name": "Planter",
        "description": "Planter",
        "image": "/planter.png",
        "criteria": f"{HOST}/criteria",
        "issuer": {"origin": HOST, "name": "Les Jardins", "contact": "contact@example.org"},
    },
}


def of_0_5(*changes: Change) -> tuple[Change, ...]:
    return (carried(lambda scene, _: scene.address["assertion"]), old("assertion", _FIRST), *changes)


hosted("Open Badges 0.5", VALID, _UPGRADE, *of_0_5())
hosted("0.5, issuer without contact", VALID, _UPGRADE, *of_0_5(drop("assertion.badge.issuer.contact")))
hosted("0.5, expected recipient", VALID, "IdentityObject", *of_0_5(expecting(email=EMAIL)))
hosted("0.5, another recipient expected", NOT_VALID, "Verification, recipient", *of_0_5(expecting(email="autre@a.org")))
hosted(
    "0.5, recipient by sha1",
    VALID,
    "0.5: sha1, sha256, sha512, md5",
    *of_0_5(put("assertion.recipient", identity(name="sha1")), put("assertion.salt", SALT), expecting(email=EMAIL)),
)
hosted(
    "0.5, another recipient by sha512",
    NOT_VALID,
    "Verification, recipient",
    *of_0_5(
        put("assertion.recipient", identity("autre@a.org", name="sha512")),
        put("assertion.salt", SALT),
        expecting(email=EMAIL),
    ),
)
hosted("0.5, expired", NOT_VALID, "Assertion, expires", *of_0_5(put("assertion.expires", "2015-01-20")))
hosted("0.5, issued_on in words", NOT_VALID, f"{_UPGRADE}: dates", *of_0_5(put("assertion.issued_on", "janvier")))
hosted("0.5, without issued_on", NOT_VALID, "Assertion, issuedOn (required)", *of_0_5(drop("assertion.issued_on")))
hosted("0.5, without name", NOT_VALID, "BadgeClass, name (required)", *of_0_5(drop("assertion.badge.name")))
hosted("0.5, without image", NOT_VALID, "BadgeClass, image (required)", *of_0_5(drop("assertion.badge.image")))
hosted("0.5, without issuer", NOT_VALID, "BadgeClass, issuer (required)", *of_0_5(drop("assertion.badge.issuer")))
hosted(
    "0.5, of another origin",
    NOT_VALID,
    "HostedBadge Verification: same origin",
    *of_0_5(put("assertion.badge.issuer.origin", ELSEWHERE)),
)
hosted("0.5, withdrawn (410)", NOT_VALID, "Revoking Hosted Assertions", *of_0_5(answer("assertion", 410, b"")))
hosted("0.5, revoked", NOT_VALID, "Revoking Hosted Assertions", *of_0_5(put("assertion.revoked", True)))
hosted(
    "0.5, answers 404", UNDETERMINED, "HostedBadge Verification: not eventually 200", *of_0_5(answer("assertion", 404))
)
hosted(
    "0.5, its JSON in hand and no address",
    UNDETERMINED,
    "HostedBadge Verification: no URI to ask",
    old("assertion", _FIRST),
)
hosted(
    "0.5, in a PNG by its address",
    VALID,
    "Baking, legacy PNGs",
    *of_0_5(carried(lambda scene, _: with_address(picture(), scene.address["assertion"]))),
)
signed(
    "Open Badges 1.1, signed",
    NOT_VALID,
    "2.0 history: a key named only by the badge proves nothing",
    put("assertion.@context", V1),
    put("assertion.verification", {"type": "signed", "url": ADDRESS["key"]}),
    drop("profile.publicKey"),
)


def signed_1_1(*changes: Change) -> tuple[Change, ...]:
    """As 1.1 signs, by an issuer who has published the same key in a Profile of 2.0 since."""
    return (
        old("assertion", {name: value for name, value in _OLD.items() if name != "id"}),
        put("assertion.verify", {"type": "signed", "url": ADDRESS["key"]}),
        answer("key", 200, pem("rsa").encode(), "application/x-pem-file"),
        *changes,
    )


signed("1.1, signed, the hosted Profile names its key", VALID, _UPGRADE, *signed_1_1())
signed(
    "1.1, signed, its key published as in 2.0",
    VALID,
    _UPGRADE,
    *signed_1_1(lambda scene: scene.answers.pop(ADDRESS["key"], None) and None),
)
signed(
    "1.1, signed, by another key",
    NOT_VALID,
    "Signed verification 6",
    *signed_1_1(signed_by("rsa other", published=False)),
)
signed(
    "1.1, signed, BadgeClass and issuer of 1.1",
    NOT_VALID,
    "2.0 history: a key named only by the badge proves nothing",
    *signed_1_1(old("badge_class", _OLD_CLASS), old("profile", _OLD_ISSUER)),
)
signed(
    "1.1, signed, withdrawn in a list of 1.1",
    NOT_VALID,
    "1.1, revocationList: uid or id to reason",
    *signed_1_1(put("revocations", {"a1": "erreur"})),
)
signed(
    "1.1, signed, another withdrawn in a list of 1.1",
    VALID,
    "1.1, revocationList: uid or id to reason",
    *signed_1_1(put("revocations", {"a2": "erreur", URN: None})),
)
signed("1.1, signed, expired", NOT_VALID, "Assertion, expires", *signed_1_1(put("assertion.expires", "2015-01-20")))
signed(
    "Open Badges 3.0",
    UNDETERMINED,
    "Open Badges 3.0 is another standard; decision 0005",
    put(
        "assertion.@context",
        ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    ),
)
