"""Who signs in, on which device, for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from badges.errors import Misuse, NotFound
from badges.issuer.accounts import Accounts, WrongSignIn
from badges.issuer.attempts import TooManyTries
from badges.issuer.database import Database
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Account, Attempt, Session

from .builders import Office

PASSWORD = "cerfeuil brouette nacelle"


class Staff:
    """An office where one ETI has an account."""

    def __init__(self, storage: Database) -> None:
        self.office = Office(storage)
        self.accounts = Accounts(self.office.issuer.desk)
        self.member = self.office.issuer.add_staff(
            OPERATOR,
            structure=self.office.jardins.id,
            name="Nadia Roux",
            function="ETI",
            permissions=("read", "note", "decide"),
            email="Nadia@jardins.example",
        )
        self.accounts.set_password(self.member.account, PASSWORD)

    def sign_in(self, password: str = PASSWORD, *, stays: bool = False, address: str = "192.0.2.1") -> str:
        return self.accounts.sign_in(
            "nadia@jardins.example", password, address=address, device="Téléphone", stays=stays
        )


@pytest.fixture
def staff(storage: Database) -> Staff:
    return Staff(storage)


def test_a_right_password_opens_a_session_of_that_person_in_their_structure(staff: Staff) -> None:
    found = staff.accounts.find(staff.sign_in())
    assert found is not None
    assert (found.member.id, found.structure.id, found.whole) == (staff.member.id, staff.office.jardins.id, True)


def test_neither_the_password_nor_the_secret_of_a_session_is_kept(staff: Staff, storage: Database) -> None:
    secret = staff.sign_in()
    with storage.reading() as register:
        kept = repr(register.list(Account)) + repr(register.list(Session)) + repr(register.list(Attempt))
    assert secret not in kept
    assert PASSWORD not in kept
    assert "$argon2id$" in kept


@pytest.mark.parametrize(
    ("email", "password"), [("nadia@jardins.example", "autre chose de long"), ("personne@jardins.example", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_address_are_told_in_the_same_words(
    staff: Staff, email: str, password: str
) -> None:
    with pytest.raises(WrongSignIn) as refused:
        staff.accounts.sign_in(email, password, address="192.0.2.1", device="", stays=False)
    assert (refused.value.code, "nadia" in refused.value.message) == ("wrong_sign_in", False)


def test_the_eleventh_try_in_a_quarter_of_an_hour_is_refused_even_with_the_right_password(staff: Staff) -> None:
    for number in range(10):
        with pytest.raises(WrongSignIn):
            staff.sign_in("une erreur de frappe", address=f"192.0.2.{number}")
    with pytest.raises(TooManyTries):
        staff.sign_in(address="192.0.2.77")
    staff.office.clock.advance(minutes=21)
    assert staff.sign_in()


def test_one_address_may_not_try_many_accounts(staff: Staff) -> None:
    for number in range(10):
        with pytest.raises(WrongSignIn):
            staff.accounts.sign_in(f"{number}@x.example", PASSWORD, address="192.0.2.9", device="", stays=False)
    with pytest.raises(TooManyTries):
        staff.sign_in(address="192.0.2.9")
    assert staff.sign_in(address="192.0.2.10")


def test_the_tries_before_the_right_password_are_forgiven(staff: Staff) -> None:
    for _ in range(3):
        for _ in range(9):
            with pytest.raises(WrongSignIn):
                staff.sign_in("une erreur de frappe")
        staff.sign_in()


def test_a_session_ends_after_two_idle_hours(staff: Staff) -> None:
    secret = staff.sign_in()
    staff.office.clock.advance(minutes=110)
    assert staff.accounts.find(secret)
    staff.office.clock.advance(minutes=110)
    assert staff.accounts.find(secret), "it was seen in between"
    staff.office.clock.advance(minutes=121)
    assert staff.accounts.find(secret) is None


def test_a_session_ends_after_twelve_hours_however_busy(staff: Staff) -> None:
    secret = staff.sign_in()
    for _ in range(12):
        assert staff.accounts.find(secret)
        staff.office.clock.advance(hours=1)
    assert staff.accounts.find(secret) is None


def test_a_device_that_stays_may_note_for_thirty_days_and_nothing_else(staff: Staff) -> None:
    secret = staff.sign_in(stays=True)
    staff.office.clock.advance(days=29)
    found = staff.accounts.find(secret)
    assert found is not None
    assert not found.whole
    assert found.caller.scopes == frozenset(("note",))
    assert (found.may("note"), found.may("decide")) == (True, False)
    staff.office.clock.advance(days=2)
    assert staff.accounts.find(secret) is None


def test_signing_out_ends_the_session_for_whoever_kept_its_secret(staff: Staff) -> None:
    secret = staff.sign_in()
    staff.accounts.sign_out(secret)
    assert staff.accounts.find(secret) is None


def test_a_new_password_ends_every_session(staff: Staff) -> None:
    secret = staff.sign_in()
    staff.accounts.set_password(staff.member.account, "un tout autre mot de passe")
    assert staff.accounts.find(secret) is None
    assert staff.sign_in("un tout autre mot de passe")


def test_switching_gives_a_new_secret_and_the_rights_of_the_other_place(staff: Staff) -> None:
    elsewhere = staff.office.issuer.add_staff(
        OPERATOR,
        structure=staff.office.voisins.id,
        name="Nadia Roux",
        function="COORD",
        permissions=("read", "second"),
        account=staff.member.account,
    )
    before = staff.sign_in()
    after = staff.accounts.switch(before, staff.office.voisins.id)
    assert staff.accounts.find(before) is None
    found = staff.accounts.find(after)
    assert found is not None
    assert found.member.id == elsewhere.id
    with pytest.raises(NotFound):
        staff.accounts.switch(after, staff.office.reseau.id)


def test_who_left_every_structure_is_signed_out(staff: Staff) -> None:
    secret = staff.sign_in()
    staff.office.access.end_place(OPERATOR, staff.member.id)
    assert staff.accounts.find(secret) is None
    with pytest.raises(WrongSignIn):
        staff.sign_in()


def test_nobody_ends_the_session_of_somebody_else(staff: Staff) -> None:
    secret = staff.sign_in()
    (session,) = staff.accounts.list_sessions(staff.member.account)
    with pytest.raises(NotFound):
        staff.accounts.end_session("somebody else", session.id)
    staff.accounts.end_session(staff.member.account, session.id)
    assert staff.accounts.find(secret) is None


@pytest.mark.parametrize("password", ["court", "aaaaaaaaaaaaaaaa", "nadia@jardins 2026", "Nadia Roux Nadia Roux"])
def test_a_password_that_is_short_or_easy_is_refused_with_a_way_out(staff: Staff, password: str) -> None:
    with pytest.raises(Misuse) as refused:
        staff.accounts.set_password(staff.member.account, password)
    assert refused.value.advice


def test_the_same_word_typed_on_two_keyboards_is_one_password(staff: Staff) -> None:
    staff.accounts.set_password(staff.member.account, "forêt é bruyère cabane")
    assert staff.sign_in("fore\u0302t e\u0301 bruye\u0300re cabane")


def test_time_passes_between_slots_without_ever_giving_more(staff: Staff) -> None:
    for _ in range(10):
        with pytest.raises(WrongSignIn):
            staff.sign_in("une erreur de frappe")
        staff.office.clock.instant += timedelta(seconds=80)
    with pytest.raises(TooManyTries):
        staff.sign_in()
