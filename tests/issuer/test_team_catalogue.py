"""The pages of the catalogue, of supports and of the network’s structures: who sees them, and what they do."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from badges.catalogue import publishing
from badges.catalogue.definition import FAMILIES, Criterion
from badges.catalogue.drafting import as_zip, draft_of
from badges.catalogue.library import Catalogue, shipped_criteria
from badges.issuer.database import Database
from badges.issuer.network import Network
from badges.issuer.permissions import OPERATOR
from badges.issuer.storage import Award, Message, OneTimeLink, Profile, StaffMember, Structure
from badges.issuer.team import catalogue, drafting, endorsing, entry, joining, structures
from badges.paper.press import Press

from ..web.building import Browser, a_site
from .builders import PLANTER
from .doors import Client
from .doors import a_site as published_site
from .staff_room import Room, key_of, said

DAY = date(2026, 11, 20)


class NetworkRoom(Room):
    """A network, and two structures of which one is recognised, for technical badges alone."""

    def __init__(self, storage: Database, shelves: Catalogue | None = None) -> None:
        super().__init__(storage)
        if shelves is not None:
            self.office.issuer.desk.catalogue = shelves
        office = self.office
        self.coordinator = office.add_staff(office.reseau, "COORD", name="Julie Bernard", permissions=("network",))
        self.recognised = {office.jardins.id: frozenset(("techniques",))}
        routers = (
            entry.router(self.team),
            joining.router(self.team),
            drafting.router(self.team),
            catalogue.router(
                self.team,
                lambda structure, day: self.recognised.get(structure, frozenset()),
                Press(office.addresses, "Réseau"),
            ),
            endorsing.router(self.team, office.endorsing),
            structures.router(
                self.team,
                Network(office.issuer.desk, self._open),
                lambda day: frozenset(self.recognised),
                {"87": "Haute-Vienne"},
            ),
        )  # fmt: skip
        self.app = a_site(*routers, pages=self.team.pages)
        self.network = self.browser(self.coordinator)
        self.eti = self.browser(office.eti)

    def _open(self, **facts: str) -> Structure:
        structure = self.office.issuer.add_structure(OPERATOR, **facts)
        self.office.open_profile(structure)
        return structure

    def one(self, kind: type[Any], **equal: Any) -> Any:
        with self.office.storage.reading() as register:
            return register.find(kind, **equal)


@pytest.fixture
def room(sqlite_storage: Database) -> NetworkRoom:
    return NetworkRoom(sqlite_storage)


NETWORK_ONLY = (
    ("GET", "/equipe/catalogue/proposer"),
    ("POST", "/equipe/catalogue/proposer"),
    ("GET", "/equipe/catalogue/importer"),
    ("POST", "/equipe/catalogue/importer"),
    ("GET", "/equipe/soutiens"),
    ("POST", "/equipe/soutiens"),
    ("GET", "/equipe/structures"),
    ("POST", "/equipe/structures"),
    ("GET", "/equipe/structures/{voisins}"),
    ("POST", "/equipe/structures/{voisins}"),
    ("POST", "/equipe/structures/{voisins}/invitations"),
    ("POST", "/equipe/structures/{voisins}/fermeture"),
)


@pytest.mark.parametrize(("method", "address"), NETWORK_ONLY)
def test_what_the_network_does_is_refused_to_a_structure(room: NetworkRoom, method: str, address: str) -> None:
    address = address.format(voisins=room.office.voisins.id)
    ask = room.eti.get if method == "GET" else room.eti.post
    assert ask(address).status_code == 403
    assert Browser(room.app).get("/equipe/structures").status_code == 303


def test_a_form_of_another_site_changes_nothing(room: NetworkRoom) -> None:
    for _, address in NETWORK_ONLY[1::2]:
        address = address.format(voisins=room.office.voisins.id)
        answer = room.network.ask("POST", address, {"sec-fetch-site": "cross-site"}, data={})
        assert answer.status_code == 403, address


# -- reading ---------------------------------------------------------------------------------------------------------


def test_the_catalogue_says_what_a_structure_may_award_and_how_often_it_did(room: NetworkRoom) -> None:
    person = room.office.a_person()
    room.office.observe(person)
    room.office.an_award(person)
    page = said(room.eti.get("/equipe/catalogue"))
    assert "46 badges sur 46" in page
    assert "votre structure n’est pas reconnue pour cette famille" in page
    assert "1 délivré ici" in page
    assert "15 badges sur 46" in said(room.eti.get("/equipe/catalogue?nous=oui"))
    assert "Aucun badge ne correspond" in said(room.eti.get("/equipe/catalogue?nous=oui&famille=transverses"))
    assert room.eti.get("/equipe/catalogue/tec-inconnu").status_code == 404


def test_a_sheet_of_criteria_is_a_pdf(room: NetworkRoom) -> None:
    answer = room.eti.get(f"/equipe/catalogue/{PLANTER}/0.1.0/fiche.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert room.eti.get(f"/equipe/catalogue/{PLANTER}/9.9.9/fiche.pdf").status_code == 404


@pytest.fixture
def two_versions(sqlite_storage: Database, tmp_path: Path) -> NetworkRoom:
    shipped = Catalogue.open(shipped_criteria())
    draft = draft_of(shipped.latest(PLANTER))
    first, second, *others = draft.criteria
    changed = first._replace(text=first.text + ", sans se presser")
    new = Criterion("c90", "Compte les plants", False, ("OBS",), ("GRI",))
    draft = replace(draft, criteria=(changed, *others, new), change="Essai.", rule=draft.rule._replace(distinct_days=3))
    with zipfile.ZipFile(io.BytesIO(as_zip(draft, DAY))) as archive:
        archive.extractall(tmp_path)
    publishing.publish(tmp_path / "criteria", PLANTER, "0.2.0", DAY, beside=shipped.folders)
    assert second.id
    return NetworkRoom(sqlite_storage, Catalogue.open(*shipped.folders, tmp_path / "criteria"))


def test_two_versions_are_compared_in_words(two_versions: NetworkRoom) -> None:
    room = two_versions
    badge = said(room.eti.get(f"/equipe/catalogue/{PLANTER}"))
    assert "0.2.0" in badge
    assert "Comparer" in badge
    page = room.eti.get(f"/equipe/catalogue/{PLANTER}/comparer?avant=0.1.0&apres=0.2.0")
    told = said(page)
    assert "Critères ajoutés : 1 ; retirés : 1 ; modifiés : 1. Changements de la règle et du reste : 1." in told
    assert "Jours différents d’observation" in told
    assert re.search(r"<ins>[^<]*sans se presser</ins>", page.text)
    back = said(room.eti.get(f"/equipe/catalogue/{PLANTER}/comparer?avant=0.2.0&apres=0.1.0"))
    assert "De la version 0.2.0 à la version 0.1.0" in back
    same = said(room.eti.get(f"/equipe/catalogue/{PLANTER}/comparer?avant=0.2.0&apres=0.2.0"))
    assert "Rien ne change" in same


def test_a_badge_of_one_version_has_nothing_to_compare(room: NetworkRoom) -> None:
    assert "rien à comparer" in said(room.eti.get(f"/equipe/catalogue/{PLANTER}"))
    assert room.eti.get(f"/equipe/catalogue/{PLANTER}/comparer").headers["location"] == f"/equipe/catalogue/{PLANTER}"


# -- proposing -------------------------------------------------------------------------------------------------------

FILLED: dict[str, Any] = {
    "rows": "4", "title": "Tailler une haie", "description": "La personne taille droit.",
    "simple": "Je sais tailler une haie.", "family": "techniques", "level": "2", "sector": "espaces-verts",
    "kind": "competence", "text-1": "Taille droit, au cordeau", "required-1": "yes", "ways-1": ["OBS"],
    "kinds-1": ["GRI", "PHO"], "text-3": "Range l'outil", "required-3": "no", "ways-3": ["OBS"], "kinds-3": ["GRI"],
    "distinct_days": "2", "optional_at_least": "0", "max_age_months": "6", "assessors": ["ETI"], "second": "none",
    "validity": "", "observed_ways": ["OBS", "MES"], "ageless_kinds": ["ATT"], "never_alone": ["CLI", "TUT"],
    "change": "Première rédaction.", "creator": "Comité", "notes": "", "action_types": ["T3"], "wave": "3",
    "version": "0.1.0", "slug": "",
}  # fmt: skip


def test_a_badge_is_proposed_seen_and_taken_home_and_nothing_is_published(room: NetworkRoom) -> None:
    before = room.office.catalogue.slugs()
    seen = room.network.post("/equipe/catalogue/proposer", FILLED | {"do": "preview"})
    assert seen.status_code == 200
    assert "Ce texte peut être publié" in said(seen)
    assert "Range l’outil" in said(seen)
    taken = room.network.post("/equipe/catalogue/proposer", FILLED | {"do": "download"})
    assert taken.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        names = archive.namelist()
        definition = archive.read("criteria/techniques/tec-tailler-une-haie/0.1.0/definition.toml").decode()
    assert len(names) == 3
    assert 'id = "c2"' in definition
    assert Catalogue.open(shipped_criteria()).slugs() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "Ce champ est attendu"),
        ({"text-1": "", "text-3": ""}, "Au moins un critère était attendu"),
        ({"ways-1": []}, "Critère c1, regardé par"),
        ({"optional_at_least": "2"}, "Critères facultatifs demandés"),
        ({"distinct_days": "deux"}, "Un nombre entier était attendu"),
        ({"assessors": []}, "Qui décide"),
        ({"family": "ailleurs"}, "Choisissez dans la liste"),
        ({"slug": "../x"}, "nom court"),
    ],
)
def test_what_cannot_be_published_is_told_and_what_was_typed_is_kept(
    room: NetworkRoom, changes: dict[str, Any], sentence: str
) -> None:
    answer = room.network.post("/equipe/catalogue/proposer", FILLED | {"do": "download"} | changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "La personne taille droit." in answer.text


def test_more_criteria_are_added_without_losing_any(room: NetworkRoom) -> None:
    answer = room.network.post("/equipe/catalogue/proposer", FILLED | {"do": "more"})
    assert 'name="text-7"' in answer.text
    assert "Taille droit, au cordeau" in answer.text


def test_a_new_version_begins_as_the_one_before_and_shows_what_changes(room: NetworkRoom) -> None:
    page = room.network.get(f"/equipe/catalogue/proposer?de={PLANTER}").text
    assert 'value="0.2.0"' in page
    definition = room.office.entry().definition
    form = {**FILLED, "de": PLANTER, "slug": PLANTER, "version": "0.2.0", "title": definition.title, "level": "2"}
    answer = said(room.network.post("/equipe/catalogue/proposer", form | {"do": "preview", "id-1": "c91"}))
    assert "Ce qui change depuis la version publiée" in answer
    assert "Retiré" in answer
    assert room.network.get("/equipe/catalogue/proposer?de=tec-inconnu").status_code == 404


def test_the_badge_of_another_network_fills_the_form_and_keeps_where_it_comes_from(room: NetworkRoom) -> None:
    document = {
        "@context": "https://w3id.org/openbadges/v2", "type": "BadgeClass", "id": "https://a.example/b/7",
        "name": "Travailler en équipe", "description": "Coopérer", "image": "https://a.example/7.png",
        "criteria": {"narrative": "- Prévenir d'un retard"}, "issuer": "https://a.example/i",
    }  # fmt: skip
    file = {"file": ("badge.json", json.dumps(document).encode(), "application/json")}
    for sent in ({"files": file}, {}):
        fields = {"family": "transverses"} | ({} if sent else {"document": json.dumps(document)})
        answer = room.network.post("/equipe/catalogue/importer", fields, **sent)
        assert "Le document est lu" in said(answer)
        assert "Prévenir d’un retard" in answer.text
        assert 'value="https://a.example/i"' in answer.text
    form = FILLED | {"do": "download", "origin_url": "https://a.example/i", "origin_name": "Ailleurs"}
    refused = room.network.post("/equipe/catalogue/proposer", form)
    assert (refused.status_code, "Licence" in said(refused)) == (422, True)
    taken = room.network.post("/equipe/catalogue/proposer", form | {"origin_licence": "CC BY"})
    with zipfile.ZipFile(io.BytesIO(taken.content)) as archive:
        assert (
            'licence = "CC BY"' in archive.read("criteria/techniques/tec-tailler-une-haie/0.1.0/around.toml").decode()
        )


@pytest.mark.parametrize(
    ("document", "sentence"),
    [("", "Collez le document"), ("bonjour", "un document JSON"), ('{"type": "Assertion"}', "badge d’une personne")],
)
def test_a_document_that_is_no_badge_is_refused_with_what_to_do(
    room: NetworkRoom, document: str, sentence: str
) -> None:
    answer = room.network.post("/equipe/catalogue/importer", {"document": document, "family": "transverses"})
    assert answer.status_code == 422
    assert sentence in said(answer)


# -- supports --------------------------------------------------------------------------------------------------------


def asked(room: NetworkRoom, **changes: str) -> str:
    fields = {"subject": f"badge:{PLANTER}", "name": "Claire", "email": ""} | changes
    page = room.network.post("/equipe/soutiens", fields)
    found = re.search(r"https://badges\.example(/soutien/[\w-]+)", page.text)
    assert found is not None, said(page)
    return found[1]


SIGNED = {
    "name": "Maraîchers d’ici", "url": "https://m.example", "email": "contact@m.example",
    "comment": "Un badge <b>sérieux</b>.", "until": "2027-11-01", "agreed": "yes",
}  # fmt: skip


def test_somebody_without_an_account_signs_and_the_page_of_the_badge_says_so(room: NetworkRoom) -> None:
    link = asked(room)
    stranger = Browser(room.app)
    assert "Soutenez-vous ce badge" in said(stranger.get(link))
    thanks = said(stranger.post(link, SIGNED))
    assert "Maraîchers d’ici soutient" in thanks
    assert stranger.get(link).status_code == stranger.post(link, SIGNED).status_code == 404
    client = Client(published_site(room.office))
    profile = room.office.issuer.list_profiles()[0].profile.id
    page = client.get(f"/issuers/{profile}/badges/{PLANTER}/0.1.0", accept="text/html").text
    assert "Un badge &lt;b&gt;sérieux&lt;/b&gt;." in page
    assert client.get(f"/issuers/{profile}/badges/{PLANTER}/0.1.0").json()["endorsement"]
    told = said(room.network.get("/equipe/soutiens"))
    assert "Maraîchers d’ici" in told
    assert "En cours" in told


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Ce champ est attendu"),
        ({"url": "javascript:alert(1)"}, "https://"),
        ({"email": "pas une adresse"}, "Une adresse e-mail était attendue"),
        ({"comment": ""}, "Ce champ est attendu"),
        ({"comment": "1 85 05 78 006 084 36"}, "numéro"),
        ({"until": "2020-01-01"}, "Une fin à venir"),
        ({"until": "hier"}, "Une date était attendue"),
        ({"agreed": ""}, "Cochez pour signer"),
    ],
)
def test_what_is_not_right_is_told_and_the_link_stays_open(
    room: NetworkRoom, changes: dict[str, str], sentence: str
) -> None:
    link = asked(room)
    stranger = Browser(room.app)
    answer = stranger.post(link, SIGNED | changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert stranger.get(link).status_code == 200


def test_a_support_is_taken_back_and_a_request_called_off(room: NetworkRoom) -> None:
    Browser(room.app).post(asked(room, subject=f"structure:{room.office.jardins.id}"), SIGNED)
    (support,) = room.office.endorsing.of_structure(room.office.jardins.id)
    room.network.post(f"/equipe/soutiens/{support.endorsement.id}/retrait")
    assert room.office.endorsing.of_structure(room.office.jardins.id) == ()
    link = asked(room, email="claire@m.example")
    kept = room.one(OneTimeLink, purpose="endorsement_request", used_at=None)
    assert room.one(Message, about=kept.id).recipient == "claire@m.example"
    room.network.post(f"/equipe/soutiens/demandes/{kept.id}/retrait")
    assert Browser(room.app).get(link).status_code == 404
    assert room.eti.post(f"/equipe/soutiens/{support.endorsement.id}/retrait").status_code == 403


def test_the_same_request_sent_twice_makes_one_link(room: NetworkRoom) -> None:
    fields = {"subject": f"badge:{PLANTER}", "name": "Claire", "once": key_of(room.network.get("/equipe/soutiens"))}
    room.network.post("/equipe/soutiens", fields)
    room.network.post("/equipe/soutiens", fields)
    assert len(room.office.endorsing.list_asked(room.coordinator)) == 1


# -- structures ------------------------------------------------------------------------------------------------------

NEW = {
    "name": "Les Ruches", "kind": "ETTI", "department": "19", "siret": "123 456 789 00123",
    "email": "accueil@ruches.example", "url": "",
}  # fmt: skip


def test_a_structure_is_opened_with_its_key_and_its_first_administrator_invited(room: NetworkRoom) -> None:
    opened = room.network.post("/equipe/structures", NEW)
    address = opened.headers["location"].partition("?")[0]
    structure = room.one(Structure, name="Les Ruches")
    assert address == f"/equipe/structures/{structure.id}"
    assert structure.siret == "12345678900123"
    assert room.one(Profile, structure=structure.id).status == "active"
    page = said(room.network.get(address))
    assert "pas encore reconnue" in page
    fields = {"person": "Ana Lopez", "email": "ana@ruches.example", "function": "DIR"}
    invited = room.network.post(address + "/invitations", fields)
    link = re.search(r"https://badges\.example(/equipe/invitation/[\w-]+)", invited.text)
    assert link is not None
    assert "Les Ruches" in said(Browser(room.app).get(link[1]))
    kept = room.one(OneTimeLink, purpose="invitation")
    assert "network" not in kept.details["permissions"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Ce champ est attendu"),
        ({"kind": "SA"}, "Choisissez dans la liste"),
        ({"department": "999"}, "Un numéro de département"),
        ({"siret": "12"}, "Un SIRET de 14 chiffres"),
        ({"email": "x"}, "Une adresse e-mail"),
        ({"url": "ftp://x"}, "https://"),
    ],
)
def test_a_structure_that_cannot_be_is_refused_and_none_is_opened(
    room: NetworkRoom, changes: dict[str, str], sentence: str
) -> None:
    answer = room.network.post("/equipe/structures", NEW | changes)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert room.one(Structure, siret="12345678900123") is None


def test_a_siret_has_each_kind_once_and_a_form_sent_twice_opens_one_structure(room: NetworkRoom) -> None:
    room.network.post("/equipe/structures", NEW)
    again = room.network.post("/equipe/structures", NEW)
    assert again.status_code == 409
    assert "déjà dans la liste" in said(again)
    assert room.network.post("/equipe/structures", NEW | {"kind": "ACI"}).status_code == 303


def test_a_fact_changes_from_today_and_the_one_before_stays(room: NetworkRoom) -> None:
    address = f"/equipe/structures/{room.office.voisins.id}"
    room.network.post(address, {"attribute": "name", "name": "Les Voisins du Pont"})
    page = said(room.network.get(address))
    assert "Nom : Les Voisins, depuis le" in page
    assert "Nom : Les Voisins du Pont, depuis le" in page
    assert room.network.post(address, {"attribute": "issues_as", "issues_as": "network"}).status_code == 422
    assert room.network.post(address, {"attribute": "siret", "siret": "1"}).status_code == 422
    assert room.network.get("/equipe/structures/absente").status_code == 404


def test_a_closed_structure_awards_no_more_and_its_badges_stay(room: NetworkRoom) -> None:
    person = room.office.a_person()
    room.office.observe(person)
    award = room.office.an_award(person)
    address = f"/equipe/structures/{room.office.jardins.id}"
    assert room.network.post(address + "/fermeture").status_code == 422
    assert room.network.post(address + "/fermeture", {"sure": "yes"}).status_code == 303
    assert room.one(Structure, id=room.office.jardins.id).closed_at is not None
    assert room.one(Profile, structure=room.office.jardins.id).status == "retired"
    assert room.one(StaffMember, id=room.office.eti.staff).left_at is not None
    assert room.eti.get("/equipe").status_code == 303
    assert room.one(Award, uuid=award.uuid) is not None
    assert room.office.issuer.find_award(award.uuid) is not None
    assert "Fermée le" in said(room.network.get("/equipe/structures"))


def test_the_network_does_not_close_itself(room: NetworkRoom) -> None:
    address = f"/equipe/structures/{room.office.reseau.id}/fermeture"
    assert room.network.post(address, {"sure": "yes"}).status_code == 422
    assert room.one(Structure, id=room.office.reseau.id).closed_at is None


def test_the_list_counts_badges_and_names_nobody(room: NetworkRoom) -> None:
    person = room.office.a_person(name="Amina Diallo")
    room.office.observe(person)
    room.office.an_award(person)
    page = said(room.network.get("/equipe/structures"))
    assert "1 badge délivré" in page
    assert "Reconnue" in page
    assert "Amina" not in page + said(room.network.get(f"/equipe/structures/{room.office.jardins.id}"))


def test_every_family_is_known_to_the_page(room: NetworkRoom) -> None:
    room.recognised[room.office.jardins.id] = frozenset(FAMILIES)
    assert "n’est pas reconnue" not in said(room.eti.get("/equipe/catalogue"))
