"""So many a minute for each client, whoever they say they are."""

from __future__ import annotations

import asyncio
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request

from badges.web import limits
from badges.web.limits import Allowance, Limits, client_key, find_client

from .building import BASE_URL, a_site

router = APIRouter()


@router.get("/api/one")
def one(request: Request) -> str:
    limits.spend(request, "asked")
    return "ok"


@router.get("/page")
def page(request: Request) -> str:
    limits.spend(request, "asked")
    return "ok"


@router.get("/api/guess/{said}")
def guess(request: Request, said: str) -> str:
    limits.require(request, "wrong")
    if said != "right":
        limits.spend(request, "wrong")
    return said


@router.get("/api/here")
def here(request: Request) -> bool:
    return limits.is_this_machine(request)


class Watch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def a_limited_site(watch: Watch, *, proxies: tuple[str, ...] = (), spares: bool = False, most: int = 3) -> FastAPI:
    site = a_site(router)
    kept = limits.make_allowances({"asked": most, "wrong": most}, clock=watch)
    site.add_middleware(Limits, allowances=kept, proxies=proxies, spares_this_machine=spares)
    return site


def ask(site: FastAPI, path: str, peer: str = "203.0.113.5", **headers: str) -> httpx.Response:
    async def one() -> httpx.Response:
        transport = httpx.ASGITransport(site, client=(peer, 4000))
        async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
            return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return asyncio.run(one())


def test_one_too_many_is_told_when_to_come_back_and_answered_then() -> None:
    watch = Watch()
    site = a_limited_site(watch)
    assert [ask(site, "/api/one").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = ask(site, "/api/one")
    assert refused.json()["code"] == "rate_limited"
    assert refused.headers["content-type"] == "application/problem+json"
    watch.now += int(refused.headers["retry-after"])
    assert ask(site, "/api/one").status_code == 200


def test_a_person_reads_a_page() -> None:
    site = a_limited_site(Watch(), most=1)
    ask(site, "/page", accept="text/html")
    refused = ask(site, "/page", accept="text/html")
    assert refused.status_code == 429
    assert refused.headers["content-type"].startswith("text/html")
    assert "Trop de demandes" in refused.text


def test_another_client_has_an_allowance_of_its_own() -> None:
    site = a_limited_site(Watch(), most=1)
    assert [ask(site, "/api/one", peer).status_code for peer in ("203.0.113.5", "203.0.113.6")] == [200, 200]


def test_only_wrong_guesses_count_and_after_too_many_a_right_one_is_not_answered_either() -> None:
    site = a_limited_site(Watch())
    assert {ask(site, "/api/guess/right").status_code for _ in range(9)} == {200}
    assert [ask(site, "/api/guess/wrong").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert ask(site, "/api/guess/right").status_code == 429


@pytest.mark.parametrize("pace", [0.05, 0.4, 0.7, 0.95, 3.0])
def test_no_minute_has_more_than_its_number(pace: float) -> None:
    watch = Watch()
    allowance = Allowance(60, clock=watch)
    granted = []
    for _ in range(2000):
        if allowance.wait("a", spend=True) == 0:
            granted.append(watch.now)
        watch.now += pace
    assert all(sum(start <= when < start + 60 for when in granted) <= 60 for start in granted)


def test_what_is_more_than_the_whole_takes_the_whole() -> None:
    watch = Watch()
    allowance = Allowance(30, clock=watch)
    assert allowance.wait("a", 50, spend=True) == 0
    assert 60 <= allowance.wait("a", 1, spend=True) <= 65


def test_threads_together_get_no_more_than_one() -> None:
    allowance = Allowance(60, clock=Watch())
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: allowance.wait("a", spend=True), range(2000)))
    assert waits.count(0) == 60


def test_a_hundred_thousand_clients_take_little_memory() -> None:
    allowance = Allowance(60, clock=Watch())
    tracemalloc.start()
    for number in range(100_000):
        allowance.wait(str(number), spend=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024
    assert allowance.wait("99999", 60, spend=False) > 0, "the last ones are remembered"


def test_nothing_is_limited_where_there_is_no_number() -> None:
    site = a_limited_site(Watch(), most=0)
    assert {ask(site, "/api/one").status_code for _ in range(20)} == {200}


# -- who asks -------------------------------------------------------------------------------------------------------

PROXIES = tuple(map(ip_network, ("10.0.0.0/8", "127.0.0.1/32", "2001:db8:1::/48")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", b"", "203.0.113.5"),
        ("203.0.113.5", b"198.51.100.1", "203.0.113.5"),  # a stranger who claims to be somebody else
        ("10.0.0.1", b"198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", b"192.0.2.9, 198.51.100.1", "198.51.100.1"),  # what stands before was said by the stranger
        ("10.0.0.1", b"198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", b"198.51.100.1:4711", "198.51.100.1"),
        ("127.0.0.1", b"[2001:db8::5]:4711", "2001:db8::5"),
        ("::ffff:10.0.0.1", b"198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", b"unknown", "10.0.0.1"),
        ("10.0.0.1", b"198.51.100.1, \xff\xfe", "10.0.0.1"),
        ("10.0.0.1", b"10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", b"," * 60_000, "10.0.0.1"),
        ("", b"198.51.100.1", ""),
    ],
)
def test_a_client_is_who_declared_proxies_say(peer: str, forwarded: bytes, client: str) -> None:
    assert find_client(peer, forwarded, PROXIES) == client


def test_one_subscriber_is_one_client() -> None:
    assert client_key("2001:db8::1") == client_key("2001:db8:0:0:ffff::2") != client_key("2001:db8:0:1::1")
    assert client_key("::ffff:203.0.113.5") == client_key("203.0.113.5") != client_key("203.0.113.6")
    assert client_key("a socket") == client_key("")


def test_a_forwarded_header_buys_nothing_where_no_proxy_is_declared() -> None:
    site = a_limited_site(Watch(), most=5)
    codes = [ask(site, "/api/one", x_forwarded_for=f"198.51.100.{number}").status_code for number in range(10)]
    assert codes.count(200) == 5


def test_a_declared_proxy_serves_each_of_its_clients() -> None:
    site = a_limited_site(Watch(), most=1, proxies=("10.0.0.0/8",))
    codes = [ask(site, "/api/one", "10.0.0.1", x_forwarded_for=f"198.51.100.{number}").status_code for number in (1, 2)]
    assert codes == [200, 200]


def test_a_demonstration_spares_this_machine_and_nobody_who_comes_through_a_proxy() -> None:
    site = a_limited_site(Watch(), most=1, spares=True)
    assert {ask(site, "/api/one", "127.0.0.1").status_code for _ in range(5)} == {200}
    for headers in ({"x_forwarded_for": "127.0.0.1"}, {"forwarded": "for=127.0.0.1"}):
        assert 429 in {ask(site, "/api/one", "127.0.0.1", **headers).status_code for _ in range(3)}
    assert [ask(site, "/api/one").status_code for _ in range(2)] == [200, 429]


def test_this_machine_is_who_connects_from_here_directly() -> None:
    site = a_limited_site(Watch())
    assert ask(site, "/api/here", "::1").json() is True
    assert ask(site, "/api/here", "127.0.0.1", x_real_ip="127.0.0.1").json() is False
    assert ask(site, "/api/here").json() is False
