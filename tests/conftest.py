"""What every test lives under: the same examples each time, and no network beyond this machine."""

from __future__ import annotations

import ipaddress
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# `ci` finds the same examples every day; `make deep` takes new ones, and many.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("deep", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_outside: list[str] = []


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse to reach or to look up another machine. An audit hook, so that no library can go around it."""
    if event in ("socket.connect", "socket.sendto"):
        connection, address = arguments[0], arguments[1]
        if isinstance(connection, socket.socket) and connection.family in (socket.AF_INET, socket.AF_INET6):
            assert isinstance(address, tuple)
            host = address[0]
        else:
            return
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if not _is_here(host):
        _outside.append(f"{event} {host!r}")
        raise OSError(f"tests stay on this machine: {event} {host!r}")


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def stay_on_this_machine() -> Iterator[None]:
    """Fail the test that reached outside, even when the code under test took the refusal for an ordinary failure."""
    _outside.clear()
    yield
    if _outside:
        pytest.fail("the test reached outside this machine: " + ", ".join(_outside))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process the tests that share what is made for their module, a service or a browser: made once."""
    for item in items:
        of_this_test = getattr(item, "_fixtureinfo", None)
        found = of_this_test.name2fixturedefs.values() if of_this_test else ()
        shares = any(fixture.scope == "module" for fixtures in found for fixture in fixtures)
        if shares and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say the two coverages apart: the table above mixes them into one figure."""
    plugin = config.pluginmanager.getplugin("_cov")
    coverage = plugin and plugin.cov_controller and plugin.cov_controller.cov
    if not coverage:
        return
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        coverage.json_report(outfile=file.name)
        total = json.load(file)["totals"]
    for what, covered, there in (
        ("lines", total["covered_lines"], total["num_statements"]),
        ("branches", total["covered_branches"], total["num_branches"]),
    ):
        terminalreporter.write_line(f"{what}: {covered} of {there} covered, {100 * covered / max(there, 1):.1f} %")
