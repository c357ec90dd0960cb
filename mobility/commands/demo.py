"""Generate the fictional demo town, or a bike fleet for a real city that has none."""

import argparse
import datetime as dt
import json
from pathlib import Path

HELP = "generate a fictional town's input files"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare folder, seed, date and the fleet's options."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another town")
    parser.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="today, for the calendar")


def run(args: argparse.Namespace) -> int:
    """Generate and print what was made as JSON."""
    from mobility.demo.town import generate

    summary = generate(args.folder, args.seed, args.date)
    print(json.dumps(summary, ensure_ascii=False, indent=1))
    return 0


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-03-01") from None
