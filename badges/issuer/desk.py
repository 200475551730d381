"""What every act of the issuer needs: who is asking, what may be awarded, under which key, and how it is stored.

:class:`~badges.issuer.issuer.Issuer` and :class:`~badges.issuer.batches.Batches` say what happens; this says how each
step is done, once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from uuid import uuid4

from ..addresses import Addresses, short_code
from ..catalogue.definition import Definition
from ..catalogue.library import Catalogue, Entry
from ..catalogue.record import Decider, Fact, Record
from ..clock import Clock
from ..errors import AwardRefused, Conflict, Misuse, NotFound
from ..keyring import Signer
from ..openbadges.identity import new_salt, normalise_email
from . import audit
from .assertion import AwardFacts, Edition, Recipient, WrittenAward, sign_awards, write_award
from .audit import Deed
from .casefile import CaseFile, Deciding
from .counting import count
from .notices import Outbox
from .permissions import OPERATOR, THE_OPERATOR, Actor, Caller, require
from .storage import (
    Answered,
    Award,
    AwardFile,
    Message,
    Observation,
    Person,
    Profile,
    R,
    Register,
    Revocation,
    SecondLook,
    StaffMember,
    Storage,
    Structure,
)
from .wording import REVOCATION_REASONS, refusal

Signers = Callable[[str], Signer]
"""Profile id → its key. Raises :class:`~badges.errors.KeyringError`."""

RENEWABLE_DAYS = 90
"""A badge that ends within these days may be awarded again before it does."""

_CLOCK_LEEWAY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Once:
    """An idempotency key: the same request under it is carried out once, and answered the same for ever."""

    scope: str
    key: str
    digest: str


class Draft(NamedTuple):
    """One award whose rule holds, written and not yet signed; ``award`` waits for the digest of the token."""

    written: WrittenAward
    facts: str
    salt: str
    award: Callable[..., Award]


class Sealed(NamedTuple):
    """One award, signed, not yet stored: nobody has been told of it."""

    file: AwardFile
    award: Award
    record: Record


def new_id() -> str:
    """120 random bits, as an address or an identifier: nothing to guess, nothing to count."""
    return secrets.token_hex(15)


def digest_of(secret: str) -> str:
    """How a secret of ours (at least 128 random bits) is kept: a digest is enough, there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_person(structure: str, name: str | None, email: str | None, now: datetime, *, id: str = "") -> Person:
    return Person(
        id=id or new_id(),
        structure=structure,
        opaque=new_id(),
        name=name,
        email=normalise_email(email) if email else None,
        secret_digest=None,
        created_at=now,
    )


def relative(structure: str, of_the_file: str) -> str:
    """*same* or *other*, relative to the structure whose file it is, whatever name it is issued under."""
    return "same" if structure == of_the_file else "other"


