"""`python -m tests.bench [NAME…]`: every measure, or those named; ends with 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

NAMES = sorted(file.stem for file in Path(__file__).parent.glob("[a-z]*.py"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *NAMES], metavar="NAME", help=", ".join(NAMES))
    met = True
    for name in parser.parse_args().names or NAMES:
        for measure in import_module(f"tests.bench.{name}").measures():
            print(measure, flush=True)
            met = met and measure.is_met
    return 0 if met else 1


sys.exit(main())
