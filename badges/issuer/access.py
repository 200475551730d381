"""Who is let in, with which rights: invitations, forgotten passwords, the second step of a sign-in, leaving.

An invitation, or a link for a new password, is a secret of 192 bits that opens once, within days or minutes, and of
which the register keeps the digest. Whoever holds it proved that the e-mail is theirs, or was handed it in person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from ..catalogue.definition import FUNCTIONS
from ..clock import in_paris
from ..errors import Conflict, Misuse, NotFound
from ..openbadges.identity import normalise_email
from .accounts import Accounts
from .attempts import Allowance
from .audit import Deed
from .desk import Desk, Once, new_id
from .one_time import add_link, require_link
from .permissions import PERMISSIONS, Caller, require
from .private_files import logo
from .storage import (
    ISSUES_AS,
    Account,
    ApiToken,
    OneTimeLink,
    Session,
    StaffMember,
    Structure,
    StructureFact,
    StructureLogo,
)
from .wording import day_in_words, refusal

INVITATION, PASSWORD = "invitation", "password_link"
INVITATION_LASTS = timedelta(days=7)
PASSWORD_LINK_LASTS = timedelta(minutes=15)
PASSWORD_LINKS = Allowance("password link", 5, timedelta(minutes=60))

CHANGEABLE_OF_A_STRUCTURE = ("name", "kind", "department", "siret")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A place that waits for somebody, as the page of the invitation shows it."""

    link: OneTimeLink
    structure: Structure
    has_account: bool
    """Whether the e-mail has an account already: then no password is asked."""

    @property
    def name(self) -> str:
        return str(self.link.details["name"])

    @property
    def email(self) -> str:
        return str(self.link.details["email"])


