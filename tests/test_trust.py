"""Whom a verifier believes: roles that never mix, the attacks that TUF names, and who may award what and when."""

from __future__ import annotations

import itertools
import json
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest

from badges.commitments import commit, read_commitment
from badges.errors import BadgesError, Misuse, TrustError
from badges.keyring import Keyring
from badges.openbadges import jws
from badges.trust import (
    CatalogueEntry,
    Facts,
    FamilyRight,
    ReceiptKey,
    RevocationSnapshot,
    Rotation,
    Seen,
    Structure,
    Trusted,
    TrustedProfile,
    TrustList,
    check,
    normalise_fingerprint,
    open_document,
    read_bundle,
    read_delegation,
    read_trust,
    shard_out,
    sign_bundle,
    sign_delegation,
    sign_document,
    sign_rotation,
    sign_trust,
)
from badges.trust.documents import compact, take_apart
from badges.verify.receipt import make_receipt, read_receipt

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HOST = "https://badges.example.org"
DIGEST = "sha256$" + "0" * 64


class World:
    """A network: its root, its list key, a structure that issues, a stranger; all real keys in one keyring."""

    def __init__(self, folder):
        self.keyring = Keyring(folder, lambda: "une phrase pour les essais", scrypt_n=2**10)
        self.root = self.key("root")
        self.list = self.key("list")
        self.issuer = self.key("issuer")
        self.receipt = self.key("receipt")
        self.stranger = self.key("issuer")
        self.fingerprint = normalise_fingerprint(jws.load_public_key(self.root.public_pem).fingerprint)

    def key(self, purpose, algorithm="EdDSA"):
        entry = self.keyring.create(purpose=purpose, name=purpose, now=NOW, algorithm=algorithm)
        return self.keyring.signer(entry.id, purpose=purpose)

    def a_delegation(self, *, root=None, key=None, serial=1, start=NOW - 30 * DAY, end=NOW + 300 * DAY):
        return sign_delegation(
            root or self.root,
            (key or self.list).public_pem,
            serial=serial,
            valid_from=start,
            valid_until=end,
        )

    def a_profile(self, signer=None, **facts):
        signer = signer or self.issuer
        address = f"{HOST}/issuers/{signer.key_id}"
        return TrustedProfile(
            **{
                "id": address,
                "key": f"{address}/key",
                "pem": signer.public_pem,
                "badges": f"{address}/badges/",
            }
            | facts
        )

    def a_structure(self, *profiles, **facts):
        return Structure(
            **{
                "id": "jardins",
                "name": "ACI Les Jardins",
                "facts": (Facts("ACI", "44", "12345678900012", date(2020, 1, 1)),),
                "families": (FamilyRight("techniques", date(2026, 1, 1)),),
                "profiles": profiles or (self.a_profile(),),
            }
            | facts
        )

    def a_list(self, *structures, **members):
        trust = TrustList(
            version=1,
            generated_at=NOW,
            next_update=NOW + 7 * DAY,
            network="Réseau d’essai",
            structures=structures or (self.a_structure(),),
            catalogue=(an_entry(),),
            receipts=(ReceiptKey(self.receipt.key_id, self.receipt.public_pem),),
        )
        return trust._replace(**members)

    def signed(self, trust=None, *, signer=None, delegation=None, rotations=()):
        return sign_trust(trust or self.a_list(), signer or self.list, delegation or self.a_delegation(), rotations)

    def forced(self, members=None, *, signer=None, delegation=None, kind="TrustList"):
        """A document that :func:`sign_trust` would refuse to make."""
        document = self.a_list().to_json() | {"delegation": delegation or self.a_delegation(), "rotations": []}
        return sign_document(kind, document | (members or {}), signer or self.list, max_size=10**8)

    def read(self, text, now=NOW, **options):
        return read_trust(text, self.fingerprint, now, **options)

    def trusted(self, *structures, **members) -> Trusted:
        return self.read(self.signed(self.a_list(*structures, **members)))

    def a_badge(self, signer=None):
        signer = signer or self.issuer
        creator = f"{HOST}/issuers/{signer.key_id}/key"
        payload = {"type": "Assertion", "verification": {"type": "SignedBadge", "creator": creator}}
        return jws.sign(compact(payload), signer)

    def a_snapshot(self, *, issuer=None, entries=2, generated_at=NOW):
        profile = f"{HOST}/issuers/{(issuer or self.issuer).key_id}"
        return RevocationSnapshot(
            id=f"{profile}/revocations",
            issuer=profile,
            generated_at=generated_at,
            next_update=generated_at + DAY,
            document={
                "type": "RevocationList",
                "id": f"{profile}/revocations",
                "issuer": profile,
                "revokedAssertions": [f"urn:uuid:{n}" for n in range(entries)],
            },
        )

    def a_bundle(self, trust=None, *, signer=None, generated_at=NOW, next_update=None, **parts):
        return sign_bundle(
            trust or self.signed(),
            signer or self.list,
            generated_at=generated_at,
            next_update=next_update or generated_at + DAY,
            **parts,
        )


def an_entry(**facts):
    entry = CatalogueEntry(
        slug="tec-planter",
        version="1.0.0",
        digest=DIGEST,
        family="techniques",
        status="adopted",
        published_on=date(2026, 1, 1),
        picture=DIGEST,
    )
    return entry._replace(**facts)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world") / "keys")


@contextmanager
def refused(code, match=None):
    with pytest.raises(TrustError, match=match) as caught:
        yield
    assert caught.value.code == code, str(caught.value)


# -- a good list ------------------------------------------------------------------------------------------------


