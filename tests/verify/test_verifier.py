"""A table of sentences: what was changed, the check that tells it, and the answer. Each check is seen failing alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from badges.catalogue.definition import canonical
from badges.catalogue.proof import PROOF_TERM
from badges.catalogue.record import Decider
from badges.openbadges import jws
from badges.trust import FamilyRight, shard_out
from badges.verify.fetcher import DOCUMENT_BYTES, CachingFetcher
from badges.verify.report import CHECKS, EXIT_CODES, Report
from badges.verify.verifier import Verifier
from tests.catalogue.builders import FACTS, a_definition_json, a_record
from tests.world import (
    CONTEXT,
    DAY,
    EMAIL,
    NOW,
    Badge,
    World,
    a_key,
    with_picture_byte_changed,
    with_signature_changed,
    with_token_byte_changed,
)

MINUTE = timedelta(minutes=1)


def told(report: Report) -> set[str]:
    """What is not in order, checks that were not reached left out."""
    return {
        f"{check.check} {check.outcome} {check.code}"
        for check in report.checks
        if check.outcome in ("failed", "unknown") and check.code != "not_reached"
    }


def endorsed(world: World, **members: Any) -> Badge:
    """An award of ours whose badge a stranger endorses, at an address of the stranger's."""
    address = "https://ailleurs.test/avis/1"
    opinion = {
        "@context": CONTEXT,
        "type": "Endorsement",
        "id": address,
        "claim": {"id": world.issuer.badge, "endorsementComment": "Sérieux."},
        "issuer": world.stranger.profile,
        "issuedOn": "2026-11-01T10:00:00Z",
        "verification": {"type": "HostedBadge"},
    } | members
    world.answer(address, opinion)
    world.change(world.issuer.badge, endorsement=address)
    return world.award()


@dataclass(frozen=True)
class Case:
    """``present`` changes the world and gives the report; ``expected`` is all that is not in order."""

    sentence: str
    present: Callable[[World], Report]
    expected: set[str]
    verdict: str
    answer: str


CASES: list[Case] = []


def case(sentence: str, *expected: str, verdict: str = "valid", answer: str) -> Callable[[Any], Any]:
    def keep(present: Callable[[World], Report]) -> Callable[[World], Report]:
        CASES.append(Case(sentence, present, set(expected), verdict, answer))
        return present

    return keep


# -- nothing wrong -----------------------------------------------------------------------------------------------


@case("nothing changed, as PNG", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().png())


@case("nothing changed, as SVG", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().svg())


@case("nothing changed, as a token with a line feed after it", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().token + "\n")


@case("nothing changed, by an address that serves the picture", answer="yes")
def _(world: World) -> Report:
    world.answer("https://badges.test/mes-badges/x.png", world.award().png(), content_type="image/png")
    return world.verifier().verify("https://badges.test/mes-badges/x.png")


@case("hosted, as JSON", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.hosted().json())


@case("hosted, by its address", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.hosted().id)


@case("the recipient asked for is the right one, in capitals", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().png(), EMAIL.upper())


@case("offline, with a fresh bundle and an ignored network", answer="yes")
def _(world: World) -> Report:
    png = world.award().png()
    report = world.verifier(trust=None, bundle=world.bundle(), offline=True).verify(png)
    assert world.fetched == []
    assert report.require("badge_class").code == "badge_class_by_trust_list"
    return report


@case("nothing reachable, with a fresh bundle", answer="yes")
def _(world: World) -> Report:
    png = world.award().png()
    world.cut()
    return world.verifier(trust=None, bundle=world.bundle()).verify(png)


@case("the key was retired after the badge", answer="yes")
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="retired", since=NOW)))
    return world.verifier(trust=trust).verify(world.award().png())


@case("the key was stolen after the badge, which was committed before", answer="yes")
def _(world: World) -> Report:
    badge = world.award(issuedOn="2026-11-01T10:00:00Z")
    stolen = world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY))
    commitments = world.commitments((NOW - 15 * DAY, [badge]), (NOW - DAY, []))
    bundle = world.bundle(stolen, commitments=commitments)
    return world.verifier(trust=None, bundle=bundle).verify(badge.png())


@case("no creator named: the Profile's key is found by the BadgeClass", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(verification={"type": "SignedBadge"}).png())


@case("the BadgeClass does not answer, but the trust list holds its definition", answer="yes")
def _(world: World) -> Report:
    world.cut(world.issuer.badge)
    png = world.award().png()
    return world.verifier(bundle=world.bundle()).verify(png)


# -- 1. the input ------------------------------------------------------------------------------------------------


