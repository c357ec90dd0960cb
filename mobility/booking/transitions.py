"""What an answer of the operator changes in a booking; pure steps on loaded rows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mobility.booking.model import GONE, BookedLeg, Booking, Intent, State, Todo, move
from mobility.booking.partners import HoldAnswer
from mobility.booking.store import record

_WORDS = {
    "CONFIRMED": State.CONFIRMED,
    "IN_USE": State.IN_USE,
    "STARTED": State.IN_USE,
    "FINISHED": State.FINISHED,
    "EXPIRED": State.EXPIRED,
    "RELEASED": State.EXPIRED,
    "CANCELLED": State.CANCELLED,
    "REJECTED": State.REJECTED,
}
_RELEASING = frozenset({Intent.CANCEL, Intent.EXPIRE})


class Change:
    """One transaction's changes to one booking, each with its audit entry."""

    def __init__(self, session: Session, booking: Booking, now: datetime, timezone: str) -> None:
        self._session = session
        self._booking = booking
        self._now = now
        self._timezone = timezone

    def leg_to(self, leg: BookedLeg, state: State, actor: str, reason: str | None = None) -> None:
        """Move a leg, unless it is there already."""
        if leg.state == state:
            return
        before = move(leg, state)
        record(self._session, self._booking, leg, before, state, actor, reason, self._now)

    def to(self, state: State, actor: str, reason: str | None = None) -> None:
        """Move the booking, unless it is there already; note the end where this is one."""
        booking = self._booking
        if booking.state == state:
            return
        before = move(booking, state)
        record(self._session, booking, None, before, state, actor, reason, self._now)
        if reason is not None:
            booking.reason = reason
        if state in GONE or state == State.FINISHED:
            booking.ended_at = self._now

    def adopt(
        self, leg: BookedLeg, intent: Intent, answer: HoldAnswer | None, refusal: str | None
    ) -> None:
        """Store what the operator said to ``intent``; its word on the vehicle counts.

        Parameters
        ----------
        leg : BookedLeg
            The leg the operator was called for.
        intent : Intent
            What it was told.
        answer : HoldAnswer or None
            The hold as it stands there; None where the operator knows no such hold.
        refusal : str or None
            Slug of the operator's problem when it said no.
        """
        if leg.intent != intent:
            self._undo_late_hold(leg, intent, answer)
            return
        leg.intent, leg.intent_data, leg.refusal = None, None, refusal
        if intent == Intent.RESERVE and answer is None:
            self.leg_to(leg, State.REJECTED, "operator", refusal)
        else:
            self._follow(leg, intent, answer, refusal)
        self.conclude("operator")

    def _undo_late_hold(self, leg: BookedLeg, intent: Intent, answer: HoldAnswer | None) -> None:
        """Give a vehicle back whose hold arrived after the leg had been given up."""
        held = answer is not None and _WORDS.get(answer.state) == State.CONFIRMED
        if intent == Intent.RESERVE and held and leg.state in GONE and leg.intent is None:
            leg.intent = Intent.CANCEL
            self._booking.todo = Todo.LEGS

    def _follow(
        self, leg: BookedLeg, intent: Intent, answer: HoldAnswer | None, refusal: str | None
    ) -> None:
        """Bring the leg to the state the operator reports."""
        if leg.state in GONE:
            return  # a late hold was given back; the leg itself ended before
        released = State.CANCELLED if intent == Intent.CANCEL else State.EXPIRED
        state = _WORDS.get(answer.state) if answer is not None else released
        if state is None:
            return
        if intent in _RELEASING and state in GONE:
            state = released
        if answer is not None:
            leg.vehicle_id = answer.vehicle_id or leg.vehicle_id
            leg.expires_at = answer.expires_at or leg.expires_at
            leg.started_at = answer.started_at or leg.started_at
            leg.ended_at = answer.ended_at or leg.ended_at
            leg.price = answer.price or leg.price
        if state == State.FINISHED and answer is not None:
            leg.amount_cents, leg.currency = answer.amount_cents, answer.currency
        if leg.state == State.PENDING and state in (State.IN_USE, State.FINISHED):
            self.leg_to(leg, State.CONFIRMED, "operator", refusal)
        self.leg_to(leg, state, "operator", refusal)

    def conclude(self, actor: str) -> None:
        """Derive the booking's state, and what is to be done next, from its legs."""
        booking, legs = self._booking, self._booking.booked_legs
        if any(leg.intent is not None for leg in legs):
            booking.todo = Todo.LEGS
            return
        booking.todo = None
        states = {State(leg.state) for leg in legs if leg.state is not None}
        failed = booking.state == State.PENDING and states & GONE
        ridden = states & {State.IN_USE, State.FINISHED}
        if State.CONFIRMED in states and (failed or (booking.cancel_wanted and not ridden)):
            for leg in legs:
                if leg.state == State.CONFIRMED:
                    leg.intent = Intent.CANCEL
            booking.todo = Todo.LEGS
        elif State.IN_USE in states:
            self._up_to(State.IN_USE, actor)
        elif State.CONFIRMED in states:
            self._up_to(State.CONFIRMED, actor)
        elif State.FINISHED in states:
            self.finish(actor)
        elif states:
            self._end(states, actor)

    def _up_to(self, state: State, actor: str) -> None:
        """Advance the booking to ``state``; a booking already further stays there."""
        if self._booking.state == State.PENDING:
            self.to(State.CONFIRMED, actor)
        if state == State.IN_USE:
            self.to(State.IN_USE, actor)

    def finish(self, actor: str) -> None:
        """End the trip, add up its price, and let it be settled next."""
        booking = self._booking
        self._up_to(State.IN_USE if booking.booked_legs else State.CONFIRMED, actor)
        self.to(State.FINISHED, actor)
        priced = [leg for leg in booking.booked_legs if leg.state == State.FINISHED]
        booking.amount_cents = sum(leg.amount_cents or 0 for leg in priced)
        booking.currency = next((leg.currency for leg in priced if leg.currency), None)
        booking.settle_on = self._now.astimezone(ZoneInfo(self._timezone)).date()
        booking.todo = Todo.SETTLE

    def _end(self, states: set[State], actor: str) -> None:
        """Close a booking that never became a ride."""
        refusal = next((leg.refusal for leg in self._booking.booked_legs if leg.refusal), None)
        for state in (State.REJECTED, State.EXPIRED, State.CANCELLED):
            if state in states:
                self.to(state, actor, refusal)
                return

    def give_up(self, state: State, actor: str, reason: str | None) -> None:
        """Close a booking for which the operator has not been called yet."""
        booking = self._booking
        for leg in booking.booked_legs:
            leg.intent = None
            self.leg_to(leg, state, actor, reason)
        self.to(state, actor, reason)
        booking.todo = None
