"""Badges of ours verified in process, trust data warm. The floor is one RSA verification and SHA-256 of the file.

Several badges in turn, as an employer has them: what is remembered of one of them helps no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from badges.clock import FixedClock
from badges.openbadges import jws
from badges.verify.fetcher import CachingFetcher
from badges.verify.verifier import Verifier
from tests.world import World

from . import Measure, against

BADGES = 8


def measures() -> Iterator[Measure]:
    for bits in (3072, 2048):
        world = World(bits=bits)
        badges = [world.award() for _ in range(BADGES)]
        files = [badge.png() for badge in badges]
        clock = FixedClock(world.now)
        verifier = Verifier(CachingFetcher(world, clock), clock, world.policy(bundle=world.bundle()))
        tokens = [jws.read_unverified(badge.token) for badge in badges]
        public = world.issuer.key.private.public_key()
        padding, digest = PKCS1v15(), SHA256()

        def floor() -> None:
            for token, file in zip(tokens, files, strict=True):  # noqa: B023  # called right below
                public.verify(token.signature, token.signing_input, padding, digest)  # noqa: B023
                hashlib.sha256(file).digest()

        def verify() -> None:
            for file in files:  # noqa: B023
                verifier.verify(file)  # noqa: B023

        for file in files:
            report = verifier.verify(file)
            assert report.answer == "yes", report.to_json()
        yield Measure(
            f"verify (RSA-{bits}), every check, criteria replayed / one verification + SHA-256",
            against(floor, verify, times=20, rounds=25),
            goal=3 if bits == 3072 else None,
            aim=1.6,
        )
