"""The people of a session as a table says them: its columns, what each cell must say, and the files made of it.

The same fields (:data:`FIELDS`) stand in a sheet that somebody sends, in the form that corrects one row, and in the
file of rejected rows that is sent again. What cannot be read becomes part of the row as it was typed
(:class:`~.batches.Unread`): nothing is dropped, nothing is guessed. Columns that we do not know are told and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..catalogue.definition import Definition
from ..errors import Misuse
from .batches import Row, Seen, Unread, Word
from .issuer import EMAIL
from .private_text import holds_a_persons_number
from .sheets import Cell, Sheet, Table, find_days, find_headings, plain, to_csv, to_xlsx
from .storage import Batch, BatchRow
from .wording import refusal

FIELDS = ("ref", "name", "email", "named", "absent", "caught_up", "word", "comment")
HEADINGS = {
    "ref": "Référence",
    "name": "Prénom et initiale",
    "email": "E-mail",
    "named": "Nom dans le badge",
    "absent": "Absent le",
    "caught_up": "Rattrapé le",
    "word": "Parole de la personne",
    "comment": "Commentaire",
    "person": "Personne connue",
    "wrong": "À corriger",
}
KNOWN: Mapping[str, tuple[str, ...]] = {
    "ref": ("référence", "réf", "n°", "numéro", "num", "matricule", "ligne", "référence interne", "code interne"),
    "name": (
        "prénom et initiale", "nom", "noms", "nom prénom", "nom et prénom", "nom / prénom", "prénom nom",
        "prénom et nom", "nom complet", "personne", "salarié", "salariée", "salariés", "salarié(e)", "participant",
        "participante", "participants", "stagiaire", "nom du salarié", "apprenant", "candidat",
    ),
    "given": ("prénom", "prénoms", "prénom usuel"),
    "family": ("nom de famille", "nom d’usage", "nom d'usage", "nom usuel", "initiale", "initiale du nom"),
    "email": (
        "e-mail", "email", "mail", "courriel", "mél", "adresse e-mail", "adresse email", "adresse mail",
        "adresse électronique", "adresse de courriel",
    ),
    "named": ("nom dans le badge", "nom dans le badge (oui/non)", "nom visible", "nom sur le badge"),
    "absent": ("absent le", "absente le", "absent(e) le", "absent", "absence", "absences", "jours d’absence"),
    "caught_up": ("rattrapé le", "rattrapée le", "rattrapage", "rattrapage le", "vu le", "vue le"),
    "word": ("parole de la personne", "parole", "sa parole", "parole du salarié", "parole de la salariée"),
    "comment": ("commentaire", "son commentaire", "commentaire de la personne"),
    "person": ("personne connue", "identifiant de la personne", "id de la personne"),
    "wrong": ("à corriger",),
}  # fmt: skip
"""The headings that people give to these columns; accents, capitals and order do not count."""

RESULT_WORDS = {"acquis": "acquired", "pas encore": "not_yet", "non observe": "not_observed"}
WORDS = {"agrees": "d’accord", "agrees_with_comment": "d’accord avec commentaire", "disagrees": "pas d’accord"}
"""What a person may say, as our files and forms write it."""
_SAID = {plain(words): said for said, words in WORDS.items()} | {
    "oui": "agrees",
    "daccord": "agrees",
    "accord": "agrees",
    "d accord avec un commentaire": "agrees_with_comment",
    "daccord avec commentaire": "agrees_with_comment",
    "non": "disagrees",
    "pas daccord": "disagrees",
    "desaccord": "disagrees",
    "pas d accord avec commentaire": "disagrees",
    "pas d accord avec un commentaire": "disagrees",
}
_YES, _NO = frozenset(("oui", "o", "x", "1", "vrai", "yes")), frozenset(("non", "n", "", "0", "faux", "no"))
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069=@<>|]")
_LONGEST_NAME, _LONGEST_REF, LONGEST_COMMENT = 80, 60, 1_000

Typed = Mapping[str, str]
"""What stands in each field of one person; ``result:c1`` for a decision that differs. Missing is empty."""


@dataclass(frozen=True, slots=True)
class Session:
    """What every row of a table is read against."""

    definition: Definition
    grid: tuple[Seen, ...]
    decided_on: date

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({seen.on for seen in self.grid}))

    @property
    def days_in_figures(self) -> str:
        return ", ".join(f"{day:%d/%m/%Y}" for day in self.days)


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a table, and the headings that were left aside."""

    rows: tuple[Row, ...]
    ignored: tuple[str, ...] = ()


