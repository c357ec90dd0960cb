"""The checker finds each kind of fault when it is put into a plan that has none."""

from dataclasses import replace

import numpy as np
import pytest

from fleet.check import check_plan
from fleet.model import Inventory, Move, PlanStatus, RebalancingPlan, StationStock, Tour, Truck

STATIONS = Inventory(
    (
        StationStock("A", "A", 8.0, 49.0, 10, 9),
        StationStock("B", "B", 8.0, 49.0, 10, 1),
    )
)
TRUCKS = (Truck("T1", 5, 1000, start_load=1),)
TRAVEL = np.array([[0, 100, 200], [100, 0, 100], [200, 100, 0]], dtype=np.float64)
PICK = Move("A", -4, arrival_s=100, departure_s=170, load_after=5)
DROP = Move("B", 5, arrival_s=270, departure_s=350, load_after=0)
TOUR = Tour("T1", 1, 0, 550, (PICK, DROP))


def plan(*tours: Tour) -> RebalancingPlan:
    return RebalancingPlan(PlanStatus.SEARCHED, tours, (), 9.0, 1.0, 600.0, "by hand", 0.0)


def faults(*tours: Tour, inventory: Inventory = STATIONS) -> str:
    return "; ".join(check_plan(plan(*tours), inventory, TRUCKS, TRAVEL, stop_s=30, handle_s=10))


def test_a_sound_plan_has_no_fault() -> None:
    assert faults(TOUR) == ""


@pytest.mark.parametrize(
    ("tour", "sentence"),
    [
        (replace(TOUR, moves=(replace(PICK, dropped=-5), DROP)), "has 6 aboard after A"),
        (replace(TOUR, moves=(replace(PICK, dropped=-3), DROP)), "has -1 aboard after B"),
        (replace(TOUR, moves=(replace(PICK, load_after=4), DROP)), "says 4 aboard after A"),
        (replace(TOUR, moves=(replace(PICK, arrival_s=99), DROP)), "is at A at 99 s, before 100"),
        (replace(TOUR, moves=(replace(PICK, departure_s=169), DROP)), "leaves A before its work"),
        (replace(TOUR, moves=(PICK, replace(DROP, arrival_s=269))), "is at B at 269 s"),
        (replace(TOUR, duration_s=549), "says it takes 549 s and needs 550.0 s"),
        (replace(TOUR, duration_s=1001), "takes 1001 s of a shift of 1000 s"),
        (replace(TOUR, end_load=1), "ends with 0 aboard, not 1"),
        (replace(TOUR, start_load=0), "starts with 0 aboard, not 1"),
        (replace(TOUR, moves=(replace(PICK, station_id="Z"), DROP)), "Z, which is no station"),
        (replace(TOUR, moves=(PICK, replace(DROP, dropped=0), DROP)), "stops at B for nothing"),
        (replace(TOUR, truck_id="T2"), "tours are of trucks ['T2'], there are ['T1']"),
        (replace(TOUR, end_load=3), "is not the 3 left"),
    ],
)
def test_a_fault_is_named(tour: Tour, sentence: str) -> None:
    assert sentence in faults(tour)


def test_a_station_below_zero_or_beyond_its_docks_is_named() -> None:
    few = replace(STATIONS.stations[0], vehicles=3)
    full = replace(STATIONS.stations[1], vehicles=6)
    assert "station A holds -1 of 10" in faults(TOUR, inventory=Inventory((few, full)))
    assert "station B holds 11 of 10" in faults(TOUR, inventory=Inventory((few, full)))


def test_a_visit_to_a_closed_station_is_named() -> None:
    closed = replace(STATIONS.stations[1], is_open=False)
    inventory = Inventory((STATIONS.stations[0], closed))
    assert "station B is closed" in faults(TOUR, inventory=inventory)


def test_a_drive_where_there_is_no_way_is_named() -> None:
    no_way = TRAVEL.copy()
    no_way[1, 2] = np.inf
    found = check_plan(plan(TOUR), STATIONS, TRUCKS, no_way, 30, 10)
    assert any("is at B" in fault for fault in found)


def test_a_station_emptied_before_it_is_filled_is_found_by_the_clock() -> None:
    # Two trucks at one station: the order of time decides, not the order of tours.
    trucks = (Truck("T1", 5, 1000, 4), Truck("T2", 5, 1000, 0))
    late = Tour("T1", 4, 0, 700, (Move("B", 4, 400, 500, 0),))
    early = Tour("T2", 0, 4, 500, (Move("B", -4, 200, 300, 4),))
    found = check_plan(plan(late, early), STATIONS, trucks, TRAVEL)
    assert found == ["station B holds -3 of 10"]
