"""The sentences of our papers that are made of facts. Messages are French; translations come with the language.

``N_`` marks a message for the translators (``python -m badges.web.languages``). Where a page says the same thing, the
message is the same, so that it is translated once. A sentence whose parts are set apart on the paper (a name in bold)
is a list of runs, made by :func:`runs`; a text that comes from data carries the language it is written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..catalogue.definition import Criterion, Definition
from ..catalogue.library import Entry
from ..catalogue.record import Decider, Record
from ..catalogue.rule import evaluate
from ..catalogue.taxonomy import (
    EVIDENCE_LABELS,
    FUNCTION_LABELS,
    LEVEL_LABELS,
    LEVEL_MEANINGS,
    WAY_LABELS,
    Label,
)
from ..typography import N_
from .facts import Badge
from .language import MONTHS, SOURCE, Language

ATTESTATION_OF = {"competence": N_("Attestation de compétence"), "participation": N_("Attestation de participation")}

ATTESTS = {
    # « La structure X atteste » : the verb stays singular whatever the name.
    "competence": N_(
        "La structure %(issuer)s atteste, depuis le %(day)s, "
        "que %(person)s a montré au travail ce que demande ce badge."
    ),
    "participation": N_(
        "La structure %(issuer)s atteste, depuis le %(day)s, que %(person)s a participé à ce que décrit ce badge."
    ),
}
SOMEBODY = N_("la personne qui l’a reçu")

HANDED_OVER = N_("La structure %(issuer)s reconnaît le travail de %(person)s et lui remet ce badge.")
HANDED_OVER_TO_SOMEBODY = N_("La structure %(issuer)s remet ce badge à la personne qui l’a obtenu.")

WHAT_IT_IS_NOT = N_(
    "Ce badge est une déclaration datée d’une structure sur un travail observé. "
    "Ce n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé."
)
NO_SKILL = N_("Il dit que la personne a participé, non qu’elle sait faire.")
NOT_WHO = N_("Ce papier ne dit pas qui le présente.")

DECIDES = N_("Décide :")
NOT_FOR_ONESELF = N_("Personne ne décide pour soi-même.")

ANSWERS = {
    "yes": N_("Oui"),
    "partly": N_("En partie"),
    "no": N_("Non"),
    "unknown": N_("On ne sait pas"),
}


def runs(message: str, **parts: str) -> list[dict[str, Any]]:
    """A translated message cut at its ``%(holes)s``: what fills a hole is strong."""
    cut = re.split(r"%\((\w+)\)s", message)
    told = [{"text": parts[text] if at % 2 else text, "strong": bool(at % 2)} for at, text in enumerate(cut)]
    return [run for run in told if run["text"]]


def written_in(language: str, text: str) -> dict[str, str]:
    return {"text": text, "lang": language}


def what_it_is_not(definition: Definition, language: Language) -> str:
    said = [WHAT_IT_IS_NOT, NO_SKILL, NOT_WHO] if definition.kind == "participation" else [WHAT_IT_IS_NOT, NOT_WHO]
    return " ".join(map(language.say, said))


def title(entry: Entry, definition: Definition, language: Language) -> dict[str, str]:
    """In the language of the paper where the catalogue has it, otherwise as it was signed."""
    translation = entry.around.translations.get(language.primary)
    told = translation.title if translation else language.words.get(definition.title)
    if told is None or language.primary == definition.language:
        return written_in(definition.language, Language(definition.language).typeset(definition.title))
    return written_in(language.primary, told)


def simply(entry: Entry, language: Language) -> dict[str, str] | None:
    """The badge in simple words, as a person would say it; None where the language has none."""
    simple = entry.around.simple if language.is_source else language.words.get(entry.around.simple)
    return written_in(language.primary, language.say(N_("« %(words)s »"), words=simple)) if simple else None


def description(entry: Entry, language: Language) -> dict[str, str]:
    definition, translation = entry.definition, entry.around.translations.get(language.primary)
    if translation is None or language.primary == definition.language:
        return written_in(definition.language, Language(definition.language).typeset(definition.description))
    return written_in(language.primary, translation.description)


def criterion(entry: Entry, definition: Definition, asked: Criterion, language: Language) -> dict[str, str]:
    translation = entry.around.translations.get(language.primary)
    if translation is None or language.primary == definition.language or asked.id not in translation.criteria:
        return written_in(definition.language, Language(definition.language).typeset(asked.text))
    return written_in(language.primary, translation.criteria[asked.id])


def acquired(badge: Badge, language: Language) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The essential criteria that were acquired, and the others. What is not acquired is nobody else’s business."""
    results = {item.criterion: item.result for item in badge.record.criteria}
    told = [each for each in badge.definition.criteria if results.get(each.id) == "acquired"]
    in_words = [(each.required, criterion(badge.entry, badge.definition, each, language)) for each in told]
    return [text for required, text in in_words if required], [text for required, text in in_words if not required]


def level(number: int, language: Language) -> tuple[str, str]:
    """The level in its words, and what they mean. A number that we have no words for is told as it is."""
    name, meaning = LEVEL_LABELS.get(number), LEVEL_MEANINGS.get(number)
    if name is None or meaning is None:
        return str(number), ""
    return language.label(name), sentence(language.label(meaning))


