"""How the verifier reads documents that others publish: one method, a size bound that cannot be forgotten, one error.

Start at :class:`Fetcher`. :class:`SafeFetcher` is the only code of the product that opens a connection to an address
named by a stranger; :class:`CachingFetcher` remembers answers and their age; :class:`NoNetwork` refuses all of them.

What :class:`SafeFetcher` promises, in this order:

1. https, the usual port, no user name, an ASCII host; the origins that the reader's own trust list names may be http
   and have a port
2. the name is resolved once; every answer must be a public address (:mod:`.address_policy`), except for those origins
3. the connection goes to an address so checked, under the name for TLS and ``Host``: no second look-up, no rebinding
4. no proxy, cookie, credential or compression; two redirections or as many as was said, each one through 1 to 3 again
5. one deadline for all of it, 3 s or what was said, whatever the pace of the bytes; the body is cut at ``max_bytes``

Only :class:`FetchError` comes out. The HTTP library is imported by the first fetch.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit

from .. import __version__
from ..clock import Clock, SystemClock
from ..errors import AddressForbidden, FetchError

if TYPE_CHECKING:
    import httpcore

DOCUMENT_SECONDS = 3.0
BADGE_SECONDS = 10.0
BADGE_DOCUMENTS = 10
MAX_REDIRECTS = 2
MAX_AT_ONCE = 20
MAX_OF_ONE_HOST = 4
"""Fetches at once from the same host: one slow site takes no more of the twenty."""
DOCUMENT_BYTES = 256 * 1024
LIST_BYTES = 8 * 1024 * 1024
"""A list of 100,000 withdrawn badges."""

_REDIRECTS = (301, 302, 303, 307, 308)


class Limits(NamedTuple):
    """What may be asked of other sites: for one document, for one badge, and by one service at once."""

    seconds: float = DOCUMENT_SECONDS
    document_bytes: int = DOCUMENT_BYTES
    list_bytes: int = LIST_BYTES
    redirects: int = MAX_REDIRECTS
    badge_seconds: float = BADGE_SECONDS
    documents: int = BADGE_DOCUMENTS
    at_once: int = MAX_AT_ONCE
    of_one_host: int = MAX_OF_ONE_HOST


USUAL = Limits()


class Fetched(NamedTuple):
    """One answer, of any HTTP status. ``max_age`` is how long the publisher lets it be kept, if it says so.

    ``good_until`` is set by a memory: until then, asking again would bring this very answer.
    """

    url: str
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime
    max_age: int | None = None
    good_until: datetime | None = None


class Fetcher(Protocol):
    """Where the verifier asks for a document."""

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        """What ``url`` answers. Raises :class:`FetchError`, and nothing else, when there is no complete answer."""


class Memory(Fetcher, Protocol):
    """A fetcher that can also say what it has at hand, without asking the network."""

    def find(self, url: str, accept: str, max_bytes: int) -> Fetched | None:
        """What is at hand and still good, or None."""


class NoNetwork:
    """The fetcher of somebody who stays offline."""

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        raise FetchError("expected a network, found that this verification is offline", code="fetch_offline")


class NeedsNetwork(Exception):
    """Raised by :class:`CachedOnly`: the answer is not at hand. It is no :class:`FetchError`, and ends the attempt."""


# -- limits for one badge ---------------------------------------------------------------------------------------


class OneBadge:
    """The same fetcher, for one badge: ten documents, ten seconds, and no second try at a host that did not answer.

    None is begun when fewer than ``document_seconds`` are left.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        *,
        documents: int = BADGE_DOCUMENTS,
        seconds: float = BADGE_SECONDS,
        document_seconds: float = DOCUMENT_SECONDS,
    ) -> None:
        self._fetcher = fetcher
        self._documents = self._left = documents
        self._seconds, self._last_start = seconds, seconds - document_seconds
        self._began: float | None = None
        self._silent: set[str] = set()

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        host = _host(url)
        if host in self._silent:
            raise FetchError(f"expected {host} to answer, found it silent a moment ago", code="fetch_timeout")
        if self._left <= 0:
            raise FetchError(
                f"expected at most {self._documents} documents for one badge, found more", code="fetch_budget"
            )
        self._left -= 1
        if self._began is None:
            self._began = time.monotonic()
        elif time.monotonic() - self._began > self._last_start:
            raise FetchError(f"expected an answer within {self._seconds:g} s, found none", code="fetch_budget")
        try:
            return self._fetcher.get(url, accept, max_bytes)
        except FetchError as error:
            if error.code in ("fetch_timeout", "fetch_connection"):
                self._silent.add(host)
            raise


