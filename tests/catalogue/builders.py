"""Valid by default: keywords make a definition or a record interesting."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

from badges.catalogue.definition import Definition, canonical, parse_definition
from badges.catalogue.record import Decider, Fact, Record, make_record

COMMITMENT = "sha256$" + "0" * 64
DECIDED = date(2026, 11, 20)


def a_definition_json(**changes: Any) -> dict[str, Any]:
    rule = {
        "essential": "all",
        "optional_at_least": 0,
        "distinct_days": 2,
        "observed_ways": ["MES", "OBS"],
        "max_age_months": 6,
        "ageless_kinds": ["ATT"],
        "never_alone": [],
    } | changes.pop("rule", {})
    return {
        "type": "CriteriaDefinition",
        "slug": "tec-maraichage-planter",
        "version": "0.1.0",
        "language": "fr",
        "family": "techniques",
        "kind": "competence",
        "title": "Préparer le sol et planter (maraîchage)",
        "description": "La personne prépare une planche de culture.",
        "level": 2,
        "criteria": [
            {"id": "c1", "text": "Choisit les outils", "required": True, "ways": ["OBS"], "kinds": ["GRI"]},
            {
                "id": "c2",
                "text": "Prépare la planche",
                "required": True,
                "ways": ["MES", "OBS"],
                "kinds": ["GRI", "PHO"],
            },
            {
                "id": "c3",
                "text": "Reconnaît cinq plants",
                "required": False,
                "ways": ["QOR"],
                "kinds": ["GRI"],
            },
        ],
        "rule": rule,
        "assessors": ["COORD", "ETI"],
        "second": "none",
        "validity_months": None,
        "prerequisites": [],
    } | changes


def a_definition(**changes: Any) -> Definition:
    return parse_definition(canonical(a_definition_json(**changes)))


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside."""
    for name, inside in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*at, name)
        if isinstance(inside, dict | list):
            yield from places(inside, (*at, name))


def changed_at(whole: dict[str, Any], at: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """The same, with another value in one place."""
    changed = copy.deepcopy(whole)
    holder: Any = changed
    for name in at[:-1]:
        holder = holder[name]
    holder[at[-1]] = value
    return changed


def a_fact(criterion: str = "c1", on: date = date(2026, 10, 5), **changes: Any) -> Fact:
    return Fact(criterion, on, "OBS", "GRI", "ETI")._replace(**changes)


FACTS = (a_fact("c1"), a_fact("c2", date(2026, 10, 12)))
ETI = Decider("a1", "decides", "ETI", "same")
COORD = Decider("a2", "second", "COORD", "same")
PEER = Decider("a2", "second", "ETI", "other")


def a_record(facts: Any = FACTS, *, results: Any = None, decided: date = DECIDED, **changes: Any) -> Record:
    facts = tuple(facts)
    record = make_record(
        decided=decided,
        results={fact.criterion: "acquired" for fact in facts} if results is None else results,
        facts=facts,
        deciders=(ETI,),
        prerequisites=(),
        commitment=COMMITMENT,
    )
    return record._replace(**changes)
