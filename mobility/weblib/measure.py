"""Count and time requests, and write one log line each: the route's name, never its address."""

import logging
import time

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

logger = logging.getLogger("mobility.requests")
REQUESTS = Counter("http_requests_total", "Requests answered", ["endpoint", "method", "status"])
SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer",
    ["endpoint"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def init_measure(app: Flask) -> None:
    """Measure every request of the application."""

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "OTHER"
        took_s = time.perf_counter() - g.get("began", time.perf_counter())
        REQUESTS.labels(endpoint, method, str(response.status_code)).inc()
        SECONDS.labels(endpoint).observe(took_s)
        if endpoint not in {"static", "health.health", "assets.asset"}:
            what = {"endpoint": endpoint, "method": method, "status": response.status_code}
            logger.info("request", extra={**what, "duration_ms": round(took_s * 1000, 1)})
        return response

    app.before_request(begin)
    app.after_request(end)
