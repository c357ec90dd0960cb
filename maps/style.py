"""The look of the base map: calm, told apart without red and green, every name drawn locally.

The style names no glyphs and no sprite, so that a browser draws labels with its own font and asks
no other file than the tiles.
"""

from collections.abc import Sequence
from typing import Any

ATTRIBUTION = "© OpenStreetMap contributors"
SOURCE = "town"
FONT = ["sans-serif"]

LAND, WATER, GREEN, BUILT, LANDUSE = "#f4f2ee", "#b5d0e4", "#dce8d4", "#ebe7e0", "#eeece6"
BUILDING, RAIL, TEXT, HALO = "#dcd6cc", "#9a948c", "#3d4347", "#fbfaf7"
CASING, STREET, MAIN, FAST, PATH = "#cfc8bd", "#ffffff", "#fbe9b8", "#f3d58b", "#b9a98f"

_FAST = ["motorway", "trunk"]
_MAIN = ["primary", "secondary"]
_STREETS = ["tertiary", "residential", "unclassified", "living_street", "pedestrian", "service"]
_PATHS = ["footway", "path", "cycleway", "track", "steps"]


def make_style(
    tiles_url: str,
    *,
    name: str,
    bounds: Sequence[float],
    center: Sequence[float],
    attributions: Sequence[str] = (ATTRIBUTION,),
    generated: str | None = None,
) -> dict[str, Any]:
    """Return a MapLibre style, version 8.

    Parameters
    ----------
    tiles_url : str
        Address of the PMTiles file, on the town's own origin.
    name : str
        The town's.
    bounds, center : sequence of float
        West, south, east, north; longitude and latitude; degrees, EPSG:4326.
    attributions : sequence of str
        Who made the data; shown on the map.
    generated : str, optional
        Words that say the data is made up; shown first.

    Returns
    -------
    dict
        Ready for JSON.
    """
    words = [generated, *attributions] if generated else list(attributions)
    return {
        "version": 8,
        "name": name,
        "center": list(center),
        "zoom": 13,
        "sources": {
            SOURCE: {
                "type": "vector",
                "url": f"pmtiles://{tiles_url}",
                "bounds": list(bounds),
                "attribution": " · ".join(words),
            }
        },
        "layers": [_background(), *_areas(), *_lines(), *_labels()],
    }


def _background() -> dict[str, Any]:
    return {"id": "land", "type": "background", "paint": {"background-color": LAND}}


def _layer(layer_id: str, kind: str, source_layer: str, **rest: Any) -> dict[str, Any]:
    return {
        "id": layer_id,
        "type": kind,
        "source": SOURCE,
        "source-layer": source_layer,
        **rest,
    }


def _is(*classes: str) -> list[Any]:
    return ["in", ["get", "class"], ["literal", list(classes)]]


def _areas() -> list[dict[str, Any]]:
    fills = (("landuse", LANDUSE), ("built", BUILT), ("green", GREEN), ("water", WATER))
    layers = [
        _layer(kind, "fill", "areas", filter=_is(kind), paint={"fill-color": colour})
        for kind, colour in fills
    ]
    outline = {"fill-color": BUILDING, "fill-outline-color": CASING}
    return [*layers, _layer("buildings", "fill", "buildings", minzoom=14, paint=outline)]


def _width(at_10: float, at_14: float, at_18: float) -> list[Any]:
    stops = [10, at_10, 14, at_14, 18, at_18]
    return ["interpolate", ["exponential", 1.5], ["zoom"], *stops]


def _line(
    layer_id: str, classes: list[str], colour: str, width: list[Any], **paint: Any
) -> dict[str, Any]:
    return _layer(
        layer_id,
        "line",
        "roads",
        filter=_is(*classes),
        layout={"line-cap": "round", "line-join": "round"},
        paint={"line-color": colour, "line-width": width, **paint},
    )


def _lines() -> list[dict[str, Any]]:
    dashed = {"line-dasharray": [2, 1.5]}
    path = _line("paths", _PATHS, PATH, _width(0.3, 0.9, 3), **dashed)
    path["layout"] = {"line-join": "round"}
    rails = _layer(
        "rails",
        "line",
        "rails",
        paint={"line-color": RAIL, "line-width": _width(0.4, 1.2, 3), "line-dasharray": [4, 1]},
    )
    ferries = _line("ferries", ["ferry"], "#5b86a8", _width(0.6, 1.2, 2), **dashed)
    streams = _layer(
        "waterways",
        "line",
        "waterways",
        paint={"line-color": WATER, "line-width": _width(0.5, 1.6, 6)},
    )
    return [
        streams,
        ferries,
        path,
        _line("streets-casing", _STREETS, CASING, _width(0.5, 3.4, 20)),
        _line("main-casing", _MAIN, CASING, _width(1.6, 6.2, 28)),
        _line("fast-casing", _FAST, CASING, _width(2.4, 7.4, 32)),
        _line("streets", _STREETS, STREET, _width(0.3, 2.4, 17)),
        _line("main", _MAIN, MAIN, _width(1.0, 4.8, 24)),
        _line("fast", _FAST, FAST, _width(1.6, 6.0, 28)),
        rails,
    ]


def _labels() -> list[dict[str, Any]]:
    text = {"text-color": TEXT, "text-halo-color": HALO, "text-halo-width": 1.4}
    street = {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["interpolate", ["linear"], ["zoom"], 13, 10, 18, 15],
        "symbol-placement": "line",
        "symbol-spacing": 320,
    }
    place = {
        "text-field": ["get", "name"],
        "text-font": FONT,
        "text-size": ["match", ["get", "class"], ["city"], 19, ["town"], 16, ["village"], 14, 12],
        "text-max-width": 8,
    }
    area = {"text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-max-width": 7}
    water = {**text, "text-color": "#35566e"}
    return [
        _layer(
            "water-names",
            "symbol",
            "areas",
            minzoom=12,
            filter=["all", _is("water"), ["has", "name"]],
            layout=area,
            paint=water,
        ),
        _layer(
            "street-names",
            "symbol",
            "roads",
            minzoom=13,
            filter=["has", "name"],
            layout=street,
            paint=text,
        ),
        _layer("place-names", "symbol", "places", layout=place, paint=text),
    ]
