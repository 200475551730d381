"""What an operator decides, read once by :mod:`.app` and :mod:`.cli`; no other room knows that settings exist.

Order: environment (``BADGES_…``, ``DATABASE_URL``), then ``$BADGES_HOME/settings.toml``, then the defaults. Everything
that a deployment owns lies in its *home*; :class:`Home` is the map of that folder.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from .errors import Misuse

DEFAULT_HOME = Path("~/.badges")


def _network(text: str) -> str:
    """As it is written. Raises ValueError when no network can be read in it."""
    ip_network(text)
    return text


Network = Annotated[str, AfterValidator(_network)]
PerMinute = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Home:
    """The folder of one deployment. Only ``keys`` and ``passphrase`` are secret; all of it is worth a backup."""

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
    def verifications(self) -> Path:
        """How many verifications were answered what, each day."""
        return self.folder / "verifications.json"

    @property
    def commitments(self) -> Path:
        return self.folder / "commitments"


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
    trusted_proxies: tuple[Network, ...] = Field(
        default=(), description="Adresses des serveurs mandataires que l’on croit quand ils disent qui demande."
    )
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
        if file.stat().st_mode & 0o077:
            raise Misuse(
                f"Un fichier ouvert à son seul propriétaire (0600) était attendu pour « {file} » ; d’autres le lisent.",
                advice=f"Réservez-le au compte du service : chmod go-rwx {file}",
            )
        return file.read_text("utf-8").strip()


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
