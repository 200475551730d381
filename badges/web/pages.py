"""How any room shows a page: ``pages.render(request, "verify/report.html", report=report)``.

A room keeps its templates in ``badges/<room>/templates/<room>/`` and its scripts in ``badges/<room>/static/``; every
page extends ``web/base.html``. An undefined variable fails the page, so that a test sees it before a person does.

In every template:

``_("…")``, ``ngettext``, ``{% trans %}``   French as it is typed; printed with French typography, or translated
``text|typo``          the same typography for French text that comes from data (a criterion, a title)
``label|say``          a :class:`~badges.catalogue.taxonomy.Label` in the language of the page
``moment|day``         20 novembre 2026; takes a datetime (shown in Paris), a date, or an ISO 8601 text
``moment|hour``        9 h 05, in Paris; takes a datetime or an ISO 8601 text
``text|month``         octobre 2026, from ``2026-10``
``number|number``      1 234 with the thin space
``static("name.css")`` the address of a static file
``sentence|said``      a sentence that the code chose, translated; whatever it holds is text
``page``               :class:`Page`: language, path, links to the other languages; ``site``: :class:`Site`
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import jinja2
import orjson
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from ..catalogue.library import Entry
from ..clock import in_paris
from ..typography import N_, Filled, french
from . import languages
from .static import Static

LANGUAGE_NAMES = {"fr": "Français", "fr-simple": "Français simple", "en": "English", "ar": "العربية"}
LANGUAGE_COOKIE = "langue"
NOT_IN_THIS_LANGUAGE = N_("Cette page n’est pas encore traduite : elle est en français.")
_LOCALES = {"en": "en_GB", "fr-simple": "fr"}
_YEAR_IN_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Site:
    """What every page says of its deployment."""

    product: str
    network: str
    base_url: str
    demo: bool


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """A link to the same page in another language."""

    code: str
    name: str
    address: str

    @property
    def tag(self) -> str:
        """As ``lang`` says it: simple French is French."""
        return languages.tag(self.code)


@dataclass(frozen=True, slots=True)
class Page:
    """What a template knows of the page being shown."""

    language: str
    path: str
    others: tuple[OtherLanguage, ...]
    asked: str = ""
    """The language that was asked for, where this page is not in it yet: the page then is in French, and says so."""
    reread: bool = True
    """Whether somebody whose language it is read these words again."""

    @property
    def tag(self) -> str:
        return languages.tag(self.language)

    @property
    def direction(self) -> str:
        return languages.direction(self.language)

    def within(self, address: str) -> bool:
        """Whether this page stands under ``address``; the menu marks where one is."""
        return self.path == address or self.path.startswith(address + "/")


class Pages:
    """The pages of one deployment. Reads templates, translations and static files when built, then only renders."""

    def __init__(
        self,
        *,
        product: str = "Badges IAE",
        network: str = "",
        base_url: str = "",
        demo: bool = False,
        language: str = languages.SOURCE,
        package: Path = languages.PACKAGE,
    ) -> None:
        self.site = Site(product=product, network=network, base_url=base_url.rstrip("/"), demo=demo)
        self.static = Static(sorted(path for path in package.glob("*/static") if path.is_dir()))
        self._translations = languages.available()
        self._words = languages.catalogue_words()
        if language not in self._translations:
            raise ValueError(f"a language among {', '.join(self._translations)} expected, {language} found")
        self._default = language
        folders = sorted(path for path in package.glob("*/templates") if path.is_dir())
        self._environments = {
            code: self._environment(code, folders, translations) for code, translations in self._translations.items()
        }

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._translations)

    def translations(self, language: str) -> gettext.NullTranslations:
        """What the pages of this language are made with, for what is printed beside them."""
        return self._translations[language]

    def words(self, language: str) -> Mapping[str, str]:
        """The titles and simple sentences of the catalogue in this language, by their French."""
        return self._words.get(language, {})

    def language(self, request: Request) -> str:
        """The language asked for by ``?lang=``, else by the cookie, else by the browser, else the deployment's."""
        for asked in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
            if asked in self._translations:
                return asked
        return _preferred(request.headers.get("accept-language", ""), self._translations) or self._default

    def sentence(self, language: str, message: str) -> str:
        """A sentence of the code (marked ``N_``) in the language of the reader."""
        return self._translations[language].gettext(message)

    def render(
        self,
        request: Request,
        template: str,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """The page. Raises jinja2's UndefinedError when a value that the template needs was not given."""
        asked = self.language(request)
        language = asked if self._translations[asked].covers(template) else languages.SOURCE
        page = Page(
            language,
            request.url.path,
            self._other_languages(request, language),
            asked=asked if asked != language else "",
            reread=self._translations[language].reread,
        )
        html = self._environments[language].get_template(template).render(page=page, **values)
        response = HTMLResponse(html, status_code=status, headers=headers)
        response.headers["Content-Language"] = languages.tag(language)
        response.headers.add_vary_header("Accept-Language")
        response.headers.add_vary_header("Cookie")
        response.headers.setdefault("Cache-Control", "no-cache")
        if request.query_params.get("lang") == asked:
            response.set_cookie(
                LANGUAGE_COOKIE,
                asked,
                max_age=_YEAR_IN_SECONDS,
                httponly=True,
                samesite="lax",
                secure=self.site.base_url.startswith("https:"),
            )
        return response

    def _other_languages(self, request: Request, language: str) -> tuple[OtherLanguage, ...]:
        kept = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name != "lang"]
        return tuple(
            OtherLanguage(code, LANGUAGE_NAMES.get(code, code), "?" + urlencode([*kept, ("lang", code)]))
            for code in self._translations
            if code != language
        )

    def _environment(self, language: str, folders: list[Path], translations: Any) -> jinja2.Environment:
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_callables(  # type: ignore[attr-defined]
            translations.gettext, translations.ngettext, newstyle=True
        )
        usual: Any = environment.globals["gettext"]
        environment.globals["gettext"] = _what_is_filled_in_is_text(usual, translations.gettext)
        locale = Locale.parse(_LOCALES.get(language, language))
        environment.globals.update(
            site=self.site,
            static=self.static.address,
            language_names=LANGUAGE_NAMES,
            not_in_this_language=NOT_IN_THIS_LANGUAGE,
        )
        environment.filters.update(
            typo=_typo,
            said=translations.gettext,
            say=lambda label: getattr(label, language, None) or translations.gettext(label.fr),
            titled=lambda entry: words_of_catalogue(entry, language, self._words)[0],
            simply=lambda entry: words_of_catalogue(entry, language, self._words)[1],
            in_language=lambda message, code: self._translations[code].gettext(message),
            day=lambda moment: day_in_full(moment, locale),
            month=lambda text: _month_in_full(text, locale),
            hour=lambda moment: _hour(moment, locale),
            number=lambda value: format_decimal(value, locale=locale),
            pretty_json=lambda value: orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),
            spaced_code=spaced_code,
        )
        if languages.tag(language) == languages.SOURCE:
            environment.filters["say"] = lambda label: french(label.fr)
        return environment


