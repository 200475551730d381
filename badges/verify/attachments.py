"""What is attached to a PDF, read by a process of its own: start at :func:`main`, which :mod:`.pdf` runs.

It has no setting, no key and no register, a few seconds and little memory, writes no file, and ends with its own.
Pages are never drawn, text is never extracted, nothing in the PDF is followed or decrypted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PDF = 20 * 1024 * 1024
MAX_ATTACHED = 50
MAX_ATTACHMENT = 5 * 1024 * 1024
MAX_ALL = 20 * 1024 * 1024
MAX_NODES = 500
"""Nodes of the tree that names what is attached."""
SECONDS = 4
"""Of processor."""
MEMORY = 512 * 1024 * 1024
"""Of addresses, the interpreter's own included."""

_UNUSED = ("cryptography", "Crypto", "fontTools", "PIL")
"""What the library would load for encrypted files and for fonts; neither is read here."""


class Attached(NamedTuple):
    """A file as it was attached. Its ``name`` is a stranger's and decides nothing."""

    name: str
    data: bytes


class Refused(Exception):
    """Nothing could be taken out: a code of ``wording.py``, *failed* or *unknown*, and what fills its sentences."""

    def __init__(self, code: str, outcome: str = "failed", **details: str) -> None:
        super().__init__(code)
        self.code, self.outcome, self.details = code, outcome, details


def main() -> None:
    """What the other process does: a PDF on its standard input, what is attached on its standard output."""
    _limit_ourselves()
    try:
        attached = list(_attached(sys.stdin.buffer.read(MAX_PDF + 1)))
    except Refused as refusal:
        _answer({"refused": refusal.code, "outcome": refusal.outcome, "details": refusal.details}, [])
        return
    _answer({"attached": [(each.name, len(each.data)) for each in attached]}, [each.data for each in attached])


def _answer(head: dict[str, Any], bodies: list[bytes]) -> None:
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    for body in bodies:
        sys.stdout.buffer.write(body)


def _limit_ourselves() -> None:
    """Where the system can: processor time, memory, and no file written."""
    try:
        import resource
    except ImportError:  # not a Unix: the time that our parent gives us is all there is
        return
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _attached(data: bytes) -> Iterator[Attached]:
    sys.modules.update(dict.fromkeys(_UNUSED))  # type: ignore[arg-type]
    import pypdf

    bounds: dict[str, Any] = {
        f"{name}_maximum_output_length": MAX_ATTACHMENT
        for name in ("array_based_stream", "lzw", "run_length", "zlib", "jbig2", "brotli")
    }
    try:
        with pypdf.apply_configuration(
            **bounds,
            maximum_declared_stream_length=MAX_PDF,
            stream_decoding_work_maximum_length=4 * MAX_ATTACHMENT,
            array_maximum_element_count=20_000,
            dictionary_maximum_element_count=20_000,
            jbig2dec_binary=None,
        ):
            reader = pypdf.PdfReader(
                BytesIO(data), root_object_recovery_limit=1000, xref_stream_maximum_entries=200_000
            )
            if reader.is_encrypted:
                raise Refused("pdf_locked", "unknown")
            yield from _files(reader)
    except Refused:
        raise
    except pypdf.errors.DependencyError:  # what it would decrypt with was not given to it
        raise Refused("pdf_locked", "unknown") from None
    except (MemoryError, RecursionError, pypdf.errors.LimitReachedError):
        raise Refused("pdf_bomb", expected=str(MAX_ATTACHMENT)) from None
    except Exception as error:  # the reader raises two dozen kinds, and a file from anywhere is to blame for each
        raise Refused("pdf_damaged", reason=type(error).__name__) from None


def _files(reader: PdfReader) -> Iterator[Attached]:
    """What the names of the document and its associated files (PDF/A-3) attach, each object once."""
    root = reader.root_object
    total, met = 0, set[int]()
    for name, specification in (*_named(root), *_associated(root)):
        for stream in _streams(specification):
            if id(stream) in met:
                continue
            met.add(id(stream))
            if len(met) > MAX_ATTACHED:
                raise Refused("pdf_crowded", expected=str(MAX_ATTACHED))
            body = bytes(stream.get_data())
            total += len(body)
            if len(body) > MAX_ATTACHMENT or total > MAX_ALL:
                raise Refused("pdf_bomb", expected=str(MAX_ATTACHMENT))
            yield Attached(str(specification.get("/UF") or specification.get("/F") or name)[:200], body)


def _streams(specification: Any) -> Iterator[Any]:
    embedded = _object(specification.get("/EF"))
    for key in ("/UF", "/F"):
        stream = _object(embedded.get(key)) if hasattr(embedded, "get") else None
        if stream is not None and hasattr(stream, "get_data"):
            yield stream
            return


def _named(root: Any) -> Iterator[tuple[str, Any]]:
    """The leaves of a name tree, whatever its shape: every node once."""
    names = _object(root.get("/Names"))
    waiting = [_object(names.get("/EmbeddedFiles"))] if hasattr(names, "get") else []
    met: set[int] = set()
    while waiting:
        node = waiting.pop()
        if not hasattr(node, "get") or id(node) in met:
            continue
        met.add(id(node))
        if len(met) > MAX_NODES:
            raise Refused("pdf_crowded", expected=str(MAX_NODES))
        waiting.extend(_object(each) for each in reversed(_array(node.get("/Kids"))))
        leaves = _array(node.get("/Names"))
        for name, specification in zip(leaves[::2], leaves[1::2], strict=False):
            found = _object(specification)
            if hasattr(found, "get"):
                yield str(name), found


def _associated(root: Any) -> Iterator[tuple[str, Any]]:
    for each in _array(root.get("/AF")):
        found = _object(each)
        if hasattr(found, "get"):
            yield "", found


def _array(value: Any) -> list[Any]:
    found = _object(value)
    if not isinstance(found, list):
        return []
    if len(found) > 2 * MAX_NODES:
        raise Refused("pdf_crowded", expected=str(MAX_NODES))
    return found


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


if __name__ == "__main__":
    main()