def test_what_was_signed_is_what_is_read(world):
    trust = world.a_list(
        world.a_structure(world.a_profile(status="retired", since=NOW - DAY, valid_until=date(2026, 11, 30))),
        world.a_structure(world.a_profile(world.stranger, revocations_at_least=3), id="fermee", status="closed",
                          since=date(2026, 10, 1)),
        demo=True,
        allowed_origins=("http://127.0.0.1:8000", "http://[::1]:8000"),
        catalogue=(an_entry(), an_entry(version="0.2.0", status="proposition", retired_on=date(2026, 6, 1))),
    )  # fmt: skip
    trusted = world.read(world.signed(trust))
    assert trusted.list == trust
    assert TrustList.from_json(json.loads(json.dumps(trust.to_json()))) == trust
    assert trusted.root == world.fingerprint
    assert trusted.list_key == jws.load_public_key(world.list.public_pem)
    assert trusted.seen == Seen(1, 1)


def test_everything_in_it_is_found_at_once(world):
    profile, structure = world.a_profile(), world.a_structure()
    trusted = world.trusted()
    assert trusted.find_profile(profile.id) == profile
    assert trusted.find_key(profile.key) == profile
    assert trusted.find_key(profile.key + "/") is None
    assert trusted.find_profile(HOST + "/issuers/nobody") is None
    assert trusted.structure_of(profile) == trusted.structure_of(profile.id) == structure
    assert trusted.structure_of("nobody") is None
    assert trusted.find_criteria("tec-planter", "1.0.0") == an_entry()
    assert trusted.find_criteria("tec-planter", "2.0.0") is None
    assert trusted.public_key(profile) is trusted.public_key(profile)
    assert structure.facts_on(date(2026, 1, 1)).departement == "44"
    assert structure.facts_on(date(2019, 1, 1)) is None


def test_members_of_tomorrow_are_ignored(world):
    assert world.read(world.forced({"seal": {"colour": "blue"}})).list == world.a_list()


def test_a_file_may_end_with_a_line_feed(world):
    assert world.read(world.signed() + "\n").list == world.a_list()


@pytest.mark.parametrize("spell", [str, str.upper, lambda f: f[7:], lambda f: f[7:].upper(), lambda f: f" {f}\n",
                                   lambda f: f.replace(":", "$")])  # fmt: skip
def test_a_root_is_recognised_however_it_is_written(world, spell):
    assert read_trust(world.signed(), spell(world.fingerprint), NOW)


@pytest.mark.parametrize("root", ["", "sha256:", "0" * 63, "0" * 65, "sha1:" + "0" * 64, "٣" * 64])
def test_what_is_no_fingerprint_is_a_misuse(world, root):
    with pytest.raises(Misuse, match="L’empreinte d’une clé racine était attendue"):
        read_trust(world.signed(), root, NOW)


def test_a_clock_without_zone_is_a_mistake_of_ours(world):
    with pytest.raises(ValueError, match="with its zone"):
        world.read(world.signed(), NOW.replace(tzinfo=None))


# -- roles ------------------------------------------------------------------------------------------------------

KINDS = ("badge", "TrustList", "TrustDelegation", "Bundle", "Commitment", "RootRotation", "VerificationReceipt")
KEYS = ("issuer", "list", "root", "receipt", "stranger")
ITS_KEY = {
    "badge": "issuer",
    "TrustList": "list",
    "TrustDelegation": "root",
    "Bundle": "list",
    "Commitment": "list",
    "RootRotation": "root",
    "VerificationReceipt": "receipt",
}


def made_by(world, kind, key):
    """A document of this kind, right in every respect but that ``key`` signed it."""
    signer = getattr(world, key)
    if kind == "badge":  # it names the genuine creator, whoever signed it
        creator = f"{HOST}/issuers/{world.issuer.key_id}/key"
        return jws.sign(compact({"type": "Assertion", "verification": {"creator": creator}}), signer)
    genuine = {
        "TrustList": world.signed(),
        "TrustDelegation": world.a_delegation(),
        "Bundle": world.a_bundle(),
        "Commitment": commit([DIGEST], None, NOW, world.list),
        "RootRotation": sign_rotation(world.root, world.stranger, on=NOW).by_old,
        "VerificationReceipt": make_receipt([], world.trusted(), HOST, world.receipt, NOW),
    }[kind]
    return jws.sign(jws.read_unverified(genuine, max_size=10**7).payload, signer, max_size=10**7)


def accepted_as_a_badge(world, token):
    """What the verifier does with a token, reduced to its key: type first, then the key the list gives."""
    trusted = world.trusted()
    unverified = jws.read_unverified(token)
    payload = json.loads(unverified.payload)
    profile = trusted.find_key(str(payload.get("verification", {}).get("creator")))
    if payload["type"] != "Assertion" or profile is None:
        raise TrustError("not a badge")
    jws.verify(unverified, trusted.public_key(profile))


def readers(world):
    def rotation(text):
        by_new = jws.sign(jws.read_unverified(text).payload, world.stranger)
        delegation = world.a_delegation(root=world.stranger)
        link = [{"by_old": text, "by_new": by_new}]
        return world.read(world.forced({"rotations": link}, delegation=delegation))

    def receipt(text):
        take_apart(text, "VerificationReceipt", 10**6)
        finding = read_receipt(text, world.trusted(), NOW)
        if finding.outcome != "genuine":
            raise TrustError(finding.message.fr, code=finding.code)

    return {
        "badge": lambda text: accepted_as_a_badge(world, text),
        "TrustList": world.read,
        "TrustDelegation": lambda text: read_delegation(text, world.fingerprint, NOW),
        "Bundle": lambda text: read_bundle(text, world.fingerprint, NOW),
        "Commitment": lambda text: read_commitment(text, world.trusted().list_key),
        "RootRotation": rotation,
        "VerificationReceipt": receipt,
    }


