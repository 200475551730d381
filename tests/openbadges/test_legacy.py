"""Open Badges 0.5, 1.0 and 1.1 in the words of 2.0: names, dates and addresses, and nothing believed on the way."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from badges.errors import DocumentInvalid
from badges.openbadges.contexts import OPEN_BADGES_V2
from badges.openbadges.identity import matches
from badges.openbadges.legacy import (
    OldAssertion,
    OldProfile,
    upgrade_assertion,
    upgrade_badge_class,
    upgrade_date,
    upgrade_first,
    upgrade_issuer,
    upgrade_revocations,
)
from badges.openbadges.model import Assertion, BadgeClass, RevocationList

HERE = "https://example.org/assertions/1"
OF_1_0: dict[str, Any] = {
    "uid": "a1",
    "recipient": {"type": "email", "hashed": False, "identity": "nadia@example.org"},
    "badge": "https://example.org/badges/1",
    "verify": {"type": "hosted", "url": HERE},
    "issuedOn": 1390176000,
    "evidence": "https://example.org/photo",
}


def test_an_assertion_of_1_0_becomes_one_of_2_0_at_its_address() -> None:
    read = Assertion.from_json(upgrade_assertion(OF_1_0, HERE))
    assert (read.id, read.uid, read.verification.kind) == (HERE, "a1", "HostedBadge")
    assert read.issued_on.isoformat() == "2014-01-20T00:00:00+00:00"
    assert OF_1_0["issuedOn"] == 1390176000, "what was read is not changed"


def test_an_id_that_the_document_says_is_not_replaced() -> None:
    assert upgrade_assertion(OF_1_0 | {"id": "https://example.org/other"}, HERE)["id"] == "https://example.org/other"


def test_an_id_that_the_document_says_by_the_keyword_is_the_only_one() -> None:
    assert "id" not in upgrade_assertion(OF_1_0 | {"@id": "https://example.org/other"}, HERE)


@pytest.mark.parametrize(
    "lines", [{"name": "A", "url": "https://x.example"}, [{"name": "A", "url": "https://x.example"}]]
)
def test_an_alignment_gets_its_new_names(lines: Any) -> None:
    old = {
        "name": "Planter",
        "description": "Planter",
        "image": "https://example.org/a.png",
        "criteria": "https://example.org/criteria",
        "issuer": "https://example.org/issuer",
        "alignment": lines,
    }
    (line,) = BadgeClass.from_json(upgrade_badge_class(old, "https://example.org/badges/1")).alignment
    assert (line.target_name, line.target_url) == ("A", "https://x.example")


def test_an_issuer_of_1_x_needs_no_email() -> None:
    issuer = {"name": "Les Jardins", "url": "https://example.org"}
    assert OldProfile.from_json(upgrade_issuer(issuer, "https://example.org/issuer")).email is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2014-01-20", "2014-01-20T00:00:00Z"),
        (1390176000, "2014-01-20T00:00:00Z"),
        ("1390176000", "2014-01-20T00:00:00Z"),
        ("2014-01-20T10:00:00", "2014-01-20T10:00:00Z"),
        ("2014-01-20T10:00", "2014-01-20T10:00Z"),
        ("2014-01-20T10:00:00+02:00", "2014-01-20T10:00:00+02:00"),
        ("janvier", "janvier"),
        (True, True),
        (1e300, 1e300),
        (None, None),
        ([], []),
    ],
)
def test_a_date_gets_its_one_spelling_or_is_left_to_be_refused(old: Any, new: Any) -> None:
    assert upgrade_date(old) == new


FIRST: dict[str, Any] = {
    "recipient": "nadia@example.org",
    "issued_on": "2012-01-20",
    "expires": "2013-01-20",
    "evidence": "/preuves/1",
    "badge": {
        "name": "Planter",
        "description": "Planter",
        "image": "/planter.png",
        "criteria": "criteres",
        "issuer": {"origin": "https://example.org", "name": "Les Jardins", "contact": "jardins@example.org"},
    },
}


def test_a_badge_of_0_5_becomes_three_documents() -> None:
    first = upgrade_first(FIRST, HERE)
    assert [each["@context"] for each in first] == [OPEN_BADGES_V2] * 3
    assert [each["type"] for each in first] == ["Assertion", "BadgeClass", "Issuer"]
    assertion = OldAssertion.from_json(first.assertion)
    badge_class, issuer = BadgeClass.from_json(first.badge_class), OldProfile.from_json(first.issuer)
    assert (assertion.id, assertion.badge, badge_class.id) == (HERE, f"{HERE}#badge", f"{HERE}#badge")
    assert (badge_class.issuer, issuer.id, issuer.url) == ("https://example.org",) * 3
    assert (badge_class.image, badge_class.criteria) == (
        "https://example.org/planter.png",
        "https://example.org/criteres",
    )
    assert (issuer.name, issuer.email) == ("Les Jardins", "jardins@example.org")
    assert assertion.evidence == ("https://example.org/preuves/1",)
    assert (assertion.issued_on.year, assertion.expires and assertion.expires.year) == (2012, 2013)
    assert (assertion.recipient.hashed, assertion.recipient.identity) == (False, "nadia@example.org")


def test_a_date_of_0_5_is_read_by_either_of_its_names() -> None:
    by_the_later = {"issuedOn": FIRST["issued_on"]} | {name: FIRST[name] for name in FIRST if name != "issued_on"}
    assert upgrade_first(by_the_later, HERE) == upgrade_first(FIRST, HERE)


def test_an_address_that_leads_nowhere_is_left_to_be_refused() -> None:
    assert upgrade_first(FIRST | {"evidence": "//["}, HERE).assertion["evidence"] == "//["


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_a_recipient_of_0_5_may_be_hashed_in_four_ways(name: str) -> None:
    said = f"{name}${hashlib.new(name, b'nadia@example.orgsel').hexdigest()}"
    recipient = OldAssertion.from_json(
        upgrade_first(FIRST | {"recipient": said, "salt": "sel"}, HERE).assertion
    ).recipient
    assert matches(recipient, "nadia@example.org")
    assert not matches(recipient, "autre@example.org")


@pytest.mark.parametrize("name", ["sha1", "sha512"])
def test_2_0_knows_two_of_them(name: str) -> None:
    said = f"{name}${hashlib.new(name, b'x').hexdigest()}"
    with pytest.raises(DocumentInvalid):
        Assertion.from_json(upgrade_first(FIRST | {"recipient": said}, HERE).assertion)


@pytest.mark.parametrize("junk", [None, 5, [], {}, "x", "http://["])
def test_whatever_stands_in_a_badge_of_0_5_is_left_to_the_reader_of_2_0(junk: Any) -> None:
    for changed in (
        FIRST | {"badge": junk},
        FIRST | {"badge": FIRST["badge"] | {"issuer": junk}},
        FIRST | {"badge": FIRST["badge"] | {"issuer": {"origin": junk}}},
        FIRST | {"badge": FIRST["badge"] | {"image": junk}},
        FIRST | {"recipient": junk},
    ):
        assert len(upgrade_first(changed, HERE)) == 3


@pytest.mark.parametrize("kind", ["signed", "SignedBadge"])
def test_a_signed_badge_of_1_x_names_its_key_and_has_no_address(kind: str) -> None:
    verify = {"type": kind, "url": "https://example.org/key.pem"}
    read = OldAssertion.from_json(upgrade_assertion(OF_1_0 | {"verify": verify}))
    assert (read.id, read.verification.kind, read.verification.creator) == (
        "urn:badge-uid:a1",
        "SignedBadge",
        "https://example.org/key.pem",
    )


def test_a_key_that_is_named_as_in_2_0_stays_the_one() -> None:
    verify = {"type": "signed", "url": "https://example.org/old", "creator": "https://example.org/key"}
    read = OldAssertion.from_json(upgrade_assertion(OF_1_0 | {"verify": verify}))
    assert read.verification.creator == "https://example.org/key"


def test_a_revocation_list_of_1_x_names_uids_or_addresses() -> None:
    read = RevocationList.from_json(upgrade_revocations({"a1": "erreur", "https://example.org/2": 5}, HERE))
    assert read.id == HERE
    assert read.line_of("https://example.org/2") is not None
    line = read.find(OldAssertion.from_json(upgrade_assertion(OF_1_0)))
    assert line is not None
    assert line.revocation_reason == "erreur"
    for of_today in ({"revokedAssertions": []}, {"@context": OPEN_BADGES_V2, "id": HERE}):
        assert upgrade_revocations(of_today, HERE) == of_today


def test_an_alignment_that_is_none_is_left_to_be_refused() -> None:
    assert upgrade_badge_class({"alignment": ["https://example.org/1", 5]}, HERE)["alignment"] == [
        "https://example.org/1",
        5,
    ]


def test_a_badge_of_0_5_may_say_that_it_was_withdrawn() -> None:
    assert upgrade_first(FIRST | {"revoked": True}, HERE).assertion["revoked"] is True


def test_what_a_document_of_1_x_says_of_itself_is_left() -> None:
    for said in ({"type": ["Assertion", "Extension"]}, {"@type": "Assertion"}):
        upgraded = upgrade_assertion({"uid": "1", **said}, "https://example.org/1")
        assert {name: upgraded[name] for name in ("type", "@type") if name in upgraded} == said
