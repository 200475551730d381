"""What each hostile case of the corpus is told, exactly: ``hostile_codes.json``, one line a case.

    python -m tests.whole.hostile_codes

writes it again from what the verifier says now. Read the difference before you commit it: the file is the
expectation, and each line is a sentence (« this is refused *because* »), never a recording that nobody read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import httpx

FILE = Path(__file__).with_name("hostile_codes.json")


AT_THE_DOOR = {
    # the desk opens what says it is an archive; the verifier alone is given none
    "a zip file": "no: input failed archive_damaged",
    # in a world in memory every address answers 404; the real fetcher asks nothing of this one
    "address: half in brackets": "unknown: carrier unknown address_unreachable address_forbidden",
    # the service does not know the key of another world, and that world’s host does not exist
    "token: no signature, and its key out of reach": "unknown: key unknown key_unreachable fetch_name",
}
"""Where the real service, which has doors and a network, says something else than the verifier in a world in memory."""


@cache
def expected() -> Mapping[str, str]:
    """By « file … », « door … », « forgery … », « overstated … », « request … » and the name of the case."""
    found: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    return found


def in_short(report: Mapping[str, Any]) -> str:
    """All that is not in order: check, code and cause; checks that were not reached left out."""
    told = [
        " ".join(filter(None, (check["check"], check["outcome"], check["code"], check["cause"])))
        for check in report["checks"]
        if check["outcome"] in ("failed", "unknown") and check["code"] != "not_reached"
    ]
    return f"{report['answer']}: {'; '.join(told)}"


def of_answer(status: int, body: bytes) -> str:
    """What a door answered: the refusal of the whole request, or each report."""
    if status != 200:
        return f"{status} {json.loads(body)['code']}" if body.startswith(b"{") else str(status)
    if not body.startswith(b"{"):
        return "200 page"
    reports = [in_short(report) for report in json.loads(body)["reports"]]
    return f"200 {len(reports)} × " + " | ".join(dict.fromkeys(reports))


def measured() -> dict[str, str]:
    from tests.world import EMAIL, World

    from . import test_hostile_corpus as corpus
    from . import test_hostile_uploads as uploads

    made: dict[str, str] = {}
    world = World()
    for name, data in corpus.FILES.items():
        made[f"file {name}"] = in_short(world.verifier().verify(data, EMAIL).to_json())
    made |= {f"door {name}": told for name, told in AT_THE_DOOR.items()}
    for name, make in uploads.FORGERIES.items():
        forging = World()
        forged = make(forging)
        report = forging.verifier().verify(forged if isinstance(forged, str) else forged.token, EMAIL)
        made[f"forgery {name}"] = in_short(report.to_json())
    for name, ask in uploads.OVERSTATED.items():
        made[f"overstated {name}"] = in_short(ask(World()).to_json())
    for name, (headers, body) in uploads.REQUESTS.items():
        made[f"request {name}"] = asyncio.run(_answer(uploads.a_door(world), headers, body))
    return made


async def _answer(site: Any, headers: Mapping[str, str], body: bytes) -> str:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="https://badges.example") as client:
        response = await client.post("/api/v1/verify", content=body, headers=headers)
    return of_answer(response.status_code, response.content)


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), ensure_ascii=False, indent=0) + "\n", "utf-8")
