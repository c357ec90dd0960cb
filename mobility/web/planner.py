"""The planner's heatmap: asked of the cooperative, paid from the month's budget, then free."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from apiflask import APIBlueprint
from flask import Flask, Response, current_app, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response as BaseResponse

from mobility import narrow
from mobility.booking.partners import PartnerRefusedError, PartnerUnreachableError
from mobility.compose import cooperative
from mobility.problems import ProblemError
from mobility.settings import Settings
from mobility.town import NoNetworkError, Town
from mobility.web.planner_form import closed_months, form_view, month_text, to_request
from mobility.web.release_view import budget_view, heat_layer, release_view
from mobility.web.released import ReleaseShelf
from mobility.weblib.headers import inline_allowed
from mobility.weblib.pages import add_navigation
from mobility.weblib.permissions import permission

bp = APIBlueprint("planner", __name__, url_prefix="/planner", enable_openapi=False)
_ROLES = ("planner", "admin")
_RELEASE_PATIENCE_S = 60.0
_FORM_ERRORS = frozenset({"month-open", "not-granted"})


@bp.record
def _navigate(state: Any) -> None:
    app: Flask = state.app
    add_navigation(app, "planner.heatmap", "Heatmap", 30)


@bp.get("/heatmap")
@permission(*_ROLES)
def heatmap() -> str:
    """Show what can be asked, its price, and what is left of the month's budget."""
    month = request.args.get("month", "")
    chosen = {"month": month} if month in closed_months(_today()) else {}
    return _form(chosen)


@bp.post("/heatmap")
@permission(*_ROLES)
def ask() -> BaseResponse | tuple[str, int]:
    """Ask the cooperative for the release; the same request costs nothing a second time."""
    call = to_request(request.form)
    client = cooperative(_settings(), _RELEASE_PATIENCE_S)
    try:
        release = client.release(call)
    except PartnerRefusedError as refusal:
        if refusal.code == "budget-exhausted":
            return _refused(call), 409
        if refusal.code in _FORM_ERRORS:
            return _form(request.form.to_dict(), str(refusal)), 409
        raise
    _shelf().put(release)
    return redirect(url_for(".show", request_hash=release.hash), 303)


@bp.get("/heatmap/<request_hash>")
@permission(*_ROLES)
def show(request_hash: str) -> str:
    """Show a release that was paid for: map, legend, noise, what is not shown, and a table."""
    release = _shelf().get(request_hash)
    band = _band(release)
    return render_template(
        "planner/heatmap.html",
        release=release_view(release),
        band=band,
        budget=_budget(release.month),
        map_url=url_for(".heatmap_map", request_hash=request_hash, band=band),
    )


@bp.get("/heatmap/<request_hash>/map")
@permission(*_ROLES)
@inline_allowed
def heatmap_map(request_hash: str) -> str:
    """Draw a release as a folium page, for the frame of the page above."""
    from maps.layers import extent
    from maps.page import page

    release = _shelf().get(request_hash)
    title = gettext("Where trips began, %(month)s", month=month_text(release.month))
    layer = heat_layer(release, _band(release))
    locale = get_locale()
    language = locale.language if locale else "en"
    return page([layer], url_for("tiles.style"), extent([layer]) or _bounds(), title, language)


@bp.get("/heatmap/<request_hash>/release.json")
@permission(*_ROLES)
def document(request_hash: str) -> Response:
    """Send the release itself."""
    return Response(_shelf().read(request_hash), mimetype="application/json")


def _form(chosen: dict[str, str], fault: str | None = None) -> str:
    view = form_view(chosen, _today())
    budget = _budget(view["chosen"]["month"])
    return render_template("planner/form.html", form=view, budget=budget, fault=fault)


def _refused(call: narrow.ReleaseRequest) -> str:
    """Say that the month's budget does not cover the request, and what it would cover."""
    asked = form_view({}, _today())
    price = next(text for key, text in asked["prices"] if key == str(call.epsilon_micro))
    return render_template(
        "planner/refused.html",
        price=price,
        month=month_text(call.month),
        budget=_budget(call.month),
        month_key=call.month,
    )


def _budget(month: str) -> dict[str, Any] | None:
    """Return the month's account now; None where the cooperative does not answer."""
    try:
        view = budget_view(cooperative(_settings()).budget(month))
    except (PartnerUnreachableError, PartnerRefusedError):
        return None
    shelf = _shelf()
    for line in view["releases"]:
        line["here"] = shelf.has(line["hash"])
    return view


def _band(release: narrow.ReleaseAnswer) -> int:
    """Return the hour band asked for by ``?band=``, the first by default."""
    text = request.args.get("band", "0")
    if not text.isdigit() or int(text) >= len(release.hour_bands):
        raise ProblemError(404, "unknown-band", "No such part of the day")
    return int(text)


def _bounds() -> tuple[float, float, float, float]:
    town: Town = current_app.extensions["town"]
    west, south, east, north = town.manifest().bbox
    return west, south, east, north


def _today() -> Any:
    return datetime.now(ZoneInfo(_timezone())).date()


def _timezone() -> str:
    town: Town = current_app.extensions["town"]
    try:
        return town.manifest().timezone
    except NoNetworkError:
        return _settings().timezone


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


def _shelf() -> ReleaseShelf:
    return ReleaseShelf(_settings())
