"""``badges structures``: how the very first person of a real service gets in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from badges.cli import main
from badges.deployment import Deployment
from badges.issuer.access import Access
from badges.issuer.accounts import Accounts
from badges.settings import Settings


def test_the_first_person_is_invited_from_the_machine_and_signs_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "passphrase").write_text("une phrase pour cet essai")
    (tmp_path / "passphrase").chmod(0o600)
    home = ["--home", str(tmp_path)]
    told = ["--name", "Les Jardins", "--kind", "ACI", "--department", "87", "--email", "contact@jardins.example"]
    assert main(["structures", *home, "add", *told]) == 0
    structure = re.search(r"ajoutée : (\w+)", capsys.readouterr().out)
    assert structure
    told = ["--name", "Hélène Caron", "--email", "helene@jardins.example", "--function", "DIR"]
    assert main(["structures", *home, "invite", structure[1], *told]) == 0
    link = re.search(r"/equipe/invitation/([\w-]+)", capsys.readouterr().out)
    assert link

    deployment = Deployment(Settings(home=tmp_path))
    try:
        accounts = Accounts(deployment.issuer.desk)
        Access(deployment.issuer.desk, accounts).accept(link[1], "cerfeuil brouette nacelle")
        secret = accounts.sign_in(
            "helene@jardins.example", "cerfeuil brouette nacelle", address="", device="", stays=False
        )
        found = accounts.find(secret)
        assert found is not None
        assert found.may("administer")
        assert not found.may("network")
    finally:
        deployment.close()
