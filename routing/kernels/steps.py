"""Cut a way on streets into the steps one would tell somebody."""

import math
from typing import Any

import numpy as np
from numba import njit

from routing.arrays import Bool, Float32, Float64, Int32, UInt8, UInt16, UInt32

DEPART, CONTINUE, RIGHT, LEFT, ELEVATOR, CIRCLE = 0, 1, 2, 6, 10, 11
"""Codes of directions; after right and left come their slight, plain, hard and full turn."""
NAME, KIND, TURN, COMPASS, EXIT, STAIRS, PUSH = range(7)
"""Columns of ``what``."""


@njit(cache=True, nogil=True)
def heading(lonlat: Float64, at: int, look_m: float, ahead: bool) -> float:
    """Return the direction of travel before or after a point of a line, radians from north.

    It is that towards the first point at least ``look_m`` away along the line, so that a kink at
    a junction does not count; ``nan`` at the ends of the line.
    """
    metres = 111_195.0
    east = math.cos(math.radians(lonlat[at, 1]))
    step = 1 if ahead else -1
    far = at
    passed = 0.0
    while passed < look_m and 0 <= far + step < lonlat.shape[0]:
        x = (lonlat[far + step, 0] - lonlat[far, 0]) * metres * east
        y = (lonlat[far + step, 1] - lonlat[far, 1]) * metres
        passed += math.hypot(x, y)
        far += step
    if passed == 0.0:
        return math.nan
    x = (lonlat[far, 0] - lonlat[at, 0]) * east * step
    y = (lonlat[far, 1] - lonlat[at, 1]) * step
    return math.atan2(x, y)


@njit(cache=True, nogil=True)
def turn_code(angle: float, turns: tuple[float, float, float, float]) -> int:
    """Return the code of a turn, given up to which angle it is none, slight, plain and hard."""
    size = abs(angle)
    if not size >= turns[0]:
        return CONTINUE
    code = 0
    while code < 3 and size >= turns[code + 1]:
        code += 1
    return code + (RIGHT if angle > 0 else LEFT)


@njit(cache=True, nogil=True)
def begin_step(what: Int32, where: Float64, code: int, bearing: float, lonlat: Float64) -> None:
    """Fill one row of ``what`` and ``where`` for a step that has no length yet."""
    what[TURN] = code
    what[COMPASS] = -1 if math.isnan(bearing) else round(bearing / (math.pi / 4)) % 8
    what[EXIT] = 0
    where[0] = 0.0
    for axis in range(2):
        where[1 + axis] = math.floor(lonlat[axis] * 1e7 + 0.5) / 1e7


