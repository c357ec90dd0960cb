"""Walks between two stops, drawn along streets and kept for the next one who changes there."""

from functools import lru_cache

from routing.journeys.drawing import StreetLeg, draw_leg, straight_leg
from routing.model import Mode
from routing.network import Network
from routing.streets.graph import Profile

KEPT_WALKS = 4096
SEARCHED_S = 1800.0


class TransferWalks:
    """Draws walks between stops of one network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.between = lru_cache(maxsize=KEPT_WALKS)(self._between)

    def _between(self, from_stop: int, to_stop: int, walking: Profile) -> StreetLeg:
        """Return the walk from one stop to another; straight where streets do not lead there."""
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
