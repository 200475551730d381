"""The person's own pages: what they show, to whom, and that everything else is one same refusal."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import orjson
import pypdf
import pytest

from badges.catalogue import taxonomy
from badges.issuer.wording import REVOCATION_REASONS
from badges.openbadges import jws, png, svg
from badges.worker.collection import WITHDRAWN_WHY
from badges.worker.printed_codes import LEVELS
from tests.web.building import Browser, some_pages
from tests.web.reading_pages import PageRead

from .world import Household, the_household

HOME = the_household()
SITE = HOME.site()
MINE = f"/mes-badges/{HOME.secret}"
SHARE = HOME.issuer.holder.choices.share(
    HOME.issuer.holder.cards.open(HOME.secret),  # type: ignore[arg-type]
    [HOME.valid.uuid, HOME.new.uuid],
    days=30,
    label="Mairie",
)
ADDRESSES = [
    MINE,
    f"{MINE}/moi",
    f"{MINE}/moi/effacer",
    f"{MINE}/passeport",
    f"{MINE}/partages",
    *(f"{MINE}/{award.uuid}" for award in (HOME.valid, HOME.expired, HOME.replaced, HOME.revoked)),
    f"/partage/{SHARE.secret}?metier=A1203",
    f"/partage/{SHARE.secret}?metier=jardinier",
    f"/mes-badges/{HOME.empty_secret}",
    "/mes-badges",
    "/mes-badges/nouveau-lien",
    "/mes-badges/inconnu",
    "/b",
    "/b?code=trop+court",
    "/b/000000000000",
    "/p/abcdef",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
    "/contact",
    *(f"/b/{award.code}" for award in (HOME.valid, HOME.ending, HOME.expired, HOME.replaced, HOME.revoked)),
]
LANGUAGES = some_pages().languages


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def home(tmp_path: Path) -> Household:
    """One of one's own, for what changes."""
    return Household(tmp_path)


def fill_in(browser: Browser, address: str, **fields: str | list[str]) -> object:
    return browser.ask("POST", address, headers={"sec_fetch_site": "same-origin"}, data=fields)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES, ids=map(str, range(len(ADDRESSES))))
def test_a_page_is_well_made(address: str, language: str) -> None:
    mark = "&" if "?" in address else "?"
    response = Browser(SITE).get(f"{address}{mark}lang={language}")
    page = PageRead(response.text)
    assert page.faults == []
    spoken = page.all("html")[0]
    assert spoken["lang"] in (language.partition("-")[0], "fr")
    assert spoken["dir"] == ("rtl" if spoken["lang"] == "ar" else "ltr")
    assert len(page.all("h1")) == 1
    assert page.all("style") == []
    assert not any("style" in attributes for _, attributes in page.elements)
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(level <= before + 1 for before, level in zip([0, *levels], levels, strict=False))
    if spoken["lang"] == "fr":
        assert re.findall(r".{12} [;!?»].{0,12}|.{12}« .{0,12}|.{12} :\s.{0,12}", page.text) == []
        assert re.findall(r"\w+'\w+", page.text) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_person_weigh_less_than_100_kb_without_their_pictures(language: str) -> None:
    browser = Browser(SITE)
    around = sum(len(browser.get(SITE_STATIC(name)).content) for name in ("badges.css", "mine.css", "mine.js"))
    for address in (MINE, f"{MINE}/{HOME.valid.uuid}", f"/partage/{SHARE.secret}"):
        page = browser.get(f"{address}?lang={language}")
        assert len(page.content) + around < 100_000
        assert all(each.get("loading") == "lazy" for each in PageRead(page.text).all("img") if address == MINE)


def SITE_STATIC(name: str) -> str:  # noqa: N802
    return some_pages().static.address(name)


# -- Mes badges


