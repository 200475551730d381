"""What strangers send to the verification desk: each is answered at once, in words, and none is believed.

One table for files that are no badge, one for forgeries made with everything a forger can have: a key of their own,
Profiles and BadgeClasses of their own, true badges of others, the network's own signed documents. What a stolen or
careless *recognised* issuer can do is at the end.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from badges.catalogue.definition import canonical
from badges.catalogue.proof import PROOF_TERM, definition_extension
from badges.clock import FixedClock
from badges.openbadges import jws
from badges.trust import FamilyRight, sign_delegation
from badges.verify import api, page
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from badges.verify.report import Report
from badges.verify.verifier import Verifier
from tests.catalogue.builders import a_definition_json
from tests.web.building import a_site, some_pages
from tests.world import DAY, EMAIL, NOW, Badge, Issuer, World, a_key, with_signature_changed

from .hostile_codes import expected, in_short, of_answer

KIB, MIB = 1024, 1024 * 1024
AT_ONCE = 2.0
"""Seconds of processor for one upload, on a busy machine; what was mended here took minutes."""


# -- files that are no badge ---------------------------------------------------------------------------------------


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_png(*between: bytes, width: int = 9, height: int = 9, data: bytes = b"x", after: bytes = b"") -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"".join((b"\x89PNG\r\n\x1a\n", header, *between, chunk(b"IDAT", data), chunk(b"IEND"), after))


def baked(text: bytes, keyword: bytes = b"openbadges") -> bytes:
    return chunk(b"iTXt", keyword + b"\0\0\0\0\0" + text)


def an_svg(inside: str = "", before: str = "", attributes: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def carried(text: str, prefix: str = "openbadges") -> str:
    return f'<{prefix}:assertion xmlns:{prefix}="http://openbadges.org" verify="{text}"/>'


def b64(data: bytes | dict[str, Any]) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def members(count: int, last: str) -> bytes:
    return ("{" + ",".join(f'"a{number}":0' for number in range(count)) + f',"{last}":1}}').encode()


TOKEN = World().award().token
PNG = World().award().png()

NO_BADGE: dict[str, bytes] = {
    # nothing, or nearly
    "one byte": b"\x89",
    "a hundred NUL": b"\0" * 100,
    "five megabytes of NUL": b"\0" * (5 * MIB),
    "one byte more than is taken": b"a" * (5 * MIB + 1),
    "white space, then a letter": b" " * (4 * MIB) + b"a",
    "UTF-16": '{"id":"x"}'.encode("utf-16"),
    "only dots": b"." * MIB,
    "an endless tag": b"<" * MIB,
    "a zip file": b"PK\3\4" + b"\0" * 30,
    "a JPEG": b"\xff\xd8\xff\xe0" + b"\0" * 30,
    "a page": b"<!doctype html><svg>" + b"<p>" * 1000,
    # JSON
    "JSON: one name twice among 20,000": members(20_000, "a19999"),
    "JSON: one name twice among 300,000": members(300_000, "a299999"),
    "JSON: 300,000 names": members(300_000, "z"),
    "JSON: a million empty arrays": b'{"a":[' + b"[]," * MIB + b"[]]}",
    "JSON: a million empty objects": b'{"a":[' + b"{}," * MIB + b"{}]}",
    "JSON: arrays a hundred thousand deep": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "JSON: objects forty thousand deep": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "JSON: arrays that never end": b'{"a":' + b"[" * 200_000,
    "JSON: an integer of 200,000 digits": b'{"id":' + b"9" * 200_000 + b"}",
    "JSON: a fraction of 200,000 digits": b'{"id":0.' + b"9" * 200_000 + b"}",
    "JSON: an exponent without end": b'{"id":1e999999999}',
    "JSON: NaN": b'{"id":NaN}',
    "JSON: half a surrogate pair": b'{"id":"\\ud800"}',
    "JSON: NUL": b'{"id":"\\u0000"}',
    "JSON: a byte order mark": b'\xef\xbb\xbf{"id":"x"}',
    "JSON: ten thousand contexts": b'{"@context":[' + b'"a",' * 10_000 + b'"b"],"recipient":1}',
    "JSON: every member of a wrong type": b'{"@context":1,"id":[],"type":{},"verification":[[]],"recipient":false}',
    # PNG
    "PNG: the signature alone": b"\x89PNG\r\n\x1a\n",
    "PNG: a chunk of four gigabytes": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR",
    "PNG: 400,000 chunks": a_png(*[chunk(b"tEXt")] * 400_000),
    "PNG: two billion pixels a side": a_png(baked(b"a.b.c"), width=2**31 - 1, height=2**31 - 1),
    "PNG: no pixel": a_png(baked(b"a.b.c"), width=0, height=0),
    "PNG: a bomb in its pixels": a_png(baked(b"a.b.c"), width=4096, height=4096, data=zlib.compress(bytes(50 * MIB))),
    "PNG: a bomb in its iTXt": a_png(chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(bytes(20 * MIB)))),
    "PNG: a bomb in its zTXt": a_png(chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(bytes(20 * MIB)))),
    "PNG: a zip file behind it": PNG + b"PK\3\4" + b"\0" * 40,
    "PNG: another PNG behind it": PNG + PNG,
    "PNG: cut before its end": PNG[:-20],
    "PNG: its badge twice": PNG[:33] + baked(TOKEN.encode()) + PNG[33:],
    "PNG: a second badge, of Open Badges 3.0": PNG[:33] + baked(b"{}", b"openbadgecredential") + PNG[33:],
    "PNG: a page as its badge": a_png(baked(b"<script>alert(1)</script>")),
    "PNG: itself as its badge": a_png(baked(PNG.hex().encode())),
    "PNG: 60 kB of open brackets as its badge": a_png(baked(b"[" * 60 * KIB)),
    "PNG: a file of this machine as its badge": a_png(chunk(b"tEXt", b"openbadges\0file:///etc/passwd")),
    # SVG
    "SVG: an entity": an_svg(carried("&a;"), '<!DOCTYPE svg [<!ENTITY a "b">]>'),
    "SVG: a billion laughs": an_svg("&b;", '<!DOCTYPE a [<!ENTITY a "aaa"><!ENTITY b "&a;&a;&a;">]>'),
    "SVG: an entity of this machine": an_svg("&a;", '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "SVG: 100,000 deep": an_svg("<g>" * 100_000),
    "SVG: 60,000 attributes": an_svg(attributes=" ".join(f'a{number}=""' for number in range(60_000))),
    "SVG: quotes without end": b'<svg xmlns="http://www.w3.org/2000/svg" ' + b"'\"" * 400_000,
    "SVG: two badges": an_svg(carried(TOKEN) + carried(TOKEN, "ob")),
    "SVG: two badges, one as text": an_svg(
        f'<o:assertion xmlns:o="http://openbadges.org" verify="{TOKEN}">a.b.c</o:assertion>'
    ),
    "SVG: its badge in another namespace": an_svg(f'<a:assertion xmlns:a="http://openbadges.org/" verify="{TOKEN}"/>'),
    "SVG: UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>' + an_svg(carried(TOKEN)),
    "SVG: an outside style sheet and no badge": b'<?xml-stylesheet href="http://127.0.0.1/"?>' + an_svg(),
    # tokens
    "token: a megabyte": b"a" * MIB + b".b.c",
    "token: none of the algorithms": f"{b64({'alg': 'none'})}.{TOKEN.split('.')[1]}.".encode(),
    "token: HMAC with the public key": f"{b64({'alg': 'HS256'})}.{TOKEN.split('.')[1]}.{b64(b'x' * 32)}".encode(),
    "token: a critical extension": f"{b64({'alg': 'RS256', 'crit': ['x']})}.{TOKEN.split('.')[1]}.{b64(b'x')}".encode(),
    "token: its payload apart": f"{TOKEN.split('.')[0]}..{TOKEN.split('.')[2]}".encode(),
    "token: padded": TOKEN.encode() + b"==",
    "token: the other alphabet": TOKEN.replace("-", "+").replace("_", "/").encode() + b"+/",
    "token: cut in lines": TOKEN[:400].encode() + b"\r\n" + TOKEN[400:].encode(),
    "token: five parts": TOKEN.encode() + b".a.b",
    "token: a header of 60 kB": f"{b64({'alg': 'RS256', 'x': 'a' * 40 * KIB})}.e30.{b64(b'x')}".encode(),
    "token: a payload 10,000 deep": f"{b64({'alg': 'RS256'})}.{b64(b'[' * 10_000)}.{b64(b'x' * 256)}".encode(),
    # addresses
    "address: of 3,000 characters": b"https://badges.test/" + b"a" * 3000,
    "address: half in brackets": b"https://[::1",
    "address: with a line in it": b"https://badges.test/\r\nHost: x",
}


@pytest.fixture(scope="module")
def honest() -> World:
    return World()


@pytest.mark.parametrize("name", NO_BADGE)
def test_what_is_no_badge_is_answered_at_once_and_told_why(name: str, honest: World) -> None:
    data = NO_BADGE[name]
    began = time.process_time()
    report = honest.verifier().verify(data, EMAIL)
    said = report.to_json()
    assert time.process_time() - began < AT_ONCE
    assert report.answer in ("no", "unknown")
    assert in_short(said) == expected()[f"file {name}"]
    assert said["badge"] is None
    json.dumps(said, allow_nan=False).encode()
    told = json.dumps(said, ensure_ascii=False)
    assert "<script" not in told
    assert "root:" not in told


# -- forgeries -----------------------------------------------------------------------------------------------------

FORGERIES: dict[str, Callable[[World], Badge | str]] = {}
FORGER = a_key("forger", "RS256")


def forgery(sentence: str) -> Callable[[Any], Any]:
    def keep(make: Callable[[World], Badge | str]) -> Callable[[World], Badge | str]:
        FORGERIES[sentence] = make
        return make

    return keep


def a_forger(world: World, **changes: Any) -> Issuer:
    """An issuer of the forger's own, with everything published."""
    issuer = replace(world.stranger, profile_id="faussaire", key=FORGER, revoked=["urn:uuid:" + "0" * 8], **changes)
    world.publish(issuer)
    return issuer