class Access:
    """Invitations, password links, places and their rights, of one deployment."""

    def __init__(self, desk: Desk, accounts: Accounts) -> None:
        self._desk = desk
        self._storage = desk.storage
        self._accounts = accounts

    # -- invitations --------------------------------------------------------------------------------------------------

    def invite(
        self,
        by: Caller,
        *,
        structure: str,
        name: str,
        email: str,
        function: str,
        permissions: Iterable[str],
        once: Once | None = None,
    ) -> tuple[OneTimeLink, str]:
        """A place for somebody, and the secret of its link, told this once; empty when the same form came twice."""
        now = self._desk.now()
        email = normalise_email(email)
        self._desk.one_of(function, FUNCTIONS)
        permissions = sorted({self._desk.one_of(permission, PERMISSIONS) for permission in permissions})
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, OneTimeLink, id=done), ""
            actor = self._desk.actor(register, by)
            require(actor, "administer", structure=structure)
            if "network" in permissions:
                require(actor, "network")
            place = self._desk.require(register, Structure, id=structure)
            if register.find(StaffMember, structure=structure, email=email, left_at=None):
                raise refusal(Conflict, "already_in_the_team")
            link, secret = add_link(
                register,
                INVITATION,
                structure=structure,
                about=email,
                details={"name": name, "email": email, "function": function, "permissions": permissions},
                made_by=actor.staff,
                now=now,
                lasts=INVITATION_LASTS,
            )
            inviter = register.find(StaffMember, id=actor.staff)
            values = {
                "link": self.address_of_invitation(secret),
                "name": name,
                "inviter": inviter.name if inviter else place.name,
                "structure": place.name,
                "until": day_in_words(in_paris(link.expires_at).date()),
            }
            self._desk.outbox.put(
                register, kind=INVITATION, to=email, values=values, structure=structure, about=link.id, now=now
            )
            deed = Deed(actor.staff, structure, "staff.invite", link.id)
            self._desk.close(register, now, once, link.id, deed)
            return link, secret

    def address_of_invitation(self, secret: str) -> str:
        return f"{self._desk.addresses.base_url}/equipe/invitation/{secret}"

    def list_invitations(self, by: Caller) -> tuple[OneTimeLink, ...]:
        """Those of the caller's structure that still wait."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "administer", structure=actor.structure)
            made = register.list(
                OneTimeLink, order="made_at", structure=actor.structure, purpose=INVITATION, used_at=None
            )
            return tuple(link for link in made if link.expires_at > now)

    def withdraw_invitation(self, by: Caller, invitation: str) -> None:
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            link = self._desk.require(register, OneTimeLink, id=invitation, purpose=INVITATION)
            require(actor, "administer", structure=link.structure)
            register.change(link, used_at=link.used_at or now)
            self._desk.close(register, now, None, "", Deed(actor.staff, link.structure, "staff.uninvite", link.id))

    def require_invitation(self, secret: str) -> Invitation:
        """Raises as :func:`.require_link` does."""
        with self._storage.reading() as register:
            link = require_link(register, INVITATION, secret, self._desk.now())
            known = register.find(Account, email=str(link.details["email"])) is not None
            return Invitation(link, self._desk.require(register, Structure, id=link.structure), known)

    def accept(self, secret: str, password: str = "") -> StaffMember:
        """Take the place. ``password`` is for a first place: with an account already, none is asked nor changed."""
        now = self._desk.now()
        invitation = self.require_invitation(secret)
        hashed = "" if invitation.has_account else self._accounts.seal(password, invitation.email, invitation.name)
        with self._storage.writing() as register:
            link = require_link(register, INVITATION, secret, now)
            details = link.details
            account = register.find(Account, email=str(details["email"]))
            before = account and register.find(StaffMember, account=account.id, structure=link.structure)
            if before:
                member = register.change(
                    before,
                    left_at=None,
                    function=str(details["function"]),
                    permissions=tuple(details["permissions"]),
                    email=str(details["email"]),
                )
            else:
                member = StaffMember(
                    id=new_id(),
                    account=account.id if account else new_id(),
                    structure=link.structure,
                    name=str(details["name"]),
                    email=str(details["email"]),
                    function=str(details["function"]),
                    permissions=tuple(details["permissions"]),
                    person=None,
                    joined_at=now,
                )
                register.add(member)
            register.change(link, used_at=now)
            self._desk.close(register, now, None, "", Deed(member.id, link.structure, "staff.join", member.id))
            if account is None:
                if not hashed:  # the account that was there is gone since the page was shown
                    raise refusal(NotFound, "link_over")
                self._accounts.keep_password(register, member, hashed, now)
            return member

    # -- a forgotten password -----------------------------------------------------------------------------------------

    def ask_password_link(self, email: str) -> None:
        """Send a link to whoever has this address, if anybody: the answer is the same. Five in an hour at most."""
        now = self._desk.now()
        email = normalise_email(email)
        with self._storage.writing() as register:
            PASSWORD_LINKS.require(register, email, now)
            PASSWORD_LINKS.spend(register, email, now)
            account = register.find(Account, email=email)
            places = register.list(StaffMember, order="joined_at", account=account.id, left_at=None) if account else ()
            if account is None or not places:
                return
            link, secret = add_link(
                register,
                PASSWORD,
                structure=places[0].structure,
                about=account.id,
                made_by=places[0].id,
                now=now,
                lasts=PASSWORD_LINK_LASTS,
            )
            address = f"{self._desk.addresses.base_url}/equipe/mot-de-passe/{secret}"
            until = in_paris(link.expires_at)
            values = {
                "link": address,
                "name": places[0].name,
                "until": f"{day_in_words(until.date())}, {until:%H h %M}",
            }
            self._desk.outbox.put(
                register, kind=PASSWORD, to=email, values=values, structure=link.structure, about=account.id, now=now
            )
            deed = Deed(places[0].id, link.structure, "account.password_link", account.id)
            self._desk.close(register, now, None, "", deed)

    def require_password_link(self, secret: str) -> OneTimeLink:
        """Raises as :func:`.require_link` does."""
        with self._storage.reading() as register:
            return require_link(register, PASSWORD, secret, self._desk.now())

    def use_password_link(self, secret: str, password: str) -> None:
        """The new password; every session of the account ends. A password that is refused leaves the link open."""
        now = self._desk.now()
        place = self._place_of(self.require_password_link(secret))
        hashed = self._accounts.seal(password, place.email or "", place.name)
        with self._storage.writing() as register:
            register.change(require_link(register, PASSWORD, secret, now), used_at=now)
            self._accounts.keep_password(register, place, hashed, now)

    # -- places -------------------------------------------------------------------------------------------------------

    def change_place(self, by: Caller, staff: str, *, function: str, permissions: Iterable[str]) -> StaffMember:
        """Another function, other rights. Their sessions are asked again who they are (W3)."""
        now = self._desk.now()
        self._desk.one_of(function, FUNCTIONS)
        permissions = tuple(sorted({self._desk.one_of(permission, PERMISSIONS) for permission in permissions}))
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            member = self._desk.require(register, StaffMember, id=staff)
            require(actor, "administer", structure=member.structure)
            if "network" in {*permissions, *member.permissions}:
                require(actor, "network")
            if member.id == actor.staff and "administer" not in permissions:
                raise refusal(Misuse, "last_administrator")
            changed = register.change(member, function=function, permissions=permissions)
            register.change_all(Session, {"staff": staff, "ended_at": None}, ended_at=now)
            self._desk.close(register, now, None, "", Deed(actor.staff, member.structure, "staff.change", staff))
            return changed

    def end_place(self, by: Caller, staff: str) -> StaffMember:
        """They act no more, from now; what they noted and decided stays readable under their name."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            member = self._desk.require(register, StaffMember, id=staff)
            require(actor, "administer", structure=member.structure)
            if member.id == actor.staff:
                raise refusal(Misuse, "last_administrator")
            left = register.change(member, left_at=member.left_at or now)
            register.change_all(Session, {"staff": staff, "ended_at": None}, ended_at=now)
            self._desk.close(register, now, None, "", Deed(actor.staff, member.structure, "staff.end", staff))
            return left

    def require_place(self, by: Caller, staff: str) -> StaffMember:
        """Raises :class:`NotFound`, also for one of another structure."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            member = self._desk.require(register, StaffMember, id=staff)
            require(actor, "administer", structure=member.structure)
            return member

    # -- structures ---------------------------------------------------------------------------------------------------

    def change_structure(self, by: Caller, structure: str, *, issues_as: str, url: str, email: str) -> Structure:
        """What those who administer it decide alone: under which name it usually awards, and how it is reached."""
        now = self._desk.now()
        self._desk.one_of(issues_as, ISSUES_AS)
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Structure, id=structure)
            require(actor, "administer", structure=structure)
            changed = register.change(found, issues_as=issues_as, url=url, email=email)
            self._desk.close(register, now, None, "", Deed(actor.staff, structure, "structure.change", structure))
            return changed

    def change_logo(self, by: Caller, structure: str, content: bytes) -> None:
        """Its logo from now on, published with its Profile; none when ``content`` is empty. Raises
        :class:`~badges.errors.Misuse` for what is no picture."""
        now = self._desk.now()
        picture = logo(content) if content else b""
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            self._desk.require(register, Structure, id=structure)
            require(actor, "administer", structure=structure)
            register.remove(StructureLogo, structure=structure)
            if picture:
                register.add(StructureLogo(structure=structure, picture=picture, given_at=now))
            self._desk.close(register, now, None, "", Deed(actor.staff, structure, "structure.logo", structure))

    def date_fact(self, by: Caller, structure: str, *, attribute: str, value: str) -> Structure:
        """A name, kind, département or SIRET that is another from today on; the one before stays, with its dates."""
        now = self._desk.now()
        self._desk.one_of(attribute, CHANGEABLE_OF_A_STRUCTURE)
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Structure, id=structure)
            require(actor, "network")
            if getattr(found, attribute) == value:
                return found
            since = in_paris(now).date()
            register.add(StructureFact(id=new_id(), structure=structure, attribute=attribute, value=value, since=since))
            changed = register.change(found, **{attribute: value})
            self._desk.close(register, now, None, "", Deed(actor.staff, structure, f"structure.{attribute}", structure))
            return changed

    def list_facts(self, by: Caller, structure: str) -> tuple[StructureFact, ...]:
        """How it was called, since when, oldest first."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "administer", structure=structure)
            return register.list(StructureFact, order="since", structure=structure)

    def list_api_tokens(self, by: Caller) -> tuple[ApiToken, ...]:
        """Those of the caller's structure, newest first, ended ones too."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "administer", structure=actor.structure)
            return register.list(ApiToken, order="created_at", newest=True, structure=actor.structure)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _place_of(self, link: OneTimeLink) -> StaffMember:
        with self._storage.reading() as register:
            place = self._desk.require(register, StaffMember, id=link.made_by, account=link.about)
        if place.left_at is not None:
            raise refusal(NotFound, "link_over")
        return place
