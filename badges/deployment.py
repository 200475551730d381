"""One deployment, put together: register, keys, criteria, trust. What the commands and the web application share.

Nothing is opened before it is asked for. The acts here are those of the network: signing the trust list, making a
bundle, committing to what was awarded. They live here because they need the register, the keys and the catalogue at
once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from .addresses import Addresses
from .catalogue.library import Catalogue, Entry, shipped_criteria
from .catalogue.marks import art_digest
from .catalogue.picture import PictureTemplate, bake_svg
from .clock import Clock, SystemClock
from .commitments import Chain, commit
from .durable import write_whole
from .errors import Misuse, TrustError
from .issuer.database import Database, open_database
from .issuer.endorsing import Endorsing, Keys
from .issuer.figures import Figures, Region
from .issuer.holder.erasures import ErasureFile, replay
from .issuer.issuer import Issuer, IssuerProfile
from .issuer.letters import Attachment, Letterhead
from .issuer.mail import FolderMailer, SmtpMailer, SmtpServer
from .issuer.permissions import OPERATOR
from .issuer.post import Post
from .issuer.publishing import revocation_list
from .issuer.renewals import Renewals
from .issuer.storage import Award
from .issuer.storage import Structure as IssuingStructure
from .keyring import KeyEntry, Keyring, Signer
from .paper.press import Press
from .recognition import Recognised, Recognitions
from .settings import Settings
from .trust import (
    Bundle,
    CatalogueEntry,
    Facts,
    FamilyRight,
    ReceiptKey,
    RevocationSnapshot,
    Rotation,
    Structure,
    Trusted,
    TrustedProfile,
    TrustList,
    list_inside,
    read_bundle,
    read_trust,
    sign_bundle,
    sign_trust,
)
from .verify.tally import read_tally

log = logging.getLogger("badges")

STATUS_IN_TRUST = {"proposition": "proposition", "adopte": "adopted", "retire": "withdrawn"}
COMMITMENT_SIZE = 10_000
"""Awards in one commitment: up to here its leaves travel inside, and an award needs no proof of its own."""

_OVERLAP = timedelta(minutes=10)
"""Transactions may end in another order than they were dated: each commitment looks back this far."""


class Deployment:
    """What lies in one home, opened when first used."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.home = settings.place
        self.clock = clock or SystemClock()
        self.addresses = Addresses(settings.base_url)

    @cached_property
    def storage(self) -> Database:
        return open_database(self.settings.store)

    def close(self) -> None:
        """Let go of the register, if it was opened."""
        if "storage" in self.__dict__:
            self.storage.close()

    @cached_property
    def keyring(self) -> Keyring:
        return Keyring(self.home.keys, self.settings.read_passphrase)

    @cached_property
    def catalogue(self) -> Catalogue:
        folders = [shipped_criteria()]
        if self.home.criteria.is_dir():
            folders.append(self.home.criteria)
        return Catalogue.open(*folders)

    @cached_property
    def issuer(self) -> Issuer:
        return Issuer(
            self.storage,
            self.catalogue,
            self.keyring.signer,
            self.addresses,
            self.clock,
            demo=self.settings.demo,
            erasures=ErasureFile(self.home.erasures),
        )

    def replay_erasures(self) -> int:
        """Forget again whoever a restored backup brought back; how many there were."""
        return replay(ErasureFile(self.home.erasures), self.issuer.holder.leaving)

    def check_erasures(self) -> None:
        """Raise :class:`StorageUnavailable` where the journal of erasures could not be replayed."""
        tuple(ErasureFile(self.home.erasures))

    def read_bundle(self, text: str) -> Bundle:
        """A bundle that this network published, whose delegation still runs. Raises what reading a bundle raises."""
        return read_bundle(text, self.root, self.clock.now())

    def follow(self, text: str, bundle: Bundle) -> bool:
        """Go on from the trust list of a published bundle, where it is later: no version is said twice."""
        ours = self.trusted()
        is_later = ours is None or bundle.trusted.seen > ours.seen
        if is_later:
            write_whole(self.home.trust_list, list_inside(text))
        return is_later

    def withdraw_again(self, bundle: Bundle) -> tuple[int, int]:
        """Withdraw what a published bundle says was withdrawn; how many lines the register knows, and how many not."""
        entries = [entry for each in bundle.revocations.values() for entry in each.document["revokedAssertions"]]
        known = [
            self.issuer.revoke_again(entry["id"].removeprefix("urn:uuid:"), entry.get("revocationReason", ""))
            for entry in entries
            if "revocationReason" in entry
        ]
        return known.count(True), known.count(False)

    def keys_compromised_since(self, bundle: Bundle) -> list[str]:
        """The keys in service here that a published bundle says are compromised."""
        profiles = [each for structure in bundle.trusted.list.structures for each in structure.profiles]
        stolen = {profile.pem for profile in profiles if profile.status == "compromised"}
        entries = self.keyring.entries()
        return [each.id for each in entries if each.status == "active" and self.keyring.public_pem(each.id) in stolen]

    @cached_property
    def pictures(self) -> Pictures:
        return Pictures(self.catalogue, self.addresses)

    @cached_property
    def press(self) -> Press:
        return Press(self.addresses, self.settings.network)

    # -- messages, ends of badges, figures ----------------------------------------------------------------------------

    @cached_property
    def letters(self) -> FolderMailer | None:
        """The folder of messages of a service without a mail server."""
        return None if self.settings.smtp_host else FolderMailer(self.home.messages)

    @cached_property
    def post(self) -> Post:
        settings = self.settings
        head = Letterhead(settings.product, settings.mail_from, settings.base_url)
        mailer = self.letters or SmtpMailer(
            SmtpServer(
                settings.smtp_host,
                settings.smtp_port,
                settings.mail_from,
                settings.smtp_security,
                settings.smtp_user,
                settings.read_smtp_password,
                settings.smtp_authorities,
            )
        )
        return Post(self.storage, mailer, head, self.clock, self.badge_file, self.home.bounces)

    def badge_file(self, award: str) -> Attachment | None:
        """The badge as it goes with a letter; None once it was withdrawn or erased."""
        view = self.issuer.find_award(award)
        if view is None or view.revocation or not view.kept:
            return None
        found = view.award
        token = self.issuer.require_token(award)
        picture = self.pictures.picture(found.slug, found.version, token, found.code, "png")
        return Attachment(f"{found.slug}.png", picture)

    @cached_property
    def renewals(self) -> Renewals:
        return Renewals(self.issuer.desk, f"{self.settings.base_url}/equipe/renouvellements")

    @cached_property
    def figures(self) -> Figures:
        settings = self.settings
        region = Region(settings.network, settings.region, settings.departments, settings.target)
        return Figures(self.issuer.desk, region, self.recognised_on, lambda: read_tally(self.home.verifications))

    def recognised_on(self, day: date) -> frozenset[str]:
        """The structures that the network recognised on this day, as its file tells them now."""
        decisions = Recognitions.read(self.home.recognised).by_structure.values()
        return frozenset(decision.structure for decision in decisions if decision.stands_on(day))

    def families_of(self, structure: str, day: date) -> frozenset[str]:
        """The families for which the network recognises this structure, that day."""
        decision = Recognitions.read(self.home.recognised).by_structure.get(structure)
        return frozenset(decision.families) if decision is not None and decision.stands_on(day) else frozenset()

    # -- those who support ------------------------------------------------------------------------------------------

    @cached_property
    def endorsing(self) -> Endorsing:
        return Endorsing(self.issuer.desk, Keys(self._new_endorser, self._endorser))

    def _new_endorser(self, name: str) -> Signer:
        """A key for an organisation that supports a badge or a structure: it signs nothing else."""
        return self._endorser(self.keyring.create(purpose="endorser", name=name, now=self.clock.now()).id)

    def _endorser(self, key: str) -> Signer:
        return self.keyring.signer(key, purpose="endorser")

    # -- structures -------------------------------------------------------------------------------------------------

    def add_structure(self, **facts: str) -> IssuingStructure:
        """A structure with its key and its Profile: it can sign, and nobody recognises it yet."""
        structure = self.issuer.add_structure(OPERATOR, **facts)
        now = self.clock.now()
        entry = self.keyring.create(purpose="issuer", name=structure.name, structure=structure.id, now=now)
        self.issuer.open_profile(OPERATOR, structure.id, self.keyring.signer(entry.id))
        return structure

    def rotate_key(self, profile: str) -> KeyEntry:
        """A new key, hence a new Profile of the same structure; the old one goes on verifying what it signed.

        A batch that was confirmed ends with the key it began with. The trust list is to be signed again.
        """
        entry = self.keyring.rotate(profile, now=self.clock.now())
        self.issuer.open_profile(OPERATOR, entry.structure, self.keyring.signer(entry.id))
        return entry

    # -- the trust list ---------------------------------------------------------------------------------------------

    @property
    def root(self) -> str:
        """The fingerprint of the root key. Raises :class:`Misuse` where the settings give none."""
        if not self.settings.root:
            raise Misuse(
                "L’empreinte de la clé racine était attendue dans les réglages (root) ; aucune n’a été trouvée.",
                advice="Elle est donnée une fois, à la cérémonie des clés : voir keys/README.md.",
            )
        return self.settings.root

    def trust_text(self) -> str | None:
        """The signed list in force, as published; None before the first."""
        try:
            return self.home.trust_list.read_text("ascii", errors="replace")
        except FileNotFoundError:
            return None

    def trusted(self) -> Trusted | None:
        text = self.trust_text()
        return None if text is None else read_trust(text, self.root, self.clock.now())

    def sign_trust_list(self) -> TrustList:
        """Make, sign, check and publish the list that follows the present one."""
        made = self._trust_list(self.clock.now().replace(microsecond=0))
        text = sign_trust(made, self._list_signer, self._delegation(), read_rotations(self.home.rotations))
        write_whole(self.home.trust_list, text)
        return made

    def _trust_list(self, now: datetime) -> TrustList:
        recognitions = Recognitions.read(self.home.recognised)
        return TrustList(
            version=self._next_version(),
            generated_at=now,
            next_update=now + timedelta(days=self.settings.trust_days),
            network=self.settings.network,
            demo=self.settings.demo,
            allowed_origins=self.settings.allowed_origins,
            structures=tuple(self._structures(recognitions)),
            catalogue=tuple(self._published()),
            receipts=tuple(self._receipt_keys()),
        )

    def _receipt_keys(self) -> Iterator[ReceiptKey]:
        for entry in self.keyring.entries():
            if entry.purpose == "receipt" and entry.status != "compromised":
                yield ReceiptKey(entry.id, self.keyring.public_pem(entry.id))

    def _next_version(self) -> int:
        try:
            present = self.trusted()
        except TrustError:
            # Under another root or an ended delegation: its successor begins anew.
            return 1
        return 1 if present is None else present.list.version + 1

    def _structures(self, recognitions: Recognitions) -> Iterator[Structure]:
        speakers: dict[str, list[IssuerProfile]] = {}
        for speaker in self.issuer.list_profiles():
            speakers.setdefault(speaker.structure.id, []).append(speaker)
        for decision in recognitions.by_structure.values():
            if decision.structure in speakers:
                yield self._structure(decision, speakers[decision.structure])

    def _structure(self, decision: Recognised, speakers: list[IssuerProfile]) -> Structure:
        known = speakers[0].structure
        return Structure(
            id=known.id,
            name=known.name,
            facts=(Facts(kind=known.kind, departement=known.department, siret=known.siret),),
            status=decision.status,
            since=decision.since,
            families=tuple(
                FamilyRight(family, decision.valid_from, decision.valid_until) for family in decision.families
            ),
            profiles=tuple(map(self._profile, speakers)),
        )

    def _profile(self, speaker: IssuerProfile) -> TrustedProfile:
        profile = speaker.profile
        address = self.addresses.profile(profile.id)
        return TrustedProfile(
            id=address,
            key=self.addresses.key(profile.id),
            pem=profile.public_pem,
            badges=f"{address}/badges/",
            status=profile.status,
            since=profile.since,
            revocations_at_least=self.issuer.count_revocations(profile.id),
        )

    def _published(self) -> Iterator[CatalogueEntry]:
        for entry in self.catalogue.published():
            if entry.published_on is not None:
                yield CatalogueEntry(
                    slug=entry.slug,
                    version=entry.version,
                    digest=entry.digest,
                    family=entry.definition.family,
                    status=STATUS_IN_TRUST[entry.status],
                    published_on=entry.published_on,
                    picture=self.pictures.art(entry) or "",
                )

    def _delegation(self) -> str:
        try:
            return self.home.delegation.read_text("ascii").strip()
        except FileNotFoundError:
            raise Misuse(
                "La délégation signée par la clé racine était attendue dans delegation.jws ; elle manque.",
                advice="Elle se fait hors ligne, à la cérémonie des clés (keys/README.md) : badges trust delegate.",
            ) from None

    @property
    def _list_signer(self) -> Signer:
        entry = self.keyring.active("list")
        if entry is None:
            raise Misuse(
                "Une clé pour la liste de confiance était attendue ; il n’y en a pas.",
                advice="Faites-la : badges keys create --purpose list",
            )
        return self.keyring.signer(entry.id, purpose="list")

    # -- receipts of verification -----------------------------------------------------------------------------------

    def receipt_signer(self) -> Signer:
        """The key that signs receipts; made, and named in the trust list, when first needed."""
        entry = self.keyring.active("receipt")
        if entry is None:
            entry = self.add_receipt_key()
            if self.trust_text() is not None:
                self.sign_trust_list()
        return self.keyring.signer(entry.id, purpose="receipt")

    def add_receipt_key(self) -> KeyEntry:
        """A key for receipts alone. The trust list is to be signed again."""
        now = self.clock.now()
        return self.keyring.create(purpose="receipt", name="Reçus de vérification", algorithm="EdDSA", now=now)

    # -- what goes offline ------------------------------------------------------------------------------------------

    def bundle(self) -> str:
        """Trust list, revocation snapshots and commitments in one signed file, good for ``bundle_days``."""
        text = self.trust_text()
        if text is None:
            raise Misuse(
                "Une liste de confiance était attendue ; il n’y en a pas.", advice="Faites : badges trust sign"
            )
        now = self.clock.now().replace(microsecond=0)
        until = now + timedelta(days=self.settings.bundle_days)
        known = {profile.id for structure in read_trust(text, self.root, now).list.structures
                 for profile in structure.profiles}  # fmt: skip
        snapshots = [
            RevocationSnapshot(
                id=self.addresses.revocations(speaker.profile.id),
                issuer=self.addresses.profile(speaker.profile.id),
                generated_at=now,
                next_update=until,
                document=revocation_list(self.issuer, speaker.profile.id),
            )
            for speaker in self.issuer.list_profiles()
            if self.addresses.profile(speaker.profile.id) in known
        ]
        return sign_bundle(
            text,
            self._list_signer,
            generated_at=now,
            next_update=until,
            revocations=snapshots,
            commitments=tuple(self.commitments()),
        )

    # -- commitments ------------------------------------------------------------------------------------------------

    def commitments(self) -> Iterator[str]:
        """The chain, oldest first."""
        for path in self._commitment_files():
            yield path.read_text("ascii", errors="replace")

    def _commitment_files(self) -> list[Path]:
        return sorted(self.home.commitments.glob("*.jws")) if self.home.commitments.is_dir() else []

    def commit_awards(self) -> int:
        """Commit to every award stored since the last commitment; a day without award is committed too.

        Gives how many awards were committed. An award committed twice, after a stop in between, harms nothing.
        """
        self.home.commitments.mkdir(exist_ok=True)
        cursor = self._cursor()
        since = cursor.stored_at - _OVERLAP
        stored = [(award.stored_at, award.token_digest) for award in self.stored_awards(since)]
        fresh = [digest for _, digest in stored if digest not in cursor.recent]
        *_, previous = (None, *self.commitments())
        now, number = self.clock.now().replace(microsecond=0), cursor.number
        for start in range(0, max(len(fresh), 1), COMMITMENT_SIZE):
            previous = commit(fresh[start : start + COMMITMENT_SIZE], previous, now, self._list_signer)
            number += 1
            write_whole(self.home.commitments / f"{number:06d}.jws", previous)
        last = stored[-1][0] if stored else cursor.stored_at
        recent = {digest for at, digest in stored if at >= last - _OVERLAP} if stored else cursor.recent
        _Cursor(number, last, frozenset(recent)).write(self.home.commitments)
        return len(fresh)

    def commitments_missing(self) -> int:
        """How many commitments were written and are no longer here."""
        written = self._cursor().number
        return written - len(self._commitment_files())

    def _cursor(self) -> _Cursor:
        """How far the commitments have come. Lost, damaged, or behind them after a stop, it is made again from them: a
        commitment is never written over.

        Raises :class:`TrustError` when they are no chain any more.
        """
        try:
            cursor = _Cursor.read(self.home.commitments)
            if cursor.number >= len(self._commitment_files()):
                return cursor
        except FileNotFoundError:
            pass
        except (ValueError, TypeError, KeyError):
            log.warning("commitments: cursor.json is damaged, and made again")
        return _Cursor.after(tuple(self.commitments()))

    def committed_on(self) -> datetime | None:
        """When the last commitment was written."""
        paths = self._commitment_files()
        return datetime.fromtimestamp(paths[-1].stat().st_mtime, UTC) if paths else None

    def stored_awards(self, since: datetime | None = None) -> Iterator[Award]:
        """Every award in the order it was stored, page by page."""
        beyond = (since, "") if since else None
        while page := self.issuer.list_stored(beyond=beyond):
            yield from page
            beyond = (page[-1].stored_at, page[-1].uuid)


