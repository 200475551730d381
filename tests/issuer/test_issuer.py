"""What the issuer does and refuses, in both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from badges.addresses import short_code
from badges.catalogue.proof import read_proof
from badges.catalogue.rule import evaluate
from badges.errors import AwardRefused, BadgesError, Conflict, Forbidden, Misuse, NotFound
from badges.issuer import audit
from badges.issuer.desk import Once
from badges.issuer.holder.cards import Opened
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import AuditLine, Award, AwardFile, Person, StaffMember
from badges.openbadges.identity import hash_identity

from .builders import CONNAITRE_IAE, DEBROUSSAILLER, FIRST_DAY, NOW, PLANTER, SECOND_DAY, Office, grid_of


@pytest.fixture
def office(storage: Any) -> Office:
    return Office(storage)


def count(office: Office, kind: type[Any]) -> int:
    with office.storage.reading() as register:
        return register.count(kind)


def codes(refused: pytest.ExceptionInfo[AwardRefused]) -> list[str]:
    return [missing.code for missing in refused.value.missing]


# -- what is signed


def test_an_award_is_a_signed_badge_whose_criteria_replay(office: Office) -> None:
    award = office.an_award()
    document = office.assertion(award)
    proof = read_proof(document)
    assert proof is not None
    assert proof.definition_text == office.entry().text
    assert evaluate(office.entry().definition, proof.record).met
    assert document["id"] == f"urn:uuid:{award.uuid}"
    assert document["badge"] == f"https://badges.example/issuers/{award.profile}/badges/{PLANTER}/0.1.0"
    assert document["verification"]["creator"] == f"https://badges.example/issuers/{award.profile}/key"
    assert award.code == short_code(document["id"])
    assert proof.record.commitment == award.commitment
    assert "expires" not in document


def test_the_badge_tells_months_and_ordinals_and_never_a_date_or_a_name(office: Office) -> None:
    award = office.an_award()
    token = office.issuer.require_token(award.uuid)
    document = office.assertion(award)
    told = str(document)
    assert FIRST_DAY.isoformat() not in told
    assert "Amina" not in told
    assert "extensions:recipientProfile" not in document
    assert document["evidence"][0]["narrative"].startswith("novembre 2026, 1er jour : observation au poste")
    assert "ni un diplôme" in document["narrative"]
    assert len(token) < 16_000


def test_a_person_with_an_email_is_known_by_its_salted_hash(office: Office) -> None:
    person = office.a_person(email=" Amina@Exemple.FR ")
    office.observe(person)
    recipient = office.assertion(office.an_award(person))["recipient"]
    assert recipient["type"] == "email"
    assert recipient["identity"] == hash_identity("amina@exemple.fr", recipient["salt"])


def test_a_person_without_an_email_is_known_by_an_inert_address(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    recipient = office.assertion(office.an_award(person))["recipient"]
    assert recipient["type"] == "url"
    assert recipient["identity"] == hash_identity(f"https://badges.example/p/{person.opaque}", recipient["salt"])


def test_the_name_is_in_the_badge_only_if_the_person_asked(office: Office) -> None:
    document = office.assertion(office.an_award(name_in_badge=True))
    assert document["extensions:recipientProfile"]["name"] == "Amina D."


def test_a_badge_whose_gestures_age_has_an_end(office: Office) -> None:
    proposal = office.a_proposal(slug=DEBROUSSAILLER)
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    award = office.issuer.award(office.eti, proposal.id)
    assert award.expires is not None
    assert office.assertion(award)["expires"].startswith("2028-11-20T")


def test_an_award_may_be_issued_under_the_name_of_the_network(office: Office) -> None:
    award = office.an_award(issued_as="network")
    issuer = office.issuer.find_profile(award.profile)
    assert issuer is not None
    assert issuer.structure == office.reseau
    assert office.assertion(award)["extensions:criteriaProof"]["record"]["deciders"][0]["structure"] == "same"


# -- nothing is signed unless the rule holds


def test_an_award_is_refused_with_everything_that_is_missing(office: Office) -> None:
    person = office.a_person()
    office.observe(person, but=("c1", "c2", "c4"))
    proposal = office.a_proposal(person)
    office.asked.clear()
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert codes(refused) == [*["without_observation"] * 3, "days_missing"]
    assert (office.asked, count(office, Award), count(office, AwardFile)) == ([], 0, 0)


def test_progress_says_what_the_rule_still_wants(office: Office) -> None:
    person = office.a_person()
    first = office.issuer.progress(office.eti, person.id, PLANTER).outcome
    assert {missing.code for missing in first.missing} == {"not_acquired", "days_missing"}
    office.observe(person, but=("c3",))
    later = office.issuer.progress(office.eti, person.id, PLANTER).outcome
    assert [(missing.code, missing.criterion) for missing in later.missing] == [("not_acquired", "c3")]


def test_what_is_noted_after_midnight_in_paris_counts_the_same_night(office: Office) -> None:
    """23:30 on 30 November in UTC is 1 December in Paris, the day that people write down."""
    office.clock.instant = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    person, tonight = office.a_person(), date(2026, 12, 1)
    for seen in grid_of(office.entry()):
        on = tonight if seen.on == SECOND_DAY else seen.on
        office.issuer.note_observation(
            office.eti, person=person.id, slug=PLANTER, criterion=seen.criterion, on=on, way=seen.way, kind=seen.kind
        )
    assert office.issuer.progress(office.eti, person.id, PLANTER).outcome.met
    document = office.assertion(office.an_award(person))
    assert document["issuedOn"] == "2026-11-30T23:30:00Z"
    assert document["extensions:criteriaProof"]["record"]["decided"] == "2026-12"


def test_what_a_structure_is_called_changes_on_the_day_of_paris(office: Office) -> None:
    office.clock.instant = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    new = office.add_structure("Le Potager", "ACI")
    office.access.date_fact(OPERATOR, new.id, attribute="name", value="Le Grand Potager")
    told = office.access.list_facts(OPERATOR, new.id)
    assert {fact.since for fact in told} == {date(2026, 12, 1)}


def test_a_withdrawn_observation_no_longer_counts(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    seen = office.issuer.list_observations(office.eti, person.id)
    assert office.issuer.progress(office.eti, person.id, PLANTER).outcome.met
    office.issuer.withdraw_observation(office.eti, seen[0].id)
    assert not office.issuer.progress(office.eti, person.id, PLANTER).outcome.met


def test_not_yet_is_never_published(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    results = {criterion.id: "acquired" for criterion in office.entry().definition.essential} | {"c6": "not_yet"}
    document = office.assertion(office.an_award(person, results=results))
    assert "not_yet" not in str(document)
    assert "c6" not in [item["criterion"] for item in document["extensions:criteriaProof"]["record"]["criteria"]]


def test_a_proposition_is_not_awarded_outside_a_demonstration(storage: Any) -> None:
    with pytest.raises(AwardRefused) as refused:
        Office(storage, demo=False).a_proposal()
    assert refused.value.code == "only_a_proposal"


def test_the_decider_must_have_a_function_that_assesses_this_badge(office: Office) -> None:
    proposal = office.a_proposal()
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.director, proposal.id)
    assert codes(refused) == ["decider_missing"]


def test_a_badge_that_asks_for_a_second_look_waits_for_it(office: Office) -> None:
    proposal = office.a_proposal(slug=DEBROUSSAILLER)
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert codes(refused) == ["second_missing"]
    office.issuer.second_look(office.coord, proposal.id, confirms=False, comment="une date de plus")
    with pytest.raises(AwardRefused):
        office.issuer.award(office.eti, proposal.id)
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    record = office.assertion(office.issuer.award(office.eti, proposal.id))["extensions:criteriaProof"]["record"]
    assert [(d["who"], d["role"], d["function"]) for d in record["deciders"]] == [
        ("a1", "decides", "ETI"),
        ("a2", "second", "COORD"),
    ]


def test_the_second_look_of_another_structure_reaches_only_the_file_sent_to_it(office: Office) -> None:
    kept = office.a_proposal(slug=CONNAITRE_IAE)
    with pytest.raises(NotFound):
        office.issuer.second_look(office.neighbour, kept.id, confirms=True)
    sent = office.a_proposal(slug=CONNAITRE_IAE, second_structure=office.voisins.id)
    office.issuer.second_look(office.coord, sent.id, confirms=True)
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, sent.id)
    assert codes(refused) == ["second_not_other"]
    office.issuer.second_look(office.neighbour, sent.id, confirms=True)
    office.issuer.award(office.eti, sent.id)


def test_the_one_who_looked_again_does_not_count_twice_by_deciding(office: Office) -> None:
    proposal = office.a_proposal(slug=DEBROUSSAILLER)
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.coord, proposal.id)
    assert codes(refused) == ["second_missing"]


def test_a_person_who_disagrees_holds_the_award_back(office: Office) -> None:
    proposal = office.a_proposal()
    office.issuer.record_word(office.eti, proposal.id, word="disagrees", comment="pas le bon jour")
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert refused.value.code == "person_disagrees"
    with pytest.raises(Conflict) as too_soon:
        office.issuer.record_word(office.eti, proposal.id, word="agrees")
    assert too_soon.value.code == "another_look_first"
    office.issuer.second_look(office.coord, proposal.id, confirms=True)
    office.issuer.record_word(office.eti, proposal.id, word="agrees", name_in_badge=True)
    assert "Amina D." in str(office.assertion(office.issuer.award(office.eti, proposal.id)))


def test_prerequisites_are_seen_in_the_register_or_told_by_the_assessor(office: Office) -> None:
    slug = "eti-socle-encadrant"
    needed = office.entry(slug).definition.prerequisites
    person = office.a_person()
    missing = office.issuer.progress(office.eti, person.id, slug).outcome.missing
    assert [item.expected for item in missing if item.code == "prerequisite_missing"] == list(needed)
    told = [{"slug": name, "version": "0.1.0"} for name in needed]
    proposal = office.issuer.propose(office.eti, person=person.id, slug=slug, results={}, prerequisites=told)
    _, progress = office.issuer.require_proposal(office.eti, proposal.id)
    assert [seen.slug for seen in progress.record.prerequisites] == list(needed)


def test_a_person_has_a_badge_once_until_it_is_near_its_end(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    office.an_award(person)
    with pytest.raises(AwardRefused) as refused:
        office.an_award(person)
    assert refused.value.code == "already_awarded"


def test_a_clock_that_went_back_signs_nothing(office: Office) -> None:
    office.an_award()
    proposal = office.a_proposal()
    office.clock.advance(hours=-1)
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert refused.value.code == "clock_behind"


def test_a_structure_without_a_key_cannot_award(office: Office) -> None:
    for issuer in office.issuer.list_profiles():
        office.issuer.close_profile(OPERATOR, issuer.profile.id, status="retired", since=NOW)
    proposal = office.a_proposal()
    with pytest.raises(AwardRefused) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert refused.value.code == "no_profile"


def test_after_a_rotation_awards_are_made_under_the_new_profile(office: Office) -> None:
    before = office.an_award()
    new = office.open_profile(office.jardins)
    after = office.an_award()
    assert (before.profile != new, after.profile) == (True, new)
    office.assertion(before)
    office.assertion(after)
    retired = office.issuer.find_profile(before.profile)
    assert retired is not None
    assert retired.profile.status == "retired"


# -- nobody for themselves, nobody for another structure


def test_nobody_notes_proposes_looks_or_awards_for_themselves(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    proposal = office.a_proposal(person)
    self_eti = office.add_staff(office.jardins, "ETI", person=person.id)
    acts = [
        lambda: office.observe(person, by=self_eti),
        lambda: office.a_proposal(person, by=self_eti),
        lambda: office.issuer.second_look(self_eti, proposal.id, confirms=True),
        lambda: office.issuer.award(self_eti, proposal.id),
    ]
    for act in acts:
        with pytest.raises(Forbidden) as refused:
            act()
        assert refused.value.code == "for_oneself"


def test_the_same_human_is_recognised_by_their_email_and_through_another_place(office: Office) -> None:
    person = office.a_person(email="jo@exemple.fr")
    office.observe(person)
    proposal = office.a_proposal(person)
    by_email = office.add_staff(office.jardins, "ETI", email="Jo@exemple.fr")
    elsewhere = office.add_staff(office.voisins, "ETI", person=person.id)
    same_human = office.add_staff(office.jardins, "ETI", account=office.member(elsewhere).account)
    for caller in (by_email, same_human):
        with pytest.raises(Forbidden):
            office.issuer.award(caller, proposal.id)


def test_the_second_look_is_not_of_the_one_who_proposed_even_from_another_structure(office: Office) -> None:
    proposal = office.a_proposal(slug=DEBROUSSAILLER, second_structure=office.voisins.id)
    also_me = office.add_staff(office.voisins, "COORD", account=office.member(office.eti).account)
    with pytest.raises(Forbidden) as refused:
        office.issuer.second_look(also_me, proposal.id, confirms=True)
    assert refused.value.code == "same_person"


def test_another_structures_things_do_not_exist(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    award = office.an_award(person)
    other = office.a_proposal()
    issuer, stranger = office.issuer, office.neighbour
    observation = issuer.list_observations(office.eti, person.id)[0]
    unknown = []
    doors = [
        lambda id: issuer.require_person(stranger, id or person.id),
        lambda id: issuer.progress(stranger, id or person.id, PLANTER),
        lambda id: issuer.list_observations(stranger, id or person.id),
        lambda id: issuer.withdraw_observation(stranger, id or observation.id),
        lambda id: issuer.new_personal_link(stranger, id or person.id),
        lambda id: issuer.require_proposal(stranger, id or other.id),
        lambda id: issuer.record_word(stranger, id or other.id, word="agrees"),
        lambda id: issuer.second_look(stranger, id or other.id, confirms=True),
        lambda id: issuer.award(stranger, id or other.id),
        lambda id: issuer.require_award(stranger, id or award.uuid),
        lambda id: issuer.revoke(stranger, id or award.uuid, "awarded_in_error"),
        lambda id: issuer.replace(stranger, id or award.uuid),
        lambda id: office.access.end_place(stranger, id or office.eti.staff),
    ]
    for door in doors:
        answers = []
        for id in ("", "nothing-of-that-name"):
            with pytest.raises(NotFound) as refused:
                door(id)
            answers.append((refused.value.code, refused.value.message))
        unknown.append(answers[0] == answers[1])
    assert all(unknown)
    assert issuer.list_awards(stranger) == ()
    assert issuer.list_people(stranger) == ()
    assert issuer.list_proposals(stranger) == ()


def test_rights_are_read_when_they_are_used(office: Office) -> None:
    proposal = office.a_proposal()
    office.access.end_place(office.director, office.eti.staff)
    with pytest.raises(Forbidden) as refused:
        office.issuer.award(office.eti, proposal.id)
    assert refused.value.code == "left"


def test_a_token_gives_no_right_that_its_person_has_not(office: Office) -> None:
    reader = office.add_staff(office.jardins, "ETI", permissions=("read",))
    proposal = office.a_proposal()
    for caller in (
        reader,
        replace(office.eti, scopes=frozenset(("note",))),
        replace(reader, scopes=frozenset(("decide",))),
    ):
        with pytest.raises(Forbidden) as refused:
            office.issuer.award(caller, proposal.id)
        assert refused.value.code == "not_permitted"


def test_the_operator_sets_structures_up_and_sees_no_person(office: Office) -> None:
    person = office.a_person()
    for act in (
        lambda: office.issuer.require_person(OPERATOR, person.id),
        lambda: office.issuer.award(OPERATOR, office.a_proposal().id),
    ):
        with pytest.raises((Forbidden, NotFound)):
            act()


# -- strict at the border


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"on": date(2026, 11, 21)}, "future_date"),
        ({"way": "XXX"}, "not_in_list"),
        ({"kind": "XXX"}, "not_in_list"),
        ({"criterion": "c99"}, "criterion_unknown"),
        ({"function": "DIR"}, "function_of_another"),
        ({"slug": "nothing"}, "badge_unknown"),
    ],
)
def test_an_observation_says_what_is_wrong_with_it(office: Office, changes: dict[str, Any], code: str) -> None:
    person = office.a_person()
    values = {"person": person.id, "slug": PLANTER, "criterion": "c1", "on": FIRST_DAY, "way": "OBS", "kind": "GRI"}
    with pytest.raises(BadgesError) as refused:
        office.issuer.note_observation(office.eti, **(values | changes))
    assert refused.value.code == code


def test_a_witness_is_heard_through_the_one_who_writes_it_down(office: Office) -> None:
    person = office.a_person()
    seen = office.issuer.note_observation(
        office.eti, person=person.id, slug=PLANTER, criterion="c1", on=FIRST_DAY, way="OBS", kind="GRI", function="TUT"
    )
    assert (seen.function, seen.noted_by) == ("TUT", office.eti.staff)


# -- revoke and replace


def test_a_revocation_is_written_once_and_for_ever(office: Office) -> None:
    award = office.an_award()
    first = office.issuer.revoke(office.director, award.uuid, "awarded_in_error")
    office.clock.advance(days=1)
    assert office.issuer.revoke(office.director, award.uuid, "not_current") == first
    assert office.issuer.list_revocations(award.profile) == (first,)
    view = office.issuer.require_award(office.eti, award.uuid)
    assert view.state(office.clock.now()) == "revoked"


def test_a_reason_outside_the_list_is_refused(office: Office) -> None:
    award = office.an_award()
    for reason in ("il a volé des tomates", "replaced"):
        with pytest.raises(Misuse) as refused:
            office.issuer.revoke(office.director, award.uuid, reason)
        assert "awarded_in_error" in refused.value.advice


def test_a_corrected_badge_replaces_the_old_one_and_they_are_linked(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    old = office.an_award(person)
    office.clock.advance(days=40)
    new = office.issuer.replace(office.eti, old.uuid, name_in_badge=True, issued_as="network")
    assert new.replaces == old.uuid
    view = office.issuer.require_award(office.eti, old.uuid)
    assert view.revocation is not None
    assert (view.state(NOW), view.revocation.code, view.revocation.replaced_by) == ("replaced", "replaced", new.uuid)
    before, after = office.assertion(old), office.assertion(new)
    assert after["extensions:recipientProfile"]["name"] == "Amina D."
    told = [document["extensions:criteriaProof"]["record"] | {"commitment": ""} for document in (before, after)]
    assert told[0] == told[1]


def test_a_badge_may_be_replaced_on_a_new_file(office: Office) -> None:
    person = office.a_person()
    office.observe(person)
    old = office.an_award(person)
    proposal = office.a_proposal(person)
    new = office.issuer.replace(office.eti, old.uuid, proposal=proposal.id)
    assert (new.proposal, new.replaces) == (proposal.id, old.uuid)
    with pytest.raises(Conflict):
        office.issuer.replace(office.eti, old.uuid)


def test_a_name_chosen_before_stays_chosen_when_the_badge_is_issued_again(office: Office) -> None:
    old = office.an_award(name_in_badge=True)
    assert "Amina D." in str(office.assertion(office.issuer.replace(office.eti, old.uuid)))


# -- once


def test_the_same_request_twice_is_carried_out_once(office: Office) -> None:
    proposal = office.a_proposal()
    once = Once(office.jardins.id, "key-1", "digest-of-the-request")
    first = office.issuer.award(office.eti, proposal.id, once=once)
    assert office.issuer.award(office.eti, proposal.id, once=once) == first
    assert count(office, Award) == 1
    with pytest.raises(Conflict) as refused:
        office.issuer.award(office.eti, proposal.id, once=replace(once, digest="another"))
    assert refused.value.code == "key_reused"


def test_a_file_is_awarded_once_even_without_a_key(office: Office) -> None:
    proposal = office.a_proposal()
    office.issuer.award(office.eti, proposal.id)
    with pytest.raises(Conflict):
        office.issuer.award(office.eti, proposal.id)
    assert count(office, Award) == 1


# -- the journal


def test_every_change_is_a_line_and_the_lines_are_chained(office: Office) -> None:
    award = office.an_award(revoked="awarded_in_error")
    with office.storage.reading() as register:
        lines = register.list(AuditLine, order="number")
        assert audit.first_broken_line(register) is None
    assert [line.action for line in lines if line.subject == award.uuid] == ["award", "revoke.awarded_in_error"]
    assert all("Amina" not in str(line) for line in lines)


def test_a_line_that_was_changed_or_removed_is_found() -> None:
    from .ledger import Ledger

    ledger = Ledger.of(6)
    assert audit.first_broken_line(ledger) is None
    assert audit.first_broken_line(ledger.with_line(3, actor="somebody else")) == 3
    assert audit.first_broken_line(ledger.without_line(4)) == 4


# -- the public and the holder


def test_a_personal_link_is_told_once_and_kept_as_a_digest(office: Office) -> None:
    award = office.an_award()
    assert award.person is not None
    link = office.issuer.new_personal_link(office.eti, award.person)
    secret = link.rpartition("/")[2]
    found = office.issuer.holder.cards.open(secret)
    assert isinstance(found, Opened)
    assert [view.award for view in office.issuer.awards_of(found.person.id)] == [award]
    assert secret not in str(found)
    office.issuer.new_personal_link(office.eti, award.person)
    assert office.issuer.holder.cards.open(secret) is None


def test_an_award_is_found_by_its_short_code(office: Office) -> None:
    award = office.an_award()
    found = office.issuer.find_award_by_code(award.code)
    assert found is not None
    assert found.award == award
    assert office.issuer.find_award_by_code("000000000000") is None


def test_a_hosted_twin_exists_only_for_those_who_asked(office: Office) -> None:
    award = office.an_award()
    assert office.issuer.find_hosted_twin(award.uuid) is None
    office.issuer.ask_hosted_twin(award.uuid)
    office.issuer.ask_hosted_twin(award.uuid)
    assert office.issuer.find_hosted_twin(award.uuid) is not None


def test_awards_are_listed_newest_first_page_by_page(office: Office) -> None:
    made = []
    for _ in range(5):
        office.clock.advance(minutes=1)
        made.append(office.an_award())
    first = office.issuer.list_awards(office.eti, limit=3)
    last = first[-1].award
    second = office.issuer.list_awards(office.eti, limit=3, beyond=(last.issued_on, last.uuid))
    assert [view.award for view in first + second] == made[::-1]


def test_awards_are_told_in_the_order_they_were_stored(office: Office) -> None:
    first = office.an_award()
    office.clock.advance(minutes=1)
    second = office.an_award()
    assert [award.uuid for award in office.issuer.list_stored()] == [first.uuid, second.uuid]
    assert office.issuer.list_stored(beyond=(first.stored_at, first.uuid)) == (second,)


def test_an_api_token_is_kept_as_a_digest_and_ends(office: Office) -> None:
    token, secret = office.issuer.new_api_token(
        office.director, structure=office.jardins.id, label="paie", scopes=("read",), staff=office.eti.staff, days=1
    )
    assert office.issuer.find_api_token(secret) == token
    assert secret not in str(token)
    assert office.issuer.find_api_token(secret + "x") is None
    office.clock.advance(days=1)
    assert office.issuer.find_api_token(secret) is None


def test_staff_of_another_structure_cannot_be_named_by_a_token(office: Office) -> None:
    token, _ = office.issuer.new_api_token(
        office.director, structure=office.jardins.id, label="paie", scopes=("decide",)
    )
    assert office.issuer.speaks_for(token, office.eti.staff).staff == office.eti.staff
    with pytest.raises(NotFound):
        office.issuer.speaks_for(token, office.neighbour.staff)


def test_an_observation_of_a_person_of_two_years_ago_is_too_old(office: Office) -> None:
    person = office.a_person()
    for seen in grid_of(office.entry()):
        office.issuer.note_observation(
            office.eti, person=person.id, slug=PLANTER, criterion=seen.criterion, on=seen.on - timedelta(days=730),
            way=seen.way, kind=seen.kind,
        )  # fmt: skip
    outcome = office.issuer.progress(office.eti, person.id, PLANTER).outcome
    assert {missing.code for missing in outcome.missing} == {"too_old", "days_missing"}


def test_who_left_stays_readable(office: Office) -> None:
    award = office.an_award()
    office.access.end_place(office.director, office.eti.staff)
    with office.storage.reading() as register:
        member = register.find(StaffMember, id=office.eti.staff)
        assert register.find(Person, id=award.person) is not None
    assert member is not None
    assert member.function == "ETI"
