"""Shops, schools and sights, and the names of quarters and villages."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from mobility.demo.buildings import Houses
from mobility.demo.plane import FloatArray
from mobility.demo.streetplan import TownPlan

# tag, value, word for the name (empty: named otherwise), how many, kinds of quarter
BUSINESSES: Final = (
    ("shop", "supermarket", "Markt", 16, ("dense", "suburb", "estate", "works", "village")),
    ("shop", "bakery", "Bäckerei", 26, ()),
    ("shop", "butcher", "Metzgerei", 8, ("old", "dense", "village")),
    ("shop", "books", "Buchhandlung", 4, ("old", "dense")),
    ("shop", "bicycle", "Radladen", 6, ("dense", "old")),
    ("shop", "clothes", "Modehaus", 9, ("old",)),
    ("amenity", "cafe", "Café", 18, ("old", "dense")),
    ("amenity", "restaurant", "Gasthaus", 26, ()),
    ("amenity", "pharmacy", "Apotheke", 11, ()),
    ("amenity", "doctors", "Praxis", 18, ("dense", "suburb", "village")),
    ("amenity", "bank", "Bankhaus", 6, ("old", "dense")),
    ("amenity", "post_office", "Postladen", 5, ("dense", "estate", "village")),
    ("tourism", "hotel", "Hotel", 5, ("old", "dense")),
    ("office", "company", "Firma", 14, ("works",)),
)
SCHOOLS: Final = (
    ("kindergarten", "Kindergarten", 14), ("school", "Grundschule", 9), ("school", "Realschule", 2),
    ("school", "Gymnasium", 3),
)  # fmt: skip
SINGLE: Final = (  # tag, value, name, quarter
    ("amenity", "townhall", "Rathaus", 0), ("amenity", "theatre", "Stadttheater", 0),
    ("tourism", "museum", "Stadtmuseum", 0), ("amenity", "library", "Stadtbibliothek", 0),
    ("amenity", "marketplace", "Marktplatz", 0), ("amenity", "place_of_worship", "Marienkirche", 0),
    ("amenity", "hospital", "Klinikum", 8), ("amenity", "university", "Hochschule", 3),
    ("leisure", "swimming_pool", "Hallenbad", 6), ("amenity", "cinema", "Lichtspielhaus", 2),
    ("amenity", "police", "Polizeiwache", 3), ("amenity", "fire_station", "Feuerwache", 5),
    ("shop", "mall", "Einkaufszentrum", 13), ("amenity", "community_centre", "Bürgerhaus", 6),
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A named place on the map.

    Parameters
    ----------
    name : str
        What people call it.
    xy : float64, (2,)
        Where, in metres.
    tags : dict of str
        OpenStreetMap tags besides the name.
    """

    name: str
    xy: FloatArray
    tags: dict[str, str]


def spots(rng: np.random.Generator, plan: TownPlan, houses: Houses) -> list[Spot]:
    """Name the places of daily life: at least 200 of them.

    Parameters
    ----------
    rng : numpy.random.Generator
        Which house holds what.
    plan : TownPlan
        The town.
    houses : Houses
        Where they may be.

    Returns
    -------
    list of Spot
        Businesses first, then schools, single institutions, churches of villages.
    """
    kinds = np.array(houses.kind)
    found = []
    for key, value, word, count, fitting in BUSINESSES:
        allowed = np.isin(kinds, fitting) if fitting else kinds != "works"
        for i in rng.choice(np.flatnonzero(allowed), count, replace=False):
            tags = {key: value, **_address(plan, houses, int(i))}
            tags |= {"opening_hours": "Mo-Fr 08:00-18:00; Sa 08:00-13:00"} if key == "shop" else {}
            found.append(Spot(plan.names.business(word), houses.xy[i] + 1.5, tags))
    for value, word, count in SCHOOLS:
        for i in rng.choice(np.flatnonzero(~np.isin(kinds, ("works", "old"))), count, False):
            name = plan.names.business(word)
            tags = {"amenity": value, **_address(plan, houses, int(i))}
            found.append(Spot(name, houses.xy[i] + 1.5, tags))
    tree = cKDTree(houses.xy)
    for key, value, name, quarter in SINGLE:
        part = plan.quarters[quarter]
        middle = np.array([part.x_m, part.y_m]) + rng.uniform(-90, 90, 2)
        i = int(tree.query(middle)[1])
        tags = {key: value, **_address(plan, houses, i), "wheelchair": "yes"}
        found.append(Spot(name, houses.xy[i] + 1.5, tags))
    for part in plan.villages:
        place = np.array([part.x_m + 40, part.y_m + 35])
        tags = {"amenity": "place_of_worship", "religion": "christian"}
        found.append(Spot(f"Dorfkirche {part.name}", place, tags))
    return found


def settlements(plan: TownPlan) -> list[Spot]:
    """Name the town, its quarters and the villages."""
    found = [
        Spot(plan.names.town, np.array([60.0, 20.0]), {"place": "town", "population": "60000"})
    ]
    for part in plan.quarters:
        place = "village" if part.kind == "village" else "suburb"
        tags = {"place": place, "population": str(part.people)}
        found.append(Spot(part.name, np.array([part.x_m, part.y_m]), tags))
    return found


def _address(plan: TownPlan, houses: Houses, i: int) -> dict[str, str]:
    return {
        "addr:street": houses.street[i],
        "addr:housenumber": houses.number[i],
        "addr:city": plan.names.town,
    }
