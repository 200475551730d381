"""A receipt on paper: the sheet of ``badges/paper`` with what a genuine receipt says, and the signed text attached.

The paper is for people; what proves it is the attachment, and :mod:`.pdf` takes it out again.
"""

from __future__ import annotations

from ..paper import facts
from ..paper.language import FRENCH, Language
from ..paper.press import Press
from ..web import languages
from .receipt import SUFFIX, Receipt, file_name

PDF_SUFFIX = ".receipt.pdf"


def print_receipt(press: Press, receipt: Receipt, token: str, language: str) -> bytes:
    """The PDF of a receipt that was read and found genuine; ``token`` is its signed text. The same bytes each time."""
    return press.receipt(_facts(receipt, token, language), _language(language))


def paper_name(receipt: Receipt) -> str:
    """``verification-20261120-100000.receipt.pdf``, in UTC."""
    return file_name(receipt.made_at).removesuffix(SUFFIX) + PDF_SUFFIX


def _facts(receipt: Receipt, token: str, language: str) -> facts.Receipt:
    return facts.Receipt(
        id=receipt.id,
        service=receipt.service,
        made_at=receipt.made_at,
        results=tuple(
            facts.ReceiptResult(
                sha256=result.sha256,
                answer=result.answer,
                headline=result.headline.en if language == "en" else result.headline.fr,
                verified_at=result.verified_at,
                sources=result.sources,
            )
            for result in receipt.results
        ),
        trust=receipt.trust,
        token=token,
        file_name=file_name(receipt.made_at),
    )


def _language(language: str) -> Language:
    found = languages.available().get(language)
    return FRENCH if language == languages.SOURCE or found is None else Language(language, found)
