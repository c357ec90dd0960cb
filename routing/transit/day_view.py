"""The trips one can ride on one date, as arrays a search scans."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from routing.arrays import Int8, Int32, UInt8, UInt32, freeze, group_first, group_sizes
from routing.transit.modes import TransitMode
from routing.transit.walking import steps_of

if TYPE_CHECKING:
    from routing.kernels.raptor_arrays import Lines
    from routing.transit.day_store import DayStore
    from routing.transit.shortcuts import Shortcuts
    from routing.transit.through import Through
    from routing.transit.timetable import Timetable

Part = TypeVar("Part")

CAN_BOARD, CAN_ALIGHT = 1, 2
"""Bits of ``DayView.line_flags``."""


PLAIN_WALK, STEP_FREE_WALK = "walk", "walk_step_free"
"""Who walks: where it is nobody slow or on wheels, and where steps are no way."""


@dataclass(frozen=True, slots=True)
class TripFilter:
    """Leave out what is known to be unfit; what is unknown stays.

    Parameters
    ----------
    wheelchair : bool
        Leave out trips and stops that say no to wheelchairs.
    bikes : bool
        Leave out trips that say no to bicycles.
    modes : frozenset of TransitMode, optional
        Keep these modes only.
    agencies : frozenset of str, optional
        Keep the trips of these agencies, by their ids, only.
    banned_routes : frozenset of str
        Leave out the trips of these routes, by their ids.
    walk : str
        Who walks between vehicles: which footpaths of the timetable hold.
    """

    wheelchair: bool = False
    bikes: bool = False
    modes: frozenset[TransitMode] | None = None
    agencies: frozenset[str] | None = None
    banned_routes: frozenset[str] = frozenset()
    walk: str = PLAIN_WALK

    @property
    def is_personal(self) -> bool:
        """Whether few others will ask for the same; such days are not worth much memory."""
        return bool(self.modes is not None or self.agencies is not None or self.banned_routes)


class Closed(NamedTuple):
    """What cannot be passed in stations: stops, and stops whose lifts stand still."""

    stops: frozenset[int] = frozenset()
    lifts: frozenset[int] = frozenset()


OPEN = Closed()


@dataclass
class Speedup:
    """Shortcuts of a view as soon as they are built, and the process that set about it.

    ``store`` and ``name`` tell where what is derived from the view is shared with other
    processes, if it is.
    """

    shortcuts: "Shortcuts | None" = None
    asked_by: int = 0
    store: "DayStore | None" = None
    name: str = ""

    def shared(self, word: str, make: Callable[[], Part]) -> Part:
        """Return a part of the view that other processes may have made already."""
        return make() if self.store is None else self.store.get(f"{self.name}-{word}", make)


@dataclass(frozen=True)
class DayView:
    """Trips of a date, of the days before that still run and of the day after.

    A *line* here is a set of trips with one stop sequence that never overtake one another.
    Times are seconds elapsed since local midnight of ``day`` in the network's time zone, so a
    day with a clock change needs no care: local clock time + ``epoch_s`` is a UTC instant.

    Parameters
    ----------
    day : date
        The date.
    epoch_s : int
        UTC seconds of its local midnight; add a view time to get an instant.
    stop_first : uint32, (n_lines + 1,)
        Positions of line ``r`` are rows ``stop_first[r]:stop_first[r + 1]`` of the next two.
    stop : uint32, (n_positions,)
        Stop at each position.
    flags : uint8, (n_positions,)
        Bit 0 one may board, bit 1 one may alight.
    trip_first : uint32, (n_lines + 1,)
        Runs of line ``r``, earliest first.
    trip : uint32, (n_runs,)
        Row of ``timetable.trips``.
    service_offset : int8, (n_runs,)
        Service day of the run, in days from ``day``.
    time_first : uint32, (n_lines + 1,)
        First row of line ``r`` in the next two.
    arrival_s : int32, (n_calls,)
        Run-major: run ``i`` of the line at position ``j`` is row ``i * length + j``.
    departure_s : int32, (n_calls,)
        Position-major: row ``j * n_runs + i``.
    serving_first : uint32, (n_stops + 1,)
        Lines one can board at stop ``p`` are rows ``serving_first[p]:serving_first[p + 1]``.
    serving_line, serving_pos : uint32, (n_servings,)
        Line and position.
    foot_first, foot_target, foot_s, change_s : arrays
        Footpaths and change times, as in ``Footpaths``.
    pattern : uint32, (n_lines,)
        Row of ``timetable.patterns``.
    through : Through, optional
        What the runs that go on into one another are made of; see ``routing.transit.through``.
    real : uint32, (n_stops,), optional
        The timetable's stop of each stop of the view, where rules for single routes or trips make
        it have more; see ``routing.transit.split``. The first ones are the same.
    plain : DayView, optional
        The same day with every run on its own and the timetable's stops, where this one is made
        of it.
    closed : Closed
        What its footpaths do not pass.
    speedup : Speedup
        What is added while the view is in use.
    """

    day: date
    epoch_s: int
    stop_first: UInt32
    stop: UInt32
    flags: UInt8
    trip_first: UInt32
    trip: UInt32
    service_offset: Int8
    time_first: UInt32
    arrival_s: Int32
    departure_s: Int32
    serving_first: UInt32
    serving_line: UInt32
    serving_pos: UInt32
    foot_first: UInt32
    foot_target: UInt32
    foot_s: Int32
    change_s: Int32
    pattern: UInt32
    through: "Through | None" = None
    real: UInt32 | None = None
    plain: "DayView | None" = field(default=None, repr=False, compare=False)
    closed: Closed = OPEN
    speedup: Speedup = field(default_factory=Speedup, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make every array read-only: one kind of array means one compilation."""
        freeze(self)

    @property
    def n_runs(self) -> int:
        """Number of trips in the view, over all its service days."""
        return len(self.trip)

    @property
    def n_stops(self) -> int:
        """Number of stops, copies included."""
        return len(self.serving_first) - 1

    @property
    def n_real_stops(self) -> int:
        """Number of stops of the timetable."""
        return self.n_stops if self.real is None else int(self.real.max()) + 1

    @cached_property
    def _copies(self) -> tuple[UInt32, UInt32]:
        """Copies of every stop: where each begins, and the rows."""
        real = np.arange(self.n_stops, dtype=np.uint32) if self.real is None else self.real
        order = np.argsort(real, kind="stable").astype(np.uint32)
        return group_first(real[order], self.n_real_stops), order

    def spread(self, stop: UInt32, *columns: Any) -> tuple[Any, ...]:
        """Return stops of the timetable as all their copies, and what belongs to each."""
        if self.real is None:
            return (stop, *columns)
        first, order = self._copies
        size = group_sizes(first)[stop]
        row = np.repeat(np.arange(len(stop)), size)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(size) - size, size)
        return (order[first[stop][row] + nth], *(column[row] for column in columns))

    def gather(self, times: Int32) -> Int32:
        """Return the least of what is known of each stop's copies; the last axis is stops."""
        if self.real is None:
            return times
        first, order = self._copies
        found: Int32 = np.minimum.reduceat(times[..., order], first[:-1].astype(np.int64), axis=-1)
        return found

    @cached_property
    def lines(self) -> "Lines":
        """The arrays as the kernels take them."""
        from routing.kernels.raptor_arrays import Lines

        return Lines(*(getattr(self, name) for name in Lines._fields))

    @cached_property
    def foot_steps(self) -> UInt8:
        """Steps of walking each footpath counts as, uint8, (n_footpaths,)."""
        steps = steps_of(self.foot_s)
        if self.real is not None:  # from one copy of a stop to another nobody walks
            source = np.repeat(self.real, group_sizes(self.foot_first))
            steps[source == self.real[self.foot_target]] = 0
        steps.flags.writeable = False
        return steps

    @property
    def shortcuts(self) -> "Shortcuts | None":
        """Shortcuts of this view, if ``build_shortcuts`` has found them by now."""
        return self.speedup.shortcuts

    @cached_property
    def mirror(self) -> "DayView":
        """The same day run backwards, for searches that arrive by a time."""
        from routing.transit.day_mirror import mirror

        made = self.speedup.shared("mirror", lambda: mirror(self))
        made.speedup.store, made.speedup.name = self.speedup.store, f"{self.speedup.name}-mirror"
        return made

    def service_date(self, run: int) -> date:
        """Return the service day of a run."""
        return self.day + timedelta(days=int(self.service_offset[run]))


MOST_KEPT, MOST_PERSONAL = 8, 2
"""Day views kept per timetable; those of them with a filter few share."""


def keep_view(
    views: "dict[Any, DayView]",
    key: Any,
    view: DayView,
) -> None:
    """Put a view last among those kept, and let the oldest go; personal ones push out no other."""
    views[key] = view
    personal = [k for k in views if k[1] is not None and k[1].is_personal]
    for old in personal[:-MOST_PERSONAL]:
        del views[old]
    while len(views) > MOST_KEPT:
        del views[next(k for k in views if k not in personal)]


def make_day_view(timetable: "Timetable", day: date, only: TripFilter | None = None) -> DayView:
    """Collect the runs of a date into lines that never overtake; see ``Timetable.day_view``."""
    from routing.transit.day_lines import collect

    return finished(timetable, collect(timetable, day, only or TripFilter()))


def finished(timetable: "Timetable", plain: DayView) -> DayView:
    """Return the day as it is searched: runs that go on as others joined, stops split by rules."""
    from routing.transit.split import with_split_stops
    from routing.transit.through import with_through_runs

    return with_split_stops(timetable, with_through_runs(timetable, plain))
