"""Many residents want the last bike at the same moment, through the real web server."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import insert, select

from mobility.accounts.model import SESSIONS
from mobility.booking.model import Booking
from mobility.db import open_database
from tests.cooperative import add_member
from tests.cooperative import log_in as log_in_at_cooperative
from tests.real_operator import OperatorBooks, run_operator
from tests.town_app import HOME, MARKET, NOON, serve_cooperative, session_row

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Rider:
    """A logged-in resident's browser."""

    subject: str
    headers: dict[str, str]


class RacingTown:
    """A platform under gunicorn, the real cooperative, and one bike."""

    def __init__(
        self, url: str, database_url: str, books: OperatorBooks, riders: list[Rider]
    ) -> None:
        self.url = url
        self.books = books
        self.riders = riders
        self._database = open_database(database_url)

    def round(self, number: int) -> Counter[str]:
        """Let every rider ask for the bike at once; return how often each answer came.

        Raises
        ------
        AssertionError
            Not exactly one got the bike, in anybody's books.
        """
        gate = threading.Barrier(len(self.riders))

        def ask(rider: Rider) -> tuple[str, Rider, str]:
            gate.wait()
            answer = requests.post(
                f"{self.url}/api/v1/bookings",
                json=_BODY,
                headers=rider.headers | {"Idempotency-Key": f"round-{number}-{rider.subject}"},
                timeout=60,
            )
            body = answer.json()
            word = body["state"] if answer.status_code == 201 else body.get("type", body)
            return str(word), rider, body.get("id", "")

        with ThreadPoolExecutor(len(self.riders)) as pool:
            answers = list(pool.map(ask, self.riders))
        counted = Counter(word for word, _, _ in answers)
        held = [state for state in self.books.holds().values() if state == "CONFIRMED"]
        with self._database.read() as session:
            confirmed = session.scalars(
                select(Booking.id).where(Booking.state == "CONFIRMED")
            ).all()
        winners = [
            (rider, booking_id) for word, rider, booking_id in answers if word == "CONFIRMED"
        ]
        assert counted == {
            "CONFIRMED": 1,
            "/problems/no-vehicle": len(self.riders) - 1,
        }, counted
        assert (len(held), list(confirmed)) == (1, [winners[0][1]])
        self._give_back(*winners[0], number)
        return counted

    def _give_back(self, rider: Rider, booking_id: str, number: int) -> None:
        answer = requests.post(
            f"{self.url}/api/v1/bookings/{booking_id}/events",
            json={"operation": "CANCEL"},
            headers=rider.headers | {"Idempotency-Key": f"cancel-{number}"},
            timeout=60,
        )
        assert answer.json()["state"] == "CANCELLED", answer.text
        assert self.books.free("bike") == 1

    def close(self) -> None:
        """Let go of the database."""
        self._database.engine.dispose()


_BODY = {
    "legs": [
        {
            "mode": "RENTAL",
            "from": {"name": "", "lon": HOME.lon, "lat": HOME.lat},
            "to": {"name": "", "lon": MARKET.lon, "lat": MARKET.lat},
            "startTime": NOON.isoformat(),
            "endTime": NOON.isoformat(),
            "rental": {
                "systemId": "bikes",
                "formFactor": "bicycle",
                "stationId": "station",
                "vehicleTypeId": "bike",
            },
        }
    ]
}


@contextmanager
def racing_town(folder: Path, database_url: str, riders: int) -> Iterator[RacingTown]:
    """Start everything; two web processes, so that memory cannot be what keeps order."""
    with ExitStack() as stack:
        books = stack.enter_context(run_operator(folder))
        trustee, socket, secret = stack.enter_context(serve_cooperative(folder))
        trustee.clock.now = datetime.now(UTC)
        settings = {
            "var_dir": folder,
            "database_url": database_url,
            "operator_url": books.url,
            "operator_token_file": books.token_file,
            "cooperative_socket": socket,
            "narrow_secret_file": secret,
            "platform_port": _free_port(),
            "web_workers": 2,
            "web_threads": 30,
            "rate_limit": "1000000 per minute",
            "log_level": "ERROR",
        }
        people = _log_everybody_in(trustee, database_url, riders)
        url = stack.enter_context(_serve(settings))
        town = RacingTown(url, database_url, books, people)
        stack.callback(town.close)
        yield town


def _log_everybody_in(trustee: Any, database_url: str, riders: int) -> list[Rider]:
    database = open_database(database_url)
    people = []
    for i in range(riders):
        subject = log_in_at_cooperative(trustee, add_member(trustee, f"rider{i}@example.org"))
        session_id, csrf, row = session_row({"subject": subject}, time.time())
        with database.engine.begin() as connection:
            connection.execute(insert(SESSIONS).values(**row))
        people.append(Rider(subject, {"Cookie": f"platform={session_id}", "X-CSRF-Token": csrf}))
    database.engine.dispose()
    return people


@contextmanager
def _serve(settings: dict[str, Any]) -> Iterator[str]:
    environment = {f"MOBILITY_{k.upper()}": str(v) for k, v in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "mobility.wsgi"], env=os.environ | environment, cwd=ROOT
    )
    url = f"http://127.0.0.1:{settings['platform_port']}"
    try:
        _wait_until_up(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the web server ended at once"
        try:
            if requests.get(f"{url}/health", timeout=5).status_code == 200:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the web server does not come up")


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
