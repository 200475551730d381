"""A batch handed to a real service through its API, as a structure's own program would."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.whole.conftest import Demonstration

SLUG = "tec-maraichage-planter"
CRITERIA = ("c1", "c2", "c3", "c4", "c5")


def a_client(demo: Demonstration, **options: Any) -> httpx.Client:
    headers = {"Authorization": f"Bearer {demo.told['api_token']}"}
    return httpx.Client(base_url=f"{demo.base_url}/api/v1", headers=headers, trust_env=False, timeout=120, **options)


def a_batch_is_planned(demo: Demonstration, people: int) -> str:
    """The id of a batch for so many new people, all of it ready; nothing is signed yet."""
    days = [(datetime.now(UTC) - timedelta(days=ago)).date().isoformat() for ago in (15, 3)]
    grid = [{"criterion": name, "on": day, "way": "OBS", "kind": "GRI"} for name in CRITERIA for day in days]
    rows = [{"ref": f"ligne-{number}", "name": f"Personne {number}"} for number in range(people)]
    with a_client(demo) as api:
        planned = api.post("/batches", json={"slug": SLUG, "grid": grid, "rows": rows})
    assert planned.status_code == 201, planned.text
    assert planned.json()["ready"] == people
    return str(planned.json()["id"])


def confirm(demo: Demonstration, batch: str, people: int) -> None:
    """From here on the service signs. Said twice, it is once."""
    with a_client(demo) as api:
        confirmed = api.post(f"/batches/{batch}/confirm", json={"ready": people})
    assert confirmed.status_code in (200, 202), confirmed.text


def state_of(demo: Demonstration, batch: str) -> dict[str, Any]:
    with a_client(demo) as api:
        answer = api.get(f"/batches/{batch}", params={"rows": "false"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
