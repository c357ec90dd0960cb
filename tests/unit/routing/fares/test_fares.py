"""Fares worked out by hand: what a journey costs by the tables of a feed."""

from pathlib import Path

import pytest

from routing.fares.model import FareLeg, FaresV1, FaresV2, Priced
from routing.fares.read import read_fares
from routing.fares.store import FaresFileError, load_fares, save_fares
from routing.fares.version1 import PricerV1
from routing.fares.version2 import PricerV2
from routing.notices import Notice
from tests.unit.routing.feeds import FILES, write_feed

EIGHT = 1_704_182_400
"""08:00 UTC on 2024-01-02, a Tuesday in the feed's service."""

STOPS = (
    "stop_id,stop_name,stop_lat,stop_lon,zone_id,parent_station,location_type\n"
    "a,Alder,50.00,8.00,1,,\nb,Birch,50.01,8.00,2,,\nc,Cedar,50.03,8.00,3,st,\n"
    "d,Dogwood,50.03,8.001,,st,\nst,Station,50.03,8.00,,,1\n"
)
ROUTES = "route_id,agency_id,route_short_name,route_type\nR,A,1,3\nS,A,2,3\n"
PRODUCTS = "fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency\n"
FRAMES = "timeframe_group_id,start_time,end_time,service_id\n"
LEG_RULES = "leg_group_id,network_id,from_area_id,to_area_id,fare_product_id\n"
TRANSFERS = (
    "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
    "fare_transfer_type,fare_product_id\n"
)


def rides(*texts: str) -> list[FareLeg]:
    """Write rides as ``R a b 0-10``: route, stops, minutes after eight; ``+ `` if seated on."""
    found = []
    for position, text in enumerate(texts):
        *words, minutes = text.split()
        seated, route, *stops = ["", *words] if words[0] != "+" else words
        start, end = (EIGHT + 60 * int(minute) for minute in minutes.split("-"))
        found.append(FareLeg(position, route, "A", tuple(stops), start, end, seated == "+"))
    return found


def read(folder: Path, **files: str) -> tuple[FaresV1 | FaresV2 | None, list[Notice]]:
    feed = write_feed(folder / "f.zip", **{"stops": STOPS, "routes": ROUTES} | files)
    (fares,), notices = read_fares([feed])
    save_fares([fares], folder / "fares")
    assert load_fares(folder / "fares") == (fares,)
    return fares, notices


def price(folder: Path, *texts: str, **files: str) -> Priced:
    fares, notices = read(folder, **files)
    assert notices == []
    assert fares is not None
    pricer = PricerV1(fares) if isinstance(fares, FaresV1) else PricerV2(fares)
    return pricer.price(rides(*texts))


def show(priced: Priced) -> str:
    """Write what is bought as ``2.90 EUR single 0,1``, and the legs not known."""
    bought = [
        f"{one.offer.price.text} {one.offer.price.currency} {one.offer.product_id} "
        + ",".join(map(str, one.legs))
        for one in priced.bought
    ]
    return "; ".join(bought + [f"unknown {leg}" for leg in priced.unknown])


def attributes(*rows: str) -> str:
    names = "fare_id,price,currency_type,payment_method,transfers,transfer_duration\n"
    return names + "".join(f"{row}\n" for row in rows)


def test_a_fare_without_rules_fits_every_ride(tmp_path: Path) -> None:
    flat = attributes("flat,4.7,BRL,0,0,")
    priced = price(tmp_path, "R a b 0-10", "S b c 15-30", fare_attributes=flat)
    assert show(priced) == "4.70 BRL flat 0; 4.70 BRL flat 1"
    assert [offer.payment_method for offer in priced.offers[0]] == [0]


def test_a_fare_with_transfers_holds_until_its_time_is_over(tmp_path: Path) -> None:
    fares = attributes("hour,3,EUR,1,,3600")
    legs = ("R a b 0-10", "S b c 60-70", "R c a 61-80")
    assert show(price(tmp_path, *legs, fare_attributes=fares)) == (
        "3.00 EUR hour 0,1; 3.00 EUR hour 2"
    )


