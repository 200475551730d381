"""The record in French, for every reader who does not know our extension: the badge's own narrative and evidence.

Made from the record that is signed and from nothing else, so it can tell no more than the record does.
"""

from __future__ import annotations

from functools import lru_cache

from ..catalogue.definition import Definition
from ..catalogue.record import Decider, Record, SeenOn
from ..catalogue.rule import RuleOutcome
from ..catalogue.taxonomy import EVIDENCE_LABELS, FUNCTION_LABELS, WAY_LABELS
from .wording import month_in_words

WHAT_IT_IS_NOT = (
    "Ce badge est une déclaration datée d’une structure sur un travail observé. "
    "Ce n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé."
)
PARTICIPATION = "Ce badge atteste d’une participation, non d’une compétence."

_FUNCTIONS = {code: label.fr for code, label in FUNCTION_LABELS.items()}
_WAYS = {code: label.fr for code, label in WAY_LABELS.items()}
_KINDS = {code: label.fr for code, label in EVIDENCE_LABELS.items()}


def narrative(definition: Definition, record: Record, outcome: RuleOutcome) -> str:
    """Who decided what, when, on how many days: three or four sentences."""
    said = [f"Critères essentiels acquis : {outcome.essential_met} sur {outcome.essential_total}."]
    if outcome.optional_met:  # never out of how many: what is not acquired is nobody else's business
        said.append(f"Critères facultatifs acquis en plus : {outcome.optional_met}.")
    if outcome.days:
        said.append(f"Travail observé sur {outcome.days} {'jours différents' if outcome.days > 1 else 'jour'}.")
    said.append(f"Décision de {month_in_words(record.decided)} : {_deciders(record.deciders)}.")
    if record.prerequisites:
        said.append("Badges préalables vus : " + ", ".join(seen.slug for seen in record.prerequisites) + ".")
    if definition.kind == "participation":
        said.append(PARTICIPATION)
    said.append(WHAT_IT_IS_NOT)
    return " ".join(said)


def evidence(definition: Definition, record: Record) -> list[dict[str, str]]:
    """One piece of evidence per acquired criterion: its text, and how it was seen."""
    return [
        {
            "type": "Evidence",
            "name": criterion.text if (criterion := definition.by_id.get(item.criterion)) else item.criterion,
            "narrative": " ".join(map(_seen, item.observations)),
            "genre": ", ".join(dict.fromkeys(_WAYS.get(seen.way, seen.way) for seen in item.observations)),
        }
        for item in record.criteria
    ]


@lru_cache(maxsize=4096)
def _seen(seen: SeenOn) -> str:
    day = "1er jour" if seen.day == 1 else f"{seen.day}e jour"
    way, kind = _WAYS.get(seen.way, seen.way), _KINDS.get(seen.kind, seen.kind)
    return f"{month_in_words(seen.month)}, {day} : {way} ({kind}), {_FUNCTIONS.get(seen.function, seen.function)}."


def _deciders(deciders: tuple[Decider, ...]) -> str:
    return " ; ".join(
        ("" if decider.role == "decides" else "second regard, ")
        + _FUNCTIONS.get(decider.function, decider.function)
        + ("" if decider.structure == "same" else " (autre structure)")
        for decider in deciders
    )
