"""A resident's booked trips as pages: book, start, give back, cancel. Works without scripts."""

from collections.abc import Callable, Iterable
from typing import Any

from apiflask import APIBlueprint
from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_currency, format_datetime, gettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from mobility.booking.from_plan import trip_from_plan
from mobility.booking.model import OPEN, BookedLeg, Booking, Fulfilment, State
from mobility.booking.service import BookingService
from mobility.catalogue.store import UnknownSystemError, get_snapshot
from mobility.db import Database
from mobility.errors import MobilityError
from mobility.web.identity import RESIDENT, required_subject
from mobility.web.journey import FULFILMENTS, find_itinerary
from mobility.web.journey_view import FORM_FACTORS, MODES
from mobility.weblib.pages import add_navigation
from mobility.weblib.permissions import permission

bp = APIBlueprint("trips", __name__, url_prefix="/trips", enable_openapi=False)
Json = dict[str, Any]

_STATES = {
    State.PENDING: "Being arranged",
    State.CONFIRMED: "Booked",
    State.IN_USE: "On the way",
    State.FINISHED: "Ended, being charged",
    State.SETTLED: "Ended and charged",
    State.EXPIRED: "Expired",
    State.CANCELLED: "Cancelled",
    State.REJECTED: "Not possible",
}

_LEG_STATES = {State.FINISHED: "Ended"}
"""A leg ends with the ride; only the booking is charged."""


@bp.record
def _navigate(state: Any) -> None:
    app: Flask = state.app
    add_navigation(app, "trips.show_all", "My trips", 20)


@bp.get("")
@permission(RESIDENT)
def show_all() -> str:
    """List the bookings that still belong to the resident."""
    bookings = _service().list(required_subject())
    return render_template("trips/list.html", trips=[trip_view(b) for b in bookings])


@bp.get("/<booking_id>")
@permission(RESIDENT)
def show(booking_id: str) -> str:
    """Show one booking and what can be done with it."""
    booking = _service().get(required_subject(), booking_id)
    return render_template("trips/show.html", trip=trip_view(booking))


@bp.post("/book")
@permission(RESIDENT)
def book() -> Response:
    """Book the itinerary that the detail page showed, if it can still be had."""
    query = request.form.get("query", "")[:2000]
    found = find_itinerary(query, request.form.get("itinerary", ""))
    if found is None:
        flash(gettext("This trip is no longer possible like that. Here is what is now."), "warning")
        return redirect(f"{url_for('journey.results')}?{query}")
    itinerary, network_id = found
    trip = trip_from_plan(itinerary, network_id)
    booking = _service().reserve(required_subject(), trip, _key())
    return redirect(url_for(".show", booking_id=booking.id))


@bp.post("/<booking_id>/cancel")
@permission(RESIDENT)
def cancel(booking_id: str) -> Response:
    """Give a booking up."""
    return _do(booking_id, lambda: _service().cancel(required_subject(), booking_id, _key()))


@bp.post("/<booking_id>/complete")
@permission(RESIDENT)
def complete(booking_id: str) -> Response:
    """Say that a trip without a vehicle booked here was made."""
    return _do(booking_id, lambda: _service().complete(required_subject(), booking_id, _key()))


@bp.post("/<booking_id>/legs/<int:position>/start")
@permission(RESIDENT)
def start(booking_id: str, position: int) -> Response:
    """Unlock the vehicle of a leg."""
    return _do(
        booking_id, lambda: _service().start(required_subject(), booking_id, position, _key())
    )


@bp.post("/<booking_id>/legs/<int:position>/finish")
@permission(RESIDENT)
def finish(booking_id: str, position: int) -> Response:
    """Give the vehicle of a leg back, at a station or where the trip was to end."""
    service, subject = _service(), required_subject()
    station_id = request.form.get("station_id", "")[:100]
    place: Json = {"station_id": station_id}
    if not station_id:
        booking = service.get(subject, booking_id)
        place = {"lat": booking.destination_lat, "lon": booking.destination_lon}
    return _do(booking_id, lambda: service.finish(subject, booking_id, position, place, _key()))


def trip_view(booking: Booking) -> Json:
    """Return what the templates show of a booking."""
    legs = [_leg_view(leg) for leg in booking.legs]
    return {
        "id": booking.id,
        "state": gettext(_STATES[State(booking.state)]),
        "is_open": booking.state in OPEN,
        "reason": booking.reason,
        "pending": booking.todo is not None,
        "when": format_datetime(booking.trip_start_at, "short"),
        "from_name": legs[0]["from_name"],
        "to_name": legs[-1]["to_name"],
        "amount": _money(booking.amount_cents, booking.currency),
        "can_cancel": booking.state in (State.PENDING, State.CONFIRMED),
        "can_complete": booking.state == State.CONFIRMED and not booking.booked_legs,
        "legs": legs,
    }


def _leg_view(leg: BookedLeg) -> Json:
    what = FORM_FACTORS.get(leg.form_factor or "") or MODES.get(leg.mode) or leg.mode
    return {
        "position": leg.position,
        "icon": leg.form_factor or leg.mode,
        "what": gettext(what),
        "from_name": leg.from_name or gettext("Point on the map"),
        "to_name": leg.to_name or gettext("Point on the map"),
        "start": format_datetime(leg.start_at, "HH:mm"),
        "end": format_datetime(leg.end_at, "HH:mm"),
        "fulfilment": gettext(FULFILMENTS[Fulfilment(leg.fulfilment)]),
        "is_booked_here": leg.fulfilment == Fulfilment.BOOKED_HERE,
        "link": leg.link,
        "state": gettext((_STATES | _LEG_STATES)[State(leg.state)]) if leg.state else None,
        "refusal": leg.refusal,
        "vehicle_id": leg.vehicle_id,
        "expires": format_datetime(leg.expires_at, "HH:mm") if leg.expires_at else None,
        "amount": _money(leg.amount_cents, leg.currency),
        "can_start": leg.state == State.CONFIRMED,
        "can_finish": leg.state == State.IN_USE,
        "stations": list(_stations(leg)) if leg.state == State.IN_USE else [],
    }


def _stations(leg: BookedLeg) -> Iterable[tuple[str, str, bool]]:
    """List id, name and whether planned of each station the vehicle may be brought to."""
    if leg.station_id is None or leg.system_id is None:
        return
    database: Database = current_app.extensions["database"]
    try:
        with database.read() as session:
            stations = get_snapshot(session, leg.system_id).stations
    except UnknownSystemError:
        return
    for station in sorted(stations, key=lambda s: s.name):
        yield station.station_id, station.name, station.station_id == leg.to_station_id


def _do(booking_id: str, act: Callable[[], Booking]) -> Response:
    """Do something with a booking and show it; a refusal becomes a message on its page."""
    try:
        act()
    except MobilityError as error:
        flash(str(error), "error")
    return redirect(url_for(".show", booking_id=booking_id))


def _key() -> str:
    form: MultiDict[str, str] = request.form
    return form.get("idempotency_key", "")[:200]


def _money(cents: int | None, currency: str | None) -> str | None:
    if cents is None or currency is None:
        return None
    return str(format_currency(cents / 100, currency))


def _service() -> BookingService:
    service: BookingService = current_app.extensions["booking"]
    return service
