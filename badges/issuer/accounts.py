"""Who signs in, on which device, and for how long: accounts and sessions of the staff.

What is promised (``security.md``, W2, W3): a session is an address in the register under the digest of 192 random bits;
it is new at each sign-in and at each change of structure; it ends after two idle hours, after twelve in any case, and
at once when somebody ends it. A device that *stays* remains good for thirty days, for noting and for nothing else.
Unknown, wrong and blocked are told alike, in the same time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..errors import Forbidden, NotFound
from ..openbadges.identity import normalise_email
from .attempts import Allowance
from .audit import Deed
from .desk import Desk, digest_of, new_id
from .passwords import check_password, hash_password, is_password
from .permissions import Caller
from .second_step import step_of
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
        """For whoever proved that the account is theirs (a link, the password before). Their other sessions end.

        The account is made when this is its first password. Raises :class:`~badges.errors.Misuse`.
        """
        now = self._desk.now()
        with self._storage.reading() as register:
            place = self._a_place(register, account)
        hashed = self.seal(password, place.email or "", place.name)
        with self._storage.writing() as register:
            return self.keep_password(register, self._a_place(register, account), hashed, now)

    def seal(self, password: str, email: str, name: str) -> str:
        """The hash to keep of a password that may be one. Raises :class:`~badges.errors.Misuse`. Slow by design:
        never inside a transaction."""
        check_password(password, email.partition("@")[0], name)
        return hash_password(password)

    def keep_password(self, register: Register, place: StaffMember, hashed: str, now: datetime) -> Account:
        """The step of an act that proved whose account it is."""
        found = register.find(Account, id=place.account)
        if found is None:
            found = Account(id=place.account, email=place.email or "", created_at=now, password=hashed)
            register.add(found)
        else:
            found = register.change(found, password=hashed)
            self._end_all(register, place.account, now)
        deed = Deed(place.id, place.structure, "account.password", place.account)
        self._desk.close(register, now, None, "", deed)
        return found

    def change_password(self, account: str, before: str, after: str) -> None:
        """One's own, with the one before. Raises :class:`WrongSignIn` and :class:`~badges.errors.Misuse`."""
        now = self._desk.now()
        if not is_password(before, self._tried(account, now).password):
            raise refusal(WrongSignIn, "wrong_password")
        self.set_password(account, after)

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

    def sign_in_as(self, email: str, *, device: str) -> str:
        """The secret of a new session for whoever another service says has this e-mail. Raises :class:`WrongSignIn`
        when nobody of the staff has it."""
        now = self._desk.now()
        with self._storage.writing() as register:
            account = register.find(Account, email=email)
            if account is None:
                places = register.list(StaffMember, order="joined_at", limit=1, email=email, left_at=None)
                if not places:
                    raise refusal(WrongSignIn, "no_place", found=email)
                account = register.find(Account, id=places[0].account)
                if account is None:
                    account = Account(id=places[0].account, email=email, created_at=now)
                    register.add(account)
            return self._open(register, account, device, False, now, proved=account.totp is None)

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

    def second_step(self, secret: str, code: str) -> str:
        """The secret of the session, new and whole, for the code that was awaited. Raises :class:`WrongSignIn` and
        :class:`~badges.issuer.attempts.TooManyTries`."""
        now = self._desk.now()
        waiting = self.find_half_way(secret)
        if waiting is None:
            raise refusal(WrongSignIn, "wrong_sign_in")
        account, fresh = self._tried(waiting.account, now), secrets.token_urlsafe(24)
        with self._storage.writing() as register:
            self._use_code(register, account.id, code, now)
            TRIES_BY_ACCOUNT.forgive(register, account.email)
            register.change(waiting, ended_at=now)
            session = replace(waiting, id=new_id(), digest=digest_of(fresh), seen_at=now, proved_at=now, ended_at=None)
            register.add(session)
        return fresh

    # -- the second step ----------------------------------------------------------------------------------------------

    def has_second_step(self, account: str) -> bool:
        with self._storage.reading() as register:
            found = register.find(Account, id=account)
            return found is not None and found.totp is not None

    def take_second_step(self, account: str, key: str, code: str) -> None:
        """From now on a code is asked: ``code`` shows that the application has the ``key``. Raises
        :class:`WrongSignIn`."""
        now = self._desk.now()
        step = step_of(key, code, now)
        if step is None:
            raise refusal(WrongSignIn, "wrong_code")
        with self._storage.writing() as register:
            found = self._desk.require(register, Account, id=account)
            if found.totp is not None:  # another takes its place only where its owner left this one
                raise refusal(WrongSignIn, "wrong_code")
            register.change(found, totp=f"{key}:{step}")
            place = self._a_place(register, account)
            deed = Deed(place.id, place.structure, "account.second_step", account)
            self._desk.close(register, now, None, "", deed)

    def leave_second_step(self, account: str, code: str) -> None:
        """For its owner, with a last code. Raises :class:`WrongSignIn` and
        :class:`~badges.issuer.attempts.TooManyTries`."""
        now = self._desk.now()
        self._tried(account, now)
        with self._storage.writing() as register:
            found = self._use_code(register, account, code, now)
            register.change(found, totp=None)
            place = self._a_place(register, account)
            deed = Deed(place.id, place.structure, "account.no_second_step", account)
            self._desk.close(register, now, None, "", deed)

    # -- changing, leaving --------------------------------------------------------------------------------------------

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

    def _tried(self, account: str, now: datetime) -> Account:
        """The account, with one try less for its secrets: kept whether it was right or wrong."""
        with self._storage.writing() as register:
            found = self._desk.require(register, Account, id=account)
            TRIES_BY_ACCOUNT.require(register, found.email, now)
            TRIES_BY_ACCOUNT.spend(register, found.email, now)
            return found

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

    def _use_code(self, register: Register, account: str, code: str, now: datetime) -> Account:
        found = self._desk.require(register, Account, id=account)
        key, _, last = (found.totp or "").partition(":")
        step = step_of(key, code, now, int(last)) if key else None
        if step is None:
            raise refusal(WrongSignIn, "wrong_code")
        return register.change(found, totp=f"{key}:{step}")

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
