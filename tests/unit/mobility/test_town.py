"""The network one process holds: loaded once, replaced while it answers, never half."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from mobility.app import create_app
from mobility.bench.plan import PREPARING
from mobility.network.build import build_network
from mobility.network.manifest import Manifest
from mobility.town import BrokenNetworkError, NoNetworkError, PlannerState, Town
from routing import pool
from routing.transit.shortcuts import build_shortcuts
from routing.warm_up import prepare_today
from tests.shared import ROOT
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs, write_gtfs

PLAN = {
    "from": f"{WEST},{SOUTH}",
    "to": f"{WEST + 4 * STEP},{SOUTH}",
    "time": "2024-09-03T07:30",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    build_network(inputs(folder))
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of its own, to be spoilt; with the inputs beside it."""
    subprocess.run(["cp", "-a", f"{built}/.", str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def app(folder: Path) -> Iterator[APIFlask]:
    app = create_app(town_settings(folder, new_sqlite(folder), network_dir=folder / "town"))
    yield app
    app.extensions["database"].engine.dispose()


def wait_for(condition: Callable[[], Any], patience_s: float = 60) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def spoil(version: Path) -> None:
    """Cut one file of the timetable in half, as a full disk or a bad copy would."""
    path = version / "transit" / "stops.lon.npy"
    os.truncate(path, path.stat().st_size // 2)


def current(folder: Path) -> Path:
    return (folder / "town" / "current").resolve()


def rebuild(folder: Path, trips: int) -> Manifest:
    return build_network(inputs(folder, gtfs=(write_gtfs(folder / "more.zip", trips),)))


def test_health_says_when_the_planner_is_ready(app: APIFlask) -> None:
    client = app.test_client()
    health = client.get("/health")
    assert (health.status_code, health.get_json()["planner"]) == (200, "loading")
    assert client.get("/ready").status_code == 503
    app.extensions["town"].start_loading()
    wait_for(lambda: client.get("/health").get_json()["planner"] == "ready")
    assert client.get("/ready").status_code == 200
    assert client.get("/api/v1/plan", query_string=PLAN).get_json()["itineraries"]


def test_without_a_network_health_is_well_and_plans_are_refused(tmp_path: Path) -> None:
    app = create_app(town_settings(tmp_path, new_sqlite(tmp_path)))
    client = app.test_client()
    health = client.get("/health")
    assert (health.status_code, health.get_json()["planner"]) == (200, "missing")
    answer = client.get("/api/v1/plan", query_string=PLAN)
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/no-network")
    app.extensions["database"].engine.dispose()


@pytest.mark.parametrize("broken", ["transit/stops.lon.npy", "streets/meta.json", "manifest.json"])
def test_a_broken_network_answers_503_and_tells_clients_no_path(
    app: APIFlask, folder: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = current(folder) / broken
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    caplog.set_level(logging.ERROR)
    client = app.test_client()
    for _ in range(2):
        answer = client.get("/api/v1/plan", query_string=PLAN)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/broken-network")
        assert answer.headers["Retry-After"]
        assert str(folder) not in answer.text
        assert broken.rsplit("/", 1)[-1] not in answer.text
    assert Path(broken).parts[0] in caplog.text
    assert client.get("/health").get_json()["planner"] == "missing"


def test_a_broken_geocoder_answers_503_and_planning_goes_on(app: APIFlask, folder: Path) -> None:
    (current(folder) / "geocoder.sqlite").write_bytes(b"no database at all" * 100)
    client = app.test_client()
    answer = client.get("/api/v1/geocode?text=all")
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/no-geocoder")
    assert str(folder) not in answer.text
    assert client.get("/api/v1/plan", query_string=PLAN).status_code == 200


def test_a_new_version_takes_over_and_a_broken_one_does_not(folder: Path) -> None:
    town = Town(folder / "town")
    before = town.loaded()
    second = rebuild(folder, 6)
    wait_for(lambda: town.loaded().manifest.id == second.id)
    assert before.manifest.id != second.id
    assert town.version_dir() == current(folder)

    third = rebuild(folder, 8)
    spoil(current(folder))
    fresh = Town(folder / "town")
    with pytest.raises(BrokenNetworkError):
        fresh.loaded()
    wait_for(lambda: town.loaded() and town._is_refused(current(folder)))
    assert town.loaded().manifest.id == second.id != third.id
    assert town.geocoder().search("Allee")
    assert town.version_dir().name == second.id


def test_days_in_use_are_ready_when_a_new_version_takes_over(folder: Path) -> None:
    town = Town(folder / "town")
    town.share_days(folder / "days")
    town.preload()
    saturday = date(2024, 9, 7)
    before = town.loaded()
    assert before.network.timetable is not None
    build_shortcuts(before.network.timetable.day_view(saturday).mirror)
    second = rebuild(folder, 6)
    wait_for(lambda: town.loaded().manifest.id == second.id)
    made = {path.name for path in (folder / "days" / current(folder).name).iterdir()}
    assert f"{saturday}-mirror-shortcuts" in made
    assert f"{saturday}-shortcuts" not in made


def test_a_start_waits_for_no_shortcuts_and_today_has_them_soon(folder: Path) -> None:
    town = Town(folder / "town")
    town.preload()
    table = town.loaded().network.timetable
    assert table is not None
    assert {view.shortcuts for _, _, view in table.kept_views()} == {None}
    assert not [thread for thread in threading.enumerate() if thread.name in PREPARING]

    prepare_today(town.loaded().network, datetime(2024, 9, 7, 23, tzinfo=UTC))  # Sunday in Berlin
    sunday = table.day_view(date(2024, 9, 8))
    assert sunday.shortcuts is not None
    assert sunday.mirror.shortcuts is not None
    prepare_today(town.loaded().network, datetime(2031, 9, 7, tzinfo=UTC))
    assert date(2031, 9, 7) not in [day for day, _, _ in table.kept_views()]


def test_a_network_that_is_gone_leaves_the_one_in_memory(folder: Path) -> None:
    town = Town(folder / "town")
    loaded = town.loaded()
    (folder / "town" / "current").unlink()
    town._looked_at = 0.0
    assert town.loaded() is loaded
    with pytest.raises(NoNetworkError):
        Town(folder / "town").loaded()


def test_many_first_requests_load_the_network_once(folder: Path) -> None:
    town, found = Town(folder / "town"), []
    threads = [threading.Thread(target=lambda: found.append(town.loaded())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(loaded) for loaded in found}) == 1
    assert town.state() == PlannerState.READY


def test_after_warming_up_no_journey_waits_for_the_compiler(folder: Path) -> None:
    script = """
import importlib, pkgutil, sys
from datetime import datetime
from pathlib import Path
from numba.core.registry import CPUDispatcher
import routing.kernels
from mobility.town import Town
from routing.model import Mode, Place, PlanRequest
from routing.warm_up import warm_up

def compiled():
    names = [m.name for m in pkgutil.iter_modules(routing.kernels.__path__)]
    modules = [importlib.import_module(f"routing.kernels.{name}") for name in names]
    kernels = [(m, k, v) for m in modules for k, v in vars(m).items()]
    return {(m.__name__, k): len(v.signatures) for m, k, v in kernels
            if isinstance(v, CPUDispatcher)}

loaded = Town(Path(sys.argv[1])).loaded()
assert warm_up(loaded.planner) > 0
before = compiled()
assert sum(before.values()) > 2, before
west, south, step = map(float, sys.argv[2:])
for hour in ("07:30", "23:30"):
    for modes in ({Mode.WALK}, {Mode.CAR}, {Mode.BICYCLE, Mode.TRANSIT}, set(Mode)):
        for arrive_by in (False, True):
            time = datetime.fromisoformat(f"2024-09-03T{hour}+02:00")
            places = Place(west, south), Place(west + 4 * step, south + step)
            request = PlanRequest(*places, time, arrive_by=arrive_by, modes=frozenset(modes))
            loaded.planner.plan(request)
late = {k: n for k, n in compiled().items() if n != before[k]}
assert not late, late
twice = {k: n for k, n in before.items() if n > 1}
assert not twice, twice
"""
    words = [sys.executable, "-c", script, str(folder / "town"), *map(str, (WEST, SOUTH, STEP))]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_request_is_not_held_back_for_those_its_thread_answered_before(app: APIFlask) -> None:
    with pool.Turns().turn():
        time.sleep(0.001)
    assert pool._spent.seconds > 0
    app.test_client().get("/health")
    assert pool._spent.seconds == 0


def test_while_the_network_is_loading_requests_are_asked_to_come_back(
    app: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mobility.town._PATIENCE_S", 0.05)
    town, client = app.extensions["town"], app.test_client()
    with town._load_lock:  # as the loading thread holds it
        answer = client.get("/api/v1/plan", query_string=PLAN)
        assert (answer.status_code, answer.json["type"]) == (503, "/problems/network-loading")
        assert answer.headers["Retry-After"] == "5"
        assert client.get("/health").get_json() == {
            "status": "ok",
            "database": "ok",
            "planner": "loading",
        }
    assert client.get("/api/v1/plan", query_string=PLAN).status_code == 200


def test_a_sharing_store_that_fails_leaves_the_last_vehicles(folder: Path) -> None:
    answers: list[Any] = ["two bikes"]

    def read(_network: Any, _before: Any) -> Any:
        if not answers:
            raise OSError("no database")
        return answers.pop()

    town = Town(folder / "town", read)
    loaded = town.loaded()
    assert town.shared(loaded) == "two bikes"
    loaded.fleet._read_at = 0.0
    assert town.shared(loaded) == "two bikes"


def test_a_network_loaded_before_the_fork_answers_in_the_child(folder: Path) -> None:
    asked: list[Any] = []

    class Live:
        def now(self) -> Any:
            asked.append(threading.get_ident())
            raise AssertionError("live data is for those who can keep its thread")

    town = Town(folder / "town", live=lambda _table: Live())
    town.preload()
    assert (town.state(), asked) == (PlannerState.READY, [])
    before = town.loaded()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        town.start_loading()
        assert town._loading is not None
        town._loading.join(10)
        os._exit(0 if town.loaded() is before and not town._loading.is_alive() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_server_that_finds_no_network_starts_without(tmp_path: Path) -> None:
    town = Town(tmp_path / "town")
    town.preload()
    assert town.state() == PlannerState.MISSING


def test_days_are_shared_in_files_as_long_as_their_version_is_kept(folder: Path) -> None:
    days = folder / "days"
    (days / "gone").mkdir(parents=True)
    town = Town(folder / "town")
    town.share_days(days)
    town.preload()
    version = current(folder).name
    assert [path.name for path in days.iterdir()] == [version]
    assert any(path.name.endswith("-mirror") for path in (days / version).iterdir())
