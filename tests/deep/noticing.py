"""Which tests notice that a file is wrong: a copy of the project, and a process that asks them quickly.

The process runs in the copy. It has loaded what is not ours, and forks for each question, so that a question costs our
own imports and the tests that are asked, and nothing that one wrong file does is left for the next. :class:`Copy` is
this side of it: start there.

1. :meth:`Copy.learn`: every test runs once on the honest files; kept are the lines that each reaches, and its time.
2. :meth:`Copy.is_noticed`: the tests that reach the wrong line are asked, the quickest of the likeliest file first.
   If none fails, so are the others of their files: a cache may have reached the line for them.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from importlib import import_module
from itertools import accumulate
from pathlib import Path, PurePath
from typing import Any, NoReturn

import pytest

NEEDED = ("badges", "criteria", "docs", "keys", "tests", "CHANGELOG.md", "Makefile", "README.md", "pyproject.toml")
BESIDE = ("shared",)
"""Folders that some tests look for next to the project."""
OPTIONS = ("-q", "-m", "not deep and not browser", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:cov")
SECONDS_TO_LOAD = 60
SECONDS_MORE, TIMES_MORE = 20, 20
"""A test that takes so much longer than on the honest files is taken for one that never ends, which is noticed too."""
MEMORY = 4 * 1024**3
NAMED_BY_PYTEST = ("pytest", "_pytest", "xdist", "_hypothesis")
OURS = ("badges", "tests", "conftest", "__")


@dataclass(frozen=True)
class Learnt:
    """What each test took, in seconds, and who reaches each line of each file; a file stands for all its tests."""

    seconds: dict[str, float]
    reached: dict[str, dict[int, frozenset[str]]]
    failed: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    """Test files that are asked whatever the line: they read our sources instead of running them."""
    noticed: Counter[str] = field(default_factory=Counter)
    """How many mutants each test file has noticed: those that noticed many are asked early."""

    def asked_about(self, file: str, lines: Iterable[int], share: float) -> Iterator[list[str]]:
        """Tests in the order in which they are asked, the likeliest to notice first, in parts:

        1. those that reach these lines, in the likeliest of the files that are about this one;
        2. those that read our sources;
        3. the rest of the likeliest file; where no file that is about this one reaches the lines, all tests of all such
           files: they may have reached them once for all, or through another's memory;
        4. all others that reach the lines, then those for which a fixture of their file does;
        5. the rest: of the files that are about this one, of those that were asked already, of all.

        Where no test reaches the lines (what runs while the file is imported, or in another process), those that reach
        any line of the file do. No more than make this ``share`` of the time of all of them.
        """
        here = self.reached.get(file, {})
        reaching = frozenset().union(*(here.get(line, frozenset()) for line in lines))
        reaching = reaching or frozenset().union(*here.values())
        chosen: dict[str, set[str]] = defaultdict(set)
        for test in reaching:
            chosen[test.partition("::")[0]] |= self._tests_of(test)
        files = {test.partition("::")[0] for test in self.seconds}

        def likeliest_first(path: str) -> tuple[float, ...]:
            return _distance(file, path), -self.noticed[path], self._sum(chosen[path])

        paths = sorted(chosen, key=likeliest_first)
        about = sorted((path for path in files if _distance(file, path) < 2), key=likeliest_first)
        first = next((path for path in about if chosen[path] & reaching), None)
        parts = (
            [chosen[first] & reaching] if first else [],
            [set().union(*map(self._tests_of, self.always))],
            map(self._tests_of, about[:1] if first else about),
            [chosen[path] & reaching for path in paths],
            [chosen[path] for path in paths],
            map(self._tests_of, about),
            map(self._tests_of, paths),
            [set(self.seconds)],
        )
        seconds, met = share * self._sum(self.seconds), set[str]()
        for part in parts:
            asked = [test for tests in part for test in self._quickest_first(tests - met)]
            met.update(asked)
            quickest = self._quickest_first(asked)  # a long test of a likely file takes no time from many short ones
            ends = accumulate(map(self.seconds.__getitem__, quickest))
            in_time = {test for test, end in zip(quickest, ends, strict=True) if end <= seconds}
            asked = [test for test in asked if test in in_time]
            seconds -= self._sum(asked)
            if asked:
                yield asked

    def _quickest_first(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.seconds[test], test))

    def _tests_of(self, test: str) -> set[str]:
        if "::" in test:
            return {test} & self.seconds.keys()
        return {one for one in self.seconds if one.startswith(f"{test}::")}

    def _sum(self, tests: Iterable[str]) -> float:
        return sum(self.seconds[test] for test in tests)


def _distance(file: str, test: str) -> int:
    """0 for the test file named like this one, 1 for those that import it by its name, 2 for its neighbours."""
    mine, theirs = PurePath(file), PurePath(test)
    if theirs.stem == f"test_{mine.stem}":
        return 0
    if mine.stem in _imported(test):
        return 1
    return 2 if theirs.parent.name == mine.parent.name else 3


@cache
def _imported(test: str) -> frozenset[str]:
    """The last part of every module of ours that a test file of this project names in its imports."""
    file = Path(__file__).resolve().parents[2] / test
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    said = [line for line in lines if line.startswith(("from badges", "import badges"))]
    return frozenset(word for line in said for word in re.findall(r"\w+", line.replace(".", " ")))


@dataclass
class Copy:
    """The project in another folder, where one file at a time is wrong. ``close`` it."""

    folder: Path
    tests: Sequence[str]
    always: Sequence[str] = ()
    _asked: int = 0
    _process: subprocess.Popen[str] = field(init=False)
    learnt: Learnt = field(init=False)

    @classmethod
    def of(cls, project: Path, folder: Path, tests: Sequence[str], always: Sequence[str] = ()) -> Copy:
        folder.mkdir(parents=True)
        for name in NEEDED:
            if (project / name).is_dir():
                shutil.copytree(project / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(project / name, folder / name)
        for name in BESIDE:
            if (project.parent / name).is_dir() and not (folder.parent / name).exists():
                (folder.parent / name).symlink_to((project.parent / name).resolve())
        return cls(folder, tests, always)

    def __post_init__(self) -> None:
        environment = os.environ | {
            "PYTHONPATH": str(self.folder),
            "HYPOTHESIS_PROFILE": "ci",
            "COVERAGE_CORE": "ctrace",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.deep.noticing"],
            cwd=self.folder,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def learn(self, kept: Path) -> Learnt:
        """Run every test on the honest files. One that fails there can notice nothing: it is not asked.

        What was learnt is ``kept`` in a file, and found again as long as no file of the project has changed.
        """
        state = sha256()
        for file in sorted(self.folder.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                state.update(str(file.relative_to(self.folder)).encode() + b"\0" + file.read_bytes() + b"\0")
        found = kept / f"learnt-{state.hexdigest()[:16]}.json"
        kept.mkdir(parents=True, exist_ok=True)
        answer = self._ask("learn", tests=list(self.tests), found=str(found))
        groups = [frozenset(tests) for tests in answer["groups"]]
        reached = {
            file: {int(line): groups[group] for line, group in lines.items()}
            for file, lines in answer["reached"].items()
        }
        assert reached, "no test reaches any file"
        seconds = {test: took for test, took in answer["seconds"].items() if test not in answer["failed"]}
        self.learnt = Learnt(seconds, reached, tuple(answer["failed"]), tuple(self.always))
        return self.learnt

    def is_noticed(self, file: str, source: str, lines: Iterable[int], share: float) -> bool:
        """Whether a test fails, or never ends, when ``badges/<file>`` is this ``source``, wrong at these ``lines``.

        That ``share`` of the tests is asked, likeliest first.
        """
        place = self.folder / "badges" / file
        honest, times = place.read_text("utf-8"), place.stat()
        place.write_text(source, "utf-8")
        # Python takes a compiled file for a source of the same second and size, and a program that a test starts may
        # have compiled the wrong source of before: a second of its own for each, so that it never does.
        self._asked += 1
        os.utime(place, (times.st_atime, times.st_mtime + 100_000 + self._asked))
        try:
            for tests in self.learnt.asked_about(file, lines, share):
                answer = self._ask("ask", tests=tests)
                if answer["noticed"]:
                    self.learnt.noticed[answer["by"].partition("::")[0]] += 1
                    return True
            return False
        finally:
            place.write_text(honest, "utf-8")
            os.utime(place, (times.st_atime, times.st_mtime))

    def close(self) -> None:
        self._process.communicate()

    def _ask(self, what: str, **about: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"what": what} | about) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"the process that asks the tests ended while it was asked to {what}"
        return json.loads(answer)


# -- the process in the copy -----------------------------------------------------------------------------------------


class Watch:
    """A plugin of pytest: notes the time of each test and the lines that it reaches."""

    def __init__(self, folder: Path) -> None:
        import coverage

        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: list[str] = []
        self._folder = folder / "badges"
        self._coverage = coverage.Coverage(data_file=None, config_file=False, include=[f"{self._folder}/*"])
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        # What a fixture reaches, it reaches for the whole file.
        self._coverage.switch_context(item.nodeid.partition("::")[0])
        try:
            return (yield)
        finally:
            self._coverage.switch_context(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def reached(self, groups: dict[tuple[str, ...], int]) -> dict[str, dict[int, int]]:
        """Each file of ours, each line of it, and the group of tests that reach it; ``groups`` grows.

        What runs while a file is imported is nobody's.
        """
        self._coverage.stop()
        data = self._coverage.get_data()
        return {
            str(Path(file).relative_to(self._folder)): {
                line: groups.setdefault(tuple(sorted(set(contexts) - {""})), len(groups))
                for line, contexts in data.contexts_by_lineno(file).items()
            }
            for file in data.measured_files()
        }


class Chosen:
    """A plugin of pytest: the tests that are asked, in their order, each with its alarm; then those never seen.

    ``note`` is a file for the name of the one that runs: when it stops early, that one has noticed.
    """

    def __init__(self, tests: Sequence[str], seconds: dict[str, float], note: Path) -> None:
        self._note = note
        self._order = {test: place for place, test in enumerate(tests)}
        self._seconds = seconds

    def pytest_configure(self) -> None:
        """A failure is all we want to know: its smallest example is not looked for."""
        from hypothesis import Phase, settings

        once = settings(settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate))
        settings.register_profile("asked", once)
        settings.load_profile("asked")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        asked = [item for item in items if item.nodeid in self._order or item.nodeid not in self._seconds]
        items[:] = sorted(asked, key=lambda item: self._order.get(item.nodeid, len(self._order)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        self._note.write_text(item.nodeid, "utf-8")
        _ring_after(SECONDS_MORE + TIMES_MORE * self._seconds.get(item.nodeid, 0))


def _ring_after(seconds: float) -> None:
    """The process ends then, unless it is said again before."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _in_a_child(run: Callable[[], int]) -> int:
    """The exit code of ``run`` in a fork of this process, silent; negative when a signal ended it."""
    child = os.fork()
    if not child:
        _live_and_die(run)
    _, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):  # services that it had started
        os.killpg(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(status)


def _live_and_die(run: Callable[[], int]) -> NoReturn:
    code = 99
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, *(() if "BADGES_MUTANTS_ALOUD" in os.environ else (2,))):
            os.dup2(silence, stream)
        code = run()
    finally:
        os._exit(code)


