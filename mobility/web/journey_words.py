"""Words for what a plan tells beside times and places: reasons, costs, real time, steps."""

from datetime import datetime
from typing import Any

from flask_babel import format_decimal, gettext

from mobility.web.journey_texts import clock, distance_text, duration_text, shown_s

Json = dict[str, Any]

REASONS = {
    "LOWEST_COST": "best overall",
    "FASTEST": "fastest",
    "EARLIEST_ARRIVAL": "earliest arrival",
    "LATEST_DEPARTURE": "latest departure",
    "FEWEST_TRANSFERS": "fewest changes",
    "LEAST_WALKING": "least walking",
    "CHEAPEST": "cheapest",
    "LOWEST_CO2": "lowest CO₂",
    "LEAST_EFFORT": "least effort",
    "DIFFERENT_MODE": "another way to travel",
    "OTHER_TIME": "another time",
    "FURTHER_CHOICE": "a further choice",
    "ONLY_WAY": "the only way found",
}
COST_PARTS = {
    "travel": "travelling",
    "waiting": "waiting",
    "walking": "walking",
    "transfer": "changes",
    "price": "price",
    "co2": "CO₂",
    "effort": "effort",
}
WEIGHTS = {
    "waiting": "%(num)s s for a second of waiting",
    "walking": "%(num)s s more for a second on foot",
    "transfer": "%(num)s s for a change",
    "price": "%(num)s s for one unit of the currency",
    "co2": "%(num)s s for a kilogram of CO₂",
    "effort": "%(num)s s for a kilometre of effort",
}
REAL_TIME = {
    "OFF": "Timetable only: there is no real-time data here.",
    "UNAVAILABLE": "Timetable only: real-time data cannot be had at the moment.",
    "STALE": "Timetable only: the real-time data is out of date.",
    "PARTIAL": "Some of the real-time data is out of date.",
    "LIVE": "With real-time data.",
}
NOT_SEARCHED = {
    "PARKED_VEHICLE_FETCHED": "Your bike or car stays where you leave it for bus and train;"
    " coming back for it is not looked for.",
    "RENTAL_WITH_FLEX": "Trips with both a shared vehicle and a ride on demand are not looked for.",
    "OWN_VEHICLE_WITH_FLEX": "Trips with both your own vehicle and a ride on demand are not looked"
    " for.",
}
TURNS = {
    "DEPART": "Start",
    "CONTINUE": "Straight on",
    "SLIGHTLY_RIGHT": "Slightly right",
    "RIGHT": "Turn right",
    "HARD_RIGHT": "Sharp right",
    "UTURN_RIGHT": "Turn round",
    "SLIGHTLY_LEFT": "Slightly left",
    "LEFT": "Turn left",
    "HARD_LEFT": "Sharp left",
    "UTURN_LEFT": "Turn round",
    "CIRCLE_COUNTERCLOCKWISE": "Roundabout",
    "CIRCLE_CLOCKWISE": "Roundabout",
    "FOLLOW_SIGNS": "Follow the signs",
}
WAYS = {
    "street": "unnamed street",
    "service": "service road",
    "track": "track",
    "cycleway": "cycleway",
    "path": "path",
    "footway": "footpath",
    "bridleway": "bridleway",
    "passage": "passage",
}
SPECIAL = {
    "stairs": "Stairs",
    "stairs UP": "Up the stairs",
    "stairs DOWN": "Down the stairs",
    "escalator": "Take the escalator",
    "elevator": "Take the lift",
    "ferry": "Take the ferry",
}
"""Kinds of ways that are told instead of a turn."""
_LATE_S = 60
"""Smaller differences from the timetable are told as on time."""


def reason_words(reasons: list[str]) -> list[str]:
    """Say in a few words why a way is shown."""
    return [str(gettext(REASONS.get(reason, reason))) for reason in reasons]


def not_searched_words(told: list[Json]) -> list[str]:
    """Say which ways were not looked for though they were asked for."""
    return [str(gettext(NOT_SEARCHED[one["code"]])) for one in told]


def ranking_view(ranking: Json, itineraries: list[Json]) -> Json:
    """Say what weighs how much, and what each way weighs."""
    weights = [
        gettext(WEIGHTS[name], num=format_decimal(weight))
        for name, weight in ranking["weights"].items()
        if weight
    ]
    return {"weights": weights, "costs": [_cost_text(way) for way in itineraries]}


