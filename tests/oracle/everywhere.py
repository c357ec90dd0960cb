"""One-to-all searches beside the oracle: every stop, every number of rides, several moments."""

import random
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from routing.gtfs.read import read_gtfs
from routing.transit.everywhere import INF, arrivals, departures
from tests.oracle.changes import live_days, make_changes
from tests.oracle.compare import with_walks
from tests.oracle.dijkstra import World, earliest_arrivals
from tests.oracle.exhaustive import all_journeys
from tests.oracle.generator import make_network, make_question
from tests.oracle.network import runs_around, write_gtfs

LATER_S = (0, 60, 600, 1260)


def check_everywhere(rng: random.Random, seen: Counter[str]) -> list[str]:
    """Draw a network, as planned or changed, and a question; return the differences."""
    network, day = make_network(rng)
    q = make_question(rng, network, day)
    with tempfile.TemporaryDirectory() as folder:
        write_gtfs(network, Path(folder))
        timetable, _ = read_gtfs([Path(folder)])
    timetable = with_walks(network, timetable)
    view, runs = timetable.day_view(q.day), runs_around(network, q.day)
    if rng.random() < 0.3:
        changes = make_changes(rng, network, day, seen)
        view, runs = live_days(timetable, changes).view(q.day), changes.runs
    world, zero = World(network, runs), view.epoch_s
    moments = np.array([q.depart_s + later for later in LATER_S[: rng.choice((1, 4))]], np.int32)
    access = np.array(list(q.access), np.uint32), np.array(list(q.access.values()), np.int32)
    mine = arrivals(view, access, moments, q.max_transfers, q.max_duration_s)
    back = departures(view, access, moments, q.max_transfers, q.max_duration_s)
    differences = []
    for stop in range(network.n_stops):
        found = all_journeys(world, {stop: 0}, q.access, q.max_transfers + 1)
        for i, moment in enumerate(moments.tolist()):
            latest = zero + moment + q.max_duration_s
            best = earliest_arrivals(
                world, q.access, {stop: 0}, zero + moment, q.max_transfers + 1, latest
            )
            until = zero + moment
            for k in range(q.max_transfers + 1):
                right = min((t - zero for n, t in best.items() if n <= k + 1), default=INF)
                if right != mine[i, k, stop]:
                    differences.append(f"to {stop} at {moment}, {k}: {mine[i, k, stop]}, {right}")
                leaving = [a - zero for a, b, n_changes in found if n_changes <= k and b <= until]
                # What ended before midnight is not in the view.
                last = max((a for a in leaving if moment - a <= q.max_duration_s), default=-INF)
                own = int(back[i, k, stop])
                if max(own, -1) != max(last, -1):
                    differences.append(f"from {stop} by {moment}, {k}: {own}, {last}")
                seen["reached"] += right < INF
                seen["left"] += last > 0
    return differences
