"""Layers → one folium page on the town's own tiles, which asks no other host for anything."""

import html
import re
from collections.abc import Sequence
from typing import Any

from maps.errors import OutsideRequestError
from maps.layers import Bounds, Layer

SCRIPTS = (
    ("leaflet", "/assets/leaflet/dist/leaflet.js"),
    ("maplibre-gl", "/assets/maplibre-gl/dist/maplibre-gl.js"),
    ("pmtiles", "/assets/pmtiles/dist/pmtiles.js"),
    ("maplibre-gl-leaflet", "/assets/@maplibre/maplibre-gl-leaflet/leaflet-maplibre-gl.js"),
)
STYLES = (
    ("leaflet_css", "/assets/leaflet/dist/leaflet.css"),
    ("maplibre_css", "/assets/maplibre-gl/dist/maplibre-gl.css"),
)
# What makes a browser ask for something, followed by another host; text in data does not match.
OUTSIDE = re.compile(
    r"""(?:\b(?:src|href|action|poster|data|srcset)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?"""
    r"""|\b(?:import|fetch|open|Worker|importScripts)\(\s*["']|\b(?:style|url|tiles)["']?\s*:\s*["'])"""
    r"""\s*(?:[a-z][a-z0-9+.-]*:)?//[^\s"')]*""",
    re.IGNORECASE,
)

BASE_TEMPLATE = """
{% macro script(this, kwargs) %}
maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
{{ this._parent.get_name() }}.attributionControl.setPrefix(false);
try {
  const base = L.maplibreGL({style: {{ this.style_url|tojson }}, interactive: false})
    .addTo({{ this._parent.get_name() }});
  base.getMaplibreMap().once("idle", () => { document.body.dataset.idle = "1"; });
} catch (error) { // no WebGL: what lies above the base map is drawn all the same
  document.body.dataset.idle = "1";
}
{% endmacro %}
"""

CSS = """
.legend { position: absolute; right: 10px; bottom: 24px; z-index: 900; max-width: 46%;
  max-height: 60%; overflow: auto; padding: 8px 10px; background: rgb(255 255 255 / 94%);
  color: #1b2430; border: 1px solid #cdd5d8; border-radius: 8px;
  font: 13px/1.4 system-ui, sans-serif; }
.legend h2 { font-size: 13px; margin: 0 0 4px; }
.legend ul { list-style: none; margin: 0 0 6px; padding: 0; }
.legend .swatch { display: inline-block; width: 15px; height: 15px; margin-right: 6px;
  vertical-align: -3px; border: 1px solid #3d4a54; }
"""


def page(
    layers: Sequence[Layer], style_url: str, bounds: Bounds, title: str, lang: str = "en"
) -> str:
    """Draw a whole HTML page: the town's map, the layers over it, and their legend.

    Parameters
    ----------
    layers : sequence of Layer
        Lowest first.
    style_url : str
        Path of the MapLibre style on this origin, such as ``/tiles/style.json``.
    bounds : Bounds
        What to show first, EPSG:4326 degrees.
    title : str
        The page's title, and the map's name for those who do not see it.
    lang : str
        Language of the texts, BCP 47.

    Returns
    -------
    str
        HTML. It needs ``script-src`` and ``style-src`` with ``'unsafe-inline'``, and
        ``worker-src blob:``.

    Raises
    ------
    OutsideRequestError
        When the page would make a browser ask another host for anything.
    """
    import folium

    if not style_url.startswith("/") or style_url.startswith("//"):
        raise OutsideRequestError(f"the style '{style_url}' is not a path on this origin")
    west, south, east, north = bounds
    town = folium.Map(tiles=None, location=((south + north) / 2, (west + east) / 2), zoom_start=13)
    town.default_js, town.default_css = list(SCRIPTS), list(STYLES)
    # A view that jumps is drawn once; one that glides in is drawn many times on a slow machine.
    town.options |= {
        "maxZoom": 19,
        "zoomSnap": 0.25,
        "zoomAnimation": False,
        "fadeAnimation": False,
    }
    _base_map(style_url).add_to(town)
    for layer in layers:
        _draw(layer).add_to(town)
    if len(layers) > 1:
        folium.LayerControl(collapsed=True).add_to(town)
    town.fit_bounds([[south, west], [north, east]])
    figure: Any = town.get_root()
    figure.header.add_child(folium.Element(f"<style>{CSS}</style>"), name="legend_css")
    figure.html.add_child(folium.Element(_legend(layers)), name="legend")
    text = _accessible(figure.render(), town.get_name(), title, lang)
    refuse_outside(text)
    return text


def refuse_outside(text: str) -> None:
    """Refuse a page that would make the browser ask another host for anything.

    Parameters
    ----------
    text : str
        HTML.

    Raises
    ------
    OutsideRequestError
        Naming the first address found.
    """
    found = OUTSIDE.search(text)
    if found:
        raise OutsideRequestError(
            f"the page would ask another host: {found.group()!r}; serve the file from /assets/"
        )
    if "L.tileLayer(" in text:
        raise OutsideRequestError("the page has a raster tile layer; use the town's own tiles")


def _base_map(style_url: str) -> Any:
    """Return folium's element for the town's vector tiles under Leaflet."""
    from branca.element import MacroElement
    from jinja2 import Template

    element: Any = MacroElement()  # type: ignore[no-untyped-call]
    element._name = "town_tiles"
    element._template = Template(BASE_TEMPLATE)
    element.style_url = style_url
    return element


def _draw(layer: Layer) -> Any:
    """Return folium's element for one layer."""
    import folium

    features = layer.features["features"]
    is_dots = bool(features) and features[0]["geometry"]["type"] == "Point"
    return folium.GeoJson(
        layer.features,
        name=html.escape(layer.name),
        style_function=lambda feature: feature["properties"]["style"],
        marker=folium.CircleMarker() if is_dots else None,
        tooltip=folium.GeoJsonTooltip(["label"], labels=False, sticky=True) if features else None,
    )


def _legend(layers: Sequence[Layer]) -> str:
    """Write the legends of all layers as HTML."""
    parts = []
    for layer in layers:
        if not layer.legend:
            continue
        entries = "".join(
            f'<li><span class="swatch" style="background:{html.escape(colour)}"></span>'
            f"{html.escape(text)}</li>"
            for colour, text in layer.legend
        )
        parts.append(f"<h2>{html.escape(layer.legend_title or layer.name)}</h2><ul>{entries}</ul>")
    return f'<aside class="legend">{"".join(parts)}</aside>' if parts else ""


def _accessible(text: str, map_name: str, title: str, lang: str) -> str:
    """Add what folium leaves out: language, title, a name for the map, and the right to zoom."""
    replacements = (
        ("<html>", f'<html lang="{html.escape(lang)}">'),
        ("<head>", f"<head><title>{html.escape(title)}</title>"),
        (
            f'id="{map_name}" >',
            f'id="{map_name}" role="region" tabindex="0" aria-label="{html.escape(title)}">',
        ),
    )
    for old, new in replacements:
        text = text.replace(old, new, 1)
    return re.sub(r",\s*initial-scale=1\.0, maximum-scale=1\.0, user-scalable=no", "", text)
