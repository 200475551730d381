"""The house checks itself: who may import whom, one library at one address, no file that is about nothing.

The table is `design.md`'s "The house": lower never imports higher, and `issuer` and `verify` never look sideways.
Imports inside functions count as much as the others.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BADGES = ROOT / "badges"

GROUND = {"errors", "clock", "addresses", "durable", "typography"}
STANDARD = GROUND | {"openbadges"}
FACTS = STANDARD | {"catalogue", "keyring", "trust", "commitments"}
DOORS = FACTS | {"web", "paper"}
# Where things are put together, and only there are settings known.
TOP = {"app", "backup", "cli", "demo", "commands", "deployment", "__main__"}
BESIDE = {"settings", "arguments", "recognition", "own_documents"}

# A room (a folder or a module of badges/) and the rooms it may import, besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    **dict.fromkeys(GROUND, GROUND),
    "openbadges": GROUND,
    "catalogue": STANDARD,
    "keyring": STANDARD,
    "trust": STANDARD | {"keyring"},
    "commitments": STANDARD | {"keyring", "trust"},
    "web": FACTS,
    "paper": STANDARD | {"catalogue"},
    "issuer": DOORS,
    "verify": DOORS | {"arguments"},
    "worker": DOORS | {"issuer"},
    "arguments": GROUND,
    "settings": GROUND,
    "recognition": FACTS,
    "own_documents": DOORS | {"issuer", "verify"},
    **dict.fromkeys(TOP, DOORS | {"issuer", "verify", "worker"} | TOP | BESIDE),
}

_PAGES = ["web/*", "issuer/*", "verify/*", "worker/*", "app.py"]
_STORE = ["issuer/storage*.py", "issuer/database.py", "issuer/migrations/*"]
# A library and the only files of badges/ that may know it: replacing one touches one place.
ADDRESS_OF: dict[str, list[str]] = {
    "alembic": _STORE,
    "anyio": _PAGES,
    "argon2": ["issuer/passwords.py"],
    "authlib": ["issuer/openid.py"],
    "babel": ["web/*"],
    "cryptography": ["keyring.py", "openbadges/jws.py"],
    "fastapi": _PAGES,
    "fontTools": ["catalogue/artwork.py", "catalogue/lettering.py", "paper/fonts.py"],
    "httpcore": ["verify/fetcher.py"],
    "httpx2": ["issuer/openid.py"],
    "jinja2": ["web/*"],
    "joserfc": ["issuer/openid.py"],
    "jwt": ["openbadges/jws.py"],
    "markupsafe": ["web/*"],
    "openpyxl": ["issuer/sheets.py"],
    "orjson": ["*"],
    "PIL": ["catalogue/artwork.py", "issuer/private_files.py"],
    "pybase64": ["openbadges/*"],
    "pydantic": [*_PAGES, "settings.py"],
    "pydantic_settings": ["settings.py"],
    "pypdf": ["issuer/private_files.py", "verify/attachments.py"],
    "pyrage": ["backup.py"],
    "pyotp": ["issuer/second_step.py"],
    "python_multipart": ["verify/reception.py"],
    "resvg_py": ["catalogue/artwork.py"],
    "rfc8785": ["catalogue/definition.py"],
    "segno": ["catalogue/strip.py", "paper/qr.py"],
    "sqlalchemy": _STORE,
    "starlette": _PAGES,
    "typst": ["paper/engine.py"],
    "uvicorn": ["cli.py", "commands/*"],
}
EXTRAS = ("postgresql", "openid", "artwork")
# SQLAlchemy finds the one, fontTools the other.
NEVER_IMPORTED = {"psycopg", "brotli"}

# What `badges verify --offline` must not load: each costs more than the verification.
SLOW_TO_IMPORT = {"fastapi", "starlette", "pydantic", "PIL", "jwt", "sqlalchemy", "httpx", "jinja2", "segno"}
MUST_START_FAST = ["badges.cli", "badges.arguments", "badges.verify.command", "badges.verify.verifier", "badges.trust"]

FILES = sorted(BADGES.rglob("*.py"))
IDS = [str(file.relative_to(BADGES)) for file in FILES]


def imports(file: Path) -> Iterator[str]:
    """The dotted name of everything a file imports, lazily or not; relative names made absolute."""
    package = ["badges", *file.relative_to(BADGES).parent.parts]
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from badges import trust` names a room after the import
            yield from (f"{module}.{alias.name}" for alias in node.names) if module == "badges" else (module,)


def room_of(file: Path) -> str:
    first = file.relative_to(BADGES).parts[0]
    return first.removesuffix(".py")


def modules() -> list[str]:
    names = (".".join(file.relative_to(ROOT).with_suffix("").parts) for file in FILES)
    return [name.removesuffix(".__init__") for name in names if "migrations" not in name and "__main__" not in name]


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_room_rests_only_on_those_below_it(file: Path) -> None:
    room = room_of(file)
    if room == "__init__":
        assert not any(name.startswith("badges.") for name in imports(file)), "badges/__init__.py stays light"
        return
    assert room in MAY_IMPORT, f"a new room, {room}: say in MAY_IMPORT what it may rest on"
    rooms = {name.split(".")[1] for name in imports(file) if name.startswith("badges.") and "__version__" not in name}
    assert rooms - MAY_IMPORT[room] - {room} == set()


@pytest.mark.parametrize("file", FILES, ids=IDS)
def test_a_library_has_one_address(file: Path) -> None:
    place = str(file.relative_to(BADGES))
    for library in {name.partition(".")[0] for name in imports(file)} - sys.stdlib_module_names - {"badges"}:
        assert library in ADDRESS_OF, f"{place} brings in a library, {library}: give it an address in ADDRESS_OF"
        assert any(fnmatch(place, pattern) for pattern in ADDRESS_OF[library]), (
            f"{library} belongs in {' or '.join(ADDRESS_OF[library])}, found in {place}"
        )


def test_issuer_and_verify_never_look_sideways() -> None:
    assert "verify" not in MAY_IMPORT["issuer"] | MAY_IMPORT["worker"]
    assert "issuer" not in MAY_IMPORT["verify"]


def test_only_where_things_are_put_together_are_settings_known() -> None:
    assert {room for room, allowed in MAY_IMPORT.items() if "settings" in allowed} == TOP


def test_what_is_declared_and_what_is_imported_are_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    distribution = {
        "PIL": "pillow",
        "argon2": "argon2-cffi",
        "jwt": "pyjwt",
        "starlette": "fastapi",
        "markupsafe": "jinja2",
    }
    used = {name.partition(".")[0] for file in FILES for name in imports(file)} - sys.stdlib_module_names - {"badges"}
    imported = {distribution.get(name, name.lower().replace("_", "-")) for name in used}

    for_people = [*project["dependencies"], *chain(*(project["optional-dependencies"][name] for name in EXTRAS))]
    declared = {re.split(r"[<>=\[; ]", wish, maxsplit=1)[0].lower() for wish in for_people}
    assert declared - NEVER_IMPORTED == imported


def test_a_file_is_named_for_its_subject() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    for folder in (BADGES, ROOT / "tests"):
        assert [file for file in folder.rglob("*") if file.stem.removeprefix("test_") in empty_names] == []


IMPORT_ALL = """
import importlib, sys

ours = {ours!r}

def watch(event, arguments):
    if event not in ("open", "socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.system"):
        return
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return  # Python, reading a module's source
        if name.startswith(ours):
            seen.append(f"{{name[len(ours):]}}:{{frame.f_lineno}} {{event}} {{arguments[0]!r}}")
            return
        frame = frame.f_back

seen = []
sys.addaudithook(watch)
for name in {names!r}:
    importlib.import_module(name)
print("\\n".join(seen))
"""


def test_importing_our_modules_opens_nothing() -> None:
    program = IMPORT_ALL.format(ours=f"{BADGES}/", names=modules())
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", [name for name in MUST_START_FAST if name in modules()])
def test_what_must_start_fast_loads_nothing_slow(name: str) -> None:
    program = f"import sys, {name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert SLOW_TO_IMPORT & set(done.stdout.split()) == set()


def test_sql_is_never_put_together_from_strings() -> None:
    statement = re.compile(r"\s*(select|insert into|update|delete from)\s", re.IGNORECASE)
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        and node.values
        and isinstance(node.values[0], ast.Constant)
        and statement.match(str(node.values[0].value))
    ]
    assert found == []
