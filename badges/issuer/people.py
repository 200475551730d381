"""The people whom a structure works with: finding one by a first name and an initial, telling namesakes apart.

A shared screen shows « Prénom N. » (:func:`short_name`); the whole name stands on the person's own page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..catalogue.taxonomy import fold
from ..errors import Misuse
from ..openbadges.identity import normalise_email
from .audit import Deed
from .desk import Desk, Once, new_person
from .permissions import Caller, require
from .private_text import holds_a_persons_number
from .storage import Person
from .wording import refusal

MOST = 20_000
"""People of one structure that a search reads: the whole of a large one."""
LONGEST_NAME = 80
LONGEST_HINT = 60


@dataclass(frozen=True, slots=True)
class Known:
    """A person as a list shows them. ``apart`` says that a namesake is here: show what tells them apart."""

    person: Person
    short: str
    apart: bool

    @property
    def id(self) -> str:
        return self.person.id


def short_name(name: str | None) -> str:
    """« Amina D. » for Amina Diallo, « Jean-Marc L. » for Jean-Marc L’Hostis; empty for somebody without a name."""
    first, _, rest = (name or "").strip().partition(" ")
    return f"{first} {rest.lstrip()[0].upper()}." if rest.strip() else first


def answers_to(name: str | None, asked: str) -> bool:
    """Whether each word of ``asked`` begins a word of the name, in order: « am d », « diallo », « jean l »."""
    words = _words(name or "")
    for part in _words(asked):
        found = next((place for place, word in enumerate(words) if word.startswith(part)), None)
        if found is None:
            return False
        words = words[found + 1 :]
    return True


class People:
    """Finding, adding and correcting people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    def find(self, by: Caller, asked: str = "") -> tuple[Known, ...]:
        """Those of the caller's structure who answer to ``asked``, by first name."""
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            everyone = register.list(Person, structure=actor.structure, erased_at=None, limit=MOST)
        known = _told_apart(everyone)
        return tuple(each for each in known if answers_to(each.person.name, asked))

    def alike(self, by: Caller, name: str) -> tuple[Known, ...]:
        """Those who look the same on a shared screen: perhaps the very person that is about to be added."""
        return tuple(each for each in self.find(by) if fold(each.short) == fold(short_name(name)))

    def add(
        self, by: Caller, *, name: str, email: str | None = None, hint: str = "", once: Once | None = None
    ) -> Person:
        """Someone new: a first name and an initial are enough."""
        now = self._desk.now()
        _check(name, hint)
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, Person, id=done)
            actor = self._desk.actor(register, by)
            require(actor, "add_person")
            person = replace(new_person(actor.structure, name, email, now), hint=hint)
            register.add(person)
            deed = Deed(actor.staff, actor.structure, "person.add", person.id)
            self._desk.close(register, now, once, person.id, deed)
            return person

    def correct(self, by: Caller, person: str, *, name: str, email: str | None, hint: str) -> Person:
        """Another spelling, e-mail or hint. Badges already signed do not change: correct them by a new one."""
        now = self._desk.now()
        _check(name, hint)
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "add_person", person)
            email = normalise_email(email) if email else None
            corrected = register.change(found, name=name, email=email, hint=hint)
            self._desk.close(register, now, None, "", Deed(actor.staff, found.structure, "person.correct", person))
            return corrected


def _check(name: str, hint: str) -> None:
    if holds_a_persons_number(f"{name} / {hint}"):
        raise refusal(Misuse, "number_of_a_person")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise refusal(Misuse, "name_needed")


def _told_apart(people: Iterable[Person]) -> tuple[Known, ...]:
    named = sorted(people, key=lambda person: (not person.name, fold(person.name or ""), person.created_at))
    short = {person.id: short_name(person.name) for person in named}
    namesakes = Counter(map(fold, short.values()))
    return tuple(Known(person, short[person.id], namesakes[fold(short[person.id])] > 1) for person in named)


def _words(text: str) -> list[str]:
    return fold(text).replace("-", " ").replace("'", " ").replace(".", " ").split()
