"""The parts of a network, each read from its input and written into the new version."""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import shapely

from mobility.catalogue.documents import FEEDS, OLD_NAMES
from mobility.catalogue.fetch import Fetcher
from mobility.catalogue.model import Snapshot
from mobility.catalogue.poller import FeedPoller
from mobility.catalogue.sources import Source, parse_source, save_sources
from mobility.network.area import read_polygons
from mobility.network.bounds import Bounds
from mobility.network.inputs import BuildError, Inputs
from mobility.network.population import read_population, save_population
from routing.gtfs.about import FeedAbout
from routing.gtfs.files import UNUSABLE
from routing.notices import Notice, NoticeList
from routing.osm.model import OsmExtract
from routing.streets.graph import StreetGraph, StreetMode
from routing.transit.timetable import Timetable


@dataclass
class Parts:
    """What a build has read so far."""

    folder: Path
    inputs: Inputs
    notices: list[Notice] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    streets: StreetGraph | None = None
    extract: OsmExtract | None = None
    timetable: Timetable | None = None
    feeds: list[FeedAbout] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    districts: list[tuple[str, shapely.Geometry]] = field(default_factory=list)

    def bounds(self) -> Bounds:
        """Return the box the network covers: its area, else its streets, else what is served."""
        if self.inputs.area is not None:
            return self.inputs.area.bounds
        if self.streets is not None:
            return Bounds(*self.streets.bbox)
        lon, lat = self.served_stops()
        flex = None if self.timetable is None else self.timetable.flex
        areas = (flex.bounds() if flex else None) or ()
        lon, lat = np.append(lon, areas[0::2]), np.append(lat, areas[1::2])
        if not len(lon):
            raise BuildError("the timetable has no trips that stop anywhere: check the GTFS feed")
        pad = 0.002  # a single line may have no height
        return Bounds(
            float(lon.min()) - pad,
            float(lat.min()) - pad,
            float(lon.max()) + pad,
            float(lat.max()) + pad,
        )

    def left_out(self) -> list[str]:
        """Return what is wrong with each feed that cannot be used."""
        return [notice.message for notice in self.notices if notice.code == UNUSABLE]

    def served_stops(self) -> tuple[np.ndarray, np.ndarray]:
        """Return longitude and latitude of the stops that some trip calls at."""
        if self.timetable is None:
            return np.zeros(0), np.zeros(0)
        served = self.timetable.served()
        return self.timetable.stops.lon[served], self.timetable.stops.lat[served]


def read_streets(parts: Parts) -> None:
    """Read streets, names and shapes from whichever source was given; write ``streets/``."""
    from routing.streets.build import build_streets
    from routing.streets.car_parks import CarParks
    from routing.streets.turns import count_unused

    parts.extract = _extract(parts.inputs)
    parts.streets = build_streets(parts.extract)
    if parts.inputs.elevation is not None:
        from routing.streets.elevation import with_elevation

        _check_elevation(parts.inputs.elevation)
        parts.streets = with_elevation(parts.streets, parts.inputs.elevation)
    parts.streets.save(parts.folder / "streets")
    if parts.extract.car_parks:
        CarParks.of(parts.extract.car_parks).save(parts.folder / "car_parks")
        parts.counts["car_parks"] = len(parts.extract.car_parks)
    parts.counts["street_nodes"] = parts.streets.n_nodes
    parts.counts["street_edges"] = parts.streets.n_edges
    for mode in StreetMode:
        parts.counts[f"arcs_{mode.name.lower()}"] = len(parts.streets.modes[mode].head)
    skipped = dict(parts.extract.skipped)
    unused = count_unused(parts.streets.nodes, parts.streets.edges, parts.extract.restrictions)
    if unused:
        skipped["restriction_not_joined"] = unused
    for reason, count in sorted(skipped.items()):
        parts.notices.append(
            Notice(
                f"osm_{reason}".replace(" ", "_"),
                "info",
                parts.extract.source,
                None,
                None,
                f"{count} left out: {reason}",
            )
        )


def _extract(inputs: Inputs) -> OsmExtract:
    area = inputs.area
    if inputs.osm is not None:
        from routing.osm.read import read_osm

        bbox = None if area is None else _corners(area.bounds)
        return read_osm(inputs.osm, bbox, None if area is None else area.polygon)
    from routing.osm.osmnx_io import extract_from_graphml, extract_from_place

    if inputs.place is not None:
        return extract_from_place(inputs.place)
    assert inputs.graph is not None  # noqa: S101 (Inputs has one of the three)
    return extract_from_graphml(inputs.graph)


def _corners(bounds: Bounds) -> tuple[float, float, float, float]:
    return bounds.west, bounds.south, bounds.east, bounds.north


