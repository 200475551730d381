"""Who may do what: every permission × every action, and what no permission gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from badges.errors import BadgesError, Forbidden, NotFound
from badges.issuer.permissions import ALLOWED_BY, PERMISSIONS, THE_OPERATOR, Actor, require
from badges.issuer.storage import Person

ACTOR = Actor("staff", "account", "jardins", "ETI", frozenset(PERMISSIONS) - {"network"})
SOMEBODY = Person(
    id="p", structure="jardins", opaque="o", name=None, email="p@exemple.fr", secret_digest=None,
    created_at=datetime(2026, 11, 20, tzinfo=UTC),
)  # fmt: skip


def refused(actor: Actor, action: str, **about: object) -> BadgesError | None:
    try:
        require(actor, action, **({"structure": "jardins"} | about))  # type: ignore[arg-type]
    except BadgesError as error:
        return error
    return None


@pytest.mark.parametrize("action", ALLOWED_BY)
@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_permission_opens_the_actions_that_name_it_and_no_other(permission: str, action: str) -> None:
    answer = refused(replace(ACTOR, permissions=frozenset((permission,))), action)
    assert (answer is None) == (permission in ALLOWED_BY[action])


@pytest.mark.parametrize("action", ALLOWED_BY)
def test_who_left_may_do_nothing(action: str) -> None:
    assert isinstance(refused(replace(ACTOR, active=False), action), Forbidden)


@pytest.mark.parametrize("action", sorted(set(ALLOWED_BY) - {"network"}))
def test_another_structure_does_not_exist_even_for_those_who_may_everything(action: str) -> None:
    assert isinstance(refused(ACTOR, action, structure="voisins"), NotFound)
    assert refused(ACTOR, action, structure="voisins", sent_to="jardins") is None


def test_the_network_administers_every_structure_and_sees_no_person() -> None:
    network = replace(ACTOR, structure="reseau", permissions=frozenset(PERMISSIONS))
    for action in ALLOWED_BY:
        answer = refused(network, action)
        assert (answer is None) == (action in ("administer", "network")), action
    assert refused(THE_OPERATOR, "administer") is None
    assert refused(THE_OPERATOR, "award") is not None


@pytest.mark.parametrize("action", ["note", "propose", "look_again", "award"])
@pytest.mark.parametrize("known_by", [{"people": frozenset("p")}, {"emails": frozenset(("p@exemple.fr",))}])
def test_nobody_acts_for_themselves(action: str, known_by: dict[str, frozenset[str]]) -> None:
    answer = refused(replace(ACTOR, **known_by), action, recipient=SOMEBODY)  # type: ignore[arg-type]
    assert answer is not None
    assert answer.code == "for_oneself"
    assert refused(ACTOR, action, recipient=SOMEBODY) is None


def test_the_second_look_is_another_human_being() -> None:
    answer = refused(ACTOR, "look_again", other_than="account")
    assert answer is not None
    assert answer.code == "same_person"
