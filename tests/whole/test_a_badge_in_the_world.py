"""What happens to a badge between the structure and the employer, told by ``badges verify`` and what it ends with."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from badges.clock import FixedClock, SystemClock
from badges.deployment import Deployment
from badges.durable import write_whole
from badges.openbadges import png
from badges.recognition import Recognitions
from badges.settings import Settings
from badges.verify.command import main
from badges.verify.receipt import make_receipt, read_receipt

from .conftest import Demonstration, Service

SLUG = "tec-maraichage-planter"
ANOTHER = "trv-consignes"


def verify(badge: Path | str, *options: str, later: timedelta = timedelta(0)) -> tuple[int, dict[str, Any]]:
    """What the command ends with, and its report."""
    out = io.StringIO()
    clock = FixedClock(SystemClock().now() + later)
    code = main([str(badge), "--json", *options], stdout=out, environment={}, clock=clock)
    return code, json.loads(out.getvalue())


def outcome(report: dict[str, Any], check: str) -> tuple[str, str]:
    return next((item["outcome"], item["code"]) for item in report["checks"] if item["check"] == check)


@pytest.fixture(scope="module")
def trusting(demo: Demonstration) -> tuple[str, ...]:
    return ("--trust", demo.told["trust"], "--root", demo.told["root"])


@pytest.fixture(scope="module")
def carrying(demo: Demonstration) -> tuple[str, ...]:
    return ("--bundle", demo.told["bundle"], "--root", demo.told["root"], "--offline")


def test_a_good_badge_is_yes(service: Service, trusting: tuple[str, ...]) -> None:
    code, report = verify(service.demo.told["badges"][SLUG], *trusting)
    assert (code, report["answer"], report["verdict"]) == (0, "yes", "valid")
    assert report["criteria"]["essential_met"] == report["criteria"]["essential_total"] == 5
    assert report["issuer"]["name"] == "Les Jardins de la Vallée"


@pytest.mark.parametrize(
    ("which", "code", "verdict"), [("revoked", 1, "revoked"), ("replaced", 1, "revoked"), ("expired", 1, "expired")]
)
def test_a_badge_that_is_no_longer_good_is_no(
    service: Service, trusting: tuple[str, ...], which: str, code: int, verdict: str
) -> None:
    found, report = verify(service.demo.told[which], *trusting)
    assert (found, report["verdict"]) == (code, verdict)


def test_a_withdrawn_badge_says_so_in_french(service: Service, trusting: tuple[str, ...]) -> None:
    _, report = verify(service.demo.told["revoked"], *trusting)
    assert "retiré" in report["headline"]["fr"]


def test_a_structure_that_nobody_recognises_is_partly(service: Service, trusting: tuple[str, ...]) -> None:
    code, report = verify(service.demo.told["unrecognised"], *trusting)
    assert (code, report["answer"], report["issuer"]["recognised"]) == (4, "partly", False)


# -- changed on the way -------------------------------------------------------------------------------------------


def chunk_of(badge: bytes, kind: bytes) -> tuple[int, int]:
    """Where the data of the first chunk of that kind begins and ends."""
    start = badge.index(kind) + 4
    return start, start + int.from_bytes(badge[start - 8 : start - 4], "big")


def changed(badge: bytes, kind: bytes, *, repaired: bool) -> bytes:
    """One byte in the middle of a chunk made another letter; the chunk's CRC made right again, or not."""
    start, end = chunk_of(badge, kind)
    place = (start + end) // 2
    data = bytearray(badge)
    data[place] = ord("A") if data[place] != ord("A") else ord("B")
    if repaired:
        data[end : end + 4] = zlib.crc32(data[start - 4 : end]).to_bytes(4, "big")
    return bytes(data)


