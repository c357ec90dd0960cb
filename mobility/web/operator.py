"""The operator's pages: stock per station, and the tours that put it right."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Flask, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from mobility.catalogue.model import Snapshot
from mobility.db import Database
from mobility.errors import MobilityError
from mobility.problems import ProblemError
from mobility.settings import Settings
from mobility.town import Town
from mobility.web.operator_view import plan_view, stock_layer, stock_view, tour_layers
from mobility.web.tour_shelf import TourShelf
from mobility.weblib.headers import inline_allowed
from mobility.weblib.pages import add_navigation
from mobility.weblib.permissions import permission
from mobility.weblib.ratelimit import limit

bp = APIBlueprint("operator", __name__, url_prefix="/operator", enable_openapi=False)
_ROLES = ("operator", "crew", "admin")
_PLANNERS = ("operator", "admin")
TIME_LIMIT_S = 6.0
FIELDS = {
    "trucks": (2, 1, 10),
    "capacity": (20, 1, 200),
    "shift": (4, 1, 12),
    "start_load": (0, 0, 200),
}
"""Default, least and most of each field of the form; the shift is in hours."""


@bp.record
def _navigate(state: Any) -> None:
    app: Flask = state.app
    add_navigation(app, "operator.stock", "Stock", 40)
    add_navigation(app, "operator.tours", "Tours", 41)


@bp.get("/stock")
@permission(*_ROLES)
def stock() -> str:
    """Show what stands at each station against what the coming hours ask for."""
    systems = _systems()
    if not systems:
        return render_template("operator/no_stock.html")
    system_id = _chosen(systems)
    return render_template(
        "operator/stock.html",
        stock=stock_view(_outlook(systems[system_id]), datetime.now(UTC)),
        systems=[(key, snapshot.system.name) for key, snapshot in systems.items()],
        map_url=url_for(".stock_map", system=system_id),
    )


@bp.get("/stock/map")
@permission(*_ROLES)
@inline_allowed
def stock_map() -> str:
    """Draw the stock as a folium page, for the frame of the page above."""
    systems = _systems()
    if not systems:
        raise ProblemError(404, "no-stock", "No stations with bikes are known")
    view = stock_view(_outlook(systems[_chosen(systems)]), datetime.now(UTC))
    return _page([stock_layer(view["rows"])], gettext("Stock per station"))


@bp.get("/tours")
@permission(*_ROLES)
def tours() -> str:
    """Show the form for new tours, and the plans there are."""
    return _form({name: str(default) for name, (default, _, _) in FIELDS.items()}, {})


@bp.post("/tours")
@permission(*_PLANNERS)
@limit("20 per minute")
def plan() -> Response | tuple[str, int]:
    """Plan tours on the stock there is now."""
    from fleet.model import Truck
    from mobility.rebalancing.child import PlannerBusyError, plan_in_child

    values, faults = _read_form()
    if faults:
        return _form(request.form.to_dict(), faults), 422
    systems = _systems()
    if not systems:
        raise ProblemError(409, "no-stock", "No stations with bikes are known")
    trucks = tuple(
        Truck(f"T{k + 1}", values["capacity"], values["shift"] * 3600, values["start_load"])
        for k in range(values["trucks"])
    )
    settings = _settings()
    try:
        document = plan_in_child(
            settings.path_of("network_dir").absolute(),
            settings.platform_database_url(),
            _chosen(systems),
            trucks,
            datetime.now(ZoneInfo(_town().manifest().timezone)),
            TIME_LIMIT_S,
        )
    except PlannerBusyError as busy:
        raise ProblemError(503, "planner-busy", "Tours are being planned", str(busy)) from busy
    except MobilityError as fault:
        flash(gettext("The tours could not be planned: %(why)s", why=str(fault)), "error")
        return _form(request.form.to_dict(), {}), 409
    return redirect(url_for(".show_plan", name=TourShelf(settings).put(document)), 303)


@bp.get("/tours/<name>")
@permission(*_ROLES)
def show_plan(name: str) -> str:
    """Show a plan: a timetable per truck, what is left undone and why, and a map."""
    document = TourShelf(_settings()).get(name)
    return render_template(
        "operator/plan.html",
        plan=plan_view(document),
        map_url=url_for(".plan_map", name=name),
        json_url=url_for(".plan_document", name=name),
    )


@bp.get("/tours/<name>/map")
@permission(*_ROLES)
@inline_allowed
def plan_map(name: str) -> str:
    """Draw a plan as a folium page, for the frame of the page above."""
    document = TourShelf(_settings()).get(name)
    return _page(tour_layers(document), gettext("Tours of the trucks"))


@bp.get("/tours/<name>/plan.json")
@permission(*_ROLES)
def plan_document(name: str) -> Response:
    """Send a plan as a document."""
    return jsonify(TourShelf(_settings()).get(name))


def _form(values: dict[str, str], faults: dict[str, str]) -> str:
    systems = _systems()
    return render_template(
        "operator/tours.html",
        values=values,
        faults=faults,
        fields=FIELDS,
        systems=[(key, snapshot.system.name) for key, snapshot in systems.items()],
        names=TourShelf(_settings()).names(),
        time_limit=round(TIME_LIMIT_S),
    )


def _read_form() -> tuple[dict[str, int], dict[str, str]]:
    """Return the numbers of the form, and a sentence per field that holds none."""
    values: dict[str, int] = {}
    faults: dict[str, str] = {}
    for name, (_, least, most) in FIELDS.items():
        text = request.form.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most:
            values[name] = int(text)
        else:
            faults[name] = gettext(
                "Write a whole number from %(least)d to %(most)d.", least=least, most=most
            )
    if not faults and values["start_load"] > values["capacity"]:
        faults["start_load"] = gettext("No more than a truck carries.")
    return values, faults


def _systems() -> dict[str, Snapshot]:
    from mobility.rebalancing.live import bike_systems

    database: Database = current_app.extensions["database"]
    with database.read() as session:
        return bike_systems(session)


def _chosen(systems: dict[str, Snapshot]) -> str:
    """Return the system asked for, the largest by default."""
    asked = request.values.get("system", "")
    if asked and asked not in systems:
        raise ProblemError(404, "unknown-system", "No such sharing system")
    return asked or next(iter(systems))


def _outlook(snapshot: Snapshot) -> Any:
    from mobility.rebalancing.job import look_ahead

    now = datetime.now(UTC)
    directory = _settings().path_of("network_dir")
    try:
        return look_ahead(directory, _town().manifest(), snapshot, now, now)
    except MobilityError as fault:
        title = "The stock cannot be judged"
        raise ProblemError(409, "no-outlook", title, str(fault)) from fault


def _page(layers: list[Any], title: str) -> str:
    from maps.layers import extent
    from maps.page import page

    west, south, east, north = extent(layers) or _town().manifest().bbox
    locale = get_locale()
    language = locale.language if locale else "en"
    return page(layers, url_for("tiles.style"), (west, south, east, north), title, language)


def _town() -> Town:
    town: Town = current_app.extensions["town"]
    return town


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
