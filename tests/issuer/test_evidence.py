"""What supports a file and stays inside: kept without what it should not tell, seen by few, deleted in time."""

from __future__ import annotations

import contextlib
import io
import zlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from badges.errors import Forbidden, Misuse, NotFound
from badges.issuer.assertion import payload_of
from badges.issuer.database import Database
from badges.issuer.desk import Once
from badges.issuer.evidence import KEPT_AFTER_THE_DECISION, KEPT_WITHOUT_A_DECISION, Evidence, Purged
from badges.issuer.private_files import LARGEST, LONGEST_SIDE, MOST_PAGES, kept
from badges.issuer.storage import EvidenceFile, Piece

from .builders import PLANTER, Office


def a_photo(form: str = "JPEG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 120, 60)).save(out, form, **more)
    return out.getvalue()


def said_to_measure(width: int, height: int) -> bytes:
    """A tiny PNG whose header announces a huge one."""
    photo = bytearray(a_photo("PNG"))
    photo[16:24] = width.to_bytes(4) + height.to_bytes(4)
    photo[29:33] = zlib.crc32(photo[12:29]).to_bytes(4)
    return bytes(photo)


def a_pdf(pages: int = 1, password: str = "") -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Jean Secret", "/Title": "Bilan de Jean"})
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_attachment("secret.txt", b"Jean Secret")
    writer.add_annotation(0, FreeText(text="Jean Secret", rect=(0, 0, 50, 50)))
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


class TestWhatIsKeptOfAFile:
    def test_a_photo_keeps_its_pixels_and_nothing_of_where_when_and_with_what(self) -> None:
        exif = Image.Exif()
        exif[0x010F], exif[0x0132] = "Telephone de Jean", "2026:11:20 10:00:00"
        exif.get_ifd(0x8825)[2] = (45.0, 50.0, 0.0)
        content = a_photo(exif=exif, comment=b"Jean Secret")
        left = kept(content)
        with Image.open(io.BytesIO(left.content)) as photo:
            assert (photo.format, photo.size) == ("JPEG", (60, 40))
            assert not photo.getexif()
            assert set(photo.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert b"Jean" not in left.content
        assert b"Exif" not in left.content

    def test_a_png_keeps_no_text(self) -> None:
        text = PngInfo()
        text.add_itxt("Comment", "Jean Secret")
        assert b"Jean" not in kept(a_photo("PNG", pnginfo=text)).content

    def test_a_photo_taken_sideways_is_kept_upright(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        with Image.open(io.BytesIO(kept(a_photo(exif=exif)).content)) as photo:
            assert photo.size == (40, 60)

    def test_a_large_photo_is_made_smaller(self) -> None:
        with Image.open(io.BytesIO(kept(a_photo(size=(4000, 3000))).content)) as photo:
            assert max(photo.size) == LONGEST_SIDE

    def test_a_photo_beyond_measure_is_refused_before_it_is_opened_out(self) -> None:
        for size in ((8_000, 7_000), (20_000, 10_000)):
            with pytest.raises(Misuse) as refused:
                kept(said_to_measure(*size))
            assert refused.value.code == "photo_too_large"

    def test_a_pdf_keeps_its_pages_and_no_author_script_note_or_attachment(self) -> None:
        left = kept(a_pdf())
        reader = PdfReader(io.BytesIO(left.content))
        assert (left.media_type, len(reader.pages)) == ("application/pdf", 1)
        assert reader.metadata is None or reader.metadata.author is None
        assert reader.attachments == {}
        assert not {"/Names", "/OpenAction", "/AA"} & set(reader.root_object)
        for told in (b"Jean", b"app.alert", b"JavaScript"):
            assert told not in left.content

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "not_a_photo"),
            (b"GIF89a" + bytes(40), "not_a_photo"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_photo"),
            (b"MZ" + bytes(100), "not_a_photo"),
            (a_photo()[:200], "not_a_photo"),
            (b"%PDF-1.7\n" + bytes(50), "not_a_document"),
            (a_pdf(password="x"), "document_locked"),
            (a_pdf(pages=MOST_PAGES + 1), "document_too_long"),
            (bytes(LARGEST + 1), "file_too_large"),
        ],
    )
    def test_what_is_something_else_is_refused_by_its_content(self, content: bytes, code: str) -> None:
        with pytest.raises(Misuse) as refused:
            kept(content)
        assert refused.value.code == code

    @given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.4\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]))
    def test_whatever_is_sent_is_kept_or_refused_and_nothing_else(self, content: bytes, head: bytes) -> None:
        with contextlib.suppress(Misuse):
            assert kept(head + content).media_type in ("image/jpeg", "application/pdf")


