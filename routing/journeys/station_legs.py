"""Ways inside stations as parts of walks: to a platform by an entrance, and between platforms."""

from collections.abc import Callable

import numpy as np

from routing.arrays import Float32
from routing.geometry import line_steps_m
from routing.journeys.drawing import StreetLeg
from routing.model import Mode, Step
from routing.network import Network
from routing.transit.pathways import ELEVATOR, Pathways, Stations

Draw = Callable[[int], list[StreetLeg]]

PATHWAY_WORDS = (
    ("", ""),
    ("WALKWAY", "footway"),
    ("STAIRS", "stairs"),
    ("MOVING_SIDEWALK", "footway"),
    ("ESCALATOR", "escalator"),
    ("ELEVATOR", "elevator"),
    ("FARE_GATE", "footway"),
    ("EXIT_GATE", "footway"),
)
"""What a pathway of each mode is, in the words of GTFS and of streets."""


def by_entrances(
    network: Network,
    stations: Stations,
    seconds: Float32,
    on_foot_s: Float32,
    draw: Draw,
    reverse: bool,
) -> tuple[Float32, Float32, Draw]:
    """Lead the ways between a door and stops through stations.

    Parameters
    ----------
    network : Network
        Of the stops.
    stations : Stations
        Its stations, for whom is asked.
    seconds, on_foot_s : float32, (n_stops,)
        Along streets, infinite where out of reach; those of them on foot.
    draw : callable
        Given a stop at the street, returns the legs in the direction of travel.
    reverse : bool
        The ways lead to the door.

    Returns
    -------
    seconds, on_foot_s : float32, (n_stops,)
        With the way inside, which is on foot.
    draw : callable
        For any stop.
    """
    found, inside_s, entrance = stations.from_street(seconds, reverse)

    def drawn(stop: int) -> list[StreetLeg]:
        door = int(entrance[stop])
        if door < 0:
            return draw(stop)
        legs = draw(door)
        inside = station_leg(network, stations, *((stop, door) if reverse else (door, stop)))
        if not legs or inside is None:
            return []
        if reverse:
            return joined(inside, legs[0]) + legs[1:]
        return legs[:-1] + joined(legs[-1], inside)

    street = np.where(entrance >= 0, entrance, np.arange(len(entrance)))
    return found, on_foot_s[street] + inside_s, drawn


def joined(first: StreetLeg, second: StreetLeg) -> list[StreetLeg]:
    """Make one leg of two walks; leave a walk and a ride as they are."""
    if first.mode != Mode.WALK or second.mode != Mode.WALK:
        return [first, second]
    return [
        first._replace(
            seconds=first.seconds + second.seconds,
            length_m=first.length_m + second.length_m,
            lonlat=np.vstack((first.lonlat, second.lonlat)),
            destination=second.destination,
            steps=first.steps + second.steps,
            estimated=first.estimated or second.estimated,
        )
    ]


def station_leg(network: Network, stations: Stations, source: int, to: int) -> StreetLeg | None:
    """Draw the way between two places of a station, straight from node to node."""
    way, table = stations.way(source, to), network.timetable
    if way is None or table is None:
        return None
    seconds, rows = way
    pathways, stops = table.pathways, table.stops
    at = [source, *(int(pathways.to_stop[row]) for row in rows)]
    lonlat = np.column_stack((stops.lon[at], stops.lat[at])).astype(np.float64)
    metres = line_steps_m(lonlat).tolist()
    steps = tuple(
        Step(
            None,
            round(length, 1),
            round(float(stops.lon[start]), 7),
            round(float(stops.lat[start]), 7),
            kind=PATHWAY_WORDS[int(pathways.mode[row])][1],
            relative_direction=_direction(pathways, row),
            pathway=PATHWAY_WORDS[int(pathways.mode[row])][0],
            sign=pathways.sign[row] or None,
            level=pathways.level[row] or None,
        )
        for row, start, length in zip(rows, at[:-1], metres, strict=True)
    )
    ends = network.stop_place(source), network.stop_place(to)
    return StreetLeg(Mode.WALK, seconds, sum(metres), lonlat, *ends, steps)


def _direction(pathways: Pathways, row: int) -> str:
    """Tell in the words of OpenTripPlanner how one finds the way."""
    if pathways.mode[row] == ELEVATOR:
        return "ELEVATOR"
    return "FOLLOW_SIGNS" if pathways.sign[row] else "CONTINUE"
