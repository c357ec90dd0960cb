"""One's own bicycle and car on journeys over places: ridden, taken along, left at a stop."""

from typing import Any

import pytest

from routing.model import Via
from tests.builders import ask, request, show, town


@pytest.mark.parametrize(("arrival", "shown"), [("08:45", True), ("09:03", False)])
def test_riding_far_less_is_worth_some_time_but_not_any(arrival: str, shown: bool) -> None:
    ridden = "A 08:00 BICYCLE E 08:06:03, E 08:06:03 STAY E 08:16:03, E 08:16:03 BICYCLE J 08:23:37"
    carried = f"A 08:23:57 BICYCLE E 08:30, E 08:30 STAY E 08:40, E 08:40 Slow I {arrival}"
    asked: dict[str, Any] = {"modes": "TRANSIT BICYCLE", "max_direct_walk_s": 0}
    via = (Via(request("E", "E").origin, 600),)
    found = ask(town(f"Slow E 08:40 I {arrival}"), "A", "J", via=via, **asked).itineraries
    ways = {way.combination: show(way) for way in found}
    assert ways.pop(("DIRECT", "BICYCLE")) == ridden
    assert [way.startswith(carried) for way in ways.values()] == [True] * shown
