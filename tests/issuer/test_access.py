"""Who is let in, with which rights; a forgotten password; the second step of a sign-in."""

from __future__ import annotations

import io
from datetime import timedelta

import pyotp
import pytest
from PIL import Image

from badges.errors import Conflict, Forbidden, Misuse, NotFound
from badges.issuer.access import INVITATION_LASTS, PASSWORD_LINK_LASTS, Access
from badges.issuer.accounts import Accounts, WrongSignIn
from badges.issuer.attempts import TooManyTries
from badges.issuer.database import Database
from badges.issuer.storage import Message, OneTimeLink, StaffMember, StructureFact

from .builders import EVERYTHING, Office

PASSWORD = "cerfeuil brouette nacelle"


class Team:
    """An office whose director invites."""

    def __init__(self, storage: Database) -> None:
        self.office = Office(storage)
        self.accounts = Accounts(self.office.issuer.desk)
        self.access = Access(self.office.issuer.desk, self.accounts)
        self.director = self.office.director

    def invite(self, email: str = "paul@jardins.example", **changes: object) -> str:
        told = {"name": "Paul Neuf", "function": "ETI", "permissions": ("read", "note")} | changes
        structure = told.pop("structure", self.office.jardins.id)
        return self.access.invite(self.director, structure=structure, email=email, **told)[1]

    def sign_in(self, email: str = "paul@jardins.example", password: str = PASSWORD) -> str:
        return self.accounts.sign_in(email, password, address="192.0.2.1", device="", stays=False)

    def links_sent(self, kind: str) -> list[str]:
        with self.office.storage.reading() as register:
            return [message.values["link"] for message in register.list(Message, kind=kind)]


@pytest.fixture
def team(storage: Database) -> Team:
    return Team(storage)


def test_an_invitation_becomes_a_place_with_the_rights_that_it_named(team: Team) -> None:
    member = team.access.accept(team.invite(), PASSWORD)
    assert (member.function, member.permissions) == ("ETI", ("note", "read"))
    found = team.accounts.find(team.sign_in())
    assert found is not None
    assert found.member.id == member.id


def test_the_link_is_sent_in_the_same_transaction_and_kept_as_a_digest_only(team: Team) -> None:
    secret = team.invite()
    assert team.links_sent("invitation") == [f"https://badges.example/equipe/invitation/{secret}"]
    with team.office.storage.reading() as register:
        assert secret not in repr(register.list(OneTimeLink))


def test_an_invitation_opens_once(team: Team) -> None:
    secret = team.invite()
    team.access.accept(secret, PASSWORD)
    with pytest.raises(NotFound):
        team.access.accept(secret, PASSWORD)


def test_an_invitation_is_over_after_a_week(team: Team) -> None:
    secret = team.invite()
    team.office.clock.instant += INVITATION_LASTS - timedelta(minutes=1)
    assert team.access.require_invitation(secret)
    team.office.clock.instant += timedelta(minutes=1)
    with pytest.raises(NotFound):
        team.access.require_invitation(secret)


def test_a_withdrawn_invitation_opens_nothing(team: Team) -> None:
    secret = team.invite()
    (waiting,) = team.access.list_invitations(team.director)
    team.access.withdraw_invitation(team.director, waiting.id)
    assert team.access.list_invitations(team.director) == ()
    with pytest.raises(NotFound):
        team.access.accept(secret, PASSWORD)


def test_a_password_that_is_refused_leaves_the_invitation_open(team: Team) -> None:
    secret = team.invite()
    with pytest.raises(Misuse):
        team.access.accept(secret, "court")
    assert team.access.accept(secret, PASSWORD)


def test_who_has_an_account_keeps_its_password_and_gains_a_structure(team: Team) -> None:
    team.access.accept(team.invite(), PASSWORD)
    elsewhere = team.office.add_staff(team.office.voisins, "DIR")
    _, secret = team.access.invite(
        elsewhere,
        structure=team.office.voisins.id,
        name="Paul Neuf",
        email="Paul@Jardins.example",
        function="COORD",
        permissions=("second",),
    )
    assert team.access.require_invitation(secret).has_account
    team.access.accept(secret)
    found = team.accounts.find(team.sign_in())
    assert found is not None
    assert {structure.name for _, structure in found.places} == {"Les Jardins de Limoges", "Les Voisins"}


def test_who_left_may_be_invited_again_and_is_the_same_person(team: Team) -> None:
    member = team.access.accept(team.invite(), PASSWORD)
    team.access.end_place(team.director, member.id)
    again = team.access.accept(team.invite(permissions=("read",)))
    assert (again.id, again.left_at, again.permissions) == (member.id, None, ("read",))