@forgery("the forger's key, everything else of the true issuer")
def _(world: World) -> Badge:
    return world.award(key=FORGER)


@forgery("the forger's key with the algorithm of another kind of key")
def _(world: World) -> Badge:
    return world.award(key=a_key("forger-ec", "ES256"))


@forgery("the forger's key as creator, the true issuer's badge")
def _(world: World) -> Badge:
    forger = a_forger(world)
    return world.award(key=FORGER, verification={"type": "SignedBadge", "creator": forger.key_address})


@forgery("the true key as creator, signed by the forger, the forger's badge")
def _(world: World) -> Badge:
    forger = a_forger(world)
    return world.award(badge=forger.badge, key=FORGER)


@forgery("the forger's key inside the Assertion")
def _(world: World) -> Badge:
    key = {"type": "CryptographicKey", "id": world.issuer.key_address, "owner": world.issuer.profile}
    key["publicKeyPem"] = FORGER.public_pem
    return world.award(key=FORGER, verification={"type": "SignedBadge", "creator": key})


@forgery("the forger's key in the header")
def _(world: World) -> str:
    payload = json.dumps(world.award().document).encode()
    header = {"alg": "RS256", "jwk": {"kty": "RSA"}, "jku": "https://ailleurs.test/k", "kid": world.issuer.key_address}
    said = f"{b64(header)}.{b64(payload)}"
    return f"{said}.{b64(FORGER.sign(said.encode()))}"


@forgery("a BadgeClass in the file that names the true issuer")
def _(world: World) -> Badge:
    inside = json.loads(world.get(world.issuer.badge, "", MIB).body)
    return world.award(key=FORGER, badge=inside)


@forgery("a BadgeClass in the file with the true Profile in it, and the forger's key in that")
def _(world: World) -> Badge:
    forger = a_forger(world)
    profile = {"type": "Issuer", "id": world.issuer.profile, "name": "ACI", "url": "https://aci.test/"}
    profile |= {"email": "a@aci.test", "publicKey": forger.key_address}
    inside = json.loads(world.get(world.issuer.badge, "", MIB).body) | {"issuer": profile, "id": f"urn:uuid:{'8' * 8}"}
    inside["id"] = "urn:uuid:8b2b2c2e-1111-4111-8111-111111111111"
    return world.award(badge=inside, key=FORGER, verification={"type": "SignedBadge", "creator": forger.key_address})


@forgery("the forger's Profile says that the true key is theirs")
def _(world: World) -> Badge:
    forger = a_forger(world)
    world.change(forger.profile, publicKey=world.issuer.key_address)
    true = {"type": "SignedBadge", "creator": world.issuer.key_address}
    return world.award(issuer=forger, key=FORGER, verification=true)


@forgery("the forger's key says that its owner is the true Profile")
def _(world: World) -> Badge:
    forger = a_forger(world)
    world.change(forger.key_address, owner=world.issuer.profile)
    return world.award(key=FORGER, verification={"type": "SignedBadge", "creator": forger.key_address})


@forgery("the forger's Profile calls itself by the true address")
def _(world: World) -> Badge:
    forger = a_forger(world)
    world.change(forger.profile, id=world.issuer.profile)
    return world.award(issuer=forger)


@forgery("the forger's BadgeClass calls itself by the true address")
def _(world: World) -> Badge:
    forger = a_forger(world)
    world.change(forger.badge, id=world.issuer.badge)
    return world.award(issuer=forger)


@forgery("a true badge with another holder")
def _(world: World) -> str:
    badge = world.award()
    badge.document["recipient"] = world.award(email="faux@example.org").document["recipient"]
    header, _, signature = badge.token.split(".")
    return f"{header}.{b64(badge.document)}.{signature}"


@forgery("a true badge under another signature")
def _(world: World) -> str:
    return with_signature_changed(world.award().token)


@forgery("a true badge whose JSON says that it is hosted by the forger")
def _(world: World) -> str:
    badge = world.award()
    address = "https://ailleurs.test/assertions/1"
    world.answer(address, badge.document | {"id": address, "verification": {"type": "HostedBadge"}})
    return address


@forgery("a hosted badge of the forger's for the true BadgeClass")
def _(world: World) -> str:
    return world.hosted(at="https://ailleurs.test/assertions/2").id


@forgery("a hosted badge of the forger's, whose Profile allows its own origin and the true BadgeClass")
def _(world: World) -> str:
    forger = a_forger(world)
    scope = {"type": "VerificationObject", "startsWith": "https://ailleurs.test/", "allowedOrigins": "ailleurs.test"}
    world.change(forger.profile, verification=scope)
    return world.hosted(issuer=forger, at="https://ailleurs.test/assertions/3", badge=world.issuer.badge).id


@forgery("a hosted badge on a host whose name begins like the true one")
def _(world: World) -> str:
    world.change(world.issuer.profile, verification={"type": "VerificationObject", "startsWith": "https://badges.test"})
    return world.hosted(at="https://badges.test.ailleurs.test/assertions/4").id


@forgery("the JSON of a true signed badge, without its signature")
def _(world: World) -> str:
    return world.award().json().decode()


@forgery("the trust list, presented as a badge")
def _(world: World) -> str:
    return world.trust_text()


@forgery("a delegation, presented as a badge")
def _(world: World) -> str:
    return sign_delegation(world.root, FORGER.public_pem, serial=1, valid_from=NOW, valid_until=NOW + DAY)


@forgery("a bundle, presented as a badge")
def _(world: World) -> str:
    return world.bundle_text()


@forgery("a commitment, presented as a badge")
def _(world: World) -> str:
    return world.commitments((NOW, [world.award()]))[0]


@forgery("an award signed by the key of the trust list")
def _(world: World) -> Badge:
    return world.award(key=world.list_key)


@forgery("an award signed by the root key")
def _(world: World) -> Badge:
    return world.award(key=world.root)


@forgery("a token of the true key that is no Assertion")
def _(world: World) -> str:
    return jws.sign(json.dumps({"sub": "amina", "exp": 9}).encode(), world.issuer.key)


@forgery("a hosted Assertion inside a token of the true key")
def _(world: World) -> Badge:
    return world.award(verification={"type": "HostedBadge"})


@forgery("an Assertion of which two members are spelled twice")
def _(world: World) -> Badge:
    return world.award(**{"@id": "https://badges.test/x", "@type": "Assertion"})


@forgery("an Assertion that calls itself a BadgeClass")
def _(world: World) -> Badge:
    return world.award(type="BadgeClass")


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_never_valid_and_told_why(name: str) -> None:
    world = World()
    made = FORGERIES[name](world)
    report = world.verifier().verify(made if isinstance(made, str) else made.token, EMAIL)
    assert report.verdict in ("invalid", "undetermined")
    assert report.answer in ("no", "unknown")
    assert in_short(report.to_json()) == expected()[f"forgery {name}"]


@pytest.mark.parametrize("kind", ["badge", "trust", "bundle"])
def test_no_signed_document_of_the_network_stands_for_another(kind: str) -> None:
    from badges.errors import BadgesError
    from badges.trust import read_bundle, read_trust

    world = World()
    text = {"badge": world.award().token, "trust": world.trust_text(), "bundle": world.bundle_text()}[kind]
    for reader, own in ((read_trust, "trust"), (read_bundle, "bundle")):
        if kind != own:
            with pytest.raises(BadgesError):
                reader(text, world.root_fingerprint, NOW)


