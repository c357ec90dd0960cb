"""Plan once before anyone asks, so that the first traveller waits for no compiler and no disk."""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import numpy as np

from routing.model import BikeProfile, Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import Profile


def warm_up(planner: Planner, shared: SharedVehicles | None = None) -> float:
    """Plan one journey forward and backward, by every mode.

    Parameters
    ----------
    planner : Planner
        Of the network to be tried.
    shared : SharedVehicles, optional
        Linked to the network's streets.

    Returns
    -------
    float
        Seconds it took; 0 where the network has no two places to plan between.
    """
    began = time.perf_counter()
    places = two_places(planner.network)
    if places is None:
        return 0.0
    for arrive_by in (False, True):
        request = PlanRequest(
            *places,
            _morning(planner.network),
            arrive_by=arrive_by,
            bike_profile=_bike_profile(planner.network) if arrive_by else BikeProfile.STANDARD,
            modes=frozenset(Mode),
            search_window_s=7200,
        )
        planner.plan(request, shared)
    return time.perf_counter() - began


def _bike_profile(network: Network) -> BikeProfile:
    """Return the profile whose search takes kernels of its own, if the network has it."""
    profiles = network.streets.profiles if network.streets else {}
    return BikeProfile.SAFE if Profile.BIKE_SAFE in profiles else BikeProfile.STANDARD


def two_places(network: Network) -> tuple[Place, Place] | None:
    """Return two places to plan between: the ends of the longest line inside, or of the streets."""
    if network.timetable is not None and network.timetable.n_stops:
        lengths = np.diff(network.timetable.patterns.stop_first.astype(np.int64))
        for pattern in np.argsort(-lengths, kind="stable")[:20].tolist():
            stops = [network.stop_place(int(s)) for s in network.timetable.pattern_stops(pattern)]
            inside = [place for place in stops if network.contains(place.lon, place.lat)]
            if len(inside) > 1:
                return inside[0], inside[-1]
    if network.streets is None or not len(network.streets.edges.tail):
        return None
    streets = network.streets
    first, last = int(streets.edges.tail[0]), int(streets.edges.head[-1])
    return Place(*streets.node_lonlat(first)), Place(*streets.node_lonlat(last))


def _morning(network: Network) -> datetime:
    """Return eight o'clock of today, or of the nearest day of the timetable."""
    zone = ZoneInfo(network.timezone)
    day = datetime.now(UTC).astimezone(zone).date()
    if network.service_days is not None:
        first, last = network.service_days
        day = min(max(day, first), last)
        while day.weekday() > 4 and day + timedelta(days=1) <= last:
            day += timedelta(days=1)
    return datetime.combine(day, clock(8), zone)
