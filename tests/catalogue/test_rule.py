"""The award rule: a table of sentences, then what must hold whatever the record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.catalogue.definition import DECIDING_FUNCTIONS, FUNCTIONS, KINDS, WAYS, Definition
from badges.catalogue.record import (
    CriterionRecord,
    Decider,
    Fact,
    PrerequisiteSeen,
    Record,
    SeenOn,
    make_record,
    parse_record,
)
from badges.catalogue.rule import MISSING_CODES, evaluate
from badges.errors import CatalogueError

from .builders import COMMITMENT, COORD, DECIDED, ETI, FACTS, PEER, a_definition, a_definition_json, a_fact, a_record

SAME_DAY = (a_fact("c1"), a_fact("c2"))
ACQUIRED = {"c1": "acquired", "c2": "acquired"}
SEEN = SeenOn("2026-10", 1, "OBS", "GRI", "ETI")

BROKEN: list[tuple[str, Definition, Record, str]] = [
    ("an essential criterion is not yet acquired", a_definition(rule={"distinct_days": 1}),
     a_record(results={"c1": "acquired", "c2": "not_yet"}), "not_acquired"),
    ("a criterion is acquired on nothing", a_definition(rule={"distinct_days": 1}),
     a_record(FACTS[:1], results=ACQUIRED), "without_observation"),
    ("the way of assessing is not one of the criterion", a_definition(rule={"distinct_days": 1}),
     a_record((*FACTS[1:], a_fact("c1", way="QOR"))), "way_or_kind_not_accepted"),
    ("the kind of evidence is not one of the criterion", a_definition(rule={"distinct_days": 1}),
     a_record((*FACTS[1:], a_fact("c1", kind="PHO"))), "way_or_kind_not_accepted"),
    ("the evidence is seven months old", a_definition(rule={"distinct_days": 1}),
     a_record((a_fact("c1", date(2026, 4, 30)), *FACTS[1:])), "too_old"),
    ("only the company tutor has seen it", a_definition(rule={"never_alone": ["CLI", "TUT"]}),
     a_record((a_fact("c1", function="TUT"), *FACTS[1:])), "word_alone"),
    ("an optional criterion is asked and none is met", a_definition(rule={"optional_at_least": 1}),
     a_record(), "optional_missing"),
    ("everything was seen on one day", a_definition(), a_record(SAME_DAY), "days_missing"),
    ("nobody who may assess it decided", a_definition(assessors=["DIR"]), a_record(), "decider_missing"),
    ("a company tutor decided", a_definition(),
     a_record(deciders=(Decider("a1", "decides", "TUT", "other"),)), "decider_missing"),
    ("a second look is asked and nobody looked", a_definition(second="other_function"),
     a_record(), "second_missing"),
    ("the second look is of the same function", a_definition(second="other_function"),
     a_record(deciders=(ETI, COORD._replace(function="ETI"))), "second_not_other"),
    ("the second look is of the same structure", a_definition(second="other_structure"),
     a_record(deciders=(ETI, COORD)), "second_not_other"),
    ("the second look is the first person again", a_definition(second="other_structure"),
     a_record(deciders=(ETI, PEER._replace(who="a1"))), "repeated_person"),
    ("a prerequisite is not told", a_definition(prerequisites=["eti-connaitre-iae"]),
     a_record(), "prerequisite_missing"),
    ("the record names a criterion that the definition has not", a_definition(),
     a_record((*FACTS, a_fact("c9"))), "unknown_criterion"),
    ("the record tells one criterion twice", a_definition(),
     a_record(criteria=(*a_record().criteria, a_record().criteria[0])), "repeated_criterion"),
    ("one day has two months", a_definition(rule={"distinct_days": 1}),
     a_record(criteria=(CriterionRecord("c1", "acquired", (SEEN,)),
                        CriterionRecord("c2", "acquired", (SEEN._replace(month="2026-11"),)))),
     "days_inconsistent"),
    ("the days go back in time", a_definition(),
     a_record(criteria=(CriterionRecord("c1", "acquired", (SEEN,)),
                        CriterionRecord("c2", "acquired", (SEEN._replace(month="2026-09", day=2),)))),
     "days_inconsistent"),
    ("the first day is missing", a_definition(rule={"distinct_days": 1}),
     a_record(criteria=(CriterionRecord("c1", "acquired", (SEEN._replace(day=2),)),
                        CriterionRecord("c2", "acquired", (SEEN._replace(day=2),)))),
     "days_inconsistent"),
    ("it was seen after the decision", a_definition(rule={"distinct_days": 1}),
     a_record(criteria=(CriterionRecord("c1", "acquired", (SEEN,)),
                        CriterionRecord("c2", "acquired", (SEEN._replace(month="2026-12", day=2),)))),
     "seen_after_decision"),
]  # fmt: skip


def test_a_record_that_meets_every_clause_is_met_and_counted() -> None:
    outcome = evaluate(a_definition(), a_record())
    assert outcome.status == "met"
    assert (outcome.essential_met, outcome.essential_total, outcome.optional_met) == (2, 2, 0)
    assert outcome.days == 2


@pytest.mark.parametrize(("definition", "record", "code"), [row[1:] for row in BROKEN], ids=[r[0] for r in BROKEN])
def test_one_broken_thing_gives_one_reason(definition: Definition, record: Record, code: str) -> None:
    outcome = evaluate(definition, record)
    assert [missing.code for missing in outcome.missing] == [code]
    assert outcome.status == "not_met"


def test_every_reason_has_been_seen_alone() -> None:
    assert {row[3] for row in BROKEN} == set(MISSING_CODES)


@pytest.mark.parametrize(
    ("second", "looker"),
    [("other_function", COORD), ("other_function", PEER), ("other_structure", PEER)],
    ids=["another function", "a neighbour of the same function", "another structure"],
)
def test_a_second_look_by_somebody_else_is_enough(second: str, looker: Decider) -> None:
    assert evaluate(a_definition(second=second), a_record(deciders=(ETI, looker))).met


def test_a_title_held_for_years_is_ageless() -> None:
    definition = a_definition(
        rule={"distinct_days": 1},
        criteria=[
            {"id": "c1", "text": "t", "required": True, "ways": ["PRO"], "kinds": ["ATT"]},
            {"id": "c2", "text": "t", "required": True, "ways": ["OBS"], "kinds": ["GRI"]},
        ],
    )
    assert evaluate(definition, a_record((a_fact("c1", date(2019, 1, 1), way="PRO", kind="ATT"), FACTS[1]))).met


def test_evidence_six_calendar_months_old_still_counts() -> None:
    assert evaluate(a_definition(), a_record((a_fact("c1", date(2026, 5, 1)), FACTS[1]))).met


def test_prerequisites_that_are_told_are_attested_not_replayed() -> None:
    record = a_record(prerequisites=(PrerequisiteSeen("eti-connaitre-iae", "0.1.0", "2026-11"),))
    outcome = evaluate(a_definition(prerequisites=["eti-connaitre-iae"]), record)
    assert outcome.met
    assert "prerequisites" in outcome.attested
    assert "prerequisites" not in outcome.replayed


def test_a_clause_from_the_future_is_undetermined_never_met() -> None:
    definition = a_definition(rule={"places_at_least": 2})
    assert evaluate(definition, a_record()).status == "undetermined"
    assert evaluate(definition, a_record(SAME_DAY)).status == "not_met"


def test_pas_encore_is_never_told() -> None:
    record = a_record(results={**ACQUIRED, "c3": "not_yet"})
    assert [item.criterion for item in record.criteria] == ["c1", "c2"]
    assert "not_yet" not in str(record.to_json())


def test_an_exact_date_is_never_told() -> None:
    assert "2026-10-05" not in str(a_record().to_json())


facts = st.builds(
    Fact,
    criterion=st.sampled_from(["c1", "c2", "c3"]),
    on=st.integers(-200, 0).map(lambda days: DECIDED + timedelta(days=days)),
    way=st.sampled_from(WAYS),
    kind=st.sampled_from(KINDS),
    function=st.sampled_from(FUNCTIONS),
)
likely = facts | st.builds(
    a_fact, st.sampled_from(["c1", "c2"]), st.integers(-90, 0).map(lambda d: DECIDED + timedelta(days=d))
)
many = st.lists(likely, max_size=12)
rules = st.fixed_dictionaries(
    {
        "optional_at_least": st.integers(0, 1),
        "distinct_days": st.integers(0, 3),
        "max_age_months": st.none() | st.integers(0, 12),
        "never_alone": st.sampled_from([[], ["CLI", "TUT"]]),
    }
)
definitions = st.builds(
    lambda rule, second: a_definition(rule=rule, second=second),
    rules,
    st.sampled_from(["none", "other_function", "other_structure"]),
)
deciders = st.lists(
    st.builds(
        Decider,
        st.sampled_from(["a1", "a2", "a3"]),
        st.sampled_from(["decides", "second"]),
        st.sampled_from(DECIDING_FUNCTIONS),
        st.sampled_from(["same", "other"]),
    ),
    max_size=3,
    unique_by=lambda decider: decider.who,
).map(tuple)


def record_of(seen: list[Fact], who: tuple[Decider, ...]) -> Record:
    return make_record(
        decided=DECIDED,
        results={"c1": "acquired", "c2": "acquired", "c3": "acquired"},
        facts=seen,
        deciders=who,
        prerequisites=(),
        commitment=COMMITMENT,
    )


@given(definitions, many, likely, deciders)
def test_one_more_observation_never_turns_a_yes_into_a_no(
    definition: Definition, seen: list[Fact], more: Fact, who: tuple[Decider, ...]
) -> None:
    before = evaluate(definition, record_of(seen, who))
    after = evaluate(definition, record_of([*seen, more], who))
    assert after.met or not before.met
    assert after.essential_met >= before.essential_met
    assert after.optional_met >= before.optional_met
    assert after.days >= before.days


@given(definitions, many, deciders, st.randoms(use_true_random=False))
def test_the_order_of_observations_never_matters(
    definition: Definition, seen: list[Fact], who: tuple[Decider, ...], order: object
) -> None:
    shuffled = list(seen)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert record_of(shuffled, who) == record_of(seen, who)
    assert evaluate(definition, record_of(shuffled, who)) == evaluate(definition, record_of(seen, who))


@given(definitions, many, deciders)
def test_the_record_alone_gives_the_issuers_own_answer(
    definition: Definition, seen: list[Fact], who: tuple[Decider, ...]
) -> None:
    record = record_of(seen, who)
    assert evaluate(definition, parse_record(record.to_json())) == evaluate(definition, record)


@given(definitions, many, deciders)
def test_an_answer_is_yes_only_when_every_essential_criterion_counts(
    definition: Definition, seen: list[Fact], who: tuple[Decider, ...]
) -> None:
    outcome = evaluate(definition, record_of(seen, who))
    assert not outcome.met or outcome.essential_met == outcome.essential_total
    assert all(item.observations for item in outcome.criteria if item.met)
    assert all(missing.code in MISSING_CODES for missing in outcome.missing)


@given(many, deciders)
def test_a_looser_rule_never_refuses_what_a_stricter_one_accepts(seen: list[Fact], who: tuple[Decider, ...]) -> None:
    strict = a_definition(rule={"distinct_days": 3, "max_age_months": 3, "never_alone": ["CLI", "TUT"]})
    loose = a_definition(rule={"distinct_days": 2, "max_age_months": 6, "never_alone": []})
    record = record_of(seen, who)
    assert evaluate(loose, record).met or not evaluate(strict, record).met


def test_a_criterion_that_a_definition_has_not_is_told_beside_those_it_has() -> None:
    definition = a_definition()
    assert definition.require("c2").text == "Prépare la planche"
    with pytest.raises(CatalogueError, match=r"c1, c2, c3.*« c9 »") as refused:
        definition.require("c9")
    assert refused.value.code == "criterion_unknown"


def test_a_definition_without_anything_essential_is_refused() -> None:
    optional = [item | {"required": False} for item in a_definition_json()["criteria"]]
    with pytest.raises(CatalogueError, match="au moins un critère essentiel attendu, aucun trouvé"):
        a_definition(criteria=optional)
