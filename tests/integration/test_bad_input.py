"""What towns really hand in: each fault is told with its place, and nothing that works is lost."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
import pytest

from mobility.commands import main
from mobility.network.manifest import load_manifest
from routing.network import Network
from tests.shared import ROOT
from tests.unit.mobility.network.tiny_town import (
    SOUTH,
    STEP,
    WEST,
    write_gbfs,
    write_gtfs,
    write_osm,
)

LATE = "W,1,1,1,1,1,1,1,20260101,20991231"


@dataclass(frozen=True)
class Town:
    """Good inputs of a town, and the folder its network is built in."""

    folder: Path

    @property
    def directory(self) -> Path:
        return self.folder / "town"

    def build(self, **changed: Path | str) -> int:
        """Run ``mobility build``; a changed input replaces the good one of its name."""
        given: dict[str, Any] = {
            "osm": self.folder / "streets.osm.pbf",
            "gtfs": self.folder / "bus.zip",
            "gbfs": self.folder / "bikes",
            "population": self.folder / "people.csv",
        }
        words = ["build", str(self.directory), "--name", "Tiny", "--generated"]
        for name, value in (given | changed).items():
            words += [f"--{name}", str(value)]
        return main(words)

    def notices(self) -> list[dict[str, Any]]:
        """Return what the last build found odd."""
        return notices_of(self.directory)


def notices_of(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "current" / "notices.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_osm(folder / "streets.osm")
    with osmium.SimpleWriter(str(folder / "streets.osm.pbf")) as writer:
        for thing in osmium.FileProcessor(str(folder / "streets.osm")):
            writer.add(thing)
    write_gtfs(folder / "bus.zip")
    change(folder / "bus.zip", calendar=lambda text: text.replace(text.splitlines()[1], LATE))
    write_gbfs(folder / "bikes")
    (folder / "people.csv").write_text(f"lon,lat,population\n{WEST},{SOUTH},120\n")
    assert Town(folder).build() == 0
    return folder


@pytest.fixture
def town(good: Path, tmp_path: Path) -> Town:
    """A copy of a town that was built already."""
    subprocess.run(["cp", "-a", f"{good}/.", str(tmp_path)], check=True)
    return Town(tmp_path)


def change(path: Path, **edits: Callable[[str], str] | str | None) -> Path:
    """Edit members of a feed in place; ``None`` leaves one out, a text replaces it."""
    with zipfile.ZipFile(path) as archive:
        members = {n.removesuffix(".txt"): archive.read(n) for n in archive.namelist()}
    for name, edit in edits.items():
        if edit is None:
            del members[name]
        elif isinstance(edit, str):
            members[name] = edit.encode()
        else:
            members[name] = edit(members[name].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.txt", content)
    return path


def pbf_without_streets(folder: Path) -> Path:
    path = folder / "fields.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for thing in osmium.FileProcessor(str(folder / "streets.osm")):
            if not thing.tags.get("highway"):
                writer.add(thing)
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def cut(path: Path, share: float) -> Path:
    os.truncate(path, int(path.stat().st_size * share))
    return path


def damaged(path: Path) -> Path:
    """Pack a feed so that one member cannot be unpacked."""
    content = bytearray(path.read_bytes())
    at = content.index(b"T0,08:00:00")
    content[at : at + 4] = b"XXXX"
    return written(path, bytes(content))


REFUSED: dict[str, tuple[Callable[[Path], dict[str, Path | str]], list[str]]] = {
    "a truncated PBF": (
        lambda f: {"osm": cut(f / "streets.osm.pbf", 0.6)},
        ["streets.osm.pbf", "is no readable OSM file"],
    ),
    "an empty PBF": (lambda f: {"osm": cut(f / "streets.osm.pbf", 0)}, ["streets.osm.pbf"]),
    "a web page called PBF": (
        lambda f: {"osm": written(f / "page.osm.pbf", b"<html>Too many requests</html>")},
        ["page.osm.pbf", "is no readable OSM file"],
    ),
    "a zip called PBF": (
        lambda f: {"osm": written(f / "x.osm.pbf", (f / "bus.zip").read_bytes())},
        ["x.osm.pbf", "is no readable OSM file"],
    ),
    "OSM without highways": (
        lambda f: {"osm": pbf_without_streets(f)},
        ["fields.osm.pbf holds no street", "use an extract"],
    ),
    "a zip without stops.txt": (
        lambda f: {"gtfs": change(f / "bus.zip", stops=None)},
        ["bus.zip", "stops.txt"],
    ),
    "a zip without calendars": (
        lambda f: {"gtfs": change(f / "bus.zip", calendar=None)},
        ["bus.zip", "calendar"],
    ),
    "a truncated zip": (
        lambda f: {"gtfs": cut(f / "bus.zip", 0.5)},
        ["bus.zip", "not a whole zip"],
    ),
    "a zip with a damaged member": (
        lambda f: {"gtfs": damaged(f / "bus.zip")},
        ["bus.zip", "stop_times.txt is damaged"],
    ),
    "a stops.txt without its columns": (
        lambda f: {"gtfs": change(f / "bus.zip", stops="name,lat\nA,1\n")},
        ["bus.zip", "stops.txt", "stop_id"],
    ),
    "a file that is not there": (lambda f: {"gtfs": f / "no.zip"}, ["no.zip", "check the path"]),
    "population without its columns": (
        lambda f: {"population": written(f / "p.csv", b"x;y;people\n1;2;3\n")},
        ["p.csv", "no column lon, lat, population", "name them lon,lat,population"],
    ),
    "districts that are no GeoJSON": (
        lambda f: {"districts": written(f / "d.geojson", b"{")},
        ["d.geojson"],
    ),
    "an elevation that is no raster": (
        lambda f: {"elevation": written(f / "e.tif", b"not a tiff")},
        ["e.tif"],
    ),
    "a feed that lost most of its trips": (
        lambda f: {"gtfs": change(f / "bus.zip", trips="route_id,service_id,trip_id\nR,W,T0\n")},
        ["1 trips, the present one 4", "--force"],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_used_is_refused_by_name_and_the_present_network_stays(
    town: Town, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load_manifest(town.directory)
    make, words = REFUSED[case]
    changed = make(town.folder)
    capsys.readouterr()
    assert town.build(**changed) == 1
    printed = capsys.readouterr()
    error = printed.err.splitlines()[-1]
    assert error.startswith("mobility build: ")
    for word in words:
        assert word in error
    assert "Traceback" not in printed.err
    assert printed.out == ""
    assert load_manifest(town.directory) == before
    assert [p.name for p in (town.directory / "versions").iterdir()] == [before.id]


@pytest.mark.parametrize("streets", [True, False])
def test_a_feed_that_cannot_be_used_is_left_out_and_the_rest_is_built(
    town: Town, capsys: pytest.CaptureFixture[str], streets: bool
) -> None:
    broken = town.folder / "tram.zip"
    broken.write_bytes((town.folder / "bus.zip").read_bytes())
    change(broken, stop_times=lambda t: t.replace("stop_id", "stop"))
    words = ["build", str(town.folder / "new"), "--name", "Tiny"]
    words += ["--gtfs", str(broken), str(town.folder / "bus.zip")]
    if streets:
        words += ["--osm", str(town.folder / "streets.osm.pbf")]
    assert main(words) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["counts"]["trips"] == 4
    error = printed.err.splitlines()[-1]
    assert error.startswith("mobility build: tram.zip/stop_times.txt has no column stop_id")
    assert error.endswith("the feed is left out")
    (notice,) = [n for n in notices_of(town.folder / "new") if n["code"] == "unusable_feed"]
    assert (notice["severity"], notice["file"]) == ("error", "tram.zip/stop_times.txt")
    assert "tram.zip" not in load_manifest(town.folder / "new").sources
    network = Network.load(town.folder / "new")
    assert network.timetable is not None
    assert list(network.timetable.feeds) == ["bus"]


def test_streets_are_built_where_no_feed_can_be_used(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["build", str(town.folder / "new"), "--name", "Tiny"]
    words += ["--gtfs", str(change(town.folder / "bus.zip", trips=None))]
    assert main(words) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("mobility build: nothing is left to build: bus.zip has no trips.txt")
    assert not (town.folder / "new" / "current").exists()
    assert main([*words, "--osm", str(town.folder / "streets.osm.pbf")]) == 0
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("mobility build: bus.zip has no trips.txt")
    assert Network.load(town.folder / "new").timetable is None
    assert load_manifest(town.folder / "new").sources == ["streets.osm.pbf"]


def every_second(text: str) -> str:
    """Repeat the first record of a table."""
    lines = text.splitlines()
    return "\n".join([*lines, lines[1]]) + "\n"


def spaced(text: str) -> str:
    return "\n".join(", ".join(line.split(",")) for line in text.splitlines()) + "\n"


STOPS = "bus.zip/stops.txt"
TIMES = "bus.zip/stop_times.txt"
TOLD: dict[str, tuple[dict[str, Callable[[str], str]], tuple[Any, ...] | None, int]] = {
    # case: (edits of the feed, the notice's code, file, row and field, trips that are left)
    "a byte order mark": ({"stops": lambda t: "\ufeff" + t}, None, 4),
    "leading spaces": ({"stops": spaced, "stop_times": spaced}, None, 4),
    "blank times between two stops": (
        {"stop_times": lambda t: t.replace("T0,08:10:00,08:10:00", "T0,,")},
        ("interpolated_times", TIMES, None, "arrival_time"),
        4,
    ),
    "times that go backwards": (
        {"stop_times": lambda t: t.replace("T0,08:10:00,08:10:00", "T0,07:10:00,07:10:00")},
        ("time_backwards", TIMES, 3, "arrival_time"),
        3,
    ),
    "25:61:00": (
        {"stop_times": lambda t: t.replace("T0,08:10:00,08:10:00", "T0,25:61:00,25:61:00")},
        ("bad_time", TIMES, 3, "arrival_time"),
        4,
    ),
    "a repeated stop": ({"stops": every_second}, ("repeated_id", STOPS, 5, "stop_id"), 4),
    "a repeated trip": (
        {"trips": every_second},
        ("repeated_id", "bus.zip/trips.txt", 6, "trip_id"),
        4,
    ),
    "an unknown stop": (
        {"stop_times": lambda t: t.replace("08:10:00,S1", "08:10:00,S9")},
        ("unknown_stop", TIMES, 3, "stop_id"),
        4,
    ),
    "an empty calendar": (
        {"calendar": lambda t: t.replace("1,1,1,1,1,1,1", "0,0,0,0,0,0,0")},
        ("empty_calendar", "bus.zip/calendar.txt", None, None),
        4,
    ),
    "an expired feed": (
        {"calendar": lambda t: t.replace("20260101,20991231", "20200101,20201231")},
        ("expired_feed", "bus.zip/calendar.txt", None, None),
        4,
    ),
    "a stop in the sea": (
        {"stops": lambda t: t.replace(f"S1,Stop 1,{SOUTH + 0.0001}", "S1,Stop 1,nan")},
        ("no_coordinates", STOPS, 3, "stop_lat"),
        4,
    ),
}


@pytest.mark.parametrize("case", TOLD)
def test_bad_rows_of_a_timetable_are_told_with_their_place_and_the_rest_is_used(
    town: Town, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    edits, wanted, trips = TOLD[case]
    feed = change(town.folder / "bus.zip", **edits)
    assert town.build(gtfs=feed) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["counts"]["trips"] == trips
    found = {(n["code"], n["file"], n["row"], n["field"]) for n in town.notices()}
    about_feed = {notice for notice in found if notice[1].startswith("bus.zip")}
    if wanted is None:
        assert about_feed == set()
    else:
        assert wanted in about_feed
        assert f"notice {wanted[0]}:" in printed.err
    assert Network.load(town.directory).timetable is not None


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"{SOUTH},{WEST},5", "swapped_position"),
        (f"nan,{SOUTH},5", "missing_position"),
        ("13.4,52.5,5", "outside_area"),
        ("500,49.4,5", "impossible_position"),
        ("0,0,5", "null_position"),
        (f"{WEST},{SOUTH},many", "invalid_population"),
    ],
)
def test_bad_rows_of_the_population_are_told_with_their_place_and_the_rest_is_used(
    town: Town, row: str, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"lon,lat,population\n{WEST + STEP},{SOUTH},120\n{row}\n"
    people = written(town.folder / "people.csv", text.encode())
    assert town.build(population=people) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["population"] == 120
    (notice,) = [n for n in town.notices() if n["file"] == "people.csv"]
    assert (notice["code"], notice["row"], notice["severity"]) == (code, 3, "error")


FULL = """
import resource, sys
from mobility.commands import main
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("limit", [0, 200, 2_000, 50_000])
def test_a_full_disk_is_said_so_wherever_it_is_met_and_the_present_network_stays(
    town: Town, limit: int
) -> None:
    before = load_manifest(town.directory)
    words = ["build", str(town.directory), "--name", "Tiny"]
    words += ["--osm", str(town.folder / "streets.osm.pbf")]
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(limit), *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "the disk is full" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert load_manifest(town.directory) == before
    assert [p.name for p in (town.directory / "versions").iterdir()] == [before.id]
