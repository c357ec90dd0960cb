"""The search form of the journey pages: what was asked, what it means, what is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask_babel import gettext
from pydantic import ValidationError
from pyproj import Geod

from mobility.geocoder.model import Hit
from mobility.geocoder.search import Geocoder
from mobility.plan_query import PlanQuery
from mobility.web.moments import read_moment

MODES = ("TRANSIT", "RENTAL", "BICYCLE", "CAR")
DEFAULT_MODES = ("TRANSIT", "RENTAL")
"""Walking is always part of a trip, so it is no choice."""
OPTIONS = {
    "walkProfile": "standard",
    "bikeProfile": "standard",
    "wheelchair": "false",
    "viaStay": "0",
    "pageCursor": "",
}
"""Further arguments of a search and what they are where nothing is said."""
WALKS = {"standard": "Usual", "slow": "Slow", "step_free": "Without steps"}
RIDES = {
    "standard": "Usual",
    "safe": "Quiet streets",
    "fast": "Fast",
    "cargo": "Cargo bike: no narrow barriers",
}
_LONGEST_STAY = 720
_POSITION = re.compile(r"^\s*(-?\d{1,3}(?:\.\d+)?)\s*,\s*(-?\d{1,3}(?:\.\d+)?)\s*$")
_CLEARLY_BETTER = 8.0
"""Lead in score (of 100) from which the first hit of the geocoder is taken without asking."""


_SAME_SPOT_M = 250.0
"""Places of one name this near to each other are one place to a traveller."""
_EARTH = Geod(ellps="WGS84")


@dataclass
class PlaceField:
    """One end of the trip as typed and as understood."""

    text: str = ""
    position: str = ""
    lonlat: tuple[float, float] | None = None
    choices: list[dict[str, str]] = field(default_factory=list)


@dataclass
class SearchForm:
    """The whole form; ``errors`` maps a field's name to what to say beside it."""

    origin: PlaceField
    destination: PlaceField
    time: str
    moment: datetime | None
    arrive_by: bool
    modes: tuple[str, ...]
    errors: dict[str, str]
    via: PlaceField = field(default_factory=PlaceField)
    options: dict[str, str] = field(default_factory=lambda: dict(OPTIONS))
    wanted: PlanQuery | None = None

    @property
    def is_complete(self) -> bool:
        """Tell whether a plan can be asked for."""
        return self.wanted is not None and not self.errors

    @property
    def has_options(self) -> bool:
        """Tell whether anything but ends, time and modes was said or is wrong."""
        said = {name for name, usual in OPTIONS.items() if self.options[name] != usual}
        wrong = self.errors.keys() & {"via", "viaStay", "form"}
        return bool(self.via.text or wrong or said - {"pageCursor"})

    @property
    def walk_labels(self) -> list[tuple[str, str]]:
        """List the ways to walk, with their names in the request's language."""
        return [(name, gettext(WALKS[name])) for name in WALKS]

    @property
    def ride_labels(self) -> list[tuple[str, str]]:
        """List the ways to cycle, with their names in the request's language."""
        return [(name, gettext(RIDES[name])) for name in RIDES]

    @property
    def mode_labels(self) -> list[tuple[str, str]]:
        """List the modes to choose from, with their names in the request's language."""
        names = (
            gettext("Bus and train"),
            gettext("Shared vehicles"),
            gettext("Own bike"),
            gettext("Own car"),
        )
        return list(zip(MODES, names, strict=True))

    def query(self, **changes: Any) -> dict[str, Any]:
        """Return the query arguments that ask for the same again, with changes."""
        values = {
            "from": self.origin.text,
            "fromPlace": self.origin.position,
            "to": self.destination.text,
            "toPlace": self.destination.position,
            "time": self.time,
            "arriveBy": str(self.arrive_by).lower(),
            "modes": list(self.modes),
            "via": self.via.text,
            "viaPlace": self.via.position,
            **self.options,
        }
        usual = OPTIONS | {"via": "", "viaPlace": ""}
        asked = values | changes
        return {name: value for name, value in asked.items() if value != usual.get(name)}

    def encoded(self, **changes: Any) -> str:
        """Return :meth:`query` as the text after the question mark."""
        return urlencode(self.query(**changes), doseq=True)


def empty_form(now: datetime) -> SearchForm:
    """Return the form as first shown."""
    return SearchForm(
        PlaceField(), PlaceField(), _minute(now), now, False, tuple(DEFAULT_MODES), {}
    )


