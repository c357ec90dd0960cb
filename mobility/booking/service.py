"""Reserve, start, end, cancel: one transaction each, then the calls that follow from it."""

import json
import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mobility.booking import store
from mobility.booking.driver import Driver
from mobility.booking.faults import reach
from mobility.booking.model import (
    OPEN,
    BookedLeg,
    Booking,
    Fulfilment,
    Intent,
    State,
    Todo,
    TransitionError,
)
from mobility.booking.request import REQUIREMENTS, LegRequest, TripRequest
from mobility.booking.store import UnknownBookingError
from mobility.db import lock
from mobility.errors import MobilityError

_RECEIPT = timedelta(hours=24)


class TooManyBookingsError(MobilityError):
    """A resident holds as many vehicles as one may."""


class StillAtWorkError(MobilityError):
    """An earlier step of this booking has not ended yet."""


class RefusedError(MobilityError):
    """The operator said no to what was asked; ``code`` is its slug."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the operator refuses: {code}")
        self.code = code


class BookingService:
    """What a resident can do with bookings.

    Every write takes the ``Idempotency-Key`` of the request: repeated, it changes nothing and
    returns the booking as it stands.
    """

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._database = driver.database
        self._policy = driver.policy

    def reserve(self, subject: str, trip: TripRequest, key: str) -> Booking:
        """Book a trip; PENDING where a party does not answer at once.

        Raises
        ------
        TooManyBookingsError
            The resident has as many open bookings as the town allows.
        ReusedKeyError
            The key was used for another request.
        """
        request = f"reserve {trip!r}"
        return self._once(subject, key, request, lambda session: self._new(session, subject, trip))

    def start(self, subject: str, booking_id: str, position: int, key: str) -> Booking:
        """Unlock the vehicle of one leg."""

        def begin(session: Session) -> str:
            leg = self._leg(session, subject, booking_id, position)
            if leg.state != State.CONFIRMED or leg.booking.cancel_wanted:
                raise TransitionError(f"a leg that is {leg.state} cannot be started")
            return self._intend(leg, Intent.START, None)

        booking = self._once(subject, key, f"start {booking_id} {position}", begin)
        return _accepted(booking, position)

    def finish(
        self, subject: str, booking_id: str, position: int, place: dict[str, Any], key: str
    ) -> Booking:
        """Give the vehicle of one leg back.

        Parameters
        ----------
        place : dict
            ``{"station_id": ...}``, or ``{"lat": ..., "lon": ...}`` for a free-floating vehicle.

        Raises
        ------
        RefusedError
            The operator does not take it there, such as ``no-dock``; the ride goes on.
        """

        def begin(session: Session) -> str:
            leg = self._leg(session, subject, booking_id, position)
            if leg.state != State.IN_USE:
                raise TransitionError(f"a leg that is {leg.state} cannot be finished")
            return self._intend(leg, Intent.FINISH, place)

        request = f"finish {booking_id} {position} {json.dumps(place, sort_keys=True)}"
        return _accepted(self._once(subject, key, request, begin), position)

    def cancel(self, subject: str, booking_id: str, key: str) -> Booking:
        """Give up a booking that has not become a ride."""

        def begin(session: Session) -> str:
            booking = store.get_booking(session, booking_id, subject)
            if booking.state not in (State.PENDING, State.CONFIRMED):
                raise TransitionError(f"a booking that is {booking.state} cannot be cancelled")
            booking.cancel_wanted = True
            if not booking.booked_legs:
                self.driver.change(session, booking).to(State.CANCELLED, "resident")
            elif booking.todo is None:
                self.driver.change(session, booking).conclude("resident")
                self.driver.claim(booking, Todo.LEGS)
            return booking.id

        return self._once(subject, key, f"cancel {booking_id}", begin)

    def complete(self, subject: str, booking_id: str, key: str) -> Booking:
        """Say that a trip without any vehicle booked here has been made."""

        def begin(session: Session) -> str:
            booking = store.get_booking(session, booking_id, subject)
            if booking.booked_legs or booking.state != State.CONFIRMED:
                raise TransitionError("finish each rented vehicle; the booking then ends by itself")
            self.driver.change(session, booking).finish("resident")
            self.driver.claim(booking, Todo.SETTLE)
            return booking.id

        return self._once(subject, key, f"complete {booking_id}", begin)

    def get(self, subject: str, booking_id: str) -> Booking:
        """Return a resident's booking.

        A settled booking knows nobody; for a day, whoever holds its random id can read the
        receipt.

        Raises
        ------
        UnknownBookingError
            There is none, it is somebody else's, or it was closed more than a day ago.
        """
        booking = self.driver.load(booking_id)
        if booking is not None and booking.subject == subject:
            return booking
        if booking is not None and booking.subject is None and booking.state == State.SETTLED:
            ended_at = booking.ended_at
            if ended_at is not None and self.driver.clock() - ended_at < _RECEIPT:
                return booking
        raise UnknownBookingError("no such booking; it may have been settled and closed")

    def list(self, subject: str) -> Sequence[Booking]:
        """Return the bookings that still belong to a resident, newest first."""
        with self._database.read() as session:
            return store.list_bookings(session, subject)

    def tidy(self) -> int:
        """Forget subjects, places and keys that are no longer needed."""
        now = self.driver.clock()
        before = now - timedelta(hours=self._policy.retention_h)
        with self._database.write() as session:
            count = store.forget_subjects(session, before)
            return count + store.forget_keys(session, before)

    def _once(
        self, subject: str, key: str, request: str, begin: Callable[[Session], str]
    ) -> Booking:
        """Store an intent together with its key, or find what the key did before; then drive."""
        try:
            with self._database.write() as session:
                lock(session, store.digest(subject))
                booking_id = store.find_key(session, subject, key, request)
                if booking_id is None:
                    booking_id = begin(session)
                    session.flush()
                    now = self.driver.clock()
                    store.add_key(session, subject, key, request, booking_id, now)
                reach("storing-intent")
        except IntegrityError as error:
            raise StillAtWorkError("this request is being worked on; repeat it") from error
        reach("stored-intent")
        self.driver.drive(booking_id)
        booking = self.driver.load(booking_id)
        if booking is None:
            raise UnknownBookingError("no such booking")
        return booking

    def _new(self, session: Session, subject: str, trip: TripRequest) -> str:
        """Add a booking with its legs; nobody else is called yet."""
        held = store.count_open(session, subject)
        if held >= self._policy.max_open:
            raise TooManyBookingsError(f"{held} bookings are open; end or cancel one first")
        now = self.driver.clock()
        first, last = trip.legs[0], trip.legs[-1]
        booking = Booking(
            id=uuid.uuid4().hex,
            subject=subject,
            state=State.PENDING,
            cancel_wanted=False,
            attempts=0,
            next_try_at=now,
            created_at=now,
            network_id=trip.network_id,
            trip_mode=trip.trip_mode,
            trip_start_at=first.start,
            trip_end_at=last.end,
            origin_lon=first.origin.lon,
            origin_lat=first.origin.lat,
            destination_lon=last.destination.lon,
            destination_lat=last.destination.lat,
        )
        booking.legs = [self._new_leg(i, leg) for i, leg in enumerate(trip.legs)]
        session.add(booking)
        store.record(session, booking, None, None, State.PENDING, "resident", None, now)
        if booking.booked_legs:
            self.driver.claim(booking, Todo.TOKEN)
        else:
            self.driver.change(session, booking).to(State.CONFIRMED, "platform")
        return booking.id

    def _new_leg(self, position: int, wanted: LegRequest) -> BookedLeg:
        fulfilment, link = wanted.fulfilment(self._policy.bookable)
        leg = BookedLeg(
            position=position,
            fulfilment=fulfilment,
            mode=wanted.mode,
            from_name=wanted.origin.name or None,
            to_name=wanted.destination.name or None,
            start_at=wanted.start,
            end_at=wanted.end,
            link=link,
        )
        if wanted.rental is not None:
            leg.system_id = wanted.rental.system_id
            leg.station_id = wanted.rental.station_id
            leg.to_station_id = wanted.rental.to_station_id
            leg.vehicle_id = wanted.rental.vehicle_id
            leg.vehicle_type_id = wanted.rental.vehicle_type_id
            leg.form_factor = wanted.rental.form_factor
        if fulfilment == Fulfilment.BOOKED_HERE:
            leg.state = State.PENDING
            leg.intent = Intent.RESERVE
            leg.hold_id = secrets.token_urlsafe(32)
            leg.expires_at = self.driver.clock() + timedelta(seconds=self._policy.hold_s)
            leg.requirement = REQUIREMENTS.get(leg.form_factor or "")
        return leg

    def _leg(self, session: Session, subject: str, booking_id: str, position: int) -> BookedLeg:
        booking = store.get_booking(session, booking_id, subject)
        leg = next((leg for leg in booking.booked_legs if leg.position == position), None)
        if leg is None or booking.state not in OPEN:
            raise TransitionError(f"leg {position} of this booking is not one to start or finish")
        if leg.intent is not None:
            raise StillAtWorkError("an earlier step of this booking is still being worked on")
        return leg

    def _intend(self, leg: BookedLeg, intent: Intent, data: dict[str, Any] | None) -> str:
        leg.intent, leg.intent_data, leg.refusal = intent, data, None
        self.driver.claim(leg.booking, Todo.LEGS)
        return leg.booking.id


def _accepted(booking: Booking, position: int) -> Booking:
    """Return the booking, unless the operator has just refused this leg's step."""
    leg = next(leg for leg in booking.legs if leg.position == position)
    if leg.intent is None and leg.refusal is not None:
        raise RefusedError(leg.refusal)
    return booking
