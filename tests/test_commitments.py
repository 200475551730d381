"""Commitments: the tree of RFC 9162, the chain of days, and what a thief who backdates cannot have."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.commitments import (
    MAX_LEAVES_INSIDE,
    Chain,
    InclusionProof,
    commit,
    committed_before,
    includes,
    merkle_root,
    prove,
    read_commitment,
    token_digest,
)
from badges.errors import TrustError
from badges.keyring import Keyring
from badges.openbadges import jws
from badges.trust import sign_document

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def keyring(tmp_path_factory):
    return Keyring(tmp_path_factory.mktemp("c") / "keys", lambda: "une phrase pour les essais", scrypt_n=2**10)


def a_signer(keyring, purpose="list"):
    entry = keyring.create(purpose=purpose, name=purpose, now=NOW, algorithm="EdDSA")
    return keyring.signer(entry.id, purpose=purpose)


@pytest.fixture(scope="module")
def signer(keyring):
    return a_signer(keyring)


@pytest.fixture(scope="module")
def key(signer):
    return jws.load_public_key(signer.public_pem)


def days(signer, *batches, start=NOW, signers=None):
    texts = []
    for number, batch in enumerate(batches):
        texts.append(
            commit(batch, texts[-1] if texts else None, start + number * DAY, (signers or {}).get(number, signer))
        )
    return texts


def some(count, name="award"):
    return [token_digest(f"{name} {n}") for n in range(count)]


# -- the tree ---------------------------------------------------------------------------------------------------


def by_the_letter(leaves):
    """MTH of RFC 9162 §2.1.1, as it is written there: recursion, split at the largest power of two below n."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_the_letter(leaves[:split]) + by_the_letter(leaves[split:])).digest()


def path_by_the_letter(index, leaves):
    """PATH of RFC 9162 §2.1.3.1."""
    if len(leaves) <= 1:
        return []
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    if index < split:
        return [*path_by_the_letter(index, leaves[:split]), by_the_letter(leaves[split:])]
    return [*path_by_the_letter(index - split, leaves[split:]), by_the_letter(leaves[:split])]


digests = st.lists(st.binary(min_size=32, max_size=32), max_size=70, unique=True)


@given(digests)
def test_the_root_is_the_one_of_the_rfc(leaves):
    assert merkle_root([leaf.hex() for leaf in leaves]) == by_the_letter(leaves).hex()


def test_the_root_of_nothing_is_the_digest_of_nothing():
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()


def test_a_leaf_never_passes_for_a_node():
    """Second pre-image: two leaves joined as if they were one leaf give another root."""
    one, two = (hashlib.sha256(bytes([n])).hexdigest() for n in (1, 2))
    joined = hashlib.sha256(bytes.fromhex(one) + bytes.fromhex(two)).hexdigest()
    assert merkle_root([joined]) != merkle_root([one, two])


@cache
def a_commitment_of(size):
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    private = ed25519.Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    class Key:
        algorithm, key_id, public_pem, sign = "EdDSA", "list", pem, staticmethod(private.sign)

    return read_commitment(commit(some(size), None, NOW, Key()), jws.load_public_key(pem))


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_and_its_path_is_the_one_of_the_rfc(size, data):
    commitment = a_commitment_of(size)
    index = data.draw(st.integers(0, size - 1))
    digest = "sha256$" + commitment.leaves[index]
    proof = prove(digest, some(size))
    assert proof.index == index
    assert includes(commitment, digest, proof)
    leaves = [bytes.fromhex(leaf) for leaf in commitment.leaves]
    assert [bytes.fromhex(step) for step in proof.path] == path_by_the_letter(index, leaves)
    assert InclusionProof.from_json(json.loads(json.dumps(proof.to_json()))) == proof


@given(st.integers(1, 70), st.data())
def test_no_other_proof_and_no_other_leaf_is_believed(size, data):
    commitment = a_commitment_of(size)
    digest = data.draw(st.sampled_from(some(size)))
    proof = prove(digest, some(size))
    stranger = token_digest("backdated")
    assert not includes(commitment, stranger, proof)
    path, index = list(proof.path), proof.index
    change = data.draw(st.sampled_from(["index", "number", "longer", "shorter", "step", "order"]))
    if change == "index":
        index = data.draw(st.integers(-3, 200).filter(lambda other: other != proof.index))
    elif change == "longer":
        path.insert(data.draw(st.integers(0, len(path))), data.draw(st.sampled_from([stranger[7:], "0" * 64])))
    elif change == "shorter" and path:
        del path[data.draw(st.integers(0, len(path) - 1))]
    elif change == "step" and path:
        path[data.draw(st.integers(0, len(path) - 1))] = stranger[7:]
    elif change == "order" and len(path) > 1:
        path.reverse()
    else:
        return assert_other_number(commitment, digest, proof)
    assert not includes(commitment, digest, InclusionProof(proof.number, index, tuple(path)))
    return None


