"""The permission table of the docs, held against the service: every permission at every address, on real things."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from badges.app import create_app
from badges.catalogue.definition import Criterion
from badges.catalogue.library import Entry
from badges.clock import in_paris
from badges.deployment import Deployment
from badges.issuer.accounts import Accounts
from badges.issuer.batches import Row, Seen
from badges.issuer.desk import new_id
from badges.issuer.holder.cards import Opened
from badges.issuer.permissions import ALLOWED_BY, OPERATOR, PERMISSIONS, Caller
from badges.issuer.storage import Account, ApiToken, Batch, Message, Observation, StaffMember
from badges.issuer.team.door import HOME
from badges.settings import Settings

from ..permission_table import LINES, NOT_OF_A_STRUCTURE, PAGE, Line, text
from ..web.building import Browser
from .conftest import Demonstration

EVERYTHING = tuple(permission for permission in PERMISSIONS if permission != "network")
TODAY = in_paris(datetime.now(UTC)).date()


@dataclass
class House:
    """The demonstration, copied so that acts change nothing of it, and somebody for each permission."""

    app: FastAPI
    deployment: Deployment
    things: dict[str, dict[str, str]]
    """Structure → what its addresses name."""

    def browser(self, structure: str, permissions: tuple[str, ...], function: str = "ETI") -> Browser:
        issuer = self.deployment.issuer
        member = issuer.add_staff(
            OPERATOR, structure=structure, name="Quelqu’un", function=function, permissions=permissions
        )
        now = issuer.desk.now()
        account = Account(id=member.account, email=f"{new_id()}@b.example", created_at=now)
        with self.deployment.storage.writing() as register:
            register.add(account)
            secret = Accounts(issuer.desk)._open(register, account, "", False, now, proved=True)
        browser = Browser(self.app)
        browser.cookies.set("equipe", secret)
        return browser

    def ask(self, browser: Browser, line: Line, structure: str) -> int:
        things = self.things[structure]
        address = line.path.format(**things)
        if line.method == "GET":
            return browser.get(address).status_code
        form = {name.format(**things): value.format(**things) for name, value in line.form.items()}
        headers = {"sec-fetch-site": "same-origin", "origin": self.deployment.settings.base_url}
        return browser.ask("POST", address, headers, data=form).status_code

    def owner(self, line: Line) -> str:
        """The structure of the demonstration that has such a thing."""
        return next(id for id, things in self.things.items() if set(re.findall(r"{(\w+)}", line.path)) <= set(things))


@pytest.fixture
def house(demo: Demonstration, tmp_path: Path) -> Iterator[House]:
    """One for each test: acts take things away."""
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    settings = Settings(home=home)
    deployment = Deployment(settings)
    things = _things(deployment, demo)
    yield House(create_app(settings), deployment, things)
    deployment.close()


def _things(deployment: Deployment, demo: Demonstration) -> dict[str, dict[str, str]]:
    issuer, staff = deployment.issuer, demo.told["staff"]
    eti = Caller(staff["encadrante"]["id"])
    with deployment.storage.reading() as register:
        members = {role: register.find(StaffMember, id=each["id"]) for role, each in staff.items()}
        jardins = members["encadrante"].structure  # type: ignore[union-attr]
        recyclerie = members["encadrant-atelier"].structure  # type: ignore[union-attr]
        rosa = issuer.people.find(eti, "rosa")[0].person
        observation = register.list(Observation, person=rosa.id)[0]
        (session,) = register.list(Batch, structure=recyclerie)
        message = register.list(Message, structure=jardins)[0]
        token = register.list(ApiToken, structure=jardins)[0]
    files = {each.stage: each for each in issuer.proposals.files(eti)}
    award = next(view.award for view in issuer.list_awards(eti) if view.revocation is None)
    second = issuer.add_staff(OPERATOR, structure=jardins, name="Parti", function="ETI", permissions=("note",))
    piece = issuer.evidence.add(eti, person=rosa.id, slug="tec-maraichage-planter", context="la serre", note="Droit.")
    reflexive = _reflexive(deployment)
    definition = issuer.desk.catalogue.latest(reflexive).definition
    seen = next(c.id for c in definition.criteria if {"OBS", "MES"} & set(c.ways))
    talk = next(c.id for c in definition.criteria if "REF" in c.ways)
    afest = issuer.witnesses.begin_afest(
        eti, person=rosa.id, slug=reflexive, criteria=(seen,), on=TODAY, situation="Une planche."
    )
    invitation, _ = deployment_invitation(deployment, jardins)
    asking = issuer.holder.requests.ask_name(Opened(rosa, (rosa,)), "Rosa A.")
    network = Caller(staff["reseau"]["id"])
    link, _ = deployment.endorsing.ask(network, name="M. Brun", slug="trv-consignes")
    _, secret = deployment.endorsing.ask(network, name="Mme Roy", slug="trv-consignes")
    support = deployment.endorsing.endorse(
        secret, comment="Utile.", until=TODAY + timedelta(days=90), name="Roy SA", url="https://roy.example/",
        email="contact@roy.example",
    )  # fmt: skip
    # A file of the gardens that waits for a colleague of the same structure, so that it is looked at from inside.
    asked = issuer.propose(
        eti, person=rosa.id, slug="trv-consignes", results={"c1": "acquired"}, told={"situation": "Un mardi."}
    )
    adviser = staff["accompagnatrice"]["id"]
    issuer.proposals.send(eti, asked.id, structure=None, staff=adviser)
    atelier = Caller(staff["encadrant-atelier"]["id"])
    entry = issuer.desk.catalogue.latest("trv-travail-equipe")
    grid = [Seen(c.id, TODAY, c.ways[0], c.kinds[0]) for c in entry.definition.essential]
    two = [Row(ref="1", name="Adam P."), Row(ref="2", name="Béa Q.")]
    batch = issuer.batches.plan(atelier, slug=entry.slug, grid=grid, rows=two).batch
    kept, left_out = issuer.batches.rows(atelier, batch.id)
    issuer.batches.correct(atelier, batch.id, {}, left_out={left_out.id})
    jury_badge, before_a_jury = _one(
        deployment, lambda entry: [c for c in entry.definition.criteria if "JUR" in c.ways]
    )
    title_badge, held = _one(deployment, issuer.witnesses.titles_count)
    common = {
        "slug": "tec-maraichage-planter",
        "sector": "alimentation",
        "today": TODAY.isoformat(),
        "elsewhere": recyclerie,
        "askable": next(e.slug for e in issuer.desk.catalogue.current() if issuer.witnesses.askable(e)),
        "afest_badge": reflexive,
        "reflexive": talk,
        "jury_badge": jury_badge,
        "before_a_jury": before_a_jury,
        "title_badge": title_badge,
        "held": held,
    }
    of_jardins = common | {
        "person": rosa.id,
        "observation": observation.id,
        "file": files["to_decide"].file.id,
        "asked": asked.id,
        "award": award.uuid,
        "message": message.id,
        "token": token.id,
        "staff": second.id,
        "piece": piece.id,
        "afest": afest.id,
        "invitation": invitation,
        "request": asking.id,
        "anywhere": recyclerie,
        "link": link.id,
        "endorsement": support.endorsement.id,
        "paper": "badge",
        "form": "png",
    }
    return {
        jardins: of_jardins,
        recyclerie: common
        | {"batch": batch.id, "session": session.id, "row": kept.id, "left_out": left_out.id}
        | {"paper": "cartes", "form": "csv"},
    }


def deployment_invitation(deployment: Deployment, structure: str) -> tuple[str, str]:
    from badges.issuer.access import Access

    access = Access(deployment.issuer.desk, Accounts(deployment.issuer.desk))
    link, secret = access.invite(
        OPERATOR, structure=structure, name="Zoé", email="zoe@b.example", function="ETI", permissions=("note",)
    )
    return link.id, secret


def _reflexive(deployment: Deployment) -> str:
    for entry in deployment.catalogue.current():
        ways = [set(criterion.ways) for criterion in entry.definition.criteria]
        if any("REF" in each for each in ways) and any({"OBS", "MES"} & each for each in ways):
            return entry.slug
    raise AssertionError("a badge with a reflexive talk expected")


def _one(deployment: Deployment, fits: Callable[[Entry], Iterable[Criterion]]) -> tuple[str, str]:
    """A badge and one of its criteria that fit."""
    return next((entry.slug, one.id) for entry in deployment.catalogue.current() for one in fits(entry))


def _routes(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        else:
            inside = getattr(route, "original_router", None) or route
            yield from _routes(getattr(inside, "routes", ()))


def _as_told(path: str) -> str:
    """The address with its parameters counted and not named: the table names them for what they are."""
    return re.sub(r"{\w+}", "{}", path)


# -- the tests


def test_the_page_of_the_docs_says_what_the_code_does() -> None:
    assert PAGE.read_text("utf-8") == text(), "run: python -m tests.permission_table"


def test_every_address_of_the_staff_that_names_something_has_its_line(house: House) -> None:
    known = {(line.method, _as_told(line.path)) for line in LINES}
    free = {_as_told(path) for path in NOT_OF_A_STRUCTURE}
    found = {
        (method, route.path)
        for route in _routes(house.app.routes)
        for method in (route.methods or set()) - {"HEAD"}
        if route.path.startswith(HOME + "/") and "{" in route.path
    }
    assert len(found) > 50
    without = {
        f"{method} {path}"
        for method, path in found
        if _as_told(path) not in free and (method, _as_told(path)) not in known
    }
    assert without == set(), "add a line to tests/permission_table.py, then run: python -m tests.permission_table"
    gone = known - {(method, _as_told(path)) for method, path in found}
    assert gone == set()


def test_what_belongs_to_another_structure_does_not_exist(house: House) -> None:
    """Somebody with every permission, of a structure that nothing was sent to."""
    with house.deployment.storage.reading() as register:
        stranger_of = next(
            member.structure for member in register.list(StaffMember) if member.structure not in house.things
        )
    stranger = house.browser(stranger_of, EVERYTHING)
    answered = {f"{line.method} {line.path}": house.ask(stranger, line, house.owner(line)) for line in LINES}
    expected = {f"{line.method} {line.path}": line.elsewhere for line in LINES}
    wrong = {address: status for address, status in answered.items() if status != expected[address]}
    assert wrong == {}


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_a_permission_opens_the_addresses_whose_action_it_allows_and_no_other(house: House, permission: str) -> None:
    browsers = {structure: house.browser(structure, (permission,), "ASP") for structure in house.things}
    wrong = {}
    for line in sorted(LINES, key=lambda line: line.method):
        structure = house.owner(line)
        status = house.ask(browsers[structure], line, structure)
        allowed = permission in ALLOWED_BY[line.action]
        if (status == 403) == allowed or status == 404 or status >= 500:
            wrong[f"{line.method} {line.path}"] = f"{status}, {'allowed' if allowed else 'forbidden'}"
    assert wrong == {}