def how(definition: Definition, record: Record, language: Language) -> list[dict[str, str]]:
    """How it was observed, in three lines at most: how often and when, in what ways, who decided."""
    outcome = evaluate(definition, record)
    seen = [observation for item in record.criteria for observation in item.observations]
    at_work = sorted({each.month for each in seen if each.way in definition.rule.observed_ways})
    ways = dict.fromkeys(each.way for each in seen)
    lines = []
    if outcome.days and at_work:
        often = language.ngettext(
            "Vu au travail un jour, %(months)s.",
            "Vu au travail sur %(count)s jours différents, %(months)s.",
            outcome.days,
            months=_span(at_work, language),
        )
        lines.append({"label": language.say(N_("Quand")), "text": often})
    if ways:
        told = sentence(language.listed(_word(WAY_LABELS, way, language) for way in ways)) + "."
        lines.append({"label": language.say(N_("Comment")), "text": told})
    people, month = sentence(_deciders(record.deciders, language)), language.month(record.decided)
    decided = language.say(N_("%(people)s, en %(month)s."), people=people, month=month)
    lines.append({"label": language.say(N_("Qui a décidé")), "text": decided})
    return lines


def rule(definition: Definition, prerequisites: Sequence[str], language: Language) -> list[str]:
    """What must be met for the badge to be awarded, as the catalogue’s own page says it."""
    asked, said = definition.rule, []
    said.append(
        language.ngettext(
            "Le critère essentiel est acquis.",
            "Les %(count)s critères essentiels sont acquis.",
            len(definition.essential),
        )
    )
    if asked.optional_at_least:
        said.append(
            language.ngettext(
                "Au moins %(count)s critère en plus est acquis.",
                "Au moins %(count)s critères en plus sont acquis.",
                asked.optional_at_least,
            )
        )
    if asked.distinct_days > 1:
        said.append(
            language.ngettext(
                "Le travail a été observé %(count)s jour.",
                "Le travail a été observé au moins %(count)s jours différents.",
                asked.distinct_days,
            )
        )
    if asked.max_age_months is not None:
        said.append(
            language.ngettext(
                "Les observations ont moins de %(count)s mois au moment de la décision.",
                "Les observations ont %(count)s mois au plus au moment de la décision.",
                asked.max_age_months,
            )
        )
        if asked.ageless_kinds:
            said[-1] += " " + language.say(N_("Une attestation ou un titre peut être plus ancien."))
    if asked.never_alone:
        said.append(
            language.say(N_("La parole d’un client ou d’un tuteur d’entreprise compte, mais ne suffit jamais seule."))
        )
    if prerequisites:
        said.append(language.say(N_("La personne a déjà :")) + " " + language.listed(prerequisites) + ".")
    functions = language.say(N_(", ou ")).join(_word(FUNCTION_LABELS, code, language) for code in definition.assessors)
    said.append(f"{language.say(DECIDES)} {functions}. {language.say(NOT_FOR_ONESELF)}")
    if definition.second == "other_function":
        said.append(language.say(N_("Une deuxième personne, d’une autre fonction ou d’une autre structure, confirme.")))
    elif definition.second == "other_structure":
        said.append(language.say(N_("Une deuxième personne, d’une autre structure, confirme.")))
    if asked.unknown:
        said.append(language.say(N_("Cette version porte une règle que ce service ne sait pas encore lire.")))
    return said


def accepted(asked: Criterion, language: Language) -> str:
    """The ways of assessing a criterion and the kinds of evidence that count for it."""
    ways = language.listed(_word(WAY_LABELS, code, language) for code in asked.ways)
    kinds = language.listed(_word(EVIDENCE_LABELS, code, language) for code in asked.kinds)
    return language.say(N_("%(ways)s. Preuve : %(kinds)s."), ways=sentence(ways), kinds=kinds)


def sentence(text: str) -> str:
    """The text with its first letter in capital."""
    return text[:1].upper() + text[1:]


def _span(months: Sequence[str], language: Language) -> str:
    first, last = months[0], months[-1]
    if first == last:
        return language.say(N_("en %(month)s"), month=language.month(first))
    same_year = first[:4] == last[:4]
    begins = language.say(MONTHS[int(first[5:7]) - 1]) if same_year else language.month(first)
    return language.say(N_("entre %(first)s et %(last)s"), first=begins, last=language.month(last))


def _word(labels: Mapping[str, Label], code: str, language: Language) -> str:
    label = labels.get(code)
    return language.label(label) if label else code


def _deciders(deciders: Iterable[Decider], language: Language) -> str:
    told = []
    for decider in deciders:
        text = _word(FUNCTION_LABELS, decider.function, language)
        if decider.structure == "other" and decider.function != "EXT":
            text = language.say(N_("%(function)s (autre structure)"), function=text)
        if decider.role == "second":
            text = language.say(N_("second regard : %(function)s"), function=text)
        told.append(text)
    return ("\u202f; " if language.primary == SOURCE else "; ").join(told)
