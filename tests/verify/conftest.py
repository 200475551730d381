"""A world of its own for each test, and a visitor of the pages and the API that verify in it."""

from __future__ import annotations

import pytest

from badges.clock import FixedClock
from badges.verify import api, page
from badges.verify.desk import Desk
from badges.verify.fetcher import CachingFetcher
from badges.verify.verifier import Verifier
from tests.web.building import Browser, a_site, some_pages
from tests.world import NOW, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Browser:
    memory = CachingFetcher(world, FixedClock(NOW))
    verifier = Verifier(memory, FixedClock(NOW), world.policy())
    desk, pages = Desk(lambda: verifier, memory), some_pages()
    return Browser(a_site(api.router(desk), page.router(desk, pages), pages=pages))
