"""Sends an archive that opens to forty-eight mebibytes to the API, and prints how much this process grew, in MiB."""

from __future__ import annotations

import io
import random
import resource
import zipfile

from badges.clock import FixedClock
from badges.verify import api
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from tests.web.building import Browser, a_site, some_pages
from tests.world import NOW, World

MEBIBYTE = 1024 * 1024


def an_archive() -> bytes:
    noise, out = random.Random(1), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(48):
            body = b"\x89PNG\r\n\x1a\n" + noise.randbytes(380_000)
            archive.writestr(f"{number}.png", body + bytes(MEBIBYTE - len(body)))
    return out.getvalue()


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    world, data = World(), an_archive()
    verifier, memory = world.verifier(), CachingFetcher(world, FixedClock(NOW))
    browser = Browser(a_site(api.router(Desk(lambda: verifier, memory)), pages=some_pages()))
    browser.ask("POST", "/api/v1/verify", files=[("file", ("a.png", world.award().png()))])
    before = peak()
    answer = browser.ask("POST", "/api/v1/verify", files=[("file", ("a.zip", data))])
    assert len(answer.json()["reports"]) == 48, answer.text[:200]
    print(peak() - before)


if __name__ == "__main__":
    main()