def _cost_text(way: Json) -> str:
    cost = way["cost"]
    if cost is None:
        return str(gettext("not ranked"))
    told = {name: cost["parts"][name] for name in COST_PARTS if name in cost["parts"]}
    travel_s = shown_s(way["startTime"], way["endTime"])  # as on its card
    total_s = cost["total"] - told["travel"] + travel_s
    told["travel"] = travel_s
    parts = [
        f"{gettext(COST_PARTS[name])} {_part_text(part)}"
        for name, part in told.items()
        if part is None or round(part)
    ]
    return f"{duration_text(total_s)} ({', '.join(parts)})"


def _part_text(part: float | None) -> str:
    return str(gettext("not known")) if part is None else duration_text(part)


def real_time_note(real_time: Json) -> str:
    """Say how far an answer rests on what is known now."""
    note = str(gettext(REAL_TIME[real_time["state"]]))
    if real_time["age"] is None:
        return note
    return f"{note} {gettext('Updated %(age)s ago.', age=duration_text(real_time['age']))}"


def state_view(leg: Json) -> Json | None:
    """Say whether a ride runs, and how late: a text and the look of its badge."""
    if leg["cancelled"]:
        return {"text": gettext("cancelled"), "look": "error"}
    if not leg["realTime"] or leg["scheduledStartTime"] is None:
        return None
    late_s = _seconds(leg["startTime"]) - _seconds(leg["scheduledStartTime"])
    if abs(late_s) < _LATE_S:
        return {"text": gettext("live: on time"), "look": "quiet"}
    sign = "+" if late_s > 0 else "−"
    text = f"{sign}{duration_text(abs(late_s))}"
    return {"text": text, "look": "warning", "planned": clock(leg["scheduledStartTime"])}


def co2_fact(grams: float | None) -> str:
    """Say what a way emits per person."""
    if grams is None:
        return str(gettext("CO₂ not known"))
    if grams < 1000:
        return f"{grams:.0f} g CO₂"
    return f"{format_decimal(round(grams / 1000, 1))} kg CO₂"


def effort_facts(effort: Json) -> list[str]:
    """Say how hard a way is on the body, where it is known."""
    facts = []
    if effort["metres"]:
        length = distance_text(effort["metres"])
        facts.append(gettext("as much effort as %(length)s on foot", length=length))
    if effort["climb"]:
        facts.append(gettext("%(num)d m uphill", num=round(effort["climb"])))
    return facts


def own_vehicle_facts(legs: list[Json]) -> list[list[str]]:
    """Say for each leg whether one's own bike comes along, or is left, as a car is, after it."""
    own = [n for n, leg in enumerate(legs) if leg["mode"] in ("BICYCLE", "CAR")]
    facts: list[list[str]] = [[] for _ in legs]
    for n in range(own[0], own[-1]) if own else ():
        if legs[n]["tripId"]:
            known = legs[n]["bikesAllowed"]
            facts[n].append(
                gettext("your bike comes along")
                if known
                else gettext("your bike comes along, if the operator allows it: not known")
            )
    if own and own[-1] + 1 < len(legs):
        is_car = legs[own[-1]]["mode"] == "CAR"
        facts[own[-1]].append(
            gettext("then park your car") if is_car else gettext("then park your bike")
        )
    return facts


def step_view(step: Json) -> Json:
    """Tell one step of a way as somebody beside the road would."""
    told = SPECIAL.get(f"{step['kind']} {step['stairs']}") or SPECIAL.get(step["kind"])
    name = step["streetName"]
    if told is None:
        told = TURNS.get(step["relativeDirection"], "Straight on")
        name = name or gettext(WAYS.get(step["kind"], "unnamed street"))
    more = []
    if step["exit"]:
        more.append(gettext("exit %(number)s", number=step["exit"]))
    if step["signpostedAs"]:
        more.append(gettext("signs to %(where)s", where=step["signpostedAs"]))
    if step["level"]:
        more.append(gettext("to level %(level)s", level=step["level"]))
    if step["push"]:
        more.append(gettext("push the bike"))
    words = ", ".join([str(gettext(told)), *more])
    distance = distance_text(step["distance"]) if step["distance"] >= 5 else ""
    return {"words": words, "name": name, "distance": distance}


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
