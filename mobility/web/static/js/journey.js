// Wire the journey pages: typeahead, swap, points picked on the map, itineraries drawn.
import { readable } from "./colour.js";
import { drawItineraries, marker, numbers, openMap } from "./map.js";
import { typeahead } from "./typeahead.js";

const fields = Object.fromEntries(["from", "via", "to"].map((name) => [name, place(name)]));
document.querySelectorAll("[data-typeahead]").forEach(typeahead);
document.querySelectorAll("[data-color]").forEach((chip) => {
  chip.style.backgroundColor = chip.dataset.color;
  chip.style.color = readable(chip.dataset.color, chip.dataset.textColor);
});

const map = openMap(document.getElementById("map"));
const drawn = document.getElementById("drawn");
if (map) map.on("load", ready);

const swap = document.querySelector("[data-swap]");
if (swap) {
  swap.hidden = false;
  swap.addEventListener("click", () => {
    for (const part of ["input", "hidden"]) {
      [fields.from[part].value, fields.to[part].value] = [fields.to[part].value, fields.from[part].value];
    }
    showMarkers();
  });
}
document.addEventListener("place", showMarkers);

function place(name) {
  const input = document.getElementById(name);
  return { input, hidden: input?.form.elements[`${name}Place`], marker: null };
}

function ready() {
  showMarkers();
  map.on("click", pick);
  const itineraries = drawn ? JSON.parse(drawn.textContent) : [];
  if (!itineraries.length) return;
  const { choose, points } = drawItineraries(map, itineraries);
  const bounds = points.reduce((box, point) => box.extend(point), new window.maplibregl.LngLatBounds(points[0], points[0]));
  if (!fields.from.input) { // one way, told without the form
    marker("from", points[0]).addTo(map);
    marker("to", points.at(-1)).addTo(map);
  }
  map.fitBounds(bounds, { padding: { top: 50, right: 60, bottom: 30, left: 30 }, maxZoom: 16, animate: false });
  const cards = document.querySelectorAll("[data-itinerary]");
  const select = (card) => {
    cards.forEach((other) => other.classList.toggle("is-chosen", other === card));
    choose(Number(card.dataset.itinerary));
  };
  cards.forEach((card) => ["mouseenter", "focusin"].forEach((kind) => card.addEventListener(kind, () => select(card))));
  if (cards.length) select(cards[0]);
}

function showMarkers() {
  if (!map) return;
  for (const [name, field] of Object.entries(fields)) {
    field.marker?.remove();
    field.marker = null;
    const position = numbers(field.hidden?.value);
    if (position.length === 2) field.marker = marker(name, position).addTo(map);
  }
}

// The first click sets the start, the next the destination, and so on.
async function pick(event) {
  if (!fields.from.input) return;
  const name = fields.from.hidden.value && !fields.to.hidden.value ? "to" : "from";
  const field = fields[name];
  const { lng, lat } = event.lngLat;
  field.hidden.value = `${lng.toFixed(6)},${lat.toFixed(6)}`;
  field.input.value = field.hidden.value;
  if (name === "from") { fields.to.hidden.value = ""; fields.to.input.value = ""; }
  showMarkers();
  const answer = await fetch(`/api/v1/reverse?${new URLSearchParams({ at: field.hidden.value })}`);
  const hit = answer.ok ? (await answer.json()).places[0] : null;
  if (hit) field.input.value = hit.label;
}
