"""Publishing criteria: check a folder, compare two versions, freeze one.

To publish is to write a line in ``PUBLISHED``; from then on the definition never changes. What must hold first,
in this order; each number stands again above the code that looks at it.

1. every file of the folder is valid, and what a badge leans on (prerequisites) exists;
2. it is no draft: its status is *proposition* before 1.0.0, *adopte* from 1.0.0 on;
3. this version is not published yet;
4. its number is greater than every published one of the badge;
5. no criterion id removed in the past comes back;
6. the step of the number is at least what changed: major for whatever can change the decision, minor for an
   optional criterion or the validity, patch for wording. Before 1.0.0 the steps shift one place, as in semantic
   versioning: what would be major needs a new middle number.

Not checked here: that the words of an essential criterion still mean the same. A change of its text counts as
major unless the version's changelog says ``same_meaning = true``, which a reviewer of the merge request reads.
"""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from pathlib import Path

from ..errors import CatalogueError
from .criteria_files import (
    DEFINITION_FILE,
    VERSION,
    Alignment,
    Problem,
    problem,
    problems_of,
    version_key,
)
from .definition import FAMILIES, Criterion, Definition
from .library import PUBLISHED_FILE, Catalogue, Entry, Publication, read_published, version_folders
from .taxonomy import (
    BADGE_KIND_LABELS,
    EVIDENCE_LABELS,
    FAMILY_LABELS,
    FUNCTION_LABELS,
    SECOND_LABELS,
    WAY_LABELS,
    Label,
    level_words,
)

# --- comparing two versions -------------------------------------------------------------------------------------


class Step(IntEnum):
    """How much of the version number a change moves."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


STEP_WORDS: Mapping[Step, str] = {Step.PATCH: "correctif", Step.MINOR: "mineur", Step.MAJOR: "majeur"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed. ``wording`` marks a text whose meaning only a reader can compare; ``criterion`` is the id
    of the criterion it is about, if it is about one."""

    where: str
    before: str
    after: str
    step: Step
    wording: bool = False
    criterion: str = ""

    def __str__(self) -> str:
        match self.before, self.after:
            case "", after:
                return f"{self.where} : ajouté, « {after} »"
            case before, "":
                return f"{self.where} : retiré, « {before} »"
            case before, after:
                return f"{self.where} : « {before} » devient « {after} »"


def diff(before: Definition, after: Definition) -> tuple[Difference, ...]:
    """What changed between two definitions of one badge: the badge first, then criterion by criterion."""
    return (*_badge_differences(before, after), *_criteria_differences(before, after))


def _badge_differences(a: Definition, b: Definition) -> Iterator[Difference]:
    rule_a, rule_b = a.rule, b.rule
    for where, old, new, step in (
        ("famille", FAMILY_LABELS[a.family].fr, FAMILY_LABELS[b.family].fr, Step.MAJOR),
        ("nature", BADGE_KIND_LABELS[a.kind].fr, BADGE_KIND_LABELS[b.kind].fr, Step.MAJOR),
        ("titre", a.title, b.title, Step.PATCH),
        ("description", a.description, b.description, Step.PATCH),
        ("niveau", level_words(a.level), level_words(b.level), Step.MAJOR),
        ("qui décide", _labels(FUNCTION_LABELS, a.assessors), _labels(FUNCTION_LABELS, b.assessors), Step.MAJOR),
        ("second regard", SECOND_LABELS[a.second].fr, SECOND_LABELS[b.second].fr, Step.MAJOR),
        ("durée", _months(a.validity_months), _months(b.validity_months), Step.MINOR),
        ("badges à détenir avant", ", ".join(a.prerequisites), ", ".join(b.prerequisites), Step.MAJOR),
        ("critères facultatifs demandés", *_numbers(rule_a.optional_at_least, rule_b.optional_at_least), Step.MAJOR),
        ("jours différents d’observation", *_numbers(rule_a.distinct_days, rule_b.distinct_days), Step.MAJOR),
        (
            "façons qui comptent comme observation",
            _labels(WAY_LABELS, rule_a.observed_ways),
            _labels(WAY_LABELS, rule_b.observed_ways),
            Step.MAJOR,
        ),
        ("âge des preuves", _months(rule_a.max_age_months), _months(rule_b.max_age_months), Step.MAJOR),
        (
            "preuves sans âge",
            _labels(EVIDENCE_LABELS, rule_a.ageless_kinds),
            _labels(EVIDENCE_LABELS, rule_b.ageless_kinds),
            Step.MAJOR,
        ),
        (
            "parole qui ne décide jamais seule",
            _labels(FUNCTION_LABELS, rule_a.never_alone),
            _labels(FUNCTION_LABELS, rule_b.never_alone),
            Step.MAJOR,
        ),
    ):
        if old != new:
            yield Difference(where, old, new, step)


