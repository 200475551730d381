"""The web application, put together: ``create_app(settings)``. Routes live in their rooms; here they meet.

What runs beside the requests: confirmed batches are signed, the day's awards committed, and the trust list signed again
before it grows stale.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request, Response

from . import __version__
from .clock import Clock
from .deployment import Deployment
from .errors import NotFound, TrustError
from .issuer import api as issuer_api
from .issuer import publishing
from .issuer.accounts import Accounts
from .issuer.beside import going_on
from .issuer.delivered import Deliveries
from .issuer.network import Network
from .issuer.post import Postman
from .issuer.runner import Runner
from .issuer.storage import AuditLine
from .issuer.team import (
    account,
    asked,
    awards,
    batch_papers,
    batches,
    connect,
    drafting,
    endorsing,
    entry,
    evidence,
    figures,
    history,
    joining,
    looks,
    notices,
    noting,
    people,
    proposals,
    structure,
    structures,
    testimony,
)
from .issuer.team import catalogue as catalogue_pages
from .issuer.team.door import Team
from .own_documents import OwnDocuments
from .settings import Settings
from .verify import api as verify_api
from .verify import learning, offline_page, receipt_page
from .verify import page as verify_page
from .verify.archive import Given
from .verify.desk import Desk
from .verify.fetcher import CachingFetcher, Limits, SafeFetcher
from .verify.receipt import Receipts
from .verify.reception import MAX_BODY as MAX_UPLOAD
from .verify.tally import Tally
from .verify.verifier import Policy, Verifier
from .web import api_docs, criteria, errors, home, law, limits
from .web.bodies import MIB, BodyLimit
from .web.pages import Pages
from .web.presence import Counted, Presence
from .web.security import SecurityHeaders
from .worker import routes as worker
from .worker.door import Room
from .worker.shelf import HeldBadge, find_by_code

TEAM_PAGES = (entry, joining, account, structure, people, noting, proposals, looks, asked, evidence, testimony)
"""The pages of the staff: each is a module with ``router(team)``."""

BESIDE_EVERY = 60.0
"""Seconds between two looks at what runs beside the requests."""
RENEW_BEFORE = timedelta(days=3)
BUNDLE_AGE = timedelta(minutes=5)


def create_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """One deployment as an ASGI application. Opens its register; raises :class:`BadgesError` when it cannot."""
    deployment = Deployment(settings, clock)
    pages = Pages(product=settings.product, network=settings.network, base_url=settings.base_url, demo=settings.demo)
    presence = Presence()
    runner = Runner(deployment.issuer.batches, presence.anybody)
    tally = Tally(deployment.home.verifications, deployment.clock)
    app = FastAPI(
        title=settings.product,
        version=__version__,
        description="Délivrer et vérifier des badges dont chacun peut rejouer les critères.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        redirect_slashes=False,  # its target would be whatever Host the request named (W13)
        lifespan=_beside(deployment, runner, tally),
    )
    catalogue, addresses = deployment.catalogue, deployment.addresses
    allowances = limits.make_allowances(
        {
            limits.VERIFICATIONS: settings.verifications_per_minute,
            limits.WRONG_CODES: settings.wrong_codes_per_minute,
            limits.WRONG_SECRETS: settings.wrong_secrets_per_minute,
        }
    )
    desk = _desk(deployment, tally)
    app.include_router(verify_api.router(desk))  # first, because routes are tried in order and this one is asked most
    app.include_router(pages.static.router())
    app.include_router(home.router(pages, catalogue))
    app.include_router(criteria.router(pages, catalogue, deployment.endorsing.of_badge))
    receipts = Receipts(settings.base_url, deployment.receipt_signer, lambda: desk.trusted, deployment.clock)

    def by_code(code: str) -> HeldBadge | None:
        return find_by_code(deployment.issuer, catalogue, code, deployment.clock.now())

    app.include_router(verify_page.router(desk, pages, receipts, by_code))
    app.include_router(receipt_page.router(desk, receipts, pages, deployment.press))
    app.include_router(learning.router(pages))
    app.include_router(issuer_api.router(deployment.issuer, deployment.pictures, wake=runner.wake))
    team = Team(deployment.issuer, Accounts(deployment.issuer.desk), pages)
    for subject in TEAM_PAGES:
        app.include_router(subject.router(team))
    app.include_router(batches.router(team, wake=runner.wake))
    app.include_router(batch_papers.router(team, deployment.press))
    _add_what_follows_an_award(app, deployment, team)
    _add_catalogue_and_structures(app, deployment, team)
    if settings.openid_issuer:
        _add_identity_service(app, deployment, team)
    app.include_router(publishing.router(deployment.issuer, deployment.endorsing, addresses, pages))
    app.include_router(worker.router(_room(deployment, pages, desk)))
    told_by_law = law.Law(**settings.legal) if any(settings.legal.values()) or not settings.demo else law.DEMONSTRATION
    app.include_router(law.router(pages, told_by_law))
    bundle = _kept_bundle(deployment)
    app.include_router(offline_page.router(pages, bundle, lambda: deployment.root))
    _add_network(app, deployment, bundle)
    _add_health(app, deployment)
    _add_metrics(app, settings.metrics, tally, allowances)
    api_docs.install(app, pages, deployment.clock)
    errors.install(app, pages)
    may_be_large = MAX_UPLOAD + MIB  # the door itself tells what is too large for it
    doors = ("/api/v1/verify", "/api/v1/verify/receipt", "/verifier")
    app.add_middleware(BodyLimit, larger=dict.fromkeys(doors, may_be_large))
    app.add_middleware(
        limits.Limits,
        allowances=allowances,
        proxies=settings.trusted_proxies,
        spares_this_machine=settings.demo,
    )
    app.add_middleware(SecurityHeaders, https=settings.base_url.startswith("https:"))
    app.add_middleware(Counted, presence=presence)
    return app


# -- the person's own room


def _room(deployment: Deployment, pages: Pages, desk: Desk) -> Room:
    """What a person shows is judged by the verifier that judges a stranger's badge."""

    async def verify(tokens: Sequence[bytes]) -> Sequence[Mapping[str, Any]]:
        return [report.to_json() for report in await desk.verify_all([Given(token) for token in tokens])]

    return Room(
        deployment.issuer,
        deployment.pictures,
        deployment.press,
        pages,
        deployment.catalogue,
        deployment.clock,
        deployment.addresses,
        verify,
    )


