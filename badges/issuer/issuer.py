"""What the issuer does. Each method is one act, in one transaction, and reads as a paragraph.

In each of them, in this order: has this very request been carried out before? who asks, and may they? what must hold?
then the new records, a line in the journal, and the answer to keep for a retry. Whatever raises leaves nothing behind.

A method whose first argument is ``by`` checks permissions. The others, at the end, read what is published or what the
holder of a secret may see; they are for the public doors and the worker's room.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from ..addresses import Addresses
from ..catalogue.definition import FUNCTIONS, WITNESS_FUNCTIONS
from ..catalogue.library import Catalogue, Entry
from ..catalogue.record import RESULTS, Decider, Record
from ..catalogue.rule import RuleOutcome, evaluate
from ..clock import Clock, in_paris
from ..errors import AwardRefused, CatalogueError, Conflict, Misuse, NotFound
from ..keyring import Signer
from ..openbadges.identity import matches, normalise_email
from ..openbadges.model import IdentityObject
from .assertion import RECIPIENT_PROFILE_TERM, payload_of, unmet
from .audit import Deed
from .batches import Batches
from .casefile import NO_COMMITMENT, CaseFile, Deciding
from .desk import Desk, Once, Signers, digest_of, new_id, new_person
from .evidence import Evidence
from .holder import Holder
from .holder.erasures import Erasures
from .holder.requests import NAME, REISSUE
from .noting import Noting, check_codes
from .people import People
from .permissions import PERMISSIONS, THE_OPERATOR, Actor, Caller, require
from .proposals import Proposals, case_of, check_told, prerequisites_of, require_look, seal_of, tell_look_asked
from .storage import (
    ISSUES_AS,
    STRUCTURE_KINDS,
    WORDS_OF_THE_PERSON,
    ApiToken,
    Award,
    AwardFile,
    HolderRequest,
    HostedTwin,
    Observation,
    Person,
    Profile,
    Proposal,
    Register,
    Revocation,
    SecondLook,
    StaffMember,
    Storage,
    Structure,
    StructureFact,
    StructureLogo,
)
from .witnesses import Witnesses
from .wording import REVOCATION_REASONS, refusal

log = logging.getLogger("badges.issuer")

PAGE = 50
EMAIL = re.compile(r"""[^\s@<>,;:"()\[\]\\\x00-\x1f\x7f]{1,64}@[^\s@<>,;:"()\[\]\\\x00-\x1f\x7f]{1,190}""")
TOKEN_PREFIX = "badges_"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Progress:
    """What was seen so far, and what the rule still wants."""

    entry: Entry
    record: Record
    outcome: RuleOutcome


@dataclass(frozen=True, slots=True)
class AwardView:
    """An award with what happened to it since."""

    award: Award
    revocation: Revocation | None
    kept: bool
    """Whether the signed file is still here: not after an erasure."""

    def state(self, now: datetime) -> str:
        """``valid``, ``replaced``, ``revoked`` or ``expired``."""
        if self.revocation:
            return "replaced" if self.revocation.code == "replaced" else "revoked"
        return "expired" if self.award.expires and self.award.expires <= now else "valid"


@dataclass(frozen=True, slots=True)
class IssuerProfile:
    """A Profile and the structure it speaks for."""

    profile: Profile
    structure: Structure


class Issuer:
    """Structures, staff, people, observations, awards: everything that changes the register.

    ``demo`` says that versions still at the status *proposition* may be awarded here.
    """

    def __init__(
        self,
        storage: Storage,
        catalogue: Catalogue,
        signers: Signers,
        addresses: Addresses,
        clock: Clock,
        *,
        demo: bool = False,
        erasures: Erasures | None = None,
    ) -> None:
        self.desk = Desk(storage, catalogue, signers, addresses, clock, demo=demo)
        self.batches = Batches(self.desk)
        self.holder = Holder(self.desk, erasures)
        self.people = People(self.desk)
        self.noting = Noting(self.desk)
        self.proposals = Proposals(self.desk)
        self.evidence = Evidence(self.desk)
        self.witnesses = Witnesses(self.desk, self.noting)
        self._storage = storage
        self._said_damaged: set[str] = set()

    # -- structures and their people -----------------------------------------------------------------------------

    def add_structure(
        self,
        by: Caller,
        *,
        name: str,
        kind: str,
        department: str,
        siret: str = "",
        url: str = "",
        email: str = "",
        issues_as: str = "structure",
    ) -> Structure:
        """A structure that will award, or the network. It signs nothing before :meth:`open_profile`."""
        now = self.desk.now()
        self.desk.one_of(kind, STRUCTURE_KINDS)
        self.desk.one_of(issues_as, ISSUES_AS)
        if not EMAIL.fullmatch(email):
            raise refusal(Misuse, "contact_needed", found=email[:60] or "—")
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            require(actor, "network")
            structure = Structure(
                id=new_id(),
                name=name,
                kind=kind,
                department=department,
                siret=siret,
                issues_as=issues_as,
                url=url or self.desk.addresses.base_url + "/",
                email=email,
                created_at=now,
            )
            dated = {"name": name, "kind": kind, "department": department, "siret": siret}
            register.add(structure)
            today = in_paris(now).date()
            register.add(
                *(
                    StructureFact(id=new_id(), structure=structure.id, attribute=attribute, value=value, since=today)
                    for attribute, value in dated.items()
                )
            )
            self.desk.close(register, now, None, "", Deed(actor.staff, structure.id, "structure.add", structure.id))
            return structure

    def open_profile(self, by: Caller, structure: str, signer: Signer) -> Profile:
        """A new public identity for a structure: one opaque id, one key. The one before is retired, for ever published.

        The id of the Profile is the ``key_id`` of the signer.
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            self.desk.require(register, Structure, id=structure)
            require(actor, "network")
            for before in register.list(Profile, structure=structure, status="active"):
                register.change(before, status="retired", since=now)
            profile = Profile(
                id=signer.key_id,
                structure=structure,
                algorithm=signer.algorithm,
                public_pem=signer.public_pem,
                created_at=now,
            )
            register.add(profile)
            self.desk.close(register, now, None, "", Deed(actor.staff, structure, "profile.open", profile.id))
            return profile

    def close_profile(self, by: Caller, profile: str, *, status: str, since: datetime) -> Profile:
        """It awards no more: ``retired``, or ``compromised`` from a date on."""
        now = self.desk.now()
        self.desk.one_of(status, ("retired", "compromised"))
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            require(actor, "network")
            found = self.desk.require(register, Profile, id=profile)
            closed = register.change(found, status=status, since=since.replace(microsecond=0))
            self.desk.close(register, now, None, "", Deed(actor.staff, found.structure, f"profile.{status}", profile))
            return closed

    def add_staff(
        self,
        by: Caller,
        *,
        structure: str,
        name: str,
        function: str,
        permissions: Iterable[str],
        email: str | None = None,
        account: str | None = None,
        person: str | None = None,
    ) -> StaffMember:
        """A place in a structure. ``account`` is the human being, when they have a place elsewhere already;
        ``person`` is their own file as someone who may receive badges, so that they never award to themselves."""
        now = self.desk.now()
        self.desk.one_of(function, FUNCTIONS)
        permissions = tuple(sorted({self.desk.one_of(permission, PERMISSIONS) for permission in permissions}))
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            require(actor, "administer", structure=structure)
            self.desk.require(register, Structure, id=structure)
            if "network" in permissions:
                require(actor, "network")
            member = StaffMember(
                id=new_id(),
                account=account or new_id(),
                structure=structure,
                name=name,
                email=normalise_email(email) if email else None,
                function=function,
                permissions=permissions,
                person=person,
                joined_at=now,
            )
            register.add(member)
            self.desk.close(register, now, None, "", Deed(actor.staff, structure, "staff.add", member.id))
            return member

    def add_person(
        self, by: Caller, *, name: str | None = None, email: str | None = None, once: Once | None = None
    ) -> Person:
        """Someone who may receive badges. Neither a name nor an e-mail is needed."""
        now = self.desk.now()
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, Person, id=done)
            actor = self.desk.actor(register, by)
            require(actor, "add_person")
            person = new_person(actor.structure, name, email, now)
            register.add(person)
            self.desk.close(register, now, once, person.id, Deed(actor.staff, actor.structure, "person.add", person.id))
            return person

    def new_personal_link(self, by: Caller, person: str) -> str:
        """The address of the person's own page, told this once, that asks for no code (:meth:`.Cards.hand_over` gives
        one that does). The link before ends."""
        return self.holder.cards.hand_over(by, person, with_code=False).link

    def list_people(self, by: Caller, *, beyond: tuple[datetime, str] | None = None) -> tuple[Person, ...]:
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            return register.list(
                Person, order="created_at", newest=True, beyond=beyond, limit=PAGE, structure=actor.structure,
                erased_at=None,
            )  # fmt: skip

    def require_person(self, by: Caller, person: str) -> Person:
        """Raises :class:`NotFound`, also for a person of another structure, and for one who was erased."""
        with self._storage.reading() as register:
            return self.desk.person(register, self.desk.actor(register, by), "see", person)

    # -- observations, and what the rule still wants ---------------------------------------------------------------

    def note_observation(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        criterion: str,
        on: date,
        way: str,
        kind: str,
        function: str | None = None,
        version: str | None = None,
        note: str = "",
        once: Once | None = None,
    ) -> Observation:
        """A positive dated fact. ``function`` is the caller's own, or a witness's (tutor, customer) they heard."""
        now = self.desk.now()
        entry = self.desk.catalogue.require(slug, version) if version else self.desk.catalogue.latest(slug)
        entry.definition.require(criterion)
        check_codes(self.desk, way, kind, on, in_paris(now).date())
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, Observation, id=done)
            actor = self.desk.actor(register, by)
            found = self.desk.person(register, actor, "note", person)
            if function not in (None, actor.function, *WITNESS_FUNCTIONS):
                raise refusal(Misuse, "function_of_another", found=function)
            observation = Observation(
                id=new_id(),
                person=person,
                structure=found.structure,
                slug=slug,
                version=entry.version,
                criterion=criterion,
                on=on,
                way=way,
                kind=kind,
                function=function or actor.function,
                note=note,
                noted_by=actor.staff,
                noted_at=now,
            )
            register.add(observation)
            deed = Deed(actor.staff, found.structure, "observation.note", observation.id)
            self.desk.close(register, now, once, observation.id, deed)
            return observation

    def withdraw_observation(self, by: Caller, observation: str) -> Observation:
        """It no longer counts; awards already signed on it are not changed (revoke them)."""
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Observation, id=observation)
            require(actor, "note", structure=found.structure)
            withdrawn = register.change(found, withdrawn_at=found.withdrawn_at or now)
            deed = Deed(actor.staff, found.structure, "observation.withdraw", observation)
            self.desk.close(register, now, None, "", deed)
            return withdrawn

    def list_observations(self, by: Caller, person: str, slug: str | None = None) -> tuple[Observation, ...]:
        with self._storage.reading() as register:
            self.desk.person(register, self.desk.actor(register, by), "see", person)
            only: dict[str, Any] = {"slug": slug} if slug else {}
            return register.list(Observation, order="on", person=person, withdrawn_at=None, **only)

    def progress(self, by: Caller, person: str, slug: str, version: str | None = None) -> Progress:
        """The rule's own answer, as if the caller decided today that all that was seen is acquired."""
        entry = self.desk.catalogue.require(slug, version) if version else self.desk.catalogue.latest(slug)
        now = self.desk.now()
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            self.desk.person(register, actor, "see", person)
            facts = self.desk.facts(register, person, entry)
            case = CaseFile(
                decided=in_paris(now).date(),
                results={fact.criterion: "acquired" for fact in facts},
                facts=facts,
                deciders=(Deciding(actor.staff, Decider("a1", "decides", actor.function, "same")),),
                prerequisites=prerequisites_of(self.desk, register, entry, person, (), now),
            )
        record = case.record(NO_COMMITMENT)
        return Progress(entry, record, evaluate(entry.definition, record))

    # -- proposal, the person's word, second look --------------------------------------------------------------------

    def propose(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        results: Mapping[str, str],
        version: str | None = None,
        prerequisites: Iterable[Mapping[str, str]] = (),
        second_structure: str | None = None,
        issued_as: str | None = None,
        name_in_badge: bool = False,
        told: Mapping[str, str] | None = None,
        once: Once | None = None,
    ) -> Proposal:
        """Open a file: for each criterion *acquired*, *not_yet* or *not_observed*; silence is *not_observed*.

        ``prerequisites`` are badges from elsewhere that the caller has seen: ``{"slug", "version"}``.
        ``second_structure`` is whom the file is sent to, where another structure is to look at it.
        ``told`` is the experience as the person told it (:data:`~badges.issuer.proposals.QUESTIONS`).
        """
        now = self.desk.now()
        check_told(told or {})
        entry = self.desk.awardable(slug, version)
        for criterion, result in results.items():
            entry.definition.require(criterion)
            self.desk.one_of(result, RESULTS)
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, Proposal, id=done)
            actor = self.desk.actor(register, by)
            found = self.desk.person(register, actor, "propose", person)
            structure = self.desk.require(register, Structure, id=found.structure)
            if second_structure is not None:
                self.desk.require(register, Structure, id=second_structure)
            proposal = Proposal(
                id=new_id(),
                person=person,
                structure=structure.id,
                slug=slug,
                version=entry.version,
                results=dict(results),
                prerequisites=tuple({"slug": seen["slug"], "version": seen["version"]} for seen in prerequisites),
                proposed_by=actor.staff,
                created_at=now,
                second_structure=second_structure,
                sent_at=now if second_structure else None,
                issued_as=self.desk.one_of(issued_as or structure.issues_as, ISSUES_AS),
                name_in_badge=name_in_badge,
                told=dict(told or {}),
            )
            register.add(proposal)
            if second_structure is not None:
                tell_look_asked(self.desk, register, proposal, now)
            deed = Deed(actor.staff, structure.id, "proposal.open", proposal.id)
            self.desk.close(register, now, once, proposal.id, deed)
            return proposal

    def record_word(
        self,
        by: Caller,
        proposal: str,
        *,
        word: str,
        comment: str = "",
        issued_as: str | None = None,
        name_in_badge: bool | None = None,
    ) -> Proposal:
        """What the person said, and what they chose, before the signature.

        « Pas d’accord » holds the award back: somebody must look again and confirm, then the person says another word.
        """
        now = self.desk.now()
        self.desk.one_of(word, WORDS_OF_THE_PERSON)
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Proposal, id=proposal)
            require(actor, "record_word", structure=found.structure)
            if found.state != "open":
                raise refusal(Conflict, "not_open", state=found.state)
            looks = register.list(SecondLook, order="number", proposal=proposal)
            confirmed = bool(looks) and looks[-1].number > found.since_look and looks[-1].confirms
            if found.word == "disagrees" and word != "disagrees" and not confirmed:
                raise refusal(Conflict, "another_look_first")
            answered = register.change(
                found,
                word=word,
                word_comment=comment,
                word_at=now,
                since_look=len(looks) if word == "disagrees" else found.since_look,
                sent_at=None if word == "disagrees" else found.sent_at,
                issued_as=self.desk.one_of(issued_as or found.issued_as, ISSUES_AS),
                name_in_badge=found.name_in_badge if name_in_badge is None else name_in_badge,
            )
            self.desk.close(register, now, None, "", Deed(actor.staff, found.structure, f"proposal.{word}", proposal))
            return answered

    def second_look(
        self, by: Caller, proposal: str, *, confirms: bool, comment: str = "", once: Once | None = None
    ) -> SecondLook:
        """Another pair of eyes: of the same structure, or of the one that the file was sent to."""
        now = self.desk.now()
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, SecondLook, id=done)
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Proposal, id=proposal)
            require_look(self.desk, register, actor, found)
            if found.state != "open":
                raise refusal(Conflict, "not_open", state=found.state)
            look = self.desk.look(register, actor, confirms, comment, now, proposal=proposal)
            register.add(look)
            told = "proposal.confirmed" if confirms else "proposal.not_yet"
            self.desk.close(register, now, once, look.id, Deed(actor.staff, found.structure, told, proposal))
            return look

    def require_proposal(self, by: Caller, proposal: str) -> tuple[Proposal, Progress]:
        """The file and what it still wants; for whoever may see it, the structure it was sent to included."""
        now = self.desk.now()
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Proposal, id=proposal)
            require(actor, "see", structure=found.structure, sent_to=found.second_structure)
            entry = self.desk.catalogue.require(found.slug, found.version)
            record = case_of(self.desk, register, entry, found, actor, now).record(NO_COMMITMENT)
            return found, Progress(entry, record, evaluate(entry.definition, record))

    def list_proposals(self, by: Caller, *, state: str = "open") -> tuple[Proposal, ...]:
        """The files of the structure, then those sent to it."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            own = register.list(Proposal, order="created_at", limit=PAGE, structure=actor.structure, state=state)
            sent = register.list(
                Proposal, order="created_at", limit=PAGE, second_structure=actor.structure, state=state
            )
            return own + tuple(proposal for proposal in sent if proposal.structure != actor.structure)

    # -- the award -----------------------------------------------------------------------------------------------------

    def award(self, by: Caller, proposal: str, *, shown: str | None = None, once: Once | None = None) -> Award:
        """Decide, sign and store, as one transaction. The caller is the one who decides.

        ``shown`` is the seal of what they were shown (:meth:`.Proposals.shown`): the person's word is then awaited,
        and a badge that would say something else by now is not signed. Raises :class:`AwardRefused` with everything
        that is missing when the rule does not hold; nothing is signed then. The record that the rule looks at is the
        record that is signed.
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, Award, uuid=done)
            actor = self.desk.actor(register, by)
            file = self.desk.require(register, Proposal, id=proposal)
            person = self.desk.person(register, actor, "award", file.person)
            if file.state != "open":
                raise refusal(Conflict, "not_open", state=file.state)
            if file.word == "disagrees":
                raise refusal(AwardRefused, "person_disagrees")
            if shown is not None:
                self._require_as_shown(register, actor, file, person, shown, now)
            award = self._award(register, actor, file, person, now, replaces=None)
            self.desk.close(register, now, once, award.uuid, Deed(actor.staff, file.structure, "award", award.uuid))
            return award

    def revoke(self, by: Caller, award: str, code: str, *, once: Once | None = None) -> Revocation:
        """Take an award back, for a reason of the closed list. Twice is once; there is no way back."""
        now = self.desk.now()
        if code not in REVOCATION_REASONS or code == "replaced":
            known = ", ".join(reason for reason in REVOCATION_REASONS if reason != "replaced")
            raise refusal(Misuse, "reason_unknown", found=code[:60], known=known)
        with self._storage.writing() as register:
            self.desk.done_before(register, once)
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Award, uuid=award)
            require(actor, "revoke", structure=found.structure)
            if before := register.find(Revocation, award=award):
                return before
            revocation = self.desk.revoke(register, found, code, actor.staff, now)
            self.desk.tell_withdrawn(register, found, code, now)
            self.desk.close(register, now, once, award, Deed(actor.staff, found.structure, f"revoke.{code}", award))
            return revocation

    def revoke_again(self, award: str, code: str) -> bool:
        """A withdrawal that was published, and that a restored register has forgotten; False for a badge not there.

        Nobody is written to: they were, when it was withdrawn.
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            found = register.find(Award, uuid=award)
            if found is None or code not in REVOCATION_REASONS:
                return False
            if register.find(Revocation, award=award) is None:
                by = THE_OPERATOR.staff
                self.desk.revoke(register, found, code, by, now)
                self.desk.close(register, now, None, award, Deed(by, found.structure, f"revoke.{code}", award))
            return True

    def replace(
        self,
        by: Caller,
        award: str,
        *,
        proposal: str | None = None,
        issued_as: str | None = None,
        name_in_badge: bool | None = None,
        once: Once | None = None,
    ) -> Award:
        """Correct and re-issue: a new award, and the old one revoked as *replaced* by it, in one transaction.

        With a ``proposal`` the new award rests on that file. Without, on the facts of the old one, which were decided
        then and are not decided again: only the name, the e-mail or the issuing name changes.
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            if done := self.desk.done_before(register, once):
                return self.desk.require(register, Award, uuid=done)
            actor = self.desk.actor(register, by)
            new, deeds = self._replace(register, actor, award, proposal, issued_as, name_in_badge, now)
            self.desk.close(register, now, once, new.uuid, *deeds)
            return new

    def answer_request(self, by: Caller, request: str, *, outcome: str, words: str) -> HolderRequest:
        """The written answer to what a person asked, and what is accepted is done, in one transaction.

        Raises as :meth:`~badges.issuer.holder.requests.Requests.answer`, and as the act that was asked for.
        """
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            asked = self.holder.requests.answer(register, actor, request, outcome=outcome, words=words, now=now)
            done = self._carry_out(register, actor, asked, now) if outcome == "accepted" else ()
            answered = Deed(actor.staff, asked.structure, f"request.{outcome}", request)
            self.desk.close(register, now, None, "", *done, answered)
            return asked

    def require_award(self, by: Caller, award: str) -> AwardView:
        """Raises :class:`NotFound`, also for another structure's."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, Award, uuid=award)
            require(actor, "see", structure=found.structure)
            return _views(register, (found,))[0]

    def list_awards(
        self, by: Caller, *, person: str | None = None, beyond: tuple[datetime, str] | None = None, limit: int = PAGE
    ) -> tuple[AwardView, ...]:
        """Newest first; ``beyond`` is (issued_on, uuid) of the last one of the page before."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            only: dict[str, Any] = {"person": person} if person else {}
            awards = register.list(
                Award, order="issued_on", newest=True, beyond=beyond, limit=limit, structure=actor.structure, **only
            )
            return _views(register, awards)

    # -- programs that speak for a structure -------------------------------------------------------------------------

    def new_api_token(
        self,
        by: Caller,
        *,
        structure: str,
        label: str,
        scopes: Iterable[str],
        staff: str | None = None,
        days: int = 365,
    ) -> tuple[ApiToken, str]:
        """A right for a program, and its secret, told this once. With ``staff`` it speaks for that person only."""
        now = self.desk.now()
        scopes = tuple(sorted({self.desk.one_of(scope, PERMISSIONS) for scope in scopes}))
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            self.desk.require(register, Structure, id=structure)
            require(actor, "administer", structure=structure)
            if staff is not None:
                self.desk.require(register, StaffMember, id=staff, structure=structure)
            secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
            token = ApiToken(
                id=new_id(),
                digest=digest_of(secret),
                structure=structure,
                staff=staff,
                label=label,
                scopes=scopes,
                created_at=now,
                expires_at=now + timedelta(days=days),
            )
            register.add(token)
            self.desk.close(register, now, None, "", Deed(actor.staff, structure, "token.new", token.id))
            return token, secret

    def find_api_token(self, secret: str) -> ApiToken | None:
        """The token in force that this secret is for. What is looked up is a digest, so time tells nothing of it."""
        with self._storage.reading() as register:
            token = register.find(ApiToken, digest=digest_of(secret))
        if token is None or token.revoked_at is not None or token.expires_at <= self.desk.now():
            return None
        return token

    def revoke_api_token(self, by: Caller, token: str) -> None:
        now = self.desk.now()
        with self._storage.writing() as register:
            actor = self.desk.actor(register, by)
            found = self.desk.require(register, ApiToken, id=token)
            require(actor, "administer", structure=found.structure)
            register.change(found, revoked_at=found.revoked_at or now)
            self.desk.close(register, now, None, "", Deed(actor.staff, found.structure, "token.revoke", token))

    def speaks_for(self, token: ApiToken, staff: str | None) -> Caller:
        """The caller behind a request of a program: the token's own person, or one of its structure that it names.

        Raises :class:`NotFound` for anyone else.
        """
        named = token.staff or staff
        with self._storage.reading() as register:
            member = register.find(StaffMember, id=named, structure=token.structure) if named else None
            if named is None:
                places = register.list(StaffMember, order="joined_at", structure=token.structure, left_at=None)
                member = next(iter(places), None)
                if member is not None and len(places) > 1:
                    return Caller(member.id, frozenset(token.scopes) & {"read"})
        if member is None or (token.staff and staff not in (None, token.staff)):
            raise refusal(NotFound, "unknown")
        return Caller(member.id, frozenset(token.scopes))

    def list_structures(self, by: Caller) -> tuple[Structure, ...]:
        """The caller's own; every structure for those who administer the network."""
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            only: dict[str, Any] = {} if "network" in actor.permissions else {"id": actor.structure}
            return register.list(Structure, order="created_at", **only)

    def list_staff(self, by: Caller) -> tuple[StaffMember, ...]:
        with self._storage.reading() as register:
            actor = self.desk.actor(register, by)
            require(actor, "see")
            return register.list(StaffMember, order="joined_at", structure=actor.structure)

    # -- what anyone may read, and what the holder of a secret may ---------------------------------------------------

    def require_published(self, slug: str, version: str) -> Entry:
        """A version of the catalogue as strangers may read it, with what stands around its definition.

        Raises :class:`NotFound`. Its ``code`` is its own where the version is published and its files are not what
        was published: it is not shown, which says nothing of its badges, and the operator is told, once.
        """
        try:
            entry = self.desk.catalogue.find(slug, version)
            around = entry and entry.around
        except CatalogueError as refused:
            if refused.message not in self._said_damaged:
                self._said_damaged.add(refused.message)
                log.error("a published document is not shown: %s: %s", refused.code, refused.message)
            raise refusal(NotFound, "definition_damaged") from refused
        if entry is None or around is None or entry.published_on is None:
            raise refusal(NotFound, "unknown")
        return entry

    def awards_of(self, person: str) -> tuple[AwardView, ...]:
        """For the person's own page: theirs, newest first."""
        with self._storage.reading() as register:
            held = register.list(Award, person=person)
            return _views(register, sorted(held, key=lambda award: (award.issued_on, award.uuid), reverse=True))

    def find_award(self, uuid: str) -> AwardView | None:
        with self._storage.reading() as register:
            found = register.find(Award, uuid=uuid)
            return _views(register, (found,))[0] if found else None

    def find_award_by_code(self, code: str) -> AwardView | None:
        """By its short code in the one spelling (:func:`badges.addresses.parse_code`)."""
        with self._storage.reading() as register:
            found = register.find(Award, code=code)
            return _views(register, (found,))[0] if found else None

    def require_token(self, uuid: str) -> str:
        """The signed badge, the same bytes each time. Raises :class:`NotFound`, also once it was erased."""
        with self._storage.reading() as register:
            return self.desk.require(register, AwardFile, uuid=uuid).token

    def was_erased(self, award: str) -> bool:
        """Whether the file of this award is gone because its holder asked."""
        with self._storage.reading() as register:
            found = self.desk.require(register, Award, uuid=award)
            person = register.find(Person, id=found.person) if found.person else None
            return person is None or person.erased_at is not None

    def is_recipient(self, award: str, signed: IdentityObject) -> bool:
        """Whether the person whom the register names is the one in the badge, as far as the badge can tell: e-mails
        may change after the signature, the inert address of a person never does."""
        with self._storage.reading() as register:
            found = self.desk.require(register, Award, uuid=award)
            person = register.find(Person, id=found.person) if found.person else None
        if person is None or signed.type == "email":
            return person is None or person.email is not None
        return matches(signed, self.desk.addresses.recipient(person.opaque))

    def find_profile(self, profile: str) -> IssuerProfile | None:
        with self._storage.reading() as register:
            found = register.find(Profile, id=profile)
            return IssuerProfile(found, self.desk.require(register, Structure, id=found.structure)) if found else None

    def has_logo(self, structure: str) -> bool:
        """Whether a structure gave one, without reading it."""
        with self._storage.reading() as register:
            return register.count(StructureLogo, structure=structure) > 0

    def find_logo(self, structure: str) -> bytes | None:
        """The PNG that stands for a structure, if it gave one."""
        with self._storage.reading() as register:
            found = register.find(StructureLogo, structure=structure)
            return found.picture if found else None

    def list_profiles(self) -> tuple[IssuerProfile, ...]:
        """Every Profile that ever was, oldest first: for the trust list and a static export."""
        with self._storage.reading() as register:
            structures = {structure.id: structure for structure in register.list(Structure)}
            profiles = register.list(Profile, order="created_at")
            return tuple(IssuerProfile(profile, structures[profile.structure]) for profile in profiles)

    def count_revocations(self, profile: str) -> int:
        """How many there were: the version of the list."""
        with self._storage.reading() as register:
            return register.highest(Revocation, "number", profile=profile) or 0

    def list_revocations(self, profile: str) -> tuple[Revocation, ...]:
        """In the order they were made. A list read later holds all that was in one read before."""
        with self._storage.reading() as register:
            return register.list(Revocation, order="number", profile=profile)

    def ask_hosted_twin(self, award: str) -> None:
        """The holder asks for an unsigned copy at an address of its own. For the worker's room; twice is once."""
        now = self.desk.now()
        with self._storage.writing() as register:
            found = self.desk.require(register, Award, uuid=award)
            if register.find(HostedTwin, award=award) is None:
                register.add(HostedTwin(award=award, asked_at=now))
                self.desk.close(register, now, None, "", Deed("holder", found.structure, "twin.ask", award))

    def find_hosted_twin(self, award: str) -> AwardView | None:
        """The award, if its holder asked for a hosted twin."""
        with self._storage.reading() as register:
            if register.find(HostedTwin, award=award) is None:
                return None
            return _views(register, (self.desk.require(register, Award, uuid=award),))[0]

    def list_stored(self, *, beyond: tuple[datetime, str] | None = None, limit: int = 1000) -> tuple[Award, ...]:
        """Every award in the order it was stored, from (stored_at, uuid) on: for the daily commitments and audits."""
        with self._storage.reading() as register:
            return register.list(Award, order="stored_at", beyond=beyond, limit=limit)

    # -- steps that several acts share -------------------------------------------------------------------------------

    def _require_as_shown(
        self, register: Register, actor: Actor, file: Proposal, person: Person, shown: str, now: datetime
    ) -> None:
        if file.word is None:
            raise refusal(AwardRefused, "word_awaited")
        entry = self.desk.catalogue.require(file.slug, file.version)
        structure = self.desk.require(register, Structure, id=file.structure)
        profile = self.desk.profile_for(register, structure, file.issued_as)
        record = case_of(self.desk, register, entry, file, actor, now).record(NO_COMMITMENT)
        if seal_of(file, record, profile, person) != shown:
            raise refusal(Conflict, "changed_since_shown")

    def _award(
        self, register: Register, actor: Actor, file: Proposal, person: Person, now: datetime, *, replaces: Award | None
    ) -> Award:
        entry = self.desk.awardable(file.slug, file.version)
        case = case_of(self.desk, register, entry, file, actor, now)
        if self.desk.holding(register, (person.id,), entry, now, but=replaces.uuid if replaces else None):
            raise refusal(AwardRefused, "already_awarded", slug=file.slug, version=file.version)
        structure = self.desk.require(register, Structure, id=file.structure)
        self.desk.check_clock(register, structure.id, now)
        outcome = evaluate(entry.definition, case.record(NO_COMMITMENT))
        if not outcome.met:  # said before a key is asked for
            raise unmet(entry.definition, outcome)
        profile = self.desk.profile_for(register, structure, file.issued_as)
        draft = self.desk.draft(
            entry,
            profile.id,
            case,
            person,
            self.desk.recipient(person, named=file.name_in_badge),
            issued_on=now,
            now=now,
            structure=structure.id,
            proposal=file.id,
            replaces=replaces.uuid if replaces else None,
        )
        (sealed,) = self.desk.sign((draft,), self.desk.signers(profile.id))
        self.desk.store(register, (sealed,))
        register.change(file, state="awarded")
        return sealed.award

    def _replace(
        self,
        register: Register,
        actor: Actor,
        award: str,
        proposal: str | None,
        issued_as: str | None,
        name_in_badge: bool | None,
        now: datetime,
    ) -> tuple[Award, tuple[Deed, ...]]:
        old = self.desk.require(register, Award, uuid=award)
        require(actor, "see", structure=old.structure)
        if old.person is None:
            raise refusal(NotFound, "erased")
        person = self.desk.person(register, actor, "award", old.person)
        if register.find(Revocation, award=award):
            raise refusal(Conflict, "already_revoked")
        if proposal is not None:
            file = self.desk.require(register, Proposal, id=proposal)
            if file.person != old.person:
                raise refusal(NotFound, "unknown")
            if file.state != "open":
                raise refusal(Conflict, "not_open", state=file.state)
            new = self._award(register, actor, file, person, now, replaces=old)
        else:
            new = self._issue_again(register, old, person, issued_as, name_in_badge, now)
        self.desk.revoke(register, old, "replaced", actor.staff, now, replaced_by=new.uuid)
        return new, (
            Deed(actor.staff, old.structure, "award", new.uuid),
            Deed(actor.staff, old.structure, "revoke.replaced", old.uuid),
        )

    def _carry_out(self, register: Register, actor: Actor, asked: HolderRequest, now: datetime) -> tuple[Deed, ...]:
        """What was asked for and is accepted; another look is done by people, and badges already signed stay."""
        if asked.kind == NAME:
            person = self.desk.person(register, actor, "hand_over", asked.person)
            register.change(person, name=asked.wish["name"])
            return (Deed(actor.staff, person.structure, "person.name", person.id),)
        if asked.kind == REISSUE and asked.award:
            wish = asked.wish
            return self._replace(register, actor, asked.award, None, wish["issued_as"], wish["named"], now)[1]
        return ()

    def _issue_again(
        self,
        register: Register,
        old: Award,
        person: Person,
        issued_as: str | None,
        name_in_badge: bool | None,
        now: datetime,
    ) -> Award:
        entry = self.desk.awardable(old.slug, old.version)
        kept = self.desk.require(register, AwardFile, uuid=old.uuid)
        if not kept.facts:
            raise refusal(AwardRefused, "facts_gone")
        structure = self.desk.require(register, Structure, id=old.structure)
        self.desk.check_clock(register, structure.id, now)
        if issued_as is None:
            before = self.desk.require(register, Profile, id=old.profile)
            issued_as = "structure" if before.structure == structure.id else "network"
        if name_in_badge is None:
            name_in_badge = RECIPIENT_PROFILE_TERM in payload_of(kept.token)
        profile = self.desk.profile_for(register, structure, self.desk.one_of(issued_as, ISSUES_AS))
        draft = self.desk.draft(
            entry,
            profile.id,
            CaseFile.from_text(kept.facts),
            person,
            self.desk.recipient(person, named=name_in_badge),
            issued_on=now,
            now=now,
            structure=structure.id,
            replaces=old.uuid,
        )
        (sealed,) = self.desk.sign((draft,), self.desk.signers(profile.id))
        self.desk.store(register, (sealed,))
        return sealed.award


def _views(register: Register, awards: Iterable[Award]) -> tuple[AwardView, ...]:
    awards = tuple(awards)
    ids: list[Any] = [award.uuid for award in awards]
    revoked = {line.award: line for line in register.list(Revocation, award=ids)}
    return tuple(AwardView(award, revoked.get(award.uuid), award.person is not None) for award in awards)
