"""The badges on which the offline page and the verifier in Python must agree: start at :func:`evenings`.

An evening is one offline page (one bundle, one instant) and the badges that are shown to it. Each badge is named for
the one thing that is wrong with it; what the right answer is, the verifier says (``test_verifier.py`` tests that).
``python -m tests.verify.offline_badges FOLDER`` writes them as files, for whoever makes another verifier.
"""

from __future__ import annotations

import copy
import hashlib
import json
import random
import struct
import sys
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

from badges.catalogue.definition import canonical, digest
from badges.catalogue.record import Decider, PrerequisiteSeen
from badges.openbadges import jws
from badges.openbadges.identity import hash_identity
from badges.trust import CatalogueEntry, FamilyRight, TrustedProfile
from tests.catalogue.builders import ETI, FACTS, PEER, a_definition_json, a_fact, a_record
from tests.world import (
    DAY,
    EMAIL,
    NOW,
    Badge,
    World,
    a_key,
    a_template,
    with_picture_byte_changed,
    with_signature_changed,
    with_token_byte_changed,
)


@dataclass(frozen=True)
class Shown:
    """One thing given to the page."""

    name: str
    data: bytes
    recipient: str | None = None

    @property
    def file_name(self) -> str:
        form = "png" if self.data[1:4] == b"PNG" else "svg" if self.data[:1] == b"<" else "txt"
        return f"{self.name.replace(' ', '-')}.{form}"


@dataclass
class Evening:
    """One page, with its data and its time, and what it is shown."""

    name: str
    world: World
    bundle: str
    now: datetime = NOW
    shown: list[Shown] = field(default_factory=list)

    def show(self, name: str, given: bytes | str | Badge, recipient: str | None = None) -> None:
        data = given.png() if isinstance(given, Badge) else given.encode() if isinstance(given, str) else given
        self.shown.append(Shown(name, data, recipient))


def evenings() -> Iterator[Evening]:
    """Every page that the browser opens."""
    yield an_ordinary_evening()
    yield from evenings_of_old_data()
    yield from evenings_of_the_network()
    yield from evenings_of_keys()
    yield from evenings_of_definitions()


_V2 = "https://w3id.org/openbadges/v2"
_OB = "https://w3id.org/openbadges#"
_A_DAY = {"@type": "xsd:dateTime", "@value": "2026-11-19T10:00:00Z"}
_OTHER_WORDS: list[tuple[str, Any, dict[str, Any]]] = [
    (
        "a date by a word",
        [_V2, {"remis": {"@id": "obi:issueDate", "@type": "xsd:dateTime"}}],
        {"issuedOn": None, "remis": "2026-11-19T10:00:00Z"},
    ),
    ("a date without its type", [_V2, {"remis": "obi:issueDate"}], {"issuedOn": None, "remis": "2026-11-19T10:00:00Z"}),
    ("a date by a prefix", [_V2, {"ob": _OB}], {"issuedOn": None, "ob:issueDate": _A_DAY}),
    ("a date under a prefix that goes around", [_V2, {"a": "b:x", "b": "a:x"}], {}),
    ("a date twice", _V2, {"obi:issueDate": _A_DAY}),
    ("withdrawn by an address", _V2, {"obi:revoked": {"@type": "xsd:boolean", "@value": True}}),
    ("withdrawn as a plain truth", _V2, {"obi:revoked": True}),
    ("expired by an address", _V2, {"sec:expiration": {"@type": "xsd:dateTime", "@value": "2026-11-01T00:00:00Z"}}),
    ("no badge", [_V2, {"badge": None}], {}),
    ("another badge", [_V2, {"badge": {"@id": "https://x.test/b", "@type": "@id"}}], {}),
    ("the same badge", [_V2, {"badge": {"@id": "obi:badge", "@type": "@id"}}], {}),
    ("a badge as a text", [_V2, {"badge": "obi:badge"}], {}),
    ("a type of its own", [_V2, {"Remise": "obi:Assertion"}], {"type": "Remise"}),
    ("a type that is taken away", [_V2, {"Assertion": None}], {}),
    ("a type that is another", [_V2, {"Assertion": "https://x.test/A"}], {}),
    ("a vocabulary", [{"@vocab": _OB}, _V2], {"issuedOn": None, "issueDate": _A_DAY}),
    ("a vocabulary of nobody", [{"@vocab": "https://x.test/"}, _V2], {"couleur": "verte"}),
    ("another context before", ["https://x.test/c", _V2], {}),
    ("another context after", [_V2, "https://x.test/c"], {}),
    ("an empty context after", [_V2, None], {}),
    ("a number as a context", [_V2, 5], {}),
    ("a meaning that is a number", [_V2, {"a": 5}], {}),
    ("a vocabulary that is a number", [_V2, {"@vocab": 5}], {}),
    ("a context that imports", [_V2, {"@import": "https://x.test/c"}], {}),
    ("a map by language", [_V2, {"narrative": {"@id": "obi:narrative", "@container": "@language"}}], {}),
    ("a set", [_V2, {"evidence": {"@id": "obi:evidence", "@type": "@id", "@container": "@set"}}], {}),
    ("a set of one", _V2, {"badge": None, "obi:badge": {"@set": [{"@id": "https://badges.test/x"}]}}),
    ("a list", _V2, {"obi:badge": {"@list": []}}),
    ("a graph", _V2, {"@graph": [{"@id": "https://x.test/"}], "badge": None}),
    ("a hundred contexts", [_V2] * 101, {}),
    ("an id and another", _V2, {"@id": "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11"}),
    ("an id by a prefix", [_V2, {"u": "urn:uuid:"}], {"id": "u:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11"}),
]


