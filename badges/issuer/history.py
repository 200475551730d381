"""The history of a structure: each change a dated line in words, with who and when, read from the journal.

The journal holds ids and nothing else (:mod:`.audit`); names are looked up when the page is read, so that who was
erased is nobody here either, and who left is still known by name and function. Each action has its words here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..catalogue.taxonomy import FUNCTION_LABELS, Label
from ..typography import N_
from .desk import Desk
from .permissions import Caller, require
from .storage import AuditLine, Award, Batch, Observation, Person, Proposal, Register, StaffMember
from .wording import REVOCATION_REASONS

PAGE = 50


WORDS: dict[str, str] = {
    "account.no_second_step": N_("a retiré le code demandé à la connexion"),
    "account.password": N_("a choisi un mot de passe"),
    "account.password_link": N_("a demandé un nouveau mot de passe"),
    "account.second_step": N_("a ajouté un code à la connexion"),
    "account.sign_in": N_("a ouvert une session"),
    "afest.begin": N_("a ouvert une AFEST"),
    "afest.end": N_("a terminé une AFEST, situation et retour réflexif faits"),
    "award": N_("a délivré un badge"),
    "award.renew": N_("a ouvert le renouvellement d’un badge"),
    "award.resend": N_("a renvoyé un badge par e-mail"),
    "batch.agrees": N_("a noté l’accord de la personne, dans un lot"),
    "batch.agrees_with_comment": N_("a noté l’accord de la personne, avec un commentaire, dans un lot"),
    "batch.cancel": N_("a annulé un lot"),
    "batch.confirm": N_("a confirmé un lot"),
    "batch.confirmed": N_("a confirmé un lot, au second regard"),
    "batch.correct": N_("a corrigé un lot"),
    "batch.declare": N_("a dit que chaque personne d’un lot sait ce que dit son badge et l’a accepté"),
    "batch.disagrees": N_("a noté le désaccord de la personne, dans un lot"),
    "batch.done": N_("a fini de délivrer un lot"),
    "batch.forget": N_("a effacé les lignes non délivrées d’un lot, au terme prévu"),
    "batch.not_yet": N_("a répondu « pas encore » à un lot"),
    "batch.plan": N_("a préparé un lot"),
    "batch.revoke": N_("a retiré les badges d’un lot"),
    "batch.undeclare": N_("a repris ce qui était dit de l’accord des personnes d’un lot"),
    "endorsement.ask": N_("a demandé un soutien"),
    "endorsement.call_off": N_("a retiré une demande de soutien"),
    "endorsement.sign": N_("a signé un soutien"),
    "endorsement.withdraw": N_("a retiré un soutien"),
    "evidence.add": N_("a ajouté une preuve"),
    "evidence.expire": N_("a effacé une preuve, au terme prévu"),
    "evidence.read": N_("a ouvert une preuve"),
    "evidence.remove": N_("a effacé une preuve"),
    "holder.code": N_("a changé le code de sa carte"),
    "holder.erase": N_("a effacé son dossier"),
    "holder.hide": N_("a caché un badge"),
    "holder.join": N_("a réuni ses badges"),
    "holder.link": N_("a demandé un nouveau lien"),
    "holder.share": N_("a fait un partage"),
    "holder.show": N_("a montré un badge"),
    "holder.unshare": N_("a retiré un partage"),
    "jury.hold": N_("a réuni un jury"),
    "observation.note": N_("a noté une observation"),
    "observation.withdraw": N_("a retiré une observation"),
    "person.add": N_("a ajouté une personne"),
    "person.correct": N_("a corrigé la fiche d’une personne"),
    "person.link": N_("a fait un lien personnel"),
    "person.name": N_("a corrigé un nom"),
    "profile.compromised": N_("a déclaré une clé de signature compromise"),
    "profile.open": N_("a ouvert une clé de signature"),
    "profile.retired": N_("a retiré une clé de signature"),
    "proposal.agrees": N_("a noté l’accord de la personne"),
    "proposal.agrees_with_comment": N_("a noté l’accord de la personne, avec un commentaire"),
    "proposal.aside": N_("a répondu « pas encore »"),
    "proposal.confirmed": N_("a confirmé un dossier, au second regard"),
    "proposal.disagrees": N_("a noté le désaccord de la personne"),
    "proposal.not_yet": N_("a répondu « pas encore » à un dossier, au second regard"),
    "proposal.open": N_("a ouvert un dossier"),
    "proposal.reopen": N_("a rouvert un dossier"),
    "proposal.revise": N_("a complété un dossier"),
    "proposal.send": N_("a demandé un second regard"),
    "retention.purge": N_("a effacé un dossier, au terme prévu"),
    "retention.warn": N_("a annoncé la fin de conservation d’un dossier"),
    "staff.add": N_("a ajouté un collègue"),
    "staff.change": N_("a changé la place d’un collègue"),
    "staff.end": N_("a mis fin à la place d’un collègue"),
    "staff.invite": N_("a invité un collègue"),
    "staff.join": N_("a rejoint la structure"),
    "staff.uninvite": N_("a retiré une invitation"),
    "structure.add": N_("a ajouté la structure"),
    "structure.change": N_("a changé la fiche de la structure"),
    "structure.logo": N_("a changé le logo de la structure"),
    "structure.close": N_("a fermé la structure"),
    "testimony.answer": N_("a répondu à une demande de témoignage"),
    "testimony.ask": N_("a demandé un témoignage"),
    "token.new": N_("a fait un jeton d’accès pour un programme"),
    "token.revoke": N_("a retiré un jeton d’accès"),
    "twin.ask": N_("a demandé une adresse publique pour un badge"),
}
"""Action → what somebody did. A withdrawal (``revoke.…``) is told with its reason."""

OTHER_WORDS = {
    "revoke.": N_("a retiré un badge"),
    "request.": N_("a répondu à une demande de la personne"),
    "holder.ask.": N_("a fait une demande"),
    "structure.": N_("a changé la fiche de la structure"),
    "twin.": N_("a changé l’adresse publique d’un badge"),
}
"""The beginning of actions that end with what was chosen."""

NOBODY_OF_THE_STAFF = {
    "operator": N_("L’opérateur du service"),
    "holder": N_("La personne elle-même"),
    "witness": N_("Un témoin"),
    "endorser": N_("Un organisme"),
    "retention": N_("Le service, de lui-même"),
}
CHANGED = N_("a fait un changement")
REPLACED = N_("a corrigé un badge : l’ancien est remplacé")
SOMEBODY = N_("Une personne d’une autre structure")


@dataclass(frozen=True, slots=True)
class Event:
    """One line. ``who`` is a name, or words to translate when ``function`` is None; ``link`` leads to the thing."""

    line: AuditLine
    who: str
    function: Label | None
    words: str
    reason: str
    about: str
    person: str
    link: str


class History:
    """The journal of a structure, in words."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def page(self, by: Caller, *, before: int | None = None) -> tuple[Event, ...]:
        """The fifty lines before the line ``before``, the latest first."""
        with self._desk.storage.reading() as register:
            actor = self._desk.actor(register, by)
            require(actor, "see")
            return self._told(register, actor.structure, {"structure": actor.structure}, before)

    def of(self, by: Caller, award: str) -> tuple[Event, ...]:
        """What happened to one award. Raises :class:`~badges.errors.NotFound`, also for another structure's."""
        with self._desk.storage.reading() as register:
            found = self._desk.require(register, Award, uuid=award)
            actor = self._desk.actor(register, by)
            require(actor, "see", structure=found.structure)
            return self._told(register, actor.structure, {"structure": actor.structure, "subject": award}, None)

    def _told(self, register: Register, structure: str, only: dict[str, Any], before: int | None) -> tuple[Event, ...]:
        beyond = (before,) if before is not None else None
        lines = register.list(AuditLine, order="number", newest=True, beyond=beyond, limit=PAGE, **only)
        known = _Known(register, structure, lines)
        return tuple(self._event(known, line) for line in lines)

    def _event(self, known: _Known, line: AuditLine) -> Event:
        staff = known.staff.get(line.actor)
        words, reason = words_of(line.action)
        slug_version = known.badge_of(line.subject)
        entry = self._desk.catalogue.find(*slug_version) if slug_version else None
        return Event(
            line=line,
            who=staff.name if staff else NOBODY_OF_THE_STAFF.get(line.actor, SOMEBODY),
            function=FUNCTION_LABELS[staff.function] if staff else None,
            words=words,
            reason=reason,
            about=entry.definition.title if entry else "",
            person=known.person_of(line.subject),
            link=known.link_of(line.subject),
        )


