"""Smaller tables of the feed: fares, transfers, the main station, the on-demand area."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from mobility.demo.lines import Line, Station
from mobility.demo.names import Names
from mobility.demo.plane import FloatArray

Table = tuple[list[str], list[list[object]]]
# fare_product_id, name, euros, reduced
FARES: Final = (
    ("kurz", "Kurzstrecke Altstadt", 1.80, 1.20), ("stadt", "Einzelfahrt Stadt", 2.90, 1.90),
    ("umland", "Einzelfahrt Umland", 4.40, 2.90),
)  # fmt: skip
OLD_TOWN_M: Final = 1000.0
"""So far around the market square reaches the short trip's area."""
# stop_id, name, east and north of the station's middle in metres, location_type, level
INSIDE: Final = (
    ("s000ein1", "Hauptbahnhof, Eingang Süd", -10.0, 8.0, 2, "strasse"),
    ("s000ein2", "Hauptbahnhof, Eingang Nord", -30.0, 92.0, 2, "strasse"),
    ("s000halle", "Hauptbahnhof, Halle", -14.0, 22.0, 3, "strasse"),
    ("s000tunnel", "Hauptbahnhof, Unterführung", -22.0, 46.0, 3, "tunnel"),
)
# from, to, mode (1 walkway, 2 stairs, 5 lift), seconds, stairs, length in metres
PATHWAYS: Final = (
    ("s000ein1", "s000halle", 1, 12, "", 14.0), ("s000halle", "s000tunnel", 2, 25, "-24", 20.0),
    ("s000halle", "s000tunnel", 5, 50, "", ""), ("s000tunnel", "s000g1", 2, 22, "28", 12.0),
    ("s000tunnel", "s000g1", 5, 45, "", ""), ("s000tunnel", "s000g2", 2, 24, "28", 14.0),
    ("s000tunnel", "s000g2", 5, 45, "", ""), ("s000tunnel", "s000ein2", 2, 40, "24", 44.0),
    ("s000ein1", "s000a", 1, 20, "", 22.0), ("s000ein1", "s000b", 1, 25, "", 26.0),
    ("s000ein1", "s000c", 1, 30, "", 30.0), ("s000ein1", "s000d", 1, 25, "", 26.0),
)  # fmt: skip


def tables(names: Names, stations: list[Station], lines: list[Line]) -> dict[str, Table]:
    """Return all smaller tables by name: header and rows."""
    return _fares(stations, lines) | {
        "levels": (
            ["level_id", "level_index", "level_name"],
            [["strasse", 0, "Straße"], ["tunnel", -1, "Unterführung"],
             ["bahnsteig", 0.5, "Bahnsteig"]],
        ),
        "pathways": (
            ["pathway_id", "from_stop_id", "to_stop_id", "pathway_mode", "is_bidirectional",
             "traversal_time", "stair_count", "length"],
            [[f"w{n:02d}", a, b, mode, 1, seconds, stairs, length]
             for n, (a, b, mode, seconds, stairs, length) in enumerate(PATHWAYS)],
        ),
        "transfers": _transfers(stations),
        "translations": (
            ["table_name", "field_name", "language", "translation", "record_id"],
            [["stops", "stop_name", "en", "Central Station", "s000"],
             ["stops", "stop_name", "en", "Market Square", "s001"],
             ["stops", "stop_name", "en", "Old Bridge", "s002"],
             ["agency", "agency_name", "en", f"{names.town} City Transport (demo)", "swv"],
             ["routes", "route_long_name", "en", "On-demand bus 19", "anruf"]],
        ),
        "booking_rules": (
            ["booking_rule_id", "booking_type", "prior_notice_duration_min", "message",
             "phone_number", "info_url"],
            [["anmeldung", 1, 60, "Bitte mindestens 60 Minuten vorher anmelden (erfunden).",
              "+49 000 1919", "https://stadtverkehr.example/anrufbus"]],
        ),
    }  # fmt: skip


def station_nodes(
    station: Station, to_lonlat: Callable[[FloatArray], FloatArray]
) -> list[list[object]]:
    """Return entrances and inner places of the main station as rows of ``stops``."""
    rows: list[list[object]] = []
    for stop_id, name, east, north, kind, level in INSIDE:
        lon, lat = to_lonlat(station.xy + np.array([east, north]))
        rows.append([stop_id, name, lat, lon, "", kind, "s000", "", 1, level])
    return rows