def test_two_short_fares_are_bought_where_they_are_cheaper_than_a_long_one(tmp_path: Path) -> None:
    fares = attributes("short,1.10,EUR,0,0,", "long,2.50,EUR,0,,")
    legs = ("R a b 0-10", "S b c 15-30", "R c a 40-60")
    assert show(price(tmp_path, *legs[:2], fare_attributes=fares)) == (
        "1.10 EUR short 0; 1.10 EUR short 1"
    )
    assert show(price(tmp_path, *legs, fare_attributes=fares)) == "2.50 EUR long 0,1,2"


def test_zones_and_routes_restrict_a_fare_and_what_none_fits_is_unknown(tmp_path: Path) -> None:
    files = {
        "fare_attributes": attributes("one,1,EUR,0,0,", "two,2,EUR,0,0,", "line,9,EUR,0,0,"),
        "fare_rules": "fare_id,route_id,origin_id,destination_id,contains_id\n"
        "one,,1,1,\ntwo,,1,2,\ntwo,,2,1,\nline,S,,,2\nline,S,,,3\n",
    }
    assert show(price(tmp_path, "R a a 0-5", **files)) == "1.00 EUR one 0"
    assert show(price(tmp_path, "R b a 0-5", **files)) == "2.00 EUR two 0"
    assert show(price(tmp_path, "R b c 0-5", **files)) == "unknown 0"
    assert show(price(tmp_path, "S b c 0-5", **files)) == "9.00 EUR line 0"
    assert show(price(tmp_path, "S a b c 0-5", **files)) == "unknown 0"  # enters zone 1 too
    assert show(price(tmp_path, "S b d 0-5", **files)) == "unknown 0"  # d has no zone


def test_yen_have_no_decimals_and_dinars_three(tmp_path: Path) -> None:
    yen = attributes("y,210,JPY,0,0,")
    assert show(price(tmp_path, "R a b 0-9", fare_attributes=yen)) == "210 JPY y 0"
    dinars = attributes("k,0.250,KWD,0,0,")
    assert show(price(tmp_path, "R a b 0-9", fare_attributes=dinars)) == "0.250 KWD k 0"


CITY = {
    "areas": "area_id,area_name\ncity,City\nout,Outside\n",
    "stop_areas": "area_id,stop_id\ncity,a\ncity,b\nout,st\n",
    "fare_products": PRODUCTS + "short,Short,,,1.80,EUR\nsingle,Single,,,2.90,EUR\n"
    "far,Far,,,4.40,EUR\nstep,Step up,,,1.50,EUR\n",
    "fare_leg_rules": LEG_RULES + "in,,city,city,single\nout,,city,out,far\n",
}


def test_a_leg_takes_the_product_of_its_areas_and_a_platform_those_of_its_station(
    tmp_path: Path,
) -> None:
    assert show(price(tmp_path, "R a b 0-9", **CITY)) == "2.90 EUR single 0"
    assert show(price(tmp_path, "R a c 0-9", **CITY)) == "4.40 EUR far 0"
    assert show(price(tmp_path, "R c a 0-9", **CITY)) == "unknown 0"


def test_ninety_minutes_of_transfers_are_one_ticket(tmp_path: Path) -> None:
    files = CITY | {"fare_transfer_rules": TRANSFERS + "in,in,-1,5400,1,0,\n"}
    legs = ("R a b 0-9", "S b a 80-89", "R a b 90-99", "S b a 91-99")
    assert show(price(tmp_path, *legs, **files)) == "2.90 EUR single 0,1,2; 2.90 EUR single 3"


def test_a_transfer_may_cost_the_step_up_alone(tmp_path: Path) -> None:
    files = CITY | {"fare_transfer_rules": TRANSFERS + "in,out,,,,0,step\n"}
    legs = ("R a b 0-9", "S b c 20-29")
    assert show(price(tmp_path, *legs, **files)) == "2.90 EUR single 0; 1.50 EUR step 1"


def test_a_transfer_may_replace_the_first_product(tmp_path: Path) -> None:
    files = CITY | {"fare_transfer_rules": TRANSFERS + "in,out,,,,2,far\n"}
    legs = ("R a b 0-9", "S b c 20-29")
    assert show(price(tmp_path, *legs, **files)) == "4.40 EUR far 0,1"


def test_a_transfer_may_be_a_discount_on_both_products(tmp_path: Path) -> None:
    files = CITY | {
        "fare_products": CITY["fare_products"] + "off,Less,,,-1.00,EUR\n",
        "fare_transfer_rules": TRANSFERS + "in,in,1,,,1,off\n",
    }
    legs = ("R a b 0-9", "S b a 20-29", "R a b 30-39")
    assert show(price(tmp_path, *legs, **files)) == (
        "2.90 EUR single 0; -1.00 EUR off 1; 2.90 EUR single 1; 2.90 EUR single 2"
    )


