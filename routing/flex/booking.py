"""Booking rules at work: until when a ride can be booked, and which rides still can."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from routing.flex.model import KINDS, PRIOR_DAYS, REAL_TIME, SAME_DAY, BookingInfo
from routing.flex.tables import NO_RULE, NOT_GIVEN, BookingRules
from routing.transit.calendar import Services
from routing.transit.day_lines import service_start_utc

if TYPE_CHECKING:
    from routing.model import Itinerary, PlanRequest

SEARCHED_DAYS = 400
"""How far back service days are counted."""


@dataclass(frozen=True)
class Bookings:
    """The booking rules of a timetable.

    Deadlines of whole days count from the service day of the ride, in its agency's time zone.
    """

    rules: BookingRules
    services: Services

    def info(
        self, on: int, off: int, pickup_s: int, day: date, zone: ZoneInfo
    ) -> BookingInfo | None:
        """Describe how a ride is booked.

        Parameters
        ----------
        on, off : int
            Rules for getting on and off, or ``NO_RULE``. Where they differ, the earlier deadline
            and the later beginning count, and the texts of the first.
        pickup_s : int
            Unix seconds of getting on.
        day : date
            Service day of the trip.
        """
        rules = [rule for rule in dict.fromkeys((on, off)) if rule != NO_RULE]
        if not rules:
            return None
        told = [self._info(rule, pickup_s, day, zone) for rule in rules]
        deadlines = [info.deadline_s for info in told if info.deadline_s is not None]
        begins = [info.earliest_s for info in told if info.earliest_s is not None]
        table = self.rules
        if off == NO_RULE:
            special = table.pickup_message[on]
        else:
            special = table.drop_off_message[off] if on == NO_RULE else ""
        return replace(
            told[0],
            deadline_s=min(deadlines, default=None),
            earliest_s=max(begins, default=None),
            message=special or told[0].message,
        )

    def _info(self, rule: int, pickup_s: int, day: date, zone: ZoneInfo) -> BookingInfo:
        table = self.rules
        return BookingInfo(
            kind=KINDS[int(table.kind[rule])],
            deadline_s=self._deadline_s(rule, pickup_s, day, zone),
            earliest_s=self._earliest_s(rule, pickup_s, day, zone),
            message=table.message[rule] or None,
            phone=table.phone[rule] or None,
            info_url=table.info_url[rule] or None,
            booking_url=table.booking_url[rule] or None,
        )

    def first_pickup_s(
        self, on: int, off: int, now_s: int, day: date, zone: ZoneInfo
    ) -> int | None:
        """Return from which pick-up on rides can still be booked; ``None`` if none of that day."""
        first = 0
        for rule in {on, off} - {NO_RULE}:
            kind = KINDS[int(self.rules.kind[rule])]
            if kind == REAL_TIME:
                first = max(first, now_s)
            elif kind == SAME_DAY:
                first = max(first, now_s + 60 * int(self.rules.least_min[rule]))
            else:
                deadline_s = self._deadline_s(rule, 0, day, zone)
                if deadline_s is not None and deadline_s < now_s:
                    return None
        return first

    def _deadline_s(self, rule: int, pickup_s: int, day: date, zone: ZoneInfo) -> int | None:
        kind, table = KINDS[int(self.rules.kind[rule])], self.rules
        if kind == REAL_TIME:
            return pickup_s
        if kind == SAME_DAY:
            return pickup_s - 60 * int(table.least_min[rule])
        return self._moment(rule, int(table.last_day[rule]), int(table.last_s[rule]), day, zone)

    def _earliest_s(self, rule: int, pickup_s: int, day: date, zone: ZoneInfo) -> int | None:
        table = self.rules
        if table.most_min[rule] != NOT_GIVEN:
            return pickup_s - 60 * int(table.most_min[rule])
        if table.start_day[rule] == NOT_GIVEN:
            return None
        return self._moment(rule, int(table.start_day[rule]), int(table.start_s[rule]), day, zone)

    def _moment(self, rule: int, days: int, clock_s: int, day: date, zone: ZoneInfo) -> int | None:
        """Return the Unix seconds of a clock time some days before; ``None`` if there is none."""
        service = int(self.rules.service[rule])
        if service == NOT_GIVEN or KINDS[int(self.rules.kind[rule])] != PRIOR_DAYS:
            return service_start_utc(day - timedelta(days=days), zone) + clock_s
        for _ in range(SEARCHED_DAYS):
            if days == 0:
                return service_start_utc(day, zone) + clock_s
            day -= timedelta(days=1)
            days -= int(self.services.active(day)[service])
        return None


def in_time_to_book(itinerary: "Itinerary", request: "PlanRequest") -> "Itinerary | None":
    """Mark the rides it is too late to book; ``None`` if such an itinerary is not to be shown."""
    if request.now is None or all(leg.booking is None for leg in itinerary.legs):
        return itinerary
    now_s = request.now.timestamp()
    legs = tuple(
        leg if leg.booking is None else leg._replace(booking=_judged(leg.booking, now_s))
        for leg in itinerary.legs
    )
    missed = any(leg.booking is not None and leg.booking.missed for leg in legs)
    return None if missed and not request.missed_bookings else itinerary._replace(legs=legs)


def _judged(info: BookingInfo, now_s: float) -> BookingInfo:
    missed = None if info.deadline_s is None else info.deadline_s < int(now_s)
    return replace(info, missed=missed)