def test_each_badge_says_who_when_until_when_and_its_state() -> None:
    text = plain(PageRead(Browser(SITE).get(MINE).text).text)
    assert "Vous avez 4 badges." in text, "a withdrawn badge is told, and counts no more"
    assert "Préparer le sol et planter (maraîchage)" in text
    assert "Je sais préparer la terre et planter." in text
    assert "Les Jardins de Limoges" in text
    assert "20 novembre 2026" in text
    for words in ("En cours de validité", "Date dépassée", "Remplacé par un autre badge", "Retiré"):
        assert words in text
    assert "Canari" not in text
    revoked = plain(PageRead(Browser(SITE).get(f"{MINE}/{HOME.revoked.uuid}").text).text)
    assert "Il avait été délivré par erreur." in revoked


def test_the_badges_that_one_can_show_come_first() -> None:
    text = Browser(SITE).get(MINE).text
    order = [text.index(award.uuid) for award in (HOME.valid, HOME.expired, HOME.replaced, HOME.revoked)]
    assert order == sorted(order)


def test_only_badges_that_are_still_good_are_to_take_away() -> None:
    links = {str(link["href"]) for link in PageRead(Browser(SITE).get(MINE).text).all("a")}
    for form in ("png", "svg", "pdf"):
        assert f"{MINE}/{HOME.valid.uuid}.{form}" in links
        assert f"{MINE}/{HOME.revoked.uuid}.{form}" not in links
    page = PageRead(Browser(SITE).get(f"{MINE}/{HOME.replaced.uuid}").text)
    assert f"/b/{HOME.new.code}" in {link["href"] for link in page.all("a")}


def test_a_person_without_a_badge_reads_what_comes_next() -> None:
    text = PageRead(Browser(SITE).get(f"/mes-badges/{HOME.empty_secret}").text).text
    assert "Pas encore de badge ici" in text


# -- taking away


@pytest.mark.parametrize(
    ("form", "media_type"), [("png", "image/png"), ("svg", "image/svg+xml"), ("pdf", "application/pdf")]
)
def test_a_file_is_taken_away_under_a_readable_name_and_the_same_each_time(form: str, media_type: str) -> None:
    address = f"{MINE}/{HOME.valid.uuid}.{form}"
    response = Browser(SITE).get(address)
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"] == (
        f'attachment; filename="badge-preparer-le-sol-et-planter-maraichage-2026-11-20.{form}"'
    )
    assert Browser(HOME.site()).get(address).content == response.content
    assert response.headers["cache-control"] == "no-store"
    token = HOME.issuer.require_token(HOME.valid.uuid)
    if form == "pdf":
        assert response.content.startswith(b"%PDF-1.7")
    else:
        assert {"png": png, "svg": svg}[form].extract(response.content).text == token


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "fr"])
def test_an_attestation_is_french_unless_it_is_asked_for_in_ones_own_language(language: str) -> None:
    browser, address = Browser(SITE), f"{MINE}/{HOME.valid.uuid}"
    page = browser.get(f"{address}?lang={language}")
    links = {str(link["href"]) for link in PageRead(page.text).all("a")}
    assert {f"{address}.pdf", f"{address}.pdf?lang={language}"} <= links
    french, own = (browser.get(link).content for link in (f"{address}.pdf", f"{address}.pdf?lang={language}"))
    assert french == Browser(SITE).get(f"{address}.pdf").content, "the cookie of the pages decides nothing"
    assert own != french
    spoken = [str(pypdf.PdfReader(io.BytesIO(paper)).root_object["/Lang"]) for paper in (french, own)]
    assert spoken == ["fr", language.partition("-")[0]]


def test_the_passport_is_what_was_chosen_and_the_same_each_time() -> None:
    chosen = f"b={HOME.valid.uuid}&b={HOME.new.uuid}"
    pdf = Browser(SITE).get(f"{MINE}/passeport.pdf?{chosen}")
    assert pdf.content.startswith(b"%PDF")
    packed = Browser(SITE).get(f"{MINE}/passeport.zip?{chosen}")
    assert packed.content == Browser(HOME.site()).get(f"{MINE}/passeport.zip?{chosen}").content
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    assert archive.testzip() is None
    names = archive.namelist()
    assert len([name for name in names if name.endswith(".png")]) == 2
    assert archive.read("mon-passeport-de-badges.pdf") == pdf.content
    (picture,) = [name for name in names if name.startswith("badges/badge-preparer") and name.endswith(".png")]
    assert png.extract(archive.read(picture)).text == HOME.issuer.require_token(HOME.valid.uuid)


