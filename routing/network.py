"""A town's streets and timetable, ready to be searched; one process may hold several."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from routing.arrays import Bool, Float32
from routing.errors import RoutingError
from routing.fares.price import Pricing
from routing.fares.store import load_fares
from routing.flex.areas import FlexService
from routing.geometry import DETOUR
from routing.model import Place
from routing.streets.car_parks import CarParks
from routing.streets.graph import PLAIN, Profile, StreetGraph, StreetMode
from routing.streets.paces import OFF_STREET_MPS, WALKERS, off_street_mps
from routing.streets.search import StreetSearch
from routing.streets.snap import SnapTable, snap_many
from routing.transit.day_store import DayStore
from routing.transit.day_view import OPEN, Closed
from routing.transit.pathways import Stations
from routing.transit.search import TransitSearch
from routing.transit.timetable import Timetable

WALK_MPS = OFF_STREET_MPS
"""Walking speed off the streets, m/s."""

BOUNDS_MARGIN = 0.01
"""Degrees around the network within which a place still counts as in the town."""

KEPT_PLACES = 16_384
"""Descriptions of stops kept in memory."""

LINKED: tuple[StreetMode | Profile, ...] = (
    StreetMode.WALK,
    StreetMode.BIKE,
    Profile.WALK_STEP_FREE,
    Profile.BIKE_CARGO,
)
"""Ways to move for which the links of stops are kept."""


class NetworkError(RoutingError):
    """A folder holds no network that can be planned on."""


@dataclass(frozen=True)
class Network:
    """Streets, timetable and the links between them.

    Parameters
    ----------
    id : str
        Content hash; every plan names it.
    timezone : str
        IANA name.
    bbox : tuple of float
        West, south, east, north in degrees.
    streets, timetable
        At least one of them.
    links : Mapping of StreetMode or Profile to SnapTable
        Stops linked to the streets; empty where either is missing.
    fares_folder : Path, optional
        Where the fares of the timetable's feeds lie.
    car_parks : CarParks, optional
        Car parks as far as they are known.
    """

    id: str
    name: str
    timezone: str
    bbox: tuple[float, float, float, float]
    streets: StreetGraph | None = None
    timetable: Timetable | None = None
    links: Mapping[StreetMode | Profile, SnapTable] = field(default_factory=dict, repr=False)
    fares_folder: Path | None = field(default=None, repr=False)
    car_parks: CarParks | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.streets is None and self.timetable is None:
            raise NetworkError(f"network '{self.name}' has neither streets nor a timetable")

    @classmethod
    def of(
        cls,
        streets: StreetGraph | None = None,
        timetable: Timetable | None = None,
        *,
        id: str = "in-memory",
        name: str = "",
        timezone: str | None = None,
        car_parks: CarParks | None = None,
    ) -> "Network":
        """Make a network of parts in memory, linking stops to streets.

        The time zone is the timetable's where none is given, else UTC.
        """
        zone = timezone or (timetable.timezone.key if timetable else "UTC")
        links = link_stops(streets, timetable) if streets and timetable else {}
        bbox = _bbox(streets, timetable)
        return cls(id, name, zone, bbox, streets, timetable, links, car_parks=car_parks)

    @classmethod
    def load(cls, folder: Path | str, days: DayStore | None = None) -> "Network":
        """Open a network directory's current version, or one version, memory-mapped.

        Parameters
        ----------
        folder : Path
            What ``mobility build`` made.
        days : DayStore, optional
            Where days of the timetable are shared with other processes.

        Raises
        ------
        NetworkError
            There is no network in it, or only half of one.
        """
        version = _version(Path(folder))
        try:
            manifest: dict[str, Any] = json.loads((version / "manifest.json").read_text("utf-8"))
            own_id, name, zone = (str(manifest[key]) for key in ("id", "name", "timezone"))
            west, south, east, north = (float(value) for value in manifest["bbox"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NetworkError(
                f"{version} has no readable manifest.json ({error}): build the network again"
            ) from error
        streets, timetable = _parts(version, days)
        links = {}
        if streets and timetable:
            if not (version / "links").is_dir():
                raise NetworkError(f"{version} has no links of stops to streets: build it again")
            links = _load_links(version / "links")
        bbox = (west, south, east, north)
        parks = CarParks.load(version / "car_parks")
        return cls(own_id, name, zone, bbox, streets, timetable, links, version / "fares", parks)

    @property
    def store(self) -> DayStore | None:
        """Where what is made of this version is shared with other processes, if it is."""
        return None if self.timetable is None else self.timetable.days

    @cached_property
    def _searches(self) -> dict[Profile, StreetSearch]:
        return {mode: StreetSearch(self.streets, mode) for mode in PLAIN} if self.streets else {}

    def search(self, way: StreetMode | Profile) -> StreetSearch:
        """Return the street search of a mode or profile.

        Raises
        ------
        NetworkError
            The network has no streets.
        StreetFileError
            They were saved without the profile.
        """
        if self.streets is None:
            raise NetworkError(f"network '{self.name}' has no streets")
        profile, searches = Profile.of(way), self._searches
        if profile not in searches:
            searches[profile] = searches[Profile.of(profile.mode)].by(profile)
        return searches[profile]

    @cached_property
    def transit(self) -> TransitSearch | None:
        """The timetable's search, ``None`` without timetable."""
        return TransitSearch(self.timetable) if self.timetable else None

    @cached_property
    def pricing(self) -> Pricing:
        """What itineraries cost, as far as the feeds tell.

        Raises
        ------
        FaresFileError
            The fares were saved but cannot be read.
        """
        return Pricing(load_fares(self.fares_folder) if self.fares_folder else ())

    @cached_property
    def service_days(self) -> tuple[date, date] | None:
        """First and last day with a trip, ``None`` where there is none."""
        return self.timetable.service_days() if self.timetable else None

    @cached_property
    def served(self) -> Bool:
        """Which stops some trip calls at, bool, (n_stops,)."""
        return self.timetable.served() if self.timetable else np.zeros(0, np.bool_)

    @cached_property
    def _car_links(self) -> SnapTable:
        if self.streets is None or self.timetable is None:
            raise NetworkError(f"network '{self.name}' has no stops on streets")
        stops = self.timetable.stops
        return snap_many(self.streets, StreetMode.CAR, np.asarray(stops.lon), np.asarray(stops.lat))

    def car_park_links(self, way: StreetMode | Profile) -> SnapTable | None:
        """Return the links of car parks to the streets one can pass; ``None`` where none is known.

        Made when first asked for and kept.
        """
        if self.streets is None or self.car_parks is None or not len(self.car_parks):
            return None
        profile = Profile.of(way).linked_as
        if profile not in self._car_park_links:
            parks = self.car_parks
            self._car_park_links[profile] = snap_many(self.streets, profile, parks.lon, parks.lat)
        return self._car_park_links[profile]

    @cached_property
    def _car_park_links(self) -> dict[Profile, SnapTable]:
        return {}

    def stop_links(self, way: StreetMode | Profile) -> SnapTable:
        """Return the stops' links to the streets one can pass; for cars made when asked for.

        Raises
        ------
        NetworkError
            The network lacks streets or stops, or was built before it knew this profile.
        """
        profile = Profile.of(way).linked_as
        if profile is Profile.CAR:
            return self._car_links
        links = self.links.get(profile.mode if profile in PLAIN else profile)
        if links is None:
            raise NetworkError(
                f"network '{self.name}' has no links of stops for {profile.name.lower()}: build it"
                " again"
            )
        return links

    @cached_property
    def flex(self) -> FlexService | None:
        """Rides on demand, ``None`` where there are none."""
        table = self.timetable
        if table is None or table.flex is None or not len(table.flex.trips.route):
            return None
        links = None if self.streets is None else self._car_links
        return FlexService(table, table.flex, self.served, self.streets, links)

    @cached_property
    def off_street_s(self) -> Mapping[StreetMode | Profile, Float32]:
        """Seconds on foot between each stop and its street, per mode; float32, (n_stops,)."""
        return {way: self.links[way].off_s(off_street_mps(Profile.of(way))) for way in self.links}

    def stop_off_s(self, way: StreetMode | Profile) -> Float32:
        """Return float32 seconds on foot between each stop and the street it is linked to."""
        profile = Profile.of(way)
        known = self.off_street_s.get(profile.mode if profile in PLAIN else profile)
        return self.stop_links(way).off_s(off_street_mps(profile)) if known is None else known

    def stations(self, walking: Profile, closed: Closed = OPEN) -> Stations | None:
        """Return the ways inside stations for who walks so; ``None`` where none are known."""
        return self.timetable.stations(WALKERS[walking].rolls, closed) if self.timetable else None

    @cached_property
    def stop_place(self) -> Callable[[int], Place]:
        """Describe a stop by its row; kept for the next one who asks."""
        return lru_cache(maxsize=KEPT_PLACES)(self._stop_place)

    def _stop_place(self, stop: int) -> Place:
        if self.timetable is None:
            raise NetworkError(f"network '{self.name}' has no stops")
        stops = self.timetable.stops
        return Place(
            lon=float(stops.lon[stop]),
            lat=float(stops.lat[stop]),
            name=stops.name[stop] or None,
            stop_id=stops.id[stop],
            platform=stops.platform[stop] or None,
        )

    def contains(self, lon: float, lat: float) -> bool:
        """Tell whether a point lies in the town or close to it."""
        west, south, east, north = self.bbox
        margin = BOUNDS_MARGIN
        return west - margin <= lon <= east + margin and south - margin <= lat <= north + margin


