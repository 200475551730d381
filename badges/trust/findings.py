"""What a person who keeps the trust list should know about it: ``badges trust check``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from badges.errors import TrustError
from badges.trust.documents import normalise_fingerprint
from badges.trust.trusted import read_trust


class Finding(NamedTuple):
    """One line of ``badges trust check``; ``level`` is ``ok``, ``attention`` or ``erreur``."""

    level: str
    code: str
    message: str


_REFUSALS = {
    "trust_too_large": "La liste dépasse la taille permise ; elle n’a pas été lue.",
    "trust_malformed": "Le contenu n’est pas celui d’une liste de confiance.",
    "trust_type": "Ce document signé n’est pas une liste de confiance.",
    "trust_rotation": "La chaîne de remplacement de la clé racine est incohérente.",
    "trust_root": "La liste n’est pas rattachée à la clé racine attendue.",
    "trust_delegation": "La délégation de la clé racine ne vaut pas pour cette liste ou pour aujourd’hui.",
    "trust_delegation_expired": "La délégation de la clé racine est arrivée à son terme.",
    "trust_signature": "La signature de la liste n’est pas celle de la clé déléguée.",
    "trust_lifetime": "La liste annonce une durée de vie de plus de sept jours, ou négative.",
    "trust_key_roles": "Une même clé sert à deux usages ou à deux profils.",
    "trust_future": "La liste est datée du futur.",
    "trust_rollback": "La liste est plus ancienne qu’une liste déjà vue.",
}


def check(text: str, root: str, now: datetime) -> list[Finding]:
    """What a person who keeps the list should know about it, in French; the first ``erreur`` stops the reading."""
    try:
        trusted = read_trust(text, root, now)
    except TrustError as refused:
        sentence = _REFUSALS.get(refused.code, "La liste est refusée.")
        return [Finding("erreur", refused.code, f"{sentence} {refused.message} {refused.advice}".strip())]
    trust, delegation = trusted.list, trusted.delegation
    findings = [
        Finding("ok", "trust_root", f"Clé racine en vigueur : {trusted.root}."),
        Finding(
            "ok",
            "trust_signature",
            f"Liste n° {trust.version} du {trust.generated_at:%d/%m/%Y}, signée par la clé déléguée "
            f"{normalise_fingerprint(trusted.list_key.fingerprint)}.",
        ),
        Finding(
            "ok",
            "trust_content",
            f"{len(trust.structures)} structures, {len(trusted._by_profile)} profils, "
            f"{len(trust.catalogue)} versions de référentiels, {len(trust.shards)} parties.",
        ),
    ]

    def attention(code: str, message: str) -> None:
        findings.append(Finding("attention", code, message))

    if trusted.root != normalise_fingerprint(root):
        attention("root_rotated", "La clé racine a été remplacée : notez la nouvelle empreinte.")
    if trusted.is_stale(now):
        attention("trust_stale", f"Liste à renouveler depuis le {trust.next_update:%d/%m/%Y à %H:%M} UTC.")
    elif trust.next_update - now < timedelta(days=1):
        attention("trust_soon_stale", "Liste à renouveler dans moins d’un jour.")
    if delegation.valid_until - now < timedelta(days=30):
        attention(
            "delegation_soon_over",
            f"La délégation prend fin le {delegation.valid_until:%d/%m/%Y} : ressortez la racine.",
        )
    if trust.demo:
        attention("demo", "Liste de démonstration : elle ne vaut pas reconnaissance.")
    elif any(entry.status == "proposition" for entry in trust.catalogue):
        attention("proposition", "Des référentiels à l’état de proposition figurent dans une liste réelle.")
    if trust.allowed_origins and not trust.demo:
        attention("origins", f"Origines ouvertes aux vérificateurs : {', '.join(trust.allowed_origins)}.")
    for structure in trust.structures:
        if structure.status == "recognised" and not any(profile.status == "active" for profile in structure.profiles):
            attention("no_active_profile", f"{structure.name} est reconnue mais n’a aucune clé active.")
        for profile in structure.profiles:
            if profile.status == "compromised" and profile.since is not None:
                attention(
                    "key_compromised",
                    f"{structure.name} : clé {profile.id} compromise depuis le {profile.since:%d/%m/%Y}.",
                )
    return findings