def test_the_list_in_the_passport_is_read_anywhere_and_its_links_are_in_it() -> None:
    packed = Browser(SITE).get(f"{MINE}/passeport.zip?b={HOME.valid.uuid}&b={HOME.new.uuid}")
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    page = PageRead(archive.read("mes-badges.html").decode())
    assert page.faults == []
    within = [str(link["href"]) for link in page.all("a") if not str(link["href"]).startswith("http")]
    assert len(within) == 6
    assert set(within) <= set(archive.namelist())
    assert "Canari" not in page.text


def test_cv_tools_get_what_their_formats_ask_for() -> None:
    packed = Browser(SITE).get(f"{MINE}/passeport.zip?b={HOME.valid.uuid}")
    archive = zipfile.ZipFile(io.BytesIO(packed.content))
    resume = orjson.loads(archive.read("cv/json-resume.json"))
    (certificate,) = resume["certificates"]
    assert certificate == {
        "name": "Préparer le sol et planter (maraîchage)",
        "date": "2026-11-20",
        "issuer": "Les Jardins de Limoges",
        "url": f"https://badges.example/b/{HOME.valid.code}",
    }
    assert len(resume["skills"][0]["keywords"]) == 5
    cv = orjson.loads(archive.read("cv/europass.json"))["SkillsPassport"]
    assert cv["DocumentInfo"]["DocumentType"] == "ECV"
    assert "planter" in cv["LearnerInfo"]["Achievement"][0]["Description"]


def test_a_passport_of_nothing_asks_what_to_put_in_it() -> None:
    answer = Browser(SITE).get(f"{MINE}/passeport.pdf")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{MINE}/passeport")


def test_linkedin_is_told_nothing_before_the_person_goes_there() -> None:
    page = PageRead(Browser(SITE).get(f"{MINE}/{HOME.ending.uuid}").text)
    (link,) = [each for each in page.all("a") if "linkedin" in str(each["href"])]
    for part in ("issueYear=2026", "issueMonth=11", f"certId={HOME.ending.code}", "expirationYear=2028"):
        assert part in str(link["href"])
    assert link["rel"] == "noreferrer noopener external"


# -- the same 404


def bodies(answers: list[object]) -> set[str]:
    """The pages but for the menu's mark of where one is, and the language links that repeat the question."""
    return {re.sub(r' aria-current="\w+"|href="\?[^"]*"', "", answer.text) for answer in answers}  # type: ignore[attr-defined]


