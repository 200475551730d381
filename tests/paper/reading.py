"""Reads a PDF with libraries that had no part in writing it: pikepdf for its structure, pypdf for words and files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pypdf


class PdfRead:
    """What a reader, an archive and a screen reader find in a PDF."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(pdf))
        self._bytes = pdf

    @property
    def pages(self) -> int:
        return len(self.pdf.pages)

    def text(self, page: int | None = None) -> str:
        """The words in the order they are drawn; every space is one space."""
        reader = pypdf.PdfReader(io.BytesIO(self._bytes))
        pages = reader.pages if page is None else [reader.pages[page]]
        return " ".join(" ".join(each.extract_text() for each in pages).split())

    @property
    def xmp(self) -> pikepdf.models.PdfMetadata:
        return self.pdf.open_metadata()

    @property
    def root(self) -> Any:
        return self.pdf.Root

    def files(self) -> dict[str, bytes]:
        return {name: file.get_file().read_bytes() for name, file in self.pdf.attachments.items()}

    def fonts(self) -> dict[str, Any]:
        """Every font of every page, by name, with its descriptor."""
        found = {}
        for page in self.pdf.pages:
            for font in page.resources.get("/Font", {}).values():
                descendants = font.get("/DescendantFonts")
                real = descendants[0] if descendants is not None else font
                found[str(font.BaseFont)] = real.FontDescriptor
        return found

    def elements(self) -> Iterator[Any]:
        """Every element of the structure tree, in reading order."""
        yield from _under(self.root.StructTreeRoot)

    def tags(self) -> list[str]:
        return [str(element.S).lstrip("/") for element in self.elements()]

    def alternatives(self) -> list[str]:
        """The alternative text of each figure, empty where there is none."""
        return [str(element.get("/Alt", "")) for element in self.elements() if element.S == "/Figure"]


def _under(node: Any) -> Iterator[Any]:
    children = node.get("/K")
    if children is None:
        return
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            yield child
            yield from _under(child)