def read_timetable(parts: Parts, today: date | None = None) -> None:
    """Read the GTFS feeds and write ``transit/`` and ``fares/``.

    Trips that cross the area stay whole. Feeds that cannot be used are left out and told; where
    none can be and there are no streets either, ``BuildError`` is raised.
    """
    from routing.fares.read import read_fares
    from routing.fares.store import save_fares
    from routing.gtfs.about import read_about
    from routing.gtfs.read import read_usable

    area, zone = parts.inputs.area, parts.inputs.timezone
    today = today or datetime.now(UTC).date()
    timetable, used, notices = read_usable(
        parts.inputs.gtfs, None if area is None else area.contains, today, zone
    )
    parts.notices += notices
    if timetable is None and parts.streets is None:
        raise BuildError(f"nothing is left to build: {'; '.join(parts.left_out())}")
    parts.inputs = replace(parts.inputs, gtfs=tuple(used))
    if timetable is None:
        return
    about = NoticeList()
    parts.feeds += [read_about(path, about, today) for path in used]
    parts.notices += about.finish()
    timetable.save(parts.folder / "transit")
    parts.timetable = timetable
    fares, faults = read_fares(used, zone)
    save_fares(fares, parts.folder / "fares")
    parts.notices += faults
    parts.counts["stops"] = int(timetable.served().sum())
    parts.counts["trips"] = timetable.n_trips
    parts.counts["routes"] = len(timetable.routes.id)


def join(parts: Parts) -> None:
    """Link stops to streets and find the walks between them."""
    from routing.network import prepare

    prepare(parts.folder)


def read_feeds(parts: Parts, now: datetime | None = None) -> None:
    """Read every sharing system once, and list the feeds in ``gbfs/``.

    A feed that cannot be reached now is polled later all the same.
    """
    moment = now or datetime.now(UTC)
    bounds = parts.bounds().grown(1000)
    sources: list[Source] = []
    for text in parts.inputs.gbfs:
        source = _unique(parse_source(text), sources)
        fetcher = Fetcher()
        try:
            state = FeedPoller(source, fetcher, bounds).poll(moment)
        finally:
            fetcher.close()
        if state.error is not None:
            words = f"{state.error}; polled again when the town is served"
            parts.notices.append(
                Notice("feed_failed", "warning", f"gbfs/{source.name}", None, None, words)
            )
        parts.notices += [_in_feed(notice, source) for notice in state.notices]
        if state.snapshot is not None:
            parts.snapshots.append(state.snapshot)
        sources.append(_kept(source, parts.folder))
    save_sources(parts.folder, sources)
    parts.counts["sharing_systems"] = len(parts.snapshots)
    parts.counts["stations"] = sum(len(s.stations) for s in parts.snapshots)


def _unique(source: Source, others: Iterable[Source]) -> Source:
    taken = {other.name for other in others}
    name, number = source.name, 2
    while name in taken:
        name, number = f"{source.name}-{number}", number + 1
    return Source(name, source.url, source.folder)


def _in_feed(notice: Notice, source: Source) -> Notice:
    file = f"gbfs/{source.name}/{notice.file}"
    return Notice(notice.code, notice.severity, file, notice.row, notice.field, notice.message)


def _kept(source: Source, folder: Path) -> Source:
    """Copy the files of a folder into the version, so that it needs nothing outside."""
    if source.folder is None:
        return source
    target = folder / "gbfs" / source.name
    target.mkdir(parents=True)
    for feed in FEEDS:
        for name in (feed, OLD_NAMES.get(feed, feed)):
            if (source.folder / f"{name}.json").is_file():
                shutil.copyfile(source.folder / f"{name}.json", target / f"{name}.json")
    return Source(source.name, folder=target)


def read_people(parts: Parts) -> None:
    """Read population and districts, and take over the elevation."""
    inputs = parts.inputs
    if inputs.population is not None:
        notices = NoticeList()
        bounds = parts.bounds().grown(2000)
        cells = read_population(inputs.population, bounds, notices)
        save_population(parts.folder / "population.csv", cells)
        parts.notices += notices.finish()
        parts.counts["population_cells"] = len(cells)
        parts.counts["population"] = round(sum(c.population or 0 for c in cells))
    if inputs.districts is not None:
        parts.districts = _districts(inputs.districts)
        _save_districts(parts.folder / "districts.geojson", parts.districts)
        parts.counts["districts"] = len(parts.districts)
    if inputs.elevation is not None:
        shutil.copyfile(inputs.elevation, parts.folder / "elevation.tif")


def _districts(path: Path) -> list[tuple[str, shapely.Geometry]]:
    found = []
    for number, (polygon, properties) in enumerate(read_polygons(path), start=1):
        named = {
            key.lower(): value
            for key, value in properties.items()
            if isinstance(value, str) and "name" in key.lower() and value.strip()
        }
        name = named.get("name") or next(iter(named.values()), f"District {number}")
        found.append((name.strip(), polygon))
    return found


def _save_districts(path: Path, districts: list[tuple[str, shapely.Geometry]]) -> None:
    features = [
        {
            "type": "Feature",
            "id": number,
            "properties": {"name": name},
            "geometry": json.loads(shapely.to_geojson(polygon)),
        }
        for number, (name, polygon) in enumerate(districts, start=1)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _check_elevation(path: Path) -> None:
    import rasterio
    from rasterio.errors import RasterioIOError

    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                raise BuildError(f"{path}: has no coordinate system; give a GeoTIFF with one")
    except RasterioIOError as error:
        raise BuildError(f"{path}: is no readable GeoTIFF ({error})") from error