TAMPERED: dict[str, tuple[Callable[[bytes], bytes], str, str]] = {
    "one byte of the token, the CRC repaired": (lambda badge: changed(badge, b"iTXt", repaired=True), "signature", ""),
    "one byte of the token": (lambda badge: changed(badge, b"iTXt", repaired=False), "carrier", "damaged"),
    "one byte of the picture": (lambda badge: changed(badge, b"IDAT", repaired=False), "carrier", "damaged"),
    "cut short": (lambda badge: badge[: len(badge) // 2], "carrier", "damaged"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_badge_changed_on_the_way_is_no(
    service: Service, trusting: tuple[str, ...], tmp_path: Path, what: str
) -> None:
    change, check, _ = TAMPERED[what]
    badge = tmp_path / "badge.png"
    badge.write_bytes(change(service.demo.badge(SLUG)))
    code, report = verify(badge, *trusting)
    assert (code, report["verdict"]) == (1, "invalid")
    assert outcome(report, check)[0] == "failed" or outcome(report, "document")[0] == "failed"


def test_a_token_moved_to_another_badges_picture_is_told(
    service: Service, trusting: tuple[str, ...], tmp_path: Path
) -> None:
    badge = tmp_path / "badge.png"
    badge.write_bytes(png.bake(service.demo.badge(ANOTHER), png.extract(service.demo.badge(SLUG)).text))
    _, report = verify(badge, *trusting)
    assert outcome(report, "picture")[0] == "failed"
    assert "image" in report["headline"]["fr"]


# -- a receipt ----------------------------------------------------------------------------------------------------


def receipt_of(service: Service, *badges: str) -> str:
    files = [("file", (Path(badge).name, Path(badge).read_bytes(), "image/png")) for badge in badges]
    address = f"{service.demo.base_url}/api/v1/verify/receipt"
    answer = httpx.post(address, files=files, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_receipt_of_the_service_is_verified_later_by_the_command(
    service: Service, carrying: tuple[str, ...], tmp_path: Path
) -> None:
    told = service.demo.told
    receipt = tmp_path / "verification.receipt.jws"
    receipt.write_text(receipt_of(service, told["badges"][SLUG], told["revoked"]), "ascii")
    code, said = verify(receipt, *carrying, "--receipt")
    assert (code, said["outcome"]) == (0, "genuine")
    assert [result["verdict"] for result in said["receipt"]["results"]] == ["valid", "revoked"]
    digest = hashlib.sha256(service.demo.badge(SLUG)).hexdigest()
    assert said["receipt"]["results"][0]["sha256"] == digest
    assert verify(receipt, *carrying)[0] == 4, "a receipt is not a badge"
    assert verify(receipt, *carrying, later=timedelta(days=8))[0] == 3


def test_the_first_receipt_makes_its_key_and_an_old_key_still_verifies(demo: Demonstration, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo.home, home)
    deployment = Deployment(Settings(home=home))
    first = deployment.receipt_signer()
    before = make_receipt([], deployment.trusted(), demo.base_url, first, deployment.clock.now())
    deployment.keyring.retire(first.key_id, now=deployment.clock.now())
    second = deployment.receipt_signer()
    trusted = deployment.trusted()
    after = make_receipt([], trusted, demo.base_url, second, deployment.clock.now())
    assert second.key_id != first.key_id
    assert deployment.receipt_signer().key_id == second.key_id
    assert [read_receipt(text, trusted, deployment.clock.now()).outcome for text in (before, after)] == ["genuine"] * 2
    deployment.keyring.compromise(first.key_id, since=deployment.clock.now())
    deployment.sign_trust_list()
    assert read_receipt(before, deployment.trusted(), deployment.clock.now()).code == "receipt_key_unknown"
    deployment.storage.close()


# -- without the service ------------------------------------------------------------------------------------------


def test_without_the_service_nobody_knows(demo: Demonstration, trusting: tuple[str, ...]) -> None:
    code, report = verify(demo.told["badges"][SLUG], *trusting, "--offline")
    assert (code, report["answer"]) == (3, "unknown")


def test_without_the_service_a_fresh_bundle_answers(demo: Demonstration, carrying: tuple[str, ...]) -> None:
    assert verify(demo.told["badges"][SLUG], *carrying)[0] == 0
    assert verify(demo.told["revoked"], *carrying)[0] == 1


def test_a_stale_bundle_does_not(demo: Demonstration, carrying: tuple[str, ...]) -> None:
    code, report = verify(demo.told["badges"][SLUG], *carrying, later=timedelta(days=8))
    assert (code, report["answer"]) == (3, "unknown")


def test_a_bundle_under_another_root_is_not_believed(demo: Demonstration) -> None:
    stranger = "sha256:" + "0" * 64
    told = io.StringIO()
    code = main(
        [demo.told["badges"][SLUG], "--bundle", demo.told["bundle"], "--root", stranger, "--offline"],
        stdout=told,
        stderr=told,
        environment={},
    )
    assert code == 3
    assert "liste de confiance" in told.getvalue()


# -- the network changes its mind ---------------------------------------------------------------------------------


def test_a_structure_taken_off_the_list_is_no_longer_recognised(service: Service, tmp_path: Path) -> None:
    """Last, and put right again: the list is the one that the other tests read."""
    deployment = Deployment(Settings(home=service.demo.home))
    before = Recognitions.read(deployment.home.recognised)
    published = deployment.home.trust_list.read_text("ascii")
    jardins = next(
        s.structure.id for s in deployment.issuer.list_profiles() if s.structure.name == "Les Jardins de la Vallée"
    )
    try:
        before.without(jardins).write(deployment.home.recognised)
        deployment.sign_trust_list()
        options = ("--trust", str(deployment.home.trust_list), "--root", service.demo.told["root"])
        code, report = verify(service.demo.told["badges"][SLUG], *options)
        assert (code, report["answer"], report["issuer"]["recognised"]) == (4, "partly", False)
    finally:
        before.write(deployment.home.recognised)
        write_whole(deployment.home.trust_list, published)