@pytest.fixture
def office(storage: Database) -> Office:
    return Office(storage)


@pytest.fixture
def evidence(office: Office) -> Evidence:
    return Evidence(office.issuer.desk)


def test_a_piece_is_read_by_the_structure_and_by_nobody_else(office: Office, evidence: Evidence) -> None:
    person = office.a_person()
    piece = evidence.add(office.eti, person=person.id, slug=PLANTER, context="La planche 3", content=a_photo())
    found, content = evidence.read(office.coord, piece.id)
    assert (found.context, found.media_type, content[:2]) == ("La planche 3", "image/jpeg", b"\xff\xd8")
    for ask in (lambda: evidence.read(office.neighbour, piece.id), lambda: evidence.list(office.neighbour, person.id)):
        with pytest.raises(NotFound):
            ask()


def test_adding_asks_for_the_right_to_note_and_is_not_for_oneself(office: Office, evidence: Evidence) -> None:
    person = office.a_person()
    reader = office.add_staff(office.jardins, "ETI", permissions=("read",))
    with pytest.raises(Forbidden):
        evidence.add(reader, person=person.id, slug=PLANTER, context="", note="Vu")
    oneself = office.add_staff(office.jardins, "ETI", person=person.id)
    with pytest.raises(Forbidden):
        evidence.add(oneself, person=person.id, slug=PLANTER, context="", note="Vu")


@pytest.mark.parametrize(
    "told", [{"context": "NIR 1 85 05 78 006 084 36", "note": "x"}, {"context": "", "note": "PASS 99999 26 12345"}]
)
def test_the_numbers_of_a_person_never_enter(office: Office, evidence: Evidence, told: dict[str, str]) -> None:
    with pytest.raises(Misuse, match="numéro"):
        evidence.add(office.eti, person=office.a_person().id, slug=PLANTER, **told)


def test_a_removed_piece_leaves_no_byte_and_a_line_that_says_when(
    office: Office, evidence: Evidence, storage: Database
) -> None:
    person = office.a_person()
    piece = evidence.add(office.eti, person=person.id, slug=PLANTER, context="Le semis", note="Les rangs de Bakary")
    evidence.remove(office.eti, piece.id)
    (line,) = evidence.list(office.eti, person.id)
    assert (line.removed_at, line.context) == (office.clock.now().replace(microsecond=0), "")
    with storage.reading() as register:
        assert register.count(EvidenceFile) == 0
    with pytest.raises(NotFound):
        evidence.read(office.eti, piece.id)


def test_pieces_are_deleted_three_months_after_the_decision_they_served(office: Office, evidence: Evidence) -> None:
    person = office.a_person()
    evidence.add(office.eti, person=person.id, slug=PLANTER, context="La planche 3", content=a_photo())
    office.observe(person)
    office.an_award(person)
    office.clock.instant += KEPT_AFTER_THE_DECISION - timedelta(days=1)
    assert evidence.purge() == Purged(0, 0)
    office.clock.advance(days=1)
    assert evidence.purge(dry=True) == evidence.purge(dry=True) == Purged(1, 0)
    assert evidence.purge() == Purged(1, 0)
    assert evidence.purge() == Purged(0, 0)


def test_pieces_without_a_decision_are_deleted_after_two_years(office: Office, evidence: Evidence) -> None:
    person = office.a_person()
    evidence.add(office.eti, person=person.id, slug=PLANTER, context="", note="Vu au semis")
    office.clock.instant += KEPT_WITHOUT_A_DECISION - timedelta(days=1)
    assert evidence.purge() == Purged(0, 0)
    office.clock.advance(days=1)
    assert evidence.purge() == Purged(0, 1)


def test_a_piece_is_added_once_however_often_it_is_sent(office: Office, evidence: Evidence, storage: Database) -> None:
    person = office.a_person()
    once = Once("equipe:x", "k", "d")
    pieces = {
        evidence.add(office.eti, person=person.id, slug=PLANTER, context="", note="Vu", once=once).id for _ in range(3)
    }
    assert len(pieces) == 1
    with storage.reading() as register:
        assert register.count(Piece) == 1


def test_no_badge_carries_a_piece(office: Office, evidence: Evidence) -> None:
    person = office.a_person()
    evidence.add(office.eti, person=person.id, slug=PLANTER, context="Rang du fond, serre 2", note="canari-de-preuve")
    office.observe(person)
    token = office.issuer.require_token(office.an_award(person).uuid)
    told = repr(payload_of(token))
    assert "canari" not in told
    assert "serre 2" not in told