def test_what_may_not_be_shown_is_one_same_refusal() -> None:
    old = HOME.link(HOME.nobody)
    HOME.empty_secret = HOME.link(HOME.nobody)
    withdrawn = HOME.issuer.holder.choices.share(
        HOME.issuer.holder.cards.open(HOME.secret),  # type: ignore[arg-type]
        [HOME.valid.uuid],
        days=7,
    )
    HOME.issuer.holder.choices.withdraw(HOME.issuer.holder.cards.open(HOME.secret), withdrawn.id)  # type: ignore[arg-type]
    others = f"/mes-badges/{HOME.others_secret}"
    made_up = "00000000-0000-4000-8000-000000000000"
    refused = [
        ("GET", "/mes-badges/inconnu"),
        ("GET", f"/mes-badges/{old}"),
        ("GET", f"/mes-badges/{HOME.secret.swapcase()}"),
        ("GET", f"/partage/{withdrawn.secret}"),
        ("GET", f"/partage/{HOME.secret}"),
        ("GET", f"/partage/{SHARE.secret}/{HOME.ending.uuid}.png"),
        ("GET", f"{MINE}/{HOME.valid.uuid}.exe"),
        ("GET", f"{MINE}/passeport.exe"),
        ("GET", f"{MINE}/passeport.pdf?b={HOME.others.uuid}"),
        ("GET", "/mes-badges/retour/inconnu"),
        ("POST", "/mes-badges/retour/inconnu"),
        ("POST", f"{others}/partages/{SHARE.id}/arreter"),
        ("POST", f"{others}/partages/inconnu/arreter"),
        *((method, f"{base}/{uuid}{rest}") for base in (MINE, others, "/mes-badges/inconnu")
          for uuid in (made_up, HOME.others.uuid if base == MINE else HOME.valid.uuid)
          for method, rest in (("GET", ""), ("GET", ".png"), ("GET", ".svg"), ("GET", ".pdf"), ("POST", "/montrer"),
                               ("POST", "/copie"), ("POST", "/regard"), ("POST", "/refaire"))),
        *((method, f"/mes-badges/inconnu{rest}") for method, rest in (
            ("GET", "/moi"), ("GET", "/moi/donnees.json"), ("GET", "/moi/effacer"), ("POST", "/moi/effacer"),
            ("POST", "/moi/code"), ("POST", "/moi/carte"), ("POST", "/moi/nom"), ("GET", "/passeport"),
            ("GET", "/partages"), ("POST", "/partages"), ("POST", "/c-est-moi"), ("POST", "/oublier"),
            ("POST", "/oublier-partout"), ("POST", ""))),
    ]  # fmt: skip
    answers = [Browser(SITE).ask(method, address) for method, address in refused]
    wrong = [refused[n] for n, answer in enumerate(answers) if answer.status_code != 404]
    assert wrong == []
    assert len(bodies(answers)) == 1
    assert {tuple(sorted(answer.headers.keys())) for answer in answers} == {tuple(sorted(answers[0].headers.keys()))}


def test_every_address_of_the_room_is_in_the_table_of_refusals() -> None:
    """A new route of the person's must be tried with another's secret: the one above names them all."""
    source = Path(__file__).read_text("utf-8").partition("def test_what_may_not_be_shown")[2].partition("\ndef ")[0]
    paths = {
        path.removeprefix("/mes-badges/{secret}").replace("{uuid}", "").replace("{form}", "").strip("/.")
        for path in (getattr(route, "path", "") for route in SITE.routes)
        if path.startswith("/mes-badges/{secret}")
    }
    missing = [path for path in paths if path and path.partition("/")[0] not in source]
    assert missing == []


# -- the code


def test_a_card_asks_for_its_code_and_a_device_is_forgotten(home: Household) -> None:
    card, site = home.card(home.marie), home.site()
    address = card.link.removeprefix("https://badges.example")
    browser = Browser(site)
    asked = browser.get(address)
    assert asked.status_code == 200
    assert "Quel est votre code" in plain(asked.text)
    assert "Préparer" not in asked.text
    for closed in (f"{address}/{home.valid.uuid}", f"{address}/{home.valid.uuid}.png", f"{address}/moi/donnees.json"):
        assert (browser.get(closed).status_code, browser.get(closed).headers["location"]) == (303, address)
    wrong = fill_in(browser, address, code="918273" if card.code != "918273" else "918274", device="lent")
    assert wrong.status_code == 422  # type: ignore[attr-defined]
    assert "Ce n’est pas le bon code" in plain(wrong.text)  # type: ignore[attr-defined]
    right = fill_in(browser, address, code=card.code or "", device="lent")
    assert right.headers["location"] == f"{address}?dit=opened"  # type: ignore[attr-defined]
    cookie = right.headers["set-cookie"]  # type: ignore[attr-defined]
    assert "__Host-mes-badges=" in cookie
    assert "Max-Age" not in cookie, "a device that is lent forgets with its browser"
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie
    page = browser.get(address)
    assert "Préparer le sol" in page.text
    assert "Fermer et oublier cet appareil" in page.text
    assert str(card.code) not in page.text
    fill_in(browser, f"{address}/oublier")
    assert "Quel est votre code" in plain(browser.get(address).text)


