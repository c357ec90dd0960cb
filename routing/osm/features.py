"""Pick from OSM objects what the geocoder and the map need besides streets."""

from collections.abc import Mapping

from routing.osm.model import Address, NamedPlace

Tags = Mapping[str, str]

GREEN = {
    "landuse": "forest grass meadow recreation_ground village_green cemetery allotments orchard "
    "vineyard flowerbed",
    "leisure": "park garden pitch playground golf_course nature_reserve common",
    "natural": "wood scrub grassland heath wetland",
}
WATER = {"natural": "water", "waterway": "riverbank dock", "landuse": "reservoir basin"}
LANDUSE = {
    "landuse": "residential commercial industrial retail railway farmland farmyard quarry "
    "construction military education",
    "amenity": "school university hospital",
    "natural": "beach sand bare_rock",
}
AREAS = {
    (key, value): layer
    for layer, table in (("water", WATER), ("green", GREEN), ("landuse", LANDUSE))
    for key, values in table.items()
    for value in values.split()
}
"""Layer of the map for each tag of an area."""

LINES = {
    **{("waterway", value): "waterway" for value in ["river", "stream", "canal", "ditch", "drain"]},
    **{
        ("railway", value): "rail"
        for value in [
            "rail",
            "light_rail",
            "subway",
            "tram",
            "narrow_gauge",
            "funicular",
            "monorail",
        ]
    },
}
AREA_KEYS = ("building", "landuse", "leisure", "natural", "waterway", "amenity")
LINE_KEYS = ("waterway", "railway")
PLACES = frozenset(
    [
        "city",
        "town",
        "village",
        "hamlet",
        "suburb",
        "quarter",
        "neighbourhood",
        "borough",
        "isolated_dwelling",
        "square",
        "locality",
        "island",
    ]
)
POI_KEYS = ("amenity", "tourism", "shop", "leisure", "historic", "office", "railway")
NOT_A_POI = frozenset(
    [
        "bench",
        "waste_basket",
        "vending_machine",
        "bicycle_parking",
        "parking_space",
        "parking_entrance",
        "recycling",
        "hunting_stand",
        "switch",
        "signal",
        "crossing",
        "level_crossing",
        "milestone",
        "buffer_stop",
        "rail",
        "tram",
        "light_rail",
        "subway",
        "narrow_gauge",
        "funicular",
        "abandoned",
        "disused",
        "razed",
        "platform",
        "stop",
        "subway_entrance",
        "tram_crossing",
        "tram_level_crossing",
    ]
)


def area_layer(tags: Tags) -> tuple[str, str] | None:
    """Return the map layer and kind of an area, ``None`` where the map does not show it."""
    if tags.get("building", "no") != "no":
        return "building", tags["building"]
    return _layer(tags, AREA_KEYS, AREAS)


def line_layer(tags: Tags) -> tuple[str, str] | None:
    """Return the map layer and kind of a line, ``None`` where the map does not show it."""
    return _layer(tags, LINE_KEYS, LINES)


def _layer(
    tags: Tags, keys: tuple[str, ...], table: Mapping[tuple[str, str], str]
) -> tuple[str, str] | None:
    for key in keys:
        value = tags.get(key)
        if value is not None and (key, value) in table:
            return table[key, value], value
    return None


def address_of(tags: Tags, lon: float, lat: float) -> Address | None:
    """Return the house number an object carries, ``None`` where it has none."""
    number = tags.get("addr:housenumber")
    street = tags.get("addr:street") or tags.get("addr:place")
    if not number or not street:
        return None
    return Address(lon, lat, street, number, tags.get("addr:postcode"), tags.get("addr:city"))


def place_of(osm_type: str, osm_id: int, tags: Tags, lon: float, lat: float) -> NamedPlace | None:
    """Return what people would look for by name, ``None`` where it is nothing of the kind."""
    name = tags.get("name")
    if not name:
        return None
    found = _place_tag(tags)
    if found is None:
        return None
    others = {
        value
        for key, value in tags.items()
        if key in ("alt_name", "official_name", "short_name", "loc_name") or key.startswith("name:")
    }
    population = tags.get("population", "").replace(" ", "")
    return NamedPlace(
        osm_type,
        osm_id,
        *found,
        name,
        lon,
        lat,
        tuple(sorted(others - {name})),
        int(population) if population.isascii() and population.isdigit() else None,
    )


def _place_tag(tags: Tags) -> tuple[str, str] | None:
    if tags.get("place") in PLACES:
        return "place", tags["place"]
    if tags.get("public_transport") == "station":
        return "public_transport", "station"
    for key in POI_KEYS:
        value = tags.get(key)
        if value and value != "no" and value not in NOT_A_POI:
            return key, value
    return None
