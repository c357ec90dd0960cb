"""Travel times between many places equal what the planner finds for each pair."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.explore.errors import NotInNetworkError
from routing.explore.travel import Travel, Traveller
from routing.matrix import (
    UNREACHED,
    MatrixError,
    Part,
    over_dask,
    over_processes,
    remote_rows,
    travel_matrix,
)
from routing.model import InvalidRequestError, Mode, Place, PlanRequest
from routing.network import Network, prepare
from routing.planner import Planner
from tests.builders import DAY, MAIN_STREET, ZONE, save_town, town, without_streets
from tests.street_maps import DEGREE_M

LINES = """
    Red    A 08:10  D 08:25  G 08:40  J 08:55
    Red    A 08:30  D 08:45  G 09:00  J 09:15
    Blue   D 08:30  H 08:35
    Blue   H 08:40  B 08:50
"""
ALL = "ABCDEFGHIJ"


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{DAY}T{clock}").replace(tzinfo=ZONE)


def points(names: str) -> Any:
    return np.array([MAIN_STREET[name] for name in names]) / DEGREE_M


def planned(network: Network, origin: Any, destination: Any, travel: Travel) -> tuple[int, int]:
    """Return seconds and changes as the planner has them; -1 where it finds no way in time."""
    request = PlanRequest(
        Place(*map(float, origin)),
        Place(*map(float, destination)),
        travel.time,
        arrive_by=travel.arrive_by,
        modes=frozenset({travel.mode, Mode.WALK}),
        search_window_s=0,
        max_itineraries=20,
        max_direct_walk_s=7200 if travel.mode == Mode.WALK else travel.max_direct_walk_s,
        max_direct_ride_s=travel.max_duration_s,
        max_access_walk_s=travel.max_access_walk_s,
        max_transfers=travel.max_transfers,
    )
    moment = int(travel.time.timestamp())
    found = []
    for way in Planner(network).plan(request).itineraries:
        if travel.mode in (Mode.BICYCLE, Mode.CAR) and way.legs[0].mode != travel.mode:
            continue
        walked = all(leg.mode == "WALK" for leg in way.legs)
        if walked and travel.mode == Mode.TRANSIT and way.duration_s > travel.max_direct_walk_s:
            continue  # offered where there is nothing else
        seconds = moment - way.start_s if travel.arrive_by else way.end_s - moment
        if seconds <= travel.max_duration_s:
            rides = way.combination[0] != "DIRECT"
            found.append((seconds, way.transfers if rides else -1))
    return min(found, default=(UNREACHED, -1))


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("mode", [Mode.TRANSIT, Mode.WALK, Mode.BICYCLE, Mode.CAR])
@pytest.mark.parametrize("streets", [True, False])
def test_every_entry_is_the_planners(mode: Mode, arrive_by: bool, streets: bool) -> None:
    if not streets and mode != Mode.TRANSIT:
        return
    network = town(LINES) if streets else without_streets(town(LINES))
    travel = Travel(at("09:00" if arrive_by else "08:05"), arrive_by, mode, max_access_walk_s=400)
    origins, destinations = points("ABDH"), points(ALL)
    found = travel_matrix(Traveller(network, travel), origins, destinations)
    assert found.seconds.shape == (1, 4, 10)
    for i, a in enumerate(origins):
        for j, b in enumerate(destinations):
            told = (int(found.seconds[0, i, j]), int(found.transfers[i, j]))
            assert told == planned(network, a, b, travel), (i, j)
    assert (found.seconds > 0).sum() > 20


def test_a_change_of_vehicles_is_counted() -> None:
    travel = Travel(at("08:05"), max_access_walk_s=60, max_direct_walk_s=0)
    found = travel_matrix(Traveller(town(LINES), travel), points("A"), points("DHBJ"))
    assert found.transfers.tolist() == [[0, 1, 2, 0]]
    assert found.seconds[0].tolist() == [[1200, 1800, 2700, 3000]]


def test_percentiles_are_taken_over_the_moments() -> None:
    travel = Travel(at("08:01"), moments=30, step_s=60, max_access_walk_s=60, max_direct_walk_s=0)
    wanted = (1, 50, 100)
    network = town(LINES)
    found = travel_matrix(Traveller(network, travel), points("A"), points("D"), wanted)
    each = []
    for minute in range(30):
        one = Travel(
            at("08:01") + timedelta(minutes=minute), max_access_walk_s=60, max_direct_walk_s=0
        )
        each += (
            travel_matrix(Traveller(network, one), points("A"), points("D"))
            .seconds.ravel()
            .tolist()
        )
    each.sort()
    assert found.seconds[:, 0, 0].tolist() == [each[0], each[14], each[29]]
    late = Travel(at("08:25"), moments=10, max_access_walk_s=60, max_direct_walk_s=0)
    scarce = travel_matrix(Traveller(network, late), points("A"), points("D"), (50, 60, 70))
    assert scarce.seconds[:, 0, 0].tolist() == [19 * 60, 20 * 60, UNREACHED]


def test_what_is_out_of_reach_is_minus_one() -> None:
    travel = Travel(at("08:05"), max_duration_s=600)
    traveller = Traveller(town(LINES), travel)
    places = [*points("BJ"), (9.0, 50.0), (0.0, 90.0), (-180.0, -90.0)]
    found = travel_matrix(traveller, points("A"), places)
    assert found.seconds.tolist() == [[[300, -1, -1, -1, -1]]]
    assert (travel_matrix(traveller, places[2:], points("AB")).seconds == UNREACHED).all()


def test_no_places_make_an_empty_matrix() -> None:
    traveller = Traveller(town(LINES), Travel(at("08:05")))
    assert travel_matrix(traveller, points("A"), np.zeros((0, 2))).seconds.shape == (1, 1, 0)
    assert travel_matrix(traveller, np.zeros((0, 2)), points("A")).seconds.shape == (1, 0, 1)


def test_what_cannot_be_answered_is_told() -> None:
    network = town(LINES)
    with pytest.raises(NotInNetworkError, match="2024-05-01 to 2024-05-31"):
        Traveller(network, Travel(at("08:00") + timedelta(days=400)))
    with pytest.raises(NotInNetworkError, match="no timetable"):
        Traveller(town(), Travel(at("08:00")))
    with pytest.raises(NotInNetworkError, match="no streets"):
        Traveller(without_streets(network), Travel(at("08:00"), mode=Mode.CAR))
    with pytest.raises(InvalidRequestError, match="moments=0"):
        Travel(at("08:00"), moments=0)
    with pytest.raises(MatrixError, match="1 to 100"):
        travel_matrix(Traveller(network, Travel(at("08:00"))), points("A"), points("B"), (0,))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    version = save_town(town(LINES), tmp_path)
    prepare(version)
    return version


def test_several_processes_find_the_same(folder: Path) -> None:
    network = Network.load(folder)
    traveller = Traveller(network, Travel(at("08:05"), moments=3))
    origins = np.repeat(points(ALL), 3, axis=0)
    alone = travel_matrix(traveller, origins, points(ALL))
    both = travel_matrix(
        traveller, origins, points(ALL), spread=over_processes(folder, network.id, 2)
    )
    assert (alone.seconds == both.seconds).all()
    assert (alone.transfers == both.transfers).all()


def test_a_worker_with_another_network_refuses(folder: Path) -> None:
    traveller = Traveller(Network.load(folder), Travel(at("08:05")))
    far = traveller.places([])
    with pytest.raises(MatrixError, match="not another"):
        remote_rows(folder, "another", Part(traveller.travel, far, (50,)), points("A"))


def test_a_dask_cluster_finds_the_same(folder: Path) -> None:
    """A scheduler and two workers, each a process of its own."""
    distributed = pytest.importorskip("distributed")
    network = Network.load(folder)
    traveller = Traveller(network, Travel(at("08:05"), moments=3))
    origins = np.repeat(points(ALL), 3, axis=0)
    alone = travel_matrix(traveller, origins, points(ALL), (25, 75))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        spread = over_dask(cluster.scheduler_address, folder, network.id)
        there = travel_matrix(traveller, origins, points(ALL), (25, 75), spread)
    assert (alone.seconds == there.seconds).all()
    assert (alone.transfers == there.transfers).all()


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MatrixError, match="extra 'dask'"):
        over_dask("tcp://localhost:8786", tmp_path, "x")
