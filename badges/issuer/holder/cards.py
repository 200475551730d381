"""Getting in without an account: a secret link (the QR of a card, a message) and a short code told in person.

What is promised (``docs/decisions``, "The person's card"):

1. the link is 192 random bits, kept as a digest; a new one ends the one before;
2. a link that was made with a code asks for it, on each device, until that device is forgotten; one made without (a
   program of the structure asked for it so) opens by itself;
3. the code is kept as a slow hash. It may be tried ten times in a quarter of an hour and thirty times in a day for one
   card, and thirty times in a quarter of an hour from one address, counted for all processes together; the right code
   works again when that time is over;
4. what opens is one human being: the files of the card, and those of cards that were joined to it with both secrets;
5. an unknown link, an old one and one of an erased person are the same: None.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from ...errors import Forbidden, Misuse, NotFound
from ...openbadges.identity import normalise_email
from ..attempts import Allowance
from ..audit import Deed
from ..desk import Desk, digest_of, new_id
from ..one_time import add_link, find_link
from ..passwords import hash_password, is_password
from ..permissions import Caller
from ..storage import Award, Person, PresentCode, Register, Visit
from ..wording import refusal

CODE_DIGITS = 6
OWN_CODE = re.compile(r"[0-9]{6,10}")

LENT_FOR = timedelta(minutes=20)
"""A device that is not the person's own forgets them after so long without a page."""
LENT_AT_MOST = timedelta(hours=2)
STAYS_FOR = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=5)
CONTACT_EVERY = timedelta(days=1)

TRIES_BY_CARD = Allowance("card code", 10)
TRIES_BY_CARD_AND_DAY = Allowance("card code day", 30, timedelta(hours=23))
TRIES_BY_ADDRESS = Allowance("card code address", 30)
LETTERS_BY_EMAIL = Allowance("card letter", 3, timedelta(hours=1))
LETTERS_BY_ADDRESS = Allowance("card letter address", 10, timedelta(hours=1))
PRESENT_TRIES = Allowance("present code", 5, timedelta(minutes=10))

LETTER_LASTS = timedelta(hours=1)
LETTER = "card"
"""The purpose of the one-time link that comes by e-mail."""
PRESENT_FOR = timedelta(minutes=10)


class WrongCode(Forbidden):
    """The link is known; this is not its code."""

    code = "wrong_card_code"


@dataclass(frozen=True, slots=True)
class Card:
    """What is handed over, told this once: the register keeps a digest and a slow hash."""

    link: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """One human being: ``person`` is the file of the card, ``people`` all of theirs. ``lent`` is a borrowed device."""

    person: Person
    people: tuple[Person, ...]
    lent: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(person.id for person in self.people)


@dataclass(frozen=True, slots=True)
class Locked:
    """The link is right, and waits for its code."""

    person: Person


