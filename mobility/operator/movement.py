"""Lets simulated riders move the vehicles, so that a demo looks alive."""

import datetime as dt
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from mobility.operator.bookings import put_down
from mobility.operator.database import connect, transaction
from mobility.operator.places import Place, free_docks, metres
from mobility.operator.settings import OperatorSettings

logger = logging.getLogger(__name__)

# share of a day's trips that begin in each hour, Monday to Friday; sums to 100
HOURLY: Final = (0.6, 0.3, 0.2, 0.2, 0.5, 1.6, 4.6, 8.6, 8.0, 4.6, 4.0, 4.4, 5.2, 5.2, 4.8, 5.8,
                 8.0, 9.2, 7.6, 5.6, 4.2, 3.2, 2.3, 1.3)  # fmt: skip
SPEED_MPS: Final = 3.6
BUSIEST_SHARE: Final = 0.3
METRES_PER_LAT: Final = 111_200.0


class Movement:
    """Starts and ends simulated trips.

    Parameters
    ----------
    connection : sqlite3.Connection
        The operator's database.
    rng : numpy.random.Generator
        Which trips.
    trips_per_vehicle : float
        Per day.
    """

    def __init__(
        self, connection: sqlite3.Connection, rng: np.random.Generator, trips_per_vehicle: float
    ) -> None:
        self._db, self._rng, self._rate = connection, rng, trips_per_vehicle
        row = connection.execute("SELECT data FROM feed WHERE name = 'system_information'")
        self._zone = ZoneInfo(json.loads(row.fetchone()["data"])["timezone"])
        self._stations = connection.execute("SELECT * FROM station").fetchall()

    def step(self, now: float, elapsed_s: float) -> tuple[int, int]:
        """End the trips that are due and start as many as fit the hour.

        Parameters
        ----------
        now : float
            Seconds since 1970.
        elapsed_s : float
            Time since the step before.

        Returns
        -------
        tuple of int
            Trips started and ended.
        """
        hour = dt.datetime.fromtimestamp(now, self._zone).hour
        ended = started = 0
        with transaction(self._db):
            ended = self._end_due(now)
            free = self._db.execute(
                "SELECT * FROM vehicle WHERE state = 'available' ORDER BY vehicle_key"
            ).fetchall()
            total = self._db.execute("SELECT count(*) AS n FROM vehicle").fetchone()["n"]
            underway = self._db.execute("SELECT count(*) AS n FROM simulated_trip").fetchone()["n"]
            expected = total * self._rate * HOURLY[hour] / 100 * elapsed_s / 3600
            room = max(0, int(total * BUSIEST_SHARE) - underway)
            count = min(int(self._rng.poisson(expected)), room, len(free))
            for i in self._rng.choice(len(free), count, replace=False) if count else ():
                started += self._start(free[int(i)], now, hour)
        return started, ended

    def _start(self, vehicle: sqlite3.Row, now: float, hour: int) -> int:
        """Send one vehicle off; 0 where it has nowhere to go."""
        if vehicle["home_station_id"] is not None:
            duration = float(self._rng.uniform(45, 200)) * 60
            target = Place(vehicle["home_station_id"])
            self._send(vehicle, now + duration, duration * 5.0, target)
            return 1
        if vehicle["station_id"] is None:
            east, north = self._rng.normal(0, 900, 2)
            lat, lon = vehicle["lat"] + north / METRES_PER_LAT, vehicle["lon"]
            lon += east / (METRES_PER_LAT * float(np.cos(np.radians(lat))))
            lat, lon = self._onto_known_ground(lat, lon)
            away = metres(vehicle["lat"], vehicle["lon"], lat, lon) * 1.3
            self._send(vehicle, now + 90 + away / SPEED_MPS, away, Place(None, lat, lon))
            return 1
        found = self._choose_station(vehicle["station_id"], hour)
        if found is None:
            return 0
        station, away = found
        self._send(vehicle, now + 120 + away / SPEED_MPS, away, Place(station["station_id"]))
        return 1

    def _onto_known_ground(self, lat: float, lon: float) -> tuple[float, float]:
        """Move a free position beside the nearest place where a vehicle of this kind has stood."""
        rows = self._db.execute(
            "SELECT lat, lon FROM vehicle WHERE lat IS NOT NULL UNION ALL"
            " SELECT lat, lon FROM station WHERE is_installed"
        ).fetchall()
        near = min(rows, key=lambda row: metres(lat, lon, row["lat"], row["lon"]))
        shift = self._rng.normal(0, 12, 2) / METRES_PER_LAT
        return round(near["lat"] + shift[0], 6), round(near["lon"] + shift[1], 6)

    def _choose_station(self, origin: str, hour: int) -> tuple[sqlite3.Row, float] | None:
        """Choose where a bike goes: some way off, towards the middle in the morning."""
        here = next(s for s in self._stations if s["station_id"] == origin)
        lat = float(np.mean([s["lat"] for s in self._stations]))
        lon = float(np.mean([s["lon"] for s in self._stations]))
        inward = 1.0 if 5 <= hour < 10 else (-1.0 if 15 <= hour < 20 else 0.0)
        weights, options = [], []
        for station in self._stations:
            away = metres(here["lat"], here["lon"], station["lat"], station["lon"]) * 1.3
            if away < 300 or not station["is_returning"] or self._only_for_home(station):
                continue
            middle = metres(lat, lon, station["lat"], station["lon"])
            weights.append(np.exp(-away / 1500) * np.exp(-inward * middle / 1400))
            options.append((station, away))
        if not options:
            return None
        share = np.array(weights)
        return options[int(self._rng.choice(len(options), p=share / share.sum()))]

    def _only_for_home(self, station: sqlite3.Row) -> bool:
        return bool(json.loads(station["information"]).get("is_virtual_station"))

    def _send(self, vehicle: sqlite3.Row, ends_at: float, away: float, to: Place) -> None:
        self._db.execute(
            "UPDATE vehicle SET state = 'in_use', station_id = NULL, lat = NULL, lon = NULL"
            " WHERE vehicle_key = ?",
            (vehicle["vehicle_key"],),
        )
        row = (vehicle["vehicle_key"], ends_at, away, to.station_id, to.lat, to.lon)
        self._db.execute("INSERT INTO simulated_trip VALUES (?, ?, ?, ?, ?, ?)", row)

    def _end_due(self, now: float) -> int:
        ended = 0
        for trip in self._db.execute(
            "SELECT * FROM simulated_trip WHERE ends_at <= ? ORDER BY ends_at", (now,)
        ).fetchall():
            place = self._room_at(trip)
            if place is None:
                continue  # everything is full: the rider goes round until the next step
            put_down(self._db, trip["vehicle_key"], place, trip["metres"])
            self._db.execute(
                "DELETE FROM simulated_trip WHERE vehicle_key = ?", (trip["vehicle_key"],)
            )
            ended += 1
        return ended

    def _room_at(self, trip: sqlite3.Row) -> Place | None:
        """Return where the trip ends: where it was going, or the nearest station with room."""
        if trip["station_id"] is None:
            return Place(None, trip["lat"], trip["lon"])
        target = next(s for s in self._stations if s["station_id"] == trip["station_id"])
        if self._only_for_home(target):
            return Place(target["station_id"])
        by_distance = sorted(
            (s for s in self._stations if not self._only_for_home(s)),
            key=lambda s: metres(target["lat"], target["lon"], s["lat"], s["lon"]),
        )
        for station in by_distance:
            if station["is_returning"] and free_docks(self._db, station["station_id"]) > 0:
                return Place(station["station_id"])
        return None


def start_moving(
    settings: OperatorSettings, stop: threading.Event, now: Callable[[], float] = time.time
) -> threading.Thread:
    """Move vehicles in a thread until ``stop`` is set; returns the running thread."""

    def run() -> None:
        connection = connect(settings.database)
        movement = Movement(connection, np.random.default_rng(), settings.trips_per_vehicle)
        before = now()
        while not stop.wait(settings.tick_s):
            try:
                movement.step(now(), min(now() - before, 300.0))
            except sqlite3.OperationalError as error:
                logger.warning("A step of the simulated riders was left out: %s", error)
            before = now()
        connection.close()

    thread = threading.Thread(target=run, name="movement", daemon=True)
    thread.start()
    return thread
