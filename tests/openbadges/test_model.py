from __future__ import annotations

import copy
import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.errors import DocumentInvalid
from badges.openbadges import model
from badges.openbadges.model import (
    AlignmentObject,
    Assertion,
    BadgeClass,
    Criteria,
    CryptographicKey,
    Document,
    Endorsement,
    EndorsementClaim,
    Evidence,
    Extension,
    IdentityObject,
    Image,
    Problem,
    Profile,
    RevocationList,
    RevokedAssertion,
    VerificationObject,
    extensions_of,
    parse_datetime,
)
from tests.openbadges.making import a_badge_class, a_profile, an_assertion

SIGNED = {"type": "SignedBadge", "creator": "https://example.org/key"}
RECIPIENT = an_assertion()["recipient"]


def problems(cls: type[Document], source: Any) -> list[tuple[str, str]]:
    """Path and code of every problem; none when the document is read."""
    try:
        cls.from_json(source)
    except DocumentInvalid as invalid:
        return [(problem.path, problem.code) for problem in invalid.problems]
    return []


FULL: dict[type[Document], dict[str, Any]] = {
    Assertion: an_assertion(
        expires="2027-11-20T10:00:00+01:00",
        image={"id": "https://example.org/a.png", "caption": "Écusson"},
        evidence=[{"narrative": "Vu", "genre": "GRI"}, "https://example.org/photo"],
        narrative="Elle plante droit.",
        version=2,
        related=["urn:uuid:8a2c3b4d-0f5e-4d6c-9b7a-123456789abd", {"id": "https://example.org/x", "type": "Assertion"}],
        endorsement="https://example.org/endorsement",
        uid="abc",
        **{"@language": "fr-FR", "revoked": False, "extensions:x": {"@context": "x", "type": ["Extension", "x:X"]}},
    ),
    BadgeClass: a_badge_class(
        image="data:image/svg+xml;base64,PHN2Zy8+",
        criteria="https://example.org/criteria",
        issuer=a_profile(),
        alignment={"targetName": "ROME", "targetUrl": "https://example.org/A1203", "targetCode": "A1203"},
        tags=["plants"],
    ),
    Profile: a_profile(
        telephone="+33612345678",
        publicKey=["https://example.org/key", {"type": "CryptographicKey", "publicKeyPem": "-----BEGIN"}],
        revocationList="https://example.org/revocations",
        verification={"startsWith": "https://example.org/", "allowedOrigins": ["example.org", "badges.example.org"]},
    ),
    CryptographicKey: {"type": "CryptographicKey", "id": "https://example.org/key", "owner": "https://example.org/i"},
    RevocationList: {
        "type": "RevocationList",
        "id": "https://example.org/revocations",
        "revokedAssertions": ["urn:x:1", {"id": "urn:x:2", "revocationReason": "Erreur"}, {"uid": "abc"}],
    },
    Endorsement: {
        "type": "Endorsement",
        "id": "https://example.org/endorsement",
        "claim": {"id": "https://example.org/issuer", "endorsementComment": "Sérieux", "more": [1]},
        "issuer": "https://example.com/issuer",
        "issuedOn": "2026-11-20T10:00:00Z",
        "verification": {"type": "hosted"},
    },
}


PRIMARY = "@context version @language related* endorsement*"
TABLES: dict[type[Document], str] = {
    IdentityObject: "@context type! identity! hashed! salt",
    Evidence: "@context type* id narrative name description genre audience",
    Criteria: "@context type* id narrative",
    Image: "@context type* id! caption author",
    AlignmentObject: "@context type* targetName! targetUrl! targetDescription targetFramework targetCode",
    CryptographicKey: "@context type!* id owner publicKeyPem",
    VerificationObject: "@context type* creator verificationProperty startsWith* allowedOrigins*",
    Profile: f"{PRIMARY} type!* id! name! url! email! telephone description image publicKey* verification "
    "revocationList",
    BadgeClass: f"{PRIMARY} type!* id! name! description! image! criteria! issuer! alignment* tags*",
    Assertion: f"{PRIMARY} type!* id! recipient! badge! verification! issuedOn! expires image evidence* narrative "
    "revoked revocationReason uid",
    RevokedAssertion: "@context type* id uid revoked revocationReason",
    RevocationList: "@context type!* id issuer revokedAssertions!*",
    EndorsementClaim: "@context id! type* endorsementComment",
    Endorsement: "@context type!* id! claim! issuer! issuedOn! verification! revoked revocationReason",
    Extension: "@context! type!*",
}
"""The tables of the standard: what is required (!), and what may be given several times (*)."""


