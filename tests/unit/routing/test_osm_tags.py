import pytest

from routing.osm.passages import read_passage
from routing.osm.tags import read_street
from routing.streets.graph import EdgeFlag, RoadClass, StreetMode, Surface


def access(**tags: str) -> str:
    """Write who may pass: W, B, C followed by > along, < against, = both; p for pushing."""
    street = read_street({key.replace("__", ":"): value for key, value in tags.items()})
    if street is None:
        return ""
    signs = ["", ">", "<", "="]
    parts = [
        f"{letter}{signs[street.access >> 2 * mode & 3]}"
        for mode, letter in zip(StreetMode, "WBC", strict=True)
        if street.access >> 2 * mode & 3
    ]
    return " ".join(parts) + (" p" if street.flags & EdgeFlag.PUSH else "")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, "W= B= C="),
        ({"highway": "motorway"}, "C>"),
        ({"highway": "trunk"}, "C="),
        ({"highway": "trunk", "sidewalk": "both"}, "W= C="),
        ({"highway": "primary", "motorroad": "yes"}, "C="),
        ({"highway": "footway"}, "W= B= p"),
        ({"highway": "footway", "bicycle": "yes"}, "W= B="),
        ({"highway": "footway", "bicycle": "no"}, "W="),
        ({"highway": "path"}, "W= B="),
        ({"highway": "cycleway", "foot": "no"}, "B="),
        ({"highway": "track"}, "W= B="),
        ({"highway": "track", "motor_vehicle": "yes"}, "W= B= C="),
        ({"highway": "steps", "bicycle": "dismount"}, "W="),
        ({"highway": "steps", "ramp:bicycle": "yes"}, "W= B= p"),
        ({"highway": "steps", "ramp:bicycle": "yes", "bicycle": "no"}, "W="),
        ({"highway": "busway"}, ""),
        ({"highway": "busway", "bicycle": "yes", "foot": "yes"}, "W= B="),
        ({"man_made": "pier"}, "W= B= p"),
        ({"man_made": "pier", "access": "private"}, ""),
        ({"highway": "construction"}, ""),
        ({"highway": "proposed"}, ""),
        ({"railway": "platform"}, "W="),
        ({"route": "ferry"}, "W= B="),
        ({"route": "ferry", "motor_vehicle": "yes"}, "W= B= C="),
        ({"route": "ferry", "oneway": "yes"}, "W> B>"),
    ],
)
def test_a_kind_of_street_opens_it_to_those_who_may_use_it(
    tags: dict[str, str], expected: str
) -> None:
    assert access(**tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"access": "private"}, ""),
        ({"access": "no", "foot": "yes"}, "W="),
        ({"access": "no", "bicycle": "designated"}, "B="),
        ({"access": "yes"}, "W= B= C="),
        ({"motor_vehicle": "no"}, "W= B="),
        ({"vehicle": "no"}, "W="),
        ({"vehicle": "no", "bicycle": "yes"}, "W= B="),
        ({"motor_vehicle": "no", "motorcar": "yes"}, "W= B= C="),
        ({"motor_vehicle": "agricultural;forestry"}, "W= B="),
        ({"motor_vehicle": "agricultural;destination"}, "W= B= C="),
        ({"bicycle": "use_sidepath"}, "W= C="),
        ({"bicycle": "dismount"}, "W= B= C= p"),
        ({"foot": "no"}, "B= C="),
        ({"access": "a word unheard of"}, "W= B= C="),
    ],
)
def test_the_most_specific_access_tag_decides(tags: dict[str, str], expected: str) -> None:
    assert access(highway="service", **tags) == expected


def test_access_yes_does_not_open_a_footway_to_cars() -> None:
    assert access(highway="footway", access="yes") == "W= B= p"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, "W= B> C>"),
        ({"oneway": "-1"}, "W= B< C<"),
        ({"oneway": "no", "junction": "roundabout"}, "W= B= C="),
        ({"junction": "roundabout"}, "W= B> C>"),
        ({"oneway": "yes", "oneway__bicycle": "no"}, "W= B= C>"),
        ({"oneway": "yes", "cycleway": "opposite_lane"}, "W= B= C>"),
        ({"oneway": "yes", "cycleway__left": "opposite"}, "W= B= C>"),
        ({"oneway": "yes", "cycleway__left__oneway": "-1"}, "W= B= C>"),
        ({"oneway__bicycle": "yes"}, "W= B> C="),
        ({"oneway": "reversible"}, "W="),
        ({"oneway": "yes", "oneway__foot": "yes"}, "W> B> C>"),
        ({"conveying": "backward"}, "W< B= C="),
        ({"motor_vehicle__backward": "no"}, "W= B= C>"),
        ({"vehicle__forward": "no"}, "W= B< C<"),
        ({"vehicle__backward": "no", "bicycle": "yes"}, "W= B= C>"),
        ({"access__backward": "destination"}, "W= B= C="),
        ({"access__backward": "no"}, "W= B> C>"),
        ({"oneway": "yes", "bicycle__backward": "yes"}, "W= B= C>"),
        ({"foot__backward": "no", "bicycle__forward": "use_sidepath"}, "W> B< C="),
        ({"motor_vehicle__lanes__backward": "no"}, "W= B= C="),
    ],
)
def test_one_way_streets_bind_each_mode_by_its_own_rule(
    tags: dict[str, str], expected: str
) -> None:
    assert access(highway="residential", **tags) == expected


