"""What the issuer says in French: one table from code to sentence, so that none is missing and none is said twice.

``N_`` marks a sentence for the translators; ``translate`` turns it into the reader's language
(:meth:`badges.web.pages.Pages.sentence`). Sentences say what was expected, what was found, what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from ..catalogue.definition import Definition
from ..catalogue.rule import Missing
from ..catalogue.taxonomy import EVIDENCE_LABELS, FUNCTION_LABELS, SECOND_LABELS, WAY_LABELS
from ..errors import BadgesError
from ..typography import N_

Translate = Callable[[str], str]
E = TypeVar("E", bound=BadgesError)


MISSING = {
    "unknown_criterion": N_("Le dossier parle d’un critère que ce badge n’a pas : {criterion}."),
    "repeated_criterion": N_("Le critère {criterion} est dit deux fois : gardez une seule décision."),
    "repeated_person": N_("La même personne décide deux fois : un second regard est celui de quelqu’un d’autre."),
    "days_inconsistent": N_("Les jours d’observation se contredisent : vérifiez les dates notées."),
    "seen_after_decision": N_("« {text} » : l’observation est postérieure à la décision ; corrigez l’une des dates."),
    "not_acquired": N_("« {text} » : acquis attendu, {found} trouvé."),
    "without_observation": N_("« {text} » : au moins une observation attendue, aucune trouvée."),
    "way_or_kind_not_accepted": N_(
        "« {text} » : l’observation notée ne compte pas ici. Sont acceptés : {ways} ; comme preuve : {kinds}."
    ),
    "too_old": N_("« {text} » : l’observation a plus de {expected} mois ; notez-en une plus récente."),
    "word_alone": N_(
        "« {text} » : la parole d’un client ou d’un tuteur ne suffit pas seule ; ajoutez un autre regard."
    ),
    "optional_missing": N_("Critères facultatifs : {expected} attendus, {found} acquis."),
    "days_missing": N_("Jours d’observation différents : {expected} attendus, {found} trouvés. Il manque une date."),
    "decider_missing": N_("La décision revient à : {functions}. Personne de ces fonctions n’a décidé."),
    "second_missing": N_("Un second regard est demandé ({second}) ; il n’a pas encore eu lieu."),
    "second_not_other": N_("Le second regard doit venir d’ailleurs ({second}) ; celui du dossier ne convient pas."),
    "prerequisite_missing": N_("Ce badge demande d’abord : {expected}. Indiquez que vous l’avez vu."),
    "unknown_clause": N_("Une clause de la règle n’est pas connue de ce logiciel : {expected}. Mettez-le à jour."),
}
"""One sentence for each code of :data:`badges.catalogue.rule.MISSING_CODES`, and for a clause we cannot evaluate."""

RESULTS = {
    "acquired": N_("acquis"),
    "not_yet": N_("pas encore"),
    "not_observed": N_("non observé"),
    "not_stated": N_("rien"),
}

REFUSALS: dict[str, tuple[str, str]] = {
    "unknown": (N_("Rien de ce nom, ou rien que vous puissiez voir."), N_("Vérifiez l’adresse ou l’identifiant.")),
    "definition_damaged": (
        N_("La définition publiée de ce badge était attendue ; le fichier gardé ici est autre : il n’est pas montré."),
        N_("Le badge n’est pas en cause. Réessayez plus tard, ou prévenez l’opérateur de ce service."),
    ),
    "contact_needed": (
        N_("Une adresse de contact publique était attendue pour la structure ; {found} trouvé."),
        N_("Le standard la demande à qui délivre : donnez celle de l’accueil, pas celle d’une personne."),
    ),
    "address_unreadable": (
        N_("Une adresse e-mail était attendue, une seule ; {found} trouvé."),
        N_("Corrigez-la, par exemple prenom.nom@structure.fr."),
    ),
    "left": (N_("Une place dans la structure était attendue ; elle a pris fin."), N_("Demandez à la direction.")),
    "not_permitted": (
        N_("Une permission que vous n’avez pas est nécessaire pour cette action."),
        N_("Demandez-la à qui administre votre structure."),
    ),
    "for_oneself": (
        N_("Personne ne décide pour soi-même : ce dossier est le vôtre."),
        N_("Demandez à un collègue ou à une autre structure."),
    ),
    "same_person": (
        N_("Le regard d’une autre personne était attendu ; c’est vous qui avez proposé ou décidé."),
        N_("Demandez un second regard à quelqu’un d’autre."),
    ),
    "award_refused": (
        N_("La règle de ce badge n’est pas remplie : rien n’a été signé."),
        N_("Complétez ce qui manque, puis recommencez."),
    ),
    "not_published": (
        N_("Une version publiée du badge était attendue ; {slug} {version} ne l’est pas."),
        N_("Choisissez une version publiée du catalogue."),
    ),
    "only_a_proposal": (
        N_("Un badge adopté par le comité était attendu ; {slug} {version} est « {status} »."),
        N_("Une proposition ne se délivre que sur un service de démonstration."),
    ),
    "already_awarded": (
        N_("La personne a déjà {slug} {version}, en cours de validité : un badge nouveau était attendu."),
        N_("Corrigez ou renouvelez ce badge au lieu d’en délivrer un second."),
    ),
    "person_disagrees": (
        N_("L’accord de la personne était attendu ; elle a dit « pas d’accord »."),
        N_("Demandez un autre regard et parlez-en ensemble."),
    ),
    "another_look_first": (
        N_("Un autre regard était attendu après « pas d’accord » ; personne n’a encore confirmé."),
        N_("Demandez un second regard, puis redemandez sa parole à la personne."),
    ),
    "word_awaited": (
        N_("La parole de la personne était attendue avant la signature ; elle n’est pas encore notée."),
        N_("Montrez-lui ce que dit le badge et demandez-lui son avis."),
    ),
    "words_awaited": (
        N_("La parole de chaque personne était attendue avant la signature ; il en manque {count}. Rien n’est signé."),
        N_("Dites que chacune a été informée et a accepté, ou notez la parole de chacune dans le tableau."),
    ),
    "told_too_early": (
        N_("Un jour à partir du {expected}, dernier jour de la session, était attendu ; {found} trouvé."),
        N_("Corrigez la date : le badge parle de toute la session."),
    ),
    "changed_since_shown": (
        N_("Le badge que vous avez lu était attendu ; quelque chose a changé entre-temps."),
        N_("Relisez-le tel qu’il est maintenant, puis décidez."),
    ),
    "nothing_marked": (
        N_("Un dossier dont les critères sont marqués était attendu ; rien n’y est encore."),
        N_("Marquez chaque critère : acquis, pas encore ou non observé."),
    ),
    "nothing_seen": (
        N_("Une chose vue au moins était attendue, et {most} au plus."),
        N_("Cochez ce que vous avez vu."),
    ),
    "number_of_a_person": (
        N_("Un texte sans numéro de sécurité sociale ni de PASS IAE était attendu ; il y en a un."),
        N_("Effacez ce numéro : il n’entre nulle part ici."),
    ),
    "not_open": (
        N_("Un dossier ouvert était attendu ; celui-ci est « {state} »."),
        N_("Ouvrez un nouveau dossier si besoin."),
    ),
    "no_profile": (
        N_("Une clé de signature était attendue pour cette structure ; elle n’en a pas d’active."),
        N_("L’opérateur en crée une : badges structures add."),
    ),
    "no_network": (
        N_("Un réseau était attendu pour délivrer sous son nom ; aucun n’est enregistré."),
        N_("Délivrez sous le nom de la structure."),
    ),
    "clock_behind": (
        N_("Une horloge à l’heure était attendue ; le dernier badge porte une date postérieure ({last})."),
        N_("Remettez l’horloge du service à l’heure."),
    ),
    "structure_known": (
        N_("Une structure nouvelle était attendue ; {found} est déjà dans la liste."),
        N_("Ouvrez sa fiche, ou corrigez le SIRET."),
    ),
    "own_structure": (
        N_("Une autre structure que la vôtre était attendue."),
        N_("Demandez à une autre personne du réseau."),
    ),
    "one_thing_to_support": (
        N_("Un badge, ou une structure, était attendu."),
        N_("Choisissez l’un ou l’autre."),
    ),
    "support_until": (
        N_("Une fin à venir, dans {months} mois au plus, était attendue ; {found} trouvé."),
        N_("Corrigez la date : un soutien se redit."),
    ),
    "future_date": (
        N_("Une date passée ou celle du jour était attendue ; {found} trouvé."),
        N_("Corrigez la date."),
    ),
    "function_of_another": (
        N_("Votre fonction, ou celle d’un témoin (tuteur, client), était attendue ; {found} trouvé."),
        N_("Qui a vu note lui-même."),
    ),
    "wrong_sign_in": (
        N_("Une adresse et un mot de passe qui vont ensemble étaient attendus ; ceux-ci ne vont pas."),
        N_("Vérifiez l’un et l’autre, ou demandez un nouveau mot de passe."),
    ),
    "wrong_password": (
        N_("Votre mot de passe actuel était attendu ; ce n’est pas celui-ci."),
        N_("Retapez-le, ou demandez un lien pour en choisir un nouveau."),
    ),
    "link_over": (
        N_("Un lien encore ouvert était attendu ; celui-ci a servi, a expiré ou n’existe pas."),
        N_("Demandez-en un nouveau à la personne qui vous l’a envoyé."),
    ),
    "already_in_the_team": (
        N_("Une personne nouvelle était attendue ; cette adresse a déjà une place dans votre structure."),
        N_("Changez ses droits au lieu de l’inviter."),
    ),
    "last_administrator": (
        N_("Quelqu’un d’autre que vous était attendu : on ne se retire pas soi-même l’accès."),
        N_("Demandez à un collègue qui administre aussi la structure."),
    ),
    "not_signed_in": (
        N_("Une réponse sûre du service d’identité était attendue ; celle-ci ne convient pas ({found})."),
        N_("Recommencez depuis la page de connexion, ou connectez-vous avec votre mot de passe."),
    ),
    "provider_unreachable": (
        N_("Une réponse du service d’identité était attendue ; il n’a pas répondu comme prévu."),
        N_("Réessayez dans un instant, ou connectez-vous avec votre mot de passe."),
    ),
    "no_place": (
        N_("Une adresse qui a une place dans une structure était attendue ; {found} n’en a pas."),
        N_("Demandez une invitation à la personne qui administre votre structure."),
    ),
    "file_too_large": (
        N_("Un fichier de {expected} au plus était attendu ; celui-ci est plus gros."),
        N_("Reprenez la photo de moins près, ou enregistrez le document en plus léger."),
    ),
    "photo_too_large": (
        N_("Une photo d’appareil courant était attendue ; celle-ci a trop de points."),
        N_("Envoyez-la en taille moyenne."),
    ),
    "not_a_photo": (
        N_("Une photo (JPEG, PNG, WebP) ou un document PDF était attendu ; ce fichier est autre chose, ou abîmé."),
        N_("Choisissez la photo elle-même, ou enregistrez le document en PDF."),
    ),
    "document_locked": (
        N_("Un PDF qui s’ouvre sans mot de passe était attendu ; celui-ci est protégé."),
        N_("Enregistrez-le sans protection."),
    ),
    "document_too_long": (
        N_("Un PDF de {most} pages au plus était attendu ; celui-ci est plus long."),
        N_("Gardez les pages qui montrent le travail."),
    ),
    "not_a_document": (
        N_("Un PDF lisible était attendu ; celui-ci est abîmé."),
        N_("Enregistrez-le de nouveau, ou prenez-le en photo."),
    ),
    "file_or_note": (
        N_("Une photo ou un document, ou bien une note, était attendu : l’un des deux."),
        N_("Choisissez un fichier, ou écrivez la note."),
    ),
    "too_many_pieces": (
        N_("{most} pièces au plus étaient attendues pour une personne ; elles y sont déjà."),
        N_("Retirez celles qui ne servent plus."),
    ),
    "nothing_to_ask_a_witness": (
        N_("Un badge dont un critère prend la parole d’un témoin était attendu ; « {title} » n’en a pas."),
        N_("Notez vous-même ce que vous avez vu."),
    ),
    "testimony_incomplete": (
        N_("Une réponse pour chaque critère montré était attendue ; il en manque, ou l’une n’est pas dans la liste."),
        N_("Pour chacun : vu, en partie, ou pas vu."),
    ),
    "afest_ended": (
        N_("Un entretien encore à mener était attendu ; celui-ci a déjà eu lieu."),
        N_("Ouvrez une autre séquence si besoin."),
    ),
    "talk_before_situation": (
        N_("Un entretien après la situation de travail était attendu ; {found} est avant."),
        N_("Corrigez l’une des dates."),
    ),
    "jury_unknown_member": (
        N_("Des présents qui soient membres du jury, chacun dit une fois, étaient attendus."),
        N_("Relisez la liste des membres."),
    ),
    "jury_below_quorum": (
        N_("{expected} membres présents au moins étaient attendus ; il y en avait {found}."),
        N_("Sous le quorum, rien ne compte : fixez une autre date."),
    ),
    "not_for_a_jury": (
        N_("Des critères qui s’évaluent devant un jury étaient attendus ; l’un d’eux s’observe autrement."),
        N_("Gardez les critères « échange devant deux évaluateurs au moins »."),
    ),
    "no_title_here": (
        N_("Des critères qu’un titre ou une attestation appuie étaient attendus ; l’un d’eux n’en prend pas."),
        N_("Gardez ceux qui en prennent."),
    ),
    "wrong_code": (
        N_("Le code à six chiffres de votre application était attendu ; celui-ci ne convient pas."),
        N_("Attendez le code suivant et vérifiez l’heure de votre téléphone."),
    ),
    "too_many_tries": (
        N_("Dix essais au plus étaient attendus en {minutes} minutes ; il y en a eu davantage."),
        N_("Attendez un quart d’heure, puis recommencez. Rien n’est perdu."),
    ),
    "password_length": (
        N_("Un mot de passe d’au moins {shortest} caractères était attendu."),
        N_("Trois ou quatre mots que vous seul associez se retiennent bien."),
    ),
    "password_easy": (
        N_("Un mot de passe difficile à deviner était attendu ; celui-ci reprend votre nom ou se répète."),
        N_("Choisissez trois ou quatre mots sans lien entre eux."),
    ),
    "wrong_card_code": (
        N_("Le code de cette carte était attendu ; ce n’est pas lui."),
        N_("Vérifiez les chiffres. La structure peut donner une nouvelle carte et un nouveau code."),
    ),
    "card_code_easy": (
        N_("Un code de 6 à 10 chiffres, difficile à deviner, était attendu."),
        N_("Évitez les suites (123456), les chiffres répétés et votre date de naissance."),
    ),
    "nothing_chosen": (
        N_("Au moins un badge et une durée étaient attendus ; il en manque."),
        N_("Cochez ce que vous voulez partager."),
    ),
    "too_many_shares": (
        N_("{most} partages au plus étaient attendus en même temps."),
        N_("Arrêtez d’abord un partage qui ne sert plus."),
    ),
    "name_needed": (
        N_("Un nom de 80 caractères au plus était attendu."),
        N_("Écrivez-le comme il doit être."),
    ),
    "answer_needed": (
        N_("Une réponse écrite était attendue ; elle est vide."),
        N_("La personne a droit à une réponse écrite : dites ce qui a été décidé, et pourquoi."),
    ),
    "already_answered": (
        N_("Une demande sans réponse était attendue ; celle-ci en a une."),
        N_("Relisez la réponse donnée."),
    ),
    "facts_gone": (
        N_("Les faits observés étaient attendus ; ils ont été effacés, 24 mois après le dernier contact."),
        N_("Observez à nouveau, puis délivrez un nouveau badge."),
    ),
    "key_reused": (
        N_("La même demande était attendue sous cette clé d’idempotence ; une autre a été trouvée."),
        N_("Choisissez une nouvelle clé pour une nouvelle demande."),
    ),
    "already_revoked": (N_("Un badge en vigueur était attendu ; il est déjà retiré."), N_("Il n’y a rien à faire.")),
    "no_email": (
        N_("Une adresse e-mail de la personne était attendue ; le registre n’en a pas."),
        N_("Imprimez le badge, ou ajoutez d’abord son adresse."),
    ),
    "not_ending": (
        N_("Un badge qui se termine dans les {days} jours était attendu ; celui-ci a plus de temps, ou pas de fin."),
        N_("Il est bon tel qu’il est : rien n’est à renouveler."),
    ),
    "reason_unknown": (N_("Un motif de la liste était attendu ; {found} trouvé."), N_("Motifs : {known}.")),
    "plan_changed": (
        N_("{expected} lignes prêtes étaient annoncées ; il y en a {found}."),
        N_("Relisez le tableau, puis confirmez le nouveau nombre."),
    ),
    "batch_state": (N_("Un lot « {expected} » était attendu ; il est « {found} »."), N_("Relisez l’état du lot.")),
    "batch_too_large": (
        N_("{expected} lignes au plus étaient attendues ; {found} trouvées."),
        N_("Partagez la session en plusieurs lots."),
    ),
    "row_repeated": (
        N_("Une référence différente par ligne était attendue ; {found} est répétée."),
        N_("Corrigez-la."),
    ),
    "sheet_too_large": (
        N_("Un fichier de {expected} au plus était attendu ; celui-ci est plus grand."),
        N_("Gardez les colonnes utiles, ou partagez la session en plusieurs fichiers."),
    ),
    "sheet_empty": (
        N_("Un tableau avec des noms était attendu ; il est vide."),
        N_("Remplissez le modèle, une ligne par personne."),
    ),
    "sheet_unknown": (
        N_("Un tableau CSV ou .xlsx était attendu ; ce fichier est autre chose."),
        N_("Dans votre tableur : Enregistrer sous, « CSV » ou « Classeur Excel (.xlsx) »."),
    ),
    "sheet_encoding": (
        N_("Un texte en UTF-8 ou Windows-1252 était attendu ; ce fichier n’est ni l’un ni l’autre."),
        N_("Dans votre tableur : Enregistrer sous, « CSV UTF-8 » ou « Classeur Excel (.xlsx) »."),
    ),
    "sheet_quotes": (
        N_("Des guillemets ouverts puis fermés étaient attendus ; à la ligne {line}, il en manque un."),
        N_("Fermez ou effacez ce guillemet, ou envoyez un .xlsx."),
    ),
    "sheet_rows": (
        N_("{expected} lignes au plus étaient attendues ; ce tableau en a davantage."),
        N_("Partagez la session en plusieurs fichiers."),
    ),
    "sheet_columns": (
        N_("{expected} colonnes au plus étaient attendues ; la ligne {line} en a davantage."),
        N_("Gardez les colonnes utiles : le modèle les montre."),
    ),
    "sheet_cell": (
        N_("Des cellules de {expected} caractères au plus étaient attendues ; la ligne {line} en a une plus longue."),
        N_("Raccourcissez-la, ou retirez cette colonne."),
    ),
    "sheet_locked": (
        N_("Un tableau lisible était attendu ; celui-ci a un mot de passe, ou est d’un ancien format (.xls)."),
        N_("Ouvrez-le, retirez la protection, puis Enregistrer sous, « Classeur Excel (.xlsx) » ou « CSV »."),
    ),
    "sheet_macros": (
        N_("Un classeur sans macros était attendu ; celui-ci en contient."),
        N_("Enregistrer sous, « Classeur Excel (.xlsx) » : les macros n’y sont plus."),
    ),
    "sheet_archive": (
        N_("Un tableau de personnes était attendu ; ce classeur contient bien plus que cela."),
        N_("Copiez les cellules utiles dans un classeur neuf, et envoyez celui-ci."),
    ),
    "sheet_broken": (
        N_("Un classeur .xlsx entier était attendu ; celui-ci ne se lit pas."),
        N_("Ouvrez-le dans votre tableur, enregistrez-le à nouveau, ou envoyez un CSV."),
    ),
    "sheet_headings": (
        N_("Une colonne « Nom » ou « E-mail » était attendue ; les titres trouvés sont : {found}."),
        N_("Mettez un titre à chaque colonne : le modèle les montre."),
    ),
    "key_malformed": (
        N_("Une clé d’idempotence de 8 à 128 caractères simples était attendue."),
        N_("Prenez un UUID, le même pour chaque nouvel essai de la même demande."),
    ),
    "token_missing": (
        N_("Un jeton d’accès était attendu (Authorization: Bearer badges_…) ; aucun n’a été trouvé."),
        N_("Demandez un jeton à qui administre votre structure."),
    ),
    "token_unknown": (
        N_("Un jeton en cours de validité était attendu ; celui-ci est inconnu, terminé ou retiré."),
        N_("Demandez un nouveau jeton à qui administre votre structure."),
    ),
    "erased": (N_("Un badge conservé était attendu ; ce dossier a été effacé à la demande de la personne."), ""),
    "not_in_list": (N_("Une valeur de la liste était attendue ; {found} trouvé."), N_("Valeurs : {known}.")),
}
"""Code → (sentence, what to do now)."""

ROW_PROBLEMS = {
    "person_unknown": N_("Personne inconnue de votre structure : vérifiez l’identifiant."),
    "person_twice": N_("Cette personne est déjà plus haut (« {found} ») : gardez une seule ligne."),
    "already_awarded": N_("Cette personne a déjà ce badge, en cours de validité."),
    "for_oneself": N_("Cette ligne vous concerne : personne ne décide pour soi-même."),
    "nobody": N_("Une personne était attendue : son identifiant, ou son prénom et l’initiale de son nom."),
    "criterion_unknown": N_("Une exception parle d’un critère que ce badge n’a pas : {found}."),
    "future_date": N_("Une observation est datée d’après la décision : {found}."),
    "not_permitted": N_("La permission de décider a été retirée avant la signature : rien n’a été signé ici."),
    "cancelled": N_("Ligne annulée avant la signature."),
    "left_out": N_("Ligne laissée de côté : rien ne sera délivré ici."),
    "homonym": N_("Quelqu’un de ce nom est déjà connu de votre structure : dites si c’est la même personne."),
    "name_twice": N_(
        "Le même nom est plus haut (« {found} ») : dites si c’est une autre personne, ou laissez celle-ci de côté."
    ),
    "name_unread": N_("Un prénom et une initiale étaient attendus, sur une ligne ; « {found} » trouvé."),
    "name_formula": N_("Un nom était attendu, une formule a été trouvée (« {found} ») : collez les valeurs."),
    "number_of_a_person": N_("Un numéro de sécurité sociale ou de PASS IAE n’entre pas ici : effacez-le."),
    "email_unread": N_("Une adresse e-mail était attendue (prenom@exemple.fr), ou rien ; « {found} » trouvé."),
    "day_unread": N_("Des dates étaient attendues (12/03/2026) ; « {found} » trouvé."),
    "day_not_in_grid": N_("Un jour de la session était attendu ; « {found} » n’en est pas un."),
    "caught_up_alone": N_(
        "Un jour de rattrapage par jour d’absence, ou un pour tous, était attendu ; « {found} » trouvé."
    ),
    "result_unread": N_("« acquis », « pas encore » ou « non observé » était attendu ; « {found} » trouvé."),
    "person_disagrees": N_("Pas d’accord : en attente d’un autre regard. Rien n’est signé pour cette personne."),
    "word_unread": N_(
        "« d’accord », « d’accord avec commentaire » ou « pas d’accord » était attendu ; « {found} » trouvé."
    ),
    "word_missing": N_("Un commentaire est écrit ; la parole de la personne était attendue avec lui."),
    "comment_missing": N_("Le commentaire de la personne était attendu, avec ses mots."),
    "comment_too_long": N_("Un commentaire de 1 000 caractères au plus était attendu."),
    "yes_or_no": N_("« oui » ou « non » était attendu ; « {found} » trouvé."),
}

REVOCATION_REASONS = {
    "replaced": N_("Remplacé par un badge corrigé"),
    "awarded_in_error": N_("Délivré par erreur"),
    "criteria_not_met": N_("Les critères n’étaient pas remplis"),
    "asked_by_holder": N_("Retiré à la demande de la personne"),
    "not_current": N_("La compétence n’est plus à jour"),
    "key_compromised": N_("La clé de signature n’est plus sûre"),
}
"""The closed list of public reasons: never a free text about a person (``security.md``, §7)."""

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def month_in_words(month: str) -> str:
    """« octobre 2026 », from ``2026-10``."""
    return f"{MONTHS[int(month[5:]) - 1]} {month[:4]}"


def day_in_words(day: date) -> str:
    """« 20 novembre 2026 », « 1er mars 2027 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def refusal(kind: type[E], code: str, **found: object) -> E:
    """The error to raise, said in French; ``code`` is stable."""
    sentence, advice = REFUSALS[code]
    return kind(sentence.format(**found), code=code, advice=advice.format(**found))


def missing_sentence(missing: Missing, definition: Definition, translate: Translate = str) -> str:
    """What is missing, in a sentence that names the criterion as the badge words it."""
    criterion = definition.by_id.get(missing.criterion or "")
    found = RESULTS.get(missing.found, missing.found)
    return translate(MISSING[missing.code]).format(
        criterion=missing.criterion or "",
        text=criterion.text if criterion else missing.criterion or "",
        ways=_labels(criterion.ways if criterion else (), WAY_LABELS),
        kinds=_labels(criterion.kinds if criterion else (), EVIDENCE_LABELS),
        functions=_labels(definition.assessors, FUNCTION_LABELS),
        second=SECOND_LABELS[definition.second].fr,
        expected=missing.expected,
        found=translate(found),
    )


def problem_sentence(code: str, found: object = "", translate: Translate = str) -> str:
    return translate(ROW_PROBLEMS[code]).format(found=found)


def _labels(codes: tuple[str, ...], labels: object) -> str:
    known = dict(labels)  # type: ignore[call-overload]
    return ", ".join(str(known[code]) if code in known else code for code in codes)
