"""GeoJSON and values → layers a page can draw, each feature with its style and its label."""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from maps.errors import BadLayerError
from maps.palette import MISSING, Scale

GeoJson = dict[str, Any]
LonLat = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""West, south, east, north in EPSG:4326 degrees."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Features of one kind with the legend that explains them.

    Parameters
    ----------
    name : str
        Shown in the layer switch.
    features : GeoJson
        FeatureCollection, EPSG:4326. Every feature has ``style`` (Leaflet path options) and
        ``label`` (text, already escaped) among its properties.
    legend : tuple of (str, str)
        Colour and text, in reading order.
    legend_title : str
        What the colours measure.
    """

    name: str
    features: GeoJson
    legend: tuple[tuple[str, str], ...] = ()
    legend_title: str = ""

    def __post_init__(self) -> None:
        """Reject features that could not be drawn."""
        for i, feature in enumerate(self.features.get("features", [])):
            properties = feature.get("properties", {})
            if "style" not in properties or "label" not in properties:
                raise BadLayerError(f"layer '{self.name}': feature {i} lacks its style or label")


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the map: position in EPSG:4326 degrees, text, colour, and whether it is filled."""

    lon: float
    lat: float
    label: str
    colour: str
    radius_px: float = 7.0
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A way on the map: (lon, lat) pairs in EPSG:4326 degrees, text, colour."""

    lonlat: Sequence[LonLat]
    label: str
    colour: str


def area_layer(
    name: str,
    polygons: Mapping[str, GeoJson],
    values: Mapping[str, float | None],
    scale: Scale,
    labels: Mapping[str, str],
    legend_title: str,
    unit: str = "",
    missing_text: str | None = None,
) -> Layer:
    """Colour areas by value; an area without a shown value is outlined and left empty.

    Parameters
    ----------
    name : str
        Name of the layer.
    polygons : mapping of str to GeoJson
        Geometry (Polygon or MultiPolygon, EPSG:4326) by the area's id.
    values : mapping of str to float or None
        Value by id; None or absent where it is not shown.
    scale : Scale
        Colours of the values.
    labels : mapping of str to str
        Text by id; escaped here.
    legend_title, unit : str
        What is measured.
    missing_text : str, optional
        Legend text of the empty areas; no entry without.

    Returns
    -------
    Layer
        One feature per polygon, in their order.
    """
    features = []
    for key, geometry in polygons.items():
        colour = scale.colour(values.get(key))
        style = {"color": "#3d4a54", "weight": 1, "fillColor": colour, "fillOpacity": 0.72}
        if colour is None:
            style = {"color": MISSING, "weight": 1, "dashArray": "3 3", "fillOpacity": 0.0}
        features.append(_feature(geometry, style, labels.get(key, "")))
    legend = scale.legend(unit)
    if missing_text is not None:
        legend.append((MISSING, missing_text))
    return Layer(name, _collection(features), tuple(legend), legend_title)


def dot_layer(
    name: str, dots: Iterable[Dot], legend: Sequence[tuple[str, str]] = (), legend_title: str = ""
) -> Layer:
    """Draw places as filled circles.

    Parameters
    ----------
    name : str
        Name of the layer.
    dots : iterable of Dot
        Places; a dashed one is drawn hollow.
    legend : sequence of (str, str)
        Colour and text.
    legend_title : str
        What the colours mean.
    """
    features = []
    for dot in dots:
        style: dict[str, Any] = {
            "color": "#1b2430",
            "weight": 1.5,
            "fill": True,
            "fillColor": dot.colour,
            "fillOpacity": 0.0 if dot.is_dashed else 0.92,
            "radius": dot.radius_px,
        }
        if dot.is_dashed:
            style |= {"color": MISSING, "dashArray": "3 3"}
        geometry = {"type": "Point", "coordinates": [dot.lon, dot.lat]}
        features.append(_feature(geometry, style, dot.label))
    return Layer(name, _collection(features), tuple(legend), legend_title)


def line_layer(
    name: str, lines: Iterable[Line], legend: Sequence[tuple[str, str]] = (), legend_title: str = ""
) -> Layer:
    """Draw ways, such as the tours of trucks.

    Parameters
    ----------
    name : str
        Name of the layer.
    lines : iterable of Line
        Ways of at least two points.
    legend : sequence of (str, str)
        Colour and text.
    legend_title : str
        What the colours mean.

    Raises
    ------
    BadLayerError
        When a way has fewer than two points.
    """
    features = []
    for line in lines:
        if len(line.lonlat) < 2:
            raise BadLayerError(f"layer '{name}': way '{line.label}' has fewer than two points")
        geometry = {"type": "LineString", "coordinates": [list(point) for point in line.lonlat]}
        style = {"color": line.colour, "weight": 4, "opacity": 0.85, "fill": False}
        features.append(_feature(geometry, style, line.label))
    return Layer(name, _collection(features), tuple(legend), legend_title)


def extent(layers: Iterable[Layer]) -> Bounds | None:
    """Return west, south, east, north of all features in EPSG:4326 degrees; None without any."""
    points: list[LonLat] = []
    for layer in layers:
        for feature in layer.features["features"]:
            _collect(feature["geometry"]["coordinates"], points)
    if not points:
        return None
    lon, lat = zip(*points, strict=True)
    return min(lon), min(lat), max(lon), max(lat)


def _collect(coordinates: Any, points: list[LonLat]) -> None:
    """Gather the positions of GeoJSON coordinates of any depth."""
    if coordinates and isinstance(coordinates[0], int | float):
        points.append((float(coordinates[0]), float(coordinates[1])))
    else:
        for part in coordinates:
            _collect(part, points)


def _feature(geometry: GeoJson, style: Mapping[str, Any], label: str) -> GeoJson:
    # Leaflet puts the label into the page as HTML: names come from feeds and are not to be trusted.
    properties = {"style": dict(style), "label": html.escape(label)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[GeoJson]) -> GeoJson:
    # The id lets folium give each feature its own style, however alike the labels are.
    numbered = [{"id": str(i), **feature} for i, feature in enumerate(features)]
    return {"type": "FeatureCollection", "features": numbered}
