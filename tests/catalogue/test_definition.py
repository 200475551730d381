"""A definition is read whole or refused in words: nothing of it is guessed, dropped or taken for something else."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from badges.catalogue.definition import AwardRule, canonical, parse_definition, to_json
from badges.catalogue.library import Catalogue
from badges.errors import CatalogueError
from tests.catalogue.builders import a_definition, a_definition_json, changed_at, places

TEXTS = ("slug", "version", "language", "family", "kind", "title", "description")


def is_read_whole(members: dict[str, Any]) -> bool:
    text = canonical(members)
    return canonical(to_json(parse_definition(text))) == text


def test_a_definition_is_written_as_it_was_read() -> None:
    assert is_read_whole(a_definition_json(validity_months=24, prerequisites=["tec-abc"], second="other_function"))


@pytest.mark.parametrize("at", list(places(a_definition_json())), ids=lambda at: ".".join(map(str, at)))
@pytest.mark.parametrize("value", [None, True, -1, 0, 1.5, "", "x", [], {}, [""], [None]], ids=repr)
def test_a_value_in_any_place_is_read_as_it_is_or_refused(at: tuple[Any, ...], value: Any) -> None:
    with suppress(CatalogueError):
        assert is_read_whole(changed_at(a_definition_json(), at, value))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        *(((name,), value) for name in TEXTS for value in (None, "", 5, ["x"])),
        *(
            (("rule", name), value)
            for name in ("optional_at_least", "distinct_days")
            for value in (None, -1, True, "2", 1.5)
        ),
        *((("rule", "max_age_months"), value) for value in (-1, True, "6")),
        *(
            (("rule", name), value)
            for name in ("observed_ways", "ageless_kinds", "never_alone")
            for value in (None, "x", [""], [5])
        ),
        (("rule", "essential"), "some"),
        (("rule",), []),
        (("level",), "2"),
        (("validity_months",), "24"),
        (("prerequisites",), "tec-abc"),
        (("assessors",), [None]),
        (("second",), "somebody"),
        (("criteria",), {}),
        (("criteria", 0), "c1"),
        (("criteria", 0, "required"), 1),
        (("criteria", 0, "id"), "c2"),
        (("criteria", 0, "text"), ""),
        (("criteria", 0, "ways"), None),
        (("criteria", 0, "kinds"), [5]),
        (("type",), "Definition"),
        (("colour",), "green"),
        (("by_id",), {}),
    ],
    ids=str,
)
def test_one_thing_wrong_is_refused(at: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(CatalogueError, match=r"^Définition de critères : .+ attendu, .+ trouvé\.$") as refused:
        parse_definition(canonical(changed_at(a_definition_json(), at, value)))
    assert refused.value.code == "definition_malformed"


@pytest.mark.parametrize(
    ("at", "value"), [(("validity_months",), 0), (("rule", "max_age_months"), None), (("level",), 9)]
)
def test_what_a_later_release_may_say_is_read(at: tuple[Any, ...], value: Any) -> None:
    assert is_read_whole(changed_at(a_definition_json(), at, value))


def test_an_unknown_clause_is_kept_and_cannot_be_written() -> None:
    definition = a_definition(rule={"weather": "dry", "moon": "full"})
    assert definition.rule.unknown == ("moon", "weather")
    with pytest.raises(CatalogueError, match="moon, weather"):
        to_json(definition)


def test_a_clause_may_be_unknown_whatever_its_name() -> None:
    assert a_definition(rule={"unknown": []}).rule.unknown == ("unknown",)


def test_half_a_character_is_no_definition() -> None:
    with pytest.raises(CatalogueError, match="caractère isolé"):
        parse_definition("\ud800")


def test_a_rule_that_says_nothing_asks_for_nothing_more() -> None:
    assert AwardRule() == (0, 0, (), None, (), (), ())


def test_a_criterion_is_essential_or_optional() -> None:
    for entry in Catalogue.open().entries():
        essential, optional = entry.definition.essential, entry.definition.optional
        assert sorted(essential + optional) == sorted(entry.definition.criteria)
        assert {one.required for one in essential} == {True}
        assert {one.required for one in optional} <= {False}
