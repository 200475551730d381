"""The only way to the network: which addresses it refuses, what it does not follow, and how long it waits."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from badges import __version__
from badges.clock import FixedClock
from badges.errors import AddressForbidden, FetchError
from badges.verify.address_policy import is_public
from badges.verify.documents import Parsed
from badges.verify.fetcher import (
    CachedOnly,
    CachingFetcher,
    Fetched,
    NeedsNetwork,
    NoNetwork,
    OneBadge,
    OneRequest,
    SafeFetcher,
    TooMany,
    _Hosts,
    _max_age,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

FORBIDDEN = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.1.2.3",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:2::1",
    "2001:10::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::",
    "2002:c0a8:1::",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2a00:1450::5efe:7f00:1",
    "2a00:1450::200:5efe:a00:1",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_is_not_public_is_never_asked(address: str) -> None:
    assert not is_public(address)
    fetcher = SafeFetcher(resolver=lambda host, port: ["93.184.215.14", address])
    with pytest.raises(AddressForbidden):
        fetcher.get("https://badges.test/", "application/json", 1000)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.215.14", "2a00:1450:4007::1", "2606:4700::1111"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://badges.test/",
        "https://badges.test:8443/",
        "https://user@badges.test/",
        "https://user:word@badges.test/",
        "https://@badges.test/",
        "https://bad ges.test/",
        "https://badgés.test/",
        "https:///path",
        "https://badges.test:port/",
        "https://badges.test:99999/",
        "https://[::1",
        "ftp://badges.test/",
        "file:///etc/passwd",
        "gopher://badges.test/",
        "HTTPS://badges.test\\@127.0.0.1/",
        "https://badges.test/a b",
        "https://badges.test/a\x00b",
        "https://badges.test/é",
        "https://badges.test/\r\nHost: x",
        "",
    ],
)
def test_nobody_looks_up_the_host_of_an_address_that_is_not_plain_https(url: str) -> None:
    looked_up: list[str] = []
    fetcher = SafeFetcher(resolver=lambda host, port: looked_up.append(host) or ["127.0.0.1"])
    with pytest.raises(AddressForbidden):
        fetcher.get(url, "application/json", 1000)
    assert looked_up == []


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"])
def test_an_address_in_numbers_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(FetchError):
        SafeFetcher(resolver=lambda host, port: ["127.0.0.1"]).get(f"https://{host}/", "application/json", 1000)


class Server:
    """A web server on loopback that answers what a test says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answers: dict[str, Any] = {}
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, self.headers["Host"]))
                server.headers = dict(self.headers)
                server.answers[self.path](self)

            def log_message(self, *args: Any) -> None:
                pass

        self.headers: dict[str, str] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.origin = f"http://badges.test:{self.port}"

    @contextmanager
    def running(self) -> Iterator[Server]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()

    def says(self, path: str, status: int = 200, body: bytes = b"{}", **headers: str) -> None:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(body)),
                **headers,
            }.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer

    def fetcher(self, seconds: float = 3.0) -> SafeFetcher:
        return SafeFetcher(
            [self.origin], clock=FixedClock(NOW), seconds=seconds, resolver=lambda host, port: ["127.0.0.1"]
        )


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


def get(server: Server, path: str, *, seconds: float = 3.0, max_bytes: int = 1000) -> Fetched:
    return server.fetcher(seconds).get(server.origin + path, "application/json", max_bytes)


def test_an_origin_of_the_trust_list_may_be_on_loopback(server: Server) -> None:
    server.says("/a?b=1", body=b'{"a":1}', Cache_Control="public, max-age=60")
    answer = get(server, "/a?b=1")
    assert answer == Fetched(f"{server.origin}/a?b=1", 200, "application/json", b'{"a":1}', NOW, 60)
    assert server.asked == [("/a?b=1", f"badges.test:{server.port}")]
    assert server.headers == {
        "Host": f"badges.test:{server.port}",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"badges-iae/{__version__} (verification)",
        "Connection": "close",
    }, "no cookie, no password, nothing of the reader"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("max-age=60", 60),
        ("Public , MAX-AGE=60", 60),
        ("max-age=60, no-store", 0),
        ("no-cache", 0),
        ("max-age=0", 0),
        ("s-maxage=60", None),
        ("max-age=-1", None),
        ("max-age=²", None),
        ("", None),
        ("max-age=9999999999999", 999_999_999),
    ],
)
def test_an_answer_says_how_long_it_may_be_kept(said: str, seconds: int | None) -> None:
    assert _max_age(said) == seconds


