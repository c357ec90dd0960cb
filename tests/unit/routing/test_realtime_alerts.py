"""What travellers are told, and stops that are closed."""

import pytest

from tests.builders import shown, town
from tests.realtime_feeds import LINES, ask, first, instant, live_planner, new_message, warn


def test_alerts_are_told_on_the_legs_they_concern() -> None:
    message = new_message()
    warn(message, "DETOUR", "Red detours", route_id="Red")
    warn(message, "STOP_MOVED", "H has moved", stop_id="H")
    warn(message, "OTHER_EFFECT", "On trip 2", trip_id="trip2")
    warn(message, "OTHER_EFFECT", "On trip 1", trip_id="trip1")
    ended = warn(message, "DETOUR", "Long ended", route_id="Red")
    ended.active_period.add(start=instant("05:00"), end=instant("06:00"))
    legs = ask(live_planner(town(LINES), message), end="H").itineraries[0].legs
    assert [[alert.header for alert in leg.alerts] for leg in legs] == [
        ["Red detours"],
        ["H has moved", "On trip 2"],
    ]


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ((), ("Umleitung", "Wegen Bau")),
        (("en",), ("Detour", "Wegen Bau")),
        (("en-GB", "fr"), ("Detour", "Travaux")),
        (("en-US",), ("Detour ahead", "Wegen Bau")),
        (("it",), ("Umleitung", "Wegen Bau")),
    ],
)
def test_alerts_are_told_in_the_language_wanted(
    languages: tuple[str, ...], told: tuple[str, str]
) -> None:
    message = new_message()
    alert = warn(message, "DETOUR", "", route_id="Red")
    alert.ClearField("header_text")
    for language, text in (("de", "Umleitung"), ("en", "Detour"), ("en-US", "Detour ahead")):
        alert.header_text.translation.add(language=language, text=text)
    for language, text in (("de", "Wegen Bau"), ("fr", "Travaux")):
        alert.description_text.translation.add(language=language, text=text)
    found = ask(live_planner(town(LINES), message), languages=languages)
    (shown_alert,) = found.itineraries[0].legs[0].alerts
    assert (shown_alert.header, shown_alert.description) == told


def test_a_closed_stop_is_not_used_while_it_is_closed() -> None:
    message = new_message()
    closed = warn(message, "NO_SERVICE", "Closed", stop_id="D")
    closed.active_period.add(start=instant("08:00"), end=instant("08:40"))
    planner = live_planner(town(LINES), message)
    assert first(ask(planner, end="D")) == "A 08:30 Red D 08:45"
    assert first(ask(planner)) == "A 08:10 Red J 08:55"


def test_a_broken_lift_keeps_out_only_those_who_need_it() -> None:
    message = new_message()
    warn(message, "ACCESSIBILITY_ISSUE", "Lift broken", stop_id="D")
    planner = live_planner(town(LINES), message)
    assert shown(ask(planner, end="D", wheelchair=True)) == []
    walking = ask(planner, end="D")
    assert first(walking) == "A 08:10 Red D 08:25"
    assert [alert.effect for alert in walking.itineraries[0].legs[0].alerts] == [
        "ACCESSIBILITY_ISSUE"
    ]
