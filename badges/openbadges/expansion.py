"""Documents in other words than ours, said again in the names of Open Badges 2.0 (JSON-LD 1.0).

Start at :func:`in_our_words`. A context of the document's own may rename members, shorten addresses or give a name of
the standard another meaning; a member may be written by its full address; a value may say its own type. What means the
same comes out under the name that the pinned context of v2 gives it; what means something else does not.

This is the part of JSON-LD that can say a badge, and no more: contexts are those pinned here or written out in the
document, and **nothing is ever fetched**. What would need more (an unknown context after ours, ``@graph``,
``@reverse``, maps by language or index) raises :class:`FetchError`: a document that cannot be read is no bad one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple, NoReturn

from badges.errors import DocumentInvalid, FetchError
from badges.openbadges.contexts import OPEN_BADGES_V2, PINNED, find_context

MAX_CONTEXTS = 100
"""Contexts met in one document; an embedded BadgeClass, its Profile and a few extensions have a dozen."""

_NEEDS_MORE = frozenset(("@graph", "@reverse", "@list", "@index", "@nest", "@included"))
_EXTENSIONS = "https://w3id.org/openbadges/extensions#"
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Term(NamedTuple):
    """What a name means: an address, a keyword, or None for nothing; and the type its bare values have."""

    means: str | None
    type: str | None = None
    needs_more: bool = False


class Meanings:
    """The names in force at one place of a document. Never changed: each context makes new ones."""

    def __init__(self, terms: Mapping[str, Term], vocabulary: str | None = None, *, unread: bool = False) -> None:
        self.terms = terms
        self.vocabulary = vocabulary
        self.unread = unread
        """A context that is not pinned here came before: it may define what we take for nobody's words."""

    def of_name(self, name: str) -> str | None:
        """The address or keyword that a member's name, or a type, stands for."""
        if name.startswith("@"):
            return name
        if name in self.terms:
            return self.terms[name].means
        prefix, colon, rest = name.partition(":")
        if colon:
            return self._whole(prefix, rest) or name
        return None if self.vocabulary is None else self.vocabulary + name

    def of_address(self, text: str) -> str:
        """An address as it is meant: written out, where its prefix is one of this context."""
        prefix, colon, rest = text.partition(":")
        return (self._whole(prefix, rest) if colon else None) or text

    def _whole(self, prefix: str, rest: str) -> str | None:
        found = None if rest.startswith("//") or prefix == "_" else self.terms.get(prefix)
        return found.means + rest if found and found.means and not found.means.startswith("@") else None


_NOTHING = Meanings({})


def in_our_words(document: Any) -> dict[str, Any]:
    """The same document with the names of v2, and v2 as its one context. The given one is left as it is.

    One without a context and in full addresses is one too (expanded form).

    :raises FetchError: ``context_unknown``, ``context_feature``: what it means cannot be told here
    :raises DocumentInvalid: ``not_object``, ``context_malformed``, ``said_twice``
    """
    if type(document) is not dict:
        raise DocumentInvalid("expected a JSON object, found another value", code="not_object")
    return {"@context": OPEN_BADGES_V2} | _Reader().node(document, _NOTHING)


def is_in_our_words(other: Mapping[str, Any]) -> bool:
    """Whether members that the standard does not know by these names are not known to it by other names either."""
    foreign = [name for name in other if ":" in name and not name.startswith("extensions:")]
    return not any(_v2().of_name(name) in _names_of_v2() for name in foreign)


def is_expanded(document: Mapping[str, Any]) -> bool:
    """Whether a document without context says in full what it is."""
    if "@context" in document:
        return False
    types = document.get("@type")
    names = types if type(types) is list else [types]
    return any(type(name) is str and name in _types_of_v2() for name in names)