def test_another_port_of_that_origin_stays_closed(server: Server) -> None:
    with pytest.raises(AddressForbidden):
        server.fetcher().get(f"http://badges.test:{server.port + 1}/", "application/json", 1000)


def test_a_name_is_resolved_once_and_the_connection_goes_there(server: Server) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    server.says("/")
    fetcher = SafeFetcher([server.origin], resolver=lambda host, port: next(answers))
    assert fetcher.get(f"{server.origin}/", "application/json", 1000).status == 200
    assert next(answers) == ["127.0.0.2"]


def test_a_proxy_of_the_environment_is_ignored(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.says("/")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(server, "/").status == 200


def test_two_redirections_are_followed_and_not_three(server: Server) -> None:
    for at, to in (("/1", "/2"), ("/2", "/3"), ("/0", "/1")):
        server.says(at, 302, Location=to)
    server.says("/3", body=b"3")
    assert get(server, "/1").body == b"3"
    with pytest.raises(FetchError) as refused:
        get(server, "/0")
    assert refused.value.code == "fetch_redirects"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirection_is_followed(server: Server, status: int) -> None:
    server.says("/old", status, Location="/new")
    server.says("/new", body=b"here")
    assert get(server, "/old").body == b"here"


@pytest.mark.parametrize("status", [200, 300, 304, 309, 404])
def test_no_other_answer_leads_elsewhere(server: Server, status: int) -> None:
    server.says("/old", status, Location="/new")
    assert get(server, "/old").status == status


def test_a_redirection_without_a_target_is_the_answer(server: Server) -> None:
    server.says("/", 302)
    assert get(server, "/").status == 302


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:1/", "https://10.0.0.1/", "http://badges.test/", "file:///etc/passwd", "http://[bad", "//]"],
)
def test_a_redirection_is_checked_like_an_address(server: Server, target: str) -> None:
    server.says("/", 302, Location=target)
    with pytest.raises(AddressForbidden):
        get(server, "/")


def test_a_status_is_an_answer(server: Server) -> None:
    server.says("/", 410, b"")
    assert get(server, "/").status == 410


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP, identity"])
def test_a_compressed_body_is_refused(server: Server, encoding: str) -> None:
    server.says("/", Content_Encoding=encoding)
    with pytest.raises(FetchError) as refused:
        get(server, "/")
    assert refused.value.code == "fetch_encoding"


def test_a_body_is_cut_where_the_reader_said(server: Server) -> None:
    server.says("/", body=b"x" * 1000)
    assert len(get(server, "/").body) == 1000
    server.says("/", body=b"x" * 1001)
    with pytest.raises(FetchError) as refused:
        get(server, "/")
    assert refused.value.code == "fetch_too_large"


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    with_patience(handler, b"x" * 65536, 0)


def mute(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(2)


def dripping_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    with_patience(handler, b"X: y\r\n", 0.05)


def dripping_body(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    with_patience(handler, b" ", 0.05)


def with_patience(handler: BaseHTTPRequestHandler, piece: bytes, pause: float) -> None:
    try:
        for _ in range(100_000):
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)
    except OSError:
        pass


@pytest.mark.parametrize("behaviour", [mute, dripping_head, dripping_body])
def test_one_deadline_holds_whatever_the_pace(server: Server, behaviour: Any) -> None:
    server.answers["/"] = behaviour
    began = time.monotonic()
    with pytest.raises(FetchError) as refused:
        get(server, "/", seconds=0.4, max_bytes=10**6)
    assert refused.value.code == "fetch_timeout"
    assert time.monotonic() - began < 0.9


def test_an_endless_body_ends(server: Server) -> None:
    server.answers["/"] = endless
    with pytest.raises(FetchError) as refused:
        get(server, "/", max_bytes=10**6)
    assert refused.value.code == "fetch_too_large"


def test_a_resolver_that_sleeps_is_not_waited_for() -> None:
    fetcher = SafeFetcher(seconds=0.2, resolver=lambda host, port: time.sleep(5) or [])
    began = time.monotonic()
    with pytest.raises(FetchError) as refused:
        fetcher.get("https://badges.test/", "application/json", 1000)
    assert refused.value.code == "fetch_timeout"
    assert time.monotonic() - began < 0.7


def test_where_all_the_places_are_taken_nobody_waits_longer_than_for_a_document() -> None:
    fetcher = SafeFetcher(seconds=0.1, at_once=1, resolver=lambda host, port: [])
    assert fetcher._at_once.acquire()
    began = time.monotonic()
    with pytest.raises(FetchError) as refused:
        fetcher.get("https://badges.test/", "application/json", 1000)
    assert refused.value.code == "fetch_budget"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("error", "code"), [(TimeoutError(), "fetch_timeout"), (ConnectionResetError(), "fetch_connection")]
)
def test_what_ends_an_exchange_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception, code: str) -> None:
    def ended(*_: object) -> None:
        raise error

    monkeypatch.setattr(SafeFetcher, "_exchange", ended)
    with pytest.raises(FetchError) as refused:
        SafeFetcher(resolver=lambda host, port: ["8.8.8.8"]).get("https://badges.test/", "application/json", 1000)
    assert refused.value.code == code