def locations(outline: list[list[float]]) -> dict[str, Any]:
    """Return ``locations.geojson`` with the one on-demand area; outline closed, lon lat."""
    properties = {"stop_name": "Anrufbus-Gebiet", "stop_desc": "Erfundenes Gebiet der Demo-Stadt"}
    feature = {
        "type": "Feature", "id": "anrufgebiet", "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [outline]},
    }  # fmt: skip
    return {"type": "FeatureCollection", "features": [feature]}


def _transfers(stations: list[Station]) -> Table:
    """List the walks inside hubs: between the kerbs of large stops, and to the railway."""
    rows: list[list[object]] = []
    for i, station in enumerate(stations):
        kerbs = [f"s{i:03d}{'abcd'[k]}" for k in range(station.platforms)]
        tracks = [f"s{i:03d}g{k + 1}" for k in range(len(station.tracks))]
        if station.platforms > 2 or (kerbs and tracks):
            for a in kerbs + tracks:
                for b in kerbs + tracks:
                    slow = (a in tracks) != (b in tracks)
                    seconds = 0 if a == b else (240 if slow else 90)
                    rows.append([a, b, 2, seconds])
    return ["from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time"], rows


def _fares(stations: list[Station], lines: list[Line]) -> dict[str, Table]:
    """Two zones, written both ways: fares of the first and of the second version.

    The second also knows a short trip in the old town, without changes, and reduced prices.
    """
    routes = [f"r{line.number.replace(' ', '').lower()}" for line in lines] + ["anruf"]
    areas: list[list[object]] = []
    for i, station in enumerate(stations):
        area = "umland" if station.village else "stadt"
        areas.append([area, f"s{i:03d}"])
        if not station.village and np.hypot(*(station.xy - stations[1].xy)) < OLD_TOWN_M:
            areas.append(["altstadt", f"s{i:03d}"])
    legs: list[list[object]] = [
        ["kurz", "netz", "altstadt", "altstadt", "kurz"],
        ["einzel", "netz", "stadt", "stadt", "stadt"],
        ["einzel", "netz", "stadt", "umland", "umland"],
        ["einzel", "netz", "umland", "stadt", "umland"],
        ["einzel", "netz", "umland", "umland", "umland"],
    ]  # fmt: skip
    return {
        "fare_attributes": (
            ["fare_id", "price", "currency_type", "payment_method", "transfers", "agency_id",
             "transfer_duration"],
            [[fare, f"{price:.2f}", "EUR", 0, "", "swv", 5400]
             for fare, _, price, _ in FARES if fare != "kurz"],
        ),
        "fare_rules": (
            ["fare_id", "origin_id", "destination_id"],
            [["stadt", "A", "A"], ["umland", "A", "B"], ["umland", "B", "A"], ["umland", "B", "B"]],
        ),
        "areas": (["area_id", "area_name"], [["altstadt", "Altstadt"],
                                           ["stadt", "Stadt"], ["umland", "Umland"]]),
        "stop_areas": (["area_id", "stop_id"], areas),
        "networks": (["network_id", "network_name"], [["netz", "Stadt und Umland"]]),
        "route_networks": (["network_id", "route_id"], [["netz", route] for route in routes]),
        "rider_categories": (
            ["rider_category_id", "rider_category_name", "is_default_fare_category"],
            [["erwachsene", "Erwachsene", 1], ["ermaessigt", "Ermäßigt", 0]],
        ),
        "fare_media": (
            ["fare_media_id", "fare_media_name", "fare_media_type"], [["app", "App", 4]],
        ),
        "fare_products": (
            ["fare_product_id", "fare_product_name", "rider_category_id", "fare_media_id", "amount",
             "currency"],
            [[fare, name, rider, "app", f"{price:.2f}", "EUR"] for fare, name, *prices in FARES
             for rider, price in zip(("erwachsene", "ermaessigt"), prices, strict=True)],
        ),
        "fare_leg_rules": (
            ["leg_group_id", "network_id", "from_area_id", "to_area_id", "fare_product_id"], legs,
        ),
        "fare_transfer_rules": (
            ["from_leg_group_id", "to_leg_group_id", "transfer_count", "duration_limit",
             "duration_limit_type", "fare_transfer_type"],
            [["einzel", "einzel", -1, 5400, 1, 0]],
        ),
    }  # fmt: skip
