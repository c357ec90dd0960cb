"""GTFS route types, basic and extended, as the modes riders know."""

from enum import IntEnum


class TransitMode(IntEnum):
    """Kind of vehicle; the names are those of the OTP and MOTIS answers."""

    TRAM = 0
    SUBWAY = 1
    RAIL = 2
    BUS = 3
    FERRY = 4
    CABLE_CAR = 5
    GONDOLA = 6
    FUNICULAR = 7
    COACH = 8
    AIRPLANE = 9
    TAXI = 10
    TROLLEYBUS = 11
    MONORAIL = 12
    TRANSIT = 13


_BASIC = {kind: TransitMode(kind) for kind in (0, 1, 2, 3, 4, 5, 6, 7, 11, 12)}
_EXTENDED = {
    1: TransitMode.RAIL,
    2: TransitMode.COACH,
    3: TransitMode.RAIL,
    4: TransitMode.SUBWAY,
    5: TransitMode.SUBWAY,
    6: TransitMode.SUBWAY,
    7: TransitMode.BUS,
    8: TransitMode.TROLLEYBUS,
    9: TransitMode.TRAM,
    10: TransitMode.FERRY,
    11: TransitMode.AIRPLANE,
    12: TransitMode.FERRY,
    13: TransitMode.GONDOLA,
    14: TransitMode.FUNICULAR,
    15: TransitMode.TAXI,
}


def mode_of(route_type: int) -> TransitMode | None:
    """Return the mode of a GTFS ``route_type``, or ``None`` for a number not in any list.

    Examples
    --------
    >>> mode_of(3).name, mode_of(715).name, mode_of(405).name, mode_of(99)
    ('BUS', 'BUS', 'MONORAIL', None)
    """
    if route_type in _BASIC:
        return _BASIC[route_type]
    if route_type == 405:
        return TransitMode.MONORAIL
    if route_type in (1700, 1701, 1702):
        return TransitMode.CABLE_CAR if route_type == 1701 else TransitMode.TRANSIT
    return _EXTENDED.get(route_type // 100) if 100 <= route_type < 1700 else None
