"""Ask the kernel and the oracle the same, and say where they differ."""

import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from routing.gtfs.read import read_gtfs
from routing.transit.day_view import DayView
from routing.transit.footpaths import with_footpaths
from routing.transit.journey import Ride, TransitJourney, Walk
from routing.transit.search import TransitSearch
from routing.transit.shortcuts import build_shortcuts
from routing.transit.timetable import Timetable
from tests.oracle.changes import Changes, live_days, make_changes
from tests.oracle.dijkstra import World, earliest_arrivals
from tests.oracle.exhaustive import (
    MOST_STEPS,
    Journey,
    WalkedJourney,
    all_journeys,
    all_walked_journeys,
    pareto,
    steps,
    worth_walking_less,
)
from tests.oracle.generator import Question, make_network, make_question
from tests.oracle.network import Event, Network, Run, runs_around, write_gtfs
from tests.oracle.seats import continuing

QUESTIONS_PER_NETWORK = 2
FOREVER_S = 5 * 86_400


def check_seed(seed: int, seen: Counter[str], shortcuts: bool = False) -> list[str]:
    """Compare the answers about one random network; return the differences."""
    rng = random.Random(seed)  # noqa: S311 - a test, no secret
    differences = check_random(rng, seen, shortcuts)
    return [f"seed {seed}: {text}" for text in differences]


def check_random(rng: random.Random, seen: Counter[str], shortcuts: bool = False) -> list[str]:
    """Draw a network and questions, compare the answers, return the differences."""
    network, day = make_network(rng)
    questions = [make_question(rng, network, day) for _ in range(QUESTIONS_PER_NETWORK)]
    return check(network, questions, seen, shortcuts)


def check_changed(rng: random.Random, seen: Counter[str]) -> list[str]:
    """Like :func:`check_random`, while vehicles are late, cancelled, elsewhere or extra.

    In half of the networks the day as planned has its shortcuts, which no longer hold.
    """
    network, day = make_network(rng)
    questions = [make_question(rng, network, day) for _ in range(QUESTIONS_PER_NETWORK)]
    changes = make_changes(rng, network, day, seen)
    return check(network, questions, seen, rng.random() < 0.5, changes)