def test_one_visit_does_not_open_another_persons_card(home: Household) -> None:
    marie, paul = home.card(home.marie), home.card(home.paul)
    site, browser = home.site(), Browser(home.site())
    mine = marie.link.removeprefix("https://badges.example")
    fill_in(browser, mine, code=marie.code or "", device="own")
    other = Browser(site)
    other.cookies = browser.cookies
    assert "Quel est votre code" in plain(other.get(paul.link.removeprefix("https://badges.example")).text)


def test_ten_wrong_codes_slow_down_and_the_right_one_works_later(home: Household) -> None:
    card, browser = home.card(home.marie), Browser(home.site())
    address = card.link.removeprefix("https://badges.example")
    wrong = "918273" if card.code != "918273" else "918274"
    statuses = [fill_in(browser, address, code=wrong, device="lent").status_code for _ in range(11)]  # type: ignore[attr-defined]
    assert statuses == [422] * 10 + [429]
    slowed = fill_in(browser, address, code=card.code or "", device="lent")
    assert slowed.headers["retry-after"] == "900"  # type: ignore[attr-defined]
    assert "Attendez un quart d’heure" in plain(slowed.text)  # type: ignore[attr-defined]
    home.clock.advance(minutes=21)
    assert fill_in(browser, address, code=card.code or "", device="lent").status_code == 303  # type: ignore[attr-defined]


def test_a_code_of_ones_own_keeps_this_device_open(home: Household) -> None:
    browser = Browser(home.site())
    mine = f"/mes-badges/{home.secret}"
    easy = fill_in(browser, f"{mine}/moi/code", own_code="123456")
    assert easy.status_code == 422  # type: ignore[attr-defined]
    fill_in(browser, f"{mine}/moi/code", own_code="482095")
    assert "Préparer le sol" in browser.get(mine).text
    assert "Quel est votre code" in plain(Browser(home.site()).get(mine).text)


def test_asking_for_a_letter_says_nothing_of_anybody(home: Household) -> None:
    answers = [
        fill_in(Browser(home.site()), "/mes-badges/nouveau-lien", email=email)
        for email in ("paul@canari.example", "inconnu@canari.example")
    ]
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {  # type: ignore[attr-defined]
        (303, "/mes-badges/nouveau-lien?dit=letter")
    }


def test_two_cards_come_together(home: Household) -> None:
    other = home.card(home.paul)
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}"
    wrong = fill_in(browser, f"{mine}/moi/carte", link=other.link, other_code="000001")
    assert wrong.status_code == 422  # type: ignore[attr-defined]
    unknown = fill_in(browser, f"{mine}/moi/carte", link=other.link + "x", other_code=other.code or "")
    assert (unknown.status_code, bodies([unknown])) == (422, bodies([wrong]))  # type: ignore[attr-defined]
    fill_in(browser, f"{mine}/moi/carte", link=other.link, other_code=other.code or "")
    assert home.others.uuid in browser.get(mine).text


# -- choosing, asking


def test_hiding_a_badge_closes_the_page_of_its_code_and_showing_says_who_attests(home: Household) -> None:
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}/{home.valid.uuid}"
    printed = f"/b/{home.valid.code}"
    assert "Jardins" not in browser.get(printed).text
    fill_in(browser, f"{mine}/montrer", show="yes")
    assert "Les Jardins de Limoges" in browser.get(printed).text
    fill_in(browser, f"{mine}/montrer", show="no")
    hidden, unknown = browser.get(printed), browser.get("/b/000000000000")
    assert (hidden.status_code, bodies([hidden])) == (404, bodies([unknown]))
    assert browser.get(f"{mine}.png").status_code == 200
    page = PageRead(browser.get(mine).text)
    buttons = [each for each in page.all("button") if each.get("name") == "show"]
    assert {each["class"] for each in buttons} == {"button"}, "two buttons of the same weight"
    assert "papier déjà imprimé" in plain(page.text)


