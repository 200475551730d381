"""Workbooks that no spreadsheet would write: each is a sound .xlsx with one thing changed."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PEOPLE = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Nom</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Amina Diallo</t></is></c></row>'
)


def a_workbook(rows: str = PEOPLE, parts: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """One visible sheet of ``rows``; ``parts`` replaces, adds or (None) takes away parts of the archive."""
    whole: dict[str, str | bytes | None] = {
        "[Content_Types].xml": f'<Types><Override PartName="/xl/workbook.xml" ContentType="{TYPES}.main+xml"/></Types>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{LINKS}"><sheets><sheet name="Session" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
    }
    whole |= parts or {}
    return an_archive({name: content for name, content in whole.items() if content is not None})


def an_archive(parts: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def shared(*texts: str) -> dict[str, str]:
    return {"xl/sharedStrings.xml": f"<sst {MAIN}>{''.join(f'<si><t>{text}</t></si>' for text in texts)}</sst>"}


def styled(*formats: str) -> dict[str, str]:
    """Cell style 0 shows days as Excel does, the next ones in these formats."""
    own = "".join(f'<numFmt numFmtId="{200 + n}" formatCode="{code}"/>' for n, code in enumerate(formats))
    cells = "".join(f'<xf numFmtId="{200 + n}"/>' for n in range(len(formats)))
    return {
        "xl/styles.xml": f'<styleSheet {MAIN}><numFmts>{own}</numFmts><cellStyleXfs><xf numFmtId="0"/></cellStyleXfs>'
        f'<cellXfs><xf numFmtId="14"/>{cells}</cellXfs></styleSheet>'
    }


BILLION_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + f"]><worksheet {MAIN}><sheetData><row><c t='inlineStr'><is><t>&i;</t></is></c></row></sheetData></worksheet>"
)


def reading_a_file(path: Path) -> str:
    """An external entity: what it names must not be opened."""
    return (
        f'<!DOCTYPE x [<!ENTITY file SYSTEM "{path.as_uri()}">]><worksheet {MAIN}><sheetData>'
        "<row><c t='inlineStr'><is><t>&file;</t></is></c></row></sheetData></worksheet>"
    )


def lying_about_its_size(data: bytes, said: int = 10) -> bytes:
    """Every entry announces ``said`` bytes inflated, whatever it holds."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = changed.find(mark)
        while at != -1:
            struct.pack_into("<I", changed, at + offset, said)
            at = changed.find(mark, at + 4)
    return bytes(changed)


