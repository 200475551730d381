"""What a person does with their badges, through the whole product, in a real Chromium as wide as a small phone.

The service runs here on a clock that can be moved, so that « later » is later without waiting.
"""

from __future__ import annotations

import io
import logging
import random
import socket
import statistics
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pypdf
import pytest
import uvicorn

from badges.app import create_app
from badges.deployment import Deployment
from badges.issuer.holder.cards import Card, Opened
from badges.issuer.permissions import Caller
from badges.paper.facts import Card as PaperCard
from badges.paper.press import Press
from badges.settings import read_settings
from tests.browsing import a_browser, follow, objections, width
from tests.issuer.builders import MovingClock
from tests.paper import seeing

from .conftest import Demonstration

pytestmark = pytest.mark.browser

SLUG = "tec-maraichage-planter"
TITLE = "Préparer le sol et planter (maraîchage)"
PHONE = {"width": 320, "height": 640}
LANGUAGES = ("fr", "fr-simple", "en", "ar")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])


@dataclass
class Running:
    """The service, its clock, and the register behind it to make somebody new."""

    demo: Demonstration
    clock: MovingClock
    deployment: Deployment

    def somebody(self, name: str = "Canari Zoé", *slugs: str, code: bool = True) -> tuple[Card, str]:
        """A new person with these badges, and their card; the id of the person."""
        issuer, eti = self.deployment.issuer, Caller(self.demo.told["staff"]["encadrante"]["id"])
        person = issuer.add_person(eti, name=name)
        for slug in slugs or (SLUG,):
            entry, today = self.deployment.catalogue.latest(slug), self.clock.now()
            for criterion in entry.definition.essential:
                for days in (20, 6):
                    issuer.note_observation(
                        eti, person=person.id, slug=slug, criterion=criterion.id,
                        on=(today - timedelta(days=days)).date(), way=criterion.ways[0], kind=criterion.kinds[0],
                    )  # fmt: skip
            results = {criterion.id: "acquired" for criterion in entry.definition.essential}
            proposal = issuer.propose(eti, person=person.id, slug=slug, results=results)
            issuer.record_word(eti, proposal.id, word="agrees")
            issuer.award(eti, proposal.id)
        return issuer.holder.cards.hand_over(eti, person.id, with_code=code), person.id


