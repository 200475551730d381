"""``badges trust``, and the whole ceremony of ``keys/README.md``, run as it is written."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from badges import cli
from badges.clock import SystemClock
from badges.keyring import Keyring
from badges.settings import Home
from badges.trust import read_bundle, read_trust

PAGE = Path(__file__).resolve().parents[2] / "keys" / "README.md"
pytestmark = pytest.mark.xdist_group("ceremony")  # one process follows the page for all of them
TYPED = ("six mots tires au sort ici", "six autres mots tires au sort", "encore six mots pour le service")


class Ceremony:
    """Two people, two machines and a page: here one empty folder, and what the page says, line by line, in order."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder / "service")
        self.home.folder.mkdir()
        self.home.passphrase.write_text("la phrase du service\n")
        self.home.passphrase.chmod(0o600)
        self.bundle = folder / "paquet.jws"
        self.typed = iter(TYPED)
        self.roots: list[str] = []
        self.structure = ""
        self.told: dict[str, str] = {}

    def follow(self, line: str) -> None:
        if line.startswith("badges "):
            ended, said, refusal = run(*shlex.split(self._filled_in(line))[1:])
            assert (ended, refusal) == (0, ""), line
            self.told[line] = said
            self.structure = next(iter(re.findall(r"Structure ajoutée : (\w+)", said)), self.structure)
            if "--purpose root" in line:
                self.roots += re.findall(r"Empreinte : (sha256:\w{64})", said)
        else:
            typed = f"{next(self.typed)}\n" if "cat >" in line else ""
            subprocess.run(["sh", "-euc", self._filled_in(line)], input=typed, text=True, check=True)

    def _filled_in(self, line: str) -> str:
        """With what a person copies from the command before, or from ``badges keys list``."""
        values = {
            "EMPREINTE": lambda: self.roots[-1],
            "ANCIENNE": lambda: self.roots[0],
            "STRUCTURE": lambda: self.structure,
            "LISTE": lambda: self._newest("list"),
            "CLÉ": lambda: self._newest("issuer"),
            "AAAA-MM-JJ": lambda: f"{SystemClock().now():%Y-%m-%d}",
        }
        return re.sub(rf"\b({'|'.join(values)})\b", lambda word: values[word[0]](), line)

    def _newest(self, purpose: str) -> str:
        return [entry.id for entry in Keyring(self.home.keys, str).entries() if entry.purpose == purpose][-1]


def run(*words: object) -> tuple[int, str, str]:
    """What the command ends with, what it says and what it refuses."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()) as refused:
        try:
            ended = cli.main([str(word) for word in words])
        except SystemExit as misuse:
            ended = int(misuse.code or 0)
    return ended, said.getvalue(), refused.getvalue()


def commands_of_the_page() -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceremony]:
    """The whole page, followed from an empty folder: a network's life, from its first key to its second root."""
    folder = tmp_path_factory.mktemp("ceremonie")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BADGES_PASSPHRASE", "BADGES_PASSPHRASE_FILE", "DATABASE_URL", "BADGES_ROOT"):
            patch.delenv(name, raising=False)
        patch.setenv("BADGES_HOME", str(folder / "service"))
        patch.chdir(folder)
        ceremony = Ceremony(folder)
        for line in commands_of_the_page():
            ceremony.follow(line)
        yield ceremony


def believed(done: Ceremony, root: str):
    return read_trust(done.home.trust_list.read_text(), root, SystemClock().now())


# -- the ceremony -------------------------------------------------------------------------------------------------


def test_every_line_of_the_page_runs_from_an_empty_folder(done):
    assert next(done.typed, None) is None
    named = {word for line in done.told for word in line.split()}
    assert named >= {"create", "list", "export", "rotate", "retire", "compromise", "passphrase"}
    assert named >= {"delegate", "sign", "check", "recognise", "commit", "bundle", "close", "remove", "rotate-root"}


def test_a_copy_that_was_reopened_shows_the_fingerprint_that_both_wrote_down(done):
    assert done.roots[0] in done.told["badges keys --keys copie-1 list"]


def test_who_knows_only_the_first_root_is_led_to_the_second(done):
    first, second = done.roots
    assert believed(done, first).root == believed(done, second).root == second
    told = done.told["badges trust check --root ANCIENNE"]
    assert "La clé racine a été remplacée : notez la nouvelle empreinte." in told


def test_versions_begin_anew_under_each_delegation(done):
    assert believed(done, done.roots[1]).seen == (3, 1)
    bundle = read_bundle(done.bundle.read_text().strip(), done.roots[0], SystemClock().now())
    assert bundle.trusted.seen.delegation == 1