class OneRequest:
    """What is at hand, always; the network, for the ten seconds that one visitor's badges have all together."""

    def __init__(
        self, memory: Memory, *, seconds: float = BADGE_SECONDS, document_seconds: float = DOCUMENT_SECONDS
    ) -> None:
        self._memory = memory
        self._seconds, self._last_start = seconds, seconds - document_seconds
        self._began: float | None = None

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        found = self._memory.find(url, accept, max_bytes)
        if found is not None:
            return found
        if self._began is None:
            self._began = time.monotonic()
        elif time.monotonic() - self._began > self._last_start:
            raise FetchError(
                f"expected an answer within {self._seconds:g} s for all these badges, found none", code="fetch_budget"
            )
        return self._memory.get(url, accept, max_bytes)


class TooMany:
    """What is at hand; the network is taken by as many others as it can serve."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        found = self._memory.find(url, accept, max_bytes)
        if found is None:
            raise FetchError("expected room for one more verification on the network, found none", code="fetch_budget")
        return found


# -- memory -----------------------------------------------------------------------------------------------------


class CachingFetcher:
    """Remembers complete answers: as long as the publisher says, one hour at most, one minute if it says nothing.

    A failure is never remembered. Bounded in number and bytes; safe between threads.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        clock: Clock | None = None,
        *,
        usual: timedelta = timedelta(minutes=1),
        longest: timedelta = timedelta(hours=1),
        documents: int = 4096,
        size: int = 64 * 1024 * 1024,
    ) -> None:
        self._fetcher = fetcher
        self._clock = clock or SystemClock()
        self._usual, self._longest = usual, longest
        self._documents, self._size = documents, size
        self._kept: OrderedDict[tuple[str, str], Fetched] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        found = self.find(url, accept, max_bytes)
        if found is None:
            found = self._fetcher.get(url, accept, max_bytes)
            if found.status in (200, 410):
                found = found._replace(good_until=found.fetched_at + self._allowed(found))
                self._keep((url, accept), found)
        return found

    def find(self, url: str, accept: str, max_bytes: int) -> Fetched | None:
        """What is remembered, if it is still good."""
        found = self._kept.get((url, accept))
        if found is None or len(found.body) > max_bytes:
            return None
        return found if found.fetched_at <= self._clock.now() <= (found.good_until or found.fetched_at) else None

    def _allowed(self, answer: Fetched) -> timedelta:
        return self._usual if answer.max_age is None else min(timedelta(seconds=answer.max_age), self._longest)

    def _keep(self, name: tuple[str, str], answer: Fetched) -> None:
        if len(answer.body) > self._size // 8:
            return
        with self._lock:
            before = self._kept.pop(name, None)
            self._bytes += len(answer.body) - (len(before.body) if before else 0)
            self._kept[name] = answer
            while len(self._kept) > self._documents or self._bytes > self._size:
                _, forgotten = self._kept.popitem(last=False)
                self._bytes -= len(forgotten.body)


