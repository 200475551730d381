"""Ask the 1EdTech reference validator about badges, without the network. Runs in its environment:

    .second-opinions/reference/bin/python reference_validator.py BADGE DOCUMENTS [RECIPIENT]
    .second-opinions/reference/bin/python reference_validator.py --many WORLDS

BADGE is a baked PNG or SVG, or a text file (JWS, JSON or address); DOCUMENTS a JSON file, ``{address: {"status",
"content_type", "body" | "body_base64"}}``: all that exists on its web; RECIPIENT a JSON profile such as
``{"email": "someone@example.org"}``. Prints the validator's report as JSON.

WORLDS is a JSON list of ``{"badge": base64, "documents", "recipient"}``; prints one line for each, its report or
``{"crash": "…"}``: half the time of one badge is the start of the program.
"""

import base64
import io
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import requests  # noqa: E402
from openbadges.verifier import verifier  # noqa: E402
from requests.adapters import HTTPAdapter  # noqa: E402
from urllib3.response import HTTPResponse  # noqa: E402


class Documents:
    """The only web there is."""

    def __init__(self, documents):
        self.documents = documents
        self.asked = []

    def send(self, adapter, request, **_):
        self.asked.append(request.url)
        document = self.documents.get(request.url)
        if document is None:
            raise requests.ConnectionError(f"no document at {request.url}", request=request)
        coded = document.get("body_base64")
        body = document["body"].encode() if coded is None else base64.b64decode(coded)
        response = HTTPResponse(
            io.BytesIO(body),
            headers={"Content-Type": document.get("content_type", "application/json")},
            status=document.get("status", 200),
            preload_content=False,
        )
        return adapter.build_response(request, response)


def main(badge, documents, recipient=None):
    web = Documents(json.loads(Path(documents).read_text("utf-8")))
    # The validator opens sessions in six places, one of them when it is imported: replace what all of them call.
    HTTPAdapter.send = lambda adapter, request, **options: web.send(adapter, request, **options)

    profile = json.loads(recipient) if recipient else None
    json.dump(report_on(Path(badge).read_bytes(), profile, web), sys.stdout, default=repr)


def many(worlds):
    web = Documents({})
    HTTPAdapter.send = lambda adapter, request, **options: web.send(adapter, request, **options)
    for world in json.loads(Path(worlds).read_text("utf-8")):
        web.documents, web.asked = world["documents"], []
        try:
            report = report_on(base64.b64decode(world["badge"]), world["recipient"], web)
        except Exception as error:  # it raises on some badges where it should answer: that is an opinion too
            report = {"crash": f"{type(error).__name__}: {error}"[:500]}
        print(json.dumps(report, default=repr), flush=True)


def report_on(content, profile, web):
    is_picture = content.startswith(b"\x89PNG") or content.lstrip().startswith(b"<")
    presented = io.BytesIO(content) if is_picture else content.decode().strip()
    report = verifier.verify(presented, profile, use_cache=False, cache_backend=None)
    report["asked"] = web.asked
    return report


if __name__ == "__main__":
    many(sys.argv[2]) if sys.argv[1] == "--many" else main(*sys.argv[1:])
