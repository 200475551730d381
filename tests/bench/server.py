"""`POST /api/v1/verify` with a 60 kB PNG, against a route of the same framework that only hashes the same upload.

As one client sees it who asks again and again: its own work and the network's count on both sides. The good badges of
the demonstration in turn, each filled up to 60 kB by a chunk that means nothing: the route must read it all.

Then the same badges, in the same run, against the 1EdTech validator where `tests/second_opinions/install.py` has put
it: behind HTTP too (:mod:`._reference`), in a process of its own with all its documents in memory.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from badges.openbadges import png
from tests.second_opinions import PLACE, standard_contexts
from tests.whole.test_second_opinions import Web

from . import Measure, against, seconds

BADGES = Path(sys.executable).parent / "badges"
SIZE = 60_000
BOUNDARY = "a-boundary-that-no-badge-contains"


def measures() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        home, port, floor_port = Path(folder) / "home", free_port(), free_port()
        words = [BADGES, "demo", "--home", home, "--base-url", f"http://127.0.0.1:{port}", "--json"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
        badges = [filled_up(Path(file).read_bytes()) for file in json.loads(done.stdout)["badges"].values()]
        forms: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
            "multipart": (f"multipart/form-data; boundary={BOUNDARY}", in_form),
            "raw": ("image/png", bytes),
        }
        uvicorn = [sys.executable, "-m", "uvicorn", "tests.bench._hashing:app", "--log-level", "warning"]
        with (
            server([BADGES, "serve", "--home", home, "--port", port], port) as ours,
            server([*uvicorn, "--port", floor_port], floor_port) as floor,
        ):
            asked = post(ours, "/api/v1/verify", "image/png", badges)
            good = [badge for badge in badges if json.loads(asked())["reports"][0]["answer"] == "yes"]
            assert len(good) >= 5
            for name, (content_type, written) in forms.items():
                bodies = [written(badge) for badge in good]
                verify = post(ours, "/api/v1/verify", content_type, bodies)
                hashed = post(floor, f"/{name}", content_type, bodies)
                # seconds of the floor per second of ours: the share of its requests that we answer in the same time
                share = against(verify, hashed, times=50, rounds=25, clock=time.perf_counter)
                yield Measure(
                    f"POST /api/v1/verify, 60 kB PNG, {name}: requests / those of a route that only hashes",
                    share,
                    goal=0.5,
                    aim=0.7,
                    at_least=True,
                )
            yield from against_the_reference(ours, f"http://127.0.0.1:{port}", good, Path(folder))


def against_the_reference(
    ours: http.client.HTTPConnection, base_url: str, badges: list[bytes], folder: Path
) -> Iterator[Measure]:
    if not (PLACE / "reference" / "stamp").is_file():
        print("1EdTech’s validator was not measured: it is not installed (tests/second_opinions/install.py).")
        return
    web = Web(base_url)
    for badge in badges:
        web.read_all_of(png.extract(badge).text)
    documents, port = folder / "documents.json", free_port()
    known = {address: document.to_json() for address, document in {**standard_contexts(), **web}.items()}
    documents.write_text(json.dumps(known))
    words = [PLACE / "reference/bin/python", Path(__file__).with_name("_reference.py"), documents, port]
    with server(words, port) as theirs:
        verify, judge = post(ours, "/api/v1/verify", "image/png", badges), post(theirs, "/", "image/png", badges)
        assert all(json.loads(judge())["report"]["valid"] for _ in badges)
        # seconds of theirs per second of ours: how many of ours are answered in the time of one of theirs
        ratio = against(verify, judge, times=10, rounds=5, clock=time.perf_counter)
        took = seconds(verify, 100, time.perf_counter) / 100
        print(f"A second answers about {1 / took:.0f} of ours, {1 / (took * ratio.median):.1f} of 1EdTech’s validator.")
        what = "POST of the same, raw: our answers in the time of one of 1EdTech’s validator"
        yield Measure(what, ratio, goal=10, at_least=True)


def filled_up(badge: bytes) -> bytes:
    """The same badge in a file of 60 kB: before its end a private chunk, which readers of PNG pass over."""
    end = len(badge) - 12
    data = bytes(SIZE - len(badge) - 12)
    padding = len(data).to_bytes(4) + (named := b"paDd" + data) + zlib.crc32(named).to_bytes(4)
    return badge[:end] + padding + badge[end:]


def in_form(badge: bytes) -> bytes:
    start = "".join(
        (
            f"--{BOUNDARY}\r\n",
            'Content-Disposition: form-data; name="file"; filename="badge.png"\r\n',
            "Content-Type: image/png\r\n\r\n",
        )
    )
    return start.encode() + badge + f"\r\n--{BOUNDARY}--\r\n".encode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def server(words: list[object], port: int) -> Iterator[http.client.HTTPConnection]:
    """A connection to a server that is started for this and stopped after."""
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended before it answered"
                time.sleep(0.1)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait(30)


def post(
    connection: http.client.HTTPConnection, path: str, content_type: str, bodies: list[bytes]
) -> Callable[[], bytes]:
    """Posts the bodies in turn, one at each call, and gives the answer."""
    turn = cycle(bodies)

    def call() -> bytes:
        body = next(turn)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type})
            answer = connection.getresponse()
        except ConnectionError:  # the server closes what was idle while the other one was measured
            connection.close()
            connection.request("POST", path, body, {"Content-Type": content_type})
            answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 200, (answer.status, content[:300])
        return content

    return call
