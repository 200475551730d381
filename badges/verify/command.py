"""``badges verify``: one sentence first, then who, what and when; ``-v`` unfolds every check.

It must start fast: what it does not need for this one file it does not import (no web framework, no pydantic, no
Pillow; the network only when it asks). Exit codes are a contract (design, §4): 0 yes, 1 no, 3 not known, 4 partly;
2 when the command was not understood.
"""

from __future__ import annotations

import json
import os
import re
import sys
from argparse import Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO
from urllib.parse import urlsplit

from ..arguments import MISUSE, Parser
from ..clock import Clock, SystemClock
from ..errors import BadgesError, FetchError, Misuse, TrustError
from ..openbadges.primitives import is_of_the_web
from .archive import Given, holds_others, unpack
from .fetcher import Fetcher, NoNetwork, SafeFetcher
from .reading import is_receipt
from .report import EXIT_CODES, GRAVEST_FIRST, Report
from .verifier import Policy, Verifier
from .wording import CHECK_NAMES, date_in_words

if TYPE_CHECKING:
    from ..trust import Bundle, Trusted

MAX_FILE = 5 * 1024 * 1024
MAX_ARCHIVE = 20 * 1024 * 1024
MAX_TRUST = 32 * 1024 * 1024

_SIGNS = {"passed": "✓", "failed": "✗", "unknown": "?", "not_applicable": "–"}
_EPILOGUE = """Fin de la commande :
  0  oui : authentique, délivré par une structure reconnue, critères remplis
  1  non : faux, abîmé, retiré, expiré, ou pas un badge
  3  on ne sait pas : quelque chose n'a pas pu être établi
  4  en partie : authentique, mais structure non reconnue, ou critères non remplis ou non dits
Plusieurs fichiers : le pire, dans l'ordre 1, 3, 4, 0.
Un reçu de vérification (.receipt.jws) n'est pas un badge : authentique, il finit par 4, ou par 0 avec --receipt."""


def main(
    argv: list[str],
    *,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
    stdin: BinaryIO | None = None,
    environment: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    fetcher: Fetcher | None = None,
) -> int:
    """Verify what ``argv`` names and return what the process ends with."""
    asked = _parser().parse_args(argv)
    out, told = _writable(stdout or sys.stdout), _writable(stderr or sys.stderr)
    try:
        code = _main(asked, out, told, stdin, environment, clock or SystemClock(), fetcher)
        out.flush()
        return code
    except BrokenPipeError:  # whoever read has read enough; Python must not try to write the rest at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:  # Python ends with 1, which says that a badge is false
        told.write(f"On ne sait pas : le programme a rencontré une difficulté ({type(error).__name__}).\n")
    return EXIT_CODES["unknown"]


def _main(
    asked: Namespace,
    out: TextIO,
    told: TextIO,
    stdin: BinaryIO | None,
    environment: Mapping[str, str] | None,
    clock: Clock,
    fetcher: Fetcher | None,
) -> int:
    try:
        trust, bundle = _read_trust(asked, os.environ if environment is None else environment, clock, fetcher)
        verifier = _verifier(asked, trust, bundle, clock, fetcher)
        given = [each for name in asked.files for each in _given(name, stdin)]
    except Misuse as refusal:
        return _tell(refusal, told, MISUSE)
    except (TrustError, FetchError) as refusal:
        told.write("On ne sait pas : la liste de confiance n’a pas pu être lue ou crue.\n")
        return _tell(refusal, told, EXIT_CODES["unknown"])
    codes = []
    for name, packed in given:
        item = packed.taken()
        data = item.data
        if asked.receipt or is_receipt(data):
            codes.append(_verify_receipt(asked, name if len(given) > 1 else "", data, verifier, clock, out))
            continue
        if item.refused is not None:
            report = verifier.refuse(data, item.refused, name=item.name)
        else:
            report = verifier.verify(data, asked.recipient, name=item.name, inside=item.inside)
        codes.append(report.exit_code)
        if asked.json:
            json.dump(report.to_json(), out)  # in ASCII: no terminal and no locale changes what a program reads
            out.write("\n")
        else:
            lines = [*([name] if len(given) > 1 else []), *_in_words(report, unfolded=asked.verbose)]
            out.writelines(f"{_one_line(line)}\n" for line in lines)
            out.write("\n" if len(given) > 1 else "")
    return next(EXIT_CODES[each] for each in GRAVEST_FIRST if EXIT_CODES[each] in codes)


def _verify_receipt(asked: Namespace, name: str, data: bytes, verifier: Verifier, clock: Clock, out: TextIO) -> int:
    """A receipt is told as a receipt. It ends with 0 only for who asked for one: 0 says that a badge is good."""
    from .receipt import in_words, read_receipt

    finding = read_receipt(data.decode("ascii", "replace"), verifier.policy.trusted, clock.now())
    if asked.json:
        json.dump(finding.to_json(), out)
        out.write("\n")
    else:
        out.writelines(f"{_one_line(line)}\n" for line in ([name] if name else []) + in_words(finding))
    return EXIT_CODES["yes"] if asked.receipt and finding.outcome == "genuine" else finding.exit_code


