"""A whole network is built, switched to, and kept when the next build goes wrong."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mobility.catalogue.sources import load_sources
from mobility.commands import main
from mobility.errors import MobilityError
from mobility.geocoder import Geocoder
from mobility.network.area import parse_area
from mobility.network.build import build_network
from mobility.network.inputs import BuildError, Inputs
from mobility.network.manifest import Manifest, changed_files, load_manifest
from mobility.network.versions import BuildRunningError, current_version, staging
from routing.errors import RoutingError
from routing.network import Network
from tests.map_servers import map_servers
from tests.shared import ROOT, shared_dir
from tests.unit.mobility.network.tiny_town import SOUTH, STEP, WEST, inputs, write_gtfs, write_osm

__all__ = ["map_servers"]


def folders(directory: Path) -> list[str]:
    return sorted(path.name for path in (directory / "versions").iterdir())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Inputs, Manifest]:
    """A built town, for tests that only look at it."""
    given = inputs(tmp_path_factory.mktemp("town"))
    return given, build_network(given)


def test_every_part_of_a_town_is_built_and_hashed(town: tuple[Inputs, Manifest]) -> None:
    given, manifest = town
    version = current_version(given.directory)
    assert version is not None
    assert version.name == manifest.id
    assert load_manifest(given.directory) == manifest
    assert changed_files(version, manifest) == []
    for name in ("geocoder.sqlite", "tiles.pmtiles", "population.csv", "notices.jsonl"):
        assert name in manifest.files
    assert manifest.counts["stops"] == 3
    assert manifest.counts["trips"] == 4
    assert manifest.counts["stations"] == 1
    assert manifest.counts["population"] == 120
    assert manifest.notices == {"expired_feed": 1, "outside_area": 1}
    assert manifest.service_days == ("2024-09-01", "2024-09-30")
    assert manifest.timezone == "Europe/Berlin"
    assert manifest.attributions == ["© OpenStreetMap contributors"]
    assert [feed["name"] for feed in manifest.feeds] == ["bus"]
    assert manifest.feeds[0]["version"] is None


def test_the_planner_opens_what_was_built_with_walks_between_stops(
    town: tuple[Inputs, Manifest],
) -> None:
    given, _ = town
    network = Network.load(given.directory)
    assert network.streets is not None
    assert network.timetable is not None
    footpaths = network.timetable.footpaths
    metres = 2 * STEP * 72_470  # a degree of longitude here
    walks = dict(zip(footpaths.target[:2].tolist(), footpaths.duration_s[:2].tolist(), strict=True))
    assert walks[1] == pytest.approx(metres / 1.2, rel=0.15)


def test_streets_addresses_places_stops_and_stations_are_found(
    town: tuple[Inputs, Manifest],
) -> None:
    given, _ = town
    with Geocoder(given.directory / "current/geocoder.sqlite") as geocoder:
        for question, kind in (
            ("sudstr", "street"),
            ("Südstraße 7", "address"),
            ("altst", "place"),
            ("Stop 1", "stop"),
            ("am park", "station"),
        ):
            assert geocoder.search(question)[0].kind == kind
        hit = geocoder.reverse(WEST + 1.5 * STEP, SOUTH + 1.02 * STEP)
        assert hit is not None
        assert hit.name == "1. Querstraße"


def test_the_same_inputs_make_the_same_network(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    first = build_network(given)
    again = build_network(replace(given, name="Renamed"))
    assert again.id == first.id
    assert load_manifest(given.directory).name == "Renamed"
    assert folders(given.directory) == [first.id]


def test_shared_vehicles_are_kept_inside_the_version(town: tuple[Inputs, Manifest]) -> None:
    given, _ = town
    (source,) = load_sources(given.directory / "current")
    assert source.folder is not None
    assert sorted(path.stem for path in source.folder.iterdir()) == [
        "station_information",
        "station_status",
        "system_information",
    ]


def test_a_feed_that_cannot_be_reached_does_not_stop_the_build(tmp_path: Path) -> None:
    url = "http://127.0.0.1:9/gbfs.json"
    given = inputs(tmp_path, gbfs=(url,))
    manifest = build_network(given)
    assert manifest.notices["feed_failed"] == 1
    assert [source.url for source in load_sources(given.directory / "current")] == [url]


def test_the_version_before_is_kept_and_older_ones_go(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    ids = [
        build_network(replace(given, gtfs=(write_gtfs(tmp_path / "bus.zip", trips),))).id
        for trips in (4, 5, 6)
    ]
    assert folders(given.directory) == sorted(ids[1:])
    assert current_version(given.directory) == (given.directory / "versions" / ids[2]).resolve()


def test_a_feed_that_shrank_is_refused_unless_forced(tmp_path: Path) -> None:
    given = inputs(tmp_path, gtfs=(write_gtfs(tmp_path / "large.zip", 9),))
    before = build_network(given)
    small = replace(given, gtfs=(write_gtfs(tmp_path / "small.zip", 4),))
    with pytest.raises(BuildError, match="4 trips, the present one 9"):
        build_network(small)
    assert load_manifest(given.directory) == before
    assert folders(given.directory) == [before.id]
    with pytest.raises(BuildError, match="0 stops"):
        build_network(replace(given, gtfs=()))
    assert build_network(replace(small, force=True)).counts["trips"] == 4


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"PK\x03\x04 but not really", "bus"),
        (b"", "bus"),
    ],
)
def test_a_broken_feed_leaves_the_present_network(tmp_path: Path, body: bytes, words: str) -> None:
    given = inputs(tmp_path)
    before = build_network(given)
    (tmp_path / "bus.zip").write_bytes(body)
    with pytest.raises((RoutingError, MobilityError), match=words):
        build_network(given)
    assert load_manifest(given.directory) == before
    assert folders(given.directory) == [before.id]


def test_osm_without_streets_and_truncated_osm_are_refused(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    (tmp_path / "streets.osm").write_text(
        "<osm version='0.6'><node id='1' lon='8' lat='49'/></osm>"
    )
    with pytest.raises(RoutingError, match="no street"):
        build_network(given)
    whole = write_osm(tmp_path / "streets.osm").read_text()
    (tmp_path / "streets.osm").write_text(whole[: len(whole) // 2])
    with pytest.raises(RoutingError, match=r"streets\.osm"):
        build_network(given)
    assert current_version(given.directory) is None
    assert folders(given.directory) == []


def test_an_area_clips_streets_and_keeps_whole_trips(tmp_path: Path) -> None:
    west_half = f"{WEST - 0.001},{SOUTH - 0.001},{WEST + 1.2 * STEP},{SOUTH + 5 * STEP}"
    given = inputs(tmp_path, area=parse_area(west_half), gbfs=())
    manifest = build_network(given)
    assert manifest.bbox == pytest.approx([float(part) for part in west_half.split(",")])
    assert manifest.counts["stops"] == 3  # the bus leaves the area and is kept to its end
    network = Network.load(given.directory)
    assert network.streets is not None
    assert network.streets.bbox[2] <= WEST + 2 * STEP + 1e-6


def test_a_full_disk_leaves_the_present_network_and_no_rubbish(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    before = build_network(given)
    write_gtfs(tmp_path / "bus.zip", 5)
    script = (
        "import resource; from pathlib import Path; import sys\n"
        "from mobility.commands import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    words = ["build", str(given.directory), "--name", "T", "--osm", str(given.osm)]
    words += ["--gtfs", str(tmp_path / "bus.zip")]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "the disk is full" in result.stderr.splitlines()[-1]
    assert load_manifest(given.directory) == before
    assert folders(given.directory) == [before.id]


def test_two_builds_of_one_town_do_not_mix(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    with staging(given.directory), pytest.raises(BuildRunningError, match="wait until it"):
        build_network(given)


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    given = inputs(tmp_path)
    rubbish = given.directory / "versions/.building-1"
    rubbish.mkdir(parents=True)
    (rubbish / "half").write_text("x")
    manifest = build_network(given)
    assert folders(given.directory) == [manifest.id]


def test_the_command_prints_json_and_its_progress_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = inputs(tmp_path)
    words = ["build", str(given.directory), "--name", "Tiny", "--osm", str(given.osm)]
    words += ["--gtfs", str(given.gtfs[0]), "--gbfs", given.gbfs[0], "--generated"]
    assert main(words) == 0
    printed = capsys.readouterr()
    shown: dict[str, Any] = json.loads(printed.out)
    assert shown["network"] == load_manifest(given.directory).id
    assert load_manifest(given.directory).generated
    assert "MB peak" in printed.err
    assert "notice outside_area: 1" in printed.err


@pytest.mark.parametrize(
    "words",
    [
        ["--name", "T"],
        ["--name", "T", "--gtfs", "x.zip", "--area", "1,2,3"],
        ["--name", "T", "--gtfs", "x.zip", "--area", "9,50,8,51"],
        ["--name", "T", "--gtfs", "x.zip", "--timezone", "Mars/Olympus"],
    ],
)
def test_wrong_usage_ends_with_2(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", str(tmp_path / "town"), *words]) == 2
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "town").exists()


def test_an_input_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "nowhere.osm.pbf")
    assert main(["build", str(tmp_path / "town"), "--name", "T", "--osm", missing]) == 1
    assert f"{missing} does not exist" in capsys.readouterr().err


@pytest.mark.shared
def test_the_real_cities_are_built(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = shared_dir() / "data"
    vilnius = ["--gtfs", str(data / "vilnius/vilnius_gtfs.zip")]
    oslo = ["--osm", str(data / "oslo/oslo_east_filtered.osm.pbf")]
    poa = ["--osm", str(data / "poa/poa_osm.pbf"), "--gtfs", str(data / "poa/poa_eptc.zip")]
    poa += [str(data / "poa/poa_trensurb.zip"), "--population", str(data / "poa/poa_hexgrid.csv")]
    found = {}
    for name, words in (("vilnius", vilnius), ("oslo", oslo), ("poa", poa)):
        assert main(["build", str(tmp_path / name), "--name", name, *words]) == 0
        found[name] = json.loads(capsys.readouterr().out)
    assert found["vilnius"]["counts"]["trips"] == 23_398
    assert found["vilnius"]["timezone"] == "Europe/Vilnius"
    assert found["oslo"]["timezone"] == "Europe/Oslo"
    assert found["oslo"]["service_days"] is None
    assert found["poa"]["counts"]["stops"] == 4_010
    assert found["poa"]["counts"]["street_nodes"] > 15_000


def test_a_place_fetched_by_its_name_becomes_a_network(map_servers: None, tmp_path: Path) -> None:
    words = ["build", str(tmp_path / "town"), "--name", "Nowhere", "--place", "Nowhere, Atlantis"]
    assert main(words) == 0
    streets = Network.load(tmp_path / "town").streets
    assert streets is not None
    assert sorted(streets.nodes.osm_id.tolist()) == [1, 2, 3, 5]  # D and F lie along a way
