"""The journeys of an employer and of a worker through the whole product, in a real Chromium."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from badges.catalogue.marks import read_mark
from badges.openbadges import png, svg
from badges.verify.exercises import EXERCISES
from tests.browsing import a_browser, follow, objections, width

from .conftest import Demonstration, Service

pytestmark = pytest.mark.browser

SLUG = "tec-maraichage-planter"
TITLE = "Préparer le sol et planter (maraîchage)"
NAMES = ("Amina", "Diallo", "Lucie", "Perrin", "Farid", "N’Diaye", "L’Hostis", "Le Goff")
WIDTHS = (320, 360, 768, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """Pages that are closed after the test; what the browser complains about fails it."""
    contexts, said = [], []

    def open_page(**options: Any) -> Any:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 1024, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    # A page that answers 422 is a refusal of ours, which the browser remarks upon.
    assert [each for each in said if not each.startswith("Failed to load resource")] == []


def verify(page: Any, service: Service, *files: str | Path, text: str = "", email: str = "") -> str:
    """What an employer does; gives the answer, as the page says it to a program."""
    page.goto(f"{service.demo.base_url}/verifier")
    page.get_by_label("Le fichier du badge").set_input_files([str(file) for file in files])
    if text:
        page.get_by_text("j’ai une adresse, un code ou un texte").click()
        page.get_by_label("L’adresse, le code ou le texte du badge").fill(text)
    if email:
        page.get_by_text("si c’est bien le badge de cette personne").click()
        page.get_by_label("L’e-mail que la personne vous a donné").fill(email)
    follow(page.get_by_role("main").get_by_role("button", name="Vérifier"))
    verdict = page.locator(".verdict").first
    return str(verdict.get_attribute("data-answer") or "")


def a_photo(folder: Path) -> Path:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "seagreen").save(out, "PNG")
    path = folder / "photo.png"
    path.write_bytes(out.getvalue())
    return path


# -- an employer


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_employer_reads_yes(open_page: Any, service: Service, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    assert verify(page, service, service.demo.told["badges"][SLUG]) == "yes"
    main = page.get_by_role("main").inner_text()
    heading = page.get_by_role("heading", level=1).inner_text()
    assert heading.startswith("Oui")
    assert "Les Jardins de la Vallée" in heading
    assert TITLE in main
    assert "2 jours différents" in main
    assert "Ce que ce badge n’est pas" in main
    assert "Réponse du" in main
    assert page.get_by_text("Chaque point examiné").is_visible()
    assert not page.get_by_text("Empreinte du fichier").is_visible(), "details are folded"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_employer_reads_that_a_badge_was_withdrawn(open_page: Any, service: Service, scripts: bool) -> None:
    page = open_page(java_script_enabled=scripts)
    assert verify(page, service, service.demo.told["revoked"]) == "no"
    assert "retiré" in page.get_by_role("heading", level=1).inner_text()
    assert "Que faire" in page.get_by_role("main").inner_text()


def test_a_photo_is_no_badge(open_page: Any, service: Service, tmp_path: Path) -> None:
    page = open_page()
    assert verify(page, service, a_photo(tmp_path)) == "no"
    assert "ne contient pas de badge" in page.get_by_role("heading", level=1).inner_text()
    assert "code de 12 caractères" in page.get_by_role("main").inner_text()


def test_a_structure_that_nobody_recognises_is_told_in_part(open_page: Any, service: Service) -> None:
    page = open_page()
    assert verify(page, service, service.demo.told["unrecognised"]) == "partly"
    assert "ne reconnaît pas" in page.get_by_role("heading", level=1).inner_text()


def test_an_address_that_does_not_answer_is_not_known(open_page: Any, service: Service) -> None:
    page = open_page()
    assert verify(page, service, text=f"{service.demo.base_url}/assertions/rien") == "unknown"


@pytest.mark.parametrize(
    ("email", "answer", "words"),
    [
        ("jean-marc.lhostis@courriel.example", "yes", "Le badge a été délivré à cette personne."),
        ("quelqu.un@courriel.example", "no", "n’a pas été délivré à cette adresse"),
    ],
)
def test_an_employer_asks_whose_badge_it_is(
    open_page: Any, service: Service, email: str, answer: str, words: str
) -> None:
    page = open_page()
    badge = service.demo.told["badges"]["tec-espaces-verts-entretenir"]
    assert verify(page, service, badge, email=email) == answer
    assert words in page.get_by_role("main").inner_text()
    assert email not in page.content()


def test_several_files_are_answered_one_by_one(open_page: Any, service: Service, tmp_path: Path) -> None:
    page = open_page()
    told = service.demo.told
    verify(page, service, told["badges"][SLUG], told["unrecognised"], told["revoked"], a_photo(tmp_path))
    words = [each.inner_text() for each in page.locator(".answers-table .state").all()]
    assert words == ["Non", "Non", "En partie", "Oui"], "gravest first"
    page.get_by_role("link", name="revoked.png").click()
    assert page.get_by_role("heading", name="revoked.png").is_visible()


# -- a code, a file, a camera


def code_of(service: Service, slug: str = SLUG) -> str:
    mark = read_mark(service.demo.badge(slug))
    assert mark
    return mark


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_employer_with_a_paper_compares_the_file(open_page: Any, service: Service, scripts: bool) -> None:
    page, told = open_page(java_script_enabled=scripts), service.demo.told
    for file, words in (
        (told["badges"][SLUG], "C’est bien le badge du code"),
        (told["unrecognised"], "c’est un autre badge"),
    ):
        page.goto(f"{service.demo.base_url}/b/{code_of(service)}")
        page.get_by_label("Vous avez le fichier").set_input_files(file)
        follow(page.get_by_role("button", name="Comparer et vérifier"))
        assert words in page.get_by_role("main").inner_text()


def test_a_code_typed_where_one_verifies_opens_its_page(open_page: Any, service: Service) -> None:
    page, code = open_page(), code_of(service)
    verify(page, service, text=f"{code[:4]} {code[4:8]} {code[8:]}".lower())
    assert page.url == f"{service.demo.base_url}/b/{code}"
    assert TITLE in page.get_by_role("main").inner_text()


def test_a_picture_that_lost_its_badge_is_found_again(open_page: Any, service: Service, tmp_path: Path) -> None:
    whole = service.demo.badge(SLUG)
    stripped = tmp_path / "recu.png"
    stripped.write_bytes(whole[:33] + whole[45 + int.from_bytes(whole[33:37], "big") :])
    page = open_page()
    assert verify(page, service, stripped) == "no"
    assert "messagerie" in page.get_by_role("heading", level=1).inner_text()
    follow(page.get_by_role("main").get_by_role("link", name=TITLE))
    assert page.url == f"{service.demo.base_url}/b/{code_of(service)}"


SEEN = """(seen) => {
  navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
  HTMLVideoElement.prototype.play = async () => {};
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() { return [{ rawValue: seen }]; }
  };
}"""


def test_the_camera_opens_the_badge_of_a_code_and_no_other_address(open_page: Any, service: Service) -> None:
    code = code_of(service)
    for seen, opened in (
        (f"{service.demo.base_url}/B/{code}".upper(), f"/b/{code}"),
        (f"https://ailleurs.test/b/{code}", "/verifier"),
        (f"{service.demo.base_url}/equipe", "/verifier"),
        ("javascript:alert(1)", "/verifier"),
    ):
        page = open_page()
        page.add_init_script(f"({SEEN})({json.dumps(seen)})")
        page.goto(f"{service.demo.base_url}/verifier")
        page.get_by_role("button", name="Scanner son QR code").click()
        if opened == "/verifier":
            page.get_by_text("rien n’a été ouvert").wait_for()
            page.get_by_role("button", name="Arrêter la caméra").click()
        else:
            page.wait_for_url(f"**{opened}")
        assert page.url == service.demo.base_url + opened


def test_without_a_camera_that_reads_codes_there_is_no_button(open_page: Any, service: Service) -> None:
    page = open_page()
    page.add_init_script("delete window.BarcodeDetector")
    page.goto(f"{service.demo.base_url}/verifier")
    assert not page.get_by_role("button", name="Scanner son QR code").is_visible()


def test_nothing_chosen_is_asked_again(open_page: Any, service: Service) -> None:
    page = open_page()
    page.goto(f"{service.demo.base_url}/verifier")
    follow(page.get_by_role("main").get_by_role("button", name="Vérifier"))
    assert "encore rien à vérifier" in page.get_by_role("alert").inner_text()


def test_an_employer_keeps_a_receipt_and_reads_it_again_later(open_page: Any, service: Service, tmp_path: Path) -> None:
    page = open_page(java_script_enabled=False)
    verify(page, service, service.demo.told["badges"][SLUG])
    follow(page.get_by_role("button", name="Garder un reçu"))
    assert "Reçu authentique" in page.get_by_role("main").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le reçu signé").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name.endswith(".receipt.jws")
    verify(page, service, file)
    assert page.get_by_role("heading", level=1).inner_text() == "Reçu de vérification"
    assert "n’est pas un badge" in page.get_by_role("main").inner_text()


def test_an_employer_learns_and_practises_without_scripts(open_page: Any, service: Service) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{service.demo.base_url}/verifier")
    follow(page.get_by_role("link", name="Comprendre un badge"))
    follow(page.get_by_role("link", name="M’entraîner"))
    follow(page.get_by_role("link", name="Commencer"))
    for exercise in EXERCISES:
        follow(page.get_by_role("button", name="On ne sait pas"))
        assert page.locator(".verdict").get_attribute("data-answer") == exercise.answer
        follow(page.get_by_role("link", name="Exercice suivant").or_(page.get_by_role("link", name="un vrai badge")))
    assert page.url == f"{service.demo.base_url}/verifier"


@pytest.mark.parametrize("screen", WIDTHS)
def test_pages_to_learn_fit_every_screen(open_page: Any, service: Service, screen: int) -> None:
    page = open_page(viewport={"width": screen, "height": 800})
    for address in ("comprendre", "entrainement", "entrainement/6", "entrainement/6?avis=no"):
        page.goto(f"{service.demo.base_url}/verifier/{address}")
        assert (width(page), objections(page)) == (screen, [])


# -- a worker


def test_a_worker_takes_their_badge_and_an_employer_believes_it(
    open_page: Any, service: Service, tmp_path: Path
) -> None:
    page = open_page()
    page.goto(service.demo.told["worker_links"]["Amina Diallo"])
    badge = page.get_by_role("article").filter(has_text=TITLE)
    files = {}
    for form in ("PNG", "SVG"):
        with page.expect_download() as download:
            badge.get_by_role("link", name=form).click()
        files[form] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[form])
    assert files["PNG"].name.startswith("badge-preparer-le-sol")
    token = png.extract(files["PNG"].read_bytes()).text
    assert svg.extract(files["SVG"].read_bytes()).text == token
    assert verify(page, service, files["PNG"]) == "yes"
    assert verify(page, service, files["SVG"]) == "yes"


CODES = {
    SLUG: "en cours de validité",
    "revoked": "retiré",
    "expired": "date est dépassée",
    "replaced": "remplacé",
}


@pytest.mark.parametrize("label", CODES)
def test_a_printed_code_tells_status_and_title_and_nobody(open_page: Any, service: Service, label: str) -> None:
    page = open_page()
    code = service.demo.told["short_codes"][label]
    spaced = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    told = set()
    for address in (f"/b/{code}", f"/b/{code.lower()}", f"/B/{code}", f"/b?code={spaced.lower()}"):
        page.goto(service.demo.base_url + address)
        told.add(page.get_by_role("main").inner_text())
        assert not any(name in page.content() for name in NAMES)
    assert len(told) == 1, "however it is typed, the page is the same"
    (words,) = told
    assert CODES[label] in words
    assert label != SLUG or TITLE in words


# -- whoever reads


def test_the_criteria_are_searched_and_filtered_without_scripts(open_page: Any, service: Service) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"{service.demo.base_url}/criteres")
    everything = page.locator(".badge-card").count()
    assert everything == 46
    page.get_by_label("Famille", exact=True).select_option("techniques")
    follow(page.get_by_role("button", name="Chercher"))
    assert 0 < page.locator(".badge-card").count() < everything
    page.get_by_label("Mots cherchés").fill("planter")
    follow(page.get_by_role("button", name="Chercher"))
    follow(page.get_by_role("link", name=TITLE))
    assert page.get_by_role("heading", level=1).inner_text() == TITLE


def scenes(service: Service, folder: Path) -> dict[str, Callable[[Any], Any]]:
    """Every page of the journeys, by name."""
    told, base = service.demo.told, service.demo.base_url
    codes = told["short_codes"]
    photo = a_photo(folder)

    def goes_to(address: str) -> Callable[[Any], Any]:
        return lambda page: page.goto(address)

    def verifies(*files: str | Path, **given: str) -> Callable[[Any], Any]:
        return lambda page: verify(page, service, *files, **given)

    return {
        "question": goes_to(f"{base}/verifier"),
        "yes": verifies(told["badges"][SLUG]),
        "for whom": verifies(
            told["badges"]["tec-espaces-verts-entretenir"], email="jean-marc.lhostis@courriel.example"
        ),
        "partly": verifies(told["unrecognised"]),
        "withdrawn": verifies(told["revoked"]),
        "expired": verifies(told["expired"]),
        "unknown": verifies(text=f"{base}/assertions/rien"),
        "no badge": verifies(photo),
        "several": verifies(told["badges"][SLUG], told["unrecognised"], told["revoked"], photo),
        "badges of a worker": goes_to(told["worker_links"]["Lucie Perrin"]),
        "code": goes_to(f"{base}/b/{codes[SLUG]}"),
        "withdrawn code": goes_to(f"{base}/b/{codes['revoked']}"),
        "expired code": goes_to(f"{base}/b/{codes['expired']}"),
        "api": goes_to(f"{base}/api/docs"),
    }


def unfold(page: Any) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Any, service: Service, tmp_path: Path, scheme: str) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found = []
    for name, show in scenes(service, tmp_path).items():
        show(page)
        unfold(page)
        found += [f"{name}, {objection}" for objection in objections(page)]
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_its_screen(browser: Any, service: Service, tmp_path: Path, scheme: str) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme=scheme)
    page = context.new_page()
    wide = {}
    for name, show in scenes(service, tmp_path).items():
        show(page)
        unfold(page)
        for screen in WIDTHS:
            page.set_viewport_size({"width": screen, "height": 800})
            if width(page) > screen:
                wide[name, screen] = width(page)
    context.close()
    assert wide == {}


def test_a_demonstration_says_so_on_every_page(open_page: Any, service: Service, demo: Demonstration) -> None:
    page = open_page()
    for address in ("/", "/verifier", "/criteres", "/api/docs", f"/b/{demo.told['short_codes'][SLUG]}"):
        page.goto(service.demo.base_url + address)
        assert "Données fictives" in page.get_by_role("banner").inner_text()