def read_rotations(path: Path) -> tuple[Rotation, ...]:
    """The changes of root so far, oldest first; none where there is no file (``badges trust rotate-root``)."""
    try:
        return tuple(Rotation(link["by_old"], link["by_new"]) for link in json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError):
        raise Misuse(
            f"Les changements de racine étaient attendus dans « {path} » ; autre chose a été trouvé.",
            advice="Restaurez ce fichier depuis une sauvegarde, ou refaites-le : badges trust rotate-root",
        ) from None


def write_rotations(path: Path, rotations: Iterable[Rotation]) -> None:
    write_whole(path, json.dumps([rotation._asdict() for rotation in rotations], indent=1) + "\n")


@dataclass(frozen=True)
class _Cursor:
    """How far the commitments have come: the last file, the last award, and those near it."""

    number: int
    stored_at: datetime
    recent: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> _Cursor:
        """Raises OSError when there is none; ValueError, TypeError or KeyError for something else."""
        told = json.loads((folder / "cursor.json").read_text("utf-8"))
        stored_at = datetime.fromisoformat(told["stored_at"]).astimezone(UTC)
        return cls(int(told["number"]), stored_at, frozenset(told["recent"]))

    @classmethod
    def after(cls, commitments: Sequence[str]) -> _Cursor:
        """After these, the first of which is number 1: whatever is not in them is to be committed."""
        chain = Chain.read_unverified(commitments)
        inside = (leaf for commitment in chain.commitments for leaf in commitment.leaves or ())
        return cls(len(commitments), datetime(2000, 1, 1, tzinfo=UTC), frozenset(f"sha256${leaf}" for leaf in inside))

    def write(self, folder: Path) -> None:
        told = {"number": self.number, "stored_at": self.stored_at.isoformat(), "recent": sorted(self.recent)}
        write_whole(folder / "cursor.json", json.dumps(told))


