"""Our own code made wrong in one place, at random, many times: the tests must notice.

A copy of the project is changed, never the project. What nobody noticed is listed in ``build/deep/survivors.md``: each
line is a test that is missing, or a change that changes nothing and then belongs in ``same_in_all_but_name.txt``.
``BADGES_MUTANTS_AGAIN=yes`` asks about the survivors of the last run; ``BADGES_MUTANT_SHARE=100`` asks all tests.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest

from .conftest import RESULTS, SEED, Tell, is_set, size
from .mutants import Site, mutant, sites_of
from .noticing import Copy, Learnt

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("mutants")]

ROOT = Path(__file__).resolve().parents[2]
MUTANTS = size("MUTANTS", 500)
SHARE = size("MUTANT_SHARE", 20) / 100
"""Of all tests, by the time they take on the honest files: asked about one mutant before it is called a survivor."""
AGAIN = is_set("MUTANTS_AGAIN")
AT_ONCE = size("MUTANTS_AT_ONCE", 2)
"""How many are asked about at the same time, each in a copy of its own."""
AT_LEAST_CAUGHT = 0.95

RULE = ("definition", "proof", "record", "rule")
FILES = [
    *(
        f"{room}/{file.name}"
        for room in ("openbadges", "verify")
        for file in sorted((ROOT / "badges" / room).glob("*.py"))
    ),
    *(f"catalogue/{name}.py" for name in RULE),
]
"""What an employer's answer hangs on."""

# Those that speak of these files and run in this process, or in one of ours: two thousand in half a minute.
TESTS = (
    "tests/openbadges",
    "tests/verify",
    "tests/vectors",
    "tests/catalogue",
    "tests/web",
    "tests/test_trust.py",
    "tests/worker",
    "tests/whole/test_a_badge_in_the_world.py",
    "tests/whole/test_from_the_garden_to_the_employer.py",
    "tests/whole/test_hostile_doors.py",
    "tests/whole/test_hostile_uploads.py",
    "tests/whole/test_limits_and_counts.py",
)
READERS = (
    "tests/verify/test_described.py",
    "tests/verify/test_page.py",
    "tests/verify/test_reports_of_worlds.py",
    "tests/verify/test_wording.py",
)
"""They read our sources, or compare all that is told with what was kept: they are asked about every mutant."""
SURVIVORS = RESULTS / "survivors"


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Copy, ...]]:
    made = tuple(Copy.of(ROOT, tmp_path_factory.mktemp("mutants") / "project", TESTS, READERS) for _ in range(AT_ONCE))
    for copied in made:  # the first one learns for all
        copied.learn(RESULTS)
    yield made
    for copied in made:
        copied.close()


def judged() -> frozenset[tuple[str, str, str]]:
    """Changes that somebody looked at, and that make no difference anybody could see."""
    text = (Path(__file__).parent / "same_in_all_but_name.txt").read_text("utf-8")
    lines = [line.split(" ¦ ") for line in text.splitlines() if line and not line.startswith("#")]
    return frozenset((file, before, after) for file, before, after, _why in lines)


def every_mutant() -> list[tuple[str, Site]]:
    sites = [(file, site) for file in FILES for site in sites_of((ROOT / "badges" / file).read_text("utf-8"))]
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


def test_what_is_told_to_people_is_left_alone() -> None:
    source = "_refuse('code', f(1), 'none')\nadd(2, help='word', metavar='FILE', nargs='x')\n"
    assert {site.after for site in sites_of(source)} == {
        "_refuse('codex', f(1), 'none')",
        "add(3, help='word', metavar='FILE', nargs='x')",
        "add(2, help='word', metavar='FILE', nargs='xx')",
        "pass",
    }


def test_a_mutant_knows_the_lines_of_its_statement_and_no_other() -> None:
    source = "def f(a):\n    if (\n        a > 1\n    ):\n        return a\n    return {\n        'b': a\n    }\n"
    lines = {site.before: site.lines for site in sites_of(source)}
    assert lines == {"if a > 1:": (2, 3, 4), "return a": (5,), "return {'b': a}": (6, 7, 8)}


