"""Plans tours in a process of its own.

OR-Tools holds Python's lock while it searches: inside a web process it would stop every other
request for seconds. The child is given the order on its standard input and answers with the plan's
document on its standard output.
"""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fleet.model import Truck
from mobility.errors import MobilityError

Json = dict[str, Any]

LONGEST_S = 60.0
_ONE_AT_A_TIME = threading.Semaphore(1)


class PlannerBusyError(MobilityError):
    """Tours are being planned already; one plan at a time keeps the machine free for residents."""


class PlannerFailedError(MobilityError):
    """The planning process ended without a plan."""


def plan_in_child(
    directory: Path,
    database_url: str,
    system_id: str,
    trucks: tuple[Truck, ...],
    start: datetime,
    time_limit_s: float,
    depot: tuple[float, float] | None = None,
) -> Json:
    """Plan tours on the stock in the platform's store; wait for the answer.

    Parameters
    ----------
    directory : pathlib.Path
        Network directory.
    database_url : str
        The platform's database.
    system_id : str
        Which sharing system.
    trucks : tuple of Truck
        Crews of the shift.
    start : datetime
        Aware moment the shift begins.
    time_limit_s : float
        Seconds until there must be a plan, counted in the child; its start takes 1 to 3 more.
    depot : tuple of float, optional
        Longitude and latitude, EPSG:4326.

    Returns
    -------
    Json
        The document of :func:`mobility.rebalancing.document.to_document`.

    Raises
    ------
    PlannerBusyError
        Another plan is being made by this process.
    PlannerFailedError
        The child failed; the text is its own.
    """
    order = {
        "directory": str(directory),
        "database_url": database_url,
        "system_id": system_id,
        "trucks": [asdict(truck) for truck in trucks],
        "start": start.isoformat(),
        "time_limit_s": time_limit_s,
        "depot": depot,
    }
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise PlannerBusyError("tours are being planned just now; try again in a few seconds")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "mobility.rebalancing.child"],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=time_limit_s + LONGEST_S,
            env=dict(os.environ),
            cwd=Path(__file__).resolve().parents[2],
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PlannerFailedError("the planning took far too long and was stopped") from None
    finally:
        _ONE_AT_A_TIME.release()
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise PlannerFailedError(lines[-1] if lines else "the planning process ended early")
    document: Json = json.loads(done.stdout)
    return document


def main() -> int:
    """Plan what standard input orders; print the document."""
    started = time.perf_counter()
    order = json.load(sys.stdin)
    try:
        print(json.dumps(_plan(order, started)))  # noqa: T201 (this is the answer)
    except MobilityError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _plan(order: Json, started: float) -> Json:
    from mobility.catalogue.store import get_snapshot
    from mobility.db import open_database
    from mobility.network.manifest import load_manifest
    from mobility.network.versions import current_version
    from mobility.rebalancing.document import to_document
    from mobility.rebalancing.job import Order, look_ahead, plan_job

    directory = Path(order["directory"])
    manifest = load_manifest(directory)
    version = current_version(directory) or directory
    database = open_database(order["database_url"])
    with database.read() as session:
        snapshot = get_snapshot(session, order["system_id"])
    database.engine.dispose()
    start = datetime.fromisoformat(order["start"])
    outlook = look_ahead(directory, manifest, snapshot, start, datetime.now(UTC))
    trucks = tuple(Truck(**truck) for truck in order["trucks"])
    depot = tuple(order["depot"]) if order["depot"] else None
    job = Order(trucks, start, depot, float(order["time_limit_s"]))
    return to_document(plan_job(version, manifest, outlook, job, started), manifest)


if __name__ == "__main__":
    sys.exit(main())
