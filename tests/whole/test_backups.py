"""A service is made again from its backup: nothing lost, nobody brought back, nothing withdrawn made good."""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyrage  # type: ignore[import-untyped]
import pytest

from badges import backup
from badges.backup import CONTENT, KEY, README, Contents, restore, unpack
from badges.cli import main
from badges.deployment import Deployment
from badges.errors import BadgesError, Conflict, Misuse
from badges.issuer.audit import first_broken_line
from badges.issuer.database import Database, Row, open_database
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Person
from badges.settings import Home, read_settings
from tests.issuer.conftest import empty_register, postgresql, postgresql_storage, sqlite_storage, storage

from .conftest import Demonstration

pytestmark = pytest.mark.xdist_group("backups")
__all__ = ["empty_register", "postgresql", "postgresql_storage", "sqlite_storage", "storage"]


@pytest.fixture(scope="module")
def kept(demo: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demonstration."""
    file = tmp_path_factory.mktemp("kept") / "le-soir.zip"
    assert main(["backup", "--home", str(demo.home), "--to", str(file)]) == 0
    return file


@pytest.fixture(scope="module")
def parts(demo: Demonstration, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Contents]:
    """What is in it, in a folder that nobody changes."""
    folder = tmp_path_factory.mktemp("parts")
    return folder, unpack(kept, (demo.home / "passphrase").read_text().strip(), folder)


@pytest.fixture
def phrase(demo: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The phrase of the keys, as whoever restores brings it."""
    file = Path(shutil.copy(demo.home / "passphrase", tmp_path / "phrase"))
    file.chmod(0o600)
    monkeypatch.setenv("BADGES_PASSPHRASE_FILE", str(file))
    return file


def rows_of(home: Path) -> list[tuple[str, Row]]:
    register = open_database(read_settings(home).store)
    try:
        return list(register.every_row())
    finally:
        register.close()


def worth_keeping(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, Row]]:
    return [(name, row) for name, row in rows if name not in backup.GOOD_FOR_NOW]


def in_any_order(rows: Iterable[tuple[str, Row]]) -> list[str]:
    return sorted(repr((name, sorted(row.items()))) for name, row in rows)


