"""``badges stats``: what was delivered, counted, without anybody in it. As a table, or as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import sys
from argparse import Namespace
from collections import Counter

from ..arguments import Parser, table
from ..catalogue.taxonomy import FAMILY_LABELS
from . import add_home
from . import deployment as deployment_of

SMALL = 5
"""Below, a number could point at somebody: it is shown as « moins de 5 »."""


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("--by", choices=("family", "month", "department"), default="family", help="compter par quoi")
    parser.add_argument("--csv", action="store_true", help="pour un tableur")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    delivered: Counter[str] = Counter()
    withdrawn: Counter[str] = Counter()
    speakers = {speaker.profile.id: speaker for speaker in deployment.issuer.list_profiles()}
    revoked = {line.award for profile in speakers for line in deployment.issuer.list_revocations(profile)}
    for award in deployment.stored_awards():
        if arguments.by == "family":
            definition = deployment.catalogue.require(award.slug, award.version).definition
            place = str(FAMILY_LABELS[definition.family])
        elif arguments.by == "month":
            place = f"{award.issued_on:%Y-%m}"
        else:
            place = speakers[award.profile].structure.department
        delivered[place] += 1
        withdrawn[place] += award.uuid in revoked
    rows = [("", "DÉLIVRÉS", "RETIRÉS OU REMPLACÉS")]
    rows += [(place, _shown(delivered[place]), _shown(withdrawn[place])) for place in sorted(delivered)]
    rows.append(("Ensemble", str(sum(delivered.values())), str(sum(withdrawn.values()))))
    if arguments.csv:
        csv.writer(sys.stdout, delimiter=";").writerows(rows)
    else:
        print(table(rows))


def _shown(count: int) -> str:
    return str(count) if count == 0 or count >= SMALL else f"moins de {SMALL}"
