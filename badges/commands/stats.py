"""``badges stats``: what was delivered, or verified, counted, without anybody in it. As a table, or as CSV."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from collections import Counter

from ..arguments import Parser, table
from ..catalogue.taxonomy import FAMILY_LABELS
from ..deployment import Deployment
from ..verify.tally import read_tally
from . import add_home
from . import deployment as deployment_of

ANSWERS = ("yes", "partly", "no", "unknown")
VERDICT_NAMES = {"yes": "OUI", "partly": "EN PARTIE", "no": "NON", "unknown": "ON NE SAIT PAS"}

SMALL = 5
"""Below, a number could point at somebody: it is shown as « moins de 5 »."""


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("--by", choices=("family", "month", "department"), default="family", help="compter par quoi")
    parser.add_argument(
        "--verifications", action="store_true", help="compter plutôt les vérifications, par jour et par réponse"
    )
    parser.add_argument("--csv", action="store_true", help="pour un tableur")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    rows = _verifications(deployment) if arguments.verifications else _delivered(deployment, arguments.by)
    if arguments.csv:
        csv.writer(sys.stdout, delimiter=";").writerows(rows)
    else:
        print(table(rows))


def _verifications(deployment: Deployment) -> list[tuple[str, ...]]:
    """Small numbers are shown as they are: the answer and the day say nothing of who asked, or of whom."""
    days = read_tally(deployment.home.verifications)
    rows = [("", *(VERDICT_NAMES[answer] for answer in ANSWERS))]
    rows += [(day, *(str(counts.get(answer, 0)) for answer in ANSWERS)) for day, counts in days.items()]
    totals = (str(sum(counts.get(answer, 0) for counts in days.values())) for answer in ANSWERS)
    return [*rows, ("Ensemble", *totals)]


def _delivered(deployment: Deployment, by: str) -> list[tuple[str, ...]]:
    delivered: Counter[str] = Counter()
    withdrawn: Counter[str] = Counter()
    speakers = {speaker.profile.id: speaker for speaker in deployment.issuer.list_profiles()}
    revoked = {line.award for profile in speakers for line in deployment.issuer.list_revocations(profile)}
    for award in deployment.stored_awards():
        if by == "family":
            definition = deployment.catalogue.require(award.slug, award.version).definition
            place = str(FAMILY_LABELS[definition.family])
        elif by == "month":
            place = f"{award.issued_on:%Y-%m}"
        else:
            place = speakers[award.profile].structure.department
        delivered[place] += 1
        withdrawn[place] += award.uuid in revoked
    rows: list[tuple[str, ...]] = [("", "DÉLIVRÉS", "RETIRÉS OU REMPLACÉS")]
    rows += [(place, _shown(delivered[place]), _shown(withdrawn[place])) for place in sorted(delivered)]
    rows.append(("Ensemble", str(sum(delivered.values())), str(sum(withdrawn.values()))))
    return rows


def _shown(count: int) -> str:
    return str(count) if count == 0 or count >= SMALL else f"moins de {SMALL}"
