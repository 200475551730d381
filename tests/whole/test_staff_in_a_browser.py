"""The journeys of the staff in a real Chromium: from what was seen this morning to the badge that an employer reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.clock import in_paris
from tests.browsing import a_browser, follow, objections, width

from .conftest import Service
from .staff_at_work import PHONE, AtWork

pytestmark = pytest.mark.browser

SLUG, TITLE = "tec-debroussailler", "Débroussailler en sécurité"
TODAY = in_paris(datetime.now(UTC)).date()
DAYS = [TODAY - timedelta(days=ago) for ago in (9, 2)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def at_work(browser: Any, service: Service) -> Iterator[Callable[..., AtWork]]:
    """Somebody signed in, each in a browser of their own; what a page complains about fails the test."""
    contexts, said = [], []

    def open_for(role: str, *, stays: bool = False, **options: Any) -> AtWork:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        return AtWork(service, page, role).sign_in(stays=stays)

    yield open_for
    for context in contexts:
        context.close()
    assert [each for each in said if not each.startswith("Failed to load resource")] == []


def note(eti: AtWork, person: str, slug: str, criteria: list[str], day: date) -> int:
    """Note these criteria of a badge for somebody, from the list of people; gives how many taps it took after it."""
    eti.go(f"/equipe/noter?nom={person.split()[0]}")
    taps = 0
    follow(eti.page.get_by_role("main").get_by_role("link", name=person, exact=True).first)
    taps += 1
    badge = eti.page.locator(f"a[href$='/{slug}']").first
    if not badge.is_visible():
        eti.page.locator("details", has=badge).locator("summary").click()
        taps += 1
    follow(badge)
    taps += 1
    for criterion in criteria:
        eti.page.locator(f"input[name=seen][value='{slug}/{criterion}']").check()
        taps += 1
    if day != TODAY:
        eti.page.locator("#on").fill(day.isoformat())
    eti.press("Noter")
    taps += 1
    eti.page.wait_for_url(re.compile(r"/equipe/noter/fait\?vu="))
    assert width(eti.page) <= 360
    return taps


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_eti_notes_proposes_another_structure_confirms_and_an_employer_reads_yes(
    at_work: Callable[..., AtWork], service: Service, tmp_path: Path, scripts: bool
) -> None:
    name = "Bintou C." if scripts else "Dany R."
    options = {"java_script_enabled": scripts}
    eti, peer = at_work("encadrante", **options), at_work("pair", **options)

    # Somebody new, added in seconds.
    eti.go("/equipe/personnes/nouvelle?pour=noter")
    eti.page.get_by_label("Prénom et initiale du nom").fill(name)
    eti.press("Ajouter")
    person = eti.at.rpartition("/")[2]

    # Observations on two dates; the same gestures seen again on the second.
    criteria = [criterion["id"] for criterion in _definition(service, SLUG)["criteria"] if criterion["required"]]
    assert note(eti, name, SLUG, criteria[:1], DAYS[0]) <= 5, "one thing seen is noted in five taps after the list"
    assert "Où en est" in eti.said
    note(eti, name, SLUG, criteria[1:-1], DAYS[0])
    assert "rien de noté pour l’instant" in eti.said, "the page says what is missing, in words"
    note(eti, name, SLUG, criteria[-1:], DAYS[1])
    assert "tout est vu" in eti.said

    # The proposal starts from what the person tells.
    eti.go(f"/equipe/proposer/{person}/{SLUG}")
    eti.page.get_by_label("Racontez une fois précise").fill("Mardi, le talus du bas. J’ai mis le casque et délimité.")
    eti.press("Garder et continuer")
    for criterion in _definition(service, SLUG)["criteria"]:
        mark = "acquired" if criterion["required"] else "not_observed"
        eti.page.locator(f"input[name='mark:{criterion['id']}'][value={mark}]").check()
    eti.press("Garder et continuer")
    file = eti.at
    assert "À envoyer pour un second regard" in eti.said
    eti.follow("Continuer")
    eti.page.get_by_label(re.compile("Recyclerie du Pont")).check()
    eti.page.get_by_label(re.compile("Sans le nom de la personne")).check()
    eti.press("Demander ce regard")
    assert "Second regard attendu" in eti.said

    # The second look of another structure, without a name.
    assert peer.go(file) == 404
    peer.go("/equipe")
    peer.follow("Seconds regards à donner")
    follow(peer.page.locator(f"a[href='/equipe/regards/{file.rpartition('/')[2]}']"))
    assert "Une personne dont le nom n’est pas dit" in peer.said
    assert name.split()[0] not in peer.page.content()
    peer.page.get_by_label("Je confirme").check()
    peer.press("Donner mon regard")
    assert "vous confirmez" in peer.said

    # The person's own word, on the same phone.
    eti.go(f"{file}/parole")
    assert "voici ce que dira le badge" in eti.said
    eti.page.get_by_label("Son nom est dans le badge").check()
    eti.page.get_by_label("D’accord", exact=True).check()
    eti.press("C’est ce que la personne a dit")
    assert "Prêt : il reste à décider" in eti.said

    # The badge as an employer will read it, then the signature.
    eti.follow("Continuer")
    before = _facts(eti.page)
    eti.press("Délivrer le badge")
    assert "Badge délivré" in eti.said
    picture = tmp_path / "badge.png"
    cookies = {each["name"]: each["value"] for each in eti.page.context.cookies()}
    image = eti.page.get_by_role("link", name="L’image du badge").get_attribute("href")
    answer = httpx.get(service.demo.base_url + image, cookies=cookies, trust_env=False)
    picture.write_bytes(answer.raise_for_status().content)

    # What an employer reads is what was shown before the signature, word for word.
    eti.go("/verifier")
    eti.page.get_by_label("Le fichier du badge").set_input_files(str(picture))
    follow(eti.page.get_by_role("main").get_by_role("button", name="Vérifier"))
    assert eti.page.locator(".verdict").first.get_attribute("data-answer") == "yes"
    after = _facts(eti.page)
    assert before.keys() <= after.keys()
    assert {told: after[told] for told in before} == before


def _facts(page: Any) -> dict[str, str]:
    """What a page says of a badge: the term and its first line, in the facts and in « Comment cela a été observé »."""
    found = {}
    for row in page.locator(".who-what-when > div, .members > div").all():
        term = row.locator("dt").inner_text()
        said = row.locator("dd").evaluate(
            "(dd) => Array.from(dd.childNodes, n => n.nodeType === 3 ? n.data : '').join('')"
        )
        found[term] = " ".join(said.split())
    return found


def _definition(service: Service, slug: str) -> Any:
    from badges.catalogue.definition import to_json
    from badges.catalogue.library import Catalogue, shipped_criteria

    return to_json(Catalogue.open(shipped_criteria()).latest(slug).definition)


# -- without a network


def queue(eti: AtWork) -> Any:
    return eti.page.evaluate("JSON.parse(localStorage.getItem('noter-en-attente') || '[]')")


def seen_of(service: Service, eti: AtWork, person: str) -> int:
    eti.go(f"/equipe/personnes/{person}")
    return int(eti.page.locator("#vu ~ details .observations > li").count())


def test_notes_taken_without_a_network_wait_and_are_sent_each_once(
    at_work: Callable[..., AtWork], service: Service
) -> None:
    eti = at_work("encadrante", stays=True)
    eti.go("/equipe/personnes/nouvelle?pour=noter")
    eti.page.get_by_label("Prénom et initiale du nom").fill("Ousmane B.")
    eti.press("Ajouter")
    person = eti.at.rpartition("/")[2]
    eti.go("/equipe/noter")
    eti.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    eti.page.wait_for_function(
        "async () => { const kept = await caches.match('/equipe/noter/hors-ligne');"
        " return kept ? (await kept.text()).includes('Ousmane B.') : false }"
    )

    eti.page.context.set_offline(True)
    eti.page.goto(f"{eti.base}/equipe/noter")  # the page kept on the device answers
    assert "Noter, avec ou sans réseau" in eti.said
    for number in (1, 2, 3):
        eti.page.locator("#person").select_option(person)
        badge = eti.page.locator("details", has=eti.page.locator(f"input[value='tec-maraichage-planter/c{number}']"))
        if not badge.first.evaluate("(details) => details.open"):
            badge.first.locator("summary").click()
        eti.page.locator(f"input[value='tec-maraichage-planter/c{number}']").check()
        eti.page.get_by_role("button", name="Noter").click()
        words = "1 note en attente d’envoi" if number == 1 else f"{number} notes en attente d’envoi"
        eti.page.get_by_role("heading", name=words).wait_for()
    assert "Gardée sur cet appareil" in eti.said
    assert len(queue(eti)) == 3

    # The page is closed and opened again without a network: what waits is still there.
    eti.page.goto(f"{eti.base}/equipe/noter/hors-ligne")
    eti.page.get_by_role("heading", name="3 notes en attente d’envoi").wait_for()

    # An answer that is lost on its way back: the note was kept by the service, and is sent again.
    lost = []

    def lose_the_first(route: Any) -> None:
        if not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    eti.page.route(
        "**/equipe/noter", lambda route: lose_the_first(route) if route.request.method == "POST" else route.continue_()
    )
    eti.page.context.set_offline(False)
    eti.page.wait_for_function("() => localStorage.getItem('noter-en-attente').length > 2")
    eti.page.get_by_role("button", name="Envoyer maintenant").click()
    eti.page.wait_for_function("() => JSON.parse(localStorage.getItem('noter-en-attente')).length === 0")
    eti.page.unroute_all()
    assert len(lost) == 1
    assert seen_of(service, eti, person) == 3, "each note once, the one sent twice included"


def test_a_note_that_is_refused_stays_on_the_device_and_says_why(
    at_work: Callable[..., AtWork], service: Service
) -> None:
    eti = at_work("encadrante")
    eti.go("/equipe/noter/hors-ligne")
    eti.page.evaluate(
        """() => {
          const member = document.getElementById('en-attente').dataset.member;
          const fields = [['once', 'abcdefghij'], ['person', 'nobody'], ['seen', 'tec-maraichage-planter/c1'],
            ['on', '2026-01-01']];
          localStorage.setItem('noter-en-attente', JSON.stringify([
            { key: 'abcdefghij', member, who: 'Zoé T.', on: '2026-01-01', fields },
            { key: 'klmnopqrst', member: 'somebody-else', who: 'Léa M.', on: '2026-01-01', fields },
          ]));
        }"""
    )
    eti.go("/equipe/noter")
    eti.page.get_by_text("Rien de ce nom, ou rien que vous puissiez voir.").wait_for()
    assert "Zoé T." in eti.said
    assert "Léa M." not in eti.said, "what another person noted is not read here"
    assert len(queue(eti)) == 2, "nothing is lost"
    eti.page.get_by_role("button", name="Retirer de cet appareil").click()
    assert [each["member"] for each in queue(eti)] == ["somebody-else"]
    assert service


def test_whoever_signs_out_leaves_no_name_on_the_device(at_work: Callable[..., AtWork]) -> None:
    eti = at_work("encadrante", stays=True)
    eti.go("/equipe/noter")
    eti.page.wait_for_function("async () => Boolean(await caches.match('/equipe/noter/hors-ligne'))")
    eti.page.get_by_text("Menu et structure").click()
    eti.press("Se déconnecter")
    eti.page.wait_for_url("**/equipe/connexion**")
    eti.page.wait_for_function("async () => !(await caches.has('noter'))")  # a slow device is not held back for it


def test_a_shared_device_keeps_no_name_at_all(at_work: Callable[..., AtWork]) -> None:
    eti = at_work("encadrante")
    eti.go("/equipe/noter")
    eti.page.wait_for_load_state("networkidle")
    assert eti.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    assert eti.page.evaluate("caches.has('noter')") is False


# -- every page


PAGES = (
    "/equipe",
    "/equipe/personnes",
    "/equipe/personnes/nouvelle",
    "/equipe/personnes/{person}",
    "/equipe/noter",
    "/equipe/noter/hors-ligne",
    "/equipe/noter/{person}",
    "/equipe/noter/{person}/tec-maraichage-planter",
    "/equipe/noter/{person}/activite/alimentation",
    "/equipe/proposer",
    "/equipe/proposer/{person}",
    "/equipe/proposer/{person}/tec-maraichage-planter",
    "/equipe/dossiers",
    *(f"/equipe/dossiers/{{{stage}}}" for stage in ("to_mark", "look_awaited", "word_awaited", "to_decide", "not_yet")),
    "/equipe/dossiers/{disagreed}",
    "/equipe/dossiers/{awarded}",
    "/equipe/dossiers/{to_mark}/recit",
    "/equipe/dossiers/{to_mark}/criteres",
    "/equipe/dossiers/{look_awaited}/regard",
    "/equipe/dossiers/{word_awaited}/parole",
    "/equipe/dossiers/{to_decide}/decision",
    "/equipe/dossiers/{word_awaited}/decision",
    "/equipe/dossiers/{word_awaited}/pas-encore",
    "/equipe/regards",
)


@pytest.fixture(scope="module")
def found(demo: Any) -> dict[str, str]:
    """The id of a file at each stage and of a person, as the register of the demonstration has them."""
    from badges.deployment import Deployment
    from badges.issuer.permissions import Caller
    from badges.settings import Settings

    deployment = Deployment(Settings(home=demo.home))
    caller = Caller(demo.told["staff"]["encadrante"]["id"])
    ids = {"person": deployment.issuer.people.find(caller, "rosa")[0].id}
    for state in ("open", "not_yet", "awarded"):
        ids |= {each.stage: each.file.id for each in deployment.issuer.proposals.files(caller, state=state)}
    deployment.close()
    return ids


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_of_the_field_is_read_by_everybody_on_a_narrow_phone(
    at_work: Callable[..., AtWork], found: dict[str, str], scheme: str
) -> None:
    eti = at_work("encadrante", color_scheme=scheme, viewport={"width": 320, "height": 640})
    wrong = []
    for address in PAGES:
        status = eti.go(address.format(**found))
        if status != 200 or width(eti.page) > 320:
            wrong.append(f"{address}: {status}, {width(eti.page)} px")
        wrong += objections(eti.page)
    assert wrong == []


def test_the_page_of_a_second_look_is_read_by_everybody_on_a_narrow_phone(
    at_work: Callable[..., AtWork], found: dict[str, str]
) -> None:
    for scheme in ("light", "dark"):
        peer = at_work("pair", color_scheme=scheme, viewport={"width": 320, "height": 640})
        for address in ("/equipe/regards", f"/equipe/regards/{found['look_awaited']}"):
            assert (peer.go(address), width(peer.page) <= 320, objections(peer.page)) == (200, True, [])


def test_a_colleague_of_another_structure_finds_nothing_at_any_of_these_addresses(
    at_work: Callable[..., AtWork], found: dict[str, str]
) -> None:
    stranger = at_work("responsable-agence")
    with_an_id = [address for address in PAGES if "{" in address]
    assert {address: stranger.go(address.format(**found)) for address in with_an_id} == dict.fromkeys(with_an_id, 404)
