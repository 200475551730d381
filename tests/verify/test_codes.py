"""What is left when the badge is gone: a picture, a code; and whether a file is the badge of a code."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from datetime import datetime

import pytest

from badges.addresses import short_code, spaced
from badges.clock import FixedClock
from badges.verify import page
from badges.verify.archive import Given
from badges.verify.codes import BadgeOfCode, code_given
from badges.verify.desk import Desk
from badges.verify.expected import compare
from badges.verify.fetcher import CachingFetcher
from badges.verify.report import Report
from badges.verify.verifier import Verifier
from badges.web import limits
from tests.web.building import BASE_URL, Browser, a_site, some_pages
from tests.web.reading_pages import PageRead
from tests.world import NOW, World


@dataclass(frozen=True)
class Known:
    code: str
    title: str = "Préparer le sol"
    state: str = "valid"
    expires: datetime | None = None
    withdrawn_at: datetime | None = None


class Register:
    """Knows what it is told to know, and remembers what it was asked."""

    def __init__(self) -> None:
        self.badges: dict[str, Known] = {}
        self.asked: list[str] = []

    def __call__(self, code: str) -> BadgeOfCode | None:
        self.asked.append(code)
        return self.badges.get(code)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def browser(world: World, register: Register) -> Browser:
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    desk, pages = Desk(lambda: verifier, memory), some_pages()
    return Browser(a_site(page.router(desk, pages, None, register), pages=pages))


def verified(world: World, data: bytes | str) -> Report:
    return Verifier(world, FixedClock(NOW), world.policy()).verify(data)


def said(report: Report) -> list[tuple[str, str, str]]:
    return [(c.check, c.outcome, c.code) for c in report.checks if c.code != "not_reached"]


def without_badge(png: bytes) -> bytes:
    """The same picture, without the chunk that no messaging app keeps."""
    size = int.from_bytes(png[33:37], "big")
    assert png[37:41] == b"iTXt"
    return png[:33] + png[33 + size + 12 :]


def a_plain_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "WebP"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "HEIC"),
        (b"GIF89a\x01\x00", "GIF"),
    ],
)
def test_a_picture_of_a_telephone_is_known_for_what_it_is(world: World, data: bytes, form: str) -> None:
    report = verified(world, data)
    assert said(report) == [("input", "failed", "input_photo")]
    assert form in report.require("input").technical["fr"]
    assert "messagerie" in report.headline["fr"]
    assert "12 caractères" in report.conclusion.reasons[0].advice["fr"]


def test_a_picture_of_ours_that_lost_its_badge_still_tells_its_code(world: World) -> None:
    badge = world.award()
    report = verified(world, without_badge(badge.png()))
    assert said(report) == [("input", "passed", "input_png"), ("carrier", "failed", "carrier_stripped")]
    assert report.answer == "no"
    assert "envoyée par une messagerie, qui a enlevé le badge" in report.headline["fr"]
    assert spaced(short_code(badge.id)) in report.headline["en"]


def test_another_picture_without_a_badge_has_no_code(world: World) -> None:
    assert said(verified(world, a_plain_png()))[1] == ("carrier", "failed", "carrier_not_baked")


@pytest.mark.parametrize("typed", ["7K3M 9QXT 2B4F", "7k3m-9qxt-2b4f\n", "  7K3M9QXT2B4F"])
def test_a_code_is_not_a_badge_and_is_not_called_false(world: World, typed: str) -> None:
    report = verified(world, typed)
    assert said(report) == [("input", "unknown", "input_code")]
    assert report.answer == "unknown"
    assert "7K3M 9QXT 2B4F" in report.require("input").technical["fr"]


@pytest.mark.parametrize("text", ["7K3M 9QXT 2B4", "7K3M 9QXT 2B4U", "7K3M 9QXT 2B4F 7K3M", "7K3M9QXT2B4\u00df"])
def test_what_only_looks_like_a_code_is_unrecognised(world: World, text: str) -> None:
    assert said(verified(world, text)) == [("input", "failed", "input_unrecognised")]


@pytest.mark.parametrize(
    "typed",
    [
        "7K3M 9QXT 2B4F",
        f"{BASE_URL}/b/7K3M9QXT2B4F",
        "badges.example/b/7k3m9qxt2b4f",
        "HTTPS://BADGES.EXAMPLE/B/7K3M9QXT2B4F",
        f"{BASE_URL}/b/7K3M9QXT2B4F/\n",
    ],
)
def test_a_code_typed_on_the_page_opens_its_own_page(browser: Browser, register: Register, typed: str) -> None:
    response = browser.ask("POST", "/verifier", data={"text": typed})
    assert (response.status_code, response.headers["location"]) == (303, "/b/7K3M9QXT2B4F")
    assert register.asked == [], "that page answers, and this one does not say more"


@pytest.mark.parametrize(
    "text",
    ["https://badges.example.evil.test/b/7K3M9QXT2B4F", "https://ailleurs.test/b/7K3M9QXT2B4F", "/b/7K3M9QXT2B4F/x"],
)
def test_the_address_of_another_site_is_no_code_of_ours(text: str) -> None:
    assert code_given(Given(text.encode()), BASE_URL) is None


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("state", ["valid", "expired", "replaced", "revoked", "none"])
def test_the_code_that_is_left_finds_the_badge(
    browser: Browser, world: World, register: Register, state: str, language: str
) -> None:
    badge = world.award()
    code = short_code(badge.id)
    if state != "none":
        register.badges[code] = Known(code, state=state)
    files = [("file", ("x.png", without_badge(badge.png()), "image/png"))]
    response = browser.ask("POST", f"/verifier?lang={language}", files=files)
    read = PageRead(response.text)
    assert read.faults == []
    assert [each["data-left"] for _, each in read.elements if "data-left" in each] == [state]
    assert (f'href="/b/{code}"' in response.text) is (state != "none")
    assert 'data-answer="no"' in response.text
    assert register.asked == [code]


def test_after_too_many_wrong_codes_nothing_is_looked_up_and_nothing_is_said(world: World, register: Register) -> None:
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    pages = some_pages()
    app = a_site(page.router(Desk(lambda: verifier, memory), pages, None, register), pages=pages)
    app.add_middleware(limits.Limits, allowances=limits.make_allowances({limits.WRONG_CODES: 2}))
    browser = Browser(app)
    files = [("file", (f"{n}.png", without_badge(world.award().png()), "image/png")) for n in range(4)]
    text = browser.ask("POST", "/verifier", files=files).text
    assert len(register.asked) == 2
    assert text.count('data-left="none"') == 2


def test_a_whole_badge_asks_the_register_nothing(browser: Browser, world: World, register: Register) -> None:
    browser.ask("POST", "/verifier", files=[("file", ("x.png", world.award().png(), "image/png"))])
    assert register.asked == []


def test_a_file_is_compared_with_the_badge_of_a_code(world: World) -> None:
    badge, other = world.award(), world.award()
    code = short_code(badge.id)
    assert compare(verified(world, badge.png()), code)[:2] == ("passed", "same_badge")
    assert compare(verified(world, other.png()), code)[:2] == ("failed", "another_badge")
    forged = badge.token[:-8] + "AAAAAAAA"
    assert compare(verified(world, forged), code)[:2] == ("unknown", "badge_unread")
    unread = compare(verified(world, without_badge(badge.png())), code)
    assert unread[:2] == ("unknown", "badge_unread")
    assert set(unread.message) == {"fr", "en"}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_answer_says_whether_it_is_the_badge_of_the_code(browser: Browser, world: World, language: str) -> None:
    badge, other = world.award(), world.award()
    code = short_code(badge.id)
    for given, told in ((badge, "same_badge"), (other, "another_badge")):
        response = browser.ask(
            "POST",
            f"/verifier?lang={language}",
            files=[("file", ("x.png", given.png(), "image/png"))],
            data={"expected": code.lower()},
        )
        read = PageRead(response.text)
        assert read.faults == []
        assert [each["data-comparison"] for _, each in read.elements if "data-comparison" in each] == [told]
        assert spaced(code) in response.text
        assert 'data-answer="yes"' in response.text, "the verdict is about the file alone"


def test_an_expected_code_that_is_none_is_ignored(browser: Browser, world: World) -> None:
    files = [("file", ("x.png", world.award().png(), "image/png"))]
    response = browser.ask("POST", "/verifier", files=files, data={"expected": "<script>"})
    assert "data-comparison" not in response.text
    assert 'data-answer="yes"' in response.text


@pytest.mark.parametrize("data", [b"\xff\xfe", b"/b/", b"https://ailleurs.test/b/AAAA", b" " * 257, b""])
def test_what_is_no_code_is_none(data: bytes) -> None:
    assert code_given(Given(data), BASE_URL) is None
