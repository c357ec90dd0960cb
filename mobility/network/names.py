"""Everything in a network that has a name → what the geocoder is made of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np

from mobility.catalogue.model import Snapshot
from mobility.geocoder.cluster import METRES_PER_DEGREE
from mobility.geocoder.model import Address, Entry, StreetPiece
from routing.osm.model import OsmExtract
from routing.streets.graph import DEGREE
from routing.transit.timetable import Timetable

_ONE_STOP_M = 400.0
"""Platforms of one name this near to each other are one stop to people."""


def extract_pieces(extract: OsmExtract) -> Iterator[StreetPiece]:
    """Yield the named streets of an OSM file."""
    ways = extract.ways
    lonlat = np.column_stack((ways.lon_e7, ways.lat_e7)) / DEGREE
    for way in np.flatnonzero(ways.name).tolist():
        line = lonlat[int(ways.first[way]) : int(ways.first[way + 1])]
        yield StreetPiece(extract.names[int(ways.name[way])], line)


def extract_addresses(extract: OsmExtract) -> Iterator[Address]:
    """Yield the house numbers of an OSM file; ``12;14`` are two."""
    for found in extract.addresses:
        for number in found.housenumber.replace(",", ";").split(";"):
            if number.strip():
                yield Address(found.street, number.strip(), found.lon, found.lat)


def extract_entries(extract: OsmExtract) -> Iterator[Entry]:
    """Yield the places and points of interest of an OSM file."""
    for place in extract.places:
        kind = "place" if place.key == "place" else "poi"
        yield Entry(
            "place" if kind == "place" else "poi",
            place.name,
            place.lon,
            place.lat,
            id=f"osm:{place.osm_type}/{place.osm_id}",
            detail=place.value,
            aliases=place.other_names,
        )


def stop_entries(timetable: Timetable) -> Iterator[Entry]:
    """Yield the stops people know.

    Platforms of one name and place are one, with its station; one named after its station and
    something more, such as a letter, is found as the station.
    """
    stops = timetable.stops
    wanted = timetable.served()
    parents = stops.parent[wanted]
    wanted[parents[parents >= 0]] = True
    by_name: dict[str, list[int]] = defaultdict(list)
    for stop in np.flatnonzero(wanted).tolist():
        name, parent = stops.name[stop], stops.parent[stop]
        known = parent >= 0 and stops.name[parent] and name.startswith(stops.name[parent])
        by_name[stops.name[parent] if known else name].append(stop)
    for name, members in by_name.items():
        for group in _near_each_other(members, stops.lon, stops.lat):
            first = min(group, key=lambda stop: (stops.location_type[stop] != 1, stop))
            yield Entry(
                "stop",
                name,
                float(stops.lon[first]),
                float(stops.lat[first]),
                id=stops.id[first],
                spoken=tuple(_spoken(timetable, first)),
            )


def _spoken(timetable: Timetable, stop: int) -> Iterator[tuple[str, str]]:
    """Yield the name of a stop in the languages of its feed, where there are several."""
    names, stops = timetable.translations, timetable.stops
    if names is None:
        return
    feed, name = int(stops.feed[stop]), stops.name[stop]
    for language in names.language[feed].split():
        text = names.find(language, "stop_name", feed, stops.id[stop], name)
        if text:
            yield language, text
    if names.own[feed]:
        yield names.own[feed], name


def _near_each_other(members: list[int], lon: np.ndarray, lat: np.ndarray) -> Iterable[list[int]]:
    """Group stops around the first of each group."""
    groups: list[list[int]] = []
    for stop in members:
        for group in groups:
            dy = (lat[stop] - lat[group[0]]) * METRES_PER_DEGREE
            dx = (lon[stop] - lon[group[0]]) * METRES_PER_DEGREE * np.cos(np.radians(lat[stop]))
            if np.hypot(dx, dy) <= _ONE_STOP_M:
                group.append(stop)
                break
        else:
            groups.append([stop])
    return groups


def station_entries(snapshot: Snapshot) -> Iterator[Entry]:
    """Yield the stations of a sharing system."""
    for station in snapshot.stations:
        station_id = f"{snapshot.system.system_id}:{station.station_id}"
        yield Entry("station", station.name, station.lon, station.lat, id=station_id)