class Cards:
    """Links, codes and the devices that they opened."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._storage = desk.storage

    # -- handing over ---------------------------------------------------------------------------------------------

    def hand_over(self, by: Caller, person: str, *, with_code: bool = True) -> Card:
        """A new card for a person of the caller's structure. The link before, its code and its devices end."""
        now = self._desk.now()
        code = new_code() if with_code else None
        hashed = hash_password(code) if code else None
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            found = self._desk.person(register, actor, "hand_over", person)
            link = self._new_link(register, found, hashed, "structure" if code else None)
            self._desk.close(register, now, None, "", Deed(actor.staff, found.structure, "person.link", person))
        return Card(link, code)

    def _new_link(self, register: Register, person: Person, hashed: str | None, by: str | None) -> str:
        secret = secrets.token_urlsafe(24)
        register.remove(Visit, person=person.id)
        register.change(person, secret_digest=digest_of(secret), code_hash=hashed, code_by=by)
        return self._desk.addresses.worker(secret)

    # -- opening --------------------------------------------------------------------------------------------------

    def open(self, secret: str, visit: str = "") -> Opened | Locked | None:
        """What this link opens on a device whose cookie is ``visit``."""
        now = self._desk.now()
        with self._storage.reading() as register:
            person = _of_link(register, secret)
            if person is None:
                return None
            people = _together(register, person)
            found = register.find(Visit, digest=digest_of(visit))
        good = found is not None and found.person in [one.id for one in people] and _is_open(found, now)
        if person.code_hash is not None and not good:
            return Locked(person)
        a_new_day = person.seen_at is None or now - person.seen_at >= CONTACT_EVERY
        if a_new_day or (found and good and now - found.seen_at >= SEEN_EVERY):
            self._touch(person.id, found if good else None, now)
        return Opened(person, people, lent=bool(found and good and not found.stays))

    def _touch(self, person: str, visit: Visit | None, now: datetime) -> None:
        """They came: their data are of use, and a warning that they would go is void."""
        with self._storage.writing() as register:
            found = register.find(Person, id=person, erased_at=None)
            if found is not None:
                register.change(found, seen_at=now, warned_at=None)
            if visit is not None:  # were it forgotten meanwhile, this would change nothing
                register.change(visit, seen_at=now)

    def enter(self, secret: str, code: str, *, address: str, stays: bool) -> str:
        """The secret of a new visit, for this device's cookie. Raises :class:`NotFound` for a link that opens nothing,
        :class:`WrongCode`, or :class:`~badges.issuer.attempts.TooManyTries`."""
        now = self._desk.now()
        person = self._prove(secret, code, address, now)
        with self._storage.writing() as register:
            self._forgive(register, person.id, address)
            visit = _remember(register, person, now, stays=stays)
            register.change(person, seen_at=now, warned_at=None)
        return visit

    def _prove(self, secret: str, code: str, address: str, now: datetime) -> Person:
        """The person whose link and code these are."""
        with self._storage.writing() as register:
            person = _of_link(register, secret)
            if person is None:
                raise refusal(NotFound, "unknown")
            for allowance, subject in _tries(person.id, address):
                allowance.require(register, subject, now)
                allowance.spend(register, subject, now)
        if person.code_hash is not None and not is_password(_plain(code), person.code_hash):
            raise refusal(WrongCode, "wrong_card_code")
        return person

    def _forgive(self, register: Register, person: str, address: str) -> None:
        for allowance, subject in _tries(person, address):
            allowance.forgive(register, subject)

    def forget_device(self, visit: str) -> None:
        """This device opens nothing any more."""
        with self._storage.writing() as register:
            register.remove(Visit, digest=digest_of(visit))

    def forget_every_device(self, opened: Opened) -> None:
        with self._storage.writing() as register:
            register.remove(Visit, person=list(opened.ids))

    # -- their own code, their own link -----------------------------------------------------------------------------

    def choose_code(self, opened: Opened, code: str, *, stays: bool = False) -> str:
        """A code that only the person knows; every other device forgets them. Gives the visit of this device.

        Raises :class:`Misuse` for one that anybody would try first.
        """
        now, hashed = self._desk.now(), _own_code(code)
        with self._storage.writing() as register:
            person = self._desk.require(register, Person, id=opened.person.id)
            register.change(person, code_hash=hashed, code_by="person")
            register.remove(Visit, person=list(opened.ids))
            visit = _remember(register, person, now, stays=stays)
            deed = Deed("holder", person.structure, "holder.code", person.id)
            self._desk.close(register, now, None, "", deed)
        return visit

    def ask_letter(self, email: str, *, address: str) -> None:
        """Write to every person who has this e-mail how to come back in. Says nothing, whether there is one or not.

        Raises :class:`~badges.issuer.attempts.TooManyTries`, for a known e-mail and an unknown one alike.
        """
        now, email = self._desk.now(), normalise_email(email)
        with self._storage.writing() as register:
            for allowance, subject in ((LETTERS_BY_EMAIL, email), (LETTERS_BY_ADDRESS, address)):
                allowance.require(register, subject, now)
                allowance.spend(register, subject, now)
            for person in register.list(Person, email=email, erased_at=None):
                letter, secret = add_link(
                    register,
                    LETTER,
                    structure=person.structure,
                    about=person.id,
                    made_by="holder",
                    now=now,
                    lasts=LETTER_LASTS,
                )
                self._desk.outbox.put(
                    register,
                    kind="way_back",
                    to=email,
                    values={"link": f"{self._desk.addresses.base_url}/mes-badges/retour/{secret}"},
                    structure=person.structure,
                    about=letter.id,
                    person=person.id,
                    now=now,
                )

    def find_letter(self, secret: str) -> Person | None:
        """Whom a link of a letter brings back, if it still does."""
        now = self._desk.now()
        with self._storage.reading() as register:
            letter = find_link(register, LETTER, secret, now)
            return register.find(Person, id=letter.about, erased_at=None) if letter else None

    def come_back(self, secret: str, code: str, *, stays: bool) -> tuple[Card, str]:
        """Whoever reads the person's own e-mail gets a new link, chooses its code, and this device is open.

        Raises :class:`NotFound` for a letter that is unknown, used or too old, and :class:`Misuse` as
        :meth:`choose_code` does.
        """
        now, hashed = self._desk.now(), _own_code(code)
        with self._storage.writing() as register:
            letter = find_link(register, LETTER, secret, now)
            if letter is None:
                raise refusal(NotFound, "unknown")
            person = self._desk.require(register, Person, id=letter.about)
            register.change(letter, used_at=now)
            link = self._new_link(register, person, hashed, "person")
            visit = _remember(register, person, now, stays=stays)
            deed = Deed("holder", person.structure, "holder.link", person.id)
            self._desk.close(register, now, None, "", deed)
        return Card(link, None), visit

    # -- two cards, one person --------------------------------------------------------------------------------------

    def join(self, opened: Opened, link: str, code: str, *, address: str) -> Opened:
        """The files of another card of the same person, proved by its own link and code, come to these.

        Raises as :meth:`enter` does; a card of a file that is already here changes nothing.
        """
        now = self._desk.now()
        other = self._prove(secret_in(link), code, address, now)
        with self._storage.writing() as register:
            self._forgive(register, other.id, address)
            mine = self._desk.require(register, Person, id=opened.person.id)
            people = {one.id: one for one in (*_together(register, mine), *_together(register, other))}
            collection = mine.collection or other.collection or new_id()
            for one in people.values():
                if one.collection != collection:
                    register.change(one, collection=collection)
            deeds = (Deed("holder", one.structure, "holder.join", one.id) for one in (mine, other))
            self._desk.close(register, now, None, "", *deeds)
            return Opened(opened.person, _together(register, self._desk.require(register, Person, id=mine.id)))

    # -- is it you? --------------------------------------------------------------------------------------------------

    def present(self, opened: Opened) -> tuple[str, datetime]:
        """A code to show to whoever asks whether a badge is this person's, and until when it answers."""
        now, code = self._desk.now(), new_code()
        until = now + PRESENT_FOR
        with self._storage.writing() as register:
            for person in opened.people:
                register.remove(PresentCode, person=person.id)
                register.add(
                    PresentCode(
                        person=person.id, digest=digest_of(f"{person.id} {code}"), made_at=now, expires_at=until
                    )
                )
        return code, until

    def is_present(self, award_code: str, code: str) -> bool:
        """Whether the person whose badge bears this short code shows that code now. Five tries in ten minutes for one
        badge: raises :class:`~badges.issuer.attempts.TooManyTries`."""
        now = self._desk.now()
        with self._storage.writing() as register:
            PRESENT_TRIES.require(register, award_code, now)
            PRESENT_TRIES.spend(register, award_code, now)
            award = register.find(Award, code=award_code)
            shown = register.find(PresentCode, person=award.person) if award and award.person else None
            if shown is None or shown.expires_at <= now:
                return False
            return secrets.compare_digest(shown.digest, digest_of(f"{shown.person} {_plain(code)}"))


