"""``mobility backup``: copy a party's data, and its keys to another place."""

import argparse
from pathlib import Path

from mobility.backup import back_up, belongings
from mobility.serve.layout import town_settings

HELP = "copy a party's database, and apart from it its keys"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("target", type=Path, metavar="DIR", help="where the copy goes")
    parser.add_argument("--party", choices=("platform", "cooperative"), default="platform")
    parser.add_argument("--keys", type=Path, metavar="DIR", help="copy the keys too, to here")
    parser.add_argument("--var", type=Path, default=Path("var"), help="the town's folder (var)")


def run(args: argparse.Namespace) -> int:
    """Make the copy and print its folder."""
    what = belongings(town_settings(args.var), args.party)
    print(back_up(what, args.target, args.keys))
    return 0
