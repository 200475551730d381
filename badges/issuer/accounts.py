"""Who signs in, on which device, and for how long: accounts and sessions of the staff.

What is promised (``security.md``, W2, W3): a session is an address in the register under the digest of 192 random bits;
it is new at each sign-in and at each change of structure; it ends after two idle hours, after twelve in any case, and
at once when somebody ends it. A device that *stays* remains good for thirty days, for noting and for nothing else.
Unknown, wrong and blocked are told alike, in the same time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import Forbidden, NotFound
from ..openbadges.identity import normalise_email
from .attempts import Allowance
from .audit import Deed
from .desk import Desk, digest_of, new_id
from .passwords import check_password, hash_password, is_password
from .permissions import Caller
from .storage import Account, Register, Session, StaffMember, Structure
from .wording import refusal

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
STAYS = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=5)
"""How often a request is worth a write: an idle session may end that much early."""
SCOPES_OF_A_DEVICE_THAT_STAYS = frozenset(("note",))

TRIES_BY_ACCOUNT = Allowance("sign-in account", 10)
TRIES_BY_ADDRESS = Allowance("sign-in address", 10)


class WrongSignIn(Forbidden):
    """The e-mail, the password or the code: nobody is told which."""

    code = "wrong_sign_in"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session in force, whose it is, and where: what a page knows of its visitor."""

    session: Session
    member: StaffMember
    structure: Structure
    places: tuple[tuple[StaffMember, Structure], ...]
    """All the structures where the same human being has a place now, this one included."""
    whole: bool
    """Whether they proved who they are lately. If not, this device may note, and nothing else."""

    @property
    def caller(self) -> Caller:
        return Caller(self.member.id, None if self.whole else SCOPES_OF_A_DEVICE_THAT_STAYS)

    def may(self, permission: str) -> bool:
        """For showing a button, never for deciding: acts ask the register themselves."""
        known = self.member.permissions if self.whole else SCOPES_OF_A_DEVICE_THAT_STAYS
        return permission in known and permission in self.member.permissions


