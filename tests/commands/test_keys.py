"""``badges keys``, as a person types it: what it says, what it refuses, what it leaves on the disk."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from badges import cli
from badges.keyring import Keyring, passphrase_from_file
from badges.settings import Home

PHRASE = "une phrase pour les essais"
ACTIONS = ("create", "list", "rotate", "retire", "compromise", "passphrase", "export")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A service, whose phrase any test may change: none counts on the others."""
    place = Home(tmp_path_factory.mktemp("service"))
    place.passphrase.write_text(PHRASE + "\n")
    place.passphrase.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BADGES_PASSPHRASE", "BADGES_PASSPHRASE_FILE", "DATABASE_URL", "BADGES_ROOT"):
            patch.delenv(name, raising=False)
        patch.setenv("BADGES_HOME", str(place.folder))
        yield place


@pytest.fixture
def key(home: Home) -> str:
    """The key of a structure of that service."""
    facts = "--kind ACI --department 86 --email accueil@jardins.example"
    assert cli.main(["structures", "add", "--name", "Les Jardins", *facts.split()]) == 0
    return newest(home)


def newest(home: Home) -> str:
    return Keyring(home.keys, str).entries()[-1].id


def status(home: Home, key: str) -> str:
    return Keyring(home.keys, str).require(key).status


def in_the_register(key: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What is said of this Profile where the trust list is made from."""
    capsys.readouterr()
    assert cli.main(["structures", "list"]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if key in line)
    return line.partition(key)[2].strip()


def test_an_empty_folder_has_no_key_and_stays_empty(tmp_path: Path, capsys):
    assert cli.main(["keys", "--keys", str(tmp_path), "list"]) == 0
    assert capsys.readouterr().out == "Aucune clé dans ce dossier. Pour en faire une : badges keys create\n"
    assert list(tmp_path.iterdir()) == []


def test_the_help_names_every_action_in_french(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["keys", "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(action in told for action in ACTIONS)
    assert told.startswith("Usage : badges keys")
    assert not re.search(r"\b(usage:|options:|show|positional)", told)


@pytest.mark.parametrize("line", ["", "make", "rotate", "compromise k", "passphrase", "create --purpose x"])
def test_what_is_not_understood_ends_with_2_and_a_french_sentence(line, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["keys", *line.split()])
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert re.search(r"il manque|attendu", told)
    assert not re.search(r"\b(expected|invalid|required|choose)\b", told)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The sentence of a refusal; it is followed by what to do now."""
    capsys.readouterr()
    assert cli.main(["keys", *words]) == 1
    told = capsys.readouterr()
    sentence, advice, *more = told.err.splitlines()
    assert re.search("attendue?s?", sentence)
    assert advice
    assert (told.out, more) == ("", [])
    return sentence


@pytest.mark.parametrize("line", ["rotate personne", "retire personne", "compromise personne --since 2026-11-01"])
def test_a_key_that_is_not_there_is_refused(home, capsys, line):
    assert refused(capsys, *line.split()) == "Une clé de ce dossier était attendue ; aucune ne s’appelle « personne »."


def test_a_date_that_is_none_is_a_misuse(home, capsys):
    assert cli.main(["keys", "compromise", "peu-importe", "--since", "hier"]) == 2
    assert "« hier » a été trouvé." in capsys.readouterr().err


def test_a_folder_where_nothing_can_be_written_is_told(home, tmp_path, capsys):
    (tmp_path / "plein").write_text("")
    assert cli.main(["keys", "export", str(tmp_path / "plein")]) == 1
    assert capsys.readouterr().err.startswith("Un fichier ou un dossier utilisable était attendu ;")


def test_a_wrong_phrase_and_a_readable_one_are_refused(key, tmp_path, capsys):
    other = tmp_path / "autre"
    other.write_text("une phrase qui n’ouvre rien")
    other.chmod(0o644)
    create = ("--passphrase-file", str(other), "create", "--purpose", "list")
    assert "les droits 0644 ont été trouvés" in refused(capsys, *create)
    other.chmod(0o600)
    assert "était attendue ; une autre a été trouvée" in refused(capsys, *create)


def test_an_export_holds_the_public_keys_and_nothing_sealed(home, key, tmp_path):
    assert cli.main(["keys", "export", str(tmp_path / "cles")]) == 0
    names = {path.name for path in (tmp_path / "cles").iterdir()}
    assert names >= {f"{key}.pem", "keyring.toml"}
    assert not [name for name in names if name.endswith(".key")]


def test_a_new_key_takes_over_and_the_old_one_is_retired_in_the_register_too(home, key, capsys):
    assert cli.main(["keys", "rotate", key]) == 0
    assert f"à la place de {key}" in capsys.readouterr().out
    new = newest(home)
    assert (status(home, key), status(home, new)) == ("retired", "active")
    assert in_the_register(key, capsys) == "remplacé"
    assert in_the_register(new, capsys) == "en service"
    assert refused(capsys, "rotate", key) == f"Une clé en service était attendue ; {key}, retirée, a été trouvée."
    assert cli.main(["keys", "list"]) == 0
    assert re.search(rf"^{key} .* retirée le \d\d/\d\d/\d{{4}} +sha256:[0-9a-f]{{64}}$", capsys.readouterr().out, re.M)


def test_a_compromise_reaches_the_register_and_its_date_never_moves_later(home, key, capsys):
    assert cli.main(["keys", "compromise", key, "--since", "2026-11-01"]) == 0
    assert status(home, key) == "compromised"
    assert in_the_register(key, capsys) == "compromis"
    sentence = refused(capsys, "compromise", key, "--since", "2026-11-02")
    assert sentence.startswith("Une date au plus tard le 01/11/2026 à 00:00 UTC était attendue")


def test_a_retired_key_signs_no_more_in_the_register_either(home, key, capsys):
    assert cli.main(["keys", "retire", key]) == 0
    assert in_the_register(key, capsys) == "remplacé"
    assert refused(capsys, "retire", key) == f"Une clé en service était attendue ; {key}, retirée, a été trouvée."


def test_a_root_is_not_replaced_like_another_key(home, capsys):
    assert cli.main(["keys", "create", "--purpose", "root", "--algorithm", "EdDSA"]) == 0
    assert cli.main(["keys", "rotate", newest(home)]) == 2
    assert "badges trust rotate-root" in capsys.readouterr().err


# -- the phrase ---------------------------------------------------------------------------------------------------


def a_phrase(folder: Path, words: str) -> Path:
    path = folder / "nouvelle"
    path.write_text(words)
    path.chmod(0o600)
    return path


def change(*words: object) -> int:
    return cli.main(["keys", *map(str, words)])


def test_a_phrase_that_would_be_lost_changes_nothing(home, key, tmp_path, capsys):
    kept = home.passphrase.read_text()
    before = (home.keys / "keyring.toml").read_bytes()
    spaced = a_phrase(tmp_path, f" {PHRASE} autrement\n")
    assert change("passphrase", "--new-passphrase-file", spaced) == 2
    assert "sans blanc" in capsys.readouterr().err
    assert change("passphrase", "--new-passphrase-file", home.passphrase) == 2
    assert "Un autre fichier" in capsys.readouterr().err
    refused(capsys, "passphrase", "--new-passphrase-file", str(tmp_path / "absent"))
    short = a_phrase(tmp_path, "courte\n")
    assert "au moins 12 signes" in refused(capsys, "passphrase", "--new-passphrase-file", str(short))
    assert (home.keys / "keyring.toml").read_bytes() == before
    assert home.passphrase.read_text() == kept


def test_the_service_keeps_its_new_phrase_itself(home, key, tmp_path, capsys):
    new = a_phrase(tmp_path, "une autre phrase pour les essais\n")
    assert change("passphrase", "--new-passphrase-file", new) == 0
    assert f"Effacez « {new} »" in capsys.readouterr().out
    assert home.passphrase.read_text() == "une autre phrase pour les essais\n"
    assert stat.S_IMODE(home.passphrase.stat().st_mode) == 0o600
    assert cli.main(["keys", "create", "--purpose", "list", "--algorithm", "EdDSA"]) == 0


def test_a_phrase_given_from_elsewhere_is_kept_elsewhere(home, key, tmp_path, monkeypatch, capsys):
    kept = home.passphrase.read_text()
    monkeypatch.setenv("BADGES_PASSPHRASE", kept.strip())
    new = a_phrase(tmp_path, "une troisième phrase pour les essais")
    assert change("passphrase", "--new-passphrase-file", new) == 0
    assert "Donnez-la désormais" in capsys.readouterr().out
    assert home.passphrase.read_text() == kept
    assert Keyring(home.keys, passphrase_from_file(new)).signer(key)
    home.passphrase.write_text(new.read_text())


def test_another_folder_leaves_the_phrase_of_the_service_alone(home, tmp_path, capsys):
    kept = home.passphrase.read_text()
    old = tmp_path / "ancienne"
    old.write_text(PHRASE)
    old.chmod(0o600)
    elsewhere = ("--keys", tmp_path / "racine", "--passphrase-file", old)
    new = a_phrase(tmp_path, "une autre phrase pour la racine")
    capsys.readouterr()
    assert change(*elsewhere, "passphrase", "--new-passphrase-file", new) == 1
    assert "n’en contient aucune" in capsys.readouterr().err
    assert change(*elsewhere, "create", "--purpose", "root", "--algorithm", "EdDSA") == 0
    assert change(*elsewhere, "passphrase", "--new-passphrase-file", new) == 0
    assert home.passphrase.read_text() == kept
    assert change("--keys", tmp_path / "racine", "--passphrase-file", new, "create", "--algorithm", "EdDSA") == 0
