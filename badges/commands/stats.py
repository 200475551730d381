"""``badges stats``: what was delivered, or verified, counted, without anybody in it. As a table, or as CSV.

The same figures as on the page of the network, at the end of the same day.
"""

from __future__ import annotations

import csv
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable
from datetime import date

from ..arguments import Parser, table
from ..deployment import Deployment
from ..issuer.figure_rows import HEADINGS, TITLES, csv_rows, shown, state_of_the_day
from ..issuer.figures import Report
from ..issuer.permissions import OPERATOR
from ..verify.tally import read_tally
from . import add_home
from . import deployment as deployment_of

ANSWERS = ("yes", "partly", "no", "unknown")
VERDICT_NAMES = {"yes": "OUI", "partly": "EN PARTIE", "no": "NON", "unknown": "ON NE SAIT PAS"}
BY = {"family": "family", "sector": "sector", "department": "department", "action": "action_type", "kind": "kind",
      "evidence": "evidence", "month": "month"}  # fmt: skip


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("--by", choices=tuple(BY), default="family", help="compter par quoi")
    parser.add_argument("--at", type=_day, help="à la fin de quel jour (AAAA-MM-JJ) ; sinon maintenant")
    parser.add_argument("--all", action="store_true", help="tous les chiffres, comme sur la page du réseau")
    parser.add_argument(
        "--verifications", action="store_true", help="compter plutôt les vérifications, par jour et par réponse"
    )
    parser.add_argument("--csv", action="store_true", help="pour un tableur")
    parser.set_defaults(run=_run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"un jour AAAA-MM-JJ était attendu, « {text} » trouvé") from None


def _run(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    if arguments.verifications:
        _print(_verifications(deployment), arguments.csv)
        return
    deployment.figures.catch_up()
    report = deployment.figures.of_network(OPERATOR, arguments.at)
    if arguments.all:
        _print(tuple(tuple(_text(cell) for cell in row) for row in csv_rows(report)), arguments.csv)
        return
    if not arguments.csv:
        print(state_of_the_day(report) + ".\n")
    _print(_delivered(report, BY[arguments.by]), arguments.csv)


def _print(rows: Iterable[tuple[str, ...]], as_csv: bool) -> None:
    rows = tuple(rows)
    if as_csv:
        csv.writer(sys.stdout, delimiter=";").writerows(rows)
        return
    width = max(map(len, rows), default=0)
    print(table([row + ("",) * (width - len(row)) for row in rows]))


def _verifications(deployment: Deployment) -> list[tuple[str, ...]]:
    """Small numbers are shown as they are: the answer and the day say nothing of who asked, or of whom."""
    days = read_tally(deployment.home.verifications)
    rows = [("", *(VERDICT_NAMES[answer] for answer in ANSWERS))]
    rows += [(day, *(str(counts.get(answer, 0)) for answer in ANSWERS)) for day, counts in days.items()]
    totals = (str(sum(counts.get(answer, 0) for counts in days.values())) for answer in ANSWERS)
    return [*rows, ("Ensemble", *totals)]


def _delivered(report: Report, code: str) -> list[tuple[str, ...]]:
    found = report.table(code)
    rows = [(TITLES[code].upper(), *(heading.upper() for heading in HEADINGS[2:]))]
    rows += [(str(line.label), *(str(shown(number)) for number in line.counts)) for line in found.lines]
    return [*rows, ("Ensemble", *(str(shown(number)) for number in report.total))]


def _text(cell: object) -> str:
    return "" if cell is None else f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)
