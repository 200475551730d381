"""Mon passeport: the badges that the person chose, as one PDF, and as one ZIP that needs nothing of ours to be read.

Made when asked, from the signed badges: the same choice gives the same bytes each time.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

import orjson

from ..issuer.assertion import RECIPIENT_PROFILE_TERM, payload_of
from ..paper.facts import Badge, Passport
from ..paper.language import FRENCH, Language
from ..typography import french
from ..web import languages
from .door import Room, file_name
from .shelf import HeldBadge


def attestation(room: Room, badge: HeldBadge, language: str) -> bytes:
    """One page for one badge, the badge inside (:meth:`badges.paper.press.Press.attestation`)."""
    return room.press.attestation(_on_paper(room, badge), language_of_paper(room, language))


def as_pdf(room: Room, badges: Sequence[HeldBadge], language: str) -> bytes:
    pages = tuple(_on_paper(room, badge) for badge in badges)
    names = {page.name for page in pages}
    name = names.pop() if len(names) == 1 else None
    return room.press.passport(Passport(pages, made_on=_made_on(badges), name=name), language_of_paper(room, language))


def as_zip(room: Room, badges: Sequence[HeldBadge], language: str) -> bytes:
    """A page that lists them, the files of each, and two descriptions that CV tools read."""
    out, made_on = io.BytesIO(), _made_on(badges)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:

        def put(name: str, body: bytes | str) -> None:
            member = zipfile.ZipInfo(name, made_on.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, body)

        put("mes-badges.html", _list(room, badges))
        put("mon-passeport-de-badges.pdf", as_pdf(room, badges, language))
        for badge in badges:
            for form in ("png", "svg"):
                put(f"badges/{_stem(badge)}.{form}", room.picture(badge, form))
            put(f"badges/{_stem(badge)}.pdf", attestation(room, badge, language))
        put("cv/json-resume.json", _json(json_resume(room, badges)))
        put("cv/europass.json", _json(europass(room, badges)))
    return out.getvalue()


def name_in(token: str) -> str | None:
    """The name that the person asked to have in the badge."""
    profile = payload_of(token).get(RECIPIENT_PROFILE_TERM)
    name = profile.get("name") if isinstance(profile, dict) else None
    return name if isinstance(name, str) else None


def json_resume(room: Room, badges: Sequence[HeldBadge]) -> dict[str, Any]:
    """JSON Resume 1.0 (https://jsonresume.org/schema): each badge among ``certificates``, its criteria among
    ``skills``. The word is the format's: a badge is no certificate, and the summary says so."""
    return {
        "$schema": "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json",
        "basics": {"summary": WHAT_THEY_ARE},
        "certificates": [
            {
                "name": badge.title,
                "date": badge.issued_on.date().isoformat(),
                "issuer": badge.issuer_name,
                "url": room.addresses.short(badge.code),
            }
            for badge in badges
        ],
        "skills": [
            {"name": badge.title, "keywords": [criterion.text for criterion in badge.entry.definition.essential]}
            for badge in badges
        ],
        "meta": {"lastModified": _made_on(badges).isoformat(), "version": "v1.0.0"},
    }


def europass(room: Room, badges: Sequence[HeldBadge]) -> dict[str, Any]:
    """The shape of the Europass CV (Europass XML and JSON 3.x, ``LearnerInfo/Achievement``), without an identity: who
    imports it adds it to their own CV."""
    return {
        "SkillsPassport": {
            "Locale": "fr",
            "DocumentInfo": {
                "DocumentType": "ECV",
                "CreationDate": _made_on(badges).isoformat(),
                "XSDVersion": "V3.4",
                "Generator": room.pages.site.product,
                "Comment": WHAT_THEY_ARE,
            },
            "LearnerInfo": {
                "Achievement": [
                    {
                        "Title": {"Label": "Badge de compétence (Open Badge 2.0)"},
                        "Description": f"{badge.title} — {badge.issuer_name}, {badge.issued_on.date().isoformat()}. "
                        f"{badge.entry.definition.description} {room.addresses.short(badge.code)}",
                    }
                    for badge in badges
                ]
            },
        }
    }


WHAT_THEY_ARE = (
    "Déclarations datées de structures de l’insertion par l’activité économique sur un travail observé. "
    "Ce ne sont ni des diplômes, ni des CQP, ni des CACES, ni des certificats de santé."
)

_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mes badges</title>
</head>
<body>
<h1>Mes badges</h1>
<p>{what}</p>
<p>Chaque image contient le badge signé. Elle se vérifie sur {verify}.</p>
<ul>
{lines}
</ul>
</body>
</html>
"""
_LINE = """<li>
<h2>{title}</h2>
<p>{simple}</p>
<p>Donné par {issuer}, le {day}. {until}</p>
<p>Fichiers : <a href="badges/{stem}.png">image (PNG)</a>, <a href="badges/{stem}.svg">image à imprimer (SVG)</a>,
<a href="badges/{stem}.pdf">attestation (PDF)</a>.</p>
<p>Code : {code} (<a href="{address}">{address}</a>)</p>
</li>"""


def _list(room: Room, badges: Sequence[HeldBadge]) -> str:
    """A page that any browser opens, now and in twenty years: in French, like the badges."""
    lines = [
        _LINE.format(
            title=escape(french(badge.title)),
            simple=escape(french(badge.entry.around.simple)),
            issuer=escape(french(badge.issuer_name)),
            day=FRENCH.day(badge.issued_on),
            until=f"Valable jusqu’au {FRENCH.day(badge.expires)}." if badge.expires else "Sans limite.",
            stem=_stem(badge),
            code=badge.code,
            address=escape(room.addresses.short(badge.code)),
        )
        for badge in badges
    ]
    return _PAGE.format(
        what=escape(WHAT_THEY_ARE), verify=escape(room.addresses.base_url + "/verifier"), lines="\n".join(lines)
    )


def _on_paper(room: Room, badge: HeldBadge) -> Badge:
    token, png = room.issuer.require_token(badge.uuid), room.picture(badge, "png")
    return Badge.read(token, png, entry=badge.entry, issuer=badge.issuer_name, file_name=file_name(badge, "png"))


def language_of_paper(room: Room, language: str) -> Language:
    """The words of a paper, and those of the catalogue, as the pages of this language have them."""
    if language == languages.SOURCE:
        return FRENCH
    return Language(language, room.pages.translations(language), room.pages.words(language))


def _made_on(badges: Sequence[HeldBadge]) -> datetime:
    """The day of the last badge, so that the same choice is the same file."""
    return max(badge.issued_on for badge in badges)


def _stem(badge: HeldBadge) -> str:
    """Two badges of one title and one day have two names."""
    return f"{file_name(badge, '').rstrip('.')}-{badge.code[:4].lower()}"


def _json(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
