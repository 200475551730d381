"""The whole product as somebody finds it: a demonstration that was filled once, and a service that serves it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.demo import fill

SECONDS_TO_OPEN = 30


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Demonstration:
    """An empty home, filled by ``badges demo``, and what it printed."""

    home: Path
    port: int
    told: dict[str, Any]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def badge(self, slug: str) -> bytes:
        return Path(self.told["badges"][slug]).read_bytes()


@dataclass
class Service:
    """``badges serve`` in a process of its own, on this machine."""

    demo: Demonstration
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "badges",
            "serve",
            "--home",
            str(self.demo.home),
            "--port",
            str(self.demo.port),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS_TO_OPEN
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.demo.base_url}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the service did not open")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demonstration, Path]:
    """The demonstration, and a copy of its home in which nobody does anything."""
    port, folder = free_port(), tmp_path_factory.mktemp("whole")
    told = fill(folder / "home", f"http://127.0.0.1:{port}")
    return Demonstration(folder / "home", port, told), shutil.copytree(folder / "home", folder / "kept")


@pytest.fixture(scope="module")
def demo(filled: tuple[Demonstration, Path]) -> Demonstration:
    """As it was filled, whatever the modules before did in it: their three hundred badges are nothing to this one."""
    demo, kept = filled
    shutil.rmtree(demo.home)
    shutil.copytree(kept, demo.home)
    return demo


@pytest.fixture(scope="module")
def service(demo: Demonstration) -> Iterator[Service]:
    running = Service(demo)
    running.start()
    yield running
    running.stop()
