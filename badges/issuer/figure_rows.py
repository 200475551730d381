"""Figures as a spreadsheet says them, in French: what a funder receives, and what ``badges stats`` prints.

Long rather than wide: one row for each number that the page shows, under the same words, hidden where the page hides.
"""

from __future__ import annotations

from collections.abc import Iterator

from .figures import Counts, Report
from .sheets import Cell, Sheet
from .wording import day_in_words

HIDDEN = "masqué"
WHY_HIDDEN = (
    "masqué : moins de 5, ou un nombre qui permettrait d’en retrouver un autre. Aucune personne n’est reconnaissable."
)
HEADINGS = ("Rubrique", "Ligne", "Délivrés", "Retirés ou remplacés", "En net")
TITLES = {
    "family": "Par famille de badges",
    "sector": "Par secteur",
    "month": "Par mois",
    "action_type": "Par type d’action",
    "department": "Par département",
    "kind": "Par type de structure",
    "evidence": "Par mode de preuve",
    "way": "Par façon d’évaluer",
}


def shown(number: int | None) -> int | str:
    return HIDDEN if number is None else number


def state_of_the_day(report: Report) -> str:
    """When the figures stand, and whether they may still change."""
    day = day_in_words(report.day)
    return f"Arrêtés au {day} inclus" if report.over else f"Au {day}, journée en cours : ils peuvent encore changer"


def summary(report: Report) -> Iterator[tuple[str, Cell]]:
    """The numbers that stand alone."""
    network = report.network
    if network:
        yield "Badges créés (au catalogue, tous réseaux)", network.created
        yield "Versions publiées de ces badges", network.versions
        yield "Badges créés par un autre réseau et repris", network.imported
    yield "Badges délivrés (brut)", shown(report.total.delivered)
    yield "Badges retirés ou remplacés depuis", shown(report.total.withdrawn)
    yield "Badges délivrés (net)", shown(report.total.net)
    yield "Personnes distinctes (au sein de chaque structure)", shown(report.people)
    yield "Badges avec une trace d’AFEST (situation, puis retour réflexif)", shown(report.afest)
    yield "AFEST menées à leur terme", shown(report.afest_ended)
    if network:
        yield "Badges délivrés, créés par un autre réseau", shown(network.imported_delivered)
        yield "But du réseau", network.target
        yield "Part du but atteinte (%)", shown(network.reached(report.total))
        yield "Vérifications faites", network.verifications
        yield "Structures à bord", network.on_board
        yield "Structures reconnues", network.recognised
        yield "Ouverture du service", network.opened_on
    yield "Premier badge délivré le", report.opened_on


def details(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Every line of every table; lines of badges *created* have no other number."""
    if report.network:
        for created in report.network.created_by_family:
            yield "Badges créés, par famille", str(created.label), created.number, None, None
    for table in report.tables:
        title = TITLES[table.code]
        for line in table.lines:
            yield title, str(line.label), *_cells(line.counts)
        if table.exact:
            yield title, "Ensemble", *_cells(table.total)
    if report.network:
        for answer in report.network.by_answer:
            yield "Vérifications, par réponse", str(answer.label), answer.number, None, None


def heading(report: Report) -> Iterator[tuple[Cell, ...]]:
    yield "Chiffres de", report.whose
    yield "Date", state_of_the_day(report)
    yield "Lecture", WHY_HIDDEN


def csv_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """The whole report as one table."""
    yield from heading(report)
    yield ()
    yield from summary(report)
    yield ()
    yield HEADINGS
    yield from details(report)


def workbook(report: Report) -> tuple[Sheet, Sheet]:
    rows = [*heading(report), *summary(report)]
    return Sheet("Résumé", ("Chiffres", ""), rows), Sheet("Détail", HEADINGS, tuple(details(report)))


def _cells(counts: Counts) -> tuple[Cell, Cell, Cell]:
    return shown(counts.delivered), shown(counts.withdrawn), shown(counts.net)
