"""What a visitor sent, taken out of the request and nothing more: bounded while it arrives, never written anywhere.

One raw body is one badge. A form has any number of ``file`` and ``text`` parts and perhaps a ``recipient`` and
an ``expected`` code; names of files are for the list that the visitor reads. Refusals: ``too_large`` (413),
everything else 422.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from ..addresses import parse_code
from ..errors import Misuse
from ..typography import N_
from ..web import limits
from .archive import Given, shown

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it writes a line for each form a stranger breaks

MAX_BODY = 20 * 1024 * 1024
MAX_PARTS = 60
MAX_TEXT = 512 * 1024
MAX_RECIPIENT = 320

FORM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "file": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "description": N_("Les images, ou des ZIP de cinquante badges au plus en tout."),
        },
        "text": {
            "type": "array",
            "items": {"type": "string"},
            "description": N_("Une adresse, un JWS ou un JSON."),
        },
        "recipient": {"type": "string", "description": N_("L’e-mail de la personne attendue.")},
    },
}
"""The form, as OpenAPI tells it to programs."""

_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_DISPOSITION = re.compile(rb'form-data; name="([a-z]+)"(?:; filename="([^"\\%]*)")?')


@dataclass
class Received:
    """What there is to verify, in the order it came, and the person it should be for."""

    given: list[Given] = field(default_factory=list)
    recipient: str | None = None
    expected: str | None = None
    """The code, in its canonical spelling, of the badge that this one should be."""
    admit: Callable[[int], None] = lambda _: None
    """Told how many more there are inside of archives; raises the 429."""


async def receive(request: Request, *, max_body: int = MAX_BODY) -> Received:
    """Raises :class:`Misuse`: ``too_large``, ``encoded``, ``form_malformed`` or ``nothing_to_verify``.

    Each badge counts against what this client may ask for, and so does what could not be read; beyond, a 429.
    """
    limits.spend(request, limits.VERIFICATIONS)
    body = await _read(request, max_body)
    kind = request.headers.get("content-type", "").lower()
    if kind.startswith("multipart/form-data"):
        _, options = parse_options_header(request.headers["content-type"])
        received = _from_form(body, options.get(b"boundary", b""))
    elif kind.startswith("application/x-www-form-urlencoded") and body.startswith((b"text=", b"recipient=")):
        received = _from_fields(body)
    else:
        received = Received([Given(body)] if body.strip() else [])
    if not received.given:
        raise Misuse(
            "Un badge était attendu : une image, une adresse ou un texte ; rien n’a été reçu.",
            code="nothing_to_verify",
            advice="Choisissez le fichier du badge, ou collez son adresse, puis recommencez.",
        )
    limits.spend(request, limits.VERIFICATIONS, len(received.given) - 1)
    received.admit = partial(limits.spend, request, limits.VERIFICATIONS)
    return received


async def _read(request: Request, max_body: int) -> bytes:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Misuse(
            "Un envoi non compressé était attendu ; un envoi compressé a été trouvé.",
            code="encoded",
            advice="Envoyez le fichier tel quel, sans Content-Encoding.",
        )
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced[:15]) > max_body:
        raise _too_large(max_body)
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > max_body:
            raise _too_large(max_body)
        pieces.append(piece)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class _Form:
    """Callbacks of the parser: one part after the other, each header and each body in pieces."""

    _disposition: bytes
    _body: bytes | bytearray

    def __init__(self) -> None:
        self.parts: list[tuple[bytes, bytes]] = []
        self.complete = False
        self._name = self._value = b""

    def on_part_begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise _malformed(f"{MAX_PARTS} éléments au plus")
        self._disposition, self._body = b"", b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if not self._body:
            self._body = data[start:end]
            return
        if isinstance(self._body, bytes):  # not a list: a body that is nearly all boundaries comes in a million pieces
            self._body = bytearray(self._body)
        self._body += data[start:end]

    def on_part_end(self) -> None:
        self.parts.append((self._disposition, bytes(self._body)))

    def on_end(self) -> None:
        self.complete = True


_CALLBACKS = [name for name in vars(_Form) if name.startswith("on_")]


def _from_form(body: bytes, boundary: bytes) -> Received:
    form = _Form()
    try:
        parser = MultipartParser(boundary, {name: getattr(form, name) for name in _CALLBACKS})  # type: ignore[arg-type]
        parser.write(body)
    except (FormParserError, ValueError):
        raise _malformed("un formulaire multipart bien formé") from None
    if not form.complete:
        raise _malformed("un formulaire complet")
    received = Received()
    for disposition, content in form.parts:
        name, file_name = _names(disposition)
        _add(received, name, content, file_name)
    return received


def _names(disposition: bytes) -> tuple[bytes, bytes | None]:
    """The name of a part and of its file: as every browser writes them, or read slowly."""
    usual = _DISPOSITION.fullmatch(disposition)
    if usual:
        return usual[1], usual[2]
    _, options = parse_options_header(disposition)
    return options.get(b"name", b""), options.get(b"filename")


def _from_fields(body: bytes) -> Received:
    if len(body) > MAX_TEXT:
        raise _too_large(MAX_TEXT)
    fields = body.split(b"&", MAX_PARTS)
    if len(fields) > MAX_PARTS:
        raise _malformed(f"{MAX_PARTS} éléments au plus")
    received = Received()
    for name, _, value in (each.partition(b"=") for each in fields):
        _add(received, _unescaped(name), _unescaped(value), None)
    return received


def _unescaped(field: bytes) -> bytes:
    """As the standard library does, in a tenth of the memory: a megabyte of percent signs is no megabyte of pieces."""
    return _ESCAPE.sub(lambda found: bytes((int(found[1], 16),)), field.replace(b"+", b" "))


def _add(received: Received, name: bytes, content: bytes, file_name: bytes | None) -> None:
    if name == b"recipient":
        text = content[: MAX_RECIPIENT + 1].decode("utf-8", "replace").strip()
        if len(text) > MAX_RECIPIENT:
            raise _malformed(f"une adresse e-mail de {MAX_RECIPIENT} caractères au plus")
        received.recipient = text or None
    elif name == b"expected":
        received.expected = parse_code(content[:64].decode("ascii", "replace"))
    elif name in (b"file", b"text") and content.strip():  # an empty field of a form is a field left empty
        received.given.append(Given(content, shown(file_name.decode("utf-8", "replace")) if file_name else None))


def _too_large(limit: int) -> Misuse:
    return Misuse(
        f"Un envoi de {limit // (1024 * 1024) or 1} Mo au plus était attendu ; celui-ci est plus gros.",
        code="too_large",
        advice="Envoyez l’image reçue, pas une photo de l’écran ; plusieurs badges, en plusieurs fois.",
    )


def _malformed(expected: str) -> Misuse:
    return Misuse(
        f"Attendu : {expected} ; autre chose a été reçu.",
        code="form_malformed",
        advice="Utilisez le formulaire de la page /verifier, ou un client HTTP courant.",
    )
