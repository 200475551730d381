"""What an operator decides, read once by :mod:`.app` and :mod:`.cli`; no other room knows that settings exist.

Order: environment (``BADGES_…``, ``DATABASE_URL``), then ``$BADGES_HOME/settings.toml``, then the defaults. Everything
that a deployment owns lies in its *home*; :class:`Home` is the map of that folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from .errors import Misuse

DEFAULT_HOME = Path("~/.badges")
NOUVELLE_AQUITAINE = {
    "16": "Charente", "17": "Charente-Maritime", "19": "Corrèze", "23": "Creuse", "24": "Dordogne", "33": "Gironde",
    "40": "Landes", "47": "Lot-et-Garonne", "64": "Pyrénées-Atlantiques", "79": "Deux-Sèvres", "86": "Vienne",
    "87": "Haute-Vienne",
}  # fmt: skip
"""The region of the first network (code officiel géographique, 2026); another one names its own."""


def _network(text: str) -> str:
    """As it is written. Raises ValueError when no network can be read in it."""
    ip_network(text)
    return text


Network = Annotated[str, AfterValidator(_network)]
PerMinute = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Home:
    """The folder of one deployment. Only ``keys`` and ``passphrase`` are secret."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def database(self) -> Path:
        return self.folder / "badges.sqlite3"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def passphrase(self) -> Path:
        return self.folder / "passphrase"

    @property
    def criteria(self) -> Path:
        return self.folder / "criteria"

    @property
    def trust_list(self) -> Path:
        return self.folder / "trust.jws"

    @property
    def delegation(self) -> Path:
        return self.folder / "delegation.jws"

    @property
    def rotations(self) -> Path:
        return self.folder / "rotations.json"

    @property
    def recognised(self) -> Path:
        return self.folder / "recognised.toml"

    @property
    def erasures(self) -> Path:
        """Who asked to be forgotten, by opaque id: never overwritten by a restore, which it corrects."""
        return self.folder / "erasures.jsonl"

    @property
    def verifications(self) -> Path:
        """How many verifications were answered what, each day."""
        return self.folder / "verifications.json"

    @property
    def commitments(self) -> Path:
        return self.folder / "commitments"

    @property
    def messages(self) -> Path:
        """The letters of a service without a mail server, one file each."""
        return self.folder / "messages"

    @property
    def bounces(self) -> Path:
        """Where the operator's mail server leaves reports of what came back; read, then removed."""
        return self.folder / "bounces"

    @property
    def passed_on(self) -> tuple[Path, ...]:
        """What a backup takes along before the register; after it come :attr:`criteria` and :attr:`keys`.

        No passphrase, and not the journal that corrects a restore.
        """
        return (
            self.settings_file,
            self.trust_list,
            self.delegation,
            self.rotations,
            self.recognised,
            self.verifications,
            self.commitments,
            self.messages,
            self.bounces,
        )


