"""Rides on demand that are on offer: from one place of a trip to a later one, on a day."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from routing.arrays import Int64
from routing.flex.areas import FlexService
from routing.transit.day_lines import service_start_utc

_NONE = 1


@dataclass(frozen=True)
class Offer:
    """A ride one may ask for.

    Parameters
    ----------
    trip, board, alight : int
        Row of ``FlexTrips``; rows of ``FlexCalls`` where one gets on and off.
    day : date
        Service day, in the time zone of the agency.
    pickup_s, drop_off_s : tuple of int
        Windows, Unix seconds, both ends included.
    factor, offset_s : float
        The ride takes the drive's seconds times the one plus the other.
    first_s : int
        Earliest pick-up that can still be booked, Unix seconds.
    """

    trip: int
    board: int
    alight: int
    day: date
    zone: ZoneInfo
    pickup_s: tuple[int, int]
    drop_off_s: tuple[int, int]
    factor: float
    offset_s: float
    first_s: int = 0

    def pickups(self, ride_s: Int64) -> tuple[Int64, Int64]:
        """Return the first and the last pick-up, Unix seconds, of rides that take so long.

        All are int64, (n,); where the first is later than the last there is none.
        """
        first = np.maximum(max(self.pickup_s[0], self.first_s), self.drop_off_s[0] - ride_s)
        return first, np.minimum(self.pickup_s[1], self.drop_off_s[1] - ride_s)


def find_offers(
    service: FlexService,
    board: Container[int] | None,
    alight: Container[int] | None,
    period_s: tuple[int, int],
    now_s: int | None,
    fits: Callable[[int], bool] = lambda trip: True,
) -> Iterator[Offer]:
    """List the rides between some places, each pair of windows once.

    Parameters
    ----------
    board, alight : container of int, optional
        Places to get on and off at, rows of ``FlexPlaces``; ``None`` is any. One of them is given.
    period_s : tuple of int
        First and last Unix second within which there must be a pick-up.
    now_s : int, optional
        With it, what can no longer be booked is left out.
    fits : callable
        Tells whether a trip, a row of ``FlexTrips``, may be ridden.
    """
    tables = service.tables
    calls, trips = tables.calls, tables.trips
    near = board if board is not None else alight
    known = [c for place, found in service.calls_at.items() if place in (near or ()) for c in found]
    seen: set[tuple[object, ...]] = set()
    for trip, at in sorted(known):
        if not fits(trip):
            continue
        first, last = int(trips.call_first[trip]), int(trips.call_first[trip + 1])
        pairs = (
            [(at, other) for other in range(at + 1, last)]
            if board is not None
            else [(other, at) for other in range(first, at)]
        )
        for on, off in pairs:
            if calls.pickup[on] == _NONE or calls.drop_off[off] == _NONE:
                continue
            if alight is not None and int(calls.place[off]) not in alight:
                continue
            for offer in _on_days(service, trip, on, off, period_s):
                key = (
                    *(int(calls.place[call]) for call in (on, off)),
                    *(int(calls.pickup_rule[on]), int(calls.drop_off_rule[off])),
                    int(trips.route[trip]), offer.pickup_s, offer.drop_off_s, offer.factor,
                    offer.offset_s,
                )  # fmt: skip
                bookable = _bookable(service, offer, now_s)
                if key not in seen and bookable is not None:
                    seen.add(key)
                    yield bookable


def _on_days(
    service: FlexService, trip: int, on: int, off: int, period_s: tuple[int, int]
) -> Iterator[Offer]:
    tables, zone = service.tables, service.zone_of(trip)
    calls = tables.calls
    begin, end = (datetime.fromtimestamp(moment, UTC).astimezone(zone) for moment in period_s)
    for day in service.days_around(begin.date(), end.date()):
        if not service.running(day)[int(tables.trips.service[trip])]:
            continue
        zero = service_start_utc(day, zone)
        pickup, drop_off = (
            (zero + int(calls.start_s[call]), zero + int(calls.end_s[call])) for call in (on, off)
        )
        if pickup[1] < period_s[0] or pickup[0] > period_s[1]:
            continue
        factor, offset_s = float(calls.factor[on]), float(calls.offset_s[on])
        yield Offer(trip, on, off, day, zone, pickup, drop_off, factor, offset_s)


def _bookable(service: FlexService, offer: Offer, now_s: int | None) -> Offer | None:
    """Return the offer with its earliest pick-up, ``None`` where it is too late for all."""
    if now_s is None:
        return offer
    calls = service.tables.calls
    on, off = int(calls.pickup_rule[offer.board]), int(calls.drop_off_rule[offer.alight])
    first = service.bookings.first_pickup_s(on, off, now_s, offer.day, offer.zone)
    if first is None or first > offer.pickup_s[1]:
        return None
    return replace(offer, first_s=first)
