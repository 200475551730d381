"""The guard itself: what it lets through and what it stops."""

from __future__ import annotations

import socket

import pytest

from tests import conftest


def test_a_connection_outside_this_machine_is_refused_and_remembered() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection, pytest.raises(OSError, match="stay on this"):
        connection.connect(("192.0.2.1", 80))

    assert conftest._outside == ["socket.connect '192.0.2.1'"]
    conftest._outside.clear()


def test_a_name_of_another_machine_is_not_even_looked_up() -> None:
    with pytest.raises(OSError, match="stay on this"):
        socket.getaddrinfo("badges.example.org", 443)

    assert conftest._outside == ["socket.getaddrinfo 'badges.example.org'"]
    conftest._outside.clear()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_this_machine_can_be_reached(family: socket.AddressFamily) -> None:
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    try:
        server = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    with server, socket.create_connection(server.getsockname()[:2]):
        pass