def _criteria_differences(a: Definition, b: Definition) -> Iterator[Difference]:
    for old in a.criteria:
        if old.id not in b.by_id:
            yield Difference(_named(old), old.text, "", _weight(old), criterion=old.id)
    for new in b.criteria:
        if new.id not in a.by_id:
            yield Difference(_named(new), "", new.text, _weight(new), criterion=new.id)
            continue
        old = a.by_id[new.id]
        step = max(_weight(old), _weight(new))
        for where, before, after, wording in (
            ("", _required(old), _required(new), False),
            ("texte", old.text, new.text, True),
            ("façons d’évaluer", _labels(WAY_LABELS, old.ways), _labels(WAY_LABELS, new.ways), False),
            ("preuves", _labels(EVIDENCE_LABELS, old.kinds), _labels(EVIDENCE_LABELS, new.kinds), False),
        ):
            if before != after:
                place = f"{_named(new)}, {where}" if where else f"critère {new.id}"
                yield Difference(place, before, after, step, wording, new.id)
    if [c.id for c in b.criteria if c.id in a.by_id] != [c.id for c in a.criteria if c.id in b.by_id]:
        yield Difference("ordre des critères", ", ".join(a.by_id), ", ".join(b.by_id), Step.PATCH)


def _weight(criterion: Criterion) -> Step:
    return Step.MAJOR if criterion.required else Step.MINOR


def _required(criterion: Criterion) -> str:
    return "essentiel" if criterion.required else "facultatif"


def _named(criterion: Criterion) -> str:
    return f"critère {criterion.id} ({_required(criterion)})"


def _labels(labels: Mapping[str, Label], codes: Iterable[str]) -> str:
    return ", ".join(labels[code].fr if code in labels else code for code in codes)


def _months(months: int | None) -> str:
    return "sans limite" if months is None else f"{months} mois"


def _numbers(before: int, after: int) -> tuple[str, str]:
    return str(before), str(after)


# --- checking a folder ------------------------------------------------------------------------------------------


def check(folder: Path, *, beside: Sequence[Path] = ()) -> tuple[Problem, ...]:
    """Every problem of a criteria folder, in reading order; empty when all is well.

    ``beside`` are the folders it only adds to (the shipped catalogue, for ``$BADGES_HOME/criteria``): their
    badges may be prerequisites and their versions may not be replaced.
    """
    problems = [*_misplaced(folder)]
    mistakes = [mistake for version in version_folders(folder) for mistake in problems_of(version)]
    if mistakes:
        return (*problems, *mistakes)
    catalogue = Catalogue.open(*beside, folder)
    entries: list[Entry] = []
    try:
        publications = read_published(folder)
        versions = [(slug, version) for slug in catalogue.slugs() for version in catalogue.versions(slug)]
    except CatalogueError as refused:
        return (*problems, _told(refused))
    for slug, version in versions:
        try:
            entries.append(catalogue.require(slug, version))
        except CatalogueError as refused:
            problems.append(_told(refused))
    if len(entries) < len(versions):
        return tuple(problems)
    own = [entry for entry in entries if entry.folder.is_relative_to(folder)]
    return (
        *problems,
        *_published_and_gone(publications, entries),
        *_unknown_prerequisites(own, catalogue),
        *_reused_ids(entries),
        *_two_labels(entries),
    )


def _misplaced(folder: Path) -> Iterator[Problem]:
    """Criteria where nobody would ever read them: they must not look published."""
    if not folder.is_dir():
        yield problem(folder.name, "", "un dossier de critères", "rien", "Vérifiez le chemin donné.", "folder_missing")
        return
    for path in sorted(folder.rglob(DEFINITION_FILE)):
        parts = path.relative_to(folder).parts
        if len(parts) != 4 or parts[0] not in FAMILIES or not VERSION.fullmatch(parts[2]):
            yield problem(
                "/".join(parts),
                "",
                f"<famille>/<nom du badge>/<version>/{DEFINITION_FILE}, famille parmi {', '.join(FAMILIES)}",
                "un autre chemin",
                "Déplacez le dossier.",
                "folder_mismatch",
            )