def new_code() -> str:
    """Six digits, none of the codes that everybody tries first: told in person, typed once on each device."""
    while True:
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        if not _is_easy(code):
            return code


def secret_in(link: str) -> str:
    """The secret of a link as it was scanned, typed or pasted."""
    return link.strip().rstrip("/").rpartition("/mes-badges/")[2].partition("/")[0][:100]


def _of_link(register: Register, secret: str) -> Person | None:
    return register.find(Person, secret_digest=digest_of(secret), erased_at=None)


def _own_code(code: str) -> str:
    """What is kept of a code that a person chose. Raises :class:`Misuse` for one that anybody would try first."""
    plain = _plain(code)
    if not OWN_CODE.fullmatch(plain) or _is_easy(plain):
        raise refusal(Misuse, "card_code_easy")
    return hash_password(plain)


def _remember(register: Register, person: Person, now: datetime, *, stays: bool) -> str:
    """The secret of a new visit, for the cookie of the device."""
    visit = secrets.token_urlsafe(24)
    register.add(Visit(id=new_id(), digest=digest_of(visit), person=person.id, stays=stays, opened_at=now, seen_at=now))
    return visit


def _together(register: Register, person: Person) -> tuple[Person, ...]:
    """The file itself first, then those joined to it."""
    if person.collection is None:
        return (person,)
    others = register.list(Person, order="created_at", collection=person.collection, erased_at=None)
    return (person, *(other for other in others if other.id != person.id))


def _is_open(visit: Visit, now: datetime) -> bool:
    if visit.stays:
        return now - visit.opened_at < STAYS_FOR
    return now - visit.seen_at < LENT_FOR + SEEN_EVERY and now - visit.opened_at < LENT_AT_MOST


def _tries(person: str, address: str) -> tuple[tuple[Allowance, str], ...]:
    return ((TRIES_BY_CARD, person), (TRIES_BY_CARD_AND_DAY, person), (TRIES_BY_ADDRESS, address))


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "")[:40]


def _is_easy(code: str) -> bool:
    """All the same, or a run up or down: what a stranger tries first."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(code)}
    return len(steps) == 1 or len(set(code)) < 3
