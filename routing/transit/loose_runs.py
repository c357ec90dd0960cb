"""Loose runs sorted into lines that never overtake, and joined to the lines of a day."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.arrays import Bool, Int8, Int32, Int64, UInt8, UInt32, group_first, group_sizes
from routing.kernels.lines import assign_lines, fill_times
from routing.transit.day_lines import list_servings, running_total
from routing.transit.day_view import DayView, Speedup


@dataclass(frozen=True, slots=True)
class Sequence:
    """What the runs of a line have in common."""

    pattern: int
    stops: UInt32
    flags: UInt8


@dataclass
class LooseRuns:
    """Runs to be sorted into lines; times are those of the view."""

    sequences: list[Sequence] = field(default_factory=list)
    sequence: list[Int64] = field(default_factory=list)
    trip: list[UInt32] = field(default_factory=list)
    offset: list[Int8] = field(default_factory=list)
    arrival_s: list[Int32] = field(default_factory=list)
    departure_s: list[Int32] = field(default_factory=list)
    _known: dict[Any, int] = field(default_factory=dict)

    def open_sequence(self, sequence: Sequence) -> int:
        """Return the number of a sequence, new or met before."""
        key = sequence.pattern, sequence.stops.tobytes(), sequence.flags.tobytes()
        number = self._known.setdefault(key, len(self.sequences))
        if number == len(self.sequences):
            self.sequences.append(sequence)
        return number

    def add(
        self, sequence: int, trip: UInt32, offset: Int8, arrival_s: Int32, departure_s: Int32
    ) -> None:
        """Add runs of one sequence; times int32, (n_runs, length)."""
        self.sequence.append(np.full(len(trip), sequence, np.int64))
        self.trip.append(trip)
        self.offset.append(offset)
        self.arrival_s.append(arrival_s.ravel())
        self.departure_s.append(departure_s.ravel())


def line_sequence(view: DayView, line: int) -> Sequence:
    """Return what the runs of a line have in common."""
    rows = slice(int(view.stop_first[line]), int(view.stop_first[line + 1]))
    return Sequence(int(view.pattern[line]), view.stop[rows], view.flags[rows])


def line_times(view: DayView, line: int) -> tuple[Int32, Int32]:
    """Return arrivals and departures of a line, int32, (n_runs, length)."""
    n = int(view.trip_first[line + 1]) - int(view.trip_first[line])
    rows = slice(int(view.time_first[line]), int(view.time_first[line + 1]))
    return view.arrival_s[rows].reshape(n, -1), view.departure_s[rows].reshape(-1, n).T


def join(view: DayView, touched: Int64, fresh: LooseRuns) -> DayView:
    """Put the untouched lines of a view and loose runs, made into lines, into a new view.

    Parameters
    ----------
    view : DayView
        Not changed.
    touched : int64, (n,)
        Lines of it to leave out, ascending.
    fresh : LooseRuns
        What runs in their place.
    """
    new = _sorted_lines(fresh)
    kept = np.ones(len(view.pattern), np.bool_)
    kept[touched] = False

    def joined(first: UInt32, rows: NDArray[Any], more: NDArray[Any]) -> NDArray[Any]:
        low = np.concatenate([[0], first[touched + 1]]).tolist()
        high = np.concatenate([first[touched], [len(rows)]]).tolist()
        parts = [rows[a:b] for a, b in zip(low, high, strict=True)]
        return np.concatenate([*parts, more])

    def firsts(first: UInt32, more: UInt32) -> UInt32:
        return running_total(np.concatenate([group_sizes(first)[kept], group_sizes(more)]))

    stop_first = firsts(view.stop_first, new["stop_first"])
    stop = joined(view.stop_first, view.stop, new["stop"])
    flags = joined(view.stop_first, view.flags, new["flags"])
    servings = list_servings(stop, flags, stop_first, view.n_stops)
    return replace(
        view,
        stop_first=stop_first,
        stop=stop,
        flags=flags,
        trip_first=firsts(view.trip_first, new["trip_first"]),
        trip=joined(view.trip_first, view.trip, new["trip"]),
        service_offset=joined(view.trip_first, view.service_offset, new["service_offset"]),
        time_first=firsts(view.time_first, new["time_first"]),
        arrival_s=joined(view.time_first, view.arrival_s, new["arrival_s"]),
        departure_s=joined(view.time_first, view.departure_s, new["departure_s"]),
        serving_first=servings[0],
        serving_line=servings[1],
        serving_pos=servings[2],
        pattern=np.concatenate([view.pattern[kept], new["pattern"]]),
        speedup=Speedup(),  # shortcuts of the day as planned do not hold
    )


def without_runs(view: DayView, keep: Bool) -> DayView:
    """Return a view with some of its runs, which still lacks the lists of who calls at a stop.

    Parameters
    ----------
    view : DayView
        Not changed.
    keep : bool, (n_runs,)
        Runs to keep; lines of which none is kept go.
    """
    n_runs, length = group_sizes(view.trip_first), group_sizes(view.stop_first)
    line = np.repeat(np.arange(len(n_runs)), n_runs)
    left = np.bincount(line[keep], minlength=len(n_runs))
    lines = left > 0
    of_arrival = np.repeat(keep, length[line])
    size = group_sizes(view.time_first)
    at = np.arange(int(view.time_first[-1])) - np.repeat(
        view.time_first[:-1].astype(np.int64), size
    )
    of_departure = keep[np.repeat(view.trip_first[:-1], size) + at % np.repeat(n_runs, size)]
    position = np.repeat(lines, length)
    return replace(
        view,
        stop_first=running_total(length[lines]),
        stop=view.stop[position],
        flags=view.flags[position],
        trip_first=running_total(left[lines]),
        trip=view.trip[keep],
        service_offset=view.service_offset[keep],
        time_first=running_total((left * length)[lines]),
        arrival_s=view.arrival_s[of_arrival],
        departure_s=view.departure_s[of_departure],
        pattern=view.pattern[lines],
    )


def _sorted_lines(fresh: LooseRuns) -> dict[str, NDArray[Any]]:
    """Sort runs into lines that never overtake; columns as in ``DayView``."""
    lengths = np.array([len(s.stops) for s in fresh.sequences], np.int64)
    sequence = np.concatenate([*fresh.sequence, np.zeros(0, np.int64)])
    trip = np.concatenate([*fresh.trip, np.zeros(0, np.uint32)])
    offset = np.concatenate([*fresh.offset, np.zeros(0, np.int8)])
    arrival = np.concatenate([*fresh.arrival_s, np.zeros(0, np.int32)])
    departure = np.concatenate([*fresh.departure_s, np.zeros(0, np.int32)])
    arrival.flags.writeable = departure.flags.writeable = False  # the kinds compiled for days
    length = lengths[sequence] if len(sequence) else np.zeros(0, np.int64)
    call = np.cumsum(length) - length
    order = np.lexsort((departure[call], sequence))
    sequence, length, call = sequence[order], length[order], call[order]
    line, none = np.zeros(len(order), np.int64), np.zeros(len(order), np.int32)
    scratch = np.zeros(len(order), np.int64)
    n_lines = assign_lines(sequence, call, none, length, arrival, departure, scratch, line)
    by_line = np.argsort(line, kind="stable")
    call = call[by_line]
    trip_first = group_first(line[by_line], n_lines)
    of_line = [fresh.sequences[s] for s in sequence[by_line][trip_first[:-1]].tolist()]
    line_length = np.array([len(s.stops) for s in of_line], np.int64)
    time_first = running_total(line_length * group_sizes(trip_first))
    arrival_s, departure_s = np.empty_like(arrival), np.empty_like(departure)
    fill_times(trip_first, time_first, call, none, arrival, departure, arrival_s, departure_s)
    return {
        "stop_first": running_total(line_length),
        "stop": np.concatenate([*(s.stops for s in of_line), np.zeros(0, np.uint32)]),
        "flags": np.concatenate([*(s.flags for s in of_line), np.zeros(0, np.uint8)]),
        "trip_first": trip_first,
        "trip": trip[order][by_line],
        "service_offset": offset[order][by_line],
        "time_first": time_first,
        "arrival_s": arrival_s,
        "departure_s": departure_s,
        "pattern": np.array([s.pattern for s in of_line], np.uint32),
    }
