"""After the award, on pages: the list, one badge, taking back, correcting, renewing, messages, history, figures."""

from __future__ import annotations

import ast
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

import badges.issuer
from badges.issuer.database import Database
from badges.issuer.delivered import PAGE, Deliveries
from badges.issuer.figures import Figures
from badges.issuer.history import OTHER_WORDS, WORDS, words_of
from badges.issuer.letters import Attachment, Letterhead
from badges.issuer.mail import FolderMailer
from badges.issuer.permissions import Caller
from badges.issuer.post import Post
from badges.issuer.renewals import Renewals
from badges.issuer.storage import Award, Message, Proposal, Revocation
from badges.issuer.team import awards, entry, figures, history, notices
from badges.issuer.wording import REVOCATION_REASONS
from badges.paper.press import Press

from ..web.building import Browser, a_site, some_pages
from .builders import DEBROUSSAILLER
from .doors import Pictures
from .staff_room import Room, key_of, said
from .test_figures import TODAY, counted, figures_of

BADGES = "/equipe/badges"


class AfterRoom(Room):
    """The pages of this subject, over the same office."""

    def __init__(self, storage: Database, folder: Path) -> None:
        super().__init__(storage)
        office, pages = self.office, some_pages()
        self.letters = FolderMailer(folder / "messages")
        self.deliveries = Deliveries(office.issuer.desk)
        self.renewals = Renewals(office.issuer.desk, "https://badges.example/equipe/renouvellements")
        self.figures: Figures = figures_of(office, recognised=(office.jardins.id,))
        head = Letterhead("Badges IAE", "badges@reseau.example", "https://badges.example")
        attached = lambda award: Attachment("badge.png", b"\x89PNG")  # noqa: E731
        self.post = Post(storage, self.letters, head, office.clock, attached, folder / "bounces")
        press, team = Press(office.addresses, "Réseau IAE"), self.team
        self.app = a_site(
            entry.router(team),
            awards.router(team, self.deliveries, self.renewals, press, Pictures(office), kept_here=True),
            notices.router(team, self.deliveries, self.letters),
            history.router(team),
            figures.router(team, self.figures),
            pages=pages,
        )

    def network(self) -> Caller:
        return self.office.add_staff(self.office.reseau, "COORD", permissions=("read", "network", "administer"))


@pytest.fixture
def room(sqlite_storage: Database, tmp_path: Path) -> AfterRoom:
    return AfterRoom(sqlite_storage, tmp_path)


@pytest.fixture
def director(room: AfterRoom) -> Browser:
    return room.browser(room.office.director)


def an_award(room: AfterRoom, name: str = "Amina D.", **person: Any) -> Award:
    someone = room.office.a_person(name=name, **person)
    room.office.observe(someone)
    room.office.clock.advance(seconds=1)
    return room.office.an_award(someone)


def ending(room: AfterRoom) -> Award:
    someone = room.office.a_person()
    room.office.observe(someone, DEBROUSSAILLER)
    proposal = room.office.a_proposal(someone, DEBROUSSAILLER)
    room.office.issuer.second_look(room.office.coord, proposal.id, confirms=True)
    award = room.office.issuer.award(room.office.eti, proposal.id)
    assert award.expires is not None
    room.office.clock.instant = award.expires - timedelta(days=20)
    return award


def revocations(room: AfterRoom) -> dict[str, str]:
    with room.office.storage.reading() as register:
        return {line.award: line.code for line in register.list(Revocation)}


# -- the list


def test_an_empty_list_says_what_to_do_next(director: Browser) -> None:
    page = director.get(BADGES)
    assert "n’a encore rien délivré" in said(page)
    assert 'href="/equipe/noter"' in page.text


def test_a_badge_is_found_by_name_title_code_or_state(room: AfterRoom, director: Browser) -> None:
    amina, lucie = an_award(room, "Amina Diallo"), an_award(room, "Lucie L’Hostis-Perrin")
    room.office.issuer.revoke(room.office.director, lucie.uuid, "awarded_in_error")
    for asked, expected in {
        "?q=amina": {amina}, "?q=DIALLO": {amina}, "?q=perrin": {lucie}, "?q=planter+lucie": {lucie}, "?q=xyz": set(),
        f"?q={amina.code}": {amina}, "?etat=revoked": {lucie}, "?etat=valid": {amina}, "?etat=ending": set(),
        "?q=planter": {amina, lucie}, "?etat=nothing": {amina, lucie}, "?suite=nothing": {amina, lucie},
    }.items():  # fmt: skip
        page = director.get(BADGES + asked)
        found = {award for award in (amina, lucie) if f"{BADGES}/{award.uuid}" in page.text}
        assert found == expected, asked


