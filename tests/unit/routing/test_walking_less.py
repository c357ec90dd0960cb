"""Walking is a criterion: one who walks less may arrive later, but not very much."""

from pathlib import Path

import numpy as np
import pytest

from routing.transit.search import TransitSearch
from routing.transit.shortcuts import build_shortcuts
from tests.unit.routing.test_transit_search import DAY, at, city, seconds


def arrivals(folder: Path, *lines: str, transfers: str = "", shortcuts: bool) -> list[int]:
    """Return arrivals at D, minutes after eight, of someone ten minutes from A and one from B."""
    town = city(folder, *lines, transfers=transfers)
    view = town.day_view(DAY)
    if shortcuts:
        build_shortcuts(view)
    doors = at(town, "A", "B")[0], np.array([600, 60], np.int32)
    eight = seconds("08:00")
    search = TransitSearch(town)
    asked = {"depart_s": eight, "max_duration_s": 7200}
    assert len(search.earliest(view, doors, at(town, "D"), **asked)) == 1
    found = search.earliest(view, doors, at(town, "D"), **asked, walking=True)
    return sorted((journey.arrival_s - eight) // 60 for journey in found)


@pytest.mark.parametrize("shortcuts", [False, True], ids=["by stops", "by shortcuts"])
@pytest.mark.parametrize(
    ("blue", "minutes"),
    [("08:30", [20, 30]), ("08:50", [20, 50]), ("08:51", [20])],
    ids=["a little later", "just not too late", "too late"],
)
def test_the_stop_round_the_corner_is_told_beside_the_quicker_one_farther_off(
    tmp_path: Path, blue: str, minutes: list[int], shortcuts: bool
) -> None:
    lines = "Red A 08:10 D 08:20", f"Blue B 08:10 D {blue}"
    assert arrivals(tmp_path, *lines, shortcuts=shortcuts) == minutes


@pytest.mark.parametrize("shortcuts", [False, True], ids=["by stops", "by shortcuts"])
def test_a_change_on_foot_counts_as_walking_too(tmp_path: Path, shortcuts: bool) -> None:
    lines = (
        "In B 08:10 C 08:15",
        "Walked E 08:25 D 08:30",
        "Waited C 08:35 D 08:40",
    )
    walk = "C E 2 480"
    assert arrivals(
        tmp_path, *lines, "Far A 07:30 D 07:40", transfers=walk, shortcuts=shortcuts
    ) == [
        30,
        40,
    ]


@pytest.mark.parametrize("shortcuts", [False, True], ids=["by stops", "by shortcuts"])
def test_walks_of_one_step_count_as_equal(tmp_path: Path, shortcuts: bool) -> None:
    lines = (
        "In B 08:10 C 08:15",
        "Walked E 08:17 D 08:30",
        "Waited C 08:35 D 08:40",
    )
    walk = "C E 2 120"  # less than two and a half minutes: no step
    found = arrivals(tmp_path, *lines, "Far A 07:30 D 07:40", transfers=walk, shortcuts=shortcuts)
    assert found == [30]


@pytest.mark.parametrize("shortcuts", [False, True], ids=["by stops", "by shortcuts"])
def test_one_line_is_boarded_at_the_near_stop_and_at_the_far_one_before_it(
    tmp_path: Path, shortcuts: bool
) -> None:
    town = city(tmp_path, "Red A 08:10 C 08:15 B 08:30 D 08:51")
    view = town.day_view(DAY)
    if shortcuts:
        build_shortcuts(view)
    doors = at(town, "A", "B")[0], np.array([600, 60], np.int32)
    goals = at(town, "C", "D")[0], np.array([300, 0], np.int32)
    eight = seconds("08:00")
    found = TransitSearch(town).earliest(view, doors, goals, eight, walking=True)
    # Who boards at B walks less, but is there 31 minutes after who walks to A and from C.
    assert [(journey.arrival_s - eight) // 60 for journey in found] == [20]