class Desk:
    """The collaborators of one deployment, and the steps that its acts share."""

    def __init__(
        self,
        storage: Storage,
        catalogue: Catalogue,
        signers: Signers,
        addresses: Addresses,
        clock: Clock,
        *,
        demo: bool,
    ) -> None:
        self.storage = storage
        self.catalogue = catalogue
        self.signers = signers
        self.addresses = addresses
        self.clock = clock
        self.demo = demo
        self.outbox = Outbox(addresses, clock)
        self._editions: dict[tuple[str, str, str], Edition] = {}

    def now(self) -> datetime:
        """Read once per act; seconds are what we sign and store."""
        return self.clock.now().replace(microsecond=0)

    # -- who asks, and whether it was done already ----------------------------------------------------------------

    def actor(self, register: Register, caller: Caller) -> Actor:
        """The caller with the rights that the register gives them now. Raises :class:`NotFound`."""
        if caller == OPERATOR:
            return THE_OPERATOR
        member = self.require(register, StaffMember, id=caller.staff)
        return Actor.of(member, register.list(StaffMember, account=member.account), caller.scopes)

    def require(self, register: Register, kind: type[R], **equal: str | None) -> R:
        """The one record that matches. Raises :class:`NotFound`, in the words used for what one may not see."""
        found = register.find(kind, **equal)
        if found is None:
            raise refusal(NotFound, "unknown")
        return found

    def person(self, register: Register, actor: Actor, action: str, person: str) -> Person:
        """Whom ``actor`` may do this about. Raises :class:`NotFound`, also for one of another structure, and for one
        who was erased; and :class:`~badges.errors.Forbidden`."""
        found = self.require(register, Person, id=person, erased_at=None)
        require(actor, action, structure=found.structure, recipient=found)
        return found

    def done_before(self, register: Register, once: Once | None) -> str | None:
        """What this request gave when it was first carried out. Raises :class:`Conflict` for another one."""
        before = register.find(Answered, scope=once.scope, key=once.key) if once else None
        if once and before and before.digest != once.digest:
            raise refusal(Conflict, "key_reused")
        return before.result if before else None

    def close(self, register: Register, now: datetime, once: Once | None, result: str, *deeds: Deed) -> None:
        """The last lines of every act: the journal, and the answer to give if the same request comes again."""
        audit.tell(register, now, *deeds)
        if once:
            register.add(Answered(scope=once.scope, key=once.key, digest=once.digest, result=result, at=now))

    # -- what may be awarded, by whom, on what ---------------------------------------------------------------------

    def awardable(self, slug: str, version: str | None) -> Entry:
        """A version that may be awarded here. Raises :class:`NotFound` or :class:`AwardRefused`."""
        entry = self.catalogue.require(slug, version) if version else self.catalogue.latest(slug)
        if entry.published_on is None:
            raise refusal(AwardRefused, "not_published", slug=slug, version=entry.version)
        if entry.status != "adopte" and not (self.demo and entry.status == "proposition"):
            raise refusal(AwardRefused, "only_a_proposal", slug=slug, version=entry.version, status=entry.status)
        return entry

    def facts(self, register: Register, person: str, entry: Entry) -> tuple[Fact, ...]:
        """The observations of this person that speak of this version of the badge.

        One noted under another version counts where that version words the same criterion the same way.
        """
        seen = register.list(Observation, order="on", person=person, slug=entry.slug, withdrawn_at=None)
        return tuple(
            Fact(item.criterion, item.on, item.way, item.kind, item.function)
            for item in seen
            if item.version == entry.version or self._same_criterion(item, entry.definition)
        )

    def _same_criterion(self, seen: Observation, definition: Definition) -> bool:
        noted_under = self.catalogue.find(seen.slug, seen.version)
        asked = definition.by_id.get(seen.criterion)
        return asked is not None and noted_under is not None and noted_under.definition.by_id.get(asked.id) == asked

    def live_awards(self, register: Register, people: Iterable[str], slug: str, now: datetime) -> tuple[Award, ...]:
        """The awards of this badge that these people hold: neither revoked nor past their end."""
        held = [
            award
            for award in register.list(Award, person=list(people), slug=slug)
            if award.expires is None or award.expires > now
        ]
        revoked = {line.award for line in register.list(Revocation, award=[award.uuid for award in held])}
        return tuple(award for award in held if award.uuid not in revoked)

    def holding(
        self, register: Register, people: Iterable[str], entry: Entry, now: datetime, *, but: str | None = None
    ) -> set[str]:
        """Those of ``people`` who have this version already and need no renewal. ``but`` is being replaced."""
        soon = now + timedelta(days=RENEWABLE_DAYS)
        return {
            award.person
            for award in self.live_awards(register, people, entry.slug, now)
            if award.person
            and award.uuid != but
            and award.version == entry.version
            and (award.expires is None or award.expires > soon)
        }

    def look(
        self, register: Register, actor: Actor, confirms: bool, comment: str, now: datetime, **at: str
    ) -> SecondLook:
        """A second look by ``actor`` at a proposal or a batch, after those there are."""
        number = register.count(SecondLook, **at) + 1
        target = {"proposal": None, "batch": None} | at
        return SecondLook(
            id=new_id(), number=number, by=actor.staff, confirms=confirms, comment=comment, at=now, **target
        )

    def seconds(
        self, register: Register, actor: Actor, structure: str, *, after: int = 0, **at: str
    ) -> tuple[Deciding, ...]:
        """Those who looked again and confirmed, if a confirmation is the last word; never the one who decides.
        Looks up to the number ``after`` are of something else by now."""
        only: dict[str, Any] = dict(at)
        looks = [look for look in register.list(SecondLook, order="number", **only) if look.number > after]
        if not looks or not looks[-1].confirms:
            return ()
        members = (self.require(register, StaffMember, id=look.by) for look in looks if look.confirms)
        others = {member.account: member for member in members if member.account != actor.account}
        return tuple(
            Deciding(member.id, Decider(f"a{number}", "second", member.function, relative(member.structure, structure)))
            for number, member in enumerate(others.values(), start=2)
        )

    # -- under which key -------------------------------------------------------------------------------------------

    def profile_for(self, register: Register, structure: Structure, issued_as: str) -> Profile:
        """The active Profile of the structure, or of the network where the person chose so."""
        issuer = structure
        if issued_as == "network" and structure.kind != "RESEAU":
            network = register.list(Structure, order="created_at", limit=1, kind="RESEAU", closed_at=None)
            if not network:
                raise refusal(AwardRefused, "no_network")
            issuer = network[0]
        active = register.list(Profile, order="created_at", newest=True, limit=1, structure=issuer.id, status="active")
        if not active:
            raise refusal(AwardRefused, "no_profile")
        return active[0]

    def edition(self, entry: Entry, profile: str) -> Edition:
        key = (profile, entry.slug, entry.version)
        if key not in self._editions:
            self._editions[key] = Edition.of(entry.definition, entry.text, profile, self.addresses)
        return self._editions[key]

    # -- signing and storing -----------------------------------------------------------------------------------------

    def recipient(self, person: Person, *, named: bool, salt: str | None = None) -> Recipient:
        """The person as the badge may know them: their own e-mail, else the inert address."""
        kind, identity = ("email", person.email) if person.email else ("url", self.addresses.recipient(person.opaque))
        return Recipient(kind, identity, salt or new_salt(), person.name if named else None)

    def check_clock(self, register: Register, structure: str, now: datetime) -> None:
        """Refuse to sign a badge older than the last one: a clock that went back (``security.md``, O6)."""
        last = register.highest(Award, "issued_on", structure=structure)
        if last is not None and last > now + _CLOCK_LEEWAY:
            raise refusal(AwardRefused, "clock_behind", last=last.isoformat())

    def draft(
        self,
        entry: Entry,
        profile: str,
        case: CaseFile,
        person: Person,
        recipient: Recipient,
        *,
        issued_on: datetime,
        now: datetime,
        structure: str,
        uuid: str | None = None,
        salt: str | None = None,
        proposal: str | None = None,
        batch_row: str | None = None,
        replaces: str | None = None,
    ) -> Draft:
        """The rule, then the Assertion. Raises :class:`AwardRefused` with what is missing."""
        uuid, salt = uuid or str(uuid4()), salt or new_salt()
        facts, record = case.seal(award=uuid, person=person.id, salt=salt)
        written = write_award(self.edition(entry, profile), AwardFacts(uuid, recipient, issued_on, record))
        award = partial(
            Award,
            uuid=uuid,
            structure=structure,
            profile=profile,
            slug=entry.slug,
            version=entry.version,
            person=person.id,
            code=short_code(f"urn:uuid:{uuid}"),
            commitment=record.commitment,
            issued_on=issued_on,
            expires=written.expires,
            stored_at=now,
            proposal=proposal,
            batch_row=batch_row,
            replaces=replaces,
        )
        return Draft(written, facts, salt, award)

    def sign(self, drafts: Iterable[Draft], signer: Signer) -> list[Sealed]:
        """The signature of each; nothing is stored yet."""
        drafts = tuple(drafts)
        tokens = sign_awards((draft.written for draft in drafts), signer)
        return [
            Sealed(
                AwardFile(uuid=signed.facts.uuid, token=signed.token, facts=draft.facts, salt=draft.salt),
                draft.award(token_digest=signed.token_digest),
                signed.facts.record,
            )
            for draft, signed in zip(drafts, tokens, strict=True)
        ]

    def store(self, register: Register, sealed: Iterable[Sealed]) -> None:
        """The awards, what the figures will say of them, and a message to each person who has an e-mail."""
        together = tuple(sealed)
        ids: list[str] = sorted({one.award.person for one in together if one.award.person})
        people = {person.id: person for person in register.list(Person, id=ids)}
        known = {person for (person,) in register.tally(Award, "person", person=ids)}
        structures = {one.award.structure for one in together}
        named = {id: self.require(register, Structure, id=id) for id in structures}
        names: dict[str, str] = {}
        counted, told = [], []
        for award, record in ((one.award, one.record) for one in together):
            entry = self.catalogue.require(award.slug, award.version)
            structure, person = named[award.structure], people.get(award.person or "")
            counted.append(count(award, record, entry, structure, first=person is not None and person.id not in known))
            if person is not None:
                known.add(person.id)
            if person is not None and person.email:
                if award.profile not in names:
                    names[award.profile] = self.under_the_name_of(register, award)
                kind = "badge_replaced" if award.replaces else "badge_awarded"
                told.append(self.message(kind, award, names[award.profile], person, person.email, award.stored_at))
        register.add(*(one.award for one in together), *(one.file for one in together), *counted, *told)

    def under_the_name_of(self, register: Register, award: Award) -> str:
        """Whom the award says it is from: the network, where the person chose that their structure is not told."""
        profile = self.require(register, Profile, id=award.profile)
        return self.require(register, Structure, id=profile.structure).name

    def message(
        self, kind: str, award: Award, name: str, person: Person, email: str, now: datetime, **more: str
    ) -> Message:
        """What is told to the person of one award that is from ``name``, not yet in the register; ``more`` is what
        messages of this kind say besides."""
        badge = self.catalogue.require(award.slug, award.version).definition.title
        return self.outbox.written(
            kind=kind,
            to=email,
            values={"structure": name, "badge": badge, "link": self.addresses.short(award.code)} | more,
            structure=award.structure,
            about=award.uuid,
            person=person.id,
            now=now,
        )

    def revoke(
        self, register: Register, award: Award, code: str, by: str, now: datetime, *, replaced_by: str | None = None
    ) -> Revocation:
        """The next line of the list of the award's Profile."""
        revocation = Revocation(
            award=award.uuid,
            profile=award.profile,
            number=(register.highest(Revocation, "number", profile=award.profile) or 0) + 1,
            code=code,
            replaced_by=replaced_by,
            by=by,
            at=now,
        )
        register.add(revocation)
        return revocation

    def tell_withdrawn(self, register: Register, award: Award, code: str, now: datetime) -> None:
        """A message to the person, when they have an e-mail: the reason is one of the public list, nothing else."""
        person = register.find(Person, id=award.person) if award.person else None
        if person is None or not person.email:
            return
        reason = REVOCATION_REASONS[code]
        name, reason = self.under_the_name_of(register, award), reason[0].lower() + reason[1:]
        register.add(self.message("badge_revoked", award, name, person, person.email, now, reason=reason))

    # -- strictness --------------------------------------------------------------------------------------------------

    def one_of(self, value: str, known: Iterable[str]) -> str:
        """Raises :class:`Misuse` unless ``value`` is in the list."""
        known = tuple(known)
        if value not in known:
            raise refusal(Misuse, "not_in_list", found=value[:60], known=", ".join(known))
        return value