class Pictures:
    """Pictures of badges, ready to be baked: each is opened, checked and split once."""

    def __init__(self, catalogue: Catalogue, addresses: Addresses) -> None:
        self._catalogue = catalogue
        self._addresses = addresses
        self._template = lru_cache(maxsize=256)(self._open)

    def picture(self, slug: str, version: str, token: str, code: str, form: str) -> bytes:
        """The badge itself: the token in its picture, the same bytes each time. ``form`` is ``png`` or ``svg``."""
        if form == "svg":
            return bake_svg(self.blank(slug, version, "svg"), token, code, self._addresses.short_prefix())
        return self._template(slug, version).bake(token, code)

    def blank(self, slug: str, version: str, form: str) -> bytes:
        """The picture of a badge that nobody was awarded. Raises :class:`~badges.errors.NotFound`."""
        return (self._catalogue.require(slug, version).folder / f"picture.{form}").read_bytes()

    def art(self, entry: Entry) -> str | None:
        """The digest of the art, by which a verifier tells this badge's picture from another's."""
        return art_digest(self.blank(entry.slug, entry.version, "png"))

    def _open(self, slug: str, version: str) -> PictureTemplate:
        return PictureTemplate.from_png(self.blank(slug, version, "png"), self._addresses.short_prefix())
