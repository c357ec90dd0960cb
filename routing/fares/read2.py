"""Fares of the second version, read with their areas, networks and timeframes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from zoneinfo import available_timezones

import numpy as np

from routing.fares.model import (
    NO_LIMIT,
    Category,
    FaresV2,
    JoinRule,
    LegRule,
    Media,
    Product,
    Timeframe,
    TransferRule,
)
from routing.fares.rows import Row, read_rows
from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.values import BAD, parse_count, parse_time
from routing.notices import NoticeList
from routing.transit.calendar import Services

_PRODUCT = (
    "fare_product_id",
    "fare_product_name",
    "rider_category_id",
    "fare_media_id",
    "amount",
    "currency",
)
_LEG = (
    "leg_group_id",
    "network_id",
    "from_area_id",
    "to_area_id",
    "from_timeframe_group_id",
    "to_timeframe_group_id",
    "fare_product_id",
)
_JOIN = ("from_network_id", "to_network_id", "from_stop_id", "to_stop_id")
_TRANSFER = (
    "from_leg_group_id",
    "to_leg_group_id",
    "transfer_count",
    "duration_limit",
    "duration_limit_type",
    "fare_transfer_type",
    "fare_product_id",
)
_DAY_S = 86_400


def read_v2(files: FeedFiles, tables: FeedTables, notices: NoticeList) -> FaresV2 | None:
    """Read the fares of a feed; ``None`` where no product has a usable price."""
    reader = _Reader(files, tables, notices)
    categories, media = reader.categories(), reader.media()
    products = reader.products(categories, media)
    if not products:
        return None
    stations, stop_timezones = reader.stops()
    areas, known_areas = reader.areas(stations)
    networks, known_networks = reader.networks()
    timeframes = reader.timeframes()
    leg_rules = reader.leg_rules(known_areas, known_networks, timeframes, products)
    return FaresV2(
        products=tuple(products),
        leg_rules=leg_rules,
        by_priority="rule_priority" in files.header("fare_leg_rules.txt"),
        timezone=tables.agencies.columns["timezone"][next(iter(tables.agencies.rows.values()))],
        join_rules=reader.join_rules(known_networks),
        transfer_rules=reader.transfer_rules({rule.group_id for rule in leg_rules}, products),
        timeframes=timeframes,
        categories=tuple(categories.values()),
        media=tuple(media.values()),
        areas=areas,
        stations=stations,
        networks=networks,
        stop_timezones=stop_timezones,
    )


class _Reader:
    """Reads the files of one feed one by one."""

    def __init__(self, files: FeedFiles, tables: FeedTables, notices: NoticeList) -> None:
        self._files, self._tables, self._notices = files, tables, notices

    def _rows(self, file: str, *columns: str) -> Iterator[Row]:
        return read_rows(self._files, file, columns, self._notices)

    def categories(self) -> dict[str, Category]:
        names = ("rider_category_id", "rider_category_name", "is_default_fare_category")
        found: dict[str, Category] = {}
        for row in self._rows("rider_categories.txt", *names):
            if row.has_id(names[0], found):
                found[row[names[0]]] = Category(row[names[0]], row[names[1]], row[names[2]] == "1")
        return found

    def media(self) -> dict[str, Media]:
        names = ("fare_media_id", "fare_media_name", "fare_media_type")
        found: dict[str, Media] = {}
        for row in self._rows("fare_media.txt", *names):
            kind = row.choice(names[2], "01234", 0)
            if row.has_id(names[0], found) and kind is not None:
                found[row[names[0]]] = Media(row[names[0]], row[names[1]], kind)
        return found

    def products(
        self, categories: Mapping[str, Category], media: Mapping[str, Media]
    ) -> list[Product]:
        found: dict[tuple[str, str, str], Product] = {}
        for row in self._rows("fare_products.txt", *_PRODUCT):
            product_id, name, category_id, media_id, *_ = (row[column] for column in _PRODUCT)
            key = (product_id, category_id, media_id)
            if not row.has_id("fare_product_id", {key[0]} if key in found else ()):
                continue
            known = row.knows("rider_category_id", "category", categories)
            known = row.knows("fare_media_id", "medium", media) and known
            price = row.money("amount", "currency")
            if known and price is not None:
                found[key] = Product(
                    product_id, name, category_id, media_id, price.amount, price.currency
                )
        return list(found.values())

    def stops(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the station of each stop that has one, and the time zone of such as name one."""
        stations, zones = {}, {}
        for row in self._rows("stops.txt", "stop_id", "parent_station", "stop_timezone"):
            if row["parent_station"]:
                stations[row["stop_id"]] = row["parent_station"]
            if row["stop_timezone"] in available_timezones():
                zones[row["stop_id"]] = row["stop_timezone"]
        zones |= {
            stop: zones[station]
            for stop, station in stations.items()
            if stop not in zones and station in zones
        }
        return stations, zones

    def areas(self, stations: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], set[str]]:
        """Return the areas of each stop that has some, and all areas."""
        known: set[str] = set()
        for row in self._rows("areas.txt", "area_id"):
            if row.has_id("area_id", known):
                known.add(row["area_id"])
        areas: dict[str, tuple[str, ...]] = {}
        for row in self._rows("stop_areas.txt", "area_id", "stop_id"):
            if not row.knows("area_id", "area", known, needed=True):
                continue
            if row.knows("stop_id", "stop", self._tables.stops.rows, needed=True):
                areas[row["stop_id"]] = (*areas.get(row["stop_id"], ()), row["area_id"])
        inherited = {
            stop: areas[station]
            for stop, station in stations.items()
            if stop not in areas and station in areas
        }
        return areas | inherited, known

    def networks(self) -> tuple[dict[str, str], set[str]]:
        """Return the network of each route that has one, and all networks."""
        of_route = {
            row["route_id"]: row["network_id"]
            for row in self._rows("routes.txt", "route_id", "network_id")
            if row["network_id"]
        }
        known = set(of_route.values())
        for row in self._rows("networks.txt", "network_id"):
            if row.has_id("network_id"):
                known.add(row["network_id"])
        for row in self._rows("route_networks.txt", "network_id", "route_id"):
            if row.knows("network_id", "network", known, needed=True) and row.knows(
                "route_id", "route", self._tables.routes.rows, needed=True
            ):
                of_route[row["route_id"]] = row["network_id"]
        return of_route, known

    def timeframes(self) -> tuple[Timeframe, ...]:
        names = ("timeframe_group_id", "start_time", "end_time", "service_id")
        services, days = self._tables.make_services(), dict[str, frozenset[int]]()
        found = []
        for row in self._rows("timeframes.txt", *names):
            group, start_text, end_text, service = (row[name] for name in names)
            start = parse_time(start_text) if start_text else 0
            end = parse_time(end_text) if end_text else _DAY_S
            if not 0 <= start < end <= _DAY_S:
                text = f"'{start_text}' to '{end_text}' is no part of a day; row left out"
                row.tell("bad_time", "start_time", text)
            elif row.has_id("timeframe_group_id") and row.knows(
                "service_id", "service", self._tables.services.rows, needed=True
            ):
                if service not in days:
                    days[service] = _days(services, self._tables.services.rows[service])
                found.append(Timeframe(group, start, end, days[service]))
        return tuple(found)

    def leg_rules(
        self,
        areas: set[str],
        networks: set[str],
        timeframes: Iterable[Timeframe],
        products: Iterable[Product],
    ) -> tuple[LegRule, ...]:
        """Read the rules of legs; one whose product has no price still tells what it fits."""
        frames, priced = {f.group_id for f in timeframes}, {p.product_id for p in products}
        found = []
        for row in self._rows("fare_leg_rules.txt", *_LEG, "rule_priority"):
            priority = parse_count(row["rule_priority"])
            if priority == BAD:
                text = f"'{row['rule_priority']}' is no whole number; taken as 0"
                row.tell("bad_number", "rule_priority", text, "warning")
            checks = (
                row.knows("network_id", "network", networks),
                row.knows("from_area_id", "area", areas),
                row.knows("to_area_id", "area", areas),
                row.knows("from_timeframe_group_id", "timeframe", frames),
                row.knows("to_timeframe_group_id", "timeframe", frames),
            )
            if all(checks):
                if row["fare_product_id"] not in priced:
                    text = f"no price of '{row['fare_product_id']}'; what it fits has none"
                    row.tell("unknown_product", "fare_product_id", text, "warning")
                found.append(LegRule(max(priority, 0), *(row[name] for name in _LEG)))
        return tuple(found)

    def join_rules(self, networks: set[str]) -> tuple[JoinRule, ...]:
        stops = self._tables.stops.rows
        return tuple(
            JoinRule(*(row[name] for name in _JOIN))
            for row in self._rows("fare_leg_join_rules.txt", *_JOIN)
            if row.knows("from_network_id", "network", networks)
            and row.knows("to_network_id", "network", networks)
            and row.knows("from_stop_id", "stop", stops)
            and row.knows("to_stop_id", "stop", stops)
        )

    def transfer_rules(
        self, groups: set[str], products: Iterable[Product]
    ) -> tuple[TransferRule, ...]:
        priced = {product.product_id for product in products}
        found = []
        for row in self._rows("fare_transfer_rules.txt", *_TRANSFER):
            rule = _transfer_rule(row)
            if (
                rule is not None
                and row.knows("from_leg_group_id", "leg_group", groups)
                and row.knows("to_leg_group_id", "leg_group", groups)
                and row.knows("fare_product_id", "product", priced)
            ):
                found.append(rule)
        return tuple(found)