# -- true signatures that say too much -------------------------------------------------------------------------------

OVERSTATED: dict[str, Callable[[World], Report]] = {}


def overstated(sentence: str) -> Callable[[Any], Any]:
    def keep(ask: Callable[[World], Report]) -> Callable[[World], Report]:
        OVERSTATED[sentence] = ask
        return ask

    return keep


def weaker(world: World, **changes: Any) -> str:
    return canonical(a_definition_json(version="1.0.0") | changes)


@overstated("a stranger who says that they are recognised")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(issuer=a_forger(world)).token)


@overstated("a family that the structure may not award")
def _(world: World) -> Report:
    structure = world.structure(families=(FamilyRight("permanents", date(2026, 1, 1)),))
    return world.verifier(trust=world.trust(structure)).verify(world.award().token)


@overstated("an award from before the recognition")
def _(world: World) -> Report:
    structure = world.structure(families=(FamilyRight("techniques", date(2026, 11, 20)),))
    return world.verifier(trust=world.trust(structure)).verify(world.award(issuedOn="2026-11-02T10:00:00Z").token)


@overstated("a structure that was closed")
def _(world: World) -> Report:
    structure = world.structure(status="closed", since=date(2026, 11, 1))
    return world.verifier(trust=world.trust(structure)).verify(world.award().token)


@overstated("a stolen key, backdated, without commitments")
def _(world: World) -> Report:
    stolen = world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY))
    return world.verifier(trust=world.trust(stolen)).verify(world.award(issuedOn="2026-11-01T10:00:00Z").token)


@overstated("a stolen key, backdated, and commitments that do not know it")
def _(world: World) -> Report:
    stolen = world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY))
    texts = world.commitments((NOW - 15 * DAY, [world.award()]), (NOW - DAY, []))
    bundle = world.bundle(stolen, commitments=texts)
    return world.verifier(trust=None, bundle=bundle).verify(world.award(issuedOn="2026-11-01T10:00:00Z").token)


@overstated("a stolen key, backdated, and committed after the theft")
def _(world: World) -> Report:
    stolen = world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY))
    badge = world.award(issuedOn="2026-11-01T10:00:00Z")
    bundle = world.bundle(stolen, commitments=world.commitments((NOW - 15 * DAY, []), (NOW - DAY, [badge])))
    return world.verifier(trust=None, bundle=bundle).verify(badge.token)


@overstated("a weaker rule under the published name and version")
def _(world: World) -> Report:
    text = weaker(world, assessors=["COORD", "ETI", "CLI"])
    return world.verifier().verify(world.award(definition=text).token)


@overstated("a weaker rule, hosted as well")
def _(world: World) -> Report:
    text = weaker(world, prerequisites=[], level=4)
    extension = definition_extension(text, world.addresses.proof_context())
    world.change(world.issuer.badge, **{"extensions:criteriaDefinition": extension})
    return world.verifier().verify(world.award(definition=text).token)


@overstated("a version that was never published")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(definition=weaker(world, version="2.0.0")).token)


@overstated("a badge that was never published")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(definition=weaker(world, slug="tec-inventee")).token)


@overstated("the published definition, spelled otherwise")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(definition=json.dumps(json.loads(world.definition))).token)


@overstated("a record without its criteria")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(proof={"record": world.record().to_json() | {"criteria": []}}).token)


@overstated("a record with a member of its own")
def _(world: World) -> Report:
    record = world.record().to_json() | {"met": True}
    return world.verifier().verify(world.award(proof={"record": record}).token)


@overstated("a decision by nobody")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(proof={"record": world.record().to_json() | {"deciders": []}}).token)


@overstated("a decision of next year")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(record=world.record(decided=date(2027, 1, 5))).token)


@overstated("no proof at all")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(**{PROOF_TERM: None}).token)


@overstated("two proofs under two names")
def _(world: World) -> Report:
    badge = world.award()
    weak = badge.document[PROOF_TERM] | {"definition": weaker(world, version="2.0.0")}
    full = "https://w3id.org/openbadges/extensions#" + PROOF_TERM.partition(":")[2]
    return world.verifier().verify(world.award(**{PROOF_TERM: weak, full: badge.document[PROOF_TERM]}).token)


