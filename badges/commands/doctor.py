"""``badges doctor``: does everything that is stored hold together? Reads all, changes nothing.

Each line is one question, answered « bon », « à voir » or « mauvais »; 1 when one is bad.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..addresses import short_code
from ..arguments import Parser
from ..catalogue import publishing
from ..catalogue.library import shipped_criteria
from ..clock import to_text
from ..commitments import Chain, token_digest
from ..deployment import Deployment
from ..errors import BadgesError, NotFound
from ..issuer.assertion import payload_of
from ..issuer.audit import first_broken_line, lines
from ..issuer.storage import Award
from ..openbadges import jws
from ..openbadges.model import IdentityObject
from ..trust import check
from . import add_home
from . import deployment as deployment_of

GOOD, LOOK, BAD = "bon", "à voir", "mauvais"


class Answer(NamedTuple):
    """One line: how it stands, and in what words."""

    state: str
    words: str


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    return tell(deployment_of(arguments))


def tell(deployment: Deployment) -> int:
    """Print every answer; 1 when one is bad."""
    worst = 0
    for name, question in QUESTIONS.items():
        for answer in _ask(deployment, question):
            print(f"{answer.state:8} {name} : {answer.words}")
            worst = max(worst, answer.state == BAD)
    return worst


def _ask(deployment: Deployment, question: Callable[[Deployment], Iterator[Answer]]) -> Iterator[Answer]:
    """A question that cannot be asked is an answer too, and a bad one."""
    try:
        yield from question(deployment)
    except BadgesError as refusal:
        yield Answer(BAD, " ".join((refusal.message, refusal.advice)).strip())


def _database(deployment: Deployment) -> Iterator[Answer]:
    sound = deployment.storage.is_sound()
    yield Answer(GOOD, "la base répond et n’est pas abîmée.") if sound else Answer(BAD, "la base est abîmée.")


def _journal(deployment: Deployment) -> Iterator[Answer]:
    with deployment.storage.reading() as register:
        broken = first_broken_line(register)
        told = {"award": set[tuple[str, str]](), "revoke": set[tuple[str, str]]()}
        for line in lines(register):
            action, _, code = line.action.partition(".")
            told.get(action, set()).add((line.subject, code))
    if broken is None:
        yield Answer(GOOD, "aucune ligne changée ni retirée.")
    else:
        yield Answer(BAD, f"la ligne {broken} ne suit pas la précédente : le journal a été changé.")
    issuer = deployment.issuer
    awards = {(award.uuid, "") for award in deployment.stored_awards()}
    withdrawn = {
        (line.award, line.code)
        for speaker in issuer.list_profiles()
        for line in issuer.list_revocations(speaker.profile.id)
    }
    for words, stored, noted in (("délivré", awards, told["award"]), ("retiré", withdrawn, told["revoke"])):
        for uuid, _ in sorted(noted - stored):
            yield Answer(BAD, f"le badge {uuid} a été {words} selon le journal, et le registre n’en sait rien.")
        for uuid, _ in sorted(stored - noted):
            yield Answer(BAD, f"le badge {uuid} a été {words} selon le registre, et le journal n’en sait rien.")


def _awards(deployment: Deployment) -> Iterator[Answer]:
    """Every stored award still verifies under the key of its Profile, and is the one that was recorded."""
    keys = {
        speaker.profile.id: jws.load_public_key(speaker.profile.public_pem)
        for speaker in deployment.issuer.list_profiles()
    }
    seen = erased = 0
    for award in deployment.stored_awards():
        seen += 1
        try:
            token = deployment.issuer.require_token(award.uuid)
        except NotFound:
            erased += 1
            if not deployment.issuer.was_erased(award.uuid):
                yield Answer(BAD, f"le fichier du badge {award.uuid} manque, et personne n’a demandé son effacement.")
            continue
        if token_digest(token) != award.token_digest:
            yield Answer(BAD, f"le badge {award.uuid} n’est plus celui qui a été enregistré.")
        elif changed := _changed(award, payload_of(token), deployment):
            yield Answer(BAD, f"la fiche du badge {award.uuid} ne dit plus ce qui a été signé ({', '.join(changed)}).")
        try:
            jws.verify(jws.read_unverified(token), keys[award.profile])
        except (BadgesError, KeyError):
            yield Answer(BAD, f"la signature du badge {award.uuid} n’est pas celle de son profil.")
    yield Answer(GOOD, f"{seen} relus, {erased} effacés à la demande de leur titulaire.")


def _changed(award: Award, signed: dict[str, Any], deployment: Deployment) -> list[str]:
    """The facts of the register that are not those of the signed badge."""
    recorded = {
        "id": f"urn:uuid:{award.uuid}",
        "badge": deployment.addresses.badge_class(award.profile, award.slug, award.version),
        "issuedOn": to_text(award.issued_on),
        "expires": award.expires and to_text(award.expires),
    }
    changed = [name for name, value in recorded.items() if signed.get(name) != value]
    if short_code(signed["id"]) != award.code:
        changed.append("code")
    if not deployment.issuer.is_recipient(award.uuid, IdentityObject.from_json(signed["recipient"])):
        changed.append("recipient")
    return changed


def _commitments(deployment: Deployment) -> Iterator[Answer]:
    """What was committed is in the register, and the reverse (``security.md``, K8)."""
    trusted = deployment.trusted()
    if trusted is None:
        yield Answer(LOOK, "pas encore de liste de confiance.")
        return
    chain = Chain.read(tuple(deployment.commitments()), trusted.list_key)
    committed = {leaf for commitment in chain.commitments for leaf in commitment.leaves or ()}
    stored = {award.token_digest.partition("$")[2] for award in deployment.stored_awards()}
    if missing := deployment.commitments_missing():
        yield Answer(BAD, f"{missing} engagements ont été écrits et ne sont plus là.")
    if unknown := committed - stored:
        yield Answer(BAD, f"{len(unknown)} badges engagés ne sont pas dans la base.")
    waiting = len(stored - committed)
    yield Answer(LOOK if waiting else GOOD, f"{len(stored & committed)} badges engagés, {waiting} en attente.")


def _trust(deployment: Deployment) -> Iterator[Answer]:
    text = deployment.trust_text()
    if text is None:
        yield Answer(LOOK, "pas encore de liste de confiance : badges trust sign")
        return
    states = {"ok": GOOD, "attention": LOOK, "erreur": BAD}
    for finding in check(text, deployment.root, deployment.clock.now()):
        yield Answer(states[finding.level], finding.message)


def _keys(deployment: Deployment) -> Iterator[Answer]:
    entries = deployment.keyring.entries()
    deployment.keyring.require_private()
    for entry in entries:
        deployment.keyring.public_pem(entry.id)
        if entry.status == "active":
            deployment.keyring.signer(entry.id, purpose=entry.purpose)
    profiles = {speaker.profile.id for speaker in deployment.issuer.list_profiles()}
    for entry in entries:
        if entry.purpose == "issuer" and entry.id not in profiles:
            yield Answer(LOOK, f"la clé {entry.id} ne signe pour aucune structure.")
    yield Answer(GOOD, f"{len(entries)} clés, protégées comme il faut.")


def _criteria(deployment: Deployment) -> Iterator[Answer]:
    for folder, beside in ((shipped_criteria(), ()), (deployment.home.criteria, (shipped_criteria(),))):
        if folder.is_dir():
            problems = publishing.check(folder, beside=beside)
            for problem in problems:
                yield Answer(BAD, str(problem))
            if not problems:
                yield Answer(GOOD, f"{folder.name} : tous les fichiers sont bons, rien de publié n’a changé.")


QUESTIONS: dict[str, Callable[[Deployment], Iterator[Answer]]] = {
    "Base": _database,
    "Journal": _journal,
    "Clés": _keys,
    "Critères": _criteria,
    "Liste de confiance": _trust,
    "Badges": _awards,
    "Engagements": _commitments,
}
