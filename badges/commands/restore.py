"""``badges restore``: a service made again from a backup, in a folder where there is none; or only tried."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..arguments import Parser
from . import add_home
from .backup import in_words


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("file", type=Path, metavar="FICHIER", help="la sauvegarde")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FICHIER",
        help="le dernier paquet hors ligne publié : ce qui y est retiré le reste",
    )
    parser.add_argument("--verify", action="store_true", help="essayer seulement : tout relire, et ne rien garder")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> int:
    from ..backup import require_empty, restore, unpack
    from ..deployment import Deployment
    from ..keyring import Keyring
    from ..settings import Home, read_settings
    from . import doctor

    asked = read_settings(arguments.home)
    if not arguments.verify:
        require_empty(asked.place)
    passphrase = asked.read_passphrase()
    # Beside the home, where there is room for it, and not in a folder that others share.
    beside = asked.place.folder.parent
    beside.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=beside, prefix=".badges-restore-") as name:
        folder = Path(name)
        contents = unpack(arguments.file, passphrase, folder)
        home = Home(folder / "try") if arguments.verify else asked.place
        settings = read_settings(folder / "home").model_copy(update={"home": home.folder})
        if arguments.verify:
            settings = settings.model_copy(update={"database_url": ""})
        restore(folder, contents, home, settings.store)
        print(f"Sauvegarde du {contents.made_at} : {in_words(contents.rows)}")
        deployment = arguments.deployment = Deployment(settings)
        deployment.keyring = Keyring(home.keys, lambda: passphrase)
        if forgotten := deployment.replay_erasures():
            print(f"{forgotten} personnes effacées depuis étaient revenues : effacées à nouveau.")
        if arguments.bundle:
            known, unknown = deployment.withdraw_again(arguments.bundle.read_text("ascii", errors="replace"))
            print(f"{known} badges retirés dans ce paquet hors ligne le sont ici.")
            if unknown:
                print(f"{unknown} autres y sont retirés et ne sont pas dans la sauvegarde : délivrés depuis.")
        worst = doctor.tell(deployment)
        deployment.close()
    if arguments.verify:
        print("Rien n’a été gardé de cet essai." if not worst else "Cette sauvegarde ne se tient pas.")
    else:
        print(f"Remise en place dans {home.folder}. Ce qui s’est passé depuis la sauvegarde n’y est pas :")
        print("  mettez la phrase des clés à sa place, redélivrez ce qui manque, puis : badges trust sign")
    return worst
