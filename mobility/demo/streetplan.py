"""From quarters and main roads to a tagged street network."""

from dataclasses import dataclass

import numpy as np

from mobility.demo.field import StreetField, street_field
from mobility.demo.layout import Park, Quarter, Road, parks, quarters
from mobility.demo.names import Names
from mobility.demo.network import Streets, join
from mobility.demo.paths import river_route, tracks
from mobility.demo.plane import FloatArray
from mobility.demo.roads import MainRoads, park_paths
from mobility.demo.terrain import Terrain
from mobility.demo.tracing import Tracer


@dataclass(frozen=True)
class TownPlan:
    """All that is drawn of one town before anything moves in it.

    Parameters
    ----------
    names : Names
        Its names, and those still free.
    terrain : Terrain
        River, railway and heights.
    quarters : list of Quarter
        Parts of the town, then the villages.
    parks : list of Park
        Green areas and the lake.
    field : StreetField
        Where is built on.
    streets : Streets
        The network.
    """

    names: Names
    terrain: Terrain
    quarters: list[Quarter]
    parks: list[Park]
    field: StreetField
    streets: Streets

    @property
    def villages(self) -> list[Quarter]:
        """The villages, in the order of `layout.VILLAGES`."""
        return [quarter for quarter in self.quarters if quarter.kind == "village"]


def draw_plan(rng: np.random.Generator) -> TownPlan:
    """Draw a town: the same for the same random numbers.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of all choices.

    Returns
    -------
    TownPlan
        Streets carry ``highway`` and ``name`` only; `tags.tag_streets` adds the rest.
    """
    names = Names(rng)
    terrain = Terrain(rng)
    parts = quarters(rng, names, terrain)
    green = parks(rng, names, terrain)
    field = street_field(rng, terrain, parts, green)
    main = MainRoads(terrain, names, [q for q in parts if q.kind == "village"]).draw()
    minor = _minor_streets(rng, field, parts, main, names)
    wild = [*river_route(terrain, names.river), *tracks(rng, terrain, field, main)]
    roads = [*main, *minor, *park_paths(rng, green), *wild]
    return TownPlan(names, terrain, parts, green, field, join(roads))


def _minor_streets(
    rng: np.random.Generator,
    field: StreetField,
    parts: list[Quarter],
    main: list[Road],
    names: Names,
) -> list[Road]:
    """Trace collector streets first, then residential ones between them."""
    middles = np.array([(q.x_m, q.y_m) for q in parts])
    collectors = Tracer(field, field.allowed & field.town, 3.6)
    residential = Tracer(field, field.allowed, 1.0)
    for road in main:
        collectors.avoid(road.xy)
        residential.avoid(road.xy)
    found = []
    for xy in collectors.draw(rng, middles, 300):
        residential.avoid(xy)
        found.append(Road(names.street(_kind(field, parts, xy)), "tertiary", xy))
    inside = np.argwhere(field.allowed)
    picked = inside[rng.permutation(len(inside))[:2500]]
    seeds = np.column_stack([field.grid.x_m[0][picked[:, 1]], field.grid.y_m[:, 0][picked[:, 0]]])
    for xy in residential.draw(rng, np.vstack([middles, seeds]), 45):
        found.append(Road(names.street(_kind(field, parts, xy)), "residential", xy))
    return found


def _kind(field: StreetField, parts: list[Quarter], xy: FloatArray) -> str:
    """Return the kind of quarter a street's middle lies in."""
    middle = xy[len(xy) // 2][None, :]
    return parts[int(field.grid.sample(field.quarter, middle)[0])].kind
