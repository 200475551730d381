"""Who may do what: one table and one function.

What must hold, in this order; each number stands again above the code that looks at it.

1. the actor still has a place in a structure;
2. the thing belongs to that structure, or was sent to it for a second look: otherwise it does not exist for them;
3. the actor, and the token they speak through, have a permission that the action asks for;
4. nobody acts for themselves: not on their own observations, file, or badge;
5. the second look is by another human being than the first.

Not checked here: whether the functions of the deciders satisfy the badge (the award rule), and whether a second
validator belongs to another structure where one is asked (the award rule too, from the record that is signed).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import BadgesError, Forbidden, NotFound
from .storage import Person, StaffMember
from .wording import refusal

PERMISSIONS = ("read", "note", "propose", "decide", "second", "administer", "network")
"""Lire, noter, proposer, décider, second regard, administrer, réseau. A token's scopes are the same words."""

ALLOWED_BY: dict[str, frozenset[str]] = {
    "see": frozenset(PERMISSIONS),
    "add_person": frozenset(("note", "propose", "decide", "administer")),
    "note": frozenset(("note",)),
    "propose": frozenset(("propose",)),
    "record_word": frozenset(("propose", "decide")),
    "look_again": frozenset(("second",)),
    "award": frozenset(("decide",)),
    "revoke": frozenset(("decide", "administer")),
    "hand_over": frozenset(("decide", "propose", "administer")),
    "administer": frozenset(("administer", "network")),
    "network": frozenset(("network",)),
}
"""Action → the permissions of which one is enough."""

_OF_STRUCTURES = frozenset(("administer", "network"))
_FOR_OTHERS_ONLY = frozenset(("note", "propose", "look_again", "award"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the doors know it: a staff member, and the scopes of the token they speak through, if any."""

    staff: str
    scopes: frozenset[str] | None = None


OPERATOR = Caller("operator")
"""Whoever sits at the machine's own command line: sets structures up, and can neither decide nor see people."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller as the register knows them inside the transaction: rights are read when they are used."""

    staff: str
    account: str
    structure: str
    function: str
    permissions: frozenset[str]
    people: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    active: bool = True

    @classmethod
    def of(cls, member: StaffMember, places: tuple[StaffMember, ...], scopes: frozenset[str] | None) -> Actor:
        """``places`` are all those of the same human being, whose own person and e-mail count everywhere."""
        permissions = frozenset(member.permissions)
        return cls(
            staff=member.id,
            account=member.account,
            structure=member.structure,
            function=member.function,
            permissions=permissions if scopes is None else permissions & scopes,
            people=frozenset(place.person for place in places if place.person),
            emails=frozenset(place.email for place in places if place.email),
            active=member.left_at is None,
        )

    def is_person(self, person: str, email: str | None) -> bool:
        return person in self.people or (email is not None and email in self.emails)


THE_OPERATOR = Actor("operator", "operator", "", "", frozenset(("administer", "network")))


def require(
    actor: Actor,
    action: str,
    *,
    structure: str | None = None,
    sent_to: str | None = None,
    recipient: Person | None = None,
    other_than: str | None = None,
) -> None:
    """Return if ``actor`` may do ``action``; else raise :class:`NotFound` (2) or :class:`Forbidden`."""
    if refused := _why_not(actor, action, structure, sent_to, recipient, other_than):
        raise refused


def _why_not(
    actor: Actor,
    action: str,
    structure: str | None,
    sent_to: str | None,
    recipient: Person | None,
    other_than: str | None,
) -> BadgesError | None:
    allowed_by = ALLOWED_BY[action]
    # 1. still there.
    if not actor.active:
        return refusal(Forbidden, "left")
    # 2. theirs to see. Those who administer the network reach every structure, and no person.
    everywhere = "network" in actor.permissions and action in _OF_STRUCTURES
    if structure is not None and actor.structure not in (structure, sent_to) and not everywhere:
        return refusal(NotFound, "unknown")
    # 3. permitted.
    if not actor.permissions & allowed_by:
        return refusal(Forbidden, "not_permitted")
    # 4. not for oneself.
    if recipient is not None and action in _FOR_OTHERS_ONLY and actor.is_person(recipient.id, recipient.email):
        return refusal(Forbidden, "for_oneself")
    # 5. another person.
    if other_than is not None and actor.account == other_than:
        return refusal(Forbidden, "same_person")
    return None
