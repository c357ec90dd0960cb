"""``mobility restore``: bring back what ``mobility backup`` copied."""

import argparse
import sys
from pathlib import Path

from mobility.backup import belongings, check, restore
from mobility.serve.layout import town_settings

HELP = "bring a backup back; what is there now is moved aside"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("source", type=Path, metavar="DIR", help="a folder that backup printed")
    parser.add_argument("--var", type=Path, default=Path("var"), help="the town's folder (var)")


def run(args: argparse.Namespace) -> int:
    """Verify the copy, put it in place and say where the old files went."""
    party = check(args.source)["party"]
    aside = restore(belongings(town_settings(args.var), party), args.source)
    if aside is not None:
        print(f"What was there before lies in {aside}", file=sys.stderr)
    return 0
