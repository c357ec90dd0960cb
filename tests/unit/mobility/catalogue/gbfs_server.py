"""A feed on a loopback port that behaves as badly as a test asks."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

NOW = datetime(2024, 9, 2, 8, 0, tzinfo=UTC)
FILES = ("system_information", "station_information", "station_status")

Behaviour = Callable[[BaseHTTPRequestHandler, bytes], None]


def document(data: dict[str, Any], updated: datetime = NOW) -> dict[str, Any]:
    return {"last_updated": updated.isoformat(), "ttl": 60, "version": "3.0", "data": data}


def town_feed() -> dict[str, dict[str, Any]]:
    """Two stations with three and zero bikes."""
    return {
        "system_information": document({"system_id": "bikes", "name": "Town Bikes"}),
        "station_information": document(
            {
                "stations": [
                    {"station_id": "A", "name": "Market", "lon": 8.69, "lat": 49.41},
                    {"station_id": "B", "name": "Bridge", "lon": 8.70, "lat": 49.42},
                ]
            }
        ),
        "station_status": document(
            {
                "stations": [
                    {
                        "station_id": "A",
                        "num_vehicles_available": 3,
                        "num_docks_available": 7,
                        "is_installed": True,
                        "is_renting": True,
                        "is_returning": True,
                    },
                    {"station_id": "B", "num_vehicles_available": 0, "num_docks_available": 10},
                ]
            }
        ),
    }


class GbfsServer:
    """Serves ``files``; ``behave`` replaces the answer to one path."""

    def __init__(self) -> None:
        self.files = town_feed()
        self.behave: dict[str, Behaviour] = {}
        self.requests: list[tuple[str, int]] = []
        self.conditional: list[str] = []
        self.revision = 1
        self.url = ""

    def set_bikes(self, station: int, count: Any, updated: datetime) -> None:
        status = self.files["station_status"]
        status["last_updated"] = updated.isoformat()
        status["data"]["stations"][station]["num_vehicles_available"] = count
        self.revision += 1

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        name = request.path.strip("/").removesuffix(".json")
        if name == "gbfs":
            feeds = [{"name": n, "url": f"{self.url}/{n}.json"} for n in self.files]
            body = json.dumps(document({"feeds": feeds})).encode()
        else:
            body = json.dumps(self.files[name]).encode()
        if name in self.behave:
            self.behave[name](request, body)
            return
        etag = f'"{name}-{self.revision}"'
        if request.headers.get("If-None-Match") == etag:
            self.conditional.append(name)
            send(request, 304, b"", {"ETag": etag})
        else:
            send(request, 200, body, {"ETag": etag})


def send(
    request: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def status_500(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    send(request, 500, b"{}")


def busy_503(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    send(request, 503, b"", {"Retry-After": "120"})


def html(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    send(request, 200, b"<!doctype html><title>Maintenance</title>")


def half(request: BaseHTTPRequestHandler, body: bytes) -> None:
    send(request, 200, body[: len(body) // 2])


def huge(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    send(request, 200, b'{"data": "' + b" " * 11_000_000 + b'"}')


def dripping(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    """Send a byte now and then, so that no single wait is long."""
    request.send_response(200)
    request.end_headers()
    for _ in range(40):
        request.wfile.write(b" " * 70_000)
        time.sleep(0.05)


def silent(_request: BaseHTTPRequestHandler, _body: bytes) -> None:
    time.sleep(1.0)


def redirect_loop(request: BaseHTTPRequestHandler, _body: bytes) -> None:
    send(request, 302, b"", {"Location": request.path})


@contextmanager
def gbfs_server() -> Iterator[GbfsServer]:
    feed = GbfsServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                feed.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    feed.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield feed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def later(**time: float) -> datetime:
    return NOW + timedelta(**time)