# -- reading --------------------------------------------------------------------------------------------------------


def read_roster(table: Table, session: Session, *, pasted: bool = False, refs: set[str] | None = None) -> Roster:
    """Each person of a table. What was ``pasted`` may come without headings: names, and perhaps e-mails.
    ``refs`` are names of rows that are taken already; those of this table are added.

    Raises :class:`~badges.errors.Misuse` when no column says who the people are.
    """
    known = dict(KNOWN) | {f"result:{criterion.id}": (criterion.id,) for criterion in session.definition.criteria}
    found = find_headings(table, known, ("name", "given", "family", "email", "person"))
    if found is None and not pasted:
        headings = ", ".join(cell for cell in table.lines[0].cells if cell)[:200]
        raise refusal(Misuse, "sheet_headings", found=headings)
    position, columns = found or (-1, {})
    if "word" not in columns:  # what people write for themselves beside a name is not what this person said
        columns = {name: column for name, column in columns.items() if name != "comment"}
    rows: list[Row] = []
    refs = set() if refs is None else refs
    for line in table.lines[position + 1 :]:
        said = {name: line.at(column) for name, column in columns.items()}
        typed = said if found else _without_headings(line.cells)
        rows.append(read_row(typed, session, ref=_own_ref(typed.get("ref", ""), line.number, refs)))
    if not rows:
        raise refusal(Misuse, "sheet_empty")
    titles = table.lines[position].cells if found else ()
    ignored = (title for column, title in enumerate(titles) if title and column not in columns.values())
    return Roster(tuple(rows), tuple(title[:60] for title in ignored))


def _without_headings(cells: Sequence[str]) -> dict[str, str]:
    """« Amina D. », « Amina D. ; amina@exemple.fr » or « Amina ; Diallo »: what people paste."""
    emails = [cell for cell in cells if "@" in cell]
    names = [cell for cell in cells if cell and "@" not in cell]
    return {"name": " ".join(names), "email": emails[0] if emails else ""}


def _own_ref(said: str, number: int, refs: set[str]) -> str:
    """The name of a row, as its author calls it, else its line; never twice, and never the number of a person."""
    ref = f"ligne {number}" if not said or holds_a_persons_number(said) else said[:_LONGEST_REF]
    if ref in refs:
        ref = f"{ref} (ligne {number})"
    refs.add(ref)
    return ref


def read_row(typed: Typed, session: Session, *, ref: str, surely_new: bool = False) -> Row:
    """One person, from the cells of a line or the fields of a form."""
    unread: list[Unread] = []
    person = typed.get("person", "").strip() or None
    name = _name(typed, unread)
    email = typed.get("email", "").strip()
    if holds_a_persons_number(email):
        unread.append(Unread("email", "number_of_a_person", ""))
        email = ""
    elif email and not EMAIL.fullmatch(email):
        unread.append(Unread("email", "email_unread", email[:200]))
        email = ""
    named = plain(typed.get("named", ""))
    if named not in _YES | _NO:
        unread.append(Unread("named", "yes_or_no", typed["named"][:60]))
    absent = _days(typed.get("absent", ""), "absent", unread)
    if absent and (outside := [day for day in absent if day not in session.days]):
        unread.append(Unread("absent", "day_not_in_grid", typed["absent"][:200]))
        absent = tuple(day for day in absent if day not in outside)
    return Row(
        ref=ref,
        person=person,
        name=None if person else name or None,
        email=None if person else email or None,
        name_in_badge=named in _YES,
        absent_on=absent,
        results=_results(typed, session, unread),
        observations=_caught_up(typed.get("caught_up", ""), absent, session, unread),
        word=_word(typed.get("word", ""), typed.get("comment", ""), unread),
        surely_new=surely_new,
        unread=tuple(unread),
    )


