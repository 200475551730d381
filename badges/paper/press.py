"""What can be printed, one method each: facts in, the bytes of a PDF out.

Every PDF is PDF/A-3a and PDF/UA-1 and the same bytes for the same facts: the dates in it are those of the facts.
"""

from __future__ import annotations

import re
from typing import Any

from ..addresses import Addresses, spaced
from ..catalogue.taxonomy import FAMILY_LABELS
from . import qr, wording
from .engine import Drawing, print_pdf
from .facts import Badge
from .language import FRENCH, N_, Language

_PAPER_OF_THE_PICTURE = re.compile(r'<path fill="#[0-9a-f]{6}" d="M0 0h600v600H0z"/>\n?')


class Press:
    """The papers of one deployment. Opens nothing before the first print; used by as many threads as wanted."""

    def __init__(self, addresses: Addresses, network: str) -> None:
        self._addresses = addresses
        self._network = network

    def attestation(self, badge: Badge, language: Language = FRENCH) -> bytes:
        """A4, one page: who attests what, since when, on which criteria; the awarded picture attached."""
        facts = self._paper(language, self._document_title(badge, language)) | self._badge(badge, language)
        return print_pdf("attestation", facts, badge.issued_on)

    # -- parts of papers --------------------------------------------------------------------------------------------

    def _paper(self, language: Language, title: str) -> dict[str, Any]:
        return {"lang": language.primary, "title": title, "author": self._network, "network": self._network}

    def _document_title(self, badge: Badge, language: Language) -> str:
        title, _ = wording.translated(badge.entry, badge.definition, language)
        kind = language.say(wording.ATTESTATION_OF[badge.definition.kind])
        return language.typeset(f"{kind} : {title['text']}") if language.primary == "fr" else f"{kind}: {title['text']}"

    def _badge(self, badge: Badge, language: Language) -> dict[str, Any]:
        say, definition = language.say, badge.definition
        title, criteria = wording.translated(badge.entry, definition, language)
        acquired = {item.criterion for item in badge.record.criteria if item.result == "acquired"}
        told = list(zip(definition.criteria, criteria, strict=True))
        essential = [text for criterion, text in told if criterion.required and criterion.id in acquired]
        optional = [text for criterion, text in told if not criterion.required and criterion.id in acquired]
        statement = language.message(wording.ATTESTS[definition.kind])
        simple = badge.entry.around.simple
        return {
            "family": definition.family,
            "family_label": language.label(FAMILY_LABELS[definition.family]),
            "kind": say(wording.ATTESTATION_OF[definition.kind]),
            "badge_title": title,
            "simple": wording.in_its_language(language.typeset(simple), "fr") if language.primary == "fr" else None,
            "statement": wording.runs(
                statement,
                issuer=badge.issuer,
                day=language.day(badge.issued_on),
                person=badge.name or say(wording.SOMEBODY),
            ),
            "facts": self._facts_of(badge, language),
            "criteria_heading": language.count(
                N_("Le critère, acquis"), N_("Les {number} critères essentiels, tous acquis"), len(essential)
            ),
            "criteria": essential,
            "optional_heading": say(N_("Acquis en plus")),
            "optional": optional,
            "how_heading": say(N_("Comment cela a été vu")),
            "how": wording.how(definition, badge.record, language),
            "not_heading": say(N_("Ce que ce badge n’est pas")),
            "not": self._what_it_is_not(badge, language),
            "verify": self._verify(badge, language),
            "picture": self._picture(badge),
            "attachments": [
                {
                    "name": badge.file_name,
                    "bytes": badge.png,
                    "type": "image/png",
                    "relationship": "source",
                    "description": say(N_("Le badge signé, à donner à un vérificateur")),
                }
            ],
        }

    def _facts_of(self, badge: Badge, language: Language) -> list[dict[str, str]]:
        say = language.say
        level = wording.level(badge.definition.level, language)
        until = language.day(badge.expires) if badge.expires else say(N_("Sans limite"))
        return [
            {"label": say(N_("Niveau")), "value": level["name"], "note": level["meaning"]},
            {"label": say(N_("Délivré le")), "value": language.day(badge.issued_on), "note": ""},
            {"label": say(N_("Valable jusqu’au")), "value": until, "note": ""},
        ]

    def _what_it_is_not(self, badge: Badge, language: Language) -> str:
        said = [wording.WHAT_IT_IS_NOT, wording.NOT_ESTABLISHED]
        if badge.definition.kind == "participation":
            said.insert(1, wording.NO_SKILL)
        return " ".join(map(language.say, said))

    def _verify(self, badge: Badge, language: Language) -> dict[str, Any]:
        say = language.say
        address = self._addresses.short(badge.code)
        return {
            "heading": say(N_("Vérifier, sans compte")),
            "steps": [
                say(N_("Scannez le carré, ou tapez l’adresse et le code.")),
                say(
                    N_("Pour la preuve entière : le fichier « {name} » est joint à ce PDF. Donnez-le à {address}."),
                    name=badge.file_name,
                    address=without_scheme(f"{self._addresses.base_url}/verifier"),
                ),
            ],
            "address": without_scheme(address.removesuffix(badge.code)),
            "link": address,
            "code": spaced(badge.code),
            "qr": Drawing(qr.drawing(self._addresses.short_prefix() + badge.code)),
            "alt": say(N_("QR de vérification : il ouvre {address}"), address=without_scheme(address)),
            "criteria": say(
                N_("Critères version {version} : {address}"),
                version=badge.definition.version,
                address=without_scheme(self._addresses.criteria(badge.definition.slug, badge.definition.version)),
            ),
        }

    def _picture(self, badge: Badge) -> dict[str, Any]:
        drawing = (badge.entry.folder / "picture.svg").read_text("utf-8")
        # On white paper the picture needs no paper of its own.
        return {
            "svg": Drawing(_PAPER_OF_THE_PICTURE.sub("", drawing, count=1)),
            "alt": Language("fr").typeset(badge.entry.around.picture_alt),
        }


def without_scheme(address: str) -> str:
    """As one types it: « badges.exemple.fr/b/ »."""
    return address.partition("//")[2]