class InLanguage(NamedTuple):
    """Some words, and the language that they are in."""

    text: str
    lang: str


def words_of_catalogue(entry: Entry, language: str, known: Mapping[str, Mapping[str, str]]) -> tuple[InLanguage, ...]:
    """The title and the simple sentence of a badge, each in this language where it is translated, else in French."""
    translation, words = entry.around.translations.get(language), known.get(language, {})
    title, simple = entry.definition.title, entry.around.simple
    told = (translation.title if translation else words.get(title, ""), words.get(simple, ""))
    tag = languages.tag(language)
    return tuple(
        InLanguage(translated, tag) if translated else InLanguage(source, languages.SOURCE)
        for translated, source in zip(told, (title, simple), strict=True)
    )


def day_in_full(moment: datetime | date | str, locale: Locale) -> str:
    """« 20 novembre 2026 », « 1er mars 2027 »: the day it was in Paris."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment) if "T" in moment else date.fromisoformat(moment)
    if isinstance(moment, datetime):
        moment = in_paris(moment).date()
    text = format_date(moment, "d MMMM y", locale=locale)
    return "1er" + text[1:] if locale.language == "fr" and moment.day == 1 else text


def _hour(moment: datetime | str, locale: Locale) -> str:
    moment = in_paris(datetime.fromisoformat(moment) if isinstance(moment, str) else moment)
    return f"{moment.hour}\u00a0h\u00a0{moment.minute:02}" if locale.language == "fr" else f"{moment:%H:%M}"


def spaced_code(code: str) -> str:
    """``7K3M 9QXT 2B4F``: a short code as people read it aloud."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _month_in_full(text: str, locale: Locale) -> str:
    return format_date(date.fromisoformat(f"{text}-01"), "MMMM y", locale=locale)


def _typo(text: str | Markup) -> str | Markup:
    return Markup(french(str(text))) if isinstance(text, Markup) else Markup(escape(french(text)))  # noqa: S704


def _what_is_filled_in_is_text(gettext: Callable[..., str], translate: Callable[[str], str]) -> Callable[..., str]:
    """Jinja takes what is translated for HTML, and its ``%`` for places to fill: true of what we wrote, and of a
    sentence that holds what somebody typed, false."""

    @jinja2.pass_context
    def say(context: jinja2.runtime.Context, message: str, **values: Any) -> str:
        if isinstance(message, Filled):
            return escape(translate(message))
        return gettext(context, message, **values)

    return say


def _preferred(header: str, known: Mapping[str, Any]) -> str | None:
    """The first known language of an Accept-Language header, by its weights; nothing is refused, only ignored."""
    weighted = []
    for position, part in enumerate(header[:200].split(",")):
        tag, _, weight = part.partition(";q=")
        try:
            weighted.append((-float(weight or 1), position, tag.strip().lower().split("-")[0]))
        except ValueError:
            continue
    return next((tag for weight, _, tag in sorted(weighted) if tag in known and weight < 0), None)
