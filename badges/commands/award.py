"""``badges award``: one grid of dated observations for the people of a session, from a file. One person is a session.

``plan`` checks every row and signs nothing; ``confirm`` signs exactly the rows that were announced. The file::

    badge = "tec-maraichage-planter"
    by = "…"                       # who decides: the id of a staff member
    [[grid]]                       # what was seen, the same for everybody
    criterion = "c1"
    on = 2026-10-05
    way = "OBS"
    kind = "GRI"
    [[people]]                     # who; and what is different for this person alone
    name = "Amina Diallo"
    absent_on = [2026-10-12]
    word = "agrees_with_comment"   # what this person says of their badge, where it was written down
    comment = "…"

``told_on = 2026-10-20`` says of everybody else that they were told on that day what their badge says, and agreed.
Whoever delivers from here attests it, written or not; « disagrees » leaves the row aside.
"""

from __future__ import annotations

import sys
import tomllib
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ..arguments import Parser, progress
from ..clock import in_paris
from ..deployment import Deployment
from ..errors import Misuse
from ..issuer.batches import Report, Row, Seen, Word
from ..issuer.permissions import Caller
from ..issuer.roster import Session, read_roster
from ..issuer.sheets import read_table
from . import add_home
from . import deployment as deployment_of

FILE_MEMBERS = {
    "badge",
    "version",
    "by",
    "decided_on",
    "issued_as",
    "second_structure",
    "told_on",
    "results",
    "grid",
    "people",
}
ROW_MEMBERS = {
    "ref",
    "person",
    "name",
    "email",
    "name_in_badge",
    "absent_on",
    "results",
    "observations",
    "word",
    "comment",
}
SEEN_MEMBERS = {"criterion", "on", "way", "kind", "function"}
LONGEST_FILE = 5 * 1024 * 1024


def arguments(parser: Parser) -> None:
    add_home(parser)
    actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

    session = actions.add_parser("session", help="contrôler un fichier, montrer ce qui manque, puis délivrer")
    session.add_argument("file", metavar="FICHIER.toml", type=Path)
    session.add_argument(
        "--people",
        type=Path,
        metavar="TABLEAU",
        help="les personnes dans un tableau CSV ou .xlsx, avec leurs titres de colonnes (au lieu de [[people]])",
    )
    session.add_argument("--plan", action="store_true", help="contrôler seulement : rien n’est signé")
    session.add_argument("--yes", action="store_true", help="délivrer sans demander, si aucune ligne n’est à corriger")
    session.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire les badges (PNG)")
    session.set_defaults(run=_session)

    second = actions.add_parser("second", help="le second regard sur une session contrôlée")
    second.add_argument("batch", metavar="SESSION")
    second.add_argument("--by", required=True, metavar="ID", help="qui regarde")
    second.add_argument("--not-yet", metavar="POURQUOI", help="pas encore : ce qui manque")
    second.set_defaults(run=_second)

    confirm = actions.add_parser("confirm", help="délivrer ce qui est prêt dans une session contrôlée")
    confirm.add_argument("batch", metavar="SESSION")
    confirm.add_argument("--by", required=True, metavar="ID", help="qui décide")
    confirm.add_argument("--out", type=Path, metavar="DOSSIER", help="où écrire les badges (PNG)")
    confirm.set_defaults(run=_confirm)

    resume = actions.add_parser("resume", help="finir les sessions qu’un arrêt a interrompues")
    resume.set_defaults(run=_resume)


def _session(arguments: Namespace) -> int:
    deployment = deployment_of(arguments)
    asked = _read(arguments.file)
    grid = [_seen(item) for item in asked.get("grid", [])]
    rows = [_row(row) for row in asked.get("people", [])]
    if arguments.people:
        rows = _rows_of(arguments.people, deployment, asked, grid)
    by = Caller(_text(asked, "by"))
    report = deployment.issuer.batches.plan(
        by,
        slug=_text(asked, "badge"),
        version=asked.get("version"),
        grid=grid,
        rows=rows,
        results=asked.get("results"),
        decided_on=asked.get("decided_on"),
        second_structure=asked.get("second_structure"),
        issued_as=asked.get("issued_as"),
        told_on=_day(asked["told_on"]) if "told_on" in asked else None,
    )
    print(f"Session {report.batch.id} : {report.ready} prêts, {report.refused} à corriger.")
    for row in report.rows:
        for problem in row.problems:
            print(f"  {row.ref} : {problem['message']}")
    if arguments.plan or report.ready == 0:
        return 1 if report.refused else 0
    if arguments.yes and report.refused:
        print("Rien n’est signé : corrigez d’abord ces lignes, ou confirmez les lignes prêtes (badges award confirm).")
        return 1
    if not arguments.yes and not _agreed(f"Délivrer {report.ready} badges ?"):
        print(f"Rien n’est signé. Pour reprendre : badges award confirm {report.batch.id} --by {by.staff}")
        return 0
    return _deliver(deployment, by, report, arguments.out)


