"""Areas within so many minutes of a place, or from which it is reached in so many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from routing.arrays import Bool, Float32, Float64, Int32, Int64
from routing.errors import RoutingError
from routing.explore.contours import not_negative
from routing.explore.errors import NotInNetworkError
from routing.explore.travel import Traveller
from routing.journeys.access import Side
from routing.kernels.nearest import METRES_PER_DEGREE
from routing.sharing.rental import LONGEST_WALK_S
from routing.streets.graph import DEGREE, StreetGraph
from routing.streets.paces import off_street_mps
from routing.streets.search import Reach
from routing.streets.snap import Snap, SnapTable, snap_many
from routing.transit.everywhere import INF

OFF_STREET_M = 100.0
"""Places farther than this from every street are no part of an area."""

FINEST_M = 25.0
MOST_POINTS = 160_000
"""The lattice grows coarser where an area would need more."""

_BEYOND_S = 60.0
"""Seconds beyond a limit that are looked at, to draw the border between two points."""

MOST_SPREADS = 60
"""Searches for one answer, each some hundredths of a second in a city."""


class IsochroneError(RoutingError, ValueError):
    """Areas that are not to be drawn."""


@dataclass(frozen=True, slots=True)
class Area:
    """What is reached within a limit.

    Parameters
    ----------
    limit_s : int
        Seconds from leaving (to arriving), waiting included.
    shape : shapely.MultiPolygon
        Degrees, EPSG:4326; empty where nothing is reached.
    square_m : float
        Its size.
    """

    limit_s: int
    shape: shapely.MultiPolygon
    square_m: float


@dataclass(frozen=True, slots=True)
class Isochrones:
    """Areas, the smallest limit first; between ``resolution_m`` metres borders are straight.

    Of several moments, ``percentile`` per cent reach what is in an area.
    """

    areas: tuple[Area, ...]
    resolution_m: float
    percentile: int = 50


def isochrones(
    traveller: Traveller, lon: float, lat: float, limits_s: Sequence[int], percentile: int = 50
) -> Isochrones:
    """Draw what is reached from a place, or with ``arrive_by`` from where it is reached.

    Every point of a lattice gets the time that the planner finds for it, by its own link to the
    streets; borders run between points that are reached and points that are not.

    Parameters
    ----------
    traveller : Traveller
        Network, times and way of travelling.
    lon, lat : float
        Degrees, EPSG:4326.
    limits_s : sequence of int
        Seconds, at most ``travel.max_duration_s`` each.
    percentile : int
        1 to 100; of several moments, so many per cent reach each point of an area within its
        limit: 50 is where half of the departures do. A lattice point has the time that a matrix
        has for that percentile.

    Raises
    ------
    NotInNetworkError
        The network has no streets, or none near the place.
    IsochroneError
        The percentile is none, or the areas are too many.

    References
    ----------
    Conway, Byrd & van der Linden (2017), Evidence-based transit and land use sketch planning using
    interactive accessibility methods on combined schedule and headway-based networks: every
    departure of a window counts. Conway, Byrd & van Eggermond (2018), Accounting for uncertainty
    and variation in accessibility metrics for public transport sketch planning: by percentiles.
    """
    network, moments = traveller.network, traveller.travel.moments
    limits = sorted(set(limits_s))
    if not 1 <= percentile <= 100:
        raise IsochroneError(f"percentiles are 1 to 100, not {percentile}")
    if moments > 1 and moments * len(limits) > MOST_SPREADS:
        raise IsochroneError(f"moments times limits may be {MOST_SPREADS}: ask for fewer")
    if network.streets is None:
        raise NotInNetworkError(f"network '{network.name}' has no streets")
    centre = traveller.centre(lon, lat)
    if not network.contains(lon, lat) or centre.snap(traveller.way) is None:
        raise NotInNetworkError("no street of that kind lies within 500 m of the place")
    every = _by_transit if traveller.by_transit else _alone
    spreads = every(traveller, centre, limits)
    reaches = [reach for spread in spreads for reach, _ in spread]
    grid = _Lattice.around(network.streets, traveller, reaches)
    search = network.search(traveller.way)
    off_s = grid.links.off_s(off_street_mps(traveller.way))
    areas = []
    for limit, spread in zip(limits, spreads, strict=True):
        left_s = [spare_s - (search.many(reach, grid.links) + off_s) for reach, spare_s in spread]
        areas.append(grid.area(limit, _kept(left_s, percentile)))
    return Isochrones(tuple(areas), grid.step_m, percentile)


def _kept(left_s: list[Float32], percentile: int) -> Float32:
    """Return what so many per cent of some moments have left at least, at each point."""
    if len(left_s) == 1:
        return left_s[0]
    rank = -(-percentile * len(left_s) // 100) - 1
    spent = -np.nan_to_num(np.stack(left_s), nan=-np.inf, neginf=-np.inf)
    kept: Float32 = -np.partition(spent, rank, axis=0)[rank]
    return kept


Spreads = list[list[tuple[Reach, float]]]
"""For each limit, and each moment: a search, and the seconds to be spent in it."""


def _alone(traveller: Traveller, centre: Side, limits: Sequence[int]) -> Spreads:
    """Spread over streets alone: once, as far as the longest limit; at any moment alike."""
    way = traveller.way
    seed, longest_s = centre.seed(way), limits[-1] + _BEYOND_S
    reach = traveller.network.search(way).reach(seed, longest_s, centre.reverse)
    return [[(reach, float(limit))] for limit in limits]


def _by_transit(traveller: Traveller, centre: Side, limits: Sequence[int]) -> Spreads:
    """Spread on foot from the place and from every stop reached, once per limit and moment.

    What is left to be walked at a stop is the lesser of the time and the longest walk; starting
    later by what is missing to the most left anywhere, one search serves all stops.
    """
    network, travel, way = traveller.network, traveller.travel, traveller.way
    links, stop_off_s = network.stop_links(way), network.stop_off_s(way)
    parked, parked_s, parked_off_s = _left_at(traveller, centre)
    spreads: Spreads = [[] for _ in limits]
    for arrival_s, leave_s in zip(traveller.stops(centre)[:, -1], traveller.leave_s, strict=True):
        since_s = np.where(arrival_s < INF, arrival_s - leave_s, INF)
        stops, took_s, inside_s = _at_the_street(centre, since_s)
        snaps = [*(links[stop] for stop in stops.tolist()), *parked]
        table, on_street = _sources(centre.seed(way), snaps)
        off_s = np.concatenate(([centre.off_s(way)], stop_off_s[stops] + inside_s, parked_off_s))
        for limit, spread in zip(limits, spreads, strict=True):
            at_stop = np.minimum(limit - took_s, travel.max_access_walk_s)
            at_place = np.minimum(limit - parked_s, LONGEST_WALK_S)
            direct = [min(limit, travel.max_direct_walk_s)]
            left_s = np.concatenate((direct, at_stop, at_place)).astype(float)
            most_s = float(left_s.max())
            offset_s = np.where(left_s > 0, most_s - left_s + off_s, np.inf)[on_street]
            reach = network.search(way).reach_from(
                table, offset_s.astype(np.float32), most_s + _BEYOND_S, centre.reverse
            )
            spread.append((reach, most_s))
    return spreads


def _left_at(traveller: Traveller, centre: Side) -> tuple[list[Snap | None], Float64, Float64]:
    """Return where shared vehicles are left, the seconds until then, and those to the street."""
    snaps: list[Snap | None] = []
    seconds, off_s = [np.zeros(0)], [np.zeros(0)]
    for search in traveller.rentals(centre):
        rows = np.flatnonzero(np.isfinite(search.far_s))
        snaps += [search.fleet.walk_links[row] for row in rows.tolist()]
        seconds.append(search.far_s[rows].astype(np.float64))
        off_s.append(search.fleet.walk_off_s[rows].astype(np.float64))
    return snaps, np.concatenate(seconds), np.concatenate(off_s)


def _at_the_street(centre: Side, took_s: Int32) -> tuple[Int64, Int64, Int64]:
    """Return where the street is reached from stops, the seconds to the stop and on inside.

    That is at the stop itself, or where its station has pathways at the entrances.
    """
    stops = np.flatnonzero(took_s < INF)
    if centre.stations is None:
        return stops, took_s[stops].astype(np.int64), np.zeros(len(stops), np.int64)
    source, to, inside_s = centre.stations.ways
    door, platform = (source, to) if centre.reverse else (to, source)
    linked = centre.stations.linked
    use = linked[platform] & ~linked[door] & (took_s[platform] < INF)
    open_air = stops[~linked[stops]]
    return (
        np.concatenate((open_air, door[use])),
        np.concatenate((took_s[open_air], took_s[platform[use]])).astype(np.int64),
        np.concatenate((np.zeros(len(open_air), np.int64), inside_s[use])),
    )


def _sources(door: list[tuple[Snap, float]], stops: list[Snap | None]) -> tuple[SnapTable, Bool]:
    """Return a door and stops in one table, and which of them are in it."""
    snaps = [*(snap for snap, _ in door), *stops]
    found = [snap for snap in snaps if snap is not None]
    return SnapTable.of(found), np.array([snap is not None for snap in snaps])


@dataclass(frozen=True)
class _Lattice:
    """Points in rows from the south-west, each linked to its nearest street."""

    west: float
    south: float
    step_lon: float
    step_lat: float
    step_m: float
    columns: int
    links: SnapTable

    @classmethod
    def around(
        cls, streets: StreetGraph, traveller: Traveller, reaches: Sequence[Reach]
    ) -> "_Lattice":
        """Cover all edges at nodes that are reached, and those the ways begin on."""
        reached = np.zeros(streets.n_nodes, np.bool_)
        for reach in reaches:
            reached[streets.modes[traveller.way.mode].base[reach.node]] = True
        near = reached[streets.edges.tail] | reached[streets.edges.head]
        near[reaches[-1].own_way >> 1] = True
        step = np.zeros(len(streets.points.lon_e7) + 1, np.int64)
        np.add.at(step, streets.edges.first[near], 1)
        np.add.at(step, streets.edges.last[near].astype(np.int64) + 1, -1)
        drawn = np.cumsum(step[:-1]) > 0
        lon, lat = streets.points.lon_e7[drawn] / DEGREE, streets.points.lat_e7[drawn] / DEGREE
        metre_lat = 1 / METRES_PER_DEGREE
        metre_lon = metre_lat / math.cos(math.radians(float(lat.mean())))
        margin = OFF_STREET_M + 2 * FINEST_M
        west, south = lon.min() - margin * metre_lon, lat.min() - margin * metre_lat
        width_m = (lon.max() - west) / metre_lon + margin
        height_m = (lat.max() - south) / metre_lat + margin
        step_m = max(FINEST_M, math.sqrt(width_m * height_m / MOST_POINTS))
        columns, rows = math.ceil(width_m / step_m) + 1, math.ceil(height_m / step_m) + 1
        step_lon, step_lat = step_m * metre_lon, step_m * metre_lat
        x, y = np.meshgrid(west + np.arange(columns) * step_lon, south + np.arange(rows) * step_lat)
        links = snap_many(streets, traveller.way, x.ravel(), y.ravel(), OFF_STREET_M)
        return cls(float(west), float(south), step_lon, step_lat, step_m, columns, links)

    def area(self, limit_s: int, left_s: Float32) -> Area:
        """Draw where some time is left, given the seconds at every point."""
        field = np.clip(left_s, -_BEYOND_S, _BEYOND_S).reshape(-1, self.columns)
        steps = not_negative(np.nan_to_num(field, nan=-_BEYOND_S))

        def degrees(point: Float64) -> Float64:
            shifted = (self.west, self.south) + point * (self.step_lon, self.step_lat)
            return np.asarray(np.round(shifted, 6))

        shape = shapely.transform(steps, degrees)
        return Area(limit_s, shape, float(shapely.area(steps)) * self.step_m**2)
