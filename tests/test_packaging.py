"""What is published works where nothing of this folder is: the wheel, installed alone, is the product."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist; the wheel is made from the sdist, as for someone who downloads it."""
    place = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", place, ROOT, cwd=place)
    return place


@pytest.fixture(scope="session")
def badges(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `badges` command of an environment that has our wheel, and its dependencies from this one."""
    place = tmp_path_factory.mktemp("environment")
    venv.create(place, with_pip=False, symlinks=True)
    site = Path(run(place / "bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", place / "bin/python"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel)
    # After our own folder on the path, so that `badges` can only be the wheel's. Its .pth files are not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    assert run(place / "bin/python", "-c", "import badges; print(badges.__file__)", cwd=place).startswith(str(site))
    return place / "bin/badges"


def run(*words: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(word) for word in words], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ours(*folders: str) -> set[str]:
    """The files of these folders that are published: what git would keep."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders, cwd=ROOT).splitlines()
    return {name for name in listed if (ROOT / name).is_file()}


needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not in a git clone")


@needs_git
def test_the_wheel_carries_every_file_of_the_product_and_the_criteria(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    expected = ours("badges") | {name.replace("criteria/", "badges/_criteria/", 1) for name in ours("criteria")}
    assert carried == expected


@needs_git
def test_the_sdist_carries_what_the_wheel_the_tests_and_the_readers_need(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        carried = {member.name.partition("/")[2] for member in archive.getmembers()}

    missing = ours("badges", "criteria", "tests", "docs", "requirements", "Makefile", "README.md") - carried
    assert missing == set()


def test_nothing_private_is_published(built: Path) -> None:
    (wheel,), (sdist,) = built.glob("*.whl"), built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [*zipfile.ZipFile(wheel).namelist(), *archive.getnames()]

    private = [name for name in names if "/keys/" in name and not name.endswith("README.md")]
    assert private + [name for name in names if name.endswith((".sqlite3", ".env", "keyring.toml"))] == []


def test_the_installed_command_speaks_and_knows_its_criteria(badges: Path, tmp_path: Path) -> None:
    assert "usage" in run(badges, "--help", cwd=tmp_path).lower()
    run(badges, "criteria", "check", cwd=tmp_path)
