"""``badges demo``: fill an empty home with the whole demonstration, and say what is in it."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from ..arguments import Parser
from ..demo import fill


def arguments(parser: Parser) -> None:
    parser.add_argument("--home", type=Path, required=True, metavar="DOSSIER", help="un dossier vide")
    parser.add_argument("--base-url", default="http://127.0.0.1:8000", metavar="URL", help="l’adresse où il sera servi")
    parser.add_argument("--json", action="store_true", help="un objet JSON, pour un programme")
    parser.set_defaults(run=_run)


def _run(arguments: Namespace) -> None:
    made = fill(arguments.home, arguments.base_url.rstrip("/"), say=lambda line: print(line, file=sys.stderr))
    print(json.dumps(made, ensure_ascii=False, indent=2) if arguments.json else _in_words(made, arguments.home))


def _in_words(made: dict[str, Any], home: Path) -> str:
    person, link = next(iter(made["worker_links"].items()))
    holder, card = next(iter(made["worker_cards"].items()))
    slug, badge = next(iter(made["badges"].items()))
    return f"""
Démonstration prête. Toutes les données sont fictives.

  Les critères              {made["base_url"]}/criteres
  La page d’une personne    {link}   ({person})
  … avec un code            {card["link"]}   ({holder}, code {card["code"]})
  Vérifier un badge         {made["base_url"]}/verifier
  Un fichier à y déposer    {badge}   ({slug})
    … un badge retiré       {made["revoked"]}
    … un badge expiré       {made["expired"]}
    … émetteur non reconnu  {made["unrecognised"]}
  L’espace de l’équipe      {made["base_url"]}/equipe
{_staff(made)}
  L’API                     {made["base_url"]}/api/docs
  Un jeton pour l’API       {made["api_token"]}

  En ligne de commande      badges verify {badge} --trust {made["trust"]} --root {made["root"]}
  Le service arrêté         badges verify {badge} --offline --bundle {made["bundle"]} --root {made["root"]}
  Tout ce qui est dedans    {home}
"""


def _staff(made: dict[str, Any]) -> str:
    """Each role's own way in."""
    return "\n".join(f"    {role:<22}  {who['email']:<42} {who['password']}" for role, who in made["staff"].items())
