"""The page that verifies without us, as the file that it is: it stands alone, and holds what it rests on."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest

from badges.catalogue import taxonomy
from badges.openbadges.contexts import OPEN_BADGES_V2
from badges.trust import normalise_fingerprint
from badges.verify import offline_page, wording
from tests.web.building import Browser, a_site, some_pages
from tests.world import World

NAMES = {"fr": "verifier-hors-ligne.html", "en": "verify-offline.html"}


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def bundle(world: World) -> str:
    return world.bundle_text()


@pytest.fixture(scope="module", params=["fr", "en"])
def answered(request: pytest.FixtureRequest, world: World, bundle: str) -> tuple[str, Any]:
    """The language, and what the service answers."""
    pages = some_pages(base_url="https://badges.test")
    router = offline_page.router(pages, lambda: bundle, lambda: world.root_fingerprint.upper())
    return request.param, Browser(a_site(router, pages=pages), request.param).get("/verifier/hors-ligne")


def inside(html: str, start: str, end: str) -> str:
    return html.partition(start)[2].partition(end)[0]


def test_the_file_stands_alone_and_forbids_itself_every_connection(answered: tuple[str, Any]) -> None:
    html = answered[1].text
    policy = unescape(inside(html, 'http-equiv="Content-Security-Policy" content="', '"'))
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    written = {
        "script-src": inside(html, '<script type="module">', "</script>"),
        "style-src": inside(html, "<style>", "</style>"),
    }
    digests = {name: f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for name, text in written.items()}
    nothing = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    assert directives == nothing | digests | {"img-src": "data:"}
    assert not re.search(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", html)
    assert "fetch(" not in html
    assert html.count("</script") == 3
    assert ".answer" in written["style-src"]
    assert "#results" in written["style-src"] or "data-done" in written["script-src"]


def test_it_is_a_file_to_keep(answered: tuple[str, Any]) -> None:
    language, response = answered
    assert response.headers["content-disposition"] == f'attachment; filename="{NAMES[language]}"'
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.endswith("; frame-ancestors 'none'")


def test_it_shows_the_root_it_rests_on_in_one_spelling(answered: tuple[str, Any], world: World) -> None:
    html = answered[1].text
    shown = inside(html, '<p class="digest">', "</p>")
    assert unescape(shown) == normalise_fingerprint(world.root_fingerprint)
    assert json.loads(inside(html, 'id="data">', "</script>"))["root"] == unescape(shown)


def test_it_holds_the_data_of_the_day_and_every_word(answered: tuple[str, Any], bundle: str) -> None:
    language, response = answered
    held = json.loads(inside(response.text, 'id="data">', "</script>"))
    assert held.keys() == {"language", "root", "bundle", "words", "standard"}
    assert (held["language"], held["bundle"]) == (language, bundle)
    labels = held["words"].pop("labels")
    assert held["words"] == json.loads(json.dumps(wording.exported(language)))
    assert labels == {
        name: {str(code): getattr(label, language) for code, label in table.items()}
        for name, table in (
            ("ways", taxonomy.WAY_LABELS),
            ("kinds", taxonomy.EVIDENCE_LABELS),
            ("functions", taxonomy.FUNCTION_LABELS),
            ("levels", taxonomy.LEVEL_LABELS),
        )
    }
    standard = held["standard"]
    assert standard.keys() == {"contexts", "terms", "extensions", "unread"}
    assert standard["contexts"][OPEN_BADGES_V2.partition("://")[2]] == "2.0"
    assert standard["terms"]["id"] == "@id"
    assert standard["extensions"]["ApplyLink"] == {"url": "str"}
    assert "RS384" in standard["unread"]


def test_no_data_ends_the_element_that_holds_it(world: World) -> None:
    text = offline_page.data("fr", "</script><script>alert(1)</script>", world.root_fingerprint)
    assert "<" not in text
    assert json.loads(text)["bundle"].startswith("</script>")


def test_a_language_without_sentences_of_its_own_reads_french(bundle: str, world: World) -> None:
    assert json.loads(offline_page.data("ar", bundle, world.root_fingerprint))["language"] == "fr"