class CachedOnly:
    """Answers from what a :class:`Memory` has at hand, else raises :class:`NeedsNetwork`.

    It lets a server verify at once what it can, and hand the rest to a thread.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        found = self._memory.find(url, accept, max_bytes)
        if found is None:
            raise NeedsNetwork(url)
        return found


# -- the network ------------------------------------------------------------------------------------------------

Resolver = Callable[[str, int], Iterable[str]]
"""Host and port to addresses, as text."""


def system_resolver(host: str, port: int) -> list[str]:
    """Every address that the system knows for a name."""
    import socket

    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class _Hosts:
    """How many fetches each host has under way; a host that has none is forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def place(self, host: str, seconds: float) -> Iterator[None]:
        """One of the places of this host, waited for so long. Raises :class:`FetchError`."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._busy[host] < self._most, seconds):
                raise FetchError(
                    f"expected at most {self._most} fetches at once from {host}, found more", code="fetch_budget"
                )
            self._busy[host] += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy[host] -= 1
                if not self._busy[host]:
                    del self._busy[host]
                self._changed.notify_all()


class SafeFetcher:
    """Reads what strangers name, and nothing that is not public. ``allowed_origins`` come from the trust list."""

    def __init__(
        self,
        allowed_origins: Iterable[str] = (),
        *,
        clock: Clock | None = None,
        seconds: float = DOCUMENT_SECONDS,
        redirects: int = MAX_REDIRECTS,
        at_once: int = MAX_AT_ONCE,
        of_one_host: int = MAX_OF_ONE_HOST,
        resolver: Resolver = system_resolver,
    ) -> None:
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)
        self._clock = clock or SystemClock()
        self._seconds = seconds
        self._resolver = resolver
        self._redirects = redirects
        self._most = at_once
        self._at_once = threading.BoundedSemaphore(at_once)
        self._hosts = _Hosts(of_one_host)
        self._tls: Any = None

    def get(self, url: str, accept: str, max_bytes: int) -> Fetched:
        deadline = time.monotonic() + self._seconds
        with self._hosts.place(_host(url).lower(), self._seconds):
            if not self._at_once.acquire(timeout=max(0.0, deadline - time.monotonic())):
                raise FetchError(f"expected at most {self._most} fetches at once, found more", code="fetch_budget")
            try:
                return self._follow(url, accept, max_bytes, deadline)
            finally:
                self._at_once.release()

    def _follow(self, url: str, accept: str, max_bytes: int, deadline: float) -> Fetched:
        target = url
        for _ in range(self._redirects + 1):
            status, headers, body = self._one_answer(target, accept, max_bytes, deadline)
            if status not in _REDIRECTS or "location" not in headers:
                return Fetched(
                    url=url,
                    status=status,
                    content_type=headers.get("content-type", ""),
                    body=body,
                    fetched_at=self._clock.now(),
                    max_age=_max_age(headers.get("cache-control", "")),
                )
            try:
                target = urljoin(target, headers["location"])
            except ValueError:
                _refuse_address("a redirection to a readable address", "another")
        raise FetchError(f"expected at most {self._redirects} redirections, found more", code="fetch_redirects")

    def _one_answer(self, url: str, accept: str, max_bytes: int, deadline: float) -> tuple[int, dict[str, str], bytes]:
        # 1. the address itself.
        parts, port, trusted = self._read_address(url)
        host = parts.hostname or ""
        # 2. every answer of the resolver.
        addresses = self._resolve(host, port, deadline)
        if not trusted:
            from .address_policy import is_public

            for address in addresses:
                if not is_public(address):
                    raise AddressForbidden(f"expected {host} to have public addresses only, found {address}")
        # 3, 4 and 5. the exchange.
        try:
            return self._exchange(parts, port, addresses[0], accept, max_bytes, deadline)
        except FetchError:
            raise
        except Exception as error:  # every error of the HTTP library, of TLS and of sockets
            late = time.monotonic() >= deadline
            name = type(error).__name__
            if late or "Timeout" in name:
                raise FetchError(
                    f"expected {host} to answer in {self._seconds:g} s, found silence", code="fetch_timeout"
                ) from None
            raise FetchError(f"expected {host} to answer, found {name}", code="fetch_connection") from None

    def _read_address(self, url: str) -> tuple[SplitResult, int, bool]:
        try:
            parts = urlsplit(url)
            host, given = parts.hostname, parts.port
        except ValueError:
            _refuse_address("a readable address", "another")
        if not url.isascii() or any(character <= " " or character in '\\"<>^`{|}' for character in url):
            _refuse_address("an address in ASCII without spaces", "other characters")
        if parts.scheme not in ("http", "https") or not host:
            _refuse_address("an https address", parts.scheme or "none")
        if parts.username is not None or parts.password is not None:
            _refuse_address("an address without a user name", "one")
        usual = 443 if parts.scheme == "https" else 80
        port = usual if given is None else given
        bracketed = f"[{host}]" if ":" in host else host
        origin = f"{parts.scheme}://{bracketed}" + (f":{port}" if port != usual else "")
        trusted = origin in self._allowed
        if not trusted and (parts.scheme != "https" or port != usual):
            _refuse_address("https on its usual port", origin)
        return parts, port, trusted

    def _resolve(self, host: str, port: int, deadline: float) -> list[str]:
        """Resolve within the deadline: the system's resolver has none of its own, so it gets a thread."""
        found: list[str] = []

        def ask() -> None:
            with suppress(OSError, UnicodeError):  # no address: told below
                found.extend(self._resolver(host, port))

        asking = threading.Thread(target=ask, daemon=True, name="badges-resolver")
        asking.start()
        asking.join(max(0.0, deadline - time.monotonic()))
        if asking.is_alive():
            raise FetchError(f"expected {host} to be found in time, found silence", code="fetch_timeout")
        if not found:
            raise FetchError(f"expected {host} to have an address, found none", code="fetch_name")
        return list(found)

    def _exchange(
        self, parts: SplitResult, port: int, address: str, accept: str, max_bytes: int, deadline: float
    ) -> tuple[int, dict[str, str], bytes]:
        import httpcore

        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        url = httpcore.URL(
            scheme=parts.scheme.encode(), host=(parts.hostname or "").encode(), port=port, target=target.encode()
        )
        headers = [
            ("Host", parts.netloc),
            ("Accept", accept),
            ("Accept-Encoding", "identity"),
            ("User-Agent", f"badges-iae/{__version__} (verification)"),
            ("Connection", "close"),
        ]
        backend = _pinned_backend(address, deadline)
        with (
            httpcore.ConnectionPool(ssl_context=self._tls_context(), network_backend=backend) as pool,
            pool.stream("GET", url, headers=headers) as response,
        ):
            received = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            if received.get("content-encoding", "identity").lower() != "identity":
                raise FetchError("expected a body as it is, found a compressed one", code="fetch_encoding")
            return response.status, received, _read_body(response, max_bytes)

    def _tls_context(self) -> Any:
        if self._tls is None:
            import ssl

            self._tls = ssl.create_default_context()
        return self._tls


