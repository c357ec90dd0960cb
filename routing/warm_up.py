"""Plan once before anyone asks, so that the first traveller waits for no compiler and no disk."""

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import numpy as np

from routing.background import put_off
from routing.journeys.response import to_json
from routing.model import BikeProfile, Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles
from routing.streets.graph import Profile, StreetMode
from routing.transit.ends import LONGEST_S
from routing.transit.shortcuts import TooManyRunsError, build_shortcuts, with_few_shortcuts

_TRIPS_TRIED = 200
_EARLY_S = 900


@put_off()
def warm_up(planner: Planner, shared: SharedVehicles | None = None) -> float:
    """Plan one journey forward and backward, by every mode, as a request would.

    The day's shortcuts are not waited for: a search is tried along those of a few lines. Then some
    way by bicycle alone is drawn, which answers with other ways may lack. No thread is started, so
    that the process may fork afterwards.

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
    network = planner.network
    example = _ride(network) or _walk(network)
    if example is None:
        return 0.0
    origin, destination, moment = example
    requests = [
        PlanRequest(
            origin,
            destination,
            moment,
            arrive_by=arrive_by,
            bike_profile=_bike_profile(network) if arrive_by else BikeProfile.STANDARD,
            modes=frozenset(Mode),
            search_window_s=7200,
        )
        for arrive_by in (False, True)
    ]
    for request in requests:
        to_json(planner.plan(request, shared))
    _try_shortcuts(network, moment.date())
    for ends in filter(None, (example, _walk(network))):
        alone = PlanRequest(*ends, modes=frozenset({Mode.BICYCLE}))
        to_json(planner.plan(alone, shared))
    return time.perf_counter() - began


def _try_shortcuts(network: Network, day: date) -> None:
    """Search along shortcuts from the first stop to the last, whether or not there is a way."""
    if network.timetable is None or network.transit is None:
        return
    with suppress(TooManyRunsError):
        view = with_few_shortcuts(network.timetable.day_view(day))
        none_s, last = np.zeros(1, np.int32), network.timetable.n_stops - 1
        ends = (np.zeros(1, np.int32), none_s), (np.full(1, last, np.int32), none_s)
        for walking, direct_s in ((False, None), (True, None), (False, LONGEST_S)):
            network.transit.earliest(view, *ends, 0, direct_s=direct_s, walking=walking)


def prepare_today(network: Network, now: datetime) -> None:
    """Prepare the day most travellers will ask for, in either direction, if trips run then."""
    days, today = network.service_days, now.astimezone(ZoneInfo(network.timezone)).date()
    if network.timetable is not None and days is not None and days[0] <= today <= days[1]:
        view = network.timetable.day_view(today)
        with suppress(TooManyRunsError):
            build_shortcuts(view)
            build_shortcuts(view.mirror)


def prepare_days(fresh: Network, used: Network) -> None:
    """Prepare the days travellers ask for before a network takes the place of another.

    Parameters
    ----------
    fresh : Network
        The one to come; plans on it are as quick as those on the other from the first on.
    used : Network
        The one they ask on.
    """
    if fresh.timetable is None or used.timetable is None:
        return
    for day, only, view in used.timetable.kept_views():
        ready = fresh.timetable.day_view(day, only)
        with suppress(TooManyRunsError):
            if view.shortcuts is not None:
                build_shortcuts(ready)
            if "mirror" in vars(view) and view.mirror.shortcuts is not None:
                build_shortcuts(ready.mirror)


def _bike_profile(network: Network) -> BikeProfile:
    """Return the profile whose search takes kernels of its own, if the network has it."""
    profiles = network.streets.profiles if network.streets else {}
    return BikeProfile.SAFE if Profile.BIKE_SAFE in profiles else BikeProfile.STANDARD


Example = tuple[Place, Place, datetime]


def _ride(network: Network) -> Example | None:
    """Return the ends of the longest line of a busy day, and when a trip on it leaves.

    Stops outside, or that no street leads to, are passed over.
    """
    table = network.timetable
    if table is None or network.service_days is None:
        return None
    links = network.links.get(StreetMode.WALK)
    linked = np.ones(table.n_stops, np.bool_) if links is None else np.isfinite(links.distance_m)
    day = _busy_day(network)
    trips = np.flatnonzero(table.services.active(day)[table.trips.service])
    length = np.diff(table.patterns.stop_first.astype(np.int64))[table.trips.pattern[trips]]
    for trip in trips[np.argsort(-length, kind="stable")[:_TRIPS_TRIED]].tolist():
        stops = table.pattern_stops(int(table.trips.pattern[trip]))
        places = [network.stop_place(int(stop)) for stop in stops]
        good = [
            position
            for position, place in enumerate(places)
            if linked[stops[position]] and network.contains(place.lon, place.lat)
        ]
        if len(good) > 1:
            leaves_s = int(table.trip_times(trip)[1][good[0]]) - _EARLY_S
            midnight = datetime.combine(day, clock(0), ZoneInfo(network.timezone))
            return places[good[0]], places[good[-1]], midnight + timedelta(seconds=leaves_s)
    return None


def _walk(network: Network) -> Example | None:
    """Return the first and the last place of the streets, and now."""
    streets = network.streets
    usable = np.flatnonzero(streets.modes[StreetMode.WALK].usable) if streets else np.zeros(0)
    if streets is None or not len(usable):
        return None
    first, last = int(streets.edges.tail[usable[0]]), int(streets.edges.head[usable[-1]])
    places = Place(*streets.node_lonlat(first)), Place(*streets.node_lonlat(last))
    return *places, datetime.now(UTC)


def _busy_day(network: Network) -> date:
    """Return the day with most trips of a week: this one, if the timetable has it."""
    table, days = network.timetable, network.service_days
    assert table is not None and days is not None  # noqa: S101, PT018 - the caller has asked
    today = datetime.now(UTC).astimezone(ZoneInfo(network.timezone)).date()
    begin = min(max(today, days[0]), max(days[1] - timedelta(days=6), days[0]))
    trips = np.bincount(table.trips.service, minlength=len(table.services.weekdays))
    week = [begin + timedelta(days=n) for n in range(7)]
    return max(week, key=lambda day: int(trips[table.services.active(day)].sum()))
