"""The pages of what supports a file, and the page where a witness answers: who sees them, what they keep and say."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import pytest
from PIL import Image

from badges.issuer.accounts import Accounts
from badges.issuer.database import Database
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Person
from badges.issuer.team import entry, evidence, testimony
from badges.issuer.team.door import Team

from ..web.building import Browser, a_site, some_pages
from .builders import EVERYTHING, PLANTER, Office

PASSWORD = "cerfeuil brouette nacelle"


@dataclass
class House:
    """Two colleagues and a neighbour, each with a browser; a person of the first structure."""

    office: Office
    person: Person
    nadia: Browser
    ines: Browser
    neighbour: Browser
    stranger: Browser

    @property
    def pieces(self) -> str:
        return f"/equipe/personnes/{self.person.id}/preuves"

    def badge(self, way: str) -> str:
        """A badge of which a criterion is assessed this way; for a reflexive talk, one at work too."""
        return next(
            entry.slug
            for entry in self.office.catalogue.current()
            if any(way in one.ways for one in entry.definition.criteria)
            and (way != "REF" or any({"OBS", "MES"} & set(one.ways) for one in entry.definition.criteria))
        )

    def criteria(self, slug: str, *ways: str) -> list[str]:
        definition = self.office.catalogue.latest(slug).definition
        return [one.id for one in definition.criteria if set(ways) & set(one.ways)]


@pytest.fixture
def house(sqlite_storage: Database) -> House:
    office = Office(sqlite_storage)
    accounts, pages = Accounts(office.issuer.desk), some_pages()
    team = Team(office.issuer, accounts, pages)
    site = a_site(*(subject.router(team) for subject in (entry, evidence, testimony)), pages=pages)

    def browser(name: str, structure: str) -> Browser:
        member = office.issuer.add_staff(
            OPERATOR, structure=structure, name=name, function="ETI", permissions=EVERYTHING, email=f"{name}@x.example"
        )
        accounts.set_password(member.account, PASSWORD)
        signed_in = Browser(site)
        signed_in.post("/equipe/connexion", {"email": f"{name}@x.example", "password": PASSWORD})
        return signed_in

    return House(
        office,
        office.a_person(name="Amina Diallo"),
        browser("nadia", office.jardins.id),
        browser("ines", office.jardins.id),
        browser("yves", office.voisins.id),
        Browser(site),
    )


def found(pattern: str, page: str) -> str:
    """What the group of ``pattern`` matches in the page."""
    match = re.search(pattern, page)
    assert match, page
    return match[1]


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), (10, 90, 30)).save(out, "JPEG")
    return out.getvalue()


def add_photo(house: House) -> str:
    """The address of a photo that Nadia added."""
    fields = {"slug": PLANTER, "context": "La planche 3"}
    answer = house.nadia.post(house.pieces, fields, files={"file": ("jean.jpg", a_photo(), "image/jpeg")})
    assert answer.status_code == 303
    page = house.nadia.get(house.pieces).text
    return found(r'href="(/equipe/preuves/\w+)"', page)


def test_a_photo_is_kept_opened_by_a_colleague_and_deleted(house: House) -> None:
    address = add_photo(house)
    opened = house.ines.get(address)
    assert (opened.status_code, opened.headers["content-type"]) == (200, "image/jpeg")
    assert opened.headers["content-disposition"].startswith("attachment")
    assert opened.headers["cache-control"] == "no-store"
    assert "jean" not in opened.headers["content-disposition"]
    house.nadia.post(address + "/retrait")
    assert "supprimée le" in house.nadia.get(house.pieces).text
    assert house.ines.get(address).status_code == 404


def test_nothing_of_it_exists_for_another_structure(house: House) -> None:
    piece = add_photo(house)
    slug = house.badge("REF")
    house.nadia.post(
        house.pieces.replace("preuves", "afest"),
        {"slug": slug, "criteria": house.criteria(slug, "OBS", "MES"), "on": "2026-11-10", "situation": "Semis"},
    )
    talk = found(r'href="(/equipe/afest/\w+)"', house.nadia.get(house.pieces).text)
    for address in (
        house.pieces,
        piece,
        talk,
        *(house.pieces.replace("preuves", it) for it in ("temoin", "afest", "jury", "titre")),
    ):
        assert house.neighbour.get(address).status_code == 404, address
        assert house.neighbour.post(address).status_code in (404, 405), address
    assert house.neighbour.post(piece + "/retrait").status_code == 404
    assert house.stranger.get(piece).status_code == 303


def test_what_is_wrong_with_a_piece_is_said_beside_it_and_what_was_typed_stays(house: House) -> None:
    answer = house.nadia.post(
        house.pieces, {"slug": PLANTER, "context": "Le semis"}, files={"file": ("a.gif", b"GIF89a")}
    )
    assert answer.status_code == 422
    assert "ce fichier est autre chose" in answer.text
    assert 'value="Le semis"' in answer.text
    answer = house.nadia.post(house.pieces, {"context": ""})
    assert "Choisissez le badge" in answer.text


def test_a_piece_that_is_a_page_is_never_shown_as_one(house: House) -> None:
    fields = {"slug": PLANTER, "context": "Note", "note": "<script>alert(1)</script>"}
    house.nadia.post(house.pieces, fields)
    address = found(r'href="(/equipe/preuves/\w+)"', house.nadia.get(house.pieces).text)
    opened = house.nadia.get(address)
    assert opened.headers["content-type"] == "text/plain; charset=utf-8"
    assert "sandbox" in opened.headers["content-security-policy"]


class TestAWitness:
    def link(self, house: House) -> str:
        fields = {"slug": house.badge("ENT"), "name": "Mme Martin", "function": "TUT", "once": "k"}
        page = house.nadia.post(house.pieces.replace("preuves", "temoin"), fields).text
        return found(r"https://badges\.example(/temoignage/[\w-]+)", page)

    def test_answers_three_ways_without_an_account(self, house: House) -> None:
        link = self.link(house)
        page = house.stranger.get(link)
        assert page.status_code == 200
        assert "Amina D." in page.text
        assert "Diallo" not in page.text
        names = set(re.findall(r'name="(answer-\w+)"', page.text))
        done = house.stranger.post(link, dict.fromkeys(names, "seen") | {"on": "10/11/2026", "line": "À l’aise"})
        assert "Merci" in done.text
        assert house.stranger.get(link).status_code == 404
        assert f"{len(names)} critères vus sur {len(names)}" in house.nadia.get(house.pieces).text

    def test_is_told_what_is_missing_and_keeps_what_was_answered(self, house: House) -> None:
        link = self.link(house)
        names = re.findall(r'name="(answer-\w+)" value="seen"', house.stranger.get(link).text)
        answer = house.stranger.post(link, {names[0]: "partly"})
        assert answer.status_code == 422
        assert re.search(rf'name="{names[0]}" value="partly" checked', answer.text)
        assert house.stranger.get(link).status_code == 200

    def test_of_a_guessed_link_is_told_no_more_than_of_a_used_one(self, house: House) -> None:
        link = self.link(house)
        names = re.findall(r'name="(answer-\w+)" value="seen"', house.stranger.get(link).text)
        house.stranger.post(link, dict.fromkeys(names, "seen") | {"on": "2026-11-10"})
        used, guessed = house.stranger.get(link), house.stranger.get("/temoignage/" + "a" * 32)
        assert (used.status_code, used.content) == (guessed.status_code, guessed.content)

    def test_asked_twice_by_the_same_form_has_one_link(self, house: House) -> None:
        self.link(house)
        fields = {"slug": house.badge("ENT"), "name": "Mme Martin", "function": "TUT", "once": "k"}
        house.nadia.post(house.pieces.replace("preuves", "temoin"), fields)
        assert house.nadia.get(house.pieces).text.count("pas encore répondu") == 1


def test_an_afest_is_begun_by_one_and_ended_by_another(house: House) -> None:
    slug = house.badge("REF")
    begun = house.nadia.post(
        house.pieces.replace("preuves", "afest"),
        {"slug": slug, "criteria": house.criteria(slug, "OBS", "MES"), "on": "2026-11-10", "situation": "Semis"},
    )
    assert begun.headers["location"].endswith("dit=afest_begun")
    assert "Entretiens réflexifs à mener" in house.ines.get("/equipe").text
    talk = found(r'href="(/equipe/afest/\w+)"', house.ines.get("/equipe/afest").text)
    assert "mené par quelqu’un d’autre" in house.nadia.get(talk).text
    told = {"criteria": house.criteria(slug, "REF"), "on": "2026-11-12", "talk": "Ce qu’elle retient"}
    assert house.nadia.post(talk, told).status_code == 403
    assert house.ines.post(talk, told).status_code == 303
    assert "Aucun entretien n’attend" in house.ines.get("/equipe/afest").text


def test_a_jury_below_its_quorum_is_refused_in_words(house: House) -> None:
    slug = next(
        entry.slug
        for entry in house.office.catalogue.current()
        if any("JUR" in one.ways for one in entry.definition.criteria)
    )
    fields = {"slug": slug, "criteria": house.criteria(slug, "JUR"), "on": "2026-11-10", "quorum": "3"}
    members = {"member-1": "ETI", "here-1": "1", "member-2": "ASP", "here-2": "1", "member-3": "DIR"}
    refused = house.nadia.post(house.pieces.replace("preuves", "jury"), fields | members)
    assert refused.status_code == 422
    assert "3 membres présents au moins" in refused.text
    held = house.nadia.post(house.pieces.replace("preuves", "jury"), fields | members | {"here-3": "1"})
    assert held.headers["location"].endswith("dit=jury_held")