def test_of_all_kinds_keys_and_readers_only_the_right_three_meet(world):
    """V5, T1: seven kinds signed by five keys, each shown to seven readers; only the diagonal is accepted."""
    doors = readers(world)
    accepted = set()
    for kind, key in itertools.product(KINDS, KEYS):
        text = made_by(world, kind, key)
        for door, reader in doors.items():
            try:
                reader(text)
            except BadgesError:
                continue
            accepted.add((kind, key, door))
    assert accepted == {(kind, ITS_KEY[kind], kind) for kind in KINDS}


@pytest.mark.parametrize("called", [*KINDS[1:], "x", None])
def test_a_document_right_in_every_member_but_its_type_is_refused(world, called):
    """Its shape alone would let it pass: the type is looked at, whatever else holds."""
    for kind, reader in readers(world).items():
        if kind in ("badge", called):
            continue
        genuine = made_by(world, kind, ITS_KEY[kind])
        document = json.loads(jws.read_unverified(genuine, max_size=10**7).payload)
        text = jws.sign(compact(document | {"type": called}), getattr(world, ITS_KEY[kind]), max_size=10**7)
        with refused("trust_type", f"Un document de type {kind} était attendu"):
            reader(text)


def test_a_list_in_which_an_issuer_has_the_list_key_or_the_root_is_refused(world):
    for signer in (world.list, world.root):
        structure = world.a_structure(world.a_profile(signer))
        with refused("trust_key_roles", "ne servent qu’à délivrer"):
            world.signed(world.a_list(structure))


def test_a_list_in_which_two_profiles_share_a_key_is_refused(world):
    one = world.a_profile()
    for other in (
        one._replace(id=one.id + "x", key=one.key + "x"),
        one._replace(id=one.id + "x", key=one.key + "x", pem=one.pem.replace("\n", "\r\n")),
        world.a_profile(world.stranger)._replace(key=one.key),
        world.a_profile(world.stranger)._replace(id=one.id),
    ):
        with refused("trust_key_roles"):
            world.signed(world.a_list(world.a_structure(one, other)))


def test_a_list_in_which_a_key_of_receipts_has_another_use_is_refused(world):
    for other in (world.issuer, world.list, world.root):
        with refused("trust_key_roles", "ne servent qu’aux reçus"):
            world.signed(world.a_list(world.a_structure(), receipts=(ReceiptKey("r", other.public_pem),)))
    twice = (ReceiptKey("one", world.receipt.public_pem), ReceiptKey("two", world.receipt.public_pem))
    with refused("trust_key_roles", "toutes différentes"):
        world.signed(world.a_list(receipts=twice))


def test_a_root_that_delegates_to_itself_is_refused(world):
    with refused("trust_key_roles", "autre que la racine"):
        world.a_delegation(key=world.root)


# -- the attacks that TUF names ---------------------------------------------------------------------------------


def test_attack_rollback_an_older_list_than_one_seen_is_refused(world):
    old, new = world.signed(world.a_list(version=4)), world.signed(world.a_list(version=5))
    seen = world.read(new).seen
    assert world.read(new, seen_version=seen).seen == Seen(1, 5)
    with refused("trust_rollback", "Une version d’au moins 5"):
        world.read(old, seen_version=seen)


def test_attack_freeze_a_list_shown_for_too_long_is_stale_and_not_refused(world):
    text = world.signed()
    for late in (-DAY, timedelta(0), timedelta(seconds=60)):
        assert not world.read(text, NOW + 7 * DAY + late).is_stale(NOW + 7 * DAY + late)
    for late in (timedelta(seconds=61), 100 * DAY):
        assert world.read(text, NOW + 7 * DAY + late).is_stale(NOW + 7 * DAY + late)


def test_attack_freeze_a_list_cannot_give_itself_a_long_life(world):
    for life in (7 * DAY + timedelta(seconds=1), 3650 * DAY, timedelta(0), -DAY):
        with refused("trust_lifetime"):
            world.signed(world.a_list(next_update=NOW + life))


def test_attack_fast_forward_a_new_delegation_starts_the_versions_anew(world):
    stolen = world.signed(world.a_list(version=2**53 - 1))
    seen = world.read(stolen).seen
    new_key = world.key("list")
    after = world.signed(world.a_list(version=1), signer=new_key, delegation=world.a_delegation(key=new_key, serial=2))
    seen = world.read(after, seen_version=seen).seen
    assert seen == Seen(2, 1)
    with refused("trust_rollback"):
        world.read(stolen, seen_version=seen)


def test_attack_fast_forward_a_list_from_the_future_is_refused(world):
    trust = world.a_list(generated_at=NOW + DAY, next_update=NOW + 2 * DAY)
    with refused("trust_future"):
        world.read(world.signed(trust))
    soon = world.a_list(generated_at=NOW + timedelta(seconds=60))
    assert world.read(world.signed(soon))