class _Reader:
    def __init__(self) -> None:
        self._contexts = 0

    # -- contexts ----------------------------------------------------------------------------------------------

    def _applied(self, meanings: Meanings, context: Any) -> Meanings:
        """The meanings once a context was read: null, an address, an object, or an array of these."""
        for each in context if type(context) is list else [context]:
            self._contexts += 1
            if self._contexts > MAX_CONTEXTS:
                _cannot("context_feature", f"at most {MAX_CONTEXTS} contexts", "more")
            if each is None:
                meanings = _NOTHING
            elif type(each) is str:
                meanings = self._named(meanings, each)
            elif type(each) is dict:
                meanings = _defined(meanings, each)
            else:
                _refuse("context_malformed", "an address or an object in @context", "another value")
        return meanings

    @staticmethod
    def _named(meanings: Meanings, address: str) -> Meanings:
        found = find_context(address)
        if found is None or found.version != "2.0":
            return Meanings(meanings.terms, meanings.vocabulary, unread=True)
        return _v2() if meanings is _NOTHING else Meanings({**meanings.terms, **_v2().terms}, meanings.vocabulary)

    # -- nodes and values --------------------------------------------------------------------------------------

    def node(self, source: dict[str, Any], meanings: Meanings) -> dict[str, Any]:
        if "@context" in source:
            meanings = self._applied(meanings, source["@context"])
        if meanings.unread:
            _cannot("context_unknown", "contexts known here, or ours after them", "another, which is not fetched")
        made: dict[str, Any] = {}
        for name, value in source.items():
            if name != "@context":
                self._member(made, name, value, meanings)
        return made

    def _member(self, made: dict[str, Any], name: str, value: Any, meanings: Meanings) -> None:
        term = meanings.terms.get(name, _UNDEFINED)
        means = meanings.of_name(name)
        if means in _NEEDS_MORE or (term.needs_more and value is not None):
            _cannot("context_feature", "members that say their values", str(name)[:80])
        if means == "@id":
            _once(made, "id", meanings.of_address(value) if type(value) is str else value)
        elif means == "@type":
            types = (
                [self._type(each, meanings) for each in value] if type(value) is list else self._type(value, meanings)
            )
            _once(made, "type", types)
        elif means is None or means.startswith("@"):
            if name not in _v2().terms:  # nobody's word: kept, and read by nobody
                _add(made, name, value)
        elif value is not None:
            self._property(made, name, means, term, value, meanings)

    def _property(
        self, made: dict[str, Any], name: str, means: str, term: Term, value: Any, meanings: Meanings
    ) -> None:
        wanted = _names_of_v2().get(means)
        if wanted is None:
            _add(made, _short(means) or (means if name in _v2().terms else name), value)
            return
        items = _items(value)
        preferred = sorted(wanted, key=lambda each: each != name)
        ours = _that_fits(preferred, items, term.type, meanings)
        if ours is None:
            _add(made, means, value)  # the same property with values of another type: another statement
            return
        read = [self._value(each, _v2().terms[ours].type, meanings) for each in items]
        if not read:
            made.setdefault(ours, [])
            return
        for index, each in enumerate(read):
            _add(made, ours, each, array=type(value) is list and index == 0)

    def _value(self, value: Any, type_: str | None, meanings: Meanings) -> Any:
        if type(value) is dict:
            keywords = {meanings.of_name(name): name for name in value}
            if "@value" in keywords:
                return value[keywords["@value"]]
            read = self.node(value, meanings)
            is_address = type_ == "@id" and read.keys() == {"id"} and type(read["id"]) is str
            return read["id"] if is_address else read
        return meanings.of_address(value) if type_ == "@id" and type(value) is str else value

    @staticmethod
    def _type(value: Any, meanings: Meanings) -> Any:
        """A type by the name of v2, where it has one there; else by its address."""
        if type(value) is not str:
            return value
        means = meanings.of_name(value)
        if means is None:
            return f"_:{value}" if value in _types_of_v2().values() else value
        return _types_of_v2().get(means) or _short(means) or means


_UNDEFINED = Term(None)


def _defined(before: Meanings, context: dict[str, Any]) -> Meanings:
    """The meanings with those of an object added; a definition may rest on another of the same object."""
    vocabulary = context.get("@vocab", before.vocabulary)
    if vocabulary is not None and type(vocabulary) is not str:
        _refuse("context_malformed", "text as @vocab", "another value")
    if "@import" in context:
        _cannot("context_feature", "a context that is written out", "@import")
    terms = dict(before.terms)
    made = Meanings(terms, vocabulary, unread=before.unread)
    for name in context:
        terms.pop(name, None)
    for name in context:
        if not name.startswith("@"):
            _define(made, terms, context, name, ())
    return made


