"""Random small networks that are rich in what goes wrong."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.oracle.network import Call, Headway, Narrow, Network, Trip

DAYS = (
    ("Europe/Berlin", date(2024, 3, 31)),  # an hour is missing
    ("Europe/Berlin", date(2024, 10, 27)),  # an hour comes twice
    ("Europe/Berlin", date(2024, 6, 12)),
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight itself is missing
    ("UTC", date(2019, 5, 13)),
)


@dataclass(frozen=True)
class Question:
    """What is asked of a network; seconds of ``depart_s`` count from the view's midnight."""

    day: date
    access: dict[int, int]
    egress: dict[int, int]
    depart_s: int
    window_s: int
    max_transfers: int
    max_duration_s: int


def make_network(rng: random.Random) -> tuple[Network, date]:
    """Draw a network and the date it is asked about."""
    timezone, day = rng.choice(DAYS)
    n_stops = rng.randint(4, 10)
    step = rng.choice((60, 300, 900))
    services = [
        frozenset(day + timedelta(days=i) for i in rng.sample(range(-2, 2), rng.randint(1, 4)))
        for _ in range(rng.randint(1, 3))
    ]
    base = rng.choice((0, 3, 7, 7, 22, 23, 26, 47)) * 3600
    trips = []
    for _ in range(rng.randint(2, 8)):
        trips += _make_line(rng, n_stops, len(services), base, step)
    in_seat: dict[tuple[int, int], int] = {}
    if rng.random() < 0.4:
        _go_on(rng, n_stops, trips, in_seat, step)
    transfers: dict[tuple[int, int], int | None] = {}
    for _ in range(rng.randint(0, 3 * n_stops)):
        pair = rng.randrange(n_stops), rng.randrange(n_stops)
        transfers[pair] = None if rng.random() < 0.1 else rng.choice((0, 1, 2, 3)) * step
    streets = {
        (a, b): rng.choice((0, 1, 2, 4)) * step
        for a, b in (rng.sample(range(n_stops), 2) for _ in range(rng.randint(0, 2 * n_stops)))
    }
    trips = [replace(trip, route=int(rng.random() < 0.4)) for trip in trips]
    narrow: list[Narrow] = []
    if rng.random() < 0.2:
        narrow = [_make_narrow(rng, trips, step) for _ in range(rng.randint(3, 20))]
    pathways: dict[tuple[int, int], int] = {}
    if rng.random() < 0.3:
        for _ in range(rng.randint(1, n_stops)):
            a, b = rng.sample(range(n_stops), 2)
            pathways[a, b] = rng.choice((1, 1, 2, 3)) * step
    network = Network(
        timezone, n_stops, trips, services, transfers, streets, in_seat, pathways, narrow
    )
    return network, day


def _make_narrow(rng: random.Random, trips: list[Trip], step: int) -> Narrow:
    """Draw a rule for two trips, both of which call at its stops, or for their routes."""
    a, b = rng.randrange(len(trips)), rng.randrange(len(trips))
    on, off = rng.choice(trips[a].calls).stop, rng.choice(trips[b].calls).stop
    if rng.random() < 0.4:
        off = on
    while True:
        names = [
            rng.choice((None, trips[a].route)),
            rng.choice((None, trips[b].route)),
            rng.choice((None, a)),
            rng.choice((None, b)),
        ]
        if any(name is not None for name in names):
            break
    seconds = None if rng.random() < 0.3 else rng.choice((0, 1, 2, 5)) * step
    return Narrow(on, off, *names, seconds)


def _make_line(
    rng: random.Random, n_stops: int, n_services: int, base: int, step: int
) -> list[Trip]:
    stops = rng.sample(range(n_stops), rng.randint(2, 4))
    if rng.random() < 0.3:
        stops += rng.choices(range(n_stops), k=rng.randint(1, 3))  # a loop, a stop twice in a row
    strict = rng.random() < 0.15
    pickup = [rng.choice((0, 0, 1, 2, 3)) if strict else 0 for _ in stops]
    drop_off = [rng.choice((0, 0, 1, 2, 3)) if strict else 0 for _ in stops]
    slow = rng.choice((1, 1, 8))
    trips = []
    for _ in range(rng.randint(1, 5)):
        now = base + rng.randrange(24) * step
        calls = []
        for stop, on, off in zip(stops, pickup, drop_off, strict=True):
            leave = now + rng.choice((0, 0, 0, 1, 2)) * step
            calls.append(Call(stop, now, leave, on, off))
            now = leave + rng.choice((0, 1, 1, 2, 3, 5)) * slow * step
        trips.append(Trip(rng.randrange(n_services), tuple(calls), _make_headways(rng, base, step)))
    return trips


