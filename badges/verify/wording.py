"""Every sentence the verifier says, in one table: the list of codes is closed, and this is the list.

For each code: what an employer reads, what a technician reads, and what to do now, each in French and English.
Sentences hold ``{names}`` filled from the details of the check; logic holds codes and never a sentence. An
employer's sentence can stand after « Non : », so it begins with a word that takes a small letter there.
``tests/verify/test_wording.py`` fails when a code has no sentence or nothing says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from ..clock import in_paris

Details = Mapping[str, str | datetime]
"""What fills a sentence: texts as they are, instants as dates in words."""


class Text(NamedTuple):
    fr: str
    en: str

    def fill(self, details: Details | InWords) -> dict[str, str]:
        """Both languages. A sentence is always ours; details are only ever put into it. Do not change the result."""
        plain = _plain(self)
        if plain is not None:
            return plain
        fr, en = details if isinstance(details, InWords) else in_words(details)
        return {"fr": self.fr.format_map(fr), "en": self.en.format_map(en)}


@cache
def _plain(text: Text) -> dict[str, str] | None:
    """A sentence without gaps, made once; None for one that is to be filled."""
    return None if "{" in text.fr + text.en else {"fr": text.fr, "en": text.en}


class Wording(NamedTuple):
    """``employer`` is the message; ``technician`` names the standard; ``advice`` says what to do now."""

    employer: Text
    technician: Text
    advice: Text


class _Gaps(dict[str, str]):
    """Details by name; a missing one is a gap, not an error."""

    def __missing__(self, name: str) -> str:
        return "…"


class InWords(NamedTuple):
    """Details made ready for sentences: instants became dates in the words of each language."""

    fr: _Gaps
    en: _Gaps


def in_words(details: Details, cause: str = "") -> InWords:
    """``cause`` puts the reason in French, where this table knows it."""
    told = InWords(_Gaps(), _Gaps())
    for name, value in details.items():
        said = Text(value, value) if isinstance(value, str) else date_in_words(value)
        told.fr[name], told.en[name] = said
    if cause in CAUSES and "reason" in told.fr:
        told.fr["reason"] = CAUSES[cause]
    return told


_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def date_in_words(instant: datetime) -> Text:
    """« 1er novembre 2026 » and “1 November 2026”: the day it was in Paris."""
    day = in_paris(instant)
    fr, en = _MONTHS[day.month - 1], _MONTHS_EN[day.month - 1]
    return Text(f"{'1er' if day.day == 1 else day.day} {fr} {day.year}", f"{day.day} {en} {day.year}")


_NOTHING = Text("Rien à faire.", "Nothing to do.")
_ASK_ORIGINAL = Text(
    "Demandez à la personne le fichier d’origine : celui de sa page « mes badges », pas une copie d’écran.",
    "Ask the person for the original file: the one from their “my badges” page, not a screenshot.",
)
_ASK_ISSUER = Text(
    "N’en tirez aucune conclusion sur la personne ; demandez à la structure qui a délivré le badge.",
    "Draw no conclusion about the person; ask the organisation that awarded the badge.",
)
_DO_NOT_RELY = Text(
    "Ne vous appuyez pas sur ce fichier ; demandez l’original à la personne ou à la structure.",
    "Do not rely on this file; ask the person or the organisation for the original.",
)
_LATER = Text(
    "Réessayez dans quelques minutes, ou vérifiez hors ligne avec un paquet récent du réseau.",
    "Try again in a few minutes, or verify offline with a recent bundle of the network.",
)
_NEW_LIST = Text(
    "Demandez au réseau la liste de confiance du jour, puis vérifiez de nouveau.",
    "Get today’s trust list from the network, then verify again.",
)
_LOOK_BY_CODE = Text(
    "Demandez l’original, ou saisissez le code de 12 caractères imprimé sous le dessin du badge.",
    "Ask for the original, or type the 12-character code printed under the picture of the badge.",
)

_GIVE_THE_BADGE = Text(
    "Pour connaître l’état du badge aujourd’hui, donnez le fichier du badge lui-même.",
    "To know the state of the badge today, give the badge file itself.",
)
_SEND_ALONE = Text(
    "Donnez le fichier du badge lui-même, hors de toute archive.",
    "Give the badge file itself, outside any archive.",
)

CODES: dict[str, Wording] = {
    # 1. what was given
    "input_png": Wording(
        Text("Une image PNG a été donnée.", "A PNG picture was given."),
        Text("Signature PNG reconnue.", "PNG signature recognised."),
        _NOTHING,
    ),
    "input_svg": Wording(
        Text("Une image SVG a été donnée.", "An SVG picture was given."),
        Text("Élément racine svg reconnu.", "Root element svg recognised."),
        _NOTHING,
    ),
    "input_token": Wording(
        Text("Le texte signé d’un badge a été donné.", "The signed text of a badge was given."),
        Text("JWS compact : trois segments séparés par des points.", "Compact JWS: three segments between dots."),
        _NOTHING,
    ),
    "input_json": Wording(
        Text("Les données d’un badge ont été données.", "The data of a badge was given."),
        Text("Objet JSON.", "JSON object."),
        _NOTHING,
    ),
    "input_address": Wording(
        Text("L’adresse d’un badge a été donnée.", "The address of a badge was given."),
        Text("Adresse http(s) : {address}", "http(s) address: {address}"),
        _NOTHING,
    ),
    "input_empty": Wording(
        Text("Rien n’a été donné à vérifier.", "Nothing was given to verify."),
        Text(
            "Un fichier, un JWS, du JSON ou une adresse attendu ; zéro octet trouvé.",
            "Expected a file, a JWS, JSON or an address; found no byte.",
        ),
        Text("Choisissez le fichier du badge, puis vérifiez de nouveau.", "Choose the badge file, then verify again."),
    ),
    "input_too_large": Wording(
        Text("Ce fichier est trop gros pour être un badge.", "This file is too large to be a badge."),
        Text(
            "Au plus {expected} octets attendus, {found} trouvés.", "Expected at most {expected} bytes, found {found}."
        ),
        _ASK_ORIGINAL,
    ),
    "input_unrecognised": Wording(
        Text("Ce fichier n’est pas un badge.", "This file is not a badge."),
        Text(
            "PNG, SVG, PDF, JWS, JSON ou adresse attendu ; autre chose trouvé.",
            "Expected PNG, SVG, PDF, JWS, JSON or an address; found something else.",
        ),
        _ASK_ORIGINAL,
    ),
    "archive_damaged": Wording(
        Text(
            "Cette archive est abîmée : ce fichier n’a pas pu en être sorti.",
            "This archive is damaged: this file could not be taken out of it.",
        ),
        Text("ZIP refusé : {reason}", "ZIP refused: {reason}"),
        _SEND_ALONE,
    ),
    "archive_crowded": Wording(
        Text(
            "Cette archive contient trop de fichiers pour être ouverte.",
            "This archive holds too many files to be opened.",
        ),
        Text(
            "Au plus {expected} entrées attendues, {found} trouvées.",
            "Expected at most {expected} entries, found {found}.",
        ),
        Text(
            "Donnez les badges en plusieurs fois : cinquante à chaque fois.",
            "Give the badges in several goes: fifty each time.",
        ),
    ),
    "archive_empty": Wording(
        Text("Cette archive est vide.", "This archive is empty."),
        Text("Un fichier au moins attendu, aucun trouvé.", "Expected at least one file, found none."),
        _SEND_ALONE,
    ),
    "archive_bomb": Wording(
        Text(
            "Ce fichier de l’archive est trop gros pour être un badge.",
            "This file of the archive is too large to be a badge.",
        ),
        Text(
            "Au plus {expected} octets une fois ouvert, et cent fois l’archive ; {found} trouvés.",
            "Expected at most {expected} bytes once opened, and a hundred times the archive; found {found}.",
        ),
        _SEND_ALONE,
    ),
    "archive_nested": Wording(
        Text("Ce fichier est une archive dans une archive.", "This file is an archive inside an archive."),
        Text(
            "Une archive contient des badges, jamais une autre archive.",
            "An archive holds badges, never another archive.",
        ),
        _SEND_ALONE,
    ),
    "archive_locked": Wording(
        Text(
            "Ce fichier de l’archive est fermé par un mot de passe : il n’a pas été lu.",
            "This file of the archive is locked by a password: it was not read.",
        ),
        Text("Entrée ZIP chiffrée.", "Encrypted ZIP entry."),
        _SEND_ALONE,
    ),
    "archive_method": Wording(
        Text(
            "Ce fichier de l’archive est compressé d’une façon que ce vérificateur ne lit pas.",
            "This file of the archive is compressed in a way that this verifier does not read.",
        ),
        Text("Méthode 0 ou 8 attendue, {found} trouvée.", "Expected method 0 or 8, found {found}."),
        _SEND_ALONE,
    ),
    "archive_name": Wording(
        Text(
            "Ce fichier de l’archive porte un nom qui mènerait ailleurs : il n’a pas été lu.",
            "This file of the archive has a name that would lead elsewhere: it was not read.",
        ),
        Text("Chemin absolu, de disque, ou avec « .. ».", "Path that is absolute, of a drive, or with “..”."),
        _SEND_ALONE,
    ),
    "archive_twice": Wording(
        Text(
            "Cette archive contient deux fichiers du même nom : le second n’a pas été lu.",
            "This archive holds two files of the same name: the second was not read.",
        ),
        Text("Nom d’entrée déjà rencontré dans ce ZIP.", "Entry name already met in this ZIP."),
        _SEND_ALONE,
    ),
    "input_pdf": Wording(
        Text("Un PDF a été donné, avec un badge joint.", "A PDF was given, with a badge attached."),
        Text("PDF ; un fichier joint porte un badge.", "PDF; one attached file carries a badge."),
        _NOTHING,
    ),
    "pdf_without_badge": Wording(
        Text(
            "Aucun badge n’est joint à ce PDF : c’est peut-être une impression, un scan ou une copie.",
            "No badge is attached to this PDF: it may be a print, a scan or a copy.",
        ),
        Text("Fichiers joints : {found}, aucun n’est un badge.", "Attached files: {found}, none is a badge."),
        Text(
            "Demandez le PDF d’origine, ou saisissez le code de 12 caractères imprimé sur le papier.",
            "Ask for the original PDF, or type the 12-character code printed on the paper.",
        ),
    ),
    "pdf_several": Wording(
        Text("Plusieurs badges sont joints à ce PDF.", "Several badges are attached to this PDF."),
        Text("Un badge joint attendu, {found} trouvés.", "Expected one attached badge, found {found}."),
        Text(
            "Donnez ce PDF seul, sans archive : chacun de ses badges sera vérifié.",
            "Give this PDF alone, outside any archive: each of its badges will be verified.",
        ),
    ),
    "pdf_locked": Wording(
        Text(
            "Ce PDF est fermé par un mot de passe : il n’a pas été lu.",
            "This PDF is locked by a password: it was not read.",
        ),
        Text("PDF chiffré (/Encrypt).", "Encrypted PDF (/Encrypt)."),
        _ASK_ORIGINAL,
    ),
    "pdf_damaged": Wording(
        Text("Ce PDF est abîmé : il n’a pas pu être lu.", "This PDF is damaged: it could not be read."),
        Text("PDF refusé : {reason}", "PDF refused: {reason}"),
        _ASK_ORIGINAL,
    ),
    "pdf_crowded": Wording(
        Text("Trop de fichiers sont joints à ce PDF.", "Too many files are attached to this PDF."),
        Text("Au plus {expected} attendus ; davantage trouvés.", "Expected at most {expected}; found more."),
        _ASK_ORIGINAL,
    ),
    "pdf_bomb": Wording(
        Text(
            "Un fichier joint à ce PDF est trop gros pour être un badge.",
            "A file attached to this PDF is too large to be a badge.",
        ),
        Text(
            "Au plus {expected} octets une fois ouvert ; davantage trouvés.",
            "Expected at most {expected} bytes once opened; found more.",
        ),
        _ASK_ORIGINAL,
    ),
    "pdf_slow": Wording(
        Text("Ce PDF n’a pas pu être lu à temps.", "This PDF could not be read in time."),
        Text(
            "PDF lu en {seconds} secondes attendu ; pas fini.", "Expected a PDF read in {seconds} seconds; unfinished."
        ),
        _LATER,
    ),
    "pdf_offline": Wording(
        Text("Cette page ne lit pas les PDF.", "This page does not read PDFs."),
        Text("PDF non ouvert (page hors ligne seulement).", "PDF not opened (offline page only)."),
        Text(
            "Ouvrez le PDF, enregistrez l’image du badge qui y est jointe, et donnez cette image.",
            "Open the PDF, save the badge picture attached to it, and give that picture.",
        ),
    ),
    "input_receipt_genuine": Wording(
        Text(
            "Ceci est un reçu de vérification authentique, et pas un badge.",
            "This is a genuine receipt of a verification, and not a badge.",
        ),
        Text("VerificationReceipt, signature vérifiée.", "VerificationReceipt, signature verified."),
        _GIVE_THE_BADGE,
    ),
    "input_receipt_forged": Wording(
        Text("Ce reçu de vérification est faux.", "This receipt of a verification is false."),
        Text(
            "VerificationReceipt : la signature n’est pas celle du service.", "VerificationReceipt: another signature."
        ),
        _DO_NOT_RELY,
    ),
    "input_receipt_malformed": Wording(
        Text("Ce reçu de vérification est abîmé ou incomplet.", "This receipt is damaged or incomplete."),
        Text("VerificationReceipt : forme inattendue.", "VerificationReceipt: unexpected form."),
        _DO_NOT_RELY,
    ),
    "input_receipt_to_come": Wording(
        Text("Ce reçu se dit fait à une date à venir.", "This receipt says it was made at a date to come."),
        Text("VerificationReceipt : made_at à venir.", "VerificationReceipt: made_at to come."),
        _DO_NOT_RELY,
    ),
    "input_receipt_key_unknown": Wording(
        Text(
            "Ceci est un reçu de vérification, d’un service que la liste ne connaît pas.",
            "This is a receipt of a verification, of a service that the list does not know.",
        ),
        Text(
            "VerificationReceipt : kid absent de la liste de confiance.",
            "VerificationReceipt: kid not in the trust list.",
        ),
        _GIVE_THE_BADGE,
    ),
    "input_receipt_untrusted": Wording(
        Text(
            "Ceci est un reçu de vérification, et aucune liste ne permet de le vérifier.",
            "This is a receipt of a verification, and no list is there to verify it.",
        ),
        Text("VerificationReceipt, sans liste de confiance.", "VerificationReceipt, without a trust list."),
        _GIVE_THE_BADGE,
    ),
    "input_receipt_list_stale": Wording(
        Text(
            "Ceci est un reçu de vérification, et la liste est trop ancienne pour le vérifier.",
            "This is a receipt of a verification, and the list is too old to verify it.",
        ),
        Text("VerificationReceipt, liste de confiance périmée.", "VerificationReceipt, stale trust list."),
        _NEW_LIST,
    ),
    "input_photo": Wording(
        Text(
            "Cette image ne contient pas de badge : une messagerie l’a réécrite, ou c’est une photo ou une copie.",
            "This picture holds no badge: a messaging app rewrote it, or it is a photo or a copy.",
        ),
        Text(
            "Image {form} : ce format ne porte jamais de badge.", "{form} picture: this format never carries a badge."
        ),
        _LOOK_BY_CODE,
    ),
    "input_code": Wording(
        Text(
            "Ceci ressemble au code d’un badge, et ce n’est pas le badge.",
            "This looks like the code of a badge, and it is not the badge.",
        ),
        Text("Douze caractères de base 32 : {short}", "Twelve characters of base 32: {short}"),
        Text(
            "Ouvrez la page de ce code, ou demandez à la personne le fichier du badge.",
            "Open the page of this code, or ask the person for the badge file.",
        ),
    ),
    "unexpected": Wording(
        Text("Le vérificateur n’a pas su lire ce fichier.", "The verifier could not read this file."),
        Text(
            "Erreur interne : {kind}. C’est un défaut du vérificateur.",
            "Internal error: {kind}. This is a defect of the verifier.",
        ),
        Text(
            "Signalez ce fichier à l’équipe du vérificateur ; n’en concluez rien.",
            "Report this file to the verifier’s team; conclude nothing from it.",
        ),
    ),
    "not_reached": Wording(
        Text("Ce point n’a pas pu être examiné.", "This point could not be examined."),
        Text("Un point précédent ne le permet pas.", "An earlier check does not allow it."),
        Text(
            "Regardez d’abord le point qui a arrêté la vérification.",
            "Look first at the check that stopped the verification.",
        ),
    ),
    # 2. the file that carries the badge
    "carrier_sound": Wording(
        Text("Le fichier est intact et porte un badge.", "The file is intact and carries one badge."),
        Text(
            "Structure et sommes de contrôle exactes ; un seul badge ({form}).",
            "Structure and checksums right; exactly one badge ({form}).",
        ),
        _NOTHING,
    ),
    "carrier_none": Wording(
        Text("Il n’y a pas d’image à examiner.", "There is no picture to examine."),
        Text("Badge donné sans image.", "Badge given without a picture."),
        _NOTHING,
    ),
    "carrier_damaged": Wording(
        Text("Ce fichier est abîmé ou a été modifié.", "This file is damaged or was modified."),
        Text("Fichier refusé : {reason}", "File refused: {reason}"),
        _DO_NOT_RELY,
    ),
    "carrier_not_baked": Wording(
        Text(
            "Cette image ne contient pas de badge : c’est peut-être une copie d’écran, ou une messagerie l’a réécrite.",
            "This picture holds no badge: it may be a screenshot, or a messaging app rewrote it.",
        ),
        Text(
            "Aucun badge dans l’image (iTXt ou élément « openbadges »).",
            "No badge in the picture (“openbadges” iTXt or element).",
        ),
        _LOOK_BY_CODE,
    ),
    "carrier_stripped": Wording(
        Text(
            "Cette image a été envoyée par une messagerie, qui a enlevé le badge ; il reste son code : {short}.",
            "This picture was sent by a messaging app, which took the badge out; its code remains: {short}.",
        ),
        Text(
            "Aucun badge dans l’image ; la bande du bord porte un code : {short}",
            "No badge in the picture; the strip at its edge bears a code: {short}",
        ),
        Text(
            "Ouvrez la page de ce code pour savoir si le badge est encore bon, et demandez le fichier d’origine.",
            "Open the page of this code to know whether the badge is still good, and ask for the original file.",
        ),
    ),
    "carrier_content": Wording(
        Text("Cette image contient autre chose qu’un badge.", "This picture holds something other than a badge."),
        Text(
            "JWS, JSON ou adresse attendu dans l’image ; autre chose trouvé.",
            "Expected a JWS, JSON or an address in the picture; found something else.",
        ),
        _DO_NOT_RELY,
    ),
    "address_unreachable": Wording(
        Text("L’adresse du badge n’a pas répondu.", "The address of the badge did not answer."),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "address_content": Wording(
        Text("Cette adresse ne mène pas à un badge.", "This address does not lead to a badge."),
        Text(
            "PNG, SVG, JWS ou JSON attendu à cette adresse ; autre chose trouvé.",
            "Expected PNG, SVG, JWS or JSON at this address; found something else.",
        ),
        Text(
            "Ouvrez l’adresse dans un navigateur, ou demandez le fichier du badge.",
            "Open the address in a browser, or ask for the badge file.",
        ),
    ),
    # 3. the signed text
    "token_sound": Wording(
        Text("Le texte signé est bien formé.", "The signed text is well formed."),
        Text("JWS compact canonique, alg {algorithm}.", "Canonical compact JWS, alg {algorithm}."),
        _NOTHING,
    ),
    "token_none": Wording(
        Text(
            "Ce badge n’est pas signé : il est publié sur le site de sa structure.",
            "This badge is not signed: it is published on its organisation’s site.",
        ),
        Text("Vérification de type HostedBadge.", "Verification of type HostedBadge."),
        _NOTHING,
    ),
    "token_refused": Wording(
        Text("Le texte signé de ce badge est altéré.", "The signed text of this badge is altered."),
        Text("JWS refusé : {reason}", "JWS refused: {reason}"),
        _DO_NOT_RELY,
    ),
    "token_algorithm": Wording(
        Text(
            "Ce badge est signé d’une façon que ce vérificateur ne sait pas lire.",
            "This badge is signed in a way that this verifier cannot read.",
        ),
        Text("RS256, ES256 ou EdDSA attendu, {found} trouvé.", "Expected RS256, ES256 or EdDSA, found {found}."),
        Text(
            "Utilisez un autre vérificateur ; n’en concluez rien ici.",
            "Use another verifier; conclude nothing here.",
        ),
    ),
    # 4. the Assertion
    "document_sound": Wording(
        Text("Les données du badge sont complètes.", "The data of the badge is complete."),
        Text("Assertion conforme à Open Badges 2.0.", "Assertion conforms to Open Badges 2.0."),
        _NOTHING,
    ),
    "document_refused": Wording(
        Text("Les données de ce badge sont illisibles.", "The data of this badge cannot be read."),
        Text("JSON refusé : {reason}", "JSON refused: {reason}"),
        _DO_NOT_RELY,
    ),
    "document_invalid": Wording(
        Text(
            "Les données de ce badge sont incomplètes ou incorrectes.", "The data of this badge is incomplete or wrong."
        ),
        Text("Assertion Open Badges 2.0 refusée : {reason}", "Open Badges 2.0 Assertion refused: {reason}"),
        _ASK_ISSUER,
    ),
    "document_unsigned": Wording(
        Text(
            "Ce badge se dit signé, mais aucune signature ne l’accompagne.",
            "This badge says that it is signed, but no signature comes with it.",
        ),
        Text(
            "verification.type vaut SignedBadge dans du JSON sans JWS.",
            "verification.type is SignedBadge in JSON without a JWS.",
        ),
        _ASK_ORIGINAL,
    ),
    "document_hosted_in_token": Wording(
        Text(
            "Ce badge se contredit : il est signé et se dit publié sur un site.",
            "This badge contradicts itself: it is signed and says that it is published on a site.",
        ),
        Text("Un JWS doit porter SignedBadge ; {found} trouvé.", "A JWS must hold SignedBadge; found {found}."),
        _ASK_ISSUER,
    ),
    "document_version": Wording(
        Text(
            "Ce badge est d’un autre format, que ce vérificateur ne lit pas encore.",
            "This badge is in another format, which this verifier does not read yet.",
        ),
        Text("Open Badges 2.0 attendu, {found} trouvé.", "Expected Open Badges 2.0, found {found}."),
        Text(
            "Utilisez un vérificateur qui lit ce format ; n’en concluez rien ici.",
            "Use a verifier that reads this format; conclude nothing here.",
        ),
    ),
    "document_upgraded": Wording(
        Text(
            "Les données du badge, d’un ancien format, sont complètes.",
            "The data of the badge, of an old format, is complete.",
        ),
        Text(
            "Open Badges 0.5 ou 1.x, lu dans les termes de la version 2.0.",
            "Open Badges 0.5 or 1.x, read in the words of version 2.0.",
        ),
        _NOTHING,
    ),
    "document_without_address": Wording(
        Text(
            "Ce badge, d’un ancien format, ne dit pas où il est publié : rien ici ne le prouve.",
            "This badge, of an old format, does not say where it is published: nothing here proves it.",
        ),
        Text(
            "Open Badges 0.5 : l’adresse de l’Assertion n’est pas dans le document.",
            "Open Badges 0.5: the address of the Assertion is not in the document.",
        ),
        Text(
            "Donnez l’adresse du badge, ou l’image d’origine : elle contient l’adresse.",
            "Give the address of the badge, or the original picture: it holds the address.",
        ),
    ),
    "document_context": Wording(
        Text(
            "Ce badge emploie des mots dont le sens est écrit ailleurs : ce vérificateur ne peut pas le lire.",
            "This badge uses words whose meaning is written elsewhere: this verifier cannot read it.",
        ),
        Text("@context (JSON-LD) : {reason}", "@context (JSON-LD): {reason}"),
        Text(
            "Utilisez un autre vérificateur ; n’en concluez rien ici.",
            "Use another verifier; conclude nothing here.",
        ),
    ),
    # 5. a hosted badge, read again where it is published
    "hosted_sound": Wording(
        Text(
            "Le badge a été relu sur le site de sa structure.", "The badge was read again on its organisation’s site."
        ),
        Text(
            "Assertion relue à son id ; ce qui était dans le fichier est écarté.",
            "Assertion fetched at its id; what the file held is discarded.",
        ),
        _NOTHING,
    ),
    "hosted_none": Wording(
        Text(
            "Ce badge est signé : il n’est pas nécessaire de le relire sur un site.",
            "This badge is signed: it need not be read again on a site.",
        ),
        Text("Vérification de type SignedBadge.", "Verification of type SignedBadge."),
        _NOTHING,
    ),
    "hosted_withdrawn": Wording(
        Text(
            "Le site de la structure a répondu que ce badge est retiré.",
            "The organisation’s site answered that this badge is withdrawn.",
        ),
        Text("Réponse 410, ou Assertion avec revoked.", "Answer 410, or Assertion with revoked."),
        _ASK_ISSUER,
    ),
    "hosted_unreachable": Wording(
        Text("Le site qui publie ce badge n’a pas répondu.", "The site that publishes this badge did not answer."),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "hosted_invalid": Wording(
        Text(
            "Le site qui publie ce badge donne des données incorrectes.",
            "The site that publishes this badge gives wrong data.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _ASK_ISSUER,
    ),
    "hosted_id_differs": Wording(
        Text(
            "Le site qui publie ce badge en montre un autre à cette adresse.",
            "The site that publishes this badge shows another one at this address.",
        ),
        Text("id {expected} attendu, {found} trouvé.", "Expected id {expected}, found {found}."),
        _ASK_ISSUER,
    ),
    # 6. the key
    "key_from_trust_list": Wording(
        Text("La clé de la structure est dans la liste du réseau.", "The organisation’s key is in the network’s list."),
        Text("Clé {key} prise dans la liste de confiance.", "Key {key} taken from the trust list."),
        _NOTHING,
    ),
    "key_from_profile": Wording(
        Text("La clé est celle que la structure publie.", "The key is the one that the organisation publishes."),
        Text(
            "Clé {key}, nommée par le Profile publié et nommant ce Profile.",
            "Key {key}, named by the hosted Profile and naming that Profile.",
        ),
        _NOTHING,
    ),
    "key_none": Wording(
        Text(
            "Ce badge n’a pas de clé : il est publié sur le site de sa structure.",
            "This badge has no key: it is published on its organisation’s site.",
        ),
        Text("HostedBadge : pas de clé.", "HostedBadge: no key."),
        _NOTHING,
    ),
    "key_unreachable": Wording(
        Text(
            "Le site de la structure n’a pas répondu : sa clé n’a pas pu être lue.",
            "The organisation’s site did not answer: its key could not be read.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "key_not_listed": Wording(
        Text(
            "Ce badge est signé par une clé que la structure ne reconnaît pas : il est faux.",
            "This badge is signed by a key that the organisation does not list: it is forged.",
        ),
        Text("{found} ne figure pas parmi les clés de {expected}.", "{found} is not among the keys of {expected}."),
        _DO_NOT_RELY,
    ),
    "key_owner_differs": Wording(
        Text(
            "La clé de ce badge appartient à quelqu’un d’autre que la structure annoncée.",
            "The key of this badge belongs to someone other than the organisation it names.",
        ),
        Text("owner {expected} attendu, {found} trouvé.", "Expected owner {expected}, found {found}."),
        _DO_NOT_RELY,
    ),
    "key_refused": Wording(
        Text(
            "La clé publiée par la structure n’est pas une clé sûre.",
            "The key that the organisation publishes is not a safe key.",
        ),
        Text("Clé refusée : {reason}", "Key refused: {reason}"),
        _ASK_ISSUER,
    ),
    # 7. the signature
    "signature_good": Wording(
        Text(
            "La signature est exacte : rien n’a été changé depuis.",
            "The signature is right: nothing was changed since.",
        ),
        Text("Signature vérifiée avec une clé {algorithm}.", "Signature verified with a key for {algorithm}."),
        _NOTHING,
    ),
    "signature_none": Wording(
        Text("Ce badge n’est pas signé.", "This badge is not signed."),
        Text("HostedBadge : pas de signature.", "HostedBadge: no signature."),
        _NOTHING,
    ),
    "signature_bad": Wording(
        Text(
            "La signature de ce badge est fausse : il a été modifié ou fabriqué.",
            "The signature of this badge is wrong: it was modified or forged.",
        ),
        Text("La signature ne correspond pas à la clé {key}.", "The signature does not match key {key}."),
        _DO_NOT_RELY,
    ),
    "signature_algorithm": Wording(
        Text(
            "La signature de ce badge n’est pas du type de la clé : il est faux.",
            "The signature of this badge is not of the key’s kind: it is forged.",
        ),
        Text(
            "alg {expected} attendu d’après la clé, {found} trouvé.",
            "Expected alg {expected} from the key, found {found}.",
        ),
        _DO_NOT_RELY,
    ),
    "signature_unsupported": Wording(
        Text(
            "Ce navigateur ne sait pas vérifier ce type de signature.",
            "This browser cannot verify this kind of signature.",
        ),
        Text(
            "Web Crypto ne connaît pas {algorithm} ici (page hors ligne seulement).",
            "Web Crypto does not know {algorithm} here (offline page only).",
        ),
        Text(
            "Ouvrez la page dans un navigateur à jour, ou vérifiez le badge en ligne.",
            "Open the page in an up-to-date browser, or verify the badge online.",
        ),
    ),
    # 8. the documents of the badge
    "badge_class_sound": Wording(
        Text("La structure publie bien ce badge.", "The organisation does publish this badge."),
        Text(
            "BadgeClass et Profile relus à leur adresse et conformes.",
            "BadgeClass and Profile fetched at their addresses and conformant.",
        ),
        _NOTHING,
    ),
    "badge_class_by_trust_list": Wording(
        Text(
            "Ce badge est l’un de ceux que le réseau publie.", "This badge is one of those that the network publishes."
        ),
        Text(
            "BadgeClass non relue : sa définition et son adresse sont celles de la liste de confiance.",
            "BadgeClass not fetched: its definition and address are those of the trust list.",
        ),
        _NOTHING,
    ),
    "badge_class_inside": Wording(
        Text(
            "La description du badge est dans le fichier signé.", "The description of the badge is in the signed file."
        ),
        Text(
            "BadgeClass incorporée, d’identifiant non publié (urn) ; Profile relu.",
            "Embedded BadgeClass with an unpublished id (urn); Profile fetched.",
        ),
        _NOTHING,
    ),
    "badge_class_unreachable": Wording(
        Text(
            "Le site de la structure n’a pas répondu : la description du badge n’a pas pu être lue.",
            "The organisation’s site did not answer: the description of the badge could not be read.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "badge_class_invalid": Wording(
        Text(
            "Ce que la structure publie sur ce badge est incorrect.",
            "What the organisation publishes about this badge is wrong.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _ASK_ISSUER,
    ),
    "badge_class_id_differs": Wording(
        Text("L’adresse de ce badge en montre un autre.", "The address of this badge shows another one."),
        Text("id {expected} attendu, {found} trouvé.", "Expected id {expected}, found {found}."),
        _ASK_ISSUER,
    ),
    # 9. may this issuer award this badge?
    "authorised": Wording(
        Text(
            "Le badge est délivré par la structure à qui il appartient.",
            "The badge is awarded by the organisation it belongs to.",
        ),
        Text("La clé est celle de BadgeClass.issuer.", "The key is that of BadgeClass.issuer."),
        _NOTHING,
    ),
    "authorised_scope": Wording(
        Text(
            "Le badge est publié là où la structure dit publier.",
            "The badge is published where the organisation says it publishes.",
        ),
        Text(
            "Assertion dans le périmètre du Profile (startsWith, allowedOrigins ou même origine).",
            "Assertion within the Profile’s scope (startsWith, allowedOrigins or same origin).",
        ),
        _NOTHING,
    ),
    "not_authorised": Wording(
        Text(
            "Celui qui a signé ce badge n’est pas la structure à qui il appartient.",
            "Whoever signed this badge is not the organisation it belongs to.",
        ),
        Text(
            "BadgeClass.issuer {expected} attendu, {found} trouvé.",
            "Expected BadgeClass.issuer {expected}, found {found}.",
        ),
        _DO_NOT_RELY,
    ),
    "outside_scope": Wording(
        Text(
            "Ce badge est publié ailleurs que sur le site de la structure annoncée.",
            "This badge is published somewhere other than the site of the organisation it names.",
        ),
        Text("{found} est hors du périmètre de {expected}.", "{found} is outside the scope of {expected}."),
        _DO_NOT_RELY,
    ),
    # 10. the definition
    "definition_published": Wording(
        Text("Les critères sont ceux que le réseau a publiés.", "The criteria are those that the network published."),
        Text(
            "Empreinte de la définition {slug} {version} égale à celle de la liste de confiance.",
            "Digest of definition {slug} {version} equal to that of the trust list.",
        ),
        _NOTHING,
    ),
    "definition_as_hosted": Wording(
        Text(
            "Les critères sont ceux que la structure publie.", "The criteria are those that the organisation publishes."
        ),
        Text(
            "Définition signée égale à celle de la BadgeClass ; pas de liste de confiance pour la comparer.",
            "Signed definition equal to the BadgeClass’s; no trust list to compare with.",
        ),
        _NEW_LIST,
    ),
    "definition_none": Wording(
        Text("Ce badge ne porte pas de critères à rejouer.", "This badge carries no criteria to replay."),
        Text("Pas d’extension criteriaProof.", "No criteriaProof extension."),
        _NOTHING,
    ),
    "definition_unreadable": Wording(
        Text(
            "Les critères que porte ce badge sont illisibles.", "The criteria that this badge carries cannot be read."
        ),
        Text("Définition refusée : {reason}", "Definition refused: {reason}"),
        _ASK_ISSUER,
    ),
    "definition_differs_published": Wording(
        Text(
            "Les critères de ce badge ne sont pas ceux que le réseau a publiés.",
            "The criteria of this badge are not those that the network published.",
        ),
        Text(
            "Empreinte {expected} attendue d’après la liste de confiance, {found} trouvée.",
            "Expected digest {expected} from the trust list, found {found}.",
        ),
        _ASK_ISSUER,
    ),
    "definition_differs_hosted": Wording(
        Text(
            "Les critères de ce badge ne sont pas ceux que la structure publie.",
            "The criteria of this badge are not those that the organisation publishes.",
        ),
        Text(
            "Empreinte {expected} attendue d’après la BadgeClass, {found} trouvée.",
            "Expected digest {expected} from the BadgeClass, found {found}.",
        ),
        _ASK_ISSUER,
    ),
    "definition_not_published": Wording(
        Text(
            "Les critères de ce badge ne sont pas de ceux que le réseau publie.",
            "The criteria of this badge are not among those that the network publishes.",
        ),
        Text("{slug} {version} n’est pas dans la liste de confiance.", "{slug} {version} is not in the trust list."),
        _ASK_ISSUER,
    ),
    "definition_not_in_force": Wording(
        Text(
            "Ces critères n’étaient pas en vigueur le jour où le badge a été délivré.",
            "These criteria were not in force on the day the badge was awarded.",
        ),
        Text(
            "{slug} {version} : en vigueur {period}, badge du {issued}.",
            "{slug} {version}: in force {period}, badge of {issued}.",
        ),
        _ASK_ISSUER,
    ),
    "definition_proposition": Wording(
        Text(
            "Ces critères ne sont qu’une proposition : le réseau ne les a pas adoptés.",
            "These criteria are only a proposal: the network has not adopted them.",
        ),
        Text(
            "{slug} {version} est à l’état « proposition » dans une liste qui n’est pas de démonstration.",
            "{slug} {version} has the status “proposition” in a list that is not a demonstration.",
        ),
        _ASK_ISSUER,
    ),
    "definition_unconfirmed": Wording(
        Text("On ne sait pas si ces critères sont publiés.", "Whether these criteria are published is not known."),
        Text(
            "Ni liste de confiance ni BadgeClass pour comparer la définition.",
            "Neither trust list nor BadgeClass to compare the definition with.",
        ),
        _NEW_LIST,
    ),
    # 11 and 12. dates
    "issued_on_past": Wording(
        Text("Le badge a été délivré le {issued}.", "The badge was awarded on {issued}."),
        Text(
            "issuedOn précède l’heure de la vérification (tolérance 60 s).",
            "issuedOn precedes the time of verification (60 s leeway).",
        ),
        _NOTHING,
    ),
    "issued_on_future": Wording(
        Text("Ce badge porte une date à venir : le {issued}.", "This badge bears a date to come: {issued}."),
        Text(
            "issuedOn dépasse l’heure de la vérification de plus de 60 s.",
            "issuedOn is more than 60 s after the time of verification.",
        ),
        _ASK_ISSUER,
    ),
    "expires_never": Wording(
        Text("Le badge n’a pas de date de fin.", "The badge has no end date."),
        Text("Pas de membre expires.", "No expires member."),
        _NOTHING,
    ),
    "expires_later": Wording(
        Text("Le badge est valable jusqu’au {expires}.", "The badge is good until {expires}."),
        Text("expires suit l’heure de la vérification.", "expires follows the time of verification."),
        _NOTHING,
    ),
    "expired": Wording(
        Text("Ce badge n’est plus valable depuis le {expires}.", "This badge has not been good since {expires}."),
        Text("expires précède l’heure de la vérification.", "expires precedes the time of verification."),
        Text("Demandez à la personne si le badge a été renouvelé.", "Ask the person whether the badge was renewed."),
    ),
    "expires_before_issued": Wording(
        Text("Ce badge finit avant d’avoir commencé.", "This badge ends before it begins."),
        Text("expires précède issuedOn.", "expires precedes issuedOn."),
        _ASK_ISSUER,
    ),
    # 13. withdrawal
    "not_revoked": Wording(
        Text("Le badge n’est pas retiré (liste lue le {read}).", "The badge is not withdrawn (list read on {read})."),
        Text("Absent de la liste de retrait {address}.", "Absent from the revocation list {address}."),
        _NOTHING,
    ),
    "not_revoked_snapshot": Wording(
        Text(
            "Le badge n’est pas retiré (copie de la liste du {read}).",
            "The badge is not withdrawn (copy of the list of {read}).",
        ),
        Text(
            "Absent de la copie hors ligne de la liste de retrait.",
            "Absent from the offline copy of the revocation list.",
        ),
        _NOTHING,
    ),
    "not_revoked_hosted": Wording(
        Text(
            "Le site de la structure publie toujours ce badge.", "The organisation’s site still publishes this badge."
        ),
        Text("Réponse 200, sans revoked.", "Answer 200, without revoked."),
        _NOTHING,
    ),
    "revocation_not_offered": Wording(
        Text(
            "Cette structure ne publie pas de liste de badges retirés.",
            "This organisation publishes no list of withdrawn badges.",
        ),
        Text(
            "Pas de revocationList dans le Profile (facultative, Open Badges 2.0).",
            "No revocationList in the Profile (optional, Open Badges 2.0).",
        ),
        _ASK_ISSUER,
    ),
    "revoked": Wording(
        Text(
            "Ce badge a été retiré par la structure qui l’a délivré.",
            "This badge was withdrawn by the organisation that awarded it.",
        ),
        Text(
            "Listé dans {address} ou répondu par le site ; motif : {reason}",
            "Listed in {address} or answered by the site; reason: {reason}",
        ),
        _ASK_ISSUER,
    ),
    "replaced": Wording(
        Text(
            "Ce badge a été corrigé : il est retiré, et un autre le remplace.",
            "This badge was corrected: it is withdrawn, and another one replaces it.",
        ),
        Text("Listé dans {address} avec le motif « replaced ».", "Listed in {address} with the reason “replaced”."),
        Text("Demandez à la personne son badge corrigé.", "Ask the person for the corrected badge."),
    ),
    "revocation_unreachable": Wording(
        Text(
            "On n’a pas pu savoir si ce badge a été retiré.",
            "Whether this badge was withdrawn could not be established.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "revocation_stale": Wording(
        Text(
            "La liste des badges retirés est trop ancienne pour conclure (elle date du {read}).",
            "The list of withdrawn badges is too old to conclude (it dates from {read}).",
        ),
        Text(
            "Liste de retrait à jour attendue ; copie périmée trouvée.",
            "Expected a current revocation list; found an outdated copy.",
        ),
        _LATER,
    ),
    "revocation_malformed": Wording(
        Text(
            "La liste des badges retirés est illisible : on ne sait pas si celui-ci l’est.",
            "The list of withdrawn badges cannot be read: whether this one is in it is not known.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _ASK_ISSUER,
    ),
    # 14. the key on that day
    "key_active": Wording(
        Text(
            "La clé de la structure était en service ce jour-là.", "The organisation’s key was in service on that day."
        ),
        Text("Clé active dans la liste de confiance.", "Key active in the trust list."),
        _NOTHING,
    ),
    "key_retired": Wording(
        Text(
            "La structure a changé de clé depuis ; celle-ci était en service ce jour-là.",
            "The organisation changed its key since; this one was in service on that day.",
        ),
        Text("Clé retirée le {since}, après la date du badge.", "Key retired on {since}, after the date of the badge."),
        _NOTHING,
    ),
    "key_used_outside": Wording(
        Text(
            "La clé de ce badge n’était pas en service ce jour-là.",
            "The key of this badge was not in service on that day.",
        ),
        Text("Clé en service {period}, badge du {issued}.", "Key in service {period}, badge of {issued}."),
        _DO_NOT_RELY,
    ),
    "key_compromised_committed": Wording(
        Text(
            "La clé a été volée depuis ; ce badge était déjà inscrit au registre du réseau.",
            "The key was stolen since; this badge was already in the network’s register.",
        ),
        Text(
            "Clé compromise depuis le {since} ; empreinte inscrite avant.",
            "Key compromised since {since}; digest committed before.",
        ),
        _NOTHING,
    ),
    "key_compromised": Wording(
        Text(
            "La clé de ce badge a été volée, et le registre du réseau ne le connaissait pas avant.",
            "The key of this badge was stolen, and the network’s register did not know it before.",
        ),
        Text(
            "Clé compromise depuis le {since} ; empreinte absente des inscriptions antérieures.",
            "Key compromised since {since}; digest absent from earlier commitments.",
        ),
        _ASK_ISSUER,
    ),
    "key_compromised_unproven": Wording(
        Text(
            "La clé de ce badge a été volée, et rien ici ne prouve qu’il date d’avant.",
            "The key of this badge was stolen, and nothing here proves that it is older.",
        ),
        Text(
            "Clé compromise depuis le {since} ; inscriptions datées non données.",
            "Key compromised since {since}; dated commitments not given.",
        ),
        Text(
            "Vérifiez avec un dossier hors ligne du réseau (--bundle), qui porte le registre.",
            "Verify with an offline bundle of the network (--bundle), which carries the register.",
        ),
    ),
    "key_status_untold": Wording(
        Text("Aucune liste ne dit l’état de cette clé.", "No list tells the state of this key."),
        Text(
            "Structure absente de la liste de confiance, ou liste non donnée.",
            "Organisation absent from the trust list, or no list given.",
        ),
        _NOTHING,
    ),
    # 15. recognition
    "recognised": Wording(
        Text(
            "Le réseau reconnaît cette structure pour cette famille de badges, ce jour-là.",
            "The network recognises this organisation for this family of badges, on that day.",
        ),
        Text("Liste de confiance du {generated}, famille {family}.", "Trust list of {generated}, family {family}."),
        _NOTHING,
    ),
    "recognised_demo": Wording(
        Text(
            "Cette structure est reconnue par une liste de démonstration, sans valeur hors de la démonstration.",
            "This organisation is recognised by a demonstration list, worth nothing outside the demonstration.",
        ),
        Text(
            "Liste de confiance du {generated} marquée « demo », famille {family}.",
            "Trust list of {generated} marked “demo”, family {family}.",
        ),
        Text("N’utilisez ce badge que pour essayer.", "Use this badge for trial only."),
    ),
    "not_recognised": Wording(
        Text("Le réseau ne reconnaît pas cette structure.", "The network does not recognise this organisation."),
        Text(
            "{found} n’est pas dans la liste de confiance du {generated}.",
            "{found} is not in the trust list of {generated}.",
        ),
        Text(
            "Le badge peut être sérieux : renseignez-vous sur cette structure.",
            "The badge may be serious: find out about this organisation.",
        ),
    ),
    "not_recognised_family": Wording(
        Text(
            "Le réseau connaît cette structure, mais pas pour ce type de badge.",
            "The network knows this organisation, but not for this kind of badge.",
        ),
        Text("Famille {family} absente des familles reconnues.", "Family {family} is not among the recognised ones."),
        _ASK_ISSUER,
    ),
    "not_recognised_then": Wording(
        Text(
            "Le réseau ne reconnaissait pas cette structure le jour où le badge a été délivré.",
            "The network did not recognise this organisation on the day the badge was awarded.",
        ),
        Text(
            "Famille {family} reconnue {period}, badge du {issued}.",
            "Family {family} recognised {period}, badge of {issued}.",
        ),
        _ASK_ISSUER,
    ),
    "trust_stale": Wording(
        Text(
            "La liste des structures reconnues est trop ancienne pour conclure.",
            "The list of recognised organisations is too old to conclude.",
        ),
        Text(
            "Liste de confiance à jour attendue ; périmée depuis le {next}.",
            "Expected a current trust list; out of date since {next}.",
        ),
        _NEW_LIST,
    ),
    "trust_damaged": Wording(
        Text(
            "La liste des structures reconnues est abîmée : on ne peut pas s’y fier.",
            "The list of recognised organisations is damaged: it cannot be relied upon.",
        ),
        Text("Liste de confiance refusée : {reason}", "Trust list refused: {reason}"),
        Text(
            "Prévenez le service, ou vérifiez avec la liste de confiance que le réseau publie.",
            "Tell the service, or verify with the trust list that the network publishes.",
        ),
    ),
    "trust_part_missing": Wording(
        Text(
            "La partie de la liste qui parle de cette structure manque.",
            "The part of the list that speaks of this organisation is missing.",
        ),
        Text("Partie {prefix} de la liste de confiance non donnée.", "Part {prefix} of the trust list not given."),
        _NEW_LIST,
    ),
    "trust_not_given": Wording(
        Text(
            "Aucune liste ne dit si cette structure est reconnue.",
            "No list says whether this organisation is recognised.",
        ),
        Text("Vérification faite sans liste de confiance.", "Verified without a trust list."),
        Text(
            "Donnez la liste de confiance du réseau (--trust, --root).",
            "Give the network’s trust list (--trust, --root).",
        ),
    ),
    # 16. the criteria replayed
    "criteria_met": Wording(
        Text(
            "Les critères sont remplis : {met} critères essentiels sur {total}.",
            "The criteria are met: {met} essential criteria out of {total}.",
        ),
        Text(
            "Règle d’attribution rejouée sur le relevé signé : elle est satisfaite.",
            "Award rule replayed on the signed record: it holds.",
        ),
        _NOTHING,
    ),
    "criteria_not_met": Wording(
        Text(
            "Les critères ne sont pas remplis ({met} critères essentiels sur {total}).",
            "The criteria are not met ({met} essential criteria out of {total}).",
        ),
        Text(
            "Règle d’attribution rejouée sur le relevé signé : il manque {missing}.",
            "Award rule replayed on the signed record: missing {missing}.",
        ),
        _ASK_ISSUER,
    ),
    "criteria_not_published": Wording(
        Text(
            "Ce badge ne montre rien des critères publiés par le réseau.",
            "This badge shows nothing of the criteria that the network publishes.",
        ),
        Text(
            "La règle a été rejouée sur une définition qui n’est pas celle publiée.",
            "The rule was replayed on a definition that is not the published one.",
        ),
        _ASK_ISSUER,
    ),
    "criteria_not_stated": Wording(
        Text(
            "Ce badge ne dit pas comment ses critères ont été remplis.",
            "This badge does not say how its criteria were met.",
        ),
        Text("Pas d’extension criteriaProof : rien à rejouer.", "No criteriaProof extension: nothing to replay."),
        _ASK_ISSUER,
    ),
    "criteria_undetermined": Wording(
        Text("On ne peut pas dire si les critères sont remplis.", "Whether the criteria are met cannot be told."),
        Text(
            "Clauses ou relevé inconnus de cette version : {reason}",
            "Clauses or record unknown to this release: {reason}",
        ),
        Text(
            "Vérifiez avec une version plus récente du vérificateur.",
            "Verify with a more recent release of the verifier.",
        ),
    ),
    # 17. the person
    "recipient_matches": Wording(
        Text("Le badge a été délivré à cette personne.", "The badge was awarded to this person."),
        Text(
            "Identité donnée égale à celle du badge (empreinte salée).",
            "The identity given equals the badge’s (salted hash).",
        ),
        _NOTHING,
    ),
    "recipient_mismatch": Wording(
        Text(
            "Ce badge n’a pas été délivré à cette adresse e-mail.", "This badge was not awarded to this e-mail address."
        ),
        Text("L’identité donnée n’est pas celle du badge.", "The identity given is not the badge’s."),
        Text(
            "Demandez à la personne si elle a une autre adresse.", "Ask the person whether they have another address."
        ),
    ),
    "recipient_by_address": Wording(
        Text(
            "Ce badge ne désigne pas la personne par un e-mail : on ne peut pas comparer.",
            "This badge does not name the person by e-mail: no comparison is possible.",
        ),
        Text(
            "Identité de type {found} ; une identité de type {expected} a été donnée.",
            "Identity of type {found}; one of type {expected} was given.",
        ),
        Text(
            "Demandez à la personne de montrer sa page « mes badges ».",
            "Ask the person to show their “my badges” page.",
        ),
    ),
    "recipient_not_asked": Wording(
        Text("On n’a pas demandé à qui appartient ce badge.", "Whose badge this is was not asked."),
        Text("Aucune identité donnée.", "No identity given."),
        Text("Donnez l’e-mail de la personne pour le savoir.", "Give the person’s e-mail to find out."),
    ),
    # 18. the picture
    "picture_matches": Wording(
        Text("Le dessin est bien celui de ce badge.", "The picture is this badge’s own."),
        Text("Code lu dans l’image : {found}.", "Code read in the picture: {found}."),
        _NOTHING,
    ),
    "picture_differs": Wording(
        Text(
            "Le dessin n’est pas celui de ce badge : fiez-vous au texte ci-dessous, pas à l’image.",
            "The picture is not this badge’s: trust the text below, not the picture.",
        ),
        Text(
            "Code {expected} attendu dans l’image, {found} trouvé.",
            "Expected code {expected} in the picture, found {found}.",
        ),
        _ASK_ORIGINAL,
    ),
    "picture_art_differs": Wording(
        Text(
            "Le dessin n’est pas celui que le réseau publie pour ce badge : fiez-vous au texte, pas à l’image.",
            "The picture is not the one that the network publishes for this badge: trust the text, not the picture.",
        ),
        Text(
            "Empreinte du dessin {expected} attendue, {found} trouvée.",
            "Expected art digest {expected}, found {found}.",
        ),
        _ASK_ORIGINAL,
    ),
    "picture_unmarked": Wording(
        Text(
            "Rien dans le dessin ne dit de quel badge il est : fiez-vous au texte.",
            "Nothing in the picture tells which badge it is: trust the text.",
        ),
        Text("Pas de code lisible dans l’image.", "No readable code in the picture."),
        _NOTHING,
    ),
    "picture_none": Wording(
        Text("Il n’y a pas de dessin à comparer.", "There is no picture to compare."),
        Text("Badge donné sans image PNG.", "Badge given without a PNG picture."),
        _NOTHING,
    ),
    # 19. the pictures that are published
    "image_sound": Wording(
        Text(
            "L’image que la structure publie est bien une image.", "The picture that the organisation publishes is one."
        ),
        Text(
            "image de la BadgeClass, du Profile et de l’Assertion : PNG ou SVG d’après leur contenu.",
            "image of the BadgeClass, the Profile and the Assertion: PNG or SVG by their content.",
        ),
        _NOTHING,
    ),
    "image_unasked": Wording(
        Text(
            "L’image que la structure publie n’a pas été relue : elle est dans la liste du réseau.",
            "The picture that the organisation publishes was not read again: it is in the network’s list.",
        ),
        Text(
            "Profile de la liste de confiance : ses images ne sont pas demandées.",
            "Profile of the trust list: its images are not asked for.",
        ),
        _NOTHING,
    ),
    "image_unreachable": Wording(
        Text(
            "L’image que la structure publie n’a pas pu être lue.",
            "The picture that the organisation publishes could not be read.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _LATER,
    ),
    "image_not_one": Wording(
        Text(
            "Ce que la structure publie comme image du badge n’en est pas une.",
            "What the organisation publishes as the picture of the badge is not one.",
        ),
        Text("{address} : {reason}", "{address}: {reason}"),
        _ASK_ISSUER,
    ),
    # 20. what others say of the badge
    "endorsements_none": Wording(
        Text("Personne d’autre n’a donné d’avis sur ce badge.", "Nobody else gave an opinion on this badge."),
        Text("Pas de membre endorsement.", "No endorsement member."),
        _NOTHING,
    ),
    "endorsements_good": Wording(
        Text(
            "Les avis d’autres organismes sont authentiques ({count} sur {total}).",
            "The opinions of others are authentic ({count} out of {total}).",
        ),
        Text(
            "Endorsement vérifiés comme des Assertion : {count} sur {total}.",
            "Endorsements verified as Assertions are: {count} out of {total}.",
        ),
        _NOTHING,
    ),
    "endorsements_own": Wording(
        Text(
            "Les avis donnés sur ce badge sont de la structure elle-même : ils ne comptent pas.",
            "The opinions on this badge are the organisation’s own: they do not count.",
        ),
        Text("Endorsement.issuer est l’émetteur du badge.", "Endorsement.issuer is the issuer of the badge."),
        _NOTHING,
    ),
    "endorsements_unread": Wording(
        Text(
            "Des avis sur ce badge n’ont pas pu être vérifiés : ils ne comptent pas ({count} vérifiés sur {total}).",
            "Opinions of others could not be verified: they do not count ({count} out of {total} verified).",
        ),
        Text(
            "Endorsement sans réponse ou illisibles ici ; vérifiés : {count} sur {total}.",
            "Endorsements without an answer or not readable here; verified: {count} out of {total}.",
        ),
        _LATER,
    ),
    "endorsements_false": Wording(
        Text(
            "Des avis donnés sur ce badge sont faux ou retirés : ils ne comptent pas ({count} vérifiés sur {total}).",
            "Opinions on this badge are false or withdrawn: they do not count ({count} out of {total} verified).",
        ),
        Text(
            "Endorsement refusés ; vérifiés : {count} sur {total}.",
            "Endorsements refused; verified: {count} out of {total}.",
        ),
        _ASK_ISSUER,
    ),
}

ENDORSED: dict[str, Text] = {
    # one endorsement; beside the verdict, which is the badge's alone
    "endorsement_good": Text(
        "Avis authentique, d’un organisme que le réseau reconnaît.",
        "Authentic opinion, of an organisation that the network recognises.",
    ),
    "endorsement_of_stranger": Text(
        "Avis authentique, d’un organisme que le réseau ne connaît pas.",
        "Authentic opinion, of an organisation that the network does not know.",
    ),
    "endorsement_of_anyone": Text(
        "Avis authentique ; aucune liste à jour ne dit si cet organisme est reconnu.",
        "Authentic opinion; no current list says whether this organisation is recognised.",
    ),
    "endorsement_own": Text(
        "Avis de la structure sur elle-même : il ne compte pas.",
        "The organisation’s opinion of itself: it does not count.",
    ),
    "endorsement_unreachable": Text(
        "On ne sait pas : cet avis n’a pas pu être lu ({reason}).",
        "Not known: this opinion could not be read ({reason}).",
    ),
    "endorsement_over": Text(
        "On ne sait pas : cet avis n’a pas été lu, il y en a trop.",
        "Not known: this opinion was not read, there are too many.",
    ),
    "endorsement_unproven": Text(
        "On ne sait pas : la clé qui a signé cet avis a été volée, et rien ne dit qu’il date d’avant.",
        "Not known: the key that signed this opinion was stolen, and nothing says that it is older.",
    ),
    "endorsement_invalid": Text(
        "Avis faux : il est incomplet ou incorrect ({reason}).", "False opinion: it is incomplete or wrong ({reason})."
    ),
    "endorsement_of_another": Text(
        "Avis écarté : il parle d’autre chose que de ce badge.", "Opinion left out: it is about something else."
    ),
    "endorsement_unsigned": Text(
        "Avis faux : il se dit signé, et aucune signature ne l’accompagne, ou l’inverse.",
        "False opinion: it says that it is signed and no signature comes with it, or the reverse.",
    ),
    "endorsement_forged": Text(
        "Avis faux : il n’est pas de l’organisme qu’il nomme ({reason}).",
        "False opinion: it is not of the organisation it names ({reason}).",
    ),
    "endorsement_revoked": Text(
        "Avis retiré par l’organisme qui l’avait donné.", "Opinion withdrawn by the organisation that gave it."
    ),
    "endorsement_expired": Text("Avis dont la date est passée.", "Opinion whose date is past."),
    "endorsement_to_come": Text("Avis faux : il porte une date à venir.", "False opinion: it bears a date to come."),
}
"""Filled by :class:`.report.Endorsed`."""

EXPECTED: dict[str, Text] = {
    # whether a file is the badge whose code the visitor came with; beside the verdict, which is about the file alone
    "same_badge": Text("C’est bien le badge du code {code}.", "This is indeed the badge of the code {code}."),
    "another_badge": Text(
        "Ce fichier n’est pas le badge du code {code} : c’est un autre badge.",
        "This file is not the badge of the code {code}: it is another badge.",
    ),
    "badge_unread": Text(
        "On ne sait pas si c’est le badge du code {code} : ce fichier n’a pas pu être cru.",
        "It is not known whether this is the badge of the code {code}: this file could not be believed.",
    ),
}
"""Filled by :mod:`.expected`."""

CAUSES: dict[str, str] = {
    # What the rooms below refuse, in French; their own message, in English, says it with figures.
    "png_signature": "le fichier ne commence pas comme un PNG",
    "png_too_large": "l’image dépasse la taille permise",
    "png_truncated": "l’image est coupée avant sa fin",
    "png_type": "un bloc de l’image n’a pas de nom",
    "png_crc": "la somme de contrôle d’un bloc de l’image est fausse",
    "png_too_many_chunks": "l’image a trop de blocs",
    "png_trailing": "quelque chose suit la fin de l’image",
    "png_order": "les blocs de l’image ne sont pas dans l’ordre",
    "png_header": "l’en-tête de l’image n’a pas de sens",
    "png_dimensions": "l’image est trop grande ou vide",
    "png_critical": "l’image a un bloc obligatoire inconnu",
    "png_duplicate": "l’image porte plusieurs badges",
    "png_compressed": "le badge est compressé dans l’image, ce que la norme interdit",
    "png_text": "le texte du badge est illisible dans l’image",
    "svg_active": "l’image SVG contient un programme",
    "svg_content": "le badge est vide ou trop long dans l’image SVG",
    "svg_contradiction": "l’image SVG porte deux textes différents",
    "svg_depth": "l’image SVG est trop imbriquée",
    "svg_doctype": "l’image SVG déclare un DOCTYPE ou des entités",
    "svg_duplicate": "l’image SVG porte plusieurs badges",
    "svg_encoding": "l’image SVG n’est pas en UTF-8",
    "svg_root": "l’élément principal n’est pas svg",
    "svg_text": "le texte du badge est illisible dans l’image SVG",
    "svg_too_large": "l’image SVG dépasse la taille permise",
    "svg_xml": "l’image SVG n’est pas du XML bien formé",
    "jws_too_large": "le texte signé est trop long",
    "jws_parts": "le texte signé n’a pas trois parties",
    "jws_base64": "le texte signé n’est pas du base64url canonique",
    "jws_header": "l’en-tête du texte signé n’est pas du JSON",
    "jws_algorithm": "l’algorithme n’est ni RS256, ni ES256, ni EdDSA",
    "jws_critical": "le texte signé demande une extension (crit ou b64) que personne ne doit suivre",
    "json_encoding": "le texte n’est pas en UTF-8",
    "json_syntax": "le texte n’est pas du JSON",
    "json_duplicate": "un même membre est écrit deux fois",
    "json_depth": "les données sont trop imbriquées",
    "json_number": "un nombre est infini ou trop long",
    "json_character": "un caractère est interdit (NUL ou demi-caractère)",
    "not_utf8": "le texte n’est pas en UTF-8",
    "wrong_context": "@context n’est pas celui d’Open Badges 2.0",
    "context_unknown": "le document renvoie à un vocabulaire inconnu ici, et rien n’est jamais téléchargé pour le lire",
    "context_feature": "le document emploie une forme de JSON-LD que ce vérificateur ne lit pas",
    "context_malformed": "le vocabulaire du document n’a pas de sens",
    "not_image": "l’image n’est ni un PNG ni un SVG",
    "id_differs": "le document se donne une autre adresse que celle où il a été lu",
    "outside_scope": "il est publié ailleurs que chez cet organisme",
    "key_not_listed": "cet organisme ne publie pas cette clé",
    "key_owner_differs": "cette clé est d’un autre",
    "key_used_outside": "cette clé n’était pas en service ce jour-là",
    "signature_bad": "la signature n’est pas celle de cette clé",
    "extension": "une extension ne dit pas ce que la norme lui demande",
    "not_url": "une adresse http(s) était attendue",
    "not_object": "un objet JSON était attendu",
    "not_date_time": "une date et une heure avec leur fuseau étaient attendues",
    "said_twice": "un même membre est dit de deux façons",
    "key_exponent": "l’exposant RSA n’est pas sûr",
    "key_not_pem": "la clé n’est pas une clé publique PEM",
    "key_size": "la clé RSA est trop courte ou trop longue",
    "key_type": "la clé n’est ni RSA, ni P-256, ni Ed25519",
    "key_unreadable": "la clé est illisible",
    "address_forbidden": "cette adresse n’est pas une adresse https publique : rien ne lui est demandé",
    "fetch_budget": "trop de documents à lire, ou trop longtemps, pour un seul badge",
    "fetch_connection": "la connexion a échoué",
    "fetch_encoding": "la réponse est compressée",
    "fetch_name": "ce nom de site n’existe pas",
    "fetch_offline": "la vérification se fait hors ligne",
    "fetch_page": "une page a répondu, pas un document",
    "fetch_redirects": "trop de redirections",
    "fetch_status": "le site n’a pas répondu 200",
    "fetch_timeout": "le site n’a pas répondu à temps",
    "fetch_too_large": "la réponse dépasse la taille permise",
    "list_missing": "le Profile ne nomme pas de liste de retrait",
    "list_malformed": "la liste de retrait n’a pas la forme attendue",
    "list_of_another": "la liste de retrait est celle d’un autre émetteur",
    "record_malformed": "le relevé n’a pas la forme attendue",
    "definition_malformed": "la définition n’a pas la forme attendue",
}

CHECK_NAMES: dict[str, Text] = {
    "input": Text("Ce qui a été donné", "What was given"),
    "carrier": Text("L’état du fichier", "The state of the file"),
    "token": Text("Le texte signé", "The signed text"),
    "document": Text("Les données du badge", "The data of the badge"),
    "hosted": Text("La publication", "The publication"),
    "key": Text("La clé", "The key"),
    "signature": Text("La signature", "The signature"),
    "badge_class": Text("La description publiée", "The published description"),
    "authorisation": Text("Le droit de délivrer ce badge", "The right to award this badge"),
    "definition": Text("Le texte des critères", "The text of the criteria"),
    "issued_on": Text("La date", "The date"),
    "expires": Text("La durée", "The duration"),
    "revocation": Text("Le retrait", "Withdrawal"),
    "key_status": Text("L’état de la clé ce jour-là", "The state of the key on that day"),
    "recognition": Text("La reconnaissance par le réseau", "Recognition by the network"),
    "criteria": Text("Les critères", "The criteria"),
    "recipient": Text("La personne", "The person"),
    "picture": Text("Le dessin", "The picture"),
    "image": Text("L’image publiée", "The published picture"),
    "endorsement": Text("Les avis d’autres organismes", "The opinions of others"),
}

CLAUSES: dict[str, Text] = {
    # replayed: the badge alone proves it
    "essential": Text("tous les critères essentiels sont acquis", "every essential criterion is acquired"),
    "ways_and_kinds": Text(
        "chacun par une manière et une trace acceptées", "each by an accepted way and kind of evidence"
    ),
    "optional": Text("assez de critères facultatifs", "enough optional criteria"),
    "days": Text("assez de jours différents d’observation", "enough distinct days of observation"),
    "age": Text("des observations assez récentes à la décision", "observations recent enough at the decision"),
    "word_alone": Text(
        "jamais la seule parole d’un client ou d’un tuteur", "never the word of a customer or tutor alone"
    ),
    "deciders": Text("une décision prise par une fonction habilitée", "a decision by a function entitled to it"),
    "second": Text("un second regard", "a second look"),
    # attested: the issuer says it, the badge cannot prove it
    "facts": Text("les faits observés ont eu lieu", "the facts observed took place"),
    "not_for_oneself": Text("personne n’a décidé pour soi-même", "nobody decided for themselves"),
    "distinct_people": Text("les deux regards sont de deux personnes", "the two looks are those of two people"),
    "structures": Text(
        "le second regard vient d’une autre structure", "the second look comes from another organisation"
    ),
    "prerequisites": Text("les badges préalables ont été vus", "the prerequisite badges were seen"),
}

MISSING: dict[str, Text] = {
    "unknown_criterion": Text("un critère que la définition ne connaît pas", "a criterion unknown to the definition"),
    "repeated_criterion": Text("un critère répété", "a repeated criterion"),
    "repeated_person": Text("une personne comptée deux fois", "a person counted twice"),
    "days_inconsistent": Text("des jours qui ne se suivent pas", "days that do not follow each other"),
    "seen_after_decision": Text("une observation faite avant la décision", "an observation made before the decision"),
    "not_acquired": Text("un critère essentiel acquis", "an essential criterion acquired"),
    "without_observation": Text("une observation", "an observation"),
    "way_or_kind_not_accepted": Text("une manière et une trace acceptées", "an accepted way and kind of evidence"),
    "too_old": Text("une observation assez récente", "an observation recent enough"),
    "word_alone": Text(
        "un autre regard que celui d’un client ou d’un tuteur", "another look than a customer’s or tutor’s"
    ),
    "optional_missing": Text("assez de critères facultatifs", "enough optional criteria"),
    "days_missing": Text("assez de jours différents", "enough distinct days"),
    "decider_missing": Text("une décision par une fonction habilitée", "a decision by a function entitled to it"),
    "second_missing": Text("un second regard", "a second look"),
    "second_not_other": Text("un second regard d’une autre personne", "a second look by another person"),
    "prerequisite_missing": Text("un badge préalable", "a prerequisite badge"),
}

NOT_CHECKED: dict[str, Text] = {
    "holder": Text("qui tient ce fichier en main : demandez-le à la personne", "who holds this file: ask the person"),
    "facts": Text(
        "que les faits observés ont eu lieu : la structure l’affirme",
        "that the facts took place: the organisation says so",
    ),
    "today": Text("que la personne sait toujours le faire aujourd’hui", "that the person can still do it today"),
    "holder_unasked": Text(
        "à qui le badge a été délivré : aucun e-mail n’a été donné",
        "to whom the badge was awarded: no e-mail was given",
    ),
    "evidence": Text("les preuves gardées par la structure", "the evidence that the organisation keeps"),
    "withdrawal": Text(
        "si le badge a été retiré : la structure ne publie pas de liste",
        "whether the badge was withdrawn: the organisation publishes no list",
    ),
    "endorsements": Text(
        "ce que valent certains avis donnés sur ce badge : ils n’ont pas pu être vérifiés",
        "what some opinions on this badge are worth: they could not be verified",
    ),
    "since_snapshot": Text(
        "les retraits plus récents que la copie hors ligne", "withdrawals later than the offline copy"
    ),
}

_OPENING = {
    "yes": Text("Oui", "Yes"),
    "partly": Text("En partie", "In part"),
    "no": Text("Non", "No"),
    "unknown": Text("On ne sait pas", "Not known"),
}
_AUTHENTIC = Text(
    "ce badge est authentique, délivré par {issuer} le {issued}",
    "this badge is authentic, awarded by {issuer} on {issued}",
)
_AUTHENTIC_CLAIMED = Text(
    "ce badge est authentique, délivré le {issued} par une structure qui se nomme « {issuer} »",
    "this badge is authentic, awarded on {issued} by an organisation that calls itself “{issuer}”",
)
_AUTHENTIC_UNNAMED = Text(
    "ce badge est authentique, délivré le {issued}", "this badge is authentic, awarded on {issued}"
)
_MET = Text("les {total} critères essentiels ont été observés", "the {total} essential criteria were observed")
_MET_ONE = Text("son critère essentiel a été observé", "its essential criterion was observed")
_TRIAL = Text(" (démonstration)", " (demonstration)")


def opening(answer: str) -> Text:
    """« Oui », « En partie », « Non », « On ne sait pas »: the words that carry the state."""
    return _OPENING[answer]


def headline(
    answer: str,
    reasons: tuple[tuple[str, Details], ...],
    *,
    issuer: str | None,
    recognised: bool,
    demo: bool,
    issued: datetime | None,
    essential: int,
    beware: tuple[tuple[str, Details], ...] = (),
) -> dict[str, str]:
    """The one sentence. ``reasons`` are the (code, details) that keep the answer from being yes, gravest first.

    ``beware`` changes nothing in the answer and must be read with it.
    """
    known_details: dict[str, str | datetime] = {"issuer": issuer or "", "total": str(essential)}
    if issued is not None:
        known_details["issued"] = issued
    told = in_words(known_details)
    known = (_AUTHENTIC_UNNAMED if not issuer else _AUTHENTIC if recognised else _AUTHENTIC_CLAIMED).fill(told)
    met = (_MET_ONE if essential == 1 else _MET).fill(told)
    shortfalls = [CODES[code].employer.fill(details) for code, details in reasons]
    sentence = {}
    for index, language in enumerate(("fr", "en")):
        start = _OPENING[answer][index] + (_TRIAL[index] if demo and answer == "yes" else "")
        colon = " : " if language == "fr" else ": "
        parts = [_small(text[language].rstrip(".")) for text in shortfalls]
        if answer in ("no", "unknown") or issued is None:
            body = (" ; " if language == "fr" else "; ").join(parts)
        else:
            body = known[language]
            if answer == "yes":
                body += (" ; " if language == "fr" else "; ") + met[language]
            else:
                but, and_ = (", mais ", " et ") if language == "fr" else (", but ", " and ")
                body += but + and_.join(parts)
        warnings = [f" {_BEWARE[index]}{_small(CODES[code].employer.fill(seen)[language])}" for code, seen in beware]
        sentence[language] = f"{start}{colon}{body}." + "".join(warnings)
    return sentence


_BEWARE = Text("Attention : ", "Beware: ")


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def exported(language: str) -> dict[str, Any]:
    """Every sentence in one language as plain JSON, gaps and all: for the page that verifies without us."""
    index = Text._fields.index(language)

    def said(table: Mapping[str, Text]) -> dict[str, str]:
        return {code: text[index] for code, text in table.items()}

    return {
        "codes": {
            code: {"employer": told.employer[index], "technician": told.technician[index], "advice": told.advice[index]}
            for code, told in CODES.items()
        },
        "causes": CAUSES,
        "checks": said(CHECK_NAMES),
        "clauses": said(CLAUSES),
        "missing": said(MISSING),
        "not_checked": said(NOT_CHECKED),
        "opening": said(_OPENING),
        "headline": said(
            {
                "authentic": _AUTHENTIC,
                "authentic_claimed": _AUTHENTIC_CLAIMED,
                "authentic_unnamed": _AUTHENTIC_UNNAMED,
                "met": _MET,
                "met_one": _MET_ONE,
                "trial": _TRIAL,
                "beware": _BEWARE,
            }
        ),
        "months": _MONTHS if language == "fr" else _MONTHS_EN,
    }
