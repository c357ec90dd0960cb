"""Compare ``mobility bench transit`` with answers on which other engines agree.

Run as ``python -m tests.bench.transit_answers [poa|vbb]...``; exits 1 on a difference.
"""

import csv
import io
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "from mobility.commands import main; raise SystemExit(main())"
KINDS: dict[str, list[str]] = {"earliest": [], "range_2h": ["--window", "2h"]}

Answers = dict[str, set[tuple[str, ...]]]


def answers(rows: Iterable[dict[str, str]], columns: tuple[str, ...]) -> Answers:
    """Collect the journeys of every query."""
    found: Answers = defaultdict(set)
    for row in rows:
        found[row["id"]].add(tuple(row[name] for name in columns))
    return dict(found)


def compare(folder: Path, city: str, kind: str) -> tuple[Answers, Answers, str]:
    """Run the command; return its answers, the listed ones, and what it said of time."""
    words = [sys.executable, "-c", COMMAND, "bench", "transit", f"{folder}/{city}_walk.zip"]
    words += ["--queries", f"{folder}/{city}_queries.csv", "--footpaths", "transfers-only"]
    done = subprocess.run(
        [*words, *KINDS[kind]], capture_output=True, text=True, check=True, cwd=ROOT
    )
    columns = (
        ("arrival", "transfers")
        if kind == "earliest"
        else (
            "departure",
            "arrival",
            "transfers",
        )
    )
    with (folder / f"{city}_{kind}.csv").open(newline="") as stream:
        listed = answers(csv.DictReader(stream), columns)
    return answers(csv.DictReader(io.StringIO(done.stdout)), columns), listed, done.stderr.strip()


def main() -> int:
    """Compare the cities asked for."""
    folder = ROOT.parent / "shared" / "benchmarks" / "transit"
    wrong = 0
    for city in sys.argv[1:] or ["poa", "vbb"]:
        for kind in KINDS:
            mine, listed, said = compare(folder, city, kind)
            different = [i for i in mine.keys() | listed.keys() if mine.get(i) != listed.get(i)]
            wrong += len(different)
            print(f"{city} {kind}: {len(different)} of {len(listed)} differ; {said}")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