def test_a_share_shows_its_badges_with_a_verdict_until_it_is_withdrawn(home: Household) -> None:
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}"
    empty = fill_in(browser, f"{mine}/partages", days="30")
    assert empty.status_code == 422  # type: ignore[attr-defined]
    fill_in(browser, f"{mine}/partages", b=[home.valid.uuid], days="7", label="Mairie")
    page = PageRead(browser.get(f"{mine}/partages").text)
    (address,) = [str(each["value"]) for each in page.all("input") if "readonly" in each]
    employer = Browser(home.site())
    path = address.removeprefix("https://badges.example")
    seen = employer.get(path)
    assert "Oui : c’est un badge authentique." in plain(PageRead(seen.text).text)
    for hidden in ("Canari", "Mairie", home.secret, "tec-peinture"):
        assert hidden not in seen.text
    employer.get(path)
    assert "Regardé 2 fois." in plain(PageRead(browser.get(f"{mine}/partages").text).text)
    stop = re.search(r'action="([^"]+/arreter)"', browser.get(f"{mine}/partages").text)
    assert stop
    fill_in(browser, stop[1])
    assert employer.get(path).status_code == 404


def test_the_verdict_of_a_share_is_that_of_the_signed_badge() -> None:
    given: list[bytes] = []

    async def verify(tokens: object) -> list[dict[str, object]]:
        given.extend(tokens)  # type: ignore[arg-type]
        return [{"answer": "no", "headline": {"fr": "Non.", "en": "No."}, "criteria": {"items": []}}] * len(given)

    page = Browser(HOME.site(verify=verify)).get(f"/partage/{SHARE.secret}?metier=")
    assert [jws.read_unverified(token.decode()).payload for token in given]
    assert given == [HOME.issuer.require_token(award.uuid).encode() for award in (HOME.valid, HOME.new)]
    assert 'data-answer="no"' in page.text


def test_a_request_waits_for_a_written_answer_and_shows_it(home: Household) -> None:
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}"
    fill_in(browser, f"{mine}/{home.valid.uuid}/regard", words="Je sais aussi semer.")
    page = plain(PageRead(browser.get(f"{mine}/{home.valid.uuid}").text).text)
    assert "La structure doit répondre par écrit avant le 20 décembre 2026." in page
    (waiting,) = home.issuer.holder.requests.pending(home.office.director)
    home.issuer.answer_request(
        home.office.director, waiting.request.id, outcome="declined", words="Nous avons relu ensemble."
    )
    assert "Nous avons relu ensemble." in browser.get(mine).text
    fill_in(browser, f"{mine}/{home.valid.uuid}/refaire", named="no", issued_as="network")
    fill_in(browser, f"{mine}/moi/nom", name="Marie C.")
    waiting_now = home.issuer.holder.requests.pending(home.office.director)
    assert {one.request.kind for one in waiting_now} == {"reissue", "name"}


def test_an_employer_asks_is_it_you_and_is_told_yes_or_not_proven(home: Household) -> None:
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}"
    shown = fill_in(browser, f"{mine}/c-est-moi")
    code = re.sub(r"\D", "", re.search(r'big-code"[^>]*>([\d\s]+)<', shown.text)[1])  # type: ignore[index,attr-defined]
    employer = Browser(home.site())
    yes = fill_in(employer, f"/b/{home.valid.code}/personne", present=code)
    assert "Oui : ce code est celui que montre la personne" in plain(yes.text)  # type: ignore[attr-defined]
    no = fill_in(employer, f"/b/{home.valid.code}/personne", present="000000")
    assert "ne le prouve pas" in plain(no.text)  # type: ignore[attr-defined]
    assert "Canari" not in yes.text + no.text  # type: ignore[attr-defined]
    home.clock.advance(minutes=11)
    late = fill_in(employer, f"/b/{home.valid.code}/personne", present=code)
    assert "ne le prouve pas" in plain(late.text)  # type: ignore[attr-defined]


# -- leaving