def test_an_empty_area_is_every_other_area_unless_rules_have_priorities(tmp_path: Path) -> None:
    rules = "leg_group_id,network_id,from_area_id,to_area_id,fare_product_id"
    rows = "in,,city,city,single", "any,,,,short"
    plain = CITY | {"fare_leg_rules": "\n".join([rules, *rows]) + "\n"}
    assert show(price(tmp_path, "R a b 0-9", **plain)) == "2.90 EUR single 0"
    assert show(price(tmp_path, "R c d 0-9", **plain)) == "1.80 EUR short 0"
    assert show(price(tmp_path, "R a c 0-9", **plain)) == "unknown 0"
    text = "\n".join([f"{rules},rule_priority", f"{rows[0]},2", f"{rows[1]},"])
    ranked = CITY | {"fare_leg_rules": text + "\n"}
    assert show(price(tmp_path, "R a b 0-9", **ranked)) == "2.90 EUR single 0"
    assert show(price(tmp_path, "R a c 0-9", **ranked)) == "1.80 EUR short 0"


def test_a_network_is_told_by_its_routes_or_in_a_file_of_its_own(tmp_path: Path) -> None:
    rules = {"fare_leg_rules": LEG_RULES + "x,fast,,,far\ny,slow,,,single\n"}
    routes = (
        "route_id,agency_id,route_short_name,route_type,network_id\nR,A,1,3,slow\nS,A,2,3,fast\n"
    )
    files = CITY | rules
    legs = ("R a b 0-9", "S b a 9-19")
    expected = "2.90 EUR single 0; 4.40 EUR far 1"
    assert show(price(tmp_path, *legs, **files | {"routes": routes})) == expected
    listed = {
        "networks": "network_id,network_name\nslow,Slow\nfast,Fast\n",
        "route_networks": "network_id,route_id\nslow,R\nfast,S\n",
    }
    assert show(price(tmp_path, *legs, **files | listed)) == expected


def test_a_timeframe_holds_by_the_local_clock_on_its_service_days(tmp_path: Path) -> None:
    names = "leg_group_id,from_timeframe_group_id,fare_product_id,rule_priority\n"
    files = CITY | {
        "agency": FILES["agency.txt"].replace("UTC", "Europe/Berlin"),
        "timeframes": FRAMES + "off,09:30:00,24:00:00,S\n",
        "fare_leg_rules": f"{names}x,off,short,1\nx,,single,0\n",
    }
    assert show(price(tmp_path, "R a b 29-40", **files)) == "2.90 EUR single 0"  # 09:29 in Berlin
    assert show(price(tmp_path, "R a b 30-40", **files)) == "1.80 EUR short 0"
    saturday = 4 * 24 * 60 + 30
    late = f"R a b {saturday}-{saturday + 10}"
    assert show(price(tmp_path, late, **files)) == "2.90 EUR single 0"


def test_rides_that_a_rule_joins_are_priced_as_one(tmp_path: Path) -> None:
    files = CITY | {
        "routes": ROUTES.replace("type", "type,network_id").replace(",3", ",3,n"),
        "fare_leg_join_rules": "from_network_id,to_network_id,from_stop_id,to_stop_id\nn,n,,\n",
    }
    priced = price(tmp_path, "R a b 0-9", "S b c 20-29", **files)
    assert show(priced) == "4.40 EUR far 0,1"
    assert priced.offers[0] == priced.offers[1]
    assert show(price(tmp_path, "R a b 0-9", "S a b 20-29", **files)) == (
        "2.90 EUR single 0; 2.90 EUR single 1"
    )


def test_who_stays_in_the_seat_makes_no_transfer(tmp_path: Path) -> None:
    flat = attributes("flat,4.70,EUR,0,0,")
    legs = ("R a b 0-10", "+ S b c 10-20")
    assert show(price(tmp_path, *legs, fare_attributes=flat)) == "4.70 EUR flat 0,1"
    assert show(price(tmp_path, *legs, **CITY)) == "4.40 EUR far 0,1"


