"""What is asked of the planner."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from routing.errors import RoutingError
from routing.journeys.pages import Page
from routing.journeys.weights import Weights
from routing.model.place import Place
from routing.streets.graph import Profile
from routing.transit.modes import TransitMode


class InvalidRequestError(RoutingError, ValueError):
    """A request that contradicts itself."""


class Mode(StrEnum):
    """Ways to travel that a request may allow."""

    WALK = "WALK"
    TRANSIT = "TRANSIT"
    RENTAL = "RENTAL"
    BICYCLE = "BICYCLE"
    CAR = "CAR"
    FLEX = "FLEX"
    """Rides on demand within the areas and hours of a feed."""


DEFAULT_MODES = frozenset({Mode.WALK, Mode.TRANSIT, Mode.RENTAL, Mode.FLEX})


class WalkProfile(StrEnum):
    """How one walks."""

    STANDARD = "standard"
    SLOW = "slow"
    STEP_FREE = "step_free"


class BikeProfile(StrEnum):
    """How one cycles."""

    STANDARD = "standard"
    SAFE = "safe"
    FAST = "fast"
    CARGO = "cargo"


@dataclass(frozen=True, slots=True)
class Via:
    """A place to pass on the way, or a stop by its id, and the seconds to stay there."""

    place: Place | str
    stay_s: int = 0


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A question to the planner.

    Parameters
    ----------
    origin, destination : Place
        Where from and where to.
    time : datetime
        Aware instant of the earliest departure, or of the latest arrival with ``arrive_by``.
    modes : frozenset of Mode
        Ways allowed. Walking to and from vehicles is always part of the answer.
    search_window_s : int
        Departures (arrivals with ``arrive_by``) this long after (before) ``time`` compete.
    max_itineraries, max_transfers : int
        Most answers; most changes between vehicles in one of them.
    max_access_walk_s, max_direct_walk_s : int
        Longest walk to the first or from the last stop; longest walk offered beside other ways.
    max_access_ride_s, max_direct_ride_s : int
        Longest way to or from a stop on one's own bicycle; a shared vehicle may take 20 minutes
        longer, with the walks to and from it. Longest ride for the whole way.
    wheelchair : bool
        Board nothing that is known to be inaccessible, and walk free of steps; what is unknown is
        told as unknown.
    form_factors, systems : frozenset of str, optional
        GBFS form factors and sharing systems allowed; ``None`` allows every one.
    transit_modes : frozenset of TransitMode, optional
        Kinds of public transport allowed; ``None`` allows every one.
    agencies : frozenset of str, optional
        Ids of the agencies to ride with; ``None`` allows every one.
    banned_routes : frozenset of str
        Ids of routes not to ride.
    walk_profile : WalkProfile
        How one walks to, from and between vehicles.
    bike_profile : BikeProfile
        How one cycles, on a bicycle of one's own or a shared one.
    weights : Weights
        By which ways are ranked.
    drawn_to_compare : int
        Ways drawn beyond those shown: price, emissions and effort are known of drawn ways alone,
        so without these they rank what is chosen by times, changes and walking.
    now : datetime, optional
        Aware instant of asking, by which a ride can be too late to book; ``None`` leaves that
        open.
    languages : tuple of str
        BCP 47 tags, the dearest first, for names of stops, lines and agencies; the feeds' own
        names where there are none.
    missed_bookings : bool
        Show what it is too late to book, marked, instead of leaving it out.
    via : tuple of Via
        Places to pass in this order; a ride ends at each. Nothing is rented on such journeys.
    page : Page, optional
        An earlier or later part of an answer; ``None`` for the answer itself.
    """

    origin: Place
    destination: Place
    time: datetime
    arrive_by: bool = False
    modes: frozenset[Mode] = DEFAULT_MODES
    search_window_s: int = 3600
    max_itineraries: int = 5
    max_transfers: int = 7
    max_access_walk_s: int = 1200
    max_direct_walk_s: int = 1800
    max_access_ride_s: int = 1200
    max_direct_ride_s: int = 3600
    wheelchair: bool = False
    form_factors: frozenset[str] | None = None
    systems: frozenset[str] | None = None
    transit_modes: frozenset[TransitMode] | None = None
    agencies: frozenset[str] | None = None
    banned_routes: frozenset[str] = frozenset()
    walk_profile: WalkProfile = WalkProfile.STANDARD
    bike_profile: BikeProfile = BikeProfile.STANDARD
    weights: Weights = field(default_factory=Weights)
    drawn_to_compare: int = 0
    now: datetime | None = None
    missed_bookings: bool = False
    via: tuple[Via, ...] = ()
    page: Page | None = None
    languages: tuple[str, ...] = ()
    time_s: int = field(init=False, repr=False, compare=False)
    """``time`` in Unix seconds."""

    @property
    def walking(self) -> Profile:
        """How one walks on streets; with a wheelchair always free of steps."""
        if self.wheelchair:
            return Profile.WALK_STEP_FREE
        plain = self.walk_profile is WalkProfile.STANDARD
        return Profile.WALK if plain else Profile(f"walk_{self.walk_profile}")

    @property
    def cycling(self) -> Profile:
        """How one cycles on streets."""
        plain = self.bike_profile is BikeProfile.STANDARD
        return Profile.BIKE if plain else Profile(f"bike_{self.bike_profile}")

    def __post_init__(self) -> None:
        for moment in (self.time, self.now):
            if moment is not None and moment.tzinfo is None:
                raise InvalidRequestError(f"{moment} has no time zone: pass an aware datetime")
        object.__setattr__(self, "time_s", int(self.time.timestamp()))
        if not self.modes:
            raise InvalidRequestError("no mode is allowed: name at least one")
        if len(self.via) > MOST_VIAS:
            raise InvalidRequestError(f"{len(self.via)} places on the way; at most {MOST_VIAS}")
        if self.via and self.page is not None:
            raise InvalidRequestError("journeys over places on the way have no pages")
        if not all(0 <= via.stay_s <= LONGEST_STAY_S for via in self.via):
            raise InvalidRequestError(f"stays on the way last 0 to {LONGEST_STAY_S} s each")
        for name, low, high in _LIMITS:
            value = getattr(self, name)
            if not low <= value <= high:
                raise InvalidRequestError(f"{name}={value} is outside {low}..{high}")


MOST_VIAS, LONGEST_STAY_S, LONGEST_WINDOW_S = 3, 12 * 3600, 8 * 3600


_LIMITS = (
    ("search_window_s", 0, LONGEST_WINDOW_S),
    ("max_itineraries", 1, 20),
    ("drawn_to_compare", 0, 20),
    ("max_transfers", 0, 12),
    ("max_access_walk_s", 0, 3600),
    ("max_direct_walk_s", 0, 7200),
    ("max_access_ride_s", 0, 3600),
    ("max_direct_ride_s", 0, 3 * 3600),
)