def test_a_destination_street_and_its_surface_are_remembered() -> None:
    street = read_street(
        {"highway": "living_street", "motor_vehicle": "destination", "surface": "sett"}
    )
    assert street is not None
    assert street.road_class is RoadClass.LIVING_STREET
    assert street.surface is Surface.COBBLES
    assert street.flags & EdgeFlag.DESTINATION


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "bollard"}, "C"),
        ({"barrier": "gate"}, ""),
        ({"barrier": "gate", "access": "private"}, "WBC"),
        ({"barrier": "gate", "access": "no", "foot": "yes", "bicycle": "yes"}, "C"),
        ({"barrier": "gate", "locked": "yes"}, "WBC"),
        ({"barrier": "gate", "locked": "yes", "foot": "yes"}, "BC"),
        ({"barrier": "kissing_gate"}, "BC"),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, ""),
        ({"barrier": "cycle_barrier", "bicycle": "dismount"}, "C"),
        ({"highway": "crossing"}, ""),
    ],
)
def test_a_barrier_stops_those_it_is_meant_for(tags: dict[str, str], expected: str) -> None:
    passage = read_passage(tags)
    stopped = passage.stopped if passage else 0
    assert "".join(x for i, x in enumerate("WBC") if stopped >> i & 1) == expected


@pytest.mark.parametrize(
    ("tags", "wheels", "wide"),
    [
        ({"barrier": "cycle_barrier"}, True, False),
        ({"barrier": "cycle_barrier", "maxwidth": "1.2 m"}, True, True),
        ({"barrier": "bollard", "maxwidth:physical": "0.8"}, True, False),
        ({"barrier": "kissing_gate"}, False, False),
        ({"barrier": "kissing_gate", "wheelchair": "yes"}, True, False),
        ({"kerb": "raised"}, False, True),
        ({"barrier": "kerb", "kerb": "lowered"}, True, True),
        ({"barrier": "kerb"}, True, True),
        ({"barrier": "gate", "wheelchair": "no"}, False, True),
    ],
)
def test_a_barrier_or_kerb_stops_wheels_or_what_is_wide(
    tags: dict[str, str], wheels: bool, wide: bool
) -> None:
    passage = read_passage(tags)
    flags = EdgeFlag(passage.flags if passage else 0)
    assert (EdgeFlag.WHEELCHAIR_NO not in flags) == wheels
    assert (EdgeFlag.NARROW not in flags) == wide


@pytest.mark.parametrize(
    ("width", "wheels", "wide"),
    [("0.5", False, False), ("0.8 m", True, False), ("1", True, True), ("ca. 2", True, True)],
)
def test_a_narrow_way_stops_wheels_or_what_is_wide(width: str, wheels: bool, wide: bool) -> None:
    street = read_street({"highway": "path", "width": width})
    assert street is not None
    assert (not street.flags & EdgeFlag.WHEELCHAIR_NO) == wheels
    assert (not street.flags & EdgeFlag.NARROW) == wide


@pytest.mark.parametrize(
    ("smoothness", "closed"), [("good", False), ("very_bad", False), ("horrible", True)]
)
def test_what_only_climbers_can_pass_is_closed_to_wheels(smoothness: str, closed: bool) -> None:
    street = read_street({"highway": "path", "smoothness": smoothness})
    assert street is not None
    assert bool(street.flags & EdgeFlag.WHEELCHAIR_NO) == closed


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [({"maxspeed": "30", "maxspeed:forward": "50"}, 30), ({"maxspeed:forward": "70"}, 70)],
)
def test_a_limit_of_one_direction_counts_where_there_is_no_other(
    tags: dict[str, str], kmh: int
) -> None:
    street = read_street({"highway": "primary", **tags})
    assert street is not None
    assert street.maxspeed_kmh == kmh


@pytest.mark.parametrize(
    ("incline", "expected"),
    [("up", EdgeFlag.UP), ("down", EdgeFlag.DOWN), ("25%", EdgeFlag.UP), ("-10%", EdgeFlag.DOWN)],
)
def test_steps_tell_whether_they_lead_up(incline: str, expected: EdgeFlag) -> None:
    street = read_street({"highway": "steps", "incline": incline})
    assert street is not None
    assert street.flags == expected
