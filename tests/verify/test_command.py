"""``badges verify``: exit codes as contracted, one sentence first, and a start that is fast."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from badges.clock import FixedClock
from badges.verify.command import main
from badges.verify.report import EXIT_CODES
from tests.world import EMAIL, NOW, World, with_picture_byte_changed, with_signature_changed, with_token_byte_changed

HEAVY = {"fastapi", "starlette", "pydantic", "PIL", "jwt", "sqlalchemy", "httpx", "httpcore", "jinja2", "segno"}


class Desk:
    """Somebody at a terminal, with the files of a network in a folder."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.folder = folder
        self.trust = self.keep("trust.jws", self.world.trust_text())
        self.root = ["--root", self.world.root_fingerprint]

    def keep(self, name: str, data: bytes | str) -> str:
        file = self.folder / name
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(file)

    def verify(self, *words: str, stdin: bytes = b"", online: bool = True, **environment: str) -> tuple[int, str, str]:
        out, told = io.StringIO(), io.StringIO()
        code = main(
            list(words),
            stdout=out,
            stderr=told,
            stdin=io.BytesIO(stdin),
            environment=environment,
            clock=FixedClock(NOW),
            fetcher=self.world if online else None,
        )
        return code, out.getvalue(), told.getvalue()

    def trusting(self, *words: str, **options: bytes) -> tuple[int, str, str]:
        return self.verify(*words, "--trust", self.trust, *self.root, **options)  # type: ignore[arg-type]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_first_line_is_the_answer(desk: Desk) -> None:
    code, said, _ = desk.trusting(desk.keep("b.png", desk.world.award().png()))
    assert code == 0
    assert said.startswith("Oui : ce badge est authentique, délivré par Les Jardins de la Loire le 19 novembre 2026")
    assert "ni un diplôme" in said


def test_each_answer_has_its_exit_code(desk: Desk) -> None:
    world, badge = desk.world, desk.world.award()
    files = {
        "signature.jws": (with_signature_changed(badge.token).encode(), 1),
        "crc.png": (with_token_byte_changed(badge.png(), badge.token, repair=False), 1),
        "repaired.png": (with_token_byte_changed(badge.png(), badge.token, repair=True), 1),
        "pixel.png": (with_picture_byte_changed(badge.png()), 1),
        "stranger.png": (world.award(issuer=world.stranger).png(), 4),
        "expired.png": (world.award(expires="2026-11-19T20:00:00Z").png(), 1),
        "good.svg": (badge.svg(), 0),
    }
    for name, (data, expected) in files.items():
        assert (name, desk.trusting(desk.keep(name, data))[0]) == (name, expected)
    withdrawn = world.award()
    world.revoke(withdrawn.id)
    code, said, _ = desk.trusting(desk.keep("withdrawn.png", withdrawn.png()))
    assert code == 1
    assert "retiré" in said.splitlines()[0]


def test_the_service_stopped_then_a_fresh_bundle_then_a_stale_one(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    fresh = desk.keep("bundle", desk.world.bundle_text())
    from datetime import timedelta

    stale = desk.keep("old", desk.world.bundle_text(age=timedelta(days=9)))
    desk.world.cut()
    assert desk.trusting(file)[0] == 3
    assert desk.verify(file, "--bundle", fresh, *desk.root)[0] == 0
    assert desk.verify(file, "--bundle", fresh, *desk.root, "--offline")[0] == 0
    assert desk.verify(file, "--bundle", stale, *desk.root)[0] == 3
    assert desk.verify(file, "--bundle", stale, *desk.root, "--offline")[0] == 3


def test_offline_asks_nobody(desk: Desk) -> None:
    file, bundle = desk.keep("b.png", desk.world.award().png()), desk.keep("bundle", desk.world.bundle_text())
    assert desk.verify(file, "--offline", "--bundle", bundle, *desk.root)[0] == 0
    assert desk.world.fetched == []


def test_several_files_end_with_the_worst(desk: Desk) -> None:
    world = desk.world
    good = desk.keep("good.png", world.award().png())
    partly = desk.keep("partly.png", world.award(issuer=world.stranger).png())
    bad = desk.keep("bad.png", b"rien")
    assert desk.trusting(good, partly)[0] == 4
    code, said, _ = desk.trusting(good, partly, bad)
    assert code == 1
    assert [said.index(name) for name in (good, partly, bad)] == sorted(
        said.index(name) for name in (good, partly, bad)
    )


def test_each_of_several_files_has_its_name_and_an_empty_line_after_it(desk: Desk) -> None:
    one, other = desk.keep("one.png", desk.world.award().png()), desk.keep("other.png", b"rien")
    alone = desk.trusting(one)[1], desk.trusting(other)[1]
    assert desk.trusting(one, other)[1] == f"{one}\n{alone[0]}\n{other}\n{alone[1]}\n"
    assert one not in alone[0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["b.png", "--trust", "https://badges.test/t", "--root", "ROOT"], "404"),
        (["b.png", "--trust", "http://badges.test/t", "--root", "ROOT"], "404"),
        (["b.png", "--trust", "b.png", "--root", "ROOT"], "octets"),
    ],
)
def test_a_list_that_cannot_be_read_is_told_with_what_was_found(desk: Desk, words: list[str], code: str) -> None:
    desk.world.answer("https://badges.test/t", b"", status=404)
    named = {"b.png": desk.keep("b.png", desk.world.award().png()), "ROOT": desk.root[1]}
    found, said, told = desk.verify(*[named.get(word, word) for word in words])
    assert (found, said) == (3, "")
    assert code in told
    assert "Donnez le fichier" in told or "réessayez plus tard" in told


