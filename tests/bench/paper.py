"""What a sheet costs beside the signature that it shows, and a passport beside the sheets that it gathers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from badges.paper.facts import Passport
from tests.paper.papers import ISSUED, a_badge, a_press, the_catalogue
from tests.world import a_key

from . import Measure, against

GATHERED = 20
"""As many different badges, so that nothing of one sheet serves the next."""


def measures() -> Iterator[Measure]:
    press, key = a_press(), a_key("paper", "RS256", 3072)
    slugs = the_catalogue().slugs()[:GATHERED]
    badges = tuple(a_badge(slug, file_name=f"{slug}.png") for slug in slugs)
    one = cycle(badges)

    yield Measure(
        "an attestation, the badge inside / one RSA-3072 signature",
        against(lambda: key.sign(b"a badge"), lambda: press.attestation(next(one)), times=GATHERED),
        goal=120,
    )
    yield Measure(
        f"a passport of {GATHERED} badges / as many attestations",
        against(
            lambda: [press.attestation(badge) for badge in badges],
            lambda: press.passport(Passport(badges, ISSUED)),
            times=1,
            rounds=5,
        ),
        goal=1.5,
    )
