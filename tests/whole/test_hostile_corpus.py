"""More than three hundred hostile things sent to the real service over HTTP, true badges before, among and after them.

Everything is sent once, by :func:`run`, to ``badges serve`` in a process of its own; each test then reads what became
of one case. What needs a web of its own (forgeries, broken issuers) is asked of the same doors in this process, over a
:class:`~tests.world.World`. The addresses have listeners to reach on this machine: none hears anything. At the end of
the run the figures of ``security.md`` §8 are printed (``pytest -s``) and held.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.app import create_app
from badges.clock import FixedClock
from badges.settings import read_settings
from badges.verify import api, attachments
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from badges.verify.verifier import Verifier
from tests.verify.test_pdf import HOSTILE as PAPERS
from tests.web.building import a_site, some_pages
from tests.world import EMAIL, NOW, World

from .conftest import Demonstration, Service
from .hostile_codes import expected, in_short, of_answer
from .test_hostile_uploads import (
    FORGERIES,
    KIB,
    MIB,
    NO_BADGE,
    PNG,
    REQUESTS,
    TOKEN,
    a_png,
    an_svg,
    b64,
    baked,
    carried,
    chunk,
)

EVERY = 40
"""Cases between two true badges."""
MUTE = ("mute", "dripping", "endless")

HEADER, PAYLOAD, SIGNATURE = TOKEN.split(".")


def token(header: dict[str, Any] | bytes, payload: bytes | str = PAYLOAD, signature: str = SIGNATURE) -> bytes:
    return f"{b64(header)}.{payload if isinstance(payload, str) else b64(payload)}.{signature}".encode()


FILES: dict[str, bytes] = dict(NO_BADGE)


def add(kind: str, cases: dict[str, bytes]) -> None:
    FILES.update({f"{kind}: {name}": data for name, data in cases.items()})


# -- tokens (V1, V2) -----------------------------------------------------------------------------------------------

ALGORITHMS: tuple[str, ...] = (
    "none",
    "None",
    "NONE",
    "nOnE",
    "",
    "HS256",
    "HS384",
    "HS512",
    "hs256",
    "RS1",
    "RS384",
    "RS512",
    "PS256",
)
ALGORITHMS += ("PS512", "ES384", "ES512", "ES256K", "rs256", "RS256 ", " RS256", "RS256\0", "Ed448", "dir", "A128KW")
add(
    "token",
    {f"the algorithm {name!r}": token({"alg": name}) for name in ALGORITHMS},
)
add(
    "token",
    {
        f"an algorithm that is {json.dumps(value)}": token({"alg": value})
        for value in (None, 1, True, ["RS256"], {"RS256": 1})
    },
)
add(
    "token",
    {
        "no algorithm": token({}),
        "the algorithm twice": token(b'{"alg":"EdDSA","alg":"none"}'),
        "a header that is a list": token(b'["EdDSA"]'),
        "a header that is no JSON": token(b"alg"),
        "a header of NUL": token(b"\0" * 9),
        "crit, empty": token({"alg": "EdDSA", "crit": []}),
        "crit of a known name": token({"alg": "EdDSA", "crit": ["alg"]}),
        "b64 false": token({"alg": "EdDSA", "b64": False}),
        "b64 true": token({"alg": "EdDSA", "b64": True}),
        "b64 false and crit": token({"alg": "EdDSA", "b64": False, "crit": ["b64"]}),
        "one part only twice": f"{HEADER}.{HEADER}.{HEADER}".encode(),
        "padding in the header": f"{HEADER}=.{PAYLOAD}.{SIGNATURE}".encode(),
        "padding in the payload": f"{HEADER}.{PAYLOAD}=.{SIGNATURE}".encode(),
        "a tab inside, which no token has": f"{HEADER}.{PAYLOAD}\t.{SIGNATURE}".encode(),
        "a percent sign": f"{HEADER}.{PAYLOAD}%2e{SIGNATURE}.x".encode(),
        "a payload that is a list": token({"alg": "EdDSA"}, b"[]"),
        "a payload that is a number": token({"alg": "EdDSA"}, b"1e400"),
        "a payload of two documents": token({"alg": "EdDSA"}, b"{}{}"),
        "a payload with a member twice": token({"alg": "EdDSA"}, b'{"id":"a","id":"b"}'),
        "a payload that is not UTF-8": token({"alg": "EdDSA"}, b'{"id":"\xff"}'),
        "a payload in UTF-16": token({"alg": "EdDSA"}, '{"id":"x"}'.encode("utf-16")),
        "a payload with half a pair": token({"alg": "EdDSA"}, b'{"id":"\\udc00"}'),
        "a token in a token": token({"alg": "EdDSA", "cty": "JWT"}, TOKEN.encode()),
        "a compressed payload": token({"alg": "EdDSA", "zip": "DEF"}, zlib.compress(b"{}" * 99)),
    },
)
add(
    "token",
    {"no signature, and its key out of reach": f"{HEADER}.{PAYLOAD}.".encode()},
)
add(
    "token as JSON",
    {
        "flattened": json.dumps({"protected": HEADER, "payload": PAYLOAD, "signature": SIGNATURE}).encode(),
        "general": json.dumps({"payload": PAYLOAD, "signatures": [{"protected": HEADER}]}).encode(),
    },
)

# -- documents (V2, V6, V10) ---------------------------------------------------------------------------------------

ASSERTION = World().award().document


def document(**changes: Any) -> bytes:
    """As the payload of a token: the JSON of a hosted badge is only a hint where to read it."""
    return token({"alg": "RS256"}, json.dumps({**ASSERTION, **changes}).encode())


DATES: tuple[str, ...] = (
    "",
    "now",
    "2026",
    "2026-11",
    "2026-11-20",
    "20261120T100000Z",
    "2026-11-20T10:00:00",
    "2026-13-01T00:00:00Z",
)
DATES += ("2026-02-30T00:00:00Z", "2026-11-20T25:00:00Z", "2026-11-20T10:00:00+99:99", "٢٠٢٦-11-20T10:00:00Z")
DATES += ("0000-00-00T00:00:00Z", "10000-01-01T00:00:00Z", "2026-11-20T10:00:00Z\0", " 2026-11-20T10:00:00Z", "1e999")
add("payload", {f"issued on {text!r}": document(issuedOn=text) for text in DATES})
add(
    "payload",
    {
        f"issued on {json.dumps(value)}": document(issuedOn=value)
        for value in (0, 1_700_000_000, True, None, [], {}, ["2026-11-20T10:00:00Z"] * 2)
    },
)
add("payload", {f"ends on {text!r}": document(expires=text) for text in ("never", "", "9999", "-1")})
MEMBERS = ("type", "recipient", "badge", "verification", "id")
add(
    "payload",
    {
        f"{member} is {json.dumps(value)}": document(**{member: value})
        for member in MEMBERS
        for value in (None, 0, "", [], {}, [[]])
    },
)
add(
    "JSON",
    {
        "deep, one more than is read": b'{"a":' * 65 + b"1" + b"}" * 65,
        "an integer of 33 digits": b'{"id":' + b"9" * 33 + b"}",
        "infinity": b'{"id":Infinity}',
        "minus infinity": b'{"id":-Infinity}',
        "a comment": b'{"id":"x"/**/}',
        "a comma too many": b'{"id":"x",}',
        "single quotes": b"{'id':'x'}",
        "cut": b'{"id":"x',
        "two documents": b"{}{}",
        "NUL behind": b"{}\0",
        "a name twice, once escaped": b'{"id":"a","\\u0069d":"b"}',
        "a name of half a pair": b'{"\\ud800":1}',
        "not UTF-8": b'{"id":"\xc3\x28"}',
        "an overlong slash": b'{"id":"\xc0\xaf"}',
        "prototype": b'{"__proto__":{"type":"Assertion"},"constructor":1}',
        "an empty object": b"{}",
        "a megabyte of spaces inside": b'{"id":' + b" " * MIB + b'"x"}',
    },
)

# -- pictures (V8, V9, V14) ----------------------------------------------------------------------------------------


def without_crc(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


TEXT = TOKEN.encode()
IEND = chunk(b"IEND")
add(
    "PNG",
    {
        "another byte in its signature": b"\x89PNG\r\n\x1a\r" + PNG[8:],
        "line ends changed on the way": PNG.replace(b"\r\n", b"\n", 1),
        "a header with a wrong checksum": without_crc(PNG, 29),
        "a badge with a wrong checksum": without_crc(PNG, 33 + 8 + 40),
        "an end with a wrong checksum": without_crc(PNG, len(PNG) - 1),
        "two headers": PNG[:33] + PNG[8:33] + PNG[33:],
        "no header": PNG[:8] + PNG[33:],
        "no end": PNG.removesuffix(IEND),
        "two ends": PNG + IEND,
        "one byte behind its end": PNG + b"\0",
        "a page behind its end": PNG + b"<script>alert(1)</script>",
        "a badge behind its end": PNG + baked(TEXT),
        "a header of 12 bytes": PNG[:8] + chunk(b"IHDR", PNG[16:28]) + PNG[33:],
        "a length of two billion": PNG[:33] + b"\x7f\xff\xff\xffiTXt" + PNG[41:],
        "a negative length": PNG[:33] + b"\x80\0\0\0iTXt" + PNG[41:],
        "a kind of chunk that is no letters": PNG[:33] + chunk(b"\0\0\0\0") + PNG[33:],
        "4097 pixels wide": a_png(baked(TEXT), width=4097),
        "4097 pixels high": a_png(baked(TEXT), height=4097),
        "too many pixels": a_png(baked(TEXT), width=4096, height=4097),
        "10,001 chunks": a_png(baked(TEXT), *[chunk(b"tIME")] * 10_001),
        "its badge twice, not in a row": a_png(baked(TEXT), chunk(b"tIME"), baked(TEXT)),
        "its badge as iTXt and as tEXt": a_png(baked(TEXT), chunk(b"tEXt", b"openbadges\0" + TEXT)),
        "an empty badge": a_png(baked(b"")),
        "a badge of white space": a_png(baked(b" \n ")),
        "a badge of NUL": a_png(baked(b"\0" * 99)),
        "a badge that is not UTF-8": a_png(baked(b"\xff\xfe")),
        "the name of its badge in capitals": a_png(baked(TEXT, b"OPENBADGES")),
        "a space after the name of its badge": a_png(baked(TEXT, b"openbadges ")),
        "a name without end": a_png(chunk(b"iTXt", b"openbadges")),
        "a flag of compression that is 2": a_png(chunk(b"iTXt", b"openbadges\0\2\0\0\0" + TEXT)),
        "a method of compression that is 1": a_png(chunk(b"iTXt", b"openbadges\0\1\1\0\0" + zlib.compress(TEXT))),
        "a megabyte of text": a_png(baked(b"a" * MIB)),
        "a PNG in its badge": a_png(baked(b64(PNG).encode())),
        "only noise": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 99,
    },
)
add(
    "SVG",
    {
        "a DOCTYPE and nothing else": an_svg(carried(TOKEN), "<!DOCTYPE svg>"),
        "an outside DTD": an_svg(carried(TOKEN), '<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd">'),
        "an outside parameter": an_svg(carried(TOKEN), '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/"> %b;]>'),
        "a quadratic entity": an_svg("&a;" * 99, f'<!DOCTYPE a [<!ENTITY a "{"a" * 9999}">]>'),
        "an unknown entity": an_svg("&nope;" + carried(TOKEN)),
        "a number that is no letter": an_svg("&#0;" + carried(TOKEN)),
        "UTF-16": an_svg(carried(TOKEN)).decode().encode("utf-16"),
        "Latin-1": b'<?xml version="1.0" encoding="latin-1"?>' + an_svg("\xe9").decode().encode("latin-1"),
        "UTF-32": an_svg(carried(TOKEN)).decode().encode("utf-32"),
        "NUL": an_svg("\0" + carried(TOKEN)),
        "an element that does not end": an_svg(carried(TOKEN))[:-6],
        "two roots": an_svg(carried(TOKEN)) * 2,
        "an attribute twice": an_svg(carried(TOKEN), attributes='a="" a=""'),
        "a namespace nobody declared": an_svg(f'<ob:assertion verify="{TOKEN}"/>'),
        "no namespace": an_svg(f'<assertion verify="{TOKEN}"/>'),
        "its badge in a comment": an_svg(f"<!-- {carried('eyJ.eyJ.eyJ')} -->"),
        "its badge in CDATA": an_svg(f"<![CDATA[{carried(TOKEN)}]]>"),
        "a badge in its badge": an_svg(carried(TOKEN).replace("/>", f">{carried(TOKEN)}</openbadges:assertion>")),
        "an empty badge": an_svg(carried("")),
        "a badge of white space": an_svg(carried("  ")),
        "a script as its badge": an_svg(carried("javascript:alert(1)")),
        "a root that is a page": an_svg(carried(TOKEN)).replace(b"svg", b"html"),
        "201 deep": an_svg("<g>" * 201 + carried(TOKEN) + "</g>" * 201),
        "an instruction for a style sheet, and its badge twice": an_svg(carried(TOKEN) * 2, "<?xml-stylesheet?>"),
    },
)  # fmt: skip

# -- addresses (V11) -----------------------------------------------------------------------------------------------

HOSTS = (
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "2130706433", "017700000001", "0x7f000001",
    "0x7f.0.0.1", "0177.0.0.1", "0x7f.1", "0", "0.0.0.0", "0x0", "localhost", "LOCALHOST", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:1::1]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[100::1]", "[2001:db8::1]",
    "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "169.254.0.1", "100.64.0.1",
    "100.100.100.200", "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "2852039166", "0xa9fea9fe",
)  # fmt: skip
SPELLINGS = (
    "http://127.0.0.1/", "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://[::1]:{port}/",
    "http://[::1]:{port}/", "http://localhost:{port}/", "https://localhost:{port}/", "http://2130706433:{port}/",
    "https://user@127.0.0.1/", "https://badges.example@127.0.0.1/", "https://127.0.0.1:443@127.0.0.1/",
    "https://127.0.0.1#@badges.example/", "https://127.0.0.1?@badges.example/", "https://127.0.0.1:0/",
    "HTTPS://127.0.0.1/", "https://127.0.0.1:00443/", "https://127.0.0.1:+443/",
)  # fmt: skip
ADDRESSES = {f"https://{host}/x": f"https://{host}/x" for host in HOSTS} | {spelled: spelled for spelled in SPELLINGS}


@dataclass
class Canaries:
    """Listeners on this machine, and on the usual ports where they are free; ``heard`` is who called."""

    sockets: list[socket.socket] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    port: int = 0

    def open(self) -> Canaries:
        for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "::1")):
            for port in (self.port, 80, 443):
                listener = socket.socket(family)
                try:
                    listener.bind((host, port))
                    listener.listen()
                except OSError:  # not ours to take here; the others listen
                    listener.close()
                    continue
                self.port = self.port or listener.getsockname()[1]
                self.sockets.append(listener)
                threading.Thread(target=self._listen, args=(listener,), daemon=True).start()
        return self

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, address = listener.accept()
            except OSError:
                return
            self.heard.append(str(address))
            caller.close()

    def close(self) -> None:
        for listener in self.sockets:
            listener.close()


# -- the run -------------------------------------------------------------------------------------------------------


@dataclass
class Answer:
    status: int
    body: bytes
    seconds: float

    def reports(self) -> list[dict[str, Any]]:
        return list(json.loads(self.body)["reports"])


@dataclass
class Run:
    answers: dict[str, Answer] = field(default_factory=dict)
    controls: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    growth: dict[str, int] = field(default_factory=dict)
    """Bytes that the service held more, after this request at the latest, than before the first one."""
    kept: int = 0
    """Bytes that the service holds more after the last one."""
    seconds: float = 0.0


@pytest.fixture(scope="module")
def run(service: Service) -> Iterator[Run]:
    """Sends everything once, and prints the figures when the module ends."""
    assert service.process is not None
    done = Run()
    canaries = Canaries().open()
    connection = http.client.HTTPConnection("127.0.0.1", service.demo.port, timeout=20)
    badge = service.demo.badge("tec-maraichage-planter")

    def ask(path: str, body: bytes, headers: dict[str, str]) -> Answer:
        began = time.perf_counter()
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(), time.perf_counter() - began)
        except OSError:  # refused in the middle of a large body, and closed
            connection.close()
            return Answer(0, b"", time.perf_counter() - began)

    def control() -> None:
        answer = ask("/api/v1/verify", badge, {"Content-Type": "image/png"})
        done.controls.append(answer.reports()[0]["answer"] if answer.status == 200 else str(answer.status))

    questions: list[tuple[str, str, bytes, dict[str, str]]] = [
        *((f"file {name}", "/api/v1/verify", data, {}) for name, data in FILES.items()),
        *((f"paper {name}", "/api/v1/verify", data, {}) for name, (_, _, data) in PAPERS.items()),
        *(
            (f"address {name}", "/api/v1/verify", address.format(port=canaries.port).encode(), {})
            for name, address in ADDRESSES.items()
        ),
        *(
            (f"request {path} {name}", path, body, headers)
            for path in ("/api/v1/verify", "/verifier")
            for name, (headers, body) in REQUESTS.items()
        ),
    ]
    began = time.perf_counter()
    for _ in range(20):
        control()
    # The first receipt opens its key, which takes 128 MiB by design and once: that is nobody's growth.
    assert ask("/verifier", badge, {"Content-Type": "image/png"}).status == 200
    Path(f"/proc/{service.process.pid}/clear_refs").write_text("5")
    before = memory(service.process.pid, "VmRSS")
    for number, (name, path, body, headers) in enumerate(questions):
        if number % EVERY == 0:
            control()
        done.answers[name] = ask(path, body, headers)
        done.growth[name] = memory(service.process.pid, "VmHWM") - before
    control()
    done.kept = memory(service.process.pid, "VmRSS") - before
    done.seconds = time.perf_counter() - began
    connection.close()
    canaries.close()
    done.heard = canaries.heard
    yield done
    print(
        f"\n{len(done.answers)} hostile requests in {done.seconds:.1f} s: p99 {p99(done):.3f} s, "
        f"longest {max(answer.seconds for answer in done.answers.values()):.3f} s, "
        f"{len(done.heard)} connections to forbidden addresses, memory + {done.kept / MIB:.1f} MiB "
        f"(+ {max(done.growth.values()) / MIB:.1f} MiB at the most), "
        f"{done.controls.count('yes')} of {len(done.controls)} true badges believed"
    )


def memory(pid: int, what: str) -> int:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) * KIB


def p99(run: Run) -> float:
    """Papers aside, which another process reads: they have a bound of their own."""
    seconds = sorted(answer.seconds for name, answer in run.answers.items() if not name.startswith("paper "))
    return seconds[int(len(seconds) * 0.99)]


ADDRESS = "unknown: carrier unknown address_unreachable address_forbidden"
"""What every address that is not to be asked is told."""


def is_refused(report: dict[str, Any]) -> bool:
    return report["answer"] in ("no", "unknown") and report["verdict"] != "valid" and report["badge"] is None


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_with_its_code(run: Run, name: str) -> None:
    answer = run.answers[f"file {name}"]
    assert answer.status == 200
    (report,) = answer.reports()
    assert is_refused(report)
    assert in_short(report) == expected().get(f"door {name}", expected()[f"file {name}"])


@pytest.mark.parametrize("name", PAPERS)
def test_a_hostile_paper_is_refused_with_its_code(run: Run, name: str) -> None:
    outcome, code, _ = PAPERS[name]
    answer = run.answers[f"paper {name}"]
    if code == "input_too_large":
        assert answer.status == 413, "the door refuses it first"
        return
    assert answer.status == 200
    (report,) = answer.reports()
    assert is_refused(report)
    assert in_short(report) == f"{'no' if outcome == 'failed' else 'unknown'}: input {outcome} {code}"
    assert answer.seconds < 2 * attachments.SECONDS


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_forbidden_address_is_refused_without_a_connection(run: Run, name: str) -> None:
    answer = run.answers[f"address {name}"]
    assert answer.status == 200
    (report,) = answer.reports()
    assert is_refused(report)
    assert in_short(report) == ADDRESS


@pytest.mark.parametrize("path", ["/api/v1/verify", "/verifier"])
@pytest.mark.parametrize("name", REQUESTS)
def test_a_hostile_request_is_told_what_is_wrong(run: Run, path: str, name: str) -> None:
    answer = run.answers[f"request {path} {name}"]
    assert answer.status in (0, 200, 413, 422), "0 is a connection closed in the middle of too much"
    assert b'data-answer="yes"' not in answer.body
    if path.startswith("/api/") and answer.status:
        assert of_answer(answer.status, answer.body) == expected()[f"request {name}"]


def test_true_badges_are_believed_before_among_and_after(run: Run) -> None:
    assert set(run.controls) == {"yes"}
    assert len(run.controls) > len(run.answers) / EVERY


def test_nobody_is_called(run: Run) -> None:
    assert run.heard == []


def test_no_answer_is_a_failure(run: Run) -> None:
    assert {name: answer.status for name, answer in run.answers.items() if answer.status >= 500} == {}


def test_answers_come_at_once_and_take_little_memory(run: Run) -> None:
    assert p99(run) < 0.3
    assert max(run.growth.values()) < 64 * MIB


def test_there_are_three_hundred_of_them_and_forty_five_addresses(run: Run) -> None:
    assert len(run.answers) + len(FORGERIES) >= 300
    assert len(ADDRESSES) >= 45


# -- forgeries, through the same door ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_over_the_door_and_a_true_badge_is_not(name: str) -> None:
    world = World()
    true = world.award().token
    made = FORGERIES[name](world)
    forged = made if isinstance(made, str) else made.token
    memory = CachingFetcher(World() if made is None else world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    site = a_site(api.router(Desk(lambda: verifier, memory)), pages=some_pages())

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="https://badges.example") as client:
            return await client.post("/api/v1/verify", data={"text": [forged, true], "recipient": EMAIL})

    response = asyncio.run(ask())
    assert response.status_code == 200
    report, _ = response.json()["reports"]
    assert report["verdict"] in ("invalid", "undetermined")
    assert in_short(report) == expected()[f"forgery {name}"]


# -- servers that do not end ---------------------------------------------------------------------------------------


def a_bad_server(kind: str) -> tuple[socket.socket, int]:
    """Listens on this machine: says nothing, one byte at a time, or everything for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        kept = []
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            kept.append(caller)
            threading.Thread(target=answer, args=(caller,), daemon=True).start()

    def answer(caller: socket.socket) -> None:
        try:
            caller.recv(4096)
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
            if kind == "endless":
                caller.sendall(head)
                while True:
                    caller.sendall(b" " * 65536)
            while kind == "dripping":
                for byte in head + b" " * 999:
                    caller.sendall(bytes([byte]))
                    time.sleep(0.05)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    return listener, listener.getsockname()[1]


def test_a_mute_a_dripping_and_an_endless_server_hold_nobody_up(demo: Demonstration) -> None:
    servers = [a_bad_server(kind) for kind in MUTE]
    origins = tuple(f"http://127.0.0.1:{port}" for _, port in servers)
    app = create_app(read_settings(demo.home).model_copy(update={"allowed_origins": origins}))

    async def ask(client: httpx.AsyncClient, body: bytes) -> tuple[str, float]:
        began = time.perf_counter()
        response = await client.post("/api/v1/verify", content=body)
        assert response.status_code == 200
        return response.json()["reports"][0]["answer"], time.perf_counter() - began

    async def all_of_them() -> list[tuple[str, float]]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://badges.example") as client:
            bad = [asyncio.create_task(ask(client, f"{origin}/a".encode())) for origin in origins]
            await asyncio.sleep(0.1)
            true = await ask(client, demo.badge("tec-maraichage-planter"))
            return [true, *await asyncio.gather(*bad)]

    (true, at_once), *bad = asyncio.run(all_of_them())
    for listener, _ in servers:
        listener.close()
    assert true == "yes"
    assert at_once < 1.0
    assert {answer for answer, _ in bad} == {"unknown"}
    assert max(seconds for _, seconds in bad) < 3.5
