"""Tables that come from a spreadsheet and go back to one: CSV as a French Excel writes it, and .xlsx.

Reading (:func:`read_table`) gives texts and their line numbers; nothing is evaluated, followed or written. A formula is
the text that stands in its cell, a date is ``AAAA-MM-JJ``. Bounds hold while the file is read, not after
(``security.md``, A7): bytes, entries, inflated bytes, elements, rows, columns, characters. An .xlsx is four small parts
of a ZIP read by expat, without document type and so without entities: openpyxl, which we write with, makes objects of
every style and of every cell of a row before one can say stop.

Writing (:func:`to_csv`, :func:`to_xlsx`) leaves no live formula behind, whatever the cells say (W10); what was written
here reads back the same.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from posixpath import normpath
from typing import Any
from xml.parsers import expat

from ..errors import Misuse
from .wording import refusal

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 10_000
"""Rows that say something; empty ones are passed over."""
MAX_COLUMNS = 50
MAX_CELL = 2_000
MAX_ENTRIES = 100
MAX_INFLATED = 50 * 1024 * 1024
MAX_TEXT = 8_000_000
"""Characters of a whole workbook, each text counted once."""
MAX_ELEMENTS = 1_200_000
MAX_EMPTY = 1_100_000
"""Empty rows passed over: a column coloured to the bottom of a sheet has 1,048,576 of them."""

ENCODINGS = ("UTF-8", "Windows-1252", "UTF-16")
DELIMITERS = {";": "point-virgule", "\t": "tabulation", ",": "virgule"}
NEUTRALISED = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a spreadsheet may take for a formula at the start of a cell (ASVS 1.2.10)."""
_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\0]")

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Line:
    """A row that says something, and its number as the spreadsheet shows it."""

    number: int
    cells: tuple[str, ...]

    def at(self, column: int) -> str:
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """What was read, and how: the page says it, so that a wrong guess is seen at once."""

    lines: tuple[Line, ...]
    format: str
    """``csv`` or ``xlsx``."""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS.get(self.delimiter, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to write: a title row, then the others. ``choices`` offers a list under a column, by its number."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]] = ()
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)


# -- reading ----------------------------------------------------------------------------------------------------------


def read_table(data: bytes) -> Table:
    """A file that somebody chose, told apart by its first bytes. Raises :class:`~badges.errors.Misuse`."""
    if len(data) > MAX_BYTES:
        raise refusal(Misuse, "sheet_too_large", expected="5 Mo")
    if not data.strip():
        raise refusal(Misuse, "sheet_empty")
    if data.startswith(b"PK"):
        return _read_workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise refusal(Misuse, "sheet_locked")
    return _read_text(data)


def read_pasted(text: str) -> Table:
    """What was pasted in a field: cells of a spreadsheet (tabs), lines of a CSV, or one name a line."""
    if len(text) > MAX_BYTES:
        raise refusal(Misuse, "sheet_too_large", expected="5 Mo")
    return _read_lines(text, encoding="")


def _read_text(data: bytes) -> Table:
    text, encoding = _decoded(data)
    if "\0" in text:
        raise refusal(Misuse, "sheet_unknown")
    return _read_lines(text, encoding)


def _decoded(data: bytes) -> tuple[str, str]:
    """UTF-8, else what French Windows writes. Bytes that neither knows are refused rather than guessed."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = (("utf-16", "UTF-16"),)
    elif data.startswith(b"\xef\xbb\xbf"):
        tries = (("utf-8-sig", "UTF-8"),)
    else:
        tries = (("utf-8", "UTF-8"), ("cp1252", "Windows-1252"))  # type: ignore[assignment]
    for codec, name in tries:
        try:
            return data.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise refusal(Misuse, "sheet_encoding")


def _read_lines(text: str, encoding: str) -> Table:
    told = re.match(r"\ufeff?sep=(.)\r?\n", text)  # a line that Excel itself understands
    text = text[told.end() :] if told else text.removeprefix("\ufeff")
    delimiter = told.group(1) if told and told.group(1) in DELIMITERS else _delimiter(text)
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = before = 1 if told else 0
    try:
        for cells in reader:
            first, before = before + 1, reader.line_num + (1 if told else 0)
            _keep(lines, first, map(_as_typed, cells))
    except csv.Error:
        raise refusal(Misuse, "sheet_quotes", line=first + 1) from None
    return Table(_some(lines), "csv", encoding=encoding, delimiter=delimiter)


def _delimiter(text: str) -> str:
    """The one that makes most columns of the first line that says something; French Excel's, if none does."""
    first = next((line for line in io.StringIO(text) if line.strip(" \t\r\n;,")), "")[:100_000]

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([first], delimiter=delimiter)))
        except (csv.Error, StopIteration):
            return 0

    return max(DELIMITERS, key=columns)


