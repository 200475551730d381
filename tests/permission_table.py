"""Who may do what on every address of the staff: the one table behind ``docs/permissions.md`` and its test.

A new address under ``/equipe`` that names something by an id has no line here, and ``tests/whole/test_permissions.py``
says so. After a change: ``python -m tests.permission_table`` writes the page again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from badges.issuer.permissions import ALLOWED_BY, PERMISSIONS
from badges.issuer.team.structure import PERMISSION_WORDS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"

ACTION_WORDS = {
    "see": "voir les personnes, les dossiers et les badges de sa structure",
    "add_person": "ajouter ou corriger une personne",
    "note": "noter une observation, la retirer, garder une preuve",
    "propose": "ouvrir et tenir un dossier, demander un second regard, dire « pas encore »",
    "record_word": "noter la parole de la personne",
    "look_again": "donner un second regard",
    "award": "décider et délivrer",
    "revoke": "retirer un badge",
    "hand_over": "remettre une carte, renvoyer un badge",
    "administer": "inviter, changer les droits, tenir la structure",
    "network": "tenir les structures du réseau",
}


@dataclass(frozen=True)
class Line:
    """One address: what it does (an action of the table, or of several in turn), and a form that reaches it."""

    method: str
    path: str
    action: str
    words: str
    form: dict[str, Any] = field(default_factory=dict)
    elsewhere: int = 404
    """What a colleague of another structure is answered: what is the network's is not to be seen, and no secret."""


def _get(path: str, words: str, action: str = "see") -> Line:
    return Line("GET", path, action, words)


def _post(path: str, action: str, words: str, **form: Any) -> Line:
    return Line("POST", path, action, words, form)


def _network(method: str, path: str, words: str, **form: Any) -> Line:
    return Line(method, path, "network", words, form, elsewhere=403)


P, F, B, L = "/equipe/personnes/{person}", "/equipe/dossiers/{file}", "/equipe/badges/{award}", "/equipe/lots/{batch}"
TODAY = "{today}"