@pytest.mark.parametrize("cls", TABLES, ids=lambda cls: cls.__name__)
def test_each_class_has_the_members_of_its_table(cls: type[Document]) -> None:
    declared = (f"{name}{'!' * of.required}{'*' * of.many}" for name, of in cls.members.items())
    assert " ".join(declared) == TABLES[cls]


@pytest.mark.parametrize("cls", FULL, ids=lambda cls: cls.__name__)
def test_a_document_read_and_written_has_not_changed(cls: type[Document]) -> None:
    source = copy.deepcopy(FULL[cls])
    read = cls.from_json(source)
    assert read.to_json() == FULL[cls]
    assert list(read.to_json()) == list(FULL[cls])
    assert read.to_json() is not read.to_json()


@pytest.mark.parametrize("cls", FULL, ids=lambda cls: cls.__name__)
def test_a_document_can_be_made_from_what_was_read(cls: type[Document]) -> None:
    """Without the source: every member, ours and theirs, is in the attributes."""
    read = cls.from_json(FULL[cls])
    again = dataclasses.replace(read)
    assert again == read
    assert cls.from_json(again.to_json()) == read
    assert FULL[cls].keys() <= again.to_json().keys()


KNOWN = {*Assertion.members, *IdentityObject.members, "@id", "@type", "verify"}


@given(
    st.dictionaries(
        st.text().filter(lambda name: name not in KNOWN),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)),
        max_size=4,
    )
)
def test_what_the_standard_does_not_know_survives(more: dict[str, Any]) -> None:
    read = Assertion.from_json(an_assertion(recipient=RECIPIENT | more) | more)
    assert read.other == more
    assert read.recipient.other == more
    changed = dataclasses.replace(read, narrative="Corrigé").to_json()
    assert changed == an_assertion(recipient=RECIPIENT | more, narrative="Corrigé") | more


def test_documents_cannot_be_changed() -> None:
    read = Assertion.from_json(an_assertion())
    with pytest.raises(dataclasses.FrozenInstanceError):
        read.narrative = "Autre"  # type: ignore[misc]


def test_making_a_document_says_what_is_missing_and_what_is_not_known() -> None:
    with pytest.raises(TypeError, match=r"^CryptographicKey has no colour$"):
        CryptographicKey(colour="red")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^Image needs id$"):
        Image()  # type: ignore[call-arg]


def test_a_document_made_by_us_is_written_in_the_standard_s_words() -> None:
    made = Assertion(
        context="https://w3id.org/openbadges/v2",
        id="urn:uuid:8a2c3b4d-0f5e-4d6c-9b7a-123456789abc",
        recipient=IdentityObject(type="email", hashed=True, salt="deadsea", identity=RECIPIENT["identity"]),
        badge="https://example.org/badges/5",
        verification=VerificationObject(type=("SignedBadge",), creator="https://example.org/key"),
        issued_on=datetime(2026, 11, 20, 10, tzinfo=UTC),
        evidence=("https://example.org/photo",),
    )
    assert made.to_json() == an_assertion(evidence=["https://example.org/photo"])
    assert made == Assertion.from_json(made.to_json())
    assert "expires" not in repr(made)


