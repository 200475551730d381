"""The whole demonstration: a network, its structures, their people, and a badge in every state. All of it invented.

``badges demo`` fills an empty home with it. Everything goes through the issuer's own acts, with the rule, the second
looks and the keys of real life; only the clock is ours, so that observations lie in the past weeks and one badge has
had the time to expire. What it prints is a contract (design, "Commands").
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .catalogue.definition import Criterion
from .catalogue.library import Entry
from .clock import Clock, SystemClock
from .deployment import Deployment
from .durable import write_whole
from .errors import Misuse
from .issuer.accounts import Accounts
from .issuer.batches import Row, Seen, Word
from .issuer.network import Network
from .issuer.permissions import OPERATOR, PERMISSIONS, Caller
from .issuer.roster import Session, read_roster
from .issuer.sheets import read_table
from .issuer.storage import Award, Person, Proposal, StaffMember
from .issuer.storage import Structure as IssuingStructure
from .keyring import Keyring, passphrase_from_file
from .openbadges.jws import load_public_key
from .recognition import Recognised, Recognitions
from .settings import Home, Settings
from .trust import normalise_fingerprint, sign_delegation

NETWORK = "Réseau des SIAE du Val (démonstration)"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
DELEGATION_DAYS = 400


@dataclass
class StoryClock:
    """A clock that the story sets: the past weeks are told before today."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass
class Told:
    """What the demonstration prints, gathered as the story goes."""

    staff: dict[str, dict[str, str | None]] = field(default_factory=dict)
    badges: dict[str, str] = field(default_factory=dict)
    worker_links: dict[str, str] = field(default_factory=dict)
    worker_cards: dict[str, dict[str, str | None]] = field(default_factory=dict)
    short_codes: dict[str, str] = field(default_factory=dict)
    special: dict[str, str] = field(default_factory=dict)


