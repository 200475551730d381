"""One pure function turns findings into an answer, and fails closed."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.verify.report import CHECKS, EXIT_CODES, Check, conclude, worst

SIGNED = {
    "input": "input_png",
    "carrier": "carrier_sound",
    "token": "token_sound",
    "document": "document_sound",
    "hosted": "hosted_none",
    "key": "key_from_trust_list",
    "signature": "signature_good",
    "badge_class": "badge_class_sound",
    "authorisation": "authorised",
    "definition": "definition_published",
    "issued_on": "issued_on_past",
    "expires": "expires_never",
    "revocation": "not_revoked",
    "key_status": "key_active",
    "recognition": "recognised",
    "criteria": "criteria_met",
    "recipient": "recipient_not_asked",
    "picture": "picture_matches",
    "image": "image_sound",
    "endorsement": "endorsements_none",
}
INAPPLICABLE = {"hosted", "recipient", "endorsement"}
TOLD_ONLY = {"picture", "hosted", "image", "endorsement"}


def checks(**changes: Check | None) -> list[Check]:
    """A signed badge with nothing wrong, but for the changes; None leaves a check out."""
    made = {
        name: Check(name, "not_applicable" if name in INAPPLICABLE else "passed", code) for name, code in SIGNED.items()
    }
    return [check for check in (made | changes).values() if check is not None]


def test_everything_in_order_is_yes() -> None:
    conclusion = conclude(checks())
    assert (conclusion.verdict, conclusion.answer, conclusion.exit_code) == ("valid", "yes", 0)


@pytest.mark.parametrize("name", sorted(set(CHECKS) - TOLD_ONLY))
def test_a_check_that_is_missing_never_passes(name: str) -> None:
    conclusion = conclude(checks(**{name: None}))
    assert conclusion.answer == "unknown"
    assert conclusion.exit_code == 3


@pytest.mark.parametrize("name", sorted(set(CHECKS) - TOLD_ONLY))
def test_a_check_that_is_unknown_never_passes(name: str) -> None:
    conclusion = conclude(checks(**{name: Check(name, "unknown", "not_reached")}))
    assert conclusion.answer == "unknown"


@pytest.mark.parametrize("name", sorted(set(SIGNED) - TOLD_ONLY - {"carrier", "revocation", "key_status", "recipient"}))
def test_a_check_that_must_apply_cannot_be_inapplicable(name: str) -> None:
    assert conclude(checks(**{name: Check(name, "not_applicable", "not_reached")})).answer != "yes"


@pytest.mark.parametrize("name", sorted(set(CHECKS) - TOLD_ONLY - {"recognition", "definition", "criteria"}))
def test_a_required_check_that_failed_is_no(name: str) -> None:
    conclusion = conclude(checks(**{name: Check(name, "failed", "input_empty")}))
    assert (conclusion.verdict, conclusion.answer) == ("invalid", "no")


def test_a_published_picture_that_is_none_is_no_and_one_that_is_away_changes_nothing() -> None:
    assert conclude(checks(image=Check("image", "failed", "image_not_one"))).verdict == "invalid"
    assert conclude(checks(image=Check("image", "unknown", "image_unreachable"))).answer == "yes"


@pytest.mark.parametrize("outcome", ["failed", "unknown", "not_applicable"])
@pytest.mark.parametrize("name", ["picture", "endorsement"])
def test_what_is_only_told_changes_no_answer(name: str, outcome: Any) -> None:
    assert conclude(checks(**{name: Check(name, outcome, "not_reached")})).answer == "yes"


@pytest.mark.parametrize("name", ["recognition", "definition", "criteria"])
def test_authentic_but_lacking_is_partly(name: str) -> None:
    conclusion = conclude(checks(**{name: Check(name, "failed", "not_recognised")}))
    assert (conclusion.verdict, conclusion.answer, conclusion.exit_code) == ("valid", "partly", 4)


def test_what_is_known_to_lack_weighs_more_than_what_is_not_known() -> None:
    lacking = Check("recognition", "failed", "not_recognised")
    unknown = Check("criteria", "unknown", "criteria_undetermined")
    assert conclude(checks(recognition=lacking, criteria=unknown)).answer == "partly"


NOT_PUBLISHED = Check("definition", "failed", "definition_unpublished")


@pytest.mark.parametrize(
    ("criteria", "reasons"),
    [
        (Check("criteria", "unknown", "criteria_not_published"), ["definition"]),
        (Check("criteria", "failed", "criteria_not_met"), ["definition", "criteria"]),
    ],
    ids=["not published", "not met"],
)
def test_criteria_replayed_on_a_text_that_nobody_published_are_one_reason(criteria: Check, reasons: list[str]) -> None:
    conclusion = conclude(checks(definition=NOT_PUBLISHED, criteria=criteria))
    assert [check.check for check in conclusion.reasons] == reasons


def test_a_definition_that_could_not_be_looked_up_is_no_reason_beside_the_criteria() -> None:
    unknown = Check("definition", "unknown", "not_reached")
    criteria = Check("criteria", "unknown", "criteria_not_published")
    assert [check.check for check in conclude(checks(definition=unknown, criteria=criteria)).reasons] == ["criteria"]


@pytest.mark.parametrize(
    ("outcome", "recognised", "criteria"),
    [
        ("passed", True, "met"),
        ("failed", False, "not_met"),
        ("unknown", None, "undetermined"),
        ("not_applicable", None, "not_stated"),
    ],
)
def test_recognition_and_criteria_are_told_apart(outcome: Any, recognised: bool | None, criteria: str) -> None:
    conclusion = conclude(
        checks(
            recognition=Check("recognition", outcome, "not_reached"), criteria=Check("criteria", outcome, "not_reached")
        )
    )
    assert (conclusion.recognised, conclusion.criteria) == (recognised, criteria)
    absent = conclude(checks(recognition=None, criteria=None))
    assert (absent.recognised, absent.criteria) == (None, "undetermined")


@pytest.mark.parametrize(
    ("failed", "verdict", "first"),
    [
        ({"expires": "expired"}, "expired", "expired"),
        ({"revocation": "revoked", "expires": "expired"}, "revoked", "revoked"),
        ({"revocation": "replaced", "expires": "expired"}, "revoked", "replaced"),
        ({"signature": "signature_bad", "revocation": "revoked", "expires": "expired"}, "invalid", "signature_bad"),
    ],
)
def test_every_reason_is_told_and_the_gravest_first(failed: dict[str, str], verdict: str, first: str) -> None:
    conclusion = conclude(checks(**{name: Check(name, "failed", code) for name, code in failed.items()}))
    assert (conclusion.verdict, conclusion.answer, conclusion.reasons[0].code) == (verdict, "no", first)
    assert {check.code for check in conclusion.reasons} == set(failed.values())


def test_of_what_is_not_known_what_was_reached_is_told() -> None:
    conclusion = conclude(
        checks(
            key=Check("key", "unknown", "not_reached"), revocation=Check("revocation", "unknown", "list_unreachable")
        )
    )
    assert [check.check for check in conclusion.reasons] == ["revocation"]
    assert [check.check for check in conclude(checks(key=Check("key", "unknown", "not_reached"))).reasons] == ["key"]
    assert [(check.check, check.code) for check in conclude([]).reasons] == [("input", "not_reached")]


def test_nothing_checked_is_nothing_known() -> None:
    assert conclude([]).verdict == "undetermined"
    assert conclude([]).exit_code == 3


any_check = st.builds(
    Check,
    st.sampled_from(CHECKS),
    st.sampled_from(["passed", "failed", "unknown", "not_applicable"]),
    st.sampled_from(["not_reached", "revoked", "replaced", "expired", "signature_bad"]),
)


@given(st.lists(any_check, max_size=24))
def test_no_report_contradicts_itself(made: list[Check]) -> None:
    conclusion = conclude(made)
    found = {check.check: check for check in made}
    required = [
        check for name, check in found.items() if name not in ("recognition", "definition", "criteria", "picture")
    ]
    if conclusion.verdict == "valid":
        assert not [check for check in required if check.outcome in ("failed", "unknown")]
    assert (conclusion.answer == "no") == (conclusion.verdict in ("invalid", "revoked", "expired"))
    if conclusion.answer == "yes":
        assert (conclusion.verdict, conclusion.recognised, conclusion.criteria) == ("valid", True, "met")
        assert not conclusion.reasons
    else:
        assert conclusion.reasons
    if conclusion.answer == "partly":
        assert conclusion.verdict == "valid"


@pytest.mark.parametrize(("one", "other"), list(product(EXIT_CODES, repeat=2)))
def test_several_files_answer_with_the_worst(one: str, other: str) -> None:
    order = [1, 3, 4, 0]
    codes = [EXIT_CODES[one], EXIT_CODES[other]]  # type: ignore[index]
    assert EXIT_CODES[worst([one, other])] == min(codes, key=order.index)  # type: ignore[list-item]
    assert worst([]) == "unknown"
