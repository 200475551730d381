"""The person's page: what it weighs without its pictures, and how long its first byte is in coming.

Weight is a part of 100 kB, sent as it is (no compression): one page, its style sheets, its script. The first byte is
divided by that of ``/healthz``, of the same process: what the network and the framework cost whatever is answered.

Then a thousand connections within ten seconds on the embedded default: the share answered 200 within thirty seconds.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from . import Measure, Ratio, against
from .server import BADGES, free_port, server

HEAVIEST = 100_000
CONNECTIONS, WITHIN, ANSWERED_WITHIN = 1_000, 10.0, 30.0


def measures() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        home, port = Path(folder) / "home", free_port()
        words = [BADGES, "demo", "--home", home, "--base-url", f"http://127.0.0.1:{port}", "--json"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
        links = json.loads(done.stdout)["worker_links"]
        page = urlsplit(links["Lucie Perrin"]).path
        with server([BADGES, "serve", "--home", home, "--port", port], port) as connection:
            badge = first_badge(connection, page)
            for name, address in (("Mes badges", page), ("one badge", badge)):
                yield from weights(connection, name, address)
            for name, address in (("Mes badges", page), ("one badge", badge)):
                ratio = against(
                    asks(connection, "/healthz"), asks(connection, address), times=20, clock=time.perf_counter
                )
                yield Measure(f"first byte of « {name} » / that of /healthz", ratio)
            answered, took = asyncio.run(a_thousand(port, page))
            share = answered / CONNECTIONS
            what = f"{CONNECTIONS} connections within {WITHIN:.0f} s: answered 200 within {ANSWERED_WITHIN:.0f} s"
            print(f"  the last of them came after {took:.1f} s", flush=True)
            yield Measure(what, Ratio(share, share, share), goal=1, at_least=True)


def first_badge(connection: http.client.HTTPConnection, page: str) -> str:
    found = re.search(rf'{re.escape(page)}/[0-9a-f-]{{36}}(?=")', get(connection, page).decode())
    assert found
    return found[0]


def weights(connection: http.client.HTTPConnection, name: str, address: str) -> Iterator[Measure]:
    for language in ("fr", "fr-simple", "en", "ar"):
        html = get(connection, f"{address}?lang={language}")
        beside = {found.decode() for found in re.findall(rb'(?:href|src)="(/static/[^"]+\.(?:css|js))"', html)}
        assert len(beside) >= 3
        weight = (len(html) + sum(len(get(connection, each)) for each in beside)) / HEAVIEST
        yield Measure(f"weight of « {name} » in {language} / 100 kB", Ratio(weight, weight, weight), goal=1, aim=0.6)


def asks(connection: http.client.HTTPConnection, address: str) -> Callable[[], bytes]:
    return lambda: get(connection, address)


def get(connection: http.client.HTTPConnection, address: str) -> bytes:
    connection.request("GET", address)
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, (address, response.status)
    return body


async def a_thousand(port: int, page: str) -> tuple[int, float]:
    """How many were answered 200 in time, and when the last of them was; each has a connection of its own."""
    began = time.perf_counter()

    async def one(number: int) -> bool:
        await asyncio.sleep(WITHIN * number / CONNECTIONS)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(f"GET {page} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        return answer.startswith(b"HTTP/1.1 200 ") and b"</html>" in answer

    tasks = [asyncio.create_task(one(number)) for number in range(CONNECTIONS)]
    done, late = await asyncio.wait(tasks, timeout=ANSWERED_WITHIN)
    for task in late:
        task.cancel()
    return sum(task.exception() is None and task.result() for task in done), time.perf_counter() - began
