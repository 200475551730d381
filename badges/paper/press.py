"""What can be printed, one method each: facts in, the bytes of a PDF out.

Every PDF is PDF/A-3a and PDF/UA-1, and the same bytes for the same facts: the dates in it are those of the facts.
Each method takes the language last; French by default.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ..addresses import Addresses, spaced
from ..catalogue.library import Catalogue, Entry
from ..catalogue.taxonomy import FAMILY_LABELS, SECTOR_LABELS, STATUS_LABELS
from ..typography import N_
from . import qr, wording
from .engine import Drawing, print_pdf
from .facts import Badge, Card, Ceremony, Passport, Receipt, ReceiptResult
from .language import FRENCH, SOURCE, Language

_PAPER_OF_THE_PICTURE = re.compile(r'<path fill="#[0-9a-f]{6}" d="M0 0h600v600H0z"/>\n?')


class Press:
    """The papers of one deployment. Opens nothing before the first print; may be used by many threads."""

    def __init__(self, addresses: Addresses, network: str) -> None:
        self._addresses = addresses
        self._network = network

    # -- papers -----------------------------------------------------------------------------------------------------

    def attestation(self, badge: Badge, language: Language = FRENCH) -> bytes:
        """A4, one page: who attests what, since when, on which criteria. The awarded picture is attached."""
        title = _titled(language, wording.ATTESTATION_OF[badge.definition.kind], _title(badge, language)["text"])
        facts = self._document(language, title) | {"badges": [self._badge(badge, language)]}
        return print_pdf("attestation", facts, badge.issued_on)

    def attestations(self, badges: Sequence[Badge], made_on: datetime, language: Language = FRENCH) -> bytes:
        """The attestations of several people, a page each, to print in one go. Nothing is attached."""
        title = language.say(N_("Attestations à remettre"))
        pages = [self._badge(badge, language) | {"attachments": []} for badge in badges]
        return print_pdf("attestation", self._document(language, title) | {"badges": pages}, made_on)

    def ceremony(self, sheets: Sequence[Ceremony], made_on: datetime, language: Language = FRENCH) -> bytes:
        """A4 on its side, a page for each badge handed over: large picture, name, sentence, two places to sign."""
        title = language.say(N_("Remise de badges"))
        facts = self._document(language, title) | {"sheets": [self._ceremony(sheet, language) for sheet in sheets]}
        return print_pdf("ceremony", facts, made_on)

    def cards(self, cards: Sequence[Card], made_on: datetime, language: Language = FRENCH) -> bytes:
        """Wallet cards with the personal link, eight to an A4 page, with cut marks."""
        title = language.say(N_("Cartes « Mes badges »"))
        facts = self._cards(language, title, [self._card(card, language) for card in cards])
        return print_pdf("cards", facts, made_on)

    def badge_cards(self, badges: Sequence[Badge], made_on: datetime, language: Language = FRENCH) -> bytes:
        """Wallet cards with the picture of a badge, its QR and its short code, eight to an A4 page."""
        title = language.say(N_("Cartes de badges"))
        facts = self._cards(language, title, [self._badge_card(badge, language) for badge in badges])
        return print_pdf("cards", facts, made_on)

    def passport(self, passport: Passport, language: Language = FRENCH) -> bytes:
        """« Mon passeport »: a cover with the contents, then a page for each badge; every badge is attached."""
        say = language.say
        title = say(N_("Mon passeport de badges"))
        name = passport.name or ""
        count = language.ngettext("%(count)s badge", "%(count)s badges", len(passport.badges))
        facts = self._document(language, title) | {
            "badges": [self._badge(badge, language) for badge in _told_apart(passport.badges)],
            "heading": title,
            "name": name,
            "count": count,
            "made": say(N_("Fait le %(day)s"), day=language.day(passport.made_on)),
            "contents": say(N_("Sommaire")),
            "entries": [
                {
                    "title": _title(badge, language),
                    "note": say(N_("%(issuer)s, le %(day)s"), issuer=badge.issuer, day=language.day(badge.issued_on)),
                }
                for badge in passport.badges
            ],
            "page": say(N_("page")),
            "use_heading": say(N_("Comment s’en servir")),
            "use": [
                say(N_("Chaque page est l’attestation d’un badge. Elle se montre seule ou avec les autres.")),
                say(N_("Le carré noir et blanc de chaque page ouvre sa vérification, sans compte.")),
                say(N_("Les badges eux-mêmes sont joints à ce PDF : ce sont eux que l’on vérifie en entier.")),
            ],
            "not_heading": say(N_("Ce qu’un badge n’est pas")),
            "not": say(wording.WHAT_IT_IS_NOT),
        }
        return print_pdf("passport", facts, passport.made_on)

    def criteria(self, entry: Entry, catalogue: Catalogue, language: Language = FRENCH) -> bytes:
        """One version of a badge to take to the workshop: what it asks, its rule, and columns to write in.

        ``catalogue`` gives the titles of the badges that are asked for before. The date of the file is that of the
        last change told in the version.
        """
        definition, around, say = entry.definition, entry.around, language.say
        title = wording.title(entry, definition, language)
        prerequisites = []
        for slug in definition.prerequisites:
            known = catalogue.latest(slug) if catalogue.versions(slug) else None
            prerequisites.append(wording.title(known, known.definition, language)["text"] if known else slug)
        level, meaning = wording.level(definition.level, language)
        validity = definition.validity_months
        columns = [
            N_("Essentiels"),
            N_("En plus"),
        ]
        address = self._addresses.criteria(definition.slug, definition.version)
        facts = self._document(language, _titled(language, N_("Critères"), title["text"])) | {
            "family": definition.family,
            "kind": say(N_("Fiche de critères")),
            "family_label": language.label(FAMILY_LABELS[definition.family]),
            "badge_title": title,
            "description": wording.description(entry, language),
            "picture": self._picture(entry),
            "facts": [
                {"label": say(N_("Niveau")), "value": level, "note": meaning},
                {"label": say(N_("Secteur")), "value": language.label(SECTOR_LABELS[around.sector]),
                 "note": ""},
                {"label": say(N_("Validité")), "value": say(N_("Sans limite")) if validity is None else
                 language.ngettext("%(count)s mois", "%(count)s mois", validity), "note": ""},
            ],
            "criteria_heading": say(N_("Critères, et quand ils ont été vus")),
            "columns": [say(N_("Critère")), say(N_("Vu le")), say(N_("Vu le")), say(N_("Par"))],
            "groups": [
                {
                    "name": say(name),
                    "criteria": [
                        {
                            "text": wording.criterion(entry, definition, asked, language),
                            "accepted": wording.accepted(asked, language),
                        }
                        for asked in group
                    ],
                }
                for name, group in zip(columns, (definition.essential, definition.optional), strict=True)
                if group
            ],
            "rule_heading": say(N_("Pour délivrer le badge")),
            "rule": wording.rule(definition, prerequisites, language),
            "alignments_heading": say(N_("Se rapporte à (n’équivaut pas à)")),
            "alignments": [
                {"framework": each.framework, "code": each.code, "label": wording.written_in(SOURCE, each.label)}
                for each in around.alignments
                if not each.framework.startswith("ESCO")
            ],
            "written_heading": say(N_("À écrire ici : des faits de travail")),
            "written": say(
                N_("Jamais de santé, de famille, de justice, d’origine, ni le nom d’une autre personne. "
                   "Une case vide veut dire « pas encore vu », jamais « non ».")
            ),
            "not": f"{say(wording.WHAT_IT_IS_NOT)} {language.not_reread}".rstrip(),
            "status": say(
                N_("%(title)s · version %(version)s · %(status)s"),
                title=title["text"],
                version=definition.version,
                status=language.label(STATUS_LABELS[around.status]),
            ),
            "link": address,
            "address": without_scheme(address),
            "qr": Drawing(qr.drawing(address)),
            "alt": say(N_("QR : il ouvre %(address)s"), address=without_scheme(address)),
        }  # fmt: skip
        days = [change.date for change in around.changelog]
        told = max(days) if days else entry.published_on
        made_on = datetime(told.year, told.month, told.day, tzinfo=UTC) if told else datetime(2026, 1, 1, tzinfo=UTC)
        return print_pdf("criteria", facts, made_on)

    def receipt(self, receipt: Receipt, language: Language = FRENCH) -> bytes:
        """What the service answered about some files, on that day; the signed receipt is attached."""
        say = language.say
        trust = receipt.trust
        facts = self._document(language, say(N_("Reçu de vérification"))) | {
            "heading": say(N_("Reçu de vérification")),
            "opening": wording.runs(
                language.message(N_("Le %(day)s à %(hour)s, %(service)s a vérifié et répondu :")),
                day=language.day(receipt.made_at),
                hour=language.hour(receipt.made_at),
                service=without_scheme(receipt.service),
            ),
            "results": [self._receipt_result(result, language) for result in receipt.results],
            "facts": [
                {"label": say(N_("Service")), "value": without_scheme(receipt.service)},
                {
                    "label": say(N_("Liste de confiance")),
                    "value": say(
                        N_("%(network)s, version %(version)s du %(day)s"),
                        network=trust[0],
                        version=trust[1],
                        day=language.day(trust[2]),
                    )
                    if trust
                    else say(N_("Aucune : les émetteurs n’ont pas pu être reconnus.")),
                },
                {"label": say(N_("Numéro du reçu")), "value": receipt.id, "exact": True},
            ],
            "beware_heading": say(N_("Un reçu n’est pas un badge")),
            "beware": [
                say(N_("Il dit ce que le service a répondu ce jour-là, pas ce qui est vrai aujourd’hui. "
                       "Le badge a pu être retiré depuis : vérifiez le fichier lui-même.")),
                say(N_("Il ne contient ni nom, ni e-mail, ni le badge.")),
                say(N_("Le reçu signé est joint à ce PDF. Pour le vérifier, donnez ce PDF à %(address)s."),
                    address=without_scheme(self._verifier())),
                *filter(None, [language.not_reread]),
            ],
            "attachments": [
                _attached(receipt.file_name, receipt.token.encode(), "application/jose", say(N_("Le reçu signé")))
            ],
        }  # fmt: skip
        return print_pdf("receipt", facts, receipt.made_at)

    # -- parts of papers --------------------------------------------------------------------------------------------

    def _document(self, language: Language, title: str) -> dict[str, Any]:
        return {"lang": language.primary, "title": title, "author": self._network}

    def _cards(self, language: Language, title: str, cards: Sequence[dict[str, Any]]) -> dict[str, Any]:
        advice = language.say(
            N_("Imprimez en taille réelle, sans ajuster à la page, puis coupez d’un repère à l’autre.")
        )
        return self._document(language, title) | {"cards": cards, "advice": advice}

    def _verifier(self) -> str:
        return f"{self._addresses.base_url}/verifier"

    def _badge(self, badge: Badge, language: Language) -> dict[str, Any]:
        say, definition = language.say, badge.definition
        essential, optional = wording.acquired(badge, language)
        return {
            **self._face(badge, language),
            "kind": say(wording.ATTESTATION_OF[definition.kind]),
            "statement": wording.runs(
                language.message(wording.ATTESTS[definition.kind]),
                issuer=badge.issuer,
                day=language.day(badge.issued_on),
                person=badge.name or say(wording.SOMEBODY),
            ),
            "facts": self._facts_of(badge, language),
            "criteria_heading": language.ngettext(
                "Le critère essentiel, acquis",
                "Les %(count)s critères essentiels, tous acquis",
                len(essential),
            ),
            "criteria": essential,
            "optional_heading": say(N_("Acquis en plus")),
            "optional": optional,
            "how_heading": say(N_("Comment cela a été vu")),
            "how": wording.how(definition, badge.record, language),
            "not_heading": say(N_("Ce que ce badge n’est pas")),
            "not": wording.what_it_is_not(definition, language),
            "verify": self._verify(badge, language),
            "attachments": [
                _attached(badge.file_name, badge.png, "image/png", say(N_("Le badge signé : le fichier à vérifier")))
            ],
        }

    def _face(self, badge: Badge, language: Language) -> dict[str, Any]:
        """What a badge looks like: its picture, its title, its family, what it says in simple words."""
        return {
            "family": badge.definition.family,
            "family_label": language.label(FAMILY_LABELS[badge.definition.family]),
            "badge_title": _title(badge, language),
            "simple": wording.simply(badge.entry, language),
            "picture": self._picture(badge.entry),
        }

    def _facts_of(self, badge: Badge, language: Language) -> list[dict[str, str]]:
        say = language.say
        level, meaning = wording.level(badge.definition.level, language)
        until = (
            say(N_("Jusqu’au %(day)s"), day=language.day(badge.expires)) if badge.expires else say(N_("Sans limite"))
        )
        return [
            {"label": say(N_("Niveau")), "value": level, "note": meaning},
            {"label": say(N_("Délivré le")), "value": language.day(badge.issued_on), "note": ""},
            {"label": say(N_("Validité")), "value": until, "note": ""},
        ]

    def _verify(self, badge: Badge, language: Language) -> dict[str, Any]:
        say = language.say
        definition, address = badge.definition, self._addresses.short(badge.code)
        return {
            "heading": say(N_("Vérifier, sans compte")),
            "steps": [
                say(N_("Scannez le carré, ou tapez cette adresse puis ce code : la page dit si le badge est bon.")),
                say(
                    N_("Pour la preuve entière, donnez ce PDF à %(address)s, ou le fichier qui y est joint : %(name)s"),
                    address=without_scheme(self._verifier()),
                    name=_bare(badge.file_name),
                ),
            ],
            "address": without_scheme(address.removesuffix(badge.code)),
            "link": address,
            "code": spaced(badge.code),
            "qr": Drawing(qr.drawing(self._addresses.short_prefix() + badge.code)),
            "alt": say(N_("QR de vérification : il ouvre %(address)s"), address=without_scheme(address)),
            "criteria": say(
                N_("Critères, version %(version)s : %(address)s"),
                version=definition.version,
                address=without_scheme(self._addresses.criteria(definition.slug, definition.version)),
            ),
            "not_reread": language.not_reread,
        }

    def _ceremony(self, sheet: Ceremony, language: Language) -> dict[str, Any]:
        say, badge = language.say, sheet.badge
        day = language.day(sheet.day or badge.issued_on)
        handed = wording.HANDED_OVER if sheet.name else wording.HANDED_OVER_TO_SOMEBODY
        where = (
            say(N_("À %(place)s, le %(day)s"), place=sheet.place, day=day)
            if sheet.place
            else sentence_of(day, language)
        )
        return {
            **self._face(badge, language),
            "name": sheet.name or "",
            "kind": say(wording.ATTESTATION_OF[badge.definition.kind]),
            "statement": wording.runs(language.message(handed), issuer=badge.issuer, person=sheet.name or ""),
            "where": where,
            "level": wording.level(badge.definition.level, language)[0],
            "signatures": [
                {"label": say(N_("Pour la structure")), "note": badge.issuer},
                {"label": say(N_("La personne")), "note": sheet.name or ""},
            ],
            "verify": self._verify(badge, language),
            "not": f"{say(wording.WHAT_IT_IS_NOT)} {language.not_reread}".rstrip(),
        }

    def _card(self, card: Card, language: Language) -> dict[str, Any]:
        say = language.say
        if card.secret_code:
            told = say(N_("Code secret : %(code)s. Ne donnez cette carte à personne."), code=card.secret_code)
        elif card.told_by:
            told = say(N_("Code secret : il vous est dit par %(who)s. Ne l’écrivez pas ici."), who=card.told_by)
        else:
            told = say(N_("Code secret : il vous est dit en personne. Ne l’écrivez pas ici."))
        return {
            "kind": "person",
            "label": say(N_("Mes badges")),
            "name": card.first_name,
            "address": card.address,
            "told": told,
            "lost": say(N_("Carte perdue ? Vos badges restent à vous : demandez une autre carte à %(structure)s."),
                        structure=card.structure),
            "qr": Drawing(qr.drawing(card.link)),
            "alt": say(N_("QR : il ouvre la page « Mes badges »")),
        }  # fmt: skip

    def _badge_card(self, badge: Badge, language: Language) -> dict[str, Any]:
        verify = self._verify(badge, language)
        return {
            **self._face(badge, language),
            "kind": "badge",
            "name": badge.name or "",
            "note": language.say(N_("%(issuer)s, le %(day)s"), issuer=badge.issuer, day=language.day(badge.issued_on)),
            "address": verify["address"],
            "code": verify["code"],
            "qr": verify["qr"],
            "alt": verify["alt"],
        }

    def _receipt_result(self, result: ReceiptResult, language: Language) -> dict[str, Any]:
        say = language.say
        told = [
            {"label": say(N_("Empreinte du fichier (SHA-256)")), "value": result.sha256, "exact": True},
            {
                "label": say(N_("Vérifié le")),
                "value": language.moment(result.verified_at),
            },
        ]
        if result.sources:
            address, read_at = result.sources[-1]
            told.append({"label": say(N_("Dernier document lu")), "value": without_scheme(address)})
            told.append({"label": say(N_("Lu le")), "value": language.moment(read_at)})
        return {
            "answer": result.answer,
            "word": say(wording.ANSWERS[result.answer]),
            "headline": result.headline,
            "facts": told,
        }

    def _picture(self, entry: Entry) -> dict[str, Any]:
        drawing = (entry.folder / "picture.svg").read_text("utf-8")
        return {
            # On white paper the picture needs no paper of its own.
            "svg": Drawing(_PAPER_OF_THE_PICTURE.sub("", drawing, count=1)),
            "alt": FRENCH.typeset(entry.around.picture_alt),
        }


def without_scheme(address: str) -> str:
    """As one types it: « badges.exemple.fr/b/ »."""
    return address.removeprefix("https://").removeprefix("http://")


def sentence_of(day: str, language: Language) -> str:
    return language.say(N_("Le %(day)s"), day=day)


def _attached(name: str, content: bytes, media_type: str, description: str) -> dict[str, Any]:
    """A file inside the PDF: what the paper was made from (ISO 19005-3, ``AFRelationship``)."""
    return {
        "name": _bare(name),
        "bytes": content,
        "type": media_type,
        "relationship": "source",
        "description": description,
    }


def _bare(name: str) -> str:
    """A file name that is a name on every system, and no path."""
    return re.sub(r'[\\/:*?"<>|]+', "-", name)


def _told_apart(badges: Sequence[Badge]) -> list[Badge]:
    """The same badges with a file name for each: a name that comes again takes the badge’s code."""
    seen: set[str] = set()
    told = []
    for badge in badges:
        if badge.file_name in seen:
            stem, dot, form = badge.file_name.rpartition(".")
            badge = replace(badge, file_name=f"{stem}-{badge.code}{dot}{form}")
        seen.add(badge.file_name)
        told.append(badge)
    return told


def _title(badge: Badge, language: Language) -> dict[str, str]:
    return wording.title(badge.entry, badge.definition, language)


def _titled(language: Language, message: str, title: str) -> str:
    return (
        language.typeset(f"{language.say(message)} : {title}")
        if language.is_source
        else f"{language.say(message)}: {title}"
    )
