"""Carry unfinished bookings on: call the other party outside of any transaction, store the answer.

What is to be done was stored before; each call repeats harmlessly. So a process may die between
any two lines, and the next pass goes on where it stopped.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from mobility.booking import store
from mobility.booking.coarsen import coarsen
from mobility.booking.faults import reach
from mobility.booking.model import BookedLeg, Booking, Intent, State, Todo
from mobility.booking.partners import (
    Cooperative,
    HoldAnswer,
    HoldRequest,
    Operator,
    PartnerRefusedError,
    PartnerUnreachableError,
)
from mobility.booking.transitions import Change
from mobility.db import Database

logger = logging.getLogger(__name__)
_MAX_STEPS = 100
_PAST = timedelta(hours=6)


@dataclass(frozen=True)
class Policy:
    """The rules of booking in this town."""

    hold_s: int = 600
    max_open: int = 3
    retention_h: int = 24
    lease_s: int = 10
    timezone: str = "Europe/Berlin"
    bookable: frozenset[str] | None = None


class Driver:
    """Takes bookings through the calls they still need.

    Parameters
    ----------
    database : Database
        The platform's.
    operator : Operator
        The party that has the vehicles.
    cooperative : Cooperative
        The party that knows the people.
    policy : Policy
        The town's rules.
    clock : callable
        Returns the current moment with its offset.
    """

    def __init__(
        self,
        database: Database,
        operator: Operator,
        cooperative: Cooperative,
        policy: Policy,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.policy = policy
        self.clock = clock
        self._operator = operator
        self._cooperative = cooperative
        self._steps: dict[Todo, Callable[[Booking], None]] = {
            Todo.TOKEN: self._token,
            Todo.ELIGIBILITY: self._eligibility,
            Todo.LEGS: self._leg,
            Todo.SETTLE: self._settle,
            Todo.ADMIT: self._admit,
        }

    def drive(self, booking_id: str) -> None:
        """Do what is to be done for one booking, until nothing is or a party does not answer."""
        for _ in range(_MAX_STEPS):
            booking = self.load(booking_id)
            if booking is None or booking.todo is None:
                return
            try:
                self._steps[Todo(booking.todo)](booking)
            except PartnerUnreachableError as error:
                logger.warning("a booking waits: %s", error)
                self._postpone(booking_id, None)
                return
            except PartnerRefusedError as error:
                logger.error("a booking is stuck at %s: %s", booking.todo, error.code)
                self._postpone(booking_id, error.code[:40])
                return

    def recover(self) -> int:
        """Carry on every booking that waits for a call; return how many there were."""
        with self.database.read() as session:
            due = store.list_due(session, self.clock())
        for booking_id in due:
            self.drive(booking_id)
        return len(due)

    def expire(self) -> int:
        """Close the holds that have run out; return how many bookings they belong to."""
        now = self.clock()
        with self.database.read() as session:
            overdue = store.list_overdue(session, now)
        for booking_id in overdue:
            with self.database.write() as session:
                booking = store.get_booking(session, booking_id)
                for leg in booking.booked_legs:
                    late = leg.expires_at is not None and leg.expires_at <= now
                    if leg.state == State.CONFIRMED and leg.intent is None and late:
                        leg.intent = Intent.EXPIRE
                        self.claim(booking, Todo.LEGS)
            reach("intended-expire")
            self.drive(booking_id)
        return len(overdue) + self._expire_past(now)

    def _expire_past(self, now: datetime) -> int:
        """Close trips without a vehicle of ours some hours after they were to end."""
        with self.database.read() as session:
            past = store.list_past(session, now - _PAST)
        for booking_id in past:
            with self.database.write() as session:
                booking = store.get_booking(session, booking_id)
                if booking.state == State.CONFIRMED:
                    self.change(session, booking).to(State.EXPIRED, "platform")
        return len(past)

    def load(self, booking_id: str) -> Booking | None:
        """Return a booking as it stands now, detached from the database."""
        query = select(Booking).where(Booking.id == booking_id)
        with self.database.read() as session:
            return session.scalar(query.options(selectinload(Booking.legs)))

    def claim(self, booking: Booking, todo: Todo) -> None:
        """Say what is to be done, and leave other processes no part in it for a short while."""
        booking.todo = todo
        booking.attempts = 0
        booking.next_try_at = self.clock() + timedelta(seconds=self.policy.lease_s)

    def change(self, session: Session, booking: Booking) -> Change:
        """Begin the changes to one booking."""
        return Change(session, booking, self.clock(), self.policy.timezone)

    def _token(self, booking: Booking) -> None:
        """Get the booking its ride token."""
        if self._gave_up_early(booking):
            return
        reach("before-token")
        refusal = token = None
        try:
            token = self._cooperative.token(booking.subject or "", booking.id)
        except PartnerRefusedError as error:
            refusal = error.code
        reach("after-token")
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            if fresh.todo != Todo.TOKEN:
                return
            if refusal is not None:
                self.change(session, fresh).give_up(State.REJECTED, "cooperative", refusal)
                return
            fresh.ride_token = token
            asks = any(leg.requirement for leg in fresh.booked_legs)
            self.claim(fresh, Todo.ELIGIBILITY if asks else Todo.LEGS)
            reach("storing-token")
        reach("stored-token")

    def _eligibility(self, booking: Booking) -> None:
        """Ask once for each thing that must be attested."""
        if self._gave_up_early(booking):
            return
        wanted = {leg.requirement for leg in booking.booked_legs if leg.eligible is None}
        answers: dict[str, bool] = {}
        for requirement in sorted(w for w in wanted if w):
            reach("before-eligibility")
            answers[requirement] = self._cooperative.eligibility(
                booking.ride_token or "", requirement
            )
            reach("after-eligibility")
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            if fresh.todo != Todo.ELIGIBILITY:
                return
            for leg in fresh.booked_legs:
                if leg.requirement in answers:
                    leg.eligible = answers[leg.requirement]
            self.claim(fresh, Todo.LEGS)
            if not all(answers.values()):
                self.change(session, fresh).give_up(State.REJECTED, "cooperative", "not-eligible")
            reach("storing-eligibility")
        reach("stored-eligibility")

    def _gave_up_early(self, booking: Booking) -> bool:
        """Close a booking nobody waits for any more before the operator hears of it."""
        late = self.clock() >= booking.created_at + timedelta(seconds=self.policy.hold_s)
        if not booking.cancel_wanted and not late:
            return False
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            if fresh.todo in (Todo.TOKEN, Todo.ELIGIBILITY):
                state = State.CANCELLED if fresh.cancel_wanted else State.EXPIRED
                self.change(session, fresh).give_up(state, "platform", None)
        return True

    def _leg(self, booking: Booking) -> None:
        """Tell the operator what is intended for the first leg that has an intent."""
        leg = next((leg for leg in booking.booked_legs if leg.intent is not None), None)
        if leg is None:
            with self.database.write() as session:
                fresh = store.get_booking(session, booking.id)
                self.change(session, fresh).conclude("platform")
            return
        if leg.intent == Intent.RESERVE and self._given_up(booking, leg):
            return
        intent = Intent(leg.intent or "")
        name = intent.value.lower()
        reach(f"before-{name}")
        answer, refusal = self._call(leg, intent)
        reach(f"after-{name}")
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            row = next(row for row in fresh.legs if row.id == leg.id)
            self.claim(fresh, Todo.LEGS)
            self.change(session, fresh).adopt(row, intent, answer, refusal)
            reach(f"storing-{name}")
        reach(f"stored-{name}")

    def _call(self, leg: BookedLeg, intent: Intent) -> tuple[HoldAnswer | None, str | None]:
        """Call the operator; on a refusal ask how the hold stands, for its word counts."""
        hold_id = leg.hold_id or ""
        try:
            if intent == Intent.RESERVE:
                answer = self._operator.reserve(_hold(leg))
                if answer.state == "PENDING":
                    raise PartnerUnreachableError("the operator has not decided yet")
                return answer, None
            if intent == Intent.START:
                return self._operator.start(hold_id), None
            if intent == Intent.FINISH:
                return self._operator.finish(hold_id, leg.intent_data or {}), None
            return self._operator.cancel(hold_id), None
        except PartnerRefusedError as error:
            if intent == Intent.RESERVE:
                return None, error.code[:60]
            return self._operator.find(hold_id), error.code[:60]

    def _given_up(self, booking: Booking, leg: BookedLeg) -> bool:
        """Turn a reservation nobody waits for any more into its release."""
        late = leg.expires_at is not None and leg.expires_at <= self.clock()
        if not booking.cancel_wanted and not late:
            return False
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            row = next(row for row in fresh.legs if row.id == leg.id)
            if row.intent == Intent.RESERVE:
                row.intent = Intent.CANCEL if fresh.cancel_wanted else Intent.EXPIRE
        return True

    def _settle(self, booking: Booking) -> None:
        """Charge the trip, then forget whose it was."""
        ridden = [leg for leg in booking.booked_legs if leg.state == State.FINISHED]
        reach("before-settle")
        if ridden and booking.ride_token and booking.settle_on:
            self._cooperative.settle(
                booking.ride_token,
                booking.amount_cents or 0,
                booking.currency or "EUR",
                f"ride-{(ridden[0].form_factor or 'other').replace('_', '-')}",
                booking.settle_on,
            )
        reach("after-settle")
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            if fresh.todo != Todo.SETTLE:
                return
            self.change(session, fresh).to(State.SETTLED, "cooperative")
            fresh.subject = None
            self.claim(fresh, Todo.ADMIT)
            reach("storing-settle")
        reach("stored-settle")

    def _admit(self, booking: Booking) -> None:
        """Offer the coarsened trip to the cooperative, then forget where it went."""
        trip = coarsen(booking, self.policy.timezone)
        reach("before-admit")
        if trip is not None and booking.ride_token:
            try:
                self._cooperative.admit(booking.ride_token, trip)
            except PartnerRefusedError as error:
                logger.warning("a trip was not admitted: %s", error.code)
        reach("after-admit")
        with self.database.write() as session:
            fresh = store.get_booking(session, booking.id)
            if fresh.todo == Todo.ADMIT:
                fresh.todo = None
                session.flush()
                store.wipe_places(session, booking.id)
            reach("storing-admit")
        reach("stored-admit")

    def _postpone(self, booking_id: str, reason: str | None) -> None:
        with self.database.write() as session:
            booking = store.get_booking(session, booking_id)
            booking.attempts += 1
            booking.next_try_at = self.clock() + store.backoff(booking.attempts)
            booking.reason = reason or booking.reason


def _hold(leg: BookedLeg) -> HoldRequest:
    if leg.hold_id is None or leg.expires_at is None:
        raise ValueError("a booked leg has a hold id and an expiry from its birth")
    return HoldRequest(
        id=leg.hold_id,
        station_id=leg.station_id,
        vehicle_id=None if leg.station_id else leg.vehicle_id,
        vehicle_type_id=leg.vehicle_type_id,
        expires_at=leg.expires_at,
        eligible=leg.eligible,
    )
