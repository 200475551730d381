"""The words of the catalogue: what each code means, in French and in English.

The code sets of a definition live in :mod:`.definition`; here stand their labels, and the codes that only the
files *around* a definition use (sectors, statuses, types of action, frameworks). Nothing else in the product
spells a label. Sources: the catalogue brief of the networks (levels, ways, kinds of evidence, functions).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


class Label(NamedTuple):
    """One meaning in two languages. Prints as French, which is what people read here."""

    fr: str
    en: str

    def __str__(self) -> str:
        return self.fr


FAMILY_LABELS = MappingProxyType(
    {
        "permanents": Label("Permanents", "Permanent staff"),
        "metiers-hybrides": Label("Métiers hybrides", "Hybrid trades"),
        "techniques": Label("Badges techniques", "Technical badges"),
        "transverses": Label("Badges transverses", "Cross-sector badges"),
    }
)

LEVEL_LABELS = MappingProxyType(
    {
        1: Label("Avec aide", "With help"),
        2: Label("Selon les consignes", "As instructed"),
        3: Label("En autonomie", "Independently"),
        4: Label("Organise et transmet", "Organises and passes on"),
    }
)
"""The project's own four words: no screen may print the number without them."""

LEVEL_MEANINGS = MappingProxyType(
    {
        1: Label("le fait avec un rappel ou un appui à côté", "does it with a reminder or support nearby"),
        2: Label(
            "le fait correctement dans les conditions habituelles, selon une façon de faire donnée",
            "does it correctly in usual conditions, following a given way of working",
        ),
        3: Label(
            "le fait seul, règle les imprévus ordinaires, explique ses choix",
            "does it alone, deals with ordinary surprises, explains choices",
        ),
        4: Label(
            "l’organise pour d’autres, adapte, transmet",
            "organises it for others, adapts, passes it on",
        ),
    }
)

BADGE_KIND_LABELS = MappingProxyType(
    {
        "competence": Label("Compétence", "Skill"),
        "participation": Label("Participation", "Participation"),
    }
)

WAY_LABELS = MappingProxyType(
    {
        "OBS": Label("observation au poste", "observation at work"),
        "MES": Label("mise en situation préparée", "prepared task"),
        "REF": Label("entretien réflexif", "reflective interview"),
        "ENT": Label("bilan d’une entreprise ou d’un utilisateur", "review by a company or a client"),
        "PRO": Label("lecture d’une production ou d’un document de travail", "reading of a work product"),
        "QOR": Label("questions à l’oral", "oral questions"),
        "TEM": Label("témoignage", "testimony"),
        "JUR": Label("échange devant deux évaluateurs au moins", "exchange before two assessors or more"),
    }
)

EVIDENCE_LABELS = MappingProxyType(
    {
        "GRI": Label("grille d’observation datée", "dated observation grid"),
        "FRX": Label("fiche réflexive", "reflective sheet"),
        "PHO": Label("photo ou vidéo du travail, sans personne", "photo or video of the work, nobody in it"),
        "BIL": Label("bilan lu par la personne", "review read by the person"),
        "DOC": Label("document de travail rendu anonyme", "work document made anonymous"),
        "ATT": Label("attestation ou titre existant", "existing certificate or title"),
        "TMG": Label("témoignage signé de la fonction de son auteur", "testimony signed with a function"),
        "AUT": Label("auto-évaluation", "self-assessment"),
        "REL": Label("relevé chiffré sans motif", "record of figures, without reasons"),
    }
)

FUNCTION_LABELS = MappingProxyType(
    {
        "ETI": Label("encadrant technique, pédagogique et social", "technical, educational and social supervisor"),
        "ASP": Label("accompagnateur socio-professionnel", "social and professional support worker"),
        "COORD": Label("coordonnateur", "coordinator"),
        "DIR": Label("direction", "management"),
        "EXT": Label(
            "pair d’une autre structure, réseau ou organisme de formation",
            "peer of another organisation, network or training body",
        ),
        "TUT": Label("tuteur d’entreprise", "company tutor"),
        "CLI": Label("utilisateur ou client", "client"),
    }
)

SECOND_LABELS = MappingProxyType(
    {
        "none": Label("non demandé (possible)", "not asked for (possible)"),
        "other_function": Label("oui, par une autre fonction que la première", "yes, by another function"),
        "other_structure": Label(
            "oui, extérieur à la structure (pair d’une autre structure, réseau ou organisme de formation)",
            "yes, from outside the organisation (peer, network or training body)",
        ),
    }
)

STATUS_LABELS = MappingProxyType(
    {
        "brouillon": Label("Brouillon", "Draft"),
        "relecture": Label("En relecture", "Under review"),
        "proposition": Label("Proposition", "Proposal"),
        "adopte": Label("Adopté par le comité", "Adopted by the committee"),
        "retire": Label("Retiré : se vérifie toujours, ne s’attribue plus", "Withdrawn: verifies, no longer awarded"),
    }
)