def check(
    network: Network,
    questions: list[Question],
    seen: Counter[str],
    shortcuts: bool = False,
    changes: Changes | None = None,
) -> list[str]:
    """Compare the answers about a network; return the differences.

    With ``shortcuts`` the same is asked again once the days as planned have theirs; what is seen
    then is counted under names of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        write_gtfs(network, Path(folder))
        timetable, notices = read_gtfs([Path(folder)])
    if notices and {n.code for n in notices} != {"empty_calendar"}:
        return [f"the feed has faults: {notices[0]}"]
    timetable = with_walks(network, timetable)
    day_view = timetable.day_view if changes is None else live_days(timetable, changes).view
    every = []
    for question in questions:
        view = day_view(question.day)
        runs = runs_around(network, question.day) if changes is None else changes.runs
        search = TransitSearch(timetable)
        every.append(_Asked(network, question, runs, view, search, timetable.trips.id))
    differences = _compare(every, seen)
    if shortcuts:
        for question in questions:
            planned = timetable.day_view(question.day)
            seen["shortcuts"] += len(build_shortcuts(planned).hop)
            seen["shortcuts backward"] += len(build_shortcuts(planned.mirror).hop)
        assert changes or all(asked.view.shortcuts for asked in every)
        again: Counter[str] = Counter()
        differences += [f"by shortcuts: {text}" for text in _compare(every, again)]
        seen.update({f"{feature} by shortcuts": count for feature, count in again.items()})
    _count_features(network, runs, seen)
    return differences


def with_walks(network: Network, timetable: Timetable) -> Timetable:
    """Add the walks along streets."""
    if not network.streets:
        return timetable
    pairs = np.array(list(network.streets), np.int64)
    seconds = np.array(list(network.streets.values()), np.int64)
    walks, stations = (pairs[:, 0], pairs[:, 1], seconds), timetable.stations()
    a, b, s = walks if stations is None else stations.joined(*walks)
    return with_footpaths(timetable, a, b, s.astype(np.int32))


def random_day(rng: random.Random) -> DayView:
    """Return a day of a random network."""
    network, day = make_network(rng)
    with tempfile.TemporaryDirectory() as folder:
        write_gtfs(network, Path(folder))
        table, _ = read_gtfs([Path(folder)])
        return with_walks(network, table).day_view(day)


class _Asked:
    def __init__(
        self,
        network: Network,
        question: Question,
        runs: list[Run],
        view: DayView,
        search: TransitSearch,
        trip_ids: Sequence[str],
    ) -> None:
        self.network, self.question, self.runs = network, question, runs
        self.view, self.search, self.trip_ids = view, search, trip_ids
        q = question
        self.access, self.egress = _arrays(q.access), _arrays(q.egress)
        self.world = World(network, runs)

        zero = view.epoch_s
        found = all_journeys(self.world, q.access, q.egress, q.max_transfers + 1)
        self.every = {(leave - zero, arrive - zero, rides) for leave, arrive, rides in found}

    @cached_property
    def walked(self) -> set[WalkedJourney]:
        """Journeys of every departure and every number of steps."""
        q, zero = self.question, self.view.epoch_s
        found = all_walked_journeys(self.world, q.access, q.egress, q.max_transfers + 1)
        return {(leave - zero, arrive - zero, *rest) for leave, arrive, *rest in found}

    def journeys(self, max_duration_s: int) -> set[Journey]:
        """Return those of every departure that take no longer than a time."""
        return {j for j in self.every if j[1] - j[0] <= max_duration_s}


Answer = set[Journey] | set[WalkedJourney]


def _compare(every: list[_Asked], seen: Counter[str]) -> list[str]:
    """Answer every question in every way, and return where the oracle says otherwise."""
    differences = []
    for asked in every:
        kinds = [_earliest, _range, _arrive_by]
        if asked is every[0]:  # trying out every number of steps takes long
            kinds += [_walking, _walking_back]
        for kind in kinds:
            mine, right = kind(asked, seen)
            if mine != right:
                differences.append(f"{kind.__name__}: {sorted(mine)}, not {sorted(right)}")
    return differences


def _earliest(asked: _Asked, seen: Counter[str]) -> tuple[Answer, Answer]:
    q, zero = asked.question, asked.view.epoch_s
    found = asked.search.earliest(
        asked.view, asked.access, asked.egress, q.depart_s, q.max_transfers, q.max_duration_s
    )
    _check_legs(asked, found, seen)
    depart = zero + q.depart_s
    best = earliest_arrivals(
        asked.world,
        q.access,
        q.egress,
        depart,
        q.max_transfers + 1,
        depart + q.max_duration_s,
    )
    right = pareto({(0, arrival - zero, rides - 1) for rides, arrival in best.items()})
    later = {j for j in asked.journeys(q.max_duration_s) if j[0] >= q.depart_s}
    tried = {(0, j[1], j[2]) for j in later if j[1] <= q.depart_s + q.max_duration_s}
    assert pareto(tried) == right, "the two oracles differ"
    seen["earliest answered"] += bool(right)
    seen["several Pareto journeys"] += len(right) > 1
    return {(0, j.arrival_s, j.transfers) for j in found}, right


def _range(asked: _Asked, seen: Counter[str]) -> tuple[Answer, Answer]:
    q = asked.question
    found = asked.search.range(
        asked.view,
        asked.access,
        asked.egress,
        q.depart_s,
        q.window_s,
        q.max_transfers,
        q.max_duration_s,
    )
    _check_legs(asked, found, seen)
    later = {j for j in asked.journeys(q.max_duration_s) if j[0] >= q.depart_s}
    right = {j for j in pareto(later) if j[0] < q.depart_s + q.window_s}
    seen["ranges answered"] += bool(right)
    return _triples(found), right


def _arrive_by(asked: _Asked, seen: Counter[str]) -> tuple[Answer, Answer]:
    q = asked.question
    arrive_s = q.depart_s + 1800
    ends = asked.view, asked.access, asked.egress, arrive_s
    alone = asked.search.arrive_by(*ends, 0, q.max_transfers, FOREVER_S)
    window = asked.search.arrive_by(*ends, q.window_s, q.max_transfers, FOREVER_S)
    _check_legs(asked, [*alone, *window], seen)
    # What ended before midnight is not in the view, so earlier departures may be missing.
    every = {j for j in asked.journeys(FOREVER_S) if j[1] <= arrive_s and j[0] >= 0}
    latest = pareto({(leave, 0, transfers) for leave, _, transfers in every})
    right = {j for j in pareto(every) if j[1] > arrive_s - q.window_s}
    seen["arrivals answered"] += bool(latest)
    mine = {(j.departure_s, 0, j.transfers) for j in alone} | _triples(window)
    return {j for j in mine if j[0] >= 0}, latest | right


def _walking(asked: _Asked, seen: Counter[str]) -> tuple[Answer, Answer]:
    """Compare a range and an earliest arrival in which walking counts."""
    q = asked.question
    ends = asked.view, asked.access, asked.egress, q.depart_s
    limits = q.max_transfers, q.max_duration_s
    found = asked.search.range(*ends, q.window_s, *limits, walking=True)
    first = asked.search.earliest(*ends, *limits, walking=True)
    _check_legs(asked, [*found, *first], seen)
    brief = {j for j in asked.walked if j[1] - j[0] <= q.max_duration_s and j[0] >= q.depart_s}
    worth = worth_walking_less(pareto(brief))
    right = {j for j in worth if j[0] < q.depart_s + q.window_s}
    in_time = {(-1, *j[1:]) for j in brief if j[1] <= q.depart_s + q.max_duration_s}
    seen["with less walking but a later arrival"] += len(right) > len(
        pareto({j[:3] for j in right})
    )
    mine = {_walked(asked, j) for j in found} | {(-1, *_walked(asked, j)[1:]) for j in first}
    return mine, right | worth_walking_less(pareto(in_time))


def _walking_back(asked: _Asked, seen: Counter[str]) -> tuple[Answer, Answer]:
    """Compare what arrives by a time, when walking counts."""
    q = asked.question
    arrive_s = q.depart_s + 1800
    ends = asked.view, asked.access, asked.egress, arrive_s
    found = asked.search.arrive_by(*ends, q.window_s, q.max_transfers, FOREVER_S, walking=True)
    _check_legs(asked, found, seen)
    every = {j for j in asked.walked if j[1] - j[0] <= FOREVER_S and j[1] <= arrive_s}
    # turned round: what arrives no later counts as what leaves no earlier
    turned = pareto({(-j[1], -j[0], *j[2:]) for j in every if j[0] >= 0})
    worth = {(-j[1], -j[0], *j[2:]) for j in worth_walking_less(turned)}
    right = {j for j in worth if j[1] > arrive_s - q.window_s}
    mine = {_walked(asked, j) for j in found}
    return {j for j in mine if j[0] >= 0}, right


def _walked(asked: _Asked, journey: TransitJourney) -> WalkedJourney:
    """Return a journey with the steps one walks in it."""
    walks = [leg.seconds for leg in journey.legs if isinstance(leg, Walk)]
    total = sum(map(steps, [journey.access_s, *walks, journey.egress_s]))
    key = journey.departure_s, journey.arrival_s, journey.transfers
    return (*key, min(total, MOST_STEPS))


def _triples(journeys: list[TransitJourney]) -> set[Journey]:
    return {(j.departure_s, j.arrival_s, j.transfers) for j in journeys}


def _arrays(ends: dict[int, int]) -> tuple["np.ndarray", "np.ndarray"]:
    return np.array(list(ends), np.uint32), np.array(list(ends.values()), np.int32)


def _check_legs(asked: _Asked, journeys: list[TransitJourney], seen: Counter[str]) -> None:
    """Ride each journey along the oracle's own runs; raise where a leg does not exist."""
    q, zero = asked.question, asked.view.epoch_s
    for journey in journeys:
        rides = [leg for leg in journey.legs if isinstance(leg, Ride)]
        assert sum(not ride.in_seat for ride in rides) == journey.transfers + 1
        assert journey.access_s == q.access[journey.access_stop]
        assert journey.egress_s == q.egress[journey.egress_stop]
        assert journey.departure_s + journey.access_s == rides[0].departure_s
        assert journey.arrival_s - journey.egress_s == rides[-1].arrival_s
        stays = [ride.in_seat for ride in rides[1:]] + [False]
        for ride, stay in zip(rides, stays, strict=True):
            assert any(_is_ride(run.events, ride, stay, zero) for run in asked.runs), ride
        for before, after in pairwise(rides):
            if after.in_seat:
                assert _goes_on(asked, before, after)
                continue
            seconds = _change_s(asked, before, after)
            assert seconds is not None
            assert before.arrival_s + seconds <= after.departure_s
            broad = asked.network.walk_s(before.alight_stop, after.board_stop)
            seen["changes by a rule for some routes or trips"] += seconds != broad
        walks = [leg for leg in journey.legs if isinstance(leg, Walk)]
        assert journey.walk_s == sum(walk.seconds for walk in walks)
        for before, walk, after in zip(
            journey.legs, journey.legs[1:], journey.legs[2:], strict=False
        ):
            if isinstance(walk, Walk) and isinstance(before, Ride) and isinstance(after, Ride):
                assert (walk.from_stop, walk.to_stop) == (before.alight_stop, after.board_stop)
                assert _change_s(asked, before, after) == walk.seconds
        seen["journeys with a walk between vehicles"] += bool(walks)
        seen["journeys with a pathway between vehicles"] += any(
            (walk.from_stop, walk.to_stop) in asked.network.pathways for walk in walks
        )
        seen["journeys in which one stays on board"] += any(stays)
        seen["journeys in which one stays on board twice"] += sum(stays) > 1
        seen["journeys with a vehicle of the day before"] += any(
            ride.service_date < asked.view.day for ride in rides
        )


