"""Stock and tours in the words and layers that the operator's pages show."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import format_datetime, format_decimal, format_time, format_timedelta, gettext

if TYPE_CHECKING:
    from mobility.rebalancing.job import Outlook

Json = dict[str, Any]

CLOSED, TOO_FEW, FITTING, TOO_MANY = "closed", "too-few", "fitting", "too-many"
STATE_TEXT = {
    TOO_FEW: "Too few bikes",
    FITTING: "Fitting",
    TOO_MANY: "Too few docks",
    CLOSED: "Closed",
}
SKIP_TEXT = {
    "closed": "the station is closed",
    "unreachable": "no way there for a truck",
    "beyond-shift": "too far for one shift",
    "shift-full": "no time left in any shift",
    "no-vehicles-or-room-aboard": "no bikes, or no room, aboard when there is time",
    "costs-more-than-it-gains": "the detour costs more than it gains",
    "no-truck": "no truck",
    "search-ended-first": "not found before the time limit",
}
PLAN_TEXT = {
    "optimal": "Best plan there is",
    "searched-until-limit": "Best plan found in the time",
    "nothing-to-do": "All stations are well filled: nothing to do",
    "nothing-possible": "Stations need bikes, but no truck can help",
    "no-solution-in-time": "No plan was found in the time; try again with more",
}


def stock_view(outlook: "Outlook", now: datetime) -> Json:
    """Return what the stock page says, in the request's language.

    Parameters
    ----------
    outlook : Outlook
        Stock against the coming hours.
    now : datetime
        Aware moment of asking.
    """
    as_of = outlook.snapshot.as_of
    rows = []
    for i, station in enumerate(outlook.inventory.stations):
        low, high = int(outlook.targets.low[i]), int(outlook.targets.high[i])
        rows.append(
            {
                "id": station.station_id,
                "name": station.name,
                "lon": station.lon,
                "lat": station.lat,
                "vehicles": station.vehicles,
                "capacity": station.capacity,
                "target": int(outlook.targets.best[i]),
                "low": low,
                "high": high,
                "met": bool(outlook.targets.is_met[i]),
                "lost": format_decimal(round(float(outlook.targets.lost[i, station.vehicles]), 1)),
                "lost_value": float(outlook.targets.lost[i, station.vehicles]),
                "state": _state(station.is_open, station.vehicles, low, high),
            }
        )
    rows.sort(key=lambda row: -float(row["lost_value"]))
    for row in rows:
        row["state_text"] = gettext(STATE_TEXT[str(row["state"])])
    return {
        "system": outlook.snapshot.system.name,
        "system_id": outlook.snapshot.system.system_id,
        "as_of": format_datetime(as_of, "medium") if as_of else None,
        "age": format_timedelta(now - as_of) if as_of else None,
        "stale": outlook.is_stale,
        "demand": outlook.demand.source,
        "assumed": outlook.demand.is_prior,
        "days": outlook.demand.days,
        "rows": rows,
        "counts": {s: sum(row["state"] == s for row in rows) for s in STATE_TEXT},
        "lost": format_decimal(round(sum(float(row["lost_value"]) for row in rows), 1)),
        "left_out": outlook.stock.left_out,
    }


def _state(is_open: bool, vehicles: int, low: int, high: int) -> str:
    if not is_open:
        return CLOSED
    return TOO_FEW if vehicles < low else TOO_MANY if vehicles > high else FITTING


def stock_layer(rows: list[Json]) -> Any:
    """Return the map layer of stations, coloured by stock against their service band."""
    from maps.layers import Dot, dot_layer
    from maps.palette import DIVERGING, MISSING

    colours = {
        CLOSED: MISSING,
        TOO_FEW: DIVERGING[0],
        FITTING: DIVERGING[3],
        TOO_MANY: DIVERGING[-1],
    }
    dots = [
        Dot(
            row["lon"],
            row["lat"],
            f"{row['name']}: {row['vehicles']} / {row['capacity']}, {row['state_text']}",
            colours[row["state"]],
            6.0 + min(row["lost_value"], 10.0) * 0.8,
            row["state"] == CLOSED,
        )
        for row in rows
    ]
    legend = [(colours[state], gettext(text)) for state, text in STATE_TEXT.items()]
    return dot_layer(gettext("Stations"), dots, legend, gettext("Stock now"))


def plan_view(document: Json) -> Json:
    """Return what the tours page says about a plan, in the request's language."""
    tours = [_tour(tour, k) for k, tour in enumerate(document["tours"])]
    return {
        "system": document["system"],
        "status": gettext(PLAN_TEXT[document["status"]]),
        "solver": document["solver"],
        "seconds": format_decimal(document["seconds"]),
        "before": format_decimal(round(document["lostTripsBefore"], 1)),
        "after": format_decimal(round(document["lostTripsAfter"], 1)),
        "hours": document["horizonHours"],
        "assumed": document["demand"]["assumed"],
        "demand": document["demand"]["source"],
        "straight": document["travelTimes"] == "straight-line",
        "stale": document["stockIsStale"],
        "generated": document["generated"],
        "network": document["network"],
        "start": format_datetime(datetime.fromisoformat(document["start"]), "short"),
        "tours": tours,
        "skipped": [
            skip | {"why": gettext(SKIP_TEXT[skip["reason"]]), "lost": _one(skip["lostTrips"])}
            for skip in sorted(document["skipped"], key=lambda s: -s["lostTrips"])
        ],
        "notices": document["notices"],
    }


