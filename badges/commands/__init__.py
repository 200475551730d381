"""One file for each command: ``arguments`` says what it takes, the functions below do it.

``verify`` is not here: it lives in :mod:`badges.verify.command`, because it must start fast.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from ..arguments import Parser

if TYPE_CHECKING:
    from ..deployment import Deployment


def add_home(parser: Parser) -> None:
    """The one option that every command about a service has."""
    parser.add_argument("--home", type=Path, metavar="DOSSIER", help="le dossier du service (sinon BADGES_HOME)")


def deployment(arguments: Namespace) -> Deployment:
    """The service that the command is about; ``cli.main`` closes it when the command ends."""
    from ..deployment import Deployment
    from ..settings import read_settings

    opened = arguments.deployment = Deployment(read_settings(arguments.home))
    return opened