def fill(
    folder: Path, base_url: str, *, clock: Clock | None = None, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Fill the empty home ``folder`` and say what is in it. Raises :class:`Misuse` for a home that is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise Misuse(
            f"Un dossier vide était attendu, « {folder} » ne l’est pas.",
            advice="Choisissez un autre dossier, ou videz celui-ci : la démonstration n’écrase rien.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    now = (clock or SystemClock()).now().replace(microsecond=0)
    say("Les clés : la racine, la liste de confiance…")
    root = _ceremony(Home(folder), base_url, now)
    story = _Story(Deployment(Settings(home=folder), StoryClock(now)), now, say)
    try:
        story.tell()
    finally:
        story.deployment.close()
    return {
        "base_url": base_url,
        "api_token": story.api_token,
        "staff": story.told.staff,
        "badges": story.told.badges,
        "worker_links": story.told.worker_links,
        "worker_cards": story.told.worker_cards,
        "short_codes": story.told.short_codes,
        "revoked": story.told.special["revoked"],
        "expired": story.told.special["expired"],
        "replaced": story.told.special["replaced"],
        "unrecognised": story.told.special["unrecognised"],
        "trust": str(folder / "trust.jws"),
        "bundle": str(folder / "bundle.jws"),
        "root": root,
        "issuer_public_keys": story.public_keys,
    }


def _ceremony(home: Home, base_url: str, now: datetime) -> str:
    """Root key, list key, delegation, settings: what the ceremony of ``keys/README.md`` makes, in one go.

    In real life the root key is made on another machine and never comes here; the folder's name says so.
    """
    write_whole(home.passphrase, secrets.token_urlsafe(24) + "\n", mode=0o600)
    offline = home.folder / "root-key-demo-only"
    offline.mkdir(mode=0o700)
    write_whole(offline / "passphrase", secrets.token_urlsafe(24) + "\n", mode=0o600)
    root_keys = Keyring(offline / "keys", passphrase_from_file(offline / "passphrase"))
    root = root_keys.create(purpose="root", name="Racine de démonstration", now=now)
    list_keys = Keyring(home.keys, passphrase_from_file(home.passphrase))
    listing = list_keys.create(purpose="list", name="Liste de confiance", now=now)
    delegation = sign_delegation(
        root_keys.signer(root.id, purpose="root"),
        list_keys.public_pem(listing.id),
        serial=1,
        valid_from=now,
        valid_until=now + timedelta(days=DELEGATION_DAYS),
    )
    write_whole(home.delegation, delegation)
    fingerprint = normalise_fingerprint(load_public_key(root_keys.public_pem(root.id)).fingerprint)
    origins = [base_url] if urlsplit(base_url).hostname in LOOPBACK else []
    settings = {
        "base_url": base_url,
        "network": NETWORK,
        "demo": True,
        "root": fingerprint,
        "allowed_origins": origins,
    }
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()]
    write_whole(home.settings_file, "\n".join(lines) + "\n")
    return fingerprint


class _Story:
    """Five structures that award, one that closed, one that nobody recognises, and what happened in them."""

    def __init__(self, deployment: Deployment, now: datetime, say: Callable[[str], None]) -> None:
        self.deployment = deployment
        self.issuer = deployment.issuer
        self.accounts = Accounts(deployment.issuer.desk)
        self.catalogue = deployment.catalogue
        self.now = now
        self.say = say
        self.told = Told()
        self.api_token = ""
        self.public_keys: dict[str, str] = {}
        self.staff: dict[str, StaffMember] = {}
        self.structures: dict[str, IssuingStructure] = {}

    def tell(self) -> None:
        self._at(-800)
        self._open_structures()
        self._an_expired_badge()
        self._files_in_the_making()
        self._at(0)
        self._open_the_api()
        self._badges_of_workers()
        self._badges_of_permanents()
        self._a_session_of_twelve()
        self._what_went_wrong()
        self._what_others_support()
        self._a_session_to_correct()
        self._publish()

    # -- who -------------------------------------------------------------------------------------------------------

    def _open_structures(self) -> None:
        for key, (name, kind, department, siret) in STRUCTURES.items():
            self.say(f"{name}…")
            self.structures[key] = self.deployment.add_structure(
                name=name, kind=kind, department=department, siret=siret, email=f"contact@{key}.example"
            )
        for role, (place, name, function, permissions) in STAFF.items():
            email = f"{role}@{place}.example"
            self.staff[role] = self.issuer.add_staff(
                OPERATOR,
                structure=self.structures[place].id,
                name=name,
                function=function,
                permissions=permissions,
                email=email,
            )
            password = _a_passphrase()
            self.accounts.set_password(self.staff[role].account, password)
            self.told.staff[role] = {"email": email, "password": password, "id": self.staff[role].id}
        # One SIRET, two kinds: the same association, and a director who changes structure at the top of the page.
        # She came to the second a day later, so the first is where she signs in.
        direction = self.staff["direction"]
        self._clock.instant += timedelta(days=1)
        self.issuer.add_staff(
            OPERATOR,
            structure=self.structures["jardins-livraison"].id,
            name=direction.name,
            function=direction.function,
            permissions=direction.permissions,
            email=direction.email,
            account=direction.account,
        )
        self._clock.instant -= timedelta(days=1)

    def _open_the_api(self) -> None:
        _, self.api_token = self.issuer.new_api_token(
            OPERATOR,
            structure=self.structures["jardins"].id,
            label="Démonstration",
            scopes=[permission for permission in PERMISSIONS if permission != "network"],
            staff=self.staff["encadrante"].id,
        )

    # -- what happened ----------------------------------------------------------------------------------------------

    def _an_expired_badge(self) -> None:
        person = self._person("encadrante", "Farid N’Diaye", None)
        award = self._award("encadrante", person, "trv-securite-gestes")
        self._keep("expired", award)

    def _badges_of_workers(self) -> None:
        self.say("Des observations, des décisions, des badges…")
        amina = self._person("encadrante", "Amina Diallo", None)
        self._keep("tec-maraichage-planter", self._award("encadrante", amina, "tec-maraichage-planter"))
        self._keep("trv-consignes", self._award("encadrante", amina, "trv-consignes", issued_as="network"))
        self._link("Amina Diallo", "encadrante", amina)

        jean = self._person("encadrante", "Jean-Marc L’Hostis", "jean-marc.lhostis@courriel.example")
        award = self._award("encadrante", jean, "tec-espaces-verts-entretenir", name_in_badge=True)
        self._keep("tec-espaces-verts-entretenir", award)
        self.issuer.ask_hosted_twin(award.uuid)
        self._link("Jean-Marc L’Hostis", "encadrante", jean)

        moussa = self._person("encadrante", "Moussa Keïta", None)
        for slug in ("tec-nettoyage-locaux", "trv-travail-equipe"):
            self._award("encadrante", moussa, slug)
        card = self.issuer.holder.cards.hand_over(self._caller("encadrante"), moussa.id)
        self.told.worker_cards["Moussa Keïta"] = {"link": card.link, "code": card.code}

        for number, place in enumerate(("encadrant-atelier", "responsable-agence"), start=1):
            namesake = self._person(place, "Sophie Martin", None)
            slug = ("tec-reemploi-trier", "tec-nettoyage-locaux")[number - 1]
            self._keep(slug, self._award(place, namesake, slug))
            self._link(f"Sophie Martin ({number})", place, namesake)

    def _badges_of_permanents(self) -> None:
        claire = self._person("direction", "Claire Le Goff", "claire.legoff@courriel.example")
        for slug in ("eti-connaitre-iae", "eti-transmettre-savoir-faire"):
            award = self._award("direction", claire, slug, second="pair", named=True)
            self._keep(slug, award)
        self._link("Claire Le Goff", "direction", claire)

    def _a_session_of_twelve(self) -> None:
        self.say("Une session de douze personnes…")
        caller, decider = self._caller("encadrant-atelier"), self._caller("encadrant-atelier")
        entry = self.catalogue.latest("trv-travail-equipe")
        grid = [
            Seen(criterion=criterion.id, on=self._days_ago(ago).date(), way=criterion.ways[0], kind=criterion.kinds[0])
            for criterion in entry.definition.essential
            for ago in (34, 20)
        ]
        rows = [Row(ref=f"ligne-{number}", name=name) for number, name in enumerate(SESSION, start=1)]
        rows[2] = replace(rows[2], word=Word("agrees_with_comment", "Fière que ce soit écrit quelque part."))
        told_on = self._days_ago(20).date()
        report = self.issuer.batches.plan(caller, slug=entry.slug, grid=grid, rows=rows, told_on=told_on)
        self.issuer.batches.confirm(decider, report.batch.id, ready=report.ready)
        self.issuer.batches.run(report.batch.id)

    def _a_session_to_correct(self) -> None:
        """A sheet as it comes: an address cut short, an absence, a name that is known. Nothing is signed yet."""
        entry = self.catalogue.latest("tec-maraichage-recolter")
        days = [self._days_ago(ago).date() for ago in (25, 11)]
        grid = tuple(
            Seen(criterion=criterion.id, on=day, way=criterion.ways[0], kind=criterion.kinds[0])
            for criterion in entry.definition.essential
            for day in days
        )
        sheet = SHEET.format(day=f"{days[1]:%d/%m/%Y}").encode("cp1252")
        session = Session(entry.definition, grid, self.now.date())
        rows = read_roster(read_table(sheet), session).rows
        self.issuer.batches.plan(self._caller("encadrante"), slug=entry.slug, grid=grid, rows=rows)

    def _what_went_wrong(self) -> None:
        caller = self._caller("encadrante")
        lucie = self._person("encadrante", "Lucie Perrin", None)
        revoked = self._award("encadrante", lucie, "tec-maraichage-recolter")
        self._keep("revoked", revoked)
        self.issuer.revoke(caller, revoked.uuid, "awarded_in_error")
        old = self._award("encadrante", lucie, "trv-fiabilite")
        self._keep("replaced", old)
        new = self.issuer.replace(caller, old.uuid, name_in_badge=True)
        self._keep("trv-fiabilite", new)
        self._link("Lucie Perrin", "encadrante", lucie)
        stranger = self._person("encadrant-inconnu", "Paul Roche", None)
        self._keep("unrecognised", self._award("encadrant-inconnu", stranger, "tec-peinture"))

    def _what_others_support(self) -> None:
        """A company that recruits supports a badge, a training body a structure; another has not answered yet."""
        endorsing, network = self.deployment.endorsing, self._caller("reseau")
        until = self._days_ago(-700).date()
        _, secret = endorsing.ask(network, name="Anne Leroy", slug="tec-espaces-verts-entretenir")
        endorsing.endorse(
            secret,
            name="Paysages du Val (entreprise inventée)",
            url="https://paysages.example/",
            email="contact@paysages.example",
            comment="Nous embauchons des ouvriers paysagistes. Ce que ce badge demande est ce que nous regardons les "
            "premiers jours : le travail propre, les outils rangés, les consignes tenues.",
            until=until,
        )
        _, secret = endorsing.ask(network, name="Marc Petit", structure=self.structures["jardins"].id)
        endorsing.endorse(
            secret,
            name="Organisme de formation du Val (inventé)",
            url="https://formation.example/",
            email="contact@formation.example",
            comment="Nous avons vu cette équipe noter ce qu’elle observe, à deux, sans se presser.",
            until=until,
        )
        endorsing.ask(network, name="Fatou Sarr", slug="tec-maraichage-planter", email="fatou.sarr@cooperative.example")

    def _files_in_the_making(self) -> None:
        """One file at each stage, so that whoever opens the demonstration finds something to do next."""
        caller, propose = self._caller("encadrante"), self._proposed
        self._at(-4)
        propose("Yasmine Haddad", "tec-maraichage-planter", marked=False)
        karim = propose("Karim Benali", "tec-debroussailler")
        recyclerie = self.structures["recyclerie"].id
        self.issuer.proposals.send(caller, karim.id, structure=recyclerie, anonymised=True)
        self._at(-2)
        propose("Rosa Almeida", "tec-maraichage-recolter")
        sekou = propose("Sékou Camara", "trv-consignes")
        self.issuer.record_word(caller, sekou.id, word="agrees_with_comment", comment="Content que ce soit écrit.")
        luc = propose("Luc Morin", "tec-espaces-verts-entretenir")
        self.issuer.record_word(caller, luc.id, word="disagrees", comment="La haie, on l’a taillée à deux.")
        thomas = propose("Thomas Girard", "trv-travail-equipe", but=1)
        self.issuer.proposals.set_aside(
            caller,
            thomas.id,
            on=self._days_ago(-21).date(),
            who="Inès, au bilan de décembre",
            words="Presque tout y est. Il reste à le voir une fois de plus sur le chantier.",
        )
        self._at(-1)
        homonym = self.issuer.people.add(caller, name="Amina Duval", hint="équipe espaces verts")
        self._see("encadrante", homonym, "tec-espaces-verts-entretenir", but=1)
        alone = self._person("encadrante-seule", "Aïssata Diop", None)
        award = self._award("encadrante-seule", alone, "tec-peinture")
        self._keep("tec-peinture", award)

    def _proposed(self, name: str, slug: str, *, marked: bool = True, but: int = 0) -> Proposal:
        """A file of a person of the gardens, opened on what they tell; the last ``but`` criteria were not seen."""
        person = self._person("encadrante", name, None)
        results = self._see("encadrante", person, slug, but=but)
        told = {question: words for question, words in STORY.items() if marked or question == "situation"}
        return self.issuer.propose(
            self._caller("encadrante"), person=person.id, slug=slug, results=results if marked else {}, told=told
        )

    def _publish(self) -> None:
        self.say("La liste de confiance et le paquet hors ligne…")
        home = self.deployment.home
        decisions = [
            Recognised(structure=structure.id, name=structure.name, families=FAMILIES_OF.get(key, ALL_FAMILIES))
            for key, structure in self.structures.items()
            if key != "inconnue"
        ]
        recognitions = Recognitions().with_(*decisions)
        closed_on = (self.now - timedelta(days=120)).date()
        recognitions.ended(self.structures["moulin"].id, "closed", closed_on).write(home.recognised)
        network = Network(self.issuer.desk, self.deployment.add_structure)
        network.close_structure(self._caller("reseau"), self.structures["moulin"].id)
        self.deployment.add_receipt_key()
        self.deployment.sign_trust_list()
        self.deployment.commit_awards()
        write_whole(home.folder / "bundle.jws", self.deployment.bundle())
        exported = {path.stem: path for path in self.deployment.keyring.export(home.folder / "public-keys")}
        for key, structure in self.structures.items():
            active = self.deployment.keyring.active("issuer", structure.id)
            if active is not None:
                self.public_keys[key] = str(exported[active.id])

    # -- how it is told -----------------------------------------------------------------------------------------------

    @property
    def _clock(self) -> StoryClock:
        clock = self.deployment.clock
        assert isinstance(clock, StoryClock)
        return clock

    def _at(self, days: int) -> None:
        self._clock.instant = self._days_ago(-days)

    def _days_ago(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def _caller(self, role: str) -> Caller:
        return Caller(self.staff[role].id)

    def _person(self, role: str, name: str, email: str | None) -> Person:
        return self.issuer.add_person(self._caller(role), name=name, email=email)

    def _award(
        self,
        role: str,
        person: Person,
        slug: str,
        *,
        second: str | None = None,
        issued_as: str = "structure",
        name_in_badge: bool = False,
        named: bool = False,
    ) -> Award:
        """Seen, proposed, looked at again where the badge asks for it, agreed to, decided."""
        caller = self._caller(role)
        results = self._see(role, person, slug)
        looker = self.staff[second] if second else None
        proposal = self.issuer.propose(
            caller,
            person=person.id,
            slug=slug,
            results=results,
            second_structure=looker.structure if looker else None,
            issued_as=issued_as,
            name_in_badge=name_in_badge or named,
        )
        if looker:
            self.issuer.second_look(Caller(looker.id), proposal.id, confirms=True)
        self.issuer.record_word(caller, proposal.id, word="agrees")
        return self.issuer.award(caller, proposal.id)

    def _see(self, role: str, person: Person, slug: str, *, but: int = 0) -> dict[str, str]:
        """What was seen of a badge, on two days each, but for the last criteria; gives the marks that follow."""
        entry = self.catalogue.latest(slug)
        wanted = (*entry.definition.essential, *entry.definition.optional[: _optional(entry)])
        essential = len(entry.definition.essential)
        unseen = entry.definition.essential[essential - but :] if but else ()
        today = self._clock.instant
        for criterion in wanted:
            for ago, way, kind in _seen(criterion) if criterion not in unseen else ():
                self.issuer.note_observation(
                    self._caller(role),
                    person=person.id,
                    slug=slug,
                    criterion=criterion.id,
                    on=(today - timedelta(days=ago)).date(),
                    way=way,
                    kind=kind,
                )
        return {criterion.id: "not_yet" if criterion in unseen else "acquired" for criterion in wanted}

    def _keep(self, label: str, award: Award) -> None:
        """Write the badge as its holder would download it."""
        folder = self.deployment.home.folder / "badges"
        folder.mkdir(exist_ok=True)
        token = self.issuer.require_token(award.uuid)
        path = folder / f"{label}.png"
        path.write_bytes(self.deployment.pictures.picture(award.slug, award.version, token, award.code, "png"))
        if label in SPECIAL:
            self.told.special[label] = str(path)
        else:
            self.told.badges[label] = str(path)
        self.told.short_codes[label] = award.code

    def _link(self, label: str, role: str, person: Person) -> None:
        self.told.worker_links[label] = self.issuer.new_personal_link(self._caller(role), person.id)


def _seen(criterion: Criterion) -> tuple[tuple[int, str, str], ...]:
    """Two days for each criterion, three weeks and one week ago, as the criterion wants it assessed."""
    way, kind = criterion.ways[0], criterion.kinds[0]
    return ((23, way, kind), (9, way, kind))


def _a_passphrase() -> str:
    """Four words that one can type on a phone; enough where tries are counted and nobody is real."""
    return " ".join(secrets.choice(_WORDS) for _ in range(4))


def _optional(entry: Entry) -> int:
    return max(entry.definition.rule.optional_at_least, 1)


ALL_FAMILIES = ("permanents", "metiers-hybrides", "techniques", "transverses")
FAMILIES_OF = {"tremplin": ("techniques", "transverses")}
SPECIAL = ("revoked", "expired", "replaced", "unrecognised")

STRUCTURES: Mapping[str, tuple[str, str, str, str]] = {
    # name, kind, département, SIRET (of the range that test data of the sector use)
    "reseau": (NETWORK, "RESEAU", "87", "01234567891000"),
    "jardins": ("Les Jardins de la Vallée", "ACI", "87", "01234567891001"),
    "jardins-livraison": ("Les Jardins de la Vallée, livraison", "EI", "87", "01234567891001"),
    "recyclerie": ("Recyclerie du Pont", "EI", "23", "01234567891002"),
    "coup-de-main": ("Coup de main services", "AI", "19", "01234567891003"),
    "tremplin": ("Tremplin intérim", "ETTI", "87", "01234567891004"),
    "moulin": ("Chantier du Moulin", "ACI", "23", "01234567891005"),
    "regie": ("Régie des Coteaux", "EI", "87", "01234567891007"),
    "inconnue": ("Atelier de l’Étang", "EI", "36", "01234567891006"),
}
_AWARDS = ("read", "note", "propose", "decide", "second", "administer")
STAFF: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "encadrante": ("jardins", "Nadia Roux", "ETI", _AWARDS),
    "direction": ("jardins", "Hélène Caron", "DIR", _AWARDS),
    "accompagnatrice": ("jardins", "Inès Faure", "ASP", ("read", "note", "propose", "second")),
    "encadrant-atelier": ("recyclerie", "Marc Petit", "ETI", _AWARDS),
    "pair": ("recyclerie", "Anne Dupuy", "COORD", ("read", "second")),
    "responsable-agence": ("coup-de-main", "Olivier Blanc", "COORD", _AWARDS),
    "permanente-interim": ("tremplin", "Sarah Lopez", "COORD", _AWARDS),
    "encadrante-seule": ("regie", "Fatou Diarra", "ETI", _AWARDS),
    "encadrant-inconnu": ("inconnue", "Yves Moreau", "ETI", _AWARDS),
    "reseau": ("reseau", "Julie Bernard", "COORD", ("read", "network", "administer", "second")),
}
_WORDS = (
    "abricot", "bassine", "cabane", "dahlia", "escabeau", "fagot", "genêt", "haricot", "jardin", "laurier", "lavoir",
    "marteau", "navette", "oseille", "panier", "pommier", "rabot", "sarclette", "serfouette", "tablier", "tilleul",
    "verger", "brouette", "ciseau", "échelle", "ficelle", "gouge", "houe", "lavande", "mélisse", "persil", "râteau",
)  # fmt: skip
STORY = {
    "situation": "C’était mardi, au jardin du bas, avec l’équipe du matin. Il fallait finir avant la livraison.",
    "steps": "D’abord j’ai sorti et vérifié les outils. Puis une première partie, j’ai regardé, et j’ai continué.",
    "unforeseen": "La pluie est venue. On a bâché, puis repris l’après-midi.",
    "result": "Le client a tout pris et n’a rien fait refaire.",
}
SHEET = """Prénom et initiale;E-mail;Absent le
Yanis B.;;
Mariam C.;;
Théo L’Hénaff;theo@courriel.example;
Awa S.;;{day}
Luc-André M.;luc-andre@;
Amina Diallo;;
Ilyes K.;;
Rose-May T.;;
"""
SESSION = (
    "Adèle Garnier",
    "Bakary Touré",
    "Chloé Renard",
    "Dimitri Volkov",
    "Élodie Fontaine",
    "François d’Arc",
    "Gülsen Aydin",
    "Hugo Lemaire",
    "Ibrahim Sow",
    "Jeanne-Marie Le Bihan",
    "Kévin Marchand",
    "Léa Marchand",
)