def test_attack_mix_and_match_parts_of_different_days_are_refused(world):
    profile = world.a_profile(revocations_at_least=3)
    trust = world.signed(world.a_list(world.a_structure(profile)))
    assert world.a_bundle(trust, revocations=[world.a_snapshot(entries=3)])
    with refused("bundle_mixed", "d’au moins 3 lignes"):
        world.a_bundle(trust, revocations=[world.a_snapshot(entries=2)])
    with refused("bundle_mixed", "d’un émetteur de la liste"):
        world.a_bundle(trust, revocations=[world.a_snapshot(issuer=world.stranger)])
    said = json.loads(jws.read_unverified(world.a_bundle(trust)).payload)
    earlier = sign_document("Bundle", said | {"generated_at": "2026-11-20T09:00:00Z"}, world.list)
    with refused("bundle_mixed", "une plus récente a été trouvée"):
        read_bundle(earlier, world.fingerprint, NOW)
    with refused("bundle_mixed"):
        world.a_bundle(trust, revocations=[world.a_snapshot(entries=3, generated_at=NOW + DAY)])
    renamed = world.a_snapshot(entries=3)
    renamed.document["id"] = "https://elsewhere.example/revocations"
    with refused("bundle_mixed"):
        world.a_bundle(trust, revocations=[renamed])
    elses = world.a_snapshot(entries=3)
    elses.document["issuer"] = HOST + "/issuers/somebody"
    with refused("bundle_mixed", "celle d’un autre a été trouvée"):
        world.a_bundle(trust, revocations=[elses])


def test_attack_mix_and_match_a_list_under_another_key_than_its_bundle_is_refused(world):
    new_key = world.key("list")
    other = world.signed(signer=new_key, delegation=world.a_delegation(key=new_key, serial=2))
    with refused("trust_signature"):
        world.a_bundle(other)


def test_attack_endless_data_is_refused_before_it_is_read(world):
    texts = ("a" * 64 * 1024 * 1024, " " * 64 * 1024 * 1024, world.signed() + "A" * 6 * 1024 * 1024)
    start = time.thread_time()
    for text in texts:
        with refused("trust_too_large"):
            world.read(text)
        with pytest.raises(TrustError):
            read_bundle(text, world.fingerprint, NOW)
    assert time.thread_time() - start < 0.5


def test_attack_wrong_key_a_list_by_anyone_else_is_refused(world):
    for signer in (world.issuer, world.root, world.stranger):
        with refused("trust_signature"):
            world.read(world.forced(signer=signer))


def test_attack_wrong_root_a_delegation_by_anyone_else_is_refused(world):
    theirs = world.a_delegation(root=world.stranger)
    with refused("trust_root", "La racine sha256:[0-9a-f]{64} était attendue"):
        world.read(world.signed(delegation=theirs))
    document = json.loads(jws.read_unverified(theirs).payload) | {"root": world.root.public_pem}
    with refused("trust_signature"):
        world.read(world.forced(delegation=jws.sign(compact(document), world.stranger)))


def test_attack_expired_delegation_the_list_falls_with_it(world):
    text = world.signed(delegation=world.a_delegation(end=NOW + DAY))
    assert world.read(text, NOW + DAY)
    with refused("trust_delegation_expired", "finie le 21/11/2026"):
        world.read(text, NOW + DAY + timedelta(seconds=61))


def test_a_delegation_of_later_or_for_too_long_is_refused(world):
    with refused("trust_delegation", "commence le 21/11/2026"):
        world.read(world.forced(delegation=world.a_delegation(start=NOW + DAY, end=NOW + 2 * DAY)))
    for end in (NOW, NOW - DAY, NOW + 401 * DAY):
        with refused("trust_delegation"):
            world.a_delegation(start=NOW, end=end)


def test_a_list_made_outside_its_delegation_is_refused(world):
    trust = world.a_list(generated_at=NOW - 3 * DAY, next_update=NOW + DAY)
    delegation = world.a_delegation(start=NOW - DAY)
    text = world.forced(trust.to_json(), delegation=delegation)
    with refused("trust_delegation", "pendant le temps de sa délégation"):
        world.read(text)


# -- the root changes -------------------------------------------------------------------------------------------


def test_attack_root_rotation_a_verifier_that_knew_only_the_old_root_accepts_the_new(world):
    second, third = world.key("root"), world.key("root")
    rotations = [sign_rotation(world.root, second, on=NOW), sign_rotation(second, third, on=NOW + DAY)]
    text = world.signed(delegation=world.a_delegation(root=third), rotations=rotations)
    newest = normalise_fingerprint(jws.load_public_key(third.public_pem).fingerprint)
    for known in (world.root, second, third):
        fingerprint = jws.load_public_key(known.public_pem).fingerprint
        assert read_trust(text, fingerprint, NOW).root == newest
    with refused("trust_root"):
        read_trust(text, jws.load_public_key(world.stranger.public_pem).fingerprint, NOW)


def test_a_rotation_that_only_one_root_signed_is_refused(world):
    second = world.key("root")
    good = sign_rotation(world.root, second, on=NOW)
    other = sign_rotation(world.root, world.key("root"), on=NOW)
    thief = sign_document("RootRotation", json.loads(jws.read_unverified(good.by_old).payload), world.stranger)
    for bad in (
        Rotation(good.by_old, good.by_old),
        Rotation(good.by_new, good.by_new),
        Rotation(good.by_old, thief),
        Rotation(thief, good.by_new),
        Rotation(good.by_old, other.by_new),
    ):
        with refused("trust_rotation"):
            world.read(world.forced({"rotations": [bad._asdict()]}, delegation=world.a_delegation(root=second)))


def test_a_root_that_follows_itself_and_an_endless_chain_are_refused(world):
    loop = sign_rotation(world.root, world.root, on=NOW)._asdict()
    with refused("trust_rotation"):
        world.read(world.forced({"rotations": [loop]}))
    with refused("trust_rotation", "32 changements de racine au plus"):
        world.read(world.forced({"rotations": [loop] * 33}))


