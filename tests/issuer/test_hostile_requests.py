"""What a program may send by mistake or on purpose, and what it is told: never a second line, never a 500."""

from __future__ import annotations

import pytest

from badges.issuer.database import Database

from .builders import EVERYTHING, Office
from .doors import Client, a_site


@pytest.fixture
def api(sqlite_storage: Database) -> Client:
    office = Office(sqlite_storage)
    _, secret = office.issuer.new_api_token(
        office.director, structure=office.jardins.id, label="essai", scopes=EVERYTHING, staff=office.eti.staff
    )
    return Client(a_site(office), secret)


@pytest.mark.parametrize(
    "email",
    [
        "amina@example.org\r\nBcc: karim@example.org",
        "amina@example.org\n",
        "amina\0@example.org",
        "amina@example.org, karim@example.org",
        "amina@example.org;karim@example.org",
        '"amina"@example.org',
        "Amina <amina@example.org>",
        "x amina@example.org",
        "amina@@example.org",
    ],
    ids=repr,
)
def test_an_e_mail_is_one_address_and_nothing_else(api: Client, email: str) -> None:
    made = api.post("/api/v1/people", {"email": email})
    assert made.status_code == (201 if email.strip() == "amina@example.org" else 422)


@pytest.mark.parametrize(
    "name",
    [
        "Amina\r\nSet-Cookie: a=b",
        "Amina\nD.",
        "A\tD",
        "A\0",
        "A\x1b[31m",
        "A\x85D",
        "A\u2028D",
        "A\u202egro",
        "A\u2066D",
    ],
    ids=ascii,
)
def test_a_name_is_one_line_written_in_one_direction(api: Client, name: str) -> None:
    assert api.post("/api/v1/people", {"name": name}).status_code == 422


def test_names_of_the_world_are_names(api: Client) -> None:
    for name in ("Jean-Marc L’Hostis", "Mme N’Diaye", "عمر", "Đặng Thị Hạnh", "O'Brien", "李"):
        assert api.post("/api/v1/people", {"name": name}).status_code == 201


@pytest.mark.parametrize(
    "after",
    [
        "0001-01-01T00:00:00+14:00_x",
        "9999-12-31T23:59:59-14:00_x",
        "2026-11-20T10:00:00Z_\0",
        "2026-11-20T10:00:00Z_",
        "_",
        "\0",
        "2026-99-99_x",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("path", ["/api/v1/awards", "/api/v1/people"])
def test_a_cursor_that_is_not_ours_leads_nowhere(api: Client, path: str, after: str) -> None:
    assert api.ask("GET", path, {}, params={"after": after}).status_code == 404


@pytest.mark.parametrize("person", ["\0", "a b", "", "a" * 100], ids=ascii)
def test_a_person_is_asked_for_by_an_id(api: Client, person: str) -> None:
    assert api.ask("GET", "/api/v1/awards", {}, params={"person": person}).status_code == 422
