from pathlib import Path

from mobility.network.names import stop_entries
from routing.gtfs.read import read_gtfs
from tests.unit.routing.feeds import write_feed

STOPS = """stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
S,Main Station,50,9,1,
S:A,Main Station Bay A,50.0001,9,,S
S:B,Station Street,50.0003,9,,S
T,Town Hall,50.01,9,,
"""


def test_a_bay_is_found_as_its_station_and_a_stop_of_another_name_by_that(tmp_path: Path) -> None:
    calls = [f"bus,{stop},08:0{n}:00,08:0{n}:00,{n}" for n, stop in enumerate(("S:A", "S:B", "T"))]
    feed = write_feed(
        tmp_path / "feed.zip",
        agency="agency_id,agency_name,agency_url,agency_timezone\nT,T,http://t.example,UTC\n",
        stops=STOPS,
        routes="route_id,route_short_name,route_type\n1,1,3\n",
        trips="route_id,service_id,trip_id\n1,S,bus\n",
        stop_times="trip_id,stop_id,arrival_time,departure_time,stop_sequence\n"
        + "\n".join(calls)
        + "\n",
        calendar="service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        "start_date,end_date\nS,1,1,1,1,1,1,1,20240501,20240531\n",
    )
    found = {entry.name: entry.id for entry in stop_entries(read_gtfs([feed])[0])}
    assert found == {"Main Station": "S", "Station Street": "S:B", "Town Hall": "T"}