def _parser() -> Parser:
    parser = Parser(
        prog="badges verify",
        description="Vérifier un badge : est-il authentique, de qui, encore bon, ses critères sont-ils remplis ?",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FICHIER", help="PNG, SVG, PDF, JWS, JSON, ZIP ou adresse ; - : l’entrée"
    )
    parser.add_argument("--recipient", metavar="E-MAIL", help="est-ce le badge de cette personne ?")
    parser.add_argument("--trust", metavar="FICHIER|ADRESSE", help="la liste de confiance du réseau")
    parser.add_argument("--root", metavar="EMPREINTE", help="l’empreinte de la clé racine du réseau")
    parser.add_argument("--bundle", metavar="FICHIER", help="le dossier hors ligne du réseau")
    parser.add_argument("--offline", action="store_true", help="ne rien demander au réseau informatique")
    parser.add_argument("--receipt", action="store_true", help="c'est un reçu de vérification qui est attendu")
    parser.add_argument("--json", action="store_true", help="un rapport JSON par ligne")
    parser.add_argument("-v", "--verbose", action="store_true", help="montrer chaque point examiné")
    parser.epilog = _EPILOGUE
    parser.formatter_class = RawDescriptionHelpFormatter
    return parser


# -- whom to trust -----------------------------------------------------------------------------------------------


def _read_trust(
    asked: Namespace, environment: Mapping[str, str], clock: Clock, fetcher: Fetcher | None
) -> tuple[Trusted | None, Bundle | None]:
    """The list and the bundle that were named, else the list of the service's own folder; None: nobody yet."""
    home = Path(environment["BADGES_HOME"]) if environment.get("BADGES_HOME") else None
    source = asked.trust
    if source is None and asked.bundle is None and home is not None and (home / "trust.jws").is_file():
        source = str(home / "trust.jws")
    if source is None and asked.bundle is None:
        return None, None
    root = asked.root or environment.get("BADGES_ROOT") or _root_in_settings(home)
    if not root:
        raise Misuse(
            "L’empreinte de la clé racine du réseau était attendue (--root) ; aucune n’a été trouvée.",
            advice="Le réseau la publie ; sans elle, n’importe qui pourrait écrire une liste de confiance.",
        )
    from ..trust import read_bundle, read_trust

    now = clock.now()
    trust = read_trust(_trust_text(source, asked.offline, fetcher), root, now) if source else None
    bundle = read_bundle(_text_of(Path(asked.bundle)), root, now) if asked.bundle else None
    return trust, bundle


def _root_in_settings(home: Path | None) -> str:
    """The ``root`` of the service's settings, read alone: loading all settings would cost more than verifying."""
    file = home / "settings.toml" if home else None
    if file is None or not file.is_file():
        return ""
    import tomllib

    return str(tomllib.loads(file.read_text("utf-8")).get("root", ""))


def _trust_text(source: str, offline: bool, fetcher: Fetcher | None) -> str:
    if not is_of_the_web(source):
        return _text_of(Path(source))
    if offline:
        raise Misuse("Avec --offline, --trust doit nommer un fichier ; une adresse a été trouvée.")
    # The reader chose this address; it opens no other. The root decides whether the list is believed.
    parts = urlsplit(source)
    fetcher = fetcher or SafeFetcher([f"{parts.scheme}://{parts.netloc}"])
    answer = fetcher.get(source, "application/jose, text/plain", MAX_TRUST)
    if answer.status != 200:
        raise FetchError(
            f"Une réponse 200 de « {source} » était attendue ; {answer.status} a été trouvé.",
            code="fetch_status",
            advice="Vérifiez l’adresse de la liste, ou réessayez plus tard.",
        )
    return _decoded(answer.body, source)


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return _decoded(opened.read(MAX_TRUST + 1), str(file))
    except OSError as error:
        raise Misuse(f"Un fichier lisible était attendu, « {file} » ne l’est pas ({error.strerror}).") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("ascii").strip()
    except UnicodeDecodeError:
        raise TrustError(
            f"Un texte signé était attendu dans « {name} » ; d’autres octets ont été trouvés.",
            code="trust_malformed",
            advice="Donnez le fichier que le réseau publie, tel quel.",
        ) from None


def _verifier(
    asked: Namespace, trust: Trusted | None, bundle: Bundle | None, clock: Clock, fetcher: Fetcher | None
) -> Verifier:
    policy = Policy(trust, bundle, offline=asked.offline)
    trusted = policy.trusted
    if fetcher is None:
        fetcher = NoNetwork() if asked.offline else SafeFetcher(trusted.list.allowed_origins if trusted else ())
    return Verifier(fetcher, clock, policy)


