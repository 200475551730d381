"""``badges keys``: make, list, change and export keys. The ceremony, in French, is ``keys/README.md``.

A key of the service's own folder that stands for a Profile is changed in the register too: the trust list is made of
the register.
"""

from __future__ import annotations

import os
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from ..arguments import Parser, table
from ..clock import SystemClock
from ..deployment import Deployment
from ..durable import write_whole
from ..errors import KeyringError, Misuse, quoted
from ..issuer.permissions import OPERATOR
from ..keyring import PURPOSE_WORDS, STATUS_WORDS, KeyEntry, Keyring, passphrase_from_file
from ..settings import read_settings


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

    passphrase = actions.add_parser("passphrase", help="changer la phrase qui ouvre les clés de ce dossier")
    passphrase.add_argument(
        "--new-passphrase-file", required=True, type=Path, metavar="FICHIER", help="le fichier de la nouvelle (0600)"
    )
    passphrase.set_defaults(run=_passphrase)

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
    print(table([("CLÉ", "USAGE", "STRUCTURE", "ALGORITHME", "FAITE LE", "ÉTAT", "EMPREINTE"), *map(_row, entries)]))


def _row(entry: KeyEntry) -> tuple[str, ...]:
    since = f" le {entry.since:%d/%m/%Y}" if entry.since else ""
    return (
        entry.id,
        PURPOSE_WORDS[entry.purpose],
        entry.structure or "—",
        entry.algorithm,
        f"{entry.created:%d/%m/%Y}",
        STATUS_WORDS[entry.status] + since,
        entry.fingerprint,
    )


def _rotate(arguments: Namespace) -> None:
    keyring = _keyring(arguments)
    if keyring.require(arguments.key).purpose == "root":
        raise Misuse(
            "Une clé autre que la racine était attendue : retirée, elle ne pourrait plus désigner celle qui la suit.",
            advice="Faites la nouvelle racine dans un autre dossier, puis : badges trust rotate-root",
        )
    deployment = _register_of(arguments, keyring)
    if deployment:
        entry = deployment.rotate_key(arguments.key)
    else:
        entry = keyring.rotate(arguments.key, now=SystemClock().now())
    print(f"Nouvelle clé : {entry.id}, à la place de {entry.replaces}.\nEmpreinte : {entry.fingerprint}")
    if entry.purpose == "list":
        print(
            "À faire maintenant : une délégation de la racine pour cette clé (badges trust delegate), "
            "puis badges trust sign."
        )
    else:
        print("L’ancienne vérifie encore ce qu’elle a signé. À faire maintenant : badges trust sign.")


def _retire(arguments: Namespace) -> None:
    keyring = _keyring(arguments)
    now = SystemClock().now()
    keyring.retire(arguments.key, now=now)
    if deployment := _register_of(arguments, keyring):
        deployment.issuer.close_profile(OPERATOR, arguments.key, status="retired", since=now)
    print(
        f"La clé {arguments.key} ne signe plus ; ce qu’elle a signé reste bon.\nÀ faire maintenant : badges trust sign."
    )


def _compromise(arguments: Namespace) -> None:
    try:
        since = datetime.strptime(arguments.since, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Misuse(
            f"Une date AAAA-MM-JJ était attendue ; {quoted(arguments.since)} a été trouvé.",
            advice="Donnez la date la plus ancienne possible : elle peut être avancée plus tard, jamais reculée.",
        ) from None
    keyring = _keyring(arguments)
    keyring.compromise(arguments.key, since=since)
    if deployment := _register_of(arguments, keyring):
        deployment.issuer.close_profile(OPERATOR, arguments.key, status="compromised", since=since)
    print(
        f"La clé {arguments.key} est compromise depuis le {since:%d/%m/%Y}. De ce qu’elle a signé, seul ce qui a été\n"
        "engagé avant cette date reste bon. À faire maintenant : badges keys rotate, puis badges trust sign."
    )


def _export(arguments: Namespace) -> None:
    for path in _keyring(arguments).export(arguments.folder):
        print(path)


def _passphrase(arguments: Namespace) -> None:
    new = passphrase_from_file(arguments.new_passphrase_file)
    present = _present_file(arguments)  # asked before the phrase is read: the environment forgets it then
    if present and _same(arguments.new_passphrase_file, present):
        raise Misuse(
            "Un autre fichier que celui de la phrase d’aujourd’hui était attendu ; le même a été trouvé.",
            advice="Écrivez la nouvelle phrase dans un fichier à part (droits 0600).",
        )
    if new() != new().strip():
        raise Misuse(
            "Une phrase sans blanc au début ni à la fin était attendue ; des blancs ont été trouvés.",
            advice="Ôtez ces blancs : ils se perdraient d’une copie à l’autre.",
        )
    keyring = _keyring(arguments)
    keyring.change_passphrase(new)
    print(f"Phrase changée : {len(keyring.entries())} clés scellées de nouveau.")
    home = read_settings().place
    if present and _same(present, home.passphrase) and _same(_folder(arguments), home.keys):
        try:
            write_whole(home.passphrase, new() + "\n", mode=0o600)
        except OSError as error:
            raise KeyringError(
                f"La nouvelle phrase devait être gardée dans « {home.passphrase} » ; ce fichier n’a pas pu être écrit "
                f"({error.strerror}).",
                code="passphrase_not_kept",
                advice=f"Copiez-y « {arguments.new_passphrase_file} » : l’ancienne phrase n’ouvre plus rien.",
            ) from None
        print(f"Le service la garde dans « {home.passphrase} ». Effacez « {arguments.new_passphrase_file} ».")
    else:
        print("Donnez-la désormais là où l’ancienne était donnée.")
    print(
        "Si quelqu’un a pu copier ce dossier et lire l’ancienne phrase, remplacez aussi les clés : badges keys rotate"
    )


def _keyring(arguments: Namespace) -> Keyring:
    if arguments.passphrase_file:
        return Keyring(_folder(arguments), passphrase_from_file(arguments.passphrase_file))
    return Keyring(_folder(arguments), read_settings().read_passphrase)


def _folder(arguments: Namespace) -> Path:
    folder: Path = arguments.keys or read_settings().place.keys
    return folder


def _register_of(arguments: Namespace, keyring: Keyring) -> Deployment | None:
    """The service in whose register this key stands for a Profile; None for a key of another folder or another use."""
    deployment = Deployment(read_settings())
    if keyring.require(arguments.key).purpose != "issuer" or not _same(_folder(arguments), deployment.home.keys):
        return None
    deployment.keyring = keyring
    return deployment if deployment.issuer.find_profile(arguments.key) else None


def _present_file(arguments: Namespace) -> Path | None:
    """Where the phrase is read from; None when it is in the environment."""
    if os.environ.get("BADGES_PASSPHRASE") and not arguments.passphrase_file:
        return None
    settings = read_settings()
    file: Path = arguments.passphrase_file or settings.passphrase_file or settings.place.passphrase
    return file


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()
