"""The map page asks no other host, can be read without seeing it, and trusts no name."""

import re
from pathlib import Path

import pytest

from maps.errors import OutsideRequestError
from maps.layers import Dot, Line, area_layer, dot_layer, line_layer
from maps.page import SCRIPTS, STYLES, page, refuse_outside
from maps.palette import QUALITATIVE, Scale
from tests.shared import ROOT

BOUNDS = (8.0, 49.0, 8.1, 49.1)
SQUARE = {"type": "Polygon", "coordinates": [[[8, 49], [8.1, 49], [8.1, 49.1], [8, 49]]]}


def draw(title: str = "Heatmap", label: str = "Bahnhof", style_url: str = "/style.json") -> str:
    scale = Scale((10,), ("#ffffff", "#000000"))
    return page(
        [
            area_layer("Heat", {"a": SQUARE}, {"a": 3}, scale, {"a": label}, "Trips", "trips"),
            dot_layer("Stations", [Dot(8.05, 49.05, label, QUALITATIVE[0])]),
            line_layer("Tours", [Line([(8, 49), (8.1, 49.1)], label, QUALITATIVE[1])]),
        ],
        style_url,
        BOUNDS,
        title,
        "de",
    )


def test_every_file_the_page_asks_for_is_on_our_own_origin() -> None:
    asked = re.findall(r'(?:src|href)="([^"]*)"', draw())
    assert len(asked) == len(SCRIPTS) + len(STYLES)
    assert all(address.startswith("/assets/") for address in asked)


@pytest.mark.parametrize("address", [address for _, address in (*SCRIPTS, *STYLES)])
def test_every_asset_is_among_the_installed_libraries(address: str) -> None:
    assert (ROOT / "node_modules" / Path(address).relative_to("/assets")).is_file()


def test_the_page_says_its_language_and_title_and_may_be_zoomed() -> None:
    text = draw("Karte <der> Stadt")
    assert '<html lang="de">' in text
    assert "<title>Karte &lt;der&gt; Stadt</title>" in text
    assert 'aria-label="Karte &lt;der&gt; Stadt"' in text
    assert "user-scalable" not in text
    assert "maximum-scale" not in text


def test_the_legend_is_on_the_page() -> None:
    text = draw()
    assert "≥ 10 trips" in text
    assert "&lt; 10 trips" in text


def test_a_name_from_a_feed_cannot_end_the_script_or_become_markup() -> None:
    text = draw(label="</script><script>alert(1)</script>")
    assert "alert(1)</script>" not in text
    assert "<script>alert" not in text


def test_a_name_that_looks_like_an_address_does_not_stop_the_page() -> None:
    assert "example.org" in draw(label="Depot https://example.org/")


@pytest.mark.parametrize("style_url", ["https://tiles.example.org/style.json", "//x/y", "style"])
def test_a_style_elsewhere_is_refused(style_url: str) -> None:
    with pytest.raises(OutsideRequestError):
        draw(style_url=style_url)


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        "<img src=//cdn.example.org/x.png>",
        "<style>body { background: url( 'http://example.org/x.png') }</style>",
        '<style>@import "https://example.org/x.css";</style>',
        '<script>fetch("https://example.org/")</script>',
        '<script>L.maplibreGL({"style": "https://example.org/style.json"})</script>',
        "<script>L.maplibreGL({style: 'https://example.org/style.json'})</script>",
        '<script>L.tileLayer("/{z}/{x}/{y}.png")</script>',
    ],
)
def test_a_page_that_asks_another_host_is_refused(text: str) -> None:
    with pytest.raises(OutsideRequestError):
        refuse_outside(text)


def test_foliums_own_page_would_be_refused() -> None:
    import folium

    with pytest.raises(OutsideRequestError, match=r"cdn\.jsdelivr\.net"):
        refuse_outside(folium.Map(tiles=None).get_root().render())
