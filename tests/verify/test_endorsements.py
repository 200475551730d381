"""What others say of a badge: believed when it is theirs, told when it is not, and never part of the verdict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from badges.clock import FixedClock, to_text
from badges.openbadges import jws
from badges.trust import TrustedProfile
from badges.verify import page, wording
from badges.verify.desk import Desk
from badges.verify.endorsements import MAX_READ
from badges.verify.fetcher import CachingFetcher
from badges.verify.report import Endorsed, Report
from tests.web.building import Browser, a_site, some_pages
from tests.web.reading_pages import PageRead
from tests.world import CONTEXT, DAY, NOW, Badge, Key, World, a_key

SECOND = timedelta(seconds=1)

ADDRESS = "https://pairs.test/avis/1"
PROFILE = "https://pairs.test/issuer"
KEY = "https://pairs.test/key"
REVOCATIONS = "https://pairs.test/revocations"


@dataclass
class Opinion:
    """A partner of the network who endorses the badge of the structure: right in every way until it is changed."""

    world: World
    signed: bool
    members: dict[str, Any] = field(default_factory=dict)
    signer: str = "partner"

    def __post_init__(self) -> None:
        self.profile: dict[str, Any] = {
            "@context": CONTEXT,
            "type": "Issuer",
            "id": PROFILE,
            "name": "Maraîchers d’ici",
            "url": "https://pairs.test/",
            "email": "contact@pairs.test",
        }
        if self.signed:
            self.profile |= {"publicKey": KEY, "revocationList": REVOCATIONS}
        self.document: dict[str, Any] = {
            "@context": CONTEXT,
            "type": "Endorsement",
            "id": ADDRESS,
            "claim": {"id": self.world.issuer.badge, "endorsementComment": "Des critères <b>sérieux</b>."},
            "issuer": PROFILE,
            "issuedOn": "2026-11-01T10:00:00Z",
            "verification": {"type": "SignedBadge", "creator": KEY} if self.signed else {"type": "HostedBadge"},
        }
        self.key: dict[str, Any] = {
            "@context": CONTEXT,
            "type": "CryptographicKey",
            "id": KEY,
            "owner": PROFILE,
            "publicKeyPem": a_key("partner").public_pem,
        }
        self.revoked: Any = ["urn:uuid:00000000-0000-4000-8000-000000000000"]
        self.body: bytes | None = None
        self.status = 200
        self.named: Any = ADDRESS
        self.away: list[str] = []

    def publish(self) -> None:
        world = self.world
        world.answer(PROFILE, self.profile)
        data = json.dumps(self.document, ensure_ascii=False).encode()
        if self.signed:
            world.answer(KEY, self.key)
            revocations = {"@context": CONTEXT, "type": "RevocationList", "revokedAssertions": self.revoked}
            world.answer(REVOCATIONS, revocations)
            data = jws.sign(data, a_key(self.signer)).encode()
        kind = "text/plain" if self.signed else "application/ld+json"
        world.answer(ADDRESS, data if self.body is None else self.body, status=self.status, content_type=kind)
        world.change(world.issuer.badge, endorsement=self.named)
        if self.away:
            world.cut(*self.away)

    def report(self, **policy: Any) -> Report:
        self.publish()
        return self.world.verifier(**policy).verify(self.world.award().png())


Change = Callable[[Opinion], object]


def both(change: Change) -> list[tuple[bool, Change]]:
    return [(True, change), (False, change)]


def only(report: Report) -> Endorsed:
    (endorsed,) = report.endorsements
    return endorsed


def signed_with(opinion: Opinion, key: Key) -> bytes:
    return jws.sign(json.dumps(opinion.document).encode(), key).encode()


def claim(**members: Any) -> Change:
    return lambda opinion: opinion.document.update(claim=opinion.document["claim"] | members)


def says(**members: Any) -> Change:
    return lambda opinion: opinion.document.update(members)


def put(name: str, value: Any) -> Change:
    return lambda opinion: setattr(opinion, name, value)


def cut(url: str) -> Change:
    return lambda opinion: opinion.away.append(url)


CASES: dict[str, tuple[str, str, list[tuple[bool, Change]]]] = {
    "away": ("endorsement_unreachable", "fetch_timeout", both(cut(ADDRESS))),
    "answered with 404": ("endorsement_unreachable", "fetch_status", both(put("status", 404))),
    "its Profile away": ("endorsement_unreachable", "fetch_timeout", both(cut(PROFILE))),
    "its key away": ("endorsement_unreachable", "fetch_timeout", [(True, cut(KEY))]),
    "its revocation list away": ("endorsement_unreachable", "fetch_timeout", [(True, cut(REVOCATIONS))]),
    "its revocation list of numbers": ("endorsement_unreachable", "list_malformed", [(True, put("revoked", [5]))]),
    "gone": ("endorsement_revoked", "", both(put("status", 410))),
    "revoked true": ("endorsement_revoked", "", both(says(revoked=True))),
    "revoked true, answered with 404": (
        "endorsement_revoked",
        "",
        [(False, lambda opinion: (says(revoked=True)(opinion), put("status", 404)(opinion)))],
    ),
    "listed as withdrawn": ("endorsement_revoked", "", [(True, put("revoked", [ADDRESS]))]),
    "listed as withdrawn, with a reason": (
        "endorsement_revoked",
        "",
        [(True, put("revoked", [{"id": ADDRESS, "revocationReason": "erreur"}]))],
    ),
    "of a date to come": ("endorsement_to_come", "", both(says(issuedOn=to_text(NOW + 61 * SECOND)))),
    "of a date past": ("endorsement_expired", "", both(says(expires=to_text(NOW - 61 * SECOND)))),
    "of an end that is no date": ("endorsement_invalid", "not_date_time", both(says(expires="demain"))),
    "about the issuer instead": ("endorsement_of_another", "", both(lambda it: claim(id=it.world.issuer.profile)(it))),
    "about another badge": ("endorsement_of_another", "", both(lambda it: claim(id=it.world.stranger.badge)(it))),
    "without a date": ("endorsement_invalid", "document_invalid", both(lambda it: it.document.pop("issuedOn"))),
    "without a claim": ("endorsement_invalid", "document_invalid", both(lambda it: it.document.pop("claim"))),
    "an Assertion": ("endorsement_invalid", "document_invalid", both(says(type="Assertion"))),
    "in another context": ("endorsement_invalid", "wrong_context", both(says(**{"@context": "https://schema.org/"}))),
    "JSON that is none": ("endorsement_invalid", "json_syntax", [(False, put("body", b"{"))]),
    "an array": ("endorsement_invalid", "document_invalid", [(False, put("body", b"[]"))]),
    "a token of an array": ("endorsement_invalid", "document_invalid", [(True, put("document", []))]),
    "a token that is none": ("endorsement_invalid", "jws_base64", [(True, put("body", b"a.b.c"))]),
    "under another id": ("endorsement_invalid", "id_differs", [(False, says(id=ADDRESS + "0"))]),
    "its Profile under another id": (
        "endorsement_invalid",
        "id_differs",
        both(lambda it: it.profile.update(id=PROFILE + "0")),
    ),
    "of an issuer without an address": ("endorsement_invalid", "not_url", both(says(issuer="urn:example:1"))),
    "of an issuer at an address that is not safe": (
        "endorsement_unreachable",
        "fetch_status",
        both(says(issuer="http://pairs.test/issuer")),
    ),
    "published elsewhere": (
        "endorsement_forged",
        "outside_scope",
        [(False, lambda it: it.profile.update(verification={"startsWith": "https://pairs.test/autres/"}))],
    ),
    "signed by another key": ("endorsement_forged", "signature_bad", [(True, put("signer", "thief"))]),
    "signed by a key of another kind": (
        "endorsement_forged",
        "signature_bad",
        [(True, lambda it: put("body", signed_with(it, a_key("partner-ec", "ES256")))(it))],
    ),
    "signed by a key that its issuer does not publish": (
        "endorsement_forged",
        "key_not_listed",
        [(True, lambda it: it.profile.update(publicKey="https://pairs.test/autre"))],
    ),
    "signed, and its issuer publishes no key": (
        "endorsement_forged",
        "key_not_listed",
        [(True, lambda it: it.profile.pop("publicKey"))],
    ),
    "signed by a key of somebody else": (
        "endorsement_forged",
        "key_owner_differs",
        [(True, lambda it: it.key.update(owner="https://ailleurs.test/x"))],
    ),
    "signed by a key that names nobody": (
        "endorsement_forged",
        "key_owner_differs",
        [(True, lambda it: it.key.pop("owner"))],
    ),
    "signed by a key under another id": (
        "endorsement_forged",
        "key_owner_differs",
        [(True, lambda it: it.key.update(id=KEY + "0"))],
    ),
    "signed by a key that is none": (
        "endorsement_forged",
        "key_not_pem",
        [(True, lambda it: it.key.update(publicKeyPem="x"))],
    ),
    "signed, and it says hosted": ("endorsement_unsigned", "", [(True, says(verification={"type": "HostedBadge"}))]),
    "not signed, and it says so": ("endorsement_unsigned", "", [(False, says(verification={"type": "SignedBadge"}))]),
    "inside, under an id that nobody can read": (
        "endorsement_unsigned",
        "",
        [(False, lambda it: put("named", it.document | {"id": "urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11"})(it))],
    ),
}
OUTCOMES = {"endorsement_unreachable": "unknown"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "hosted"])
def test_an_opinion_that_is_right_counts_and_is_shown(world: World, signed: bool) -> None:
    report = Opinion(world, signed).report()
    said = report.to_json()["endorsements"]
    assert said == [
        {
            "about": "badge",
            "id": ADDRESS,
            "outcome": "passed",
            "code": "endorsement_of_stranger",
            "message": wording.ENDORSED["endorsement_of_stranger"]._asdict(),
            "issuer": {"id": PROFILE, "name": "Maraîchers d’ici", "recognised": False},
            "issued_on": "2026-11-01T10:00:00Z",
            "comment": "Des critères <b>sérieux</b>.",
        }
    ]
    check = report.require("endorsement")
    assert (check.outcome, check.code, dict(check.details)) == (
        "passed",
        "endorsements_good",
        {"count": "1", "total": "1"},
    )
    assert (report.answer, report.not_checked.count("endorsements")) == ("yes", 0)


@pytest.mark.parametrize(
    ("name", "signed", "change"),
    [(name, signed, change) for name, (_, _, changes) in CASES.items() for signed, change in changes],
    ids=[f"{name}, {'signed' if signed else 'hosted'}" for name, (_, _, all_) in CASES.items() for signed, _ in all_],
)
def test_an_opinion_that_is_not_right_is_told_and_never_counts(
    world: World, name: str, signed: bool, change: Change
) -> None:
    code, cause, _ = CASES[name]
    opinion = Opinion(world, signed)
    change(opinion)
    report = opinion.report()
    told = only(report)
    outcome = OUTCOMES.get(code, "failed")
    assert (told.outcome, told.code, told.cause) == (outcome, code, cause)
    assert (told.comment, told.issuer.name, told.issued_on, told.recognised) == (None, None, None, None)
    sum_of_them = report.require("endorsement")
    assert sum_of_them.outcome == outcome
    assert sum_of_them.code == ("endorsements_unread" if outcome == "unknown" else "endorsements_false")
    assert dict(sum_of_them.details) == {"count": "0", "total": "1"}
    assert ("endorsements" in report.not_checked) is (outcome == "unknown")
    assert (report.verdict, report.answer) == ("valid", "yes"), "it is no part of the verdict"


@pytest.mark.parametrize("moment", [{"issuedOn": NOW + 60 * SECOND}, {"expires": NOW - 60 * SECOND}], ids=str)
def test_clocks_may_differ_by_a_minute(world: World, moment: dict[str, datetime]) -> None:
    opinion = Opinion(world, signed=True)
    says(**{name: to_text(at) for name, at in moment.items()})(opinion)
    assert only(opinion.report()).outcome == "passed"


def test_the_structure_does_not_endorse_itself(world: World) -> None:
    opinion = Opinion(world, signed=False)
    opinion.document["issuer"] = world.issuer.profile
    report = opinion.report()
    assert (only(report).outcome, only(report).code) == ("not_applicable", "endorsement_own")
    assert report.require("endorsement").code == "endorsements_own"


def partner(world: World, **changes: Any) -> Any:
    profile = TrustedProfile(PROFILE, KEY, a_key("partner").public_pem, "https://pairs.test/badges/")
    structure = world.structure(profile._replace(**changes), id="pairs", name="Les Maraîchers")
    return world.trust(world.structure(), structure)


@pytest.mark.parametrize("signed", [True, False], ids=["signed", "hosted"])
def test_an_opinion_of_an_organisation_of_the_network_says_so(world: World, signed: bool) -> None:
    told = only(Opinion(world, signed).report(trust=partner(world)))
    assert (told.code, told.issuer.name, told.recognised) == ("endorsement_good", "Les Maraîchers", True)


def test_without_a_list_nobody_says_whether_they_are_recognised(world: World) -> None:
    told = only(Opinion(world, signed=True).report(trust=None))
    assert (told.outcome, told.code, told.recognised) == ("passed", "endorsement_of_anyone", None)
    old = only(Opinion(world, signed=True).report(trust=world.trust(age=30 * DAY)))
    assert (old.code, old.recognised) == ("endorsement_of_anyone", None)


def test_the_key_of_the_list_is_the_only_one_for_who_is_on_it(world: World) -> None:
    opinion = Opinion(world, signed=True, signer="other")
    opinion.key["publicKeyPem"] = a_key("other").public_pem
    assert only(opinion.report(trust=partner(world))).cause == "signature_bad"
    named = Opinion(world, signed=True)
    named.document["verification"]["creator"] = KEY + "0"
    assert only(named.report(trust=partner(world))).cause == "key_not_listed"


@pytest.mark.parametrize(
    ("status", "since", "code", "cause"),
    [
        ("retired", NOW - DAY, "endorsement_good", ""),
        ("retired", datetime(2026, 10, 31, 10, tzinfo=UTC), "endorsement_good", ""),  # the day before it was written
        ("retired", NOW - timedelta(days=60), "endorsement_forged", "key_used_outside"),
        ("compromised", NOW - DAY, "endorsement_unproven", ""),
    ],
)
def test_the_key_was_good_on_that_day(world: World, status: str, since: Any, code: str, cause: str) -> None:
    told = only(Opinion(world, signed=True).report(trust=partner(world, status=status, since=since)))
    assert (told.code, told.cause) == (code, cause)


def test_a_key_inside_its_profile_is_of_that_profile(world: World) -> None:
    opinion = Opinion(world, signed=True)
    opinion.profile["publicKey"] = {name: opinion.key[name] for name in ("type", "id", "publicKeyPem")}
    assert only(opinion.report()).code == "endorsement_of_stranger"


def test_an_opinion_may_be_about_the_award_and_about_the_issuer(world: World) -> None:
    Opinion(world, signed=False).publish()
    badge = world.award(id="urn:uuid:4f1f6b6e-1f0e-4d0b-9c7e-0d8c0a4b2c11", endorsement=[ADDRESS])
    world.change(world.issuer.profile, endorsement=[{"id": ADDRESS}])
    told = world.verifier().verify(badge.token).endorsements
    assert [(each.about, each.code) for each in told] == [
        ("award", "endorsement_of_another"),
        ("badge", "endorsement_of_stranger"),
        ("issuer", "endorsement_of_another"),
    ]


def test_what_stands_inside_is_only_a_hint_of_where_to_read_it(world: World) -> None:
    opinion = Opinion(world, signed=False)
    opinion.named = opinion.document | {"claim": {"id": world.issuer.badge, "endorsementComment": "Parfait !"}}
    assert only(opinion.report()).comment == "Des critères <b>sérieux</b>."


@pytest.mark.parametrize("named", [{"id": ADDRESS}, {"@id": ADDRESS}], ids=["id", "@id"])
def test_an_opinion_is_found_by_the_address_that_names_it(world: World, named: dict[str, str]) -> None:
    opinion = Opinion(world, signed=False)
    opinion.named = named
    assert (only(opinion.report()).id, only(opinion.report()).outcome) == (ADDRESS, "passed")


def test_only_the_first_are_asked_for(world: World) -> None:
    opinion = Opinion(world, signed=False)
    addresses = [f"{ADDRESS}{number}" for number in range(MAX_READ + 2)]
    for address in addresses:
        world.answer(address, opinion.document | {"id": address})
    opinion.named = [*addresses, addresses[0]]
    report = opinion.report()
    told = [each.code for each in report.endorsements]
    assert told == ["endorsement_of_stranger"] * MAX_READ + ["endorsement_over"] * 2
    assert set(addresses[MAX_READ:]).isdisjoint(world.fetched)
    assert report.require("endorsement").code == "endorsements_unread"


def test_a_long_comment_is_cut(world: World) -> None:
    opinion = Opinion(world, signed=False)
    opinion.document["claim"]["endorsementComment"] = "é" * 5000
    assert only(opinion.report()).comment == "é" * 2000


def test_offline_nobody_is_asked(world: World) -> None:
    badge: Badge = world.award(endorsement=ADDRESS)
    report = world.verifier(trust=None, bundle=world.bundle(), offline=True).verify(badge.token)
    assert (only(report).code, only(report).cause, report.answer) == ("endorsement_unreachable", "fetch_offline", "yes")


@pytest.mark.parametrize(("signer", "code"), [("partner", "endorsement_of_stranger"), ("thief", "endorsement_forged")])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_the_words_of_an_opinion_that_counts_and_of_no_other(
    world: World, language: str, signer: str, code: str
) -> None:
    Opinion(world, signed=True, signer=signer).publish()
    memory, verifier, pages = CachingFetcher(world, FixedClock(NOW)), world.verifier(), some_pages()
    browser = Browser(a_site(page.router(Desk(lambda: verifier, memory), pages), pages=pages), language)
    answer = browser.ask("POST", "/verifier", files=[("file", ("a.png", world.award().png()))])
    read, counts = PageRead(answer.text), signer == "partner"
    assert read.faults == []
    assert [each["data-endorsement"] for _, each in read.elements if "data-endorsement" in each] == [code]
    assert ("Des critères &lt;b&gt;sérieux&lt;/b&gt;." in answer.text) is counts
    assert ("Maraîchers d’ici" in answer.text) is counts


def test_on_the_page_what_the_structure_says_of_itself_is_neither_good_nor_bad(world: World) -> None:
    opinion = Opinion(world, signed=False)
    opinion.document["issuer"] = world.issuer.profile
    opinion.publish()
    memory, verifier, pages = CachingFetcher(world, FixedClock(NOW)), world.verifier(), some_pages()
    browser = Browser(a_site(page.router(Desk(lambda: verifier, memory), pages), pages=pages))
    text = browser.ask("POST", "/verifier", files=[("file", ("a.png", world.award().png()))]).text
    told = text.partition('data-endorsement="endorsement_own"')[2].partition("</li>")[0]
    assert re.findall(r'data-state="(\w*)"', told) == ["unknown"]


def test_every_answer_about_an_opinion_is_seen() -> None:
    seen = {code for code, _, _ in CASES.values()}
    elsewhere = {"endorsement_own", "endorsement_good", "endorsement_of_stranger", "endorsement_of_anyone"}
    assert seen | elsewhere | {"endorsement_over", "endorsement_unproven"} == set(wording.ENDORSED)
