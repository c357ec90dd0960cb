"""What an answer does not look for, so that nobody takes its absence for an answer."""

from enum import StrEnum

from routing.model import Mode, PlanRequest


class NotSearched(StrEnum):
    """Combinations that are not searched though the modes asked for would allow them."""

    PARKED_VEHICLE_FETCHED = "PARKED_VEHICLE_FETCHED"
    RENTAL_WITH_FLEX = "RENTAL_WITH_FLEX"
    OWN_VEHICLE_WITH_FLEX = "OWN_VEHICLE_WITH_FLEX"

    @property
    def message(self) -> str:
        """What is not looked for, in a sentence."""
        return _MESSAGES[self]


_MESSAGES = {
    NotSearched.PARKED_VEHICLE_FETCHED: "over places on the way, one's own vehicle left at a stop"
    " stays there; coming back for it is not looked for",
    NotSearched.RENTAL_WITH_FLEX: "no journey has both a shared vehicle and a ride on demand",
    NotSearched.OWN_VEHICLE_WITH_FLEX: "no journey has both one's own vehicle and a ride on demand",
}


def not_searched(request: PlanRequest, on_demand: bool, shared: bool) -> tuple[NotSearched, ...]:
    """List what a request allows and its answer does not look for.

    Parameters
    ----------
    request : PlanRequest
        What is wanted.
    on_demand, shared : bool
        Whether the network has rides on demand; whether there are shared vehicles.
    """
    modes, found = request.modes, []
    own = modes & {Mode.BICYCLE, Mode.CAR}
    if request.via and own and Mode.TRANSIT in modes:
        found.append(NotSearched.PARKED_VEHICLE_FETCHED)
    if on_demand and Mode.FLEX in modes:
        found += [NotSearched.RENTAL_WITH_FLEX] if shared and Mode.RENTAL in modes else []
        found += [NotSearched.OWN_VEHICLE_WITH_FLEX] if own else []
    return tuple(found)
