"""Whether a trip takes cars along is told; what a feed does not say is unknown."""

from pathlib import Path

import pytest

from routing.gtfs.read import read_gtfs
from routing.network import Network
from routing.transit.timetable import Timetable
from tests.builders import ask
from tests.unit.routing.flex.feeds import flex_feed

CALLS = "ferry 1 stop:A 08:00 0 0\nferry 2 stop:D 08:10 0 0\n"


@pytest.mark.parametrize(
    ("said", "told"), [("1", True), ("2", False), ("0", None), ("", None), ("yes", None)]
)
def test_a_leg_tells_whether_cars_are_carried(tmp_path: Path, said: str, told: bool | None) -> None:
    trips = f"route_id,service_id,trip_id,cars_allowed\nF,S,ferry,{said}\n"
    timetable, _ = read_gtfs([flex_feed(tmp_path / "f.zip", CALLS, trips=trips)])
    timetable.save(tmp_path / "transit")
    for table in (timetable, Timetable.load(tmp_path / "transit")):
        way = ask(Network.of(None, table), "A", "D", "07:55", modes="TRANSIT").itineraries[0]
        ride = next(leg for leg in way.legs if leg.trip)
        assert ride.trip is not None
        assert ride.trip.cars is told


def test_a_feed_that_says_nothing_of_cars_keeps_nothing(tmp_path: Path) -> None:
    timetable, _ = read_gtfs([flex_feed(tmp_path / "f.zip", CALLS)])
    timetable.save(tmp_path / "transit")
    assert not list((tmp_path / "transit").glob("carried*"))
