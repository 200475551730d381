"""Make the vectors of decision 0001: ``python -m tests.vectors.make_0001``.

Run once, when the shapes were frozen. The private key was thrown away; what is here can be read and never re-signed.
Do not run it again: a new shape gets a new decision, and vectors of its own.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from badges.addresses import Addresses, short_code
from badges.catalogue.library import Catalogue, shipped_criteria
from badges.catalogue.picture import PictureTemplate
from badges.catalogue.record import Decider, Fact, make_record
from badges.issuer.assertion import AwardFacts, Edition, Recipient, commit, sign_award
from badges.openbadges.jws import signing_algorithm

FOLDER = Path(__file__).parent / "0001"
ADDRESSES = Addresses("https://badges.example")
UUID = "6f1d9a52-3c0e-4b7a-9d52-0c6b8f2e4a10"
SALT = "2f6c1d0e9b8a7f3c5d4e6a1b0c9d8e7f"


class OnceSigner:
    """A key that is forgotten when this program ends."""

    algorithm = "RS256"
    key_id = "n0nn7xk3v5qs8w2d"

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        public = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.public_pem = public.decode()

    def sign(self, data: bytes) -> bytes:
        return signing_algorithm(self.algorithm).sign(data, self._key)


def main() -> None:
    entry = Catalogue.open(shipped_criteria()).require("tec-maraichage-planter", "0.1.0")
    facts = [
        Fact(criterion.id, date(2026, 10, 5 + 7 * number), "OBS", "GRI", "ETI")
        for criterion in entry.definition.essential
        for number in (0, 1)
    ]
    exact = {"facts": [f"{fact.criterion} {fact.on} {fact.way} {fact.kind} {fact.function}" for fact in facts]}
    _, commitment = commit(exact, SALT)
    record = make_record(
        decided=date(2026, 11, 20),
        results={criterion.id: "acquired" for criterion in entry.definition.essential},
        facts=facts,
        deciders=[Decider("a1", "decides", "ETI", "same")],
        prerequisites=[],
        commitment=commitment,
    )
    signer = OnceSigner()
    signed = sign_award(
        Edition.of(entry.definition, entry.text, signer.key_id, ADDRESSES),
        AwardFacts(
            uuid=UUID,
            recipient=Recipient("email", "personne@courriel.example", SALT),
            issued_on=datetime(2026, 11, 20, 10, tzinfo=UTC),
            record=record,
        ),
        signer,
    )
    template = PictureTemplate.from_png((entry.folder / "picture.png").read_bytes(), ADDRESSES.short_prefix())
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "definition.json").write_text(entry.text, "utf-8")
    (FOLDER / "digest.txt").write_text(entry.digest + "\n", "utf-8")
    (FOLDER / "record.json").write_text(json.dumps(record.to_json(), indent=1) + "\n", "utf-8")
    (FOLDER / "token.jws").write_text(signed.token, "ascii")
    (FOLDER / "public.pem").write_text(signer.public_pem, "ascii")
    (FOLDER / "badge.png").write_bytes(template.bake(signed.token, short_code(f"urn:uuid:{UUID}")))


if __name__ == "__main__":
    main()