@pytest.mark.parametrize(
    "spelled",
    [
        pytest.param({"verification": None, "verify": SIGNED}, id="verify"),
        pytest.param({"id": None, "@id": an_assertion()["id"]}, id="@id"),
        pytest.param({"type": None, "@type": "Assertion"}, id="@type"),
        pytest.param({"type": ["Assertion"]}, id="type in an array"),
        pytest.param({"type": ["Assertion", "https://example.org/Mine"]}, id="two types"),
        pytest.param({"type": "obi:Assertion"}, id="compact type"),
        pytest.param({"type": "https://w3id.org/openbadges#Assertion"}, id="type in full"),
        pytest.param({"verification": {**SIGNED, "type": "signed"}}, id="signed"),
        pytest.param({"verification": {**SIGNED, "type": ["signed"]}}, id="signed in an array"),
        pytest.param({"verification": {**SIGNED, "type": ["SignedBadge", "signed"]}}, id="said twice, the same"),
        pytest.param({"recipient": [RECIPIENT]}, id="recipient in an array"),
        pytest.param({"badge": ["https://example.org/badges/5"]}, id="badge in an array"),
        pytest.param({"issuedOn": ["2026-11-20T10:00:00Z"]}, id="date in an array"),
        pytest.param({"issuedOn": "2026-11-20T11:00:00+01:00"}, id="another zone"),
        pytest.param({"evidence": []}, id="no evidence"),
        pytest.param({"expires": None, "narrative": None}, id="null is absence"),
    ],
)
def test_the_spellings_that_the_standard_allows_mean_the_same(spelled: dict[str, Any]) -> None:
    read = Assertion.from_json(an_assertion(**spelled))
    assert read.id == an_assertion()["id"]
    assert read.verification.kind == "SignedBadge"
    assert read.badge == "https://example.org/badges/5"
    assert read.recipient.identity == RECIPIENT["identity"]
    assert read.issued_on == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read.expires is None


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param({"id": None}, [("id", "missing")], id="no id"),
        pytest.param({"id": "8a2c3b4d"}, [("id", "not_iri")], id="id is not an IRI"),
        pytest.param({"id": "urn:uuid:8a2c"}, [("id", "not_iri")], id="a UUID cut short"),
        pytest.param({"id": "https://"}, [("id", "not_iri")], id="an address without a host"),
        pytest.param({"id": "https://example.org/a b"}, [("id", "not_iri")], id="a space in it"),
        pytest.param({"id": 7}, [("id", "not_iri")], id="a number"),
        pytest.param({"id": ["urn:x:1", "urn:x:2"]}, [("id", "too_many")], id="two ids"),
        pytest.param({"@id": "urn:x:1"}, [("@id", "said_twice")], id="id and @id"),
        pytest.param({"verify": SIGNED}, [("verify", "said_twice")], id="verify and verification"),
        pytest.param({"type": None}, [("type", "missing")], id="no type"),
        pytest.param({"type": "BadgeClass"}, [("type", "wrong_type")], id="another type"),
        pytest.param({"type": []}, [("type", "wrong_type")], id="no type in an array"),
        pytest.param({"type": ["Assertion", 7]}, [("type[1]", "not_text")], id="a number among the types"),
        pytest.param({"recipient": None}, [("recipient", "missing")], id="no recipient"),
        pytest.param({"recipient": "a@example.org"}, [("recipient", "not_object")], id="recipient of 0.5"),
        pytest.param({"recipient": []}, [("recipient", "empty")], id="no recipient in an array"),
        pytest.param(
            {"recipient": {**RECIPIENT, "hashed": "true"}}, [("recipient.hashed", "not_boolean")], id="true as a string"
        ),
        pytest.param(
            {"recipient": {"type": "email", "identity": "a@example.org"}},
            [("recipient.hashed", "missing")],
            id="hashed forgotten, as in the specification's first example",
        ),
        pytest.param(
            {"recipient": {**RECIPIENT, "identity": "sha1$abc"}},
            [("recipient.identity", "not_identity_hash")],
            id="sha1",
        ),
        pytest.param(
            {"recipient": {**RECIPIENT, "identity": RECIPIENT["identity"][:-1]}},
            [("recipient.identity", "not_identity_hash")],
            id="a hash cut short",
        ),
        pytest.param(
            {"recipient": {**RECIPIENT, "hashed": False}},
            [("recipient.identity", "unexpected_hash")],
            id="hash in plain",
        ),
        pytest.param(
            {"recipient": {"type": "email", "hashed": False, "identity": "nobody"}},
            [("recipient.identity", "not_email")],
            id="a plain e-mail that is none",
        ),
        pytest.param({"badge": None}, [("badge", "missing")], id="no badge"),
        pytest.param(
            {"badge": {}},
            [
                (f"badge.{name}", "missing")
                for name in ("type", "id", "name", "description", "image", "criteria", "issuer")
            ],
            id="an empty BadgeClass",
        ),
        pytest.param(
            {"badge": a_badge_class(issuer=a_profile(email=None))}, [("badge.issuer.email", "missing")], id="deep"
        ),
        pytest.param({"verification": {}}, [("verification.type", "wrong_type")], id="no way to verify"),
        pytest.param(
            {"verification": {"type": ["HostedBadge", "SignedBadge"]}}, [("verification.type", "wrong_type")], id="both"
        ),
        pytest.param({"verification": {"type": "Else"}}, [("verification.type", "wrong_type")], id="another way"),
        pytest.param(
            {"verification": {**SIGNED, "creator": "key"}}, [("verification.creator", "not_iri")], id="creator: a name"
        ),
        pytest.param({"issuedOn": None}, [("issuedOn", "missing")], id="no date"),
        pytest.param({"issuedOn": 1479637200}, [("issuedOn", "not_date_time")], id="date of 1.x"),
        pytest.param({"expires": "2027-11-20"}, [("expires", "not_date_time")], id="a bare date"),
        pytest.param({"revoked": "false"}, [("revoked", "not_boolean")], id="revoked as a string"),
        pytest.param({"evidence": [3]}, [("evidence[0]", "not_iri")], id="evidence: a number"),
        pytest.param(
            {"evidence": ["urn:x:1", {"narrative": ["a", "b"]}]},
            [("evidence[1].narrative", "too_many")],
            id="deep array",
        ),
        pytest.param({"narrative": {"@value": "x"}}, [("narrative", "not_text")], id="narrative: an object"),
        pytest.param({"@language": "français"}, [("@language", "not_language")], id="language: its name"),
        pytest.param({"version": True}, [("version", "not_text_or_number")], id="version: true"),
    ],
)
def test_one_thing_wrong_is_one_problem(members: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    made = an_assertion()
    for name, value in members.items():
        made[name] = value
    assert problems(Assertion, made) == expected


@pytest.mark.parametrize(
    ("cls", "source", "expected"),
    [
        (BadgeClass, a_badge_class(criteria={}), [("criteria.narrative", "missing")]),
        (BadgeClass, a_badge_class(issuer=["https://a.example", "https://b.example"]), [("issuer", "too_many")]),
        (BadgeClass, a_badge_class(tags=["a", 1]), [("tags[1]", "not_text")]),
        (BadgeClass, a_badge_class(image={"caption": "x"}), [("image.id", "missing")]),
        (BadgeClass, a_badge_class(alignment=[{"targetName": "x"}]), [("alignment[0].targetUrl", "missing")]),
        (
            BadgeClass,
            a_badge_class(alignment={"targetName": "x", "targetUrl": "ftp://x"}),
            [("alignment[0].targetUrl", "not_url")],
        ),
        (Profile, a_profile(email="nobody"), [("email", "not_email")]),
        (Profile, a_profile(email=None, url=None), [("url", "missing"), ("email", "missing")]),
        (Profile, a_profile(url="example.org"), [("url", "not_url")]),
        (Profile, a_profile(telephone="06 12 34 56 78"), [("telephone", "not_telephone")]),
        (Profile, a_profile(type="Person"), [("type", "wrong_type")]),
        (Profile, a_profile(publicKey=[{"publicKeyPem": "x"}]), [("publicKey[0].type", "missing")]),
        (
            Profile,
            a_profile(publicKey=[{"id": "key"}]),
            [("publicKey[0].id", "not_iri"), ("publicKey[0].type", "missing")],
        ),
        (Profile, a_profile(image="data:text/plain,x"), [("image", "not_image")]),
        (BadgeClass, a_badge_class(image={"id": "DATA:image/jpeg;base64,AA"}), [("image", "not_image")]),
        (BadgeClass, a_badge_class(endorsement=["x", {"id": 5}]), [(f"endorsement[{n}]", "not_iri") for n in (0, 1)]),
        (
            BadgeClass,
            a_badge_class(endorsement={**FULL[Endorsement], "claim": None}),
            [("endorsement[0].claim", "missing")],
        ),
        (
            Profile,
            a_profile(verification={"allowedOrigins": ["example.org", "https://example.org", "example.org:80", "a"]}),
            [(f"verification.allowedOrigins[{index}]", "not_host_name") for index in (1, 2, 3)],
        ),
        (RevocationList, {"type": "RevocationList"}, [("revokedAssertions", "missing")]),
        (
            RevocationList,
            {"type": "RevocationList", "revokedAssertions": [{}]},
            [("revokedAssertions[0].id", "missing")],
        ),
        (RevocationList, {"type": "RevocationList", "revokedAssertions": [1]}, [("revokedAssertions[0]", "not_iri")]),
        (CryptographicKey, {"type": "CryptographicKey", "owner": "me"}, [("owner", "not_iri")]),
        (Endorsement, {**FULL[Endorsement], "claim": "https://x.example"}, [("claim", "not_object")]),
        (Endorsement, {**FULL[Endorsement], "verification": {}}, [("verification.type", "wrong_type")]),
        (Assertion, [], [("", "not_object")]),
        (Assertion, "https://example.org", [("", "not_object")]),
        (Assertion, None, [("", "not_object")]),
    ],
)
def test_every_class_checks_what_its_table_says(
    cls: type[Document], source: Any, expected: list[tuple[str, str]]
) -> None:
    assert problems(cls, source) == expected


@pytest.mark.parametrize("name", ["id", "@id"])
def test_an_object_of_one_id_is_that_address(name: str) -> None:
    address = "https://example.org/badges/1"
    assert Assertion.from_json(an_assertion(badge={name: address})).badge == address
    image = BadgeClass.from_json(a_badge_class(image={name: address})).image
    assert isinstance(image, Image), "an Image may be no more than its id"


def test_every_problem_is_told_not_the_first() -> None:
    broken = an_assertion(issuedOn="hier", id=None, evidence=["x", 2], recipient={"type": "email", "hashed": 1})
    with pytest.raises(DocumentInvalid) as refusal:
        Assertion.from_json(broken)
    assert set(refusal.value.problems) == {
        Problem("issuedOn", "not_date_time", "a date and time with a zone (ISO 8601)", '"hier"'),
        Problem("id", "missing", "an absolute IRI", "nothing"),
        Problem("evidence[0]", "not_iri", "an absolute IRI or an Evidence", '"x"'),
        Problem("evidence[1]", "not_iri", "an absolute IRI or an Evidence", "2"),
        Problem("recipient.hashed", "not_boolean", "true or false", "1"),
        Problem("recipient.identity", "missing", "a string", "nothing"),
    }
    assert "recipient.hashed: true or false, not 1" in str(refusal.value)


def test_problems_stay_countable_and_short() -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        Assertion.from_json(an_assertion(evidence=["x" * 10_000] * 100_000))
    assert len(refusal.value.problems) <= 101
    assert all(len(problem.found) <= 80 for problem in refusal.value.problems)


def test_a_document_may_be_of_more_than_its_type() -> None:
    for kind in (Assertion, BadgeClass, Endorsement):
        several = FULL[kind] | {"type": [kind.__name__, "https://example.org/Other"]}
        assert problems(kind, several) == []


def test_of_many_types_five_are_told() -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        BadgeClass.from_json(a_badge_class(type=list("ABCDEFG")))
    (problem,) = refusal.value.problems
    assert (problem.code, problem.expected) == ("wrong_type", "BadgeClass")
    assert [letter for letter in "ABCDEFG" if letter in problem.found] == list("ABCDE")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["SignedBadge", "urn:a:b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(sorted({name for cls in FULL for name in cls.members})), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    st.sampled_from(sorted(FULL, key=lambda cls: cls.__name__)),
    VALUES,
    st.dictionaries(st.sampled_from(sorted(Assertion.members)), VALUES),
)
def test_any_json_is_read_or_refused(cls: type[Document], value: Any, members: dict[str, Any]) -> None:
    for source in (value, FULL[cls] | members):
        try:
            read = cls.from_json(source)
            extensions_of(read)
        except DocumentInvalid:
            continue
        assert read.to_json() is not None


# Dates


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00.5Z", datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-20T10:00:00,25Z", datetime(2026, 11, 20, 10, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-11-20T10:00:00.123456789Z", datetime(2026, 11, 20, 10, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-11-20T10:00:00+01:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T10:00:00-0330", datetime(2026, 11, 20, 13, 30, tzinfo=UTC)),
        ("2026-11-20T10:00:00+01", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_dates_are_instants(text: str, instant: datetime) -> None:
    assert parse_datetime(text) == instant
    assert parse_datetime(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026-11-20", "2026-11-20T10", "2026-11-20T10:00:00", "2026-11-20 10:00:00Z", "2026-11-20t10:00:00Z"),
        *("2026-11-20T10:00:00z", "20261120T100000Z", "2026-W47-5T10:00:00Z", "2026-324T10:00:00Z", "1479637200"),
        *("2026-13-01T10:00:00Z", "2026-02-29T10:00:00Z", "2026-00-01T10:00:00Z", "0000-01-01T00:00:00Z"),
        *("2026-11-20T24:00:00Z", "2026-11-20T10:60:00Z", "2026-11-20T10:00:60Z", "2026-11-20T10:00:00.Z"),
        *("2026-11-20T10:00:00+25:00", "2026-11-20T10:00:00+1:00", "2026-11-20T10:00:00 Z", "2026-11-20T10:00:00ZZ"),
        *(
            "2026-11-20T10:00:00Z\n",
            " 2026-11-20T10:00:00Z",
            "2026-11-20T10:00:00Europe/Paris",
            "+2026-11-20T10:00:00Z",
        ),
        *("٢٠٢٦-11-20T10:00:00Z", "2026-11-20T10:00:00\uff3a", "２０２６-11-20T10:00:00Z", "2026‐11‐20T10:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "99999-01-01T00:00:00Z", "-2026-01-01T00:00:00Z"),
        *("2026-11-20T10:00:00Z\0", "maintenant", "1e999", "2026-11-20T10:00:00+00:00:99"),
    ],
)
def test_anything_else_is_no_date(text: str) -> None:
    with pytest.raises(DocumentInvalid, match="expected a date and time with a zone"):
        parse_datetime(text)


@given(st.datetimes(timezones=st.timezones()))
def test_every_date_that_python_writes_with_a_zone_is_read(instant: datetime) -> None:
    offset = instant.utcoffset()
    assert offset is not None
    if offset.seconds % 60 == 0 and instant.year > 1 and instant.year < 9999:
        assert parse_datetime(instant.isoformat()) == instant.astimezone(UTC)


# Small classes


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (("HostedBadge",), "HostedBadge"),
        (("hosted",), "HostedBadge"),
        (("obi:SignedBadge",), "SignedBadge"),
        (("https://w3id.org/openbadges#SignedBadge", "urn:x"), "SignedBadge"),
        (("hosted", "signed"), None),
        (("VerificationObject",), None),
        (("signedbadge",), None),
        ((), None),
    ],
)
def test_a_verification_is_of_one_kind_or_none(types: tuple[str, ...], kind: str | None) -> None:
    assert VerificationObject(type=types).kind == kind