def _change_s(asked: _Asked, before: Ride, after: Ride) -> int | None:
    trips = [
        int(asked.trip_ids[ride.trip_idx][1:]) if ride.trip_idx < len(asked.trip_ids) else -1
        for ride in (before, after)
    ]
    return asked.network.change_s(before.alight_stop, after.board_stop, *trips)


def _goes_on(asked: _Asked, before: Ride, after: Ride) -> bool:
    """Tell whether riders may stay on board from one ride to the next."""
    ids = asked.trip_ids
    return any(
        _is_trip(asked.runs[a], ids[before.trip_idx], before)
        and len(asked.runs[a].events) == before.alight_pos + 1
        and any(_is_trip(asked.runs[b], ids[after.trip_idx], after) for b in others)
        for a, others in asked.world.goes_on.items()
    )


def _is_trip(run: Run, trip_id: str, ride: Ride) -> bool:
    return (f"t{run.trip}", run.day) == (trip_id, ride.service_date)


def _is_ride(events: tuple[Event, ...], ride: Ride, stay: bool, zero: int) -> bool:
    if ride.alight_pos >= len(events):
        return False
    on, off = events[ride.board_pos], events[ride.alight_pos]
    return (
        (on.stop, on.departure - zero) == (ride.board_stop, ride.departure_s)
        and (off.stop, off.arrival - zero) == (ride.alight_stop, ride.arrival_s)
        and (on.can_board or ride.in_seat)
        and (off.can_alight or stay)
    )


