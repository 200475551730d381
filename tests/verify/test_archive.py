"""A ZIP of badges: what is in it is verified, what would harm is told, and nothing in it is ever written."""

from __future__ import annotations

import asyncio
import bz2
import gzip
import lzma
import stat
import subprocess
import sys
import time
import zipfile
from io import BytesIO, StringIO
from typing import Any

import pytest

from badges.clock import FixedClock
from badges.verify import archive, command
from badges.verify.archive import MAX_BADGES, MAX_ENTRIES, MAX_ENTRY, Given, shown
from badges.verify.archive import unpack as listed
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from tests.web.building import Browser
from tests.web.reading_pages import PageRead
from tests.world import NOW, World


def unpack(given: list[Given]) -> list[Given]:
    """What the archives hold, each file inflated in its turn."""
    return [each.taken() for each in listed(given)]


def a_zip(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in files:
            made.writestr(name, data)
    return out.getvalue()


def told(data: bytes) -> list[tuple[str | None, str]]:
    """Each file, and the code of what was refused."""
    return [(each.name, each.refused.code if each.refused else "") for each in unpack([Given(data, "a.zip")])]


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The same archive with other bytes wherever ``old`` stands: names of the same length, flags, sizes."""
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def with_flags(data: bytes, flags: int) -> bytes:
    made = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + at
        made[place] |= flags
    return bytes(made)


def with_method(data: bytes, method: int) -> bytes:
    made = bytearray(data)
    for signature, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        made[data.index(signature) + at] = method
    return bytes(made)


def test_what_is_no_archive_is_left_as_it_is() -> None:
    given = [Given(b"\x89PNG PK\x03\x04"), Given(b"", "vide"), Given(b"PK", "court")]
    assert unpack(given) == given


def test_files_come_out_in_their_order_with_the_last_part_of_their_name() -> None:
    data = a_zip(("dossier/", b""), ("dossier/un.png", b"1"), ("deux.png", b"2"), ("__MACOSX/._un.png", b"x"))
    assert [(each.name, each.data) for each in unpack([Given(data)])] == [("un.png", b"1"), ("deux.png", b"2")]


def test_two_hundred_entries_may_stand_beside_each_other() -> None:
    assert told(a_zip(*((f"{n}/", b"") for n in range(MAX_ENTRIES - 1)), ("un.png", b"1"))) == [("un.png", "")]


def test_a_file_of_five_mebibytes_comes_out_of_an_archive() -> None:
    assert told(a_zip(("un.png", bytes(MAX_ENTRY)), method=0)) == [("un.png", "")]


REFUSED = [
    ("damaged at its end", a_zip(("a", b"1"))[:-9], "archive_damaged"),
    ("damaged inside", changed(a_zip(("a", b"mots"), method=0), b"mots", b"maux"), "archive_damaged"),
    ("another name inside", a_zip(("abc", b"1")).replace(b"abc", b"xyz", 1), "archive_damaged"),
    ("nothing but its end", a_zip(), "archive_empty"),
    ("folders only", a_zip(("a/", b""), ("a/b/", b"")), "archive_empty"),
    ("an absolute name", a_zip(("/etc/passwd", b"1")), "archive_name"),
    ("a name that climbs", a_zip(("a/../../b.png", b"1")), "archive_name"),
    ("a name that climbs, of another system", a_zip(("..\\b.png", b"1")), "archive_name"),
    ("a name with a drive", a_zip(("C:b.png", b"1")), "archive_name"),
    ("a name cut short", changed(a_zip(("b.pngX.exe", b"1")), b"X.exe", b"\0.exe"), "archive_name"),
    ("an archive", a_zip(("a.png", a_zip(("b", b"1")))), "archive_nested"),
    ("a compressed file", a_zip(("a.png", gzip.compress(b"1"))), "archive_nested"),
    ("a file of 7-Zip", a_zip(("a.png", b"7z\xbc\xaf\x27\x1c1")), "archive_nested"),
    ("a file of RAR", a_zip(("a.png", b"Rar!\x1a\x071")), "archive_nested"),
    ("a file of xz", a_zip(("a.png", lzma.compress(b"1"))), "archive_nested"),
    ("a file of bzip2", a_zip(("a.png", bz2.compress(b"1"))), "archive_nested"),
    ("an archive of nothing", a_zip(("a.png", a_zip())), "archive_nested"),
    ("a password", with_flags(a_zip(("a.png", b"1")), 1), "archive_locked"),
    ("a strange method", with_method(a_zip(("a.png", b"1")), 99), "archive_method"),
    ("a method without bound", a_zip(("a.png", bytes(99)), method=zipfile.ZIP_BZIP2), "archive_method"),
    ("a bomb", a_zip(("a.svg", bytes(4 * 1024 * 1024))), "archive_bomb"),
    ("a file too large", a_zip(("a.png", bytes(6 * 1024 * 1024)), method=0), "archive_bomb"),
    ("too many files", a_zip(*((f"{n}.png", b"1") for n in range(MAX_BADGES + 1))), "archive_crowded"),
    ("too many entries", a_zip(*((f"{n}/", b"") for n in range(MAX_ENTRIES + 1))), "archive_crowded"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "data", "expected"), REFUSED, ids=[each[0] for each in REFUSED])
def test_what_is_refused_is_told(sentence: str, data: bytes, expected: str) -> None:
    assert [code for _, code in told(data)] == [expected]


def test_a_mebibyte_of_nothing_is_read_and_not_one_byte_more() -> None:
    assert told(a_zip(("a.png", bytes(1024 * 1024)))) == [("a.png", "")]
    assert told(a_zip(("a.png", bytes(1024 * 1024 + 1)))) == [("a.png", "archive_bomb")]


def test_a_name_that_comes_twice_is_read_once() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = a_zip(("a.png", b"1"), ("A.png", b"2"), ("a.png", b"3"))
    assert told(data) == [("a.png", ""), ("A.png", "archive_twice"), ("a.png", "archive_twice")]


def test_what_is_refused_keeps_the_others_in() -> None:
    data = a_zip(("../a", b"1"), ("b.png", b"2"), ("c.zip", a_zip()))
    assert told(data) == [("a", "archive_name"), ("b.png", ""), ("c.zip", "archive_nested")]


def test_a_size_that_lies_opens_no_more_than_it_says() -> None:
    honest = a_zip(("a.svg", b"x" * 3_000_000))
    size = (3_000_000).to_bytes(4, "little")
    assert [code for _, code in told(changed(honest, size, (1000).to_bytes(4, "little")))] == ["archive_damaged"]


def test_all_archives_of_a_request_share_their_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_INFLATED", 10)
    thirty = a_zip(*((f"{n}.png", b"1") for n in range(30)))
    assert [each.refused.code for each in unpack([Given(thirty), Given(thirty)]) if each.refused] == ["archive_crowded"]
    room = archive._Room(inflated=10)
    opened = archive._opened(Given(a_zip(("a", b"12345678"), ("b", b"12345678"))), room)
    assert [each.refused.code if each.refused else "" for each in opened] == ["", "archive_bomb"]


def test_a_million_names_are_refused_before_they_are_read() -> None:
    began = time.perf_counter()
    assert told(b"PK\x03\x04" + b"PK\x01\x02" * 4_000_000) == [("a.zip", "archive_crowded")]
    assert time.perf_counter() - began < 1


def test_a_link_is_a_text_like_another() -> None:
    link = zipfile.ZipInfo("a.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    (opened,) = unpack([Given(a_zip((link, b"/etc/passwd")))])
    assert opened.data == b"/etc/passwd"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a/b.png", "b.png"),
        ("a\\b.png", "b.png"),
        ("gnp\u202e.exe", "gnp.exe"),
        ("a\nb", "ab"),
        ("/", None),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_name_is_shown_harmless(name: str, expected: str | None) -> None:
    assert shown(name) == expected


def several(world: World) -> bytes:
    withdrawn = world.award()
    world.revoke(withdrawn.id)
    return a_zip(
        ("bon.png", world.award().png()),
        ("inconnu.png", world.award(issuer=world.stranger).png()),
        ("../loin.png", world.award().png()),
        ("ferme.txt", b"7K3M 9QXT 2B4F"),
        ("retire.png", withdrawn.png()),
    )


def test_the_api_answers_for_each_file_in_its_place(browser: Browser, world: World) -> None:
    response = browser.ask(
        "POST", "/api/v1/verify", content=several(world), headers={"content-type": "application/zip"}
    )
    reports = response.json()["reports"]
    assert [report["answer"] for report in reports] == ["yes", "partly", "no", "unknown", "no"]
    assert [report["file"]["name"] for report in reports][2] == "loin.png"
    assert reports[2]["checks"][0]["code"] == "archive_name"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_shows_one_table_gravest_first(browser: Browser, world: World, language: str) -> None:
    files = [("file", ("badges.zip", several(world), "application/zip"))]
    response = browser.ask("POST", f"/verifier?lang={language}", files=files)
    page_read = PageRead(response.text)
    assert page_read.faults == []
    assert [row["data-answer"] for row in page_read.all("tr") if "data-answer" in row] == [
        "no", "no", "unknown", "partly", "yes"
    ]  # fmt: skip
    links = [str(link["href"]) for link in page_read.all("a") if str(link["href"]).startswith("#badge-")]
    assert links == [f"#badge-{number}" for number in range(1, 6)]
    assert {link[1:] for link in links} <= {str(each.get("id")) for each in page_read.all("section")}


def test_fifty_badges_are_answered_in_one_go(browser: Browser, world: World) -> None:
    files = a_zip(*((f"{number}.png", world.award().png()) for number in range(MAX_BADGES)))
    reports = browser.ask("POST", "/api/v1/verify", content=files).json()["reports"]
    assert {report["answer"] for report in reports} == {"yes"}
    assert len(reports) == MAX_BADGES


def test_the_command_opens_an_archive(world: World, tmp_path: object) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "badges.zip"
    file.write_bytes(several(world))
    out = StringIO()
    code = command.main(
        ["--offline", str(file)], stdout=out, stderr=StringIO(), environment={}, clock=FixedClock(NOW), fetcher=world
    )
    assert code == 1
    assert f"{file} : loin.png" in out.getvalue()
    assert "un nom qui mènerait ailleurs" in out.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux counts")
def test_an_archive_that_opens_to_fifty_mebibytes_never_stands_in_memory_whole() -> None:
    """Growth is that of the whole process, which is the client too: what was sent, and one file at a time."""
    words = [sys.executable, "-m", "tests.verify.large_archive"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 64


def test_a_file_of_an_archive_is_opened_when_its_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    read = zipfile.ZipFile.open

    def watched(self: zipfile.ZipFile, entry: zipfile.ZipInfo, *more: Any) -> Any:
        opened.append(entry.filename)
        return read(self, entry, *more)

    data = a_zip(("un.png", b"1"), ("deux.png", b"2"))
    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    one, two = listed([Given(data)])
    assert opened == []
    assert (two.taken().data, opened) == (b"2", ["deux.png"])
    assert (one.taken().data, opened) == (b"1", ["deux.png", "un.png"])


def test_what_an_archive_holds_counts_beside_the_archive_itself(world: World) -> None:
    verifier, told = world.verifier(), []
    desk = Desk(lambda: verifier, CachingFetcher(world, FixedClock(NOW)))
    packed = Given(a_zip(*((f"{number}.jws", world.award().token.encode()) for number in range(3))))
    reports = asyncio.run(desk.verify_all([packed, Given(b"hello")], admit=told.append))
    assert (len(reports), told) == (4, [2])
