"""Badges in SVG pictures: the ``openbadges:assertion`` element (Open Badges 2.0, Baking, "SVGs").

Where to start: :func:`extract` reads what a picture carries, :func:`bake` makes it carry something.

A file is sound when

1. it has at most 1 MiB, in UTF-8                              svg_too_large, svg_encoding
2. it is well-formed, without DOCTYPE, so without entities of
   its own, and at most 200 elements deep                      svg_xml, svg_doctype, svg_depth
3. its first element is ``svg`` in the namespace of SVG        svg_root

It carries a badge when

4. exactly one element of the namespace says so, wherever
   it is and whatever its prefix                               svg_duplicate, not_baked, open_badges_3
5. that element holds text and no other element                svg_content
6. ``verify`` and the text do not name two badges              svg_contradiction

The parser is expat, told to stop at the first DOCTYPE; nothing is ever fetched or drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from badges.errors import CarrierRefused, NotBaked
from badges.openbadges.carrier import MAX_TEXT, Carrier, encode_text
from badges.openbadges.primitives import is_of_the_web

MAX_FILE = 1024 * 1024
MAX_DEPTH = 200

_SVG = "http://www.w3.org/2000/svg svg"
_CARRIER = "http://openbadges.org assertion"
_CARRIER_3 = "https://purl.imsglobal.org/ob/v3p0 credential"

_TAG = re.compile(rb"""<(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})
_WHITE_SPACE = " \t\r\n"


@dataclass
class _Element:
    """An element that carries a badge, as the parser met it."""

    name: str
    verify: str
    start: int
    end: int = 0
    text: list[str] = field(default_factory=list)

    def body(self) -> str:
        return "".join(self.text).strip(_WHITE_SPACE)