def test_a_structure_that_was_removed_is_in_the_list_no_more(done):
    assert believed(done, done.roots[1]).list.structures == ()
    assert run("trust", "remove", done.structure)[0] == 1


def test_the_first_list_key_and_the_second_write_one_chain_of_days(done):
    assert len(list(done.home.commitments.glob("*.jws"))) == 2


# -- refusals -----------------------------------------------------------------------------------------------------

DELEGATE = "trust delegate --root-keys nouvelle --passphrase-file phrase-nouvelle --serial 4 --out refusee.jws"
ROTATE = "trust rotate-root --root-keys nouvelle --passphrase-file phrase-nouvelle --out refusee.json"
REFUSALS = [
    ("trust", 2, "il manque"),
    ("trust remove inconnue", 1, "Une structure reconnue était attendue ; « inconnue »"),
    ("trust recognise inconnue", 2, "Une structure qui a une clé était attendue ; « inconnue »"),
    ("trust close inconnue --since hier", 2, "cette valeur ne convient pas"),
    ("trust check --root sha256:12", 2, "L’empreinte d’une clé racine était attendue"),
    ("trust check absent.jws", 2, "Un fichier lisible était attendu"),
    (f"{DELEGATE} --list-key phrase-nouvelle", 2, "Une clé publique RSA, P-256 ou Ed25519 en PEM était attendue"),
    (f"{DELEGATE} --list-key absente.pem", 2, "Un fichier lisible était attendu"),
    (f"{DELEGATE} --list-key phrase-nouvelle --days 401", 2, "Une durée de 1 à 400 jours était attendue"),
    (f"{ROTATE} --old-root-keys nouvelle --old-passphrase-file phrase-nouvelle", 2, "Deux racines étaient attendues"),
    (
        f"{ROTATE} --old-root-keys service/keys --old-passphrase-file phrase-nouvelle",
        2,
        "Une clé racine était attendue",
    ),
    (f"{ROTATE} --old-root-keys racine --old-passphrase-file phrase-nouvelle", 1, "une autre a été trouvée"),
    (f"{ROTATE} --old-root-keys racine --old-passphrase-file absente", 1, "aucun fichier n’a été trouvé"),
]


@pytest.mark.parametrize(("line", "code", "sentence"), REFUSALS, ids=[line for line, _, _ in REFUSALS])
def test_a_refusal_is_a_french_sentence_and_what_to_do_now(done, line, code, sentence):
    ended, said, refusal = run(*line.split())
    assert (ended, said) == (code, "")
    assert sentence in refusal
    assert len(refusal.splitlines()) >= 2
    assert not re.search(r"\b(expected|found|invalid|Traceback)\b", refusal)
    assert not Path("refusee.jws").exists()
    assert not Path("refusee.json").exists()


def test_a_list_of_another_network_is_explained_in_french(done):
    ended, said, refusal = run("trust", "check", "--root", "sha256:" + "0" * 64)
    assert (ended, refusal) == (1, "")
    assert said.startswith("Erreur : La liste n’est pas rattachée à la clé racine attendue. La racine sha256:0000")
    assert said.endswith("Comparez l’empreinte donnée par le réseau avec celle que vous utilisez.\n")


def test_damaged_changes_of_root_sign_no_list(done):
    before = done.home.trust_list.read_text()
    rotations = done.home.rotations.read_text()
    done.home.rotations.write_text('[{"by_old": 1}]')
    ended, _, refusal = run("trust", "sign")
    done.home.rotations.write_text(rotations)
    assert ended == 2
    assert "Les changements de racine étaient attendus" in refusal
    assert done.home.trust_list.read_text() == before


def test_a_list_key_that_the_root_did_not_delegate_signs_no_list(done):
    before = done.home.trust_list.read_text()
    assert run("keys", "rotate", done._newest("list"))[0] == 0
    ended, _, refusal = run("trust", "sign")
    assert ended == 1
    assert "que la racine a déléguée, était attendue" in refusal
    assert "badges trust delegate" in refusal
    assert done.home.trust_list.read_text() == before


@pytest.mark.parametrize("action", [["sign"], ["check"], ["bundle", "-"], ["export", "-"]])
def test_a_service_without_ceremony_says_what_is_missing(tmp_path, action):
    ended, said, refusal = run("trust", "--home", tmp_path, *action)
    assert (ended, said) == (2, "")
    assert "attendue" in refusal
    assert "Faites" in refusal or "keys/README.md" in refusal
