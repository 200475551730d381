"""Arguments of our commands, in French: argparse with its own few sentences said as we say ours.

Kept apart from :mod:`.cli` so that a command that must start fast imports this and little else.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

MISUSE = 2
"""What a command ends with when it was not understood (design, "Commands")."""

_SENTENCES = (
    (r"the following arguments are required: (.*)", r"il manque : \1"),
    (r"unrecognized arguments: (.*)", r"je ne connais pas : \1"),
    (r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", r"\1 : \3 attendu, \2 trouvé"),
    (r"argument (.*?): expected one argument", r"\1 : une valeur est attendue"),
    (r"argument (.*?): expected at least one argument", r"\1 : au moins une valeur est attendue"),
    (r"argument (.*?): invalid (.*?) value: (.*)", r"\1 : cette valeur ne convient pas : \3"),
    (r"argument (.*?): not allowed with argument (.*)", r"\1 et \2 ne vont pas ensemble"),
    (r"one of the arguments (.*) is required", r"il faut l’un de : \1"),
    (r"ambiguous option: (.*?) could match (.*)", r"\1 peut vouloir dire \2 : écrivez-le en entier"),
)


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str, width: int | None = None) -> None:
        super().__init__(prog, width=width or _columns())

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """An argument parser that speaks French and ends with 2 on misuse."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {"formatter_class": _Help, "add_help": False}
        super().__init__(*args, **options)
        self._positionals.title = "À donner"
        self._optionals.title = "Options"
        self.add_argument("-h", "--help", action="help", help="montrer cette aide")

    def error(self, message: str) -> NoReturn:
        for english, french in _SENTENCES:
            message = re.sub(f"^{english}$", french, message)
        self.print_usage(sys.stderr)
        self.exit(MISUSE, f"{self.prog} : {message}.\nVoir : {self.prog} --help\n")


def _columns() -> int:
    """The width of the terminal. Where argparse must find it, it imports every compression there is: 3 ms a start."""
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns - 2
    except (AttributeError, OSError, ValueError):  # no terminal
        return 78


def progress(label: str, done: int, total: int) -> None:
    """One line that counts on a terminal, silence elsewhere."""
    if sys.stderr.isatty():
        end = "\n" if done >= total else "\r"
        print(f"{label} : {done} sur {total}", end=end, file=sys.stderr, flush=True)


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Columns as wide as they must be; numbers are not our business here."""
    lines = [tuple(map(str, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
