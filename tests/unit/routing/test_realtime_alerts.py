"""What travellers are told, and stops that are closed."""

from pathlib import Path

import pytest

from routing.gtfs.read import read_gtfs
from routing.network import Network
from tests.builders import shown, town
from tests.realtime_feeds import (
    LINES,
    ask,
    first,
    instant,
    live_planner,
    new_message,
    tell,
    warn,
)
from tests.street_maps import DEGREE_M
from tests.unit.routing.feeds import FILES, write_feed


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


def two_feeds(folder: Path) -> Network:
    """Two towns whose feeds share all ids but line Q, trip q and stop z of the second."""
    agency = FILES["agency.txt"].replace("UTC", "Europe/Berlin")
    second = {
        "stops": FILES["stops.txt"].replace(",50.0", ",51.0") + "z,Zebra,51.05,8.00\n",
        "routes": FILES["routes.txt"] + "Q,A,2,3\n",
        "trips": FILES["trips.txt"] + "Q,S,q\n",
        "stop_times": FILES["stop_times.txt"]
        + "q,18:00:00,18:00:00,z,1\nq,18:10:00,18:10:00,a,2\n",
    }
    feeds = [
        write_feed(folder / "f.zip", agency=agency),
        write_feed(folder / "g.zip", agency=agency, **second),
    ]
    return Network.of(None, read_gtfs(feeds)[0])


SPOTS = [
    {name: (8.0 * DEGREE_M, lat * DEGREE_M) for name, lat in zip("ab", lats, strict=True)}
    for lats in ((50.00, 50.01), (51.00, 51.01))
]


@pytest.mark.parametrize(
    ("also", "concerned"),
    [
        ({}, [True, True]),
        ({"stop_id": "z"}, [False, True]),
        ({"route_id": "Q"}, [False, True]),
        ({"trip_id": "q"}, [False, True]),
        ({"trip_id": "unheard"}, [True, True]),
        ({"stop_id": "c"}, [True, True]),
    ],
)
def test_an_alert_concerns_the_feed_that_knows_all_its_message_names(
    tmp_path: Path, also: dict[str, str], concerned: list[bool]
) -> None:
    network = two_feeds(tmp_path)
    message = new_message()
    warn(message, "DETOUR", "Detour", route_id="R")
    warn(message, "OTHER_EFFECT", "Stop", stop_id="b")
    if also:
        warn(message, "OTHER_EFFECT", "Something else", **also)
    planner = live_planner(network, message)
    for spots, told in zip(SPOTS, concerned, strict=True):
        (leg,) = ask(planner, "a", "b", spots=spots).itineraries[0].legs
        assert [alert.header for alert in leg.alerts] == (["Detour", "Stop"] if told else [])


def test_updates_of_trips_tell_whose_alerts_a_message_brings(tmp_path: Path) -> None:
    network, message, other = two_feeds(tmp_path), new_message(), new_message()
    warn(message, "DETOUR", "Detour", route_id="R")
    tell(message, "q", z="+1")
    warn(other, "DETOUR", "Of nobody known", route_id="R")
    planner = live_planner(network, message, other)
    told = [ask(planner, "a", "b", spots=spots).itineraries[0].legs[0].alerts for spots in SPOTS]
    assert [[alert.header for alert in alerts] for alerts in told] == [
        ["Of nobody known"],
        ["Detour", "Of nobody known"],
    ]


@pytest.mark.parametrize("of_second", [False, True])
def test_a_stop_is_closed_in_the_feed_that_is_meant(tmp_path: Path, of_second: bool) -> None:
    network, message = two_feeds(tmp_path), new_message()
    warn(message, "NO_SERVICE", "Closed", stop_id="b")
    if of_second:
        warn(message, "OTHER_EFFECT", "Something else", stop_id="z")
    planner = live_planner(network, message)
    ways = [shown(ask(planner, "a", "b", spots=spots)) for spots in SPOTS]
    assert ways == [["a 08:00 1 b 08:10"] if of_second else [], []]