def link_stops(streets: StreetGraph, timetable: Timetable) -> dict[StreetMode | Profile, SnapTable]:
    """Link all stops to the streets for walking and cycling, also where steps are no way."""
    lon, lat = np.asarray(timetable.stops.lon), np.asarray(timetable.stops.lat)
    return {way: snap_many(streets, way, lon, lat) for way in LINKED}


def _load_links(folder: Path) -> dict[StreetMode | Profile, SnapTable]:
    saved = [w for w in LINKED if (folder / f"{Profile.of(w)}.edge.npy").is_file()]
    return {way: SnapTable.load(folder, Profile.of(way)) for way in saved}


def prepare(version: Path) -> None:
    """Join the streets and the timetable of a version: links of stops, walks between stops.

    Parameters
    ----------
    version : Path
        Folder with ``streets``, ``transit`` or both. Without streets walks between stops are
        straight lines; without a timetable nothing is done. Doing it twice changes nothing.
    """
    streets, timetable = _parts(version)
    if timetable is None:
        return
    if streets is None:
        from routing.transit.straight_walks import with_straight_footpaths

        _replace_timetable(version, with_straight_footpaths(timetable, WALK_MPS, DETOUR))
        return
    from routing.streets.footpaths import with_street_footpaths

    links = link_stops(streets, timetable)
    folder = version / "links"
    folder.mkdir(exist_ok=True)
    for way, table in links.items():
        table.save(folder, Profile.of(way))
    _replace_timetable(version, with_street_footpaths(timetable, streets, links))