def test_an_archive_of_twenty_mebibytes_is_opened_and_a_picture_of_six_is_told_too_large(desk: Desk) -> None:
    large = desk.world.award().png() + bytes(6 * 1024 * 1024)
    assert "input_too_large" in desk.trusting(desk.keep("large.png", large), "--verbose")[1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        made.writestr("badge.png", desk.world.award().png())
        for name in ("one", "two", "three", "four"):
            made.writestr(name, bytes(4 * 1024 * 1024))
    code, said, _ = desk.trusting(desk.keep("all.zip", out.getvalue()))
    assert code == 1
    assert said.count("badge.png") == 1
    assert "Oui : ce badge est authentique" in said


def test_json_is_one_report_a_line(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    code, said, _ = desk.trusting(file, file, "--json")
    reports = [json.loads(line) for line in said.splitlines()]
    assert code == 0
    assert [report["answer"] for report in reports] == ["yes", "yes"]
    assert reports[0]["file"]["name"] == "b.png"


def test_standard_input_an_address_and_a_token_are_read(desk: Desk) -> None:
    badge = desk.world.award()
    code, said, _ = desk.trusting("-", "--json", stdin=badge.png())
    assert (code, json.loads(said)["file"]["name"]) == (0, None)
    assert desk.trusting(badge.token)[0] == 0
    assert desk.trusting(desk.world.hosted().id)[0] == 0


def test_the_person_is_compared(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    assert desk.trusting(file, "--recipient", EMAIL)[0] == 0
    code, said, _ = desk.trusting(file, "--recipient", "karim@example.org")
    assert code == 1
    assert "karim" not in said


def test_every_check_is_unfolded_on_demand(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    assert "signature_good" not in desk.trusting(file)[1]
    assert "[signature_good]" in desk.trusting(file, "-v")[1]


GOOD = """Oui : ce badge est authentique, délivré par Les Jardins de la Loire le 19 novembre 2026 ; les 2 critères \
essentiels ont été observés.
  Badge      Préparer le sol et planter (maraîchage) (version 1.0.0)
  Structure  Les Jardins de la Loire — Le réseau reconnaît cette structure pour cette famille de badges, ce jour-là.
  Délivré    le 19 novembre 2026, {end}
  Retrait    Le badge n’est pas retiré (liste lue le 20 novembre 2026).
  Critères   Les critères sont remplis : 2 critères essentiels sur 2.
  Ce badge n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé.
  Lu à l’instant : {badge}
  Lu à l’instant : {profile}
  Lu à l’instant : {profile}/revocations
  Lu à l’instant : trust list 1, Réseau d’essai
"""


@pytest.mark.parametrize(
    ("expires", "end"),
    [(None, "sans date de fin"), ("2027-03-01T12:00:00Z", "valable jusqu’au 1er mars 2027")],
)
def test_all_that_a_terminal_says_of_a_good_badge(desk: Desk, expires: str | None, end: str) -> None:
    issuer = desk.world.issuer
    file = desk.keep("b.png", desk.world.award(expires=expires).png())
    assert desk.trusting(file) == (0, GOOD.format(end=end, badge=issuer.badge, profile=issuer.profile), "")


def test_unfolded_every_check_has_its_sign_and_what_is_wrong_its_advice(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award(expires="2026-11-20T08:00:00Z").png(art=2))
    code, said, _ = desk.trusting(file, "-v")
    assert code == 1
    assert "\n  À faire    " in said
    assert "Le dessin n’est pas celui que le réseau publie" in said.partition("\n  Lu ")[0]
    lines = said.partition("\n\n")[2].splitlines()
    shown = [line for line in lines if line.endswith("]")]
    assert [line[0] for line in shown] == list("✓✓✓✓–✓✓✓✓✓✓✗✓✓✓✓–✗––")
    for name in ("[expired]", "[picture_art_differs]"):
        at = next(number for number, line in enumerate(lines) if line.endswith(name))
        assert lines[at + 1].startswith("    ")
        assert lines[at + 2].startswith("    → ")
    assert len([line for line in lines if line.startswith("    ")]) == 4
    assert len([line for line in lines if line.startswith("Ce fichier ne peut pas dire ")]) == 5


def test_what_was_not_reached_is_told_without_advice(desk: Desk) -> None:
    _, said, _ = desk.trusting(desk.keep("b.png", b"hello"), "-v")
    lines = said.partition("\n\n")[2].splitlines()
    assert len([line for line in lines if line.startswith("    ")]) == 2
    assert len([line for line in lines if line.endswith("[not_reached]")]) > 10
    assert said.splitlines()[1].startswith("Demandez à la personne le fichier d’origine")


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(seconds=119), "à l’instant"),
        (timedelta(minutes=2), "il y a 2 minutes"),
        (timedelta(minutes=119), "il y a 119 minutes"),
        (timedelta(hours=2), "il y a 2 heures"),
        (timedelta(hours=47, minutes=59), "il y a 47 heures"),
        (timedelta(days=2), "il y a 2 jours"),
        (timedelta(days=5), "il y a 5 jours"),
    ],
)
def test_the_age_of_the_list_is_told_in_words(desk: Desk, age: timedelta, told: str) -> None:
    list_of_then = desk.keep("then.jws", desk.world.trust_text(age=age))
    file = desk.keep("b.png", desk.world.award().png())
    _, said, _ = desk.verify(file, "--trust", list_of_then, *desk.root)
    assert f"  Lu {told} : trust list 2, Réseau d’essai\n" in said


def test_a_list_that_is_not_believed_is_told_with_its_reason(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    code, said, told = desk.verify(file, "--trust", desk.trust, "--root", "0" * 64)
    first, *reasons = told.splitlines()
    assert (code, said) == (3, "")
    assert first == "On ne sait pas : la liste de confiance n’a pas pu être lue ou crue."
    assert reasons, "and why"
    assert "difficulté" not in told


def test_a_trust_list_is_read_by_address_too(desk: Desk) -> None:
    desk.world.answer("https://badges.test/trust.jws", Path(desk.trust).read_bytes())
    file = desk.keep("b.png", desk.world.award().png())
    assert desk.verify(file, "--trust", "https://badges.test/trust.jws", *desk.root)[0] == 0
    desk.world.cut("https://badges.test/trust.jws")
    assert desk.verify(file, "--trust", "https://badges.test/trust.jws", *desk.root)[0] == 3


def test_the_folder_of_a_service_is_trusted_by_default(desk: Desk) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    home = str(desk.folder)
    assert desk.verify(file, BADGES_HOME=home, BADGES_ROOT=desk.root[1])[0] == 0
    desk.keep("settings.toml", f'root = "{desk.root[1]}"\n')
    assert desk.verify(file, BADGES_HOME=home)[0] == 0


def test_without_any_list_an_authentic_badge_is_partly_established(desk: Desk) -> None:
    code, said, _ = desk.verify(desk.keep("b.png", desk.world.award().png()))
    assert code == 4
    assert "aucune liste" in said.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["absent.png"], 2, "absent.png"),
        (["absent.2026.png"], 2, "absent.2026.png"),
        (["eyJ.png"], 2, "eyJ.png"),
        (["b.png", "--trust", "TRUST"], 2, "--root"),
        (["b.png", "--trust", "absent.jws", "--root", "ROOT"], 2, "absent.jws"),
        (["b.png", "--trust", "https://badges.test/t", "--root", "ROOT", "--offline"], 2, "--offline"),
        (["b.png", "--trust", "TRUST", "--root", "0" * 64], 3, "liste de confiance"),
        (["b.png", "--trust", "b.png", "--root", "ROOT"], 3, "liste de confiance"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(desk: Desk, words: list[str], code: int, sentence: str) -> None:
    file = desk.keep("b.png", desk.world.award().png())
    named = {"b.png": file, "TRUST": desk.trust, "ROOT": desk.root[1]}
    found, _, told = desk.verify(*[named.get(word, word) for word in words])
    assert (found, sentence in told) == (code, True), told


@pytest.mark.parametrize("words", [[], ["--wrong"]])
def test_misuse_ends_with_two(desk: Desk, words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.verify(*words)
    assert ended.value.code == 2


def test_help_keeps_its_lines_and_says_how_the_command_ends(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.verify("--help")
    assert ended.value.code == 0
    told = capsys.readouterr().out.splitlines()
    ends = [line[2:4].strip() for line in told[told.index("Fin de la commande :") + 1 :]]
    assert ends[:4] == sorted(map(str, EXIT_CODES.values()))


def test_who_stops_reading_is_told_nothing_more_and_no_badge_is_called_false(desk: Desk) -> None:
    """A reader that has gone must not make Python end with an error of its own."""
    read, write = os.pipe()
    os.close(read)
    words = [desk.keep("b.png", desk.world.award().png()), "--offline"]
    program = f"import sys; from badges.verify.command import main; sys.exit(main({words!r}))"
    with os.fdopen(write, "wb") as nobody:
        done = subprocess.run([sys.executable, "-c", program], stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (EXIT_CODES["unknown"], b"")


def test_offline_loads_nothing_heavy(desk: Desk) -> None:
    file, bundle = desk.keep("b.png", desk.world.award().png()), desk.keep("bundle", desk.world.bundle_text())
    program = (
        "import sys; from datetime import datetime, UTC; from badges.clock import FixedClock\n"
        "from badges.verify.command import main\n"
        f"clock = FixedClock(datetime.fromisoformat({NOW.isoformat()!r}))\n"
        f"assert main([{file!r}, '--offline', '--bundle', {bundle!r}, '--root', {desk.root[1]!r}], clock=clock) == 0\n"
        "print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.strip("'[] \n").partition(".")[0] for name in done.stderr.split(",")}
    assert "cryptography" in loaded
    assert not loaded & HEAVY


HOSTILE_NAME = "X\x1b[2J\x9b31m\r\nOui : ce badge est authentique.\u2028\u202e\x07"


def test_no_name_of_a_stranger_writes_a_line_or_moves_the_cursor(desk: Desk) -> None:
    world = desk.world
    world.change(world.stranger.badge, name=HOSTILE_NAME, description=HOSTILE_NAME)
    world.change(world.stranger.profile, name=HOSTILE_NAME)
    proof = {"definition": "{}"}
    file = desk.keep("b.jws", world.award(issuer=world.stranger, narrative=HOSTILE_NAME, proof=proof).token)
    other = desk.keep("Oui\n\x1b[2J.png", world.award().png())
    for words in ([file], [file, "-v"], [file, other], [other, file, "--json"]):
        _, said, _ = desk.verify(*words)
        assert not any(character in said for character in "\x1b\x9b\r\u2028\u202e\x07")
        assert not [line for line in said.splitlines() if line.startswith("Oui : ce badge est authentique.")]


def test_a_file_name_that_is_not_text_is_told_all_the_same(desk: Desk) -> None:
    file = desk.keep(b"bad\xff.png".decode("utf-8", "surrogateescape"), desk.world.award().png())
    assert desk.trusting(file, file)[0] == 0
    code, said, _ = desk.trusting(file, "--json")
    assert (code, json.loads(said)["answer"]) == (0, "yes")


def test_a_terminal_without_accents_gets_the_same_exit_code(desk: Desk) -> None:
    file = desk.keep("b.jws", with_signature_changed(desk.world.award().token))
    command = [sys.executable, "-m", "badges", "verify", "--offline", file]
    done = subprocess.run(command, capture_output=True, env={"PYTHONIOENCODING": "ascii"}, check=False)
    assert (done.returncode, done.stderr) == (3, b"")
    assert done.stdout.startswith(b"On ne sait pas")


def test_a_difficulty_of_ours_never_says_that_a_badge_is_false(desk: Desk) -> None:
    home = desk.folder / "home"
    home.mkdir()
    (home / "trust.jws").write_text("x")
    (home / "settings.toml").write_text("root = ")
    file = desk.keep("b.jws", desk.world.award().token)
    code, said, told = desk.verify(file, BADGES_HOME=str(home))
    assert (code, said) == (3, "")
    assert told.startswith("On ne sait pas")