def words_of(action: str) -> tuple[str, str]:
    """What was done, and the reason where there is one: both to translate."""
    if action == "revoke.replaced":
        return REPLACED, ""
    if action.startswith("revoke."):
        return OTHER_WORDS["revoke."], REVOCATION_REASONS[action.removeprefix("revoke.")]
    if action in WORDS:
        return WORDS[action], ""
    return next((words for beginning, words in OTHER_WORDS.items() if action.startswith(beginning)), CHANGED), ""


class _Known:
    """What the subjects of some lines are, looked up in one go for each kind."""

    def __init__(self, register: Register, structure: str, lines: Iterable[AuditLine]) -> None:
        lines = tuple(lines)
        subjects: list[Any] = sorted({line.subject for line in lines})
        actors: list[Any] = sorted({line.actor for line in lines})
        own: dict[str, Any] = {"structure": structure}
        self.staff = {member.id: member for member in register.list(StaffMember, id=actors)}
        self.awards = {award.uuid: award for award in register.list(Award, uuid=subjects, **own)}
        self.files = {file.id: file for file in register.list(Proposal, id=subjects, **own)}
        self.seen = {seen.id: seen for seen in register.list(Observation, id=subjects, **own)}
        self.batches = {batch.id: batch for batch in register.list(Batch, id=subjects, **own)}
        self.colleagues = {member.id: member for member in register.list(StaffMember, id=subjects, **own)}
        theirs = {award.person for award in self.awards.values()}
        theirs |= {file.person for file in self.files.values()} | {seen.person for seen in self.seen.values()}
        ids: list[Any] = sorted({person for person in theirs if person} | set(subjects))
        self.people = {person.id: person for person in register.list(Person, id=ids, erased_at=None, **own)}

    def badge_of(self, subject: str) -> tuple[str, str] | None:
        found = (
            self.awards.get(subject) or self.files.get(subject) or self.seen.get(subject) or self.batches.get(subject)
        )
        return (found.slug, found.version) if found else None

    def person_of(self, subject: str) -> str:
        found = self.awards.get(subject) or self.files.get(subject) or self.seen.get(subject)
        if found is not None:
            person = self.people.get(found.person or "")
            return (person.name or "") if person else ""
        if colleague := self.colleagues.get(subject):
            return colleague.name
        person = self.people.get(subject)
        return (person.name or "") if person else ""

    def link_of(self, subject: str) -> str:
        if subject in self.awards:
            return f"/equipe/badges/{subject}"
        if subject in self.files:
            return f"/equipe/dossiers/{subject}"
        if subject in self.batches:
            return f"/equipe/lots/{subject}"
        return f"/equipe/personnes/{subject}" if subject in self.people else ""