LINES: tuple[Line, ...] = (
    _get(P, "la page d’une personne"),
    _post(P, "add_person", "corriger un nom", name="Rosa Almeida"),
    _post(P + "/observations/{observation}/retrait", "note", "retirer une observation"),
    _post(P + "/carte", "hand_over", "remettre une carte"),
    _get("/equipe/noter/{person}", "choisir ce que l’on a vu"),
    _get("/equipe/noter/{person}/activite/{sector}", "les critères d’une activité"),
    _get("/equipe/noter/{person}/{slug}", "les critères d’un badge"),
    _get("/equipe/proposer/{person}", "choisir un badge à proposer"),
    _get("/equipe/proposer/{person}/{slug}", "le récit, avant d’ouvrir un dossier"),
    _post("/equipe/proposer/{person}/{slug}", "propose", "ouvrir un dossier", situation="Un mardi, au jardin."),
    _get(F, "un dossier"),
    _get(F + "/recit", "relire le récit"),
    _post(F + "/recit", "propose", "compléter le récit", situation="Un mardi, au jardin."),
    _get(F + "/criteres", "les critères d’un dossier"),
    _post(F + "/criteres", "propose", "marquer les critères", **{f"mark:c{n}": "acquired" for n in range(1, 7)}),
    _get(F + "/regard", "choisir à qui demander un regard", "propose"),
    _post(F + "/regard", "propose", "demander un second regard", to="structure:{elsewhere}"),
    _get(F + "/parole", "lire le badge avec la personne"),
    _post(F + "/parole", "record_word", "noter sa parole", word="agrees", issued_as="structure", named="no"),
    _get(F + "/decision", "lire le badge avant de décider"),
    _post(F + "/decision", "award", "décider et délivrer", seal="x"),
    _get(F + "/pas-encore", "préparer un « pas encore »"),
    _post(F + "/pas-encore", "propose", "dire « pas encore »"),
    _post(F + "/rouvrir", "propose", "rouvrir un dossier"),
    _get("/equipe/regards/{asked}", "lire un dossier qui attend son regard", "look_again"),
    _post("/equipe/regards/{asked}", "look_again", "donner son regard", answer="confirms"),
    _get(P + "/preuves", "les preuves privées d’une personne"),
    _post(P + "/preuves", "note", "garder une preuve", slug="{slug}", context="la serre", note="Rang bien droit."),
    _get("/equipe/preuves/{piece}", "télécharger une preuve"),
    _post("/equipe/preuves/{piece}/retrait", "note", "retirer une preuve"),
    _get(P + "/temoin", "préparer le lien d’un tuteur ou d’un client"),
    _post(P + "/temoin", "note", "envoyer ce lien", slug="{askable}", name="M. Brun", function="TUT"),
    _get(P + "/afest", "préparer une AFEST"),
    _post(P + "/afest", "note", "noter la situation d’une AFEST", slug="{afest_badge}", criteria="c1", on=TODAY,
          situation="Une planche."),
    _get("/equipe/afest/{afest}", "l’entretien d’une AFEST"),
    _post("/equipe/afest/{afest}", "note", "noter l’entretien d’une AFEST", criteria="{reflexive}", on=TODAY,
          talk="Dit pourquoi."),
    _get(P + "/jury", "préparer un jury"),
    _post(P + "/jury", "note", "noter un jury", slug="{jury_badge}", criteria="{before_a_jury}", on=TODAY, quorum="2",
          **{"member-1": "Anne", "here-1": "1", "member-2": "Marc", "here-2": "1"}),
    _get(P + "/titre", "préparer un titre ou une formation"),
    _post(P + "/titre", "note", "noter un titre ou une formation", slug="{title_badge}", criteria="{held}", on=TODAY,
          title="SST", seen="1"),
    _get(L, "un lot"),
    _get(L + "/avancement", "l’avancement d’un lot"),
    _get(L + "/a-corriger.{form}", "les lignes à corriger d’un lot"),
    _post(L + "/lignes", "propose", "corriger les lignes d’un lot", **{"name-{row}": "Adam P.", "leave": "{row}"}),
    _post(L + "/reprendre", "propose", "reprendre une ligne d’un lot", row="{left_out}"),
    _post(L + "/parole", "record_word", "dire que chacun d’un lot a accepté", told="1", told_on=TODAY),
    _get(L + "/confirmer", "relire un lot avant de signer"),
    _post(L + "/confirmer", "award", "signer un lot", ready="0"),
    _post(L + "/regard", "look_again", "donner un second regard à un lot", confirms="yes"),
    _post(L + "/annuler", "award", "annuler un lot"),
    _post(L + "/retirer", "revoke", "retirer tout un lot", reason="awarded_in_error"),
    _get("/equipe/lots/{session}/{paper}.pdf", "les papiers d’un lot"),
    _get(B, "un badge délivré"),
    _get(B + "/{paper}.{form}", "l’image et les papiers d’un badge"),
    _post(B + "/renvoyer", "hand_over", "renvoyer un badge"),
    _get(B + "/retirer", "préparer un retrait"),
    _post(B + "/retirer", "revoke", "retirer un badge", reason="awarded_in_error"),
    _get(B + "/corriger", "préparer une correction"),
    _post(B + "/corriger", "award", "corriger un badge", issued_as="structure", name="no"),
    _post(B + "/renouveler", "propose", "renouveler un badge"),
    _get("/equipe/messages/{message}", "un message envoyé"),
    _post("/equipe/messages/{message}/reessayer", "hand_over", "envoyer à nouveau un message"),
    _post("/equipe/structure/invitations/{invitation}/retrait", "administer", "retirer une invitation"),
    _get("/equipe/structure/equipe/{staff}", "les droits d’un collègue", "administer"),
    _post("/equipe/structure/equipe/{staff}", "administer", "changer ces droits", function="ETI", permissions="note"),
    _post("/equipe/structure/equipe/{staff}/fin", "administer", "mettre fin à une place"),
    _get("/equipe/demandes/{request}", "une demande de la personne"),
    Line("POST", "/equipe/demandes/{request}", "hand_over", "répondre à cette demande",
         {"outcome": "declined", "words": "Voyons-nous."}),
    _network("GET", "/equipe/structures/{anywhere}", "une structure du réseau"),
    _network("POST", "/equipe/structures/{anywhere}", "changer un fait daté d’une structure"),
    _network("POST", "/equipe/structures/{anywhere}/invitations", "inviter quelqu’un dans une structure"),
    _network("POST", "/equipe/structures/{anywhere}/fermeture", "fermer une structure"),
    _network("POST", "/equipe/soutiens/demandes/{link}/retrait", "retirer une demande de soutien"),
    _network("POST", "/equipe/soutiens/{endorsement}/retrait", "retirer un soutien"),
    _post("/equipe/structure/jetons/{token}/fin", "administer", "mettre fin à un jeton"),
)  # fmt: skip