class Accounts:
    """Accounts and sessions of one deployment."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    # -- accounts -----------------------------------------------------------------------------------------------------

    def set_password(self, account: str, password: str) -> Account:
        """For whoever proved that the account is theirs (an invitation, a link, the password before). Their other
        sessions end. The account is made when this is its first password. Raises :class:`~badges.errors.Misuse`."""
        now = self._desk.now()
        with self._storage.reading() as register:
            place = self._a_place(register, account)
        check_password(password, (place.email or "").partition("@")[0], place.name)
        hashed = hash_password(password)
        with self._storage.writing() as register:
            place = self._a_place(register, account)
            found = register.find(Account, id=account)
            if found is None:
                found = Account(id=account, email=place.email or "", created_at=now, password=hashed)
                register.add(found)
            else:
                found = register.change(found, password=hashed)
                self._end_all(register, account, now)
            deed = Deed(place.id, place.structure, "account.password", account)
            self._desk.close(register, now, None, "", deed)
            return found

    # -- signing in ---------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str, *, address: str, device: str, stays: bool) -> str:
        """The secret of a new session. Raises :class:`WrongSignIn`, or
        :class:`~badges.issuer.attempts.TooManyTries` after ten tries in a quarter of an hour."""
        now = self._desk.now()
        email = normalise_email(email)
        with self._storage.writing() as register:
            for allowance, subject in ((TRIES_BY_ACCOUNT, email), (TRIES_BY_ADDRESS, address)):
                allowance.require(register, subject, now)
                allowance.spend(register, subject, now)
            account = register.find(Account, email=email)
        if not is_password(password, account.password if account else None) or account is None:
            raise refusal(WrongSignIn, "wrong_sign_in")
        with self._storage.writing() as register:
            TRIES_BY_ACCOUNT.forgive(register, email)
            TRIES_BY_ADDRESS.forgive(register, address)
            return self._open(register, account, device, stays, now, proved=account.totp is None)

    def find(self, secret: str) -> SignedIn | None:
        """The session that this secret opens now. One that waits for its second step opens nothing."""
        now = self._desk.now()
        with self._storage.reading() as register:
            session = register.find(Session, digest=digest_of(secret), ended_at=None)
            if session is None or session.proved_at is None:
                return None
            whole = now - session.proved_at < LONGEST and now - session.seen_at < IDLE
            if not whole and not (session.stays and now - session.opened_at < STAYS):
                return None
            places = self._places(register, session.account)
        here = next(((member, structure) for member, structure in places if member.id == session.staff), None)
        if here is None:
            return None
        if whole and now - session.seen_at >= SEEN_EVERY:
            with self._storage.writing() as register:
                session = register.change(session, seen_at=now)
        return SignedIn(session, *here, places, whole)

    def find_half_way(self, secret: str) -> Session | None:
        """A session whose password was right and whose second step is awaited, for a quarter of an hour."""
        now = self._desk.now()
        with self._storage.reading() as register:
            session = register.find(Session, digest=digest_of(secret), ended_at=None, proved_at=None)
        return session if session and now - session.opened_at < timedelta(minutes=15) else None

    def switch(self, secret: str, structure: str) -> str:
        """The same person in another of their structures: a new secret, the old one ends. Raises
        :class:`~badges.errors.NotFound` for a structure where they have no place."""
        now = self._desk.now()
        signed_in = self.find(secret)
        if signed_in is None:
            raise refusal(NotFound, "unknown")
        place = next((member for member, other in signed_in.places if other.id == structure), None)
        if place is None:
            raise refusal(NotFound, "unknown")
        session, fresh = signed_in.session, secrets.token_urlsafe(24)
        with self._storage.writing() as register:
            register.change(session, ended_at=now)
            register.add(
                Session(
                    id=new_id(),
                    digest=digest_of(fresh),
                    account=session.account,
                    staff=place.id,
                    device=session.device,
                    stays=session.stays,
                    opened_at=session.opened_at,
                    seen_at=session.seen_at,
                    proved_at=session.proved_at,
                )
            )
        return fresh

    def sign_out(self, secret: str) -> None:
        """This device no longer opens anything."""
        now = self._desk.now()
        with self._storage.writing() as register:
            if session := register.find(Session, digest=digest_of(secret), ended_at=None):
                register.change(session, ended_at=now)

    def list_sessions(self, account: str) -> tuple[Session, ...]:
        """The devices where this account is still open, newest first."""
        with self._storage.reading() as register:
            return register.list(Session, order="opened_at", newest=True, account=account, ended_at=None)

    def end_session(self, account: str, session: str) -> None:
        """One of one's own devices. Raises :class:`~badges.errors.NotFound` for anybody else's."""
        now = self._desk.now()
        with self._storage.writing() as register:
            found = self._desk.require(register, Session, id=session, account=account)
            register.change(found, ended_at=found.ended_at or now)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _open(
        self, register: Register, account: Account, device: str, stays: bool, now: datetime, *, proved: bool
    ) -> str:
        places = self._places(register, account.id)
        if not places:
            raise refusal(WrongSignIn, "wrong_sign_in")
        last = register.list(Session, order="opened_at", newest=True, limit=1, account=account.id)
        before = last[0].staff if last else None
        member = next((place for place, _ in places if place.id == before), places[0][0])
        secret = secrets.token_urlsafe(24)
        register.add(
            Session(
                id=new_id(),
                digest=digest_of(secret),
                account=account.id,
                staff=member.id,
                device=device,
                stays=stays,
                opened_at=now,
                seen_at=now,
                proved_at=now if proved else None,
            )
        )
        self._desk.close(register, now, None, "", Deed(member.id, member.structure, "account.sign_in", account.id))
        return secret

    def _places(self, register: Register, account: str) -> tuple[tuple[StaffMember, Structure], ...]:
        members = register.list(StaffMember, order="joined_at", account=account, left_at=None)
        return tuple((member, self._desk.require(register, Structure, id=member.structure)) for member in members)

    def _a_place(self, register: Register, account: str) -> StaffMember:
        members = register.list(StaffMember, order="joined_at", limit=1, account=account, left_at=None)
        if not members:
            raise refusal(NotFound, "unknown")
        return members[0]

    def _end_all(self, register: Register, account: str, now: datetime) -> None:
        register.change_all(Session, {"account": account, "ended_at": None}, ended_at=now)