def _keep(lines: list[Line], number: int, cells: Iterable[str]) -> None:
    """Add a row if it says something; all bounds of a row are here."""
    kept = [_one_line(cell) for cell in cells]
    while kept and not kept[-1]:
        kept.pop()
    if not kept:
        return
    if len(kept) > MAX_COLUMNS:
        raise refusal(Misuse, "sheet_columns", expected=MAX_COLUMNS, found=len(kept), line=number)
    if any(len(cell) > MAX_CELL for cell in kept):
        raise refusal(Misuse, "sheet_cell", expected=MAX_CELL, line=number)
    if len(lines) > MAX_ROWS:  # one more than the rows: the headings
        raise refusal(Misuse, "sheet_rows", expected=f"{MAX_ROWS:,}".replace(",", "\u202f"))
    lines.append(Line(number, tuple(kept)))


def _one_line(cell: str) -> str:
    """Spaces of all kinds, and the end of a line, are one space."""
    return cell if cell.isalnum() else " ".join(cell.split())


def _as_typed(cell: str) -> str:
    """Without the apostrophe that our own files put before what looks like a formula."""
    return cell[1:] if _LIKE_A_FORMULA.match(cell, 1) and cell.startswith("'") else cell


def _some(lines: list[Line]) -> tuple[Line, ...]:
    if not lines:
        raise refusal(Misuse, "sheet_empty")
    return tuple(lines)


# -- an .xlsx ---------------------------------------------------------------------------------------------------------

_DRIVE = re.compile(r"[A-Za-z]:")
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
"""The numbers of formats that Excel knows without being told, and that show a day or an hour (ECMA-376, 18.8.30)."""
_SAID_IN_A_FORMAT = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.|\*.')
_CONTROL = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL_NAME = re.compile(r"([A-Z]{1,3})\d*")
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


