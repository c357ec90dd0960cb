"""Pages of earlier and later journeys: together they are one long search, each told once."""

from dataclasses import replace
from typing import Any

import pytest

from routing.journeys.combine import Candidate
from routing.journeys.pages import InvalidCursorError, Page, read_cursor
from routing.journeys.paging import Axis, key_of
from routing.model import Itinerary, PlanErrorCode, PlanRequest, PlanResult
from routing.network import Network
from routing.planner import Planner
from tests.builders import request, shown, town

HOURS = range(6, 12)
OFTEN = "\n".join(
    [f"Red B {h:02d}:{m:02d} F {h:02d}:{m + 5:02d}" for h in HOURS for m in range(0, 55, 9)]
    + [f"Slow A {h:02d}:07 C {h:02d}:12 F {h:02d}:22" for h in HOURS]
)


def key(way: Itinerary) -> tuple[Any, ...]:
    return way.combination, way.start_s, way.end_s, way.transfers, way.walk_s


def pages(network: Network, asked: PlanRequest, later: bool, most: int = 60) -> list[PlanResult]:
    """Ask, then turn pages one way."""
    planner = Planner(network)
    answers = [planner.plan(asked)]
    for _ in range(most):
        page = answers[-1].next_page if later else answers[-1].previous_page
        if page is None:
            error = answers[-1].error
            assert error is not None
            assert error.code == PlanErrorCode.OUTSIDE_SERVICE_PERIOD
            break
        answers.append(planner.plan(replace(asked, page=read_cursor(page.cursor()))))
    return answers


@pytest.mark.parametrize("arrive_by", [False, True])
@pytest.mark.parametrize("most", [1, 3, 20])
@pytest.mark.parametrize("window_s", [0, 900, 2400])
def test_pages_tell_what_one_long_search_finds_and_each_journey_once(
    arrive_by: bool, most: int, window_s: int
) -> None:
    network, at = town(OFTEN), "08:00" if not arrive_by else "11:00"
    asked = request(
        "A", "F", at, modes="TRANSIT", arrive_by=arrive_by, max_itineraries=most,
        search_window_s=window_s, max_direct_walk_s=0,
    )  # fmt: skip
    found = pages(network, asked, later=not arrive_by)
    told = [key(way) for answer in found for way in answer.itineraries]
    assert len(told) == len(set(told))
    moment = int(asked.time.timestamp())
    whole = replace(asked, search_window_s=3 * 3600, max_itineraries=20)
    page = Page(moment, arrive_by, moment)
    long_search = []
    for _ in range(5):
        answer = Planner(network).plan(replace(whole, page=page))
        long_search += [key(way) for way in answer.itineraries]
        page = (answer.previous_page if arrive_by else answer.next_page) or page
    end = moment - 3 * 3600 if arrive_by else moment + 3 * 3600
    expected = {k for k in long_search if (k[2] > end if arrive_by else k[1] < end)}
    assert len(expected) >= 20
    assert expected <= set(told)
    assert {k for k in told if (k[2] > end if arrive_by else k[1] < end)} == expected


def test_going_back_shows_what_leaves_earlier() -> None:
    asked = request("A", "F", modes="TRANSIT", max_itineraries=3, max_direct_walk_s=0)
    first, before, *_ = pages(town(OFTEN), asked, later=False, most=1)
    assert max(way.start_s for way in before.itineraries) < asked.time.timestamp()
    assert len(before.itineraries) == 3
    assert min(way.start_s for way in first.itineraries) >= asked.time.timestamp()


@pytest.mark.parametrize("window_s", [0, 600, 8 * 3600])
def test_a_page_without_a_journey_gives_way_to_the_next_that_has_some(window_s: int) -> None:
    asked = request(
        "A", "F", "21:00", modes="TRANSIT", max_direct_walk_s=0, search_window_s=window_s
    )
    _, before, *_ = pages(town(OFTEN), asked, later=False, most=1)
    assert before.error is None
    assert any(text.endswith("F 11:50") for text in shown(before)), shown(before)


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize(
    ("most_walk_s", "code"),
    [
        (60, PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW),
        (1200, PlanErrorCode.WALKING_BETTER_THAN_TRANSIT),
    ],
)
def test_a_page_is_looked_for_within_a_day_and_said_to_be_empty_beyond(
    later: bool, most_walk_s: int, code: PlanErrorCode
) -> None:
    asked = request("A", "F", modes="TRANSIT", max_access_walk_s=most_walk_s)
    moment = int(asked.time.timestamp())
    page = Page(moment, not later, moment)
    answer = Planner(town("Red A 08:00 B 08:10")).plan(replace(asked, page=page))
    assert answer.error is not None
    assert answer.error.code == code
    beyond = answer.next_page if later else answer.previous_page
    assert beyond is not None
    assert abs(beyond.edge_s - moment) == 24 * 3600


