"""``badges trust``: who is recognised, the signed list, the bundle for offline use, the daily commitment."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from ..arguments import Parser
from ..catalogue.definition import FAMILIES
from ..clock import SystemClock
from ..deployment import Deployment, read_rotations, write_rotations
from ..durable import write_whole
from ..errors import KeyRefused, Misuse
from ..keyring import Keyring, Signer, fingerprint, passphrase_from_file
from ..openbadges.jws import load_public_key
from ..recognition import Recognised, Recognitions
from ..trust import check, sign_delegation, sign_rotation
from . import add_home
from . import deployment as deployment_of

LONGEST_DELEGATION = 400


def arguments(parser: Parser) -> None:
    add_home(parser)
    actions = parser.add_subparsers(title="Actions", metavar="ACTION", required=True)

    sign = actions.add_parser("sign", help="signer la liste de confiance qui suit, et la publier")
    sign.set_defaults(run=_sign)

    export = actions.add_parser("export", help="écrire la liste publiée")
    export.add_argument("file", metavar="FICHIER", type=Path, help="« - » pour la sortie standard")
    export.set_defaults(run=_export)

    bundle = actions.add_parser("bundle", help="faire le paquet qui permet de vérifier sans réseau")
    bundle.add_argument("file", metavar="FICHIER", type=Path, help="« - » pour la sortie standard")
    bundle.set_defaults(run=_bundle)

    checking = actions.add_parser("check", help="contrôler une liste : qui la signe, jusqu’à quand, ce qu’elle dit")
    checking.add_argument("file", metavar="FICHIER", type=Path, nargs="?", help="sinon celle qui est publiée ici")
    checking.add_argument("--root", metavar="EMPREINTE", help="l’empreinte de la clé racine (sinon celle des réglages)")
    checking.set_defaults(run=_check)

    recognise = actions.add_parser("recognise", help="reconnaître une structure")
    recognise.add_argument("structure", metavar="ID")
    recognise.add_argument("--name", default="", help="un nom pour s’y retrouver dans le fichier")
    recognise.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES, help="familles de badges")
    recognise.add_argument("--from", dest="valid_from", type=_day, metavar="AAAA-MM-JJ", help="à partir de quand")
    recognise.add_argument("--until", dest="valid_until", type=_day, metavar="AAAA-MM-JJ", help="jusqu’à quand")
    recognise.set_defaults(run=_recognise)

    for name, what in (("suspend", "suspendre une structure"), ("close", "dire qu’une structure a fermé")):
        ending = actions.add_parser(name, help=f"{what} : ce qu’elle a délivré avant reste bon")
        ending.add_argument("structure", metavar="ID")
        ending.add_argument("--since", required=True, type=_day, metavar="AAAA-MM-JJ", help="depuis quand")
        ending.set_defaults(run=_end, status={"suspend": "suspended", "close": "closed"}[name])

    remove = actions.add_parser("remove", help="retirer une structure de la liste, comme si elle n’y avait jamais été")
    remove.add_argument("structure", metavar="ID")
    remove.set_defaults(run=_remove)

    delegate = actions.add_parser("delegate", help="hors ligne : la clé racine délègue à la clé de la liste")
    delegate.add_argument(
        "--root-keys", required=True, type=Path, metavar="DOSSIER", help="le dossier de la clé racine"
    )
    delegate.add_argument("--passphrase-file", required=True, type=Path, metavar="FICHIER", help="sa phrase")
    delegate.add_argument("--list-key", required=True, type=Path, metavar="PEM", help="la clé publique de la liste")
    delegate.add_argument("--serial", required=True, type=int, help="un de plus que la délégation précédente")
    delegate.add_argument("--days", type=int, default=LONGEST_DELEGATION, help="durée, 400 jours au plus")
    delegate.add_argument("--out", required=True, type=Path, metavar="FICHIER", help="delegation.jws")
    delegate.set_defaults(run=_delegate)

    rotate = actions.add_parser(
        "rotate-root", help="hors ligne : l’ancienne racine et la nouvelle disent ensemble que l’une suit l’autre"
    )
    for name, which in (("old-", "l’ancienne"), ("", "la nouvelle")):
        rotate.add_argument(
            f"--{name}root-keys", required=True, type=Path, metavar="DOSSIER", help=f"le dossier de {which} racine"
        )
        rotate.add_argument(f"--{name}passphrase-file", required=True, type=Path, metavar="FICHIER", help="sa phrase")
    rotate.add_argument(
        "--out", required=True, type=Path, metavar="FICHIER", help="rotations.json ; complété s’il existe"
    )
    rotate.set_defaults(run=_rotate_root)

    commit = actions.add_parser("commit", help="engager les badges délivrés depuis la dernière fois (chaque jour)")
    commit.set_defaults(run=_commit)


def _sign(arguments: Namespace) -> None:
    _sign_now(deployment_of(arguments))


def _sign_now(deployment: Deployment) -> None:
    made = deployment.sign_trust_list()
    print(
        f"Liste de confiance n° {made.version} signée : {len(made.structures)} structures, "
        f"{len(made.catalogue)} versions de badges.\nÀ signer de nouveau avant le {made.next_update:%d/%m/%Y}."
    )


def _export(arguments: Namespace) -> None:
    text = deployment_of(arguments).trust_text()
    if text is None:
        raise Misuse("Une liste de confiance était attendue ; il n’y en a pas.", advice="Faites : badges trust sign")
    _deliver(arguments.file, text)


def _bundle(arguments: Namespace) -> None:
    _deliver(arguments.file, deployment_of(arguments).bundle())


def _check(arguments: Namespace) -> int:
    deployment = deployment_of(arguments)
    text = deployment.trust_text() if arguments.file is None else _read(arguments.file)
    if text is None:
        raise Misuse("Une liste de confiance était attendue ; il n’y en a pas.", advice="Faites : badges trust sign")
    findings = check(text, arguments.root or deployment.root, deployment.clock.now())
    for finding in findings:
        print(f"{finding.level.capitalize()} : {finding.message}")
    return 1 if any(finding.level == "erreur" for finding in findings) else 0


def _recognise(arguments: Namespace) -> None:
    deployment = deployment_of(arguments)
    known = {speaker.structure.id: speaker.structure.name for speaker in deployment.issuer.list_profiles()}
    if arguments.structure not in known:
        raise Misuse(
            f"Une structure qui a une clé était attendue ; « {arguments.structure} » n’en a pas.",
            advice="« badges keys list » donne les structures qui signent.",
        )
    decision = Recognised(
        structure=arguments.structure,
        name=arguments.name or known[arguments.structure],
        families=tuple(arguments.families),
        valid_from=arguments.valid_from,
        valid_until=arguments.valid_until,
    )
    _decide(deployment, lambda present: present.with_(decision))


def _end(arguments: Namespace) -> None:
    _decide(
        deployment_of(arguments), lambda present: present.ended(arguments.structure, arguments.status, arguments.since)
    )


def _remove(arguments: Namespace) -> None:
    _decide(deployment_of(arguments), lambda present: present.without(arguments.structure))


def _decide(deployment: Deployment, change: Callable[[Recognitions], Recognitions]) -> None:
    present = Recognitions.read(deployment.home.recognised)
    change(present).write(deployment.home.recognised)
    _sign_now(deployment)


def _delegate(arguments: Namespace) -> None:
    if not 1 <= arguments.days <= LONGEST_DELEGATION:
        raise Misuse(
            f"Une durée de 1 à {LONGEST_DELEGATION} jours était attendue ; {arguments.days} a été trouvé.",
            advice="Un an et un mois suffisent : la délégation se refait chaque année.",
        )
    list_pem = _public_pem(arguments.list_key)
    root = _root_signer(arguments.root_keys, arguments.passphrase_file)
    now = SystemClock().now().replace(microsecond=0)
    text = sign_delegation(
        root,
        list_pem,
        serial=arguments.serial,
        valid_from=now,
        valid_until=now + timedelta(days=arguments.days),
    )
    write_whole(arguments.out, text)
    print(
        f"Délégation n° {arguments.serial} écrite, bonne {arguments.days} jours.\n"
        f"Empreinte de la racine : {fingerprint(root.public_pem)}\n"
        f"Empreinte de la clé de liste : {fingerprint(list_pem)}"
    )


def _rotate_root(arguments: Namespace) -> None:
    old = _root_signer(arguments.old_root_keys, arguments.old_passphrase_file)
    new = _root_signer(arguments.root_keys, arguments.passphrase_file)
    if old.public_pem == new.public_pem:
        raise Misuse(
            "Deux racines étaient attendues ; la même a été trouvée deux fois.",
            advice="Faites la nouvelle dans un autre dossier : badges keys --keys DOSSIER create --purpose root",
        )
    rotation = sign_rotation(old, new, on=SystemClock().now())
    write_rotations(arguments.out, (*read_rotations(arguments.out), rotation))
    print(
        f"Changement de racine signé par les deux.\nAncienne empreinte : {fingerprint(old.public_pem)}\n"
        f"Nouvelle empreinte : {fingerprint(new.public_pem)}\n"
        "À faire maintenant : une délégation par la nouvelle racine (badges trust delegate)."
    )


def _root_signer(folder: Path, passphrase_file: Path) -> Signer:
    keyring = Keyring(folder, passphrase_from_file(passphrase_file))
    entry = keyring.active("root")
    if entry is None:
        raise Misuse(
            f"Une clé racine était attendue dans « {folder} » ; il n’y en a pas.",
            advice="Faites-la, hors ligne : badges keys --keys DOSSIER create --purpose root",
        )
    return keyring.signer(entry.id, purpose="root")


def _public_pem(path: Path) -> str:
    try:
        return load_public_key(_read(path)).pem
    except KeyRefused as refused:
        raise Misuse(
            f"Une clé publique RSA, P-256 ou Ed25519 en PEM était attendue dans « {path} » ; autre chose a été trouvé "
            f"({refused.code}).",
            advice="« badges keys export DOSSIER », sur le service, écrit celle de la liste.",
        ) from None


def _commit(arguments: Namespace) -> None:
    print(f"{deployment_of(arguments).commit_awards()} badges engagés.")


def _deliver(path: Path, text: str) -> None:
    if str(path) == "-":
        sys.stdout.write(text + "\n")
    else:
        write_whole(path, text)
        print(path)


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(
            f"Un fichier lisible était attendu, « {path} » ne l’est pas "
            f"({getattr(error, 'strerror', 'autre contenu')}).",
            advice="Vérifiez le nom du fichier, et qu’il a été copié tel quel.",
        ) from None


def _day(text: str) -> date:
    return date.fromisoformat(text)