# -- verification, as a stranger would


def _desk(deployment: Deployment, tally: Tally) -> Desk:
    """The verification desk: its verifier follows the trust list, its memory outlives it."""
    settings = deployment.settings
    # Our own documents are at hand: however a stranger spells our address, this service never asks itself.
    others = (origin for origin in settings.allowed_origins if origin.rstrip("/") != settings.base_url)
    limits = Limits(**settings.fetching)
    safe = SafeFetcher(
        others,
        clock=deployment.clock,
        seconds=limits.seconds,
        redirects=limits.redirects,
        at_once=limits.at_once,
        of_one_host=limits.of_one_host,
    )
    elsewhere = CachingFetcher(safe, deployment.clock, size=8 * limits.list_bytes)  # it keeps none larger than an 8th
    memory = OwnDocuments(
        elsewhere,
        deployment.issuer,
        deployment.endorsing,
        deployment.addresses,
        deployment.clock,
    )

    @lru_cache(maxsize=2)
    def made(text: str | None) -> Verifier:
        trusted = deployment.trusted() if text is not None else None
        return Verifier(memory, deployment.clock, Policy(trust=trusted, limits=limits))

    remembered: tuple[tuple[int, int] | None, str | None] = (None, None)

    def verifier() -> Verifier:
        nonlocal remembered
        with contextlib.suppress(FileNotFoundError):
            stat = deployment.home.trust_list.stat()
            mark = (stat.st_mtime_ns, stat.st_ino)
            if remembered[0] != mark:
                remembered = (mark, deployment.trust_text())
        try:
            return made(remembered[1])
        except TrustError as refusal:  # a list that nobody can believe makes no badge false, and stops no door
            return Verifier(memory, deployment.clock, Policy(trust=None, damaged=refusal.code, limits=limits))

    return Desk(verifier, memory, tally.add)


# -- after the award


def _add_what_follows_an_award(app: FastAPI, deployment: Deployment, team: Team) -> None:
    deliveries = Deliveries(deployment.issuer.desk)
    kept_here = deployment.letters is not None
    app.include_router(
        awards.router(team, deliveries, deployment.renewals, deployment.press, deployment.pictures, kept_here=kept_here)
    )
    app.include_router(notices.router(team, deliveries, deployment.letters))
    app.include_router(history.router(team))
    app.include_router(figures.router(team, deployment.figures))


# -- the catalogue and the network, as the staff sees them


def _add_catalogue_and_structures(app: FastAPI, deployment: Deployment, team: Team) -> None:
    app.include_router(drafting.router(team))  # before the catalogue, whose badges have addresses of any name
    app.include_router(catalogue_pages.router(team, deployment.families_of, deployment.press))
    app.include_router(endorsing.router(team, deployment.endorsing))
    network = Network(deployment.issuer.desk, deployment.add_structure)
    app.include_router(structures.router(team, network, deployment.recognised_on, deployment.settings.departments))


# -- who signs in with the account of another service


