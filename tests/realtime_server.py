"""A GTFS-Realtime feed on a loopback port that answers as a test asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RealtimeServer:
    """Answers with ``status`` and ``body``; knows an unchanged body by its ETag."""

    def __init__(self) -> None:
        self.status, self.body, self.url = 200, b"", ""
        self.answers: list[int] = []

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        tag = f'"{hash(self.body)}"'
        status = self.status
        if status == 200 and request.headers.get("If-None-Match") == tag:
            status = 304
        self.answers.append(status)
        body = b"" if status == 304 else self.body
        request.send_response(status)
        if self.status == 200:
            request.send_header("ETag", tag)
        if status != 304:
            request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)


@contextmanager
def realtime_server() -> Iterator[RealtimeServer]:
    feed = RealtimeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            feed.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    feed.url = f"http://127.0.0.1:{server.server_address[1]}/feed.pb"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield feed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