def _name(typed: Typed, unread: list[Unread]) -> str:
    pieces = [typed.get(field, "").strip() for field in ("given", "name", "family")]
    name = " ".join(" ".join(piece for piece in pieces if piece).split())
    if not name:
        return ""
    if holds_a_persons_number(name):
        unread.append(Unread("name", "number_of_a_person", ""))
    elif name.startswith("="):
        unread.append(Unread("name", "name_formula", name[:200]))
    elif len(name) > _LONGEST_NAME or _NOT_IN_A_NAME.search(name) or not any(map(str.isalpha, name)):
        unread.append(Unread("name", "name_unread", name[:200]))
    else:
        return name
    return ""


def _days(text: str, field: str, unread: list[Unread]) -> tuple[date, ...]:
    days = find_days(text)
    if days is None:
        unread.append(Unread(field, "day_unread", text[:200]))
    return days or ()


def _caught_up(text: str, absent: Sequence[date], session: Session, unread: list[Unread]) -> tuple[Seen, ...]:
    """What was missed, seen on another day: one day for all that was missed, or one for each, in order."""
    days = _days(text, "caught_up", unread)
    if not days:
        return ()
    if not absent or len(days) not in (1, len(absent)):
        unread.append(Unread("caught_up", "caught_up_alone", text[:200]))
        return ()
    if max(days) > session.decided_on:
        unread.append(Unread("caught_up", "future_date", text[:200]))
        return ()
    on = dict(zip(sorted(absent), sorted(days) if len(days) > 1 else days * len(absent), strict=True))
    return tuple(
        Seen(seen.criterion, on[seen.on], seen.way, seen.kind, seen.function) for seen in session.grid if seen.on in on
    )


def _word(text: str, comment: str, unread: list[Unread]) -> Word | None:
    """What the person said themselves; None where nothing is written, and the statement for all speaks for them."""
    said, comment = _SAID.get(plain(text)), comment.strip()
    if said == "agrees" and comment:
        said = "agrees_with_comment"
    if text.strip() and said is None:
        unread.append(Unread("word", "word_unread", text[:60]))
    elif comment and said is None:
        unread.append(Unread("word", "word_missing", ""))
    elif said not in (None, "agrees") and not comment:
        unread.append(Unread("comment", "comment_missing", ""))
    if len(comment) > LONGEST_COMMENT:
        unread.append(Unread("comment", "comment_too_long", "" if holds_a_persons_number(comment) else comment))
        comment = ""
    return Word(said, comment) if said or comment else None


def _results(typed: Typed, session: Session, unread: list[Unread]) -> dict[str, str]:
    found: dict[str, str] = {}
    for criterion in session.definition.criteria:
        said = typed.get(f"result:{criterion.id}", "")
        if result := RESULT_WORDS.get(plain(said)):
            found[criterion.id] = result
        elif said:
            unread.append(Unread(f"result:{criterion.id}", "result_unread", said[:60]))
    return found


# -- a row as it stands -----------------------------------------------------------------------------------------------


def session_of(batch: Batch, definition: Definition) -> Session:
    """What the rows of a planned batch are read against."""
    grid = tuple(
        Seen(item["criterion"], date.fromisoformat(item["on"]), item["way"], item["kind"], item["function"])
        for item in batch.grid
    )
    return Session(definition, grid, batch.decided_on)