def test_the_default_category_pays_and_the_others_are_listed(tmp_path: Path) -> None:
    files = CITY | {
        "rider_categories": "rider_category_id,rider_category_name,is_default_fare_category\n"
        "adult,Adults,1\nchild,Children,0\n",
        "fare_media": "fare_media_id,fare_media_name,fare_media_type\napp,App,4\ncash,Cash,0\n",
        "fare_products": PRODUCTS + "single,Single,child,app,1.40,EUR\n"
        "single,Single,adult,cash,3.20,EUR\nsingle,Single,adult,app,2.90,EUR\n",
        "fare_leg_rules": LEG_RULES + "in,,city,city,single\n",
    }
    priced = price(tmp_path, "R a b 0-9", **files)
    assert show(priced) == "2.90 EUR single 0"
    assert [(o.price.text, o.category, o.medium) for o in priced.offers[0]] == [
        ("1.40", ("child", "Children", False), ("app", "App")),
        ("3.20", ("adult", "Adults", True), ("cash", "Cash")),
        ("2.90", ("adult", "Adults", True), ("app", "App")),
    ]
    files["rider_categories"] = files["rider_categories"].replace("Adults,1", "Adults,0")
    priced = price(tmp_path, "R a b 0-9", **files)
    assert show(priced) == "unknown 0"  # nobody says whose price it is
    assert len(priced.offers[0]) == 3


def test_the_second_version_counts_where_a_feed_has_both(tmp_path: Path) -> None:
    files = CITY | {"fare_attributes": attributes("flat,9,EUR,0,0,")}
    assert show(price(tmp_path, "R a b 0-9", **files)) == "2.90 EUR single 0"


def test_faults_in_fares_are_told_and_never_make_a_ride_cheaper(tmp_path: Path) -> None:
    fares, notices = read(
        tmp_path,
        fare_attributes=attributes("a,1,EUR,0,0,", "b,x,EUR,0,0,", "c,1,euro,0,0,", "d,1,EUR,0,0,"),
        fare_rules="fare_id,route_id,origin_id,destination_id,contains_id\nb,,,,\nd,,9,,\n",
    )
    assert [(n.code, n.row, n.field) for n in notices] == [
        ("bad_amount", 3, "price"),
        ("bad_currency", 4, "currency_type"),
        ("unknown_fare", 2, "fare_id"),
        ("unknown_zone", 3, "origin_id"),
    ]
    assert isinstance(fares, FaresV1)
    assert [fare.fare_id for fare in fares.fares] == ["a"]  # d would otherwise fit every ride

    fares, notices = read(
        tmp_path,
        **CITY
        | {
            "fare_products": PRODUCTS + "single,S,kids,,1,EUR\nshort,S,,,1.805,EUR\n",
            "fare_leg_rules": LEG_RULES + "in,,city,city,single\nin,,moon,,short\n,nn,,,short\n",
            "fare_transfer_rules": TRANSFERS
            + "in,in,,,,0,\nin,in,0,,,0,\nin,in,1,,,7,\nz,,,,,0,\n",
            "timeframes": FRAMES + "t,9:00:00,8:00:00,S\n",
        },
    )
    assert [(n.code, n.severity, n.row, n.field) for n in notices] == [
        ("unknown_category", "error", 2, "rider_category_id"),
        ("bad_amount", "warning", 3, "amount"),
        ("bad_time", "error", 2, "start_time"),
        ("unknown_product", "warning", 2, "fare_product_id"),
        ("unknown_area", "error", 3, "from_area_id"),
        ("unknown_network", "error", 4, "network_id"),
        ("missing_count", "warning", 2, "transfer_count"),
        ("bad_number", "error", 3, "transfer_count"),
        ("bad_choice", "error", 4, "fare_transfer_type"),
        ("unknown_leg_group", "error", 5, "from_leg_group_id"),
    ]
    assert isinstance(fares, FaresV2)
    assert show(PricerV2(fares).price(rides("R a b 0-9"))) == "unknown 0"


def test_a_feed_without_fares_has_none_and_damaged_fares_say_so(tmp_path: Path) -> None:
    assert read(tmp_path) == (None, [])
    assert load_fares(tmp_path / "nowhere") == ()
    (tmp_path / "fares" / "fares.json").write_text("[{}]", encoding="utf-8")
    with pytest.raises(FaresFileError, match="build the network again"):
        load_fares(tmp_path / "fares")
