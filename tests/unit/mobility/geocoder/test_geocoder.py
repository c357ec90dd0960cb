"""What people type is found: marks, typing errors, abbreviations, house numbers, namesakes."""

import logging
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from mobility.geocoder import Geocoder, GeocoderError, Hit
from mobility.geocoder.model import Address, Entry, Gazetteer, StreetPiece
from mobility.geocoder.writer import write_geocoder


def street(name: str, lon: float, lat: float, *aliases: str) -> StreetPiece:
    """A street of about 70 m to the east."""
    return StreetPiece(name, np.array([[lon, lat], [lon + 0.001, lat]]), aliases)


TOWN = Gazetteer(
    entries=[
        Entry("place", "Altstadt", 8.70, 49.41, detail="suburb"),
        Entry("place", "Rohrbach", 8.70, 49.38, detail="suburb"),
        Entry("place", "Heidelberg", 8.69, 49.41, detail="city"),
        Entry("stop", "Bismarckplatz", 8.693, 49.410, id="de:1"),
        Entry(
            "stop",
            "Bahnhof",
            8.700,
            49.4115,
            id="de:2",
            spoken=(("de", "Bahnhof"), ("en", "Main Station"), ("fr-ch", "Gare")),
        ),
        Entry("station", "Bike Bismarckplatz", 8.694, 49.410, id="bikes:7"),
        Entry("poi", "Stadtbücherei", 8.688, 49.407),
    ],
    pieces=[
        street("Hauptstraße", 8.700, 49.411),
        street("Hauptstraße", 8.702, 49.411),
        street("Hauptstraße", 8.700, 49.380),
        street("Plöck", 8.700, 49.409),
        street("Königstuhlweg", 8.701, 49.408),
        street("Rua Padre João", 8.690, 49.400),
        street("Straße des 17. Juni", 8.695, 49.405),
        street("Friedrich-Ebert-Anlage", 8.701, 49.407, "FEA"),
    ],
    addresses=[
        Address("Hauptstraße", "12", 8.7005, 49.4112),
        Address("Hauptstraße", "12 a", 8.7006, 49.4112),
        Address("Hauptstraße", "12", 8.7005, 49.3801),
        *(Address("Hauptstraße", "77", 8.7011 + door / 1e4, 49.411) for door in range(9)),
    ],
)


@pytest.fixture(scope="module")
def geocoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Geocoder]:
    path = tmp_path_factory.mktemp("town") / "geocoder.sqlite"
    write_geocoder(path, TOWN)
    with Geocoder(path) as opened:
        yield opened


def labels(hits: list[Hit]) -> list[str]:
    return [hit.label for hit in hits]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Plöck", "Plöck, Altstadt"),
        ("ploeck", "Plöck, Altstadt"),
        ("plo", "Plöck, Altstadt"),
        ("königstuhl", "Königstuhlweg, Altstadt"),
        ("Koenigstuhlweg", "Königstuhlweg, Altstadt"),
        ("konigstulweg", "Königstuhlweg, Altstadt"),
        ("PADRE JOAO", "Rua Padre João, Altstadt"),
        ("r. padre joão", "Rua Padre João, Altstadt"),
        ("Ebert Anlage", "Friedrich-Ebert-Anlage, Altstadt"),
        ("FEA", "Friedrich-Ebert-Anlage, Altstadt"),
        ("Strasse des 17. Juni", "Straße des 17. Juni, Altstadt"),
        ("bismark", "Bismarckplatz, Altstadt"),
        ("bismarckpl.", "Bismarckplatz, Altstadt"),
        ("stadtbuecherei", "Stadtbücherei, Altstadt"),
        ("heidelb", "Heidelberg"),
        ("Hauptstr. 12a", "Hauptstraße 12 a, Altstadt"),
        ("Hauptstrase 12, Rohrbach", "Hauptstraße 12, Rohrbach"),
        ("12 hauptstr, altstadt", "Hauptstraße 12, Altstadt"),
        ("Hauptstraße Rohrbach", "Hauptstraße, Rohrbach"),
        ("hauptstr, rohrbach", "Hauptstraße, Rohrbach"),
    ],
)
def test_the_place_meant_comes_first(geocoder: Geocoder, question: str, expected: str) -> None:
    assert labels(geocoder.search(question))[:1] == [expected]


def test_streets_of_one_name_in_two_quarters_stay_apart(geocoder: Geocoder) -> None:
    hits = geocoder.search("Hauptstraße")
    assert sorted(labels(hits)[:2]) == ["Hauptstraße, Altstadt", "Hauptstraße, Rohrbach"]
    assert len({hit.id for hit in hits}) == len(hits)


def test_streets_of_one_name_are_told_apart_by_a_landmark_where_no_quarter_is_known(
    tmp_path: Path,
) -> None:
    stops = [Entry("stop", name, 8.7, lat) for name, lat in (("Rathaus", 49.41), ("Mühle", 49.38))]
    pieces = [street("Hauptstraße", 8.7, 49.411), street("Hauptstraße", 8.7, 49.381)]
    pieces += [street("Plöck", 8.7, 49.41), street("Mühle", 8.7, 49.379)]
    pieces += [street("Hauptstraße", 8.7, 49.3)]
    points = [*stops, Entry("poi", "Kirche", 8.7, 49.301), Entry("poi", "Bad", 8.7, 49.411)]
    write_geocoder(tmp_path / "geocoder.sqlite", Gazetteer(points, pieces))
    with Geocoder(tmp_path / "geocoder.sqlite") as opened:
        found = labels(opened.search("Hauptstraße"))
        assert sorted(found) == [f"Hauptstraße, {near}" for near in ("Kirche", "Mühle", "Rathaus")]
        assert labels(opened.search("Hauptstraße, Mühle"))[0] == "Hauptstraße, Mühle"
        assert labels(opened.search("Plöck")) == ["Plöck"]
        assert labels(opened.search("Mühle")) == ["Mühle", "Hauptstraße, Mühle"]


