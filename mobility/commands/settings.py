"""``mobility settings``: the one table of settings."""

import argparse
import json

from mobility.settings import describe_settings

HELP = "list every setting with its default, unit and meaning"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the table."""
    rows = describe_settings()
    if args.json:
        print(json.dumps(rows, indent=1))
        return 0
    for row in rows:
        print(f"{row['name']:<26} {row['default']:<24} {row['unit']:<14} {row['help']}")
    return 0
