"""What others saw: a company tutor or a client by a one-time link, a reflexive talk after a task, a jury, a title held.

Each becomes ordinary observations, with the function of whoever saw: the rule of the badge knows no other kind of fact.
A witness has no account; the link opens once, for two weeks, and shows a first name and an initial. What they answered
stays with the link: *seen* becomes an observation, *partly* and *not seen* never do, and never harm anybody.

An AFEST (code du travail, art. D.6313-3-2) leaves two traces, apart: the situation at work, and later the reflexive
talk, led by somebody else than whoever supervised the situation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ..catalogue.definition import WITNESS_FUNCTIONS, Criterion
from ..catalogue.library import Entry
from ..clock import in_paris
from ..errors import Conflict, Misuse, NotFound
from .audit import Deed
from .desk import Desk, Once, new_id
from .noting import LONGEST_LINE, Noting, Seen
from .one_time import add_link, require_link
from .people import short_name
from .permissions import Caller, require
from .private_text import holds_a_persons_number
from .storage import Afest, Jury, Observation, OneTimeLink, Person, Register, StaffMember, Structure
from .wording import day_in_words, refusal

TESTIMONY = "testimony_request"
LASTS = timedelta(days=14)
ANSWERS = ("seen", "partly", "not_seen")
_BY_A_WITNESS = ("ENT", "TEM")
FEWEST_JURORS = 2


@dataclass(frozen=True, slots=True)
class Testimony:
    """What a witness is asked, as their page shows it."""

    link: OneTimeLink
    structure: Structure
    who: str
    """« Prénom N. »: all that a witness needs to know whom it is about."""
    entry: Entry
    criteria: tuple[Criterion, ...]


class Witnesses:
    """What others than the staff's own eyes bring to a file."""

    def __init__(self, desk: Desk, noting: Noting) -> None:
        self._desk = desk
        self._storage = desk.storage
        self._noting = noting

    # -- a tutor or a client, without an account -------------------------------------------------------------------

    def askable(self, entry: Entry) -> tuple[Criterion, ...]:
        """The criteria of a badge on which the word of a company or of a client counts."""
        return tuple(one for one in entry.definition.criteria if set(one.ways) & set(_BY_A_WITNESS))

    def ask(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        name: str,
        function: str,
        email: str | None = None,
        once: Once | None = None,
    ) -> tuple[OneTimeLink, str]:
        """A link for a witness, and its secret, told this once; sent too where there is an e-mail. Raises
        :class:`~badges.errors.Misuse` when no criterion of the badge takes the word of a witness."""
        now = self._desk.now()
        self._desk.one_of(function, WITNESS_FUNCTIONS)
        entry = self._desk.catalogue.latest(slug)
        if not self.askable(entry):
            raise refusal(Misuse, "nothing_to_ask_a_witness", title=entry.definition.title)
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, OneTimeLink, id=done), ""
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "note", person)
            structure = self._desk.require(register, Structure, id=found.structure)
            link, secret = add_link(
                register,
                TESTIMONY,
                structure=found.structure,
                about=person,
                details={"slug": slug, "version": entry.version, "name": name, "function": function},
                made_by=actor.staff,
                now=now,
                lasts=LASTS,
            )
            if email:
                values = {
                    "name": name,
                    "person": short_name(found.name),
                    "structure": structure.name,
                    "until": day_in_words(in_paris(link.expires_at).date()),
                    "link": self.address(secret),
                }
                self._desk.outbox.put(
                    register, kind=TESTIMONY, to=email, values=values, structure=found.structure, about=link.id,
                    person=person, now=now,
                )  # fmt: skip
            deed = Deed(actor.staff, found.structure, "testimony.ask", link.id)
            self._desk.close(register, now, once, link.id, deed)
            return link, secret

    def address(self, secret: str) -> str:
        return f"{self._desk.addresses.base_url}/temoignage/{secret}"

    def require_testimony(self, secret: str) -> Testimony:
        """Raises as :func:`.require_link` does."""
        with self._storage.reading() as register:
            return self._testimony(register, secret)

    def answer(self, secret: str, *, on: date, answers: Mapping[str, str], line: str = "") -> tuple[Observation, ...]:
        """What the witness saw; the link is used up. ``answers`` is criterion → one of :data:`ANSWERS`.

        Only *seen* becomes an observation, under the witness's function, noted by whoever asked.
        """
        now = self._desk.now()
        if on > in_paris(now).date():
            raise refusal(Misuse, "future_date", found=on.isoformat())
        if holds_a_persons_number(line):
            raise refusal(Misuse, "number_of_a_person")
        with self._storage.writing() as register:
            asked = self._testimony(register, secret)
            known = {criterion.id: criterion for criterion in asked.criteria}
            if not answers or set(answers) - set(known) or set(answers.values()) - set(ANSWERS):
                raise refusal(Misuse, "testimony_incomplete")
            noted = tuple(
                self._observation(asked, known[criterion], on, line)
                for criterion, answer in answers.items()
                if answer == "seen"
            )
            register.add(*noted)
            told = {"answers": dict(answers), "on": on.isoformat(), "line": line[:LONGEST_LINE]}
            register.change(asked.link, used_at=now, details={**asked.link.details, **told})
            deed = Deed("witness", asked.link.structure, "testimony.answer", asked.link.id)
            self._desk.close(register, now, None, "", deed)
            return noted

    def list_asked(self, by: Caller, person: str) -> tuple[OneTimeLink, ...]:
        """What witnesses were asked about a person, newest first; those answered carry the answers."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "see", person)
            return register.list(
                OneTimeLink, order="made_at", newest=True, about=person, purpose=TESTIMONY, structure=found.structure
            )

    # -- AFEST: a situation at work, then a reflexive talk -----------------------------------------------------------

    def begin_afest(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        criteria: Iterable[str],
        on: date,
        situation: str,
        once: Once | None = None,
    ) -> Afest:
        """The first sequence: what the person did at work, prepared for learning, seen by the caller."""
        now = self._desk.now()
        entry = self._desk.catalogue.latest(slug)
        if holds_a_persons_number(situation):
            raise refusal(Misuse, "number_of_a_person")
        seen = [
            Seen(slug, one.id, way, one.kinds[0])
            for one in map(entry.definition.require, dict.fromkeys(criteria))
            if (way := _first(one.ways, ("MES", "OBS")))
        ]
        first = _part(once, "situation")
        noted = self._noting.note(by, person=person, seen=seen, on=on, line=situation, once=first)
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, Afest, id=done)
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "note", person)
            afest = Afest(
                id=new_id(),
                structure=found.structure,
                person=person,
                slug=slug,
                situation_on=on,
                situation_by=actor.staff,
                observations=tuple(one.id for one in noted),
                begun_at=now,
            )
            register.add(afest)
            self._desk.close(register, now, once, afest.id, Deed(actor.staff, found.structure, "afest.begin", afest.id))
            return afest

    def end_afest(
        self, by: Caller, afest: str, *, criteria: Iterable[str], on: date, talk: str, once: Once | None = None
    ) -> Afest:
        """The second sequence: the reflexive talk, led by another person than the first, not before it. Raises
        :class:`Conflict` when it took place already."""
        now = self._desk.now()
        if holds_a_persons_number(talk):
            raise refusal(Misuse, "number_of_a_person")
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Afest, id=afest)
            person = self._desk.require(register, Person, id=found.person)
            first = self._desk.require(register, StaffMember, id=found.situation_by)
            require(actor, "note", structure=found.structure, recipient=person, other_than=first.account)
            before = self._desk.done_before(register, once)
        if found.talk_on is not None and not before:
            raise refusal(Conflict, "afest_ended")
        if on < found.situation_on:
            raise refusal(Misuse, "talk_before_situation", found=on.isoformat())
        entry = self._desk.catalogue.latest(found.slug)
        seen = [
            Seen(found.slug, one.id, "REF", "FRX" if "FRX" in one.kinds else one.kinds[0])
            for one in map(entry.definition.require, dict.fromkeys(criteria))
        ]
        noted = self._noting.note(by, person=found.person, seen=seen, on=on, line=talk, once=_part(once, "talk"))
        with self._storage.writing() as register:
            if self._desk.done_before(register, once):
                return self._desk.require(register, Afest, id=afest)
            found = self._desk.require(register, Afest, id=afest)
            ended = register.change(
                found, talk_on=on, talk_by=actor.staff, talk_observations=tuple(one.id for one in noted)
            )
            self._desk.close(register, now, once, afest, Deed(actor.staff, found.structure, "afest.end", afest))
            return ended

    def list_afest(self, by: Caller, person: str | None = None) -> tuple[Afest, ...]:
        """Those of a person, or those of the structure whose talk is still to come."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            if person is None:
                require(actor, "see")
                return register.list(Afest, order="situation_on", structure=actor.structure, talk_on=None)
            self._desk.person(register, actor, "see", person)
            return register.list(Afest, order="situation_on", person=person)

    def require_afest(self, by: Caller, afest: str) -> Afest:
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.require(register, Afest, id=afest)
            require(actor, "see", structure=found.structure)
            return found

    # -- a jury, a title ---------------------------------------------------------------------------------------------

    def hold_jury(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        criteria: Iterable[str],
        on: date,
        members: Iterable[str],
        present: Iterable[str],
        quorum: int,
        once: Once | None = None,
    ) -> Jury:
        """An exchange before a jury. ``members`` and ``present`` are functions or organisations in a few words, never
        names. Raises :class:`~badges.errors.Misuse` below the quorum: what it said then counts for nothing."""
        now = self._desk.now()
        members, present = tuple(members), tuple(present)
        if set(present) - set(members) or len(set(members)) != len(members):
            raise refusal(Misuse, "jury_unknown_member")
        needed = max(quorum, FEWEST_JURORS)
        if len(present) < needed:
            raise refusal(Misuse, "jury_below_quorum", expected=needed, found=len(present))
        entry = self._desk.catalogue.latest(slug)
        asked = [entry.definition.require(criterion) for criterion in dict.fromkeys(criteria)]
        if any("JUR" not in one.ways for one in asked):
            raise refusal(Misuse, "not_for_a_jury")
        seen = [Seen(slug, one.id, "JUR", one.kinds[0]) for one in asked]
        line = f"Jury : {len(present)} présents sur {len(members)}, quorum {needed}"
        noted = self._noting.note(by, person=person, seen=seen, on=on, line=line, once=_part(once, "jury"))
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, Jury, id=done)
            actor = self._desk.actor(register, by)
            jury = Jury(
                id=new_id(),
                structure=noted[0].structure,
                person=person,
                slug=slug,
                held_on=on,
                members=members,
                present=present,
                quorum=needed,
                observations=tuple(one.id for one in noted),
                by=actor.staff,
                at=now,
            )
            register.add(jury)
            self._desk.close(register, now, once, jury.id, Deed(actor.staff, jury.structure, "jury.hold", jury.id))
            return jury

    def titles_count(self, entry: Entry) -> tuple[Criterion, ...]:
        """The criteria of a badge that a title or a training certificate supports."""
        return tuple(one for one in entry.definition.criteria if "ATT" in one.kinds)

    def note_title(
        self,
        by: Caller,
        *,
        person: str,
        slug: str,
        criteria: Iterable[str],
        title: str,
        on: date,
        once: Once | None = None,
    ) -> tuple[Observation, ...]:
        """A title or a training that the caller saw the paper of, dated as the paper is."""
        entry = self._desk.catalogue.latest(slug)
        asked = [entry.definition.require(criterion) for criterion in dict.fromkeys(criteria)]
        if any("ATT" not in one.kinds for one in asked):
            raise refusal(Misuse, "no_title_here")
        seen = [Seen(slug, one.id, _first(one.ways, ("PRO", "TEM", "QOR")) or one.ways[0], "ATT") for one in asked]
        return self._noting.note(by, person=person, seen=seen, on=on, line=title, once=once)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _testimony(self, register: Register, secret: str) -> Testimony:
        link = require_link(register, TESTIMONY, secret, self._desk.now())
        person = register.find(Person, id=link.about, erased_at=None)
        if person is None:
            raise refusal(NotFound, "link_over")
        entry = self._desk.catalogue.require(str(link.details["slug"]), str(link.details["version"]))
        structure = self._desk.require(register, Structure, id=link.structure)
        return Testimony(link, structure, short_name(person.name), entry, self.askable(entry))

    def _observation(self, asked: Testimony, criterion: Criterion, on: date, line: str) -> Observation:
        return Observation(
            id=new_id(),
            person=asked.link.about,
            structure=asked.link.structure,
            slug=asked.entry.slug,
            version=asked.entry.version,
            criterion=criterion.id,
            on=on,
            way=_first(criterion.ways, _BY_A_WITNESS) or criterion.ways[0],
            kind=_first(criterion.kinds, ("BIL", "TMG")) or criterion.kinds[0],
            function=str(asked.link.details["function"]),
            note=line[:LONGEST_LINE],
            noted_by=asked.link.made_by,
            noted_at=self._desk.now(),
        )


def _first(among: Iterable[str], wanted: Iterable[str]) -> str | None:
    there = tuple(among)
    return next((one for one in wanted if one in there), None)


def _part(once: Once | None, part: str) -> Once | None:
    """The key of one step of an act that has several: a retry finds each of them done."""
    return Once(once.scope, f"{once.key}:{part}", once.digest) if once else None
