"""How the definition and the record travel: two Open Badges 2.0 extensions (specification, "Extensions").

``extensions:criteriaProof`` sits in the Assertion and is therefore signed; ``extensions:criteriaDefinition`` sits in
the hosted BadgeClass, so that the two can be compared. A reader recognises them by member and type, never by the
address of their context, which differs from one deployment to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import DocumentInvalid
from .definition import digest
from .record import Record, parse_record

_VOCABULARY = "https://w3id.org/openbadges/extensions#"
PROOF_TERM = "extensions:criteriaProof"
PROOF_TYPE = "extensions:CriteriaProof"
DEFINITION_TERM = "extensions:criteriaDefinition"
DEFINITION_TYPE = "extensions:CriteriaDefinition"


class CriteriaProof(NamedTuple):
    """What the signature covers: the text of the definition, verbatim, and the record."""

    definition_text: str
    record: Record

    @property
    def digest(self) -> str:
        return digest(self.definition_text)

    def to_json(self, context: str) -> dict[str, Any]:
        return {
            "@context": context,
            "type": ["Extension", PROOF_TYPE],
            "definition": self.definition_text,
            "record": self.record.to_json(),
        }


def definition_extension(definition_text: str, context: str) -> dict[str, Any]:
    """The member of a BadgeClass that says which definition its awards replay."""
    return {
        "@context": context,
        "type": ["Extension", DEFINITION_TYPE],
        "definition": definition_text,
        "digest": digest(definition_text),
    }


def read_proof(assertion: Mapping[str, Any]) -> CriteriaProof | None:
    """The proof of an Assertion, or None where it carries none (a badge from elsewhere).

    Raises :class:`DocumentInvalid` (``record_malformed``) when it carries one that cannot be read.
    """
    extension = _find(assertion, PROOF_TERM, PROOF_TYPE)
    if extension is None:
        return None
    text = extension.get("definition")
    if not isinstance(text, str):
        raise DocumentInvalid(
            "Preuve des critères : le texte de la définition attendu, rien trouvé.", code="record_malformed"
        )
    return CriteriaProof(text, parse_record(extension.get("record")))


def read_definition_extension(badge_class: Mapping[str, Any]) -> str | None:
    """The text of the definition that a hosted BadgeClass carries, or None."""
    extension = _find(badge_class, DEFINITION_TERM, DEFINITION_TYPE)
    text = extension.get("definition") if extension else None
    return text if isinstance(text, str) else None


def _find(document: Mapping[str, Any], term: str, kind: str) -> Mapping[str, Any] | None:
    for name in (term, _VOCABULARY + term.partition(":")[2]):
        extension = document.get(name)
        if isinstance(extension, Mapping):
            types = extension.get("type", extension.get("@type"))
            names = types if isinstance(types, list) else [types]
            if kind in names or _VOCABULARY + kind.partition(":")[2] in names:
                return extension
    return None