def _go_on(
    rng: random.Random,
    n_stops: int,
    trips: list[Trip],
    in_seat: dict[tuple[int, int], int],
    step: int,
) -> None:
    """Let some vehicles go on as other trips: by a block, or as the feed says outright."""
    for block in range(rng.randint(1, 4)):
        number = rng.randrange(len(trips))
        if trips[number].headways or trips[number].block is not None:
            continue
        blocked = rng.random() < 0.7
        for _ in range(rng.choice((1, 2, 2, 3))):
            before = trips[number]
            if blocked:
                trips[number] = replace(before, block=block)
            trips.append(_follow(rng, n_stops, before, block if blocked else None, step))
            pair = number, len(trips) - 1
            if not blocked or rng.random() < 0.3:
                in_seat[pair] = 5 if blocked and rng.random() < 0.3 else 4
            if rng.random() < 0.2:  # the vehicle is parted, or another one joins it
                other = rng.randrange(len(trips) - 1)
                in_seat[rng.choice(((number, other), (other, pair[1])))] = rng.choice((4, 4, 5))
            number = pair[1]


def _follow(rng: random.Random, n_stops: int, before: Trip, block: int | None, step: int) -> Trip:
    last = before.calls[-1]
    stops = rng.choices(range(n_stops), k=rng.randint(1, 3))
    if rng.random() < 0.1:  # back the way it came
        stops = [call.stop for call in before.calls[-2::-1]]
    if rng.random() < 0.9:
        stops = [last.stop, *stops]
    now = max(last.arrival_s + rng.choice((0, 0, 1, 1, 2, 5)) * step, 0)
    calls = []
    for stop in stops if len(stops) > 1 else [*stops, 0]:
        calls.append(Call(stop, now, now))
        now += rng.choice((1, 1, 2, 3)) * step
    service = before.service if rng.random() < 0.8 else 0
    return Trip(service, tuple(calls), block=block)


def _make_headways(rng: random.Random, base: int, step: int) -> tuple[Headway, ...]:
    if rng.random() > 0.08:
        return ()
    start = base + rng.randrange(12) * step
    every = rng.choice((1, 2, 3)) * step
    return (Headway(start, start + rng.randint(1, 8) * every, every, rng.randrange(2)),)


def _calls_at(rng: random.Random, network: Network, stop: int) -> tuple[Call, ...]:
    """Return the calls of some trip that calls at a stop."""
    return rng.choice(
        [trip.calls for trip in network.trips if stop in [call.stop for call in trip.calls]]
    )


def make_question(rng: random.Random, network: Network, day: date) -> Question:
    """Draw what to ask."""
    step = 60
    stops = rng.sample(range(network.n_stops), network.n_stops)
    if rng.random() < 0.6:  # there is a direct ride, which others may beat
        calls = rng.choice(network.trips).calls
        on = rng.choice(list(network.in_seat) or [(0, 0)])
        if network.in_seat and rng.random() < 0.8:  # or one goes on in the same vehicle
            calls = tuple(call for number in on for call in network.trips[number].calls)
        if network.narrow and rng.random() < 0.8:  # or a change that a rule speaks of
            rule = rng.choice(network.narrow)
            calls = (
                *_calls_at(rng, network, rule.from_stop),
                *_calls_at(rng, network, rule.to_stop),
            )
        stops.sort(key=lambda stop: (stop == calls[-1].stop) - (stop == calls[0].stop))
    n_access, n_egress = rng.choice((1, 1, 2, 3)), rng.choice((1, 1, 2, 3))
    access = {s: rng.choice((0, 0, 2, 5, 9, 16)) * step for s in stops[:n_access]}
    egress = {s: rng.choice((0, 0, 2, 5, 9, 16)) * step for s in stops[-n_egress:]}
    departures = [call.departure_s % 86_400 for trip in network.trips for call in trip.calls]
    depart_s = max(0, min(rng.choices(departures, k=3)) - rng.choice((0, 60, 600)))
    return Question(
        day,
        access,
        egress,
        depart_s,
        rng.choice((600, 3600, 7200)),
        rng.choice((0, 1, 2, 7, 7, 7)),
        rng.choice((3600, 86_400, 86_400)),
    )
