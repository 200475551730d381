"""A PDF with badges attached to it, as our papers have: what is attached is taken out, and nothing else is read.

Start at :func:`open_pdf`. A PDF from anywhere is read by a process of its own (:mod:`.attachments`), which ends with
its file: whatever a stranger put there stays there.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from .attachments import MAX_PDF, SECONDS, Attached
from .reading import form_of, is_receipt
from .report import Check, Outcome

AT_ONCE = 2

_MAY_HOLD = (b"/EmbeddedFile", b"/ObjStm", b"/Encrypt")
_PACKAGE = Path(__file__).resolve().parents[2]
_READERS = threading.BoundedSemaphore(AT_ONCE)


class PdfRefused(Exception):
    """Nothing could be taken out; ``check`` says why."""

    def __init__(self, code: str, outcome: Outcome = "failed", **details: str) -> None:
        super().__init__(code)
        self.check = Check("input", outcome, code, details)


class Opened(NamedTuple):
    """What a PDF carries for us, each once."""

    badges: tuple[Attached, ...]
    receipts: tuple[Attached, ...]


def is_pdf(data: bytes) -> bool:
    """Whether these bytes say of themselves that they are a PDF."""
    return data.startswith(b"%PDF-")


def open_pdf(data: bytes) -> Opened:
    """The badges and receipts attached to a PDF.

    :raises PdfRefused: there is none, or the file cannot be read within bounds
    """
    if len(data) > MAX_PDF:
        raise PdfRefused("input_too_large", expected=str(MAX_PDF), found=str(len(data)))
    # What is attached is named in the clear, or in streams of objects: without either, there is nothing to look for.
    attached = _read_elsewhere(data) if any(name in data for name in _MAY_HOLD) else []
    once = {sha256(each.data).digest(): each for each in reversed(attached)}
    badges = tuple(each for each in reversed(once.values()) if _is_badge(each.data))
    receipts = tuple(each for each in reversed(once.values()) if is_receipt(each.data))
    if not badges and not receipts:
        raise PdfRefused("pdf_without_badge", found=str(len(attached)))
    return Opened(badges, receipts)


def _is_badge(data: bytes) -> bool:
    """A file that says it carries a badge; whether it does is for the verification."""
    form = form_of(data)
    if form == "token":
        return data.lstrip().startswith(b"eyJ") and not is_receipt(data)
    return form in ("png", "svg", "json") and b"openbadge" in data


# -- the process that reads ----------------------------------------------------------------------------------------


def _read_elsewhere(data: bytes) -> list[Attached]:
    if not _READERS.acquire(timeout=SECONDS):
        raise PdfRefused("pdf_slow", "unknown", seconds=str(SECONDS))
    try:
        done = subprocess.run(
            [sys.executable, "-s", "-m", "badges.verify.attachments"],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the reader says of a damaged file is a stranger's text
            timeout=SECONDS + 1,
            check=False,
            env={"PYTHONPATH": str(_PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        raise PdfRefused("pdf_slow", "unknown", seconds=str(SECONDS)) from None
    finally:
        _READERS.release()
    head, _, bodies = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:  # killed by its own limits, or by what it read
        raise PdfRefused("pdf_slow", "unknown", seconds=str(SECONDS))
    said = json.loads(head)
    if "refused" in said:
        raise PdfRefused(said["refused"], said["outcome"], **said["details"])
    attached = []
    for name, size in said["attached"]:
        attached.append(Attached(name, bodies[:size]))
        bodies = bodies[size:]
    return attached
