"""What a way emits and what it asks of the body; unknown is ``None``.

Emissions are grams of CO2 equivalents per person for running the vehicle and supplying its energy
(well to wheel); making vehicles and building roads and tracks is not in them. Public transport and
cars of one's own take averages for Germany, meant to be those of the Umweltbundesamt for passenger
transport, reference year 2022 (model TREMOD), which rest on average occupancy, a car with 1.4
people; they have not been compared with the publication, so a town is to check them or to set its
own (setting ``emission_factors``). Walking and cycling emit nothing. A shared vehicle takes
``g_CO2_km`` of its GBFS type, which counts what leaves the exhaust, for one person riding.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from routing.errors import RoutingError
from routing.gtfs.values import parse_number
from routing.model import Impact, Itinerary, Leg


class EmissionFactorError(RoutingError, ValueError):
    """A figure of emissions that cannot be read."""


GRAMS_PER_KM: Mapping[str, float] = MappingProxyType(
    {
        "WALK": 0.0,
        "STAY": 0.0,
        "BICYCLE": 0.0,
        "BUS": 93.0,  # local buses
        "COACH": 31.0,  # long-distance buses
        "TRAM": 63.0,  # trams, light rail and underground are one group in the source
        "SUBWAY": 63.0,
        "RAIL": 58.0,  # local trains
        "CAR": 166.0,
    }
)
"""Grams of CO2 equivalents per person and kilometre; a mode that is not here is unknown."""

CLIMB_WEIGHT = 8.0
"""Metres on the level that cost a walker as much as one metre up.

Scarf (2007), Route choice in mountain navigation, Naismith's rule, and the equivalence of distance
and climb: 7.92.
"""

CYCLING_SHARE = 1 / 3
"""A metre cycled on the level, in metres walked: a convention, near measured energy costs."""

_HUMAN = "human"
_CYCLED = frozenset({"bicycle", "cargo_bicycle"})


def grams_table(pairs: Iterable[str]) -> Mapping[str, float]:
    """Return the table with a town's own figures in place of some.

    Parameters
    ----------
    pairs : iterable of str
        Such as ``BUS=70``: a mode and its grams per person and kilometre.

    Raises
    ------
    EmissionFactorError
        One is not of this form.

    Examples
    --------
    >>> grams_table(["TRAM=0", "FERRY=110.5"])["FERRY"]
    110.5
    """
    own: dict[str, float] = {}
    for pair in pairs:
        mode, _, text = pair.partition("=")
        grams = parse_number(text)
        if not (mode.isupper() and 0 <= grams < 10_000):
            raise EmissionFactorError(f"'{pair}' is no MODE=GRAMS, such as BUS=70")
        own[mode] = grams
    return MappingProxyType({**GRAMS_PER_KM, **own})


def impact_of(itinerary: Itinerary, grams_per_km: Mapping[str, float] = GRAMS_PER_KM) -> Impact:
    """Estimate emissions and effort of each leg.

    Parameters
    ----------
    itinerary : Itinerary
        With its legs drawn.
    grams_per_km : Mapping of str to float
        Grams of CO2 equivalents per person and kilometre by mode.
    """
    return Impact(
        tuple(_grams(leg, grams_per_km) for leg in itinerary.legs),
        tuple(_effort_m(leg) for leg in itinerary.legs),
    )


def _grams(leg: Leg, grams_per_km: Mapping[str, float]) -> float | None:
    per_km = grams_per_km.get(leg.mode)
    if leg.rental is not None:
        per_km = leg.rental.co2_g_per_km
        if per_km is None and leg.rental.propulsion == _HUMAN:
            per_km = 0.0
    return None if per_km is None else per_km * leg.distance_m / 1000


def _effort_m(leg: Leg) -> float | None:
    """Return metres of effort: metres walked on the level that would be as hard."""
    share = {"WALK": 1.0, "BICYCLE": CYCLING_SHARE}.get(leg.mode, 0.0)
    if leg.rental is not None and leg.rental.form_factor in _CYCLED:
        if leg.rental.propulsion != _HUMAN:
            return None  # how much a motor helps is not known
        share = CYCLING_SHARE
    return share * leg.distance_m + CLIMB_WEIGHT * (leg.climb_m or 0.0) * (share > 0)
