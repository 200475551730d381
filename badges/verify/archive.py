"""What holds several badges, a ZIP or a PDF: opened in memory under bounds, and what is refused is told.

Nothing is ever written, and names lead nowhere: they are shown. A file of a ZIP is inflated when its turn comes, and
forgotten after: fifty of five mebibytes never stand in memory together. Start at :func:`unpack`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .pdf import PdfRefused, is_pdf, open_pdf
from .report import Check, Outcome

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

MAX_BADGES = 50
MAX_ENTRIES = 200
"""Folders and what an operating system adds count too."""
MAX_INFLATED = 50 * 1024 * 1024
"""For all the archives of one request together."""
MAX_ENTRY = 5 * 1024 * 1024
MAX_RATIO = 100
"""No picture and no signed text shrinks to a hundredth; what holds less than a mebibyte harms nobody."""
MAX_NAME = 120

_ENTRY = b"PK\x01\x02"
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"\xfd7zXZ\0",
    b"BZh",
)
_READ = (0, 8)
"""Stored and deflated. The others inflate without a bound, and nobody sends them."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DRIVE = re.compile(r"[A-Za-z]:")
_OF_THE_SYSTEM = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


@dataclass(frozen=True)
class Given:
    """One thing to verify. ``name`` is what the visitor calls it; it decides nothing and is never kept.

    ``refused`` says why it could not be taken out of its archive: there is nothing else to find out about it.
    ``inside`` is the badge attached to a PDF, where it was taken out already.
    """

    data: bytes
    name: str | None = None
    refused: Check | None = None
    inside: bytes | None = None

    def taken(self) -> Given:
        """The same with its bytes, which a file of an archive has no sooner."""
        return self


@dataclass(frozen=True)
class Packed(Given):
    """A file of an archive, not inflated yet."""

    inflate: Callable[[], bytes] = bytes

    def taken(self) -> Given:
        try:
            return Given(self.inflate(), self.name)
        except _Refused as refusal:
            return Given(b"", self.name, refusal.check)


def is_archive(data: bytes) -> bool:
    """Whether these bytes say of themselves that they are a ZIP."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def holds_others(data: bytes) -> bool:
    """Whether these bytes have to be opened to know how many badges they are."""
    return is_archive(data) or is_pdf(data)


def unpack(given: Iterable[Given]) -> list[Given]:
    """The same, each archive replaced by what it holds, in its order; what is refused keeps its place.

    A PDF with one badge stays what it is, since it is what was given; one with several is replaced by them, and one
    with nothing but receipts by these.
    """
    room = _Room()
    unpacked: list[Given] = []
    for item in given:
        if item.refused is None and is_archive(item.data):
            unpacked += _opened(item, room)
        elif item.refused is None and item.inside is None and is_pdf(item.data):
            unpacked += _attached(item, room)
        else:
            unpacked.append(item)
    return unpacked


def _attached(pdf: Given, room: _Room) -> list[Given]:
    try:
        opened = open_pdf(pdf.data)
        found = opened.badges or opened.receipts
        if len(found) > room.badges:
            raise _Refused("archive_crowded", expected=str(MAX_BADGES), found=str(len(found)))
    except (PdfRefused, _Refused) as refusal:
        return [Given(pdf.data, pdf.name, refusal.check)]
    room.badges -= len(found)
    if len(opened.badges) == 1:
        return [Given(pdf.data, pdf.name, inside=opened.badges[0].data)]
    return [Given(each.data, shown(each.name)) for each in found]


def shown(name: str) -> str | None:
    """A stranger's file name, safe to show: its last part, without what is invisible or turns the writing around."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    return "".join(letter for letter in last if letter.isprintable())[:MAX_NAME] or None


@dataclass
class _Room:
    """What one request may still open."""

    badges: int = MAX_BADGES
    inflated: int = MAX_INFLATED


class _Refused(Exception):
    def __init__(self, code: str, outcome: Outcome = "failed", **details: str) -> None:
        super().__init__(code)
        self.check = Check("input", outcome, code, details)


def _opened(archive: Given, room: _Room) -> list[Given]:
    """What one archive holds; the archive itself, refused, when it cannot be opened as a whole."""
    import zipfile
    from io import BytesIO

    try:
        # Counted before they are read: a list of a million names is a bomb too.
        if (entries := archive.data.count(_ENTRY)) > MAX_ENTRIES:
            raise _Refused("archive_crowded", expected=str(MAX_ENTRIES), found=str(entries))
        try:
            opened = zipfile.ZipFile(BytesIO(archive.data))
        except Exception as error:  # the reader raises a dozen kinds, and a file from anywhere is to blame for each
            raise _Refused("archive_damaged", reason=type(error).__name__) from None
        wanted = [entry for entry in opened.infolist() if not _is_beside(entry)]
        if not wanted:
            raise _Refused("archive_empty")
        if len(wanted) > room.badges:
            raise _Refused("archive_crowded", expected=str(MAX_BADGES), found=str(len(wanted)))
        room.badges -= len(wanted)
        return list(_listed(opened, wanted, room))
    except _Refused as refusal:
        return [Given(archive.data, archive.name, refusal.check)]


def _listed(archive: ZipFile, wanted: list[ZipInfo], room: _Room) -> Iterator[Given]:
    met: set[str] = set()
    for entry in wanted:
        name = shown(entry.orig_filename)
        try:
            _check_name(entry.orig_filename, met)
            yield Packed(b"", name, inflate=_inflater(archive, entry, room))
        except _Refused as refusal:
            yield Given(b"", name, refusal.check)


def _is_beside(entry: ZipInfo) -> bool:
    """A folder, or what an operating system puts beside the files of people."""
    parts = re.split(r"[/\\]", entry.orig_filename)
    return parts[-1] == "" or parts[0] == "__MACOSX" or parts[-1].lower() in _OF_THE_SYSTEM


def _check_name(name: str, met: set[str]) -> None:
    parts = re.split(r"[/\\]", name)
    if parts[0] == "" or ".." in parts or _DRIVE.match(name) or "\0" in name:
        raise _Refused("archive_name")
    same = "/".join(parts).casefold()
    if same in met:
        raise _Refused("archive_twice")
    met.add(same)


def _inflater(archive: ZipFile, entry: ZipInfo, room: _Room) -> Callable[[], bytes]:
    """What gives the bytes of one entry, once what the archive says of it is within bounds.

    The size said is the size read: the reader stops there, and the checksum of anything longer is wrong.
    """
    if entry.flag_bits & _ENCRYPTED:
        raise _Refused("archive_locked", "unknown")
    if entry.compress_type not in _READ:
        raise _Refused("archive_method", "unknown", found=str(entry.compress_type))
    bound = min(MAX_ENTRY, room.inflated)
    if entry.file_size > bound or entry.file_size > max(1024 * 1024, MAX_RATIO * entry.compress_size):
        raise _Refused("archive_bomb", expected=str(bound), found=str(entry.file_size))
    room.inflated -= entry.file_size

    def inflate() -> bytes:
        try:
            with archive.open(entry) as opened:
                data = opened.read(entry.file_size + 1)
        except Exception as error:
            raise _Refused("archive_damaged", reason=type(error).__name__) from None
        if data.startswith(_ARCHIVES):
            raise _Refused("archive_nested")
        return data

    return inflate
