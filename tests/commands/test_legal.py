"""A service that is not a demonstration says who it is before it opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from badges import cli
from badges.errors import Misuse
from badges.settings import Settings
from badges.web.law import Law
from tests.web.building import Browser, a_site, some_pages

TOLD = {
    name: f"{name} de l’essai" for name in ("publisher", "address", "director", "host", "controller", "dpo", "contact")
}


def test_a_real_service_does_not_open_while_a_mention_is_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in TOLD:
        lines = [f'legal_{other} = "{value}"' for other, value in TOLD.items() if other != name]
        (tmp_path / "settings.toml").write_text("\n".join(lines), encoding="utf-8")
        assert cli.main(["serve", "--home", str(tmp_path), "--port", "1"]) == 2
        assert f"il manque : legal_{name}." in capsys.readouterr().err


def test_a_demonstration_and_a_complete_service_are_let_through(tmp_path: Path) -> None:
    Settings(home=tmp_path, demo=True).require_legal()
    complete = Settings(home=tmp_path, **{f"legal_{name}": value for name, value in TOLD.items()})  # type: ignore[arg-type]
    complete.require_legal()
    with pytest.raises(Misuse):
        Settings(home=tmp_path).require_legal()


@pytest.mark.parametrize("address", ["/mentions-legales", "/donnees-personnelles", "/accessibilite", "/contact"])
def test_the_pages_are_filled_from_the_settings_and_linked_from_every_page(address: str) -> None:
    from badges.web import law

    pages = some_pages()
    browser = Browser(a_site(law.router(pages, Law(**TOLD)), pages=pages))
    shown = browser.get(address).text
    assert "de l’essai" in shown
    assert f'href="{address}"' in browser.get("/").text


def test_without_an_audit_the_declaration_says_that_it_is_not_conformant() -> None:
    from badges.web import law

    def shown(audit: str) -> str:
        pages = some_pages()
        site = a_site(law.router(pages, Law(**TOLD, audit=audit)), pages=pages)
        return Browser(site).get("/accessibilite").text

    assert "non conforme" in shown("")
    assert "Défenseur des droits" in shown("")
    assert "non conforme" not in shown("Audit du 3 mars 2027 : 91 % des critères.")
