"""Forms: what is read, what is told wrong, what is kept; and where they may come from."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from hypothesis import given
from hypothesis import strategies as st

from badges.web.forms import LONGEST_FIELD, MISSING, NOT_A_DAY, NOT_IN_LIST, TOO_LONG, Form, filled_in
from badges.web.same_site import from_our_pages

from .building import BASE_URL, Browser, a_site


@given(st.text(max_size=300))
def test_a_line_is_one_line_in_one_spelling(typed: str) -> None:
    text = Form.blank(name=typed).text("name", longest=10_000)
    assert "\n" not in text
    assert text == text.strip()
    assert Form.blank(name=text).text("name", longest=10_000) == text


@pytest.mark.parametrize("typed", ["2026-03-12", "12/03/2026", "12.3.2026", " 12-03-2026 "])
def test_a_day_is_read_as_browsers_and_people_write_it(typed: str) -> None:
    assert Form.blank(on=typed).day("on") == date(2026, 3, 12)


@pytest.mark.parametrize("typed", ["31/02/2026", "hier", "2026-13-01", "03/2026"])
def test_what_is_not_a_day_is_told_beside_its_field(typed: str) -> None:
    form = Form.blank(on=typed)
    assert form.day("on") is None
    assert form.wrong == {"on": NOT_A_DAY}
    assert form.kept("on") == typed


def test_an_empty_field_is_wrong_only_where_it_is_needed() -> None:
    form = Form.blank()
    assert (form.text("name"), form.choice("way", ("OBS",), needed=""), form.day("on", needed="")) == ("", None, None)
    assert form.wrong == {}
    form.text("name", needed=MISSING)
    assert form.wrong == {"name": MISSING}


def test_a_text_that_is_too_long_is_told_and_kept() -> None:
    form = Form.blank(note="a" * 11)
    form.lines("note", longest=10)
    assert form.wrong == {"note": TOO_LONG}
    assert form.kept("note") == "a" * 11


def test_a_choice_outside_of_the_list_is_never_taken() -> None:
    form = Form({"way": ["XXX"], "seen": ["c1", "c9"]})
    assert form.choice("way", ("OBS", "MES")) is None
    assert form.many("seen", ("c1", "c2")) == ("c1",)
    assert form.wrong == {"way": NOT_IN_LIST, "seen": NOT_IN_LIST}


def test_what_was_asked_twice_has_one_digest_and_what_differs_another() -> None:
    asked = Form.blank(once="k", name="Amina")
    assert asked.digest("add") == Form.blank(name="Amina", once="k").digest("add")
    assert asked.digest("add") != Form.blank(once="k", name="Jean").digest("add")
    assert asked.digest("add") != asked.digest("change")
    assert asked.key == "k"


@pytest.fixture
def browser() -> Browser:
    router = APIRouter(dependencies=[Depends(from_our_pages(BASE_URL))])

    @router.post("/form")
    def post(form: Annotated[Form, Depends(filled_in)]) -> dict[str, object]:
        return {"name": form.text("name"), "files": [len(upload.content) for upload in form.files("file")]}

    @router.get("/form")
    def get() -> dict[str, object]:
        return {}

    return Browser(a_site(router))


def test_a_form_with_files_is_read_with_and_without_them(browser: Browser) -> None:
    sent = browser.post("/form", {"name": " Amina "}, files={"file": ("a.png", b"123")})
    assert sent.json() == {"name": "Amina", "files": [3]}
    assert browser.post("/form", {"name": "x"}).json()["files"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": f"{BASE_URL}.evil.example"},
        {"origin": "http://badges.example"},
        {"sec-fetch-site": "cross-site", "origin": BASE_URL},
    ],
)
@pytest.mark.parametrize("body", [{"data": {"name": "x"}}, {"json": {"name": "x"}}, {"content": b"name=x"}])
def test_nothing_changes_that_was_asked_from_another_site(
    browser: Browser, headers: dict[str, str], body: dict[str, object]
) -> None:
    assert browser.ask("POST", "/form", headers, **body).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "same-origin"}, {"origin": BASE_URL}, {"origin": "https://BADGES.example"}]
)
def test_our_own_pages_may_ask(browser: Browser, headers: dict[str, str]) -> None:
    assert browser.ask("POST", "/form", headers, data={"name": "x"}).status_code == 200


def test_reading_needs_no_origin(browser: Browser) -> None:
    assert browser.get("/form", sec_fetch_site="cross-site").status_code == 200


def test_a_field_beyond_measure_is_refused_and_breaks_nothing(browser: Browser) -> None:
    sent = browser.post("/form", files={"name": (None, "a" * (LONGEST_FIELD + 1))})
    assert sent.status_code == 400
