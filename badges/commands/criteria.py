"""``badges criteria``: check, publish, compare, list and draw the versions of ``criteria/``."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..arguments import Parser, table
from ..catalogue import publishing
from ..catalogue.library import Catalogue, shipped_criteria, version_folders
from ..catalogue.taxonomy import FAMILY_LABELS, level_words
from ..clock import SystemClock
from ..errors import Misuse


def arguments(parser: Parser) -> None:
    parser.add_argument("--criteria", type=Path, metavar="DOSSIER", help="le dossier des critères (sinon ceux d’ici)")
    actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

    check = actions.add_parser("check", help="contrôler chaque fichier et chaque empreinte publiée")
    check.set_defaults(run=_check)

    publish = actions.add_parser("publish", help="publier une version : elle ne changera plus jamais")
    publish.add_argument("slug", metavar="BADGE")
    publish.add_argument("version", metavar="VERSION")
    publish.set_defaults(run=_publish)

    diff = actions.add_parser("diff", help="ce qui change d’une version à l’autre")
    diff.add_argument("slug", metavar="BADGE")
    diff.add_argument("before", metavar="AVANT")
    diff.add_argument("after", metavar="APRÈS")
    diff.set_defaults(run=_diff)

    listing = actions.add_parser("list", help="les badges, et la version que l’on délivre")
    listing.set_defaults(run=_list)

    draw = actions.add_parser("draw", help="dessiner les images depuis les données des badges")
    draw.set_defaults(run=_draw)


def _check(arguments: Namespace) -> int:
    folder, beside = _folders(arguments)
    problems = publishing.check(folder, beside=beside)
    print(publishing.check_report(problems, sum(1 for _ in version_folders(folder))))
    return 1 if problems else 0


def _publish(arguments: Namespace) -> None:
    folder, beside = _folders(arguments)
    today = SystemClock().now().date()
    print(
        publishing.publish_report(publishing.publish(folder, arguments.slug, arguments.version, today, beside=beside))
    )


def _diff(arguments: Namespace) -> None:
    folder, beside = _folders(arguments)
    catalogue = Catalogue.open(*beside, folder)
    before = catalogue.require(arguments.slug, arguments.before)
    after = catalogue.require(arguments.slug, arguments.after)
    print(publishing.diff_report(before.definition, after.definition))


def _list(arguments: Namespace) -> None:
    folder, beside = _folders(arguments)
    rows = [("BADGE", "VERSION", "FAMILLE", "NIVEAU", "TITRE")]
    for entry in Catalogue.open(*beside, folder).current():
        definition = entry.definition
        family, level = FAMILY_LABELS[definition.family], level_words(definition.level)
        rows.append((entry.slug, entry.version, str(family), level, definition.title))
    print(table(rows))


def _draw(arguments: Namespace) -> None:
    try:
        from ..catalogue.artwork import draw_all
    except ImportError as missing:
        raise Misuse(
            f"Les outils de dessin étaient attendus, « {missing.name} » manque.",
            advice="Installez-les : pip install 'badges-iae[artwork]'.",
        ) from None
    draw_all(_folders(arguments)[0])


def _folders(arguments: Namespace) -> tuple[Path, tuple[Path, ...]]:
    """The folder asked about, and the shipped one beside it where they differ."""
    shipped = shipped_criteria()
    folder = arguments.criteria or shipped
    if not folder.is_dir():
        raise Misuse(f"Un dossier de critères était attendu, « {folder} » n’existe pas.")
    return folder, () if folder.resolve() == shipped.resolve() else (shipped,)
