"""Shared vehicles as the planner sees them: places linked to streets, and what is there now.

Places of a system are its stations followed by its single vehicles, in one table, so that one
bounded search per direction and kind of vehicle serves them all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from routing.arrays import Bool, Float32, Float64, Int32
from routing.errors import RoutingError
from routing.sharing.pricing import RidePlan
from routing.sharing.standing import Standing
from routing.sharing.zones import END, START, Zones
from routing.streets.graph import Profile, StreetGraph, StreetMode
from routing.streets.paces import off_street_mps
from routing.streets.snap import SnapTable, snap_many

STATION, FREE = "station", "free"
"""Where a ride may end: at a station with a free dock, or where the rider arrives."""

RIDDEN_ON: dict[str, StreetMode] = {
    "bicycle": StreetMode.BIKE,
    "cargo_bicycle": StreetMode.BIKE,
    "scooter": StreetMode.BIKE,
    "scooter_standing": StreetMode.BIKE,
    "scooter_seated": StreetMode.BIKE,
    "car": StreetMode.CAR,
    "moped": StreetMode.CAR,
}
"""Streets each form factor rides on; one not listed here (``other``) is not planned with."""

_ENDS: dict[str, tuple[str, ...]] = {
    "free_floating": (FREE,),
    "any_station": (STATION,),
    "hybrid": (STATION, FREE),
    "roundtrip_station": (),
}


class SharedVehiclesError(RoutingError, ValueError):
    """Rows of a sharing system that do not fit together."""


@dataclass(frozen=True)
class Kind:
    """Vehicles of one system that are ridden on the same streets and end a ride the same way.

    Parameters
    ----------
    form_factor : str
        GBFS word.
    street_mode : StreetMode
        Streets ridden on.
    ends_at : str
        ``STATION`` or ``FREE``.
    type_ids : tuple of str
        Vehicle types taken together; empty where the feed has none.
    count : int32, (n_places,)
        Vehicles that can be taken at each place now.
    give_back : bool, (n_places,)
        A ride may end at the place: a station for this form factor that takes returns, is not
        known to be full, and lies where the zones let rides end.
    """

    form_factor: str
    street_mode: StreetMode
    ends_at: str
    type_ids: tuple[str, ...]
    return_constraint: str | None
    count: Int32
    give_back: Bool

    @cached_property
    def pick_up(self) -> Bool:
        """Tell where a ride may begin; bool, (n_places,)."""
        return np.asarray(self.count > 0)


class SharedLinks:
    """Places linked to the streets each profile can pass, made when first asked for."""

    def __init__(self, graph: StreetGraph, lon: Float64, lat: Float64) -> None:
        self._graph, self.lon, self.lat = graph, lon, lat
        self._tables: dict[Profile, SnapTable] = {}
        self._off_s: dict[Profile, Float32] = {}
        self.standing = Standing(self)

    def table(self, profile: Profile) -> SnapTable:
        """Return the links for a profile."""
        profile = profile.linked_as
        if profile not in self._tables:
            self._tables[profile] = snap_many(self._graph, profile, self.lon, self.lat)
        return self._tables[profile]

    def off_s(self, profile: Profile) -> Float32:
        """Return float32 seconds on foot between each place and its street."""
        if profile not in self._off_s:
            self._off_s[profile] = self.table(profile).off_s(off_street_mps(profile))
        return self._off_s[profile]


@dataclass(frozen=True)
class SharingSystem:
    """One sharing system, linked to the streets of one network.

    Parameters
    ----------
    lon, lat : float64, (n_places,)
        Stations, then single vehicles; degrees, EPSG:4326.
    rows : tuple of Mapping
        The station or vehicle at each place, as it was given.
    n_stations : int
        Places before this one are stations.
    as_of : int or None
        Unix seconds at which the availability was true.
    stale : bool
        That is too long ago to be relied on.
    """

    system_id: str
    name: str | None
    lon: Float64
    lat: Float64
    rows: tuple[Mapping[str, Any], ...]
    n_stations: int
    kinds: tuple[Kind, ...]
    types: Mapping[str, Mapping[str, Any]]
    plans: Mapping[str, RidePlan]
    zones: Zones
    as_of: int | None
    stale: bool
    links: SharedLinks = field(repr=False)

    @property
    def stands_still(self) -> bool:
        """Whether all places are stations."""
        return self.n_stations == len(self.rows)

    def is_station(self, place: int) -> bool:
        """Tell whether a place is a station rather than a single vehicle."""
        return place < self.n_stations


@dataclass(frozen=True)
class SharedVehicles:
    """All sharing systems around a network at one moment."""

    systems: tuple[SharingSystem, ...] = ()

    @classmethod
    def from_rows(
        cls,
        graph: StreetGraph,
        systems: Iterable[Mapping[str, Any]],
        previous: "SharedVehicles | None" = None,
    ) -> "SharedVehicles":
        """Link sharing systems to streets.

        Parameters
        ----------
        graph : StreetGraph
            Streets of the network to plan on.
        systems : iterable of Mapping
            ``system_id``, ``name``, ``as_of`` (aware datetime or None), ``stale``, and lists
            ``vehicle_types`` (``vehicle_type_id``, ``form_factor``, ``return_constraint``,
            ``max_range_m``, ``propulsion``, ``co2_g_per_km``, ``pricing_plan_id``),
            ``pricing_plans`` (see ``RidePlan.of_row``; one with ``surge`` has no known price),
            ``stations`` (``station_id``, ``name``, ``lon``,
            ``lat``, ``available``: count by vehicle type id or form factor, ``docks_available``,
            ``is_renting``, ``is_returning``, ``rental_uris``), ``vehicles`` (``vehicle_id``,
            ``lon``, ``lat``, ``vehicle_type_id`` or ``form_factor``, ``range_m``,
            ``pricing_plan_id``, ``rental_uris``) and ``zones`` (``geometry``, ``rules``). What is
            missing is unknown; unknown docks do not keep a ride from ending.
        previous : SharedVehicles, optional
            What was returned before for this graph; links of places that stand still are kept.

        Raises
        ------
        SharedVehiclesError
            A place has no usable coordinates, or two systems have one id.
        """
        before = {s.system_id: s for s in previous.systems} if previous else {}
        made: dict[str, SharingSystem] = {}
        for system in systems:
            system_id = str(system["system_id"])
            if system_id in made:
                raise SharedVehiclesError(f"two sharing systems are called '{system_id}'")
            made[system_id] = _system(graph, system, before.get(system_id))
        return cls(tuple(made.values()))


def _system(
    graph: StreetGraph, row: Mapping[str, Any], before: SharingSystem | None
) -> SharingSystem:
    stations: Sequence[Mapping[str, Any]] = row.get("stations") or ()
    vehicles: Sequence[Mapping[str, Any]] = row.get("vehicles") or ()
    places = (*stations, *vehicles)
    lon, lat = (_coordinates(row, places, axis) for axis in ("lon", "lat"))
    types = {str(t["vehicle_type_id"]): t for t in row.get("vehicle_types") or ()}
    priced: Sequence[Mapping[str, Any]] = row.get("pricing_plans") or ()
    zones = Zones.of(row.get("zones") or ())
    kinds = tuple(
        replace(
            kind,
            count=kind.count * zones.allowed(START, kind.type_ids, lon, lat),
            give_back=kind.give_back & zones.allowed(END, kind.type_ids, lon, lat),
        )
        for kind in _kinds(stations, vehicles, types)
    )
    as_of: datetime | None = row.get("as_of")
    return SharingSystem(
        system_id=str(row["system_id"]),
        name=row.get("name"),
        lon=lon,
        lat=lat,
        rows=places,
        n_stations=len(stations),
        kinds=kinds,
        types=types,
        plans={str(p["plan_id"]): RidePlan.of_row(p) for p in priced if not p.get("surge")},
        zones=zones,
        as_of=None if as_of is None else int(as_of.timestamp()),
        stale=bool(row.get("stale", False)),
        links=_links(graph, lon, lat, kinds, before),
    )


def _coordinates(
    system: Mapping[str, Any], places: Sequence[Mapping[str, Any]], axis: str
) -> Float64:
    try:
        values = np.array([float(place[axis]) for place in places], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise SharedVehiclesError(
            f"sharing system '{system['system_id']}' has a place without {axis}: leave it out"
        ) from error
    return values


def _kinds(
    stations: Sequence[Mapping[str, Any]],
    vehicles: Sequence[Mapping[str, Any]],
    types: Mapping[str, Mapping[str, Any]],
) -> tuple[Kind, ...]:
    """Count what can be taken at each place, by form factor and return rule."""
    default = "any_station" if stations else "free_floating"
    counts: dict[tuple[str, str], Int32] = {}
    members: dict[tuple[str, str], set[str]] = {}
    size = len(stations) + len(vehicles)

    def add(place: int, key: str, form: str | None, rule: str | None, number: int) -> None:
        known = types.get(key)
        factor = form or (str(known["form_factor"]) if known else key)
        ending = rule or (known or {}).get("return_constraint") or default
        if factor not in RIDDEN_ON or number <= 0:
            return
        slot = (factor, str(ending))
        counts.setdefault(slot, np.zeros(size, np.int32))[place] += number
        if known:
            members.setdefault(slot, set()).add(key)

    for place, station in enumerate(stations):
        if station.get("is_renting", True):
            for key, number in (station.get("available") or {}).items():
                add(place, str(key), None, None, int(number))
    for place, vehicle in enumerate(vehicles, start=len(stations)):
        key = str(vehicle.get("vehicle_type_id") or "")
        add(place, key, vehicle.get("form_factor"), vehicle.get("return_constraint"), 1)
    return tuple(
        Kind(
            factor,
            RIDDEN_ON[factor],
            end,
            tuple(sorted(members.get((factor, rule), ()))),
            rule,
            n,
            _takers(stations, size, factor, types) if end == STATION else np.zeros(size, np.bool_),
        )
        for (factor, rule), n in sorted(counts.items(), key=lambda item: item[0])
        for end in _ENDS.get(rule, ())
    )


def _takers(
    stations: Sequence[Mapping[str, Any]],
    size: int,
    factor: str,
    types: Mapping[str, Mapping[str, Any]],
) -> Bool:
    """Tell at which places a vehicle of a form factor may be left; bool, (size,).

    A station that lists cars alone takes no bicycle; one that lists nothing is not known to
    refuse.
    """
    takes = np.zeros(size, np.bool_)
    for place, station in enumerate(stations):
        listed = station.get("available") or {}
        factors = {str(types.get(key, {}).get("form_factor", key)) for key in listed}
        open_now = station.get("is_returning", True) and station.get("docks_available") != 0
        takes[place] = open_now and (not listed or factor in factors)
    return takes


def _links(
    graph: StreetGraph,
    lon: Float64,
    lat: Float64,
    kinds: Iterable[Kind],
    before: SharingSystem | None,
) -> SharedLinks:
    """Link places for the modes of their vehicles; those that stand still keep their links."""
    links = SharedLinks(graph, lon, lat)
    if before is not None and np.array_equal(before.lon, lon) and np.array_equal(before.lat, lat):
        links = before.links
    for mode in {StreetMode.WALK, *(kind.street_mode for kind in kinds)}:
        links.table(Profile.of(mode))
    return links
