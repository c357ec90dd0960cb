"""What one is told on the way, on maps that fit on the screen."""

import pytest

from routing.journeys.steps import make_steps
from routing.model import Step
from routing.streets.graph import StreetGraph, StreetMode
from tests.street_maps import Way, draw, way_between

WALK, BIKE, CAR = StreetMode.WALK, StreetMode.BIKE, StreetMode.CAR
ROAD = {"highway": "residential"}
FOOTWAY = {"highway": "footway"}

#  D --- E --- F
#  |     |     |     100 m apart
#  A --- B --- C
BLOCKS = {
    "A": (0, 0),
    "B": (100, 0),
    "C": (200, 0),
    "D": (0, 100),
    "E": (100, 100),
    "F": (200, 100),
}
Spot = tuple[float, float]


def street(name: str, **tags: str) -> dict[str, str]:
    return {**ROAD, "name": name, **tags}


def steps(graph: StreetGraph, mode: StreetMode, start: Spot, end: Spot) -> tuple[Step, ...]:
    path = way_between(graph, mode, start, end)
    assert path is not None
    return make_steps(graph, path)


def told(found: tuple[Step, ...]) -> list[str]:
    """Write steps as ``RIGHT High Street 50``."""
    return [f"{s.relative_direction} {s.street_name or s.kind} {s.distance_m:.0f}" for s in found]


def test_a_way_begins_with_where_to_go_and_turns_where_streets_do() -> None:
    ways = [("A B", street("Low Street")), ("B E", street("Church Lane")), ("E F", street("Top"))]
    found = steps(draw(BLOCKS, ways), WALK, (50, 0), (150, 100))
    assert told(found) == ["DEPART Low Street 50", "LEFT Church Lane 100", "RIGHT Top 50"]
    assert [s.absolute_direction for s in found] == ["EAST", "NORTH", "EAST"]
    assert (found[1].lon * 111_195, found[1].lat) == pytest.approx((100, 0), abs=0.1)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (100, 10, "CONTINUE"),
        (100, 50, "SLIGHTLY_LEFT"),
        (0, 100, "LEFT"),
        (-100, 100, "HARD_LEFT"),
        (-100, 10, "UTURN_LEFT"),
        (100, -50, "SLIGHTLY_RIGHT"),
        (0, -100, "RIGHT"),
        (-100, -100, "HARD_RIGHT"),
        (-100, -10, "UTURN_RIGHT"),
    ],
)
def test_the_angle_of_a_turn_has_a_word(x: float, y: float, expected: str) -> None:
    spots = {"A": (0, 0), "B": (100, 0), "C": (100 + x, y)}
    graph = draw(spots, [("A B", street("Old")), ("B C", street("New"))])
    found = steps(graph, WALK, (0, 0), (100 + x, y))
    assert [s.relative_direction for s in found] == ["DEPART", expected]


def test_a_bend_of_one_street_is_no_step() -> None:
    graph = draw(BLOCKS, [("A B E F", street("Bent Street")), ("A D", ROAD)])
    assert told(steps(graph, WALK, (0, 0), (200, 100))) == ["DEPART Bent Street 300"]


def test_a_turn_at_a_junction_is_told_even_on_streets_of_one_name() -> None:
    graph = draw(BLOCKS, [("A B E", street("Square")), ("B C", street("Square"))])
    assert told(steps(graph, WALK, (0, 0), (100, 100))) == [
        "DEPART Square 100",
        "LEFT Square 100",
    ]
    assert told(steps(graph, WALK, (0, 0), (200, 0))) == ["DEPART Square 200"]


def test_a_way_without_a_name_is_told_by_its_kind() -> None:
    ways = [("A B", FOOTWAY), ("B C", {"highway": "cycleway"}), ("C F", ROAD)]
    found = steps(draw(BLOCKS, ways), WALK, (0, 0), (200, 100))
    assert told(found) == ["DEPART footway 100", "CONTINUE cycleway 100", "LEFT street 100"]
    assert [s.street_name for s in found] == [None, None, None]


