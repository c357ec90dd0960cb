"""Race for the last bike, 200 rounds on each database: ``python -m tests.bench.booking_races``."""

import argparse
import tempfile
import time
from pathlib import Path

from mobility.db import open_database
from mobility.schema import upgrade
from tests.postgres import new_database
from tests.race import racing_town
from tests.town_app import new_sqlite


def main() -> None:
    """Run the races and print one line per database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--riders", type=int, default=50)
    parser.add_argument("--database", choices=["spatialite", "postgis", "both"], default="both")
    args = parser.parse_args()
    kinds = ["spatialite", "postgis"] if args.database == "both" else [args.database]
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            url = new_sqlite(folder) if kind == "spatialite" else new_database()
            database = open_database(url)
            upgrade(database)
            database.engine.dispose()
            began = time.perf_counter()
            with racing_town(folder, url, args.riders) as town:
                for number in range(args.rounds):
                    town.round(number)
            took_s = time.perf_counter() - began
            print(  # noqa: T201
                f"{kind}: {args.rounds} rounds of {args.riders} residents, one bike each: "
                f"{args.rounds} got it, none twice, {took_s:.0f} s"
            )


if __name__ == "__main__":
    main()