def _read_body(response: httpcore.Response, max_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_stream():
        size += len(piece)
        if size > max_bytes:
            raise FetchError(f"expected at most {max_bytes} bytes, found more", code="fetch_too_large")
        pieces.append(piece)
    return b"".join(pieces)


def _pinned_backend(address: str, deadline: float) -> Any:
    """A network on which one address exists and time runs out: every wait is cut to what is left of the deadline."""
    import httpcore

    class Stream(httpcore.NetworkStream):
        def __init__(self, stream: httpcore.NetworkStream) -> None:
            self._stream = stream

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            return self._stream.read(max_bytes, _left(deadline))

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            self._stream.write(buffer, _left(deadline))

        def close(self) -> None:
            self._stream.close()

        def start_tls(
            self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
        ) -> httpcore.NetworkStream:
            return Stream(self._stream.start_tls(ssl_context, server_hostname, _left(deadline)))

        def get_extra_info(self, info: str) -> Any:
            return self._stream.get_extra_info(info)

    class Backend(httpcore.NetworkBackend):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: Any = None,
        ) -> httpcore.NetworkStream:
            return Stream(httpcore.SyncBackend().connect_tcp(address, port, timeout=_left(deadline)))

    return Backend()


def _host(url: str) -> str:
    """Host and port as they are written; the whole text where it is no address."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError("expected an answer in time, found the deadline past", code="fetch_timeout")
    return left


def _max_age(cache_control: str) -> int | None:
    """How many seconds ``Cache-Control`` lets an answer be kept; 0 when it says not to, None when it says nothing."""
    directives = [directive.strip().lower() for directive in cache_control.split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0
    for directive in directives:
        name, _, value = directive.partition("=")
        if name == "max-age" and value.isascii() and value.isdigit():
            return int(value[:9])
    return None


def _refuse_address(expected: str, found: str) -> NoReturn:
    raise AddressForbidden(f"expected {expected}, found {found[:80]}")
