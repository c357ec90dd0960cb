"""Plans while vehicles are late, cancelled, elsewhere or extra."""

import logging

import pytest

from routing.journeys.response import to_json
from routing.planner import Planner
from tests.builders import shown, town
from tests.realtime_feeds import (
    LINES,
    Clock,
    ask,
    first,
    instant,
    live_planner,
    new_message,
    tell,
    warn,
)


def test_a_late_bus_is_planned_as_it_comes() -> None:
    message = new_message()
    tell(message, "trip0", D="+5")
    result = ask(live_planner(town(LINES), message))
    assert first(result) == "A 08:10 Red J 09:00"
    leg = result.itineraries[0].legs[0]
    assert leg.real_time
    assert (leg.planned_start_s, leg.planned_end_s) == (instant("08:10"), instant("08:55"))
    calls = [(c.stop_id, c.arrival_s, c.planned_arrival_s) for c in leg.intermediate_stops]
    assert calls == [
        ("D", instant("08:30"), instant("08:25")),
        ("G", instant("08:45"), instant("08:40")),
    ]


def test_a_missed_connection_is_not_offered() -> None:
    planned = ask(live_planner(town(LINES)), end="H")
    assert first(planned) == "A 08:10 Red D 08:25, D 08:30 Blue H 08:50"
    message = new_message()
    tell(message, "trip0", D="+6")
    late = ask(live_planner(town(LINES), message), end="H")
    assert all("Blue" not in way for way in shown(late))


def test_a_connection_that_waits_is_taken() -> None:
    message = new_message()
    tell(message, "trip0", D="+10")
    tell(message, "trip2", D="+6")
    late = ask(live_planner(town(LINES), message), end="H")
    assert first(late) == "A 08:10 Red D 08:35, D 08:36 Blue H 08:56"


def test_a_late_bus_that_is_overtaken_is_left_for_the_next() -> None:
    message = new_message()
    tell(message, "trip0", A="+30", D="+40")
    network = town(LINES)
    result = ask(live_planner(network, message))
    assert first(result) == "A 08:30 Red J 09:15"
    assert "A 08:40 Red J 09:35" in shown(ask(live_planner(network, message), at="08:35"))


def test_a_cancelled_bus_is_not_offered() -> None:
    for kind in ("CANCELED", "DELETED"):
        message = new_message()
        tell(message, "trip0", kind)
        result = ask(live_planner(town(LINES), message))
        assert shown(result) == ["A 08:30 Red J 09:15"]
        assert not result.itineraries[0].legs[0].real_time


def test_nobody_boards_or_leaves_where_the_bus_does_not_stop() -> None:
    message = new_message()
    tell(message, "trip0", D="skip")
    planner = live_planner(town(LINES), message)
    assert first(ask(planner, end="D")) == "A 08:30 Red D 08:45"
    through = ask(planner).itineraries[0].legs[0]
    assert [(c.stop_id, c.cancelled) for c in through.intermediate_stops] == [
        ("D", True),
        ("G", False),
    ]


def test_a_delay_reaches_past_a_stop_left_out_and_ends_with_no_data() -> None:
    message = new_message()
    tell(message, "trip0", A="+2", D="skip", J="none")
    leg = ask(live_planner(town(LINES), message)).itineraries[0].legs[0]
    assert [c.arrival_s for c in leg.intermediate_stops][1] == instant("08:42")
    assert leg.end_s == instant("08:55")


def test_an_added_bus_is_offered_and_known_as_such() -> None:
    for kind in ("NEW", "ADDED"):
        message = new_message()
        extra = tell(message, "extra", kind, A="08:05", J="08:20")
        extra.trip.route_id = "Red"
        extra.trip_properties.trip_headsign = "Express"
        result = ask(live_planner(town(LINES), message))
        assert first(result) == "A 08:05 Red J 08:20"
        leg = result.itineraries[0].legs[0]
        assert leg.trip is not None
        assert (leg.trip.trip_id, leg.trip.headsign, leg.planned_start_s) == (
            "extra",
            "Express",
            None,
        )


def test_an_added_bus_of_an_unknown_line_is_offered_too() -> None:
    message = new_message()
    tell(message, "extra", "NEW", A="08:05", nowhere="08:10", J="08:20").trip.route_id = "X9"
    leg = ask(live_planner(town(LINES), message)).itineraries[0].legs[0]
    assert leg.trip is not None
    assert (leg.mode, leg.trip.route_id, leg.trip.short_name) == ("TRANSIT", "X9", None)


def test_a_bus_that_takes_another_way_serves_that_way_only() -> None:
    message = new_message()
    tell(message, "trip0", "REPLACEMENT", A="08:10", F="08:20", J="08:50")
    planner = live_planner(town(LINES), message)
    assert first(ask(planner, end="F")) == "A 08:10 Red F 08:20"
    assert first(ask(planner, end="J")) == "A 08:10 Red J 08:50"
    assert first(ask(planner, end="D")) == "A 08:30 Red D 08:45"


def test_a_bus_that_runs_twice_is_offered_twice() -> None:
    message = new_message()
    copy = tell(message, "trip0", "DUPLICATED", D="+1")
    copy.trip_properties.trip_id = "again"
    copy.trip_properties.start_date = "20240507"
    copy.trip_properties.start_time = "08:20:00"
    ways = shown(ask(live_planner(town(LINES), message)))
    assert ways[:2] == ["A 08:10 Red J 08:55", "A 08:20 Red J 09:06"]


