"""Figures about the service for Prometheus; counts and times, nothing about anybody."""

import os

from apiflask import APIBlueprint
from flask import Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from mobility.booking.model import Booking
from mobility.db import Database
from mobility.weblib.permissions import permission

bp = APIBlueprint("metrics", __name__, tag="Figures")


@bp.get("/metrics")
@permission("public")
@bp.output({}, content_type="text/plain", description="Prometheus text format")
@bp.doc(summary="Figures about the service")
def metrics() -> Response:
    """Return request counts and times, and how many bookings wait for another party."""
    text = generate_latest(_registry()) + generate_latest(_now())
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """Return this process's figures, or those of all web processes where they share a folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _now() -> CollectorRegistry:
    """Ask the database for what stands now."""
    registry = CollectorRegistry()
    up = Gauge("database_up", "Whether the database answers", registry=registry)
    waiting = Gauge("bookings_waiting", "Bookings that wait for a party", registry=registry)
    database: Database = current_app.extensions["database"]
    try:
        with database.read() as session:
            count = select(func.count()).select_from(Booking).where(Booking.todo.is_not(None))
            waiting.set(session.scalar(count) or 0)
            up.set(1)
    except SQLAlchemyError:
        up.set(0)
    return registry
