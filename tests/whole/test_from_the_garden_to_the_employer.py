"""The whole thing, with only what ``badges demo`` printed: seen at work, awarded, handed over, verified, withdrawn."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Service

SLUG = "tec-maraichage-planter"
CRITERIA = {"c1": "OBS", "c2": "OBS", "c3": "OBS", "c4": "OBS", "c5": "OBS"}


@pytest.fixture(scope="module")
def api(service: Service) -> Iterator[httpx.Client]:
    token = service.demo.told["api_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{service.demo.base_url}/api/v1", headers=headers, trust_env=False) as client:
        yield client


def done(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def propose(api: httpx.Client, person: str, *, days: tuple[int, ...] = (20, 6)) -> dict[str, Any]:
    for criterion, way in CRITERIA.items():
        for ago in days:
            seen = {"slug": SLUG, "criterion": criterion, "on": days_ago(ago), "way": way, "kind": "GRI"}
            done(api.post(f"/people/{person}/observations", json=seen))
    results = dict.fromkeys(CRITERIA, "acquired")
    return done(api.post("/proposals", json={"person": person, "slug": SLUG, "results": results}))


def command(service: Service, badge: Path) -> subprocess.CompletedProcess[str]:
    """``badges verify`` as the demonstration printed it."""
    told = service.demo.told
    options = ["--trust", told["trust"], "--root", told["root"]]
    line = [sys.executable, "-m", "badges", "verify", str(badge), *options]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def on_the_page(service: Service, badge: bytes) -> str:
    files = {"file": ("badge.png", badge, "image/png")}
    answer = httpx.post(
        f"{service.demo.base_url}/verifier", files=files, headers={"accept-language": "fr"}, trust_env=False
    )
    assert answer.status_code == 200
    return answer.text


def test_a_badge_from_what_was_seen_to_what_an_employer_reads(
    service: Service, api: httpx.Client, tmp_path: Path
) -> None:
    person = done(api.post("/people", json={"name": "Awa Traoré"}))["id"]
    proposal = propose(api, person)
    done(api.post(f"/proposals/{proposal['id']}/word", json={"word": "agrees"}), 200)

    award = done(api.post("/awards", json={"proposal": proposal["id"]}, headers={"Idempotency-Key": "une-fois"}))
    again = done(api.post("/awards", json={"proposal": proposal["id"]}, headers={"Idempotency-Key": "une-fois"}))
    assert again["id"] == award["id"]

    link = done(api.post(f"/people/{person}/link"))["link"]
    page = httpx.get(link, headers={"accept-language": "fr"}, trust_env=False)
    assert "Préparer le sol et planter" in page.text
    downloaded = httpx.get(f"{link}/{award['id']}.png", trust_env=False)
    assert downloaded.status_code == 200
    badge = tmp_path / "badge.png"
    badge.write_bytes(downloaded.content)

    verified = command(service, badge)
    assert verified.returncode == 0, verified.stdout
    assert verified.stdout.startswith("Oui")
    assert "les 5 critères essentiels ont été observés" in verified.stdout
    assert "Oui" in on_the_page(service, downloaded.content)

    done(api.post(f"/awards/{award['id']}/revoke", json={"reason": "asked_by_holder"}), 200)
    withdrawn = command(service, badge)
    assert withdrawn.returncode == 1
    assert "retiré" in withdrawn.stdout
    assert "retiré" in on_the_page(service, downloaded.content)


def test_an_award_whose_rule_does_not_hold_is_refused_with_what_is_missing(api: httpx.Client) -> None:
    person = done(api.post("/people", json={}))["id"]
    proposal = propose(api, person, days=(6,))
    refused = api.post("/awards", json={"proposal": proposal["id"]})
    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert [missing["code"] for missing in refused.json()["missing"]] == ["days_missing"]
    assert api.get("/awards", params={"person": person}).json()["awards"] == []


def test_a_session_of_people_is_checked_as_a_whole_before_anything_is_signed(api: httpx.Client) -> None:
    grid = [
        {"criterion": criterion, "on": days_ago(ago), "way": way, "kind": "GRI"}
        for criterion, way in CRITERIA.items()
        for ago in (15, 3)
    ]
    rows: list[dict[str, Any]] = [{"ref": f"ligne-{number}", "name": f"Personne {number}"} for number in range(12)]
    rows[3]["absent_on"] = [days_ago(3)]
    planned = done(api.post("/batches", json={"slug": SLUG, "grid": grid, "rows": rows}))
    assert (planned["ready"], planned["refused"]) == (11, 1)
    wrong = next(row for row in planned["rows"] if row["problems"])
    assert wrong["ref"] == "ligne-3"
    confirmed = api.post(f"/batches/{planned['id']}/confirm", json={"ready": 11})
    assert confirmed.status_code in (200, 202), confirmed.text
    deadline = time.monotonic() + 20
    while (state := done(api.get(f"/batches/{planned['id']}"), 200))["state"] != "done":
        assert time.monotonic() < deadline
    assert (state["done"], state["refused"]) == (11, 1)


def test_what_the_demonstration_prints_is_what_the_contract_says(service: Service) -> None:
    told = service.demo.told
    assert json.loads(json.dumps(told)) == told
    for member in ("base_url", "api_token", "staff", "badges", "worker_links", "short_codes", "revoked", "expired"):
        assert told[member], member
    for member in ("trust", "bundle"):
        assert Path(told[member]).is_file()
    assert all(Path(path).is_file() for path in told["badges"].values())
    assert all(
        Path(path).read_text().startswith("-----BEGIN PUBLIC KEY") for path in told["issuer_public_keys"].values()
    )
    assert told["root"].startswith("sha256:")
