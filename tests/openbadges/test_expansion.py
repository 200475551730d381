"""The same document in other words comes out in ours; another document does not, and nothing is fetched to know."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from badges.errors import DocumentInvalid, FetchError
from badges.openbadges.contexts import OPEN_BADGES_V2 as V2
from badges.openbadges.expansion import MAX_CONTEXTS, in_our_words, is_expanded, is_in_our_words

OB = "https://w3id.org/openbadges#"
DAY = "2026-01-20T10:00:00Z"


def said(context: Any, **members: Any) -> dict[str, Any]:
    read = in_our_words({"@context": context} | members)
    assert read.pop("@context") == V2
    return read


SAME: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("our own words", V2, {"badge": "https://a.test/b", "tags": ["x"]}, {"badge": "https://a.test/b", "tags": ["x"]}),
    ("keywords", V2, {"@id": "urn:a:b", "@type": "Assertion"}, {"id": "urn:a:b", "type": "Assertion"}),
    ("a keyword by a word", [V2, {"adresse": "@id"}], {"adresse": "urn:a:b"}, {"id": "urn:a:b"}),
    ("verify", V2, {"verify": {"type": "hosted"}}, {"verification": {"type": "HostedBadge"}}),
    ("a full address", V2, {"http://schema.org/name": "Planter"}, {"name": "Planter"}),
    ("an address is no prefix", [V2, {"http": "https://a.test/"}], {"http://schema.org/name": "x"}, {"name": "x"}),
    ("a compact address", V2, {"schema:name": "Planter"}, {"name": "Planter"}),
    ("a prefix of its own", [V2, {"s": "http://schema.org/"}], {"s:name": "Planter"}, {"name": "Planter"}),
    ("a prefix said after", [V2, {"n": "s:name", "s": "http://schema.org/"}], {"n": "Planter"}, {"name": "Planter"}),
    ("a prefix that says so", [V2, {"s": {"@id": "schema:", "@prefix": True}}], {"s:name": "x"}, {"name": "x"}),
    ("a compact word defined again", [V2, {"schema:name": {"@protected": True}}], {"schema:name": "x"}, {"name": "x"}),
    ("protected words all at once", [V2, {"@protected": True, "n": "schema:name"}], {"n": "x"}, {"name": "x"}),
    ("a prefix used as a word", [V2, {"s": {"@id": "schema:name", "@prefix": True}}], {"s": "x"}, {"name": "x"}),
    ("a keyword is no prefix", [V2, {"k": "@id"}], {"k:name": "x"}, {"k:name": "x"}),
    ("a keyword that we read nothing from", [V2, {"k": "@language"}], {"k": "fr"}, {"k": "fr"}),
    ("a keyword is no prefix of nothing", [V2, {"k": "@id"}], {"k:": "urn:a:b"}, {"k:": "urn:a:b"}),
    ("a vocabulary", [V2, {"@vocab": "http://schema.org/"}], {"keywords": "x"}, {"tags": "x"}),
    (
        "a word of the vocabulary",
        [V2, {"@vocab": "http://schema.org/", "keywords": {}}],
        {"keywords": "x"},
        {"tags": "x"},
    ),
    ("a word that rests on another", [V2, {"a": "b", "b": "schema:name"}], {"a": "x"}, {"name": "x"}),
    ("a typed value", V2, {"obi:issueDate": {"@type": "xsd:dateTime", "@value": DAY}}, {"issuedOn": DAY}),
    ("a typed word", [V2, {"d": {"@id": "obi:issueDate", "@type": "xsd:dateTime"}}], {"d": DAY}, {"issuedOn": DAY}),
    ("a word of a language", [V2, {"n": {"@id": "schema:name", "@language": "fr"}}], {"n": "x"}, {"name": "x"}),
    ("a text said to be one", V2, {"name": {"@type": "xsd:string", "@value": "x"}}, {"name": "x"}),
    ("true, said to be so", V2, {"schema:name": {"@type": "xsd:boolean", "@value": True}}, {"name": True}),
    ("a number for an address", V2, {"obi:badge": 5}, {"badge": 5}),
    ("a text in a language", V2, {"name": {"@language": "fr", "@value": "x"}}, {"name": "x"}),
    ("an address by its node", V2, {"obi:badge": {"@id": "https://a.test/b"}}, {"badge": "https://a.test/b"}),
    ("an address by a prefix", [V2, {"a": "https://a.test/"}], {"badge": "a:b"}, {"badge": "https://a.test/b"}),
    ("a set", V2, {"tags": {"@set": ["x", "y"]}}, {"tags": ["x", "y"]}),
    ("a word of sets", [V2, {"n": {"@id": "schema:name", "@container": "@set"}}], {"n": ["x"]}, {"name": ["x"]}),
    ("a set of one", V2, {"tags": ["x"]}, {"tags": ["x"]}),
    ("nothing", V2, {"narrative": None, "tags": [None]}, {"tags": []}),
    ("a type by its address", V2, {"type": [f"{OB}Assertion"]}, {"type": ["Assertion"]}),
    ("a type of somebody", V2, {"type": "https://a.test/T"}, {"type": "https://a.test/T"}),
    ("an extension", V2, {f"{OB[:-1]}/extensions#X": {"a": 1}}, {"extensions:X": {"a": 1}}),
    ("an extension by a prefix", [V2, {"e": f"{OB[:-1]}/extensions#"}], {"e:X": 5}, {"extensions:X": 5}),
    ("an unknown word", V2, {"couleur": "verte"}, {"couleur": "verte"}),
    ("revoked and its list", V2, {"revoked": True}, {"revoked": True}),
    ("a list of the revoked", V2, {"obi:revoked": ["urn:a:b"]}, {"revokedAssertions": ["urn:a:b"]}),
    ("an empty list", V2, {"revokedAssertions": []}, {"revokedAssertions": []}),
    ("a nested context", V2, {"badge": {"@context": [V2, {"n": "schema:name"}], "n": "x"}}, {"badge": {"name": "x"}}),
    ("a context before ours", ["https://a.test/c", V2], {"name": "x"}, {"name": "x"}),
    ("protected words", [V2, {"n": {"@id": "schema:name", "@protected": True}}], {"n": "x"}, {"name": "x"}),
]

OTHER: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("a word that means another", [V2, {"name": "https://a.test/n"}], {"name": "x"}, {"https://a.test/n": "x"}),
    ("a word that means nothing", [V2, {"name": None}], {"name": "x"}, {}),
    ("a word that stands for itself", [V2, {"name": {}}], {"name": "x"}, {}),
    *(
        (f"a kind of identity by its address: {kind}", V2, {"type": f"http://schema.org/{kind}"}, {"type": kind})
        for kind in ("email", "telephone", "url")
    ),
    ("a node without a name is no prefix", [V2, {"_": "https://a.test/"}], {"badge": "_:b"}, {"badge": "_:b"}),
    ("a text for an address", V2, {"obi:badge": "https://a.test/b"}, {f"{OB}badge": "https://a.test/b"}),
    ("true for an address", V2, {"obi:badge": True}, {f"{OB}badge": True}),
    ("a number for true or false", V2, {"obi:hashed": 5}, {f"{OB}hashed": 5}),
    ("a text for a date", V2, {"obi:issueDate": DAY}, {f"{OB}issueDate": DAY}),
    ("a date for a text", V2, {"name": {"@type": "xsd:dateTime", "@value": DAY}}, {}),
    ("two words for one", V2, {"name": "x", "schema:name": "y"}, {"name": ["x", "y"]}),
    (
        "a type that means another",
        [V2, {"Assertion": "https://a.test/A"}],
        {"type": "Assertion"},
        {"type": "https://a.test/A"},
    ),
    ("a type that means nothing", [V2, {"Assertion": None}], {"type": "Assertion"}, {"type": "_:Assertion"}),
    ("after an empty context", [V2, None], {"name": "x", "@type": "Assertion"}, {"type": "_:Assertion"}),
]


@pytest.mark.parametrize(("name", "context", "members", "expected"), SAME, ids=[case[0] for case in SAME])
def test_what_means_the_same_is_said_in_our_words(
    name: str, context: Any, members: dict[str, Any], expected: dict[str, Any]
) -> None:
    before = copy.deepcopy(members)
    assert said(context, **members) == expected
    assert members == before, "what was given is left as it is"
    assert said(V2, **expected) == expected, "saying it again changes nothing"


@pytest.mark.parametrize(("name", "context", "members", "expected"), OTHER, ids=[case[0] for case in OTHER])
def test_what_means_something_else_does_not(
    name: str, context: Any, members: dict[str, Any], expected: dict[str, Any]
) -> None:
    read = said(context, **members)
    read.pop("http://schema.org/name", None)
    assert read == expected


@pytest.mark.parametrize(
    ("code", "context", "members"),
    [
        ("context_unknown", [V2, "https://a.test/c"], {}),
        ("context_unknown", "https://schema.org/", {}),
        ("context_unknown", [V2, "https://w3id.org/openbadges/v1"], {}),
        ("context_unknown", V2, {"badge": {"@context": "https://a.test/c"}}),
        ("context_feature", [V2, {"@import": "https://a.test/c"}], {}),
        ("context_feature", [V2] * (MAX_CONTEXTS + 1), {}),
        ("context_feature", V2, {"@graph": []}),
        ("context_feature", V2, {"@reverse": {}}),
        ("context_feature", V2, {"@index": "x"}),
        ("context_feature", V2, {"@nest": {}}),
        ("context_feature", V2, {"@included": []}),
        ("context_feature", V2, {"badge": {"@list": []}}),
        ("context_feature", [V2, {"n": {"@id": "schema:name", "@container": "@language"}}], {"n": {"fr": "x"}}),
        ("context_feature", [V2, {"n": {"@reverse": "schema:name"}}], {"n": "x"}),
        ("context_feature", [V2, {"n": {"@id": "schema:name", "@context": {}}}], {"n": "x"}),
    ],
)
def test_what_cannot_be_told_here_is_no_bad_document(code: str, context: Any, members: dict[str, Any]) -> None:
    with pytest.raises(FetchError) as refusal:
        said(context, **members)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("code", "document"),
    [
        ("not_object", []),
        ("not_object", "x"),
        ("context_malformed", {"@context": 5}),
        ("context_malformed", {"@context": [[V2]]}),
        ("context_malformed", {"@context": {"@vocab": 5}}),
        ("context_malformed", {"@context": {"a": 5}}),
        ("context_malformed", {"@context": {"a": ["schema:name"]}}),
        ("context_malformed", {"@context": {"a": {"@id": 5}}}),
        ("context_malformed", {"@context": {"a": {"@id": "schema:name", "@type": 5}}}),
        ("context_malformed", {"@context": {"a": {"@reverse": 5}}}),
        ("context_malformed", {"@context": {"a": "b:x", "b": "a:x"}}),
        ("context_malformed", {"@context": {f"a{n}": f"a{n + 1}" for n in range(40)}}),
        ("said_twice", {"@context": V2, "id": "urn:a:b", "@id": "urn:a:b"}),
        ("said_twice", {"@context": V2, "type": "Assertion", "@type": "Assertion"}),
    ],
)
def test_a_context_that_makes_no_sense_is_refused(code: str, document: Any) -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        in_our_words(document)
    assert refusal.value.code == code


def test_a_large_context_is_read_in_no_time() -> None:
    terms = {f"mot{n}": f"https://a.test/{n}" for n in range(5000)}
    assert len(said([V2, terms], **dict.fromkeys(terms, 1))) == 5000


def test_a_hundred_contexts_are_read_and_not_one_more() -> None:
    assert said([V2] * MAX_CONTEXTS, name="x") == {"name": "x"}
    with pytest.raises(FetchError):
        said([V2] * (MAX_CONTEXTS + 1), name="x")


@pytest.mark.parametrize(("words", "fits"), [(21, True), (22, False)])
def test_a_word_may_rest_on_twenty_others(words: int, fits: bool) -> None:
    context = {f"a{n}": f"a{n + 1}" for n in range(words - 1)} | {f"a{words - 1}": "schema:name"}
    if fits:
        assert said([V2, context], a0="x") == {"name": "x"}
        return
    with pytest.raises(DocumentInvalid, match="terms that rest on each other"):
        said([V2, context], a0="x")


def test_only_full_addresses_need_no_context() -> None:
    assert is_expanded({"@type": [f"{OB}Assertion"]})
    assert is_expanded({"@type": f"{OB}BadgeClass"})
    assert not is_expanded({"@type": ["Assertion"]})
    assert not is_expanded({"@type": [f"{OB}Assertion"], "@context": V2})
    assert not is_expanded({"@type": [[]]})


def test_members_by_other_names_are_noticed() -> None:
    assert is_in_our_words({"couleur": 1, "extensions:X": 1, "https://a.test/x": 1, "__proto__": 1})
    assert not is_in_our_words({"obi:revoked": True})
    assert not is_in_our_words({f"{OB}badge": {}})


def test_nothing_given_is_ever_lost_but_what_means_nothing() -> None:
    document = {"@context": V2, "name": "x", "a:b": {"c": [1, {"d": None}]}, "_:e": 1, "f": {"@id": "g"}}
    assert json.loads(json.dumps(in_our_words(document))) == document
