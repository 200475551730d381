"""``badges retention``: says before it does, names nobody, and does it once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from badges.clock import FixedClock, SystemClock
from badges.commands.retention import in_words
from badges.deployment import Deployment
from badges.issuer.evidence import Purged
from badges.issuer.holder.cards import Opened
from badges.issuer.holder.erasures import ErasureFile
from badges.issuer.permissions import OPERATOR, PERMISSIONS, Caller
from badges.issuer.storage import Person, StaffMember
from badges.settings import Settings

START = datetime(2026, 11, 20, 10, tzinfo=SystemClock().now().tzinfo)


def a_home(folder: Path, after: timedelta = timedelta(0)) -> Deployment:
    return Deployment(Settings(home=folder, demo=True), FixedClock(START + after))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A service where somebody came two years ago."""
    deployment = a_home(tmp_path)
    structure = deployment.issuer.add_structure(
        OPERATOR, name="Les Jardins", kind="ACI", department="87", email="a@b.example"
    )
    eti = deployment.issuer.add_staff(
        OPERATOR, structure=structure.id, name="Jo", function="ETI",
        permissions=[permission for permission in PERMISSIONS if permission != "network"],
    )  # fmt: skip
    deployment.issuer.add_person(Caller(eti.id), name="Canari Zoé", email="canari@courriel.example")
    deployment.close()
    return tmp_path


def run(folder: Path, after: timedelta, *, dry: bool) -> str:
    deployment = a_home(folder, after)
    report = deployment.issuer.holder.retention.run(dry=dry)
    deployment.close()
    told = in_words(report, Purged(0, 0)) + json.dumps(report.to_json())
    assert "canari" not in told.lower()
    return told


def test_it_says_what_it_would_do_and_changes_nothing(folder: Path) -> None:
    late = timedelta(days=705)
    for _ in range(2):
        told = run(folder, late, dry=True)
        assert "À prévenir : 1 (1 par e-mail, 0 par leur page et leur structure)." in told
        assert "Rien n’a été changé." in told
    assert "Prévenues : 1" in run(folder, late, dry=False)
    assert "Prévenues : 0" in run(folder, late, dry=False)


def test_it_ends_working_data_thirty_days_after_it_said_so(folder: Path) -> None:
    run(folder, timedelta(days=705), dry=False)
    assert "Données de travail à effacer : 1." in run(folder, timedelta(days=736), dry=True)
    assert "Données de travail effacées : 1." in run(folder, timedelta(days=736), dry=False)
    assert "Données de travail effacées : 0." in run(folder, timedelta(days=737), dry=False)


def test_the_command_is_dry_unless_it_is_told_to_apply(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from badges import cli

    assert cli.main(["retention", "--home", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dry"] is True
    assert cli.main(["retention", "--home", str(folder), "--apply", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dry"] is False


def test_nobody_who_was_forgotten_comes_back_with_a_restored_backup(folder: Path) -> None:
    deployment = a_home(folder)
    issuer = deployment.issuer
    with deployment.storage.reading() as register:
        (person,) = register.list(Person)
        (eti,) = register.list(StaffMember)
    card = issuer.holder.cards.hand_over(Caller(eti.id), person.id, with_code=False)
    deployment.close()
    backup = (folder / "badges.sqlite3").read_bytes()

    deployment = a_home(folder)
    opened = deployment.issuer.holder.cards.open(card.link.rpartition("/")[2])
    assert isinstance(opened, Opened)
    deployment.issuer.holder.leaving.erase(opened)
    assert deployment.replay_erasures() == 0, "nothing was restored: there is nobody to forget again"
    deployment.close()
    assert "canari" not in (folder / "erasures.jsonl").read_text("utf-8").lower()

    for file in folder.glob("badges.sqlite3*"):
        file.unlink()
    (folder / "badges.sqlite3").write_bytes(backup)
    deployment = a_home(folder)
    assert deployment.replay_erasures() == 1
    assert deployment.replay_erasures() == 0
    with deployment.storage.reading() as register:
        assert [found.name for found in register.list(Person)] == [None]
    deployment.close()


def test_a_line_cut_by_a_power_failure_hides_no_other(tmp_path: Path) -> None:
    file = ErasureFile(tmp_path / "erasures.jsonl")
    assert list(file) == []
    file.add(["one"], withdraw=False, at=START)
    with (tmp_path / "erasures.jsonl").open("a", encoding="utf-8") as cut:
        cut.write('{"at": "2026-')
    file.add(["two"], withdraw=True, at=START)
    assert [(told.people, told.withdraw) for told in file] == [(("one",), False), (("two",), True)]
    assert (tmp_path / "erasures.jsonl").stat().st_mode & 0o077 == 0
