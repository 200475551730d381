"""The list of codes is closed: each is said by the code, in every language, to everybody."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from badges.catalogue import rule
from badges.verify import findings, receipt, wording
from badges.verify.report import CHECKS, Check

ROOM = Path(wording.__file__).parent
DAY = datetime(2026, 11, 20, tzinfo=UTC)
SAYING = [
    ROOM / f"{name}.py"
    for name in (
        *("archive", "attachments", "endorsements", "examination", "findings", "pdf"),
        *("published_images", "report", "verifier"),
    )
]


def said_in_code() -> set[str]:
    """Every text constant of the modules that say codes, with the one family that is built."""
    constants = {
        node.value
        for file in SAYING
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    # What only a browser can lack is said by the page that verifies without us.
    constants |= set(re.findall(r'"(\w+)"', (ROOM / "offline" / "offline.js").read_text("utf-8")))
    constants |= {f"input_{code}" for code in receipt.SENTENCES}
    return constants | {f"input_{form}" for form in ("png", "svg", "pdf", "token", "json", "empty", "unrecognised")}


def test_every_code_is_said_somewhere_and_every_code_said_is_in_the_table() -> None:
    assert set(wording.CODES) <= said_in_code()
    assert set(wording.NOT_CHECKED) <= said_in_code()
    assert set(wording.ENDORSED) <= said_in_code()


def test_every_check_has_a_name() -> None:
    assert tuple(wording.CHECK_NAMES) == CHECKS


@pytest.mark.parametrize("code", wording.CODES)
def test_each_code_speaks_to_everybody_in_both_languages(code: str) -> None:
    said = wording.CODES[code]
    for text in (*said.employer, *said.technician, *said.advice):
        assert text.strip() == text
        assert text
    for sentence in (*said.employer, *said.advice):
        assert sentence[-1] == "."
        assert sentence[0].isupper()
    assert said.employer.fr != said.employer.en
    assert _names(said.employer.fr) == _names(said.employer.en)
    assert _names(said.technician.fr) == _names(said.technician.en)
    assert not _names(said.advice.fr + said.advice.en)


def _names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("code", wording.CODES)
def test_an_employer_reads_no_jargon(code: str) -> None:
    jargon = re.compile(r"\b(JWS|JSON|iTXt|Assertion|BadgeClass|Profile|HTTP|alg|issuedOn|digest|SHA)\b")
    for sentence in (*wording.CODES[code].employer, *wording.CODES[code].advice):
        assert not jargon.search(sentence), sentence


def test_all_that_the_rule_can_miss_and_say_has_words() -> None:
    assert set(wording.MISSING) == set(rule.MISSING_CODES)
    source = Path(rule.__file__).read_text("utf-8")
    clauses = {name for name in wording.CLAUSES if f'"{name}"' in source}
    assert clauses == set(wording.CLAUSES)
    told = set(re.findall(r'^ {8}"(\w+)": ', source, re.MULTILINE))
    assert told == set(wording.CLAUSES)


def calls_in(*folders: str) -> Iterator[ast.Call]:
    """Every call that the code of these rooms writes, however it is laid out."""
    for folder in folders:
        for file in sorted((ROOM.parent / folder).glob("*.py")):
            yield from (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", "") or getattr(call.func, "id", ""))


def texts(nodes: Sequence[ast.expr]) -> list[str]:
    """The texts among them, in their place; what is computed is an empty one."""
    return [node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "" for node in nodes]


TOLD_ELSEWHERE = {
    *("open_badges_3", "receipt_key_unknown", "trust_malformed"),
    *("encoded", "form_malformed", "nothing_to_verify", "too_large"),
}
"""Causes that become another check, that only a terminal says, or that the doors answer instead of a report."""


def test_every_cause_that_a_refusal_names_has_its_words() -> None:
    named = set()
    for call in calls_in("openbadges", "verify"):
        named |= set(texts([keyword.value for keyword in call.keywords if keyword.arg == "code"]))
        if name_of(call) in ("_refuse", "_cannot"):
            named |= {first for first in texts(call.args[:1]) if re.fullmatch(r"[a-z0-9_]+", first)}
    assert named - {""} - set(wording.CAUSES) - TOLD_ELSEWHERE == set()


def test_no_words_are_kept_for_a_cause_that_nothing_names() -> None:
    package = ROOM.parent
    sources = [*(package / "openbadges").glob("*.py"), *(package / "catalogue").glob("*.py"), package / "errors.py"]
    trees = [ast.parse(file.read_text("utf-8")) for file in (*sources, *ROOM.glob("*.py")) if file.name != "wording.py"]
    named = set(texts([node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)]))
    assert set(wording.CAUSES) - named == set()


def test_every_finding_is_of_a_check_with_an_outcome_and_a_code() -> None:
    said = [call for call in calls_in("verify") if name_of(call) in ("say", "_stop", "Check")]
    for call in said:
        check, outcome, code = (*texts(call.args[:3]), "", "", "")[:3]
        where = ast.unparse(call)[:120]
        assert check in {*CHECKS, ""}, where
        assert outcome in {"passed", "failed", "unknown", "not_applicable", ""}, where
        assert code in {*wording.CODES, ""}, where
    assert len(said) > 100
    known = {"passed", "failed", "unknown", "not_applicable", "", *wording.CODES, *wording.ENDORSED}
    for call in calls_in("verify"):
        if name_of(call) in ("_Refused", "Refused", "PdfRefused", "_Told"):
            assert set(texts(call.args[:2])) <= known, ast.unparse(call)


def test_a_cause_is_told_in_the_words_of_a_technician() -> None:
    check = Check("carrier", "failed", "carrier_damaged", {"reason": "expected x, found y"}, "png_crc")
    assert "somme de contrôle" in check.technical["fr"]
    assert check.technical["en"] == "File refused: expected x, found y"


def test_details_are_put_into_a_sentence_and_never_read_as_one() -> None:
    check = Check("carrier", "failed", "carrier_damaged", {"reason": "{0.__class__} {x}"})
    assert check.technical["fr"] == "Fichier refusé : {0.__class__} {x}"
    assert Check("carrier", "failed", "carrier_damaged").technical["fr"] == "Fichier refusé : …"


@pytest.mark.parametrize(
    ("instant", "fr", "en"),
    [
        (datetime(2026, 11, 1, tzinfo=UTC), "1er novembre 2026", "1 November 2026"),
        (datetime(2026, 8, 20, 21, 59, tzinfo=UTC), "20 août 2026", "20 August 2026"),
        (datetime(2026, 8, 20, 22, 0, tzinfo=UTC), "21 août 2026", "21 August 2026"),
    ],
)
def test_a_date_is_told_in_words(instant: datetime, fr: str, en: str) -> None:
    assert wording.date_in_words(instant) == (fr, en)


MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "en": "January February March April May June July August September October November December",
}


@pytest.mark.parametrize("number", range(1, 13))
def test_every_month_has_its_name(number: int) -> None:
    told = wording.date_in_words(datetime(2026, number, 2, 12, tzinfo=UTC))
    assert told == tuple(f"2 {MONTHS[language].split()[number - 1]} 2026" for language in ("fr", "en"))


def test_every_finding_that_never_varies_is_of_a_check_and_has_its_words() -> None:
    made = [found for value in vars(findings).values() for found in flat(value) if isinstance(found, Check)]
    assert len(made) > 50
    for found in made:
        assert found.check in CHECKS
        assert found.code in wording.CODES
        assert found.outcome in ("passed", "failed", "unknown", "not_applicable")
        json.dumps(found.to_json())


def flat(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Check):
        return (value,)
    return tuple(value.values()) if isinstance(value, dict) else tuple(value) if type(value) is tuple else ()


@pytest.mark.parametrize(("language", "index"), [("fr", 0), ("en", 1)])
def test_the_page_that_verifies_without_us_is_given_every_sentence(language: str, index: int) -> None:
    said = wording.exported(language)
    tables = {
        "checks": wording.CHECK_NAMES,
        "clauses": wording.CLAUSES,
        "missing": wording.MISSING,
        "not_checked": wording.NOT_CHECKED,
    }
    assert said.keys() == {*tables, "codes", "causes", "opening", "headline", "months"}
    for name, table in tables.items():
        assert said[name] == {code: text[index] for code, text in table.items()}, name
    assert said["codes"].keys() == wording.CODES.keys()
    for code, told in said["codes"].items():
        known = wording.CODES[code]
        assert told == {
            "employer": known.employer[index],
            "technician": known.technician[index],
            "advice": known.advice[index],
        }
    assert said["causes"] == wording.CAUSES
    assert said["opening"] == {answer: wording.opening(answer)[index] for answer in ("yes", "partly", "no", "unknown")}
    assert said["headline"].keys() == {
        *("authentic", "authentic_claimed", "authentic_unnamed"),
        *("met", "met_one", "trial", "beware"),
    }
    assert (len(said["months"]), said["months"][0]) == (12, ("janvier", "January")[index])


def headline_of(answer: Any, reasons: tuple[str, ...], **changes: Any) -> dict[str, str]:
    facts: dict[str, Any] = {"issuer": "Les Jardins", "recognised": True, "demo": False, "issued": DAY, "essential": 2}
    return wording.headline(answer, tuple((code, {}) for code in reasons), **facts | changes)


def test_only_a_yes_says_that_it_is_for_trial() -> None:
    answers = ("yes", "partly", "no", "unknown")
    opening = {answer: headline_of(answer, ("expired",), demo=True)["fr"].partition(" : ")[0] for answer in answers}
    assert opening == {
        "yes": "Oui (démonstration)",
        "partly": "En partie",
        "no": "Non",
        "unknown": "On ne sait pas",
    }


def test_several_reasons_are_told_apart_as_each_language_does() -> None:
    said = headline_of("no", ("signature_bad", "expired"))
    assert (said["fr"].count(" ; "), said["en"].count("; "), said["en"].count(" ; ")) == (1, 1, 0)
    said = headline_of("yes", ())
    assert (said["fr"].count(" ; "), said["en"].count("; "), said["en"].count(" ; ")) == (1, 1, 0)