def test_a_name_without_address_is_told(server: Server) -> None:
    with pytest.raises(FetchError) as refused:
        SafeFetcher(resolver=lambda host, port: []).get("https://badges.test/", "application/json", 1000)
    assert refused.value.code == "fetch_name"


def test_a_closed_door_is_told() -> None:
    with Server().running() as server:
        fetcher, origin = server.fetcher(), server.origin
    with pytest.raises(FetchError) as refused:
        fetcher.get(f"{origin}/", "application/json", 1000)
    assert refused.value.code == "fetch_connection"


def test_tls_asks_for_the_name_and_believes_whom_the_machine_believes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "badges.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("badges.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    named: list[str | None] = []
    context.sni_callback = lambda socket, name, context: named.append(name)
    server = Server()
    server._http.socket = context.wrap_socket(server._http.socket, server_side=True)
    origin = f"https://badges.test:{server.port}"

    server.says("/")

    def ask() -> Fetched:
        fetcher = SafeFetcher([origin], resolver=lambda host, port: ["127.0.0.1"])
        return fetcher.get(f"{origin}/", "application/json", 1000)

    with server.running():
        with pytest.raises(FetchError) as refused:
            ask()
        assert (refused.value.code, server.asked) == ("fetch_connection", []), "a certificate of nobody"
        (tmp_path / "known.pem").write_bytes(certificate.public_bytes(pem))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "known.pem"))
        assert ask().status == 200
        assert len(SafeFetcher()._tls_context().get_ca_certs()) == 1, "and nobody else"
    assert named == ["badges.test"] * 2


# -- memory and limits -------------------------------------------------------------------------------------------


class Counting:
    """A fetcher that counts, and answers what it is given."""

    def __init__(self, **changes: Any) -> None:
        self.count = 0
        self.changes = changes

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        self.count += 1
        if error := self.changes.get("error"):
            raise FetchError("expected an answer, found none", code=error)
        return Fetched(
            **{"url": url, "status": 200, "content_type": "", "body": b"x", "fetched_at": NOW} | self.changes
        )


class Clock:
    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant


@pytest.mark.parametrize(
    ("max_age", "seconds", "asked"),
    [
        (None, 60, 1),
        (None, 61, 2),
        (0, 1, 2),
        (300, 300, 1),
        (300, 301, 2),
        (10**8, 3600, 1),
        (10**8, 3601, 2),
        (None, -1, 2),
    ],
)
def test_an_answer_is_remembered_as_long_as_it_may_be(max_age: int | None, seconds: int, asked: int) -> None:
    behind, clock = Counting(max_age=max_age), Clock()
    memory = CachingFetcher(behind, clock)
    memory.get("u", "a", 10)
    clock.instant += timedelta(seconds=seconds)
    assert memory.get("u", "a", 10).fetched_at == NOW
    assert behind.count == asked


@pytest.mark.parametrize("changes", [{"status": 500}, {"status": 404}, {"error": "fetch_timeout"}])
def test_a_failure_is_never_remembered(changes: dict[str, Any]) -> None:
    behind = Counting(**changes)
    memory = CachingFetcher(behind, FixedClock(NOW))
    for _ in range(2):
        try:
            memory.get("u", "a", 10)
        except FetchError:
            continue
    assert behind.count == 2


def test_that_a_document_is_gone_is_remembered() -> None:
    behind = Counting(status=410)
    memory = CachingFetcher(behind, FixedClock(NOW))
    assert [memory.get("u", "a", 10).status for _ in range(2)] == [410, 410]
    assert behind.count == 1


def test_memory_is_bounded() -> None:
    memory = CachingFetcher(Counting(body=b"x" * 100), FixedClock(NOW), documents=5, size=1000)
    for number in range(20):
        memory.get(str(number), "a", 1000)
    assert memory.find("19", "a", 1000) is not None
    assert memory.find("15", "a", 1000) is not None
    assert memory.find("14", "a", 1000) is None
    assert memory.find("19", "a", 50) is None