def _define(made: Meanings, terms: dict[str, Term], context: dict[str, Any], name: str, above: tuple[str, ...]) -> None:
    if name in terms:
        return
    if name in above or len(above) > 20:
        _refuse("context_malformed", "terms that rest on others", "terms that rest on each other")
    said = context[name]
    means = said.get("@id", said.get("@reverse", name)) if type(said) is dict else said
    coerced = said.get("@type") if type(said) is dict else None
    if not all(each is None or type(each) is str for each in (means, coerced)) or type(said) not in (
        str,
        dict,
        type(None),
    ):
        _refuse("context_malformed", f"a meaning for {name[:80]}", "another value")
    needs_more = type(said) is dict and bool(said.keys() - {"@id", "@type", "@language", "@protected", "@prefix"})
    if needs_more and said.get("@container") == "@set" and said.keys() <= {"@id", "@type", "@container"}:
        needs_more = False
    for each in (means, coerced):
        for other in (each, each.partition(":")[0]) if each is not None else ():
            if other in context and other != name and not other.startswith("@"):
                _define(made, terms, context, other, (*above, name))
    terms[name] = Term(
        None if means is None else _meaning(made, means, name), made.of_name(coerced) if coerced else None, needs_more
    )


def _meaning(made: Meanings, means: str, name: str) -> str | None:
    if means != name:
        return made.of_name(means)
    if ":" in name:
        return made.of_address(name)
    return None if made.vocabulary is None else made.vocabulary + name


@cache
def _v2() -> Meanings:
    return _defined(_NOTHING, PINNED[0].document()["@context"])


@cache
def _names_of_v2() -> Mapping[str, tuple[str, ...]]:
    """The members of v2 by what they mean: one name each, but for what an issuer revoked."""
    found: dict[str, tuple[str, ...]] = {}
    for name, term in _v2().terms.items():
        if term.means and not term.means.startswith("@") and name[:1].islower() and name != "verify":
            found[term.means] = (*found.get(term.means, ()), name)
    return {means: names for means, names in found.items() if not means.endswith(("#", "/"))}


@cache
def _types_of_v2() -> Mapping[str, str]:
    """The types of v2 by what they mean, and the kinds of identity; the first name of each."""
    found: dict[str, str] = {}
    for name, term in _v2().terms.items():
        if term.means and (name[:1].isupper() or name in ("email", "url", "telephone")):
            found.setdefault(term.means, name)
    return found


def _that_fits(names: Iterable[str], items: list[Any], type_: str | None, meanings: Meanings) -> str | None:
    """The name of v2 for a property with these values: what a bare value is taken for must be what v2 takes it for."""
    for name in names:
        if all(_fits(_v2().terms[name].type, each, type_, meanings) for each in items):
            return name
    return None


def _fits(wanted: str | None, item: Any, type_: str | None, meanings: Meanings) -> bool:
    if type(item) is dict:
        keywords = {meanings.of_name(name): name for name in item}
        if "@value" not in keywords:
            return wanted != _BOOLEAN
        said = item.get(keywords.get("@type", ""))
        type_ = meanings.of_name(said) if type(said) is str else None
        type_ = None if type_ == _STRING else type_
        item = item[keywords["@value"]]
    if type(item) is bool:
        return wanted in (_BOOLEAN, type_) or wanted is None
    if wanted == _BOOLEAN:
        return type_ == wanted
    if wanted == "@id":
        return type(item) is not str or type_ in ("@id", "@vocab")
    return type(item) is not str or type_ == wanted


def _items(value: Any) -> list[Any]:
    """The values of a property, ``@set`` undone; null is no value."""
    if type(value) is dict and value.keys() == {"@set"}:
        value = value["@set"]
    return [each for each in (value if type(value) is list else [value]) if each is not None]


def _short(means: str) -> str | None:
    """An extension by the name that everybody knows it by."""
    return f"extensions:{means.removeprefix(_EXTENSIONS)}" if means.startswith(_EXTENSIONS) else None


def _add(made: dict[str, Any], name: str, value: Any, *, array: bool = False) -> None:
    """One property under two names has both values."""
    if name not in made:
        made[name] = [value] if array else value
    else:
        before = made[name]
        made[name] = [*(before if type(before) is list else [before]), value]


def _once(made: dict[str, Any], name: str, value: Any) -> None:
    if name in made:
        _refuse("said_twice", f"{name} once", "two spellings of it")
    made[name] = value


def _cannot(code: str, expected: str, found: str) -> NoReturn:
    raise FetchError(f"expected {expected}, found {found}", code=code)


def _refuse(code: str, expected: str, found: str) -> NoReturn:
    raise DocumentInvalid(f"expected {expected}, found {found}", code=code)
