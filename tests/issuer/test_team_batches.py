"""The pages of a batch, asked as a browser asks them: steps, corrections, homonyms, confirmation, who sees what."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from badges.issuer.accounts import Accounts
from badges.issuer.database import Database
from badges.issuer.permissions import Caller
from badges.issuer.sheets import Sheet, read_table, to_xlsx
from badges.issuer.storage import Award, BatchRow, Person, Structure
from badges.issuer.team import batch_papers, batches, entry
from badges.issuer.team.door import Team
from badges.paper.press import Press

from ..web.building import Browser, a_site, some_pages
from .builders import (
    CONNAITRE_IAE,
    DEBROUSSAILLER,
    FIRST_DAY,
    NOW,
    PLANTER,
    SECOND_DAY,
    Office,
    grid_of,
    rows,
    the_catalogue,
)

PASSWORD = "cerfeuil brouette nacelle"
LOTS = "/equipe/lots"


@dataclass
class Room:
    """The office, its pages, and somebody of each structure who signs in with a browser of their own."""

    office: Office
    accounts: Accounts
    app: Any
    woken: list[None] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def browser(self, caller: Caller, language: str = "fr") -> Browser:
        browser = Browser(self.app, language)
        member = self.office.member(caller)
        if member.id not in self.known:
            self.known.add(member.id)
            self.accounts.set_password(member.account, PASSWORD)
        answer = browser.post("/equipe/connexion", {"email": f"{member.id}@equipe.example", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def add(self, structure: Structure, function: str, **changes: Any) -> Caller:
        caller = self.office.add_staff(structure, function, **changes)
        member = self.office.member(caller)
        with self.office.storage.writing() as register:
            register.change(member, email=f"{member.id}@equipe.example")
        return caller


@pytest.fixture
def room(sqlite_storage: Database) -> Room:
    office = Office(sqlite_storage)
    accounts = Accounts(office.issuer.desk)
    pages = some_pages()
    team = Team(office.issuer, accounts, pages)
    woken: list[None] = []
    papers = batch_papers.router(team, Press(office.addresses, "Réseau"))
    app = a_site(entry.router(team), batches.router(team, wake=lambda: woken.append(None)), papers, pages=pages)
    room = Room(office, accounts, app, woken)
    office.eti = room.add(office.jardins, "ETI", name="Nadia Roux")
    office.coord = room.add(office.jardins, "COORD", name="Paul Vidal")
    office.neighbour = room.add(office.voisins, "ETI", name="Ana Pires")
    return room


def grid_form(slug: str = PLANTER, **more: str) -> dict[str, Any]:
    """What the grid page sends for a session of two days."""
    seen = [f"{item.criterion}:{1 if item.on == FIRST_DAY else 2}" for item in grid_of(the_catalogue().latest(slug))]
    return {"day1": FIRST_DAY.isoformat(), "day2": SECOND_DAY.isoformat(), "seen": seen, "do": "plan"} | more


def plan(browser: Browser, people: str = "", *, slug: str = PLANTER, sheet: bytes = b"", **more: str) -> httpx.Response:
    files = {"sheet": ("session.csv", sheet, "text/csv")} if sheet else None
    form = grid_form(slug, pasted=people, **more)
    return browser.post(f"{LOTS}/nouveau/{slug}", form, **({"files": files} if files else {}))


def planned(browser: Browser, people: str, **more: Any) -> str:
    answer = plan(browser, people, **more)
    assert answer.status_code == 303, re.findall(r"<h2>.*?</div>", answer.text, re.S)
    return str(answer.headers["location"].split("?")[0])


def confirm(browser: Browser, address: str, ready: object) -> httpx.Response:
    """As somebody presses it who has told each person what their badge says."""
    told = {"told": "1", "told_on": NOW.date().isoformat()}
    return browser.post(f"{address}/confirmer", {"ready": str(ready)} | told)


def heading(answer: httpx.Response) -> str:
    return " ".join(re.sub("<[^>]+>", "", re.findall("<h1[^>]*>(.*?)</h1>", answer.text, re.S)[0]).split())


def row_ids(room: Room, *states: str) -> list[BatchRow]:
    with room.office.storage.reading() as register:
        return list(register.list(BatchRow, order="position", state=list(states or ("refused",))))


# -- step by step


def test_without_a_batch_the_page_says_what_to_do_next(room: Room) -> None:
    page = room.browser(room.office.eti).get(LOTS).text
    assert "Aucun lot pour le moment" in page
    assert f'href="{LOTS}/nouveau"' in page


def test_one_chooses_among_badges_that_may_be_awarded(room: Room) -> None:
    browser = room.browser(room.office.eti)
    everything, found = browser.get(f"{LOTS}/nouveau").text, browser.get(f"{LOTS}/nouveau?q=planter").text
    assert everything.count(f'href="{LOTS}/nouveau/') == len(room.office.catalogue.current())
    assert f'href="{LOTS}/nouveau/{PLANTER}"' in found
    assert found.count(f'href="{LOTS}/nouveau/') < 6
    assert "Aucun badge ne répond" in browser.get(f"{LOTS}/nouveau?q=xyzzy").text


def test_the_grid_comes_with_what_most_sessions_are(room: Room) -> None:
    page = room.browser(room.office.eti).get(f"{LOTS}/nouveau/{PLANTER}").text
    ticked = re.findall(r'name="seen" value="(\w+:\d)" checked', page)
    assert ticked == [
        f"{criterion.id}:{day}" for criterion in room.office.entry().definition.essential for day in (1, 2)
    ]
    assert "2 jours différents au moins" in page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"day2": ""}, "Donnez le jour", id="a day that is missing"),
        pytest.param({"day2": FIRST_DAY.isoformat()}, "déjà donné", id="the same day twice"),
        pytest.param({"day2": "2030-01-01"}, "Une date passée", id="a day to come"),
        pytest.param({"day2": "hier"}, "Une date était attendue", id="no day"),
        pytest.param({"seen": []}, "Cochez au moins un critère", id="nothing seen"),
        pytest.param({"seen": ["c1:1"]}, "personne ne pourrait avoir ce badge", id="too little seen"),
        pytest.param({"seen": ["c99:1"]}, "Choisissez dans la liste", id="no criterion of this badge"),
        pytest.param({"way:c1": "XXX"}, "Choisissez dans la liste", id="no way of assessing"),
        pytest.param({"issued_as": "moi"}, "Choisissez dans la liste", id="no name to sign under"),
    ],
)
def test_a_grid_that_cannot_do_is_told_before_anyone_is_in_it(room: Room, change: dict[str, Any], told: str) -> None:
    form = grid_form() | change | {"do": "people"}
    answer = room.browser(room.office.eti).post(f"{LOTS}/nouveau/{PLANTER}", form)
    assert answer.status_code == 422
    assert told in answer.text
    assert f'value="{FIRST_DAY.isoformat()}"' in answer.text, "what was typed is kept"


def test_after_midnight_in_paris_the_new_day_may_be_told(room: Room) -> None:
    room.office.clock.instant = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    browser = room.browser(room.office.eti)
    form = grid_form(day2="2026-12-01", pasted="Amina D.")
    assert 'max="2026-12-01"' in browser.get(f"{LOTS}/nouveau/{PLANTER}").text
    answer = browser.post(f"{LOTS}/nouveau/{PLANTER}", form)
    assert answer.status_code == 303, heading(answer)


def test_the_people_page_carries_the_grid_along_and_finds_people_without_losing_the_chosen(room: Room) -> None:
    amina, zoe = room.office.a_person(name="Amina Diallo"), room.office.a_person(name="Zoé Petit")
    room.office.a_person(room.office.neighbour, name="Amina Voisine")
    browser = room.browser(room.office.eti)
    address = f"{LOTS}/nouveau/{PLANTER}"
    first = browser.post(address, grid_form(do="people")).text
    assert first.count('name="seen"') == len(grid_of(room.office.entry()))
    assert f'name="person-{amina.id}"' in first
    found = browser.post(address, grid_form(do="search", words="am d") | {f"person-{zoe.id}": "1"}).text
    assert f'name="person-{zoe.id}" value="1" checked' in found
    assert f'name="person-{amina.id}"' in found
    assert "Voisine" not in found
    back = browser.post(address, grid_form(do="back")).text
    assert re.findall(r'name="seen" value="(\w+:\d)" checked', back) == grid_form()["seen"]


def test_people_come_from_a_file_from_pasted_names_and_from_the_structure_together(room: Room) -> None:
    known = room.office.a_person(name="Zoé Petit")
    browser = room.browser(room.office.eti)
    sheet = "Nom;E-mail\nNoémie L’Hostis;noemie@exemple.fr\n".encode("cp1252")
    address = planned(browser, "Amina D.\nBakary T.", sheet=sheet, **{f"person-{known.id}": "1"})
    page = browser.get(address)
    assert heading(page) == "4 prêts"
    assert {"Noémie L’Hostis", "Amina D.", "Bakary T.", "Zoé Petit"} <= set(
        re.findall("<strong>(.*?)</strong>", page.text)
    )


def test_how_a_file_was_read_is_told_beside_its_table(room: Room) -> None:
    browser = room.browser(room.office.eti)
    answer = plan(browser, sheet="Nom;Ville;Âge\nNoémie L’Hostis;Limoges;33\n".encode("cp1252"))
    page = browser.get(answer.headers["location"]).text
    assert "CSV en Windows-1252, colonnes séparées par : point-virgule" in page.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    assert "2 colonnes inconnues, ni lues ni gardées" in page
    book = to_xlsx(Sheet("Gens", ["Nom"], [["Amina D."]]), Sheet("Autre", ["x"]))
    told = browser.get(plan(browser, sheet=book).headers["location"]).text
    assert "un classeur Excel" in told
    assert "1 autre feuille laissée de côté" in told
    address = answer.headers["location"].partition("?")[0]
    for invented in ("lu=csv.UTF-9.;", "lu=<b>", "lu=exe..", "lu=csv..x&colonnes=abc"):
        assert "Fichier lu" not in browser.get(f"{address}?{invented}").text


def test_without_people_one_is_asked_for_them(room: Room) -> None:
    answer = plan(room.browser(room.office.eti))
    assert answer.status_code == 422
    assert "Donnez des personnes" in answer.text


@pytest.mark.parametrize(
    ("sheet", "told"),
    [
        (b"Ville\nLimoges\n", "les titres trouvés sont"),
        (b"Nom\n" + b"Amina\n" * 100_000, "lignes au plus étaient attendues"),
        (b"PK\x03\x04 nothing", "ne se lit pas"),
        (b"Nom\n\"Amina\n", "guillemets"),
    ],
)  # fmt: skip
def test_a_sheet_that_cannot_be_read_is_told_where_it_was_sent(room: Room, sheet: bytes, told: str) -> None:
    answer = plan(room.browser(room.office.eti), sheet=sheet)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'name="sheet"' in answer.text
    assert answer.text.count('name="seen"') == len(grid_of(room.office.entry())), "the grid is not lost"


def test_the_templates_are_files_with_the_days_of_the_session(room: Room) -> None:
    browser = room.browser(room.office.eti)
    days = f"jour={FIRST_DAY}&jour={SECOND_DAY}&jour=hier"
    for form, media in (("csv", "text/csv"), ("xlsx", "spreadsheetml")):
        answer = browser.get(f"{LOTS}/modele/{PLANTER}.{form}?{days}")
        assert media in answer.headers["content-type"]
        assert answer.headers["content-disposition"].startswith("attachment")
        assert read_table(answer.content).lines[0].cells[1] == "Prénom et initiale"
    assert browser.get(f"{LOTS}/modele/{PLANTER}.exe").status_code == 404


def test_a_plan_sent_twice_is_one_batch(room: Room) -> None:
    browser = room.browser(room.office.eti)
    assert planned(browser, "Amina D.", once="abc") == planned(browser, "Amina D.", once="abc")
    other = plan(browser, "Bakary T.", once="abc")
    assert other.status_code == 409


# -- the table


def test_the_table_says_what_is_wrong_and_is_corrected_in_place(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(
        browser, f"Nom;E-mail;Absent le\nAmina D.;amina@;\nBakary T.;;{SECOND_DAY:%d/%m/%Y}\nLéa M.;;\n=1+1;;hier\n"
    )
    page = browser.get(address)
    assert heading(page) == "1 prêt, 3 à corriger"
    for told in ("« amina@ »", "Il manque une date", "une formule a été trouvée", "« hier »"):
        assert told in page.text.replace("\u202f", " ").replace("\xa0", " ")
    email, absent, formula = row_ids(room)
    answer = browser.post(
        f"{address}/lignes",
        {
            f"name-{email.id}": "Amina D.", f"email-{email.id}": "amina@exemple.fr",
            f"name-{absent.id}": "Bakary T.", f"absent-{absent.id}": f"{SECOND_DAY:%d/%m/%Y}",
            f"caught_up-{absent.id}": "12/11/2026", f"shown-{absent.id}": "1", f"named-{absent.id}": "1",
            f"name-{formula.id}": "=1+1", f"absent-{formula.id}": "", f"email-{formula.id}": "",
        },
    )  # fmt: skip
    assert answer.headers["location"] == f"{address}?dit=batch_corrected"
    again = browser.get(address)
    assert heading(again) == "3 prêts, 1 à corriger"
    assert "« hier »" not in again.text
    (kept,) = [row for row in row_ids(room, "ready") if row.id == absent.id]
    assert kept.name_in_badge
    assert {item["on"] for item in kept.exceptions["observations"]} == {"2026-11-12"}
    nothing = browser.post(f"{address}/lignes", {f"name-{formula.id}": "=1+1"})
    assert nothing.headers["location"].endswith("dit=batch_same")
    browser.post(f"{address}/lignes", {f"name-{formula.id}": "=1+1", "leave": formula.id})
    assert heading(browser.get(address)) == "3 prêts"
    browser.post(f"{address}/reprendre", {"row": formula.id})
    assert heading(browser.get(address)) == "3 prêts, 1 à corriger"


def test_of_a_homonym_one_says_who_it_is(room: Room) -> None:
    known = room.office.a_person(name="Amina Diallo")
    browser = room.browser(room.office.eti)
    address = planned(browser, "amina diallo\nBakary T.\nBakary T.")
    page = browser.get(address)
    same, twice = row_ids(room)
    assert f'name="who-{same.id}" value="{known.id}"' in page.text
    assert f'name="who-{twice.id}" value="new"' in page.text
    browser.post(
        f"{address}/lignes",
        {
            f"name-{same.id}": "amina diallo",
            f"who-{same.id}": known.id,
            f"name-{twice.id}": "Bakary T.",
            f"who-{twice.id}": "new",
        },
    )
    assert heading(browser.get(address)) == "3 prêts"
    room.office.issuer.batches.confirm(room.office.eti, address.rpartition("/")[2], ready=3, told_otherwise=True)
    with room.office.storage.reading() as register:
        assert sorted(str(person.name) for person in register.list(Person)) == [
            "Amina Diallo",
            "Bakary T.",
            "Bakary T.",
        ]


def test_somebody_of_another_structure_cannot_be_slipped_into_a_row(room: Room) -> None:
    stranger = room.office.a_person(room.office.neighbour, name="Amina D.")
    room.office.a_person(name="Amina D.")
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.")
    (row,) = row_ids(room)
    browser.post(f"{address}/lignes", {f"name-{row.id}": "Amina D.", f"who-{row.id}": stranger.id})
    assert [problem["code"] for problem in row_ids(room)[0].problems] == ["person_unknown"]
    picked = planned(browser, "", **{f"person-{stranger.id}": "1"})
    assert heading(browser.get(picked)) == "0 prêt, 1 à corriger"
    assert "Aucune ligne n’est prête" in browser.get(picked).text


def test_rejected_rows_are_a_file_that_can_be_sent_again(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Nom;E-mail\nAmina D.;amina@\nBakary T.;\n")
    for form in ("csv", "xlsx"):
        file = browser.get(f"{address}/a-corriger.{form}")
        table = read_table(file.content)
        assert [line.cells[2:4] for line in table.lines] == [("Prénom et initiale", "E-mail"), ("Amina D.", "amina@")]
        corrected = file.content.replace(b"amina@", b"amina@exemple.fr") if form == "csv" else file.content
        assert heading(browser.get(planned(browser, "", sheet=corrected))) == (
            "1 prêt" if form == "csv" else "0 prêt, 1 à corriger"
        )


def test_long_tables_are_read_page_by_page(room: Room) -> None:
    browser = room.browser(room.office.eti)
    wrong = "".join(f"Personne {n};a@\n" for n in range(60))
    good = "".join(f"Personne bonne {n};\n" for n in range(120))
    address = planned(browser, "Nom;E-mail\n" + wrong + good)
    seen, page = set(), browser.get(address).text
    for _ in range(3):
        seen |= set(re.findall(r"<legend><strong>(Personne \d+)</strong>", page))
        if more := re.search(r'href="(\?faux=\d+)#', page):
            page = browser.get(address + more[1]).text
    assert len(seen) == 60
    assert (
        len(set(re.findall(r"<strong>(Personne bonne \d+)</strong>", browser.get(address + "?apres=110").text))) == 50
    )
    assert len(browser.get(address + "?apres=abc").text) > 0


# -- confirm, follow, after


def test_what_is_confirmed_twice_is_delivered_once_and_told(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Nom;E-mail\nAmina D.;\nBakary T.;\nLéa M.;l@\n")
    check = browser.get(f"{address}/confirmer")
    assert heading(check).startswith("Délivrer 2 badges")
    assert "1 à corriger" in check.text
    for _ in range(2):
        answer = confirm(browser, address, "2")
        assert answer.headers["location"].startswith(address)
    assert room.woken
    running = browser.get(address)
    assert heading(running) == "Les badges se font"
    assert 'http-equiv="refresh"' in running.text
    assert browser.get(f"{address}/avancement").json() == {"state": "confirmed", "done": 0, "ready": 2, "refused": 1}
    room.office.issuer.batches.run(address.rpartition("/")[2])
    assert browser.get(f"{address}/avancement").json()["state"] == "done"
    done = browser.get(address)
    assert heading(done) == "2 badges délivrés"
    assert "1 ligne n’a pas été délivrée" in done.text
    assert browser.get(f"{address}/confirmer").status_code == 303
    assert browser.post(f"{address}/lignes", {"name-x": "y"}).status_code == 303
    listed = browser.get(LOTS).text
    assert "2 délivrés, 1 non délivré" in listed.replace("\n", " ")


def test_a_table_that_changed_meanwhile_is_checked_again_and_nothing_is_delivered(room: Room) -> None:
    known = room.office.a_person(name="Amina D.")
    browser = room.browser(room.office.eti)
    address = planned(browser, "Bakary T.", **{f"person-{known.id}": "1"})
    room.office.observe(known)
    room.office.an_award(known)
    answer = confirm(browser, address, "2")
    assert answer.headers["location"] == f"{address}?dit=batch_rechecked"
    page = browser.get(answer.headers["location"])
    assert heading(page) == "1 prêt, 1 à corriger"
    assert "relisez le tableau" in page.text
    with room.office.storage.reading() as register:
        assert register.count(Award) == 1
    assert confirm(browser, address, "99").headers["location"].endswith("batch_rechecked")
    assert confirm(browser, address, "beaucoup").headers["location"].endswith("batch_rechecked")


def test_a_badge_that_asks_for_it_waits_for_the_second_look_of_a_colleague(room: Room) -> None:
    first, second = room.browser(room.office.eti), room.browser(room.office.coord)
    address = planned(first, "Amina D.", slug=DEBROUSSAILLER)
    assert "Un second regard est demandé" in first.get(address).text
    assert "Votre second regard" not in first.get(address).text
    refused = confirm(first, address, "1")
    assert refused.status_code == 422
    assert "second regard" in refused.text
    assert "Votre second regard" in second.get(address).text
    assert second.post(f"{address}/regard", {"comment": "rien"}).status_code == 422
    second.post(f"{address}/regard", {"confirms": "yes", "comment": "Vu au poste."})
    told = first.get(address).text
    assert "Le second regard a confirmé" in told
    assert "Vu au poste." in told
    assert confirm(first, address, "1").headers["location"].endswith("batch_confirmed")


def test_a_neighbour_who_looks_again_sees_what_was_seen_and_nobody(room: Room) -> None:
    planner = room.add(room.office.jardins, "DIR", name="Inès Bernard")
    browser = room.browser(planner)
    form = {"second_structure": room.office.voisins.id}
    assert "Choisissez la structure" in plan(browser, "Amina D.", slug=CONNAITRE_IAE).text
    address = planned(browser, "Amina Diallo", slug=CONNAITRE_IAE, **form)
    neighbour = room.browser(room.office.neighbour)
    assert address in neighbour.get(LOTS).text
    page = neighbour.get(address)
    assert heading(page) == "Une structure vous demande un second regard pour 1 personne"
    assert "Amina" not in page.text
    assert neighbour.get(f"{address}/a-corriger.csv").status_code == 404
    assert neighbour.get(f"{address}/confirmer").status_code == 404
    assert neighbour.post(f"{address}/regard", {"confirms": "yes"}).status_code == 303
    assert confirm(browser, address, "1").headers["location"].endswith("batch_confirmed")


# -- what the people say of it


def test_the_table_asks_for_the_word_of_each_and_one_sentence_may_say_it_of_all(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.\nBakary T.")
    assert "Il manque la parole de 2 personnes." in browser.get(address).text
    unticked = browser.post(f"{address}/parole", {"told_on": NOW.date().isoformat()})
    assert unticked.status_code == 422
    assert "Cochez quand c’est vrai" in unticked.text
    for day, told in (("", "Donnez le jour"), ("hier", "Une date était attendue")):
        answer = browser.post(f"{address}/parole", {"told": "1", "told_on": day})
        assert (answer.status_code, told in answer.text) == (422, True)
    early = browser.post(f"{address}/parole", {"told": "1", "told_on": FIRST_DAY.isoformat()})
    assert early.status_code == 422
    assert "10 novembre 2026" in early.text
    assert f'value="{FIRST_DAY.isoformat()}"' in early.text, "what was typed is kept"
    said = browser.post(f"{address}/parole", {"told": "1", "told_on": "12/11/2026"})
    assert said.headers["location"].endswith("dit=batch_declared")
    page = browser.get(address).text
    assert "Chaque personne a été informée de ce que dit son badge et l’a accepté." in page
    assert "dit par Nadia Roux" in page
    assert 'name="told"' not in browser.get(f"{address}/confirmer").text, "it is said already"
    browser.post(f"{address}/parole", {"do": "undo"})
    assert "Il manque la parole de 2 personnes." in browser.get(address).text


def test_the_last_page_asks_for_it_too_and_keeps_what_was_typed(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.")
    assert 'name="told"' in browser.get(f"{address}/confirmer").text
    day = NOW.date().isoformat()
    for form, told in (
        ({}, "il en manque 1"),
        ({"told_on": day}, "il en manque 1"),
        ({"told": "1"}, "Donnez le jour"),
        ({"told": "1", "told_on": FIRST_DAY.isoformat()}, "dernier jour de la session"),
    ):
        answer = browser.post(f"{address}/confirmer", {"ready": "1"} | form)
        assert (answer.status_code, told in answer.text) == (422, True)
        assert form.get("told_on", "") in answer.text
    assert confirm(browser, address, 1).headers["location"].endswith("batch_confirmed")


def test_the_word_of_one_person_is_noted_in_their_row(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.\nBakary T.")
    amina, _ = row_ids(room, "ready")
    assert f'href="?parole={amina.id}#sa-parole"' in browser.get(address).text
    assert "Ce que dit Amina D. de son badge" in browser.get(f"{address}?parole={amina.id}").text
    assert 'id="sa-parole"' not in browser.get(f"{address}?parole=nobody").text
    word = {
        f"name-{amina.id}": "Amina D.",
        f"word-{amina.id}": "d’accord avec commentaire",
        f"comment-{amina.id}": "Fière.\nVraiment.",
    }
    browser.post(f"{address}/lignes", word)
    page = browser.get(address).text
    assert "Fière." in page
    assert "Il manque la parole de 1 personne." in page
    browser.post(f"{address}/lignes", word | {f"word-{amina.id}": "pas d’accord", f"comment-{amina.id}": ""})
    assert "Le commentaire de la personne était attendu" in browser.get(address).text
    assert heading(browser.get(address)) == "1 prêt, 1 à corriger"


def test_who_does_not_agree_waits_for_the_look_of_a_colleague(room: Room) -> None:
    first, second = room.browser(room.office.eti), room.browser(room.office.coord)
    sheet = "Nom;Parole;Commentaire\nAmina D.;pas d’accord;On était deux.\nBakary T.;d’accord;\n".encode()
    address = planned(first, sheet=sheet, people="")
    (amina,) = row_ids(room)
    page = first.get(address).text
    assert "1 personne n’est pas d’accord avec son badge." in page
    assert "On était deux." in page
    assert f'name="word-{amina.id}"' not in page, "nobody answers for her meanwhile"
    assert "Votre second regard" not in page
    refused = first.post(f"{address}/lignes", {f"name-{amina.id}": "Amina D.", f"word-{amina.id}": "d’accord"})
    assert refused.status_code == 409
    assert "Un autre regard était attendu" in refused.text
    assert "Votre second regard" in second.get(address).text
    second.post(f"{address}/regard", {"confirms": "yes", "comment": "Vu au poste."})
    page = first.get(address).text
    assert "redemandez-lui sa parole" in page
    assert "Vu au poste." in page
    assert f'name="word-{amina.id}"' in page
    first.post(f"{address}/lignes", {f"name-{amina.id}": "Amina D.", f"word-{amina.id}": "d’accord"})
    assert heading(first.get(address)) == "2 prêts"
    assert "La parole de chacune est notée dans le tableau." in first.get(f"{address}/confirmer").text
    answer = first.post(f"{address}/confirmer", {"ready": "2"})
    assert answer.headers["location"].endswith("batch_confirmed")


def test_a_batch_is_cancelled_or_taken_back_with_a_reason(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.")
    browser.post(f"{address}/annuler")
    assert heading(browser.get(address)) == "Ce lot est annulé : rien n’a été délivré"
    address = planned(browser, "Amina D.\nBakary T.")
    confirm(browser, address, "2")
    room.office.issuer.batches.run(address.rpartition("/")[2])
    assert browser.post(f"{address}/retirer", {"reason": "parce que"}).status_code == 422
    assert browser.post(f"{address}/retirer", {"reason": "awarded_in_error"}).headers["location"].endswith("revoked")
    page = browser.get(f"{address}?dit=batch_revoked").text
    assert "2 de ces badges sont retirés depuis." in page
    assert "Retirer tous les badges" not in page
    assert "cartes.pdf" not in page
    with room.office.storage.reading() as register:
        assert {
            room.office.issuer.find_award(award.uuid).state(datetime.now(UTC)) for award in register.list(Award)
        } == {"revoked"}


def test_cards_and_attestations_are_printed_in_the_order_of_the_list(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "".join(f"Personne {n}\n" for n in range(45)))
    batch = address.rpartition("/")[2]
    assert browser.get(f"{address}/cartes.pdf").status_code == 404, "nothing is delivered yet"
    confirm(browser, address, "45")
    room.office.issuer.batches.run(batch)
    page = browser.get(address).text
    assert f'href="{address}/cartes.pdf?partie=1"' in page
    assert re.findall(r"attestations.pdf.partie=\d\">(.*?)</a>", page) == ["de 1 à 40", "de 41 à 45"]
    codes = re.findall(r'class="code">(.*?)<', page)
    awards = room.office.issuer.batches.delivered(room.office.eti, batch)
    assert codes == [" ".join(re.findall("....", award.code)) for award, _ in awards]
    room.office.issuer.revoke(room.office.director, awards[44][0].uuid, "awarded_in_error")
    for paper, part, sheets in (("cartes", 1, 6), ("attestations", 2, 4)):
        printed = browser.get(f"{address}/{paper}.pdf?partie={part}")
        assert printed.headers["content-type"] == "application/pdf"
        assert len(PdfReader(io.BytesIO(printed.content)).pages) == sheets
    first = PdfReader(io.BytesIO(browser.get(f"{address}/cartes.pdf").content)).pages[0].extract_text()
    assert [code for code in codes[:8] if code in " ".join(first.split())] == codes[:8]
    assert "Personne" not in first
    for wrong in ("cartes.pdf?partie=2", "diplomes.pdf", "attestations.pdf?partie=3"):
        assert browser.get(f"{address}/{wrong}").status_code == 404
    assert room.browser(room.office.neighbour).get(f"{address}/cartes.pdf").status_code == 404


# -- who


def test_a_colleague_of_another_structure_finds_nothing_at_any_address_of_a_batch(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Nom;E-mail\nAmina D.;a@\nBakary T.;\n")
    (row,) = row_ids(room)
    stranger = room.browser(room.office.neighbour)
    batch = address.rpartition("/")[2]
    for real in (batch, "0" * 30):
        asked = [stranger.get(f"{LOTS}/{real}{rest}") for rest in ("", "/avancement", "/confirmer", "/a-corriger.csv")]
        asked += [
            stranger.post(f"{LOTS}/{real}/{act}", form)
            for act, form in (
                ("lignes", {f"name-{row.id}": "X"}), ("reprendre", {"row": row.id}), ("confirmer", {"ready": "1"}),
                ("parole", {"told": "1", "told_on": NOW.date().isoformat()}),
                ("regard", {"confirms": "yes"}), ("annuler", {}), ("retirer", {"reason": "awarded_in_error"}),
            )
        ]  # fmt: skip
        assert [answer.status_code for answer in asked] == [404] * 11
    assert room.office.issuer.batches.report(room.office.eti, batch).batch.state == "planned"


def test_only_those_who_decide_see_the_button_and_may_press_it(room: Room) -> None:
    proposes = room.browser(room.add(room.office.jardins, "ASP", permissions=("read", "propose")))
    address = planned(proposes, "Amina D.")
    assert "Une personne qui peut décider" in proposes.get(address).text
    assert confirm(proposes, address, "1").status_code == 403
    told = {"told": "1", "told_on": NOW.date().isoformat()}
    assert proposes.post(f"{address}/parole", told).status_code == 303, "who told them may say so"
    reads = room.browser(room.add(room.office.jardins, "ASP", permissions=("read",)))
    assert reads.get(address).status_code == 200
    assert reads.post(f"{address}/parole", told).status_code == 403
    assert reads.post(f"{address}/parole", {"do": "undo"}).status_code == 403
    assert "Préparer un lot" not in reads.get(LOTS).text
    assert plan(reads, "Amina D.").status_code == 403


def test_nothing_is_changed_from_another_site_or_without_a_session(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, "Amina D.")
    forged = browser.ask("POST", f"{address}/confirmer", headers={"sec-fetch-site": "cross-site"}, data={"ready": "1"})
    assert forged.status_code == 403
    nobody = Browser(room.app)
    assert confirm(nobody, address, "1").headers["location"].startswith("/equipe/connexion")
    assert nobody.get(f"{address}/avancement").status_code == 303


def test_what_people_typed_stays_text_on_the_page(room: Room) -> None:
    browser = room.browser(room.office.eti)
    address = planned(browser, 'Nom;E-mail\n<script>alert(1)</script>;"""><img src=x>"\n{{7*7}};\n')
    page = browser.get(address).text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "{{7*7}}" in page


def test_first_pages_say_how_many_batches_wait(room: Room) -> None:
    browser = room.browser(room.office.eti)
    planned(browser, "Amina D.")
    assert "Lots à regarder ou à confirmer" in browser.get("/equipe").text


def test_older_batches_are_on_the_next_page(room: Room) -> None:
    for _ in range(21):
        room.office.clock.advance(seconds=2)
        room.office.issuer.batches.plan(room.office.eti, slug=PLANTER, grid=grid_of(room.office.entry()), rows=rows(1))
    browser = room.browser(room.office.eti)
    first = browser.get(LOTS).text
    more = re.search(r'href="(\?avant=[^"]+)"', first)
    assert more
    assert (first.count(f'href="{LOTS}/'), browser.get(LOTS + more[1]).text.count(f'href="{LOTS}/')) == (21, 2)
    assert browser.get(f"{LOTS}?avant=demain").status_code == 200
