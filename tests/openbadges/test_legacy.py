"""Open Badges 1.0 and 1.1 in the words of 2.0: names, dates and addresses, and nothing believed on the way."""

from __future__ import annotations

from typing import Any

import pytest

from badges.openbadges.legacy import OldProfile, upgrade_assertion, upgrade_badge_class, upgrade_date, upgrade_issuer
from badges.openbadges.model import Assertion, BadgeClass

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