def _published_and_gone(publications: Iterable[Publication], entries: Iterable[Entry]) -> Iterator[Problem]:
    there = {(entry.slug, entry.version) for entry in entries}
    for line in publications:
        if (line.slug, line.version) not in there:
            yield problem(
                PUBLISHED_FILE,
                f"{line.slug} {line.version}",
                "le dossier de cette version publiée",
                "rien",
                "Remettez le dossier : une version publiée ne disparaît jamais.",
                "published_gone",
            )


def _unknown_prerequisites(entries: Iterable[Entry], catalogue: Catalogue) -> Iterator[Problem]:
    for entry in entries:
        for slug in entry.definition.prerequisites:
            if not catalogue.versions(slug):
                yield problem(
                    _file(entry),
                    "prerequisites",
                    "un badge du catalogue",
                    slug,
                    "Corrigez le nom, ou ajoutez ce badge.",
                    "prerequisite_unknown",
                )


def _reused_ids(entries: Iterable[Entry]) -> Iterator[Problem]:
    """A criterion id removed in one version never comes back in a later one: old badges would be misread."""
    removed: dict[str, set[str]] = defaultdict(set)
    last: dict[str, set[str]] = {}
    for entry in entries:  # versions of one badge follow each other, oldest first
        ids = set(entry.definition.by_id)
        removed[entry.slug] |= last.get(entry.slug, ids) - ids
        for back in sorted(ids & removed[entry.slug]):
            yield problem(
                _file(entry),
                f"critère {back}",
                "un identifiant jamais utilisé",
                f"{back}, retiré dans une version précédente",
                "Donnez au nouveau critère le numéro suivant.",
                "criterion_reused",
            )
        last[entry.slug] = ids


def _two_labels(entries: Iterable[Entry]) -> Iterator[Problem]:
    seen: dict[str, Alignment] = {}
    for entry in entries:
        for alignment in entry.around.alignments:
            known = seen.setdefault(alignment.page, alignment)
            if known.framework_version == alignment.framework_version and known.label != alignment.label:
                yield problem(
                    _file(entry, "around.toml"),
                    f"alignement « {alignment.code} »",
                    f"le même libellé partout, « {known.label} »",
                    f"« {alignment.label} »",
                    "Recopiez le libellé du référentiel.",
                    "alignment_label",
                )


# --- publishing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, and what changed since the version before."""

    line: Publication
    previous: str | None
    differences: tuple[Difference, ...]


def publish(folder: Path, slug: str, version: str, today: date, *, beside: Sequence[Path] = ()) -> Published:
    """Freeze one version: append its line to ``folder/PUBLISHED``.

    Raises :class:`CatalogueError` with the first thing that does not hold, and :class:`NotFound` for a version
    that no folder has. Nothing is half written.
    """
    catalogue = Catalogue.open(*beside, folder)

    # 1. and 5. files valid, prerequisites known, no id reused
    if mistakes := check(folder, beside=beside):
        raise mistakes[0].refusal()
    entry = catalogue.require(slug, version)
    if not entry.folder.is_relative_to(folder):
        raise _refused("une version de ce dossier", f"{slug} {version} dans le catalogue livré", "Rien à faire.")

    # 2. no draft
    if entry.status not in ("proposition", "adopte"):
        raise _refused(
            "le statut « proposition » (avant 1.0.0) ou « adopte »",
            f"« {entry.status} »",
            "Changez status dans around.toml quand la relecture est finie.",
            "status_not_ready",
        )

    # 3. not yet published
    if entry.published_on is not None:
        raise _refused(
            "une version jamais publiée",
            f"{slug} {version}, publiée le {entry.published_on:%d/%m/%Y}",
            "Proposez le changement dans une nouvelle version.",
            "already_published",
        )

    # 4. greater than every published one
    before = [other for other in catalogue.published() if other.slug == slug]
    previous = max(before, key=lambda other: version_key(other.version), default=None)
    if previous is not None and version_key(version) <= version_key(previous.version):
        raise _refused(
            f"une version plus grande que {previous.version}", version, "Renommez le dossier.", "version_not_greater"
        )

    # 6. the step is large enough
    differences = diff(previous.definition, entry.definition) if previous else ()
    if previous is not None:
        _refuse_small_step(previous, entry, differences)

    line = Publication(slug, version, entry.digest, today)
    _append(folder / PUBLISHED_FILE, line)
    return Published(line, previous.version if previous else None, differences)


