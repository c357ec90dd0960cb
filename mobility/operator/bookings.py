"""Holds and rides: each request is one transaction, and may be repeated at will."""

import datetime as dt
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any, Final

from mobility.operator.database import transaction
from mobility.operator.errors import RefusedError
from mobility.operator.places import Place, end_place
from mobility.operator.pricing import amount_cents
from mobility.operator.requests import BookingEvent, BookingRequest, LegEvent

NEEDS_ELIGIBILITY: Final = frozenset(
    {"car", "moped", "scooter", "scooter_standing", "scooter_seated"}
)
Answer = dict[str, Any]


class Bookings:
    """The booking desk of the operator, for one connection.

    Parameters
    ----------
    connection : sqlite3.Connection
        The operator's database, used by one thread at a time.
    now : callable
        Clock in seconds since 1970.
    longest_hold_s : int
        A hold ends at the latest this long after it was made.
    """

    def __init__(
        self, connection: sqlite3.Connection, now: Callable[[], float], longest_hold_s: int = 3600
    ) -> None:
        self._db, self._now, self._longest_s = connection, now, longest_hold_s

    def reserve(self, request: BookingRequest, key: str | None) -> Answer:
        """Hold a vehicle; the same id and request again give the same answer.

        Raises
        ------
        RefusedError
            409 ``no-vehicle`` or ``not-eligible``, 404 ``unknown-vehicle-type``, 422
            ``hold-expired`` or ``idempotency-key-reused``.
        """
        said = request.model_dump_json()

        def act() -> Answer:
            row = self._find(request.id)
            if row is not None:
                if row["request"] != _digest(said):
                    text = f"booking '{request.id}' was asked for with other words; use a new id"
                    raise RefusedError(422, "idempotency-key-reused", text)
                return self._document(row)
            return self._hold(request, _digest(said))

        return self._once("bookings", key or request.id, said, act)

    def change(self, booking_id: str, event: BookingEvent, key: str | None) -> Answer:
        """Cancel a hold, or let it last longer."""

        def act() -> Answer:
            row = self._get(booking_id)
            if event.operation == "CANCEL":
                return self._cancel(row)
            return self._extend(row, event)

        return self._once(f"bookings/{booking_id}/events", key, event.model_dump_json(), act)

    def ride(self, booking_id: str, event: LegEvent, key: str | None) -> Answer:
        """Unlock a held vehicle, or take a ridden one back and charge for it."""

        def act() -> Answer:
            row = self._get(booking_id)
            return self._start(row) if event.event == "SET_IN_USE" else self._finish(row, event)

        return self._once(f"legs/{booking_id}/events", key, event.model_dump_json(), act)

    def get(self, booking_id: str) -> Answer:
        """Return a booking as it stands.

        Raises
        ------
        RefusedError
            404 ``unknown-booking``.
        """
        self.release_expired()
        return self._document(self._get(booking_id))

    def release_expired(self) -> int:
        """Free the vehicles of holds that have run out; return how many."""
        overdue = "SELECT 1 FROM booking WHERE state = 'CONFIRMED' AND expires_at <= ? LIMIT 1"
        if self._db.execute(overdue, (self._now(),)).fetchone() is None:
            return 0
        with transaction(self._db):
            return self._release_expired()

    def _once(self, path: str, key: str | None, said: str, act: Callable[[], Answer]) -> Answer:
        """Act in one transaction that also stores the answer; a refusal leaves no trace.

        Only agreement is stored: a full station may have room when the same call comes again.
        """
        digest = _digest(said)
        with transaction(self._db):
            self._release_expired()
            if key is not None:
                row = self._db.execute(
                    "SELECT request, body FROM answer WHERE key = ? AND path = ?", (key, path)
                ).fetchone()
                if row is not None and row["request"] == digest:
                    stored: Answer = json.loads(row["body"])
                    return stored
            answer = act()
            if key is not None:
                body = json.dumps(answer, ensure_ascii=False)
                self._db.execute(
                    "INSERT OR IGNORE INTO answer VALUES (?, ?, ?, 200, ?)",
                    (key, path, digest, body),
                )
        return answer

    def _hold(self, request: BookingRequest, digest: str) -> Answer:
        now = self._now()
        expires_at = min(request.expires_at.timestamp(), now + self._longest_s)
        if expires_at <= now:
            raise RefusedError(422, "hold-expired", "expires_at is past; ask for a later time")
        vehicle = self._pick(request)
        if vehicle is None:
            raise RefusedError(409, "no-vehicle", "no such vehicle is free; choose another one")
        kind = self._kind(vehicle["vehicle_type_id"])
        if kind["form_factor"] in NEEDS_ELIGIBILITY and request.eligible is not True:
            text = "this vehicle needs an attested licence or age; have it attested first"
            raise RefusedError(409, "not-eligible", text)
        self._set_state(vehicle["vehicle_key"], "held")
        self._db.execute(
            "INSERT INTO booking (id, request, state, vehicle_key, vehicle_id, vehicle_type_id,"
            " plan_id, created_at, expires_at) VALUES (?, ?, 'CONFIRMED', ?, ?, ?, ?, ?, ?)",
            (request.id, digest, vehicle["vehicle_key"], vehicle["vehicle_id"],
             vehicle["vehicle_type_id"], vehicle["plan_id"], now, expires_at),
        )  # fmt: skip
        return self._document(self._get(request.id))

    def _pick(self, request: BookingRequest) -> sqlite3.Row | None:
        """Choose a free vehicle: the one named, or the best charged at the station."""
        if request.vehicle_type_id is not None:
            kinds = [self._kind(request.vehicle_type_id)]
        else:
            kinds = self._feed("vehicle_types")["vehicle_types"]
            if request.vehicle_id is None and request.eligible is not True:
                kinds = [k for k in kinds if k["form_factor"] not in NEEDS_ELIGIBILITY]
        fitting = json.dumps([kind["vehicle_type_id"] for kind in kinds])
        row: sqlite3.Row | None = self._db.execute(
            "SELECT v.* FROM vehicle AS v LEFT JOIN station AS s USING (station_id)"
            " WHERE v.state = 'available' AND (s.station_id IS NULL OR s.is_renting)"
            " AND (:vehicle_id IS NULL OR v.vehicle_id = :vehicle_id)"
            " AND (:station_id IS NULL OR v.station_id = :station_id)"
            " AND v.vehicle_type_id IN (SELECT value FROM json_each(:fitting))"
            " ORDER BY v.range_m DESC, v.vehicle_key LIMIT 1",
            {"vehicle_id": request.vehicle_id, "station_id": request.station_id,
             "fitting": fitting},
        ).fetchone()  # fmt: skip
        return row

    def _cancel(self, row: sqlite3.Row) -> Answer:
        if row["state"] in {"IN_USE", "FINISHED"}:
            raise _impossible(row, "cancelled")
        if row["state"] == "CONFIRMED":
            self._set_state(row["vehicle_key"], "available")
            self._update(row["id"], state="CANCELLED", ended_at=self._now())
        return self._document(self._get(row["id"]))

    def _extend(self, row: sqlite3.Row, event: BookingEvent) -> Answer:
        if row["state"] != "CONFIRMED":
            raise _impossible(row, "extended")
        latest = row["created_at"] + self._longest_s
        minutes = self._kind(row["vehicle_type_id"]).get("default_reserve_time", 15)
        wanted = event.expires_at.timestamp() if event.expires_at else self._now() + 60 * minutes
        if wanted > latest + 1:
            until = _moment(latest)
            raise RefusedError(409, "too-long", f"the hold cannot last beyond {until}; book anew")
        self._update(row["id"], expires_at=max(wanted, row["expires_at"]))
        return self._document(self._get(row["id"]))

    def _start(self, row: sqlite3.Row) -> Answer:
        if row["state"] == "CONFIRMED":
            self._db.execute(
                "UPDATE vehicle SET state = 'in_use', station_id = NULL, lat = NULL, lon = NULL"
                " WHERE vehicle_key = ?",
                (row["vehicle_key"],),
            )
            self._update(row["id"], state="IN_USE", started_at=self._now())
        elif row["state"] != "IN_USE":
            raise _impossible(row, "started")
        return self._document(self._get(row["id"]))

    def _finish(self, row: sqlite3.Row, event: LegEvent) -> Answer:
        if row["state"] == "FINISHED":
            return self._document(row)
        if row["state"] != "IN_USE":
            raise _impossible(row, "finished")
        query = "SELECT * FROM vehicle WHERE vehicle_key = ?"
        vehicle = self._db.execute(query, (row["vehicle_key"],)).fetchone()
        kind = self._kind(row["vehicle_type_id"])
        wanted = Place(event.station_id, event.lat, event.lon)
        place = end_place(self._db, vehicle, kind, wanted)
        now = max(self._now(), row["started_at"])
        plan = self._plan(row["plan_id"])
        put_down(self._db, row["vehicle_key"], place, (now - row["started_at"]) * 3.0)
        self._update(
            row["id"],
            state="FINISHED",
            ended_at=now,
            amount_cents=amount_cents(plan, now - row["started_at"]),
            currency=plan["currency"],
        )
        return self._document(self._get(row["id"]))

    def _release_expired(self) -> int:
        rows = self._db.execute(
            "SELECT id, vehicle_key FROM booking WHERE state = 'CONFIRMED' AND expires_at <= ?",
            (self._now(),),
        ).fetchall()
        for row in rows:
            self._set_state(row["vehicle_key"], "available")
            self._update(row["id"], state="EXPIRED", ended_at=self._now())
        return len(rows)

    def _set_state(self, vehicle_key: int, state: str) -> None:
        change = "UPDATE vehicle SET state = ? WHERE vehicle_key = ?"
        self._db.execute(change, (state, vehicle_key))

    def _update(self, booking_id: str, **values: object) -> None:
        columns = ", ".join(f"{name} = :{name}" for name in values)  # names are our own
        change = f"UPDATE booking SET {columns} WHERE id = :booking_id"  # noqa: S608
        self._db.execute(change, values | {"booking_id": booking_id})

    def _find(self, booking_id: str) -> sqlite3.Row | None:
        query = "SELECT * FROM booking WHERE id = ?"
        row: sqlite3.Row | None = self._db.execute(query, (booking_id,)).fetchone()
        return row

    def _get(self, booking_id: str) -> sqlite3.Row:
        row = self._find(booking_id)
        if row is None:
            raise RefusedError(404, "unknown-booking", "there is no such booking; check the id")
        return row

    def _kind(self, type_id: str) -> dict[str, Any]:
        for kind in self._feed("vehicle_types")["vehicle_types"]:
            if kind["vehicle_type_id"] == type_id:
                return dict(kind)
        raise RefusedError(404, "unknown-vehicle-type", f"there is no vehicle type '{type_id}'")

    def _plan(self, plan_id: str) -> dict[str, Any]:
        plans = self._feed("system_pricing_plans")["plans"]
        return dict(next(plan for plan in plans if plan["plan_id"] == plan_id))

    def _feed(self, name: str) -> dict[str, Any]:
        row = self._db.execute("SELECT data FROM feed WHERE name = ?", (name,)).fetchone()
        return dict(json.loads(row["data"]))

    def _document(self, row: sqlite3.Row) -> Answer:
        """Describe a booking; what is not known yet is null."""
        ridden = row["started_at"] is not None and row["ended_at"] is not None
        return {
            "id": row["id"],
            "state": row["state"],
            "vehicle_id": row["vehicle_id"],
            "vehicle_type_id": row["vehicle_type_id"],
            "expires_at": _moment(row["expires_at"]),
            "started_at": _moment(row["started_at"]),
            "ended_at": _moment(row["ended_at"]),
            "duration_s": round(row["ended_at"] - row["started_at"]) if ridden else None,
            "amount_cents": row["amount_cents"],
            "currency": row["currency"],
            "price": self._plan(row["plan_id"]),
            "simulated": True,
        }


def put_down(connection: sqlite3.Connection, vehicle_key: int, place: Place, metres: float) -> None:
    """Make a ridden vehicle available at a place, under a new random id, with less charge.

    A vehicle with less than a tenth of its range left is charged in passing.
    """
    connection.execute(
        "UPDATE vehicle SET state = 'available', vehicle_id = ?, station_id = ?, lat = ?, lon = ?,"
        " range_m = CASE WHEN range_m - ? < max_range_m / 10 THEN max_range_m ELSE range_m - ? END"
        " WHERE vehicle_key = ?",
        (secrets.token_hex(8), place.station_id, place.lat, place.lon, metres, metres, vehicle_key),
    )


def _impossible(row: sqlite3.Row, wish: str) -> RefusedError:
    text = f"a booking that is {row['state']} cannot be {wish}"
    return RefusedError(409, "impossible-transition", text)


def _moment(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="seconds")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
