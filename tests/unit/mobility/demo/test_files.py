"""The generated town as a whole, its people and its vehicles."""

import csv
import datetime as dt
import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from shapely.geometry import shape

from mobility.commands import main
from mobility.demo.holidays import holidays
from mobility.demo.people import INHABITANTS
from mobility.demo.town import generate
from tests.gbfs_rules import REQUIRED, violations
from tests.unit.mobility.demo.conftest import TODAY, Generated


def test_the_town_has_the_size_that_was_asked_for(town: Generated) -> None:
    counts = town.summary["counts"]
    assert counts["inhabitants"] == 60_000
    assert 7_500 <= counts["street_nodes"] <= 8_500
    assert 230 <= counts["stops"] <= 270
    assert counts["lines"] == 12
    assert counts["cars"] == 40
    assert counts["scooters"] == 150


def test_the_same_seed_and_date_give_the_same_bytes(town: Generated, tmp_path: Path) -> None:
    generate(tmp_path, seed=1, today=TODAY)
    assert _digests(tmp_path) == _digests(town.folder)


def _digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_every_part_says_that_it_is_generated(town: Generated) -> None:
    assert town.summary["generated"] is True
    assert "Fictional" in town.summary["label"]
    assert json.loads((town.folder / "demo.json").read_text("utf-8")) == town.summary
    assert "fictional" in town.table("feed_info")[0]["feed_publisher_name"]
    system = town.feed("system_information")["data"]
    assert "Demo" in system["name"][0]["text"]
    with (town.folder / "trips.csv").open(encoding="utf-8") as rows:
        assert {row["label"] for row in csv.DictReader(rows)} == {"generated"}


def test_the_fleet_follows_the_rules_of_gbfs(town: Generated) -> None:
    feeds = {name: town.feed(name) for name in REQUIRED}
    assert violations(feeds) == []
    named = {feed["name"]: feed["url"] for feed in town.feed("gbfs")["data"]["feeds"]}
    assert named == {name: f"{name}.json" for name in REQUIRED}


def test_there_are_sixty_bike_stations_and_all_cars_stand_at_their_own(town: Generated) -> None:
    stations = town.feed("station_information")["data"]["stations"]
    assert sum(not station["is_virtual_station"] for station in stations) == 60
    vehicles = town.feed("vehicle_status")["data"]["vehicles"]
    cars = [v for v in vehicles if v["vehicle_type_id"] == "car"]
    assert len(cars) == 40
    assert all(car["station_id"] == car["home_station_id"] for car in cars)


def test_people_live_in_the_cells_of_the_population_file(town: Generated) -> None:
    with (town.folder / "population.csv").open(encoding="utf-8") as rows:
        people = [(float(r["lon"]), float(r["lat"]), int(r["population"]))
                  for r in csv.DictReader(rows)]  # fmt: skip
    west, south, east, north = town.summary["bbox"]
    assert sum(n for _, _, n in people) == INHABITANTS
    assert all(west < lon < east and south < lat < north and n > 0 for lon, lat, n in people)


def test_districts_tile_the_region_without_overlap(town: Generated) -> None:
    text = (town.folder / "districts.geojson").read_text("utf-8")
    features = json.loads(text)["features"]
    shapes = [shape(feature["geometry"]) for feature in features]
    names = [feature["properties"]["name"] for feature in features]
    assert len(set(names)) == len(names) == 22
    assert all(s.is_valid for s in shapes)
    region = shapely.box(*town.summary["bbox"]).area
    assert sum(s.area for s in shapes) == pytest.approx(region, rel=1e-4)
    assert shapely.union_all(shapes).area == pytest.approx(region, rel=1e-4)


def test_heights_rise_from_the_valley_to_the_hills(town: Generated) -> None:
    with rasterio.open(town.folder / "elevation.tif") as raster:
        assert raster.crs.to_epsg() == 4326
        assert raster.bounds.left == pytest.approx(town.summary["bbox"][0])
        assert raster.bounds.top == pytest.approx(town.summary["bbox"][3])
        square = next(raster.sample([(9.301, 49.9)]))[0]
        hill = next(raster.sample([(9.301, 49.95)]))[0]
    assert 140 < square < 190
    assert hill > square + 80


def test_trips_span_eight_weeks_and_few_people_make_many_of_them(town: Generated) -> None:
    with (town.folder / "trips.csv").open(encoding="utf-8") as rows:
        trips = list(csv.DictReader(rows))
    moments = [dt.datetime.fromisoformat(trip["started_at"]) for trip in trips]
    assert all(moment.tzinfo is not None for moment in moments)
    assert moments[0].date() == TODAY - dt.timedelta(days=56)
    assert moments[-1].date() == TODAY - dt.timedelta(days=1)
    per_person = np.sort([n for _, n in Counter(trip["person"] for trip in trips).most_common()])
    tenth = len(per_person) // 10
    assert per_person[-tenth:].sum() > 0.35 * len(trips)
    assert np.median(per_person) < per_person.mean()
    assert {trip["mode"] for trip in trips} == {"WALK", "BICYCLE", "RENTAL", "TRANSIT", "CAR"}
    west, south, east, north = town.summary["bbox"]
    places = np.array([[float(t[k]) for k in ("origin_lon", "origin_lat", "destination_lon",
                                              "destination_lat")] for t in trips])  # fmt: skip
    assert places[:, ::2].min() > west
    assert places[:, ::2].max() < east
    assert places[:, 1::2].min() > south
    assert places[:, 1::2].max() < north


def test_holidays_follow_easter() -> None:
    days = holidays(2026)
    assert days[dt.date(2026, 4, 3)] == "Karfreitag"
    assert days[dt.date(2026, 5, 25)] == "Pfingstmontag"
    assert holidays(2024)[dt.date(2024, 4, 1)] == "Ostermontag"
    assert holidays(2038)[dt.date(2038, 4, 26)] == "Ostermontag"  # the latest Easter there is


def test_the_command_refuses_a_date_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["demo", "anywhere", "--date", "2026-02-30"])
    assert stop.value.code == 2
    assert "2026-02-30" in capsys.readouterr().err


def test_a_folder_that_is_a_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["demo", str(tmp_path / "file")]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "another folder" in err


def test_a_fleet_without_a_city_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", str(tmp_path), "--fleet"]) == 1
    assert "--from-network" in capsys.readouterr().err
