"""A sheet in the hands of an employer: what is inside verifies, what is drawn opens the page."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pikepdf
import pytest

from badges.addresses import short_code
from badges.deployment import Deployment
from badges.openbadges import jws, png
from badges.paper.facts import Badge, Passport
from badges.settings import Settings
from badges.verify.command import main
from tests.paper.seeing import codes, drawn, needs, scanned

from .conftest import Demonstration, Service

SLUG = "tec-maraichage-planter"


@pytest.fixture(scope="module")
def deployment(demo: Demonstration) -> Iterator[Deployment]:
    opened = Deployment(Settings(home=demo.home))
    yield opened
    opened.close()


def on_paper(deployment: Deployment, demo: Demonstration, slug: str) -> Badge:
    """The badge of a PNG that was handed over, as its holder would print it."""
    token = png.extract(demo.badge(slug)).text
    uuid = json.loads(jws.read_unverified(token).payload)["id"].removeprefix("urn:uuid:")
    view = deployment.issuer.find_award(uuid)
    assert view is not None
    award = view.award
    picture = deployment.pictures.picture(award.slug, award.version, token, award.code, "png")
    entry = deployment.catalogue.require(award.slug, award.version)
    return Badge.read(token, picture, entry=entry, issuer="Les Jardins de la Vallée", file_name=f"{slug}.png")


def answer(file: Path, demo: Demonstration) -> str:
    out = io.StringIO()
    main([str(file), "--json", "--trust", demo.told["trust"], "--root", demo.told["root"]], stdout=out, environment={})
    return str(json.loads(out.getvalue())["answer"])


def test_the_badge_taken_out_of_its_attestation_is_verified(
    service: Service, deployment: Deployment, tmp_path: Path
) -> None:
    badge = on_paper(deployment, service.demo, SLUG)

    with pikepdf.open(io.BytesIO(deployment.press.attestation(badge))) as pdf:
        (tmp_path / "badge.png").write_bytes(pdf.attachments[f"{SLUG}.png"].get_file().read_bytes())

    assert (tmp_path / "badge.png").read_bytes() == service.demo.badge(SLUG)
    assert answer(tmp_path / "badge.png", service.demo) == "yes"


def test_every_badge_taken_out_of_a_passport_is_verified(
    service: Service, deployment: Deployment, tmp_path: Path
) -> None:
    slugs = list(service.demo.told["badges"])[:3]
    badges = tuple(on_paper(deployment, service.demo, slug) for slug in slugs)

    with pikepdf.open(io.BytesIO(deployment.press.passport(Passport(badges, badges[0].issued_on)))) as pdf:
        for name, file in pdf.attachments.items():
            (tmp_path / name).write_bytes(file.get_file().read_bytes())

    assert {answer(tmp_path / f"{slug}.png", service.demo) for slug in slugs} == {"yes"}


@needs("pdftoppm")
def test_the_square_of_a_crooked_copy_opens_the_page_of_the_badge(service: Service, deployment: Deployment) -> None:
    badge = on_paper(deployment, service.demo, SLUG)

    (address,) = codes(scanned(drawn(deployment.press.attestation(badge))))
    page = httpx.get(address, trust_env=False, follow_redirects=True)

    assert page.status_code == 200
    assert "Préparer le sol et planter" in page.text


def test_what_is_printed_is_what_was_signed(demo: Demonstration, deployment: Deployment) -> None:
    badge = on_paper(deployment, demo, SLUG)
    assertion = json.loads(jws.read_unverified(png.extract(badge.png).text).payload)

    assert badge.code == short_code(assertion["id"])
    assert badge.issued_on.isoformat().replace("+00:00", "Z") == assertion["issuedOn"]
