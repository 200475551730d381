"""A backup: one file from which a service is made again, and that nobody reads without the passphrase of its keys.

It is a ZIP with a page that says how to open it without us, and two files in the age format (age-encryption.org/v1): a
key, sealed by the passphrase, and under that key a tar of what follows. Made while the service goes on:

1. the files of the home that count, commitments among them, so that nothing is committed and missing;
2. every row of the register as it was at one instant, in lines of JSON: what it says depends on no database;
3. criteria, then keys while nobody changes them: nothing stored lacks what it rests on;
4. ``backup.json``, last: what is in it, and the SHA-256 of each part.

Neither the passphrase nor the journal of erasures is in it (``docs/decisions/0015-backups.md``).
"""

from __future__ import annotations

import json
import os
import secrets
import tarfile
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, TypeVar
from zipfile import BadZipFile, ZipFile

import pyrage  # type: ignore[import-untyped]

from . import __version__
from .clock import to_text
from .durable import write_whole
from .errors import Misuse
from .issuer.database import Database, Row, is_new, open_database
from .issuer.migrations import HEAD
from .keyring import Keyring
from .settings import Home, Settings

W = TypeVar("W")
R = TypeVar("R")

FORMAT = 1
SUFFIX = ".badges-backup.zip"
KEY, CONTENT, README, CONTENTS = "cle.age", "contenu.tar.age", "LISEZ-MOI.txt", "backup.json"
GOOD_FOR_NOW = ("sessions", "visits", "one_time_links", "present_codes")
"""Tables of what opens a door for a while: not kept, since what was closed must not open again."""
MADE_AGAIN = ("cursor.json",)
"""Files that are written anew from those beside them."""
_OF_DAMAGE = (
    BadZipFile,
    EOFError,
    LookupError,
    RuntimeError,
    ValueError,
    pyrage.DecryptError,
    pyrage.IdentityError,
    tarfile.TarError,
    zlib.error,
)
"""What reading a file that is damaged, or none of ours, may raise."""
LINES_AT_ONCE = 4 * 1024 * 1024
"""Bytes of the register in one file of the tar."""

_README = f"""Sauvegarde d’un service Badges IAE.

Pour la remettre en place : badges restore FICHIER --home DOSSIER
Pour l’essayer sans rien changer : badges restore FICHIER --verify
Il faut la phrase qui ouvrait les clés du service le jour de la sauvegarde.

Sans Badges IAE, avec le programme age (age-encryption.org) :
  age -d -o cle.txt {KEY}            (la phrase est demandée)
  age -d -i cle.txt {CONTENT} | tar -x
Le registre est alors dans register/, une ligne JSON par enregistrement ; les autres fichiers sont dans home/.
"""


@dataclass(frozen=True)
class Contents:
    """What a backup holds: the instant, the shape of its register, how many rows of each table, each part's digest."""

    made_at: str
    version: str
    shape: str
    base_url: str
    root: str
    rows: dict[str, int]
    parts: dict[str, str]
    format: int = FORMAT