def _given(name: str, stdin: BinaryIO | None) -> list[tuple[str, Given]]:
    """What one word of the command gives, with the name it is told under: each file of an archive, else itself."""
    item = Given(_read(name, stdin), None if name == "-" else Path(name).name)
    if not holds_others(item.data):
        return [(name, item)]
    return [(name if each.data is item.data else f"{name} : {each.name}", each) for each in unpack([item])]


def _read(name: str, stdin: BinaryIO | None) -> bytes:
    """What a word of the command names: standard input, an address, a file, or the token itself."""
    if name == "-":
        return _read_whole(stdin or sys.stdin.buffer)
    if is_of_the_web(name):
        return name.encode()
    file = Path(name)
    try:
        with file.open("rb") as opened:
            return _read_whole(opened)
    except OSError as error:
        if name.startswith("eyJ") and name.count(".") == 2:
            return name.encode()
        raise Misuse(
            f"Un fichier lisible était attendu, « {name[:200]} » ne l’est pas ({error.strerror}).",
            advice="Vérifiez le nom du fichier ; une adresse commence par https://.",
        ) from None


def _read_whole(opened: BinaryIO) -> bytes:
    """One byte more than a badge may have, so that the verifier can say that it is too large; an archive may be."""
    data = opened.read(MAX_FILE + 1)
    return data + opened.read(MAX_ARCHIVE - MAX_FILE) if len(data) > MAX_FILE and holds_others(data) else data


# -- what a terminal is given ------------------------------------------------------------------------------------

_NOT_SHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
"""What would write a line of its own, move the cursor, turn the direction of writing, or cannot be written."""


def _one_line(text: str) -> str:
    """Names are a stranger's: a badge named « X⏎Oui : ce badge est authentique » must not answer for us."""
    return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", text)


def _writable(stream: TextIO) -> TextIO:
    """The same stream, which writes « ? » where its encoding has no such letter."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    return stream


# -- in words ----------------------------------------------------------------------------------------------------


def _in_words(report: Report, *, unfolded: bool) -> list[str]:
    said = report.to_json()
    lines = [said["headline"]["fr"]]
    if said["badge"]:
        lines += _facts(report, said["badge"], said["criteria"])
    else:
        lines += dict.fromkeys(reason.advice["fr"] for reason in report.conclusion.reasons)
    picture = report.require("picture")
    if picture.outcome == "failed":
        lines.append(picture.message["fr"])
    lines += [f"  Lu {_age(source, report.verified_at)} : {source.url}" for source in report.sources]
    if unfolded:
        lines.append("")
        for check in report.checks:
            lines.append(
                f"{_SIGNS[check.outcome]} {CHECK_NAMES[check.check].fr} : {check.message['fr']} [{check.code}]"
            )
            if check.outcome in ("failed", "unknown") and check.code != "not_reached":
                lines += [f"    {check.technical['fr']}", f"    → {check.advice['fr']}"]
        lines += [f"Ce fichier ne peut pas dire {told['fr']}." for told in said["not_checked"]]
    return lines


def _facts(report: Report, badge: dict[str, object], criteria: dict[str, object]) -> Iterable[str]:
    verified = report.verified
    assert verified is not None
    yield f"  Badge      {badge['name'] or badge['badge_class']}" + (
        f" (version {badge['version']})" if badge["version"] else ""
    )
    yield f"  Structure  {report.issuer.name or report.issuer.id} — {report.require('recognition').message['fr']}"
    end = verified.assertion.expires
    yield f"  Délivré    le {date_in_words(verified.assertion.issued_on).fr}" + (
        f", valable jusqu’au {date_in_words(end).fr}" if end else ", sans date de fin"
    )
    yield f"  Retrait    {report.require('revocation').message['fr']}"
    yield f"  Critères   {report.require('criteria').message['fr']}"
    for reason in report.conclusion.reasons:
        yield f"  À faire    {reason.advice['fr']}"
    yield "  Ce badge n’est ni un diplôme, ni un CQP, ni un CACES, ni un certificat de santé."


def _age(source: object, now: datetime) -> str:
    age: timedelta = now - source.fetched_at  # type: ignore[attr-defined]
    if age < timedelta(minutes=2):
        return "à l’instant"
    if age < timedelta(hours=2):
        return f"il y a {age.seconds // 60} minutes"
    if age < timedelta(days=2):
        return f"il y a {int(age.total_seconds()) // 3600} heures"
    return f"il y a {age.days} jours"


def _tell(refusal: BadgesError, told: TextIO, code: int) -> int:
    told.writelines(f"{_one_line(line)}\n" for line in (refusal.message, refusal.advice) if line)
    return code