def typed_of(row: BatchRow, known_as: str | None = None) -> dict[str, str]:
    """What stands in each field of a kept row: what could be read, and what could not as it was typed.

    ``known_as`` is the name of the person, where the row names one.
    """
    exceptions, newcomer = row.exceptions, row.newcomer or {}
    absent = [f"{date.fromisoformat(day):%d/%m/%Y}" for day in exceptions.get("absent_on", ())]
    caught_up = sorted({item["on"] for item in exceptions.get("observations", ())})
    typed = {
        "ref": row.ref,
        "name": known_as or newcomer.get("name") or "",
        "email": newcomer.get("email") or "",
        "named": "oui" if row.name_in_badge else "",
        "absent": ", ".join(absent),
        "caught_up": ", ".join(f"{date.fromisoformat(day):%d/%m/%Y}" for day in caught_up),
        "word": WORDS.get(row.word or "", ""),
        "comment": exceptions.get("word", {}).get("comment", ""),
        "person": row.person or "",
    }
    words = {result: word for word, result in RESULT_WORDS.items()} | {"not_observed": "non observé"}
    typed |= {f"result:{criterion}": words[result] for criterion, result in exceptions.get("results", {}).items()}
    return typed | {field: text for field, _, text in exceptions.get("unread", ())}


# -- files ------------------------------------------------------------------------------------------------------------


def template(session: Session, form: str) -> bytes:
    """An empty table to fill in, ``csv`` or ``xlsx``; the workbook explains its columns on a second sheet."""
    headings = [HEADINGS[field] for field in FIELDS]
    if form == "csv":
        return to_csv([headings])
    notes = {
        "ref": "Votre repère pour cette ligne : facultatif, jamais dans le badge. Pas de numéro de sécurité sociale.",
        "name": "Prénom et initiale du nom : Amina D. Deux colonnes « Prénom » et « Nom » conviennent aussi.",
        "email": "Une adresse à la personne, si elle en a une. Sinon, laissez vide : le badge sera remis sur papier.",
        "named": "« oui » seulement si la personne demande que son nom soit écrit dans le badge.",
        "absent": f"Les jours de la session où elle n’était pas là. Jours de la session : {session.days_in_figures}.",
        "caught_up": "Le jour où ce qui a été manqué a été vu, s’il y en a un.",
        "word": "Ce que la personne dit de son badge une fois informée : d’accord, d’accord avec commentaire, pas "
        "d’accord. Vide : ce que vous direz pour toutes avant de délivrer. « pas d’accord » : rien n’est signé.",
        "comment": "Avec ses mots ; il reste dans votre structure. Jamais la santé, la famille, la justice.",
    }
    explained: list[Sequence[Cell]] = [(HEADINGS[field], notes[field]) for field in FIELDS]
    for criterion in session.definition.criteria:
        explained.append((criterion.id, f"{criterion.text} (colonne à ajouter si une décision diffère)"))
    return to_xlsx(
        Sheet(
            "Personnes",
            headings,
            choices={FIELDS.index("named"): ("oui", "non"), FIELDS.index("word"): tuple(WORDS.values())},
            notes={FIELDS.index(field): note for field, note in notes.items()},
        ),
        Sheet("Mode d’emploi", ("Colonne", "Ce qu’on y écrit"), explained),
    )


def rejected(rows: Iterable[BatchRow], known_as: Mapping[str, str | None], session: Session, form: str) -> bytes:
    """The rows to correct with what is wrong in each: the same columns as they came, so that they can be sent again."""
    rows = tuple(rows)
    typed = [typed_of(row, known_as.get(row.recipient)) for row in rows]
    used = {field for each in typed for field, text in each.items() if text}
    results = [f"result:{criterion.id}" for criterion in session.definition.criteria]
    fields = [*FIELDS, *(field for field in (*results, "person") if field in used)]
    headings = ["À corriger", *(HEADINGS.get(field, field.removeprefix("result:")) for field in fields)]
    table = [
        [" ".join(problem["message"] for problem in row.problems), *(each.get(field, "") for field in fields)]
        for row, each in zip(rows, typed, strict=True)
    ]
    return to_csv([headings, *table]) if form == "csv" else to_xlsx(Sheet("À corriger", headings, table))
