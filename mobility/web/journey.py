"""The pages on which anyone plans a trip; no account, no stored search, no script needed."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale, gettext
from werkzeug.wrappers import Response

from mobility.booking.from_plan import leg_from_plan
from mobility.booking.model import Fulfilment
from mobility.plan_query import to_request
from mobility.town import Loaded, Town
from mobility.web.identity import current_subject
from mobility.web.journey_form import SearchForm, empty_form, read_form
from mobility.web.journey_view import drawn, itinerary_key, itinerary_view
from mobility.web.journey_words import not_searched_words, ranking_view, real_time_note
from mobility.weblib.pages import add_navigation
from mobility.weblib.permissions import permission
from routing.model import Place

bp = APIBlueprint("journey", __name__, enable_openapi=False)
Json = dict[str, Any]
_PAGE = timedelta(minutes=30)

_NOT_COVERED = "OUTSIDE_SERVICE_PERIOD"
_REFUSALS = {
    "LOCATION_NOT_FOUND": "There is no street near the start or the destination.",
    "NO_STOPS_IN_RANGE": "No stop is within reach.",
    "NO_TRANSIT_CONNECTION": "There is no connection by bus or train.",
    "NO_TRANSIT_CONNECTION_IN_SEARCH_WINDOW": "No bus or train runs around this time.",
    "OUTSIDE_BOUNDS": "The start or the destination lies outside the town's map.",
    _NOT_COVERED: "The timetable does not cover this day.",
    "WALKING_BETTER_THAN_TRANSIT": "Walking is as quick as anything else.",
}
FULFILMENTS = {
    Fulfilment.BOOKED_HERE: "Booked here",
    Fulfilment.OPERATOR_LINK: "Pay the operator",
    Fulfilment.PHONE: "By phone",
    Fulfilment.PASS_HELD: "Pass already held",
    Fulfilment.NOTHING_NEEDED: "Nothing needed",
}


@bp.record
def _navigate(state: Any) -> None:
    app: Flask = state.app
    add_navigation(app, "journey.search", "Plan a trip", 10)


@bp.app_context_processor
def _offer() -> Json:
    """Let forms carry an idempotency key of their own."""
    return {"new_key": lambda: secrets.token_urlsafe(16)}


@bp.get("/")
@permission("public")
def search() -> str:
    """Show the empty search form."""
    loaded = _town().loaded()
    now, note = town_now(loaded)
    return render_template("journey/search.html", form=empty_form(now), note=note, **_map(loaded))


@bp.get("/plan")
@permission("public")
def results() -> str | Response:
    """Show the itineraries of a search, or the form again with what is wrong."""
    loaded = _town().loaded()
    form = _form(request.args, request.args.getlist("modes"), loaded)
    if form.is_complete and not request.args.get("time"):
        return redirect(f"{url_for('.results')}?{form.encoded()}")
    answer = plan(form, loaded) if form.is_complete else {"itineraries": [], "requestError": None}
    views = [_with_url(itinerary_view(i), form) for i in answer["itineraries"]]
    error = answer["requestError"]
    return render_template(
        "journey/results.html",
        form=form,
        itineraries=views,
        drawn=drawn(answer["itineraries"]),
        refusal=_refusal(error, loaded, has_answers=bool(views)) if error else None,
        real_time=real_time_note(answer["realTime"]) if views else None,
        not_searched=not_searched_words(answer.get("notSearched", [])),
        ranking=ranking_view(answer["ranking"], answer["itineraries"]) if views else None,
        **_pages(form, answer),
        **_map(loaded),
    )


@bp.get("/plan/itinerary")
@permission("public")
def detail() -> str | Response:
    """Show one itinerary, found again by what it consists of."""
    loaded = _town().loaded()
    form = _form(request.args, request.args.getlist("modes"), loaded)
    answer = plan(form, loaded) if form.is_complete else {"itineraries": []}
    itinerary = _find(answer["itineraries"], request.args.get("itinerary", ""))
    if itinerary is None:
        return redirect(f"{url_for('.results')}?{form.encoded()}")
    view = _with_url(itinerary_view(itinerary), form)
    kinds = [_fulfilment(leg) for leg in itinerary["legs"]]
    for leg, kind in zip(view["legs"], kinds, strict=True):
        leg["fulfilment"] = kind
    return render_template(
        "journey/detail.html",
        form=form,
        itinerary=view,
        drawn=drawn([itinerary]),
        bookable=any(kind["kind"] == Fulfilment.BOOKED_HERE for kind in kinds),
        is_resident=current_subject() is not None,
        results_url=f"{url_for('.results')}?{form.encoded()}",
        **_map(loaded),
    )


def find_itinerary(query: str, key: str) -> tuple[Json, str] | None:
    """Plan a search again and return the itinerary named by ``key``, with the network's id.

    Parameters
    ----------
    query : str
        Query arguments of the search, as its page carried them.
    key : str
        From :func:`mobility.web.journey_view.itinerary_key`.
    """
    loaded = _town().loaded()
    values = parse_qs(query)
    form = _form({name: v[0] for name, v in values.items()}, values.get("modes", []), loaded)
    if not form.is_complete:
        return None
    answer = plan(form, loaded)
    itinerary = _find(answer["itineraries"], key)
    return None if itinerary is None else (itinerary, answer["network"])


def plan(form: SearchForm, loaded: Loaded) -> Json:
    """Ask the planner what a complete form asks, and return its JSON."""
    from routing.journeys.response import to_json

    assert form.wanted  # noqa: S101
    request = to_request(form.wanted, loaded.network, current_app.extensions["weights"])
    wanted = replace(
        request,
        origin=request.origin._replace(name=form.origin.text),
        destination=request.destination._replace(name=form.destination.text),
        via=tuple(
            replace(via, place=Place(*form.via.lonlat, name=form.via.text))
            for via in request.via
            if form.via.lonlat
        ),
        now=town_now(loaded)[0],
        languages=(str(get_locale()).replace("_", "-"),),
    )
    return to_json(loaded.planner.plan(wanted, shared=_town().shared(loaded)))


def town_now(loaded: Loaded) -> tuple[datetime, str | None]:
    """Return the moment to plan for by default, and a note where it is not the present one.

    A timetable that has run out opens on its last service day, and says so.
    """
    now = datetime.now(ZoneInfo(loaded.manifest.timezone))
    if loaded.manifest.service_days is None:
        return now, None
    first, last = map(date.fromisoformat, loaded.manifest.service_days)
    if first <= now.date() <= last:
        return now, None
    day = last if now.date() > last else first
    note = gettext("The timetable covers %(first)s to %(last)s; plans open on %(day)s.")
    shown = {"first": format_date(first), "last": format_date(last), "day": format_date(day)}
    return datetime.combine(day, now.timetz()), str(note % shown)


def _form(args: Mapping[str, str], modes: list[str], loaded: Loaded) -> SearchForm:
    return read_form(args, modes, _town().geocoder(), town_now(loaded)[0])


def _find(itineraries: list[Json], key: str) -> Json | None:
    return next((i for i in itineraries if itinerary_key(i) == key), None)


def _with_url(view: Json, form: SearchForm) -> Json:
    view["query"] = form.encoded()
    view["url"] = f"{url_for('journey.detail')}?{form.encoded(itinerary=view['key'])}"
    return view


def _pages(form: SearchForm, answer: Json) -> dict[str, str | None]:
    """Return the addresses of the pages beside an answer; of other times where it has none."""
    cursors = answer.get("previousPageCursor"), answer.get("nextPageCursor")
    asked = [{"pageCursor": cursor} if cursor else None for cursor in cursors]
    if answer["itineraries"] and not any(cursors) and form.moment is not None:
        moments = form.moment - _PAGE, form.moment + _PAGE
        asked = [{"pageCursor": "", "time": f"{moment:%Y-%m-%dT%H:%M}"} for moment in moments]
    earlier, later = (
        None if changes is None else f"{url_for('.results')}?{form.encoded(**changes)}"
        for changes in asked
    )
    return {"earlier_url": earlier, "later_url": later}


def _refusal(error: Json, loaded: Loaded, has_answers: bool) -> str | None:
    """Say why nothing was found, and of a timetable that ends which days it covers."""
    if has_answers and error["code"] == "WALKING_BETTER_THAN_TRANSIT":
        return None
    known = _REFUSALS.get(error["code"])
    if known is None:
        return str(error["message"])
    said = str(gettext(known))
    if error["code"] == _NOT_COVERED and loaded.manifest.service_days:
        first, last = map(date.fromisoformat, loaded.manifest.service_days)
        days = gettext("It covers %(first)s to %(last)s.")
        said += " " + days % {"first": format_date(first), "last": format_date(last)}
    return said


def _fulfilment(leg: Json) -> Json:
    """Say how a leg is fulfilled: booked here, at the operator, or nothing needed."""
    bookable = current_app.extensions["booking"].driver.policy.bookable
    kind, url = leg_from_plan(leg).fulfilment(bookable)
    return {"kind": kind, "label": gettext(FULFILMENTS[kind]), "url": url}


def _map(loaded: Loaded) -> Json:
    manifest = loaded.manifest
    return {
        "map_style_url": url_for("tiles.style"),
        "map_center": ",".join(str(x) for x in manifest.center),
        "map_bounds": ",".join(str(x) for x in manifest.bbox),
    }


def _town() -> Town:
    town: Town = current_app.extensions["town"]
    return town
