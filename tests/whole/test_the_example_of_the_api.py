"""The whole example of ``/api/docs``, run in a shell as somebody would who has just read it."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from badges.openbadges import png

from .conftest import Service

needs_programs = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="the example is typed in a shell with curl"
)


@needs_programs
def test_the_example_works_as_written(service: Service, tmp_path: Path) -> None:
    page = httpx.get(f"{service.demo.base_url}/api/docs", trust_env=False).text
    found = re.search(r'<pre id="script"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    assert found is not None
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", html.unescape(found[1])],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "TOKEN": service.demo.told["api_token"], "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Oui")
    assert png.extract((tmp_path / "badge.png").read_bytes()).text.count(".") == 2
