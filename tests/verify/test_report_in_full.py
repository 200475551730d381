"""What is told of a badge, member by member: what a program reads, an employer's page shows, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from badges.addresses import short_code
from badges.catalogue.record import Decider
from badges.clock import FixedClock
from badges.verify.observed import Observed, observed
from badges.verify.report import Report
from badges.verify.verifier import Policy, Verifier
from tests.catalogue.builders import ETI, FACTS, PEER, a_fact, a_record
from tests.world import DAY, EMAIL, NOW, World

SENTENCES = {"message", "advice", "technical", "why", "fr", "en"}
AT = "https://badges.test"
BADGE = f"{AT}/issuers/jardins/badges/tec-maraichage-planter/1.0.0"
CRITERIA = f"{AT}/criteres/tec-maraichage-planter/1.0.0"


@pytest.fixture
def world() -> World:
    return World()


def without_sentences(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_sentences(each) for name, each in value.items() if name not in SENTENCES}
    return [without_sentences(each) for each in value] if isinstance(value, list) else value


def seen(day: int, **changes: Any) -> dict[str, Any]:
    return {"month": "2026-10", "day": day, "way": "OBS", "kind": "GRI", "function": "ETI"} | changes


def coded(*codes: str) -> list[dict[str, str]]:
    return [{"code": code} for code in codes]


def test_a_good_badge_is_told_in_full(world: World) -> None:
    name = {"type": ["Extension", "extensions:RecipientProfile"], "name": "Amina D."}
    context = {"@context": "https://openbadgespec.org/extensions/recipientProfile/context.json"}
    badge = world.award(
        record=a_record((*FACTS, a_fact("c3", date(2026, 10, 12), way="QOR"))),
        expires="2029-11-19T10:00:00Z",
        **{"extensions:recipientProfile": context | name},
    )
    report = world.verifier(trust=world.trust(age=DAY)).verify(badge.png(), EMAIL, name="planter.png")
    said = report.to_json()
    assert said["headline"] == {
        "fr": "Oui : ce badge est authentique, délivré par Les Jardins de la Loire le 19 novembre 2026 ; "
        "les 2 critères essentiels ont été observés.",
        "en": "Yes: this badge is authentic, awarded by Les Jardins de la Loire on 19 November 2026; "
        "the 2 essential criteria were observed.",
    }
    passed = {
        "input": "input_png",
        "carrier": "carrier_sound",
        "token": "token_sound",
        "document": "document_sound",
        "key": "key_from_trust_list",
        "signature": "signature_good",
        "badge_class": "badge_class_sound",
        "authorisation": "authorised",
        "definition": "definition_published",
        "issued_on": "issued_on_past",
        "expires": "expires_later",
        "revocation": "not_revoked",
        "key_status": "key_active",
        "recognition": "recognised",
        "criteria": "criteria_met",
        "recipient": "recipient_matches",
        "picture": "picture_matches",
    }
    assert {check["check"]: check["code"] for check in said["checks"] if check["outcome"] == "passed"} == passed
    others = {check["check"]: (check["outcome"], check["code"]) for check in said["checks"]}
    assert {name: told for name, told in others.items() if name not in passed} == {
        "hosted": ("not_applicable", "hosted_none"),
        "image": ("not_applicable", "image_unasked"),
        "endorsement": ("not_applicable", "endorsements_none"),
    }
    assert all(check["cause"] is None for check in said["checks"])
    told = without_sentences({name: value for name, value in said.items() if name not in ("headline", "checks")})
    sha256 = told["file"].pop("sha256")
    assert len(sha256) == 64
    assert told == {
        "answer": "yes",
        "verdict": "valid",
        "issuer": {
            "recognised": True,
            "id": f"{AT}/issuers/jardins",
            "name": "Les Jardins de la Loire",
            "demo": False,
        },
        "criteria": {
            "status": "met",
            "essential_met": 2,
            "essential_total": 2,
            "optional_met": 1,
            "version": "1.0.0",
            "replayed": coded("essential", "ways_and_kinds", "days", "age", "deciders"),
            "attested": coded("facts", "not_for_oneself"),
            "items": [
                {
                    "id": "c1",
                    "text": "Choisit les outils",
                    "required": True,
                    "result": "acquired",
                    "met": True,
                    "observations": [seen(1)],
                    "missing": [],
                },
                {
                    "id": "c2",
                    "text": "Prépare la planche",
                    "required": True,
                    "result": "acquired",
                    "met": True,
                    "observations": [seen(2)],
                    "missing": [],
                },
                {
                    "id": "c3",
                    "text": "Reconnaît cinq plants",
                    "required": False,
                    "result": "acquired",
                    "met": True,
                    "observations": [seen(2, way="QOR")],
                    "missing": [],
                },
            ],
            "missing": [],
        },
        "badge": {
            "id": badge.id,
            "code": short_code(badge.id),
            "name": "Préparer le sol et planter (maraîchage)",
            "description": "La personne prépare une planche de culture.",
            "kind": "competence",
            "family": "techniques",
            "level": 2,
            "slug": "tec-maraichage-planter",
            "version": "1.0.0",
            "badge_class": BADGE,
            "criteria": CRITERIA,
            "image": f"{CRITERIA}/picture.png",
            "issued_on": "2026-11-19T10:00:00Z",
            "expires": "2029-11-19T10:00:00Z",
            "narrative": "Deux critères essentiels observés sur deux jours.",
            "recipient": {"type": "email", "name": "Amina D."},
        },
        "sources": [
            {"url": url, "fetched_at": "2026-11-20T10:00:00Z", "age_seconds": 0}
            for url in (BADGE, f"{AT}/issuers/jardins", f"{AT}/issuers/jardins/revocations")
        ]
        + [{"url": "trust list 1, Réseau d’essai", "fetched_at": "2026-11-19T10:00:00Z", "age_seconds": 86400}],
        "not_checked": coded("holder", "facts", "evidence", "today"),
        "endorsements": [],
        "receipt": None,
        "verified_at": "2026-11-20T10:00:00Z",
        "file": {"name": "planter.png"},
    }


def test_what_a_badge_lacks_is_told_where_it_lacks(world: World) -> None:
    record = a_record((a_fact("c1"), a_fact("c2", date(2026, 10, 12), kind="DIP")))
    report = world.verifier().verify(world.award(record=record).token)
    assert (report.answer, report.conclusion.criteria) == ("partly", "not_met")
    criteria = without_sentences(report.to_json()["criteria"])
    assert (criteria["essential_met"], criteria["essential_total"], criteria["optional_met"]) == (1, 2, 0)
    assert {item["id"]: (item["met"], item["missing"]) for item in criteria["items"]} == {
        "c1": (True, []),
        "c2": (False, ["way_or_kind_not_accepted"]),
        "c3": (False, []),
    }
    assert [(missing["code"], missing["criterion"]) for missing in criteria["missing"]] == [
        ("way_or_kind_not_accepted", "c2"),
        ("days_missing", None),
    ]


def test_of_a_badge_that_is_not_authentic_nothing_is_shown(world: World) -> None:
    said = world.verifier().verify(world.award(payload=b'{"id":"urn:uuid:x"}').token).to_json()
    assert (said["answer"], said["badge"], said["issuer"]["name"]) == ("no", None, None)
    assert said["criteria"] == {
        "status": "undetermined",
        "essential_met": None,
        "essential_total": None,
        "optional_met": None,
        "version": None,
        "replayed": [],
        "attested": [],
        "items": [],
        "missing": [],
    }


def test_of_the_badge_of_a_stranger_its_own_words_are_shown(world: World) -> None:
    world.change(world.stranger.badge, **{"extensions:criteriaDefinition": None})
    badge = world.award(issuer=world.stranger, email=None, **{"extensions:criteriaProof": None})
    said = world.verifier().verify(badge.token).to_json()
    assert said["answer"] == "partly"
    assert said["issuer"] | {"why": None} == {
        "recognised": False,
        "id": world.stranger.profile,
        "name": "ACI inconnue",
        "why": None,
        "demo": False,
    }
    told = said["badge"]
    assert (told["name"], told["description"]) == (
        "Préparer le sol et planter",
        "La personne prépare une planche de culture.",
    )
    assert [told[name] for name in ("kind", "family", "level", "slug", "version")] == [None] * 5
    assert told["recipient"] == {"type": "url", "name": None}
    assert said["criteria"]["status"] == "not_stated"


SAME_FOR_ALL = {
    "document": ("passed", "document_sound"),
    "badge_class": ("passed", "badge_class_sound"),
    "definition": ("passed", "definition_published"),
    "issued_on": ("passed", "issued_on_past"),
    "expires": ("passed", "expires_never"),
    "recognition": ("passed", "recognised"),
    "criteria": ("passed", "criteria_met"),
    "recipient": ("not_applicable", "recipient_not_asked"),
    "picture": ("not_applicable", "picture_none"),
    "image": ("not_applicable", "image_unasked"),
    "endorsement": ("not_applicable", "endorsements_none"),
}
SIGNED = {
    "input": ("passed", "input_token"),
    "carrier": ("not_applicable", "carrier_none"),
    "token": ("passed", "token_sound"),
    "hosted": ("not_applicable", "hosted_none"),
    "key": ("passed", "key_from_trust_list"),
    "signature": ("passed", "signature_good"),
    "authorisation": ("passed", "authorised"),
    "revocation": ("passed", "not_revoked"),
    "key_status": ("passed", "key_active"),
}
HOSTED = {
    "input": ("passed", "input_json"),
    "carrier": ("not_applicable", "carrier_none"),
    "token": ("not_applicable", "token_none"),
    "hosted": ("passed", "hosted_sound"),
    "key": ("not_applicable", "key_none"),
    "signature": ("not_applicable", "signature_none"),
    "authorisation": ("passed", "authorised_scope"),
    "revocation": ("passed", "not_revoked_hosted"),
    "key_status": ("not_applicable", "key_status_untold"),
}


def every_check(report: Report) -> dict[str, tuple[str, str]]:
    return {check.check: (check.outcome, check.code) for check in report.checks}


def test_every_check_of_a_good_badge_in_each_of_its_forms(world: World) -> None:
    verifier, badge = world.verifier(), world.award()
    in_svg = {"input": ("passed", "input_svg"), "carrier": ("passed", "carrier_sound")}
    from_bundle = {
        "badge_class": ("passed", "badge_class_by_trust_list"),
        "revocation": ("passed", "not_revoked_snapshot"),
    }
    offline = world.verifier(trust=None, bundle=world.bundle(age=DAY), offline=True)
    assert every_check(verifier.verify(badge.token)) == SAME_FOR_ALL | SIGNED
    assert every_check(verifier.verify(badge.svg())) == SAME_FOR_ALL | SIGNED | in_svg
    assert every_check(verifier.verify(world.hosted().json())) == SAME_FOR_ALL | HOSTED
    assert every_check(offline.verify(badge.token)) == SAME_FOR_ALL | SIGNED | from_bundle


def test_every_check_of_the_badge_of_a_stranger(world: World) -> None:
    badge = world.award(issuer=world.stranger)
    nobody_listed = Verifier(world, FixedClock(NOW), Policy(None))
    assert every_check(nobody_listed.verify(badge.token)) == SAME_FOR_ALL | SIGNED | {
        "key": ("passed", "key_from_profile"),
        "definition": ("passed", "definition_as_hosted"),
        "key_status": ("not_applicable", "key_status_untold"),
        "recognition": ("not_applicable", "trust_not_given"),
        "image": ("passed", "image_sound"),
    }


# The badge of these tests was issued on 19 November 2026.
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"published_on": date(2026, 11, 19)}, "definition_published"),
        ({"published_on": date(2026, 11, 20)}, "definition_published"),
        ({"published_on": date(2026, 11, 21)}, "definition_not_in_force"),
        ({"retired_on": date(2026, 11, 20)}, "definition_published"),
        ({"retired_on": date(2026, 11, 19)}, "definition_published"),
        ({"retired_on": date(2026, 11, 18)}, "definition_not_in_force"),
        ({"status": "proposition"}, "definition_proposition"),
    ],
    ids=["that day", "a day of grace", "later", "retired after", "retired that day", "retired before", "a proposition"],
)
def test_criteria_are_in_force_from_a_day_before_they_are_dated_to_the_day_they_retire(
    world: World, changes: dict[str, Any], code: str
) -> None:
    trust = world.trust(catalogue=(world.entry(**changes),))
    assert world.verifier(trust=trust).verify(world.award().token).require("definition").code == code


# -- the three lines about how it was observed ----------------------------------------------------------------------


def test_it_is_told_when_how_and_by_whom_a_badge_was_observed(world: World) -> None:
    record = a_record(
        (
            a_fact("c1", date(2026, 9, 28)),
            a_fact("c2", date(2026, 10, 12), way="MES", kind="PHO", function="ASP"),
            a_fact("c2", date(2026, 10, 12), way="MES"),
            a_fact("c2", date(2026, 8, 31), way="MES"),
            a_fact("c1", date(2026, 7, 31), way="MES"),  # a way that this criterion does not accept
        ),
        deciders=(ETI, PEER),
    )
    assert observed(world.verifier().verify(world.award(record=record).token)) == Observed(
        days=3,
        first_month="2026-08",
        last_month="2026-10",
        ways=("MES", "OBS"),
        kinds=("GRI", "PHO"),
        functions=("ETI", "ASP"),
        decided="2026-11",
        deciders=(Decider("a1", "decides", "ETI", "same"), Decider("a2", "second", "ETI", "other")),
    )


def reports_that_tell_nothing(world: World) -> dict[str, Report]:
    verifier = world.verifier()
    return {
        "no proof": verifier.verify(world.award(**{"extensions:criteriaProof": None}).token),
        "no observation": verifier.verify(world.award(record=a_record(())).token),
        "not a badge": verifier.verify(b"hello"),
    }


def test_where_nothing_was_observed_nothing_is_told(world: World) -> None:
    assert {name: observed(report) for name, report in reports_that_tell_nothing(world).items()} == dict.fromkeys(
        ("no proof", "no observation", "not a badge")
    )


# -- a defect of ours -----------------------------------------------------------------------------------------------


class Broken:
    """A fetcher with a defect."""

    def get(self, url: str, accept: str, max_bytes: int) -> Any:
        raise ZeroDivisionError("for the test")


def test_a_defect_of_ours_is_told_as_one_and_never_as_an_answer_about_the_badge(world: World) -> None:
    report = Verifier(Broken(), FixedClock(NOW), Policy(None)).verify(world.award().token)
    assert (report.answer, report.verdict, report.exit_code) == ("unknown", "undetermined", 3)
    told = {(check.check, check.outcome, check.code) for check in report.checks if check.code == "unexpected"}
    assert told == {("input", "unknown", "unexpected")}
    assert "ZeroDivisionError" in report.require("input").technical["fr"]


def test_what_was_read_at_an_address_is_not_asked_for_again(world: World) -> None:
    badge = world.hosted()
    assert world.verifier().verify(badge.id).answer == "yes"
    assert world.fetched.count(badge.id) == 1


def test_a_description_that_only_the_signed_badge_holds_is_told_to_be_inside(world: World) -> None:
    published = world.stranger.documents()[world.stranger.badge]
    inside = published | {"id": "urn:uuid:00000000-0000-4000-8000-000000000005"}
    for described, code in ((inside, "badge_class_inside"), (published, "badge_class_sound")):
        report = world.verifier().verify(world.award(issuer=world.stranger, badge=described).token)
        assert report.require("badge_class")[1:3] == ("passed", code)
