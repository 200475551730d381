"""How a member of a document is declared, read and written. The documents themselves are in ``model.py``.

Reading collects every problem, with the path of the member. It is as forgiving as Open Badges 2.0 is, and no more:

* ``@id``, ``@type`` and ``verify`` are other spellings of ``id``, ``type`` and ``verification`` (context of v2);
* one value may stand bare or in an array of one (Primitive datatypes);
* ``{"id": address}`` is that address (JSON-LD 1.0 §6.4);
* ``null`` is absence (JSON-LD 1.0 §6.10);
* unknown members are kept in ``other`` and written back: a document read and written has not changed
  (Additional Properties).
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, field
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, NoReturn, Self, TypeVar, dataclass_transform

from badges.clock import to_text
from badges.errors import DocumentInvalid, Problem
from badges.openbadges.primitives import ANY, UNFIT, Primitive, shown

MAX_PROBLEMS = 100
"""After which a long array is not read to its end."""

_ALIASES = {"@id": "id", "@type": "type", "verify": "verification"}
_VOCABULARY = ("https://w3id.org/openbadges#", "obi:")


class Member(NamedTuple):
    """What :func:`member` declared, once the class is known."""

    name: str
    attribute: str
    read: Callable[[Any], Any]
    """The primitive's; nothing fits where a value can only be a document."""
    plain: type | None
    """Values of this type are read as they are: no need to ask."""
    code: str
    expected: str
    document: type[Document] | None
    many: bool
    includes: tuple[str, ...]
    required: bool
    default: Any
    usual: str | None
    """The bare word that says the default: nearly every ``type`` there is."""


def member(
    *accepted: Primitive | type[Document],
    name: str = "",
    many: bool = False,
    includes: tuple[str, ...] = (),
    required: bool = False,
    default: Any = MISSING,
) -> Any:
    """Declare a member: a primitive, a document, or either of the two.

    Without ``default`` the standard requires it; ``required`` together with a default requires it of others and
    spares us from writing it. ``name`` is the JSON name where it is not the attribute in camel case; ``includes``
    lists the JSON-LD types of which the value must hold one.
    """
    said = {"name": name, "many": many, "includes": includes, "required": required or default is MISSING}
    return field(default=default, metadata={"accepted": accepted, "said": said})


def _declared(attribute: dataclasses.Field[Any]) -> Member:
    accepted, said = attribute.metadata["accepted"], attribute.metadata["said"]
    first, *words = attribute.name.split("_")
    primitive = next((kind for kind in accepted if isinstance(kind, Primitive)), None)
    nested = next((kind for kind in accepted if not isinstance(kind, Primitive)), None)
    return Member(
        name=said["name"] or first + "".join(word.title() for word in words),
        attribute=attribute.name,
        read=primitive.read if primitive else _nothing_fits,
        plain=primitive.plain if primitive and not said["includes"] else None,
        code=primitive.code if primitive else "not_object",
        expected=" or ".join(filter(None, (primitive and primitive.expected, nested and _article(nested)))),
        document=nested,
        many=said["many"],
        includes=said["includes"],
        required=said["required"],
        default=attribute.default,
        usual=attribute.default[0] if attribute.name == "type" and attribute.default not in (MISSING, ()) else None,
    )


def _nothing_fits(_value: Any) -> Any:
    return UNFIT


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(member, field))
def document(cls: type[T]) -> type[T]:
    """A frozen dataclass whose attributes are :func:`member`.

    What dataclasses would write for each class, :class:`Document` has once for all: making twenty of them took
    10 ms of every start, and reading an Assertion twice as long.
    """
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    members = [_declared(attribute) for attribute in dataclasses.fields(made) if attribute.metadata]
    made.members = {declared.name: declared for declared in members}
    aliases = {alias: made.members[name] for alias, name in _ALIASES.items() if name in made.members}
    made.spellings = aliases | made.members
    made.required = tuple(declared for declared in members if declared.required)
    made.needed = frozenset(declared.attribute for declared in made.required)
    return cls


@document
class Document:
    """What all documents and objects of the standard share.

    ``from_json`` keeps the object it was given, to write the same one back: do not change it afterwards.
    """

    members: ClassVar[dict[str, Member]]
    spellings: ClassVar[dict[str, Member]]
    """The members by each name that they may have."""
    required: ClassVar[tuple[Member, ...]]
    needed: ClassVar[frozenset[str]]
    """The attributes of what is required."""

    context: Any = member(ANY, name="@context", default=None)
    other: Mapping[str, Any] = field(default_factory=dict)
    """Members that the standard does not define for this class, by their JSON name."""

    def __init__(self, **values: Any) -> None:
        if unknown := values.keys() - {declared.attribute for declared in self.members.values()} - {"other"}:
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        needed = [declared.attribute for declared in self.required if declared.default is MISSING]
        if missing := [attribute for attribute in needed if attribute not in values]:
            raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")
        self.__dict__.update({"other": {}} | values)  # what is not given is the default, an attribute of the class

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise dataclasses.FrozenInstanceError(f"expected {_article(type(self))} left as it is, found a new {name}")

    def __delattr__(self, name: str) -> NoReturn:
        raise dataclasses.FrozenInstanceError(f"expected {_article(type(self))} left as it is, found no {name}")

    @classmethod
    def from_json(cls, source: Any) -> Self:
        """Read a parsed JSON document.

        :raises DocumentInvalid: with every problem found
        """
        problems: list[Problem] = []
        read = cls._read(source, "", problems)
        if problems or read is None:
            told = "; ".join(f"{path or 'document'}: {wanted}, not {found}" for path, _, wanted, found in problems)
            raise DocumentInvalid(f"expected {_article(cls)} of Open Badges 2.0 ({told})", problems=problems)
        return read

    @classmethod
    def _read(cls, source: Any, path: str, problems: list[Problem]) -> Self | None:
        if type(source) is not dict:
            problems.append(Problem(path, "not_object", _article(cls), shown(source)))
            return None
        known = len(problems)
        prefix = f"{path}." if path else ""
        values: dict[str, Any] = {}
        other: dict[str, Any] = {}
        spellings = cls.spellings
        for name, value in source.items():
            declared = spellings.get(name)
            if declared is None:
                other[name] = value
                continue
            attribute = declared.attribute
            if attribute in values:
                problems.append(Problem(prefix + name, "said_twice", f"{declared.name} once", "two spellings of it"))
            elif value is not None:
                if value == declared.usual:
                    read = declared.default
                elif type(value) is declared.plain:
                    read = (value,) if declared.many else value
                else:
                    read = UNFIT if declared.many else declared.read(value)
                    if read is UNFIT:
                        read = _read_carefully(declared, value, prefix + name, problems)
                values[attribute] = read
        if not values.keys() >= cls.needed:
            for declared in cls.required:
                if declared.attribute not in values:
                    problems.append(Problem(prefix + declared.name, "missing", declared.expected, "nothing"))
        if len(problems) > known:
            return None
        made = object.__new__(cls)
        values["other"], values["_source"] = other, source
        made.__dict__.update(values)
        for name, *problem in made._problems():
            problems.append(Problem(prefix + name, *problem))
        return made

    def _problems(self) -> Sequence[Problem]:
        """What is wrong although each member is right by itself."""
        return ()

    def to_json(self) -> dict[str, Any]:
        """The document as JSON: the very one that was read, or one made from the attributes."""
        if "_source" in self.__dict__:
            source: dict[str, Any] = copy.deepcopy(self.__dict__["_source"])
            return source
        written: dict[str, Any] = {}
        for declared in self.members.values():
            value = getattr(self, declared.attribute)
            if value is not None and (value != () or declared.required):
                written[declared.name] = _write(value, declared)
        return written | copy.deepcopy(dict(self.other))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        said = {name: value for name, value in self._values().items() if value not in (None, (), {})}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in said.items())})"

    def _values(self) -> dict[str, Any]:
        return {attribute.name: getattr(self, attribute.name) for attribute in dataclasses.fields(self)}


def includes_type(types: tuple[str, ...], *wanted: str) -> bool:
    """Whether one of the JSON-LD types is one of the ``wanted`` terms, also when written as ``obi:`` or in full."""
    return not {*types, *map(_term, types)}.isdisjoint(wanted)


def _term(name: str) -> str:
    for prefix in _VOCABULARY:
        name = name.removeprefix(prefix)
    return name


def _read_carefully(declared: Member, value: Any, path: str, problems: list[Problem]) -> Any:
    """Arrays, documents, and all that is not as it should be."""
    if declared.many:
        return _read_many(declared, value if type(value) is list else [value], path, problems)
    if type(value) is list:
        if len(value) != 1:
            problems.append(Problem(path, "too_many" if value else "empty", "one value", shown(value)))
            return None
        value = value[0]
    return _read_value(declared, value, path, problems)


def _read_many(declared: Member, values: list[Any], path: str, problems: list[Problem]) -> tuple[Any, ...]:
    read: list[Any] = []
    nested = declared.document
    for index, value in enumerate(values):
        at = f"{path}[{index}]"
        if nested is not None and type(value) is dict and len(value) > 1:  # and so no address alone
            read.append(nested._read(value, at, problems))
        else:
            read.append(_read_value(declared, value, at, problems))
        if len(problems) > MAX_PROBLEMS:
            break
    if declared.includes and None not in read and not includes_type(tuple(read), *declared.includes):
        problems.append(Problem(path, "wrong_type", " or ".join(declared.includes), ", ".join(map(shown, read[:5]))))
    return tuple(read)


def _read_value(declared: Member, value: Any, path: str, problems: list[Problem]) -> Any:
    if declared.document is not None and (type(value) is dict or declared.read is _nothing_fits):
        address = _node_reference(declared, value)
        return declared.document._read(value, path, problems) if address is None else address
    read = declared.read(value)
    if read is UNFIT:
        problems.append(Problem(path, declared.code, declared.expected, shown(value)))
        return None
    return read


def _node_reference(declared: Member, value: Any) -> Any:
    """The address in ``{"id": …}``, which is another spelling of it (JSON-LD 1.0 §6.4), unless it is the document.

    An Evidence or an Image may consist of its id alone; a BadgeClass may not.
    """
    if type(value) is not dict or len(value) != 1 or declared.document is None or declared.read is _nothing_fits:
        return None
    if all(needed.name == "id" for needed in declared.document.required):
        return None
    ((name, address),) = value.items()
    read = declared.read(address) if name in ("id", "@id") else UNFIT
    return None if read is UNFIT else read


def _write(value: Any, declared: Member) -> Any:
    if isinstance(value, tuple):
        items = [_write(item, declared) for item in value]
        return items[0] if declared.name == "type" and len(items) == 1 else items
    if isinstance(value, Document):
        return value.to_json()
    if isinstance(value, datetime):
        return to_text(value)
    return copy.deepcopy(value)


def _article(cls: type) -> str:
    return f"{'an' if cls.__name__[0] in 'AEI' else 'a'} {cls.__name__}"
