"""The page and the API: what they take, what they answer, what they refuse."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from hashlib import sha256
from typing import Any

import httpx
import pytest

from badges.clock import FixedClock
from badges.verify import reception
from badges.verify.archive import Given
from badges.verify.desk import ON_THE_NETWORK, Desk
from badges.verify.fetcher import CachingFetcher, Fetched
from badges.verify.verifier import Verifier
from tests.web.building import Browser
from tests.world import EMAIL, NOW, World

MULTIPART = {"content-type": "multipart/form-data; boundary=x"}


def post(browser: Browser, path: str = "/api/v1/verify", **body: Any) -> httpx.Response:
    return browser.ask("POST", path, **body)


def reports(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["reports"])


def test_one_raw_body_is_one_badge(browser: Browser, world: World) -> None:
    (report,) = reports(post(browser, content=world.award().png(), headers={"content-type": "image/png"}))
    assert (report["answer"], report["verdict"], report["issuer"]["recognised"]) == ("yes", "valid", True)


def test_a_body_in_pieces_is_put_together() -> None:
    form = reception._Form()
    form.on_part_begin()
    for piece in (b"..a", b"..bc", b"..d"):
        form.on_part_data(piece, 2, len(piece))
    form.on_part_end()
    assert form.parts == [(b"", b"abcd")]


def test_a_file_that_is_nearly_a_boundary_arrives_whole(browser: Browser, world: World) -> None:
    picture = world.award().png() + b"\r\n--\r\n-\r\n--x-" * 3
    (report,) = reports(post(browser, files=[("file", ("a.png", picture))], headers=MULTIPART))
    assert report["file"]["sha256"] == sha256(picture).hexdigest()


def test_a_program_is_answered_in_json_and_nobody_keeps_the_answer(browser: Browser) -> None:
    headers = post(browser, content=b"rien").headers
    assert (headers["content-type"], headers["cache-control"]) == ("application/json", "no-store")


def test_each_point_on_the_page_has_the_sign_of_its_outcome(browser: Browser, world: World) -> None:
    states = {
        name: set(re.findall('data-state="([^"]*)"', browser.ask("POST", "/verifier", files={"file": given}).text))
        for name, given in (
            ("good", world.award().png()),
            ("expired", world.award(expires="2026-11-19T09:00:00Z").png()),
            ("away", world.award(badge="https://absent.test/badge").png()),
        )
    }
    assert states["good"] == {"good", "unknown"}
    assert states["expired"] == {"good", "bad", "unknown"}
    assert states["away"] == {"good", "unknown"}


def test_a_code_that_is_none_changes_nothing(browser: Browser, world: World) -> None:
    shown = browser.ask("POST", "/verifier", files={"file": world.award().png()}, data={"expected": "né"})
    assert (shown.status_code, 'data-answer="yes"' in shown.text) == (200, True)


def test_the_default_of_curl_is_a_raw_body_too(browser: Browser, world: World) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert reports(post(browser, content=world.award().png(), headers=headers))[0]["answer"] == "yes"


def test_any_number_of_parts_is_answered_in_order(browser: Browser, world: World) -> None:
    files = [
        ("file", ("un.png", world.award().png(), "image/png")),
        ("text", (None, world.hosted().id)),
        ("file", ("../../etc/passwd", b"rien", "text/plain")),
    ]
    said = reports(post(browser, files=files))
    assert [report["answer"] for report in said] == ["yes", "yes", "no"]
    assert [report["file"]["name"] for report in said] == ["un.png", None, "passwd"]


def test_sixty_fields_of_a_form_are_taken_and_not_one_more(browser: Browser) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    empty = b"&".join([b"text="] * 58)
    for more, status in ((b"", 200), (b"&text=", 422)):
        form = b"recipient=a%40b.test&text=rien&" + empty + more
        assert post(browser, content=form, headers=headers).status_code == status


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_a_form_of_half_a_mebibyte_is_read_and_not_one_byte_more(browser: Browser, more: int, status: int) -> None:
    form = b"text=".ljust(reception.MAX_TEXT + more, b"a")
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert post(browser, content=form, headers=headers).status_code == status


def test_the_name_of_a_file_in_another_alphabet_is_shown_as_well_as_can_be(browser: Browser) -> None:
    named = b'--x\r\ncontent-disposition: form-data; name="file"; filename="Ren\xe9e.png"\r\n\r\nrien\r\n--x--\r\n'
    (report,) = reports(post(browser, content=named, headers=MULTIPART))
    assert report["file"]["name"] == "Ren\ufffde.png"


def test_the_name_of_a_file_is_read_wherever_a_form_writes_it(browser: Browser) -> None:
    named = b'--x\r\nContent-Disposition: form-data; filename="un.png"; name=file\r\n\r\nrien\r\n--x--\r\n'
    (report,) = reports(post(browser, content=named, headers=MULTIPART))
    assert report["file"]["name"] == "un.png"


def test_a_form_that_a_stranger_breaks_writes_no_line(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    broken = b"--x\r\ncontent disposition\r\n\r\n\0"
    assert post(browser, content=broken, headers=MULTIPART).status_code == 422
    assert caplog.records == []


def test_the_recipient_is_compared_for_every_badge(browser: Browser, world: World) -> None:
    files = [("file", ("un.png", world.award().png(), "image/png"))]
    assert reports(post(browser, files=files, data={"recipient": EMAIL}))[0]["answer"] == "yes"
    (report,) = reports(post(browser, files=files, data={"recipient": "karim@example.org"}))
    assert report["answer"] == "no"
    assert "karim" not in json.dumps(report)


@pytest.mark.parametrize(("longer", "status"), [(0, 200), (1, 422)])
def test_an_expected_address_may_be_as_long_as_an_address_may_be(browser: Browser, longer: int, status: int) -> None:
    address = f"{'a' * (64 + longer)}@{'b' * 250}.test"
    assert post(browser, data={"text": "rien", "recipient": address}).status_code == status


def test_an_address_of_bytes_that_are_no_text_is_that_of_nobody(browser: Browser, world: World) -> None:
    form = b"recipient=%FF&text=" + world.award().token.encode()
    (report,) = reports(post(browser, content=form, headers={"content-type": "application/x-www-form-urlencoded"}))
    told = {check["check"]: check["outcome"] for check in report["checks"]}
    assert (report["answer"], told["recipient"]) == ("unknown", "unknown"), "and no refusal of the whole form"


def test_a_form_without_file_is_understood(browser: Browser, world: World) -> None:
    (report,) = reports(post(browser, data={"text": world.award().token}))
    assert report["answer"] == "yes"


@pytest.mark.parametrize(
    ("sentence", "status", "body"),
    [
        ("nothing at all", 422, {"content": b""}),
        ("a form with empty fields", 422, {"files": [("file", ("", b"", "image/png")), ("text", (None, ""))]}),
        ("a form without end", 422, {"content": b"--x\r\nContent-Disposition: form-data\r\n", "headers": MULTIPART}),
        ("a form without boundary", 422, {"content": b"--x", "headers": {"content-type": "multipart/form-data"}}),
        ("a form of another boundary", 422, {"content": b"--y\r\n\r\n", "headers": MULTIPART}),
        ("more parts than allowed", 422, {"files": [("text", (None, "eyJ.a.b"))] * 61}),
        ("a compressed body", 422, {"content": b"x", "headers": {"content-encoding": "gzip"}}),
        ("too much, announced", 413, {"content": b"x" * (21 * 1024 * 1024)}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_question_is_refused(browser: Browser, sentence: str, status: int, body: dict[str, Any]) -> None:
    response = post(browser, **body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["advice"]


def test_too_much_is_refused_while_it_arrives(browser: Browser) -> None:
    async def pieces(number: int) -> Any:
        for _ in range(number):
            yield b"x" * (1024 * 1024)

    assert post(browser, content=pieces(20)).status_code == 200
    assert post(browser, content=pieces(30)).status_code == 413


def test_what_is_announced_as_too_much_is_refused_before_it_is_read(browser: Browser) -> None:
    most = 20 * 1024 * 1024
    for announced, status in ((most, 200), (most + 1, 413)):
        sent = post(browser, content=b"rien", headers={"content-length": str(announced)})
        assert sent.status_code == status


def test_a_file_of_six_mebibytes_gets_a_report(browser: Browser) -> None:
    (report,) = reports(post(browser, content=b"\x89PNG" + bytes(6 * 1024 * 1024)))
    assert report["checks"][0]["code"] == "input_too_large"


def test_the_page_asks_without_javascript(browser: Browser) -> None:
    response = browser.get("/verifier")
    assert response.status_code == 200
    assert re.findall("<script[^>]*>", response.text) == re.findall(
        '<script src="/static/scan-[^>]*defer>', response.text
    )
    assert 'id="scan" hidden' in response.text, "the camera shows itself where there is one"
    assert 'enctype="multipart/form-data"' in response.text


def test_the_page_answers_with_one_sentence_first(browser: Browser, world: World) -> None:
    response = post(browser, "/verifier", files=[("file", ("un.png", world.award().png(), "image/png"))])
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    heading = response.text.partition("<h1>")[2].partition("</h1>")[0]
    assert heading.startswith("Oui")
    assert "Les Jardins de la Loire" in heading
    assert "ni un diplôme" in response.text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_answer_has_a_page(browser: Browser, world: World, language: str) -> None:
    withdrawn = world.award()
    world.revoke(withdrawn.id)
    files = {
        "yes": world.award().png(),
        "partly": world.award(issuer=world.stranger).png(),
        "no": withdrawn.png(),
    }
    for answer, data in files.items():
        response = post(browser, f"/verifier?lang={language}", files=[("file", ("x.png", data, "image/png"))])
        assert response.status_code == 200
        assert f'data-answer="{answer}"' in response.text
        assert "{" not in response.text.partition("<main")[2]


def test_several_files_are_listed(browser: Browser, world: World) -> None:
    files = [("file", (name, world.award().png(), "image/png")) for name in ("a.png", "b.png")]
    response = post(browser, "/verifier", files=files)
    assert response.text.count('class="state"') >= 2
    assert "#badge-2" in response.text


def test_an_empty_form_is_shown_again_with_what_is_missing(browser: Browser) -> None:
    response = post(browser, "/verifier", files=[("file", ("", b"", "application/octet-stream"))])
    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_nothing_of_the_file_is_ever_markup(browser: Browser, world: World) -> None:
    name = "<script>alert(1)</script>"
    world.change(world.stranger.profile, name=name)
    badge = world.award(issuer=world.stranger, **{"extensions:recipientProfile": {"name": name}})
    response = post(browser, "/verifier", files=[("file", (f"{name}.png", badge.png(), "image/png"))])
    assert "<script" not in response.text
    assert "&lt;script&gt;" in response.text


def test_a_form_of_very_many_fields_is_refused_in_words(browser: Browser) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for path in ("/api/v1/verify", "/verifier"):
        response = post(browser, path, content=b"text=a&" * 100, headers=headers)
        assert response.status_code == 422


class Mute:
    """A network whose every host keeps a thread waiting until ``speak``; ``waiting`` threads are all there may be."""

    def __init__(self, waiting: int) -> None:
        self.waiting = threading.Barrier(waiting)
        self.speak = threading.Event()

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        self.waiting.wait(timeout=20)
        self.speak.wait(timeout=20)
        return Fetched(url, 404, "", b"", NOW)


def test_those_who_wait_for_mute_hosts_keep_neither_pages_nor_other_badges_waiting(world: World) -> None:
    mute = Mute(ON_THE_NETWORK + 1)
    memory = CachingFetcher(mute, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    desk = Desk(lambda: verifier, memory)

    async def ask(host: int) -> str:
        (report,) = await desk.verify_all([Given(f"https://muet-{host}.test/".encode())])
        return report.require("carrier").cause

    async def all_at_once() -> tuple[str, list[str]]:
        waiting = [asyncio.create_task(ask(host)) for host in range(ON_THE_NETWORK)]
        await asyncio.to_thread(mute.waiting.wait, 20)  # each has its thread
        one_more = await ask(ON_THE_NETWORK)
        assert (await asyncio.wait_for(asyncio.to_thread(lambda: "a page"), 5)) == "a page"
        mute.speak.set()
        return one_more, await asyncio.gather(*waiting)

    one_more, others = asyncio.run(all_at_once())
    assert one_more == "fetch_budget"
    assert set(others) == {"fetch_status"}
    assert desk._busy == 0, "each gives its place back, once"


def test_a_schema_of_ours_may_be_read_from_any_page(browser: Browser) -> None:
    answer = browser.get("/api/v1/report.schema.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=3600"