# -- hostile bytes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {"version": 0}, {"version": "1"}, {"version": True}, {"version": 1.5}, {"version": 2**53}, {"version": None},
        {"generated_at": "2026-11-20"}, {"generated_at": "2026-11-20T10:00:00+00:00"}, {"generated_at": 3},
        {"generated_at": "2026-13-20T10:00:00Z"}, {"generated_at": ["2026-11-20T10:00:00Z"]}, {"next_update": None},
        {"generated_at": "٢٠٢٦-11-20T10:00:00Z"},
        {"network": 3}, {"network": "x" * 501}, {"demo": 1}, {"demo": None},
        {"allowed_origins": "http://127.0.0.1"}, {"allowed_origins": ["http://127.0.0.1:8000/"]},
        {"allowed_origins": ["file:///"]}, {"allowed_origins": ["https://u@h"]}, {"allowed_origins": [3]},
        {"allowed_origins": ["*"]}, {"structures": {}}, {"structures": [3]}, {"structures": [{}]},
        {"catalogue": [{}]}, {"catalogue": None}, {"shards": [{}]}, {"rotations": [3]}, {"rotations": [{}]},
        {"delegation": 3}, {"delegation": ""}, {"delegation": "a.b.c"}, {"delegation": "x" * 70000},
    ],
)  # fmt: skip
def test_a_member_that_is_not_as_it_should_be_is_named(world, members):
    with refused("trust_malformed", "attendu.* trouvé"):
        world.read(world.forced(members))


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("id", "not an address"), ("id", "javascript:alert(1)"), ("id", 3),
        ("key", "https://elsewhere.example/key"), ("key", HOST + ".evil.example/key"), ("key", HOST),
        ("badges", HOST + "/badges"), ("badges", "https://elsewhere.example/"), ("badges", ""),
        ("pem", "no key"), ("pem", 3), ("pem", "-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----"),
        ("status", "probation"), ("status", "retired"), ("since", "2026-11-20T10:00:00Z"), ("since", 3),
        ("from", "2026-02-30"), ("from", "20260101"), ("until", 3), ("revocations_at_least", -1),
    ],
)  # fmt: skip
def test_a_profile_that_is_not_as_it_should_be_is_refused(world, change, value):
    document = world.a_list().to_json()
    document["structures"][0]["profiles"][0][change] = value
    with refused("trust_malformed"):
        world.read(world.forced(document))


def test_a_key_of_two_roles_cannot_hide_behind_another_spelling(world):
    from cryptography.hazmat.primitives import serialization

    signer = world.key("list", "RS256")
    public = serialization.load_pem_public_key(signer.public_pem.encode())
    spelled = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
    for pem in (spelled, signer.public_pem + signer.public_pem, signer.public_pem + "x"):
        with refused("trust_malformed", "Une clé publique au format PEM"):
            world.signed(
                world.a_list(world.a_structure(world.a_profile()._replace(pem=pem))),
                signer=signer,
                delegation=world.a_delegation(key=signer),
            )


def test_an_unknown_status_is_refused_with_or_without_a_date(world):
    for since in (None, "2026-11-20"):
        document = world.a_list().to_json()
        document["structures"][0] |= {"status": "probation", "since": since}
        with refused("trust_malformed", "« status » parmi recognised, suspended, closed"):
            world.read(world.forced(document))


@pytest.mark.parametrize(
    ("change", "value"),
    [("digest", "0" * 64), ("digest", None), ("published_on", None), ("status", "draft"), ("slug", 3), ("picture", 3)],
)
def test_a_version_of_criteria_that_is_not_as_it_should_be_is_refused(world, change, value):
    document = world.a_list().to_json()
    document["catalogue"][0][change] = value
    with refused("trust_malformed"):
        world.read(world.forced(document))


@pytest.mark.parametrize(
    "shards",
    [
        [{"prefix": "", "digest": DIGEST, "size": 1}],
        [{"prefix": "g", "digest": DIGEST, "size": 1}],
        [{"prefix": "0", "digest": "0" * 64, "size": 1}],
        [{"prefix": "0", "digest": DIGEST, "size": 0}],
        [{"prefix": "0", "digest": DIGEST, "size": 6 * 1024 * 1024}],
        [{"prefix": "0", "digest": DIGEST, "size": 1}, {"prefix": "01", "digest": DIGEST, "size": 1}],
    ],
)
def test_parts_that_are_not_as_they_should_be_are_refused(world, shards):
    with refused("trust_malformed"):
        world.read(world.forced({"shards": shards}))


def test_what_is_not_said_is_absent_and_never_null(world):
    assert "null" not in json.dumps(world.a_list().to_json())


def test_a_suspension_without_a_date_is_refused(world):
    for facts in ({"status": "suspended"}, {"status": "closed"}, {"since": date(2026, 1, 1)}):
        with refused("trust_malformed", "Une date avec suspended ou closed"):
            world.signed(world.a_list(world.a_structure(**facts)))


def test_the_same_version_of_criteria_twice_is_refused(world):
    with refused("trust_malformed", "Chaque version"):
        world.signed(world.a_list(catalogue=(an_entry(), an_entry(status="withdrawn"))))


def test_a_key_too_weak_to_verify_with_is_never_signed_into_a_list(world):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    pem = weak.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(BadgesError, match="2048"):
        world.signed(world.a_list(world.a_structure(world.a_profile()._replace(pem=pem))))


@pytest.mark.parametrize("text", ["", " ", "a.b", "....", "é.é.é", "\x00", "e30.e30.e30", "[]", "{}", "a" * 70_000])
def test_any_text_gets_an_answer(world, text):
    for read in (
        lambda: world.read(text),
        lambda: read_bundle(text, world.fingerprint, NOW),
        lambda: read_delegation(text, world.fingerprint, NOW),
        lambda: open_document(text, "TrustList", world.trusted().list_key),
    ):
        with pytest.raises(TrustError):
            read()