def encrypted(data: bytes) -> bytes:
    """The flag of an encrypted entry, on every one."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at != -1:
            changed[at + offset] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


MIB = 1024 * 1024
HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a zip bomb": ("sheet_archive", lambda: an_archive({"xl/worksheets/sheet1.xml": b" " * (60 * MIB)})),
    "a zip bomb beside the sheet": (
        "sheet_archive",
        lambda: a_workbook(parts={"xl/media/image1.png": b"\0" * (60 * MIB)}),
    ),
    "a bomb that lies about its size": (
        "sheet_broken",
        lambda: lying_about_its_size(a_workbook("<row/>" * 10 + " " * (20 * MIB))),
    ),
    "two hundred entries": ("sheet_archive", lambda: a_workbook(parts={f"xl/x{n}.xml": "" for n in range(200)})),
    "a name that climbs": ("sheet_broken", lambda: a_workbook(parts={"../../etc/passwd": "x"})),
    "an absolute name": ("sheet_broken", lambda: a_workbook(parts={"/etc/passwd": "x"})),
    "a name with a drive": ("sheet_broken", lambda: a_workbook(parts={"C:/windows/x": "x"})),
    "a name with a backslash": ("sheet_broken", lambda: a_workbook(parts={"xl\\..\\..\\x": "x"})),
    "the same name in two cases": ("sheet_broken", lambda: a_workbook(parts={"XL/Workbook.xml": "x"})),
    "encrypted entries": ("sheet_locked", lambda: encrypted(a_workbook())),
    "an encrypted workbook": ("sheet_locked", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "macros": ("sheet_macros", lambda: a_workbook(parts={"xl/vbaProject.bin": b"\xd0\xcf"})),
    "macros by name": (
        "sheet_macros",
        lambda: a_workbook(
            parts={
                "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType="application/'
                'vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
            }
        ),
    ),
    "a billion laughs": ("sheet_broken", lambda: a_workbook(parts={"xl/worksheets/sheet1.xml": BILLION_LAUGHS})),
    "a file read by an entity": (
        "sheet_broken",
        lambda: a_workbook(parts={"xl/worksheets/sheet1.xml": reading_a_file(Path("/etc/passwd"))}),
    ),
    "a sheet that is elsewhere": (
        "sheet_broken",
        lambda: a_workbook(
            parts={
                "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" TargetMode="External" '
                'Target="https://ailleurs.example/feuille.xml"/></Relationships>'
            }
        ),
    ),
    "a sheet outside of the archive": (
        "sheet_broken",
        lambda: a_workbook(
            parts={
                "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Target="../../../etc/passwd"/>'
                "</Relationships>"
            }
        ),
    ),
    "no sheet": ("sheet_broken", lambda: a_workbook(parts={"xl/worksheets/sheet1.xml": None})),
    "every sheet hidden": (
        "sheet_broken",
        lambda: a_workbook(
            parts={
                "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{LINKS}"><sheets><sheet name="s" state="veryHidden" '
                'r:id="r1"/></sheets></workbook>'
            }
        ),
    ),
    "not XML": ("sheet_broken", lambda: a_workbook(parts={"xl/worksheets/sheet1.xml": "<worksheet><row>"})),
    "cut in the middle": ("sheet_broken", lambda: a_workbook()[:-200]),
    "not a workbook at all": ("sheet_broken", lambda: an_archive({"lettre.txt": "Bonjour"})),
    "an OpenDocument": (
        "sheet_unknown",
        lambda: an_archive({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, zipfile.ZIP_STORED),
    ),
    "hundreds of thousands of cells in one row": (
        "sheet_columns",
        lambda: a_workbook("<row>" + "<c><v>1</v></c>" * 400_000 + "</row>"),
    ),
    "more cells than a session has": ("sheet_archive", lambda: a_workbook("<row/>" + "<row><c/></row>" * 800_000)),
    "a million texts": (
        "sheet_archive",
        lambda: a_workbook(parts={"xl/sharedStrings.xml": f"<sst {MAIN}>" + "<si/>" * 600_000 + "</sst>"}),
    ),
    "a text of forty megabytes": (
        "sheet_cell",
        lambda: a_workbook(
            '<row r="1"><c t="s"><v>0</v></c></row>',
            {"xl/sharedStrings.xml": f"<sst {MAIN}><si><t>{'é' * (20 * MIB)}</t></si></sst>"},
        ),
    ),
    "nine million characters": (
        "sheet_archive",
        lambda: a_workbook(parts=shared(*("😀" + "a" * 1_998,) * 4_600)),
    ),
    "a million styles": (
        "sheet_archive",
        lambda: a_workbook(
            parts={"xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 1_100_000}</cellXfs></styleSheet>"}
        ),
    ),
    "a hundred thousand rows": (
        "sheet_rows",
        lambda: a_workbook(
            "".join(f'<row r="{n}"><c t="inlineStr"><is><t>P {n}</t></is></c></row>' for n in range(1, 100_001))
        ),
    ),
    "a million empty rows": ("", lambda: a_workbook(PEOPLE + "<row/>" * 1_000_000)),
    "the last row and the last column": (
        "sheet_columns",
        lambda: a_workbook(PEOPLE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "dimensions that lie": (
        "",
        lambda: a_workbook(
            parts={
                "xl/worksheets/sheet1.xml": f'<worksheet {MAIN}><dimension ref="A1:XFD1048576"/><sheetData>{PEOPLE}'
                "</sheetData></worksheet>"
            }
        ),
    ),
    "a text that is not there": (
        "",
        lambda: a_workbook(PEOPLE + '<row><c t="s"><v>99999999999999999999</v></c></row>'),
    ),
    "a day that no calendar has": ("", lambda: a_workbook(PEOPLE + '<row><c s="0"><v>1e308</v></c></row>', styled())),
    "a number that is none": (
        "",
        lambda: a_workbook(PEOPLE + "<row><c><v>nan</v></c><c><v>inf</v></c></row>", styled()),
    ),
}
"""What somebody could send, and the code of the refusal; "" where the people are simply read."""
