"""``badges retention``: end working data 24 months after the last contact, 30 days after having said so.

Made to be run every day by the machine's own clock (cron, a systemd timer). Dry unless ``--apply`` is given: it then
only says what it would do. What it prints and what it does names nobody: structures, numbers, opaque ids.
"""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict

from ..arguments import Parser
from ..issuer.batches import UNSIGNED_KEPT_FOR
from ..issuer.evidence import Purged
from ..issuer.holder.retention import KEPT_FOR, NOTICE, Report
from . import add_home
from . import deployment as deployment_of


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("--apply", action="store_true", help="le faire ; sans cela, seulement le dire")
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour un programme")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    forgotten = deployment.replay_erasures() if arguments.apply else 0
    report = deployment.issuer.holder.retention.run(dry=not arguments.apply)
    pieces = deployment.issuer.evidence.purge(dry=not arguments.apply)
    rows = deployment.issuer.batches.forget_unsigned(dry=not arguments.apply)
    if arguments.json:
        told = {"evidence": asdict(pieces), "unsigned_rows": rows, "forgotten_again": forgotten}
        print(json.dumps(report.to_json() | told, indent=2))
    else:
        print(in_words(report, pieces, rows))
        if forgotten:
            print(f"{forgotten} personnes effacées étaient revenues d’une sauvegarde : effacées à nouveau.")


def in_words(report: Report, pieces: Purged, rows: int = 0) -> str:
    warned, purged = (sum(map(len, found.values())) for found in (report.warned, report.purged))
    months, days = KEPT_FOR.days * 12 // 365, NOTICE.days
    lines = [
        f"Durée de conservation : {months} mois après le dernier contact, annoncée {days} jours avant.",
        f"{'À prévenir' if report.dry else 'Prévenues'} : {warned} ({report.written_to} par e-mail, "
        f"{warned - report.written_to} par leur page et leur structure).",
        f"Données de travail {'à effacer' if report.dry else 'effacées'} : {purged}.",
        f"Pièces {'à supprimer' if report.dry else 'supprimées'} : {pieces.decided} trois mois après leur décision, "
        f"{pieces.undecided} restées deux ans sans décision.",
        f"Lignes de lots non délivrées {'à effacer' if report.dry else 'effacées'}, {UNSIGNED_KEPT_FOR.days} jours "
        f"après le lot : {rows}.",
    ]
    for title, found in (("prévenir", report.warned), ("effacer", report.purged)):
        lines += [f"  {title}, structure {structure} : {len(ids)}" for structure, ids in sorted(found.items())]
    if report.dry:
        lines.append("Rien n’a été changé. Pour le faire : badges retention --apply")
    else:
        gone = report.removed
        lines.append(
            f"Aussi retirés : {gone['visits']} appareils, {gone['present_codes']} codes du moment, "
            f"{gone['letters']} liens de messages."
        )
    return "\n".join(lines)
