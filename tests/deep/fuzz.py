"""One entry point under any bytes, guided by what the code does with them: ``python -m tests.deep.fuzz --help``.

:data:`TARGETS` says of each what must hold whatever comes in; the rest of the file runs them under libFuzzer. What is
wrong is an assertion, or an exception that the entry point did not promise; the bytes are kept in
``tests/vectors/fuzzing/<target>``, and every ``make test`` asks about them again.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "vectors"
KEPT = VECTORS / "fuzzing"
MAX_LENGTH = 64 * 1024


def a_png(data: bytes) -> None:
    """Refused in words, or the badge in it can be read, replaced and read again, and no other byte is touched."""
    from badges.errors import CarrierRefused, NotBaked
    from badges.openbadges import png

    try:
        carrier = png.extract(data)
    except (CarrierRefused, NotBaked):
        return
    assert png.extract(png.bake(data, carrier.text)).text == carrier.text


def an_svg(data: bytes) -> None:
    """The same, for the other kind of picture."""
    from badges.errors import CarrierRefused, NotBaked
    from badges.openbadges import svg

    try:
        carrier = svg.extract(data)
    except (CarrierRefused, NotBaked):
        return
    try:
        again = svg.bake(data, carrier.text)
    except CarrierRefused:
        return  # what cannot be written in XML, or would be too long, is refused in words too
    assert svg.extract(again).text == carrier.text


def a_token(data: bytes) -> None:
    """Refused in words, or spelled in the only way there is, and signed by nobody but who signed it."""
    from badges.errors import JwsRefused, SignatureInvalid
    from badges.openbadges import jws

    text = data.decode("latin-1")
    try:
        token = jws.read_unverified(text)
    except JwsRefused:
        return
    _, payload, signature = text.split(".")
    assert [_base64(token.payload), _base64(token.signature)] == [payload, signature]
    honest, key = _vector()
    try:
        jws.verify(token, key)
    except (JwsRefused, SignatureInvalid):
        assert text != honest
    else:
        assert text == honest


def a_json(data: bytes) -> None:
    """Refused in words, or read as every other reader would, and as it is read again once written."""
    from badges.errors import DocumentRefused
    from badges.openbadges import strict_json

    try:
        value = strict_json.loads(data)
    except DocumentRefused:
        return
    assert value == json.loads(data.decode("utf-8"))
    assert strict_json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8")) == value


def anything(data: bytes) -> None:
    """The verifier answers, never by a defect of its own, and *valid* to nothing but the badge that was signed."""
    _ask_the_verifier(data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "png": a_png,
    "svg": an_svg,
    "jws": a_token,
    "json": a_json,
    "verifier": anything,
}


def seeds(target: str) -> dict[str, bytes]:
    """Where the search begins: our own vectors, in the forms that this entry point reads, and what was found before."""
    from badges.catalogue.picture import encode_template
    from badges.openbadges import png, svg

    folder = VECTORS / "0001"
    token = (folder / "token.jws").read_bytes().strip()
    small = encode_template([(0, 0, 0), (255, 255, 255)] * 8, bytes(300), 1)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
    attribute = (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="http://openbadges.org"><o:assertion verify="%s"/></svg>'
    )
    every: dict[str, dict[str, bytes]] = {
        "png": {"baked": png.bake(small, "a.b.c"), "bare": small, "signed": png.bake(small, token.decode())},
        "svg": {"baked": svg.bake(drawing, "a.b.c"), "bare": drawing, "attribute": attribute % b"https://a.example/"},
        "jws": {"signed": token},
        "json": {
            "definition": (folder / "definition.json").read_bytes(),
            "record": (folder / "record.json").read_bytes(),
        },
    }
    every["verifier"] = {f"{name}-{form}": data for name, forms in every.items() for form, data in forms.items()}
    kept = sorted((KEPT / target).glob("*")) if (KEPT / target).is_dir() else []
    return every[target] | {file.name: file.read_bytes() for file in kept}


@cache
def _vector() -> tuple[str, Any]:
    from badges.openbadges.jws import load_public_key

    folder = VECTORS / "0001"
    return (folder / "token.jws").read_text().strip(), load_public_key((folder / "public.pem").read_text())


def _ask_the_verifier(data: bytes) -> None:
    report = _verifier().verify(data)
    assert all(check.code != "unexpected" for check in report.checks), report.checks[0].details
    json.dumps(report.to_json(), allow_nan=False).encode("utf-8")
    assert report.verdict != "valid", "nobody is trusted and nothing can be fetched: nothing can be known to be valid"


@cache
def _verifier() -> Any:
    from datetime import UTC, datetime

    from badges.clock import FixedClock
    from badges.verify.fetcher import NoNetwork
    from badges.verify.verifier import Policy, Verifier

    return Verifier(NoNetwork(), FixedClock(datetime(2026, 11, 20, tzinfo=UTC)), Policy(None))


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def with_checksums_repaired(data: bytes) -> bytes:
    """A PNG whose chunks have their CRC again, as far as they can be followed: else no change would get past it."""
    from zlib import crc32

    changed, position = bytearray(data), 8
    while position + 12 <= len(changed):
        length = int.from_bytes(changed[position : position + 4], "big")
        end = position + 8 + length
        if end + 4 > len(changed):
            break
        changed[end : end + 4] = crc32(changed[position + 4 : end]).to_bytes(4, "big")
        position = end + 4
    return bytes(changed)


def main(words: list[str]) -> None:
    """Never returns: libFuzzer ends the process, with 0 when nothing was found."""
    import atheris  # type: ignore[import-not-found, unused-ignore]

    parser = argparse.ArgumentParser(prog="python -m tests.deep.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--corpus", type=Path, required=True, help="grows from run to run")
    asked = parser.parse_args(words)

    with atheris.instrument_imports(include=["badges"]):
        import badges.catalogue.picture
        import badges.openbadges.jws
        import badges.openbadges.png
        import badges.openbadges.strict_json
        import badges.openbadges.svg
        import badges.verify.verifier  # noqa: F401
    asked.corpus.mkdir(parents=True, exist_ok=True)
    (KEPT / asked.target).mkdir(parents=True, exist_ok=True)
    for name, data in seeds(asked.target).items():
        (asked.corpus / f"seed-{name}").write_bytes(data)

    def change(data: bytes, max_size: int, seed: int) -> bytes:
        changed = bytes(atheris.Mutate(data, max_size))
        return with_checksums_repaired(changed)[:max_size] if seed % 4 else changed

    options = [f"-max_total_time={asked.seconds}", f"-seed={asked.seed}", f"-max_len={MAX_LENGTH}", "-timeout=10"]
    options += [f"-artifact_prefix={KEPT / asked.target}/", "-rss_limit_mb=1024", "-print_final_stats=1"]
    reads_pictures = asked.target in ("png", "verifier")
    atheris.Setup(
        [sys.argv[0], *options, str(asked.corpus)],
        TARGETS[asked.target],
        **({"custom_mutator": change} if reads_pictures else {}),
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
