"""Where messages leave is a setting that is refused at the start when it would send them in the clear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from badges.deployment import Deployment
from badges.errors import Misuse
from badges.issuer.mail import FolderMailer
from badges.settings import Settings

SENT = {"smtp_host": "smtp.reseau.example", "mail_from": "badges@reseau.example"}


@pytest.mark.parametrize(
    "wrong", [{"smtp_security": "none"}, {"mail_from": "badges@localhost"}, {"smtp_security": "ssl"}, {"smtp_port": 0}]
)
def test_a_server_that_would_be_written_to_in_the_clear_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(home=tmp_path, **(SENT | wrong))


def test_a_server_on_this_machine_may_be_written_to_in_the_clear(tmp_path: Path) -> None:
    assert Settings(home=tmp_path, **(SENT | {"smtp_host": "127.0.0.1", "smtp_security": "none"})).smtp_port == 587


def test_without_a_server_messages_are_kept_in_the_home(tmp_path: Path) -> None:
    assert isinstance(Deployment(Settings(home=tmp_path)).letters, FolderMailer)
    assert Deployment(Settings(home=tmp_path, **SENT)).letters is None


def test_the_password_of_the_server_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    settings = Settings(home=tmp_path, smtp_password_file=secret, **SENT)
    with pytest.raises(Misuse, match="aucun n’a été trouvé"):
        settings.read_smtp_password()
    secret.write_text("phrase\n")
    secret.chmod(0o644)
    with pytest.raises(Misuse, match="0600"):
        settings.read_smtp_password()
    secret.chmod(0o600)
    assert settings.read_smtp_password() == "phrase"
