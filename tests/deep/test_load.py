"""Two hundred employers verify at once while a session is being awarded: everybody is answered, and rightly."""

from __future__ import annotations

import asyncio
import math
import random
import time
from typing import Any

import httpx
import pytest

from tests.whole.conftest import Service

from .batches import a_batch_is_planned, confirm, state_of
from .conftest import Tell, size
from .test_mutations import _with_byte

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("load")]

AT_ONCE = size("LOAD_AT_ONCE", 200)
VERIFICATIONS = size("LOAD_VERIFICATIONS", 2_000)
PEOPLE = size("LOAD_PEOPLE", 1_000)
SECONDS_AT_MOST = size("LOAD_SECONDS", 120)


def test_two_hundred_verify_while_a_batch_runs(service: Service, luck: random.Random, tell: Tell) -> None:
    """One upload in ten is a damaged picture: it is answered *no*, as quickly."""
    good = service.demo.badge("tec-maraichage-planter")
    damaged = _with_byte(good, luck.randrange(100, len(good)), 1)
    uploads = [(damaged, "no") if luck.random() < 0.1 else (good, "yes") for _ in range(VERIFICATIONS)]

    quiet = asyncio.run(verify_all(service, uploads[: VERIFICATIONS // 4]))
    batch = a_batch_is_planned(service.demo, PEOPLE)
    confirm(service.demo, batch, PEOPLE)
    began = time.monotonic()
    busy = asyncio.run(verify_all(service, uploads))
    took = time.monotonic() - began
    signed_meanwhile = state_of(service.demo, batch)["done"]
    while (state := state_of(service.demo, batch))["state"] != "done":
        assert time.monotonic() - began < SECONDS_AT_MOST
        time.sleep(0.05)

    assert state["done"] == PEOPLE
    assert signed_meanwhile > 0, "the batch waited for the visitors"
    tell(
        f"{len(busy)} verifications, {AT_ONCE} at once, {len(busy) / took:.0f} a second; {told(busy)} while "
        f"{signed_meanwhile} of {PEOPLE} were awarded ({time.monotonic() - began:.1f} s for all), {told(quiet)} without"
    )


def told(times: list[float]) -> str:
    return f"p50 {percentile(times, 50):.2f} s, p99 {percentile(times, 99):.2f} s"


def percentile(times: list[float], part: int) -> float:
    return sorted(times)[max(0, math.ceil(len(times) * part / 100) - 1)]


async def verify_all(service: Service, uploads: list[tuple[bytes, str]]) -> list[float]:
    """How long each took, in seconds, once a connection was free; every answer is looked at."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    free = asyncio.Semaphore(AT_ONCE)
    options: dict[str, Any] = {"base_url": service.demo.base_url, "trust_env": False, "limits": limits}
    async with httpx.AsyncClient(timeout=SECONDS_AT_MOST, **options) as client:

        async def verify(upload: bytes, answer: str) -> float:
            async with free:
                began = time.perf_counter()
                response = await client.post(
                    "/api/v1/verify", content=upload, headers={"content-type": "application/octet-stream"}
                )
                took = time.perf_counter() - began
            assert response.status_code == 200, response.text[:300]
            assert [report["answer"] for report in response.json()["reports"]] == [answer]
            return took

        async with asyncio.timeout(SECONDS_AT_MOST):
            return list(await asyncio.gather(*(verify(*upload) for upload in uploads)))
