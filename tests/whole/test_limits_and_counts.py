"""The real application: what one client may ask for in a minute, and what is counted of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from badges import cli
from badges.app import create_app
from badges.commitments import Chain
from badges.deployment import Deployment
from badges.errors import Misuse
from badges.settings import Settings, read_settings
from badges.verify.fetcher import USUAL

from .conftest import Demonstration

STRANGER = "203.0.113.5"
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "mise-en-service.md"


def an_app(filled: Demonstration, **changes: Any) -> FastAPI:
    return create_app(read_settings(filled.home).model_copy(update=changes))


def ask(app: FastAPI, method: str, path: str, peer: str = STRANGER, **request: Any) -> httpx.Response:
    async def one() -> httpx.Response:
        transport = httpx.ASGITransport(app, client=(peer, 4000))
        async with httpx.AsyncClient(transport=transport, base_url="http://badges.example") as client:
            return await client.request(method, path, **request)

    return asyncio.run(one())


def verify(app: FastAPI, path: str = "/api/v1/verify", peer: str = STRANGER) -> httpx.Response:
    return ask(app, "POST", path, peer, content=b"a.b.c")


def files(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (f"{number}.jws", b"a.b.c")) for number in range(count)]


def test_sixty_verifications_a_minute_at_whatever_door(demo: Demonstration) -> None:
    app = an_app(demo)
    doors = ("/api/v1/verify", "/verifier", "/api/v1/verify/receipt")
    codes = [verify(app, doors[number % 3]).status_code for number in range(63)]
    assert codes[:60].count(429) == 0
    assert codes[60:] == [429] * 3
    refused = verify(app)
    assert refused.json()["code"] == "rate_limited"
    assert 0 < int(refused.headers["retry-after"]) <= 65
    assert verify(app, peer="203.0.113.6").status_code == 200
    assert ask(app, "GET", "/verifier").status_code == 200, "reading is not limited"


def test_each_file_of_an_upload_counts(demo: Demonstration) -> None:
    app = an_app(demo)
    assert ask(app, "POST", "/api/v1/verify", files=files(50)).status_code == 200
    assert ask(app, "POST", "/api/v1/verify", files=files(12)).status_code == 429
    assert ask(app, "POST", "/api/v1/verify", files=files(9)).status_code == 200


def test_each_file_of_an_archive_counts(demo: Demonstration) -> None:
    app = an_app(demo)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for number in range(40):
            opened.writestr(f"{number}.jws", f"a{number}.b.c")
    sent = [ask(app, "POST", door, content=archive.getvalue()).status_code for door in ("/api/v1/verify", "/verifier")]
    assert sent == [200, 429]


def test_codes_sent_to_the_page_are_guesses_like_those_in_an_address(demo: Demonstration) -> None:
    app = an_app(demo)
    guesses = {"text": [f"AAAAAAAAAA{number:02d}" for number in range(20)]}
    assert ask(app, "POST", "/verifier", data=guesses).status_code == 200
    assert ask(app, "GET", "/b/AAAAAAAAAA00").status_code == 429


def test_what_cannot_be_read_counts_too(demo: Demonstration) -> None:
    app = an_app(demo, verifications_per_minute=2)
    assert [ask(app, "POST", "/verifier", content=b"").status_code for _ in range(3)] == [422, 422, 429]


def test_an_operator_may_set_another_number_or_none(demo: Demonstration) -> None:
    assert [verify(an_app(demo, verifications_per_minute=1)).status_code] == [200]
    app = an_app(demo, verifications_per_minute=0)
    assert {verify(app).status_code for _ in range(70)} == {200}


def test_twenty_wrong_codes_and_no_more_guesses(demo: Demonstration) -> None:
    app = an_app(demo)
    right = next(iter(demo.told["short_codes"].values()))
    path = f"/b/{right.rsplit('/', 1)[-1]}"
    assert {ask(app, "GET", path).status_code for _ in range(25)} == {200}
    codes = [ask(app, "GET", f"/b/AAAAAAAAAA{number:02d}").status_code for number in range(22)]
    assert codes == [404] * 20 + [429] * 2
    assert ask(app, "GET", path).status_code == 429, "a right one among guesses is not told"
    assert ask(app, "GET", path, peer="203.0.113.6").status_code == 200


def test_twenty_wrong_links_and_no_more_guesses(demo: Demonstration) -> None:
    app = an_app(demo)
    right = next(iter(demo.told["worker_links"].values())).removeprefix(demo.base_url)
    assert ask(app, "GET", right).status_code == 200
    codes = [ask(app, "GET", f"/mes-badges/{'x' * 20}{number}").status_code for number in range(21)]
    assert codes == [404] * 20 + [429]
    refused = ask(app, "GET", right)
    assert refused.status_code == 429
    assert refused.headers["cache-control"] == "no-store"


def test_a_demonstration_does_not_limit_the_machine_it_runs_on_and_a_service_does(demo: Demonstration) -> None:
    app = an_app(demo, verifications_per_minute=1)
    assert {verify(app, peer="127.0.0.1").status_code for _ in range(3)} == {200}
    real = an_app(demo, verifications_per_minute=1, demo=False)
    assert [verify(real, peer="127.0.0.1").status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    "wrong",
    [
        {"trusted_proxies": ("a proxy",)},
        {"verifications_per_minute": -1},
        {"metrics": "sometimes"},
        {"fetch_seconds": 0},
        {"fetch_badge_seconds": 2},
        {"fetch_documents": 0},
        {"fetch_redirects": 11},
        {"fetch_document_bytes": 1000},
        {"fetch_list_bytes": "a lot"},
        {"fetch_at_once": 3},
        {"fetch_of_one_host": 0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_setting_that_cannot_be_used_is_named(
    tmp_path: Path, wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ((name, value),) = wrong.items()
    said = '["a proxy"]' if isinstance(value, tuple) else str(value)
    monkeypatch.setenv(f"BADGES_{name.upper()}", said)
    with pytest.raises(Misuse, match=name):
        read_settings(tmp_path)


def test_verifications_are_counted_and_nothing_else_of_them_is_kept(
    demo: Demonstration, capsys: pytest.CaptureFixture[str]
) -> None:
    app = an_app(demo)
    file = demo.home / "verifications.json"
    file.unlink(missing_ok=True)
    who = "canari@example.org"

    async def live() -> str:
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 4000))
            async with httpx.AsyncClient(transport=transport, base_url="http://badges.example") as client:
                badge = demo.badge("tec-maraichage-planter")
                named = {"file": (f"{who}.png", badge), "recipient": (None, who)}
                await client.post("/api/v1/verify", content=badge)
                await client.post("/verifier", files=named)
                await client.post("/api/v1/verify", content=b"no badge")
                return (await client.get("/metrics")).text

    told = asyncio.run(live())
    counted = dict(re.findall(r'badges_verifications_total\{answer="(\w+)"\} (\d+)\n', told))
    assert counted == {"yes": "1", "partly": "0", "no": "1", "unknown": "1"}  # as shown, for somebody else, no badge
    assert 'badges_rate_limited_total{what="verifications"} 0\n' in told
    assert cli.main(["stats", "--verifications", "--home", str(demo.home)]) == 0
    table = capsys.readouterr().out
    assert "EN PARTIE" in table
    assert "Ensemble" in table
    assert cli.main(["stats", "--verifications", "--csv", "--home", str(demo.home)]) == 0
    assert "Ensemble;1;0;1;1" in capsys.readouterr().out
    assert who not in told + table + file.read_text()


@pytest.mark.parametrize("wrong", ["not a folder", "no chain"])
def test_what_fails_beside_the_requests_is_said_and_stops_nothing_else(
    demo: Demonstration, tmp_path: Path, caplog: pytest.LogCaptureFixture, wrong: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    shutil.rmtree(home / "commitments")
    if wrong == "not a folder":
        (home / "commitments").write_text(wrong)
    else:
        (home / "commitments").mkdir()
        (home / "commitments" / "000001.jws").write_text("no commitment")
        os.utime(home / "commitments" / "000001.jws", (0, 0))
    letter = home / "messages" / "0123.eml"
    letter.parent.mkdir(exist_ok=True)
    letter.write_text("a letter of nobody")

    async def live() -> None:
        app = create_app(read_settings(home))
        async with app.router.lifespan_context(app):
            for _ in range(400):
                if not letter.exists():
                    break
                await asyncio.sleep(0.05)

    asyncio.run(live())
    assert "commit_the_day: " in caplog.text
    assert not letter.exists(), "what comes after it was done all the same"


@pytest.mark.parametrize("cursor", [None, "{", "[]", "{}", '{"number": "x", "stored_at": "x", "recent": []}'])
def test_a_cursor_that_is_lost_or_damaged_is_made_again_from_the_commitments(
    demo: Demonstration, tmp_path: Path, cursor: str | None
) -> None:
    shutil.copytree(demo.home, tmp_path / "home")
    deployment = Deployment(read_settings(tmp_path / "home"))
    folder = deployment.home.commitments
    written = {path.name: path.read_text() for path in folder.glob("*.jws")}
    told = (folder / "cursor.json").read_text()
    if cursor is None:
        (folder / "cursor.json").unlink()
    else:
        (folder / "cursor.json").write_text(cursor)
    with closing(deployment):
        assert deployment.commitments_missing() == 0
        assert deployment.commit_awards() == 0, "none is committed twice"
        chain = Chain.read_unverified(deployment.commitments())
    assert {name: (folder / name).read_text() for name in written} == written
    assert len(chain.commitments) == len(written) + 1
    assert json.loads((folder / "cursor.json").read_text())["recent"] == json.loads(told)["recent"]


def test_a_stop_between_a_commitment_and_its_cursor_costs_nothing(demo: Demonstration, tmp_path: Path) -> None:
    shutil.copytree(demo.home, tmp_path / "home")
    deployment = Deployment(read_settings(tmp_path / "home"))
    folder = deployment.home.commitments
    before = (folder / "cursor.json").read_text()
    with closing(deployment):
        deployment.commit_awards()
        written = {path.name: path.read_text() for path in folder.glob("*.jws")}
        (folder / "cursor.json").write_text(before)  # as a stop would leave it
        assert deployment.commitments_missing() == 0
        assert deployment.commit_awards() == 0, "none is committed twice"
        chain = Chain.read_unverified(deployment.commitments())
        assert len(Chain.read_unverified(deployment.commitments()).commitments) == len(written) + 1
    assert {name: (folder / name).read_text() for name in written} == written
    assert len(chain.commitments) == len(written) + 1


def test_a_register_that_cannot_be_read_is_not_ready(demo: Demonstration, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    settings = read_settings(home)
    app = create_app(settings)
    assert ask(app, "GET", "/readyz").status_code == 200
    with closing(sqlite3.connect(settings.store.removeprefix("sqlite:///"))) as connection:
        connection.execute("DROP TABLE audit")
    assert ask(app, "GET", "/readyz").status_code == 503


def test_metrics_are_shown_to_whom_the_operator_says(demo: Demonstration) -> None:
    for whose, from_here, from_elsewhere in (("loopback", 200, 404), ("everywhere", 200, 200), ("off", 404, 404)):
        app = an_app(demo, metrics=whose)
        assert ask(app, "GET", "/metrics", peer="127.0.0.1").status_code == from_here
        assert ask(app, "GET", "/metrics").status_code == from_elsewhere
    hidden = ask(an_app(demo), "GET", "/metrics", peer="127.0.0.1", headers={"X-Forwarded-For": "127.0.0.1"})
    assert hidden.status_code == 404, "a proxy on this machine is not this machine"


def test_metrics_are_the_text_that_prometheus_reads(demo: Demonstration) -> None:
    answer = ask(an_app(demo), "GET", "/metrics", peer="127.0.0.1")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in answer.text.splitlines():
        assert line.startswith("# ") or line.split("{")[0].endswith("_total"), line
        assert line.startswith("# ") or float(line.rsplit(" ", 1)[1]) >= 0


def test_the_defaults_are_those_that_are_written() -> None:
    fields = Settings.model_fields
    numbers = [fields[f"{what}_per_minute"].default for what in ("verifications", "wrong_codes", "wrong_secrets")]
    assert numbers == [60, 20, 20]
    assert fields["metrics"].default == "loopback"
    assert {name: fields[f"fetch_{name}"].default for name in USUAL._fields} == USUAL._asdict()


def test_the_limits_of_fetching_are_written_with_their_defaults() -> None:
    written = dict(re.findall(r"^(fetch_\w+) = (\d+)", GUIDE.read_text("utf-8"), re.MULTILINE))
    assert {name: float(value) for name, value in written.items()} == {
        f"fetch_{name}": value for name, value in USUAL._asdict().items()
    }
