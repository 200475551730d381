"""The door to the world: every document of the standard at its own address, as JSON-LD or as a page.

One address, two readers: a program gets ``application/ld+json`` (``application/json`` if it takes nothing else), a
browser the same document as a French page. Anyone may read them from any site (CORS), and ask whether they changed
(ETag). The addresses are in :mod:`badges.addresses`; the documents in :mod:`.documents`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from ..addresses import Addresses
from ..catalogue.vocabulary import published as vocabulary
from ..errors import NotFound
from ..web.pages import Pages
from . import documents
from .assertion import payload_of
from .endorsing import Endorsing
from .issuer import Issuer, IssuerProfile
from .wording import refusal

JSON_LD = "application/ld+json"
JOSE = "application/jose"
MINUTE, HOUR, DAY = 60, 3600, 86_400
REVOCATIONS_MAX_AGE = MINUTE
"""At most five minutes: ``security.md``, §7."""

READ = ["GET", "HEAD"]


def revocation_list(issuer: Issuer, profile: str) -> dict[str, Any]:
    """The revocation list of a Profile as it is now: also what a bundle snapshots."""
    return documents.revocation_list(profile, issuer.list_revocations(profile), issuer.desk.addresses)


@dataclass(frozen=True, slots=True)
class Document:
    """A document ready to be sent: worked out once, then only compared and copied."""

    value: dict[str, Any]
    body: bytes
    etag: str

    @classmethod
    def of(cls, value: dict[str, Any]) -> Document:
        body = orjson.dumps(value)
        return cls(value, body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def router(issuer: Issuer, endorsing: Endorsing, addresses: Addresses, pages: Pages) -> APIRouter:
    """``/issuers/…``, ``/assertions/{uuid}``, ``/endorsers/…``, ``/endorsements/…`` and ``/contexts/…``."""
    router = APIRouter(include_in_schema=False)

    def require_profile(profile: str) -> IssuerProfile:
        found = issuer.find_profile(profile)
        if found is None:
            raise refusal(NotFound, "unknown")
        return found

    @lru_cache(maxsize=4096)
    def badge_class_with(profile: str, slug: str, version: str, endorsed: tuple[str, ...]) -> Document:
        return Document.of(documents.badge_class(profile, issuer.require_published(slug, version), addresses, endorsed))

    def badge_class_document(profile: str, slug: str, version: str) -> Document:
        return badge_class_with(profile, slug, version, endorsing.named_by_badge(profile, slug, version))

    @lru_cache(maxsize=1024)
    def revocation_document(profile: str, version: int) -> Document:
        """``version`` is the number of revocations: a new one is a new document, in every process at once."""
        return Document.of(revocation_list(issuer, profile))

    @router.api_route("/issuers/{profile}", methods=READ)
    def profile(request: Request, profile: str) -> Response:
        found = require_profile(profile)
        named = endorsing.named_by_profile(profile, found.structure.id)
        has_logo = issuer.has_logo(found.structure.id)
        document = Document.of(documents.profile(found, addresses, named, has_logo=has_logo))
        return answer(request, document, HOUR, lambda: show_profile(request, found, document))

    def show_profile(request: Request, found: IssuerProfile, document: Document) -> Response:
        return page(request, "profile", document, supports=endorsing.of_structure(found.structure.id))

    @router.api_route("/issuers/{profile}/image", methods=READ)
    def logo(request: Request, profile: str) -> Response:
        picture = issuer.find_logo(require_profile(profile).structure.id)
        if picture is None:
            raise refusal(NotFound, "unknown")
        return Response(picture, media_type="image/png", headers={"Cache-Control": "public, max-age=3600"})

    @router.api_route("/issuers/{profile}/key", methods=READ)
    def key(request: Request, profile: str) -> Response:
        return answer(request, Document.of(documents.key(require_profile(profile), addresses)), HOUR, None)

    @router.api_route("/issuers/{profile}/revocations", methods=READ)
    def revocations(request: Request, profile: str) -> Response:
        found = require_profile(profile)
        document = revocation_document(profile, issuer.count_revocations(profile))
        name = found.structure.name
        return answer(
            request, document, REVOCATIONS_MAX_AGE, lambda: page(request, "revocations", document, issuer_name=name)
        )

    @router.api_route("/issuers/{profile}/badges/{slug}/{version}", methods=READ)
    def badge_class(request: Request, profile: str, slug: str, version: str) -> Response:
        found = require_profile(profile)
        document = badge_class_document(profile, slug, version)
        name = found.structure.name
        return answer(request, document, HOUR, lambda: show_badge_class(request, name, document, slug, version))

    def show_badge_class(request: Request, name: str, document: Document, slug: str, version: str) -> Response:
        supports = endorsing.of_badge(slug, version)
        return page(request, "badge_class", document, issuer_name=name, supports=supports)

    @router.api_route("/assertions/{uuid}", methods=READ)
    def assertion(request: Request, uuid: str) -> Response:
        view = issuer.find_hosted_twin(uuid)
        if view is None or not view.kept:
            raise refusal(NotFound, "unknown")
        if view.revocation is not None:
            gone = Document.of(documents.revoked_twin(view, addresses))
            return answer(request, gone, 0, None, status=410)
        signed = payload_of(issuer.require_token(uuid))
        document = Document.of(documents.hosted_twin(signed, uuid, addresses))
        award = view.award
        found = require_profile(award.profile)
        return answer(
            request,
            document,
            0,
            lambda: page(
                request,
                "assertion",
                document,
                badge_class=badge_class_document(award.profile, award.slug, award.version).value,
                issuer_name=found.structure.name,
            ),
        )

    @router.api_route("/endorsers/{endorser}", methods=READ)
    def endorser(request: Request, endorser: str) -> Response:
        document = Document.of(endorsing.profile(endorsing.require_endorser(endorser)))
        return answer(request, document, HOUR, lambda: page(request, "endorser", document))

    @router.api_route("/endorsers/{endorser}/key", methods=READ)
    def endorser_key(request: Request, endorser: str) -> Response:
        return answer(request, Document.of(endorsing.key(endorsing.require_endorser(endorser))), HOUR, None)

    @router.api_route("/endorsers/{endorser}/revocations", methods=READ)
    def endorser_revocations(request: Request, endorser: str) -> Response:
        document = Document.of(endorsing.revocation_list(endorsing.require_endorser(endorser)))
        return answer(request, document, REVOCATIONS_MAX_AGE, None)

    @router.api_route("/endorsements/{endorsement}/{profile}", methods=READ)
    def endorsement(request: Request, endorsement: str, profile: str) -> Response:
        token = endorsing.require_token(endorsement, profile)
        if JOSE in request.headers.get("accept", ""):
            return _signed(request, token)
        said = Document.of(payload_of(token))
        support = endorsing.require_support(endorsement)
        stands = support.stands(issuer.desk.now())
        return answer(
            request,
            said,
            REVOCATIONS_MAX_AGE,
            lambda: page(request, "endorsement", said, support=support, stands=stands, token=token),
        )

    def page(request: Request, name: str, document: Document, **values: Any) -> Response:
        return pages.render(request, f"published/{name}.html", document=document.value, **values)

    for address, body in vocabulary(addresses).items():
        path = address.removeprefix(addresses.base_url)
        media_type = "application/schema+json" if path.endswith(".schema.json") else JSON_LD
        router.add_api_route(path, _constant(body, media_type), methods=READ)
    return router


def _signed(request: Request, token: str) -> Response:
    """For readers that verify: the signature itself, which never changes."""
    response = _constant(token.encode(), JOSE)(request)
    response.headers["Vary"] = "Accept"
    return response


def answer(
    request: Request,
    document: Document,
    max_age: int,
    page: Callable[[], Response] | None,
    *,
    status: int = 200,
) -> Response:
    """The document in the form that the caller reads best, or 304 when they have it already."""
    media_type = preferred(request.headers.get("accept", ""), html=page is not None)
    headers = {
        "Cache-Control": f"public, max-age={max_age}" if max_age else "no-cache",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if media_type == "text/html" and page is not None:
        response = page()
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers.add_vary_header("Accept")
        return response
    headers |= {"ETag": document.etag, "Vary": "Accept"}
    if status == 200 and matches(request.headers.get("if-none-match", ""), document.etag):
        return Response(status_code=304, headers=headers)
    return Response(document.body, status_code=status, media_type=media_type, headers=headers)


def matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110 §13.1.2: a list of tags, weak ones counted as equal, or ``*``."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match[:2000].split(",")}
    return etag in tags or "*" in tags


def preferred(accept: str, *, html: bool) -> str:
    """``text/html``, ``application/json`` or ``application/ld+json``, which wins where nothing is said.

    Standard, "Setting Content-Type": ``application/json`` only for those who take nothing else of ours.
    """
    weights: dict[str, float] = {}
    for part in accept[:1000].split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            weights[name] = float(weight)
        except ValueError:
            continue
    anything = max(weights.get("*/*", 0.0), weights.get("application/*", 0.0))
    linked, plain = weights.get(JSON_LD, 0.0), weights.get("application/json", 0.0)
    if html and weights.get("text/html", 0.0) > max(linked, plain, anything):
        return "text/html"
    return "application/json" if plain > 0 and not linked and not anything else JSON_LD


def _constant(body: bytes, media_type: str) -> Callable[[Request], Response]:
    """A document that never changes at its address."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={DAY}",
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }

    def constant(request: Request) -> Response:
        if matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    return constant