class _Workbook:
    """The archive, and what is left of what it may still inflate and say."""

    def __init__(self, data: bytes) -> None:
        if data.count(_ENTRY) > MAX_ENTRIES:
            raise refusal(Misuse, "sheet_archive")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError, OverflowError):
            raise refusal(Misuse, "sheet_broken") from None
        self._names = [entry.filename for entry in entries]
        self._check(entries)
        self._inflated = 0
        self._elements = 0
        self.characters = 0

    def _check(self, entries: Sequence[zipfile.ZipInfo]) -> None:
        names = self._names
        if len(names) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_INFLATED:
            raise refusal(Misuse, "sheet_archive")
        if len({name.lower() for name in names}) != len(names) or any(map(_leads_elsewhere, names)):
            raise refusal(Misuse, "sheet_broken")
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise refusal(Misuse, "sheet_locked")
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise refusal(Misuse, "sheet_broken")
        if any(name.lower().endswith(("vbaproject.bin", ".bas", ".exe")) for name in names):
            raise refusal(Misuse, "sheet_macros")
        if "mimetype" in names or "xl/workbook.bin" in names:  # OpenDocument, .xlsb
            raise refusal(Misuse, "sheet_unknown")

    def read(self, name: str, start: Callable[..., None], end: Callable[..., None], text: Callable[..., None]) -> bool:
        """Hand the elements of one part to the three functions, local names only. False when there is no such part."""
        if name not in self._names:
            return False

        def counted(tag: str, attributes: dict[str, str]) -> None:
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                raise refusal(Misuse, "sheet_archive")
            start(tag.rpartition(" ")[2], attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = counted
        parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _no_document_type
        try:
            with self._archive.open(name) as part:
                while piece := part.read(65_536):
                    self._inflated += len(piece)
                    if self._inflated > MAX_INFLATED:
                        raise refusal(Misuse, "sheet_archive")
                    parser.Parse(piece)
                parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
            raise refusal(Misuse, "sheet_broken") from None
        return True

    def elements(self, name: str, *tags: str) -> list[tuple[str, dict[str, str]]]:
        """The attributes of some elements of a small part, in order."""
        found: list[tuple[str, dict[str, str]]] = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag in tags and len(found) < 100_000:
                found.append((tag, {key.rpartition(" ")[2]: value for key, value in attributes.items()}))

        self.read(name, start, lambda _: None, lambda _: None)
        return found


def _no_document_type(*_: object) -> None:
    raise refusal(Misuse, "sheet_broken")


def _leads_elsewhere(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or bool(_DRIVE.match(name)) or "\0" in name


def _read_workbook(data: bytes) -> Table:
    book = _Workbook(data)
    kinds = book.elements("[Content_Types].xml", "Override", "Default")
    if any("macroenabled" in attributes.get("ContentType", "").lower() for _, attributes in kinds):
        raise refusal(Misuse, "sheet_macros")
    said = book.elements("xl/workbook.xml", "workbookPr", "sheet")
    targets = {
        attributes.get("Id", ""): attributes.get("Target", "")
        for _, attributes in book.elements("xl/_rels/workbook.xml.rels", "Relationship")
        if attributes.get("TargetMode", "") != "External"
    }
    sheets = [
        attributes
        for tag, attributes in said
        if tag == "sheet" and attributes.get("state", "visible") == "visible" and attributes.get("id") in targets
    ]
    if not sheets:
        raise refusal(Misuse, "sheet_broken")
    since_1904 = any(attributes.get("date1904") in ("1", "true") for tag, attributes in said if tag == "workbookPr")
    values = _Values(_texts(book), _date_styles(book), _EPOCH_1904 if since_1904 else _EPOCH)
    target = targets[sheets[0]["id"]]
    lines = _rows(book, target.lstrip("/") if target.startswith("/") else normpath(f"xl/{target}"), values)
    names = tuple(_one_line(attributes.get("name", ""))[:60] for attributes in sheets)
    return Table(_some(lines), "xlsx", sheet=names[0], other_sheets=names[1:])


def _texts(book: _Workbook) -> list[str]:
    """The texts that cells name by number; how they are written and how they are pronounced is left out."""
    found: list[str] = []
    pieces: list[str] = []
    length = 0
    inside, spoken = False, 0

    def start(tag: str, _: dict[str, str]) -> None:
        nonlocal inside, spoken, length
        if tag == "si":
            pieces.clear()
            length = 0
        inside = tag == "t" and not spoken
        spoken += tag == "rPh"

    def end(tag: str) -> None:
        nonlocal inside, spoken
        inside = False
        spoken -= tag == "rPh"
        if tag == "si":
            if len(found) >= MAX_ROWS * MAX_COLUMNS:
                raise refusal(Misuse, "sheet_archive")
            found.append(_unescaped("".join(pieces)))

    def text(data: str) -> None:
        nonlocal length
        if inside and length <= MAX_CELL:
            _count(book, data)
            length += len(data)
            pieces.append(data[: MAX_CELL + 1])

    book.read("xl/sharedStrings.xml", start, end, text)
    return found


def _count(book: _Workbook, text: str) -> None:
    book.characters += len(text)
    if book.characters > MAX_TEXT:
        raise refusal(Misuse, "sheet_archive")


def _unescaped(text: str) -> str:
    return _CONTROL.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _date_styles(book: _Workbook) -> frozenset[int]:
    """The numbers of the cell styles that show a day."""
    custom: dict[str, str] = {}
    styles: list[str] = []
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "cellXfs":
            inside = True
        elif tag == "numFmt" and len(custom) < 5_000:
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:200]
        elif tag == "xf" and inside:
            if len(styles) >= 70_000:  # Excel itself stops at 65,490
                raise refusal(Misuse, "sheet_archive")
            styles.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and tag != "cellXfs"

    book.read("xl/styles.xml", start, end, lambda _: None)
    of_days = {number for number, code in custom.items() if re.search("[dyjaDYJA]", _SAID_IN_A_FORMAT.sub("", code))}
    of_days |= {str(number) for number in _DATE_FORMATS} - custom.keys()
    return frozenset(position for position, number in enumerate(styles) if number in of_days)


@dataclass(frozen=True, slots=True)
class _Values:
    """What a cell says, from its kind and its style."""

    texts: list[str]
    days: frozenset[int]
    epoch: date

    def of(self, kind: str, style: str, value: str, formula: str | None) -> str:
        if formula is not None:
            return f"={formula}"
        if kind == "s":
            return self.texts[int(value)] if value.isdigit() and int(value) < len(self.texts) else ""
        if kind == "b":
            return "oui" if value == "1" else "non"
        if kind in ("str", "inlineStr", "e", "d"):
            return _unescaped(value)
        return self._number(value, style.isdigit() and int(style) in self.days)

    def _number(self, value: str, is_day: bool) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if is_day and 0 < number < 2_958_466:
            return (self.epoch + timedelta(days=int(number))).isoformat()
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else value


class _Rows:
    """The cells of a sheet, row by row, as expat meets them."""

    def __init__(self, book: _Workbook, values: _Values) -> None:
        self.lines: list[Line] = []
        self._book, self._values = book, values
        self._number = self._empty = 0
        self._cells: dict[int, str] = {}
        self._column = -1
        self._kind = self._style = ""
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._inside: list[str] | None = None
        self._spoken = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            named = _CELL_NAME.match(attributes.get("r", ""))
            self._column = _column(named[1]) if named else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._value, self._formula = [], None
        elif tag in ("v", "t"):
            self._inside = None if self._spoken else self._value
        elif tag == "f":
            self._inside = self._formula = []
        elif tag == "row":
            told = attributes.get("r", "")
            self._number = int(told) if told.isdigit() and len(told) < 8 else self._number + 1
            self._cells, self._column = {}, -1
        elif tag == "rPh":
            self._spoken = True

    def end(self, tag: str) -> None:
        if tag in ("v", "t", "f"):
            self._inside = None
        elif tag == "rPh":
            self._spoken = False
        elif tag == "c" and (self._value or self._formula is not None):
            formula = None if self._formula is None else "".join(self._formula)
            text = self._values.of(self._kind, self._style, "".join(self._value), formula)
            if text and len(self._cells) <= MAX_COLUMNS:
                # beyond the columns one is kept, for the sentence that refuses
                self._cells[min(self._column, MAX_COLUMNS)] = text
        elif tag == "row":
            self._empty += not self._cells
            if self._empty > MAX_EMPTY:
                raise refusal(Misuse, "sheet_archive")
            if self._cells:
                width = max(self._cells) + 1
                _keep(self.lines, self._number, [self._cells.get(column, "") for column in range(width)])

    def text(self, data: str) -> None:
        if self._inside is not None:
            _count(self._book, data)
            if len(self._inside) <= MAX_CELL:
                self._inside.append(data[: MAX_CELL + 1])


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _rows(book: _Workbook, part: str, values: _Values) -> list[Line]:
    rows = _Rows(book, values)
    if not book.read(part, rows.start, rows.end, rows.text):
        raise refusal(Misuse, "sheet_broken")
    return rows.lines


# -- what cells say -----------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """How headings and names are compared: no accent, no capital, no sign, one space."""
    folded = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe")).casefold()
    kept = "".join(letter if letter.isalnum() else " " for letter in folded if not unicodedata.combining(letter))
    return " ".join(kept.split())


def find_headings(
    table: Table, known: Mapping[str, Iterable[str]], needed: Iterable[str]
) -> tuple[int, dict[str, int]] | None:
    """Where the row of headings stands in ``table.lines``, and the column of each known one.

    A title may stand above it. None when no row among the first ten names one of ``needed``.
    """
    names = {plain(word): name for name, words in known.items() for word in words}
    needed = set(needed)
    for position, line in enumerate(table.lines[:10]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(line.cells):
            name = names.get(plain(cell))
            if name is not None:
                columns.setdefault(name, column)
        if needed & columns.keys():
            return position, columns
    return None


_MONTHS = ("janv", "fevr", "mars", "avr", "mai", "juin", "juil", "aout", "sept", "oct", "nov", "dec")
_IN_FIGURES = re.compile(r"(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?:\s.*)?")
_IN_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][\d:.]+Z?)?")
_IN_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")