def test_somebody_who_is_there_already_is_not_invited_twice(team: Team) -> None:
    team.access.accept(team.invite(), PASSWORD)
    with pytest.raises(Conflict):
        team.invite()


def test_only_who_administers_invites_and_only_for_their_own_structure(team: Team) -> None:
    told = {"name": "x", "email": "x@x.example", "function": "ETI", "permissions": ("read",)}
    noter = team.office.add_staff(team.office.jardins, "ETI", permissions=("read", "note"))
    with pytest.raises(Forbidden):
        team.access.invite(noter, structure=team.office.jardins.id, **told)
    with pytest.raises(NotFound):
        team.access.invite(team.director, structure=team.office.voisins.id, **told)


def test_nobody_gives_the_right_of_the_network_without_having_it(team: Team) -> None:
    with pytest.raises(Forbidden):
        team.invite(permissions=("network",))
    member = team.access.accept(team.invite(), PASSWORD)
    with pytest.raises(Forbidden):
        team.access.change_place(team.director, member.id, function="ETI", permissions=("network",))


def test_other_rights_end_the_sessions_and_count_at_once(team: Team) -> None:
    member = team.access.accept(team.invite(), PASSWORD)
    secret = team.sign_in()
    changed = team.access.change_place(team.director, member.id, function="COORD", permissions=("read", "decide"))
    assert (changed.function, changed.permissions) == ("COORD", ("decide", "read"))
    assert team.accounts.find(secret) is None


def test_who_leaves_acts_no_more_and_stays_readable(team: Team) -> None:
    member = team.access.accept(team.invite(), PASSWORD)
    secret = team.sign_in()
    team.access.end_place(team.director, member.id)
    assert team.accounts.find(secret) is None
    assert member.name in {one.name for one in team.office.issuer.list_staff(team.director)}


def test_nobody_locks_themselves_out(team: Team) -> None:
    with pytest.raises(Misuse):
        team.access.end_place(team.director, team.office.director.staff)
    with pytest.raises(Misuse):
        team.access.change_place(team.director, team.office.director.staff, function="DIR", permissions=("read",))


def test_a_place_of_another_structure_does_not_exist(team: Team) -> None:
    with pytest.raises(NotFound):
        team.access.require_place(team.director, team.office.neighbour.staff)
    with pytest.raises(NotFound):
        team.access.end_place(team.director, team.office.neighbour.staff)


def test_a_forgotten_password_is_chosen_again_by_a_link_that_opens_once(team: Team) -> None:
    team.access.accept(team.invite(), PASSWORD)
    team.access.ask_password_link("Paul@jardins.example")
    secret = team.links_sent("password_link")[-1].rpartition("/")[2]
    with pytest.raises(Misuse):
        team.access.use_password_link(secret, "court")
    team.access.use_password_link(secret, "un tout autre mot de passe")
    assert team.sign_in(password="un tout autre mot de passe")
    with pytest.raises(NotFound):
        team.access.use_password_link(secret, PASSWORD)


def test_a_password_link_is_over_after_a_quarter_of_an_hour(team: Team) -> None:
    team.access.accept(team.invite(), PASSWORD)
    team.access.ask_password_link("paul@jardins.example")
    secret = team.links_sent("password_link")[-1].rpartition("/")[2]
    team.office.clock.instant += PASSWORD_LINK_LASTS
    with pytest.raises(NotFound):
        team.access.require_password_link(secret)


def test_an_invitation_is_not_a_password_link_nor_the_other_way_round(team: Team) -> None:
    secret = team.invite()
    with pytest.raises(NotFound):
        team.access.require_password_link(secret)


def test_asking_for_a_link_tells_nothing_of_who_has_an_account(team: Team) -> None:
    team.access.ask_password_link("personne@jardins.example")
    assert team.links_sent("password_link") == []
    for _ in range(4):
        team.access.ask_password_link("personne@jardins.example")
    with pytest.raises(TooManyTries):
        team.access.ask_password_link("personne@jardins.example")


