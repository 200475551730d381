"""The messages of our papers, in French, and the sentences made of them. Translations come with the language.

``N_`` marks a message for the translators (``python -m badges.web.languages``). A sentence whose parts are set apart on
the paper (a name in bold) is a list of runs, made by :func:`runs`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..catalogue.definition import Definition
from ..catalogue.library import Entry
from ..catalogue.record import Decider, Record
from ..catalogue.rule import evaluate
from ..catalogue.taxonomy import FUNCTION_LABELS, LEVEL_LABELS, LEVEL_MEANINGS, WAY_LABELS, Label
from .language import MONTHS, N_, SOURCE, Language

ATTESTATION_OF = {"competence": N_("Attestation de compétence"), "participation": N_("Attestation de participation")}

ATTESTS = {
    # The verb stays singular whatever the name of the structure: « La structure Les Jardins atteste ».
    "competence": N_(
        "La structure {issuer} atteste, depuis le {day}, que {person} a montré au travail ce que demande ce badge."
    ),
    "participation": N_(
        "La structure {issuer} atteste, depuis le {day}, que {person} a participé à ce que décrit ce badge."
    ),
}
SOMEBODY = N_("la personne qui l’a reçu")

WHAT_IT_IS_NOT = N_(
    "Ce badge est une déclaration datée d’une structure sur un travail observé. "
    "Ce n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé."
)
NO_SKILL = N_("Il dit que la personne a participé, non qu’elle sait faire.")
NOT_ESTABLISHED = N_("Ce papier ne dit pas qui le présente : l’identité se vérifie autrement.")


def runs(message: str, **parts: str) -> list[dict[str, Any]]:
    """A translated message cut at its ``{holes}``: what fills a hole is strong."""
    cut = re.split(r"\{(\w+)\}", message)
    found = [
        {"text": parts[text], "strong": True} if at % 2 else {"text": text, "strong": False}
        for at, text in enumerate(cut)
    ]
    return [run for run in found if run["text"]]


def in_its_language(text: str, language: str) -> dict[str, str]:
    """A text that comes from data, with the language it is written in, so that it is read aloud rightly."""
    return {"text": text, "lang": language}


def translated(entry: Entry, definition: Definition, language: Language) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The title of a badge and its criteria, in the language of the paper where the catalogue has them."""
    translation = entry.around.translations.get(language.primary)
    if translation is None or language.primary == definition.language:
        typeset = Language(definition.language).typeset
        own = definition.language
        return in_its_language(typeset(definition.title), own), [
            in_its_language(typeset(criterion.text), own) for criterion in definition.criteria
        ]
    return in_its_language(translation.title, language.primary), [
        in_its_language(translation.criteria.get(criterion.id, criterion.text), language.primary)
        for criterion in definition.criteria
    ]


def level(number: int, language: Language) -> dict[str, str]:
    """The level in its words, and what they mean. A number we have no words for is told as such."""
    name, meaning = LEVEL_LABELS.get(number), LEVEL_MEANINGS.get(number)
    if name is None or meaning is None:
        return {"name": str(number), "meaning": ""}
    return {"name": language.label(name), "meaning": sentence(language.label(meaning))}


def how(definition: Definition, record: Record, language: Language) -> list[str]:
    """How it was observed, in three lines: when and how often, in what ways, who decided."""
    outcome = evaluate(definition, record)
    seen = [observation for item in record.criteria for observation in item.observations]
    lines = []
    if outcome.days:
        lines.append(
            language.count(
                N_("Au travail, un jour ({months})."),
                N_("Au travail, {number} jours différents ({months})."),
                outcome.days,
                months=_months(sorted({each.month for each in seen}), language),
            )
        )
    ways = dict.fromkeys(each.way for each in seen)
    if ways:
        lines.append(
            language.say(N_("En voyant faire et en parlant : {ways}."), ways=_list(ways, WAY_LABELS, language))
        )
    decided = _deciders(record.deciders, language)
    lines.append(
        language.say(N_("Décidé en {month} par : {people}."), month=language.month(record.decided), people=decided)
    )
    return lines


def sentence(text: str) -> str:
    """The text with its first letter in capital."""
    return text[:1].upper() + text[1:]


def _months(months: Sequence[str], language: Language) -> str:
    if len(months) == 1:
        return language.month(months[0])
    first, last = months[0], months[-1]
    same_year = first[:4] == last[:4]
    begins = language.say(MONTHS[int(first[5:7]) - 1]) if same_year else language.month(first)
    return language.say(N_("de {first} à {last}"), first=begins, last=language.month(last))


def _list(codes: Any, labels: Any, language: Language) -> str:
    return ", ".join(_word(labels.get(code), code, language) for code in codes)


def _word(label: Label | None, code: str, language: Language) -> str:
    return language.label(label) if label else code


def _deciders(deciders: Sequence[Decider], language: Language) -> str:
    told = []
    for decider in deciders:
        text = _word(FUNCTION_LABELS.get(decider.function), decider.function, language)
        if decider.role == "second":
            text = language.say(N_("second regard, {function}"), function=text)
        if decider.structure == "other" and decider.function != "EXT":
            text = language.say(N_("{function} (autre structure)"), function=text)
        told.append(text)
    return " ; ".join(told) if language.primary == SOURCE else "; ".join(told)
