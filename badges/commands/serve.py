"""``badges serve``: open the service on this machine. One process is enough for a network on SQLite."""

from __future__ import annotations

import gc
from argparse import Namespace

from ..arguments import Parser
from ..errors import Misuse
from ..settings import read_settings
from . import add_home


def arguments(parser: Parser) -> None:
    add_home(parser)
    parser.add_argument("--port", type=int, default=8000, help="le port (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="l’adresse d’écoute (127.0.0.1 : cette machine seulement)")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    import uvicorn

    from ..app import create_app
    from ..deployment import Deployment

    settings = read_settings(arguments.home)
    if not settings.place.folder.is_dir():
        raise Misuse(
            f"Le dossier d’un service était attendu, « {settings.place.folder} » n’existe pas.",
            advice="Pour essayer : badges demo --home DOSSIER. Pour ouvrir un vrai service : docs/mise-en-service.md.",
        )
    settings.require_legal()
    deployment = Deployment(settings)
    deployment.keyring.require_private()
    if forgotten := deployment.replay_erasures():
        print(f"{forgotten} personnes effacées étaient revenues d’une sauvegarde : effacées à nouveau.", flush=True)
    deployment.close()
    app = create_app(settings)
    # What was loaded at the start stays until the end: looking through it again and again would only cost time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    print(f"Le service est ouvert : {settings.base_url} (Ctrl+C pour l’arrêter).", flush=True)
    uvicorn.run(
        app,
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
