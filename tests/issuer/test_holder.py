"""What the person does without an account: their card, what they show, what they ask, and how they leave."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from badges.errors import AwardRefused, Conflict, Misuse, NotFound
from badges.issuer import audit
from badges.issuer.attempts import TooManyTries
from badges.issuer.database import TABLES, Database
from badges.issuer.holder.cards import Card, Locked, Opened, WrongCode, new_code
from badges.issuer.holder.leaving import GONE_WITH_THE_AWARD, GONE_WITH_THE_PERSON
from badges.issuer.holder.requests import DUE_IN
from badges.issuer.storage import (
    Award,
    AwardFile,
    BatchRow,
    Counted,
    HolderRequest,
    Message,
    Observation,
    Person,
    Proposal,
    Revocation,
    StaffMember,
)
from badges.openbadges import jws

from .builders import FIRST_DAY, PLANTER, Office, rows
from .faults import Killed, MortalStorage

HERE = "192.0.2.7"


@pytest.fixture
def office(storage: Any) -> Office:
    return Office(storage)


@pytest.fixture
def small(sqlite_storage: Any) -> Office:
    return Office(sqlite_storage)


def a_card(office: Office, award: Award | None = None, **how: Any) -> tuple[Award, Card]:
    award = award or office.an_award()
    assert award.person is not None
    return award, office.issuer.holder.cards.hand_over(office.eti, award.person, **how)


def secret_of(card: Card) -> str:
    return card.link.rpartition("/")[2]


def opened(office: Office, card: Card, *, stays: bool = True) -> Opened:
    cards = office.issuer.holder.cards
    visit = cards.enter(secret_of(card), card.code or "", address=HERE, stays=stays)
    found = cards.open(secret_of(card), visit)
    assert isinstance(found, Opened)
    return found


def wrong_of(card: Card) -> str:
    return "918273" if card.code != "918273" else "918274"


# -- getting in


def test_a_card_opens_with_its_code_and_not_without(office: Office) -> None:
    award, card = a_card(office)
    cards = office.issuer.holder.cards
    assert card.code is not None
    assert isinstance(cards.open(secret_of(card)), Locked)
    with pytest.raises(WrongCode):
        cards.enter(secret_of(card), wrong_of(card), address=HERE, stays=False)
    assert opened(office, card).ids == (award.person,)
    kept = office.storage.reading()
    with kept as register:
        person = register.find(Person, id=award.person)
    assert person is not None
    assert card.code not in str(person)
    assert secret_of(card) not in str(person)
    assert str(person.code_hash).startswith("$argon2id$")


def test_a_link_made_without_a_code_opens_by_itself(small: Office) -> None:
    award, card = a_card(small, with_code=False)
    assert card.code is None
    assert isinstance(small.issuer.holder.cards.open(secret_of(card)), Opened)
    assert small.issuer.new_personal_link(small.eti, award.person or "") != card.link
    assert small.issuer.holder.cards.open(secret_of(card)) is None, "a new link ends the one before"


def test_a_new_card_ends_the_link_the_code_and_the_devices_of_the_one_before(small: Office) -> None:
    award, before = a_card(small)
    cards = small.issuer.holder.cards
    visit = cards.enter(secret_of(before), before.code or "", address=HERE, stays=True)
    _, after = a_card(small, award)
    assert cards.open(secret_of(before), visit) is None
    assert isinstance(cards.open(secret_of(after), visit), Locked)
    with pytest.raises(NotFound):
        cards.enter(secret_of(before), before.code or "", address=HERE, stays=True)


def test_ten_wrong_codes_slow_down_and_the_right_one_works_later(office: Office) -> None:
    _, card = a_card(office)
    cards = office.issuer.holder.cards
    for _ in range(10):
        with pytest.raises(WrongCode):
            cards.enter(secret_of(card), wrong_of(card), address=HERE, stays=False)
    with pytest.raises(TooManyTries):
        cards.enter(secret_of(card), card.code or "", address="198.51.100.1", stays=False)
    office.clock.advance(minutes=21)
    assert cards.enter(secret_of(card), card.code or "", address=HERE, stays=False)


def test_thirty_wrong_codes_in_a_day_are_enough_however_slowly(small: Office) -> None:
    _, card = a_card(small)
    cards = small.issuer.holder.cards
    for turn in range(30):
        with pytest.raises(WrongCode):
            cards.enter(secret_of(card), wrong_of(card), address=f"192.0.2.{turn}", stays=False)
        small.clock.advance(minutes=15 if turn % 9 == 8 else 1)
    with pytest.raises(TooManyTries):
        cards.enter(secret_of(card), card.code or "", address=HERE, stays=False)
    small.clock.advance(days=1, minutes=10)
    assert cards.enter(secret_of(card), card.code or "", address=HERE, stays=False)


def test_one_address_does_not_try_every_card(small: Office) -> None:
    cards = small.issuer.holder.cards
    handed = [a_card(small)[1] for _ in range(4)]
    for turn in range(30):
        with pytest.raises(WrongCode):
            cards.enter(secret_of(handed[turn % 4]), wrong_of(handed[turn % 4]), address=HERE, stays=False)
    with pytest.raises(TooManyTries):
        cards.enter(secret_of(handed[0]), handed[0].code or "", address=HERE, stays=False)
    assert cards.enter(secret_of(handed[0]), handed[0].code or "", address="198.51.100.1", stays=False)


def test_a_borrowed_device_forgets_after_some_minutes_and_ones_own_after_months(small: Office) -> None:
    _, card = a_card(small)
    cards, secret = small.issuer.holder.cards, secret_of(card)
    lent = cards.enter(secret, card.code or "", address=HERE, stays=False)
    own = cards.enter(secret, card.code or "", address=HERE, stays=True)
    first = cards.open(secret, lent)
    assert isinstance(first, Opened)
    assert first.lent
    small.clock.advance(minutes=26)
    assert isinstance(cards.open(secret, lent), Locked)
    assert isinstance(cards.open(secret, own), Opened)
    small.clock.advance(days=91)
    assert isinstance(cards.open(secret, own), Locked)


def test_a_device_is_forgotten_when_the_person_says_so(small: Office) -> None:
    _, card = a_card(small)
    cards, secret = small.issuer.holder.cards, secret_of(card)
    visit = cards.enter(secret, card.code or "", address=HERE, stays=True)
    cards.forget_device(visit)
    assert isinstance(cards.open(secret, visit), Locked)


def test_a_code_of_ones_own_replaces_the_one_that_the_structure_told(small: Office) -> None:
    _, card = a_card(small)
    cards = small.issuer.holder.cards
    mine = opened(small, card)
    for easy in ("123456", "111111", "987654", "12345", "12ab34", "121212"):
        with pytest.raises(Misuse):
            cards.choose_code(mine, easy)
    visit = cards.choose_code(mine, "48 20 95")
    assert isinstance(cards.open(secret_of(card), visit), Opened)
    with pytest.raises(WrongCode):
        cards.enter(secret_of(card), card.code or "", address=HERE, stays=False)
    assert cards.enter(secret_of(card), "482095", address=HERE, stays=False)


def test_codes_are_not_those_that_everybody_tries(small: Office) -> None:
    codes = {new_code() for _ in range(300)}
    assert len(codes) > 290
    assert all(len(code) == 6 and code.isdigit() and code != "123456" for code in codes)


def messages(office: Office, kind: str) -> tuple[Message, ...]:
    """Those of this kind that wait in the outbox."""
    with office.storage.reading() as register:
        return register.list(Message, order="created_at", kind=kind)


def test_a_person_with_an_email_comes_back_by_themselves(office: Office) -> None:
    cards = office.issuer.holder.cards
    person = office.a_person(email="amina@courriel.example")
    cards.ask_letter("nobody@courriel.example", address=HERE)
    assert messages(office, "way_back") == ()
    cards.ask_letter("  Amina@Courriel.example ", address=HERE)
    (letter,) = messages(office, "way_back")
    assert (letter.person, letter.recipient) == (person.id, "amina@courriel.example")
    secret = letter.values["link"].rpartition("/")[2]
    assert cards.find_letter(secret) is not None
    card, visit = cards.come_back(secret, "482095", stays=True)
    assert isinstance(cards.open(secret_of(card), visit), Opened)
    assert cards.enter(secret_of(card), "482095", address=HERE, stays=False)
    for used in (lambda: cards.come_back(secret, "482095", stays=True),):
        with pytest.raises(NotFound):
            used()


def test_a_letter_is_good_for_an_hour_and_three_are_written_in_one(small: Office) -> None:
    cards = small.issuer.holder.cards
    small.a_person(email="amina@courriel.example")
    for _ in range(3):
        cards.ask_letter("amina@courriel.example", address=HERE)
    for email in ("amina@courriel.example", "amina@courriel.example"):
        with pytest.raises(TooManyTries):
            cards.ask_letter(email, address="198.51.100.1")
    letters = messages(small, "way_back")
    assert len(letters) == 3
    small.clock.advance(minutes=61)
    assert cards.find_letter(letters[0].values["link"].rpartition("/")[2]) is None


def test_an_unknown_email_is_counted_like_a_known_one(small: Office) -> None:
    cards = small.issuer.holder.cards
    for _ in range(3):
        cards.ask_letter("nobody@courriel.example", address=HERE)
    with pytest.raises(TooManyTries):
        cards.ask_letter("nobody@courriel.example", address="198.51.100.1")


def test_two_cards_of_one_person_are_joined_with_both_secrets(office: Office) -> None:
    first, card = a_card(office)
    second = office.an_award(by=office.neighbour)
    other = office.issuer.holder.cards.hand_over(office.neighbour, second.person or "")
    mine, cards = opened(office, card), office.issuer.holder.cards
    with pytest.raises(WrongCode):
        cards.join(mine, other.link, wrong_of(other), address=HERE)
    with pytest.raises(NotFound):
        cards.join(mine, other.link + "x", other.code or "", address=HERE)
    joined = cards.join(mine, other.link, other.code or "", address=HERE)
    assert set(joined.ids) == {first.person, second.person}
    assert set(opened(office, other).ids) == {first.person, second.person}
    assert cards.join(joined, other.link, other.code or "", address=HERE).ids == joined.ids


# -- is it you?


def test_the_code_that_a_person_shows_answers_for_ten_minutes(small: Office) -> None:
    award, card = a_card(small)
    other, cards = small.an_award(), small.issuer.holder.cards
    code, until = cards.present(opened(small, card))
    assert until - small.clock.now().replace(microsecond=0) == timedelta(minutes=10)
    assert cards.is_present(award.code, f"{code[:3]} {code[3:]}")
    assert not cards.is_present(award.code, wrong_of(Card("", code)))
    assert not cards.is_present(other.code, code)
    small.clock.advance(minutes=10)
    assert not cards.is_present(award.code, code)


def test_a_shown_code_is_not_found_by_trying(small: Office) -> None:
    award, card = a_card(small)
    cards = small.issuer.holder.cards
    code, _ = cards.present(opened(small, card))
    for _ in range(5):
        assert not cards.is_present(award.code, wrong_of(Card("", code)))
    with pytest.raises(TooManyTries):
        cards.is_present(award.code, code)


# -- choosing


def test_a_badge_is_private_until_the_person_says_otherwise(office: Office) -> None:
    award, card = a_card(office)
    choices, mine = office.issuer.holder.choices, opened(office, card)
    assert choices.is_shown(award.uuid) is None
    assert choices.shown(mine) == {}
    choices.show(mine, award.uuid, True)
    assert choices.is_shown(award.uuid) is True
    choices.show(mine, award.uuid, False)
    assert choices.shown(mine) == {award.uuid: False}


def test_nobody_chooses_for_another(office: Office) -> None:
    award, card = a_card(office)
    other = office.an_award()
    holder, mine = office.issuer.holder, opened(office, card)
    share = holder.choices.share(mine, [award.uuid], days=30)
    _, another = a_card(office, other)
    stranger = opened(office, another)
    for refused in (
        lambda: holder.choices.show(mine, other.uuid, True),
        lambda: holder.choices.host(mine, other.uuid, True),
        lambda: holder.choices.share(mine, [award.uuid, other.uuid], days=30),
        lambda: holder.choices.withdraw(stranger, share.id),
        lambda: holder.requests.ask_another_look(mine, other.uuid, ""),
        lambda: holder.requests.ask_reissue(mine, other.uuid, named=True, issued_as="network"),
        lambda: holder.choices.show(mine, "00000000-0000-4000-8000-000000000000", True),
    ):
        with pytest.raises(NotFound) as told:
            refused()
        assert told.value.code == "unknown"


def test_a_share_shows_what_was_chosen_counts_openings_and_ends(office: Office) -> None:
    award, card = a_card(office)
    choices, mine = office.issuer.holder.choices, opened(office, card)
    share = choices.share(mine, [award.uuid], days=7, label="Mairie")
    assert choices.open_share("unknown") is None
    for _ in range(3):
        found = choices.open_share(share.secret)
        assert found is not None
        assert found.awards == (award.uuid,)
    assert [one.opened for one in choices.shares(mine)] == [3]
    choices.open_share(share.secret, count=False)
    assert [one.opened for one in choices.shares(mine)] == [3]
    office.clock.advance(days=7)
    assert choices.open_share(share.secret) is None


def test_a_withdrawn_share_opens_nothing(small: Office) -> None:
    award, card = a_card(small)
    choices, mine = small.issuer.holder.choices, opened(small, card)
    share = choices.share(mine, [award.uuid], days=30)
    choices.withdraw(mine, share.id)
    choices.withdraw(mine, share.id)
    assert choices.open_share(share.secret) is None
    with pytest.raises(Misuse):
        choices.share(mine, [], days=30)
    with pytest.raises(Misuse):
        choices.share(mine, [award.uuid], days=3650)


def test_the_hosted_twin_comes_and_goes_as_the_person_says(small: Office) -> None:
    award, card = a_card(small)
    choices, mine = small.issuer.holder.choices, opened(small, card)
    choices.host(mine, award.uuid, True)
    assert choices.twins(mine) == {award.uuid}
    assert small.issuer.find_hosted_twin(award.uuid) is not None
    choices.host(mine, award.uuid, False)
    assert small.issuer.find_hosted_twin(award.uuid) is None


# -- asking


def test_another_look_is_owed_an_answer_in_thirty_days(office: Office) -> None:
    award, card = a_card(office)
    requests, mine = office.issuer.holder.requests, opened(office, card)
    answer = office.issuer.answer_request
    asked = requests.ask_another_look(mine, award.uuid, "Je sais aussi tailler.")
    assert asked.due_at - asked.made_at == DUE_IN == timedelta(days=30)
    assert requests.ask_another_look(mine, award.uuid, "Encore.") == asked, "asked twice is asked once"
    (waiting,) = requests.pending(office.director)
    assert (waiting.request, waiting.late) == (asked, False)
    assert waiting.award is not None
    assert requests.count_pending(office.director) == 1
    assert [letter.recipient for letter in messages(office, "objection_received")] == ["a@b.example"]
    assert requests.pending(office.neighbour) == ()
    office.clock.advance(days=31)
    assert requests.pending(office.director)[0].late
    with pytest.raises(NotFound):
        answer(office.neighbour, asked.id, outcome="accepted", words="Oui.")
    with pytest.raises(Misuse):
        answer(office.director, asked.id, outcome="accepted", words="  ")
    answer(office.director, asked.id, outcome="declined", words="Nous avons regardé à nouveau le 3 mars.")
    assert [one.answer for one in requests.of(mine)] == ["Nous avons regardé à nouveau le 3 mars."]
    assert requests.pending(office.director) == ()
    with pytest.raises(Conflict):
        answer(office.director, asked.id, outcome="accepted", words="Oui.")


def test_a_name_is_corrected_by_the_structure_when_the_person_asks(small: Office) -> None:
    _, card = a_card(small)
    requests, mine = small.issuer.holder.requests, opened(small, card)
    asked = requests.ask_name(mine, "Amina Diallo")
    with pytest.raises(NotFound):
        small.issuer.answer_request(small.neighbour, asked.id, outcome="accepted", words="C’est corrigé.")
    small.issuer.answer_request(small.eti, asked.id, outcome="accepted", words="C’est corrigé.")
    assert opened(small, card).person.name == "Amina Diallo"
    with pytest.raises(Misuse):
        requests.ask_name(mine, " ")


@pytest.mark.parametrize("kind", ["name", "reissue"])
def test_a_process_killed_while_it_accepts_has_answered_and_done_or_neither(
    sqlite_storage: Database, kind: str
) -> None:
    mortal = MortalStorage(sqlite_storage)
    office = Office(mortal)
    award, card = a_card(office)
    requests, mine = office.issuer.holder.requests, opened(office, card)
    if kind == "name":
        asked = requests.ask_name(mine, "Amina Diallo")
    else:
        asked = requests.ask_reissue(mine, award.uuid, named=True, issued_as="network")

    def came() -> tuple[bool, bool]:
        with sqlite_storage.reading() as register:
            answered = register.count(HolderRequest, id=asked.id, outcome="accepted") == 1
            corrected = register.count(Person, id=award.person, name="Amina Diallo") == 1
            return answered, corrected or register.count(Award) == 2

    deaths = 0
    while True:
        mortal.dies_at = len(mortal.steps) + deaths + 1
        try:
            office.issuer.answer_request(office.director, asked.id, outcome="accepted", words="C’est fait.")
        except Killed:
            deaths += 1
            assert came() == (False, False)
        else:
            break
    assert deaths > 2
    assert came() == (True, True)


# -- leaving


def everything_stored(office: Office) -> str:
    """Each value of each table, as the database gives it."""
    with office.storage.engine.connect() as connection:  # type: ignore[attr-defined]
        return "\n".join(str(row) for table in TABLES.values() for row in connection.execute(table.select()))


def test_what_is_erased_is_nowhere_and_what_was_handed_over_still_verifies(office: Office) -> None:
    person = office.a_person(name="Canari Zénobie", email="canari@courriel.example")
    office.observe(person)
    award = office.an_award(person)
    token = office.issuer.require_token(award.uuid)
    card = office.issuer.holder.cards.hand_over(office.eti, person.id)
    mine, holder = opened(office, card), office.issuer.holder
    holder.choices.host(mine, award.uuid, True)
    share = holder.choices.share(mine, [award.uuid], days=30, label="canari label")
    holder.requests.ask_another_look(mine, award.uuid, "canari words")
    holder.cards.present(mine)
    done = holder.leaving.erase(mine)
    assert (done.people, done.awards) == ((person.id,), (award.uuid,))

    left = everything_stored(office).lower()
    for gone in ("canari", person.opaque, secret_of(card), token, share.secret, "$argon2id$", "zénobie"):
        assert gone.lower() not in left
    with office.storage.reading() as register:
        assert [register.count(kind) for kind in (AwardFile, Observation, Proposal)] == [0, 0, 0]
        kept = register.find(Award, uuid=award.uuid)
        assert audit.first_broken_line(register) is None
    assert kept is not None
    assert (kept.person, kept.token_digest, kept.code) == (None, award.token_digest, award.code)
    assert kept.issued_on == award.issued_on.replace(day=1, hour=0, minute=0, second=0)
    jws.verify(jws.read_unverified(token), office.public_key(award.profile))
    assert holder.cards.open(secret_of(card)) is None
    assert holder.choices.open_share(share.secret) is None
    assert office.issuer.find_hosted_twin(award.uuid) is None
    assert office.issuer.list_revocations(award.profile) == ()
    assert office.issuer.was_erased(award.uuid)
    assert holder.leaving.erase_people(done.people).people == (), "twice is once"


def test_nothing_is_written_again_about_somebody_who_was_erased(office: Office) -> None:
    issuer, by = office.issuer, office.eti
    person, known = office.a_person(), office.a_person()
    office.observe(known)
    results = {criterion.id: "acquired" for criterion in office.entry().definition.essential}
    seen = {"slug": PLANTER, "criterion": "c1", "on": FIRST_DAY, "way": "OBS", "kind": "GRI"}
    doors: list[Callable[[str], object]] = [
        lambda id: issuer.note_observation(by, person=id, **seen),
        lambda id: issuer.propose(by, person=id, slug=PLANTER, results=results),
        lambda id: issuer.new_personal_link(by, id),
        lambda id: issuer.evidence.add(by, person=id, slug=PLANTER, context="la planche", note="au cordeau"),
        lambda id: issuer.people.correct(by, id, name="Amina D.", email=None, hint=""),
        lambda id: issuer.require_person(by, id),
    ]
    issuer.holder.leaving.erase_people([person.id])
    for door in doors:
        door(known.id)
        with pytest.raises(NotFound):
            door(person.id)
    assert [each.id for each in issuer.list_people(by)] == [known.id]
    with office.storage.reading() as register:
        assert register.count(Observation, person=person.id) == register.count(Proposal, person=person.id) == 0


def test_every_record_that_names_a_person_goes_with_them_or_forgets_them() -> None:
    """A table that another room adds is thought of here, or this fails."""
    names_someone = {
        kind
        for kind, table in TABLES.items()
        if any(key.column.table.name == "people" for column in table.columns for key in column.foreign_keys)
        or "person" in table.columns
    }
    forgets = {StaffMember, Proposal, Award, BatchRow}
    assert names_someone - set(GONE_WITH_THE_PERSON) - forgets == set()
    names_an_award = {
        kind
        for kind, table in TABLES.items()
        if any(key.column.table.name == "awards" for column in table.columns for key in column.foreign_keys)
    }
    stays = {Award, Revocation, Counted, HolderRequest}  # the last one names its person too
    assert names_an_award - set(GONE_WITH_THE_AWARD) - stays == set()


def test_an_erased_person_may_have_their_badges_withdrawn_for_ever(small: Office) -> None:
    award, card = a_card(small)
    small.issuer.holder.leaving.erase(opened(small, card), withdraw=True)
    (line,) = small.issuer.list_revocations(award.profile)
    assert (line.award, line.code, line.by) == (award.uuid, "asked_by_holder", "holder")


def test_a_line_of_a_batch_keeps_nothing_of_an_erased_person(small: Office) -> None:
    from .builders import PLANTER, grid_of

    named = rows(2, name="Canari Zoé", ref="canari-ref")[:1]
    report = small.issuer.batches.plan(small.eti, slug=PLANTER, grid=grid_of(small.entry()), rows=named)
    small.issuer.batches.confirm(small.eti, report.batch.id, ready=report.ready, told_otherwise=True)
    small.issuer.batches.run(report.batch.id)
    with small.storage.reading() as register:
        (row,) = register.list(BatchRow)
    _, card = a_card(small, small.issuer.find_award(row.award).award)  # type: ignore[union-attr]
    small.issuer.holder.leaving.erase(opened(small, card))
    assert "canari" not in everything_stored(small).lower()


def test_no_byte_of_an_erased_person_stays_in_the_file(sqlite_storage: Any, tmp_path: Path) -> None:
    office = Office(sqlite_storage)
    person = office.a_person(name="Canari Zénobie")
    award = office.an_award(office_person(office, person))
    _, card = a_card(office, award)
    office.issuer.holder.leaving.erase(opened(office, card))
    with sqlite_storage.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in tmp_path.glob("badges.sqlite3*"):
        assert b"Canari" not in file.read_bytes()


def office_person(office: Office, person: Person) -> Person:
    office.observe(person)
    return person


def test_everything_that_is_held_is_in_one_file_without_secrets(office: Office) -> None:
    award, card = a_card(office)
    mine, holder = opened(office, card), office.issuer.holder
    holder.choices.show(mine, award.uuid, True)
    share = holder.choices.share(mine, [award.uuid], days=30, label="Mairie")
    holder.requests.ask_name(mine, "Amina Diallo")
    told = orjson.dumps(holder.leaving.export(mine)).decode()
    for held in (
        "Amina D.",
        award.uuid,
        office.issuer.require_token(award.uuid),
        "Mairie",
        "Amina Diallo",
    ):
        assert held in told
    for secret in (secret_of(card), card.code, share.secret, "$argon2id$"):
        assert str(secret) not in told
    value = orjson.loads(told)
    assert len(value["observations"]) == len(office.entry().definition.essential)
    assert {line["action"] for line in value["journal"]} >= {"person.add", "award", "holder.show"}


# -- retention


def test_working_data_end_after_24_months_and_a_notice_and_badges_stay(office: Office) -> None:
    person = office.a_person(name="Canari Zoé", email="canari@courriel.example")
    office.observe(person)
    award = office.an_award(person)
    token = office.issuer.require_token(award.uuid)
    _, card = a_card(office, award, with_code=False)
    retention = office.issuer.holder.retention
    assert retention.run(dry=False).warned == {}

    office.clock.advance(days=701)
    assert retention.run(dry=True).warned == {office.jardins.id: [person.id]}
    assert messages(office, "retention_notice") == (), "a rehearsal writes to nobody"
    assert retention.run(dry=False).written_to == 1
    assert [letter.person for letter in messages(office, "retention_notice")] == [person.id]
    assert retention.run(dry=False).warned == {}, "warned once"
    office.clock.advance(days=29)
    assert retention.run(dry=False).purged == {}
    office.clock.advance(days=2)
    report = retention.run(dry=False)
    assert report.purged == {office.jardins.id: [person.id]}
    assert "canari" not in str(report.to_json()).lower()
    assert "canari" not in everything_stored(office).lower()
    assert office.issuer.require_token(award.uuid) == token
    found = office.issuer.holder.cards.open(secret_of(card))
    assert isinstance(found, Opened)
    assert retention.run(dry=False).purged == {}
    with pytest.raises(AwardRefused, match="effacés"):
        office.issuer.replace(office.eti, award.uuid, name_in_badge=False)


def test_whoever_opens_their_page_in_time_keeps_everything(small: Office) -> None:
    award, card = a_card(small, with_code=False)
    retention = small.issuer.holder.retention
    small.clock.advance(days=705)
    retention.run(dry=False)
    assert isinstance(small.issuer.holder.cards.open(secret_of(card)), Opened)
    small.clock.advance(days=40)
    assert retention.run(dry=False).purged == {}
    assert small.issuer.require_person(small.eti, award.person or "").name == "Amina D."


def test_nobody_is_purged_without_thirty_days_of_notice(small: Office) -> None:
    a_card(small)
    retention = small.issuer.holder.retention
    small.clock.advance(days=3000)
    assert retention.run(dry=False).purged == {}
    small.clock.advance(days=29)
    assert retention.run(dry=False).purged == {}
    small.clock.advance(days=2)
    assert len(retention.run(dry=False).purged) == 1


def test_nothing_personal_is_logged(small: Office, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        person = small.a_person(name="Canari Zoé", email="canari@courriel.example")
        card = small.issuer.holder.cards.hand_over(small.eti, person.id)
        with pytest.raises(WrongCode):
            small.issuer.holder.cards.enter(secret_of(card), wrong_of(card), address=HERE, stays=False)
        mine = opened(small, card)
        small.issuer.holder.leaving.erase(mine)
    for personal in ("canari", secret_of(card), str(card.code), HERE):
        assert personal not in caplog.text.lower()