class _Reader:
    """One pass over a file: where the svg start tag ends, what carries a badge, what could run."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.root_end = 0
        self.carriers: list[_Element] = []
        self.active: list[str] = []
        self._open: list[str] = []
        self._inside: _Element | None = None
        if len(data) > MAX_FILE:
            _refuse("svg_too_large", f"at most {MAX_FILE} bytes", str(len(data)))
        if not _is_utf8(data):
            _refuse("svg_encoding", "UTF-8", "another encoding")
        self._parser = parser = expat.ParserCreate("UTF-8", " ")
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            _refuse("svg_xml", "well-formed XML", f"line {error.lineno}: {expat.ErrorString(error.code)}")
        finally:
            del self._parser  # it points back at us: without it, both are freed at once

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.upper() != "UTF-8":
            _refuse("svg_encoding", "UTF-8", encoding[:40])

    def _doctype(self, *_: object) -> None:
        _refuse("svg_doctype", "no DOCTYPE", "one")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        position = self._parser.CurrentByteIndex
        if not self._open:
            if name != _SVG:
                _refuse("svg_root", "svg as the first element", name[:80])
            self.root_end = self._tag_end(position)
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            _refuse("svg_depth", f"at most {MAX_DEPTH} elements inside each other", "more")
        if self._inside is not None:
            _refuse("svg_content", "only text inside the badge", name[:80])
        if name in (_CARRIER, _CARRIER_3):
            self._inside = _Element(name, attributes.get("verify", "").strip(_WHITE_SPACE), position)
            self.carriers.append(self._inside)
        if _is_active(name, attributes):
            self.active.append(name)

    def _end(self, name: str) -> None:
        self._open.pop()
        if self._inside is not None and name in (_CARRIER, _CARRIER_3):
            end = self._tag_end(self._inside.start)
            empty = self.data[end - 2 : end] == b"/>"
            self._inside.end = end if empty else self._tag_end(self._parser.CurrentByteIndex)
            self._inside = None

    def _text(self, text: str) -> None:
        if self._inside is not None:
            self._inside.text.append(text)

    def _tag_end(self, position: int) -> int:
        """After the ``>`` of the tag at ``position``, which expat has found well-formed."""
        tag = _TAG.match(self.data, position)
        if tag is None:
            _refuse("svg_xml", f"a tag at byte {position}", "none")
        return tag.end()


def extract(data: bytes) -> Carrier:
    """The text that a baked picture carries: the body of the element, or its ``verify`` when there is no body.

    White space around the text does not count.

    :raises NotBaked: a sound SVG without a badge; code ``open_badges_3`` when it is one of Open Badges 3.0
    :raises CarrierRefused: with the codes of points 1 to 6 above
    """
    carriers = _Reader(data).carriers
    if not carriers:
        raise NotBaked("expected an element openbadges:assertion, found none")
    if len(carriers) > 1:
        _refuse("svg_duplicate", "one element with a badge", str(len(carriers)))
    (element,) = carriers
    if element.name != _CARRIER:
        raise NotBaked("expected an Open Badges 2.0 badge, found one of Open Badges 3.0", code="open_badges_3")
    body = element.body()
    if body and element.verify and element.verify != body and not is_of_the_web(element.verify):
        _refuse("svg_contradiction", "an address, or the body again, in verify", "another text")
    text = body or element.verify
    if not 0 < len(text.encode()) <= MAX_TEXT:
        _refuse("svg_content", f"1 to {MAX_TEXT} bytes", str(len(text.encode())))
    return Carrier(text, "body" if body else "verify")


def bake(svg: bytes, text: str, verify: str | None = None) -> bytes:
    """The picture carrying ``text``, right after its svg start tag; what it carried before is gone.

    A signed badge gives its token as ``text`` alone; a hosted one gives its JSON, and its address as ``verify``.
    Every other byte of the picture stays as it was: the element declares its own namespace.

    :raises CarrierRefused: with the codes of points 1 to 3; ``svg_active`` when something in the picture could run,
        since we do not vouch for that; ``svg_text`` when the text cannot stand in XML
    """
    reader = _Reader(svg)
    if reader.active:
        _refuse("svg_active", "a picture in which nothing runs", reader.active[0][:80])
    if svg[reader.root_end - 2 : reader.root_end] == b"/>":
        _refuse("svg_root", "an svg element with a picture in it", "an empty one")
    pieces, position = [svg[: reader.root_end], _element(text, verify)], reader.root_end
    for carrier in reader.carriers:
        pieces.append(svg[position : carrier.start])
        position = carrier.end
    baked = b"".join((*pieces, svg[position:]))
    if len(baked) > MAX_FILE:
        _refuse("svg_too_large", f"at most {MAX_FILE} bytes once baked", str(len(baked)))
    return baked


def _element(text: str, verify: str | None) -> bytes:
    for part in (text, verify or "-"):
        encode_text(part, "svg_text")
        if _NOT_XML.search(part) or part != part.strip(_WHITE_SPACE):
            _refuse("svg_text", "characters of XML, without white space around", "others")
    start = b'<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="'
    if verify is None:
        return start + _attribute(text) + b'"/>'
    return start + _attribute(verify) + b'"><![CDATA[' + _cdata(text) + b"]]></openbadges:assertion>"


def _attribute(text: str) -> bytes:
    return text.translate(_IN_ATTRIBUTE).encode()


def _cdata(text: str) -> bytes:
    """A CDATA section cannot hold its own end, and a parser would read a carriage return as a line feed."""
    return text.replace("]]>", "]]]]><![CDATA[>").replace("\r", "]]>&#13;<![CDATA[").encode()


def _is_utf8(data: bytes) -> bool:
    """Asked before expat is, which follows the byte order mark of UTF-16 whatever it is told."""
    try:
        return "\0" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _is_active(name: str, attributes: dict[str, str]) -> bool:
    return name.rpartition(" ")[2] == "script" or any(
        attribute.lower().startswith("on") or "".join(value.split()).lower().startswith("javascript:")
        for attribute, value in attributes.items()
    )


def _refuse(code: str, expected: str, found: str) -> NoReturn:
    raise CarrierRefused(f"expected {expected}, found {found}", code=code)
