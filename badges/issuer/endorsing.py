"""Who supports a badge or a structure, and how they say it: asked by a link, signed with a key of their own.

The network sends a one-time link; whoever holds it reads what they would support, says for which organisation they
speak, in a few lines, and until when. The service then holds a Profile and a key for that organisation, which sign
nothing else. An Endorsement of Open Badges 2.0 speaks of one document; a badge is published by each structure that
awards it, so that one word is signed for each of these documents, when that document is first read: the same text, the
same date. What was signed is kept and never made again. Why so: ``docs/decisions/0012-endorsements.md``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from ..catalogue.library import Entry
from ..clock import in_paris, to_text
from ..errors import Conflict, Misuse, NotFound
from ..keyring import Signer
from ..openbadges import jws
from .assertion import CONTEXT
from .audit import Deed
from .desk import Desk, Once, new_id
from .one_time import add_link, require_link
from .permissions import Caller, require
from .private_text import holds_a_persons_number
from .storage import Endorsement, EndorsementFile, Endorser, OneTimeLink, Profile, Register, Structure
from .wording import day_in_words, refusal

ENDORSEMENT = "endorsement_request"
LASTS = timedelta(days=30)
LONGEST_COMMENT = 600
LONGEST_SUPPORT = 36
"""Months: a support that nobody says again is worth little."""
NAMED_BY_A_BADGE, NAMED_BY_A_PROFILE = 1, 1
"""How many, the latest first, a BadgeClass and a Profile name. A careful verifier reads few documents for one badge
(ours ten, three of them for each support), and tells what it did not read as unknown. Our own pages show them all."""
PLACEHOLDERS = 2


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of those who endorse: ``create`` makes one for an organisation, ``signer`` finds it again."""

    create: Callable[[str], Signer]
    signer: Callable[[str], Signer]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked to support, as their page shows it: a version of a badge, or a structure."""

    link: OneTimeLink
    entry: Entry | None
    structure: Structure | None
    network: str
    known: Endorser | None
    """The organisation, where it has supported something before."""

    @property
    def title(self) -> str:
        return self.entry.definition.title if self.entry else self.structure.name if self.structure else ""


@dataclass(frozen=True, slots=True)
class Support:
    """One word of support, and whose."""

    endorsement: Endorsement
    endorser: Endorser

    def stands(self, now: datetime) -> bool:
        return self.endorsement.withdrawn_at is None and now < self.endorsement.expires


class Endorsing:
    """Endorsements of one deployment: asked for, signed, published, withdrawn."""

    def __init__(self, desk: Desk, keys: Keys) -> None:
        self._desk = desk
        self._storage = desk.storage
        self._keys = keys

    # -- what the network asks and takes back -------------------------------------------------------------------------

    def ask(
        self,
        by: Caller,
        *,
        name: str,
        slug: str | None = None,
        structure: str | None = None,
        endorser: str | None = None,
        email: str | None = None,
        once: Once | None = None,
    ) -> tuple[OneTimeLink, str]:
        """A link for somebody called ``name`` to support the latest version of a badge, or a structure; and its secret,
        told this once. ``endorser`` is an organisation that is known already."""
        now = self._desk.now()
        entry = self._desk.catalogue.latest(slug) if slug else None
        if (entry is None) == (structure is None):
            raise refusal(Misuse, "one_thing_to_support")
        with self._storage.writing() as register:
            if done := self._desk.done_before(register, once):
                return self._desk.require(register, OneTimeLink, id=done), ""
            actor = self._desk.actor(register, by)
            require(actor, "network")
            about = self._desk.require(register, Structure, id=structure) if structure else None
            if endorser:
                self._desk.require(register, Endorser, id=endorser)
            asking = self._desk.require(register, Structure, id=actor.structure)
            link, secret = add_link(
                register,
                ENDORSEMENT,
                structure=actor.structure,
                about=entry.slug if entry else about.id if about else "",
                details={"name": name, "version": entry.version if entry else None, "endorser": endorser},
                made_by=actor.staff,
                now=now,
                lasts=LASTS,
            )
            if email:
                values = {
                    "network": asking.name,
                    "subject": entry.definition.title if entry else about.name if about else "",
                    "name": name,
                    "until": day_in_words(in_paris(link.expires_at).date()),
                    "link": self.address(secret),
                }
                self._desk.outbox.put(
                    register, kind=ENDORSEMENT, to=email, values=values, structure=actor.structure, about=link.id,
                    now=now,
                )  # fmt: skip
            self._desk.close(
                register, now, once, link.id, Deed(actor.staff, actor.structure, "endorsement.ask", link.id)
            )
            return link, secret

    def address(self, secret: str) -> str:
        return f"{self._desk.addresses.base_url}/soutien/{secret}"

    def list_asked(self, by: Caller) -> tuple[Asked, ...]:
        """Those who have not answered yet, newest first."""
        now = self._desk.now()
        with self._storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "network")
            links = register.list(OneTimeLink, order="made_at", newest=True, purpose=ENDORSEMENT, used_at=None)
            return tuple(self._asked(register, link) for link in links if link.expires_at > now)

    def call_off(self, by: Caller, link: str) -> None:
        """The link opens nothing any more."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            require(actor, "network")
            found = self._desk.require(register, OneTimeLink, id=link, purpose=ENDORSEMENT)
            register.change(found, used_at=found.used_at or now)
            deed = Deed(actor.staff, actor.structure, "endorsement.call_off", link)
            self._desk.close(register, now, None, "", deed)

    def list_supports(self, by: Caller) -> tuple[Support, ...]:
        """All that was ever said, newest first."""
        with self._storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            return self._supports(register, register.list(Endorsement, order="issued_on", newest=True))

    def list_endorsers(self, by: Caller) -> tuple[Endorser, ...]:
        with self._storage.reading() as register:
            require(self._desk.actor(register, by), "network")
            return register.list(Endorser, order="name")

    def withdraw(self, by: Caller, endorsement: str) -> Endorsement:
        """It counts no more: it is listed as withdrawn, and nothing of ours names it."""
        now = self._desk.now()
        with self._storage.writing() as register:
            actor = self._desk.actor(register, by)
            require(actor, "network")
            found = self._desk.require(register, Endorsement, id=endorsement)
            if found.withdrawn_at is None:
                found = register.change(found, withdrawn_at=now, withdrawn_by=actor.staff)
                deed = Deed(actor.staff, actor.structure, "endorsement.withdraw", endorsement)
                self._desk.close(register, now, None, "", deed)
            return found

    # -- what the organisation says -----------------------------------------------------------------------------------

    def require_asked(self, secret: str) -> Asked:
        """Raises as :func:`.require_link` does."""
        with self._storage.reading() as register:
            return self._asked(register, require_link(register, ENDORSEMENT, secret, self._desk.now()))

    def endorse(
        self, secret: str, *, comment: str, until: date, name: str = "", url: str = "", email: str = ""
    ) -> Support:
        """Sign it; the link is used up. ``name``, ``url`` and ``email`` are of the organisation, unless it is known.

        Raises :class:`~badges.errors.Misuse` for an end that is past or more than :data:`LONGEST_SUPPORT` months away,
        and for a comment that holds the number of a person.
        """
        now = self._desk.now()
        end = _end_of(until)
        if not now < end <= now + timedelta(days=31 * LONGEST_SUPPORT):
            raise refusal(Misuse, "support_until", months=LONGEST_SUPPORT, found=until.isoformat())
        if holds_a_persons_number(comment):
            raise refusal(Misuse, "number_of_a_person")
        asked = self.require_asked(secret)
        # A key is made before the transaction opens: it takes a second. One that a rival left over signs nothing.
        signer = self._keys.create(name) if asked.known is None else None
        with self._storage.writing() as register:
            link = require_link(register, ENDORSEMENT, secret, now)
            endorser = asked.known
            if endorser is None:
                assert signer is not None
                endorser = Endorser(
                    id=signer.key_id,
                    name=name,
                    url=url,
                    email=email,
                    algorithm=signer.algorithm,
                    public_pem=signer.public_pem,
                    created_at=now,
                )
                register.add(endorser)
            said = Endorsement(
                id=new_id(),
                endorser=endorser.id,
                slug=asked.entry.slug if asked.entry else None,
                version=asked.entry.version if asked.entry else None,
                structure=asked.structure.id if asked.structure else None,
                comment=comment,
                issued_on=now,
                expires=end,
                link=link.id,
            )
            register.add(said)
            register.change(link, used_at=now)
            deed = Deed("endorser", link.structure, "endorsement.sign", said.id)
            self._desk.close(register, now, None, "", deed)
        return Support(said, endorser)

    # -- what is published --------------------------------------------------------------------------------------------

    def of_badge(self, slug: str, version: str) -> tuple[Support, ...]:
        """Who supports this version of a badge today, the latest first."""
        return self._standing(slug=slug, version=version)

    def of_structure(self, structure: str) -> tuple[Support, ...]:
        """Who supports this structure today, the latest first."""
        return self._standing(structure=structure)

    def named_by_badge(self, profile: str, slug: str, version: str) -> tuple[str, ...]:
        """The addresses that a BadgeClass names."""
        found = self.of_badge(slug, version)[:NAMED_BY_A_BADGE]
        return tuple(self._desk.addresses.endorsement(one.endorsement.id, profile) for one in found)

    def named_by_profile(self, profile: str, structure: str) -> tuple[str, ...]:
        """The addresses that a Profile names."""
        found = self.of_structure(structure)[:NAMED_BY_A_PROFILE]
        return tuple(self._desk.addresses.endorsement(one.endorsement.id, profile) for one in found)

    def require_token(self, endorsement: str, profile: str) -> str:
        """The signed word about what this Profile publishes; signed when first asked for, then kept as it is.

        Raises :class:`NotFound` for what was never said, or a Profile that it is not about.
        """
        with self._storage.reading() as register:
            if kept := register.find(EndorsementFile, endorsement=endorsement, profile=profile):
                return kept.token
            said = self._desk.require(register, Endorsement, id=endorsement)
            about = self._desk.require(register, Profile, id=profile)
            if said.structure not in (None, about.structure) or said.withdrawn_at is not None:
                raise refusal(NotFound, "unknown")
        payload = orjson.dumps(self._document(said, profile))
        file = EndorsementFile(
            endorsement=endorsement, profile=profile, token=jws.sign(payload, self._keys.signer(said.endorser))
        )
        try:
            with self._storage.writing() as register:
                register.add(file)
        except Conflict:  # another reader came first, and theirs is the one
            with self._storage.reading() as register:
                return self._desk.require(register, EndorsementFile, endorsement=endorsement, profile=profile).token
        return file.token

    def _document(self, said: Endorsement, profile: str) -> dict[str, Any]:
        addresses = self._desk.addresses
        about = (
            addresses.badge_class(profile, said.slug, said.version)
            if said.slug and said.version
            else addresses.profile(profile)
        )
        return {
            "@context": CONTEXT,
            "type": "Endorsement",
            "id": addresses.endorsement(said.id, profile),
            "claim": {"id": about, "endorsementComment": said.comment},
            "issuer": addresses.endorser(said.endorser),
            "issuedOn": to_text(said.issued_on),
            "expires": to_text(said.expires),
            "verification": {"type": "SignedBadge", "creator": addresses.endorser_key(said.endorser)},
        }

    def require_support(self, endorsement: str) -> Support:
        with self._storage.reading() as register:
            said = self._desk.require(register, Endorsement, id=endorsement)
            return Support(said, self._desk.require(register, Endorser, id=said.endorser))

    def require_endorser(self, endorser: str) -> Endorser:
        with self._storage.reading() as register:
            return self._desk.require(register, Endorser, id=endorser)

    def profile(self, endorser: Endorser) -> dict[str, Any]:
        """Who endorses, as a document; its key stands in it, so that a verifier asks for one document less."""
        addresses = self._desk.addresses
        return {
            "@context": CONTEXT,
            "type": "Profile",
            "id": addresses.endorser(endorser.id),
            "name": endorser.name,
            "url": endorser.url,
            "email": endorser.email,
            "publicKey": {name: value for name, value in self.key(endorser).items() if name != "@context"},
            "revocationList": addresses.endorser_revocations(endorser.id),
        }

    def key(self, endorser: Endorser) -> dict[str, Any]:
        addresses = self._desk.addresses
        return {
            "@context": CONTEXT,
            "type": "CryptographicKey",
            "id": addresses.endorser_key(endorser.id),
            "owner": addresses.endorser(endorser.id),
            "publicKeyPem": endorser.public_pem,
        }

    def revocation_list(self, endorser: Endorser) -> dict[str, Any]:
        """What was withdrawn, under each address where it was signed; two inert lines first, as in all our lists."""
        addresses = self._desk.addresses
        address = addresses.endorser_revocations(endorser.id)
        with self._storage.reading() as register:
            said = register.list(Endorsement, order="issued_on", endorser=endorser.id)
            withdrawn = [one.id for one in said if one.withdrawn_at is not None]
            files = register.list(EndorsementFile, endorsement=withdrawn) if withdrawn else ()
        inert = [{"id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'{address}#{number}')}"} for number in range(PLACEHOLDERS)]
        gone = [{"id": addresses.endorsement(file.endorsement, file.profile), "revoked": True} for file in files]
        return {
            "@context": CONTEXT,
            "type": "RevocationList",
            "id": address,
            "issuer": addresses.endorser(endorser.id),
            "revokedAssertions": [*inert, *gone],
        }

    # -- steps --------------------------------------------------------------------------------------------------------

    def _standing(self, **about: Any) -> tuple[Support, ...]:
        now = self._desk.now()
        with self._storage.reading() as register:
            said = register.list(Endorsement, order="issued_on", newest=True, withdrawn_at=None, **about)
            return tuple(one for one in self._supports(register, said) if one.stands(now))

    def _supports(self, register: Register, said: tuple[Endorsement, ...]) -> tuple[Support, ...]:
        if not said:
            return ()
        known = {one.id: one for one in register.list(Endorser, id=sorted({each.endorser for each in said}))}
        return tuple(Support(each, known[each.endorser]) for each in said)

    def _asked(self, register: Register, link: OneTimeLink) -> Asked:
        version, endorser = link.details.get("version"), link.details.get("endorser")
        network = self._desk.require(register, Structure, id=link.structure)
        return Asked(
            link,
            self._desk.catalogue.require(link.about, str(version)) if version else None,
            None if version else self._desk.require(register, Structure, id=link.about),
            network.name,
            register.find(Endorser, id=str(endorser)) if endorser else None,
        )


def _end_of(day: date) -> datetime:
    """The last second of that day, as clocks in Paris tell it."""
    offset = in_paris(datetime.combine(day, time(12), UTC)).utcoffset() or timedelta(0)
    return datetime.combine(day, time(23, 59, 59), UTC) - offset
