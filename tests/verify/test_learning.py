"""What an employer may read to learn, and the training room: each badge gives exactly the answer announced."""

from __future__ import annotations

from datetime import timedelta

import pytest

from badges.clock import FixedClock
from badges.openbadges import png
from badges.trust import read_bundle
from badges.verify import learning
from badges.verify.exercises import EXERCISES, FOLDER, NOW, Exercise, TrainingRoom, file_name
from badges.verify.fetcher import NoNetwork
from badges.verify.verifier import Policy, Verifier
from tests.web.building import Browser, a_site, some_pages
from tests.web.reading_pages import PageRead
from tests.world import World

PAGES = some_pages()
SITE = a_site(learning.router(PAGES), pages=PAGES)
ROOM = TrainingRoom()
NUMBERED = list(enumerate(EXERCISES, 1))
IDS = [exercise.name for exercise in EXERCISES]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_for_employers_is_well_made_and_says_the_four_answers(language: str) -> None:
    response = Browser(SITE, language).get("/verifier/comprendre")
    page = PageRead(response.text)
    assert (response.status_code, page.faults, len(page.all("h1"))) == (200, [], 1)
    assert page.all("script") == []
    answers = {
        "fr": ("Oui", "En partie", "Non", "On ne sait pas", "ni un diplôme"),
        "en": ("Yes", "In part", "No", "Not known", "diploma"),
    }
    assert [words for words in answers[language] if words not in page.text] == []


def test_the_page_for_employers_leads_to_verifying_and_to_practising() -> None:
    links = {attributes.get("href") for attributes in PageRead(Browser(SITE).get("/verifier/comprendre").text).all("a")}
    assert {"/verifier", "/verifier/entrainement", "/b", "/criteres", "/bundle"} <= links


# -- the training room --------------------------------------------------------------------------------------------


def test_the_room_shows_every_exercise() -> None:
    page = PageRead(Browser(SITE).get("/verifier/entrainement").text)
    links = {attributes.get("href") for attributes in page.all("a")}
    assert links >= {"/verifier/entrainement/1", "/verifier/comprendre"}
    assert (page.faults, len(page.all("h1"))) == ([], 1)


@pytest.mark.parametrize(("number", "exercise"), NUMBERED, ids=IDS)
def test_an_exercise_gives_exactly_the_answer_and_the_code_announced(number: int, exercise: Exercise) -> None:
    report = ROOM.report(number)
    assert (report.answer, report.require(exercise.check).code) == (exercise.answer, exercise.code)
    reached = [check for check in report.checks if check.code != "not_reached"]
    failing = [check.check for check in reached if check.outcome in ("failed", "unknown")]
    assert failing == ([] if exercise.name == "good" else [exercise.check])


def test_all_four_answers_are_met() -> None:
    assert {exercise.answer for exercise in EXERCISES} == {"yes", "partly", "no", "unknown"}


def test_every_file_of_the_room_is_used() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == set(IDS)


@pytest.mark.parametrize(("number", "exercise"), NUMBERED, ids=IDS)
def test_outside_the_room_no_exercise_is_believed(number: int, exercise: Exercise) -> None:
    """Neither by a reader who trusts another network, nor by one who trusts nobody."""
    for policy in (World().policy(), Policy(None)):
        assert Verifier(NoNetwork(), FixedClock(NOW), policy).verify(ROOM.file(exercise.name)).answer in (
            "no",
            "unknown",
        )


def test_the_list_of_the_room_is_stale_for_everybody_else() -> None:
    later = NOW + timedelta(days=30)
    bundle = read_bundle((FOLDER / "bundle.jws").read_text("ascii"), ROOM.verifier.policy.trusted.root, NOW)
    report = Verifier(NoNetwork(), FixedClock(later), Policy(None, bundle)).verify(ROOM.file("good"))
    assert report.answer != "yes"


def test_it_is_the_answer_of_the_real_verifier_that_is_shown() -> None:
    for number, exercise in NUMBERED:
        text = Browser(SITE).get(f"/verifier/entrainement/{number}?avis=yes").text
        assert f'data-answer="{exercise.answer}"' in text
        assert exercise.code in text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("question", ["", "?avis=yes", "?avis=unknown", "?avis=<script>"])
@pytest.mark.parametrize("number", range(1, len(EXERCISES) + 1))
def test_every_exercise_is_a_page_that_says_so_and_needs_no_script(number: int, question: str, language: str) -> None:
    response = Browser(SITE, language).get(f"/verifier/entrainement/{number}{question}")
    page = PageRead(response.text)
    assert (response.status_code, page.faults, len(page.all("h1")), page.all("script")) == (200, [], 1, [])
    assert page.text.count({"fr": "Exercice", "en": "Exercise"}[language]) >= 2


def test_nothing_gives_the_answer_away_before_an_opinion_is_given() -> None:
    for number, exercise in NUMBERED:
        text = Browser(SITE).get(f"/verifier/entrainement/{number}").text
        assert exercise.lesson.fr[:30] not in text
        assert f"{exercise.name}.png" not in text
        assert "data-answer" not in text


def test_an_exercise_can_be_downloaded_as_it_was_made() -> None:
    response = Browser(SITE).get(f"/verifier/entrainement/1/{file_name(1)}")
    assert response.headers["content-type"] == "image/png"
    assert response.content == ROOM.file("good")
    assert png.extract(response.content).text.count(".") == 2


@pytest.mark.parametrize("address", ["0", "12", "001", "x", "²", "1/good.png", "1/exercice-2.png"])
def test_what_is_no_exercise_is_not_found(address: str) -> None:
    assert Browser(SITE).get(f"/verifier/entrainement/{address}").status_code == 404