@pytest.mark.parametrize(
    "entries", [["urn:x:2"], "urn:x:2", [{"id": "urn:x:2"}], {"id": "urn:x:2"}, {"@id": "urn:x:2"}]
)
def test_a_list_of_one_revokes_that_one(entries: Any) -> None:
    listed = RevocationList.from_json({"type": "RevocationList", "revokedAssertions": entries})
    assert listed.find(Assertion.from_json(an_assertion(id="urn:x:2"))) is not None
    assert listed.find(Assertion.from_json(an_assertion(id="urn:x:1"))) is None


def test_to_be_listed_is_to_be_revoked_whatever_the_flag_says() -> None:
    entry = {"id": "urn:x:2", "revoked": False, "revocationReason": "Erreur de saisie"}
    listed = RevocationList.from_json({"type": "RevocationList", "revokedAssertions": [entry]})
    line = listed.find(Assertion.from_json(an_assertion(id="urn:x:2")))
    assert line is not None
    assert line.revocation_reason == "Erreur de saisie"


def test_badges_of_before_1_1_are_revoked_by_uid() -> None:
    listed = RevocationList.from_json({"type": "RevocationList", "revokedAssertions": [{"uid": "abc"}]})
    assert listed.find(Assertion.from_json(an_assertion(uid="abc"))) is not None
    assert listed.find(Assertion.from_json(an_assertion(uid="abd"))) is None
    assert listed.find(Assertion.from_json(an_assertion())) is None


