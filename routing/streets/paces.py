"""What sets one profile apart from another: speeds, climbing, and the dislike of some streets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from routing.streets.graph import Profile, RoadClass, Surface

WALK_MPS = 1.33
SLOW_MPS = 0.9
"""Older pedestrians: 3 ft/s, by which crossings are timed for them (MUTCD 2009, sec. 4E.06)."""
ROLL_MPS = 1.1
"""By wheelchair, 4 km/h (as Valhalla has it)."""
STEPS_MPS = 0.65
PUSH_MPS = 1.2
PUSH_ON_STEPS_MPS = 0.4
OFF_STREET_MPS = 1.2
"""Between a place and its street."""

CLIMB_S = 6.0
"""Further seconds per metre up on foot: an hour for 600 m (Naismith)."""
ROLL_CLIMB_S = 20.0
PUSH_CLIMB_S = 8.0
STEEPEST_ROLLED = 0.125
"""Steeper streets are closed to wheels: 1:8, beyond which the ADA lets no ramp be (sec. 405.2)."""
STEEP_FROM_M = 25.0
"""Heights say little of the gradient of shorter edges."""


@dataclass(frozen=True)
class WalkPace:
    """How one walks, or rolls.

    Parameters
    ----------
    mps, steps_mps : float
        Metres per second on the level and on steps.
    climb_s : float
        Further seconds per metre up.
    off_street_mps : float
        Between a place and its street.
    surface : Mapping of Surface to float
        Share of the speed kept.
    rolls : bool
        Steps, escalators, raised kerbs and steep streets cannot be passed.
    """

    mps: float = WALK_MPS
    steps_mps: float = STEPS_MPS
    climb_s: float = CLIMB_S
    off_street_mps: float = OFF_STREET_MPS
    surface: Mapping[Surface, float] = field(default_factory=dict)
    rolls: bool = False


@dataclass(frozen=True)
class BikePace:
    """How one cycles.

    Parameters
    ----------
    speed : float
        Times the speed of an ordinary cyclist on the level.
    climb_s, descent_s : float
        Seconds lost per metre up, won per metre down.
    wide : bool
        Steps and narrow barriers cannot be passed.
    calm : bool
        Quiet streets are preferred.
    """

    speed: float = 1.0
    climb_s: float = 3.5
    descent_s: float = 1.0
    wide: bool = False
    calm: bool = False


_SLOWER = SLOW_MPS / WALK_MPS
_ROLLED_SURFACE = {
    Surface.PAVERS: 0.95,
    Surface.COBBLES: 0.6,
    Surface.COMPACTED: 0.8,
    Surface.LOOSE: 0.5,
}

WALKERS = {
    Profile.WALK: WalkPace(),
    Profile.WALK_SLOW: WalkPace(
        SLOW_MPS, STEPS_MPS * _SLOWER, CLIMB_S / _SLOWER, OFF_STREET_MPS * _SLOWER
    ),
    Profile.WALK_STEP_FREE: WalkPace(
        ROLL_MPS, STEPS_MPS, ROLL_CLIMB_S, 1.0, _ROLLED_SURFACE, rolls=True
    ),
}
CYCLISTS = {
    Profile.BIKE: BikePace(),
    Profile.BIKE_SAFE: BikePace(calm=True),
    Profile.BIKE_FAST: BikePace(speed=1.25, climb_s=2.0),
    Profile.BIKE_CARGO: BikePace(speed=0.87, climb_s=6.0, wide=True),
}

STREET_DISLIKE = {
    RoadClass.CYCLEWAY: 0.84,
    RoadClass.PATH: 0.84,
    RoadClass.LIVING_STREET: 0.89,
    RoadClass.TERTIARY: 1.37,
    RoadClass.SECONDARY: 2.4,
    RoadClass.PRIMARY: 4.0,
}
"""Seconds on each kind of street, in seconds of an ordinary quiet one.

Routes that cyclists were seen to take weigh a path 0.84, a bicycle boulevard 0.89, a street of
10,000 to 20,000 vehicles a day without a lane 1.37, one up to 30,000 2.4, busier ones more (Broach,
Dill & Gliebe 2012, Where do cyclists ride?). The class of the street stands in for its traffic.
"""
LANE_DISLIKE = 1.0
"""The same authors find that a lane makes up for the traffic beside it."""
ROUGH_DISLIKE = {Surface.COBBLES: 1.2, Surface.LOOSE: 1.2}


def off_street_mps(profile: Profile) -> float:
    """Return the speed on foot between a place and its street, m/s."""
    pace = WALKERS.get(profile)
    return OFF_STREET_MPS if pace is None else pace.off_street_mps