class Settings(BaseSettings):
    """Typed, refused at start when wrong, and without a single default secret."""

    model_config = SettingsConfigDict(env_prefix="BADGES_", extra="forbid", frozen=True)

    home: Path = Field(default=DEFAULT_HOME, description="Le dossier de ce service.")
    database_url: str = Field(
        default="",
        validation_alias="DATABASE_URL",
        description="Vide : SQLite dans le dossier. Sinon postgresql+psycopg://…",
    )
    base_url: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s]+$")] = Field(
        default="http://127.0.0.1:8000", description="L’adresse publique, sans barre à la fin. Ne change jamais."
    )
    product: str = Field(default="Badges IAE", description="Le nom affiché en haut des pages.")
    network: str = Field(default="Réseau régional de l’IAE", description="Le nom du réseau.")
    demo: bool = Field(default=False, description="Données fictives : les critères « proposition » se délivrent.")
    root: str = Field(default="", description="L’empreinte de la clé racine : sha256:…")
    passphrase_file: Path | None = Field(default=None, description="Le fichier qui contient la phrase des clés.")
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Origines que la liste de confiance permet en plus (démonstration en boucle locale)."
    )
    bundle_days: int = Field(default=7, ge=1, le=7, description="Durée de vie d’un paquet hors ligne, en jours.")
    trust_days: int = Field(default=7, ge=1, le=7, description="Durée de vie de la liste de confiance, en jours.")
    verifications_per_minute: PerMinute = Field(
        default=60, description="Vérifications par minute et par client, chaque fichier compté ; 0 : sans limite."
    )
    wrong_codes_per_minute: PerMinute = Field(
        default=20, description="Codes imprimés qui n’existent pas, par minute et par client ; 0 : sans limite."
    )
    wrong_secrets_per_minute: PerMinute = Field(
        default=20, description="Liens personnels qui n’existent pas, par minute et par client ; 0 : sans limite."
    )
    fetch_seconds: float = Field(
        default=3, gt=0, le=30, description="Vérifier : secondes laissées à un autre site pour un document."
    )
    fetch_badge_seconds: float = Field(
        default=10, gt=0, le=120, description="Secondes laissées aux autres sites pour les badges d’une demande."
    )
    fetch_documents: int = Field(
        default=10, ge=1, le=100, description="Documents demandés à d’autres sites, par badge."
    )
    fetch_redirects: int = Field(default=2, ge=0, le=10, description="Redirections suivies pour un document.")
    fetch_document_bytes: int = Field(
        default=256 * 1024, ge=16 * 1024, le=8 * 1024 * 1024, description="Octets lus d’un document."
    )
    fetch_list_bytes: int = Field(
        default=8 * 1024 * 1024, ge=64 * 1024, le=64 * 1024 * 1024, description="Octets lus d’une liste de retrait."
    )
    fetch_at_once: int = Field(default=20, ge=1, le=200, description="Demandes en cours à la fois vers d’autres sites.")
    fetch_of_one_host: int = Field(default=4, ge=1, le=200, description="Et vers un même site.")
    trusted_proxies: tuple[Network, ...] = Field(
        default=(), description="Adresses des serveurs mandataires que l’on croit quand ils disent qui demande."
    )
    openid_issuer: str = Field(
        default="", description="Le service d’identité (OpenID Connect, ProConnect) ; vide : aucun."
    )
    openid_name: str = Field(default="ProConnect", description="Le nom de ce service, sur le bouton de connexion.")
    openid_client: str = Field(default="", description="L’identifiant de ce service-ci chez lui.")
    openid_secret_file: Path | None = Field(default=None, description="Le fichier (0600) du secret qui va avec.")
    legal_publisher: str = Field(default="", description="Mentions légales : l’éditeur (nom, forme, numéro).")
    legal_address: str = Field(default="", description="Mentions légales : l’adresse de l’éditeur.")
    legal_director: str = Field(default="", description="Mentions légales : le responsable de la publication.")
    legal_host: str = Field(default="", description="Mentions légales : l’hébergeur (nom, adresse, téléphone).")
    legal_controller: str = Field(default="", description="Données personnelles : le responsable du traitement.")
    legal_dpo: str = Field(default="", description="Données personnelles : à qui écrire (délégué à la protection).")
    legal_contact: str = Field(default="", description="Le contact pour tout le reste, accessibilité comprise.")
    legal_audit: str = Field(default="", description="Ce que dit l’audit RGAA (par qui, quand) ; vide : aucun.")
    smtp_host: str = Field(
        default="", description="Le serveur d’envoi des messages. Vide : ils sont gardés dans le dossier « messages »."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Son port : 587 (STARTTLS) ou 465 (TLS).")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="Sans chiffrement (none), sur cette machine seulement."
    )
    smtp_user: str = Field(default="", description="Le compte chez ce serveur, s’il en demande un.")
    smtp_password_file: Path | None = Field(default=None, description="Le fichier (0600) du mot de passe de ce compte.")
    smtp_authorities: Path | None = Field(
        default=None, description="Des certificats d’autorité en plus de ceux de la machine, pour un serveur privé."
    )
    mail_from: str = Field(
        default="badges@localhost", description="L’adresse d’où partent les messages, et où reviennent les refus."
    )
    region: str = Field(default="Nouvelle-Aquitaine", description="La région dont on compte les départements.")
    departments: dict[str, str] = Field(
        default=NOUVELLE_AQUITAINE, description="Ses départements : numéro = « nom ». Chacun est compté, même à zéro."
    )
    target: int = Field(default=3000, ge=0, description="Combien de badges le réseau s’est donné pour but ; 0 : aucun.")
    metrics: Literal["loopback", "everywhere", "off"] = Field(
        default="loopback", description="Qui lit /metrics : cette machine seulement, tout le monde, ou personne."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = init_settings().get("home") or os.environ.get("BADGES_HOME") or DEFAULT_HOME
        toml = TomlConfigSettingsSource(settings_cls, Home(Path(home).expanduser()).settings_file)
        return (init_settings, env_settings, toml)

    @property
    def fetching(self) -> dict[str, Any]:
        """What a verification may ask of other sites, by the name of each limit."""
        return {name.removeprefix("fetch_"): value for name, value in self if name.startswith("fetch_")}

    @property
    def legal(self) -> dict[str, str]:
        """What the pages that the law asks for are filled with, by the name of each."""
        return {name.removeprefix("legal_"): value for name, value in self if name.startswith("legal_")}

    def require_legal(self) -> None:
        """Raises :class:`Misuse` naming what is empty and may not be, but for a demonstration."""
        missing = [name for name, value in self.legal.items() if not value.strip() and name != "audit"]
        if missing and not self.demo:
            raise Misuse(
                "Les mentions que la loi demande étaient attendues ; il manque : "
                f"{', '.join(f'legal_{name}' for name in missing)}.",
                advice="Écrivez-les dans settings.toml : elles remplissent /mentions-legales, /donnees-personnelles, "
                "/accessibilite et /contact.",
            )

    @property
    def place(self) -> Home:
        return Home(self.home.expanduser())

    @property
    def store(self) -> str:
        """The database address, as SQLAlchemy spells it."""
        return self.database_url or f"sqlite:///{self.place.database}"

    def read_passphrase(self) -> str:
        """The passphrase of the keyring: ``BADGES_PASSPHRASE`` (removed once read), else its file.

        Raises :class:`Misuse` when there is neither, since a passphrase has no default, or when others may read it.
        """
        from_environment = os.environ.pop("BADGES_PASSPHRASE", "")
        if from_environment:
            return from_environment
        file = self.passphrase_file or self.place.passphrase
        if not file.is_file():
            raise Misuse(
                "La phrase qui ouvre les clés était attendue dans BADGES_PASSPHRASE ou dans "
                f"« {file.name} » du dossier du service ; aucune n’a été trouvée.",
                advice="Écrivez-la dans ce fichier (droits 0600), ou nommez-en un par BADGES_PASSPHRASE_FILE.",
            )
        return _read_secret(file)

    @model_validator(mode="after")
    def _mail_is_private(self) -> Self:
        if self.smtp_host and self.smtp_security == "none" and self.smtp_host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("smtp_security = none : seulement vers cette machine")
        if self.smtp_host and self.mail_from == "badges@localhost":
            raise ValueError("mail_from : une adresse de votre domaine est attendue avec smtp_host")
        return self

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        if self.fetch_badge_seconds < self.fetch_seconds:
            raise ValueError("fetch_badge_seconds : autant que fetch_seconds au moins")
        if self.fetch_of_one_host > self.fetch_at_once:
            raise ValueError("fetch_of_one_host : autant que fetch_at_once au plus")
        return self

    def read_smtp_password(self) -> str:
        """The password of :attr:`smtp_user`. Raises :class:`Misuse` when there is none, or others may read it."""
        file = self.smtp_password_file
        if file is None or not file.is_file():
            raise Misuse(
                "Le mot de passe du serveur d’envoi était attendu dans un fichier ; aucun n’a été trouvé.",
                advice="Nommez ce fichier par BADGES_SMTP_PASSWORD_FILE (droits 0600).",
            )
        return _read_secret(file)

    def read_openid_secret(self) -> str:
        """The secret of :attr:`openid_client`. Raises :class:`Misuse` when there is none, or others may read it."""
        file = self.openid_secret_file
        if file is None or not file.is_file():
            raise Misuse(
                "Le secret du service d’identité était attendu dans un fichier ; aucun n’a été trouvé.",
                advice="Nommez ce fichier par BADGES_OPENID_SECRET_FILE (droits 0600).",
            )
        return _read_secret(file)


def _read_secret(file: Path) -> str:
    if file.stat().st_mode & 0o077:
        raise Misuse(
            f"Un fichier ouvert à son seul propriétaire (0600) était attendu pour « {file} » ; d’autres le lisent.",
            advice=f"Réservez-le au compte du service : chmod go-rwx {file}",
        )
    try:
        return file.read_text("utf-8").strip()
    except UnicodeDecodeError:
        raise Misuse(f"Un texte était attendu dans « {file} » ; d’autres octets ont été trouvés.") from None


def read_settings(home: Path | None = None) -> Settings:
    """The settings of ``home``, else of ``BADGES_HOME``. Raises :class:`Misuse` naming each one that cannot be used."""
    try:
        return Settings(home=home) if home else Settings()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, item['loc']))} ({item['msg']})" for item in error.errors())
        raise Misuse(
            f"Des réglages utilisables étaient attendus ; à revoir : {wrong}.",
            advice="Ils viennent de settings.toml, dans le dossier du service, et des variables BADGES_….",
        ) from None
    except ValueError as error:  # a TOML file that cannot be read at all
        raise Misuse(f"Un fichier settings.toml lisible était attendu ; {error}.") from None
