"""``badges restore``: a service made again from a backup, in a folder where there is none; or only tried."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

from ..arguments import Parser
from ..errors import Misuse
from . import add_home
from .backup import in_words

if TYPE_CHECKING:
    from ..settings import Home


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("file", type=Path, metavar="FICHIER", help="la sauvegarde")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FICHIER",
        help="le dernier paquet hors ligne du réseau : ce qui y est retiré le reste",
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
    bundle = arguments.bundle.read_text("ascii", errors="replace") if arguments.bundle else None
    passphrase = asked.read_passphrase()
    with _a_folder(asked.place, only_tried=arguments.verify) as folder:
        contents = unpack(arguments.file, passphrase, folder)
        home = Home(folder / "try") if arguments.verify else asked.place
        settings = read_settings(folder / "home").model_copy(update={"home": home.folder})
        if (settings.base_url, settings.root) != (contents.base_url, contents.root):
            raise Misuse(
                "Les réglages du jour de la sauvegarde étaient attendus : "
                f"base_url « {contents.base_url} », root « {contents.root} » ; d’autres ont été trouvés.",
                advice="Ils n’étaient pas dans settings.toml : donnez BADGES_BASE_URL et BADGES_ROOT comme ce jour-là.",
            )
        if arguments.verify:
            settings = settings.model_copy(update={"database_url": ""})
        deployment = arguments.deployment = Deployment(settings)
        deployment.keyring = Keyring(home.keys, lambda: passphrase)
        published = deployment.read_bundle(bundle) if bundle else None
        deployment.check_erasures()
        restore(folder, home, settings.store, contents.shape)
        forgotten = deployment.replay_erasures()
        if bundle and published:
            deployment.follow(bundle, published)
            withdrawn = deployment.withdraw_again(published)
        print(f"Sauvegarde du {contents.made_at} : {in_words(contents.rows)}")
        if forgotten:
            print(f"{forgotten} personnes effacées depuis étaient revenues : effacées à nouveau.")
        worst = doctor.tell(deployment)
        if published:
            print(f"{withdrawn[0]} badges retirés dans ce paquet hors ligne le sont ici.")
            if withdrawn[1]:
                print(f"{withdrawn[1]} autres y sont retirés et ne sont pas dans la sauvegarde : délivrés depuis.")
            for key in deployment.keys_compromised_since(published):
                print(f"{doctor.BAD:8} Clés : {key}, compromise depuis, signe encore ici : badges keys compromise")
                worst = 1
        deployment.close()
    if arguments.verify:
        print("Cette sauvegarde ne se tient pas." if worst else "Rien n’a été gardé de cet essai.")
    else:
        print(f"Remise en place dans {home.folder}. Ce qui s’est passé depuis la sauvegarde n’y est pas. À revoir :")
        print("  avant badges trust sign, les clés compromises et les reconnaissances closes depuis ;")
        print("  les jetons des programmes, les départs, les mots de passe ; ce qui manque est à redélivrer.")
    return worst


@contextmanager
def _a_folder(home: Home, *, only_tried: bool) -> Iterator[Path]:
    """A place for the parts, where there is room and nobody looks; gone at the end, however it ends."""
    is_ours = not only_tried and not home.folder.exists()
    if is_ours:
        home.folder.mkdir(mode=0o700, parents=True)
    inside = home.folder if home.folder.is_dir() else Path(gettempdir())
    before = None
    if threading.current_thread() is threading.main_thread():
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with TemporaryDirectory(dir=inside, prefix=".badges-restore-") as name:
            yield Path(name)
    finally:
        if is_ours:
            with suppress(OSError):  # as empty as we made it
                home.folder.rmdir()
        if before is not None:
            signal.signal(signal.SIGTERM, before)