@njit(cache=True, nogil=True)
def find_steps(
    path: tuple[UInt32, Bool, UInt32, Float32, Float64],
    table: tuple[UInt32, UInt8, UInt16, UInt32, UInt32],
    first: UInt32,
    way: UInt32,
    kind_of: UInt8,
    kinds: tuple[int, int, int, int],
    marks: tuple[int, int, int, int, int],
    turns: tuple[float, float, float, float],
    look_m: float,
    tiny_m: float,
    landing_m: float,
    what: Int32,
    where: Float64,
) -> int:
    """Begin a step where name, kind or direction changes, or a roundabout begins.

    Flights of stairs that go on up (or down) are one step, with the landings between them, unless
    other stairs leave from there.

    Parameters
    ----------
    path : (edges, backward, begins, edge_m, lonlat)
        Of a :class:`routing.streets.paths.StreetPath`.
    table : (name, road_class, flags, tail, head)
        Columns of the edge table.
    first, way : uint32, (n_nodes + 1,), (n_arcs,)
        Columns of the mode's graph, to see what else one might have taken.
    kind_of : uint8, (256,)
        What each road class is told as.
    kinds : (passage, stairs, escalator, elevator)
        Kinds with a meaning of their own; from stairs on, all are told however short.
    marks : (pushed, roundabout, escalator, up, down)
        Flags of edges; the first two are 0 for those whom they do not concern.
    turns : (none, slight, plain, hard)
        Up to which angle a turn is told so, radians; on one and the same street, one that is more
        than slight is told where there is a choice.
    look_m : float
        How far before and after a junction directions are looked at, metres.
    tiny_m : float
        Shorter steps are told as part of the next.
    landing_m : float
        Shorter ways between two flights of stairs are landings.
    what : int32, (n_edges, 7)
        Filled per step, see the columns above: number of the name, kind, code of the turn, eighth
        of the compass (-1 unknown), exit of a roundabout (0 none), 1 up and 2 down (0 unknown or
        no stairs), pushed.
    where : float64, (n_edges, 3)
        Filled per step: metres, to a decimetre, and where it begins, degrees, to a centimetre.

    Returns
    -------
    int
        Number of steps.
    """
    edges, backward, begins, edge_m, lonlat = path
    name, road_class, flags, tail, head = table
    passage, stairs, escalator, elevator = kinds
    pushed, roundabout, moving, up, down = marks
    ahead: Any = np.bool_(True)  # a plain one would have what takes it compiled once more
    depart: Any = np.int64(DEPART)
    count = 0
    told = False  # whether the present step has its name
    circling = False
    for i in range(edges.size):
        e = edges[i]
        kind = kind_of[road_class[e]]
        if kind == stairs and flags[e] & moving:
            kind = escalator
        if kind == passage:
            if count > 0:
                where[count - 1, 0] += edge_m[i]
            continue
        on_round = (flags[e] & roundabout) != 0
        push = 1 if flags[e] & pushed else 0
        node = head[e] if backward[i] else tail[e]
        climbs = 0
        if kind == stairs and flags[e] & (up | down):
            climbs = 1 if (flags[e] & up != 0) != backward[i] else 2
        choices = 0  # ways on from here, but for turning round
        off = 0  # those of them that leave a roundabout
        flights = 0  # those of them that are stairs
        if i > 0:
            for a in range(first[node], first[node + 1]):
                on = way[a] >> 1
                if on != edges[i - 1]:
                    choices += 1
                    off += 0 if flags[on] & roundabout else 1
                    flights += 1 if kind_of[road_class[on]] == stairs else 0
        now = count - 1
        if circling:
            what[now, EXIT] += 1 if off > 0 and where[now, 0] > 0.0 else 0
            told = False
        elif told:
            go = heading(lonlat, begins[i], look_m, ahead)
            angle = go - heading(lonlat, begins[i], look_m, not ahead)
            if angle > math.pi:
                angle -= 2 * math.pi
            elif angle < -math.pi:
                angle += 2 * math.pi
            code = turn_code(angle, turns)
            turned = code != CONTINUE and code != RIGHT and code != LEFT and choices > 1
            before = what[now, KIND]
            same = what[now, NAME] == name[e] and before == kind and what[now, PUSH] == push
            same = same and what[now, STAIRS] == climbs
            flight = now  # the step before that may go on: this one, or stairs up to a landing
            if before < stairs and where[now, 0] < landing_m:
                flight = now - 1
            goes_on = kind == stairs and flights == 1 and flight >= 0
            if goes_on and what[flight, KIND] == stairs and what[flight, STAIRS] == climbs:
                if flight < now:
                    where[flight, 0] += where[now, 0]
                    now, count = flight, now
            elif on_round or not same or (turned and kind != elevator):
                plain = before < stairs and kind < stairs and not on_round
                if now > 0 and plain and where[now, 0] < tiny_m and what[now, EXIT] == 0:
                    told = False
                else:
                    if kind == elevator:
                        code = ELEVATOR
                    elif before == elevator:
                        code = CONTINUE
                    elif on_round:  # one turns right to go around counterclockwise
                        code = CIRCLE if angle > 0 else CIRCLE + 1
                    now, told = count, False
                    count += 1
                    begin_step(what[now], where[now], code, go, lonlat[begins[i]])
        elif count == 0:
            now, count = 0, 1
            go = heading(lonlat, begins[i], look_m, ahead)
            begin_step(what[0], where[0], depart, go, lonlat[begins[i]])
        where[now, 0] += edge_m[i]
        circling = on_round
        if not told:
            told = True
            what[now, NAME], what[now, KIND], what[now, PUSH] = name[e], kind, push
            what[now, STAIRS] = climbs
            straight = now > 0 and what[now, TURN] == CONTINUE and not on_round
            same = what[now - 1, NAME] == name[e] and what[now - 1, KIND] == kind
            if straight and same and what[now - 1, PUSH] == push:
                # a tiny step parted two stretches of one street
                where[now - 1, 0] += where[now, 0]
                count -= 1
    for i in range(count):
        where[i, 0] = np.rint(where[i, 0] * 10.0) / 10.0
    return count
