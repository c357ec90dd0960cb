"""``shapes.txt``: the courses of vehicles on the ground."""

import numpy as np

from routing.arrays import Float32, Float64, Int32, Int64, UInt32
from routing.gtfs.files import FeedFiles
from routing.gtfs.values import parse_count, parse_number
from routing.kernels.courses import pass_stops
from routing.notices import NoticeList
from routing.transit.tables import Courses, Patterns, Shapes, Stops

_COLUMNS = ("shape_id", "shape_pt_lon", "shape_pt_lat", "shape_pt_sequence")


class ShapeReader:
    """Reads the shapes that trips use, one feed after the other."""

    def __init__(self, notices: NoticeList) -> None:
        self._notices = notices
        self._count = 0
        self._parts: list[tuple[Int32, Int64, Float32, Float32]] = []

    def read(self, files: FeedFiles, names: list[str]) -> Int32:
        """Read one feed.

        Parameters
        ----------
        files : FeedFiles
            The feed.
        names : list of str, (n_trips,)
            Shape of each trip, empty where none.

        Returns
        -------
        int32, (n_trips,)
            Row of each trip's shape, -1 where none or unknown.
        """
        wanted = {name: i for i, name in enumerate(dict.fromkeys(n for n in names if n))}
        found = np.zeros(len(wanted) + 1, np.bool_)
        for rows in files.chunks("shapes.txt", _COLUMNS):
            shape = rows["shape_id"].map(lambda v: wanted.get(v, -1), np.int32)
            lon = rows["shape_pt_lon"].map(parse_number, np.float64)
            lat = rows["shape_pt_lat"].map(parse_number, np.float64)
            order = rows["shape_pt_sequence"].map(parse_count, np.int64)
            good = (np.abs(lon) <= 180) & (np.abs(lat) <= 90) & (order >= 0)
            for row in np.flatnonzero(~good & (shape >= 0)).tolist():
                number = int(rows.number[row])
                message = "no usable point; row left out"
                self._notices.add("bad_shape_point", "error", rows.file, number, None, message)
            keep = good & (shape >= 0)
            found[shape[keep]] = True
            self._keep(shape[keep] + self._count, order[keep], lon[keep], lat[keep])
        for name, i in wanted.items():
            if not found[i]:
                label, message = (
                    files.label("trips.txt"),
                    f"no shape '{name}'; drawn from stop to stop",
                )
                self._notices.add("unknown_shape", "warning", label, None, "shape_id", message)
        of_name = {name: self._count + i for name, i in wanted.items() if found[i]}
        self._count += len(wanted)
        return np.array([of_name.get(name, -1) for name in names], np.int32)

    def _keep(self, shape: Int32, order: Int64, lon: Float64, lat: Float64) -> None:
        self._parts.append((shape, order, lon.astype(np.float32), lat.astype(np.float32)))

    def make_shapes(self) -> Shapes:
        """Return the shapes of all feeds, points in order."""
        if not self._parts:
            nothing = np.zeros(0, np.float32)
            return Shapes(np.zeros(self._count + 1, np.uint32), nothing, nothing)
        shape, order, lon, lat = (np.concatenate(c) for c in zip(*self._parts, strict=True))
        by = np.lexsort((order, shape))
        first = np.searchsorted(shape[by], np.arange(self._count + 1)).astype(np.uint32)
        return Shapes(first, lon[by], lat[by])


def make_courses(
    shapes: Shapes, stops: Stops, patterns: Patterns, pattern: UInt32, shape: Int32
) -> tuple[Courses, Int32]:
    """Find where each shape passes the stops of each pattern that uses it.

    Parameters
    ----------
    pattern : uint32, (n_trips,); shape : int32, (n_trips,)
        Of each trip; a shape of -1 or of fewer than two points has no course.

    Returns
    -------
    Courses
        One row per pair in use.
    int32, (n_trips,)
        Row of each trip, -1 none.
    """
    points = np.diff(shapes.first.astype(np.int64))
    usable = shape >= 0
    usable[usable] = points[shape[usable]] >= 2
    pairs, of_trip = np.unique(
        np.column_stack([pattern[usable], shape[usable]]).reshape(-1, 2).astype(np.int64),
        axis=0,
        return_inverse=True,
    )
    course = np.full(len(shape), -1, np.int32)
    course[usable] = of_trip.reshape(-1)
    parts = [_course(shapes, stops, patterns, int(p), int(s)) for p, s in pairs]
    first = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.uint32)
    at = np.concatenate(parts) if parts else np.zeros(0, np.float32)
    return Courses(pairs[:, 1].astype(np.uint32), first, at), course


def _course(shapes: Shapes, stops: Stops, patterns: Patterns, pattern: int, shape: int) -> Float32:
    points = slice(int(shapes.first[shape]), int(shapes.first[shape + 1]))
    calls = slice(int(patterns.stop_first[pattern]), int(patterns.stop_first[pattern + 1]))
    stop = patterns.stop[calls]
    x, y = shapes.lon[points].astype(np.float64), shapes.lat[points].astype(np.float64)
    narrow = float(np.cos(np.radians(y[0])))
    at = np.zeros(len(stop), np.float32)
    pass_stops(
        x * narrow,
        y,
        stops.lon[stop] * narrow,
        stops.lat[stop],
        np.zeros((2, len(x))),
        np.zeros((len(stop), len(x)), np.int32),
        at,
    )
    return at
