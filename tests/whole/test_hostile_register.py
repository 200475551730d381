"""Somebody who writes into the folder of a service, past every door: ``badges doctor`` says so."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from badges import cli
from badges.commitments import commit
from badges.deployment import Deployment
from badges.settings import read_settings

from .conftest import Demonstration

ONE = "(SELECT uuid FROM awards ORDER BY uuid LIMIT 1)"
REGISTER = {
    "an award says another badge": f"UPDATE awards SET slug = 'trv-consignes-x' WHERE uuid = {ONE}",
    "an award says another version": f"UPDATE awards SET version = '9.9.9' WHERE uuid = {ONE}",
    "an award has another printed code": f"UPDATE awards SET code = 'AAAAAAAAAAAA' WHERE uuid = {ONE}",
    "an award was made older": f"UPDATE awards SET issued_on = datetime(issued_on, '-300 days') WHERE uuid = {ONE}",
    "an award no longer ends": "UPDATE awards SET expires = NULL",
    "an award has another digest": f"UPDATE awards SET token_digest = 'sha256$00' WHERE uuid = {ONE}",
    "an award moved to another issuer": "UPDATE awards SET profile = (SELECT MAX(id) FROM profiles)",
    "an award went to somebody else": "UPDATE awards SET person = (SELECT id FROM people WHERE email IS NULL LIMIT 1)",
    "an award is gone": f"DELETE FROM award_files WHERE uuid = {ONE}; DELETE FROM awards WHERE uuid = {ONE}",
    "the file of an award is gone": f"DELETE FROM award_files WHERE uuid = {ONE}",
    "a withdrawal was undone": "DELETE FROM revocations WHERE number = 1",
    "a withdrawal has another reason": "UPDATE revocations SET code = 'not_current'",
    "a line of the journal is gone": "DELETE FROM audit WHERE number = 5",
    "the end of the journal is gone": "DELETE FROM audit WHERE number > 20",
    "the whole journal is gone": "DELETE FROM audit",
    "a line of the journal names another actor": "UPDATE audit SET actor = 'x' WHERE number = 7",
}


def a_key(home: Path) -> Path:
    return min((home / "keys").glob("*.key"))


def one_commitment_more(home: Path) -> None:
    deployment = Deployment(read_settings(home))
    *_, previous = deployment.commitments()
    text = commit(
        ["sha256$" + "0" * 64], previous, deployment.clock.now().replace(microsecond=0), deployment._list_signer
    )
    (home / "commitments" / "000009.jws").write_text(text)


FILES: dict[str, Callable[[Path], object]] = {
    "a private key that others may read": lambda home: a_key(home).chmod(0o644),
    "a folder of keys that others may enter": lambda home: (home / "keys").chmod(0o755),
    "a passphrase that others may read": lambda home: (home / "passphrase").chmod(0o644),
    "a private key that is gone": lambda home: a_key(home).unlink(),
    "a private key of other bytes": lambda home: a_key(home).write_text("x"),
    "a link in place of a private key": lambda home: a_key(home).rename(home / "x") and a_key_link(home),
    "a trust list that is not text": lambda home: (home / "trust.jws").write_bytes(b"\xff\0"),
    "a delegation in place of the trust list": lambda home: shutil.copy(home / "delegation.jws", home / "trust.jws"),
    "the commitments are gone": lambda home: (home / "commitments" / "000001.jws").unlink(),
    "a commitment of other bytes": lambda home: (home / "commitments" / "000001.jws").write_bytes(b"\xff"),
    "a badge was committed that the register does not know": one_commitment_more,
}


def a_key_link(home: Path) -> None:
    state = (home / "keys" / "keyring.toml").read_text()
    gone = next(name for name in re.findall(r"[a-z0-9]{16}", state) if not (home / "keys" / f"{name}.key").exists())
    (home / "keys" / f"{gone}.key").symlink_to(home / "x")


@pytest.fixture
def home(demo: Demonstration, tmp_path: Path) -> Path:
    """A copy of the folder, to be spoilt."""
    return Path(shutil.copytree(demo.home, tmp_path / "home"))


def test_a_register_that_nobody_touched_is_sound(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--home", str(home)]) == 0
    assert "mauvais" not in capsys.readouterr().out


@pytest.mark.parametrize("change", REGISTER.values(), ids=REGISTER)
def test_a_register_that_was_changed_by_hand_is_told(
    home: Path, change: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(home / "badges.sqlite3") as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.executescript(change)
    assert cli.main(["doctor", "--home", str(home)]) == 1
    assert "mauvais" in capsys.readouterr().out


@pytest.mark.parametrize("change", FILES.values(), ids=FILES)
def test_a_folder_that_was_changed_by_hand_is_told(
    home: Path, change: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    change(home)
    assert cli.main(["doctor", "--home", str(home)]) == 1
    assert "mauvais" in capsys.readouterr().out


def test_the_service_does_not_open_over_a_private_key_that_others_may_read(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_key(home).chmod(0o640)
    assert cli.main(["serve", "--home", str(home), "--port", "1"]) != 0
    assert "0600" in capsys.readouterr().err
