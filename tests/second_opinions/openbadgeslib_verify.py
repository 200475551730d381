"""Ask openbadgeslib, as a library, about one badge. Runs in its environment:

    .second-opinions/openbadgeslib/bin/python openbadgeslib_verify.py BADGE PUBLIC_KEY_PEM [RECIPIENT]

BADGE is a baked PNG or SVG, or a JWS in a text file; the key is pinned, so nothing is fetched. Prints
``{"valid", "why", "token", "assertion"}`` as JSON.
"""

import json
import sys
from pathlib import Path

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob2 import OB2Verifier


def no_network(address):
    raise OSError(f"no network here: {address}")


def main(badge, public_key, recipient=None):
    content = Path(badge).read_bytes()
    verifier = OB2Verifier(Path(public_key).read_bytes(), download=no_network)
    answer = {"valid": False, "why": None, "token": None, "assertion": None}
    try:
        if content.startswith(b"\x89PNG"):
            token = verifier.extract_token_from_png(content)
        elif content.lstrip().startswith(b"<"):
            token = verifier.extract_token_from_svg(content)
        else:
            token = content.decode().strip()
        answer["token"] = token
        assertion = verifier.verify(token, expected_recipient=recipient)
        answer.update(valid=True, assertion=assertion.to_dict())
    except LibOpenBadgesException as refusal:
        answer["why"] = str(refusal)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