def test_the_nearer_namesake_comes_first(geocoder: Geocoder) -> None:
    for near, quarter in (((8.70, 49.41), "Altstadt"), ((8.70, 49.38), "Rohrbach")):
        assert geocoder.search("Hauptstr", near=near)[0].label == f"Hauptstraße, {quarter}"
        assert geocoder.search("Hauptstr 12", near=near)[0].label == f"Hauptstraße 12, {quarter}"


def test_a_house_number_that_is_not_known_still_finds_the_street(geocoder: Geocoder) -> None:
    assert geocoder.search("Plöck 99")[0].label == "Plöck, Altstadt"


def test_the_doors_of_one_house_are_one_answer(geocoder: Geocoder) -> None:
    found = labels(geocoder.search("Hauptstraße 77"))
    assert found == ["Hauptstraße 77, Altstadt", "Hauptstraße, Altstadt", "Hauptstraße, Rohrbach"]


def test_stops_and_stations_keep_their_ids(geocoder: Geocoder) -> None:
    found = {hit.kind: hit.id for hit in geocoder.search("Bismarckplatz")}
    assert found["stop"] == "de:1"
    assert found["station"] == "bikes:7"


@pytest.mark.parametrize(
    "question",
    ["", " ", ",", "?!", "xqzv", '"', "x\x00q", "' or 1=1", "NEAR(", "*", "x" * 5000, "🚲", "-"],
)
def test_nonsense_finds_nothing_and_breaks_nothing(geocoder: Geocoder, question: str) -> None:
    assert geocoder.search(question) == []


def test_no_more_answers_than_asked_for(geocoder: Geocoder) -> None:
    assert len(geocoder.search("h", limit=1)) == 1
    assert geocoder.search("h", limit=0) == []


def test_a_point_is_named_after_the_nearest_stretch_not_the_nearest_corner(
    geocoder: Geocoder,
) -> None:
    hit = geocoder.reverse(8.7005, 49.40905)  # half-way along Plöck, 6 m off
    assert hit is not None
    assert (hit.kind, hit.label) == ("street", "Plöck, Altstadt")
    assert (hit.lon, hit.lat) == pytest.approx((8.7005, 49.409), abs=1e-7)


def test_a_point_at_a_door_is_named_after_the_address(geocoder: Geocoder) -> None:
    hit = geocoder.reverse(8.70052, 49.41115)
    assert hit is not None
    assert (hit.kind, hit.name) == ("address", "Hauptstraße 12")


def test_a_point_far_from_everything_has_no_name(geocoder: Geocoder) -> None:
    assert geocoder.reverse(9.5, 49.41) is None
    assert geocoder.reverse(float("nan"), 49.41) is None


def test_questions_are_not_logged(geocoder: Geocoder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        geocoder.search("Plöck 12")
        geocoder.reverse(8.7005, 49.409)
    assert caplog.records == []


def test_threads_share_one_geocoder(geocoder: Geocoder) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(geocoder.search("Plöck")[0].name))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["Plöck"] * 8


def test_districts_name_the_quarter_where_there_are_some(tmp_path: Path) -> None:
    district = ("Nordstadt", shapely.box(8.69, 49.40, 8.71, 49.42))
    town = Gazetteer(pieces=TOWN.pieces, districts=[district])
    write_geocoder(tmp_path / "g.sqlite", town)
    with Geocoder(tmp_path / "g.sqlite") as opened:
        expected = ["Hauptstraße", "Hauptstraße, Nordstadt"]
        assert sorted(labels(opened.search("Hauptstraße")))[:2] == expected


def test_an_empty_town_has_a_geocoder_that_finds_nothing(tmp_path: Path) -> None:
    write_geocoder(tmp_path / "g.sqlite", Gazetteer())
    with Geocoder(tmp_path / "g.sqlite") as opened:
        assert opened.search("anything") == []
        assert opened.reverse(8.7, 49.4) is None


def test_a_file_that_is_no_geocoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GeocoderError, match="build the network again"):
        Geocoder(tmp_path / "missing.sqlite")
    (tmp_path / "broken.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(GeocoderError, match=r"broken\.sqlite"):
        Geocoder(tmp_path / "broken.sqlite")


@pytest.mark.parametrize(
    ("asked", "languages", "told"),
    [
        ("Main Stat", (), "Bahnhof"),  # found by any of its names, told by its own
        ("Main Stat", ("en-GB",), "Main Station"),
        ("Bahnhof", ("en",), "Main Station"),
        ("gare", ("fr",), "Gare"),
        ("gare", ("it", "fr"), "Gare"),
        ("gare", ("de", "en"), "Bahnhof"),
        ("gare", ("it",), "Bahnhof"),
    ],
)
def test_a_stop_is_found_by_its_names_in_all_languages_and_told_in_the_one_wanted(
    geocoder: Geocoder, asked: str, languages: tuple[str, ...], told: str
) -> None:
    hit = geocoder.search(asked, languages=languages)[0]
    assert (hit.id, hit.name, hit.label) == ("de:2", told, f"{told}, Altstadt")


def test_a_geocoder_of_an_older_network_tells_names_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "geocoder.sqlite"
    write_geocoder(path, TOWN)
    with sqlite3.connect(path) as connection:
        connection.execute("drop table spoken")
    connection.close()
    with Geocoder(path) as old:
        assert old.search("Bahnhof", languages=("en",))[0].name == "Bahnhof"
