"""``badges stats``: the figures of the network's page, in a terminal and for a spreadsheet; small numbers hidden."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from badges.cli import main
from badges.clock import FixedClock, SystemClock
from badges.deployment import Deployment
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Award, Counted, Profile
from badges.settings import NOUVELLE_AQUITAINE, Settings

STORED = datetime(2026, 6, 15, 10, tzinfo=SystemClock().now().tzinfo)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Seven badges of a structure of Haute-Vienne, on 15 June, and three of another one of Creuse, in July."""
    deployment = Deployment(Settings(home=tmp_path, demo=True), FixedClock(STORED))
    for department, count, day in (("87", 7, STORED), ("23", 3, STORED + timedelta(days=30))):
        structure = deployment.issuer.add_structure(
            OPERATOR, name="Les Jardins", kind="ACI", department=department, email="a@b.example"
        )
        profile = f"profile-{department}"
        with deployment.storage.writing() as register:
            register.add(
                Profile(id=profile, structure=structure.id, algorithm="RS256", public_pem="", created_at=STORED)
            )
            for number in range(count):
                id = f"{department}-{number}"
                register.add(
                    Award(
                        uuid=id, structure=structure.id, profile=profile, slug="tec-maraichage-planter",
                        version="0.1.0", person=None, code=id, token_digest="", commitment="", issued_on=day,
                        expires=None, stored_at=day,
                    ),
                    Counted(
                        award=id, on=day.date(), structure=structure.id, kind="ACI", department=department,
                        slug="tec-maraichage-planter", family="techniques", sector="alimentation", action_types="T3",
                        ways="OBS", kinds="GRI", afest=False, first_of_person=True, replaces=False,
                    ),
                )  # fmt: skip
    deployment.home.verifications.write_text(json.dumps({"2026-06-15": {"yes": 2}}))
    deployment.close()
    return tmp_path


def told(home: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["stats", "--home", str(home), *options]) == 0
    return capsys.readouterr().out


def test_every_departement_of_the_settings_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.reader(io.StringIO(told(home, capsys, "--by", "department", "--csv")), delimiter=";"))
    assert [row[0] for row in rows[1:]] == [
        *(f"{name} ({code})" for code, name in NOUVELLE_AQUITAINE.items()), "Hors région", "Ensemble"
    ]  # fmt: skip
    found = {row[0]: row[1:] for row in rows}
    assert found["Corrèze (19)"] == ["0", "0", "0"]
    assert found["Creuse (23)"] == found["Haute-Vienne (87)"] == ["masqué", "0", "masqué"]
    assert found["Ensemble"] == ["10", "0", "10"]


def test_a_past_day_is_counted_again(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(home, capsys, "--by", "department", "--at", date(2026, 6, 30).isoformat())
    assert "Arrêtés au 30 juin 2026 inclus." in out.replace("\u00a0", " ")
    assert "Haute-Vienne (87)" in out
    assert [line.split()[-3:] for line in out.splitlines() if line.startswith("Haute-Vienne")] == [["7", "0", "7"]]


def test_all_the_figures_come_as_on_the_page(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = told(home, capsys, "--all", "--csv")
    assert "Badges délivrés (brut);10" in out
    assert "Vérifications faites;2" in out
    assert "Par type d’action;T5" in out


def test_a_day_that_is_none_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["stats", "--home", str(home), "--at", "hier"])
    assert ended.value.code == 2
    assert "AAAA-MM-JJ" in capsys.readouterr().err
