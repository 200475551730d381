"""Every paper, read by libraries that had no part in writing it: an archive keeps it, a screen reader reads it."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from tests.paper.papers import NETWORK, PAPERS, printed
from tests.paper.reading import PdfRead
from tests.paper.seeing import needs

every_paper = pytest.mark.parametrize("paper", PAPERS)


@every_paper
def test_it_says_that_it_is_pdf_a_3_and_pdf_ua(paper: str) -> None:
    xmp = PdfRead(printed(paper)).xmp

    assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "A")
    assert xmp["pdfuaid:part"] == "1"


@every_paper
def test_it_has_a_title_that_readers_show_a_language_and_tags(paper: str) -> None:
    read = PdfRead(printed(paper))

    assert read.xmp["dc:title"]
    assert read.xmp["dc:title"] == str(read.pdf.docinfo["/Title"])
    assert read.root.ViewerPreferences.DisplayDocTitle is True
    assert read.root.Lang == "fr"
    assert read.root.MarkInfo.Marked is True
    assert read.tags()[0] == "Document"
    assert str(read.pdf.docinfo["/Author"]) == NETWORK


@every_paper
def test_every_figure_has_an_alternative_text(paper: str) -> None:
    alternatives = PdfRead(printed(paper)).alternatives()

    assert alternatives or paper == "receipt"
    assert all(alternatives)


@every_paper
def test_headings_begin_at_the_first_level_and_skip_none(paper: str) -> None:
    levels = [int(tag[1]) for tag in PdfRead(printed(paper)).tags() if tag[0] == "H" and tag[1:].isdigit()]

    assert levels
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_paper
def test_every_font_is_inside_and_is_ours(paper: str) -> None:
    read = PdfRead(printed(paper))

    assert read.fonts()
    for name, descriptor in read.fonts().items():
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()), name
        assert name.partition("+")[2].startswith(("AtkinsonHyperlegible", "NotoSans", "Vazirmatn")), name


@every_paper
def test_every_colour_is_defined_and_nothing_runs(paper: str) -> None:
    read = PdfRead(printed(paper))

    assert read.root.OutputIntents[0].S == "/GTS_PDFA1"
    assert "/OpenAction" not in read.root
    assert "/AA" not in read.root
    assert "/JavaScript" not in read.root.get("/Names", {})


@every_paper
def test_every_word_can_be_copied(paper: str) -> None:
    """A figure may draw letters; what the paper says is text."""
    read = PdfRead(printed(paper))

    assert all("/ToUnicode" in font for page in read.pdf.pages for font in page.resources.get("/Font", {}).values())
    assert len(read.text()) > 100


@needs("qpdf")
@every_paper
def test_qpdf_has_nothing_to_say(paper: str, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(printed(paper))

    done = subprocess.run(["qpdf", "--check", tmp_path / "paper.pdf"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout + done.stderr


@needs("pdfinfo")
@every_paper
def test_pdfinfo_finds_it_tagged_on_a4_and_unencrypted(paper: str, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(printed(paper))

    told = subprocess.run(["pdfinfo", tmp_path / "paper.pdf"], capture_output=True, text=True, check=True).stdout
    facts = {name: value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}

    assert facts["Tagged"] == "yes"
    assert facts["JavaScript"] in ("none", "no")
    assert facts["Encrypted"] == "no"
    assert "A4" in facts["Page size"]
    assert facts["PDF version"] == "1.7"


@pytest.mark.parametrize("paper", ["attestation", "passport", "criteria"])
def test_every_link_says_where_it_leads(paper: str) -> None:
    read = PdfRead(printed(paper))
    links = [note for page in read.pdf.pages for note in page.get("/Annots", []) if note.Subtype == "/Link"]

    assert links
    assert all(str(link.Contents) for link in links)
    assert {str(link.A.URI).startswith("https://badges.example/") for link in links if "/A" in link} <= {True}