@pytest.mark.parametrize("payload", [b"[]", b"3", b"null", b'{"type":["TrustList"]}', b'{"type":"trustlist"}',
                                     b'{"type":"Assertion","type":"TrustList"}', b"\xff", b"[" * 100_000])  # fmt: skip
def test_a_payload_of_anything_else_is_refused(world, payload):
    with pytest.raises(TrustError) as caught:
        world.read(jws.sign(payload, world.list, max_size=10**6))
    assert caught.value.code in ("trust_malformed", "trust_type")


def test_every_changed_character_is_seen(world):
    text = world.signed()
    for position in range(0, len(text), 7):
        other = "A" if text[position] != "A" else "B"
        with pytest.raises(TrustError):
            world.read(text[:position] + other + text[position + 1 :])


# -- who may award what -----------------------------------------------------------------------------------------

JUNE = date(2026, 6, 15)
RIGHTS = (
    FamilyRight("techniques", date(2026, 1, 1), date(2026, 8, 31)),
    FamilyRight("techniques", date(2026, 10, 1)),
    FamilyRight("transverses"),
    FamilyRight("permanents", None, date(2026, 3, 31)),
)
RETIRED = {"status": "retired", "since": datetime(2026, 6, 15, 10, 0, tzinfo=UTC)}
STOLEN = {"status": "compromised", "since": datetime(2026, 6, 15, 10, 0, tzinfo=UTC)}
SUSPENDED = {"status": "suspended", "since": JUNE}
CLOSED = {"status": "closed", "since": JUNE}
BEFORE, AT, AFTER = (datetime(2026, 6, 15, hour, 0, tzinfo=UTC) for hour in (9, 10, 11))


@pytest.mark.parametrize(
    ("structure", "profile", "family", "on", "committed", "answer"),
    [
        # families have their dates, both ends included
        ({}, {}, "techniques", date(2026, 1, 1), None, (True, "recognised")),
        ({}, {}, "techniques", date(2025, 12, 31), None, (False, "family_not_yet")),
        ({}, {}, "techniques", date(2026, 8, 31), None, (True, "recognised")),
        ({}, {}, "techniques", date(2026, 9, 1), None, (False, "family_ended")),
        ({}, {}, "techniques", date(2026, 9, 30), None, (False, "family_ended")),
        ({}, {}, "techniques", date(2026, 10, 1), None, (True, "recognised")),
        ({}, {}, "techniques", date(2036, 10, 1), None, (True, "recognised")),
        ({}, {}, "transverses", date(1999, 1, 1), None, (True, "recognised")),
        ({}, {}, "transverses", date(2099, 1, 1), None, (True, "recognised")),
        ({}, {}, "permanents", date(2026, 3, 31), None, (True, "recognised")),
        ({}, {}, "permanents", date(2026, 4, 1), None, (False, "family_ended")),
        ({}, {}, "metiers-hybrides", JUNE, None, (False, "family_not_allowed")),
        ({}, {}, "Techniques", JUNE, None, (False, "family_not_allowed")),
        ({}, {}, "", JUNE, None, (False, "family_not_allowed")),
        ({}, {}, None, JUNE, None, (False, "family_not_stated")),
        ({"families": ()}, {}, "techniques", JUNE, None, (False, "family_not_allowed")),
        # an instant counts for its day in UTC, whatever its zone
        ({}, {}, "techniques", datetime(2026, 8, 31, 23, 59, tzinfo=UTC), None, (True, "recognised")),
        ({}, {}, "techniques", datetime.fromisoformat("2026-09-01T01:30:00+02:00"), None, (True, "recognised")),
        ({}, {}, "techniques", datetime.fromisoformat("2026-08-31T23:30:00-02:00"), None, (False, "family_ended")),
        # a structure that is suspended or closed: what it awarded before stays
        (SUSPENDED, {}, "techniques", date(2026, 6, 14), None, (True, "recognised")),
        (SUSPENDED, {}, "techniques", JUNE, None, (False, "structure_suspended")),
        (SUSPENDED, {}, "metiers-hybrides", JUNE, None, (False, "structure_suspended")),
        (CLOSED, {}, "techniques", date(2026, 6, 14), None, (True, "recognised")),
        (CLOSED, {}, "techniques", date(2026, 6, 16), None, (False, "structure_closed")),
        (CLOSED, {}, "metiers-hybrides", date(2026, 6, 14), None, (False, "family_not_allowed")),
        # a profile has its dates too
        ({}, {"valid_from": JUNE}, "techniques", date(2026, 6, 14), None, (False, "profile_not_yet")),
        ({}, {"valid_from": JUNE}, "techniques", JUNE, None, (True, "recognised")),
        ({}, {"valid_until": JUNE}, "techniques", JUNE, None, (True, "recognised")),
        ({}, {"valid_until": JUNE}, "techniques", date(2026, 6, 16), None, (False, "profile_ended")),
        # a retired key: old awards stay, and a batch in progress may end
        ({}, RETIRED, "techniques", BEFORE, None, (True, "recognised")),
        ({}, RETIRED, "techniques", AFTER, None, (True, "recognised")),
        ({}, RETIRED, "techniques", AFTER + DAY, None, (False, "key_retired")),
        ({}, RETIRED | {"valid_until": JUNE}, "techniques", AFTER + DAY, None, (False, "profile_ended")),
        ({}, RETIRED, "metiers-hybrides", BEFORE, None, (False, "family_not_allowed")),
        # a compromised key: only what was committed before
        ({}, STOLEN, "techniques", BEFORE, None, (None, "commitment_needed")),
        ({}, STOLEN, "techniques", BEFORE, True, (True, "recognised")),
        ({}, STOLEN, "techniques", BEFORE, False, (False, "key_compromised")),
        ({}, STOLEN, "techniques", AT, True, (False, "key_compromised")),
        ({}, STOLEN, "techniques", AFTER, None, (False, "key_compromised")),
        ({}, STOLEN, "metiers-hybrides", BEFORE, None, (False, "family_not_allowed")),
        ({}, STOLEN, "metiers-hybrides", BEFORE, True, (False, "family_not_allowed")),
        (SUSPENDED, STOLEN, "techniques", AFTER, True, (False, "structure_suspended")),
        # a commitment is asked for only where a key was stolen
        ({}, {}, "techniques", JUNE, False, (True, "recognised")),
    ],
)  # fmt: skip
def test_who_may_award_what_and_when(world, structure, profile, family, on, committed, answer):
    it = world.a_structure(world.a_profile(**profile), **{"families": RIGHTS} | structure)
    trusted = world.trusted(it)
    assert trusted.recognition(it.profiles[0], family, on, committed=committed) == answer
    assert trusted.recognition(it.profiles[0].id, family, on, committed=committed) == answer