class TestTheSecondStep:
    @pytest.fixture
    def key(self, team: Team) -> str:
        self.member: StaffMember = team.access.accept(team.invite(permissions=EVERYTHING), PASSWORD)
        key = pyotp.random_base32()
        team.accounts.take_second_step(self.member.account, key, self.code(team, key))
        team.office.clock.advance(seconds=30)
        return key

    @staticmethod
    def code(team: Team, key: str) -> str:
        return pyotp.TOTP(key).at(team.office.clock.now())

    def test_is_not_taken_without_a_code_of_the_application(self, team: Team) -> None:
        member = team.access.accept(team.invite(), PASSWORD)
        with pytest.raises(WrongSignIn):
            team.accounts.take_second_step(member.account, pyotp.random_base32(), "000000")
        assert not team.accounts.has_second_step(member.account)

    def test_the_password_alone_opens_nothing(self, team: Team, key: str) -> None:
        half_way = team.sign_in()
        assert team.accounts.find(half_way) is None
        whole = team.accounts.second_step(half_way, self.code(team, key))
        assert team.accounts.find(whole)
        assert team.accounts.find(half_way) is None

    def test_a_code_is_good_once(self, team: Team, key: str) -> None:
        code = self.code(team, key)
        team.accounts.second_step(team.sign_in(), code)
        with pytest.raises(WrongSignIn):
            team.accounts.second_step(team.sign_in(), code)

    def test_codes_cannot_be_tried_out(self, team: Team, key: str) -> None:
        half_way = team.sign_in()
        for number in range(10):
            with pytest.raises(WrongSignIn):
                team.accounts.second_step(half_way, f"{number:06}")
        with pytest.raises(TooManyTries):
            team.accounts.second_step(half_way, self.code(team, key))

    def test_the_wait_between_the_two_steps_is_a_quarter_of_an_hour(self, team: Team, key: str) -> None:
        half_way = team.sign_in()
        team.office.clock.advance(minutes=15)
        with pytest.raises(WrongSignIn):
            team.accounts.second_step(half_way, self.code(team, key))

    def test_another_does_not_take_its_place_without_its_code(self, team: Team, key: str) -> None:
        other = pyotp.random_base32()
        with pytest.raises(WrongSignIn):
            team.accounts.take_second_step(self.member.account, other, self.code(team, other))
        assert team.accounts.find(team.accounts.second_step(team.sign_in(), self.code(team, key)))

    def test_its_last_code_cannot_be_tried_out(self, team: Team, key: str) -> None:
        for number in range(10):
            with pytest.raises(WrongSignIn):
                team.accounts.leave_second_step(self.member.account, f"{number:06}")
        with pytest.raises(TooManyTries):
            team.accounts.leave_second_step(self.member.account, self.code(team, key))

    def test_is_left_with_a_last_code(self, team: Team, key: str) -> None:
        with pytest.raises(WrongSignIn):
            team.accounts.leave_second_step(self.member.account, "000000")
        team.accounts.leave_second_step(self.member.account, self.code(team, key))
        assert team.accounts.find(team.sign_in())


def test_a_siret_that_changes_keeps_the_one_before_with_its_dates(team: Team) -> None:
    network = team.office.add_staff(team.office.reseau, "COORD", permissions=("network",))
    jardins = team.office.jardins.id
    team.office.clock.advance(days=400)
    assert team.access.date_fact(network, jardins, attribute="siret", value="01234567891099").siret == "01234567891099"
    with team.office.storage.reading() as register:
        facts = register.list(StructureFact, order="since", structure=jardins, attribute="siret")
    assert [fact.value for fact in facts] == ["", "01234567891099"]
    with pytest.raises(Forbidden):
        team.access.date_fact(team.director, jardins, attribute="siret", value="1")


def test_one_changes_ones_own_password_with_the_one_before(team: Team) -> None:
    member = team.access.accept(team.invite(), PASSWORD)
    with pytest.raises(WrongSignIn):
        team.accounts.change_password(member.account, "pas celui-là du tout", "un tout autre mot de passe")
    team.accounts.change_password(member.account, PASSWORD, "un tout autre mot de passe")
    assert team.sign_in(password="un tout autre mot de passe")


def test_a_logo_is_drawn_anew_kept_for_its_structure_and_taken_away(team: Team) -> None:
    jardins = team.office.jardins.id
    out = io.BytesIO()
    Image.new("RGBA", (900, 300), (10, 120, 40, 0)).save(out, "PNG")
    team.access.change_logo(team.director, jardins, out.getvalue())
    kept = team.office.issuer.find_logo(jardins)
    assert kept is not None
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (400, 133))
    with pytest.raises(Misuse):
        team.access.change_logo(team.director, jardins, b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    with pytest.raises(NotFound):
        team.access.change_logo(team.director, team.office.voisins.id, out.getvalue())
    team.access.change_logo(team.director, jardins, b"")
    assert team.office.issuer.find_logo(jardins) is None