def test_a_bus_at_another_platform_is_boarded_there() -> None:
    message = new_message()
    news = tell(message, "trip0", A="+0").stop_time_update[0]
    news.stop_time_properties.assigned_stop_id = "B"
    planner = live_planner(town(LINES), message)
    assert first(ask(planner, start="B")) == "B 08:10 Red J 08:55"


def test_what_is_not_understood_is_counted_and_changes_nothing() -> None:
    message = new_message()
    tell(message, "of another town", D="+5")
    tell(message, "trip0", nowhere="+5")
    tell(message, "trip1").trip.start_date = "20240401"  # out of service
    tell(message, "trip1", D="+9000")  # six days
    tell(message, "extra", "NEW", A="08:05")
    tell(message, "trip1").trip.start_date = "00000000"
    result = ask(live_planner(town(LINES), message))
    assert shown(result) == shown(ask(live_planner(town(LINES))))
    assert result.real_time.counts == {
        "updates": 6,
        "unknown_trip": 1,
        "unknown_stop": 1,
        "nothing_new": 2,
        "not_running": 2,
        "implausible": 1,
        "too_few_calls": 1,
        "alerts": 0,
    }


def test_without_a_start_date_the_run_under_way_is_meant() -> None:
    message = new_message()
    tell(message, "trip0", D="+5").trip.ClearField("start_date")
    assert first(ask(live_planner(town(LINES), message))) == "A 08:10 Red J 09:00"
    tomorrow = ask(live_planner(town(LINES), message), at="2024-05-08T08:00")
    assert first(tomorrow) == "A 08:10 Red J 08:55"


def test_arriving_by_a_time_knows_of_delays() -> None:
    message = new_message()
    tell(message, "trip0", D="+10")
    result = ask(live_planner(town(LINES), message), at="09:00", arrive_by=True)
    assert shown(result) == []
    planned = ask(live_planner(town(LINES)), at="09:00", arrive_by=True)
    assert shown(planned) == ["A 08:10 Red J 08:55"]


def test_an_old_message_does_not_count_and_the_answer_says_so() -> None:
    message = new_message()
    tell(message, "trip0", "CANCELED")
    clock = Clock("07:56")
    planner = live_planner(town(LINES), message, clock=clock)
    fresh = ask(planner)
    assert (fresh.real_time.state, fresh.real_time.age_s) == ("LIVE", 60)
    clock.unix_s = float(instant("08:55"))
    stale = ask(planner)
    assert (stale.real_time.state, stale.real_time.age_s) == ("STALE", 3600)
    assert first(stale) == "A 08:10 Red J 08:55"


def test_a_feed_that_is_late_takes_none_of_the_others_down() -> None:
    old, fresh = new_message("06:00"), new_message()
    tell(old, "trip1", "CANCELED")
    tell(fresh, "trip0", "CANCELED")
    result = ask(live_planner(town(LINES), old, fresh))
    assert result.real_time.state == "PARTIAL"
    assert shown(result) == ["A 08:30 Red J 09:15"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Down for maintenance</body></html>", b"\x00" * 50, b"{}", b"cut"]
)
def test_what_is_no_message_leaves_the_timetable(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    whole = new_message()
    for _ in range(20):
        tell(whole, "trip0", "CANCELED")
    body = whole.SerializeToString()[:-3] if body == b"cut" else body
    caplog.set_level(logging.WARNING)
    result = ask(live_planner(town(LINES), body))
    assert (result.real_time.state, result.real_time.age_s) == ("UNAVAILABLE", None)
    assert first(result) == "A 08:10 Red J 08:55"
    assert "no" in caplog.text


def test_a_message_from_the_future_is_as_old_as_our_copy() -> None:
    message = new_message("23:00")
    tell(message, "trip0", "CANCELED")
    clock = Clock()
    planner = live_planner(town(LINES), message, clock=clock)
    assert ask(planner).real_time.age_s == 0
    clock.unix_s += 301
    assert ask(planner).real_time.state == "STALE"


def test_the_response_speaks_of_real_time_in_the_words_of_motis() -> None:
    message = new_message()
    tell(message, "trip0", D="+5", G="skip")
    warn(message, "DETOUR", "Red detours", route_id="Red").url.translation.add(text="http://t.co")
    body = to_json(ask(live_planner(town(LINES), message)))
    assert body["realTime"] == {
        "state": "LIVE",
        "age": 60,
        "updatedAt": "2024-05-07T07:55:00+02:00",
        "counts": {"updates": 1, "applied": 1, "alerts": 1},
    }
    leg = body["itineraries"][0]["legs"][0]
    assert leg["realTime"] is True
    assert leg["cancelled"] is False
    assert leg["endTime"][11:16] == "09:00"
    assert leg["scheduledEndTime"][11:16] == "08:55"
    assert leg["to"]["scheduledArrival"][11:16] == "08:55"
    assert [stop["cancelled"] for stop in leg["intermediateStops"]] == [False, True]
    assert leg["alerts"] == [
        {
            "headerText": "Red detours",
            "descriptionText": None,
            "url": "http://t.co",
            "cause": None,
            "effect": "DETOUR",
            "severityLevel": None,
            "impactPeriod": [],
        }
    ]


def test_without_feeds_the_response_says_so() -> None:
    body = to_json(ask(Planner(town(LINES))))
    assert body["realTime"] == {"state": "OFF", "age": None, "updatedAt": None, "counts": {}}
    leg = body["itineraries"][0]["legs"][0]
    assert (leg["realTime"], leg["scheduledStartTime"]) == (False, leg["startTime"])
