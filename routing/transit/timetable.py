"""The timetable: validated flat arrays of stops, routes, trips, calls and footpaths."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from routing.arrays import Bool, Int32, StringTable, UInt16, UInt32, freeze, load_table, save_table
from routing.errors import RoutingError
from routing.flex.tables import FlexTables
from routing.transit.calendar import Services
from routing.transit.day_store import DayStore
from routing.transit.day_view import OPEN, Closed
from routing.transit.pathways import Pathways, Stations
from routing.transit.tables import (
    NO,
    Agencies,
    CallHeadsigns,
    Calls,
    Carried,
    Courses,
    Footpaths,
    NarrowRules,
    Patterns,
    Routes,
    Shapes,
    Stops,
    Trips,
)
from routing.transit.translations import Translations

if TYPE_CHECKING:
    from routing.transit.day_view import DayView, TripFilter


class UnknownStopError(RoutingError, LookupError):
    """No stop of that name is in the timetable."""


@dataclass(frozen=True)
class _Texts:
    feed: StringTable
    text: StringTable


@dataclass(frozen=True)
class Timetable:
    """Everything the searches need, of one or several feeds.

    ``feeds`` names the feeds, ``texts`` holds headsigns; the rest is described at its class.
    ``flex`` is ``None`` where nothing is on demand, ``translations`` where there are none.
    ``other_footpaths`` are those of people who walk in another way than most, by the name of it.
    In ``days`` its day views are shared with other processes.
    """

    feeds: StringTable
    texts: StringTable
    agencies: Agencies
    stops: Stops
    routes: Routes
    services: Services
    trips: Trips
    patterns: Patterns
    calls: Calls
    footpaths: Footpaths
    shapes: Shapes
    courses: Courses
    flex: FlexTables | None = None
    translations: Translations | None = None
    rules: NarrowRules = field(default_factory=NarrowRules.of)
    pathways: Pathways = field(default_factory=Pathways.of)
    carried: Carried = field(default_factory=Carried.of)
    headsigns: CallHeadsigns = field(default_factory=CallHeadsigns.none)
    other_footpaths: Mapping[str, Footpaths] = field(default_factory=dict, repr=False)
    days: DayStore | None = field(default=None, repr=False, compare=False)
    joints: dict[tuple[int, int], bool] = field(default_factory=dict, repr=False, compare=False)
    """Pairs of patterns met so far, and whether riding on from the one into the other is of use."""
    _views: dict[Any, "DayView"] = field(default_factory=dict, repr=False, compare=False)
    _stations: dict[tuple[bool, Closed], Stations] = field(
        default_factory=dict, repr=False, compare=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make every array read-only, as those opened from files are."""
        for name in (*_KINDS, *_EXTRAS):
            freeze(getattr(self, name))

    @property
    def n_stops(self) -> int:
        """Number of stops, stations included."""
        return len(self.stops.lon)

    @property
    def n_trips(self) -> int:
        """Number of trips over all service days."""
        return len(self.trips.route)

    @cached_property
    def timezone(self) -> ZoneInfo:
        """Time zone of the network: that of the first agency."""
        return ZoneInfo(self.agencies.timezone[0])

    @cached_property
    def latest_s(self) -> int:
        """Latest arrival of any trip, seconds of its service day."""
        return int(self.calls.arrival_s.max(initial=0))

    @cached_property
    def _stop_of(self) -> dict[tuple[int, str], int]:
        return {
            (int(feed), stop_id): i
            for i, (feed, stop_id) in enumerate(zip(self.stops.feed, self.stops.id, strict=True))
        }

    def find_stop(self, stop_id: str, feed: int | None = None) -> int | None:
        """Return the row of a stop id, in one feed or in the first that has it; or ``None``."""
        feeds = range(len(self.feeds)) if feed is None else (feed,)
        found = (self._stop_of.get((f, stop_id)) for f in feeds)
        return next((row for row in found if row is not None), None)

    def get_stop(self, stop_id: str, feed: int | None = None) -> int:
        """Return the row of a stop id.

        Raises
        ------
        UnknownStopError
            No feed has it.
        """
        row = self.find_stop(stop_id, feed)
        if row is None:
            raise UnknownStopError(f"no stop '{stop_id}' in {', '.join(self.feeds)}; check the id")
        return row

    @cached_property
    def _takes_bikes(self) -> bool:
        """Whether no trip says no to bicycles."""
        return not (self.trips.bikes == NO).any()

    def served(self) -> Bool:
        """Tell which stops some trip calls at; bool, (n_stops,)."""
        mask = np.zeros(self.n_stops, np.bool_)
        mask[self.patterns.stop] = True
        return mask

    def stations(self, step_free: bool = False, closed: Closed = OPEN) -> Stations | None:
        """Return the ways inside stations, ``None`` where none are known; kept for the next."""
        if not len(self.pathways.mode):
            return None
        key = step_free, closed
        with self._lock:
            if key not in self._stations:
                while len(self._stations) >= KEPT_STATIONS:
                    del self._stations[next(iter(self._stations))]
                self._stations[key] = Stations(self.stops, self.pathways, *key)
            return self._stations[key]

    def footpaths_of(self, walk: str) -> Footpaths:
        """Return the footpaths of who walks so; the plain ones where no others are known."""
        return self.other_footpaths.get(walk, self.footpaths)

    def pattern_stops(self, pattern: int) -> UInt32:
        """Return the stops of a pattern, uint32, (length,)."""
        first = self.patterns.stop_first
        return self.patterns.stop[first[pattern] : first[pattern + 1]]

    def trip_times(self, trip_idx: int) -> tuple[Int32, Int32]:
        """Return arrivals and departures of a trip, int32, (length,), service-day seconds."""
        rows = self.call_rows(trip_idx)
        return self.calls.arrival_s[rows], self.calls.departure_s[rows]

    def call_sequence(self, trip_idx: int) -> UInt16:
        """Return the feed's numbers of the calls of a trip, uint16, (length,)."""
        return self.calls.sequence[self.call_rows(trip_idx)]

    def call_rows(self, trip_idx: int) -> slice:
        """Return which rows of ``calls`` are those of a trip."""
        p = self.patterns
        pattern = int(self.trips.pattern[trip_idx])
        length = int(p.stop_first[pattern + 1] - p.stop_first[pattern])
        start = int(p.call_first[pattern]) + (trip_idx - int(p.trip_first[pattern])) * length
        return slice(start, start + length)

    def service_days(self) -> tuple[date, date] | None:
        """Return the first and last day on which a trip starts, or ``None`` if there is none."""
        return self.services.days_of(np.unique(self.trips.service))

    def day_view(self, day: date, only: "TripFilter | None" = None) -> "DayView":
        """Return the trips one can ride on a date, ready to be searched.

        Parameters
        ----------
        day : date
            Local date; times of the view count from its midnight in ``timezone``.
        only : TripFilter, optional
            Leave out trips and stops known to be unfit.

        Returns
        -------
        DayView
            Kept for the next query, a few dates at a time; the same one for filters that make
            no difference here.
        """
        from routing.transit.day_view import TripFilter, keep_view

        if only is not None and only.bikes and self._takes_bikes:
            only = replace(only, bikes=False)
        if only == TripFilter():
            only = None
        key = (day, only)
        with self._lock:
            view = self._views.pop(key, None) or self._make_view(day, only)
            keep_view(self._views, key, view)
        return view

    def kept_views(self) -> "list[tuple[date, TripFilter | None, DayView]]":
        """Return the views made last with what they were asked for by, the newest last."""
        with self._lock:
            return [(*key, view) for key, view in self._views.items()]

    def _make_view(self, day: date, only: "TripFilter | None") -> "DayView":
        from routing.transit.day_view import TripFilter, make_day_view

        words = {
            None: "",
            TripFilter(wheelchair=True, walk="walk_step_free"): "-wheelchair",
            TripFilter(walk="walk_step_free"): "-step-free",
            TripFilter(walk="walk_slow"): "-slow",
            TripFilter(bikes=True): "-bikes",
        }
        if self.days is None or only not in words:
            return make_day_view(self, day, only)
        name = f"{day}{words[only]}"
        view = self.days.get(name, lambda: make_day_view(self, day, only))
        view.speedup.store, view.speedup.name = self.days, name
        return view

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file per column into a new or empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        save_table(_Texts(self.feeds, self.texts), folder, "texts")
        for name, table in self._tables().items():
            save_table(table, folder, name)
        for walk, footpaths in self.other_footpaths.items():
            save_table(footpaths, folder, f"{_OTHER}{walk}")
        if self.flex is not None:
            self.flex.save(folder / "flex")
        if self.translations is not None:
            self.translations.save(folder / "translations")
        if len(self.rules.kind):
            save_table(self.rules, folder, "rules")
        if len(self.pathways.mode):
            save_table(self.pathways, folder, "pathways")
        if len(self.carried.cars):
            save_table(self.carried, folder, "carried")
        if len(self.headsigns.trip):
            save_table(self.headsigns, folder, "headsigns")

    @classmethod
    def load(cls, folder: Path, days: DayStore | None = None) -> "Timetable":
        """Open a saved timetable, memory-mapped; takes milliseconds.

        Parameters
        ----------
        folder : Path
            What :meth:`save` wrote.
        days : DayStore, optional
            Where its day views are shared with other processes.

        Raises
        ------
        ArrayFileError
            A file is missing or damaged.
        """
        texts = load_table(_Texts, folder, "texts")
        kinds = _KINDS | {n: kind for n, kind in _EXTRAS.items() if any(folder.glob(f"{n}.*"))}
        tables = {name: load_table(kind, folder, name) for name, kind in kinds.items()}
        names = [path.name.split(".")[0] for path in sorted(folder.glob(f"{_OTHER}*.first.npy"))]
        others = {name.removeprefix(_OTHER): load_table(Footpaths, folder, name) for name in names}
        flex = FlexTables.load(folder / "flex")
        translations = Translations.load(folder / "translations")
        return cls(
            texts.feed,
            texts.text,
            **tables,
            flex=flex,
            translations=translations,
            other_footpaths=others,
            days=days,
        )

    def _tables(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _KINDS}

    def with_tables(self, **changes: Any) -> "Timetable":
        """Return a timetable with other tables in place of some; views are made anew."""
        return replace(
            self,
            **changes,
            days=None,
            joints={},
            _views={},
            _stations={},
            _lock=threading.Lock(),
        )


KEPT_STATIONS = 8

_OTHER = "footpaths-"

_KINDS: dict[str, type[Any]] = {
    "agencies": Agencies,
    "stops": Stops,
    "routes": Routes,
    "services": Services,
    "trips": Trips,
    "patterns": Patterns,
    "calls": Calls,
    "footpaths": Footpaths,
    "shapes": Shapes,
    "courses": Courses,
}
_EXTRAS: dict[str, type[Any]] = {
    "rules": NarrowRules,
    "pathways": Pathways,
    "carried": Carried,
    "headsigns": CallHeadsigns,
}
"""Tables that few timetables have; one without has no files of them."""

assert {*_KINDS, *_EXTRAS} <= {f.name for f in fields(Timetable)}  # noqa: S101 - a slip while editing
