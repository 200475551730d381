"""Prose is executed: the commands of the README and of docs/, and the examples in docstrings.

A ```sh block runs as it is written, all blocks of one page in order in one empty folder that stands for the reader's,
with `badges` at hand. Lines that begin with `make` are only checked to name something that the Makefile makes. A block
after the line `<!-- not run: why -->` is left alone.
"""

from __future__ import annotations

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(
    r"(?:^<!-- (?P<not_run>not run: .+) -->\n+)?^```sh\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL
)
WITH_EXAMPLES = [file for file in sorted((ROOT / "badges").rglob("*.py")) if ">>> " in file.read_text("utf-8")]


def commands_of(page: Path) -> list[str]:
    blocks = [block for block in BLOCK.finditer(page.read_text("utf-8")) if block["not_run"] is None]
    return [line for block in blocks for line in block["commands"].splitlines()]


WITH_COMMANDS = [page for page in PAGES if commands_of(page)]


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path) -> None:
    lines = [
        f"make --dry-run -C {ROOT} {line[5:]} >/dev/null" if line.startswith("make ") else line
        for line in commands_of(page)
    ]
    binaries = Path(sys.executable).parent
    assert (binaries / "badges").exists(), (
        "expected the `badges` command beside Python: install the project (`make test`)"
    )
    environment = os.environ | {"PATH": f"{binaries}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", "\n".join(lines)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{page.name}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not here")
def test_the_readme_shows_the_two_commands() -> None:
    assert {"make run", "make test"} <= set(commands_of(ROOT / "README.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_points_to_files_that_exist(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_examples_of_docstrings_are_true(file: Path) -> None:
    module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)