def test_a_stranger_is_recognised_for_nothing(world):
    stranger = world.a_profile(world.stranger)
    assert world.trusted().recognition(stranger, "techniques", JUNE) == (False, "issuer_unknown")


def test_a_profile_that_borrows_a_known_address_gets_what_the_list_says_of_it(world):
    impostor = world.a_profile(world.stranger, id=world.a_profile().id)
    trusted = world.trusted()
    assert trusted.find_profile(impostor.id).pem == world.issuer.public_pem


def test_after_a_rotation_old_and_new_profile_are_one_structure(world):
    old = world.a_profile(**RETIRED)
    new = world.a_profile(world.stranger, valid_from=JUNE)
    trusted = world.trusted(world.a_structure(old, new, families=RIGHTS))
    assert trusted.structure_of(old) is trusted.structure_of(new)
    assert trusted.recognition(old, "techniques", BEFORE).recognised
    assert trusted.recognition(new, "techniques", AFTER).recognised
    assert trusted.recognition(new, "techniques", date(2026, 6, 14)) == (False, "profile_not_yet")


@pytest.mark.parametrize(
    ("entry", "demo", "on", "answer"),
    [
        ({}, False, JUNE, (True, "recognised")),
        ({}, False, date(2025, 12, 31), (False, "criteria_not_yet")),
        ({"retired_on": JUNE}, False, date(2026, 6, 14), (True, "recognised")),
        ({"retired_on": JUNE}, False, JUNE, (False, "criteria_retired")),
        ({"status": "withdrawn"}, True, JUNE, (False, "criteria_retired")),
        ({"status": "proposition"}, True, JUNE, (True, "recognised")),
        ({"status": "proposition"}, False, JUNE, (False, "criteria_proposition")),
        ({"version": "2.0.0"}, True, JUNE, (False, "criteria_unknown")),
    ],
)
def test_which_criteria_may_be_awarded(world, entry, demo, on, answer):
    trusted = world.trusted(demo=demo, catalogue=(an_entry(**entry),))
    assert trusted.awardable("tec-planter", "1.0.0", on) == answer


# -- large lists ------------------------------------------------------------------------------------------------


def a_large_list(world, profiles, pem_of):
    return world.a_list(
        *(
            Structure(
                id=f"s{n}",
                name=f"Structure numéro {n}",
                facts=(Facts("ACI", "44", f"{n:014d}"),),
                families=(FamilyRight("techniques", date(2026, 1, 1)), FamilyRight("transverses")),
                profiles=(
                    TrustedProfile(
                        f"{HOST}/issuers/{n:016x}",
                        f"{HOST}/issuers/{n:016x}/key",
                        pem_of(n),
                        f"{HOST}/issuers/{n:016x}/badges/",
                    ),
                ),
            )
            for n in range(profiles)
        )
    )


def a_false_rsa_pem(n):
    """The size of an RSA-3072 key, different each time; nobody loads it."""
    import base64

    body = base64.encodebytes(n.to_bytes(422, "big")).decode()
    return f"-----BEGIN PUBLIC KEY-----\n{body}-----END PUBLIC KEY-----\n"


def test_twenty_thousand_issuers_are_read_from_a_short_list_and_one_part(world):
    large = a_large_list(world, 20_000, a_false_rsa_pem)
    head, parts = shard_out(large)
    assert len(head.shards) == 16
    assert all(len(text) < 5 * 1024 * 1024 for text in parts.values())
    trusted = world.read(world.signed(head))
    profile = large.structures[12_345].profiles[0]
    assert trusted.find_profile(profile.id) is None
    assert trusted.recognition(profile, "techniques", JUNE) == (None, "shard_missing")
    needed = trusted.missing_shard(profile.id)
    start = time.thread_time()
    trusted = trusted.with_shards(parts[needed.digest])
    assert time.thread_time() - start < 1
    assert trusted.find_profile(profile.id) == profile
    assert trusted.structure_of(profile) == large.structures[12_345]
    assert trusted.recognition(profile, "techniques", JUNE).recognised
    assert trusted.with_shards(parts[needed.digest]) is trusted
    trusted = trusted.with_shards(*parts.values())
    assert sorted(trusted.list.structures, key=lambda s: int(s.id[1:])) == list(large.structures)
    assert trusted.recognition(HOST + "/issuers/nobody", "techniques", JUNE) == (False, "issuer_unknown")


def test_a_list_too_long_for_one_document_is_not_signed(world):
    with pytest.raises(BadgesError, match="5242880 signes au plus"):
        world.signed(a_large_list(world, 6_000, a_false_rsa_pem))


