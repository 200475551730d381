"""Our own code made wrong in one place, at random, many times: the tests must notice.

A copy of the project is changed, never the project. What nobody noticed is listed in ``build/deep/survivors.md``: each
line is a test that is missing, or a change that changes nothing and then belongs in ``same_in_all_but_name.txt``.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import RESULTS, SEED, Tell, size
from .mutants import Site, mutant, sites_of

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("mutants")]

ROOT = Path(__file__).resolve().parents[2]
MUTANTS = size("MUTANTS", 500)
AT_LEAST_CAUGHT = 0.95
SECONDS = size("MUTANT_SECONDS", 120)
"""After these a mutant is taken for one that never ends, which is noticed too."""

_VERIFYING = ("tests/verify/test_verifier.py", "tests/verify/test_report.py", "tests/vectors/test_0001.py")
_ALL_VERIFYING = (
    *_VERIFYING,
    "tests/verify/test_against_the_reference.py",
    "tests/verify/test_learning.py",
    "tests/verify/test_properties.py",
    "tests/whole/test_hostile_uploads.py",
)
_RULE = ("tests/catalogue/test_rule.py", *_VERIFYING)
_MODEL = ("tests/openbadges/test_model.py", *_VERIFYING)
# A file and the quick tests that speak of it, the likeliest to notice first.
TESTS_OF: dict[str, tuple[str, ...]] = {
    "openbadges/carrier.py": ("tests/openbadges/test_png.py", "tests/openbadges/test_svg.py"),
    "openbadges/contexts.py": ("tests/openbadges/test_contexts.py", *_VERIFYING),
    "openbadges/extensions.py": ("tests/openbadges/test_extensions.py", *_VERIFYING),
    "openbadges/identity.py": ("tests/openbadges/test_identity.py",),
    "openbadges/jws.py": ("tests/openbadges/test_jws.py",),
    "openbadges/members.py": _MODEL,
    "openbadges/model.py": _MODEL,
    "openbadges/png.py": ("tests/openbadges/test_png.py",),
    "openbadges/primitives.py": _MODEL,
    "openbadges/strict_json.py": ("tests/openbadges/test_strict_json.py",),
    "openbadges/svg.py": ("tests/openbadges/test_svg.py",),
    "catalogue/rule.py": _RULE,
    "catalogue/record.py": _RULE,
    "catalogue/definition.py": _RULE,
    "catalogue/proof.py": (*_VERIFYING, "tests/catalogue/test_vocabulary.py"),
    "verify/report.py": ("tests/verify/test_report.py", *_ALL_VERIFYING),
    "verify/examination.py": _ALL_VERIFYING,
    "verify/verifier.py": _ALL_VERIFYING,
    "verify/reading.py": _ALL_VERIFYING,
    "verify/documents.py": _ALL_VERIFYING,
}
NEEDED = ("badges", "criteria", "tests", "docs", "pyproject.toml")


@dataclass(frozen=True)
class Copy:
    """The project in another folder, where one file at a time is wrong."""

    folder: Path

    def is_noticed(self, file: str, source: str) -> bool:
        """Whether the tests of that file fail on this source, or never end."""
        place = self.folder / "badges" / file
        honest = place.read_text("utf-8")
        for compiled in (place.parent / "__pycache__").glob(f"{place.stem}.*.pyc"):
            compiled.unlink()
        place.write_text(source, "utf-8")
        try:
            return self.fails(TESTS_OF[file])
        finally:
            place.write_text(honest, "utf-8")

    def fails(self, tests: tuple[str, ...], *, compiles: bool = False) -> bool:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:cov"]
        environment = os.environ | {"HYPOTHESIS_PROFILE": "ci", "PYTHONPATH": str(self.folder)}
        environment |= {} if compiles else {"PYTHONDONTWRITEBYTECODE": "1"}
        running = subprocess.Popen(
            [*command, *dict.fromkeys(tests)],
            cwd=self.folder,
            env=environment,
            stdout=None if compiles else subprocess.DEVNULL,
            stderr=None if compiles else subprocess.DEVNULL,
        )
        try:
            return running.wait(None if compiles else SECONDS) != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            running.kill()
            running.wait()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    folder = tmp_path_factory.mktemp("mutants") / "project"
    folder.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "deep", "images"))
        else:
            shutil.copy(ROOT / name, folder / name)
    copied = Copy(folder)
    every_test = tuple(dict.fromkeys(test for tests in TESTS_OF.values() for test in tests))
    assert not copied.fails(every_test, compiles=True), "the tests fail on the project itself: mend that first"
    yield copied
    shutil.rmtree(folder)


def judged() -> frozenset[tuple[str, str, str]]:
    """Changes that somebody looked at, and that make no difference anybody could see."""
    text = (Path(__file__).parent / "same_in_all_but_name.txt").read_text("utf-8")
    lines = [line.split(" | ") for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset((file, before, after) for file, before, after, _why in lines)


def every_mutant() -> list[tuple[str, Site]]:
    sites = [(file, site) for file in TESTS_OF for site in sites_of((ROOT / "badges" / file).read_text("utf-8"))]
    known = judged()
    return [(file, site) for file, site in sites if (file, site.before, site.after) not in known]


def test_a_mutant_differs_in_one_statement() -> None:
    source = "def f(a):\n    '''Say.'''\n    if a > 1 and a:\n        raise ValueError('no')\n    return a + 1\n"
    sites = sites_of(source)
    assert {site.change for site in sites} >= {"comparison turned", "and, or", "raise left out", "return left out"}
    for site in sites:
        changed = mutant(source, site.number)
        honest = set(source.splitlines()) - {""}
        assert 1 <= len(set(changed.splitlines()) - honest) <= 2, site
    assert len({mutant(source, site.number) for site in sites}) == len(sites)


def test_nearly_every_mistake_in_our_code_is_noticed(project: Copy, luck: random.Random, tell: Tell) -> None:
    possible = every_mutant()
    chosen = luck.sample(possible, min(MUTANTS, len(possible)))
    survivors: list[tuple[str, Site]] = []
    for number, (file, site) in enumerate(chosen, 1):
        source = mutant((ROOT / "badges" / file).read_text("utf-8"), site.number)
        if not project.is_noticed(file, source):
            survivors.append((file, site))
        _write(survivors, number)
    caught = len(chosen) - len(survivors)
    tell(f"{caught} of {len(chosen)} caught ({caught / len(chosen):.1%}), drawn from {len(possible)}")
    for file, site in survivors:
        tell(f"  badges/{file}:{site.line} {site.change}: {site.before}  →  {site.after}"[:300])
    assert caught >= AT_LEAST_CAUGHT * len(chosen), f"read {RESULTS / 'survivors.md'}"


def _write(survivors: list[tuple[str, Site]], tried: int) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    lines = [f"# Changes that no test noticed: {len(survivors)} of {tried} (BADGES_SEED={SEED})", ""]
    for file, site in sorted(survivors):
        lines += [f"- `badges/{file}:{site.line}` {site.change}", "", f"      {site.before}", f"      {site.after}", ""]
    (RESULTS / "survivors.md").write_text("\n".join(lines), "utf-8")