def test_an_empty_list_revokes_nothing() -> None:
    listed = RevocationList.from_json({"type": "RevocationList", "revokedAssertions": []})
    assert listed.find(Assertion.from_json(an_assertion())) is None


def test_what_is_left_of_a_revoked_assertion_is_read() -> None:
    assert RevokedAssertion.from_json({"id": "urn:x:1", "revoked": True}).revoked is True


def test_what_may_be_left_out_has_the_type_of_its_class() -> None:
    assert Evidence.from_json({}).type == ("Evidence",)
    assert Criteria.from_json({"narrative": "x"}).type == ("Criteria",)
    assert AlignmentObject.from_json({"targetName": "x", "targetUrl": "https://x.example"}).type == ("AlignmentObject",)


def test_every_class_says_its_own_type_when_we_make_it() -> None:
    """As the standard names them: a Profile that issues is an Issuer; pictures are of schema.org."""
    others = {
        Profile: ("Issuer",),
        Image: ("schema:ImageObject",),
        RevokedAssertion: ("Assertion",),
        EndorsementClaim: (),
        IdentityObject: dataclasses.MISSING,
    }
    assert {cls: cls.members["type"].default for cls in TABLES} == {
        cls: others.get(cls, (cls.__name__,)) for cls in TABLES
    }