def find_day(text: str) -> date | None:
    """12/03/2026, 12 mars 2026, jeudi 12 mars 2026, 12-mars-26, 2026-03-12, or Excel's own number; else None.

    The day always comes before the month. A year in two figures is of this century.
    """
    text = text.strip()[:60]
    if match := _IN_ISO.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _IN_FIGURES.fullmatch(text):
        return _day(match[3], match[2], match[1])
    if match := _SERIAL.fullmatch(text):
        day = _EPOCH + timedelta(days=int(match[1]))
        return day if 2000 <= day.year <= 2100 else None
    if match := _IN_WORDS.fullmatch(plain(text)):
        month = next((number for number, name in enumerate(_MONTHS, 1) if match[2].startswith(name)), None)
        return _day(match[3], str(month), match[1]) if month else None
    return None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month), int(day)) if 2000 <= number <= 2100 else None
    except ValueError:
        return None


def find_days(text: str) -> tuple[date, ...] | None:
    """Several days in one cell, between commas, semicolons, « et » or « + »; None when one of them is no day."""
    pieces = [piece for piece in re.split(r"[,;+\n]|\bet\b|\s{2,}", text) if piece.strip()]
    days = [find_day(piece) for piece in pieces]
    return None if any(day is None for day in days) else tuple(dict.fromkeys(day for day in days if day))


