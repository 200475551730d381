"""A paper is made again each time it is asked for: the bytes must not depend on when, where or beside what."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from badges.paper.language import FRENCH
from tests.paper.papers import PAPERS, printed

ROOT = Path(__file__).resolve().parents[2]

IN_ANOTHER_PROCESS = """
import hashlib, json, sys
from badges.paper.facts import Card, Receipt, ReceiptResult
from tests.paper.papers import a_card, a_receipt, a_press, the_catalogue, ISSUED, SLUG
press = a_press()
papers = [press.cards([a_card()], ISSUED), press.receipt(a_receipt()),
          press.criteria(the_catalogue().latest(SLUG), the_catalogue())]
print(*[hashlib.sha256(paper).hexdigest() for paper in papers])
"""


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_facts_give_the_same_bytes(paper: str) -> None:
    assert PAPERS[paper](FRENCH) == printed(paper)


def test_another_process_at_another_time_of_day_elsewhere_gives_the_same_bytes(tmp_path: Path) -> None:
    def made(**environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", IN_ANOTHER_PROCESS],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert made(TZ="Pacific/Auckland", LANG="C", PYTHONHASHSEED="1") == made(
        TZ="UTC", LANG="fr_FR.UTF-8", PYTHONHASHSEED="2", TYPST_FONT_PATHS="/usr/share/fonts"
    )


def test_threads_that_print_at_once_do_not_disturb_each_other() -> None:
    with ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda _: PAPERS["attestation"](FRENCH), range(24)))

    assert {hashlib.sha256(each).hexdigest() for each in many} == {hashlib.sha256(printed("attestation")).hexdigest()}


def test_another_name_gives_other_bytes_and_another_identifier() -> None:
    from tests.paper.papers import a_badge, a_press
    from tests.paper.reading import PdfRead

    one, other = a_press().attestation(a_badge()), a_press().attestation(a_badge(issuer="La Ressourcerie"))

    assert PdfRead(one).pdf.trailer.ID != PdfRead(other).pdf.trailer.ID
