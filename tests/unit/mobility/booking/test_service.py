"""One resident, one operator, one cooperative: what a booking does, step by step."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mobility.booking.driver import Driver, Policy
from mobility.booking.model import Booking, BookingAudit, State, TransitionError
from mobility.booking.service import (
    BookingService,
    RefusedError,
    TooManyBookingsError,
)
from mobility.booking.store import ReusedKeyError, UnknownBookingError
from tests.depot import Clock, Depot
from tests.friends import Friends
from tests.town_app import NOON, bike_leg, bus_leg, new_sqlite, open_store, trip, walk_leg

ANNA, BEN = "anna", "ben"


class Town:
    """What a test needs of a town."""

    def __init__(self, database, **policy: int) -> None:
        self.clock = Clock(NOON)
        self.depot = Depot(self.clock, station=1)
        self.coop = Friends()
        self.database = database
        rules = Policy(**{"lease_s": 0, **policy})
        self.driver = Driver(database, self.depot, self.coop, rules, self.clock)
        self.bookings = BookingService(self.driver)

    def audit(self, booking_id: str) -> list[tuple[int | None, str]]:
        with self.database.read() as session:
            rows = session.scalars(select(BookingAudit).order_by(BookingAudit.id)).all()
        return [(r.leg, r.after) for r in rows if r.booking_id == booking_id]

    def later(self, **amount: float) -> None:
        self.clock.now += timedelta(**amount)

    def stored(self, booking_id: str) -> Booking:
        booking = self.driver.load(booking_id)
        assert booking is not None
        return booking


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with open_store(new_sqlite(tmp_path)) as database:
        yield Town(database)


def test_a_bike_is_reserved_ridden_returned_and_charged_once(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert (booking.state, booking.legs[0].vehicle_id) == (State.CONFIRMED, "station-0")
    assert town.bookings.start(ANNA, booking.id, 0, "key-start").state == State.IN_USE
    place = {"station_id": "station"}
    done = town.bookings.finish(ANNA, booking.id, 0, place, "key-finish")
    assert (done.state, done.amount_cents, done.todo) == (State.SETTLED, 150, None)
    assert town.coop.invoice == {booking.ride_token: (150, "EUR", "ride-bicycle")}
    assert [after for leg, after in town.audit(booking.id) if leg is None] == [
        "PENDING",
        "CONFIRMED",
        "IN_USE",
        "FINISHED",
        "SETTLED",
    ]


def test_a_settled_booking_knows_neither_its_rider_nor_where_it_went(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish")
    stored = town.stored(booking.id)
    places = (stored.origin_lon, stored.destination_lat, stored.legs[0].from_name)
    assert (stored.subject, *places) == (None, None, None, None)
    assert town.bookings.list(ANNA) == []


def test_the_cooperative_learns_cells_and_the_local_hour_only(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish")
    [seen] = town.coop.admitted.values()
    assert (seen.hour, seen.weekday, seen.month, seen.mode) == (14, 2, "2026-10", "bicycle")
    assert (seen.origin_cell[:2], seen.destination_cell[:2]) == ("88", "87")


def test_the_operator_never_hears_the_ride_token(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert booking.ride_token not in {hold_id for _, hold_id in town.depot.calls}


def test_the_last_bike_goes_to_one_of_two(town: Town) -> None:
    first = town.bookings.reserve(ANNA, trip(), "key-anna-1")
    second = town.bookings.reserve(BEN, trip(), "key-ben-01")
    assert (first.state, second.state, second.reason) == ("CONFIRMED", "REJECTED", "no-vehicle")


def test_a_repeated_key_does_nothing_new(town: Town) -> None:
    first = town.bookings.reserve(ANNA, trip(), "key-reserve")
    again = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert (again.id, town.depot.effects("reserve")) == (first.id, 1)


def test_a_key_used_for_something_else_is_refused(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    with pytest.raises(ReusedKeyError, match="take a new one"):
        town.bookings.cancel(ANNA, booking.id, "key-reserve")


def test_two_residents_may_use_the_same_key(town: Town) -> None:
    anna = town.bookings.reserve(ANNA, trip(), "same-key")
    ben = town.bookings.reserve(BEN, trip(), "same-key")
    assert anna.id != ben.id


def test_a_cancelled_bike_is_free_again(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert town.bookings.cancel(ANNA, booking.id, "key-cancel").state == State.CANCELLED
    assert town.bookings.reserve(BEN, trip(), "key-ben-01").state == State.CONFIRMED


def test_a_ride_cannot_be_cancelled(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    with pytest.raises(TransitionError, match="IN_USE cannot be cancelled"):
        town.bookings.cancel(ANNA, booking.id, "key-cancel")


def test_somebody_elses_booking_does_not_exist(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    for act in (
        lambda: town.bookings.get(BEN, booking.id),
        lambda: town.bookings.cancel(BEN, booking.id, "key-ben-01"),
        lambda: town.bookings.start(BEN, booking.id, 0, "key-ben-02"),
    ):
        with pytest.raises(UnknownBookingError):
            act()


def test_a_hold_that_runs_out_is_given_back(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.later(minutes=11)
    assert town.driver.expire() == 1
    assert town.stored(booking.id).state == State.EXPIRED
    assert town.depot.stations == {"station": ["station-0"]}


def test_a_full_station_refuses_and_the_ride_goes_on(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    town.depot.full.add("station")
    with pytest.raises(RefusedError, match="no-dock"):
        town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish")
    assert town.stored(booking.id).state == State.IN_USE
    town.depot.full.clear()
    done = town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish-2")
    assert done.state == State.SETTLED


def test_a_silent_operator_leaves_the_booking_pending_until_it_answers(town: Town) -> None:
    town.depot.silent = True
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert (booking.state, booking.todo) == ("PENDING", "LEGS")
    town.depot.silent = False
    town.later(seconds=30)
    town.driver.recover()
    assert town.stored(booking.id).state == State.CONFIRMED


@pytest.mark.parametrize("step", ["reserve", "start", "finish"])
def test_a_lost_answer_is_asked_for_again(town: Town, step: str) -> None:
    def lose(name: str) -> None:
        town.depot.lost_answers = int(name == step)

    lose("reserve")
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    _recover(town)
    lose("start")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    _recover(town)
    lose("finish")
    town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish")
    _recover(town)
    assert town.stored(booking.id).state == State.SETTLED
    assert list(town.coop.invoice.values()) == [(150, "EUR", "ride-bicycle")]


def test_a_reservation_nobody_waits_for_is_released_not_repeated(town: Town) -> None:
    town.depot.lost_answers = 1
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.later(minutes=11)
    town.driver.recover()
    assert town.stored(booking.id).state == State.EXPIRED
    assert town.depot.stations == {"station": ["station-0"]}


def test_cancelling_while_the_operator_is_silent_releases_later(town: Town) -> None:
    town.depot.lost_answers = 1
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.depot.silent = True
    assert town.bookings.cancel(ANNA, booking.id, "key-cancel").state == State.PENDING
    town.depot.silent = False
    _recover(town)
    assert town.stored(booking.id).state == State.CANCELLED
    assert town.depot.stations == {"station": ["station-0"]}


def test_if_one_of_two_vehicles_is_missing_the_other_is_given_back(town: Town) -> None:
    both = trip(bike_leg(), bus_leg(), bike_leg("empty"))
    booking = town.bookings.reserve(ANNA, both, "key-reserve")
    assert (booking.state, booking.reason) == (State.REJECTED, "no-vehicle")
    assert town.depot.stations["station"] == ["station-0"]


def test_two_vehicles_make_one_invoice_line(town: Town) -> None:
    town.depot.stations["other"] = ["other-0"]
    booking = town.bookings.reserve(ANNA, trip(bike_leg(), bike_leg("other")), "key-reserve")
    for position, name in enumerate(("station", "other")):
        town.bookings.start(ANNA, booking.id, position, f"key-start-{position}")
        place = {"station_id": name}
        town.bookings.finish(ANNA, booking.id, position, place, f"key-finish-{position}")
    assert [line[0] for line in town.coop.invoice.values()] == [300]


def test_every_leg_says_how_it_is_fulfilled(tmp_path: Path) -> None:
    legs = (
        walk_leg(),
        bike_leg(),
        bike_leg(system="elsewhere", uri="https://elsewhere.example/rent"),
        bus_leg(pass_held=True),
        bus_leg(booking_phone="+49 6221 1234"),
        bus_leg(booking_url="https://bus.example/tickets"),
        bus_leg(),
    )
    with open_store(new_sqlite(tmp_path)) as database:
        town = Town(database, bookable=frozenset({"bikes"}))
        booking = town.bookings.reserve(ANNA, trip(*legs), "key-reserve")
    assert [(leg.fulfilment, leg.link) for leg in booking.legs] == [
        ("nothing_needed", None),
        ("booked_here", None),
        ("operator_link", "https://elsewhere.example/rent"),
        ("pass_held", None),
        ("phone", "+49 6221 1234"),
        ("operator_link", "https://bus.example/tickets"),
        ("operator_link", None),
    ]


def test_a_trip_without_our_vehicles_calls_nobody_and_costs_nothing(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(walk_leg(), bus_leg()), "key-reserve")
    assert (booking.state, town.coop.tokens, town.depot.calls) == (State.CONFIRMED, {}, [])
    assert town.bookings.complete(ANNA, booking.id, "key-done").state == State.SETTLED
    assert town.coop.invoice == {}


def test_a_trip_without_our_vehicles_ends_by_itself(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(bus_leg()), "key-reserve")
    town.later(hours=7)
    town.driver.expire()
    assert town.stored(booking.id).state == State.EXPIRED


@pytest.mark.parametrize(("answer", "state"), [(True, "CONFIRMED"), (False, "REJECTED")])
def test_a_car_needs_a_licence_the_cooperative_attests(
    town: Town, answer: bool, state: str
) -> None:
    town.coop.attested["car_licence"] = answer
    car = bike_leg(form_factor="car")
    booking = town.bookings.reserve(ANNA, trip(car), "key-reserve")
    assert (booking.state, town.coop.asked) == (state, ["car_licence"])
    assert town.depot.effects("reserve") == int(answer)


def test_who_is_logged_in_for_too_long_is_asked_to_log_in_again(town: Town) -> None:
    town.coop.known = set()
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    assert (booking.state, booking.reason) == (State.REJECTED, "unknown-subject")


def test_a_resident_holds_three_vehicles_at_most(town: Town) -> None:
    town.depot.stations["station"] = ["station-0", "station-1", "station-2", "station-3"]
    for i in range(3):
        town.bookings.reserve(ANNA, trip(), f"key-reserve-{i}")
    with pytest.raises(TooManyBookingsError, match="3 bookings are open"):
        town.bookings.reserve(ANNA, trip(), "key-reserve-3")


def test_a_day_after_its_end_an_unridden_booking_forgets_everything(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.cancel(ANNA, booking.id, "key-cancel")
    town.later(hours=25)
    town.bookings.tidy()
    stored = town.stored(booking.id)
    assert (stored.subject, stored.origin_lon, stored.legs[0].from_name) == (None, None, None)


def test_the_receipt_can_be_read_for_a_day(town: Town) -> None:
    booking = town.bookings.reserve(ANNA, trip(), "key-reserve")
    town.bookings.start(ANNA, booking.id, 0, "key-start")
    town.bookings.finish(ANNA, booking.id, 0, {"station_id": "station"}, "key-finish")
    assert town.bookings.get(ANNA, booking.id).amount_cents == 150
    town.later(hours=25)
    with pytest.raises(UnknownBookingError):
        town.bookings.get(ANNA, booking.id)


def _recover(town: Town) -> None:
    town.later(seconds=30)
    town.driver.recover()