def test_a_long_list_goes_on_and_shows_each_badge_once(room: AfterRoom, director: Browser) -> None:
    counted(room.office, room.office.jardins, PAGE * 2 + 3)
    address, found = BADGES, []
    while address:
        page = director.get(address).text
        found += re.findall(rf'href="{BADGES}/([0-9a-f]{{30}})"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    assert len(found) == len(set(found)) == PAGE * 2 + 3


# -- one badge


def test_a_badge_is_shown_as_an_employer_reads_it(room: AfterRoom, director: Browser) -> None:
    award = an_award(room)
    page = said(director.get(f"{BADGES}/{award.uuid}"))
    assert "Les Jardins de Limoges atteste ce badge. Il est en cours de validité." in page
    essential = len(room.office.entry().definition.essential)
    assert f"{essential} essentiels sur {essential}" in page
    assert "a délivré un badge" in page
    room.office.issuer.revoke(room.office.director, award.uuid, "not_current")
    page = said(director.get(f"{BADGES}/{award.uuid}"))
    assert "Les Jardins de Limoges a retiré ce badge." in page
    assert "La compétence n’est plus à jour" in page
    assert "Retirer ce badge" not in page


def test_a_badge_is_printed_again(room: AfterRoom, director: Browser) -> None:
    award = an_award(room)
    for file in ("attestation.pdf", "carte.pdf"):
        answer = director.get(f"{BADGES}/{award.uuid}/{file}")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["cache-control"] == "no-store"
        assert PdfReader(io.BytesIO(answer.content)).pages
    assert director.get(f"{BADGES}/{award.uuid}/badge.png").content.startswith(b"\x89PNG")
    assert director.get(f"{BADGES}/{award.uuid}/autre.pdf").status_code == 404


def test_what_was_erased_has_no_name_and_no_file(room: AfterRoom, director: Browser) -> None:
    award = an_award(room, "Canari Jaune")
    room.office.issuer.holder.leaving.erase_people([award.person or ""])
    page = director.get(f"{BADGES}/{award.uuid}")
    assert page.status_code == 200
    assert "effacé son dossier" in said(page)
    assert "Canari" not in page.text + director.get(BADGES).text + director.get("/equipe/historique").text
    assert director.get(f"{BADGES}/{award.uuid}/badge.png").status_code == 404


# -- taking back


def test_a_badge_is_taken_back_with_a_reason_of_the_list_and_only_then(room: AfterRoom, director: Browser) -> None:
    award = an_award(room)
    address = f"{BADGES}/{award.uuid}/retirer"
    asked = director.get(address)
    for code in ("replaced", "key_compromised"):
        assert f'value="{code}"' not in asked.text, "not for people to choose"
    for reason in ("", "parce que", "replaced"):
        assert director.post(address, {"reason": reason}).status_code == 422
    assert revocations(room) == {}
    answer = director.post(address, {"reason": "criteria_not_met", "once": key_of(asked)})
    assert answer.status_code == 303
    assert "C’est retiré" in said(director.get(answer.headers["location"]))
    assert revocations(room) == {award.uuid: "criteria_not_met"}
    assert director.get(address).status_code == 303, "there is nothing to ask any more"


def test_several_badges_are_taken_back_together_after_a_second_page(room: AfterRoom, director: Browser) -> None:
    first, second, kept = (an_award(room, f"Personne {n}") for n in range(3))
    other = room.office.an_award(by=room.office.neighbour)
    ticked = {f"badge-{award.uuid}": "1" for award in (first, second, other)}
    asked = director.post(f"{BADGES}/retirer", ticked)
    assert asked.status_code == 200
    assert "Pourquoi retirer ces 2 badges ?" in said(asked)
    assert revocations(room) == {}
    assert director.post(f"{BADGES}/retirer", ticked | {"confirmed": "1"}).status_code == 422
    answer = director.post(f"{BADGES}/retirer", ticked | {"confirmed": "1", "reason": "awarded_in_error"})
    assert answer.status_code == 303
    assert revocations(room) == {first.uuid: "awarded_in_error", second.uuid: "awarded_in_error"}
    assert "Cochez au moins un badge" in said(director.post(f"{BADGES}/retirer", {}))
    assert kept.uuid not in revocations(room)


# -- correcting, sending again, renewing


def test_a_corrected_badge_takes_the_place_of_the_old_one_once(room: AfterRoom) -> None:
    eti = room.browser(room.office.eti)
    award = an_award(room)
    asked = eti.get(f"{BADGES}/{award.uuid}/corriger")
    assert re.search(r'name="name" value="no" checked', asked.text), "what the badge says now is what is offered"
    form = {"name": "yes", "issued_as": "structure", "once": key_of(asked)}
    first, again = (eti.post(f"{BADGES}/{award.uuid}/corriger", form) for _ in range(2))
    assert first.headers["location"] == again.headers["location"]
    page = said(eti.get(first.headers["location"]))
    assert "Il remplace un badge corrigé" in page
    assert "Son nom est dans le badge" in page
    assert "Ce badge a été corrigé : un autre le remplace." in said(eti.get(f"{BADGES}/{award.uuid}"))
    assert revocations(room) == {award.uuid: "replaced"}
    assert eti.post(f"{BADGES}/{award.uuid}/corriger", {"name": "peut-être"}).status_code == 422


def test_a_badge_is_sent_again_to_the_address_of_today(room: AfterRoom, director: Browser) -> None:
    award, other = an_award(room, email="amina@exemple.fr"), an_award(room, "Sans adresse")
    asked = director.get(f"{BADGES}/{award.uuid}")
    form = {"once": key_of(asked)}
    assert [director.post(f"{BADGES}/{award.uuid}/renvoyer", form).status_code for _ in range(2)] == [303, 303]
    with room.office.storage.reading() as register:
        messages = register.list(Message, about=award.uuid)
    assert [(one.kind, one.recipient) for one in messages] == [("badge_awarded", "amina@exemple.fr")] * 2
    refused = director.post(f"{BADGES}/{other.uuid}/renvoyer", {})
    assert refused.status_code == 409
    assert "adresse e-mail de la personne" in said(refused)


def test_a_badge_that_ends_is_renewed_by_a_file_of_its_own(room: AfterRoom) -> None:
    award = ending(room)
    eti = room.browser(room.office.eti)
    page = eti.get("/equipe/renouvellements")
    assert "1 badge se termine bientôt" in said(page)
    assert "dans 20 jours" in said(page)
    form = {"once": key_of(page)}
    answers = [eti.post(f"{BADGES}/{award.uuid}/renouveler", form) for _ in range(2)]
    with room.office.storage.reading() as register:
        (file,) = register.list(Proposal, state="open")
    assert [answer.headers["location"].split("?")[0] for answer in answers] == [f"/equipe/dossiers/{file.id}"] * 2
    assert f'href="/equipe/dossiers/{file.id}"' in eti.get("/equipe/renouvellements").text
    assert "Badges à renouveler" in said(eti.get("/equipe"))


# -- messages


def test_messages_say_their_state_in_words(room: AfterRoom, director: Browser) -> None:
    an_award(room, email="amina@exemple.fr")
    assert "en attente" in said(director.get("/equipe/messages"))
    room.post.send_due()
    page = director.get("/equipe/messages")
    assert "Un badge pour vous" in said(page)
    assert "gardé ici" in said(page)
    address = re.search(r'href="(/equipe/messages/[0-9a-f]{30})"', page.text)
    assert address is not None
    letter = said(director.get(address[1]))
    assert "Les Jardins de Limoges vous a délivré le badge" in letter
    assert "https://badges.example/b/" in letter


@pytest.mark.parametrize(
    ("kind", "values", "who", "shown"),
    [
        ("invitation", {"name": "Jo", "structure": "S", "inviter": "I", "until": "demain"}, "director", True),
        ("invitation", {"name": "Jo", "structure": "S", "inviter": "I", "until": "demain"}, "reader", False),
        ("password_link", {"name": "Jo", "until": "demain"}, "director", False),
    ],
)
def test_a_key_in_a_message_is_read_by_those_who_could_make_one(
    room: AfterRoom, kind: str, values: dict[str, str], who: str, shown: bool
) -> None:
    reader = room.office.add_staff(room.office.jardins, "ASP", permissions=("read",))
    link = "https://badges.example/une/cle/sesame"
    with room.office.storage.writing() as register:
        message = room.office.issuer.desk.outbox.put(
            register, kind=kind, to="jo@jardins.example", values=values | {"link": link},
            structure=room.office.jardins.id, about="x",
        )  # fmt: skip
    browser = room.browser(room.office.director if who == "director" else reader)
    for _ in range(2):  # waiting, then kept in the folder
        page = browser.get(f"/equipe/messages/{message.id}")
        assert (link in page.text) is shown
        assert shown or "est une clé" in said(page)
        room.post.send_due()


def test_a_message_that_waits_is_tried_at_once_when_asked(room: AfterRoom, director: Browser) -> None:
    an_award(room, email="amina@exemple.fr")
    with room.office.storage.writing() as register:
        (message,) = register.list(Message)
        register.change(message, due=room.office.clock.now() + timedelta(hours=3))
    assert director.post(f"/equipe/messages/{message.id}/reessayer", {}).status_code == 303
    assert room.post.send_due() == 1


# -- history


def test_every_change_is_a_dated_line_with_who_and_when(room: AfterRoom, director: Browser) -> None:
    award = an_award(room, "Lucie Perrin")
    room.office.issuer.revoke(room.office.director, award.uuid, "awarded_in_error")
    page = said(director.get("/equipe/historique"))
    assert "Jo (direction) a retiré un badge : Préparer le sol et planter (maraîchage) , Lucie Perrin" in page
    assert "motif : Délivré par erreur" in page
    assert "Jo (encadrant technique, pédagogique et social) a délivré un badge" in page
    assert "a noté une observation" in page
    assert "20 novembre 2026" in page
    assert "L’opérateur du service a ajouté un collègue" in said(director.get("/equipe/historique?avant=40"))
    assert director.get("/equipe/historique?avant=-1").status_code == 200


def test_every_action_of_the_journal_has_its_words() -> None:
    told = set()
    for file in Path(badges.issuer.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Deed" and len(node.args) == 4:
                action = node.args[2]
                if isinstance(action, ast.Constant):
                    told.add(str(action.value))
                elif isinstance(action, ast.JoinedStr):
                    told.add(
                        "".join(
                            str(getattr(part, "value", ""))
                            for part in action.values[:1]
                            if isinstance(part, ast.Constant)
                        )
                    )
    assert len(told) > 50
    for said_of in told - {""}:
        begun = any(one.startswith(said_of) for one in (*WORDS, *OTHER_WORDS))
        assert begun or said_of.startswith(tuple(OTHER_WORDS)), f"{said_of}: say it in history.WORDS"
    for reason in REVOCATION_REASONS:
        assert all(isinstance(words, str) for words in words_of(f"revoke.{reason}"))


# -- figures


def test_figures_on_the_page_and_in_the_files_are_the_same(room: AfterRoom) -> None:
    counted(room.office, room.office.jardins, 20, withdrawn=6)
    counted(room.office, room.office.voisins, 2)
    network = room.browser(room.network())
    page = said(network.get("/equipe/chiffres/reseau"))
    assert "46 badges créés, 22 fois délivrés." in page
    assert "Haute-Vienne (87)" in page
    assert "masqué" in page
    sheet = network.get(f"/equipe/chiffres/reseau.csv?au={TODAY.isoformat()}")
    text = sheet.content.decode("utf-8-sig")
    assert "Par département;Haute-Vienne (87);22;6;16" in text
    assert "Par département;Vienne (86);0;0;0" in text
    assert "Par type de structure;Entreprise d’insertion (EI);masqué;0;masqué" in text
    assert 'filename="chiffres-reseau-2026-11-20.csv"' in sheet.headers["content-disposition"]
    book = load_workbook(io.BytesIO(network.get("/equipe/chiffres/reseau.xlsx").content))
    assert [page.title for page in book] == ["Résumé", "Détail"]
    rows = [tuple(row) for row in book["Détail"].iter_rows(values_only=True)]
    assert ("Par département", "Haute-Vienne (87)", 22, 6, 16) in rows
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)


def test_figures_of_a_past_day_are_asked_again_by_their_address(room: AfterRoom) -> None:
    counted(room.office, room.office.jardins, 20, day=TODAY - timedelta(days=9))
    director = room.browser(room.office.director)
    past = (TODAY - timedelta(days=3)).isoformat()
    told = director.get(f"/equipe/chiffres/structure.csv?au={past}").content
    assert "Arrêtés au 17 novembre 2026 inclus" in told.decode("utf-8-sig")
    counted(room.office, room.office.jardins, 7)
    assert director.get(f"/equipe/chiffres/structure.csv?au={past}").content == told
    assert "27 badges délivrés par votre structure." in said(director.get("/equipe/chiffres?au=n’importe+quoi"))


def test_figures_of_the_network_are_for_those_of_the_network(room: AfterRoom, director: Browser) -> None:
    for address in ("/equipe/chiffres/reseau", "/equipe/chiffres/reseau.csv", "/equipe/chiffres/reseau.xlsx"):
        assert director.get(address).status_code == 403
    assert "Tout le réseau" not in director.get("/equipe/chiffres").text
    assert director.get("/equipe/chiffres/autre.csv").status_code == 404


# -- who sees what


def test_a_colleague_of_another_structure_gets_404_on_every_address(room: AfterRoom) -> None:
    award = an_award(room, email="amina@exemple.fr")
    with room.office.storage.reading() as register:
        (message,) = register.list(Message)
    neighbour = room.browser(room.office.neighbour)
    mine = room.browser(room.office.eti)
    read = [
        f"{BADGES}/{award.uuid}", f"/equipe/messages/{message.id}",
        *(f"{BADGES}/{award.uuid}/{page}" for page in ("badge.png", "attestation.pdf", "carte.pdf")),
        *(f"{BADGES}/{award.uuid}/{page}" for page in ("retirer", "corriger")),
    ]  # fmt: skip
    for address in read:
        assert mine.get(address).status_code == 200, address
        assert neighbour.get(address).status_code == 404, address
    for address, form in {
        f"{BADGES}/{award.uuid}/retirer": {"reason": "awarded_in_error"},
        f"{BADGES}/{award.uuid}/corriger": {"name": "yes", "issued_as": "structure"},
        f"{BADGES}/{award.uuid}/renvoyer": {},
        f"{BADGES}/{award.uuid}/renouveler": {},
        f"/equipe/messages/{message.id}/reessayer": {},
    }.items():
        assert neighbour.post(address, form).status_code == 404, address
    ticked = {f"badge-{award.uuid}": "1", "confirmed": "1", "reason": "awarded_in_error"}
    neighbour.post(f"{BADGES}/retirer", ticked)
    assert revocations(room) == {}
    for address in (BADGES, "/equipe/messages", "/equipe/historique", "/equipe/renouvellements", "/equipe/chiffres"):
        page = neighbour.get(address).text
        assert "Amina" not in page, address
        assert award.uuid not in page, address


def test_those_who_may_not_take_back_are_refused_and_not_offered_it(room: AfterRoom) -> None:
    award = an_award(room)
    noter = room.browser(room.office.add_staff(room.office.jardins, "ETI", permissions=("note", "read")))
    page = noter.get(f"{BADGES}/{award.uuid}").text
    for act in ("retirer", "corriger", "renvoyer", "renouveler"):
        assert f"{award.uuid}/{act}" not in page
    assert noter.post(f"{BADGES}/{award.uuid}/retirer", {"reason": "awarded_in_error"}).status_code == 403
    assert noter.post(f"{BADGES}/{award.uuid}/renvoyer", {}).status_code == 403
    assert noter.post(f"{BADGES}/{award.uuid}/corriger", {"name": "yes", "issued_as": "structure"}).status_code in (
        403,
        409,
    )
    assert revocations(room) == {}


def test_nothing_is_shown_without_signing_in(room: AfterRoom) -> None:
    stranger = Browser(room.app)
    for address in (BADGES, "/equipe/messages", "/equipe/historique", "/equipe/chiffres", "/equipe/renouvellements",
                    "/equipe/chiffres/structure.csv"):  # fmt: skip
        answer = stranger.get(address)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/equipe/connexion")
