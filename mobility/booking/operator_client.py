"""The operator's booking API over HTTP, in TOMP's words."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from mobility.booking.partners import (
    HoldAnswer,
    HoldRequest,
    PartnerRefusedError,
    PartnerUnreachableError,
)


class HttpOperator:
    """Calls one operator; keeps no state.

    Parameters
    ----------
    url : str
        Base address of the booking API.
    token_file : pathlib.Path
        File with the bearer token; read at every call, so that it can be changed.
    timeout_s : float
        Patience with one answer.
    """

    def __init__(self, url: str, token_file: Path, timeout_s: float) -> None:
        self._url = url.rstrip("/")
        self._token_file = token_file
        self._timeout_s = timeout_s

    def reserve(self, hold: HoldRequest) -> HoldAnswer:
        """Hold a vehicle."""
        body = {
            "id": hold.id,
            "station_id": hold.station_id,
            "vehicle_id": hold.vehicle_id,
            "vehicle_type_id": hold.vehicle_type_id,
            "expires_at": hold.expires_at.astimezone(UTC).isoformat(),
            "eligible": hold.eligible,
        }
        return self._call("POST", "/bookings", hold.id, body)

    def cancel(self, hold_id: str) -> HoldAnswer:
        """Let a vehicle go."""
        path = f"/bookings/{quote(hold_id)}/events"
        return self._call("POST", path, f"{hold_id}-cancel", {"operation": "CANCEL"})

    def start(self, hold_id: str) -> HoldAnswer:
        """Unlock a vehicle."""
        path = f"/legs/{quote(hold_id)}/events"
        return self._call("POST", path, f"{hold_id}-start", {"event": "SET_IN_USE"})

    def finish(self, hold_id: str, place: dict[str, Any]) -> HoldAnswer:
        """Take a vehicle back."""
        path = f"/legs/{quote(hold_id)}/events"
        return self._call("POST", path, f"{hold_id}-finish", {"event": "FINISH", **place})

    def find(self, hold_id: str) -> HoldAnswer | None:
        """Say how a hold stands; None where the operator does not know it."""
        try:
            return self._call("GET", f"/bookings/{quote(hold_id)}", None, None)
        except PartnerRefusedError as error:
            if error.code == "http-404" or error.code.startswith("unknown"):
                return None
            raise

    def _call(
        self, method: str, path: str, key: str | None, body: dict[str, Any] | None
    ) -> HoldAnswer:
        headers = {"Authorization": f"Bearer {self._token()}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        try:
            response = requests.request(
                method,
                self._url + path,
                json=body,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise PartnerUnreachableError("the operator does not answer") from error
        return _read(response)

    def _token(self) -> str:
        try:
            return self._token_file.read_text("utf-8").strip()
        except OSError as error:
            text = f"{self._token_file}: the operator's token cannot be read"
            raise PartnerUnreachableError(text) from error


def _read(response: requests.Response) -> HoldAnswer:
    """Turn an answer into values; whatever is no clear yes or no counts as unreachable."""
    status = response.status_code
    if status in (401, 403, 408, 425, 429) or status >= 500 or 300 <= status < 400:
        raise PartnerUnreachableError(f"the operator answers with status {status}")
    try:
        body = response.json()
    except requests.JSONDecodeError as error:
        raise PartnerUnreachableError("the operator's answer is not JSON") from error
    if not isinstance(body, dict):
        raise PartnerUnreachableError("the operator's answer is not a JSON object")
    if status >= 400:
        slug = str(body.get("type", "")).rstrip("/").rsplit("/", 1)[-1]
        code = slug if slug and slug != "about:blank" else f"http-{status}"
        raise PartnerRefusedError(code, str(body.get("detail") or body.get("title") or ""))
    try:
        return _answer(body)
    except (KeyError, TypeError, ValueError) as error:
        raise PartnerUnreachableError("the operator's answer lacks what was agreed") from error


def _answer(body: dict[str, Any]) -> HoldAnswer:
    amount = body.get("amount_cents")
    price = body.get("price")
    return HoldAnswer(
        state=str(body["state"]),
        vehicle_id=None if body.get("vehicle_id") is None else str(body["vehicle_id"]),
        expires_at=_moment(body.get("expires_at")),
        started_at=_moment(body.get("started_at")),
        ended_at=_moment(body.get("ended_at")),
        amount_cents=None if amount is None else int(amount),
        currency=body.get("currency"),
        price=price if isinstance(price, dict) else None,
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return moment
