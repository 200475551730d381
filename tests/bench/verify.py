"""A badge of ours verified in process, trust data warm. The floor is one RSA verification and SHA-256 of the file."""

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


def measures() -> Iterator[Measure]:
    for bits in (3072, 2048):
        world = World(bits=bits)
        badge = world.award()
        file = badge.png()
        clock = FixedClock(world.now)
        verifier = Verifier(CachingFetcher(world, clock), clock, world.policy(bundle=world.bundle()))
        token = jws.read_unverified(badge.token)
        public = world.issuer.key.private.public_key()
        padding, digest = PKCS1v15(), SHA256()

        def floor() -> None:
            public.verify(token.signature, token.signing_input, padding, digest)  # noqa: B023  # called right below
            hashlib.sha256(file).digest()  # noqa: B023

        report = verifier.verify(file)
        assert report.answer == "yes", report.to_json()
        yield Measure(
            f"verify (RSA-{bits}), every check, criteria replayed / one verification + SHA-256",
            against(floor, lambda: verifier.verify(file), times=300),  # noqa: B023
            goal=3 if bits == 3072 else None,
            aim=1.6,
        )