def assert_other_number(commitment, digest, proof):
    assert not includes(commitment, digest, InclusionProof(proof.number + 1, proof.index, proof.path))


def test_an_absent_award_has_no_proof():
    with pytest.raises(TrustError, match="Une empreinte de cet engagement était attendue"):
        prove(token_digest("absent"), some(3))


@pytest.mark.parametrize("document", [{}, {"commitment": 0, "index": 0, "path": ["zz"]},
                                      {"commitment": -1, "index": 0, "path": []},
                                      {"commitment": 0, "index": 0, "path": ["0" * 64] * 65},
                                      {"commitment": 0, "index": "0", "path": []}])  # fmt: skip
def test_a_proof_that_is_none_is_refused(document):
    with pytest.raises(TrustError):
        InclusionProof.from_json(document)


# -- one day ----------------------------------------------------------------------------------------------------


def test_a_commitment_is_read_as_it_was_made(signer, key):
    made = read_commitment(commit(some(3), None, NOW, signer), key)
    assert (made.number, made.committed_at, made.date, made.size) == (0, NOW, NOW.date(), 3)
    assert made.previous is None
    assert set(made.leaves or ()) == {digest[7:] for digest in some(3)}


def test_the_order_of_the_awards_and_repetitions_do_not_show(signer):
    assert commit(some(5), None, NOW, signer) == commit([*reversed(some(5)), *some(2)], None, NOW, signer)


def test_a_day_without_award_is_committed_too(signer, key):
    assert read_commitment(commit([], None, NOW, signer), key).size == 0


def test_a_great_day_keeps_its_leaves_elsewhere(signer, key):
    awards = some(MAX_LEAVES_INSIDE + 1)
    text = commit(awards, None, NOW, signer)
    assert len(text) < 1000
    made = read_commitment(text, key)
    assert made.leaves is None
    assert includes(made, awards[5000], prove(awards[5000], awards))
    assert read_commitment(commit(awards[:-1], None, NOW, signer), key).leaves is not None


@pytest.mark.parametrize("digest", ["", "sha256$", "0" * 64, "sha256:" + "0" * 64, "sha256$" + "G" * 64])
def test_only_digests_are_committed(signer, digest):
    with pytest.raises(TrustError, match=r"Une empreinte sha256.* était attendue"):
        commit([digest], None, NOW, signer)


@pytest.mark.parametrize(
    "change",
    [
        {"size": 4}, {"size": -1}, {"leaves": []}, {"leaves": ["x"]}, {"leaves": 3}, {"leaves": ["0" * 64] * 3},
        {"root": "sha256$" + "0" * 64}, {"root": 3}, {"committed_at": "yesterday"}, {"number": "0"}, {"previous": 3},
    ],
)  # fmt: skip
def test_a_commitment_that_contradicts_itself_is_refused(signer, key, change):
    document = json.loads(jws.read_unverified(commit(some(3), None, NOW, signer)).payload) | change
    document.pop("type")
    with pytest.raises(TrustError, match="attendu"):
        read_commitment(sign_document("Commitment", document, signer), key)


def test_a_commitment_by_another_key_is_refused(keyring, key):
    with pytest.raises(TrustError) as refused:
        read_commitment(commit(some(3), None, NOW, a_signer(keyring, "issuer")), key)
    assert refused.value.code == "trust_signature"


# -- day after day ----------------------------------------------------------------------------------------------


def test_days_follow_each_other(signer, key):
    texts = days(signer, some(3, "a"), [], some(2, "b"))
    chain = Chain.read(texts, key)
    assert [commitment.number for commitment in chain.commitments] == [0, 1, 2]
    assert chain.find(some(2, "b")[1]).number == 2
    assert chain.find(token_digest("absent")) is None


def test_a_chain_may_begin_late_but_has_no_gap(signer, key):
    texts = days(signer, *(some(1, str(n)) for n in range(5)))
    assert len(Chain.read(texts[2:], key).commitments) == 3
    for bad in (texts[:2] + texts[3:], [texts[1], texts[0]], [texts[0], texts[0]], texts[::-1]):
        with pytest.raises(TrustError) as refused:
            Chain.read(bad, key)
        assert refused.value.code == "commitment_chain"
    assert Chain.read([], key).find(some(1)[0]) is None


