"""Whether to believe a badge: any Open Badge, ours or not, judged from what is published and whom the reader trusts.

Three names for developers; importing the package imports none of them before one is asked for:

>>> from badges.verify import Policy, Verifier
>>> from badges.clock import SystemClock
>>> from badges.verify.fetcher import NoNetwork
>>> verifier = Verifier(NoNetwork(), SystemClock(), Policy(trust=None))

``NoNetwork`` answers nothing, ``SafeFetcher`` asks the internet. Nobody is trusted here; ``badges.trust.read_trust``
reads a list. Whatever the bytes, there is an answer, and nothing is raised:

>>> report = verifier.verify(b"hello")
>>> report.answer, report.verdict, report.exit_code
('no', 'invalid', 1)
>>> [(check.check, check.outcome, check.code) for check in report.checks if check.code != "not_reached"]
[('input', 'failed', 'input_unrecognised')]
>>> report.headline["en"].startswith("No: ")
True

What cannot be read is not called false, so an address without a network is *undetermined*:

>>> verifier.verify("https://badges.example/assertions/1").verdict
'undetermined'

``report.to_json()`` is plain values, described by ``report.schema.json``; ``docs/verification.md`` tells every check
and code.

:mod:`.verifier` says the checks and their order; :mod:`.examination` does them; :mod:`.report` turns findings into an
answer; :mod:`.wording` says it in words; :mod:`.fetcher` is the only way to the network. :mod:`.command`, :mod:`.api`
and :mod:`.page` are the doors. The room never imports :mod:`badges.issuer`: it learns about our own badges as a
stranger would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .report import Report
    from .verifier import Policy, Verifier

__all__ = ["Policy", "Report", "Verifier"]


def __getattr__(name: str) -> Any:
    """The three names, when they are asked for: doors that verify nothing stay quick to open."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import report, verifier

    return getattr(report if name == "Report" else verifier, name)