def _tour(tour: Json, k: int) -> Json:
    from maps.palette import QUALITATIVE

    return {
        "truck": tour["truck"],
        "colour": QUALITATIVE[k % len(QUALITATIVE)],
        "minutes": round(tour["durationSeconds"] / 60),
        "start": _clock(tour["start"]),
        "end": _clock(tour["end"]),
        "start_load": tour["startLoad"],
        "end_load": tour["endLoad"],
        "stops": [
            {
                "name": stop["name"],
                "arrival": _clock(stop["arrival"]),
                "departure": _clock(stop["departure"]),
                "drop": max(stop["dropped"], 0),
                "pick": max(-stop["dropped"], 0),
                "aboard": stop["loadAfter"],
            }
            for stop in tour["stops"]
        ],
    }


def tour_layers(document: Json) -> list[Any]:
    """Return the map layers of a plan: a line per truck, a dot per stop."""
    from maps.layers import Dot, Line, dot_layer, line_layer
    from maps.palette import QUALITATIVE
    from routing.journeys.polyline import decode

    lines, dots, legend = [], [], []
    for k, tour in enumerate(document["tours"]):
        colour = QUALITATIVE[k % len(QUALITATIVE)]
        legend.append((colour, gettext("Truck %(name)s", name=tour["truck"])))
        points = decode(tour["geometry"]["points"], tour["geometry"]["precision"])
        if len(points) > 1:
            way = [(float(lon), float(lat)) for lon, lat in points]
            lines.append(Line(way, str(legend[-1][1]), colour))
        for number, stop in enumerate(tour["stops"], start=1):
            what = gettext("drop") if stop["dropped"] > 0 else gettext("pick up")
            label = f"{tour['truck']} {number}. {stop['name']}: {what} {abs(stop['dropped'])}"
            dots.append(Dot(stop["lon"], stop["lat"], label, colour))
    depot = document["depot"]
    dots.append(Dot(depot["lon"], depot["lat"], gettext("Depot"), "#1b2430", 9.0))
    legend.append(("#1b2430", gettext("Depot")))
    return [
        line_layer(gettext("Tours"), lines, legend, gettext("Tours")),
        dot_layer(gettext("Stops"), dots),
    ]


def _clock(text: str) -> str:
    return str(format_time(datetime.fromisoformat(text), "short"))


def _one(value: float) -> str:
    return str(format_decimal(round(value, 1)))