def needed_step(differences: Iterable[Difference], *, same_meaning: bool = False) -> Step:
    """The smallest step that tells the truth about these differences."""
    return max(
        (Step.PATCH if same_meaning and change.wording else change.step for change in differences),
        default=Step.PATCH,
    )


def _refuse_small_step(previous: Entry, entry: Entry, differences: tuple[Difference, ...]) -> None:
    same_meaning = any(change.same_meaning for change in entry.around.changelog)
    needed = needed_step(differences, same_meaning=same_meaning)
    taken = _taken_step(version_key(previous.version), version_key(entry.version))
    if taken >= needed:
        return
    cause = next(change for change in differences if needed_step((change,), same_meaning=same_meaning) is needed)
    advice = f"Numéro possible : {_next(version_key(previous.version), needed)}."
    if cause.wording:
        advice += " Si seul le style change, écrivez same_meaning = true dans le changelog de la version."
    raise _refused(
        f"un pas {STEP_WORDS[needed]} depuis {previous.version} ({cause})", entry.version, advice, "step_too_small"
    )


def _taken_step(before: tuple[int, int, int], after: tuple[int, int, int]) -> Step:
    if after[0] > before[0]:
        return Step.MAJOR
    if after[1] > before[1]:
        return Step.MAJOR if after[0] == 0 else Step.MINOR
    return Step.MINOR if after[0] == 0 else Step.PATCH


def _next(before: tuple[int, int, int], step: Step) -> str:
    major, minor, patch = before
    if major == 0:
        return f"0.{minor + 1}.0" if step is Step.MAJOR else f"0.{minor}.{patch + 1}"
    if step is Step.MAJOR:
        return f"{major + 1}.0.0"
    return f"{major}.{minor + 1}.0" if step is Step.MINOR else f"{major}.{minor}.{patch + 1}"


def _append(path: Path, line: Publication) -> None:
    """Whole file replaced at once: a reader sees all of the old lines, or all of them and the new one."""
    old = path.read_text(encoding="utf-8") if path.exists() else _PUBLISHED_HEADER
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{PUBLISHED_FILE}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as new:
            new.write(f"{old}{'' if old.endswith(chr(10)) else chr(10)}{line}\n")
            new.flush()
            os.fsync(new.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


_PUBLISHED_HEADER = """\
# Les définitions publiées : nom, version, empreinte SHA-256 de la forme canonique (RFC 8785), date.
# Une ligne écrite ne change plus et ne disparaît pas. Ce fichier s’écrit par « badges criteria publish ».
"""


# --- saying it --------------------------------------------------------------------------------------------------


def check_report(problems: Sequence[Problem], count: int) -> str:
    """The answer of ``badges criteria check``, one sentence a line."""
    if not problems:
        return f"{count} {'versions lues' if count > 1 else 'version lue'}, aucun problème."
    total = f"{len(problems)} {'problèmes' if len(problems) > 1 else 'problème'}."
    return "\n".join([*(str(problem) for problem in problems), total])


def diff_report(before: Definition, after: Definition) -> str:
    """The answer of ``badges criteria diff``: a title, one line per change, the step it asks for."""
    differences = diff(before, after)
    title = f"{after.title} : de {before.version} à {after.version}"
    if not differences:
        return f"{title}\nAucune différence."
    lines = [f"- {change}" for change in differences]
    step = f"Pas demandé : {STEP_WORDS[needed_step(differences)]}."
    if any(change.wording and change.step is Step.MAJOR for change in differences):
        step += " Un texte de critère essentiel change : relire que le sens reste le même."
    return "\n".join([title, *lines, step])


def publish_report(published: Published) -> str:
    """The answer of ``badges criteria publish``."""
    line = published.line
    said = f"{line.slug} {line.version} est publié le {line.on:%d/%m/%Y} : {line.digest}."
    if published.previous:
        said += f"\nDepuis {published.previous} : {len(published.differences)} changement(s)."
    return said


def _file(entry: Entry, name: str = DEFINITION_FILE) -> str:
    return f"{entry.definition.family}/{entry.slug}/{entry.version}/{name}"


def _refused(expected: str, found: str, advice: str, code: str = "publish_refused") -> CatalogueError:
    return CatalogueError(f"Attendu : {expected} ; trouvé : {found}.", code=code, advice=advice)


def _told(refused: CatalogueError) -> Problem:
    return Problem(refused.message.partition(" : ")[0], refused.message, refused.advice, refused.code)
