"""The command ``badges``: finds the word, imports that one command and nothing else, and ends as promised.

0 when done, 2 on misuse, 1 when refused; ``verify`` has codes of its own (design, "Commands"). A refusal is a
sentence and what to do now, never a traceback.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from . import __version__
from .arguments import MISUSE, Parser

COMMANDS = {
    "serve": "ouvrir le service",
    "demo": "remplir un dossier vide avec toute la démonstration",
    "award": "délivrer un badge, ou cinquante",
    "verify": "vérifier un badge",
    "structures": "les structures qui délivrent, leur équipe, leurs programmes",
    "keys": "les clés qui signent",
    "criteria": "les critères : contrôler, publier, comparer",
    "trust": "la liste de confiance",
    "backup": "sauvegarder tout le service dans un fichier scellé",
    "restore": "remettre en place une sauvegarde, ou l’essayer",
    "doctor": "contrôler que tout ce qui est enregistré se tient",
    "retention": "effacer les données de travail arrivées à leur terme, après l’avoir annoncé",
    "stats": "compter les badges délivrés, sans personne",
}


def main(argv: list[str] | None = None) -> int:
    """Run one command and return what the process ends with."""
    words = sys.argv[1:] if argv is None else argv
    if words and words[0] == "verify":
        # Apart, because it must start fast: it imports no web framework, no pydantic, no Pillow.
        with _nothing_thrown_away(alone=argv is None):
            from .verify.command import main as verify
        return verify(words[1:])
    parser = _parser(words[0] if words else "")
    arguments = parser.parse_args(words)
    from .errors import BadgesError, Misuse

    try:
        return int(arguments.run(arguments) or 0)
    except Misuse as refusal:
        return _say(refusal, MISUSE)
    except BadgesError as refusal:
        return _say(refusal, 1)
    except BrokenPipeError:
        return 0
    except OSError as error:
        named = f"« {error.filename} » ne l’est pas " if error.filename else ""
        print(f"Un fichier ou un dossier utilisable était attendu ; {named}({error.strerror}).", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        if "deployment" in arguments:
            arguments.deployment.close()


def _parser(wanted: str) -> Parser:
    parser = Parser(prog="badges", description="Délivrer et vérifier des badges dont chacun peut rejouer les critères.")
    parser.add_argument("--version", action="version", version=f"badges {__version__}", help="montrer la version")
    commands = parser.add_subparsers(title="Commandes", metavar="COMMANDE", dest="command", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        if name == wanted:
            module: Any = import_module(f"badges.commands.{name}")
            module.arguments(command)
    return parser


@contextmanager
def _nothing_thrown_away(*, alone: bool) -> Iterator[None]:
    """What a command imports stays until its end: looking for garbage in it would be a tenth of a cold start.

    ``alone`` in its process; in another program's, its garbage is its own business.
    """
    if not alone:
        yield
        return
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _say(refusal: Any, code: int) -> int:
    print(refusal.message, file=sys.stderr)
    if refusal.advice:
        print(refusal.advice, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