def _pytest(tests: Iterable[str], plugin: object, *options: str) -> int:
    files = dict.fromkeys(test.partition("::")[0] for test in tests)
    return int(pytest.main([*OPTIONS, *options, f"--basetemp={Path.cwd().parent / 'temporary'}", *files], [plugin]))


def _learn(tests: list[str], answer: Path) -> int:
    watch = Watch(Path.cwd())
    _pytest(tests, watch)
    import badges

    assert Path(badges.__file__).is_relative_to(Path.cwd()), f"expected the copy, found {badges.__file__}"
    loaded = [name for name in sys.modules if not name.startswith((*NAMED_BY_PYTEST, *OURS))]
    groups: dict[tuple[str, ...], int] = {}
    found = {"seconds": watch.seconds, "failed": watch.failed, "reached": watch.reached(groups), "loaded": loaded}
    answer.write_text(json.dumps(found | {"groups": list(groups)}), "utf-8")
    return 0


def _notice(tests: list[str], seconds: dict[str, float], note: Path) -> int:
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    _ring_after(SECONDS_TO_LOAD)
    return _pytest(tests, Chosen(tests, seconds, note), "-x")


def main() -> None:
    seconds: dict[str, float] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["what"] == "learn":
            found = Path(asked["found"])
            code = 0 if found.exists() else _in_a_child(partial(_learn, asked["tests"], found))
            assert code == 0, f"the tests could not be run (exit {code})"
            learnt = json.loads(found.read_text("utf-8"))
            seconds = learnt["seconds"]
            for name in learnt.pop("loaded"):
                with suppress(Exception):
                    import_module(name)
            print(json.dumps(learnt), flush=True)
        else:
            note = Path.cwd().parent / "running"
            note.write_text(asked["tests"][0], "utf-8")  # who is asked first, if nothing can be loaded at all
            code = _in_a_child(partial(_notice, asked["tests"], seconds, note))
            noticed = code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
            print(json.dumps({"noticed": noticed, "by": note.read_text("utf-8")}), flush=True)


if __name__ == "__main__":
    main()