def _transfer_rule(row: Row) -> TransferRule | None:
    """Read one rule; ``None`` where a number in it cannot be relied on."""
    before, after = row["from_leg_group_id"], row["to_leg_group_id"]
    text = row["transfer_count"]
    count = NO_LIMIT if text in ("-1", "") else parse_count(text)
    if not text and before and before == after:
        row.tell("missing_count", "transfer_count", "blank; taken as one transfer", "warning")
        count = 1
    limit = parse_count(row["duration_limit"])
    limit_kind = row.choice("duration_limit_type", "0123", 0)
    kind = row.choice("fare_transfer_type", "012")
    for name, wrong in (("transfer_count", count in (0, BAD)), ("duration_limit", limit == BAD)):
        if wrong:
            row.tell("bad_number", name, f"'{row[name]}' is no such number; row left out")
            return None
    if limit_kind is None or kind is None:
        return None
    return TransferRule(before, after, count, limit, limit_kind, kind, row["fare_product_id"])


def _days(services: Services, service: int) -> frozenset[int]:
    """Return the days on which a service runs, as proleptic ordinals."""
    span = services.days_of(np.array([service], np.uint32))
    if span is None:
        return frozenset()
    days = range(span[0].toordinal(), span[1].toordinal() + 1)
    return frozenset(day for day in days if services.active(date.fromordinal(day))[service])