@pytest.mark.parametrize("name", OVERSTATED)
def test_a_true_signature_that_says_too_much_is_never_a_yes(name: str) -> None:
    report = OVERSTATED[name](World())
    assert report.answer != "yes"
    assert in_short(report.to_json()) == expected()[f"overstated {name}"]


def test_a_picture_of_another_badge_is_told_in_the_first_sentence() -> None:
    world = World()
    for picture in (world.award().png(art=2), world.award().png(code="0123456789AB")):
        report = world.verifier().verify(picture)
        assert report.require("picture").outcome == "failed"
        assert "Attention" in report.headline["fr"]


# -- the doors -----------------------------------------------------------------------------------------------------

FORM = {"content-type": "multipart/form-data; boundary=b"}
FIELDS = {"content-type": "application/x-www-form-urlencoded"}
PART = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
REQUESTS: dict[str, tuple[dict[str, str], bytes]] = {
    "no boundary": ({"content-type": "multipart/form-data"}, b"--b\r\n"),
    "an endless boundary": ({"content-type": "multipart/form-data; boundary=" + "b" * 5000}, b"x"),
    "a form that does not end": (FORM, PART + b"x"),
    "a megabyte before the form": (FORM, b"x" * MIB + PART),
    "a header of a megabyte": (FORM, b"--b\r\nX: " + b"a" * MIB + b"\r\n\r\nx\r\n--b--"),
    "a hundred thousand headers": (FORM, b"--b\r\n" + b"X: a\r\n" * 100_000 + b"\r\nx\r\n--b--"),
    "boundaries, nearly": (FORM, PART + b"\r\n--" * MIB + b"\r\n--b--"),
    "61 parts": (FORM, (PART + b"x\r\n") * 61 + b"--b--"),
    "a name of no encoding": (FORM, PART.replace(b'"file"', b"\"file\"; filename*=x''%ff%00") + b"x\r\n--b--"),
    "semicolons without end": (FORM, PART.replace(b"form-data", b"form-data" + b";" * MIB) + b"x\r\n--b--"),
    "a part without a name": (FORM, b"--b\r\n\r\nx\r\n--b--"),
    "a person with NUL": (FORM, PART.replace(b"file", b"recipient") + b"a\0@b.c\r\n" + PART + b"a.b.c\r\n--b--"),
    "a person of a megabyte": (FORM, PART.replace(b"file", b"recipient") + b"a" * MIB + b"\r\n--b--"),
    "sixty thousand fields": (FIELDS, b"text=a&" * 60_000),
    "percent signs without end": (FIELDS, b"text=" + b"%" * 400_000),
    "half a surrogate pair in a field": (FIELDS, b"text=%ed%a0%80"),
    "a compressed body": ({"content-encoding": "gzip"}, b"\x1f\x8b" + b"\0" * 100),
    "nothing": ({}, b""),
    "white space": ({}, b" \r\n\t" * 1000),
    "more than is taken": ({}, b"a" * (20 * MIB + 1)),
    "a content type of semicolons": ({"content-type": ";" * 20_000}, b"x"),
}


def a_door(world: World) -> FastAPI:
    """The API and the page of a verifier that lives in this world."""
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    desk, pages = Desk(lambda: verifier, memory), some_pages()
    return a_site(api.router(desk), page.router(desk, pages), pages=pages)


@pytest.mark.parametrize("path", ["/api/v1/verify", "/verifier"])
@pytest.mark.parametrize("name", REQUESTS)
def test_no_request_is_answered_by_a_failure(honest: World, path: str, name: str) -> None:
    headers, body = REQUESTS[name]
    site = a_door(honest)

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="https://badges.example") as client:
            return await client.post(path, content=body, headers=headers)

    began = time.process_time()
    response = asyncio.run(ask())
    assert time.process_time() - began < AT_ONCE
    assert response.status_code in (200, 413, 422)
    assert '"valid"' not in response.text
    assert 'data-answer="yes"' not in response.text
    if path.startswith("/api/"):
        assert of_answer(response.status_code, response.content) == expected()[f"request {name}"]
    else:
        assert str(response.status_code) == expected()[f"request {name}"][:3]


def test_a_true_badge_is_still_believed(honest: World) -> None:
    badge = honest.award()
    for data in (badge.token, badge.png(), badge.svg()):
        assert honest.verifier().verify(data, EMAIL).answer == "yes"


def test_there_are_enough_of_them() -> None:
    assert len(NO_BADGE) + len(FORGERIES) + len(OVERSTATED) + 2 * len(REQUESTS) >= 150