def test_everything_is_erased_in_two_steps_that_say_what_stays(home: Household) -> None:
    browser, mine = Browser(home.site()), f"/mes-badges/{home.secret}"
    first = plain(PageRead(browser.get(f"{mine}/moi/effacer").text).text)
    for said in ("Rien n’est encore effacé", "se vérifient toujours", "un numéro au hasard", "Prenez vos badges avant"):
        assert said in first
    second = fill_in(browser, f"{mine}/moi/effacer", step="1", what="keep")
    assert "Êtes-vous sûr" in plain(second.text)  # type: ignore[attr-defined]
    unsure = fill_in(browser, f"{mine}/moi/effacer", step="2", what="keep")
    assert unsure.status_code == 422  # type: ignore[attr-defined]
    assert browser.get(mine).status_code == 200, "nothing is erased before the last yes"
    done = fill_in(browser, f"{mine}/moi/effacer", step="2", what="keep", sure="yes")
    assert "C’est effacé" in plain(done.text)  # type: ignore[attr-defined]
    assert browser.get(mine).status_code == browser.get(f"/b/{home.valid.code}").status_code == 404


def test_all_that_is_held_comes_in_one_file() -> None:
    answer = Browser(SITE).get(f"{MINE}/moi/donnees.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="mes-donnees.json"'
    told = orjson.loads(answer.content)
    assert told["people"][0]["name"] == "Marie Canari"
    assert len(told["awards"]) == 6
    assert HOME.secret not in answer.text


# -- printed codes


@pytest.mark.parametrize("spelling", [str.upper, str.lower, lambda code: f"{code[:4]}-{code[4:8]} {code[8:]}"])
@pytest.mark.parametrize("door", ["/b/", "/B/"])
def test_a_code_is_read_in_any_spelling(door: str, spelling: object) -> None:
    assert callable(spelling)
    assert Browser(SITE).get(door + spelling(HOME.valid.code)).status_code == 200


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("valid", "Ce code est celui d’un badge en cours de validité"),
        ("expired", "Ce code est celui d’un badge dont la date est dépassée"),
        ("replaced", "Ce code est celui d’un badge remplacé"),
        ("revoked", "Ce code est celui d’un badge retiré"),
    ],
)
def test_a_code_tells_the_state_in_words_and_never_a_name(name: str, words: str) -> None:
    award = getattr(HOME, name)
    page = PageRead(Browser(SITE).get(f"/b/{award.code.lower()}").text)
    assert words in page.text
    assert "/verifier" in {link["href"] for link in page.all("a")}
    for personal in ("Canari", "Jardins", award.uuid):
        assert personal not in page.text


def test_a_typed_code_leads_to_its_page() -> None:
    code = HOME.valid.code
    answer = Browser(SITE).get(f"/b?code={code[:4].lower()}+{code[4:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/b/{code}")


def test_what_was_typed_wrong_is_kept_and_explained() -> None:
    answer = Browser(SITE).get('/b?code="><b>zzz')
    page = PageRead(answer.text)
    assert answer.status_code == 422
    typed = next(field for field in page.all("input") if field.get("name") == "code")
    assert typed["value"] == '"><b>zzz'
    assert typed["aria-invalid"] == "true"
    assert "il en faut 12" in page.text


def test_the_address_of_a_person_says_nothing_of_anybody() -> None:
    known, unknown = (Browser(SITE).get(f"/p/{opaque}") for opaque in (HOME.marie.opaque, "nobody"))
    assert bodies([known]) == bodies([unknown])
    assert known.status_code == 200


def test_the_words_of_the_levels_are_those_of_the_catalogue() -> None:
    assert tuple(label.fr for label in taxonomy.LEVEL_LABELS.values()) == LEVELS


def test_each_reason_of_the_issuer_is_said_to_the_person() -> None:
    assert set(WITHDRAWN_WHY) == set(REVOCATION_REASONS)


def test_the_page_of_a_code_asks_for_the_file_and_says_which_badge_is_expected() -> None:
    page = PageRead(Browser(SITE).get(f"/b/{HOME.valid.code}").text)
    (form,) = [each for each in page.all("form") if each.get("action") == "/verifier"]
    assert (form["method"], form["enctype"]) == ("post", "multipart/form-data")
    assert [each["value"] for each in page.all("input") if each.get("name") == "expected"] == [HOME.valid.code]
    assert [each["type"] for each in page.all("input") if each.get("name") == "file"] == ["file"]
