"""One network with what is asked of it beside journeys; made once and kept with it."""

from functools import cached_property

from routing.explore.board import Board
from routing.explore.errors import NotInNetworkError
from routing.explore.stops import StopFinder
from routing.explore.trips import TripFinder
from routing.journeys.rides import RideDrawer
from routing.journeys.translated import Speaker, speaker_of
from routing.network import Network
from routing.realtime.live import LiveNow, LiveSource
from routing.realtime.model import RealTime
from routing.transit.timetable import Timetable


class Explorer:
    """Answers on one network; safe to share between threads.

    Parameters
    ----------
    network : Network
        Streets, timetable or both.
    live : LiveSource, optional
        What is known beside the network's timetable.
    """

    def __init__(self, network: Network, live: LiveSource | None = None) -> None:
        self.network = network
        self.live = live

    def now(self) -> LiveNow:
        """Return what is known beside the timetable; take it once per answer."""
        return LiveNow(RealTime()) if self.live is None else self.live.now()

    @property
    def timetable(self) -> Timetable:
        """The timetable.

        Raises
        ------
        NotInNetworkError
            The network has none.
        """
        if self.network.timetable is None:
            raise NotInNetworkError(f"network '{self.network.name}' has no timetable")
        return self.network.timetable

    def speaker(self, wanted: tuple[str, ...]) -> Speaker | None:
        """Return who tells names in other languages, ``None`` where they are told as they are."""
        return speaker_of(self.network.timetable, wanted)

    @cached_property
    def stops(self) -> StopFinder:
        """Finds stops."""
        return StopFinder(self.timetable)

    @cached_property
    def board(self) -> Board:
        """Lists departures and arrivals."""
        return Board(self.timetable, self._drawer)

    @cached_property
    def trips(self) -> TripFinder:
        """Finds trips."""
        return TripFinder(self.timetable, self._drawer)

    @cached_property
    def _drawer(self) -> RideDrawer:
        return RideDrawer(self.network, self.timetable)
