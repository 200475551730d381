"""Two versions side by side: what was added, removed, reworded, and the rule in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from badges.catalogue.comparing import compare, words_changed
from badges.catalogue.definition import Criterion, Definition
from badges.catalogue.drafting import definition_of, draft_of
from badges.catalogue.library import Catalogue, shipped_criteria
from badges.catalogue.publishing import Step


@pytest.fixture(scope="module")
def planter() -> Definition:
    return Catalogue.open(shipped_criteria()).latest("tec-maraichage-planter").definition


def changed(before: Definition, *criteria: Criterion, **changes: object) -> Definition:
    draft = draft_of(Catalogue.open(shipped_criteria()).latest(before.slug))
    return definition_of(replace(draft, criteria=criteria or before.criteria, **changes))  # type: ignore[arg-type]


def test_the_same_text_is_the_same(planter: Definition) -> None:
    told = compare(planter, changed(planter))
    assert told.is_same
    assert told.count("same") == len(planter.criteria)


def test_each_criterion_says_what_happened_to_it(planter: Definition) -> None:
    first, second, third, *others = planter.criteria
    new = Criterion("c90", "Compte les plants", False, ("OBS",), ("GRI",))
    reworded = first._replace(text=first.text + " avec soin")
    told = compare(planter, changed(planter, reworded, second._replace(ways=("QOR",)), *others, new))
    kinds = {one.id: one.kind for one in told.criteria}
    assert (kinds[first.id], kinds[second.id], kinds[third.id], kinds["c90"]) == (
        "reworded",
        "changed",
        "removed",
        "added",
    )
    assert all(kinds[one.id] == "same" for one in others)
    assert told.step is Step.MAJOR


def test_the_rule_is_told_in_words(planter: Definition) -> None:
    told = compare(planter, changed(planter, rule=planter.rule._replace(distinct_days=3), validity_months=24))
    assert [(one.where, one.before, one.after) for one in told.badge] == [
        ("durée", "sans limite", "24 mois"),
        ("jours différents d’observation", "2", "3"),
    ]
    assert told.changed == ()


def test_another_order_is_told(planter: Definition) -> None:
    told = compare(planter, changed(planter, *reversed(planter.criteria)))
    assert told.reordered
    assert not told.is_same


def test_a_reworded_text_is_told_word_by_word() -> None:
    pieces = words_changed("Prépare la planche comme demandé", "Prépare bien la planche")
    assert [(one.kind, one.words) for one in pieces] == [
        ("kept", "Prépare"),
        ("added", "bien"),
        ("kept", "la planche"),
        ("removed", "comme demandé"),
    ]
