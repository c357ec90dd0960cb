"""Pareto-optimal journeys between sets of stops, by rounds over the lines of a day."""

from routing.arrays import Int32, UInt32
from routing.day_view import DayView
from routing.timetable import Timetable
from routing.transit_journey import Ride, TransitJourney, Walk

__all__ = ["DEFAULT_TRANSFERS", "Ends", "Ride", "TransitJourney", "TransitSearch", "Walk"]

DEFAULT_TRANSFERS = 7
LONGEST_S = 86_400

Ends = tuple[UInt32 | Int32, Int32]
"""Stops and the seconds between each and the origin or destination, two arrays of one length."""


class TransitSearch:
    """Searches of one timetable; safe to share between threads.

    Access stops are boarded directly, egress starts at a vehicle's arrival; between two vehicles
    lies a change at the same stop or one footpath. So whoever starts at a stop passes that stop
    and the stops its footpaths lead to.

    Parameters
    ----------
    timetable : Timetable
        The network's timetable.
    """

    def __init__(self, timetable: Timetable) -> None:
        self._timetable = timetable

    def earliest(
        self,
        view: DayView,
        access: Ends,
        egress: Ends,
        depart_s: int,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (arrival, transfers) when leaving at or after a time.

        Parameters
        ----------
        view : DayView
            The date's trips; seconds below count from its local midnight.
        access, egress : tuple of (uint32 or int32, (n,)) and (int32, (n,))
            Stops, and seconds from the origin to each or from each to the destination.
        depart_s : int
            Earliest departure from the origin.
        max_transfers : int
            At most 14.
        max_duration_s : int
            Arrivals later than this after ``depart_s`` are not looked for.

        Returns
        -------
        list of TransitJourney
            Fewest transfers first, each arriving earlier than the one before. ``departure_s`` is
            when one must leave for the first ride, which may be later than ``depart_s``.
        """
        raise NotImplementedError

    def range(
        self,
        view: DayView,
        access: Ends,
        egress: Ends,
        depart_s: int,
        window_s: int,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (departure, arrival, transfers) leaving within a window.

        Parameters are those of :meth:`earliest`; departures from the origin lie in
        ``depart_s`` to ``depart_s + window_s``, both included. Earliest departure first.
        """
        raise NotImplementedError

    def arrive_by(
        self,
        view: DayView,
        access: Ends,
        egress: Ends,
        arrive_s: int,
        window_s: int = 0,
        max_transfers: int = DEFAULT_TRANSFERS,
        max_duration_s: int = LONGEST_S,
    ) -> list[TransitJourney]:
        """Find the Pareto set of (departure, transfers) arriving at or before a time.

        With a window, that of (departure, arrival, transfers) arriving within the ``window_s``
        before ``arrive_s``. Latest departure last.
        """
        raise NotImplementedError
