"""``badges backup``: one sealed file from which this service can be made again, taken while it goes on."""

from __future__ import annotations

from argparse import Namespace
from datetime import timedelta
from pathlib import Path

from ..arguments import Parser
from ..clock import in_paris
from ..errors import Misuse
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

    deployment = deployment_of(arguments)
    now, home = deployment.clock.now(), deployment.home
    if not (home.keys / "keyring.toml").is_file():
        raise Misuse(
            f"Le dossier d’un service était attendu ; « {home.folder} » n’a pas de clés.",
            advice="Nommez-le par --home ou BADGES_HOME.",
        )
    target: Path = arguments.to
    if target.is_dir():
        target /= f"badges-{in_paris(now):%Y-%m-%d-%H%M%S}{SUFFIX}"
    elif target.suffix != ".zip":
        raise Misuse(
            f"Un dossier qui existe, ou un fichier en .zip, était attendu ; « {target} » a été trouvé.",
            advice="Faites d’abord ce dossier, ou branchez le disque.",
        )
    passphrase = deployment.settings.read_passphrase()
    contents = write_backup(deployment.settings, deployment.storage, passphrase, now, target)
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
