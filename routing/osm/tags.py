"""What OSM tags say about a street: who may use it, in which direction, and what it is like."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from routing.streets.graph import EdgeFlag, RoadClass, StreetMode, Surface

Tags = Mapping[str, str]

ALONG = {mode: 1 << (2 * mode) for mode in StreetMode}
AGAINST = {mode: 2 << (2 * mode) for mode in StreetMode}
BOTH = {mode: 3 << (2 * mode) for mode in StreetMode}

_W, _B, _C = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR
_WALK_UNIT, _BIKE_UNIT, _CAR_UNIT = ALONG[_W], ALONG[_B], ALONG[_C]

CLASSES: dict[str, tuple[RoadClass, tuple[StreetMode, ...]]] = {
    "motorway": (RoadClass.MOTORWAY, (_C,)),
    "trunk": (RoadClass.TRUNK, (_C,)),
    "primary": (RoadClass.PRIMARY, (_W, _B, _C)),
    "secondary": (RoadClass.SECONDARY, (_W, _B, _C)),
    "tertiary": (RoadClass.TERTIARY, (_W, _B, _C)),
    "unclassified": (RoadClass.UNCLASSIFIED, (_W, _B, _C)),
    "road": (RoadClass.UNCLASSIFIED, (_W, _B, _C)),
    "residential": (RoadClass.RESIDENTIAL, (_W, _B, _C)),
    "living_street": (RoadClass.LIVING_STREET, (_W, _B, _C)),
    "service": (RoadClass.SERVICE, (_W, _B, _C)),
    "busway": (RoadClass.SERVICE, ()),
    "track": (RoadClass.TRACK, (_W, _B)),
    "cycleway": (RoadClass.CYCLEWAY, (_W, _B)),
    "path": (RoadClass.PATH, (_W, _B)),
    "footway": (RoadClass.FOOTWAY, (_W,)),
    "pedestrian": (RoadClass.PEDESTRIAN, (_W,)),
    "steps": (RoadClass.STEPS, (_W,)),
    "platform": (RoadClass.PLATFORM, (_W,)),
    "corridor": (RoadClass.CORRIDOR, (_W,)),
    "elevator": (RoadClass.ELEVATOR, (_W,)),
    "bridleway": (RoadClass.BRIDLEWAY, (_W,)),
}
"""Kind of street of each ``highway`` value, and who may use it where no other tag speaks."""

KEYS: dict[StreetMode, tuple[str, ...]] = {
    _W: ("foot", "access"),
    _B: ("bicycle", "vehicle", "access"),
    _C: ("motorcar", "motor_vehicle", "vehicle", "access"),
}
"""Access keys of each mode, the most specific first."""

YES = frozenset(
    [
        "yes",
        "designated",
        "official",
        "permissive",
        "destination",
        "customers",
        "public",
        "open",
        "true",
        "1",
        "residents",
        "visitors",
    ]
)
NO = frozenset(
    [
        "no",
        "private",
        "agricultural",
        "forestry",
        "agricultural;forestry",
        "forestry;agricultural",
        "restricted",
        "military",
        "emergency",
        "psv",
        "bus",
        "permit",
        "delivery",
        "use_sidepath",
        "closed",
        "employees",
        "staff",
        "false",
        "discouraged",
        "impassable",
        "construction",
        "taxi",
        "hgv",
    ]
)
SURFACES = {
    **dict.fromkeys(
        ["asphalt", "concrete", "paved", "concrete:plates", "metal", "tartan"], Surface.SMOOTH
    ),
    **dict.fromkeys(
        ["paving_stones", "concrete:lanes", "bricks", "brick", "wood", "metal_grid"],
        Surface.PAVERS,
    ),
    **dict.fromkeys(
        [
            "sett",
            "cobblestone",
            "unhewn_cobblestone",
            "cobblestone:flattened",
            "stone",
            "grass_paver",
        ],
        Surface.COBBLES,
    ),
    **dict.fromkeys(
        ["compacted", "fine_gravel", "gravel", "pebblestone", "unpaved"], Surface.COMPACTED
    ),
    **dict.fromkeys(
        [
            "ground",
            "dirt",
            "earth",
            "grass",
            "sand",
            "mud",
            "woodchips",
            "rock",
            "snow",
            "ice",
            "clay",
        ],
        Surface.LOOSE,
    ),
}
_NOT_ROLLED = frozenset(["horrible", "very_horrible", "impassable"])
SMOOTHNESS = {
    **dict.fromkeys(["excellent", "good"], Surface.SMOOTH),
    "intermediate": Surface.PAVERS,
    "bad": Surface.COBBLES,
    **dict.fromkeys(["very_bad", *_NOT_ROLLED], Surface.LOOSE),
}
"""How a street rolls where somebody judged it: this outweighs what it is made of."""
TRACKS = {
    "grade1": Surface.SMOOTH,
    **dict.fromkeys(["grade2", "grade3"], Surface.COMPACTED),
    **dict.fromkeys(["grade4", "grade5"], Surface.LOOSE),
}
CARGO_WIDTH_M = 0.9
"""A cargo bike does not fit through less."""
WHEELS_WIDTH_M = 0.8
_METRES = re.compile(r"^(\d+(?:\.\d+)?)( ?m)?$")
_DURATION = re.compile(r"^(?:(\d+):)?(\d+)(?::(\d{2}))?$")
_ISO_DURATION = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh|kph)?$")
_NAMED_SPEEDS = {"walk": 7, "urban": 50, "rural": 100, "none": 130, "motorway": 130}


@dataclass(frozen=True, slots=True)
class StreetTags:
    """What the tags of one way say; see :class:`routing.streets.graph.Edges` for the columns."""

    road_class: RoadClass
    access: int
    surface: Surface = Surface.UNKNOWN
    flags: int = 0
    maxspeed_kmh: int = 0
    duration_s: int = 0
    """Time to pass the whole way where OSM tells it (ferries); 0 where unknown."""


def read_street(tags: Tags) -> StreetTags | None:
    """Return what the tags say of a street, or ``None`` where nobody may pass.

    Parameters
    ----------
    tags : mapping of str to str
        The way's OSM tags.
    """
    found = _class_of(tags)
    if found is None:
        return None
    road_class, default = found
    allowed = {mode for mode in StreetMode if may_pass(tags, mode, mode in default)}
    flags = _flags(tags, road_class, allowed)
    push = _must_push(tags, road_class, allowed)
    access = _directions(tags, road_class, allowed)
    if push:
        flags |= EdgeFlag.PUSH
        access |= BOTH[_B]
    if access == 0:
        return None
    return StreetTags(
        road_class,
        access,
        _surface(tags),
        flags,
        0 if road_class is RoadClass.FERRY else read_speed(_either_way(tags, "maxspeed")),
        read_duration(_either_way(tags, "duration")) if road_class is RoadClass.FERRY else 0,
    )


_DIRECTIONS = ((":forward", 1), (":backward", 2))


def _either_way(tags: Tags, key: str) -> str:
    """Return the value of a key, where there is none that for one direction."""
    value = tags.get(key)
    return tags.get(f"{key}:forward") or tags.get(f"{key}:backward", "") if value is None else value


def _surface(tags: Tags) -> Surface:
    judged = SMOOTHNESS.get(tags.get("smoothness", ""))
    if judged is not None:
        return judged
    made_of = SURFACES.get(tags.get("surface", "").split(";")[0].strip())
    return TRACKS.get(tags.get("tracktype", ""), Surface.UNKNOWN) if made_of is None else made_of


def _class_of(tags: Tags) -> tuple[RoadClass, tuple[StreetMode, ...]] | None:
    highway = tags.get("highway", "")
    found = CLASSES.get(highway.removesuffix("_link"))
    if found is not None:
        road_class, default = found
        if road_class is RoadClass.TRUNK and tags.get("sidewalk", "no") not in ("no", "none"):
            default = (_W, *default)
        if tags.get("motorroad") == "yes":
            default = tuple(mode for mode in default if mode == _C)
        return road_class, default
    if tags.get("route") == "ferry":
        return RoadClass.FERRY, (_W, _B)
    if "platform" in (tags.get("railway"), tags.get("public_transport")) and not highway:
        return RoadClass.PLATFORM, (_W,)
    if tags.get("man_made") == "pier" and not highway:
        return RoadClass.FOOTWAY, (_W,)
    return None


def may_pass(tags: Tags, mode: StreetMode, default: bool, direction: str = "") -> bool:
    """Tell whether a mode may pass: the most specific key that says yes or no decides.

    Parameters
    ----------
    tags : mapping of str to str
        Of a way or node.
    mode : StreetMode
        How one moves.
    default : bool
        Where no key speaks.
    direction : str, optional
        Ending of the keys for one direction alone, ``:forward`` or ``:backward``; a key as
        specific without it has made the default. Pedestrians heed their own alone.
    """
    for key in ("foot",) if direction and mode == _W else KEYS[mode]:
        value = tags.get(key + direction)
        if value is None:
            if direction and key in tags:
                return default
            continue
        if value in NO:
            return False
        if value in YES:
            # a general key opens nothing that the kind of street keeps closed
            return True if key in KEYS[mode][: 1 if mode != _C else 2] else default
        if key == "bicycle" and value == "dismount":
            return False
        if ";" in value:
            return any(part.strip() in YES for part in value.split(";"))
    return default


def _must_push(tags: Tags, road_class: RoadClass, allowed: set[StreetMode]) -> bool:
    """Tell whether bicycles are walked here: signed so, or a pavement that says nothing.

    On steps they are where there is a ramp for them.
    """
    if _W not in allowed or _B in allowed:
        return False
    value = tags.get("bicycle")
    if road_class is RoadClass.STEPS:
        has_ramp = tags.get("ramp:bicycle") == "yes" or tags.get("ramp") == "bicycle"
        return has_ramp and value in (None, "dismount")
    if value is None:
        return road_class in (RoadClass.FOOTWAY, RoadClass.PEDESTRIAN)
    return value == "dismount"


def _directions(tags: Tags, road_class: RoadClass, allowed: set[StreetMode]) -> int:
    """Return the access bits of the allowed modes, one-way rules applied."""
    walk = bike = car = 0
    if _W in allowed:
        walk = _foot_direction(tags, road_class)
    if _C in allowed:
        rule = tags.get("oneway:motor_vehicle", tags.get("oneway:motorcar"))
        car = _one_way(rule or _general_one_way(tags, road_class))
    if _B in allowed:
        bike = _bicycle_direction(tags, road_class)
    keys = " ".join(tags)
    if ":forward" in keys or ":backward" in keys:
        walk = _by_direction(tags, _W, walk)
        bike = _by_direction(tags, _B, bike)
        car = _by_direction(tags, _C, car)
    return walk * _WALK_UNIT + bike * _BIKE_UNIT + car * _CAR_UNIT


def _by_direction(tags: Tags, mode: StreetMode, bits: int) -> int:
    """Apply access keys that hold in one direction only, such as ``vehicle:backward``."""
    return sum(bit for ending, bit in _DIRECTIONS if may_pass(tags, mode, bool(bits & bit), ending))


def _general_one_way(tags: Tags, road_class: RoadClass) -> str:
    """Return the ``oneway`` value, also where it is only implied."""
    value = tags.get("oneway")
    if value is not None:
        return value
    implied = tags.get("junction") in ("roundabout", "circular") or (
        road_class is RoadClass.MOTORWAY
    )
    return "yes" if implied else "no"


def _one_way(value: str) -> int:
    """Return direction bits: 1 along, 2 against the drawn direction."""
    if value in ("yes", "true", "1"):
        return 1
    if value in ("-1", "reverse"):
        return 2
    return 0 if value == "reversible" else 3


def _bicycle_direction(tags: Tags, road_class: RoadClass) -> int:
    value = tags.get("oneway:bicycle")
    general = _general_one_way(tags, road_class)
    if value in ("no", "opposite"):
        return 3
    if value in ("yes", "-1", "true", "1", "reverse"):
        return _one_way(value)
    lanes = (tags.get(key, "") for key in ("cycleway", *_SIDES))
    if any(lane.startswith("opposite") for lane in lanes):
        return 3
    if any(tags.get(f"{key}:oneway") in ("no", "-1") for key in _SIDES):
        return 3
    return _one_way(general)


_SIDES = ("cycleway:left", "cycleway:right", "cycleway:both")


def _foot_direction(tags: Tags, road_class: RoadClass) -> int:
    """Pedestrians heed no one-way sign but their own, and the run of a ferry or an escalator."""
    if road_class is RoadClass.FERRY:
        return _one_way(_general_one_way(tags, road_class))
    value = tags.get("oneway:foot", tags.get("foot:oneway"))
    if value is not None:
        return _one_way(value)
    return {"forward": 1, "backward": 2}.get(tags.get("conveying", ""), 3)


def _flags(tags: Tags, road_class: RoadClass, allowed: set[StreetMode]) -> int:
    flags = 0
    if tags.get("highway", "").endswith("_link"):
        flags |= EdgeFlag.LINK
    if tags.get("junction") in ("roundabout", "circular"):
        flags |= EdgeFlag.ROUNDABOUT
    if tags.get("bridge", "no") != "no":
        flags |= EdgeFlag.BRIDGE
    if tags.get("tunnel", "no") != "no":
        flags |= EdgeFlag.TUNNEL
    if _C in allowed and _first(tags, KEYS[_C]) in ("destination", "customers"):
        flags |= EdgeFlag.DESTINATION
    if any(tags.get(key, "no") != "no" for key in ("ramp", "ramp:wheelchair", "ramp:bicycle")):
        flags |= EdgeFlag.RAMP
    if tags.get("conveying", "no") != "no":
        flags |= EdgeFlag.ESCALATOR
    width = read_metres(tags.get("maxwidth:physical") or tags.get("width", ""))
    wheelchair = tags.get("wheelchair")
    if wheelchair in ("yes", "designated") or tags.get("ramp:wheelchair") == "yes":
        flags |= EdgeFlag.WHEELCHAIR_YES
    elif wheelchair == "no" or tags.get("smoothness") in _NOT_ROLLED or width < WHEELS_WIDTH_M:
        flags |= EdgeFlag.WHEELCHAIR_NO
    if width < CARGO_WIDTH_M:
        flags |= EdgeFlag.NARROW
    if road_class is RoadClass.STEPS:
        flags |= _slope(tags.get("incline", ""))
    lanes = {tags.get(key) for key in ("cycleway", *_SIDES)}
    if lanes & {"lane", "track"} or tags.get("bicycle_road") == "yes":
        flags |= EdgeFlag.CYCLE_TRACK
    return int(flags)


def _slope(incline: str) -> int:
    """Return whether steps lead up or down as drawn; 0 where unknown."""
    if incline == "up" or incline[:1].isdigit():
        return EdgeFlag.UP
    return EdgeFlag.DOWN if incline == "down" or incline.startswith("-") else 0


def _first(tags: Tags, keys: tuple[str, ...]) -> str | None:
    return next((tags[key] for key in keys if key in tags), None)


def read_metres(value: str) -> float:
    """Return a width in metres, ``inf`` where the text tells none.

    Examples
    --------
    >>> read_metres("1.2"), read_metres("0.8 m"), read_metres("narrow")
    (1.2, 0.8, inf)
    """
    match = _METRES.match(value) if value else None
    return math.inf if match is None else float(match[1])


def read_speed(value: str) -> int:
    """Return a speed limit in km/h, at most 255; 0 where the text tells none.

    Examples
    --------
    >>> read_speed("50"), read_speed("30 mph"), read_speed("DE:urban"), read_speed("signals")
    (50, 48, 50, 0)
    """
    text = value.split(";")[0].strip().lower()
    match = _SPEED.match(text)
    if match is None:
        return _NAMED_SPEEDS.get(text.rpartition(":")[2], 0)
    speed = float(match[1]) * (1.609344 if match[2] == "mph" else 1.0)
    return min(int(speed + 0.5), 255)


def read_duration(value: str) -> int:
    """Return the seconds of an OSM duration, ``minutes``, ``hours:minutes[:seconds]`` or ISO 8601.

    Examples
    --------
    >>> read_duration("10"), read_duration("01:05"), read_duration("0:02:30"), read_duration("?")
    (600, 3900, 150, 0)
    >>> read_duration("PT3M"), read_duration("PT1H5M")
    (180, 3900)
    """
    match = _DURATION.match(value.strip()) or _ISO_DURATION.match(value.strip())
    if match is None:
        return 0
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds
