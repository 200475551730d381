"""Findings that never vary, made once: most checks of most badges say one of these."""

from __future__ import annotations

from ..openbadges.jws import ALGORITHMS
from .report import CHECKS, Check

NOT_REACHED = {check: Check(check, "unknown", "not_reached") for check in CHECKS}
INPUT = {form: Check("input", "passed", f"input_{form}") for form in ("png", "svg", "token", "json", "pdf")}
CARRIER_NONE = Check("carrier", "not_applicable", "carrier_none")
CARRIER_SOUND = {
    form: Check("carrier", "passed", "carrier_sound", {"form": form}) for form in ("iTXt", "tEXt", "verify", "body")
}
TOKEN_SOUND = {name: Check("token", "passed", "token_sound", {"algorithm": name}) for name in ALGORITHMS}
SIGNATURE_GOOD = {name: Check("signature", "passed", "signature_good", {"algorithm": name}) for name in ALGORITHMS}
HOSTED_NONE = Check("hosted", "not_applicable", "hosted_none")
DOCUMENT_SOUND = Check("document", "passed", "document_sound")
DOCUMENT_UPGRADED = Check("document", "passed", "document_upgraded")
HOSTED_FINDINGS = (
    Check("token", "not_applicable", "token_none"),
    DOCUMENT_SOUND,
    Check("hosted", "passed", "hosted_sound"),
    Check("key", "not_applicable", "key_none"),
    Check("signature", "not_applicable", "signature_none"),
)
BADGE_CLASS_SOUND = Check("badge_class", "passed", "badge_class_sound")
BADGE_CLASS_INSIDE = Check("badge_class", "passed", "badge_class_inside")
BY_TRUST_LIST = Check("badge_class", "passed", "badge_class_by_trust_list")
AUTHORISED = Check("authorisation", "passed", "authorised")
AUTHORISED_SCOPE = Check("authorisation", "passed", "authorised_scope")
DEFINITION_NONE = Check("definition", "not_applicable", "definition_none")
DEFINITION_UNCONFIRMED = Check("definition", "unknown", "definition_unconfirmed")
DEFINITION_AS_HOSTED = Check("definition", "passed", "definition_as_hosted")
EXPIRES_NEVER = Check("expires", "passed", "expires_never")
NOT_REVOKED_HOSTED = Check("revocation", "passed", "not_revoked_hosted")
REVOCATION_NOT_OFFERED = Check("revocation", "not_applicable", "revocation_not_offered")
KEY_ACTIVE = Check("key_status", "passed", "key_active")
KEY_STATUS_UNTOLD = Check("key_status", "not_applicable", "key_status_untold")
TRUST_NOT_GIVEN = Check("recognition", "not_applicable", "trust_not_given")
CRITERIA_NOT_STATED = Check("criteria", "not_applicable", "criteria_not_stated")
RECIPIENT_NOT_ASKED = Check("recipient", "not_applicable", "recipient_not_asked")
PICTURE_NONE = Check("picture", "not_applicable", "picture_none")
PICTURE_UNMARKED = Check("picture", "not_applicable", "picture_unmarked")
IMAGE_SOUND = Check("image", "passed", "image_sound")
IMAGE_UNASKED = Check("image", "not_applicable", "image_unasked")
ENDORSEMENTS_NONE = Check("endorsement", "not_applicable", "endorsements_none")
ENDORSEMENTS_OWN = Check("endorsement", "not_applicable", "endorsements_own")
