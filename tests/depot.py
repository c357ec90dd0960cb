"""A small sharing operator for unit tests: the real Protocol, vehicles in memory."""

import threading
from dataclasses import replace
from datetime import datetime
from typing import Any

from mobility.booking.partners import (
    HoldAnswer,
    HoldRequest,
    PartnerRefusedError,
    PartnerUnreachableError,
)


class Depot:
    """Stations with vehicles; holds by id. ``silent`` makes the next calls go unanswered.

    ``lost_answers`` makes that many calls take effect and their answers get lost.
    """

    def __init__(self, clock: Any, **stations: int) -> None:
        self.clock = clock
        self.stations = {name: [f"{name}-{i}" for i in range(n)] for name, n in stations.items()}
        self.full: set[str] = set()
        self.holds: dict[str, HoldAnswer] = {}
        self.calls: list[tuple[str, str]] = []
        self.silent = False
        self.lost_answers = 0
        self.fee_cents = 150
        self._lock = threading.Lock()

    def reserve(self, hold: HoldRequest) -> HoldAnswer:
        """Hold a vehicle."""
        with self._lock:
            self._heard("reserve", hold.id)
            if hold.id not in self.holds:
                bikes = self.stations.get(hold.station_id or "", [])
                if not bikes:
                    raise PartnerRefusedError("no-vehicle")
                self.holds[hold.id] = HoldAnswer(
                    "CONFIRMED", vehicle_id=bikes.pop(), expires_at=hold.expires_at
                )
            return self._answered(hold.id)

    def cancel(self, hold_id: str) -> HoldAnswer:
        """Let it go."""
        with self._lock:
            self._heard("cancel", hold_id)
            held = self._known(hold_id)
            if held.state == "CONFIRMED":
                late = held.expires_at is not None and held.expires_at <= self.clock()
                self._give_back(held)
                self.holds[hold_id] = replace(held, state="EXPIRED" if late else "CANCELLED")
            elif held.state in ("IN_USE", "FINISHED"):
                raise PartnerRefusedError("impossible-transition")
            return self._answered(hold_id)

    def start(self, hold_id: str) -> HoldAnswer:
        """Unlock it."""
        with self._lock:
            self._heard("start", hold_id)
            held = self._known(hold_id)
            if held.state == "CONFIRMED":
                self.holds[hold_id] = replace(held, state="IN_USE", started_at=self.clock())
            elif held.state != "IN_USE":
                raise PartnerRefusedError("impossible-transition")
            return self._answered(hold_id)

    def finish(self, hold_id: str, place: dict[str, Any]) -> HoldAnswer:
        """Take it back."""
        with self._lock:
            self._heard("finish", hold_id)
            held = self._known(hold_id)
            if held.state == "IN_USE":
                if place["station_id"] in self.full:
                    raise PartnerRefusedError("no-dock")
                self._give_back(held)
                ended = {"ended_at": self.clock(), "amount_cents": self.fee_cents}
                self.holds[hold_id] = replace(held, state="FINISHED", currency="EUR", **ended)
            elif held.state != "FINISHED":
                raise PartnerRefusedError("impossible-transition")
            return self._answered(hold_id)

    def find(self, hold_id: str) -> HoldAnswer | None:
        """Say how it stands."""
        with self._lock:
            self._heard("find", hold_id)
            return self.holds.get(hold_id)

    def effects(self, name: str) -> int:
        """Count the different holds a call was made for."""
        return len({hold_id for call, hold_id in self.calls if call == name})

    def _heard(self, name: str, hold_id: str) -> None:
        if self.silent:
            raise PartnerUnreachableError("silent")
        self.calls.append((name, hold_id))

    def _answered(self, hold_id: str) -> HoldAnswer:
        if self.lost_answers > 0:
            self.lost_answers -= 1
            raise PartnerUnreachableError("the answer was lost")
        return self.holds[hold_id]

    def _known(self, hold_id: str) -> HoldAnswer:
        if hold_id not in self.holds:
            raise PartnerRefusedError("unknown-booking")
        return self.holds[hold_id]

    def _give_back(self, held: HoldAnswer) -> None:
        name = str(held.vehicle_id).rsplit("-", 1)[0]
        self.stations[name].append(str(held.vehicle_id))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
