"""Pages of earlier and later journeys: together they are one long search, each told once."""

from dataclasses import replace
from typing import Any

import pytest

from routing.journeys.pages import InvalidCursorError, Page, read_cursor
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
def test_a_page_is_looked_for_within_a_day_and_said_to_be_empty_beyond(later: bool) -> None:
    asked = request("A", "F", modes="TRANSIT", max_direct_walk_s=0)
    moment = int(asked.time.timestamp())
    page = Page(moment, not later, moment)
    answer = Planner(town("Red A 08:00 B 08:10")).plan(replace(asked, page=page))
    assert answer.error is not None
    assert answer.error.code == PlanErrorCode.NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW
    beyond = answer.next_page if later else answer.previous_page
    assert beyond is not None
    assert abs(beyond.edge_s - moment) >= 24 * 3600


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
