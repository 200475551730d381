"""Badges attached to a PDF: taken out by another process, within bounds, and verified like any other."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
import pytest

from badges.clock import FixedClock
from badges.verify import archive, attachments, page, pdf
from badges.verify.archive import Given
from badges.verify.command import main
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from badges.web.limits import VERIFICATIONS, Limits, make_allowances
from tests.verify.test_receipt import Service, service
from tests.web.building import Browser, a_site, some_pages
from tests.world import NOW, World

__all__ = ["service"]

BADGE = b"\x89PNG\r\n\x1a\n openbadges"


def a_pdf(*files: tuple[str, bytes], **saving: Any) -> bytes:
    """One blank page, with these files attached as most programs do."""
    made = pikepdf.new()
    made.add_blank_page()
    for number, (name, data) in enumerate(files):
        specification = pikepdf.AttachedFileSpec(
            made, data, filename=name, description="", mime_type="", creation_date="", mod_date=""
        )
        made.attachments[f"{number}-{name}"] = specification
    out = io.BytesIO()
    made.save(out, **saving)
    return out.getvalue()


def by_pypdf(*files: tuple[str, bytes]) -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name, data in files:
        writer.add_attachment(name, data)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def associated(data: bytes) -> bytes:
    """PDF/A-3 allows a file to be associated with the document and named nowhere else."""
    made = pikepdf.new()
    made.add_blank_page()
    stream = made.make_indirect(pikepdf.Stream(made, data, {"/Type": pikepdf.Name.EmbeddedFile}))
    specification = {"/Type": pikepdf.Name.Filespec, "/UF": "badge.png", "/EF": {"/F": stream}}
    made.Root.AF = pikepdf.Array([made.make_indirect(pikepdf.Dictionary(specification))])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def names(data: bytes) -> list[tuple[str, bytes]]:
    return [(each.name, each.data) for each in pdf.open_pdf(data).badges]


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(pdf.PdfRefused) as refusal:
        pdf.open_pdf(data)
    return refusal.value.check.outcome, refusal.value.check.code


@pytest.fixture
def world() -> World:
    return World()


# -- taken out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        a_pdf(("badge.png", BADGE)),
        a_pdf(("badge.png", BADGE), linearize=True),
        a_pdf(("badge.png", BADGE), object_stream_mode=pikepdf.ObjectStreamMode.generate),
        a_pdf(("badge.png", BADGE), ("grille.csv", b"a;b"), ("photo.png", b"\x89PNG\r\n\x1a\n")),
        a_pdf(("badge.png", BADGE), ("badge.png", BADGE)),
        by_pypdf(("badge.png", BADGE)),
        associated(BADGE),
    ],
    ids=["plain", "linearised", "in object streams", "beside other files", "twice", "by another program", "PDF/A-3"],
)
def test_the_badge_comes_out_whole_whatever_made_the_file(data: bytes) -> None:
    assert names(data) == [("badge.png", BADGE)]


def test_several_badges_come_out_in_their_order() -> None:
    files = [(f"{number}.png", BADGE + bytes([number])) for number in range(5)]
    assert names(a_pdf(*files)) == files


def test_a_badge_of_any_form_comes_out() -> None:
    files = [
        ("a.png", BADGE),
        ("b.svg", b"<svg xmlns:openbadges='http://openbadges.org'/>"),
        ("c.json", b'{"@context": "https://w3id.org/openbadges/v2"}'),
        ("d.jws", b"eyJhbGciOiJSUzI1NiJ9.e30.c2ln"),
    ]
    assert names(a_pdf(*files)) == files


@pytest.mark.parametrize("only", ["F", "UF"])
def test_a_file_is_found_by_either_of_its_two_names(only: str) -> None:
    def change(made: Any) -> None:
        held = made.Root.Names.EmbeddedFiles.Names[1].EF
        made.Root.Names.EmbeddedFiles.Names[1].EF = pikepdf.Dictionary({f"/{only}": held.F})
        del made.Root.AF

    assert names(changed(change)) == [("badge.png", BADGE)]


@pytest.mark.parametrize(("without", "name"), [([], "é.png"), (["UF"], "e.png"), (["UF", "F"], "0-badge.png")])
def test_a_file_has_the_best_of_its_names(without: list[str], name: str) -> None:
    def change(made: Any) -> None:
        specification = made.Root.Names.EmbeddedFiles.Names[1]
        specification.UF, specification.F = pikepdf.String("é.png"), pikepdf.String("e.png")
        for each in without:
            del specification[f"/{each}"]
        del made.Root.AF

    assert names(changed(change)) == [(name, BADGE)]


def test_files_that_are_named_twice_count_once() -> None:
    """In the tree of names and among the associated files, as PDF/A-3 wants it: four of four mebibytes are sixteen."""

    def also_associated(made: Any) -> None:
        leaves = made.Root.Names.EmbeddedFiles.Names
        made.Root.AF = pikepdf.Array([leaves[at] for at in range(1, len(leaves), 2)])

    files = [(f"{number}.png", BADGE + bytes([number]) * (4 * 1024 * 1024)) for number in range(4)]
    assert names(changed(also_associated, *files)) == files


def test_the_process_that_reads_has_bounds_of_its_own() -> None:
    program = """if True:
        import json, resource
        from badges.verify import attachments
        attachments._limit_ourselves()
        names = ("CPU", "AS", "FSIZE", "CORE")
        print(json.dumps({name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}")) for name in names}))
    """
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == {
        "CPU": [attachments.SECONDS] * 2,
        "AS": [attachments.MEMORY] * 2,
        "FSIZE": [0, 0],
        "CORE": [0, 0],
    }


def test_a_paper_of_ours_verifies(world: World) -> None:
    data = a_pdf(("badge.png", world.award().png()))
    report = world.verifier().verify(data)
    assert report.answer == "yes"
    assert report.require("input").code == "input_pdf"
    assert report.file.sha256 == hashlib.sha256(data).hexdigest(), "the file is what was given"
    assert world.verifier().verify(data, inside=world.award().png()).answer == "yes"


def test_of_several_badges_none_is_chosen(world: World) -> None:
    report = world.verifier().verify(a_pdf(("one.png", world.award().png()), ("two.png", world.award().png())))
    told = report.require("input")
    assert (report.answer, told.outcome, told.code) == ("unknown", "unknown", "pdf_several")
    assert "2" in told.technical["en"]


def test_a_badge_forged_inside_is_forged(world: World) -> None:
    badge = world.award()
    forged = badge.token[:-8] + "AAAAAAAA"
    report = world.verifier().verify(a_pdf(("badge.jws", forged.encode())))
    assert (report.answer, report.require("signature").code) == ("no", "signature_bad")


def test_names_inside_lead_nowhere(world: World) -> None:
    data = a_pdf(("../../etc/passwd\u202egnp.exe", BADGE), ("b.png", BADGE + b"2"))
    given = archive.unpack([Given(data, "x.pdf")])
    assert [each.name for each in given] == ["passwdgnp.exe", "b.png"]


# -- refused -----------------------------------------------------------------------------------------------------


def changed(change: Callable[[Any], None], *files: tuple[str, bytes]) -> bytes:
    with pikepdf.open(io.BytesIO(a_pdf(*(files or (("badge.png", BADGE),))))) as made:
        change(made)
        out = io.BytesIO()
        made.save(out)
    return out.getvalue()


def a_tree_that_turns(made: Any) -> None:
    node = made.make_indirect(pikepdf.Dictionary())
    node.Kids = pikepdf.Array([node, node])
    made.Root.Names.EmbeddedFiles = node
    del made.Root.AF


def a_deep_tree(made: Any, nodes: int = attachments.MAX_NODES + 1) -> None:
    node = made.Root.Names.EmbeddedFiles
    for _ in range(nodes - 1):
        node = made.make_indirect(pikepdf.Dictionary(Kids=pikepdf.Array([node])))
    made.Root.Names.EmbeddedFiles = node
    del made.Root.AF


def the_deepest_tree(made: Any) -> None:
    a_deep_tree(made, attachments.MAX_NODES)


def a_wide_tree(made: Any) -> None:
    made.Root.Names.EmbeddedFiles = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("x")] * 1001))


def nothing_where_files_are(made: Any) -> None:
    made.Root.Names = pikepdf.Array([1, 2, 3])
    made.Root.AF = pikepdf.Dictionary()


def a_bomb(size: int = 60 * 1024 * 1024, *, twice: bool = False) -> bytes:
    packed = zlib.compress(bytes(size), 9)
    filters: Any = pikepdf.Name.FlateDecode
    if twice:
        packed, filters = zlib.compress(packed, 9), pikepdf.Array([pikepdf.Name.FlateDecode] * 2)

    def change(made: Any) -> None:
        names = made.Root.Names.EmbeddedFiles.Names
        names[1].EF.F = names[1].EF.UF = made.make_indirect(pikepdf.Stream(made, packed, {"/Filter": filters}))

    with pikepdf.open(io.BytesIO(a_pdf(("badge.png", BADGE)))) as made:
        change(made)
        out = io.BytesIO()
        made.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def test_a_badge_is_found_as_deep_as_files_may_be_named() -> None:
    assert names(changed(the_deepest_tree)) == names(WHOLE)


WHOLE = a_pdf(("badge.png", BADGE))
HOSTILE: dict[str, tuple[str, str, bytes]] = {
    "nothing attached": ("failed", "pdf_without_badge", a_pdf()),
    "other files attached": ("failed", "pdf_without_badge", a_pdf(("a.csv", b"a;b"), ("b.png", b"\x89PNG\r\n\x1a\n"))),
    "only its first line": ("failed", "pdf_without_badge", b"%PDF-1.7\n"),
    "a text that names what it has not": ("failed", "pdf_damaged", b"%PDF-1.7\n/EmbeddedFile"),
    "cut in the middle": ("failed", "pdf_damaged", WHOLE[: len(WHOLE) // 2]),
    "a password": (
        "unknown",
        "pdf_locked",
        a_pdf(("badge.png", BADGE), encryption=pikepdf.Encryption(owner="o", user="u", R=6)),
    ),
    "a password for changes alone": (
        "unknown",
        "pdf_locked",
        a_pdf(("badge.png", BADGE), encryption=pikepdf.Encryption(owner="o", user="", R=4)),
    ),
    "a password, and nothing that it could hide": (
        "unknown",
        "pdf_locked",
        a_pdf(
            encryption=pikepdf.Encryption(owner="o", user="u", R=4),
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        ),
    ),
    "too many files": (
        "failed",
        "pdf_crowded",
        a_pdf(*((f"{number}.png", BADGE + bytes([number])) for number in range(attachments.MAX_ATTACHED + 1))),
    ),
    "a deep tree of names": ("failed", "pdf_crowded", changed(a_deep_tree)),
    "a wide tree of names": ("failed", "pdf_crowded", changed(a_wide_tree)),
    "a tree of names that turns": ("failed", "pdf_without_badge", changed(a_tree_that_turns)),
    "other things in the place of files": ("failed", "pdf_without_badge", changed(nothing_where_files_are)),
    "a file too large": ("failed", "pdf_bomb", a_pdf(("badge.png", BADGE + bytes(attachments.MAX_ATTACHMENT)))),
    "files too large together": (
        "failed",
        "pdf_bomb",
        a_pdf(*((f"{number}.png", BADGE + bytes([number]) * (4 * 1024 * 1024)) for number in range(6))),
    ),
    "a bomb": ("failed", "pdf_bomb", a_bomb()),
    "a bomb in a bomb": ("failed", "pdf_bomb", a_bomb(twice=True)),
    "as large as a paper may be": ("failed", "pdf_without_badge", b"%PDF-" + bytes(attachments.MAX_PDF - 5)),
    "larger than any paper": ("failed", "input_too_large", b"%PDF-" + bytes(attachments.MAX_PDF)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pdf_that_gives_no_badge_says_why(name: str) -> None:
    outcome, code, data = HOSTILE[name]
    began = time.monotonic()
    assert refused(data) == (outcome, code)
    assert time.monotonic() - began < 2 * attachments.SECONDS


@pytest.mark.parametrize("name", HOSTILE)
def test_and_its_report_says_it_too(world: World, name: str) -> None:
    outcome, code, data = HOSTILE[name]
    report = world.verifier().verify(data)
    told = report.require("input")
    assert (told.outcome, told.code) == (outcome, code)
    assert report.answer == ("no" if outcome == "failed" else "unknown")
    assert world.fetched == []


def test_a_reader_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred mebibytes of nothing but openings, and what it takes to read them: never the time of a visitor."""
    data = b"%PDF-1.7\n/EmbeddedFile\n1 0 obj\n" + b"<<" * 4_000_000 + b"\nstartxref\n9\n%%EOF"
    began = time.monotonic()
    assert refused(data)[1] in ("pdf_damaged", "pdf_slow", "pdf_bomb")
    assert time.monotonic() - began < 2 * attachments.SECONDS
    monkeypatch.setattr(pdf, "SECONDS", -1)
    assert refused(WHOLE) == ("unknown", "pdf_slow")


def test_where_all_readers_are_busy_nobody_waits_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_READERS", threading.Semaphore(0))
    monkeypatch.setattr(pdf, "SECONDS", 0)
    assert refused(WHOLE) == ("unknown", "pdf_slow")


def test_a_reader_that_could_not_begin_is_no_answer_about_the_badge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert refused(WHOLE) == ("unknown", "pdf_slow")


def test_a_reader_that_was_ended_while_it_spoke_said_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, said in ((-9, b'{"attached": []}\n'), (0, b"")):
        ended = subprocess.CompletedProcess([], code, stdout=said)
        monkeypatch.setattr(subprocess, "run", lambda *_, ended=ended, **__: ended)
        assert refused(WHOLE) == ("unknown", "pdf_slow")


def test_every_byte_of_a_pdf_changed_gives_an_answer(world: World) -> None:
    """What is attached comes out as it was, or not at all, or otherwise: the signature decides, never the PDF."""
    whole = a_pdf(("badge.png", world.award().png()), compress_streams=False)
    for at in range(9, len(whole), max(1, len(whole) // 12)):
        data = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        assert world.verifier().verify(data).require("input").code != "unexpected"


def test_the_reader_knows_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that reads gets no setting: what is in our environment is not in its."""
    seen: dict[str, Any] = {}
    run = subprocess.run

    def watched(*words: Any, **options: Any) -> Any:
        seen.update(options["env"])
        return run(*words, **options)

    monkeypatch.setenv("BADGES_PASSPHRASE", "secret")
    monkeypatch.setattr(subprocess, "run", watched)
    assert names(WHOLE)
    assert set(seen) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}


# -- at the doors --------------------------------------------------------------------------------------------------


@pytest.fixture
def browser(world: World) -> Browser:
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = world.verifier()
    desk, pages = Desk(lambda: verifier, memory), some_pages()
    return Browser(a_site(page.router(desk, pages), pages=pages))


def test_the_page_answers_for_each_badge_of_a_pdf(browser: Browser, world: World) -> None:
    world.revoke(world.award().id)
    one = browser.ask("POST", "/verifier", files=[("file", ("a.pdf", a_pdf(("b.png", world.award().png()))))])
    assert 'data-answer="yes"' in one.text
    forged = world.award().token[:-8] + "AAAAAAAA"
    several = a_pdf(("un.png", world.award().png()), ("deux.jws", forged.encode()))
    both = browser.ask("POST", "/verifier", files=[("file", ("a.pdf", several))])
    assert ("un.png" in both.text, "deux.jws" in both.text) == (True, True)


def test_each_badge_of_a_pdf_counts(world: World) -> None:
    memory, verifier, pages = CachingFetcher(world, FixedClock(NOW)), world.verifier(), some_pages()
    site = a_site(page.router(Desk(lambda: verifier, memory), pages), pages=pages)
    site.add_middleware(Limits, allowances=make_allowances({VERIFICATIONS: 2}, clock=lambda: 0.0))
    two = a_pdf(("un.png", world.award().png()), ("deux.png", world.award().png()))
    sent = [Browser(site).ask("POST", "/verifier", files=[("file", ("a.pdf", two))]).status_code for _ in range(2)]
    assert sent == [200, 429]
    files = [("file", ("a.pdf", a_pdf(("un.png", world.award().png())))), ("file", ("b.png", world.award().png()))]
    site = a_site(page.router(Desk(lambda: verifier, memory), pages), pages=pages)
    site.add_middleware(Limits, allowances=make_allowances({VERIFICATIONS: 2}, clock=lambda: 0.0))
    assert Browser(site).ask("POST", "/verifier", files=files).status_code == 200, "and each of them once"


def test_the_command_reads_a_pdf(world: World, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.jws"
    bundle.write_text(world.bundle_text())
    words = ["--bundle", str(bundle), "--root", world.root_fingerprint, "--offline", "--json"]
    one, two = tmp_path / "un.pdf", tmp_path / "deux.pdf"
    one.write_bytes(a_pdf(("b.png", world.award().png())))
    two.write_bytes(a_pdf(("b.png", world.award().png()), ("c.png", world.award().png())))
    for file, count in ((one, 1), (two, 2)):
        out = io.StringIO()
        assert main([str(file), *words], stdout=out, environment={}, clock=FixedClock(NOW)) == 0
        assert [json.loads(line)["answer"] for line in out.getvalue().splitlines()] == ["yes"] * count


def test_a_receipt_on_paper_is_read_as_a_receipt(service: Service, tmp_path: Path) -> None:
    receipt = service.receipt(service.world.award().png())
    data = a_pdf(("verification.receipt.jws", receipt.encode()))
    report = service.world.verifier(trust=service.trusted).verify(data)
    assert (report.answer, report.require("input").code) == ("unknown", "input_receipt_genuine")
    (given,) = archive.unpack([Given(data, "recu.pdf")])
    assert given.data == receipt.encode()
    file, trust, out = tmp_path / "recu.pdf", tmp_path / "trust.jws", io.StringIO()
    file.write_bytes(data)
    trust.write_text(service.trust_text)
    words = [str(file), "--trust", str(trust), "--root", service.world.root_fingerprint, "--receipt"]
    assert main(words, stdout=out, environment={}, clock=FixedClock(NOW)) == 0
    assert "Reçu authentique" in out.getvalue()


def test_a_file_of_five_mebibytes_comes_out_and_twenty_of_them_together() -> None:
    at_most = [(f"{number}.png", BADGE + bytes([number])) for number in range(4)]
    files = [(name, body.ljust(attachments.MAX_ATTACHMENT, b"\0")) for name, body in at_most]
    assert attachments.MAX_ALL == 4 * attachments.MAX_ATTACHMENT
    assert names(a_pdf(*files)) == files


def test_a_portfolio_may_have_as_many_badges_as_an_archive() -> None:
    files = [(f"{number}.png", BADGE + bytes([number])) for number in range(archive.MAX_BADGES)]
    given = archive.unpack([Given(a_pdf(*files), "a.pdf")])
    assert [(len(given), each.refused) for each in given] == [(50, None)] * 50


def test_a_portfolio_has_no_more_badges_than_an_archive(world: World) -> None:
    files = [(f"{number}.png", BADGE + bytes([number])) for number in range(30)]
    first, second = a_pdf(*files), a_pdf(*files)
    given = archive.unpack([Given(first, "a.pdf"), Given(second, "b.pdf")])
    assert [each.refused.code for each in given if each.refused] == ["archive_crowded"]