@pytest.fixture(scope="module")
def running(demo: Demonstration) -> Iterator[Running]:
    clock = MovingClock(datetime.now(UTC))
    settings = read_settings(demo.home)
    # TCP by name: asyncio sends small answers at once only then, instead of 40 ms later.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", demo.port))
        server = uvicorn.Server(uvicorn.Config(create_app(settings, clock), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        deployment = Deployment(settings, clock)
        yield Running(demo, clock, deployment)
        deployment.close()
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def on_a_phone(browser: Any) -> Iterator[Callable[..., Any]]:
    """Pages that are closed after the test; what the browser complains about fails it."""
    contexts, said = [], []

    def on_a_phone(**options: Any) -> Any:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield on_a_phone
    for context in contexts:
        context.close()
    assert [each for each in said if not each.startswith("Failed to load resource")] == []


def enter(page: Any, card: Card, whose: str = "Il est à moi") -> None:
    page.goto(card.link)
    page.get_by_label("Votre code secret").fill(card.code or "")
    page.get_by_role("button", name=whose).click()
    page.wait_for_url("**dit=opened")
    assert width(page) == PHONE["width"]


def taken(page: Any, link: Any, folder: Path) -> Path:
    with page.expect_download() as download:
        link.click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def verdict_on(page: Any, running: Running, file: Path) -> str:
    page.goto(f"{running.demo.base_url}/verifier")
    page.get_by_label("Le fichier du badge").set_input_files(str(file))
    follow(page.get_by_role("main").get_by_role("button", name="Vérifier"))
    return str(page.locator(".verdict").first.get_attribute("data-answer"))


# -- journeys


@SCRIPTS
def test_from_the_card_to_the_badge_that_an_employer_verifies(
    on_a_phone: Any, running: Running, tmp_path: Path, scripts: bool
) -> None:
    """Card QR → code → badges → PDF, PNG → that same PNG on ``/verifier``."""
    card, _ = running.somebody()
    paper = PaperCard("Zoé", card.link, "badges.example/mes-badges", "Les Jardins", told_by="Nadia")
    printed = Press(running.deployment.addresses, "Réseau").cards([paper], running.clock.now())
    (scanned,) = seeing.codes(seeing.scanned(seeing.drawn(printed)))
    assert scanned == card.link, "what a phone reads on the paper, laid crooked, is the link"

    page = on_a_phone(java_script_enabled=scripts)
    enter(page, card)
    assert "Vous avez 1 badge." in page.get_by_role("main").inner_text()
    follow(page.get_by_role("article").filter(has_text=TITLE).get_by_role("link", name="Ouvrir"))
    assert page.get_by_role("heading", level=1).inner_text() == TITLE
    assert width(page) == PHONE["width"]
    attestation = taken(page, page.get_by_role("link", name="attestation à imprimer"), tmp_path)
    picture = taken(page, page.get_by_role("link", name="image pour le téléphone"), tmp_path)
    (inside,) = (files[0] for files in pypdf.PdfReader(attestation).attachments.values())
    assert inside == picture.read_bytes(), "the badge is in the paper, byte for byte"
    assert verdict_on(page, running, picture) == "yes"
    page.get_by_role("link", name="Est-ce bien cette personne").click()
    assert page.url.endswith("#personne")


@SCRIPTS
def test_from_a_share_to_its_withdrawal(on_a_phone: Any, running: Running, scripts: bool) -> None:
    card, _ = running.somebody("Canari Yann", SLUG, "trv-fiabilite")
    page, employer = on_a_phone(java_script_enabled=scripts), on_a_phone(java_script_enabled=scripts)
    enter(page, card)
    follow(page.get_by_role("link", name="Montrer à un employeur"))
    assert page.locator("input[name=b]:checked").count() == 0, "nothing is shared unless it is ticked"
    page.get_by_label(TITLE).check()
    page.get_by_label("7 jours").check()
    page.get_by_label("Pour qui ?").fill("Ferme des Prés")
    follow(page.get_by_role("button", name="Faire le lien"))
    address = page.get_by_label("adresse à envoyer").input_value()
    assert width(page) == PHONE["width"]

    employer.goto(address)
    seen = employer.get_by_role("main").inner_text()
    assert "Une personne vous montre 1 badge" in seen
    assert "5 critères essentiels" in seen
    assert employer.locator("[data-answer]").get_attribute("data-answer") == "yes"
    for private in ("Canari", "Yann", "Ferme des Prés", "Être fiable"):
        assert private not in employer.content()
    employer.get_by_label("Code ROME, ou nom du métier").fill("ouvrier maraîcher A1414")
    employer.get_by_role("button", name="Voir ce qui répond").click()
    employer.wait_for_url("**metier=**")
    assert "Se rapporte au métier" in employer.get_by_role("main").inner_text()
    assert width(employer) == PHONE["width"]

    page.reload()
    assert "Regardé 1 fois." in page.get_by_role("main").inner_text(), "a search is not an opening"
    page.get_by_role("button", name="Arrêter ce lien").click()
    page.wait_for_url("**dit=withdrawn")
    assert "ne montre plus rien" in page.get_by_role("status").first.inner_text()
    assert employer.goto(address).status == 404


@SCRIPTS
def test_from_erasing_to_a_file_that_still_verifies(
    on_a_phone: Any, running: Running, tmp_path: Path, scripts: bool
) -> None:
    card, person = running.somebody("Canari Erwan")
    page = on_a_phone(java_script_enabled=scripts)
    enter(page, card)
    picture = taken(page, page.get_by_role("link", name="PNG"), tmp_path)
    follow(page.get_by_role("link", name="Mon code, mes cartes, mes données"))
    follow(page.get_by_role("link", name="Tout effacer"))
    assert "se vérifient toujours" in page.get_by_role("main").inner_text(), "said before"
    page.get_by_label("mes badges restent bons").check()
    follow(page.get_by_role("button", name="Continuer"))
    page.get_by_label("Oui, effacez tout").check()
    page.get_by_role("button", name="Tout effacer").click()
    page.get_by_role("heading", name="C’est effacé").wait_for()
    assert page.goto(card.link).status == 404
    assert verdict_on(page, running, picture) == "yes"
    with closing(running.deployment.storage.engine.raw_connection()) as connection:
        found = connection.execute("SELECT name, email, secret_digest FROM people WHERE id = ?", (person,)).fetchone()
    assert tuple(found) == (None, None, None)


@SCRIPTS
def test_ten_wrong_codes_slow_down_and_the_right_one_works_later(
    on_a_phone: Any, running: Running, scripts: bool
) -> None:
    card, _ = running.somebody("Canari Nour")
    page = on_a_phone(java_script_enabled=scripts)
    wrong = "918273" if card.code != "918273" else "918274"
    for turn in range(11):
        page.goto(card.link)
        page.get_by_label("Votre code secret").fill(wrong)
        follow(page.get_by_role("button", name="On me le prête"))
        said = page.get_by_role("alert").inner_text()
        assert ("trop d’essais" if turn == 10 else "pas le bon code") in said
    assert width(page) == PHONE["width"]
    running.clock.advance(minutes=21)
    enter(page, card)
    assert TITLE in page.get_by_role("main").inner_text()


def test_an_adviser_helps_without_seeing_or_keeping_the_code(on_a_phone: Any, running: Running) -> None:
    """On the structure's tablet: the code is hidden as it is typed; the person chooses their own, and both are gone."""
    card, _ = running.somebody("Canari Inès")
    page = on_a_phone(viewport={"width": 768, "height": 1024})
    page.goto(card.link)
    assert page.get_by_label("Votre code secret").get_attribute("type") == "password"
    assert page.get_by_label("Votre code secret").get_attribute("autocomplete") == "off"
    page.get_by_label("Votre code secret").fill(card.code or "")
    follow(page.get_by_role("button", name="On me le prête"))
    follow(page.get_by_role("link", name="Mon code, mes cartes, mes données"))
    page.get_by_label("Un nouveau code").fill("482095")
    page.get_by_role("button", name="Choisir ce code").click()
    page.wait_for_url("**dit=code")
    assert "Vous seul le connaissez" in page.get_by_role("main").inner_text()
    assert "482095" not in page.content()
    (cookie,) = [each for each in page.context.cookies() if "mes-badges" in each["name"]]
    assert cookie["expires"] == -1, "the tablet forgets with its browser"
    page.get_by_role("button", name="Fermer et oublier cet appareil").click()
    page.wait_for_url("**dit=forgotten")
    page.go_back()
    page.goto(card.link)
    assert page.get_by_role("heading", level=1).inner_text().startswith("Quel est votre code")


def test_a_code_shown_answers_an_employer(on_a_phone: Any, running: Running, tmp_path: Path) -> None:
    card, _ = running.somebody("Canari Lila")
    page, employer = on_a_phone(), on_a_phone()
    enter(page, card)
    picture = taken(page, page.get_by_role("link", name="PNG"), tmp_path)
    follow(page.get_by_role("button", name="Prouver que c’est moi"))
    code = page.locator(".big-code").inner_text()
    assert verdict_on(employer, running, picture) == "yes"
    employer.get_by_role("link", name="Est-ce bien cette personne").click()
    employer.get_by_label("Le code du moment").fill(code)
    employer.get_by_role("button", name="Comparer", exact=True).click()
    employer.wait_for_url("**/personne**")
    assert "ce code est celui que montre la personne" in employer.get_by_role("status").inner_text()
    running.clock.advance(minutes=11)
    employer.get_by_label("Le code du moment").fill(code)
    employer.get_by_role("button", name="Comparer", exact=True).click()
    employer.get_by_text("ne le prouve pas").wait_for()


def test_the_passport_leaves_with_everything(on_a_phone: Any, running: Running, tmp_path: Path) -> None:
    card, _ = running.somebody("Canari Sami", SLUG, "trv-fiabilite")
    page = on_a_phone()
    enter(page, card)
    follow(page.get_by_role("link", name="Mon passeport"))
    for box in page.get_by_role("checkbox").all():
        box.check()
    packed = taken(page, page.get_by_role("button", name="ZIP"), tmp_path)
    archive = zipfile.ZipFile(io.BytesIO(packed.read_bytes()))
    pictures = [name for name in archive.namelist() if name.endswith(".png")]
    assert len(pictures) == 2
    for number, name in enumerate(pictures):
        (tmp_path / f"{number}.png").write_bytes(archive.read(name))
        assert verdict_on(page, running, tmp_path / f"{number}.png") == "yes"
    (tmp_path / "list.html").write_bytes(archive.read("mes-badges.html"))
    page.goto((tmp_path / "list.html").as_uri())
    assert page.get_by_role("listitem").count() == 2


# -- every page, every language, every screen


def pages_of(running: Running) -> dict[str, str]:
    """Every page of the person's, and what they lead an employer to."""
    card, person = running.somebody("Canari Mina", SLUG, "trv-fiabilite", code=False)
    locked, _ = running.somebody("Canari Ugo")
    holder = running.deployment.issuer.holder
    opened = holder.cards.open(card.link.rpartition("/")[2])
    assert isinstance(opened, Opened)
    first, second = (view.award for view in running.deployment.issuer.awards_of(person))
    share = holder.choices.share(opened, [first.uuid, second.uuid], days=30, label="Mairie")
    holder.choices.show(opened, first.uuid, True)
    holder.requests.ask_another_look(opened, first.uuid, "")
    base, lucie = running.demo.base_url, running.demo.told["worker_links"]["Lucie Perrin"]
    return {
        "list": card.link,
        "badge": f"{card.link}/{first.uuid}",
        "withdrawn and replaced": lucie,
        "passport": f"{card.link}/passeport",
        "shares": f"{card.link}/partages",
        "share": f"{base}/partage/{share.secret}?metier=maraicher",
        "me": f"{card.link}/moi",
        "erase": f"{card.link}/moi/effacer",
        "locked": locked.link,
        "find": f"{base}/mes-badges",
        "lost": f"{base}/mes-badges/nouveau-lien",
        "nothing": f"{base}/mes-badges/rien",
        "code": f"{base}/b/{first.code}",
        "home": f"{base}/",
        "inert": f"{base}/p/x",
        "legal notice": f"{base}/mentions-legales",
        "personal data": f"{base}/donnees-personnelles",
        "accessibility": f"{base}/accessibilite",
        "contact": f"{base}/contact",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_no_page_is_wider_than_its_screen(browser: Any, running: Running, language: str) -> None:
    context = browser.new_context(locale="fr-FR", bypass_csp=True)
    page, found = context.new_page(), []
    for name, address in pages_of(running).items():
        page.goto(address + ("&" if "?" in address else "?") + f"lang={language}")
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        for screen in (320, 360, 768, 1280):
            page.set_viewport_size({"width": screen, "height": 800})
            if width(page) > screen:
                found.append(f"{name} at {screen}: {width(page)} wide")
        found += [f"{name}: {objection}" for objection in objections(page)]
    context.close()
    assert found == []


def test_dark_pages_pass_axe_too(browser: Any, running: Running) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme="dark", bypass_csp=True)
    page, found = context.new_page(), []
    for name, address in pages_of(running).items():
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        found += [f"{name}: {objection}" for objection in objections(page)]
    context.close()
    assert found == []


def test_the_browser_reads_a_page_aloud_in_the_language_of_each_part(browser: Any, running: Running) -> None:
    card, _ = running.somebody("Canari Aya", code=False)
    context = browser.new_context(locale="fr-FR", viewport=PHONE)
    page = context.new_page()
    page.add_init_script("window.said = []; speechSynthesis.speak = each => window.said.push([each.lang, each.text])")
    for language in LANGUAGES:
        page.goto(f"{card.link}?lang={language}")
        page.locator("[data-read]").first.click()
        said = page.evaluate("window.said.splice(0)")
        assert any(len(text) > 20 for _, text in said)
        assert said[0][0] == language.partition("-")[0]
        if language == "ar":
            assert "fr" in {lang for lang, _ in said}, "the name of the structure is said in French"
    context.close()


# -- what a stranger may learn


def test_time_tells_nothing_of_what_exists(running: Running) -> None:
    """Pairs of refusals, asked in turn: which of the two is slower is a toss of a coin."""
    card, person = running.somebody("Canari Temps", code=False)
    _, other = running.somebody("Canari Autre", code=False)
    eti = Caller(running.demo.told["staff"]["encadrante"]["id"])
    old = card.link
    link = running.deployment.issuer.new_personal_link(eti, person)
    holder = running.deployment.issuer.holder
    opened = holder.cards.open(link.rpartition("/")[2])
    assert isinstance(opened, Opened)
    (mine,), (others,) = (running.deployment.issuer.awards_of(each) for each in (person, other))
    share = holder.choices.share(opened, [mine.award.uuid], days=7)
    holder.choices.withdraw(opened, share.id)
    base = running.demo.base_url
    pairs = {
        "another's badge, a badge that is not": (
            f"{link}/{others.award.uuid}",
            f"{link}/00000000-0000-4000-8000-000000000000",
        ),
        "an old secret, one that never was": (old, f"{base}/mes-badges/{'x' * 32}"),
        "a withdrawn share, one that never was": (f"{base}/partage/{share.secret}", f"{base}/partage/{'x' * 32}"),
    }
    luck = random.Random(7)
    with httpx.Client(trust_env=False) as client:
        for name, (one, none) in pairs.items():
            slower, rounds = 0, 120
            times: dict[str, list[float]] = {one: [], none: []}
            for _ in range(rounds):
                asked = [one, none]
                luck.shuffle(asked)
                took = {}
                for address in asked:
                    began = time.perf_counter()
                    assert client.get(address).status_code == 404
                    took[address] = time.perf_counter() - began
                    times[address].append(took[address])
                slower += took[one] > took[none]
            medians = {address: statistics.median(each) for address, each in times.items()}
            # 120 tosses of a fair coin fall outside of 33 to 87 once in a million
            assert 33 <= slower <= 87, f"{name}: slower {slower} times of {rounds}, {medians}"


def test_nothing_personal_is_logged(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        card, _ = running.somebody("Canari Journal")
        with httpx.Client(trust_env=False, follow_redirects=True) as client:
            client.get(card.link)
            client.post(card.link, data={"code": "000001", "device": "lent"})
            client.post(card.link, data={"code": card.code or "", "device": "lent"})
            client.post(f"{running.demo.base_url}/mes-badges/nouveau-lien", data={"email": "canari@courriel.example"})
            client.get(f"{card.link}/moi/donnees.json")
            client.post(f"{card.link}/moi/effacer", data={"step": "2", "what": "keep", "sure": "yes"})
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    for personal in ("canari", card.link.rpartition("/")[2], str(card.code)):
        assert personal.lower() not in ours.lower()
