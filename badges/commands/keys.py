"""``badges keys``: make, list, change and export keys. The ceremony, in French, is ``keys/README.md``."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from ..arguments import Parser, table
from ..clock import SystemClock
from ..errors import Misuse
from ..keyring import PURPOSE_WORDS, STATUS_WORDS, KeyEntry, Keyring, passphrase_from_file
from ..settings import Settings


def arguments(parser: Parser) -> None:
    parser.add_argument("--keys", type=Path, metavar="DOSSIER", help="le dossier des clés (sinon celui du service)")
    parser.add_argument("--passphrase-file", type=Path, metavar="FICHIER", help="le fichier de la phrase des clés")
    actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

    create = actions.add_parser("create", help="faire une clé")
    create.add_argument("--purpose", choices=tuple(PURPOSE_WORDS), default="issuer", help="à quoi elle sert")
    create.add_argument("--structure", default="", metavar="ID", help="la structure pour qui elle signe")
    create.add_argument("--name", default="", help="un nom pour la reconnaître")
    create.add_argument("--algorithm", choices=("RS256", "ES256", "EdDSA"), default="RS256")
    create.set_defaults(run=_create)

    listing = actions.add_parser("list", help="les clés de ce dossier")
    listing.set_defaults(run=_list)

    rotate = actions.add_parser(
        "rotate", help="remplacer une clé : une nouvelle prend la suite, l’ancienne vérifie encore"
    )
    rotate.add_argument("key", metavar="CLÉ")
    rotate.set_defaults(run=_rotate)

    retire = actions.add_parser("retire", help="ne plus signer avec cette clé ; ce qu’elle a signé reste bon")
    retire.add_argument("key", metavar="CLÉ")
    retire.set_defaults(run=_retire)

    compromise = actions.add_parser("compromise", help="dire qu’une clé a été prise, depuis une date")
    compromise.add_argument("key", metavar="CLÉ")
    compromise.add_argument("--since", required=True, metavar="AAAA-MM-JJ", help="depuis quand, au plus tard")
    compromise.set_defaults(run=_compromise)

    export = actions.add_parser("export", help="copier les clés publiques, et rien d’autre")
    export.add_argument("folder", metavar="DOSSIER", type=Path)
    export.set_defaults(run=_export)


def _create(arguments: Namespace) -> None:
    entry = _keyring(arguments).create(
        purpose=arguments.purpose,
        name=arguments.name,
        now=SystemClock().now(),
        algorithm=arguments.algorithm,
        structure=arguments.structure,
    )
    print(
        f"Clé faite : {entry.id} ({entry.algorithm}, {PURPOSE_WORDS[entry.purpose]}).\nEmpreinte : {entry.fingerprint}"
    )


def _list(arguments: Namespace) -> None:
    entries = _keyring(arguments).entries()
    if not entries:
        print("Aucune clé dans ce dossier. Pour en faire une : badges keys create")
        return
    print(table([("CLÉ", "USAGE", "STRUCTURE", "ALGORITHME", "FAITE LE", "ÉTAT"), *map(_row, entries)]))


def _row(entry: KeyEntry) -> tuple[str, ...]:
    since = f" le {entry.since:%d/%m/%Y}" if entry.since else ""
    return (
        entry.id,
        PURPOSE_WORDS[entry.purpose],
        entry.structure or "—",
        entry.algorithm,
        f"{entry.created:%d/%m/%Y}",
        STATUS_WORDS[entry.status] + since,
    )


def _rotate(arguments: Namespace) -> None:
    entry = _keyring(arguments).rotate(arguments.key, now=SystemClock().now())
    print(
        f"Nouvelle clé : {entry.id}, à la place de {entry.replaces}, qui continue de vérifier les anciens badges.\n"
        "À faire maintenant : signer la liste de confiance (badges trust sign)."
    )


def _retire(arguments: Namespace) -> None:
    _keyring(arguments).retire(arguments.key, now=SystemClock().now())
    print(f"La clé {arguments.key} ne signe plus. Les badges qu’elle a signés restent bons.")


def _compromise(arguments: Namespace) -> None:
    try:
        since = datetime.strptime(arguments.since, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Misuse(f"Une date AAAA-MM-JJ était attendue, « {arguments.since} » a été trouvé.") from None
    _keyring(arguments).compromise(arguments.key, since=since)
    print(
        f"La clé {arguments.key} est compromise depuis le {since:%d/%m/%Y}. De ce qu’elle a signé, seul ce qui a été\n"
        "engagé avant cette date reste bon. À faire maintenant : badges keys rotate, puis badges trust sign."
    )


def _export(arguments: Namespace) -> None:
    for path in _keyring(arguments).export(arguments.folder):
        print(path)


def _keyring(arguments: Namespace) -> Keyring:
    settings = Settings()
    folder = arguments.keys or settings.place.keys
    if arguments.passphrase_file:
        return Keyring(folder, passphrase_from_file(arguments.passphrase_file))
    return Keyring(folder, settings.read_passphrase)
