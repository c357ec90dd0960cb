"""A Nominatim and an Overpass on loopback that know one small fictional place."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import osmnx as ox
import pytest

from tests.street_maps import lonlat

ROAD = {"highway": "residential"}
SPOTS = {
    "A": (0, 0),
    "B": (100, 0),
    "C": (200, 0),
    "D": (0, 100),
    "E": (100, 100),
    "F": (200, 100),
}
WAYS = [
    ("A B", {**ROAD, "oneway": "yes", "name": "Lange Straße"}),
    ("B C", {**ROAD, "oneway": "-1"}),
    ("A D E", ROAD),
    ("B E", {"highway": "footway", "bicycle": "no"}),
    ("E F C", {**ROAD, "oneway": "yes", "oneway:bicycle": "no"}),
]

NOWHERE_TOWN = {
    "place_id": 1,
    "osm_type": "relation",
    "osm_id": 7,
    "lat": "0.0005",
    "lon": "0.001",
    "boundingbox": ["-0.01", "0.01", "-0.01", "0.01"],
    "display_name": "Nowhere, Atlantis",
    "class": "boundary",
    "type": "administrative",
    "importance": 0.5,
    "geojson": {
        "type": "Polygon",
        "coordinates": [
            [[-0.01, -0.01], [0.01, -0.01], [0.01, 0.01], [-0.01, 0.01], [-0.01, -0.01]]
        ],
    },
}


def overpass_answer() -> dict[str, Any]:
    nodes = [
        {"type": "node", "id": ord(name) - 64, "lon": lonlat(*spot)[0], "lat": lonlat(*spot)[1]}
        for name, spot in SPOTS.items()
    ]
    ways = [
        {
            "type": "way",
            "id": number,
            "nodes": [ord(name) - 64 for name in course.split()],
            "tags": tags,
        }
        for number, (course, tags) in enumerate(WAYS, 1)
    ]
    return {"version": 0.6, "elements": nodes + ways}


class _Servers(BaseHTTPRequestHandler):
    """Answers as Nominatim does to GET and as Overpass does to POST."""

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)["q"][0]
        self._answer([NOWHERE_TOWN] if query == "Nowhere, Atlantis" else [])

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(overpass_answer())

    def _answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def map_servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Servers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr(ox.settings, "overpass_url", url)
    monkeypatch.setattr(ox.settings, "nominatim_url", url)
    monkeypatch.setattr(ox.settings, "overpass_rate_limit", False)
    monkeypatch.setattr(ox.settings, "use_cache", False)
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # OSMnx replaces it
    yield
    server.shutdown()
    server.server_close()
    thread.join()
