"""A whole door-to-door answer, and what it emits and asks of the body."""

from typing import NamedTuple

from routing.fares.model import ItineraryFare
from routing.journeys.weights import Cost, Reason
from routing.model.leg import Leg


class Impact(NamedTuple):
    """Emissions and effort of the legs of an itinerary, ``None`` where not known.

    Parameters
    ----------
    co2_g : tuple of float or None
        Grams of CO2 equivalents per person.
    effort_m : tuple of float or None
        Metres walked on the level that would be as hard.
    """

    co2_g: tuple[float | None, ...] = ()
    effort_m: tuple[float | None, ...] = ()

    @property
    def total_co2_g(self) -> float | None:
        """Grams of the whole way, ``None`` where a leg's are not known."""
        return _sum(self.co2_g)

    @property
    def total_effort_m(self) -> float | None:
        """Metres of the whole way, ``None`` where a leg's are not known."""
        return _sum(self.effort_m)


def _sum(parts: tuple[float | None, ...]) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if parts and len(known) == len(parts) else None


class Itinerary(NamedTuple):
    """A whole door-to-door answer.

    ``combination`` names the street modes at its two ends, e.g. ``("WALK", "RENTAL")``, or
    ``("DIRECT", mode)``: only itineraries of one combination are compared with each other.
    ``fare`` says what it costs, ``impact`` what it emits and asks of the body, as far as known;
    ``cost`` what it weighs beside the others shown, ``reasons`` what it is best in among them.
    """

    combination: tuple[str, str]
    legs: tuple[Leg, ...]
    transfers: int
    walk_s: int
    fare: ItineraryFare = ItineraryFare()
    impact: Impact = Impact()
    cost: Cost | None = None
    reasons: tuple[Reason, ...] = ()
    walk_steps: int = 0
    """Walking as it is compared, see :mod:`routing.transit.walking`."""

    @property
    def start_s(self) -> int:
        """Unix seconds of leaving the origin."""
        return self.legs[0].start_s

    @property
    def end_s(self) -> int:
        """Unix seconds of reaching the destination."""
        return self.legs[-1].end_s

    @property
    def duration_s(self) -> int:
        """Seconds from door to door."""
        return self.end_s - self.start_s

    @property
    def climb_m(self) -> float | None:
        """Metres up on streets, ``None`` where some are not known."""
        known = [leg.climb_m for leg in self.legs if leg.trip is None]
        return None if None in known else sum(metres or 0.0 for metres in known)

    @property
    def walk_distance_m(self) -> float:
        """Metres on foot."""
        return sum(leg.distance_m for leg in self.legs if leg.mode == "WALK")