def _second(arguments: Namespace) -> None:
    confirms = arguments.not_yet is None
    deployment_of(arguments).issuer.batches.second_look(
        Caller(arguments.by), arguments.batch, confirms=confirms, comment=arguments.not_yet or ""
    )
    print("Second regard noté : " + ("d’accord." if confirms else "pas encore."))


def _confirm(arguments: Namespace) -> int:
    deployment = deployment_of(arguments)
    by = Caller(arguments.by)
    return _deliver(deployment, by, deployment.issuer.batches.report(by, arguments.batch), arguments.out)


def _resume(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    unfinished = deployment.issuer.batches.unfinished()
    for batch in unfinished:
        report = deployment.issuer.batches.run(batch)
        print(f"Session {batch} : {report.done} badges délivrés.")
    if not unfinished:
        print("Aucune session à finir.")


def _deliver(deployment: Deployment, by: Caller, report: Report, out: Path | None) -> int:
    batches = deployment.issuer.batches
    confirmed = batches.confirm(by, report.batch.id, ready=report.ready, told_otherwise=True)
    total = confirmed.ready + confirmed.done

    def counted() -> bool:
        progress("Délivrés", batches.report(by, report.batch.id, with_rows=False).done, total)
        return True

    done = batches.run(report.batch.id, keep_going=counted)
    print(f"{done.done} badges délivrés, {done.refused} à corriger.")
    if out:
        out.mkdir(parents=True, exist_ok=True)
        for row in batches.report(by, report.batch.id).rows:
            if row.state == "done":
                print(_write(deployment, row.award, out / f"{row.ref}.png"))
    return 0


def _write(deployment: Deployment, uuid: str, path: Path) -> Path:
    view = deployment.issuer.find_award(uuid)
    assert view is not None
    award, token = view.award, deployment.issuer.require_token(uuid)
    path.write_bytes(deployment.pictures.picture(award.slug, award.version, token, award.code, "png"))
    return path


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    return input(f"{question} [oui/non] ").strip().lower() in ("oui", "o")


# -- the file ---------------------------------------------------------------------------------------------------------


def _read(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Misuse(f"Un fichier de 5 Mo au plus était attendu, « {path.name} » est plus grand.")
        asked = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Misuse(f"Un fichier lisible était attendu, « {path} » ne l’est pas ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"{path.name} : un fichier TOML était attendu ; {error}.") from None
    _only(asked, FILE_MEMBERS, path.name)
    return asked


def _rows_of(path: Path, deployment: Deployment, asked: Mapping[str, Any], grid: Sequence[Seen]) -> list[Row]:
    """The same tables as on the page. Nobody answers for homonyms here: a name alone is somebody new."""
    entry = deployment.issuer.desk.awardable(_text(asked, "badge"), asked.get("version"))
    decided = asked.get("decided_on") or in_paris(deployment.clock.now()).date()
    session = Session(entry.definition, tuple(grid), decided)
    try:
        roster = read_roster(read_table(path.read_bytes()), session)
    except OSError as error:
        raise Misuse(f"Un fichier lisible était attendu, « {path} » ne l’est pas ({error.strerror}).") from None
    if roster.ignored:
        print(f"Colonnes laissées de côté : {', '.join(roster.ignored)}.")
    return [replace(row, surely_new=True) for row in roster.rows]


def _row(item: Mapping[str, Any]) -> Row:
    _only(item, ROW_MEMBERS, "[[people]]")
    return Row(
        ref=str(item.get("ref") or item.get("person") or item.get("name", "")),
        person=item.get("person"),
        name=item.get("name"),
        email=item.get("email"),
        name_in_badge=bool(item.get("name_in_badge", False)),
        absent_on=tuple(_day(day) for day in item.get("absent_on", [])),
        results=item.get("results", {}),
        observations=tuple(map(_seen, item.get("observations", []))),
        word=Word(_text(item, "word"), str(item.get("comment", ""))) if "word" in item else None,
    )


def _seen(item: Mapping[str, Any]) -> Seen:
    _only(item, SEEN_MEMBERS, "une observation")
    return Seen(
        criterion=_text(item, "criterion"),
        on=_day(item.get("on")),
        way=_text(item, "way"),
        kind=_text(item, "kind"),
        function=item.get("function"),
    )


def _day(value: object) -> date:
    if type(value) is not date:
        raise Misuse(f"Une date AAAA-MM-JJ, sans guillemets, était attendue ; {value!r} a été trouvé.")
    return value


def _text(item: Mapping[str, Any], member: str) -> str:
    value = item.get(member)
    if not isinstance(value, str) or not value:
        raise Misuse(f"« {member} » : un texte était attendu, {value!r} a été trouvé.")
    return value


def _only(item: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = set(item) - known
    if unknown:
        raise Misuse(
            f"{where} : je ne connais pas {', '.join(sorted(unknown))} ; attendu : {', '.join(sorted(known))}."
        )
