"""What the fleet planner speaks of: stations, trucks, moves, tours, plans."""

from dataclasses import dataclass, field
from enum import StrEnum

from fleet.errors import BadInventoryError


@dataclass(frozen=True, slots=True)
class StationStock:
    """A station with what stands there now.

    Parameters
    ----------
    station_id, name : str
        Id as in the feed, and the name riders read.
    lon, lat : float
        EPSG:4326 degrees.
    capacity : int
        Docks in working order, taken or free, at least 0.
    vehicles : int
        Vehicles that could be rented or moved, ``0..capacity``.
    is_open : bool
        Whether a truck may work there; a closed station keeps what it has.

    Raises
    ------
    BadInventoryError
        When the counts contradict each other.
    """

    station_id: str
    name: str
    lon: float
    lat: float
    capacity: int
    vehicles: int
    is_open: bool = True

    def __post_init__(self) -> None:
        """Reject impossible counts."""
        if not 0 <= self.vehicles <= self.capacity:
            raise BadInventoryError(
                f"station {self.station_id}: {self.vehicles} vehicles do not fit 0..{self.capacity}"
                " docks; count the docks in working order"
            )


@dataclass(frozen=True, slots=True)
class Inventory:
    """All stations of one system at one moment; their order is that of every array about them."""

    stations: tuple[StationStock, ...]

    def __post_init__(self) -> None:
        """Reject a station that is listed twice."""
        seen: set[str] = set()
        for station in self.stations:
            if station.station_id in seen:
                raise BadInventoryError(
                    f"station {station.station_id} is listed twice; keep one row per station"
                )
            seen.add(station.station_id)


@dataclass(frozen=True, slots=True)
class Truck:
    """A service vehicle that starts and ends its shift at the depot.

    Parameters
    ----------
    truck_id : str
        Name the crew knows it by.
    capacity : int
        Vehicles it carries, at least 1.
    shift_s : int
        Seconds from leaving the depot to being back, at least 1.
    start_load : int
        Vehicles aboard when it leaves, ``0..capacity``.

    Raises
    ------
    BadInventoryError
        When a number is out of its range.
    """

    truck_id: str
    capacity: int
    shift_s: int
    start_load: int = 0

    def __post_init__(self) -> None:
        """Reject a truck that cannot carry or cannot drive."""
        if self.capacity < 1 or self.shift_s < 1:
            raise BadInventoryError(
                f"truck {self.truck_id}: capacity {self.capacity} and shift {self.shift_s} s"
                " must both be at least 1"
            )
        if not 0 <= self.start_load <= self.capacity:
            raise BadInventoryError(
                f"truck {self.truck_id}: start load {self.start_load} is outside 0..{self.capacity}"
            )


@dataclass(frozen=True, slots=True)
class Move:
    """One stop of a tour: vehicles dropped (positive) or picked up (negative) at a station.

    ``arrival_s`` and ``departure_s`` count from the start of the shift; ``load_after`` is what is
    aboard when the truck leaves.
    """

    station_id: str
    dropped: int
    arrival_s: int
    departure_s: int
    load_after: int


@dataclass(frozen=True, slots=True)
class Tour:
    """What one truck does in its shift, depot to depot; ``moves`` may be empty."""

    truck_id: str
    start_load: int
    end_load: int
    duration_s: int
    moves: tuple[Move, ...] = ()


class SkipReason(StrEnum):
    """Why a station that would gain from a visit gets none, or less than it wants."""

    CLOSED = "closed"
    UNREACHABLE = "unreachable"
    BEYOND_SHIFT = "beyond-shift"
    SHIFT_FULL = "shift-full"
    LOAD = "no-vehicles-or-room-aboard"
    NOT_WORTH_IT = "costs-more-than-it-gains"
    NO_TRUCK = "no-truck"
    NOT_FOUND = "search-ended-first"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A wish left open: vehicles still to drop (positive) or to pick up (negative), and why."""

    station_id: str
    wanted: int
    reason: SkipReason
    lost_trips: float


class PlanStatus(StrEnum):
    """How the search ended; every status comes with a feasible plan, which may be empty."""

    OPTIMAL = "optimal"
    SEARCHED = "searched-until-limit"
    NOTHING_TO_DO = "nothing-to-do"
    NOTHING_POSSIBLE = "nothing-possible"
    NO_SOLUTION_IN_TIME = "no-solution-in-time"


@dataclass(frozen=True, slots=True)
class RebalancingPlan:
    """Tours, what they leave undone, and what they are worth.

    ``lost_before`` and ``lost_after`` are expected lost rentals and returns over the horizon, over
    all stations; ``objective_s`` is truck seconds plus the price of what stays lost, in seconds.
    """

    status: PlanStatus
    tours: tuple[Tour, ...]
    skipped: tuple[Skipped, ...]
    lost_before: float
    lost_after: float
    objective_s: float
    solver: str
    solver_s: float
    targets: dict[str, int] = field(default_factory=dict)
