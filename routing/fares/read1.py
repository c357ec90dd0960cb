"""``fare_attributes.txt`` and ``fare_rules.txt``: fares of the first version."""

from decimal import Decimal

from routing.fares.model import NO_LIMIT, Fare, FareRule, FaresV1
from routing.fares.rows import Row, read_rows
from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import BAD, parse_count
from routing.notices import NoticeList

_FARE = (
    "fare_id",
    "price",
    "currency_type",
    "payment_method",
    "transfers",
    "agency_id",
    "transfer_duration",
)
_RULE = ("fare_id", "route_id", "origin_id", "destination_id", "contains_id")
_ZONES = ("origin_id", "destination_id", "contains_id")


def read_v1(files: FeedFiles, tables: FeedTables, notices: NoticeList) -> FaresV1 | None:
    """Read the fares of a feed; ``None`` where no usable fare is left.

    A fare whose rules are all faulty is left out too, for without rules it would fit every ride.
    """
    fares: dict[str, Fare] = {}
    for row in read_rows(files, "fare_attributes.txt", _FARE, notices):
        fare = _fare(row, tables) if row.has_id("fare_id", fares) else None
        if fare is not None:
            fares[fare.fare_id] = fare
    zones = {
        row["stop_id"]: row["zone_id"]
        for row in read_rows(files, "stops.txt", ("stop_id", "zone_id"), notices)
        if row["zone_id"]
    }
    known, rules = set(zones.values()), []
    restricted, usable = set[str](), set[str]()
    for row in read_rows(files, "fare_rules.txt", _RULE, notices):
        if not row.knows("fare_id", "fare", fares, needed=True):
            continue
        restricted.add(row["fare_id"])
        if row.knows("route_id", "route", tables.routes.rows) and all(
            row.knows(name, "zone", known) for name in _ZONES
        ):
            usable.add(row["fare_id"])
            rules.append(FareRule(*(row[name] for name in _RULE)))
    kept = tuple(
        fare for fare in fares.values() if fare.fare_id in usable or fare.fare_id not in restricted
    )
    return FaresV1(kept, tuple(rules), zones) if kept else None


def _fare(row: Row, tables: FeedTables) -> Fare | None:
    price = row.money("price", "currency_type", Decimal(0))
    if price is None or not row.knows("agency_id", "agency", tables.agencies.rows):
        return None
    payment = row.choice("payment_method", "01", 0)
    transfers = row.choice("transfers", "012345", NO_LIMIT)
    duration = parse_count(row["transfer_duration"])
    if duration == BAD:
        text = f"'{row['transfer_duration']}' is no number of seconds; row left out"
        row.tell("bad_number", "transfer_duration", text)
    if payment is None or transfers is None or duration == BAD:
        return None
    return Fare(
        row["fare_id"],
        price.amount,
        price.currency,
        payment,
        transfers,
        row["agency_id"],
        duration,
    )
