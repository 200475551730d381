"""What our extensions mean to a machine: one JSON-LD context and a JSON Schema for each extension.

The files beside this one are published as they are, but for the addresses of the schemas, which must be absolute.
Lists are ``@list``: a one-element array would otherwise lose its brackets in JSON-LD processing, and an empty one its
member. Schemas are draft-04, the one that the 1EdTech reference validator reads.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from ...addresses import Addresses

EXTENSIONS = ("criteria-proof", "criteria-definition", "recipient-profile", "original-creator")


@cache
def published(addresses: Addresses) -> dict[str, bytes]:
    """Address → bytes, all of media type ``application/ld+json`` (the context) or ``application/schema+json``."""
    context = _read("criteria-proof.json")
    for extension in EXTENSIONS:
        context = context.replace(f"{{schema:{extension}}}", addresses.schema(extension))
    documents = {addresses.proof_context(): context.encode()}
    for extension in EXTENSIONS:
        documents[addresses.schema(extension)] = _read(f"{extension}.schema.json").encode()
    return documents


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")