def read_form(
    args: Mapping[str, str], modes: Sequence[str], finder: Geocoder, now: datetime
) -> SearchForm:
    """Read a search, find the places it names and say what is wrong with it.

    Parameters
    ----------
    args : mapping
        Query arguments.
    modes : sequence of str
        Values of the repeated argument ``modes``.
    finder : Geocoder
        The town's geocoder.
    now : datetime
        Aware; its zone is the town's.
    """
    errors: dict[str, str] = {}
    time, moment = _read_time(args.get("time", ""), now, errors)
    form = SearchForm(
        origin=PlaceField(),
        destination=PlaceField(),
        time=time,
        moment=moment,
        arrive_by=args.get("arriveBy") == "true",
        modes=tuple(m for m in modes if m in MODES) or tuple(DEFAULT_MODES),
        errors=errors,
        options={name: args.get(name, usual)[:400] for name, usual in OPTIONS.items()},
    )
    form.origin = _read_place("from", args, finder, errors)
    form.destination = _read_place("to", args, finder, errors)
    if args.get("via", "").strip() or args.get("viaPlace"):
        form.via = _read_place("via", args, finder, errors)
    _read_stay(form)
    _offer_choices(form)
    _read_query(form)
    return form


def _read_stay(form: SearchForm) -> None:
    text = form.options["viaStay"].strip() or "0"
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= _LONGEST_STAY):
        form.errors["viaStay"] = gettext("Stay between 0 and 720 minutes.")
    form.options["viaStay"] = text[:9]


def _read_query(form: SearchForm) -> None:
    """Put the form into the words of the planner's API, which says what may be asked."""
    if form.errors or form.moment is None:
        return
    modes = {"WALK", *form.modes} | ({"FLEX"} if "TRANSIT" in form.modes else set())
    words = {
        "from": form.origin.position,
        "to": form.destination.position,
        "time": form.moment.isoformat(timespec="seconds"),
        "arriveBy": form.arrive_by,
        "modes": ",".join(sorted(modes)),
        "walkProfile": form.options["walkProfile"],
        "bikeProfile": form.options["bikeProfile"],
        "wheelchair": form.options["wheelchair"],
        "pageCursor": form.options["pageCursor"] or None,
        "via": f"{form.via.position}@{int(form.options['viaStay'])}" if form.via.lonlat else None,
    }
    try:
        form.wanted = PlanQuery.model_validate(words)
    except ValidationError as error:
        names = ", ".join(sorted({str(part["loc"][0]) for part in error.errors() if part["loc"]}))
        form.errors["form"] = gettext("This search cannot be understood: %(names)s.", names=names)


def _read_time(text: str, now: datetime, errors: dict[str, str]) -> tuple[str, datetime | None]:
    if not text:
        return _minute(now), now
    try:
        moment = read_moment(text)
    except ValueError:
        errors["time"] = gettext("Write the time like 2026-05-04T08:00.")
        return text[:40], None
    zone = now.tzinfo or ZoneInfo("UTC")
    moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    return _minute(moment), moment


def _read_place(
    name: str, args: Mapping[str, str], finder: Geocoder, errors: dict[str, str]
) -> PlaceField:
    text = args.get(name, "").strip()[:200]
    lonlat = _lonlat(args.get(f"{name}Place", "")) or _lonlat(text)
    if lonlat:
        position = f"{lonlat[0]:.6f},{lonlat[1]:.6f}"
        if not text or _lonlat(text):
            hit = finder.reverse(*lonlat)
            text = hit.label if hit else position
        return PlaceField(text, position, lonlat)
    place = PlaceField(text)
    if not text:
        errors[name] = gettext("Say where the trip starts or ends.")
        return place
    hits = finder.search(text, 6)
    if not hits:
        errors[name] = gettext("No such place in this town. Try a street, a stop or a quarter.")
        return place
    best = hits[0]
    rivals = [h for h in hits[1:] if best.score - h.score < _CLEARLY_BETTER]
    exact = [h for h in hits if text.casefold() in (h.name.casefold(), h.label.casefold())]
    if exact:
        best, rivals = exact[0], exact[1:]
    if all(_distance_m(best, rival) < _SAME_SPOT_M for rival in rivals):
        return PlaceField(best.label, _position(best), (best.lon, best.lat))
    errors[name] = gettext("Several places have a name like this: choose one.")
    place.choices = [{"label": hit.label, "position": _position(hit)} for hit in hits]
    return place


def _position(hit: Hit) -> str:
    return f"{hit.lon:.6f},{hit.lat:.6f}"


def _distance_m(one: Hit, other: Hit) -> float:
    return float(_EARTH.inv(one.lon, one.lat, other.lon, other.lat)[2])


def _offer_choices(form: SearchForm) -> None:
    """Give each choice the address that asks the same search with that place."""
    for name, place in (
        ("from", form.origin),
        ("to", form.destination),
        ("via", form.via),
    ):
        for choice in place.choices:
            changes = {name: choice["label"], f"{name}Place": choice["position"]}
            choice["url"] = "?" + form.encoded(**changes)


def _lonlat(text: str) -> tuple[float, float] | None:
    match = _POSITION.match(text)
    return (float(match[1]), float(match[2])) if match else None


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")