def _in_full(document: dict[str, Any]) -> dict[str, Any]:
    """The same award without a context, every name written out."""
    recipient = {
        f"{_OB}{name}": [{"@value": document["recipient"][said]} | more]
        for name, said, more in (
            ("identityHash", "identity", {}),
            ("salt", "salt", {}),
            ("hashed", "hashed", {"@type": "http://www.w3.org/2001/XMLSchema#boolean"}),
        )
    }
    proof = document["extensions:criteriaProof"]
    return {
        "@type": [f"{_OB}Assertion"],
        "@id": document["id"],
        f"{_OB}recipient": [recipient | {"@type": ["http://schema.org/email"]}],
        f"{_OB}badge": [{"@id": document["badge"]}],
        f"{_OB}verify": [
            {
                "@type": [f"{_OB}SignedBadge"],
                "http://purl.org/dc/terms/creator": [{"@id": document["verification"]["creator"]}],
            }
        ],
        f"{_OB}issueDate": [{"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": document["issuedOn"]}],
        "https://w3id.org/openbadges/extensions#criteriaProof": proof,
    }


_AWAY = [f"https://ailleurs.test/avis/{number}" for number in range(3)]

# -- one bundle, everything that a file may be -------------------------------------------------------------------


def an_ordinary_evening() -> Evening:
    world = World()
    revoked, replaced = world.award(), world.award()
    by_uid = world.award(uid="ancien-7")
    world.revoke(revoked.id, "Délivré par erreur")
    world.revoke(replaced.id, "replaced")
    world.revoke({"uid": "ancien-7", "type": "Assertion"})
    both = world.award(expires="2026-11-19T12:00:00Z")
    world.revoke(both.id)
    evening = Evening("ordinary", world, world.bundle_text())
    show = evening.show
    good = world.award()
    token, png = good.token, good.png()

    show("valid", good)
    show("valid as svg", good.svg())
    show("valid as a token with a line feed", token + "\n")
    show("valid for an url recipient", world.award(email=None))
    show("valid with a name", world.award(**{"extensions:recipientProfile": _named("Amina <b>Diallo</b>")}))
    show("valid with no creator", world.award(verification={"type": "SignedBadge"}))
    show("valid, type in an array", world.award(type=["Assertion"]))
    show("valid, verify as an alias", world.award(verification=None, verify=good.document["verification"]))
    show("valid, offset and fraction in its date", world.award(issuedOn="2026-11-19T10:00:00.5+01:00"))
    show("valid, unknown members", world.award(**{"ext:x": {"a": [1, 2.5, None, "é🙂"]}, "__proto__": {"x": 1}}))
    show("valid, an address as a node", world.award(badge={"id": world.issuer.badge}))

    opinion = {
        "type": "Endorsement",
        "claim": {"id": good.id},
        "issuer": "https://ailleurs.test/x",
        "issuedOn": "2026-11-01T00:00:00Z",
        "verification": {"type": "HostedBadge"},
    }
    show("valid, endorsed at an address", world.award(endorsement=["https://ailleurs.test/avis/1"]))
    show("valid, endorsed inside", world.award(endorsement=opinion | {"id": "https://ailleurs.test/avis/1"}))
    show("valid, endorsed by nobody that can be asked", world.award(endorsement=[{"id": "urn:example:1"}]))
    show("valid, endorsed by too many", world.award(endorsement=[*_AWAY, *_AWAY[:1], "urn:example:1"]))

    show("revoked", revoked)
    show("replaced", replaced)
    show("revoked by uid", by_uid)
    show("revoked and expired", both)
    show("expired", world.award(expires="2026-11-20T09:00:00Z"))
    show("expired for half a minute", world.award(expires="2026-11-20T09:59:30Z"))
    show("expires before it was issued", world.award(expires="2026-01-01T00:00:00Z"))
    show("not yet expired", world.award(expires="2027-11-01T00:00:00+01:00"))
    show("from the future", world.award(issuedOn="2026-11-21T10:00:00Z"))
    show("from half a minute ahead", world.award(issuedOn="2026-11-20T10:00:30Z"))

    show("recipient matches", good, EMAIL)
    show("recipient in capitals", good, f" {EMAIL.upper()} ")
    show("recipient mismatch", good, "autre@example.org")
    show("recipient is an url", world.award(email=None), EMAIL)
    show("recipient asked as an url", good, "https://badges.test/p/x")
    plain = {"type": "email", "hashed": False, "identity": "Amina@Example.org"}
    show("recipient in clear", world.award(recipient=plain), EMAIL)
    unsalted = {"type": "email", "hashed": True, "identity": hash_identity(EMAIL, None).upper().replace("SHA", "sha")}
    show("recipient without salt", world.award(recipient=unsalted), EMAIL)

    _show_damage(evening, good, token, png)
    _show_documents(evening, good, token)
    _show_proofs(evening)

    show("another issuer", world.award(issuer=world.stranger))
    show("forged by another key", world.award(key=a_key("thief", "RS256")))
    show("another algorithm", world.award(key=a_key("thief", "ES256")))
    show("forged signature", with_signature_changed(token))
    show("short signature", token[:-8])
    easier = replace(world.issuer, slug="tec-autre")
    show("a badge of another address", world.award(issuer=easier))
    show("an address of another origin", world.award(badge="https://ailleurs.test/issuers/jardins/badges/x/1.0.0"))
    inside = world.issuer.documents()[world.issuer.badge]
    show("an embedded BadgeClass", world.award(badge=inside))
    nowhere = inside | {"id": "urn:uuid:00000000-0000-4000-8000-00000000000b"}
    show("an embedded BadgeClass without address", world.award(badge=nowhere))
    show("an embedded BadgeClass of nobody", world.award(badge=nowhere | {"issuer": "mailto:x@example.org"}))
    show("picture of another badge", replace(good, token=world.award().token))
    show("another art", good.png(art=2))
    show("an unmarked picture", _baked(a_template(), token))
    return evening


