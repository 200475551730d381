"""``badges award session``: the people of a session from a table, as the pages read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from badges.cli import main
from badges.demo import fill
from badges.issuer.sheets import Sheet, to_xlsx

TODAY = datetime.now(UTC).date()
DAYS = (TODAY - timedelta(days=12), TODAY - timedelta(days=2))


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    home = tmp_path_factory.mktemp("award") / "home"
    told = fill(home, "http://127.0.0.1:8999")
    return home, told["staff"]["encadrante"]["id"]


def session(folder: Path, by: str, people: bytes, name: str, *more: str, home: Path) -> int:
    grid = "".join(
        f'[[grid]]\ncriterion = "c{criterion}"\non = {day}\nway = "OBS"\nkind = "GRI"\n'
        for criterion in range(1, 6)
        for day in DAYS
    )
    (folder / "session.toml").write_text(f'badge = "tec-maraichage-planter"\nby = "{by}"\n{grid}', "utf-8")
    (folder / name).write_bytes(people)
    arguments = [str(folder / "session.toml"), "--people", str(folder / name), *more]
    return main(["award", "--home", str(home), "session", *arguments])


def test_a_table_of_french_excel_is_a_session(
    demonstration: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, by = demonstration
    people = "ref;nom;e-mail;Téléphone\n1;Noémie L’Hostis;;06\n2;Bakary T.;bakary@;\n".encode("cp1252")
    assert session(tmp_path, by, people, "gens.csv", "--plan", home=home) == 1
    said = capsys.readouterr().out
    assert "1 prêts, 1 à corriger" in said
    assert "Colonnes laissées de côté : Téléphone" in said
    assert "2 : Une adresse e-mail était attendue" in said


def test_a_workbook_is_delivered_with_its_badges(
    demonstration: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, by = demonstration
    people = to_xlsx(Sheet("Personnes", ["Prénom et initiale"], [["Amina Diallo"], ["Zoé P."]]))
    assert session(tmp_path, by, people, "gens.xlsx", "--yes", "--out", str(tmp_path / "badges"), home=home) == 0
    assert "2 badges délivrés" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "badges").iterdir()) == ["ligne 2.png", "ligne 3.png"]


def test_what_the_people_said_comes_with_the_table(
    demonstration: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, by = demonstration
    people = "nom;parole;commentaire\nAnouk R.;oui;\nBilal S.;pas d’accord;On était deux.\n".encode()
    assert session(tmp_path, by, people, "gens.csv", "--plan", home=home) == 1
    said = capsys.readouterr().out
    assert "1 prêts, 1 à corriger" in said
    assert "Pas d’accord : en attente d’un autre regard." in said


def test_a_table_that_cannot_be_read_is_misuse(
    demonstration: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, by = demonstration
    assert session(tmp_path, by, b"Ville\nLimoges\n", "gens.csv", "--plan", home=home) == 2
    assert "les titres trouvés sont" in capsys.readouterr().err