NIGHT = """
Red A 20:05 B 20:10
Blue B 23:20 F 23:25
Red A 23:40 F 23:50
Red A 23:58 F 24:10
Blue A 23:50 C 23:56
Slow C 24:10 F 24:16
Red A 06:40 F 06:55
"""


@pytest.mark.parametrize("window_s", [600, 3600, 8 * 3600])
@pytest.mark.parametrize("later", [False, True])
def test_arrivals_before_and_after_midnight_are_all_told(window_s: int, later: bool) -> None:
    network = town(NIGHT)
    asked = request(
        "A", "F", "2024-05-08T07:00" if not later else "2024-05-07T22:00", modes="TRANSIT",
        arrive_by=True, max_direct_walk_s=0, search_window_s=window_s,
    )  # fmt: skip
    told = {text for answer in pages(network, asked, later, 9) for text in shown(answer)}
    ends = {text.rpartition(" ")[2] for text in told}
    assert {"23:25", "23:50", "00:10", "00:16", "06:55"} <= ends, told


def test_who_has_to_arrive_before_the_first_bus_takes_one_of_the_evening_before() -> None:
    asked = request(
        "A", "F", "2024-05-08T05:30", modes="TRANSIT", arrive_by=True, max_direct_walk_s=0
    )
    answer = Planner(town("Red A 20:05 B 20:30\nBlue B 21:20 F 21:40")).plan(asked)
    assert [text.rpartition(" ")[2] for text in shown(answer)] == ["21:40"]


def test_a_window_that_reaches_into_the_first_or_the_last_day_has_its_journeys() -> None:
    planner = Planner(town("Red A 00:20 F 00:30\nRed A 23:40 F 23:50"))

    def ends(at: str, arrive_by: bool) -> list[str]:
        asked = request("A", "F", at, modes="TRANSIT", arrive_by=arrive_by, max_direct_walk_s=0)
        return [text.rpartition(" ")[2] for text in shown(planner.plan(asked))]

    assert ends("2024-04-30T23:50", False) == ["00:30"]
    assert "23:50" in ends("2024-06-01T00:10", True)


@pytest.mark.parametrize("later", [False, True])
def test_at_the_end_of_the_timetable_one_can_turn_back(later: bool) -> None:
    asked = request(
        "A", "F", "2024-05-31T11:00" if later else "2024-05-01T06:30", modes="TRANSIT",
        max_direct_walk_s=0,
    )  # fmt: skip
    *_, last = pages(town(OFTEN), asked, later, 9)
    assert last.error is not None
    assert last.error.code == PlanErrorCode.OUTSIDE_SERVICE_PERIOD
    assert (last.next_page if later else last.previous_page) is None
    for _ in range(2):  # a day without journeys may lie between
        page = last.previous_page if later else last.next_page
        last = Planner(town(OFTEN)).plan(replace(asked, page=page))
    assert last.itineraries


def test_a_journey_told_with_another_walk_is_told() -> None:
    way = Candidate(("WALK", "WALK"), 100, 900, 1, 300)
    assert key_of(way) == key_of(way._replace(walk_s=400))
    assert key_of(way) != key_of(way._replace(end_s=901))


def test_of_journeys_at_one_place_the_best_is_told_first() -> None:
    slow, quick = (Candidate(("WALK", "WALK"), start, 900, 1, 0) for start in (100, 400))
    late = Candidate(("WALK", "WALK"), 500, 1200, 0, 0)
    axis = Axis(True)
    assert axis.in_order([late, slow, quick], earlier=False) == [quick, slow, late]
    assert axis.in_order([slow, quick, late], earlier=True) == [late, quick, slow]


def test_days_without_a_timetable_have_no_pages() -> None:
    answer = Planner(town(OFTEN)).plan(request("A", "F", "2025-05-07T08:00", modes="TRANSIT"))
    assert (answer.previous_page, answer.next_page) == (None, None)


def test_a_cursor_is_read_back_and_a_made_up_one_refused() -> None:
    page = Page(1_715_000_000, True, 1_715_003_600, frozenset({7, 2**32 - 1}))
    assert read_cursor(page.cursor()) == page
    others = [
        "",
        "AA",
        "x" * 30,
        page.cursor() + "A",
        page.cursor()[:-1],
        "AQ" + page.cursor()[2:-8] + "________",
    ]
    far = Page(-5, False, 0).cursor()
    many = Page(0, False, 0, frozenset(range(65))).cursor()
    for text in [*others, far, many, "é"]:
        with pytest.raises(InvalidCursorError):
            read_cursor(text)
