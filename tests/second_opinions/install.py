"""Build the environments of the second opinions under ``.second-opinions/``: `python tests/second_opinions/install.py`.

Three verifiers that nobody here wrote, and a provider to sign in with, each in an environment of its own, from exact
pins:

- ``reference``: the 1EdTech reference validator of Open Badges 2.0, written for Python 2 and 3.6;
- ``openbadgeslib``: a library that signs and verifies Open Badges;
- ``bakery``: Mozilla's bakery, for node;
- ``openid``: a certified OpenID Connect provider, for node.

A second call finds its stamps and does nothing. Only the standard library is imported.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACE = HERE.parents[1] / ".second-opinions"

# The validator and four of its pins import from `collections` what Python 3.10 moved to `collections.abc`.
COLLECTIONS_ALIASES = (
    "import collections, collections.abc; vars(collections).update({**vars(collections.abc), **vars(collections)})\n"
)


def install() -> None:
    """Make what is missing or out of date; `subprocess.CalledProcessError` when a step fails."""
    install_reference(PLACE / "reference")
    install_openbadgeslib(PLACE / "openbadgeslib")
    for name in ("bakery", "openid"):
        install_for_node(PLACE / name)


def install_reference(place: Path) -> None:
    locks = [HERE / "reference-build.lock", HERE / "reference.lock"]
    stamp = stamp_of(*locks)
    if is_made(place, stamp):
        return
    python = fresh_environment(place)
    for lock in locks:
        run(python, "-m", "pip", "install", *PIP, "--no-deps", "--no-build-isolation", "-r", lock)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    (Path(site) / "collections_aliases.pth").write_text(COLLECTIONS_ALIASES)
    run(python, "-W", "ignore", "-c", "import openbadges")
    (place / "stamp").write_text(stamp)


def install_openbadgeslib(place: Path) -> None:
    lock = HERE / "openbadgeslib.lock"
    stamp = stamp_of(lock)
    if is_made(place, stamp):
        return
    python = fresh_environment(place)
    run(python, "-m", "pip", "install", *PIP, "--no-deps", "-r", lock)
    (place / "stamp").write_text(stamp)


def install_for_node(place: Path) -> None:
    """Needs node and npm; without them the place stays empty and its tests say that they are skipped."""
    npm, sources = shutil.which("npm"), ["package.json", "package-lock.json", ".npmrc"]
    stamp = stamp_of(*(HERE / place.name / name for name in sources))
    if is_made(place, stamp):
        return
    if npm is None:
        print(f"second opinions: npm not found, {place.name} is left out", file=sys.stderr)
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in sources:
        shutil.copy(HERE / place.name / name, place / name)
    run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", cwd=place)
    (place / "stamp").write_text(stamp)


PIP = ["--quiet", "--disable-pip-version-check", "--require-hashes"]


def fresh_environment(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    run(sys.executable, "-m", "venv", place)
    return place / "bin" / "python"


def is_made(place: Path, stamp: str) -> bool:
    return (place / "stamp").is_file() and (place / "stamp").read_text() == stamp


def stamp_of(*files: Path) -> str:
    content = b"".join(file.read_bytes() for file in (Path(__file__), *files))
    return f"{sys.version_info[:3]} {hashlib.sha256(content).hexdigest()}\n"


def run(*command: object, cwd: Path | None = None) -> str:
    """The command's output; what it complained of goes to our own standard error."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=cwd, env=environment, check=True, text=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    install()
