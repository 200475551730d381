"""A season's end in a real Chromium: three hundred people, twelve rows to correct, a button pressed twice.

The same pages are then asked for three thousand people, through their own doors; and looked at by axe-core.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from badges.issuer.database import open_database
from badges.issuer.sheets import read_table
from badges.issuer.storage import Award, BatchRow, Person
from tests.browsing import a_browser, follow, objections, width

from .conftest import Demonstration, Service

SLUG = "tec-maraichage-planter"
LOTS = "/equipe/lots"
DAYS = tuple((datetime.now(UTC) - timedelta(days=ago)).date() for ago in (15, 3))
FIRST = ("Amina", "Bakary", "Chloé", "Driss", "Élodie", "Fatou", "Gaël", "Hawa", "Ismaël", "Jeanne", "Karim", "Lou")
LAST = ("Traoré", "Le Goff", "N’Guessan", "Petit-Jean", "Benali", "Roux")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with a_browser() as browser:
        yield browser


@pytest.fixture
def open_page(browser: Any, service: Service) -> Iterator[Callable[..., Any]]:
    """A page of somebody of the staff; what the browser complains about fails the test."""
    contexts, said = [], []

    def open_page(role: str = "encadrante", **options: Any) -> Any:
        context = browser.new_context(**{"locale": "fr-FR", "viewport": {"width": 1024, "height": 800}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        staff = service.demo.told["staff"][role]
        page.goto(f"{service.demo.base_url}/equipe/connexion")
        page.get_by_label("Votre e-mail").fill(staff["email"])
        page.get_by_label("Votre mot de passe").fill(staff["password"])
        page.get_by_role("main").get_by_role("button", name="Se connecter").click()
        page.wait_for_url("**/equipe")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [each for each in said if not each.startswith("Failed to load resource")] == []


def people(season: str, count: int) -> list[list[str]]:
    """Name, e-mail, absent, caught up: as many people, no two of one name."""
    return [[f"{FIRST[n % 12]} {LAST[n // 12 % 6]} {season}{n // 72}", "", "", ""] for n in range(count)]


def a_sheet(rows: list[list[str]]) -> bytes:
    """As French Excel saves it."""
    lines = ["Prénom et initiale;E-mail;Absent le;Rattrapé le", *(";".join(row) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def with_twelve_bad_rows(rows: list[list[str]]) -> list[list[str]]:
    rows[10][1], rows[20][1], rows[30][1] = "amina@", "une adresse", "a@b@exemple.fr"
    rows[40][2], rows[50][2], rows[60][2] = "hier", "31/02/2026", "1er janvier 2026"
    rows[70][2] = rows[80][2] = f"{DAYS[1]:%d/%m/%Y}"  # a day is missing, caught up on no other
    rows[90][0] = "=CONCATENER(A1;B1)".replace(";", ",")
    rows[100][0] = "06 12 34 56 78"
    rows[110][0] = rows[0][0]  # the same name twice
    rows[120][0] = "Amina Diallo"  # somebody whom the structure knows, and who has this badge
    return rows


def plan(page: Any, service: Service, sheet: bytes) -> None:
    """From the list of batches to the table: which badge, what was seen, who."""
    page.goto(f"{service.demo.base_url}{LOTS}")
    follow(page.get_by_role("link", name=re.compile("Préparer un (premier )?lot")))
    page.get_by_label("Chercher un badge").fill("planter")
    follow(page.get_by_role("main").get_by_role("button", name="Chercher"))
    follow(page.get_by_role("link", name="Préparer le sol et planter (maraîchage)"))
    for number, day in enumerate(DAYS, start=1):
        page.locator(f"#day{number}").fill(day.isoformat())
    follow(page.get_by_role("button", name="Continuer"))
    file = {"name": "saison.csv", "mimeType": "text/csv", "buffer": sheet}
    page.get_by_label("Votre tableau").set_input_files(files=[file])
    follow(page.get_by_role("button", name="Contrôler le tableau"))
    page.wait_for_url(f"**{LOTS}/*dit=batch_planned")


def say_that_each_was_told(page: Any) -> None:
    page.get_by_label("Chaque personne a été informée").check()
    page.get_by_label("Quel jour ?").fill(DAYS[-1].isoformat())


def heading(page: Any) -> str:
    return " ".join(page.get_by_role("heading", level=1).inner_text().split())


def correct_all(page: Any, season: str) -> None:
    """Each row by what it says is wrong, as somebody reads it."""
    caught_up = f"{DAYS[0] + timedelta(days=1):%d/%m/%Y}"
    for row in page.locator(".row-to-correct").all():
        said = row.locator(".row-problems").inner_text()
        if "adresse e-mail" in said:
            row.get_by_label("E-mail").fill("")
        elif "Il manque une date" in said:
            row.get_by_label("Rattrapé le").fill(caught_up)
        elif "Des dates étaient attendues" in said or "Un jour de la session" in said:
            row.get_by_label("Absent le").fill("")
        elif "formule" in said or "Un prénom et une initiale" in said:
            row.get_by_label("Prénom et initiale").fill(
                f"Corrigé {season} {row.locator('legend').first.inner_text()[-3:]}"
            )
        else:
            row.get_by_label("Une autre personne, du même nom").check()
    page.get_by_role("button", name="Enregistrer ces corrections").click()
    page.wait_for_url("**dit=batch_corrected")


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_three_hundred_people_twelve_rows_corrected_and_each_has_one_badge(
    open_page: Callable[..., Any], service: Service, scripts: bool
) -> None:
    season = "A" if scripts else "B"
    page = open_page(java_script_enabled=scripts)
    plan(page, service, a_sheet(with_twelve_bad_rows(people(season, 300))))
    assert heading(page) == "288 prêts, 12 à corriger"
    batch = page.url.rpartition("/")[2].partition("?")[0]
    correct_all(page, season)
    assert heading(page) == "300 prêts"

    follow(page.get_by_role("link", name="Délivrer 300 badges"))
    again = page.context.new_page()
    again.goto(page.url)
    for each in (page, again):
        say_that_each_was_told(each)
    page.get_by_role("button", name="Oui, délivrer 300 badges").click()
    again.get_by_role("button", name="Oui, délivrer 300 badges").click()
    # With scripts the page asks how far it is; without, it is read again by itself.
    page.get_by_role("heading", level=1, name="300 badges délivrés").wait_for(timeout=60_000)

    storage = open_database(f"sqlite:///{service.demo.home / 'badges.sqlite3'}")
    with storage.reading() as register:
        rows = register.list(BatchRow, batch=batch)
        awards = register.list(Award, batch_row=[row.id for row in rows])
        known = {person.id for person in register.list(Person, id=[award.person for award in awards])}
    storage.close()
    assert {row.state for row in rows} == {"done"}
    assert len(rows) == len(awards) == len({award.person for award in awards}) == len(known) == 300
    assert len({award.batch_row for award in awards}) == 300


@pytest.mark.browser
def test_rows_to_correct_go_to_a_spreadsheet_and_come_back(open_page: Callable[..., Any], service: Service) -> None:
    page = open_page(viewport={"width": 360, "height": 760})
    rows = people("C", 4)
    rows[1][1] = "amina@"
    plan(page, service, a_sheet(rows))
    assert heading(page) == "3 prêts, 1 à corriger"
    with page.expect_download() as downloading:
        page.get_by_role("link", name="télécharger ces lignes (Excel)").click()
    table = read_table(downloading.value.path().read_bytes())
    assert table.lines[0].cells[0] == "À corriger"
    assert (table.lines[1].cells[2], table.lines[1].cells[3]) == (rows[1][0], "amina@")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_a_batch_satisfy_axe_and_fit_a_small_screen(
    open_page: Callable[..., Any], service: Service, scheme: str
) -> None:
    page = open_page(color_scheme=scheme, viewport={"width": 320, "height": 700})
    found: list[str] = []

    def look() -> None:
        found.extend(objections(page))
        assert width(page) == 320, page.url

    rows = with_twelve_bad_rows(people(f"D{scheme}", 130))
    base = service.demo.base_url
    for address in (LOTS, f"{LOTS}/nouveau", f"{LOTS}/nouveau?q=xyzzy", f"{LOTS}/nouveau/{SLUG}"):
        page.goto(base + address)
        look()
    page.get_by_role("button", name="Continuer").click(no_wait_after=True)  # what is missing is told by the browser
    for number, day in enumerate(DAYS, start=1):
        page.locator(f"#day{number}").fill(DAYS[0].isoformat() if number == 2 else day.isoformat())
    follow(page.get_by_role("button", name="Continuer"))
    look()  # the same day twice
    page.locator("#day2").fill(DAYS[1].isoformat())
    follow(page.get_by_role("button", name="Continuer"))
    look()
    follow(page.get_by_role("button", name="Contrôler le tableau"))
    look()  # nobody yet
    plan(page, service, a_sheet(rows))
    for details in page.locator("main details").all():
        details.evaluate("element => element.open = true")
    look()
    follow(page.get_by_role("link", name=re.compile("Délivrer")).last)
    look()
    say_that_each_was_told(page)
    # A batch that ends replaces the page under whoever looks at it: until it was looked at, it cannot be asked.
    page.route("**/avancement", lambda route: route.abort())
    follow(page.get_by_role("button", name="Oui, délivrer"))
    look()
    page.unroute("**/avancement")
    page.locator("#progress").wait_for(state="detached", timeout=60_000)
    for details in page.locator("main details").all():
        details.evaluate("element => element.open = true")
    look()
    page.goto(base + LOTS)
    look()
    assert found == []


def test_three_thousand_people_through_the_doors_of_the_pages(service: Service) -> None:
    """Planned, corrected and confirmed in seconds while somebody waits; signed behind, each once."""
    count = 3_000
    rows = people("M", count)
    rows[1_500][1] = "amina@"
    with httpx.Client(
        base_url=service.demo.base_url, headers={"Sec-Fetch-Site": "same-origin"}, trust_env=False, timeout=120
    ) as client:
        demo: Demonstration = service.demo
        staff = demo.told["staff"]["encadrante"]
        signed_in = client.post("/equipe/connexion", data={"email": staff["email"], "password": staff["password"]})
        assert signed_in.status_code == 303
        seconds: dict[str, float] = {}

        def send(what: str, address: str, data: dict[str, Any], **more: Any) -> str:
            started = time.perf_counter()
            answer = client.post(address, data=data, **more)
            seconds[what] = time.perf_counter() - started
            assert answer.status_code == 303, answer.text[:2000]
            return answer.headers["location"].partition("?")[0]

        seen = [f"c{criterion}:{day}" for criterion in range(1, 6) for day in (1, 2)]
        grid = {"day1": DAYS[0].isoformat(), "day2": DAYS[1].isoformat(), "seen": seen, "do": "plan"}
        sheet = {"sheet": ("saison.csv", a_sheet(rows), "text/csv")}
        address = send("plan", f"{LOTS}/nouveau/{SLUG}", grid, files=sheet)
        table = client.get(address).text
        (wrong,) = set(re.findall(r'name="name-(\w+)"', table))
        send("correct", f"{address}/lignes", {f"name-{wrong}": rows[1_500][0], f"email-{wrong}": ""})
        assert "3 000 prêts" in re.sub(r"\s", " ", client.get(address).text)
        for attempt in ("confirm", "confirm again"):
            send(attempt, f"{address}/confirmer", {"ready": str(count), "told": "1", "told_on": DAYS[-1].isoformat()})
        started = time.perf_counter()
        while (told := client.get(f"{address}/avancement").json())["state"] == "confirmed":
            assert time.perf_counter() - started < 180, told
            time.sleep(0.2)
        seconds["signed"] = time.perf_counter() - started
    assert told == {"state": "done", "done": count, "ready": 0, "refused": 0}
    assert max(seconds[what] for what in ("plan", "correct", "confirm", "confirm again")) < 20, seconds
    print({what: round(taken, 2) for what, taken in seconds.items()})
