"""Runs of vehicles as they are foreseen, beside those the timetable knows."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from routing.arrays import Bool, Int64, UInt8, UInt32
from routing.realtime.alerts import Alerts

RunKey = tuple[int, date]
"""Row of ``timetable.trips`` (or beyond it, of an added trip) and service day."""


@dataclass(frozen=True, slots=True)
class AddedTrip:
    """A trip the timetable does not have.

    ``template`` is the row of the trip it copies, ``route`` that of its route, -1 where unknown.
    """

    trip_id: str
    route_id: str
    route: int
    template: int = -1
    headsign: str | None = None
    short_name: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LiveRun:
    """One run of a vehicle as it is foreseen.

    Parameters
    ----------
    trip : int
        Row of ``timetable.trips``; ``n_trips + i`` for added trip ``i``.
    day : date
        Service day.
    pattern : int
        Row of ``timetable.patterns`` whose positions its calls are; -1 for calls of its own.
    stops : uint32, (n,)
        Stop of each call.
    flags : uint8, (n,)
        Bit 0 one may board, bit 1 one may alight; 0 where the vehicle does not stop.
    arrival_s, departure_s : int64, (n,)
        UTC seconds.
    known : bool, (n,)
        Whether the times rest on a prediction.
    skipped : bool, (n,)
        Calls that are left out.
    gone : bool
        The run does not take place.
    planned_s : tuple of (int64, (n,)), optional
        Arrivals and departures as planned, UTC seconds; ``None`` where nothing was planned.
    """

    trip: int
    day: date
    pattern: int
    stops: UInt32
    flags: UInt8
    arrival_s: Int64
    departure_s: Int64
    known: Bool
    skipped: Bool
    gone: bool = False
    planned_s: tuple[Int64, Int64] | None = None


@dataclass(frozen=True)
class LiveChanges:
    """All that is known to differ from the timetable, at one moment; never changed.

    Parameters
    ----------
    runs : dict
        Changed, cancelled and added runs.
    added : tuple of AddedTrip
        Trips beyond the timetable's.
    alerts : Alerts
        What travellers are told.
    counts : Counter
        Updates by what became of them: ``applied``, ``unknown_trip``, ...
    """

    runs: dict[RunKey, LiveRun]
    added: tuple[AddedTrip, ...]
    alerts: Alerts
    counts: Counter[str]
