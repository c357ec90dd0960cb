"""``locations.geojson``, ``location_groups.txt`` → places of rides on demand."""

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape

from routing.arrays import Int64, StringTable
from routing.flex.tables import AREA, STOPS, FlexPlaces
from routing.gtfs.files import FeedFiles
from routing.notices import NoticeList

LOCATIONS = "locations.geojson"
_GROUPS, _MEMBERS = "location_groups.txt", "location_group_stops.txt"


@dataclass
class PlaceReader:
    """Reads the places of one feed after the other.

    ``areas`` and ``groups`` find rows of the present feed by id; :meth:`of_stop` makes one of a
    single stop.
    """

    notices: NoticeList
    areas: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    _of_stop: dict[int, int] = field(default_factory=dict)
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def read(self, files: FeedFiles, feed: int, stops: dict[str, int]) -> None:
        """Read a feed's places.

        Parameters
        ----------
        feed : int
            Its number.
        stops : dict
            Row of each usable ``stop_id`` of the feed.
        """
        self.areas, self.groups = {}, {}
        if files.has(LOCATIONS):
            self._read_areas(files, feed)
        self._read_groups(files, feed)
        self._read_members(files, stops)

    def of_stop(self, stop: int, key: str, feed: int) -> int:
        """Return the place that is one stop."""
        if stop not in self._of_stop:
            self._of_stop[stop] = self._add(key, "", feed, STOPS, "")
            self._rows[-1]["stops"].append(stop)
        return self._of_stop[stop]

    def _add(self, key: str, name: str, feed: int, kind: int, wkb: str) -> int:
        row = {"id": key, "name": name, "feed": feed, "kind": kind, "shape": wkb, "stops": []}
        self._rows.append(row)
        return len(self._rows) - 1

    def _fault(self, code: str, file: str, row: int | None, name: str, message: str) -> None:
        self.notices.add(code, "error", file, row, name, f"{message}; left out")

    def _read_areas(self, files: FeedFiles, feed: int) -> None:
        label = files.label(LOCATIONS)
        try:
            document = json.loads(files.text(LOCATIONS))
            features = list(document["features"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            message = f"no GeoJSON feature collection ({error})"
            self._fault("bad_geojson", label, None, "features", message)
            return
        for number, feature in enumerate(features, 1):
            found = feature if isinstance(feature, dict) else {}
            key = str(found.get("id") or "")
            if not key or key in self.areas:
                code = "repeated_id" if key else "missing_id"
                self._fault(code, label, number, "id", f"'{key}'")
                continue
            polygon = _polygon(found.get("geometry"))
            if polygon is None:
                message = f"'{key}' is no polygon of longitudes and latitudes"
                self._fault("bad_area", label, number, "geometry", message)
                continue
            properties = found.get("properties")
            name = properties.get("stop_name") if isinstance(properties, dict) else None
            wkb = str(shapely.to_wkb(polygon, hex=True))
            self.areas[key] = self._add(key, str(name or ""), feed, AREA, wkb)

    def _read_groups(self, files: FeedFiles, feed: int) -> None:
        names = ("location_group_id", "location_group_name")
        rows = files.rows(_GROUPS, names)
        for number, key, name in zip(rows.number, *(rows[n].strings() for n in names), strict=True):
            if not key or key in self.groups:
                code = "repeated_id" if key else "missing_id"
                self._fault(code, rows.file, int(number), "location_group_id", f"'{key}'")
                continue
            self.groups[key] = self._add(key, name, feed, STOPS, "")

    def _read_members(self, files: FeedFiles, stops: dict[str, int]) -> None:
        names = ("location_group_id", "stop_id")
        rows = files.rows(_MEMBERS, names)
        for number, key, stop in zip(rows.number, *(rows[n].strings() for n in names), strict=True):
            if key not in self.groups:
                self._fault(
                    "unknown_location", rows.file, int(number), names[0], f"no group '{key}'"
                )
            elif stop not in stops:
                message = f"'{stop}': no such stop in use"
                self._fault("unknown_stop", rows.file, int(number), "stop_id", message)
            else:
                self._rows[self.groups[key]]["stops"].append(stops[stop])

    def stops(self) -> Int64:
        """Return the stops of all places, int64."""
        return np.array([stop for row in self._rows for stop in row["stops"]], np.int64)

    def make(self, moved: Int64 | None) -> FlexPlaces:
        """Return the places of all feeds.

        Parameters
        ----------
        moved : int64, (n_stops,), optional
            New row of each stop, -1 for one no longer there.
        """
        rows = self._rows
        members = []
        for row in rows:
            stops = np.unique(np.array(row["stops"], np.int64))
            stops = stops if moved is None else moved[stops]
            members.append(stops[stops >= 0])
        first = np.concatenate([[0], np.cumsum([len(stops) for stops in members])])
        return FlexPlaces(
            id=StringTable.of(row["id"] for row in rows),
            name=StringTable.of(row["name"] for row in rows),
            feed=np.array([row["feed"] for row in rows], np.uint16),
            kind=np.array([row["kind"] for row in rows], np.uint8),
            shape=StringTable.of(row["shape"] for row in rows),
            stop_first=first.astype(np.uint32),
            stop=np.concatenate([np.zeros(0, np.int64), *members]).astype(np.uint32),
        )


def _polygon(geometry: Any) -> Any:
    """Return a valid (multi)polygon on Earth, mended where rings cross; else ``None``."""
    try:
        with np.errstate(invalid="ignore"):  # what is no number is found below
            found = shape(geometry)
        if not np.isfinite(shapely.get_coordinates(found)).all():
            return None
        if found.geom_type not in ("Polygon", "MultiPolygon") or found.is_empty:
            return None
        west, south, east, north = found.bounds
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            return None
        whole = found if found.is_valid else shapely.make_valid(found)
        parts = [p for p in shapely.get_parts(whole) if p.geom_type in ("Polygon", "MultiPolygon")]
        return shapely.union_all(parts) if parts else None
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