def _count_features(network: Network, runs: list[Run], seen: Counter[str]) -> None:
    seen["networks"] += 1
    seen["with a forbidden change"] += None in network.transfers.values()
    seen["with trips that go on as others"] += bool(continuing(network, runs))
    seen["with in-seat transfers told or barred"] += bool(network.in_seat)
    seen["with rules for some routes or trips"] += bool(network.narrow)
    seen["with pathways"] += bool(network.pathways)
    seen["with a headway"] += any(trip.headways for trip in network.trips)
    seen["with boarding rules"] += any(
        call.pickup == 1 or call.drop_off == 1 for trip in network.trips for call in trip.calls
    )
    seen["with calls past midnight"] += any(
        call.departure_s >= 86_400 for trip in network.trips for call in trip.calls
    )
    seen["with overtaking"] += any(_overtakes(a.events, b.events) for a in runs for b in runs)
    seen["with a clock change"] += network.timezone != "UTC"
    walks = {**network.streets, **{k: v for k, v in network.transfers.items() if v is not None}}
    seen["with footpaths not closed"] += any(
        b == c and a != d and (a, d) not in walks for a, b in walks for c, d in walks if a != b != d
    )


def _overtakes(a: tuple[Event, ...], b: tuple[Event, ...]) -> bool:
    if [e.stop for e in a] != [e.stop for e in b]:
        return False
    return a[0].departure < b[0].departure and a[-1].arrival > b[-1].arrival
