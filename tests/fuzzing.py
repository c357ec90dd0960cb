"""Generated requests against the platform on a real network, as a resident with a booking."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from apiflask import APIFlask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from mobility.app import create_app
from tests.town_app import bus_leg, log_in, new_sqlite, town_settings, trip, walk_leg

SUBJECT = "s" * 43
SLOWEST_S = 10
"""An answer takes milliseconds; this bound leaves room for a loaded machine."""
_MAY_REFUSE = {"expected-statuses": ["2xx", "404", "409", "422"]}
"""Where OpenAPI cannot say all: 31 June, west beyond east, one of two parameters, legs in order,
a key of its own for each intention."""


@dataclass(frozen=True)
class FuzzedTown:
    """The application, what a logged-in resident sends along, and one of their bookings."""

    app: APIFlask
    cookie: str
    csrf: str
    booking_id: str

    def as_resident(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a WSGI request, sent from the resident's browser."""
        sent = {"HTTP_COOKIE": f"platform={self.cookie}", "HTTP_X_CSRF_TOKEN": self.csrf}
        return self.app(environ | sent, start_response)


@dataclass
class Findings:
    """What a run has seen."""

    cases: dict[str, int] = field(default_factory=dict)
    statuses: set[int] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)


@contextmanager
def open_fuzzed_town(network: Path, folder: Path) -> Iterator[FuzzedTown]:
    """Open the application on a network directory, with a database in ``folder``."""
    app = create_app(town_settings(folder, new_sqlite(folder), network_dir=network))
    client = app.test_client()
    csrf = log_in(app, client, subject=SUBJECT)
    cookie = client.get_cookie("platform", domain="localhost")
    assert cookie is not None
    booking = app.extensions["booking"].reserve(SUBJECT, trip(walk_leg(), bus_leg()), "key-of-fuzz")
    try:
        yield FuzzedTown(app, cookie.value, csrf, booking.id)
    finally:
        app.extensions["database"].engine.dispose()


def fuzz(town: FuzzedTown, examples: int, seed: int) -> Findings:
    """Run schemathesis over every operation of the document and gather what fails.

    Parameters
    ----------
    town : FuzzedTown
        From :func:`open_fuzzed_town`.
    examples : int
        Generated requests per operation and phase, besides the systematic ones.
    seed : int
        Makes a run repeatable.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "continue-on-failure": True,
            "generation": {
                "max-examples": examples,
                "database": "none",
                "deterministic": True,
                "with-security-parameters": False,
            },
            "checks": {
                "max_response_time": SLOWEST_S,
                "ignored_auth": {"enabled": False},  # everybody here is logged in
            },
            "operations": [
                {"include-path-regex": paths, "checks": {"positive_data_acceptance": _MAY_REFUSE}}
                for paths in (
                    "/api/v1/(plan|stations|vehicles|stops|trips|isochrones|matrix|links)",
                    "/api/v1/bookings",
                )
            ],
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_wsgi("/openapi.json", town.as_resident, config=config)

    @schema.hook
    def map_path_parameters(context: Any, path_parameters: Any) -> Any:
        del context
        if path_parameters and len(str(path_parameters.get("booking_id", ""))) % 2:
            path_parameters["booking_id"] = town.booking_id  # half of the requests find it
        return path_parameters

    found = Findings()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(event, found)
        elif isinstance(event, events.NonFatalError):
            found.failures.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def _note(event: events.ScenarioFinished, found: Findings) -> None:
    recorder = event.recorder
    found.cases[recorder.label] = found.cases.get(recorder.label, 0) + len(recorder.interactions)
    for interaction in recorder.interactions.values():
        if interaction.response is not None:
            found.statuses.add(interaction.response.status_code)
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                command = recorder.cases[case_id].value.as_curl_command()
                failure = check.failure_info.failure
                text = f"{failure.title}: {failure.message}"
                found.failures.append(f"{recorder.label}: {check.name}: {text}\n  {command}")
