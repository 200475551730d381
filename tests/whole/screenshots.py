"""The pictures of the README, taken from a demonstration: ``python -m tests.whole.screenshots``.

Everybody and everything on them is invented (``badges/demo.py``). Run it again when a page has changed; look at what
it made before committing it.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from badges.demo import fill
from tests.browsing import a_browser

from .conftest import Demonstration, Service, free_port

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
HEAVIEST = 150_000
SLUG = "tec-maraichage-planter"


def verified(page: Any, demo: Demonstration) -> None:
    page.goto(f"{demo.base_url}/verifier")
    page.set_input_files("#file", demo.told["badges"][SLUG])
    page.get_by_role("main").get_by_role("button", name="Vérifier").click()
    page.wait_for_load_state("networkidle")


def criteria(page: Any, demo: Demonstration) -> None:
    page.goto(f"{demo.base_url}/criteres")
    page.wait_for_load_state("networkidle")


def badges_of_a_worker(page: Any, demo: Demonstration) -> None:
    page.goto(demo.told["worker_links"]["Amina Diallo"])
    page.wait_for_load_state("networkidle")


def signed_in(page: Any, demo: Demonstration, role: str) -> None:
    who = demo.told["staff"][role]
    page.goto(f"{demo.base_url}/equipe/connexion")
    page.get_by_label("Votre e-mail").fill(who["email"])
    page.get_by_label("Votre mot de passe").fill(who["password"])
    page.get_by_role("button", name="Se connecter", exact=True).click()


def noting(page: Any, demo: Demonstration) -> None:
    signed_in(page, demo, "encadrante")
    page.goto(f"{demo.base_url}/equipe/noter")
    page.get_by_role("link", name="Amina D.").first.click()
    page.get_by_role("link", name="Préparer le sol et planter").first.click()
    page.wait_for_load_state("networkidle")


def deciding(page: Any, demo: Demonstration) -> None:
    signed_in(page, demo, "encadrante")
    page.goto(f"{demo.base_url}/equipe/dossiers")
    ready = page.get_by_role("listitem").filter(has_text="il reste à décider").get_by_role("link").first
    page.goto(demo.base_url + ready.get_attribute("href") + "/decision")
    page.wait_for_load_state("networkidle")


SHOWN: dict[str, tuple[Callable[[Any, Demonstration], None], int, int]] = {
    # page, width and height of the screen
    "verifier": (verified, 1280, 1080),
    "criteres": (criteria, 1280, 1180),
    "mes-badges": (badges_of_a_worker, 360, 1130),
    "noter": (noting, 360, 1130),
    "decider": (deciding, 1280, 1080),
}


def optimised(picture: bytes) -> bytes:
    """As a palette of 256 colours: flat pages lose nothing that one sees."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, a_browser() as browser:
        port = free_port()
        home = Path(folder) / "home"
        service = Service(Demonstration(home, port, fill(home, f"http://127.0.0.1:{port}")))
        service.start()
        try:
            for name, (show, width, height) in SHOWN.items():
                page = browser.new_page(locale="fr-FR", viewport={"width": width, "height": height})
                show(page, service.demo)
                picture = optimised(page.screenshot())
                assert len(picture) < HEAVIEST, f"{name}: {HEAVIEST} bytes at most expected, {len(picture)} found"
                (FOLDER / f"{name}.png").write_bytes(picture)
                print(f"{name}.png: {len(picture)} bytes")
                page.close()
        finally:
            service.stop()


if __name__ == "__main__":
    main()