def test_memory_is_bounded_in_bytes_too() -> None:
    memory = CachingFetcher(Counting(body=b"x" * 100), FixedClock(NOW), documents=100, size=1000)
    for number in range(20):
        memory.get(str(number), "a", 1000)
    assert [number for number in range(20) if memory.find(str(number), "a", 1000)] == list(range(10, 20))


def test_a_document_that_takes_an_eighth_of_the_memory_is_remembered_and_no_larger_one() -> None:
    for size, kept in ((125, True), (126, False)):
        memory = CachingFetcher(Counting(body=b"x" * size), FixedClock(NOW), size=1000)
        memory.get("u", "a", 1000)
        assert (memory.find("u", "a", 1000) is not None) is kept


def test_a_document_read_again_takes_its_room_once() -> None:
    clock = Clock()

    class Behind:
        def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
            return Fetched(url, 200, "", b"x" * 100, clock.now(), max_age=3600 if url == "kept" else 0)

    memory = CachingFetcher(Behind(), clock, documents=10, size=1000)
    memory.get("kept", "a", 1000)
    for _ in range(30):
        clock.instant += timedelta(seconds=1)
        memory.get("again and again", "a", 1000)
    assert memory.find("kept", "a", 1000) is not None


def test_no_answer_is_read_twice() -> None:
    read: list[bytes] = []
    parsed, answer = Parsed(), Fetched("u", 200, "", b"x", NOW)
    for given in (answer, answer, answer._replace(body=b"y")):
        parsed.read(given, read.append)
    assert read == [b"x", b"y"]


def test_what_is_not_at_hand_is_told_apart_from_a_failure() -> None:
    memory = CachingFetcher(Counting(), FixedClock(NOW))
    with pytest.raises(NeedsNetwork):
        CachedOnly(memory).get("u", "a", 10)
    memory.get("u", "a", 10)
    assert CachedOnly(memory).get("u", "a", 10).body == b"x"


def test_one_badge_may_ask_ten_documents() -> None:
    one = OneBadge(Counting())
    for number in range(10):
        one.get(f"https://badges.test/{number}", "a", 10)
    with pytest.raises(FetchError) as refused:
        one.get("https://badges.test/10", "a", 10)
    assert refused.value.code == "fetch_budget"


def test_one_badge_does_not_wait_twice_for_a_silent_host() -> None:
    behind = Counting(error="fetch_timeout")
    one = OneBadge(behind)
    for url in ("https://badges.test/1", "https://badges.test/2"):
        with pytest.raises(FetchError):
            one.get(url, "a", 10)
    assert behind.count == 1


def test_one_badge_starts_nothing_that_would_end_after_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    one = OneBadge(Counting(), seconds=0.0)
    one.get("https://badges.test/1", "a", 10)
    with pytest.raises(FetchError) as refused:
        one.get("https://badges.test/2", "a", 10)
    assert refused.value.code == "fetch_budget"


def test_a_silent_host_and_an_address_that_cannot_be_read_stay_apart() -> None:
    one = OneBadge(Counting(error="fetch_timeout"))
    for url in ("https://badges.test/1", "https://[bad"):
        with pytest.raises(FetchError):
            one.get(url, "a", 10)


def test_the_badges_of_one_visitor_share_the_time_and_not_what_is_at_hand() -> None:
    at_hand = CachingFetcher(Counting(max_age=60), Clock())
    at_hand.get("https://badges.test/0", "a", 10)
    request = OneRequest(at_hand, seconds=0.0)
    assert request.get("https://badges.test/1", "a", 10).body == b"x"
    with pytest.raises(FetchError) as refused:
        request.get("https://badges.test/2", "a", 10)
    assert refused.value.code == "fetch_budget"
    assert request.get("https://badges.test/0", "a", 10).body == b"x"


def test_what_is_at_hand_has_to_fit_as_if_it_were_read_anew() -> None:
    at_hand = CachingFetcher(Counting(max_age=60), Clock())
    size = len(at_hand.get("https://badges.test/0", "a", 10).body)
    assert at_hand.find("https://badges.test/0", "a", size) is not None
    assert at_hand.find("https://badges.test/0", "a", size - 1) is None


def test_who_comes_when_all_places_are_taken_has_what_is_at_hand() -> None:
    at_hand = CachingFetcher(Counting(max_age=60), Clock())
    at_hand.get("https://badges.test/0", "a", 10)
    assert TooMany(at_hand).get("https://badges.test/0", "a", 10).body == b"x"
    with pytest.raises(FetchError) as refused:
        TooMany(at_hand).get("https://badges.test/1", "a", 10)
    assert refused.value.code == "fetch_budget"