@case("an empty file", "input failed input_empty", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(b" \n")


@case("a text that is no badge", "input failed input_unrecognised", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(b"Bonjour, ceci est une lettre.")


@case("six mebibytes", "input failed input_too_large", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(bytes(6 * 1024 * 1024))


# -- 2. the carrier ----------------------------------------------------------------------------------------------


@case(
    "one byte of the token changed, the CRC not repaired",
    "carrier failed carrier_damaged",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    badge = world.award()
    return world.verifier().verify(with_token_byte_changed(badge.png(), badge.token, repair=False))


@case("one byte of the picture changed", "carrier failed carrier_damaged", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(with_picture_byte_changed(world.award().png()))


@case("the signature of the PNG changed", "carrier failed carrier_damaged", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(b"\x88" + world.award().png()[1:])


@case("a picture without a badge", "carrier failed carrier_not_baked", verdict="invalid", answer="no")
def _(world: World) -> Report:
    from tests.world import a_template

    return world.verifier().verify(a_template())


@case("a picture that carries a poem", "carrier failed carrier_content", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(replace(world.award(), token="Sous le pont Mirabeau coule la Seine").png())


@case(
    "an address that does not answer", "carrier unknown address_unreachable", verdict="undetermined", answer="unknown"
)
def _(world: World) -> Report:
    world.cut("https://badges.test/x")
    return world.verifier().verify("https://badges.test/x")


@case("an address of a page", "carrier failed address_content", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.answer("https://badges.test/x", b"<!doctype html><p>Bonjour", content_type="text/html")
    return world.verifier().verify("https://badges.test/x")


# -- 3. the token ------------------------------------------------------------------------------------------------


@case("the token cut short", "token failed token_refused", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().token[:-300] + "=")


@case("a token with algorithm none", "token failed token_refused", verdict="invalid", answer="no")
def _(world: World) -> Report:
    _, payload, signature = world.award().token.split(".")
    return world.verifier().verify(f"eyJhbGciOiJub25lIn0.{payload}.{signature}")


# -- 4. the Assertion --------------------------------------------------------------------------------------------


@case("a member twice", "document failed document_refused", verdict="invalid", answer="no")
def _(world: World) -> Report:
    twice = b'{"id":"urn:uuid:1",' + world.award().json()[1:]
    return world.verifier().verify(world.award(payload=twice).token)


@case("no recipient", "document failed document_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(recipient=None).token)


@case("an array of types without Assertion", "document failed document_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(type=["BadgeClass"]).token)


@case("an extension without what it requires", "document failed document_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    context = "https://w3id.org/openbadges/extensions/applyLinkExtension/context.json"
    link = {"@context": context, "type": ["Extension", "extensions:ApplyLink"]}
    report = world.verifier().verify(world.award(**{"extensions:applyLink": link}).token)
    assert report.require("document").cause == "extension"
    return report


@case("JSON as long as a document may be", answer="yes")
def _(world: World) -> Report:
    text = world.hosted().json()
    longest = text.replace(b"{", b"{" + b" " * (DOCUMENT_BYTES - len(text.decode())), 1)
    assert world.verifier().verify(longest.replace(b"{", b"{ ", 1)).require("document").code == "document_refused"
    return world.verifier().verify(longest)


@case("JSON that says it is signed", "document failed document_unsigned", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().json())


@case("a token that says it is hosted", "document failed document_hosted_in_token", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(verification={"type": "HostedBadge"}).token)


@case("a badge of version 1.1, signed with a key that the network lists", answer="yes")
def _(world: World) -> Report:
    report = world.verifier().verify(world.award(**{"@context": "https://w3id.org/openbadges/v1"}).token)
    assert report.require("document").code == "document_upgraded"
    return report


@case("a badge of version 3.0", "document unknown document_version", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    context = ["https://www.w3.org/ns/credentials/v2"]
    return world.verifier().verify(world.award(**{"@context": context}).token)


@case(
    "a badge of version 0.5, which knew no signature",
    "document unknown document_version",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    first = {"recipient": "a@b.test", "badge": {"name": "Planter", "issuer": {"origin": "https://badges.test"}}}
    report = world.verifier().verify(jws.sign(json.dumps(first).encode(), world.issuer.key))
    assert dict(report.require("document").details) == {"found": "Open Badges 0.5"}
    return report


@case("the context of something else", "document failed document_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    document = {"@context": "https://schema.org", "type": "Assertion", "id": "https://badges.test/a"}
    return world.verifier().verify(json.dumps(document))


@case("JSON that says its address by the keyword, and something more in the words of somebody", answer="yes")
def _(world: World) -> Report:
    badge = world.hosted()
    said = {name: value for name, value in badge.document.items() if name != "id"}
    more = {"@id": badge.id, "@context": [CONTEXT, "https://a.test/context"]}
    return world.verifier().verify(json.dumps(said | more))


# -- 5. hosted ---------------------------------------------------------------------------------------------------


@case("hosted, and the site is silent", "hosted unknown hosted_unreachable", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    badge = world.hosted()
    world.cut(badge.id)
    return world.verifier().verify(badge.json())


@case("hosted where nobody is asked", "hosted unknown hosted_unreachable", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    world.answer("http://badges.test/a", status=404)
    return world.verifier().verify(json.dumps(world.hosted().document | {"id": "http://badges.test/a"}))


@case("hosted, and answered 404", "hosted unknown hosted_unreachable", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer(badge.id, badge.document, status=404)
    return world.verifier().verify(badge.json())


@case("hosted, and answered 410", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer(badge.id, b"", status=410)
    return world.verifier().verify(badge.json())


@case("hosted, with revoked true", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer(badge.id, {"@context": CONTEXT, "id": badge.id, "type": "Assertion", "revoked": True})
    return world.verifier().verify(badge.json())


@case(
    "an address that answers with a copy of a withdrawn badge",
    "revocation failed revoked",
    verdict="revoked",
    answer="no",
)
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer("https://ailleurs.test/copie", badge.document)
    world.answer(badge.id, b"", status=410)
    return world.verifier().verify("https://ailleurs.test/copie")


@case("hosted, and the copy in hand is written with words that nobody knows", answer="yes")
def _(world: World) -> Report:
    copy = world.hosted().document | {"@context": [CONTEXT, "https://ailleurs.test/mots"]}
    return world.verifier().verify(json.dumps(copy))


@case("hosted, by an address that answers 410", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer(badge.id, b"", status=410)
    return world.verifier().verify(badge.id)


@case("hosted, and the site gives no JSON", "hosted failed hosted_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.answer(badge.id, b"{")
    return world.verifier().verify(badge.json())


@case("hosted, and another id is declared", "hosted failed hosted_id_differs", verdict="invalid", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.change(badge.id, id=badge.id + "0")
    return world.verifier().verify(badge.json())


@case("hosted, and the site says it is signed", "document failed document_unsigned", verdict="invalid", answer="no")
def _(world: World) -> Report:
    badge = world.hosted()
    world.change(badge.id, verification={"type": "SignedBadge"})
    return world.verifier().verify(badge.json())


# -- 6 and 7. key and signature ----------------------------------------------------------------------------------


@case(
    "one byte of the token changed, the CRC repaired",
    "signature failed signature_bad",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    badge = world.award()
    return world.verifier().verify(replace(badge, token=with_signature_changed(badge.token)).png())


@case("signed with another key of the same kind", "signature failed signature_bad", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(key=a_key("thief", "RS256")).token)


@case("signed with a key of another kind", "signature failed signature_algorithm", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(key=a_key("thief")).token)


@case("the badge names a key of its own", "key failed key_not_listed", verdict="invalid", answer="no")
def _(world: World) -> Report:
    own = {"type": "SignedBadge", "creator": "https://voleur.test/key"}
    return world.verifier().verify(world.award(key=a_key("thief"), verification=own).token)


@case("the badge embeds a key of its own", "key failed key_not_listed", verdict="invalid", answer="no")
def _(world: World) -> Report:
    thief = a_key("thief")
    creator = {"id": "https://voleur.test/key", "type": "CryptographicKey", "publicKeyPem": thief.public_pem}
    return world.verifier().verify(
        world.award(key=thief, verification={"type": "SignedBadge", "creator": creator}).token
    )


@case(
    "a stranger's Profile that names no key",
    "key failed key_not_listed",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    world.change(world.stranger.profile, publicKey=None)
    return world.verifier().verify(world.award(issuer=world.stranger).token)


@case("a stranger's key that names another owner", "key failed key_owner_differs", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(world.stranger.key_address, owner=world.issuer.profile)
    return world.verifier().verify(world.award(issuer=world.stranger).token)


@case("a stranger's key under another id", "key failed key_refused", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(world.stranger.key_address, id=world.stranger.key_address + "2")
    return world.verifier().verify(world.award(issuer=world.stranger).token)


@case("a stranger's key that is a private one", "key failed key_refused", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(
        world.stranger.key_address, publicKeyPem="-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"
    )
    return world.verifier().verify(world.award(issuer=world.stranger).token)


@case("a stranger's key that is away", "key unknown key_unreachable", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    world.cut(world.stranger.key_address)
    return world.verifier().verify(world.award(issuer=world.stranger).token)


@case("a stranger who is away", "key unknown key_unreachable", verdict="undetermined", answer="unknown")
def _(world: World) -> Report:
    world.cut(world.stranger.badge)
    return world.verifier().verify(world.award(issuer=world.stranger).token)


# -- 8 and 9. what is published ----------------------------------------------------------------------------------


@case("the BadgeClass has no name", "badge_class failed badge_class_invalid", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(world.issuer.badge, name=None)
    return world.verifier().verify(world.award().token)


@case("the Profile is another one", "badge_class failed badge_class_id_differs", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(world.issuer.profile, id=world.stranger.profile)
    return world.verifier().verify(world.award().token)


@case(
    "the BadgeClass is away and its definition is unknown to the trust list",
    "badge_class unknown badge_class_unreachable",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.cut(world.issuer.badge)
    return world.verifier(trust=world.trust(catalogue=())).verify(world.award().token)


@case(
    "the BadgeClass is away and its address is not under the Profile's prefix",
    "badge_class unknown badge_class_unreachable",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.cut()
    elsewhere = world.issuer.badge.replace("jardins", "inconnue")
    return world.verifier(bundle=world.bundle()).verify(world.award(badge=elsewhere).token)


@case("somebody else's BadgeClass", "authorisation failed not_authorised", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(badge=world.stranger.badge).token)


@case("hosted outside the Profile's origin", "authorisation failed outside_scope", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.hosted(at="https://voleur.test/assertion").json())


@case(
    "hosted beside the prefix that startsWith names",
    "authorisation failed outside_scope",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    scope = {"type": "VerificationObject", "startsWith": "https://badges.test"}
    world.change(world.issuer.profile, verification=scope)
    return world.verifier().verify(world.hosted(at="https://badges.test.voleur.test/a").json())


@case("hosted on an allowed origin", answer="yes")
def _(world: World) -> Report:
    scope = {"type": "VerificationObject", "allowedOrigins": ["cdn.test", "badges.test"]}
    world.change(world.issuer.profile, verification=scope)
    return world.verifier().verify(world.hosted(at="https://cdn.test/a").json())


# -- 10. the definition ------------------------------------------------------------------------------------------

EASIER = canonical(a_definition_json(version="1.0.0", rule={"distinct_days": 0}))


@case(
    "the definition made easier",
    "definition failed definition_differs_hosted",
    "criteria failed criteria_not_published",
    answer="partly",
)
def _(world: World) -> Report:
    return world.verifier().verify(world.award(definition=EASIER).token)


@case(
    "the definition made easier in the badge and on the site",
    "definition failed definition_differs_published",
    "criteria failed criteria_not_published",
    answer="partly",
)
def _(world: World) -> Report:
    world.publish(replace(world.issuer, definition=EASIER))
    return world.verifier().verify(world.award(definition=EASIER).token)


@case(
    "a definition that nobody published",
    "definition failed definition_not_published",
    "criteria failed criteria_not_published",
    answer="partly",
)
def _(world: World) -> Report:
    return world.verifier(trust=world.trust(catalogue=())).verify(world.award().token)


@case(
    "a definition that cannot be read",
    "definition failed definition_unreadable",
    "recognition failed not_recognised_family",
    "criteria unknown criteria_undetermined",
    answer="partly",
)
def _(world: World) -> Report:
    report = world.verifier().verify(world.award(definition="{}").token)
    assert dict(report.require("criteria").details) == {"reason": "definition"}
    return report


@case(
    "criteria retired before the badge",
    "definition failed definition_not_in_force",
    "criteria failed criteria_not_published",
    answer="partly",
)
def _(world: World) -> Report:
    trust = world.trust(catalogue=(world.entry(retired_on=date(2026, 11, 1)),))
    return world.verifier(trust=trust).verify(world.award().token)


@case("the key was retired a day before the badge, to the second", answer="yes")
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="retired", since=NOW - 2 * DAY)))
    report = world.verifier(trust=trust).verify(world.award().png())
    assert report.require("key_status").code == "key_retired"
    return report


@case("criteria retired on the day of the badge", answer="yes")
def _(world: World) -> Report:
    trust = world.trust(catalogue=(world.entry(retired_on=(NOW - DAY).date()),))
    return world.verifier(trust=trust).verify(world.award().token)


@case(
    "criteria that are only a proposal",
    "definition failed definition_proposition",
    "criteria failed criteria_not_published",
    answer="partly",
)
def _(world: World) -> Report:
    return world.verifier(trust=world.trust(catalogue=(world.entry(status="proposition"),))).verify(world.award().token)


@case("criteria that are only a proposal, under a demonstration list", answer="yes")
def _(world: World) -> Report:
    trust = world.trust(catalogue=(world.entry(status="proposition"),), demo=True)
    return world.verifier(trust=trust).verify(world.award().token)


# -- 11 and 12. dates --------------------------------------------------------------------------------------------


@case("issued two minutes ahead", "issued_on failed issued_on_future", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(issuedOn="2026-11-20T10:02:00Z").token)


@case("issued a minute ahead", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(issuedOn="2026-11-20T10:01:00Z").token)


@case("expired two minutes ago", "expires failed expired", verdict="expired", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(expires="2026-11-20T09:58:00Z").token)


@case("expired a minute ago", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(expires="2026-11-20T09:59:00Z").token)


@case("expires before it is issued", "expires failed expires_before_issued", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(expires="2020-01-01T00:00:00Z").token)


@case(
    "expired and withdrawn: both are told",
    "expires failed expired",
    "revocation failed revoked",
    verdict="revoked",
    answer="no",
)
def _(world: World) -> Report:
    badge = world.award(expires="2026-11-20T09:00:00Z")
    world.revoke(badge.id)
    return world.verifier().verify(badge.png())


# -- 13. withdrawal ----------------------------------------------------------------------------------------------


@case("withdrawn, as a string", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.revoke(badge.id)
    return world.verifier().verify(badge.png())


@case("withdrawn, as an object with a reason", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.revoke(badge.id, "erreur de saisie")
    return world.verifier().verify(badge.png())


@case("withdrawn by the uid of old badges", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award(uid="2014-17")
    world.revoke({"uid": "2014-17"})
    return world.verifier().verify(badge.png())


@case("withdrawn, the only entry, not in an array", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.change(world.issuer.revocations, revokedAssertions=badge.id)
    return world.verifier().verify(badge.png())


@case("corrected and issued anew", "revocation failed replaced", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.revoke(badge.id, "replaced")
    return world.verifier().verify(badge.png())


@case("withdrawn in the bundle, and the network away", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.revoke(badge.id)
    bundle = world.bundle()
    world.cut()
    return world.verifier(trust=None, bundle=bundle).verify(badge.png())


@case("withdrawn in the bundle, forgotten by the site", "revocation failed revoked", verdict="revoked", answer="no")
def _(world: World) -> Report:
    badge = world.award()
    world.revoke(badge.id)
    bundle = world.bundle()
    world.change(world.issuer.revocations, revokedAssertions=[])
    return world.verifier(trust=None, bundle=bundle).verify(badge.png())


@case(
    "nothing reachable, and a bundle whose list is no list",
    "revocation unknown revocation_malformed",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    png, bundle = world.award().png(), world.bundle()
    lists = {
        address: snapshot._replace(document={**snapshot.document, "revokedAssertions": 5})
        for address, snapshot in bundle.revocations.items()
    }
    world.cut()
    return world.verifier(trust=None, bundle=bundle._replace(revocations=lists)).verify(png)


@case(
    "nothing reachable, and no bundle",
    "revocation unknown revocation_unreachable",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    png = world.award().png()
    world.cut()
    report = world.verifier().verify(png)
    assert report.require("revocation").cause == "fetch_timeout"
    return report


@case(
    "nothing reachable, and a bundle of nine days ago",
    "revocation unknown revocation_stale",
    "key_status unknown trust_stale",
    "recognition unknown trust_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    png = world.award().png()
    world.cut()
    return world.verifier(trust=None, bundle=world.bundle(age=9 * DAY)).verify(png)


@case(
    "nothing reachable, a fresh list and an old bundle",
    "revocation unknown revocation_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    png, bundle = world.award().png(), world.bundle(age=9 * DAY)
    world.cut()
    return world.verifier(bundle=bundle).verify(png)


@case(
    "the revocation list is away", "revocation unknown revocation_unreachable", verdict="undetermined", answer="unknown"
)
def _(world: World) -> Report:
    world.cut(world.issuer.revocations)
    return world.verifier().verify(world.award().png())


@case(
    "the revocation list answers 500",
    "revocation unknown revocation_unreachable",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.answer(world.issuer.revocations, world.issuer.documents()[world.issuer.revocations], status=500)
    return world.verifier().verify(world.award().png())


@case(
    "the revocation list is no list",
    "revocation unknown revocation_malformed",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.answer(world.issuer.revocations, {"@context": CONTEXT, "type": "RevocationList"})
    return world.verifier().verify(world.award().png())


@case(
    "the revocation list of somebody else",
    "revocation unknown revocation_malformed",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.change(world.issuer.revocations, issuer=world.stranger.profile)
    return world.verifier().verify(world.award().png())


def with_the_list_read(world: World, at: datetime) -> Report:
    document = world.issuer.documents()[world.issuer.revocations]
    world.answer(world.issuer.revocations, document, fetched_at=at)
    return world.verifier().verify(world.award().png())


@case(
    "the revocation list was read two days ago",
    "revocation unknown revocation_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return with_the_list_read(world, NOW - 2 * DAY)


@case(
    "the revocation list was read a second more than 24 hours ago",
    "revocation unknown revocation_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return with_the_list_read(world, NOW - DAY - timedelta(seconds=1))


@case("the revocation list was read 24 hours ago, to the second", answer="yes")
def _(world: World) -> Report:
    return with_the_list_read(world, NOW - DAY)


@case(
    "the revocation list is shorter than the trust list says",
    "revocation unknown revocation_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(revocations_at_least=2)))
    return world.verifier(trust=trust).verify(world.award().png())


@case(
    "the Profile of a recognised issuer names no revocation list",
    "revocation unknown revocation_unreachable",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    world.change(world.issuer.profile, revocationList=None)
    return world.verifier().verify(world.award().png())


# -- 14 and 15. the key and the issuer, on that day --------------------------------------------------------------


@case("the key was retired before the badge", "key_status failed key_used_outside", verdict="invalid", answer="no")
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="retired", since=NOW - 5 * DAY)))
    return world.verifier(trust=trust).verify(world.award().png())


@case(
    "the key was stolen at the instant of the badge",
    "key_status failed key_compromised",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="compromised", since=NOW - DAY)))
    return world.verifier(trust=trust).verify(world.award().png())


@case("the key was stolen before the badge", "key_status failed key_compromised", verdict="invalid", answer="no")
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY)))
    return world.verifier(trust=trust).verify(world.award().png())


@case(
    "the key was stolen, and nothing proves that the badge is older",
    "key_status unknown key_compromised_unproven",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    trust = world.trust(world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY)))
    return world.verifier(trust=trust).verify(world.award(issuedOn="2026-11-01T10:00:00Z").png())


@case("a backdated badge of a stolen key", "key_status failed key_compromised", verdict="invalid", answer="no")
def _(world: World) -> Report:
    backdated = world.award(issuedOn="2026-11-01T10:00:00Z")
    stolen = world.structure(world.trusted_profile(status="compromised", since=NOW - 5 * DAY))
    commitments = world.commitments((NOW - 20 * DAY, [world.award()]), (NOW - DAY, [backdated]))
    bundle = world.bundle(stolen, commitments=commitments)
    return world.verifier(trust=None, bundle=bundle).verify(backdated.png())


@case(
    "the trust list is nine days old",
    "key_status unknown trust_stale",
    "recognition unknown trust_stale",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return world.verifier(trust=world.trust(age=9 * DAY)).verify(world.award().png())


@case(
    "the part of the trust list that may name the issuer is not here",
    "recognition unknown trust_part_missing",
    answer="unknown",
)
def _(world: World) -> Report:
    head, _ = shard_out(world.trust().list)
    report = world.verifier(trust=world.trust(structures=(), shards=head.shards)).verify(world.award().png())
    assert dict(report.require("recognition").details) == {"prefix": head.shards[0].prefix}
    return report


@case("the issuer was taken off the trust list", "recognition failed not_recognised", answer="partly")
def _(world: World) -> Report:
    gone = world.structure(
        world.trusted_profile(
            id=world.stranger.profile,
            key=world.stranger.key_address,
            pem=world.stranger.key.public_pem,
            badges=f"{world.stranger.profile}/badges/",
        )
    )
    return world.verifier(trust=world.trust(gone)).verify(world.award().png())


@case("a stranger who does everything right", "recognition failed not_recognised", answer="partly")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(issuer=world.stranger).png())


@case("a family that this structure may not award", "recognition failed not_recognised_family", answer="partly")
def _(world: World) -> Report:
    trust = world.trust(world.structure(families=(FamilyRight("permanents"),)))
    return world.verifier(trust=trust).verify(world.award().png())


@case("a structure recognised only later", "recognition failed not_recognised_then", answer="partly")
def _(world: World) -> Report:
    trust = world.trust(world.structure(families=(FamilyRight("techniques", date(2026, 11, 20)),)))
    return world.verifier(trust=trust).verify(world.award().png())


@case("a structure suspended before the badge", "recognition failed not_recognised_then", answer="partly")
def _(world: World) -> Report:
    trust = world.trust(world.structure(status="suspended", since=date(2026, 11, 1)))
    return world.verifier(trust=trust).verify(world.award().png())


# -- 16. criteria ------------------------------------------------------------------------------------------------


@case("a forged proof: one essential criterion not observed", "criteria failed criteria_not_met", answer="partly")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(record=a_record(FACTS[:1])).png())


@case("a forged proof: a decision by a customer", "criteria failed criteria_not_met", answer="partly")
def _(world: World) -> Report:
    record = a_record(deciders=(Decider("a1", "decides", "CLI", "same"),))
    return world.verifier().verify(world.award(record=record).png())


@case("a decision taken after the badge was issued", "criteria failed criteria_not_met", answer="partly")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(record=world.record()._replace(decided="2026-12")).png())


@case("a decision taken on the last evening of the month, in Paris the next", answer="yes")
def _(world: World) -> Report:
    evening = world.award(record=world.record()._replace(decided="2026-11"), issuedOn="2026-10-31T23:30:00Z")
    return world.verifier().verify(evening.png())


@case(
    "a record that this release cannot read",
    "criteria unknown criteria_undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return world.verifier().verify(world.award(proof={"record": {"decided": "2026-11"}}).png())


@case("a clause that this release does not know", "criteria unknown criteria_undetermined", answer="unknown")
def _(world: World) -> Report:
    later = a_definition_json(version="1.0.0", rule={"at_night": True})
    world.definition = json.dumps(later, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    world.issuer.definition = world.definition
    world.publish(world.issuer)
    return world.verifier().verify(world.award().token)


# -- 17 and 18. the person and the picture -----------------------------------------------------------------------


@case("somebody else's e-mail is asked for", "recipient failed recipient_mismatch", verdict="invalid", answer="no")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().png(), "karim@example.org")


@case(
    "an e-mail is asked for, and the badge names an address",
    "recipient unknown recipient_by_address",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return world.verifier().verify(world.award(email=None).png(), EMAIL)


@case("the token on another badge's picture", "picture failed picture_differs", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().png(code="0123456789AB"))


@case("the token on another kind of badge's picture", "picture failed picture_art_differs", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award().png(art=2))


@case(
    "the trust list is damaged",
    "key_status unknown trust_damaged",
    "recognition unknown trust_damaged",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return world.verifier(trust=None, damaged="trust_signature").verify(world.award().png())


@case(
    "the trust list is damaged, and the badge is hosted",
    "key_status unknown trust_damaged",
    "recognition unknown trust_damaged",
    verdict="undetermined",
    answer="unknown",
)
def _(world: World) -> Report:
    return world.verifier(trust=None, damaged="trust_malformed").verify(world.hosted().id)


@case(
    "the trust list is damaged, and the badge is forged",
    "signature failed signature_bad",
    verdict="invalid",
    answer="no",
)
def _(world: World) -> Report:
    return world.verifier(trust=None, damaged="trust_malformed").verify(with_signature_changed(world.award().token))


# -- 19 and 20. the pictures that are published, and what others say ----------------------------------------------


@case(
    "a stranger's picture is away",
    "image unknown image_unreachable",
    "recognition failed not_recognised",
    answer="partly",
)
def _(world: World) -> Report:
    world.cut(world.stranger.image)
    return world.verifier().verify(world.award(issuer=world.stranger).png())


@case(
    "a stranger's picture is away, and nobody asked who is recognised",
    "image unknown image_unreachable",
    answer="partly",
)
def _(world: World) -> Report:
    world.answer(world.stranger.image, b"", status=404)
    world.change(world.stranger.badge, **{"extensions:criteriaDefinition": None})
    return world.verifier(trust=None).verify(world.award(issuer=world.stranger, **{PROOF_TERM: None}).png())


@case("a stranger's picture is a page", "image failed image_not_one", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.answer(world.stranger.image, b"<!doctype html><p>Bonjour", content_type="image/png")
    return world.verifier(trust=None).verify(world.award(issuer=world.stranger).png())


@case("a stranger's logo is a data URI of nothing", "image failed image_not_one", verdict="invalid", answer="no")
def _(world: World) -> Report:
    world.change(world.stranger.profile, image="data:image/png;base64,AAAA")
    return world.verifier(trust=None).verify(world.award(issuer=world.stranger).png())


@case("the picture of a badge of ours is away", answer="yes")
def _(world: World) -> Report:
    world.cut(world.issuer.image)
    report = world.verifier().verify(world.award().png())
    assert world.issuer.image not in world.fetched
    return report


@case("an endorsement that is away", "endorsement unknown endorsements_unread", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(world.award(endorsement="https://ailleurs.test/avis/1").png())


@case("an endorsement about another badge", "endorsement failed endorsements_false", answer="yes")
def _(world: World) -> Report:
    return world.verifier().verify(endorsed(world, claim={"id": world.stranger.badge}).png())


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_each_change_is_told_by_its_check_and_no_other(case: Case, world: World) -> None:
    report = case.present(world)
    assert (told(report), report.verdict, report.answer) == (case.expected, case.verdict, case.answer)
    assert report.exit_code == EXIT_CODES[case.answer]  # type: ignore[index]
    assert tuple(check.check for check in report.checks) == CHECKS
    said = json.dumps(report.to_json(), ensure_ascii=False)
    assert "{" not in report.headline["fr"] + report.headline["en"]
    assert "…" not in report.headline["fr"], said


def test_sentences_are_told_apart() -> None:
    sentences = [case.sentence for case in CASES]
    assert len(sentences) == len(set(sentences))


def test_every_check_is_seen_failing_or_unknown_alone() -> None:
    alone = {next(iter(case.expected)).split()[0] for case in CASES if len(case.expected) == 1}
    assert set(CHECKS) - alone == {"definition"}  # its criteria go with it: replayed on the wrong text


WHERE: list[tuple[str, str, str, Callable[[World], str]]] = [
    ("profile", "key", "key_unreachable", lambda world: world.stranger.profile),
    ("key", "key", "key_unreachable", lambda world: world.stranger.key_address),
    ("badge", "key", "key_unreachable", lambda world: world.stranger.badge),
    ("revocations", "revocation", "revocation_unreachable", lambda world: world.stranger.revocations),
    ("image", "image", "image_unreachable", lambda world: world.stranger.image),
]


@pytest.mark.parametrize(("what", "check", "code", "address"), WHERE, ids=[each[0] for each in WHERE])
def test_a_technician_is_told_which_address_did_not_answer(
    world: World, what: str, check: str, code: str, address: Callable[[World], str]
) -> None:
    cut = address(world)
    world.cut(cut)
    told = world.verifier(trust=None).verify(world.award(issuer=world.stranger).token).require(check)
    assert (told.code, told.details["address"]) == (code, cut)


@pytest.mark.parametrize("given_by_its_address", [True, False])
def test_and_which_one_a_hosted_badge_could_not_be_read_without(world: World, given_by_its_address: bool) -> None:
    badge = world.hosted(issuer=world.stranger, at="https://ailleurs.test/assertions/1")
    given = badge.id.encode() if given_by_its_address else badge.json()
    for cut, check, code in (
        (world.stranger.profile, "badge_class", "badge_class_unreachable"),
        (world.stranger.badge, "badge_class", "badge_class_unreachable"),
        (badge.id, *(("carrier", "address_unreachable") if given_by_its_address else ("hosted", "hosted_unreachable"))),
    ):
        world.cut(cut)
        told = world.verifier(trust=None).verify(given).require(check)
        assert (told.code, told.details["address"]) == (code, cut)


def test_and_which_one_left_the_withdrawal_unknown(world: World) -> None:
    badge = world.award()
    world.cut()
    told = world.verifier().verify(badge.token).require("revocation")
    assert (told.code, told.details["address"]) == ("revocation_unreachable", world.issuer.badge)


@pytest.mark.parametrize(
    ("data", "check", "code"),
    [(b"eyJ\xff.eyJ.c2ln", "token", "token_refused"), (b'{"id": "\xff"}', "document", "document_refused")],
    ids=["token", "document"],
)
def test_what_is_not_utf_8_is_told_where_it_was_read(world: World, data: bytes, check: str, code: str) -> None:
    told = world.verifier().verify(data).require(check)
    assert (told.outcome, told.code, told.cause) == ("failed", code, "not_utf8")


def test_an_address_with_an_at_sign_is_an_address(world: World) -> None:
    told = world.verifier().verify(world.award().png(), "https://amina@example.org/").require("recipient")
    assert (told.outcome, told.code, told.details) == (
        "unknown",
        "recipient_by_address",
        {"found": "email", "expected": "url"},
    )


def test_which_criteria_were_in_force_is_told(world: World) -> None:
    told = world.verifier().verify(world.award().png()).require("definition")
    assert (told.code, told.details) == (
        "definition_published",
        {"slug": world.issuer.slug, "version": world.issuer.version},
    )


def test_nobody_is_on_trial_whom_no_list_of_a_demonstration_names(world: World) -> None:
    for given in (b"rien", world.award(issuer=world.stranger).png(), world.award().png()):
        assert world.verifier().verify(given).issuer.demo is False
    assert world.verifier(trust=world.trust(demo=True)).verify(world.award().png()).issuer.demo is True


def test_a_badge_rests_on_no_document_of_another_that_was_verified_before(world: World) -> None:
    first, second = world.hosted(), world.hosted()
    verifier = world.verifier()
    assert first.id in {source.url for source in verifier.verify(first.json()).sources}
    assert first.id not in {source.url for source in verifier.verify(second.json()).sources}


def test_and_which_one_nobody_was_asked_for(world: World) -> None:
    verifier = world.verifier(trust=None, bundle=world.bundle(), offline=True)
    told = verifier.verify(world.award(issuer=world.stranger).token).require("key")
    assert (told.cause, told.details["address"]) == ("fetch_offline", world.stranger.badge)


def test_and_where_a_badge_of_0_5_was_wrong(world: World) -> None:
    address = "https://ailleurs.test/assertions/5"
    issuer = {"origin": "https://ailleurs.test", "name": "Les Jardins"}
    badge = {"name": "Planter", "image": "/x.png", "criteria": "/c", "issuer": issuer}
    world.answer(address, {"recipient": EMAIL, "issued_on": "2012-01-20", "badge": badge})
    told = world.verifier(trust=None).verify(address).require("badge_class")
    assert (told.code, told.details["address"]) == ("badge_class_invalid", address)


def test_and_which_document_was_wrong(world: World) -> None:
    for wrong in (world.stranger.profile, world.stranger.badge):
        world.publish(world.stranger)
        world.change(wrong, name=5)
        told = world.verifier(trust=None).verify(world.award(issuer=world.stranger).token).require("badge_class")
        assert (told.code, told.details["address"]) == ("badge_class_invalid", wrong)


def test_a_long_json_document_is_refused_before_it_is_read(world: World) -> None:
    report = world.verifier().verify(b'{"id":"https://badges.test/","a":[' + b"[]," * 200_000 + b"[]]}")
    assert (report.verdict, report.require("document").cause) == ("invalid", "json_too_large")
    assert world.fetched == []


def test_an_answer_from_a_bundle_says_how_old_it_is_and_what_it_cannot_know(world: World) -> None:
    badge = world.award()
    offline = world.verifier(trust=None, bundle=world.bundle(age=2 * DAY), offline=True).verify(badge.token)
    assert offline.answer == "yes"
    assert offline.not_checked == ("holder", "facts", "evidence", "today", "holder_unasked", "since_snapshot")
    assert [(source.url, source.fetched_at) for source in offline.sources][1:] == [
        (world.issuer.revocations, NOW - 2 * DAY)
    ]
    online = world.verifier().verify(badge.token, EMAIL)
    assert online.not_checked == ("holder", "facts", "evidence", "today")
    assert world.issuer.revocations in {source.url for source in online.sources}


def test_what_an_issuer_publishes_is_read_once_as_long_as_it_may_be_kept(world: World) -> None:
    class Watch:
        instant = NOW

        def now(self) -> datetime:
            return self.instant

    clock, asked = Watch(), []
    verifier = Verifier(CachingFetcher(world, clock), clock, world.policy())
    for seconds in (0, 30, 60, 61):
        clock.instant = NOW + timedelta(seconds=seconds)
        report = verifier.verify(world.award().token)
        assert report.verdict == "valid"
        assert [source.url for source in report.sources] == [
            world.issuer.badge,
            world.issuer.profile,
            world.issuer.revocations,
            "trust list 1, Réseau d’essai",
        ], "what is remembered was read as well, and says when"
        asked.append(world.fetched.count(world.issuer.badge))
    assert asked == [1, 1, 1, 2]


def test_what_is_remembered_of_issuers_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("badges.verify.examination.REMEMBERED", 1)
    verifier = world.verifier()
    for issuer in (world.issuer, world.stranger, world.issuer):
        assert verifier.verify(world.award(issuer=issuer).token).verdict == "valid"
        assert (len(verifier._known.published), len(verifier._known.read_lists)) == (1, 1)