def test_a_service_is_made_again_from_its_backup(
    demo: Demonstration, kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "again"
    assert main(["restore", str(kept), "--home", str(home)]) == 0
    told = capsys.readouterr().out
    assert "mauvais" not in told
    assert f"Remise en place dans {home}" in told
    assert in_any_order(rows_of(home)) == in_any_order(worth_keeping(rows_of(demo.home)))
    for name in ("settings.toml", "trust.jws", "keys/keyring.toml"):
        assert (home / name).read_bytes() == (demo.home / name).read_bytes()
    assert {file.stat().st_mode & 0o077 for file in home.rglob("*")} == {0}
    assert not (home / "passphrase").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_backup_is_tried_and_nothing_of_it_is_left(
    kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/production")
    assert main(["restore", str(kept), "--verify", "--home", str(tmp_path / "again")]) == 0
    assert "Rien n’a été gardé" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [phrase]


def test_nothing_in_a_backup_can_be_read_without_the_phrase(
    demo: Demonstration, kept: Path, parts: tuple[Path, Contents]
) -> None:
    sealed = kept.read_bytes()
    assert kept.stat().st_mode & 0o077 == 0
    folder, _ = parts
    clear = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    secrets = {row["name"].encode() for name, row in rows_of(demo.home) if name == "people" and row["name"]}
    for secret in (*secrets, b"keyring", b"structures"):
        assert secret in clear
        assert secret not in sealed


def test_the_page_inside_says_how_to_open_it_without_us(demo: Demonstration, kept: Path) -> None:
    with ZipFile(kept) as opened:
        assert opened.namelist() == [README, KEY, CONTENT]
        told = opened.read(README).decode()
        identity = pyrage.passphrase.decrypt(opened.read(KEY), (demo.home / "passphrase").read_text().strip()).decode()
        clear = pyrage.decrypt(opened.read(CONTENT), [pyrage.x25519.Identity.from_str(identity)])
    assert f"age -d -o cle.txt {KEY}" in told
    with tarfile.open(fileobj=BytesIO(clear)) as tar:
        names = tar.getnames()
    assert names[-1] == backup.CONTENTS
    assert {name.partition("/")[0] for name in names[:-1]} == {"home", "register"}
    assert not any("passphrase" in name or "erasures" in name for name in names)
    assert names.index("home/keys/keyring.toml") > names.index("register/000000.jsonl") > names.index("home/trust.jws")


@pytest.mark.parametrize(
    ("sentence", "change"),
    [
        ("est abîmée", lambda data: data[: len(data) // 2]),
        ("est abîmée", lambda data: data[:-5000] + bytes([data[-5000] ^ 1]) + data[-4999:]),
        ("est abîmée", lambda data: b"rien"),
        ("est abîmée", lambda data: data.replace(CONTENT.encode(), CONTENT.upper().encode())),
    ],
    ids=["cut", "one bit", "something else", "without its content"],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing(
    kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], sentence: str, change: Any
) -> None:
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(change(kept.read_bytes()))
    assert main(["restore", str(damaged), "--home", str(tmp_path / "again")]) == 2
    assert sentence in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == sorted([damaged, phrase])


def test_another_phrase_opens_nothing(
    kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phrase.write_text("une autre")
    assert main(["restore", str(kept), "--home", str(tmp_path / "again")]) == 2
    assert "une autre a été donnée" in capsys.readouterr().err


def test_a_service_is_never_written_over(demo: Demonstration, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rows_of(demo.home)
    assert main(["restore", str(kept), "--home", str(demo.home)]) == 2
    assert main(["backup", "--home", str(demo.home), "--to", str(kept)]) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert rows_of(demo.home) == before


def test_another_phrase_than_that_of_the_keys_seals_nothing(
    demo: Demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BADGES_PASSPHRASE", "une autre")
    assert main(["backup", "--home", str(demo.home), "--to", str(tmp_path)]) == 1
    assert list(tmp_path.iterdir()) == []


def test_who_was_forgotten_since_does_not_come_back(parts: tuple[Path, Contents], tmp_path: Path) -> None:
    folder, contents = parts
    assert contents.rows["people"]
    forgotten = next(row["id"] for name, row in backup._rows(folder / "register") if name == "people" and row["name"])
    line = {"at": "2026-11-21T10:00:00Z", "people": [forgotten], "withdraw": True}
    (tmp_path / "erasures.jsonl").write_text(f'{{"at": "2026-1\n{json.dumps(line)}\n')
    restore(folder, Home(tmp_path), f"sqlite:///{tmp_path}/badges.sqlite3", contents.shape)
    again = Deployment(read_settings(tmp_path))
    assert [again.replay_erasures(), again.replay_erasures()] == [1, 0]
    again.close()
    (person,) = [row for name, row in rows_of(tmp_path) if name == "people" and row["id"] == forgotten]
    assert (person["name"], person["erased_at"] is not None) == (None, True)


def test_what_was_withdrawn_since_stays_withdrawn(
    demo: Demonstration, parts: tuple[Path, Contents], phrase: Path, tmp_path: Path
) -> None:
    later, home = tmp_path / "later", tmp_path / "again"
    shutil.copytree(demo.home, later)
    service = Deployment(read_settings(later))
    lost = next(each for each in service.stored_awards() if service.issuer.find_award(each.uuid).revocation is None)
    assert service.issuer.revoke_again(lost.uuid, "awarded_in_error")
    service.keyring.compromise(lost.profile, since=lost.issued_on)
    service.issuer.close_profile(OPERATOR, lost.profile, status="compromised", since=lost.issued_on)
    version = service.sign_trust_list().version
    text = service.bundle()
    service.close()

    restore(parts[0], Home(home), f"sqlite:///{home}/badges.sqlite3", parts[1].shape)
    again = Deployment(read_settings(home))
    published = again.read_bundle(text)
    assert again.issuer.find_award(lost.uuid).revocation is None
    assert again.follow(text, published)
    assert not again.follow(text, published), "it is ours now"
    assert again.trusted().list.version == version
    assert again.keys_compromised_since(published) == [lost.profile]
    assert again.withdraw_again(published) == (3, 0)
    assert again.issuer.find_award(lost.uuid).revocation.code == "awarded_in_error"
    assert again.withdraw_again(published) == (3, 0), "twice is once"
    assert again.issuer.revoke_again("00000000-0000-4000-8000-000000000000", "awarded_in_error") is False
    assert first_broken_line_of(again) is None
    again.close()


def first_broken_line_of(deployment: Deployment) -> int | None:
    with deployment.storage.reading() as register:
        return first_broken_line(register)


def test_a_backup_of_an_older_shape_is_brought_to_ours(parts: tuple[Path, Contents], tmp_path: Path) -> None:
    folder, home = tmp_path / "parts", tmp_path / "again"
    shutil.copytree(parts[0], folder)
    for part in sorted((folder / "register").iterdir()):
        lines = [json.loads(line) for line in part.read_text().splitlines()]
        for name, row in lines:
            if name == "batches":
                del row["statement"]  # what 0009 added
        part.write_text("".join(json.dumps(line) + "\n" for line in lines))
    restore(folder, Home(home), f"sqlite:///{home}/badges.sqlite3", "0008")
    assert [row["statement"] for name, row in rows_of(home) if name == "batches"]


def test_a_backup_of_a_later_release_is_refused_with_what_to_do(
    kept: Path, phrase: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "HEAD", "0001")
    with pytest.raises(Misuse, match="que cette version sait lire") as refusal:
        unpack(kept, phrase.read_text().strip(), tmp_path / "look")
    assert "Installez" in refusal.value.advice


def test_a_register_that_cannot_be_put_back_leaves_the_folder_as_it_was(
    parts: tuple[Path, Contents], tmp_path: Path
) -> None:
    folder, home = tmp_path / "parts", tmp_path / "again"
    shutil.copytree(parts[0], folder)
    (folder / "register" / "000001.jsonl").write_text('["awards", {"uuid": "x"}]\n')
    home.mkdir()
    (home / "badges.sqlite3.abimee").write_text("kept by somebody")
    with pytest.raises(BadgesError):
        restore(folder, Home(home), f"sqlite:///{home}/badges.sqlite3", parts[1].shape)
    assert [each.name for each in home.iterdir()] == ["badges.sqlite3.abimee"]


def test_a_database_that_has_tables_is_not_touched(parts: tuple[Path, Contents], tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/other.sqlite3"
    open_database(address, "0008").close()
    before = (tmp_path / "other.sqlite3").read_bytes()
    with pytest.raises(Misuse, match="sans aucune table"):
        restore(parts[0], Home(tmp_path / "again"), address, parts[1].shape)
    assert (tmp_path / "other.sqlite3").read_bytes() == before
    assert list((tmp_path / "again").iterdir()) == []


@pytest.mark.parametrize("text", ["rien", None], ids=["no bundle", "no file"])
def test_a_bundle_that_cannot_be_believed_is_told_before_anything_is_put_in_place(
    kept: Path, phrase: Path, tmp_path: Path, text: str | None
) -> None:
    bundle, home = tmp_path / "bundle.jws", tmp_path / "again"
    if text:
        bundle.write_text(text)
    assert main(["restore", str(kept), "--home", str(home), "--bundle", str(bundle)]) == 1
    assert not home.exists() or list(home.iterdir()) == []


def test_a_journal_of_erasures_that_cannot_be_replayed_is_told_before_anything_is_put_in_place(
    kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "again"
    home.mkdir()
    (home / "erasures.jsonl").write_text('{"a": 1}\n')
    assert main(["restore", str(kept), "--home", str(home)]) == 1
    assert "erasures.jsonl" in capsys.readouterr().err
    assert [each.name for each in home.iterdir()] == ["erasures.jsonl"]


def test_what_is_no_service_is_not_saved(phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "--home", str(tmp_path), "--to", str(tmp_path)]) == 2
    assert "n’a pas de clés" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [phrase]


def test_a_backup_goes_nowhere_but_into_a_folder_that_is_there(
    demo: Demonstration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path / "disque", tmp_path / "disque" / "a.zip"):
        assert main(["backup", "--home", str(demo.home), "--to", str(place)]) == 2
    assert list(tmp_path.iterdir()) == []


def test_settings_that_are_not_those_of_that_day_are_told(
    kept: Path, phrase: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BADGES_BASE_URL", "https://badges.example")
    assert main(["restore", str(kept), "--home", str(tmp_path / "again")]) == 2
    assert "Les réglages du jour de la sauvegarde étaient attendus" in capsys.readouterr().err


def test_rows_go_from_one_database_to_the_other_and_back(
    demo: Demonstration, storage: Database, tmp_path: Path
) -> None:
    rows = rows_of(demo.home)
    storage.put_back(iter(rows))
    assert in_any_order(storage.every_row()) == in_any_order(rows)
    with pytest.raises(Conflict, match="base vide"):
        storage.put_back(iter(rows))
    last = open_database(f"sqlite:///{tmp_path}/last.sqlite3")
    last.put_back(storage.every_row())
    assert in_any_order(last.every_row()) == in_any_order(rows)
    last.close()


def test_every_row_is_of_one_instant_whatever_is_written_meanwhile(demo: Demonstration, storage: Database) -> None:
    before = rows_of(demo.home)
    storage.put_back(iter(before))
    rows = storage.every_row()
    first = [next(rows)]
    with storage.writing() as register:
        person = register.list(Person)[0]
        register.add(replace(person, id="11111111-1111-4111-8111-111111111111", opaque="x", secret_digest=None))
    assert in_any_order([*first, *rows]) == in_any_order(before)


def test_a_badge_comes_after_the_one_that_it_replaces(demo: Demonstration) -> None:
    met: set[str] = set()
    replaced = 0
    for name, row in rows_of(demo.home):
        if name == "awards":
            assert row["replaces"] is None or row["replaces"] in met
            replaced += row["replaces"] is not None
            met.add(row["uuid"])
    assert replaced, "the demonstration replaces one"
