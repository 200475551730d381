"""An award in process: rule, Assertion, signature, picture. The floor is one signature with the same live key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from badges.addresses import Addresses, short_code
from badges.catalogue.definition import canonical, parse_definition
from badges.catalogue.picture import PictureTemplate
from badges.issuer.assertion import AwardFacts, Edition, Recipient, sign_award
from badges.openbadges import png
from badges.openbadges.identity import hash_identity, new_salt
from tests.catalogue.builders import a_definition_json, a_record
from tests.world import NOW, Key, a_key, a_template

from . import Measure, against

ADDRESSES = Addresses("https://badges.example")
TEXT = canonical(a_definition_json())
EDITION = Edition.of(parse_definition(TEXT), TEXT, "jardins", ADDRESSES)
RECORD = a_record()
ART = PictureTemplate.from_png(a_template(), ADDRESSES.short_prefix())
PLAIN_ART = png.Template(a_template())


def measures() -> Iterator[Measure]:
    key = a_key("bench", "RS256", 3072)
    yield Measure(
        "sign (RSA-3072), rule checked, baked with its strip / one signature",
        against(signature(key), lambda: ART.bake(*award(key)), times=100),
        goal=1.15,
    )
    key = a_key("bench-2048", "RS256", 2048)
    yield Measure(
        "sign (RSA-2048), rule checked, baked without strip / one signature",
        against(signature(key), lambda: PLAIN_ART.bake(award(key)[0]), times=300),
    )


def award(key: Key) -> tuple[str, str]:
    """A new award of one badge to one more person: its token and its short code."""
    uuid, salt = str(uuid4()), new_salt()
    recipient = Recipient("email", hash_identity("amina@example.org", salt), salt)
    signed = sign_award(EDITION, AwardFacts(uuid, recipient, NOW, RECORD), key)
    return signed.token, short_code(f"urn:uuid:{uuid}")


def signature(key: Key) -> Callable[[], bytes]:
    said = award(key)[0].rpartition(".")[0].encode()
    private, padding, digest = key.private, PKCS1v15(), SHA256()
    return lambda: private.sign(said, padding, digest)