def test_who_reaches_a_line_is_asked_first_then_the_rest_of_their_files() -> None:
    near, far = "tests/openbadges/test_png.py", "tests/whole/test_all.py"
    seconds = {f"{near}::a": 0.2, f"{near}::b": 0.1, f"{near}::c": 0.3, f"{far}::d": 0.0, f"{far}::e": 0.5}
    reached = {"openbadges/png.py": {3: frozenset({f"{near}::a", f"{near}::b", far}), 4: frozenset({f"{far}::d"})}}
    learnt = Learnt(seconds, reached)

    def asked_about(line: int, no_more_than: float = 1) -> list[list[str]]:
        return list(learnt.asked_about("openbadges/png.py", (line,), no_more_than))

    assert asked_about(3) == [[f"{near}::b", f"{near}::a"], [f"{near}::c"], [f"{far}::d", f"{far}::e"]]
    assert asked_about(3, 0.4 / 1.1) == [[f"{near}::b", f"{near}::a"], [f"{far}::d"]]
    others = [f"{near}::{name}" for name in "bac"]
    assert asked_about(4) == [others, [f"{far}::d"], [f"{far}::e"]], "who is about this file, then all that is left"
    assert sum(map(len, asked_about(1))) == len(seconds), "what only an import reaches"


def test_who_reads_the_sources_is_asked_about_lines_that_nobody_reaches() -> None:
    page, near, far = "tests/verify/test_page.py::a", "tests/verify/test_pdf.py::b", "tests/web/test_pages.py::c"
    learnt = Learnt({page: 0.3, near: 0.2, far: 0.1}, {}, always=("tests/verify/test_page.py",))
    assert list(learnt.asked_about("verify/pdf.py", (1,), 2)) == [[page], [near], [far]]
    assert list(learnt.asked_about("verify/pdf.py", (1,), 0.6)) == [[page]]


def test_every_change_that_was_judged_can_still_be_made() -> None:
    every = {
        (file, site.before, site.after)
        for file in FILES
        for site in sites_of((ROOT / "badges" / file).read_text("utf-8"))
    }
    assert judged() - every == set(), "the code is another one now: judge again, or take the line away"


def test_nearly_every_mistake_in_our_code_is_noticed(copies: tuple[Copy, ...], luck: random.Random, tell: Tell) -> None:
    possible = every_mutant()
    chosen = those_of_the_last_run(possible) if AGAIN else luck.sample(possible, min(MUTANTS, len(possible)))
    idle = SimpleQueue[Copy]()
    for copied in copies:
        idle.put(copied)

    def ask_about(one: tuple[str, Site]) -> tuple[bool, float]:
        (file, site), project = one, idle.get()
        began = time.monotonic()
        try:
            source = mutant((project.folder / "badges" / file).read_text("utf-8"), site.number)
            return project.is_noticed(file, source, site.lines, SHARE), time.monotonic() - began
        finally:
            idle.put(project)

    survivors: list[tuple[str, Site]] = []
    began = time.monotonic()
    with ThreadPoolExecutor(len(copies)) as pool:
        for number, ((file, site), (noticed, seconds)) in enumerate(
            zip(chosen, pool.map(ask_about, chosen), strict=True), 1
        ):
            log(noticed, seconds, file, site)
            if not noticed:
                survivors.append((file, site))
            write(survivors, number)
    caught = len(chosen) - len(survivors)
    tell(
        f"{caught} of {len(chosen)} caught ({caught / len(chosen):.1%}) in {(time.monotonic() - began) / 60:.0f} min, "
        f"drawn from {len(possible)}"
    )
    for test in copies[0].learnt.failed:
        tell(f"  not asked, because it fails on the project itself: {test}")
    for file, site in survivors:
        tell(f"  badges/{file}:{site.line} {site.change}: {site.before}  →  {site.after}"[:300])
    assert caught >= AT_LEAST_CAUGHT * len(chosen), f"read {SURVIVORS.with_suffix('.md')}"


def those_of_the_last_run(possible: list[tuple[str, Site]]) -> list[tuple[str, Site]]:
    """The survivors that can still be made: found again by what they change, since lines move."""
    kept = {tuple(one) for one in json.loads(SURVIVORS.with_suffix(".json").read_text("utf-8"))}
    return [(file, site) for file, site in possible if (file, site.before, site.after) in kept]


def log(noticed: bool, seconds: float, file: str, site: Site) -> None:
    """One line for each, for who waits."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "mutants.log").open("a", encoding="utf-8") as every:
        answer = "caught" if noticed else "SURVIVED"
        every.write(f"{SEED} {answer} {seconds:.1f} s {file}:{site.line} {site.change}: {site.after[:100]}\n")


def write(survivors: list[tuple[str, Site]], tried: int) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    lines = [f"# Changes that no test noticed: {len(survivors)} of {tried} (BADGES_SEED={SEED})", ""]
    for file, site in sorted(survivors):
        lines += [f"- `badges/{file}:{site.line}` {site.change}", "", f"      {site.before}", f"      {site.after}", ""]
    SURVIVORS.with_suffix(".md").write_text("\n".join(lines), "utf-8")
    kept = [(file, site.before, site.after) for file, site in survivors]
    SURVIVORS.with_suffix(".json").write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
