"""``/api/docs``: the API for people who write programs, read from its OpenAPI description once.

The page adds an order, a short introduction and one whole example; every other word is in the description, where the
routes put it. :func:`install` completes that description first: refusals are problem documents, whatever route made
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from ..catalogue import taxonomy
from ..clock import Clock
from ..typography import N_
from .pages import Pages

PROBLEM = "application/problem+json"
METHODS = ("get", "post")
SEEN_DAYS_AGO = (14, 3)
"""When the work of the example was observed: two different days, always recent."""

GROUPS: Mapping[str, tuple[str, str]] = {
    "verify": (N_("Vérifier"), N_("Tout badge, de tout émetteur. Sans jeton.")),
    "structures": (N_("Votre structure et son équipe"), N_("Ce que le jeton ouvre.")),
    "personnes": (N_("Les personnes"), N_("Celles à qui un badge est délivré, et leur lien personnel.")),
    "observations": (N_("Les observations"), N_("Des faits positifs et datés ; la règle les compte.")),
    "propositions": (N_("Les propositions"), N_("Un dossier : des décisions, la parole de la personne, un regard.")),
    "badges": (N_("Les badges"), N_("Délivrer, télécharger, retirer, corriger.")),
    "lots": (N_("Les lots"), N_("Une session entière en une fois : tout est contrôlé avant que rien ne soit signé.")),
}
"""Tag of the description → its title on the page, and one line. In the order of the work."""

KINDS = {
    "string": N_("texte"),
    "integer": N_("nombre entier"),
    "boolean": N_("vrai ou faux"),
    "object": N_("objet"),
    "array": N_("liste"),
    "date": N_("date"),
    "date-time": N_("instant"),
    "binary": N_("fichier"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """One parameter, or one member of a body. ``kind`` is a key of :data:`KINDS`."""

    name: str
    kind: str
    required: bool
    words: str
    choices: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A body that the service accepts; ``value`` as text where the media type is text."""

    media_type: str
    value: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What may come back."""

    status: int
    words: str
    media_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing to ask of the API."""

    name: str
    method: str
    path: str
    summary: str
    words: str
    needs_token: bool
    parameters: tuple[Member, ...]
    body: tuple[Member, ...]
    media_types: tuple[str, ...]
    examples: tuple[Example, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one tag."""

    tag: str
    title: str
    words: str
    operations: tuple[Operation, ...]


def install(app: FastAPI, pages: Pages, clock: Clock) -> None:
    """Complete the description of ``app`` and open the page. After the last router: the description is read once."""
    described = app.openapi

    @cache
    def openapi() -> dict[str, Any]:
        return completed(described())

    app.openapi = openapi  # type: ignore[method-assign]
    app.include_router(router(pages, openapi, clock))


def router(pages: Pages, openapi: Callable[[], Mapping[str, Any]], clock: Clock) -> APIRouter:
    """The page; ``openapi`` is asked when somebody reads it first."""
    router = APIRouter(include_in_schema=False)
    groups = cache(lambda: tuple(read(openapi())))

    @router.api_route("/api/docs", methods=["GET", "HEAD"])
    def docs(request: Request) -> Response:
        today = clock.now().date()
        return pages.render(
            request,
            "web/api_docs.html",
            groups=groups(),
            kinds=KINDS,
            days=[(today - timedelta(days=ago)).isoformat() for ago in SEEN_DAYS_AGO],
            labels=taxonomy,
        )

    return router


def completed(description: dict[str, Any]) -> dict[str, Any]:
    """The description with every refusal as a problem document, and its tags in order."""
    for _, _, operation in _operations(description):
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")):
                answer["content"] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    description["tags"] = [{"name": tag, "description": words} for tag, (_, words) in GROUPS.items()]
    return description


def read(description: Mapping[str, Any]) -> Iterator[Group]:
    """The groups, each with its operations in the order of the description."""
    found = list(_operations(description))
    for tag, (title, words) in GROUPS.items():
        operations = tuple(
            _operation(path, method, operation, description)
            for path, method, operation in found
            if tag in operation["tags"]
        )
        if operations:
            yield Group(tag, title, words, operations)


def _operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method in METHODS:
            if method in methods:
                yield path, method, methods[method]


def _operation(path: str, method: str, operation: Mapping[str, Any], description: Mapping[str, Any]) -> Operation:
    content = operation.get("requestBody", {}).get("content", {})
    body = [_resolved(each["schema"], description) for each in content.values() if "schema" in each]
    shown = next((schema for schema in body if "properties" in schema), {})
    return Operation(
        name=f"{method}-{path.removeprefix('/api/v1/').replace('/', '-').replace('{', '').replace('}', '')}",
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        words=operation.get("description", ""),
        needs_token=bool(operation.get("security")),
        parameters=tuple(_parameter(each, description) for each in operation.get("parameters", ())),
        body=tuple(_members(shown, description)),
        media_types=tuple(content),
        examples=tuple(_examples(content, description)),
        answers=tuple(
            Answer(int(status), answer["description"], tuple(answer.get("content", {})))
            for status, answer in operation["responses"].items()
        ),
    )


def _resolved(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference stands for; for « this or null », this."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _resolved(description["components"]["schemas"][name], description)
    alternatives = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**_resolved(alternatives[0], description), **schema} if alternatives else schema


def _parameter(parameter: Mapping[str, Any], description: Mapping[str, Any]) -> Member:
    schema = _resolved(parameter["schema"], description)
    words = parameter.get("description", "")
    return Member(parameter["name"], _kind(schema), parameter["required"], words, place=parameter["in"])


def _members(schema: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[Member]:
    required = schema.get("required", ())
    for name, given in schema.get("properties", {}).items():
        member = _resolved(given, description)
        choices = tuple(map(str, member.get("enum", ())))
        yield Member(name, _kind(member), name in required, given.get("description", ""), choices)


def _kind(schema: Mapping[str, Any]) -> str:
    named = schema.get("format", "")
    return named if named in KINDS else str(schema.get("type", "string"))


def _examples(content: Mapping[str, Any], description: Mapping[str, Any]) -> Iterator[Example]:
    for media_type, each in content.items():
        if "example" in each:
            yield Example(media_type, each["example"])
        elif "schema" in each:
            for value in _resolved(each["schema"], description).get("examples", ()):
                yield Example(media_type, value)
