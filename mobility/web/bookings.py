"""The bookings of a resident, as an API."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import current_app, request
from pydantic import Field, StrictBool

from mobility.booking.model import BookedLeg, Booking, State
from mobility.booking.request import LegRequest, Point, Rental, TripRequest
from mobility.booking.service import BookingService
from mobility.problems import ProblemError
from mobility.web.identity import required_subject
from mobility.web.schemas import Latitude, Longitude, Moment, Out, Strict
from mobility.weblib.permissions import permission

bp = APIBlueprint("bookings", __name__, url_prefix="/api/v1/bookings", tag="Bookings")
_KEY = re.compile(r"^[\x21-\x7e]{8,200}$")
_WHY = {
    "no-vehicle": "The last vehicle has just gone. Plan again.",
    "not-eligible": "The cooperative does not attest the licence or age this vehicle needs.",
    "unknown-subject": "Your log-in has become too old. Log out and in again.",
}
_Id = Annotated[str, Field(min_length=1, max_length=100)]


class PointIn(Strict):
    """A named place."""

    name: Annotated[str, Field(max_length=200)] = ""
    lon: Longitude
    lat: Latitude


class RentalIn(Strict):
    """The shared vehicle wanted: any at a station, or a free one by its id."""

    system_id: _Id
    form_factor: _Id
    station_id: _Id | None = None
    vehicle_id: _Id | None = None
    vehicle_type_id: _Id | None = None
    to_station_id: _Id | None = None
    uri: Annotated[str, Field(max_length=500, pattern=r"^https?://")] | None = None


class LegIn(Strict):
    """One leg of a planned itinerary."""

    mode: Annotated[str, Field(pattern=r"^[A-Z_]{2,20}$")]
    origin: Annotated[PointIn, Field(alias="from")]
    destination: Annotated[PointIn, Field(alias="to")]
    start_time: Moment
    end_time: Moment
    rental: RentalIn | None = None
    pass_held: StrictBool = False
    booking_url: Annotated[str, Field(max_length=500, pattern=r"^https?://")] | None = None
    booking_phone: Annotated[str, Field(max_length=40, pattern=r"^[+0-9 /()-]+$")] | None = None


class BookingIn(Strict):
    """The itinerary to be booked."""

    network: Annotated[str, Field(max_length=32)] | None = None
    legs: Annotated[list[LegIn], Field(min_length=1, max_length=30)]


class BookingEventIn(Strict):
    """``CANCEL`` gives the booking up; ``FINISH`` ends a trip without a vehicle booked here."""

    operation: Literal["CANCEL", "FINISH"]


class LegEventIn(Strict):
    """``SET_IN_USE`` unlocks; ``FINISH`` gives back, at a station or at a position."""

    event: Literal["SET_IN_USE", "FINISH"]
    station_id: _Id | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None


class LegOut(Out):
    """One leg of a booking and how it is fulfilled."""

    position: int
    mode: str
    fulfilment: str
    state: str | None
    from_name: str | None
    to_name: str | None
    start_time: datetime
    end_time: datetime
    link: str | None
    system_id: str | None
    station_id: str | None
    to_station_id: str | None
    vehicle_id: str | None
    form_factor: str | None
    requirement: str | None
    expires_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    amount_cents: int | None
    currency: str | None
    price: dict[str, Any] | None
    pending: str | None
    refusal: str | None


class BookingOut(Out):
    """A booking as it stands; ``pending`` names what still waits for another party."""

    id: str
    state: str
    pending: str | None
    reason: str | None
    created_at: datetime
    ended_at: datetime | None
    start_time: datetime
    end_time: datetime
    amount_cents: int | None
    currency: str | None
    legs: list[LegOut]


class BookingListOut(Out):
    """The bookings that still belong to the resident, newest first."""

    bookings: list[BookingOut]


@bp.post("")
@bp.input(BookingIn, location="json", arg_name="body")
@bp.output(BookingOut, status_code=201)
@bp.doc(summary="Book a planned trip", responses=[401, 409, 422, 429])
@permission("resident")
def create(body: BookingIn) -> tuple[BookingOut, int, dict[str, str]]:
    """Book every leg that can be booked here; needs an ``Idempotency-Key`` header.

    201 when every party has answered, 202 when the booking is stored and one has still to answer.
    """
    booking = _service().reserve(required_subject(), to_trip(body), idempotency_key())
    if booking.state == State.REJECTED:
        raise _rejected(booking)
    status = 202 if booking.todo else 201
    return to_out(booking), status, {"Location": f"{bp.url_prefix}/{booking.id}"}


@bp.get("")
@bp.output(BookingListOut)
@bp.doc(summary="List my bookings", responses=[401])
@permission("resident")
def show_all() -> BookingListOut:
    """List the bookings that still belong to the resident; settled ones do not any more."""
    found = _service().list(required_subject())
    return BookingListOut(bookings=[to_out(b) for b in found])


@bp.get("/<booking_id>")
@bp.output(BookingOut)
@bp.doc(summary="Show a booking", responses=[401, 404])
@permission("resident")
def show(booking_id: str) -> BookingOut:
    """Show one booking."""
    return to_out(_service().get(required_subject(), booking_id))


@bp.post("/<booking_id>/events")
@bp.input(BookingEventIn, location="json", arg_name="body")
@bp.output(BookingOut)
@bp.doc(summary="Cancel or end a booking", responses=[401, 404, 409, 422])
@permission("resident")
def change(booking_id: str, body: BookingEventIn) -> tuple[BookingOut, int]:
    """Cancel a booking, or say that a trip without a vehicle booked here was made."""
    service, subject, key = _service(), required_subject(), idempotency_key()
    act = service.cancel if body.operation == "CANCEL" else service.complete
    return _answer(act(subject, booking_id, key))


@bp.post("/<booking_id>/legs/<int:position>/events")
@bp.input(LegEventIn, location="json", arg_name="body")
@bp.output(BookingOut)
@bp.doc(summary="Start or finish the ride of one leg", responses=[401, 404, 409, 422])
@permission("resident")
def change_leg(booking_id: str, position: int, body: LegEventIn) -> tuple[BookingOut, int]:
    """Unlock the vehicle of a leg, or give it back."""
    service, subject, key = _service(), required_subject(), idempotency_key()
    if body.event == "SET_IN_USE":
        return _answer(service.start(subject, booking_id, position, key))
    return _answer(service.finish(subject, booking_id, position, _place(body), key))


def to_trip(body: BookingIn) -> TripRequest:
    """Turn what a client sent into the itinerary to be booked."""
    return TripRequest(tuple(_leg(leg) for leg in body.legs), body.network)


def to_out(booking: Booking) -> BookingOut:
    """Describe a booking to its resident; tokens and hold ids stay inside."""
    return BookingOut(
        id=booking.id,
        state=booking.state,
        pending=booking.todo,
        reason=booking.reason,
        created_at=booking.created_at,
        ended_at=booking.ended_at,
        start_time=booking.trip_start_at,
        end_time=booking.trip_end_at,
        amount_cents=booking.amount_cents,
        currency=booking.currency,
        legs=[_leg_out(leg) for leg in booking.legs],
    )


def idempotency_key() -> str:
    """Return the request's ``Idempotency-Key``; refuse where it is missing or too short.

    Raises
    ------
    ProblemError
        400, with what to send.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise ProblemError(
            400,
            "idempotency-key",
            "An Idempotency-Key is needed",
            "Send a header Idempotency-Key with 8 to 200 characters, new for each intention.",
        )
    return key