def _named(name: str) -> dict[str, Any]:
    return {
        "@context": "https://badges.test/contexts/criteria-proof/v1.json",
        "type": ["Extension", "extensions:RecipientProfile"],
        "name": name,
    }


def _baked(image: bytes, text: str) -> bytes:
    from badges.openbadges import png

    return png.bake(image, text)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))


def _with_chunk(png: bytes, chunk: bytes) -> bytes:
    """Right after IHDR."""
    return png[:33] + chunk + png[33:]


def _show_damage(evening: Evening, good: Badge, token: str, png: bytes) -> None:
    show = evening.show
    show("token byte changed", with_token_byte_changed(png, token, repair=False))
    show("token byte changed and repaired", with_token_byte_changed(png, token, repair=True))
    show("picture byte changed", with_picture_byte_changed(png))
    show("wrong png signature", b"\x88" + png[1:])
    show("cut short", png[:-300])
    show("something after the end", png + b"\n")
    show("duplicate chunk", _with_chunk(png, _chunk(b"iTXt", b"openbadges\0\0\0\0\0" + token.encode())))
    show("compressed chunk", _with_chunk(a_template(), _chunk(b"iTXt", b"openbadges\0\1\0\0\0" + b"x")))
    show("chunk without its fields", _with_chunk(a_template(), _chunk(b"iTXt", b"openbadges\0\0\0x")))
    show("zTXt", _with_chunk(a_template(), _chunk(b"zTXt", b"openbadges\0\0x")))
    show("an old address in tEXt", _with_chunk(a_template(), _chunk(b"tEXt", b"openbadges\0https://badges.test/a")))
    show("not an address in tEXt", _with_chunk(a_template(), _chunk(b"tEXt", b"openbadges\0bonjour")))
    show("open badges 3", _with_chunk(a_template(), _chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0{}")))
    show("an unknown critical chunk", _with_chunk(png, _chunk(b"ABCD", b"")))
    show("a chunk without a name", _with_chunk(png, _chunk(b"a1cd", b"")))
    show("two headers", _with_chunk(png, png[8:33]))
    huge = struct.pack(">II", 5000, 5000) + png[24:29]
    show("too wide", png[:8] + _chunk(b"IHDR", huge) + png[33:])
    show("not baked", a_template())
    show("stripped of its badge", png[:33] + png[45 + int.from_bytes(png[33:37], "big") :])
    show("a photo, JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00")
    show("a photo, WebP", b"RIFF\x24\x00\x00\x00WEBPVP8 ")
    show("a photo, HEIC", b"\x00\x00\x00\x18ftypheic\x00\x00")
    show("a photo, GIF", b"GIF89a\x01\x00")
    show("a code", "7k3m-9qxt 2b4f\n")
    show("a code with a letter too many", "7K3M 9QXT 2B4U")
    show("an archive", b"PK\x03\x04\x14\x00\x00\x00")
    show("a poem baked", _baked(a_template(), "Sous le pont Mirabeau coule la Seine"))
    show("json baked", _baked(a_template(), '{"id":"https://badges.test/assertions/1"}'))
    show("empty file", b" \n")
    show("a letter", "Bonjour, ceci est une lettre.")
    show("latin 1", "é.é.é".encode("latin-1"))
    show("six mebibytes", bytes(6 * 1024 * 1024))
    show("an address", "https://badges.test/assertions/1")
    show("an address with a space", "https://badges.test/a b")

    svg = good.svg()
    element = svg[svg.index(b"<openbadges") : svg.index(b"/>") + 2]
    show("svg without badge", b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')
    show("svg with two badges", svg.replace(element, element * 2))
    show("svg with a doctype", b"<!-- x --><!DOCTYPE svg>" + svg)
    show("svg cut short", svg[:-7])
    show("svg of another name", svg.replace(b"<svg ", b"<svg:svg xmlns:svg='urn:x' ").replace(b"</svg>", b"</svg:svg>"))
    body = b'<o:assertion xmlns:o="http://openbadges.org" verify="x"><![CDATA[y]]></o:assertion>'
    show("svg that contradicts itself", svg.replace(element, body))
    show("svg of an address in capitals", svg.replace(element, body.replace(b'"x"', b'"HTTPS://badges.test/a"')))
    cdata = b'<o:assertion xmlns:o="http://openbadges.org"> <![CDATA[' + token.encode() + b"]]> </o:assertion>"
    show("svg with its badge in the body", svg.replace(element, cdata))
    show("svg with elements in its badge", svg.replace(element, cdata.replace(b" <!", b"<a/><!")))
    show("svg of open badges 3", svg.replace(element, b'<o:credential xmlns:o="https://purl.imsglobal.org/ob/v3p0"/>'))


def _show_documents(evening: Evening, good: Badge, token: str) -> None:
    show, world = evening.show, evening.world
    head, payload, signature = token.split(".")

    def header(text: str) -> str:
        return f"{urlsafe_b64encode(text.encode()).decode().rstrip('=')}.{payload}.{signature}"

    show("alg none", header('{"alg":"none"}'))
    show("alg hs256", header('{"alg":"HS256"}'))
    show("crit", header('{"alg":"RS256","crit":["x"]}'))
    show("header twice", header('{"alg":"none","alg":"RS256"}'))
    show("header is a list", header("[]"))
    show("padding in the token", token + "=")
    show("another spelling of base64", f"{head[:-1]}{chr(ord(head[-1]) + 1)}.{payload}.{signature}")
    show("empty signature", f"{head}.{payload}.")
    show("too long a token", f"{head}.{'A' * 70000}.{signature}")

    data = good.json()
    show("member twice", world.award(payload=b'{"id":"urn:uuid:1",' + data[1:]).token)
    show("byte order mark", world.award(payload=b"\xef\xbb\xbf" + data).token)
    show("not utf-8", world.award(payload=data[:-1] + b',"x":"\xff"}').token)
    show("half a surrogate", world.award(payload=data[:-1] + b',"x":"\\ud800"}').token)
    show("a surrogate pair", world.award(payload=data[:-1] + b',"x":"\\ud83d\\ude42"}').token)
    show("nul", world.award(payload=data[:-1] + b',"x":"\\u0000"}').token)
    show("nan", world.award(payload=data[:-1] + b',"x":NaN}').token)
    show("infinite", world.award(payload=data[:-1] + b',"x":1e999}').token)
    show("forty digits", world.award(payload=data[:-1] + b',"x":' + b"9" * 40 + b"}").token)
    show("thirty digits", world.award(payload=data[:-1] + b',"x":' + b"9" * 30 + b"}").token)
    show("seventy levels", world.award(payload=data[:-1] + b',"x":' + b"[" * 70 + b"]" * 70 + b"}").token)
    show("sixty levels", world.award(payload=data[:-1] + b',"x":' + b"[" * 60 + b"]" * 60 + b"}").token)
    show("a comma too many", world.award(payload=data[:-1] + b",}").token)
    show("a list as payload", world.award(payload=b"[]").token)
    show("no recipient", world.award(recipient=None).token)
    show("recipient is no hash", world.award(recipient=good.document["recipient"] | {"identity": "x"}).token)
    show("no type of assertion", world.award(type=["BadgeClass"]).token)
    show("a date without time", world.award(issuedOn="2026-11-19").token)
    show("the thirtieth of February", world.award(issuedOn="2026-02-30T10:00:00Z").token)
    show("two spellings", world.award(**{"@id": good.id}).token)
    show("two dates", world.award(issuedOn=["2026-11-19T10:00:00Z", "2026-11-18T10:00:00Z"]).token)
    show("an evidence that is a number", world.award(evidence=[3]).token)
    show("hosted in a token", world.award(verification={"type": "HostedBadge"}).token)
    show("signed and hosted", world.award(verification={"type": ["HostedBadge", "SignedBadge"]}).token)
    show("version 3.0", world.award(**{"@context": ["https://www.w3.org/ns/credentials/v2"]}).token)
    show("another context", world.award(**{"@context": "https://schema.org"}).token)
    v1, v2 = "https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2"
    show("version 1.1", world.award(**{"@context": v1}).token)
    show("no context", world.award(**{"@context": None}).token)
    show("both contexts by http", world.award(**{"@context": [v2.replace("https", "http") + "/", v1]}).token)
    show("a context of its own", world.award(**{"@context": [v2, {}, {"jour": "https://x.test/"}]}).token)
    show("a context that redefines", world.award(**{"@context": [v2, {"recipient": "https://x.test/"}]}).token)
    for name, context, members in _OTHER_WORDS:
        show(f"other words: {name}", world.award(**{"@context": context} | members).token)
    in_full = _in_full(good.document)
    show("in full addresses", world.award(payload=json.dumps(in_full).encode()).token)
    show("in full addresses, alone in an array", world.award(payload=json.dumps([in_full]).encode()).token)
    show("in full addresses, twice in an array", world.award(payload=json.dumps([in_full] * 2).encode()).token)
    show("json in full addresses", json.dumps([in_full | {"@id": "https://badges.test/a"}]))
    show("json whose id has another name", json.dumps({"@context": [v2, {"ad": "@id"}], "ad": "https://badges.test/a"}))
    show("json that says its id elsewhere", json.dumps({"@context": [v2, "https://x.test/c"], "badge": "x"}))
    show("words of its own", world.award(**{"@context": [v2, "https://x.test/c"], "recipient": None}).token)
    show("a word in full", world.award(**{"https://w3id.org/openbadges#x": 1, "badge": None}).token)
    show("alg ps256", header('{"alg":"PS256"}'))
    show("alg a number", header('{"alg":256}'))
    show("it says that it is revoked", world.award(revoked=True, revocationReason="erreur").token)
    show("it says that it is not revoked", world.award(revoked=False).token)
    show("an image that is a text", world.award(image="data:text/plain,x").token)
    show("an image that is a png", world.award(image={"id": "data:image/png;base64,AA", "type": "Image"}).token)
    show("an endorsement that is none", world.award(endorsement=[{"id": "urn:x:y", "type": "Endorsement"}]).token)
    show("an endorsement by its address", world.award(endorsement="https://x.test/e").token)
    apply_link = {"@context": "https://x.test/c", "type": ["Extension", "extensions:ApplyLink"]}
    show("an extension without its member", world.award(**{"extensions:applyLink": apply_link}).token)
    show("an extension", world.award(**{"extensions:applyLink": apply_link | {"url": "https://x.test/"}}).token)
    show("an extension without context", world.award(**{"ext:x": {"type": ["Extension", "ext:X"]}}).token)
    show("json that says it is signed", good.json())
    show("json that is hosted", world.hosted().json())
    show("json of something else", json.dumps({"@context": "https://schema.org", "id": "https://badges.test/a"}))
    show("json that is an id", '{"id":"https://badges.test/assertions/1"}')
    show("json that is an id in capitals", '{"id":"HTTPS://badges.test/assertions/1"}')
    old = {"uid": "7", "recipient": "sha256$" + "0" * 64, "badge": "https://badges.test/b"}
    show("json of version 0.5", json.dumps(old))
    verify = {"type": "hosted", "url": "https://badges.test/assertions/7"}
    identity = good.document["recipient"]
    show("json of version 1.0", json.dumps(old | {"verify": verify, "recipient": identity}))
    show(
        "json of version 1.0, signed", json.dumps(old | {"verify": verify | {"type": "signed"}, "recipient": identity})
    )
    show("json of version 1.1", json.dumps(old | {"@context": v1, "id": verify["url"], "verify": verify}))
    show(
        "a token of version 1.0",
        world.award(payload=json.dumps(old | {"verify": verify, "recipient": identity}).encode()).token,
    )
    show("json cut short", good.json()[:-1])
    creator = good.document["verification"]["creator"]
    of_1_1: dict[str, dict[str, Any]] = {
        "as 1.1 signs": {},
        "with a date of 1.1": {"issuedOn": "2026-11-19"},
        "with a time of 1.1": {"issuedOn": "2026-11-19T10:00"},
        "with seconds": {"issuedOn": 1763546400},
        "with seconds as a text": {"issuedOn": "1763546400"},
        "with seconds and a fraction": {"issuedOn": 1763546400.75},
        "with too many seconds": {"issuedOn": 10**17},
        "with a date in words": {"issuedOn": "novembre"},
        "that ended": {"expires": "2026-11-01"},
        "without an id": {"id": None, "uid": "7"},
        "without an id or a uid": {"id": None},
        "withdrawn by its uid": {"id": None, "uid": "ancien-7"},
        "without verify": {"verify": None},
        "with verify as a word": {"verify": "signed"},
        "that says hosted": {"verify": {"type": "hosted", "url": creator}},
        "of another key": {"verify": {"type": "signed", "url": "https://badges.test/x"}},
    }
    for name, members in of_1_1.items():
        signed = {"@context": v1, "verification": None, "verify": {"type": "signed", "url": creator}} | members
        show(f"1.1, signed, {name}", world.award(**signed).token)
    for algorithm in ("sha1", "sha512"):
        said = f"{algorithm}${hashlib.new(algorithm, (EMAIL + 'sel').encode()).hexdigest()}"
        recipient = {"type": "email", "hashed": True, "salt": "sel", "identity": said}
        for whom in (EMAIL, "autre@example.org", None):
            old_one = world.award(**{"@context": v1, "recipient": recipient})
            show(f"1.1, recipient by {algorithm}, {whom}", old_one.token, whom)
        show(f"2.0, recipient by {algorithm}", world.award(recipient=recipient).token)
    show("a token of version 0.5", world.award(payload=json.dumps(old).encode()).token)
    show("json of version 0.5 with an id", json.dumps(old | {"id": "https://badges.test/a"}))


def _show_proofs(evening: Evening) -> None:
    show, world = evening.show, evening.world
    record = world.record().to_json()
    first = record["criteria"][0]
    seen = first["observations"][0]

    def with_record(**changes: Any) -> Badge:
        return world.award(proof={"record": record | changes})

    def with_first(**changes: Any) -> Badge:
        return with_record(criteria=[first | changes, *record["criteria"][1:]])

    def with_seen(**changes: Any) -> Badge:
        return with_first(observations=[seen | changes])

    show("rule broken, a criterion missing", world.award(record=a_record(FACTS[:1])))
    show("rule broken, one day only", world.award(record=a_record([a_fact("c1"), a_fact("c2")])))
    show("rule broken, too old", world.award(record=a_record([a_fact("c1", date(2026, 3, 2)), FACTS[1]])))
    show("rule broken, not acquired", with_first(result="not_yet"))
    show("rule broken, no observation", with_first(observations=[]))
    show("rule broken, another way", with_seen(way="QOR"))
    show("rule broken, seen after the decision", with_seen(month="2026-12", day=2))
    show(
        "rule broken, wrong decider",
        world.award(record=world.record(deciders=(Decider("a1", "decides", "ASP", "same"),))),
    )
    show("rule broken, person twice", world.award(record=world.record(deciders=(ETI, replace_who(PEER, "a1")))))
    show("rule broken, unknown criterion", with_first(criterion="c9"))
    show("rule broken, criterion twice", with_record(criteria=[first, first, *record["criteria"][1:]]))
    show("rule broken, days out of order", with_seen(day=3))
    show("rule broken, decided after the badge", with_record(decided="2026-12"))
    optional = a_record([*FACTS, a_fact("c3", way="QOR")])
    show("an optional criterion more", world.award(record=optional))
    told = world.record(prerequisites=(PrerequisiteSeen("autre", "1.0.0", "2026-10"),))
    show("a prerequisite more", world.award(record=told))
    show("malformed record, a member more", with_record(note="x"))
    show("malformed record, a float", with_seen(day=1.0))
    show("malformed record, a month", with_record(decided="2026-13"))
    show("malformed record, no commitment", with_record(commitment="sha256$0"))
    show("malformed record, no list", with_record(criteria={}))
    show("no definition in the proof", world.award(proof={"definition": None}))
    show("no proof", world.award(**{"extensions:criteriaProof": None}))
    show("proof of another type", world.award(proof={"type": "Extension"}))
    easier = canonical(a_definition_json(version="1.0.0", rule={"distinct_days": 0}))
    show("definition differs", world.award(definition=easier))
    show("definition unreadable", world.award(definition="{}"))


def replace_who(decider: Decider, who: str) -> Decider:
    return Decider(who, decider.role, decider.function, decider.structure)


# -- the same badge under other data -----------------------------------------------------------------------------


def evenings_of_old_data() -> Iterator[Evening]:
    for name, age in (
        ("a day old", DAY),
        ("a week old", 7 * DAY),
        ("a minute too old", 7 * DAY + timedelta(minutes=2)),
        ("a month old", 30 * DAY),
    ):
        world = World()
        revoked = world.award()
        world.revoke(revoked.id)
        evening = Evening(name, world, world.bundle_text(), NOW + age)
        evening.show("valid", world.award())
        evening.show("revoked", revoked)
        evening.show("forged", with_signature_changed(world.award().token))
        yield evening


def evenings_of_the_network() -> Iterator[Evening]:
    structures: dict[str, dict[str, Any]] = {
        "closed before": {"status": "closed", "since": date(2026, 11, 10)},
        "closed after": {"status": "closed", "since": date(2026, 11, 20)},
        "suspended": {"status": "suspended", "since": date(2026, 11, 19)},
        "family not allowed": {"families": (FamilyRight("transverses"),)},
        "family not yet": {"families": (FamilyRight("techniques", date(2026, 12, 1)),)},
        "family ended": {"families": (FamilyRight("techniques", None, date(2026, 10, 1)),)},
    }
    for name, changes in structures.items():
        world = World()
        evening = Evening(name, world, world.bundle_text(world.structure(**changes)))
        evening.show("a badge", world.award())
        yield evening
    profiles: dict[str, dict[str, Any]] = {
        "profile not yet": {"valid_from": date(2026, 12, 1)},
        "profile ended": {"valid_until": date(2026, 11, 1)},
    }
    for name, changes in profiles.items():
        world = World()
        evening = Evening(name, world, world.bundle_text(world.structure(world.trusted_profile(**changes))))
        evening.show("a badge", world.award())
        yield evening
    world = World()
    evening = Evening("demonstration", world, world.bundle_text(demo=True, allowed_origins=("https://badges.test",)))
    evening.show("a badge", world.award())
    yield evening
    world = World()
    evening = Evening("no snapshot", world, world.bundle_text(snapshots=False))
    evening.show("a badge", world.award())
    yield evening
    world = World()
    world.issuer.revoked.append({"id": 3})
    evening = Evening("malformed snapshot", world, world.bundle_text())
    evening.show("a badge", world.award())
    yield evening


def evenings_of_keys() -> Iterator[Evening]:
    for algorithm in ("ES256", "EdDSA"):
        world = World(algorithm=algorithm)
        world.root, world.list_key = a_key("root-rsa", "RS256"), a_key("list-ec", "ES256")
        evening = Evening(f"issuer with {algorithm}", world, world.bundle_text())
        token = world.award().token
        evening.show("valid", world.award())
        evening.show("forged", with_signature_changed(token))
        evening.show("zero signature", f"{token.rpartition('.')[0]}.{'A' * 86}")
        evening.show("another algorithm", world.award(key=a_key("thief", "RS256")))
        yield evening
    for name, since in (("retired since", NOW), ("retired before", NOW - 5 * DAY)):
        world = World()
        bundle = world.bundle_text(world.structure(world.trusted_profile(status="retired", since=since)))
        evening = Evening(name, world, bundle)
        evening.show("a badge", world.award())
        yield evening
    world = World()
    stolen: TrustedProfile = world.trusted_profile(status="compromised", since=NOW - 5 * DAY)
    before, backdated = (world.award(issuedOn="2026-11-01T10:00:00Z") for _ in range(2))
    after = world.award(issuedOn="2026-11-19T10:00:00Z")
    chain = world.commitments((NOW - 15 * DAY, [before]), (NOW - 14 * DAY, []), (NOW - DAY, [after]))
    for name, commitments in (
        ("compromised with commitments", chain),
        ("compromised without commitments", []),
        ("compromised, chain too short", chain[:1]),
        ("compromised, chain with a gap", [chain[0], chain[2]]),
    ):
        evening = Evening(name, world, world.bundle_text(world.structure(stolen), commitments=commitments))
        evening.show("committed before", before)
        evening.show("backdated", backdated)
        evening.show("after the theft", after)
        yield evening


def evenings_of_definitions() -> Iterator[Evening]:
    entries: dict[str, dict[str, Any]] = {
        "proposition": {"status": "proposition"},
        "retired version": {"retired_on": date(2026, 11, 1)},
        "version not yet published": {"published_on": date(2026, 11, 25)},
    }
    for name, changes in entries.items():
        world = World()
        evening = Evening(name, world, world.bundle_text(catalogue=(world.entry(**changes),)))
        evening.show("a badge", world.award())
        yield evening
    definitions: dict[str, dict[str, Any]] = {
        "unknown clause": {"rule": {"weather": "fine"}},
        "never alone": {"rule": {"never_alone": ["CLI", "TUT"]}},
        "optional asked": {"rule": {"optional_at_least": 1}},
        "another function": {"second": "other_function"},
        "another structure": {"second": "other_structure"},
        "prerequisites": {"prerequisites": ["trv-autre"]},
        "no age": {"rule": {"max_age_months": None, "distinct_days": 0}},
        "a definition that is not one": {"criteria": []},
    }
    for name, changes in definitions.items():
        world = World()
        text = canonical(a_definition_json(version="1.0.0", **changes))
        entry: CatalogueEntry = world.entry(digest=digest(text))
        evening = Evening(name, world, world.bundle_text(catalogue=(entry,)))
        customer = [a_fact("c1", function="CLI"), a_fact("c2", date(2026, 10, 12), function="TUT")]
        asked = PrerequisiteSeen("trv-autre", "1.0.0", "2026-11")
        coord = Decider("a2", "second", "COORD", "same")
        for title, record in {
            "as usual": world.record(),
            "seen by customers": a_record(customer),
            "an optional one": a_record([*FACTS, a_fact("c3", way="QOR")]),
            "two people": world.record(deciders=(ETI, coord)),
            "a neighbour": world.record(deciders=(ETI, PEER)),
            "a customer second": world.record(deciders=(ETI, Decider("a2", "second", "CLI", "other"))),
            "with the prerequisite": world.record(prerequisites=(asked,)),
            "years ago": a_record([a_fact("c1", date(2024, 1, 2)), a_fact("c2", date(2024, 2, 3))]),
        }.items():
            evening.show(title, world.award(definition=text, record=record))
        yield evening


# -- badges changed at random ------------------------------------------------------------------------------------

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 1.0, 10**25, "", "x", "é", [], {}, ["x"], "2026-10", "2026-13", "email", "url"),
    *("https://x.test/a", "urn:uuid:00000000-0000-4000-8000-000000000000", "mailto:a@b.c", "data:image/png;base64,AA"),
    *("2026-11-19T10:00:00Z", "2026-11-19T10:00:00+25:00", "2026-11-19T10:00Z", "0000-01-01T00:00:00Z"),
    *("SignedBadge", "HostedBadge", ["SignedBadge", "HostedBadge"], "acquired", "OBS", "GRI", "CLI", "ETI"),
    *("sha256$" + "0" * 64, {"id": "https://x.test/"}, {"@id": "urn:x:y"}, "Extension", "obi:Assertion"),
    {"type": ["Extension", "extensions:ApplyLink"], "@context": "https://x.test/c"},
    {"id": "https://x.test/", "type": "Endorsement"},
)
NAMES = (
    *("id", "@id", "type", "@type", "verify", "verification", "evidence", "image", "endorsement", "expires", "revoked"),
    *("narrative", "uid", "related", "@language", "version", "x", "https://x.test/p", "obi:x", "salt", "hashed"),
    *("creator", "publicKeyPem", "startsWith", "allowedOrigins", "extensions:originalCreator"),
)


def an_evening_of_changes(seed: int, count: int) -> Evening:
    """So many badges, each a valid one in which chance changed a little; half of them signed again afterwards."""
    chance = random.Random(seed)
    world = World()
    evening = Evening("changed", world, world.bundle_text())
    good = world.award()
    changes = (_with_a_member_changed, _with_its_json_changed, _with_chunks_changed, _with_characters_changed)
    for number in range(count):
        change = chance.choices(changes, (5, 3, 2, 2))[0]
        evening.show(f"{change.__name__} {number}", change(chance, good))
    return evening


def _with_a_member_changed(chance: random.Random, badge: Badge) -> str:
    document = copy.deepcopy(badge.document)
    for _ in range(chance.choice((1, 1, 1, 2))):
        holder, name = chance.choice(list(_places(document)))
        how = chance.randrange(5)
        if how == 0:
            del holder[name]
        elif how == 1:
            holder[name] = [holder[name]] * chance.choice((1, 1, 2))
        elif how == 2 and isinstance(holder, dict):
            holder[chance.choice(NAMES)] = copy.deepcopy(chance.choice(VALUES))
        else:
            holder[name] = copy.deepcopy(chance.choice(VALUES))
    text = json.dumps(document, ensure_ascii=False)
    return badge.world.award(payload=text.encode()).token if chance.random() < 0.85 else text


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Everything inside, as what holds it and under which name."""
    for name in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, name
        yield from _places(value[name])


def _with_its_json_changed(chance: random.Random, badge: Badge) -> str:
    data, at = bytearray(badge.json()), chance.randrange(len(badge.json()))
    piece = chance.choice(
        (b'"', b",", b"\\", b"\\u0000", b"\\ud800", b"0", b" ", b"[", b"e", b"\xc3", b'{"a":1,"a":2},')
    )
    data[at : at + chance.randrange(2)] = piece
    return badge.world.award(payload=bytes(data)).token


def _with_chunks_changed(chance: random.Random, badge: Badge) -> bytes:
    png = badge.png()
    chunks, at = [], 8
    while at < len(png):
        end = at + 12 + int.from_bytes(png[at : at + 4], "big")
        chunks.append((png[at + 4 : at + 8], png[at + 8 : end - 4]))
        at = end
    place, how = chance.randrange(len(chunks)), chance.randrange(5)
    kind, body = chunks[place]
    if how == 0:
        del chunks[place]
    elif how == 1:
        chunks.insert(chance.randrange(len(chunks) + 1), (kind, body))
    elif how == 2 and body:
        at = chance.randrange(min(len(body), 40))
        chunks[place] = (kind, body[:at] + chance.randbytes(1) + body[at + 1 :])
    elif how == 3:
        chunks[place] = (bytes(chance.choices(b"abcABCiItTzZxX1", k=4)), body)
    else:
        fields = chance.choice((b"\0\0\0\0", b"\1\0\0\0", b"", b"\0\0fr\0k\0"))
        said = chance.choice((badge.token.encode(), b"http://x/", b"\xff", b"{}"))
        chunks.insert(place, (chance.choice((b"iTXt", b"tEXt", b"zTXt")), b"openbadges\0" + fields + said))
    changed = png[:8] + b"".join(_chunk(*each) for each in chunks)
    if chance.random() < 0.2:
        changed = changed[:-40] + chance.randbytes(1) + changed[-39:]
    return changed


def _with_characters_changed(chance: random.Random, badge: Badge) -> bytes:
    svg = badge.svg()
    data = bytearray(chance.choice((svg, badge.token.encode())))
    at = chance.choice((chance.randrange(150), chance.randrange(len(data)), len(data) - 1 - chance.randrange(60)))
    data[at : at + chance.randrange(2)] = bytes([chance.choice(b"<>&\"' /=a!?-[].+AB0\xe9")])
    return bytes(data)


def main(folder: Path) -> None:
    for evening in evenings():
        place = folder / evening.name.replace(" ", "-")
        place.mkdir(parents=True, exist_ok=True)
        (place / "bundle.jws").write_text(evening.bundle, encoding="ascii")
        (place / "root").write_text(jws.load_public_key(evening.world.root.public_pem).fingerprint, encoding="ascii")
        (place / "now").write_text(evening.now.isoformat(), encoding="ascii")
        for shown in evening.shown:
            (place / shown.file_name).write_bytes(shown.data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
