"""Walks between two stops, drawn along streets and kept for the next one who changes there."""

from functools import lru_cache

from routing.journeys.drawing import StreetLeg, draw_leg, straight_leg
from routing.journeys.station_legs import joined, station_leg
from routing.model import Mode
from routing.network import Network
from routing.streets.graph import Profile
from routing.transit.day_view import OPEN, Closed
from routing.transit.pathways import Stations

KEPT_WALKS = 4096
SEARCHED_S = 1800.0


class TransferWalks:
    """Draws walks between stops of one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.between = lru_cache(maxsize=KEPT_WALKS)(self._between)

    def _between(
        self, from_stop: int, to_stop: int, walking: Profile, closed: Closed = OPEN
    ) -> StreetLeg:
        """Return the walk from one stop to another; straight where streets do not lead there."""
        stations = self._network.stations(walking, closed)
        if stations is None or not stations.linked[[from_stop, to_stop]].any():
            return self._along_streets(from_stop, to_stop, walking)
        ways = [self._inside(stations, from_stop, to_stop)]
        for out in stations.doors(from_stop, leaving=True):
            for into in stations.doors(to_stop, leaving=False):
                parts: list[StreetLeg | None] = [self._along_streets(out, into, walking)]
                if out != from_stop:
                    parts.insert(0, self._inside(stations, from_stop, out))
                if into != to_stop:
                    parts.append(self._inside(stations, into, to_stop))
                ways.append(None if None in parts else _one(parts))
        found = [way for way in ways if way is not None]
        if not found:
            return self._along_streets(from_stop, to_stop, walking)
        return min(found, key=lambda leg: leg.seconds)

    def _inside(self, stations: Stations, from_stop: int, to_stop: int) -> StreetLeg | None:
        return station_leg(self._network, stations, from_stop, to_stop)

    def _along_streets(self, from_stop: int, to_stop: int, walking: Profile) -> StreetLeg:
        network = self._network
        start, end = network.stop_place(from_stop), network.stop_place(to_stop)
        links = network.stop_links(walking) if network.links else None
        here, there = (links[from_stop], links[to_stop]) if links is not None else (None, None)
        if here is not None and there is not None and network.streets is not None:
            search = network.search(walking)
            path = search.path(search.reach([(here, 0.0)], SEARCHED_S, until=there), there)
            if path is not None:
                ends = (start, here.distance_m), (end, there.distance_m)
                return draw_leg(network.streets, Mode.WALK, path, *ends)
        return straight_leg(Mode.WALK, start, end, 1.0, 1.0)


def _one(parts: list[StreetLeg | None]) -> StreetLeg:
    first, *others = [part for part in parts if part is not None]
    for part in others:
        (first,) = joined(first, part)
    return first