def write_backup(settings: Settings, storage: Database, passphrase: str, now: datetime, target: Path) -> Contents:
    """Make the file ``target``, whole or not at all.

    Raises :class:`Misuse` when it is there already or its folder is not, :class:`~badges.errors.KeyringError` when the
    passphrase is not that of the keys.
    """
    if target.exists():
        raise Misuse(f"Un fichier nouveau était attendu ; « {target} » existe déjà.")
    if not target.parent.is_dir():
        raise Misuse(f"Un dossier qui existe était attendu pour « {target} » ; il n’y en a pas.")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    identity = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with ZipFile(file, "w") as made:
                made.writestr(README, _README)
                made.writestr(KEY, pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
                with made.open(CONTENT, "w", force_zip64=True) as sealed:
                    told, _ = _through_a_pipe(
                        lambda clear: _write_content(clear, settings, storage, passphrase, now),
                        lambda clear: pyrage.encrypt_io(clear, sealed, [identity.to_public()]),
                    )
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return told


def _write_content(clear: IO[bytes], settings: Settings, storage: Database, passphrase: str, now: datetime) -> Contents:
    home = settings.place
    with tarfile.open(fileobj=clear, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        made = _Writer(tar, int(now.timestamp()))
        for path in home.passed_on:
            made.keep(home.folder, path)
        rows = made.keep_rows(each for each in storage.every_row() if each[0] not in GOOD_FOR_NOW)
        made.keep(home.folder, home.criteria)
        with Keyring(home.keys, lambda: passphrase).standing_still():
            made.keep(home.folder, home.keys)
        told = to_text(now), __version__, HEAD, settings.base_url, settings.root
        contents = Contents(*told, rows, dict(made.parts))
        made.add(CONTENTS, json.dumps(asdict(contents), ensure_ascii=False, indent=1).encode())
    return contents


class _Writer:
    """Adds parts to a tar, and keeps their digests."""

    def __init__(self, tar: tarfile.TarFile, at: int) -> None:
        self.parts: dict[str, str] = {}
        self._tar = tar
        self._at = at

    def keep(self, folder: Path, path: Path) -> None:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            is_wanted = not file.name.startswith(".") and file.name not in MADE_AGAIN
            if is_wanted and file.is_file() and not file.is_symlink():
                with suppress(FileNotFoundError):  # sent, or read, since the folder was listed
                    self.add(f"home/{file.relative_to(folder).as_posix()}", file.read_bytes())

    def keep_rows(self, rows: Iterable[tuple[str, Row]]) -> dict[str, int]:
        counted: Counter[str] = Counter()
        lines: list[bytes] = []
        size = 0
        for name, row in rows:
            counted[name] += 1
            lines.append(json.dumps([name, row], ensure_ascii=False, default=_packed).encode() + b"\n")
            size += len(lines[-1])
            if size > LINES_AT_ONCE:
                self._add_lines(lines)
                lines, size = [], 0
        self._add_lines(lines)
        return dict(counted)

    def _add_lines(self, lines: list[bytes]) -> None:
        number = sum(name.startswith("register/") for name in self.parts)
        self.add(f"register/{number:06}.jsonl", b"".join(lines))

    def add(self, name: str, content: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(content), 0o600, self._at
        self._tar.addfile(entry, BytesIO(content))
        self.parts[name] = sha256(content).hexdigest()


def unpack(file: Path, passphrase: str, folder: Path) -> Contents:
    """Everything of a backup in this folder, each part as it was written.

    :raises Misuse: for a file that is none, another passphrase, a release later than this one, or damage
    """
    try:
        with ZipFile(file) as made:
            made.getinfo(CONTENT)
            try:
                identity = pyrage.passphrase.decrypt(made.read(KEY), passphrase).decode()
            except pyrage.DecryptError:
                raise Misuse(
                    "La phrase du jour de cette sauvegarde était attendue ; une autre a été donnée.",
                    advice="C’est celle qui ouvrait les clés ce jour-là (BADGES_PASSPHRASE_FILE=fichier).",
                ) from None
            with made.open(CONTENT) as sealed:
                _, found = _through_a_pipe(
                    lambda clear: pyrage.decrypt_io(sealed, clear, [pyrage.x25519.Identity.from_str(identity)]),
                    lambda clear: _extract(clear, folder),
                )
    except _OF_DAMAGE as error:
        raise _damaged(file, type(error).__name__) from None
    told = folder / CONTENTS
    contents = json.loads(told.read_bytes()) if found.pop(CONTENTS, None) else {}
    if contents.get("format") != FORMAT or contents.get("shape", "") > HEAD:
        raise Misuse(
            f"Une sauvegarde que cette version sait lire était attendue dans « {file} » ; ce n’en est pas une.",
            advice="Installez une version de Badges IAE au moins aussi récente que celle qui l’a faite.",
        )
    read = Contents(**contents)
    if read.parts != found:
        raise _damaged(file, "parts")
    return read


def restore(folder: Path, home: Home, database: str, shape: str) -> None:
    """Put what was unpacked in ``folder`` into this home and this database, where there is no service; all or nothing.

    The shape of the register is that of the backup first, so that what a later release changes is done to its rows.
    Raises :class:`Misuse` before anything was touched.
    """
    require_empty(home)
    home.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = database == f"sqlite:///{home.database}"
    if not ours and not is_new(database):
        raise Misuse(
            "Une base sans aucune table était attendue ; celle de DATABASE_URL en a.",
            advice="Faites une base nouvelle, ou enlevez DATABASE_URL pour restaurer en SQLite dans le dossier.",
        )
    made: list[Path] = []
    try:
        for file in sorted((folder / "home").rglob("*")):
            if file.is_file():
                place = home.folder / file.relative_to(folder / "home")
                made += [each for each in reversed(place.relative_to(home.folder).parents) if each.name]
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_whole(place, file.read_bytes(), mode=0o600)
                made.append(place)
        if ours:
            made += _files_of(home)
        storage = open_database(database, shape)
        try:
            storage.put_back(_rows(folder / "register"))
        finally:
            storage.close()
        open_database(database).close()
    except BaseException:
        for path in reversed(dict.fromkeys(home.folder / each for each in made)):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def require_empty(home: Home) -> None:
    """Raise :class:`Misuse` where a service lives already: a restore replaces nothing."""
    if there := [path.name for path in (*home.passed_on, home.criteria, home.keys, *_files_of(home)) if path.exists()]:
        raise Misuse(
            f"Un dossier sans service était attendu ; « {home.folder} » contient {', '.join(sorted(there))}.",
            advice="Restaurez dans un dossier nouveau. Gardez-y le fichier erasures.jsonl de l’ancien, s’il existe.",
        )


def _files_of(home: Home) -> list[Path]:
    """What SQLite makes for the register."""
    return [home.database.with_name(f"{home.database.name}{end}") for end in ("", "-wal", "-shm", "-journal")]


def _rows(folder: Path) -> Iterator[tuple[str, Row]]:
    for part in sorted(folder.iterdir()):
        for line in part.read_bytes().splitlines():
            name, row = json.loads(line, object_hook=_unpacked)
            yield name, row


_BYTES = "base64"


def _packed(value: Any) -> dict[str, str]:
    return {_BYTES: b64encode(bytes(value)).decode()}


def _unpacked(members: dict[str, Any]) -> Any:
    return b64decode(members[_BYTES]) if members.keys() == {_BYTES} else members


def _extract(clear: IO[bytes], folder: Path) -> dict[str, str]:
    """The digest of each part, now a file of ``folder``."""
    found: dict[str, str] = {}
    with tarfile.open(fileobj=clear, mode="r|") as tar:
        for entry in tar:
            parts = PurePosixPath(entry.name).parts
            content = tar.extractfile(entry)
            if content is None or ".." in parts or parts[0] not in ("home", "register", CONTENTS):
                raise tarfile.TarError(f"expected a part of a backup, found {entry.name[:80]}")
            data = content.read()
            place = folder.joinpath(*parts)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_whole(place, data, mode=0o600)
            found[entry.name] = sha256(data).hexdigest()
    return found


def _through_a_pipe(write: Callable[[IO[bytes]], W], read: Callable[[IO[bytes]], R]) -> tuple[W, R]:
    """What the two return; one writes, in a thread of its own, while the other reads: nothing in clear on the disk."""
    receiving, sending = os.pipe()

    def fill() -> W:
        with os.fdopen(sending, "wb") as clear:
            return write(clear)

    with ThreadPoolExecutor(1) as beside, os.fdopen(receiving, "rb") as clear:
        written = beside.submit(fill)
        found = read(clear)
        while clear.read(65536):  # what follows the end of a tar: the writer must not wait for ever
            pass
        return written.result(), found


def _damaged(file: Path, reason: str) -> Misuse:
    return Misuse(
        f"Une sauvegarde entière était attendue dans « {file} » ; elle est abîmée, ou ce n’en est pas une ({reason}).",
        advice="Reprenez-en une autre copie, ou la sauvegarde d’avant.",
    )
