"""A timetable as a person would write it down, and as files of a GTFS feed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

HALF_DAY_S = 43_200


@dataclass(frozen=True)
class Call:
    """One stop of a trip; times count from noon less 12 h of the service day."""

    stop: int
    arrival_s: int
    departure_s: int
    pickup: int = 0
    drop_off: int = 0


@dataclass(frozen=True)
class Headway:
    """The trip starts every so often instead of once."""

    start_s: int
    end_s: int
    every_s: int
    exact: int = 0


@dataclass(frozen=True)
class Trip:
    """A run of a vehicle on each day of its service."""

    service: int
    calls: tuple[Call, ...]
    headways: tuple[Headway, ...] = ()
    block: int | None = None
    route: int = 0


@dataclass(frozen=True)
class Narrow:
    """The seconds, ``None`` if it is forbidden, of a change for some routes or trips."""

    from_stop: int
    to_stop: int
    from_route: int | None
    to_route: int | None
    from_trip: int | None
    to_trip: int | None
    seconds: int | None

    @property
    def place(self) -> int:
        """Place in the order of GTFS: both trips, a trip and a route, a trip, both routes, one."""
        trips = (self.from_trip is not None) + (self.to_trip is not None)
        if trips == 2:
            return 0
        if trips == 1:
            other = self.to_route if self.to_trip is None else self.from_route
            return 2 if other is None else 1
        return 4 if None in (self.from_route, self.to_route) else 3


@dataclass
class Network:
    """One feed. ``walks`` and ``changes`` hold seconds, ``None`` where changing is forbidden."""

    timezone: str
    n_stops: int
    trips: list[Trip]
    services: list[frozenset[date]]
    transfers: dict[tuple[int, int], int | None] = field(default_factory=dict)
    streets: dict[tuple[int, int], int] = field(default_factory=dict)
    in_seat: dict[tuple[int, int], int] = field(default_factory=dict)
    """Pairs of trips between which riders may (4) or may not (5) stay on board."""

    pathways: dict[tuple[int, int], int] = field(default_factory=dict)
    """Seconds of ways inside stations; they may be followed one after the other."""
    narrow: list[Narrow] = field(default_factory=list)
    """Changes between certain vehicles."""

    def change_s(self, a: int, b: int, before: int, after: int) -> int | None:
        """Return the seconds from a vehicle of one trip at ``a`` to one of another at ``b``.

        Trips are -1 where the timetable does not know the vehicle.
        """
        fitting = [
            rule
            for rule in self.narrow
            if (rule.from_stop, rule.to_stop) == (a, b)
            and self._is(before, rule.from_route, rule.from_trip)
            and self._is(after, rule.to_route, rule.to_trip)
        ]
        if not fitting:
            return self.walk_s(a, b)
        for least in range(5):  # both trips first, one route last
            best = [rule for rule in fitting if rule.place == least]
            if best:
                seconds = [rule.seconds for rule in best]
                return None if None in seconds else max(s for s in seconds if s is not None)
        raise AssertionError(fitting)

    def _is(self, trip: int, route: int | None, named: int | None) -> bool:
        if trip < 0:
            return route is None and named is None
        return route in (None, self.trips[trip].route) and named in (None, trip)

    def walk_s(self, a: int, b: int) -> int | None:
        """Return the seconds from one vehicle at ``a`` to another at ``b``, whichever they are."""
        if (a, b) in self.transfers:
            return self.transfers[a, b]
        if a == b:
            return 0
        inside = self._inside_s(a, b)
        return self.streets.get((a, b)) if inside is None else inside

    def _inside_s(self, a: int, b: int) -> int | None:
        """Try pathways one after the other until none is quicker any more."""
        best = {a: 0}
        for _ in range(self.n_stops):
            for (here, there), seconds in self.pathways.items():
                if here in best:
                    best[there] = min(best.get(there, 10**9), best[here] + seconds)
        return best.get(b)


@dataclass(frozen=True)
class Event:
    """A call as instants of UTC seconds."""

    stop: int
    arrival: int
    departure: int
    can_board: bool
    can_alight: bool


def service_start(day: date, timezone: str) -> int:
    """Return the UTC seconds that times of a service day count from."""
    noon = datetime.combine(day, time(12), ZoneInfo(timezone))
    return int(noon.astimezone(UTC).timestamp()) - HALF_DAY_S


@dataclass(frozen=True)
class Run:
    """One vehicle: a trip on a service day, leaving its first stop ``start_s`` into it.

    ``trip`` is -1 for one that is no trip of the timetable.
    """

    trip: int
    day: date
    start_s: int
    events: tuple[Event, ...]


def runs_around(network: Network, day: date) -> list[Run]:
    """List every vehicle of the days around a date: three before, the date, and one after."""
    found = []
    for offset in range(-3, 2):
        service_day = day + timedelta(days=offset)
        zero = service_start(service_day, network.timezone)
        for number, trip in enumerate(network.trips):
            if service_day not in network.services[trip.service]:
                continue
            for shift in _shifts(trip):
                events = tuple(_event(call, zero + shift) for call in trip.calls)
                start_s = trip.calls[0].departure_s + shift
                found.append(Run(number, service_day, start_s, events))
    return found


def _shifts(trip: Trip) -> Iterable[int]:
    if not trip.headways:
        return [0]
    own = trip.calls[0].departure_s
    return [
        start - own for row in trip.headways for start in range(row.start_s, row.end_s, row.every_s)
    ]


def _event(call: Call, zero: int) -> Event:
    return Event(
        call.stop,
        zero + call.arrival_s,
        zero + call.departure_s,
        call.pickup != 1,
        call.drop_off != 1,
    )


def write_gtfs(network: Network, folder: Path) -> None:
    """Write the feed's files."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "agency.txt",
        "agency_id,agency_name,agency_url,agency_timezone",
        [f"A,Agency,http://example.org,{network.timezone}"],
    )
    _write(
        folder / "stops.txt",
        "stop_id,stop_name,stop_lat,stop_lon",
        (f"s{i},Stop {i},50.{i:03},8.{i:03}" for i in range(network.n_stops)),
    )
    _write(
        folder / "routes.txt",
        "route_id,agency_id,route_short_name,route_type",
        ["R,A,R,3", "Q,A,Q,3"],
    )
    _write(
        folder / "trips.txt",
        "route_id,service_id,trip_id,block_id",
        (
            f"{'RQ'[trip.route]},v{trip.service},t{i},{'' if trip.block is None else trip.block}"
            for i, trip in enumerate(network.trips)
        ),
    )
    _write(
        folder / "stop_times.txt",
        "trip_id,stop_sequence,stop_id,arrival_time,departure_time,pickup_type,drop_off_type",
        (
            f"t{i},{sequence_of(j)},s{call.stop},{clock(call.arrival_s)},{clock(call.departure_s)},"
            f"{call.pickup},{call.drop_off}"
            for i, trip in enumerate(network.trips)
            for j, call in enumerate(trip.calls)
        ),
    )
    _write(
        folder / "calendar_dates.txt",
        "service_id,date,exception_type",
        (f"v{i},{day:%Y%m%d},1" for i, days in enumerate(network.services) for day in sorted(days)),
    )
    _write(
        folder / "frequencies.txt",
        "trip_id,start_time,end_time,headway_secs,exact_times",
        (
            f"t{i},{clock(row.start_s)},{clock(row.end_s)},{row.every_s},{row.exact}"
            for i, trip in enumerate(network.trips)
            for row in trip.headways
        ),
    )
    _write_pathways(network, folder)
    _write(
        folder / "transfers.txt",
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id,to_trip_id,"
        "from_route_id,to_route_id",
        [
            *(
                f"s{a},s{b},3,,,,," if seconds is None else f"s{a},s{b},2,{seconds},,,,"
                for (a, b), seconds in network.transfers.items()
            ),
            *(f",,{kind},,t{a},t{b},," for (a, b), kind in network.in_seat.items()),
            *map(_narrow_row, network.narrow),
        ],
    )


def _write_pathways(network: Network, folder: Path) -> None:
    _write(
        folder / "pathways.txt",
        "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time",
        (f"{a}-{b},s{a},s{b},1,0,{seconds}" for (a, b), seconds in network.pathways.items()),
    )


def _narrow_row(rule: Narrow) -> str:
    kind = "3," if rule.seconds is None else f"2,{rule.seconds}"
    trips = ["" if trip is None else f"t{trip}" for trip in (rule.from_trip, rule.to_trip)]
    routes = ["" if route is None else "RQ"[route] for route in (rule.from_route, rule.to_route)]
    return ",".join([f"s{rule.from_stop},s{rule.to_stop},{kind}", *trips, *routes])


def sequence_of(position: int) -> int:
    """Return the ``stop_sequence`` of a call; numbers may have gaps."""
    return 3 * position + 5


def _write(path: Path, header: str, rows: Iterable[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def clock(seconds: int) -> str:
    """Return ``HH:MM:SS``."""
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