NOT_OF_A_STRUCTURE = {
    "/equipe/invitation/{secret}": "ouvert par le secret du lien, sans session",
    "/equipe/mot-de-passe/{secret}": "ouvert par le secret du lien, sans session",
    "/equipe/compte/appareils/{session}/fin": "ses propres appareils, et ceux de personne d’autre",
    "/equipe/catalogue/{slug}": "un badge du catalogue",
    "/equipe/catalogue/{slug}/comparer": "un badge du catalogue",
    "/equipe/catalogue/{slug}/{version}/fiche.pdf": "un badge du catalogue",
    "/equipe/lots/nouveau/{slug}": "un badge du catalogue",
    "/equipe/lots/modele/{slug}.{form}": "un badge du catalogue",
    "/equipe/chiffres/{whose}.{form}": "les chiffres de sa structure ; ceux du réseau à qui le tient",
}
"""Addresses with an id that is no thing of a structure, and why."""


def text() -> str:
    """The page, from the table that the service itself uses and from :data:`LINES`."""
    words = [PERMISSION_WORDS[permission][0] for permission in PERMISSIONS]
    lines = [
        "# Qui peut faire quoi",
        "",
        "Chaque membre d’une équipe a une ou plusieurs permissions, dans chacune de ses structures. Cette page est",
        "écrite par `python -m tests.permission_table` à partir du code (`badges/issuer/permissions.py`) ; un test",
        "échoue quand elle s’en écarte, et quand une adresse qui désigne quelque chose n’y est pas.",
        "",
        "Toujours vrai, quelle que soit la permission :",
        "",
        "1. qui n’a plus de place dans la structure n’agit plus ;",
        "2. ce qui est à une autre structure n’existe pas (404), sauf un dossier envoyé pour un second regard, le",
        "   temps de ce regard ;",
        "3. personne n’agit pour soi : ni observation, ni dossier, ni regard, ni décision ;",
        "4. le second regard est celui d’un autre être humain que le premier ;",
        "5. qui tient le réseau atteint les structures, et ne voit aucune personne des autres structures ;",
        "6. un appareil qui reste connecté ne fait que noter ; le reste redemande le mot de passe.",
        "",
        "La règle du badge dit en plus quelle fonction peut décider, et de qui vient le second regard.",
        "",
        "## Les permissions",
        "",
        "| permission | elle permet de |",
        "| --- | --- |",
        *(f"| {PERMISSION_WORDS[each][0]} | {PERMISSION_WORDS[each][1]} |" for each in PERMISSIONS),
        "",
        "## Permission × action",
        "",
        "| action | " + " | ".join(words) + " |",
        "| --- |" + " :-: |" * len(words),
    ]
    for action, allowed in ALLOWED_BY.items():
        marks = " | ".join("oui" if permission in allowed else "–" for permission in PERMISSIONS)
        lines.append(f"| {ACTION_WORDS[action]} | {marks} |")
    lines += ["", "## Les adresses", "", "| adresse | ce qu’on y fait | action |", "| --- | --- | --- |"]
    lines += [f"| {line.method} `{line.path}` | {line.words} | {ACTION_WORDS[line.action]} |" for line in LINES]
    lines += ["", "Les adresses dont l’identifiant n’est pas à une structure :", ""]
    lines += [f"- `{path}` : {why}" for path, why in NOT_OF_A_STRUCTURE.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