def test_a_past_day_cannot_be_written_again(signer, key):
    texts = days(signer, some(1, "a"), some(1, "b"), some(1, "c"))
    forged = commit([*some(1, "b"), token_digest("slipped in")], texts[0], NOW + DAY, signer)
    with pytest.raises(TrustError) as refused:
        Chain.read([texts[0], forged, texts[2]], key)
    assert refused.value.code == "commitment_chain"


def test_time_does_not_run_backwards(signer, key):
    first = commit([], None, NOW, signer)
    with pytest.raises(TrustError, match="après le 20/11/2026 à 22:00 UTC"):
        commit([], first, NOW - DAY, signer)
    document = json.loads(jws.read_unverified(commit([], first, NOW, signer)).payload)
    document.pop("type")
    second = sign_document("Commitment", document | {"committed_at": "2026-11-01T00:00:00Z"}, signer)
    with pytest.raises(TrustError) as refused:
        Chain.read([first, second], key)
    assert refused.value.code == "commitment_order"


def test_a_first_day_that_follows_something_is_refused(signer, key):
    document = json.loads(jws.read_unverified(commit([], None, NOW, signer)).payload)
    document.pop("type")
    with pytest.raises(TrustError, match="le seul qui n’en suive aucun"):
        Chain.read([sign_document("Commitment", document | {"previous": "sha256$" + "0" * 64}, signer)], key)


def test_days_signed_by_an_older_list_key_are_vouched_for_by_those_that_follow(keyring, signer, key):
    older = a_signer(keyring)
    texts = days(signer, some(1, "a"), some(1, "b"), [], signers={0: older, 1: older})
    assert committed_before(some(1, "a")[0], NOW + DAY, Chain.read(texts, key)) is True
    with pytest.raises(TrustError) as refused:
        Chain.read(texts[:2], key)
    assert refused.value.code == "trust_signature"


# -- what it is for ---------------------------------------------------------------------------------------------


def test_what_was_committed_before_stays_good_and_what_was_backdated_does_not(signer, key):
    """K7: the key is stolen on day 2, at noon; the thief writes the dates of issue that they like."""
    true, after = some(100, "true"), some(50, "after")
    backdated = some(100, "backdated")
    stolen = NOW + 1.5 * DAY
    chain = Chain.read(days(signer, true[:50], true[50:], after, []), key)
    assert {committed_before(digest, stolen, chain) for digest in true} == {True}
    assert {committed_before(digest, stolen, chain) for digest in backdated} == {False}
    assert {committed_before(digest, stolen, chain) for digest in after} == {False}


def test_strictly_before_is_strict(signer, key):
    chain = Chain.read(days(signer, some(1), []), key)
    assert committed_before(some(1)[0], NOW, chain) is False
    assert committed_before(some(1)[0], NOW + timedelta(seconds=1), chain) is True


def test_a_chain_that_cannot_know_says_so(signer, key):
    texts = days(signer, some(1, "a"), some(1, "b"), some(1, "c"))
    unknown, at = token_digest("unknown"), NOW + 1.5 * DAY
    assert committed_before(unknown, at, Chain.read(texts, key)) is False
    for part in (texts[1:], texts[:2], texts[2:], []):
        chain = Chain.read(part, key)
        assert committed_before(unknown, at, chain) is None
    assert committed_before(some(1, "b")[0], at, Chain.read(texts[1:], key)) is True


def test_a_great_day_answers_to_a_proof_only(signer, key):
    awards = some(MAX_LEAVES_INSIDE + 1)
    chain = Chain.read(days(signer, awards, []), key)
    at = NOW + timedelta(hours=1)
    assert committed_before(awards[7], at, chain) is None
    assert committed_before(awards[7], at, chain, prove(awards[7], awards, 0)) is True
    assert committed_before(token_digest("backdated"), at, chain, prove(awards[7], awards, 0)) is None
    assert committed_before(awards[7], at, chain, prove(awards[7], awards, 1)) is None
    assert committed_before(awards[7], at, chain, prove(awards[7], awards, 9)) is None


def test_the_earliest_day_counts_when_an_award_was_committed_twice(signer, key):
    chain = Chain.read(days(signer, some(1), some(1)), key)
    assert chain.find(some(1)[0]).number == 0
    assert chain.find(some(1)[0], prove(some(1)[0], some(1), 1)).number == 0


def test_finding_an_award_among_tens_of_thousands_is_immediate(signer, key):
    chain = Chain.read(days(signer, *(some(10_000, str(n)) for n in range(3))), key)
    digest = some(10_000, "2")[-1]
    start = time.thread_time()
    for _ in range(1000):
        chain.find(digest)
    assert (time.thread_time() - start) / 1000 < 100e-6
