"""Make the badges of the training room: ``python -m tests.vectors.make_training``.

Run once. Its keys live as long as this program: what is here can be read for ever and never be signed again. Every
document that a verifier would have fetched lies beside the badges, so that the answers stay what they are. A new
exercise is made with all the others, by running this again.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from datetime import date
from pathlib import Path
from typing import Any

import badges.verify
from badges.addresses import Addresses, short_code
from badges.catalogue.artwork import Subject, draw, render
from badges.catalogue.definition import canonical
from badges.catalogue.marks import art_digest
from badges.catalogue.picture import PictureTemplate
from badges.openbadges import jws, png
from badges.trust import FamilyRight
from badges.verify.exercises import HOLDER, NOW, SOMEBODY_ELSE
from tests.catalogue.builders import a_definition_json, a_fact, a_record
from tests.world import Badge, Issuer, World, with_picture_byte_changed

FOLDER = Path(badges.verify.__file__).parent / "training"
NETWORK = "Réseau d’entraînement (exercice)"
STRUCTURE = "Le Jardin d’exercice"
STRANGER = "Atelier d’exercice hors réseau"
TITLE = "Exercice : préparer le sol et planter"
ANOTHER = "Exercice : organiser un chantier"
NAME = "Camille Exercice"
HOME = "https://entrainement.example"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    world = a_world()
    art, another = (a_picture(title, level) for title, level in ((TITLE, 2), (ANOTHER, 4)))
    prefix = world.addresses.short_prefix()

    def picture(badge: Badge, drawing: bytes = art, token: str = "", code: str = "") -> bytes:
        template = PictureTemplate.from_png(drawing, prefix)
        return template.bake(token or badge.token, code or short_code(badge.id))

    good, revoked, other = an_award(world), an_award(world), an_award(world)
    world.revoke(revoked.id, "Délivré par erreur (exercice)")
    world.revoke("urn:uuid:00000000-0000-4000-8000-000000000001")
    forged, resigned = an_award(world), an_award(world, verification=creator(world.stranger), key=world.stranger.key)
    silent = Issuer(
        Addresses("https://muet.entrainement.example"),
        "muette",
        world.stranger.key,
        world.definition,
        world.issuer.slug,
        world.issuer.version,
    )
    files = {
        "good": picture(good),
        "stripped": without_its_badge(picture(an_award(world))),
        "unrecognised": picture(an_award(world, issuer=world.stranger)),
        "forged": picture(forged, token=renamed(forged)),
        "expired": picture(an_expired_award(world)),
        "wrong-person": picture(an_award(world)),
        "re-signed": picture(resigned),
        "another-picture": picture(other, another, code=short_code(an_award(world).id)),
        "revoked": picture(revoked),
        "silent": picture(an_award(world, issuer=silent)),
        "damaged": with_picture_byte_changed(picture(an_award(world))),
    }
    for name, data in files.items():
        (FOLDER / f"{name}.png").write_bytes(data)
    structure = world.structure(name=STRUCTURE, families=(FamilyRight("techniques", date(2025, 1, 1)),))
    published = world.entry(published_on=date(2025, 1, 5), picture=art_digest(art) or "")
    bundle = world.bundle_text(structure, network=NETWORK, catalogue=(published,), demo=True)
    (FOLDER / "bundle.jws").write_text(bundle, "ascii")
    (FOLDER / "trust.jws").write_text(json.loads(jws.read_unverified(bundle, max_size=10**7).payload)["trust"], "ascii")
    documents = {"root": world.root_fingerprint, "documents": world.documents()}
    (FOLDER / "published.json").write_text(json.dumps(documents, ensure_ascii=False, indent=1) + "\n", "utf-8")


class TrainingWorld(World):
    """A network that exists for exercises only; it says so in every name."""

    def documents(self) -> dict[str, Any]:
        """All that is published, by address."""
        return {url: json.loads(answer.body) for url, answer in self._web.items() if answer is not None}


def a_world() -> TrainingWorld:
    world = TrainingWorld(host=HOME, now=NOW, bits=3072)
    definition = a_definition_json(version="1.0.0", slug="exercice-planter", title=TITLE)
    world.definition = canonical(definition)
    world.stranger.addresses = Addresses("https://hors-reseau.entrainement.example")
    world._web.clear()
    for issuer, name in ((world.issuer, STRUCTURE), (world.stranger, STRANGER)):
        issuer.definition, issuer.slug = world.definition, definition["slug"]
        world.publish(issuer)
        described = {"name": name, "url": f"{HOME}/", "email": "exercice@entrainement.example"}
        world.answer(issuer.profile, issuer.documents()[issuer.profile] | described)
        world.change(issuer.badge, name=TITLE)
    return world


def creator(issuer: Issuer) -> dict[str, str]:
    return {"type": "SignedBadge", "creator": issuer.key_address}


def an_award(world: World, **changes: Any) -> Badge:
    profile = {
        "@context": world.addresses.proof_context(),
        "type": ["Extension", "extensions:RecipientProfile"],
        "name": NAME,
    }
    return world.award(**{"email": HOLDER, "extensions:recipientProfile": profile} | changes)


def an_expired_award(world: World) -> Badge:
    facts = (a_fact("c1", date(2025, 9, 8)), a_fact("c2", date(2025, 9, 15)))
    return an_award(
        world,
        record=a_record(facts, decided=date(2025, 10, 20)),
        issuedOn="2025-10-20T10:00:00Z",
        expires="2026-10-20T10:00:00Z",
    )


def renamed(badge: Badge) -> str:
    """The token with another name in it, under the signature that was there."""
    header, _, signature = badge.token.split(".")
    document = json.dumps(badge.document, ensure_ascii=False, separators=(",", ":"))
    payload = document.replace(NAME, SOMEBODY_ELSE[0]).encode()
    return f"{header}.{urlsafe_b64encode(payload).decode().rstrip('=')}.{signature}"


def without_its_badge(data: bytes) -> bytes:
    """What messaging apps do: the picture stays, every other chunk goes."""
    kept = [data[:8]]
    kept += [data[each.start - 8 : each.end + 4] for each in png.check(data) if each.kind != b"iTXt"]
    return b"".join(kept)


def a_picture(title: str, level: int) -> bytes:
    subject = Subject(
        slug="exercice",
        version="1.0.0",
        title=title,
        family="techniques",
        level=level,
        kind="competence",
        alt="Badge d’exercice : il ne vaut rien.",
        icon="",
    )
    return render(draw(subject), "techniques")


if __name__ == "__main__":
    main()