def test_a_part_of_another_list_or_changed_is_refused(world):
    head, parts = shard_out(world.a_list())
    _, others = shard_out(world.a_list(world.a_structure(name="Une autre")))
    trusted = world.read(world.signed(head))
    (text,) = parts.values()
    for bad in (*others.values(), text + " ", "", "{}", "\ud800"):
        with refused("trust_shard"):
            trusted.with_shards(bad)


def test_a_part_that_holds_the_profiles_of_another_is_refused(world):
    head, parts = shard_out(world.a_list())
    (shard,) = head.shards
    elsewhere = "0" if shard.prefix != "0" else "1"
    trusted = world.read(world.signed(head._replace(shards=(shard._replace(prefix=elsewhere),))))
    with refused("trust_malformed", "Des profils de la partie"):
        trusted.with_shards(parts[shard.digest])


# -- the bundle -------------------------------------------------------------------------------------------------


def test_a_bundle_holds_all_that_is_needed_offline(world):
    commitment = commit([DIGEST], None, NOW, world.list)
    text = world.a_bundle(revocations=[world.a_snapshot()], commitments=[commitment])
    bundle = read_bundle(text, world.fingerprint, NOW)
    assert bundle.trusted.list == world.a_list()
    assert bundle.revocations == {world.a_snapshot().id: world.a_snapshot()}
    assert bundle.commitments == (commitment,)


def test_a_bundle_of_a_large_network_carries_its_parts(world):
    head, parts = shard_out(world.a_list())
    text = world.a_bundle(world.signed(head), shards=list(parts.values()), revocations=[world.a_snapshot()])
    trusted = read_bundle(text, world.fingerprint, NOW).trusted
    assert trusted.recognition(world.a_profile(), "techniques", JUNE).recognised


def test_a_bundle_is_stale_when_any_of_its_parts_is(world):
    bundle = read_bundle(world.a_bundle(revocations=[world.a_snapshot()]), world.fingerprint, NOW)
    (snapshot,) = bundle.revocations.values()
    for late, stale in ((timedelta(seconds=60), False), (timedelta(seconds=61), True)):
        assert bundle.is_stale(NOW + DAY + late) is stale
        assert snapshot.is_stale(NOW + DAY + late) is stale
    old_list = world.signed(world.a_list(next_update=NOW + timedelta(hours=1)))
    assert read_bundle(world.a_bundle(old_list), world.fingerprint, NOW).is_stale(NOW + timedelta(hours=2))


def test_a_bundle_from_the_future_or_for_too_long_or_twice_the_same_is_refused(world):
    with refused("trust_future"):
        read_bundle(world.a_bundle(generated_at=NOW + DAY), world.fingerprint, NOW)
    with refused("trust_lifetime"):
        world.a_bundle(next_update=NOW + 8 * DAY)
    with refused("trust_malformed", "deux fois"):
        world.a_bundle(revocations=[world.a_snapshot(), world.a_snapshot()])


@pytest.mark.parametrize(
    "change",
    [
        {"revocations": [{"id": "x", "issuer": "x", "generated_at": "2026-11-20T10:00:00Z",
                          "next_update": "2026-11-21T10:00:00Z", "document": [1]}]},
        {"revocations": {}}, {"commitments": [3]}, {"trust": None}, {"shards": [3]}, {"generated_at": None},
    ],
)  # fmt: skip
def test_a_bundle_that_is_not_as_it_should_be_is_refused(world, change):
    said = json.loads(jws.read_unverified(world.a_bundle()).payload)
    with refused("trust_malformed"):
        read_bundle(sign_document("Bundle", said | change, world.list), world.fingerprint, NOW)


def test_a_bundle_cannot_bring_back_an_older_list(world):
    with refused("trust_rollback"):
        read_bundle(world.a_bundle(), world.fingerprint, NOW, seen_version=Seen(1, 2))


# -- for people -------------------------------------------------------------------------------------------------


def codes(findings, level):
    return {finding.code for finding in findings if finding.level == level}


def test_a_list_in_order_gives_no_cause_for_attention(world):
    findings = check(world.signed(), world.fingerprint, NOW)
    assert codes(findings, "ok") == {"trust_root", "trust_signature", "trust_content"}
    assert not codes(findings, "attention") | codes(findings, "erreur")


def test_what_the_keeper_of_the_list_should_know_is_said(world):
    second = world.key("root")
    trust = world.a_list(
        world.a_structure(world.a_profile(**STOLEN)),
        allowed_origins=("http://127.0.0.1:8000",),
        catalogue=(an_entry(status="proposition"),),
    )
    text = world.signed(
        trust,
        delegation=world.a_delegation(root=second, end=NOW + 20 * DAY),
        rotations=[sign_rotation(world.root, second, on=NOW)],
    )
    expected = {
        "root_rotated",
        "delegation_soon_over",
        "proposition",
        "origins",
        "no_active_profile",
        "key_compromised",
    }
    assert codes(check(text, world.fingerprint, NOW), "attention") == expected
    assert "trust_soon_stale" in codes(check(text, world.fingerprint, NOW + 6.5 * DAY), "attention")
    assert "trust_stale" in codes(check(text, world.fingerprint, NOW + 8 * DAY), "attention")
    assert "demo" in codes(check(world.signed(world.a_list(demo=True)), world.fingerprint, NOW), "attention")


def test_a_list_that_is_refused_is_explained_in_french(world):
    (finding,) = check(world.forced(signer=world.stranger), world.fingerprint, NOW)
    assert (finding.level, finding.code) == ("erreur", "trust_signature")
    assert finding.message.startswith("La signature de la liste n’est pas celle de la clé déléguée. Un document ")
    assert finding.message.endswith("Ne vous y fiez pas : demandez ce document au réseau par un autre chemin.")
