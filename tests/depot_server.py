"""The test depot behind real HTTP, speaking what the platform and the operator agreed on."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mobility.booking.partners import HoldAnswer, HoldRequest, PartnerRefusedError
from tests.depot import Depot

TOKEN = "operator-token-of-tests"  # noqa: S105


class _Handler(BaseHTTPRequestHandler):
    depot: Depot
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer how a hold stands."""
        found = self.depot.find(self.path.rsplit("/", 1)[-1])
        if found is None:
            self._send(404, {"type": "/problems/unknown-booking", "title": "Unknown"})
        else:
            self._send(200, _document(found))

    def do_POST(self) -> None:
        """Make, change or end a hold."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._send(401, {"type": "/problems/unauthorized"})
            return
        try:
            self._send(200, _document(self._act(body)))
        except PartnerRefusedError as error:
            self._send(409, {"type": f"/problems/{error.code}", "title": error.code})

    def _act(self, body: dict[str, Any]) -> HoldAnswer:
        parts = self.path.strip("/").split("/")
        if len(parts) == 1:
            return self.depot.reserve(
                HoldRequest(
                    body["id"],
                    body["station_id"],
                    body["vehicle_id"],
                    body["vehicle_type_id"],
                    self.depot.clock(),
                    body["eligible"],
                )
            )
        if parts[0] == "bookings":
            return self.depot.cancel(parts[1])
        if body["event"] == "SET_IN_USE":
            return self.depot.start(parts[1])
        return self.depot.finish(parts[1], body)

    def _send(self, status: int, document: dict[str, Any]) -> None:
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _document(hold: HoldAnswer) -> dict[str, Any]:
    values = vars(hold) | {"expires_at": None}
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in values.items()}


@contextmanager
def serve_depot(depot: Depot) -> Iterator[str]:
    """Serve on a free loopback port; yields the address."""
    handler = type("Handler", (_Handler,), {"depot": depot})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
