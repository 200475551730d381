"""Papers of ours among the hostile: the PDF itself is given, as it was handed over, and as somebody has touched it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pikepdf

from badges.deployment import Deployment
from badges.paper.facts import Passport
from badges.verify.command import main

from .conftest import Demonstration, Service
from .test_a_paper_in_the_world import SLUG, deployment, on_paper

__all__ = ["deployment"]


def answers(file: Path, demo: Demonstration) -> list[str]:
    out = io.StringIO()
    main([str(file), "--json", "--trust", demo.told["trust"], "--root", demo.told["root"]], stdout=out, environment={})
    return [json.loads(line)["answer"] for line in out.getvalue().splitlines()]


def test_an_attestation_is_verified_as_it_was_handed_over(
    service: Service, deployment: Deployment, tmp_path: Path
) -> None:
    file = tmp_path / "attestation.pdf"
    file.write_bytes(deployment.press.attestation(on_paper(deployment, service.demo, SLUG)))
    assert answers(file, service.demo) == ["yes"]


def test_a_passport_is_verified_badge_by_badge(service: Service, deployment: Deployment, tmp_path: Path) -> None:
    slugs = list(service.demo.told["badges"])[:3]
    badges = tuple(on_paper(deployment, service.demo, slug) for slug in slugs)
    file = tmp_path / "passeport.pdf"
    file.write_bytes(deployment.press.passport(Passport(badges, badges[0].issued_on)))
    assert len(answers(file, service.demo)) == 3


def test_an_attestation_without_its_badge_proves_nothing(
    service: Service, deployment: Deployment, tmp_path: Path
) -> None:
    """What is printed on it is still there, and is no badge."""
    file = tmp_path / "attestation.pdf"
    with pikepdf.open(io.BytesIO(deployment.press.attestation(on_paper(deployment, service.demo, SLUG)))) as pdf:
        for name in list(pdf.attachments):
            del pdf.attachments[name]
        if "/AF" in pdf.Root:
            del pdf.Root.AF
        pdf.save(file)
    assert answers(file, service.demo) == ["no"]
