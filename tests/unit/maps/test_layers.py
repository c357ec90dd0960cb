import pytest

from maps.errors import BadLayerError
from maps.layers import Dot, Layer, Line, area_layer, dot_layer, extent, line_layer
from maps.palette import Scale

SQUARE = {"type": "Polygon", "coordinates": [[[8, 49], [9, 49], [9, 50], [8, 49]]]}
SCALE = Scale((10,), ("#ffffff", "#000000"))


def test_an_area_takes_the_colour_of_its_value() -> None:
    layer = area_layer("Heat", {"a": SQUARE}, {"a": 12.0}, SCALE, {"a": "12 trips"}, "Trips")
    (feature,) = layer.features["features"]
    assert feature["properties"]["style"]["fillColor"] == "#000000"
    assert feature["properties"]["label"] == "12 trips"
    assert feature["geometry"] == SQUARE


def test_an_area_without_a_value_is_drawn_hollow_and_explained() -> None:
    layer = area_layer("Heat", {"a": SQUARE}, {"a": None}, SCALE, {}, "Trips", "", "too few")
    (feature,) = layer.features["features"]
    assert feature["properties"]["style"]["fillOpacity"] == 0.0
    assert layer.legend[-1][1] == "too few"


def test_names_from_feeds_cannot_become_markup() -> None:
    layer = dot_layer("Stations", [Dot(8.0, 49.0, "<img src=x onerror=alert(1)>", "#000000")])
    label = layer.features["features"][0]["properties"]["label"]
    assert "<" not in label
    assert "&lt;img" in label


def test_a_way_of_one_point_is_refused() -> None:
    with pytest.raises(BadLayerError, match="fewer than two points"):
        line_layer("Tours", [Line([(8.0, 49.0)], "T1", "#000000")])


def test_a_feature_without_style_is_refused() -> None:
    with pytest.raises(BadLayerError, match="feature 0 lacks"):
        Layer("Bare", {"type": "FeatureCollection", "features": [{"properties": {"label": ""}}]})


def test_a_dot_is_filled_with_its_colour() -> None:
    # folium draws circles hollow unless they say otherwise.
    layer = dot_layer("Stations", [Dot(8.0, 49.0, "A", "#123456")])
    style = layer.features["features"][0]["properties"]["style"]
    assert style["fill"] is True
    assert style["fillColor"] == "#123456"


def test_the_extent_holds_every_feature() -> None:
    areas = area_layer("Heat", {"a": SQUARE}, {}, SCALE, {}, "Trips")
    dots = dot_layer("Stations", [Dot(7.5, 49.5, "A", "#000000")])
    assert extent([areas, dots]) == (7.5, 49.0, 9.0, 50.0)
    assert extent([dot_layer("None", [])]) is None