@pytest.mark.parametrize(
    ("allowed", "address", "believed"),
    [
        ("http://127.0.0.1", "http://127.0.0.1:80/", True),
        ("http://127.0.0.1", "http://127.0.0.1:81/", False),
        ("https://127.0.0.1", "https://127.0.0.1:443/", True),
        ("https://127.0.0.1", "https://127.0.0.1:80/", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1/", False),
        ("http://Linux/", "http://linux/", True),
    ],
)
def test_an_origin_that_is_allowed_is_itself_with_its_usual_port(allowed: str, address: str, believed: bool) -> None:
    asked: list[int] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(port)
        raise OSError

    with pytest.raises(FetchError):
        SafeFetcher([allowed], resolver=resolver).get(address, "a", 10)
    assert bool(asked) is believed


@pytest.mark.parametrize(("code", "asked"), [("fetch_timeout", 1), ("fetch_connection", 1), ("fetch_status", 2)])
def test_a_host_that_does_not_answer_is_asked_once_for_a_badge(code: str, asked: int) -> None:
    calls: list[str] = []

    class Failing:
        def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
            calls.append(url)
            raise FetchError("expected an answer, found none", code=code)

    one = OneBadge(Failing())
    for page in ("a", "b"):
        with pytest.raises(FetchError):
            one.get(f"https://silent.test/{page}", "a", 10)
    assert len(calls) == asked


def test_nobody_offline_is_asked() -> None:
    with pytest.raises(FetchError) as refused:
        NoNetwork().get("https://badges.test/", "a", 10)
    assert refused.value.code == "fetch_offline"


def test_who_has_its_answer_gives_its_place_back(server: Server) -> None:
    server.says("/")
    fetcher = SafeFetcher([server.origin], at_once=1, of_one_host=1, resolver=lambda host, port: ["127.0.0.1"])
    assert [fetcher.get(f"{server.origin}/", "application/json", 1000).status for _ in range(3)] == [200] * 3


def test_a_place_that_is_given_back_is_one_place() -> None:
    hosts = _Hosts(2)
    with hosts.place("a.test", 0):
        for _ in range(3):
            with (
                hosts.place("a.test", 0),
                hosts.place("b.test", 0),
                pytest.raises(FetchError, match="at most 2 fetches"),
            ):
                hosts.place("a.test", 0).__enter__()
    assert not hosts._busy, "who has nothing under way is forgotten"


def test_one_slow_host_takes_four_places_and_leaves_the_others() -> None:
    """Nothing sleeps: the resolver of the slow host answers when it is told to."""
    here, told, asked = threading.Semaphore(0), threading.Event(), []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        if host == "slow.test":
            here.release()
            told.wait(10)
        raise OSError

    fetcher = SafeFetcher(resolver=resolver, seconds=0.5)
    patient = SafeFetcher(resolver=resolver, seconds=10)

    def fetch(each: SafeFetcher, url: str) -> str:
        with pytest.raises(FetchError) as refused:
            each.get(url, "a", 10)
        return str(refused.value.code)

    with ThreadPoolExecutor(6) as threads:
        waiting = [threads.submit(fetch, patient, "https://slow.test/") for _ in range(5)]
        for _ in range(4):
            assert here.acquire(timeout=10)
        assert not here.acquire(timeout=0.05), "the fifth waits for its turn"
        assert threads.submit(fetch, patient, "https://quick.test/").result() == "fetch_name"
        told.set()
        assert {each.result() for each in waiting} == {"fetch_name"}
    assert asked.count("slow.test") == 5
    told.clear()
    with ThreadPoolExecutor(5) as threads:
        codes = sorted(
            each.result() for each in [threads.submit(fetch, fetcher, "https://slow.test/") for _ in range(5)]
        )
        told.set()
    assert set(codes) <= {"fetch_budget", "fetch_timeout"}


def test_an_address_in_numbers_of_ipv6_is_written_with_its_brackets() -> None:
    with pytest.raises(AddressForbidden, match=r"expected https on its usual port, found http://\[2001:db8::1\]$"):
        SafeFetcher().get("http://[2001:db8::1]/", "application/json", 1000)
    with pytest.raises(FetchError) as refused:
        SafeFetcher(["http://[::1]:9"]).get("http://[::1]:9/", "application/json", 1000)
    assert refused.value.code == "fetch_connection", "allowed, and nobody is there"