def _replace_timetable(version: Path, timetable: Timetable) -> None:
    fresh, old = version / "transit.new", version / "transit.old"
    shutil.rmtree(fresh, ignore_errors=True)
    timetable.save(fresh)  # beside the old one, whose files are mapped
    (version / "transit").rename(old)
    fresh.rename(version / "transit")
    shutil.rmtree(old)


def _version(folder: Path) -> Path:
    current = folder / "current"
    version = current.resolve() if current.exists() else folder
    if not version.is_dir():
        raise NetworkError(f"{folder} is no network directory: make one with 'mobility build'")
    return version


def _parts(
    version: Path, days: DayStore | None = None
) -> tuple[StreetGraph | None, Timetable | None]:
    streets, transit = version / "streets", version / "transit"
    return (
        StreetGraph.load(streets) if streets.is_dir() else None,
        Timetable.load(transit, days) if transit.is_dir() else None,
    )


def _bbox(
    streets: StreetGraph | None, timetable: Timetable | None
) -> tuple[float, float, float, float]:
    """Return what the streets cover, or stops and areas on demand where there are none."""
    if streets is not None:
        return streets.bbox
    if timetable is None:
        return (0.0, 0.0, 0.0, 0.0)
    areas = timetable.flex.bounds() if timetable.flex else None
    lon, lat = (
        np.append(part, (areas or ())[axis::2])
        for axis, part in enumerate((timetable.stops.lon, timetable.stops.lat))
    )
    if not len(lon):
        return (0.0, 0.0, 0.0, 0.0)
    return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