def _leg(leg: LegIn) -> LegRequest:
    rental = Rental(**leg.rental.model_dump()) if leg.rental else None
    return LegRequest(
        mode=leg.mode,
        origin=Point(**leg.origin.model_dump()),
        destination=Point(**leg.destination.model_dump()),
        start=leg.start_time,
        end=leg.end_time,
        rental=rental,
        pass_held=leg.pass_held,
        booking_url=leg.booking_url,
        booking_phone=leg.booking_phone,
    )


def _leg_out(leg: BookedLeg) -> LegOut:
    same = {name: getattr(leg, name) for name in LegOut.model_fields if hasattr(leg, name)}
    return LegOut(**same, start_time=leg.start_at, end_time=leg.end_at, pending=leg.intent)


def _place(body: LegEventIn) -> dict[str, Any]:
    if body.station_id is not None:
        return {"station_id": body.station_id}
    if body.lon is None or body.lat is None:
        raise ProblemError(
            422, "invalid-request", "The request has a fault", "give stationId, or lon and lat"
        )
    return {"lat": body.lat, "lon": body.lon}


def _answer(booking: Booking) -> tuple[BookingOut, int]:
    return to_out(booking), 202 if booking.todo else 200


def _rejected(booking: Booking) -> ProblemError:
    reason = booking.reason or "rejected"
    return ProblemError(409, reason, "The trip cannot be booked", _WHY.get(reason, reason))


def _service() -> BookingService:
    service: BookingService = current_app.extensions["booking"]
    return service
