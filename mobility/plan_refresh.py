"""Journeys planned before, as things stand now; for the web and the command line alike."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from routing.explore.alternatives import alternatives
from routing.explore.explorer import Explorer
from routing.explore.refresh import refresh
from routing.explore.refresh_response import alternatives_json, journey_json
from routing.explore.response import head_json
from routing.journeys.itinerary_id import read_itinerary_id
from routing.journeys.response import Clock, to_json
from routing.journeys.weights import DEFAULT, Weights
from routing.model import Mode, PlanRequest
from routing.planner import Planner
from routing.sharing.vehicles import SharedVehicles


@dataclass(frozen=True)
class Refresher:
    """Answers about itineraries by their ids.

    Parameters
    ----------
    explorer : Explorer
        Looks trips up.
    planner : Planner
        Plans anew on the same network.
    shared : SharedVehicles, optional
        Shared vehicles now.
    weights : Weights
        By which new plans are ranked.
    """

    explorer: Explorer
    planner: Planner
    shared: SharedVehicles | None = None
    weights: Weights = DEFAULT

    def refresh(self, id: str) -> dict[str, Any]:
        """Tell a journey at its present times, ready to become JSON.

        Raises
        ------
        InvalidItineraryIdError
            The id is none.
        """
        now = self.explorer.now()
        changes = None if now.days is None else now.days.changes
        journey = refresh(self.explorer, read_itinerary_id(id), changes)
        clock = Clock(self.explorer.network.timezone)
        return head_json(self.explorer, now) | {"id": id} | journey_json(journey, clock)

    def alternatives(
        self, id: str, leg: int, moment: datetime | None = None, wheelchair: bool = False
    ) -> dict[str, Any]:
        """Tell what leaves instead of a missed ride, and the way from its stop to the goal.

        Parameters
        ----------
        id : str
            Of the itinerary.
        leg : int
            Number of the ride among its legs, from 0.
        moment : datetime, optional
            Aware; nothing that leaves before is told. Now by default.
        wheelchair : bool
            Board nothing that is known to be unfit.

        Raises
        ------
        InvalidItineraryIdError, NotInNetworkError
            The id is none; the leg is no ride, or its stops are gone.
        """
        kept, now = read_itinerary_id(id), self.explorer.now()
        changes = None if now.days is None else now.days.changes
        journey = refresh(self.explorer, kept, changes)
        now_s = int((moment or datetime.now(UTC)).timestamp())
        found = alternatives(self.explorer, journey, leg, now_s, now.days)
        request = PlanRequest(
            found.place._replace(arrival_s=None, departure_s=None),
            kept.destination,
            datetime.fromtimestamp(found.ready_s, UTC),
            modes=frozenset({Mode.WALK, Mode.TRANSIT, Mode.RENTAL}),
            wheelchair=wheelchair,
            weights=self.weights,
        )
        plan = to_json(self.planner.plan(request, self.shared))
        told = alternatives_json(self.explorer, found)
        return head_json(self.explorer, now) | {"id": id, "leg": leg} | told | {"plan": plan}
