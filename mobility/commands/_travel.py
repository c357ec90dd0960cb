"""Words that commands about travel share."""

import argparse
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from routing.explore.travel import Travel
    from routing.model import Mode

MODES = ("TRANSIT", "WALK", "BICYCLE", "CAR")


def add_travel(parser: argparse.ArgumentParser) -> None:
    """Declare network, time and way of travelling."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument(
        "--at",
        type=read_time,
        metavar="TIME",
        help="such as 2022-09-07T08:00, local unless it has an offset; default now",
    )
    parser.add_argument("--arrive-by", action="store_true", help="arrive at that time")
    parser.add_argument("--mode", choices=MODES, default="TRANSIT", help="default TRANSIT")
    parser.add_argument("--max-transfers", type=int, default=7, metavar="N", help="default 7")
    parser.add_argument("--wheelchair", action="store_true", help="no trip known to be unfit")


def read_travel(
    args: argparse.Namespace,
    timezone: str,
    *,
    max_duration_s: int,
    moments: int = 1,
    step_s: int = 60,
) -> "Travel":
    """Return how and when to travel."""
    from routing.explore.travel import Travel
    from routing.model import Mode

    moment = args.at or datetime.now(UTC)
    return Travel(
        moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone)),
        args.arrive_by,
        Mode(args.mode),
        moments,
        step_s,
        max_duration_s,
        args.max_transfers,
        wheelchair=args.wheelchair,
    )


def read_time(text: str) -> datetime:
    """Read a time as the API does."""
    from mobility.web.moments import read_moment

    try:
        return read_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def read_clock(text: str) -> time:
    """Read a local time of day."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - it has no day
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is no time of day such as 08:00") from error


def read_modes(text: str) -> "frozenset[Mode]":
    """Read a list of modes of plans."""
    from routing.model import Mode

    try:
        return frozenset(Mode(word) for word in text.upper().split(","))
    except ValueError as error:
        known = ", ".join(Mode)
        raise argparse.ArgumentTypeError(f"'{text}' is no list of modes: {known}") from error


def read_count(text: str) -> int:
    """Read a number of things, one or more."""
    if not re.fullmatch("[1-9][0-9]{0,8}", text):
        raise argparse.ArgumentTypeError(f"'{text}' is no number from 1 on")
    return int(text)


def read_lonlat(text: str) -> tuple[float, float]:
    """Read ``LON,LAT`` in degrees."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT, such as 8.68,49.41") from error
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise argparse.ArgumentTypeError(f"'{text}' is not LON,LAT in degrees")
    return lon, lat