@pytest.mark.parametrize("types", ["Extension", ["Extension", "x:X"], ["x:X", "obi:Extension"]])
def test_extensions_are_found_by_their_type(types: Any) -> None:
    extension = {"@context": "https://example.org/x.json", "type": types, "said": {"a": [1]}}
    found = extensions_of(
        Assertion.from_json(an_assertion(**{"extensions:x": extension, "y": {"type": "Other"}, "z": 1}))
    )
    assert list(found) == ["extensions:x"]
    assert found["extensions:x"].other == {"said": {"a": [1]}}
    assert found["extensions:x"].to_json() == extension


def test_an_extension_may_say_its_type_by_the_keyword() -> None:
    assert model.is_extension({"@type": "Extension"})
    assert not model.is_extension({"@type": "Other"})


def test_an_extension_says_its_type() -> None:
    assert problems(Extension, {"@context": "https://example.org/x.json"}) == [("type", "missing")]
    assert Extension(context="https://example.org/x.json").to_json()["type"] == "Extension"


def test_an_extension_needs_a_context() -> None:
    with pytest.raises(DocumentInvalid):
        Extension.from_json({"type": "Extension"})


def test_every_name_that_is_offered_is_there() -> None:
    assert [name for name in model.__all__ if not hasattr(model, name)] == []


def test_a_picture_says_its_type_unless_it_is_told_another() -> None:
    assert model.Image(id="https://a.example/i.png").to_json()["type"] in ("schema:ImageObject", ["schema:ImageObject"])


def test_a_document_cannot_be_made_without_what_it_needs_nor_with_what_it_has_not() -> None:
    with pytest.raises(TypeError, match="Image needs id"):
        model.Image()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Image has no colour"):
        model.Image(id="https://a.example/i.png", colour="red")  # type: ignore[call-arg]


def test_an_endorsement_that_is_only_an_address_is_not_read() -> None:
    address = "https://ailleurs.example/avis/1"
    for named in (address, {"id": address}, {"@id": address}, {"id": address, "@id": address}):
        assert BadgeClass.from_json(a_badge_class(endorsement=[named])).endorsement == (named,)


def test_no_member_of_a_document_is_taken_away_or_changed() -> None:
    picture = model.Image(id="https://a.example/i.png")
    with pytest.raises(dataclasses.FrozenInstanceError, match="found a new caption"):
        picture.caption = "x"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="found no id"):
        del picture.id


def test_what_somebody_adds_is_an_extension_unless_it_says_more() -> None:
    assert model.Extension(context="https://a.example/x.json").type == ("Extension",)
