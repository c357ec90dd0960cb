"""The generated town has a bus on demand at its edge, until late, to be booked an hour before."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import shapely

from routing.gtfs.read import read_gtfs
from routing.model import Mode, Place, PlanRequest
from routing.network import Network
from routing.planner import Planner
from tests.unit.mobility.demo.conftest import Generated


def test_the_bus_on_demand_comes_in_the_evening_when_booked(town: Generated) -> None:
    timetable, notices = read_gtfs([town.folder / "gtfs.zip"])
    assert [notice for notice in notices if notice.severity == "error"] == []
    assert timetable.flex is not None
    area = shapely.from_wkb(timetable.flex.places.shape[0])
    middle = area.representative_point()
    near = area.intersection(middle.buffer(0.01)).exterior.interpolate(0.3, normalized=True)
    zone = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 3, 2, 21, 0, tzinfo=zone)
    request = PlanRequest(
        Place(middle.x, middle.y),
        Place(near.x, near.y),
        now,
        modes=frozenset({Mode.FLEX}),
        search_window_s=7200,
        now=now,
    )
    planner = Planner(Network.of(None, timetable))
    leg = planner.plan(request).itineraries[0].legs[0]
    assert (leg.mode, leg.start_s) == ("FLEX", int(now.timestamp()) + 3600)
    assert leg.trip is not None
    assert leg.trip.long_name == "Anrufbus 19"
    assert leg.booking is not None
    assert (leg.booking.kind, leg.booking.phone) == ("SAME_DAY", "+49 000 1919")
    assert "erfunden" in str(leg.booking.message)
    english = planner.plan(replace(request, languages=("en",))).itineraries[0].legs[0]
    assert english.trip is not None
    assert english.trip.long_name == "On-demand bus 19"
