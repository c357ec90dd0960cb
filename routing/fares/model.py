"""Rides as fares see them, the fare tables of a feed, and what was found to be paid."""

from dataclasses import dataclass, field
from typing import NamedTuple

from routing.fares.money import Money

NO_LIMIT = -1


class FareLeg(NamedTuple):
    """One ride in a vehicle of public transport.

    Parameters
    ----------
    position : int
        Of the leg in its itinerary, from 0.
    route_id, agency_id : str
        As in the feed; empty where it names none.
    stop_ids : tuple of str
        Stops called at, from the one boarded at to the one left at.
    departure_s, arrival_s : int
        Unix seconds, by the timetable where it has the trip.
    interlined : bool
        The rider has stayed in the seat since the ride before.
    """

    position: int
    route_id: str
    agency_id: str
    stop_ids: tuple[str, ...]
    departure_s: int
    arrival_s: int
    interlined: bool = False


class Fare(NamedTuple):
    """A row of ``fare_attributes.txt``; ``transfers`` and ``duration_s`` may be ``NO_LIMIT``."""

    fare_id: str
    amount: int
    currency: str
    payment_method: int
    transfers: int
    agency_id: str
    duration_s: int


class FareRule(NamedTuple):
    """A row of ``fare_rules.txt``; what is empty is not restricted."""

    fare_id: str
    route_id: str
    origin_id: str
    destination_id: str
    contains_id: str


@dataclass(frozen=True)
class FaresV1:
    """Fares after the first version; ``zones`` gives the zone of each stop that has one."""

    fares: tuple[Fare, ...]
    rules: tuple[FareRule, ...] = ()
    zones: dict[str, str] = field(default_factory=dict)


class Product(NamedTuple):
    """A row of ``fare_products.txt``: one price of a product, for a category and a medium."""

    product_id: str
    name: str
    category_id: str
    media_id: str
    amount: int
    currency: str


class Category(NamedTuple):
    """A row of ``rider_categories.txt``."""

    category_id: str
    name: str
    is_default: bool


class Media(NamedTuple):
    """A row of ``fare_media.txt``."""

    media_id: str
    name: str
    kind: int


class LegRule(NamedTuple):
    """A row of ``fare_leg_rules.txt``."""

    priority: int
    group_id: str
    network_id: str
    from_area: str
    to_area: str
    from_timeframe: str
    to_timeframe: str
    product_id: str


class JoinRule(NamedTuple):
    """A row of ``fare_leg_join_rules.txt``."""

    from_network: str
    to_network: str
    from_stop: str
    to_stop: str


class TransferRule(NamedTuple):
    """A row of ``fare_transfer_rules.txt``.

    ``most`` transfers in a row and at most ``limit_s``, either of them ``NO_LIMIT``;
    ``limit_kind`` is the feed's ``duration_limit_type``, ``kind`` its ``fare_transfer_type``.
    """

    from_group: str
    to_group: str
    most: int
    limit_s: int
    limit_kind: int
    kind: int
    product_id: str


class Timeframe(NamedTuple):
    """A row of ``timeframes.txt``: part of the days given as proleptic ordinals."""

    group_id: str
    start_s: int
    end_s: int
    days: frozenset[int]


@dataclass(frozen=True)
class FaresV2:
    """Fares after the second version.

    Parameters
    ----------
    by_priority : bool
        The feed's leg rules have a column ``rule_priority``: what is empty in a rule then fits
        everything, otherwise only what no other rule lists.
    timezone : str
        IANA name, for stops that are not in ``stop_timezones``.
    areas : dict of str to tuple of str
        Areas of each stop, those of its station where it has none of its own.
    stations : dict of str to str
        Station of each stop that belongs to one.
    networks : dict of str to str
        Network of each route that belongs to one.
    """

    products: tuple[Product, ...]
    leg_rules: tuple[LegRule, ...]
    by_priority: bool
    timezone: str
    join_rules: tuple[JoinRule, ...] = ()
    transfer_rules: tuple[TransferRule, ...] = ()
    timeframes: tuple[Timeframe, ...] = ()
    categories: tuple[Category, ...] = ()
    media: tuple[Media, ...] = ()
    areas: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stations: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    stop_timezones: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A product with its price, as one kind of rider may buy it in one way.

    ``category`` is id, name and whether it is the default; ``medium`` id and name;
    ``payment_method`` 0 on board, 1 before boarding. ``None`` where the feed says nothing.
    """

    product_id: str
    name: str | None
    price: Money
    category: tuple[str, str | None, bool] | None = None
    medium: tuple[str, str | None] | None = None
    payment_method: int | None = None


class Bought(NamedTuple):
    """A product that is part of the cheapest way to pay, and the legs it covers."""

    offer: Offer
    legs: tuple[int, ...]


@dataclass(frozen=True)
class Priced:
    """What some rides cost.

    Parameters
    ----------
    bought : tuple of Bought
        The cheapest products that together cover all legs with a known fare.
    unknown : tuple of int
        Positions of legs whose fare is not known.
    offers : dict of int to tuple of Offer
        All products on offer for a leg by itself.
    """

    bought: tuple[Bought, ...] = ()
    unknown: tuple[int, ...] = ()
    offers: dict[int, tuple[Offer, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ItineraryFare:
    """What a whole itinerary costs.

    Parameters
    ----------
    price : Money or None
        ``None`` where a part is unknown, where currencies differ, or where there is nothing to pay.
    bought, unknown, offers
        As in :class:`Priced`, positions counting all legs of the itinerary.
    """

    price: Money | None = None
    bought: tuple[Bought, ...] = ()
    unknown: tuple[int, ...] = ()
    offers: dict[int, tuple[Offer, ...]] = field(default_factory=dict)

    @property
    def is_free(self) -> bool:
        """Whether nothing is to be paid, and that is known."""
        return not self.bought and not self.unknown
