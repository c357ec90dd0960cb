"""``mobility doctor``: say what is wrong with a town, and the remedy."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from mobility.doctor import Level, examine
from mobility.serve.layout import town_settings

HELP = "say what is wrong with a town, and what to do about it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command."""
    parser.add_argument("--city", type=Path, metavar="DIR", help="a network directory")
    parser.add_argument("--var", type=Path, default=Path("var"), help="the town's folder (var)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print each finding; 1 if one of them is a failure."""
    overrides = {"network_dir": args.city} if args.city else {}
    findings = examine(town_settings(args.var, **overrides))
    if args.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=1))
    else:
        for finding in findings:
            remedy = f"  → {finding.remedy}" if finding.remedy else ""
            print(f"{finding.level:<8} {finding.check:<20} {finding.says}{remedy}")
    return int(any(finding.level == Level.FAILED for finding in findings))