def test_stairs_lead_up_one_way_and_down_the_other_if_it_is_known() -> None:
    ways = [("A B", FOOTWAY), ("B C", {"highway": "steps", "incline": "up"}), ("C F", FOOTWAY)]
    graph = draw(BLOCKS, ways)
    up, down = steps(graph, WALK, (0, 0), (200, 100)), steps(graph, WALK, (200, 100), (0, 0))
    assert [s.stairs for s in up] == [None, "UP", None]
    assert [s.stairs for s in down] == [None, "DOWN", None]
    unknown = draw(BLOCKS, [("A B", FOOTWAY), ("B C", {"highway": "steps"})])
    found = steps(unknown, WALK, (0, 0), (200, 0))
    assert [(s.kind, s.stairs) for s in found] == [("footway", None), ("stairs", None)]


STAIRCASE = {
    "A": (0, 0),
    "B": (10, 0),
    "C": (20, 0),
    "D": (26, 0),
    "E": (26, 10),
    "F": (26, 60),
    "G": (40, 0),
}
UP, DOWN = ({"highway": "steps", "incline": incline} for incline in ("up", "down"))


@pytest.mark.parametrize(
    ("ways", "expected"),
    [
        ([("B C", UP), ("C D", FOOTWAY), ("D E", UP)], ["stairs 26"]),
        ([("B C", UP), ("C D E", UP)], ["stairs 26"]),
        ([("B C", UP), ("C D", UP), ("D E", UP), ("D G", FOOTWAY)], ["stairs 26"]),
        ([("B C", UP), ("C D", UP), ("D E", UP), ("D G", UP)], ["stairs 16", "stairs 10"]),
        ([("B C", UP), ("C D", FOOTWAY), ("D E", DOWN)], ["stairs 10", "footway 6", "stairs 10"]),
        ([("B C", UP), ("C D E", DOWN)], ["stairs 10", "stairs 16"]),
    ],
)
def test_flights_and_landings_of_one_staircase_are_one_step(
    ways: list[Way], expected: list[str]
) -> None:
    graph = draw(STAIRCASE, [("A B", FOOTWAY), *ways, ("E F", FOOTWAY)])
    found = steps(graph, WALK, (0, 0), (26, 30))
    assert [f"{s.kind} {s.distance_m:.0f}" for s in found] == [
        "footway 10", *expected, "footway 20",
    ]  # fmt: skip


def test_a_way_between_two_staircases_is_told() -> None:
    spots = {**STAIRCASE, "D": (40, 0), "E": (50, 0), "F": (60, 0)}
    ways = [("A B", FOOTWAY), ("B C", UP), ("C D", FOOTWAY), ("D E", UP), ("E F", FOOTWAY)]
    found = steps(draw(spots, ways), WALK, (0, 0), (60, 0))
    assert [s.kind for s in found] == ["footway", "stairs", "footway", "stairs", "footway"]


def test_a_lift_is_one_step_and_turns_nobody() -> None:
    graph = draw(BLOCKS, [("A B", FOOTWAY), ("B E", FOOTWAY)], nodes={"B": {"highway": "elevator"}})
    found = steps(graph, WALK, (0, 0), (100, 100))
    assert told(found) == ["DEPART footway 100", "ELEVATOR elevator 0", "CONTINUE footway 100"]
    assert found[2].absolute_direction == "NORTH"


def test_a_barrier_is_passed_without_a_word() -> None:
    ways = [("A B C", street("Long Street"))]
    graph = draw(BLOCKS, ways, nodes={"B": {"barrier": "bollard"}})
    assert told(steps(graph, WALK, (0, 0), (200, 0))) == ["DEPART Long Street 200"]
    assert told(steps(graph, WALK, (100, 0), (200, 0))) == ["DEPART Long Street 100"]


def test_who_passes_a_barrier_and_goes_no_further_is_told_nothing() -> None:
    ways = [("A B", street("Low Street")), ("B C", street("High Street"))]
    graph = draw(BLOCKS, ways, nodes={"B": {"barrier": "bollard"}})
    path = way_between(graph, WALK, (99.97, 0), (100.03, 0))
    assert path is not None
    assert len(path.edges) > 0
    assert make_steps(graph, path) == ()


