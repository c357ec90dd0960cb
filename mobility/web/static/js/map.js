// The town's own map: MapLibre over our PMTiles; draws the itineraries of a page.
import { decode } from "./polyline.js";

const WALK = ["WALK"];

export function openMap(element) {
  const { maplibregl, pmtiles } = window;
  if (!element || !maplibregl || !element.dataset.style) return null;
  maplibregl.addProtocol("pmtiles", new pmtiles.Protocol().tile);
  const bounds = numbers(element.dataset.bounds);
  let map;
  try {
    map = new maplibregl.Map({
      container: element,
      style: element.dataset.style,
      ...(bounds.length === 4 ? { bounds, fitBoundsOptions: { padding: 10 } } : { center: numbers(element.dataset.center), zoom: 13 }),
      attributionControl: { compact: false },
      maxZoom: 19,
    });
  } catch (error) {
    element.textContent = ""; // no WebGL: the lists beside the map say everything
    element.hidden = true;
    return null;
  }
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl(), "top-left"); // a long attribution fills the bottom
  map.once("idle", () => { document.body.dataset.idle = "1"; });
  return map;
}

export function numbers(text) {
  return (text || "").split(",").filter((part) => part !== "").map(Number);
}

const PINS = { from: "#0b5d57", via: "#4d5961", to: "#9c1f2e" };

export function marker(kind, position) {
  return new window.maplibregl.Marker({ color: PINS[kind] }).setLngLat(position);
}

// Draw every itinerary thinly and the chosen one on top, with its legs' colours.
export function drawItineraries(map, itineraries) {
  const features = itineraries.flatMap((itinerary, number) =>
    itinerary.legs.map((leg) => ({
      type: "Feature",
      properties: { number, walk: WALK.includes(leg.mode), color: leg.color || (leg.mode === "RENTAL" ? "#b5510d" : "#31566e") },
      geometry: { type: "LineString", coordinates: decode(leg.points, leg.precision) },
    })),
  );
  map.addSource("itineraries", { type: "geojson", data: { type: "FeatureCollection", features } });
  const round = { "line-cap": "round", "line-join": "round" };
  map.addLayer({ id: "others", type: "line", source: "itineraries", layout: round, paint: { "line-color": "#7c8992", "line-width": 3, "line-opacity": 0.7 } });
  map.addLayer({ id: "casing", type: "line", source: "itineraries", layout: round, paint: { "line-color": "#fff", "line-width": 8 } });
  map.addLayer({ id: "rides", type: "line", source: "itineraries", layout: round, paint: { "line-color": ["get", "color"], "line-width": 5 } });
  map.addLayer({ id: "walks", type: "line", source: "itineraries", layout: round, paint: { "line-color": "#31566e", "line-width": 4, "line-dasharray": [0.2, 1.8] } });
  const choose = (number) => {
    const mine = ["==", ["get", "number"], number];
    map.setFilter("others", ["!", mine]);
    map.setFilter("casing", mine);
    map.setFilter("rides", ["all", mine, ["!", ["get", "walk"]]]);
    map.setFilter("walks", ["all", mine, ["get", "walk"]]);
  };
  choose(0);
  return { choose, points: features.flatMap((feature) => feature.geometry.coordinates) };
}