SECTOR_LABELS = MappingProxyType(
    {
        "insertion": Label("Encadrement et accompagnement", "Supervision and support"),
        "alimentation": Label("Alimentation, maraîchage, cuisine", "Food, market gardening, kitchen"),
        "reemploi": Label("Ressourcerie, tri, démantèlement", "Reuse, sorting, dismantling"),
        "espaces-verts": Label("Espaces verts, espaces naturels", "Green and natural spaces"),
        "second-oeuvre": Label("Second œuvre du bâtiment", "Building finishing work"),
        "nettoyage": Label("Nettoyage, désinfection", "Cleaning, disinfection"),
        "logistique": Label("Logistique, transport", "Logistics, transport"),
        "cycles": Label("Réparation de cycles", "Bicycle repair"),
        "domicile": Label("Services à domicile, autonomie", "Home services, independent living"),
        "numerique": Label("Numérique", "Digital"),
        "tous": Label("Tous secteurs", "Any sector"),
    }
)

ACTION_TYPE_LABELS = MappingProxyType(
    {
        code: Label(f"{code} (intitulé à préciser)", f"{code} (title to be specified)")
        for code in ("T1", "T2", "T3", "T4", "T5")
    }
)
"""The funder's five types of action. Their titles were not in our sources on 20 November 2026."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A public framework that a badge may relate to. ``code`` is a pattern; ``None`` where it has no codes."""

    label: Label
    version: str
    source: str
    prefix: str
    code: re.Pattern[str] | None
    url: re.Pattern[str] | None = None


_ROME = "Source : France Travail, ROME 4.0, version 4.60"
_ESCO = "Ce service utilise la classification ESCO de la Commission européenne."
_RNCP_URL = re.compile(r"https://www\.francecompetences\.fr/recherche/rncp/\d+")
_ROME_URL = re.compile(r"https://candidat\.francetravail\.fr/metierscope/fiche-metier/[A-Z]\d{4}")

FRAMEWORKS = MappingProxyType(
    {
        "ROME 4.0 métier": Framework(
            Label("ROME 4.0, métier", "ROME 4.0, occupation"),
            "4.60",
            _ROME,
            "rome",
            re.compile(r"[A-Z]\d{4}"),
            _ROME_URL,
        ),
        "ROME 4.0 appellation": Framework(
            Label("ROME 4.0, appellation", "ROME 4.0, job name"),
            "4.60",
            _ROME,
            "rome",
            re.compile(r"\d{5,6}"),
            _ROME_URL,
        ),
        "ROME 4.0 compétence": Framework(
            Label("ROME 4.0, compétence", "ROME 4.0, skill"), "4.60", _ROME, "rome", re.compile(r"\d{6}")
        ),
        "ROME 4.0 savoir-être": Framework(
            Label("ROME 4.0, savoir-être professionnel", "ROME 4.0, soft skill"),
            "4.60",
            _ROME,
            "rome",
            re.compile(r"\d{6}"),
        ),
        "ESCO skill": Framework(
            Label("ESCO, aptitude", "ESCO, skill"),
            "v1.0",
            _ESCO,
            "esco",
            re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
            re.compile(r"http://data\.europa\.eu/esco/skill/[0-9a-f-]{36}"),
        ),
        "CléA domaine": Framework(
            Label("CléA, domaine", "CléA, domain"),
            "décret du 13 février 2015",
            "Décret du 13 février 2015 relatif au socle de connaissances et de compétences professionnelles",
            "clea",
            re.compile(r"[1-7]"),
        ),
        "RECTEC": Framework(
            Label("RECTEC, compétence transversale", "RECTEC, cross-sector skill"),
            "",
            "Carte RECTEC, présentation publique de l’Académie de Nantes ; codes courts de ce catalogue",
            "rectec",
            re.compile(r"[a-z]{3}"),
        ),
        "EU key competences 2018": Framework(
            Label("Compétences clés européennes (2018)", "EU key competences (2018)"),
            "2018/C 189/01",
            "Recommandation du Conseil du 22 mai 2018, 2018/C 189/01",
            "ue2018",
            re.compile(r"[1-8]"),
        ),
        "RNCP": Framework(
            Label("RNCP, titre voisin", "RNCP, related title"),
            "",
            "France compétences",
            "",
            re.compile(r"RNCP\d{3,6}"),
            _RNCP_URL,
        ),
        "RNCP41402 activité": Framework(
            Label("RNCP41402, activité citée", "RNCP41402, quoted activity"),
            "",
            "France compétences, page publique de RNCP41402",
            "rncp41402",
            None,
            _RNCP_URL,
        ),
        "Emploi repère branche ACI": Framework(
            Label("Emploi repère de la branche des ACI", "Reference job of the ACI branch"),
            "IDCC 3016",
            "Convention collective des ateliers et chantiers d’insertion (IDCC 3016)",
            "emploi-repere-aci",
            None,
        ),
    }
)
"""Names as the files write them. Verb used everywhere: « se rapporte à », never « équivaut à »."""


def fold(text: str) -> str:
    """The text as a search compares it: no accent, no case, one kind of apostrophe, œ as oe."""
    plain = text.replace("’", "'").replace("œ", "oe").replace("Œ", "OE")
    return "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)).casefold()


def alignment_page(framework: str, code: str, label: str) -> str:
    """The last part of ``/alignements/{code}``: lower-case letters, digits and hyphens, one per code."""
    own = code or fold(label)
    return "-".join(re.findall(r"[a-z0-9]+", f"{FRAMEWORKS[framework].prefix} {own}".lower()))


def level_words(level: int) -> str:
    """« niveau 2, selon les consignes »: the only way a level may be printed."""
    return f"niveau {level}, {LEVEL_LABELS[level].fr[0].lower()}{LEVEL_LABELS[level].fr[1:]}"
