"""`POST /api/v1/verify` with a 60 kB PNG, against a route of the same framework that only hashes the same upload."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import Measure, against

BADGES = Path(sys.executable).parent / "badges"
BOUNDARY = "a-boundary-that-no-badge-contains"


def measures() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        home, port, floor_port = Path(folder) / "home", free_port(), free_port()
        words = [BADGES, "demo", "--home", home, "--base-url", f"http://127.0.0.1:{port}", "--json"]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
        badge = Path(next(iter(json.loads(done.stdout)["badges"].values()))).read_bytes()
        form = "".join(
            (
                f"--{BOUNDARY}\r\n",
                'Content-Disposition: form-data; name="file"; filename="badge.png"\r\n',
                "Content-Type: image/png\r\n\r\n",
            )
        )
        multipart = form.encode() + badge + f"\r\n--{BOUNDARY}--\r\n".encode()
        forms = {
            "multipart": (f"multipart/form-data; boundary={BOUNDARY}", multipart),
            "raw": ("image/png", badge),
        }
        uvicorn = [sys.executable, "-m", "uvicorn", "tests.bench._hashing:app", "--log-level", "warning"]
        with (
            server([BADGES, "serve", "--home", home, "--port", port], port) as ours,
            server([*uvicorn, "--port", floor_port], floor_port) as floor,
        ):
            for name, (content_type, body) in forms.items():
                verify = post(ours, "/api/v1/verify", content_type, body)
                assert json.loads(verify())["reports"][0]["answer"] == "yes"
                # seconds of the floor per second of ours: the share of its requests that we answer in the same time
                share = against(verify, post(floor, f"/{name}", content_type, body), times=150, clock=time.perf_counter)
                yield Measure(
                    f"POST /api/v1/verify, 60 kB PNG, {name}: requests / those of a route that only hashes",
                    share,
                    goal=0.5,
                    aim=0.7,
                    at_least=True,
                )


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


def post(connection: http.client.HTTPConnection, path: str, content_type: str, body: bytes) -> Callable[[], bytes]:
    def call() -> bytes:
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