# -- writing --------------------------------------------------------------------------------------------------------

_NOT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """For French Excel: BOM, ``;``, CR LF, decimal commas, 12/03/2026. What looks like a formula is neutralised."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_for_csv(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig", "replace")


def _for_csv(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}".replace("\0", "") if _LIKE_A_FORMULA.match(cell) else cell.replace("\0", "")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell).replace(".", ",")


def to_xlsx(*sheets: Sheet) -> bytes:
    """A workbook whose texts are texts: no cell is a formula, whatever it starts with."""
    from openpyxl import Workbook  # half of a second, for those who ask for a file

    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _write_sheet(book.create_sheet(_sheet_name(sheet.name)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet_name(name: str) -> str:
    return re.sub(r"[\\/*?:\[\]\x00-\x1f]", " ", name)[:31].strip(" '") or "Feuille"


def _write_sheet(page: Any, sheet: Sheet) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    widths = [len(heading) for heading in sheet.headings]
    for number, row in enumerate(_all_rows(sheet), start=1):
        for column, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            cell = page.cell(number, column)
            if isinstance(value, str):
                cell.value = _NOT_FOR_XML.sub("", value)
                cell.data_type = "s"
                cell.quotePrefix = value.startswith(NEUTRALISED)
                cell.alignment = Alignment(vertical="top", wrap_text=len(value) > 40)
            else:
                cell.value = value
                if isinstance(value, date):
                    cell.number_format = "DD/MM/YYYY"
            if column <= len(widths):
                widths[column - 1] = min(60, max(widths[column - 1], len(str(value))))
    for column, width in enumerate(widths, start=1):
        heading = page.cell(1, column)
        heading.font, heading.fill = Font(bold=True), PatternFill("solid", fgColor="E8E2D4")
        page.column_dimensions[get_column_letter(column)].width = width + 3
    page.freeze_panes = "A2"
    for column, note in sheet.notes.items():
        page.cell(1, column + 1).comment = Comment(note, "Badges IAE", width=320, height=120)
    for column, choices in sheet.choices.items():
        letter = get_column_letter(column + 1)
        allowed = DataValidation(type="list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
        allowed.errorTitle, allowed.error = "Valeur attendue", " / ".join(choices)
        page.add_data_validation(allowed)
        allowed.add(f"{letter}2:{letter}{MAX_ROWS + 1}")


def _all_rows(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    yield sheet.headings
    yield from sheet.rows
