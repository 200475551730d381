"""How often one client may ask for what costs, or guess what is secret: so many a minute, told as 429 with Retry-After.

:class:`Limits` goes around the application and says who asks; the doors say what it is: :func:`spend` for each badge to
verify, :func:`require` before a code or a secret is looked up and :func:`spend` once it was wrong. Where there are no
limits around, both do nothing.

What is promised: in any sixty seconds no client gets more than its number (counted in slots of five seconds, never in
its favour); an IPv6 client is its /64; at most :data:`MOST_CLIENTS` are remembered, the least recent forgotten first.
Nothing is written anywhere: the counts are of this process, and a deployment of several processes multiplies them.

Who asks is the peer of the connection, unless that is a proxy which the operator declared: then the nearest address of
``X-Forwarded-For`` that is no such proxy (``security.md`` W13). A proxy that nobody declared is one client.

A demonstration spares the machine that it runs on, and only that: its people, its tests and its measures all come from
one address. It is no setting, which would go along when its folder is copied or opened to others; somebody who comes
through a proxy is not this machine, even to a demonstration that was told of no proxy.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

VERIFICATIONS = "verifications"
WRONG_CODES = "wrong_codes"
WRONG_SECRETS = "wrong_secrets"

MINUTE = 60.0
SLOT = 5.0
MOST_CLIENTS = 10_000
MOST_HOPS = 10
"""Addresses read in ``X-Forwarded-For``, from the nearest."""

_KEY = "badges.client"
_UNKNOWN = "?"
_FORWARDING = (b"x-forwarded-for", b"forwarded", b"x-real-ip")

Network = IPv4Network | IPv6Network


class Allowance:
    """``most`` of one thing in any minute, for each client. Safe between threads."""

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic, clients: int = MOST_CLIENTS) -> None:
        self._most = most
        self._clock = clock
        self._clients = clients
        self._spent: OrderedDict[str, list[tuple[int, int]]] = OrderedDict()
        self._lock = threading.Lock()
        self.refused = 0
        """How often it was not enough, since this process began."""

    def wait(self, client: str, count: int = 1, *, spend: bool) -> int:
        """Seconds to wait before ``count`` more; 0 when they are granted, and then spent if ``spend``.

        More than the whole allowance at once takes all of it: an upload that never fits would never be answered.
        """
        count = min(count, self._most)
        now = self._clock()
        slot = int(now // SLOT)
        oldest = slot - int(MINUTE // SLOT)
        with self._lock:
            spent = [(when, number) for when, number in self._spent.get(client, ()) if when >= oldest]
            over = sum(number for _, number in spent) + count - self._most
            if over > 0:
                self.refused += 1
                return self._until_free(spent, over, now)
            if spend and count:
                if spent and spent[-1][0] == slot:
                    spent[-1] = (slot, spent[-1][1] + count)
                else:
                    spent.append((slot, count))
                self._spent[client] = spent
                self._spent.move_to_end(client)
                while len(self._spent) > self._clients:
                    self._spent.popitem(last=False)
            return 0

    @staticmethod
    def _until_free(spent: Iterable[tuple[int, int]], over: int, now: float) -> int:
        for when, number in spent:
            over -= number
            if over <= 0:
                return max(1, math.ceil((when + 1) * SLOT + MINUTE - now))
        raise AssertionError("what is asked for is never more than the whole")


class Client:
    """Who asks, and what they may still ask for."""

    def __init__(self, limits: Limits, address: str, *, is_this_machine: bool) -> None:
        self._limits = limits
        self.address = address
        self.is_this_machine = is_this_machine

    def wait(self, what: str, count: int, *, spend: bool) -> int:
        allowance = self._limits.allowances.get(what)
        if allowance is None or (self.is_this_machine and self._limits.spares_this_machine):
            return 0
        return allowance.wait(self.address, count, spend=spend)


class Limits:
    """Says to ``app`` who asks, and what they may still ask for: ``allowances`` has one for each thing limited."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowances: Mapping[str, Allowance],
        proxies: Iterable[str] = (),
        spares_this_machine: bool = False,
    ) -> None:
        self._app = app
        self._proxies = tuple(ip_network(proxy) for proxy in proxies)
        self.spares_this_machine = spares_this_machine
        self.allowances = allowances

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = scope["client"][0] if scope.get("client") else ""
            headers = [(name, value) for name, value in scope["headers"] if name in _FORWARDING]
            said = b",".join(value for name, value in headers if name == b"x-forwarded-for")
            address = find_client(peer, said, self._proxies)
            here = not headers and _is_loopback(peer)
            scope[_KEY] = Client(self, client_key(address), is_this_machine=here)
        await self._app(scope, receive, send)


def make_allowances(
    per_minute: Mapping[str, int], *, clock: Callable[[], float] = time.monotonic
) -> dict[str, Allowance]:
    """One for each number that is not 0."""
    return {what: Allowance(most, clock=clock) for what, most in per_minute.items() if most}


def require(request: HTTPConnection, what: str) -> None:
    """Raises the 429 unless this client may still ask for one ``what``; spends nothing."""
    _ask(request, what, 1, spend=False)


def allows(request: HTTPConnection, what: str) -> bool:
    """Whether this client may still ask for one ``what``; spends nothing."""
    client: Client | None = request.scope.get(_KEY)
    return client is None or client.wait(what, 1, spend=False) == 0


def spend(request: HTTPConnection, what: str, count: int = 1) -> None:
    """Spends ``count`` of ``what``, or raises the 429 and spends nothing."""
    _ask(request, what, count, spend=True)


def address_of(request: HTTPConnection) -> str:
    """Who asks, as limits count them; the same word for all where there are no limits around."""
    client: Client | None = request.scope.get(_KEY)
    return client.address if client is not None else "unknown"


def is_this_machine(request: HTTPConnection) -> bool:
    """Whether the connection comes from here, and nobody says that it was forwarded."""
    client: Client | None = request.scope.get(_KEY)
    return client is not None and client.is_this_machine


def _ask(request: HTTPConnection, what: str, count: int, *, spend: bool) -> None:
    client: Client | None = request.scope.get(_KEY)
    seconds = client.wait(what, count, spend=spend) if client is not None else 0
    if seconds:
        raise HTTPException(429, headers={"Retry-After": str(seconds)})


# -- who asks -------------------------------------------------------------------------------------------------------


def find_client(peer: str, forwarded: bytes, proxies: Iterable[Network]) -> str:
    """The address that asks: ``peer``, or what declared proxies say of it. What cannot be read ends the search."""
    known = tuple(proxies)
    address = peer
    hops = forwarded.rsplit(b",", MOST_HOPS)[-MOST_HOPS:] if known and forwarded else []
    while hops and _is_one_of(address, known):
        hop = _without_port(hops.pop().decode("latin-1").strip())
        if _read(hop) is None:
            break
        address = hop
    return address


@lru_cache(maxsize=4096)
def client_key(address: str) -> str:
    """What is counted together: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    read = _read(address)
    if read is None:
        return _UNKNOWN
    if isinstance(read, IPv6Address):
        return str(IPv6Network((int(read) >> 64 << 64, 64)))
    return str(read)


@lru_cache(maxsize=4096)
def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (read.ipv4_mapped or read) if isinstance(read, IPv6Address) else read


def _is_one_of(address: str, networks: Iterable[Network]) -> bool:
    read = _read(address)
    return read is not None and any(read in network for network in networks)


@lru_cache(maxsize=4096)
def _is_loopback(address: str) -> bool:
    read = _read(address)
    return read is not None and read.is_loopback


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop
