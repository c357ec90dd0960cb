"""The operator's GBFS, its beginning, and its simulated riders."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from mobility.operator.app import create_app
from mobility.operator.database import connect
from mobility.operator.errors import OperatorError
from mobility.operator.movement import Movement
from tests.gbfs_rules import REQUIRED, violations
from tests.unit.mobility.operator.conftest import NOON, Desk, feeds, open_desk, write_feeds


def all_feeds(desk: Desk) -> dict[str, dict[str, object]]:
    return {name: desk.feed(name) for name in REQUIRED}


def test_the_feeds_follow_the_rules_of_gbfs(desk: Desk) -> None:
    assert violations(all_feeds(desk)) == []
    index = desk.feed("gbfs")
    assert (index["version"], index["ttl"]) == ("3.0", 10)
    assert {f["name"]: f["url"] for f in index["data"]["feeds"]} == {
        name: f"http://localhost/gbfs/{name}.json" for name in REQUIRED
    }


def test_the_rules_notice_what_is_wrong(desk: Desk) -> None:
    """The checker used here can fail."""
    broken = json.loads(json.dumps(all_feeds(desk)))
    broken["station_status"]["data"]["stations"][0]["num_docks_available"] = -1
    broken["vehicle_status"]["data"]["vehicles"][0]["is_reserved"] = 1
    assert len(violations(broken)) == 2


def test_an_unchanged_feed_is_not_sent_again(desk: Desk) -> None:
    client = desk.client()
    first = client.get("/gbfs/station_status.json")
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=10"
    again = client.get("/gbfs/station_status.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    desk.bike("ride-0001")
    changed = client.get("/gbfs/station_status.json", headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_a_reserved_vehicle_is_marked_and_one_in_a_rental_hidden(desk: Desk) -> None:
    def scooters() -> list[dict[str, object]]:
        vehicles = desk.feed("vehicle_status")["data"]["vehicles"]
        return [v for v in vehicles if v["vehicle_type_id"] == "scooter"]

    before = scooters()[0]
    desk.reserve("ride-0001", vehicle_id=before["vehicle_id"], eligible=True)
    assert [v["is_reserved"] for v in scooters()] == [True]
    desk.start("ride-0001")
    assert scooters() == []
    desk.now += 600
    desk.finish("ride-0001", lat=49.9, lon=9.32)
    after = scooters()[0]
    assert after["vehicle_id"] != before["vehicle_id"]
    assert (after["lat"], after["lon"], after["is_reserved"]) == (49.9, 9.32, False)
    assert violations(all_feeds(desk)) == []


def test_ids_of_the_folder_are_not_used_again(desk: Desk) -> None:
    shown = {v["vehicle_id"] for v in desk.feed("vehicle_status")["data"]["vehicles"]}
    assert len(shown) == 2
    assert not shown & {"s1", "c1"}


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.bike("ride-0001")
    desk.start("ride-0001")
    again = Desk(desk.settings)
    assert again.bikes_at("market") == 0
    assert again.get("ride-0001")["state"] == "IN_USE"


def test_the_database_of_another_system_is_refused(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    other = feeds()
    other["system_information"]["system_id"] = "other"
    write_feeds(tmp_path / "gbfs", other)
    with pytest.raises(OperatorError, match=r"'small'.*'other'.*--db"):
        create_app(desk.settings)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("vehicle_types", "{", "not a GBFS file"),
        ("vehicle_types", '{"version": "2.3", "data": {}}', "version 2.3"),
        ("system_pricing_plans", None, "system_pricing_plans.json is missing"),
        (
            "vehicle_status",
            '{"version": "3.0", "data": {"vehicles": [{"lat": 1}]}}',
            "not a GBFS 3",
        ),
    ],
)
def test_a_broken_folder_is_refused_by_name(
    tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    gbfs = write_feeds(tmp_path / "gbfs", feeds())
    if content is None:
        (gbfs / f"{name}.json").unlink()
    else:
        (gbfs / f"{name}.json").write_text(content)
    with pytest.raises(OperatorError, match=message):
        open_broken(tmp_path)


def open_broken(folder: Path) -> None:
    from mobility.operator.settings import OperatorSettings

    token = folder / "token"
    token.write_text("a-token-for-the-tests")
    create_app(OperatorSettings(folder / "gbfs", folder / "operator.sqlite", token))


def test_a_short_token_is_refused(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.settings.token_file.write_text("short")
    with pytest.raises(OperatorError, match="16 characters"):
        create_app(desk.settings)


def test_simulated_riders_move_vehicles_and_lose_none(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, bikes=12)
    started = ended = 0
    with closing(connect(desk.settings.database)) as db:
        total = db.execute("SELECT count(*) AS n FROM vehicle").fetchone()["n"]
        movement = Movement(db, np.random.default_rng(3), trips_per_vehicle=20.0)
        for step in range(400):
            begun, over = movement.step(NOON + step * 60.0, 60.0)
            started, ended = started + begun, ended + over
            desk.now = NOON + step * 60.0
        assert desk.troubles() == []
        assert db.execute("SELECT count(*) AS n FROM vehicle").fetchone()["n"] == total == 14
    assert started > 30
    assert 0 <= started - ended < 6
    assert violations(all_feeds(desk)) == []


def test_riders_and_bookings_never_share_a_vehicle(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, bikes=3)
    with closing(connect(desk.settings.database)) as db:
        movement = Movement(db, np.random.default_rng(1), trips_per_vehicle=200.0)
        for step in range(60):
            desk.now = NOON + step * 60.0
            desk.bike(f"ride-{step:04d}")
            movement.step(desk.now, 60.0)
            assert desk.troubles() == []
