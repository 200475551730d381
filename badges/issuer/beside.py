"""What runs beside the requests goes on, whatever one step of it meets: that is said, and the next step is taken."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import BadgesError

log = logging.getLogger("badges.issuer")

PASSING = (BadgesError, OSError)
"""A key that is locked, a register that is away, a folder that is full: somebody mends it, and it is tried again."""


@contextmanager
def going_on(what: str) -> Iterator[None]:
    """Say what stopped this step, and stop nothing else."""
    try:
        yield
    except PASSING as error:
        log.warning("%s: %s", what, getattr(error, "code", type(error).__name__))
    except Exception as error:
        tell_defect(what, error)


def tell_defect(what: str, error: Exception) -> None:
    """An error that nobody foresaw: its type and where it broke, never its message, which may quote somebody (P3)."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s: %s\n%s", what, type(error).__name__, where)