def test_a_bicycle_is_pushed_where_it_must_be() -> None:
    ways = [("A B", street("Street")), ("B C", FOOTWAY), ("C F", street("Street"))]
    found = steps(draw(BLOCKS, ways), BIKE, (0, 0), (200, 100))
    assert [(s.kind, s.push) for s in found] == [
        ("street", False),
        ("footway", True),
        ("street", False),
    ]
    on_foot = steps(draw(BLOCKS, ways), WALK, (0, 0), (200, 100))
    assert not any(s.push for s in on_foot)


def test_a_ferry_is_told_as_one() -> None:
    ways: list[Way] = [
        ("A B", ROAD),
        ("B C", {"route": "ferry", "name": "River Ferry"}),
        ("C F", ROAD),
    ]
    found = steps(draw(BLOCKS, ways), WALK, (0, 0), (200, 100))
    assert [s.kind for s in found] == ["street", "ferry", "street"]
    assert found[1].street_name == "River Ferry"


#            N                 a roundabout of 20 m, driven around counterclockwise,
#          / | \\               with streets to the west, south, east and north
#  A ---- W  o  E ---- C
#          \\ | /
#            S
ROUND = {
    "A": (-100, 0),
    "W": (-20, 0),
    "S": (0, -20),
    "E": (20, 0),
    "N": (0, 20),
    "C": (100, 0),
    "D": (0, -100),
    "F": (0, 100),
}
CIRCLE: list[Way] = [
    ("W S E N W", {**ROAD, "junction": "roundabout"}),
    ("A W", street("West")),
    ("S D", street("South")),
    ("E C", street("East")),
    ("N F", street("North")),
]


@pytest.mark.parametrize(
    ("end", "exit_number", "name"),
    [((0, -90), 1, "South"), ((90, 0), 2, "East"), ((0, 90), 3, "North")],
)
@pytest.mark.parametrize("mode", [BIKE, CAR])
def test_a_roundabout_is_told_by_the_exit_to_take(
    mode: StreetMode, end: Spot, exit_number: int, name: str
) -> None:
    found = steps(draw(ROUND, CIRCLE), mode, (-90, 0), end)
    assert [s.street_name for s in found] == ["West", name]
    assert found[1].relative_direction == "CIRCLE_COUNTERCLOCKWISE"
    assert found[1].exit == exit_number
    assert found[1].distance_m == pytest.approx(exit_number * 20 * 2**0.5 + 70, abs=0.2)


def test_where_one_drives_on_the_left_roundabouts_go_clockwise() -> None:
    mirrored = {name: (x, -y) for name, (x, y) in ROUND.items()}
    found = steps(draw(mirrored, CIRCLE), CAR, (-90, 0), (90, 0))
    assert (found[1].relative_direction, found[1].exit) == ("CIRCLE_CLOCKWISE", 2)


def test_people_on_foot_are_told_streets_not_exits() -> None:
    found = steps(draw(ROUND, CIRCLE), WALK, (-90, 0), (0, -90))
    assert [s.street_name for s in found] == ["West", None, "South"]
    assert all(s.exit is None for s in found)


def test_a_step_of_a_few_metres_is_told_as_part_of_the_next() -> None:
    spots = {**BLOCKS, "G": (103, 0), "H": (103, 100)}
    ways = [("A B", street("Low Street")), ("B G", FOOTWAY), ("G H", street("New Street"))]
    found = steps(draw(spots, ways), WALK, (0, 0), (103, 100))
    assert told(found) == ["DEPART Low Street 100", "LEFT New Street 103"]
    stairs = [ways[0], ("B G", {"highway": "steps"}), ways[2]]
    found = steps(draw(spots, stairs), WALK, (0, 0), (103, 100))
    assert [s.kind for s in found] == ["street", "stairs", "street"]


def test_a_few_nameless_metres_do_not_cut_a_street_in_two() -> None:
    spots = {**BLOCKS, "G": (103, 0)}
    ways = [("A B", street("Low Street")), ("B G", FOOTWAY), ("G C", street("Low Street"))]
    found = steps(draw(spots, ways), WALK, (0, 0), (200, 0))
    assert told(found) == ["DEPART Low Street 200"]