def _add_identity_service(app: FastAPI, deployment: Deployment, team: Team) -> None:
    from .issuer.identity_service import Client
    from .issuer.openid import OpenId  # an extra: only where it is asked for

    settings = deployment.settings
    client = Client(
        issuer=settings.openid_issuer.rstrip("/"),
        client_id=settings.openid_client,
        client_secret=settings.read_openid_secret(),
        redirect_uri=settings.base_url + connect.BACK,
    )
    team.identity_service = settings.openid_name
    app.include_router(connect.routes(OpenId(client, deployment.clock))(team))


# -- what the network publishes


def _kept_bundle(deployment: Deployment) -> Callable[[], str]:
    """The bundle of now, or of a few minutes ago: signing one reads the whole register."""
    made: list[tuple[datetime, str]] = []

    def bundle() -> str:
        now = deployment.clock.now()
        if not made or now - made[-1][0] > BUNDLE_AGE:
            made[:] = [(now, deployment.bundle())]
        return made[-1][1]

    return bundle


def _add_network(app: FastAPI, deployment: Deployment, kept_bundle: Callable[[], str]) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}

    @app.api_route("/trust.jws", methods=["GET", "HEAD"], include_in_schema=False)
    def trust_list() -> Response:
        text = deployment.trust_text()
        if text is None:
            raise NotFound("Une liste de confiance était attendue ; ce service n’en a pas encore publié.")
        return Response(text, media_type="application/jose", headers=headers)

    @app.api_route("/bundle", methods=["GET", "HEAD"], include_in_schema=False)
    def bundle() -> Response:
        disposition = {"Content-Disposition": 'attachment; filename="badges-hors-ligne.jws"'}
        return Response(kept_bundle(), media_type="application/jose", headers=headers | disposition)


def _add_health(app: FastAPI, deployment: Deployment) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def alive() -> Response:
        return Response("ok\n", media_type="text/plain")

    @app.get("/readyz", include_in_schema=False)
    def ready(request: Request) -> Response:
        """Ready when the register answers and there is a trust list to verify with."""
        with deployment.storage.reading() as register:
            register.highest(AuditLine, "number")
        listed = deployment.trust_text() is not None
        return Response("prêt\n" if listed else "sans liste de confiance\n", 200 if listed else 503)


def _add_metrics(app: FastAPI, whose: str, tally: Tally, allowances: Mapping[str, limits.Allowance]) -> None:
    """``/metrics`` in the text of Prometheus, four lines that need no library. No label is about anybody."""

    @app.get("/metrics", include_in_schema=False)
    def metrics(request: Request) -> Response:
        if whose == "off" or (whose == "loopback" and not limits.is_this_machine(request)):
            raise NotFound("Une adresse connue était attendue ; il n’y a rien ici.")
        refused = {what: allowance.refused for what, allowance in allowances.items()}
        text = counter("badges_verifications_total", "Verifications since the first day.", "answer", tally.totals())
        text += counter("badges_rate_limited_total", "Refused since this process began.", "what", refused)
        return Response(text, media_type="text/plain; version=0.0.4", headers={"Cache-Control": "no-store"})

    def counter(name: str, what: str, label: str, values: Mapping[str, int]) -> str:
        lines = [f'{name}{{{label}="{value}"}} {count}\n' for value, count in values.items()]
        return f"# HELP {name} {what}\n# TYPE {name} counter\n" + "".join(lines)


# -- beside the requests


def _beside(
    deployment: Deployment, runner: Runner, tally: Tally
) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        runner.start()
        postman = Postman(deployment.post)
        postman.start()
        running = asyncio.create_task(_look_after(deployment, tally))
        try:
            yield
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            await asyncio.to_thread(runner.stop)
            await asyncio.to_thread(postman.stop)
            _save_tally(tally)
            deployment.storage.close()

    return lifespan


async def _look_after(deployment: Deployment, tally: Tally) -> None:
    while True:
        await asyncio.to_thread(_save_tally, tally)
        for act in (_commit_the_day, _renew_trust, _tell_ends, _forget_letters, _count_all):
            with going_on(act.__name__.strip("_")):
                await asyncio.to_thread(act, deployment)
        await asyncio.sleep(BESIDE_EVERY)


def _save_tally(tally: Tally) -> None:
    with going_on("save_tally"):
        tally.save()


def _commit_the_day(deployment: Deployment) -> None:
    """Once a day at least, and never before there is a trust list whose key signs it."""
    if deployment.trust_text() is None:
        return
    last = deployment.committed_on()
    if last is None or deployment.clock.now() - last >= timedelta(days=1):
        deployment.commit_awards()


def _renew_trust(deployment: Deployment) -> None:
    trusted = deployment.trusted()
    if trusted is not None and trusted.list.next_update - deployment.clock.now() < RENEW_BEFORE:
        deployment.sign_trust_list()


def _tell_ends(deployment: Deployment) -> None:
    deployment.renewals.remind()


def _forget_letters(deployment: Deployment) -> None:
    deployment.post.forget_old()


def _count_all(deployment: Deployment) -> None:
    deployment.figures.catch_up()
