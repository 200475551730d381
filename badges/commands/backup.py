"""``badges backup``: one sealed file from which this service can be made again, taken while it goes on."""

from __future__ import annotations

from argparse import Namespace
from datetime import timedelta
from pathlib import Path

from ..arguments import Parser
from ..clock import in_paris
from . import add_home
from . import deployment as deployment_of

KEPT_FOR = timedelta(days=35)
"""``security.md``, P6: whoever was erased is in older ones no more."""


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument(
        "--to", type=Path, default=Path(), metavar="FICHIER|DOSSIER", help="où l’écrire (sinon dans ce dossier-ci)"
    )
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    from ..backup import SUFFIX, write_backup
    from ..keyring import Keyring

    deployment = deployment_of(arguments)
    now = deployment.clock.now()
    target: Path = arguments.to
    if target.is_dir():
        target /= f"badges-{in_paris(now):%Y-%m-%d-%H%M%S}{SUFFIX}"
    passphrase = deployment.settings.read_passphrase()
    keyring = Keyring(deployment.home.keys, lambda: passphrase)
    for entry in keyring.entries():
        if entry.status == "active":  # a backup sealed by another phrase than the keys would open nothing
            keyring.signer(entry.id, purpose=entry.purpose)
            break
    contents = write_backup(deployment.home, deployment.storage, passphrase, now, target)
    print(f"Sauvegarde faite : {target} ({max(1, target.stat().st_size // 1024)} Ko).")
    print(in_words(contents.rows))
    print(f"Pour l’essayer sans rien changer : badges restore {target} --verify")
    print("Il faudra la phrase qui ouvre les clés aujourd’hui : gardez-la ailleurs que cette sauvegarde.")
    print(
        f"Effacez-la avant le {in_paris(now + KEPT_FOR):%d/%m/%Y} : "
        "elle contient encore les personnes qui demanderont d’ici là à être oubliées."
    )


def in_words(rows: dict[str, int]) -> str:
    """The rows that somebody knows the words of."""
    words = {
        "structures": "structures",
        "people": "personnes",
        "awards": "badges",
        "revocations": "retraits",
        "observations": "observations",
        "evidence_files": "pièces",
    }
    return ", ".join(f"{rows.get(name, 0)} {word}" for name, word in words.items()) + "."
