"""The narrow calls to the cooperative: HTTP and JSON over a Unix socket."""

import http.client
import json
import socket
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mobility import narrow
from mobility.booking.partners import (
    PartnerRefusedError,
    PartnerUnreachableError,
    Whereabouts,
)

Answer = TypeVar("Answer", bound=BaseModel)
_TIMEOUT_S = 20.0
_RETRY_SLUGS = frozenset({"busy", "unauthorized"})


class _UnixConnection(http.client.HTTPConnection):
    """An HTTP connection whose other end is a socket file."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("cooperative", timeout=timeout_s)
        self._path = path

    def connect(self) -> None:
        """Open the socket file."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class NarrowClient:
    """Calls the cooperative; keeps no state.

    Parameters
    ----------
    socket_path : pathlib.Path
        The cooperative's socket.
    secret_file : pathlib.Path
        File with the bearer secret; read at every call.
    timeout_s : float
        Patience with one answer.
    """

    def __init__(self, socket_path: Path, secret_file: Path, timeout_s: float = _TIMEOUT_S) -> None:
        self._socket_path = socket_path
        self._secret_file = secret_file
        self._timeout_s = timeout_s

    def token(self, subject: str, booking_id: str) -> str:
        """Ask for the ride token of one booking."""
        call = _checked(narrow.TokenRequest, session_subject=subject)
        return self._post("/token", call, narrow.TokenAnswer, booking_id).ride_token

    def eligibility(self, ride_token: str, requirement: str) -> bool:
        """Ask whether the rider may take such a vehicle."""
        call = _checked(narrow.EligibilityRequest, ride_token=ride_token, requirement=requirement)
        return self._post("/eligibility", call, narrow.EligibilityAnswer).eligible

    def settle(
        self, ride_token: str, amount_cents: int, currency: str, kind: str, on: date
    ) -> None:
        """Put one line into the rider's invoice."""
        call = _checked(
            narrow.SettleRequest,
            ride_token=ride_token,
            amount_cents=amount_cents,
            currency=currency,
            description_code=kind,
            date=on,
        )
        self._post("/settle", call, narrow.SettleAnswer)

    def admit(self, ride_token: str, trip: Whereabouts) -> bool:
        """Offer one finished trip; tells whether it was taken in."""
        call = _checked(narrow.AdmitRequest, ride_token=ride_token, **vars(trip))
        return self._post("/admit", call, narrow.AdmitAnswer).admitted

    def release(self, call: narrow.ReleaseRequest) -> narrow.ReleaseAnswer:
        """Ask for noisy counts of a closed month; the same request returns the same bytes."""
        return self._post("/release", call, narrow.ReleaseAnswer)

    def budget(self, month: str) -> narrow.BudgetAnswer:
        """Return the account of one data month."""
        body = self._send("GET", f"/budget?month={month}", None, None)
        return _parsed(narrow.BudgetAnswer, body)

    def healthy(self) -> bool:
        """Tell whether the cooperative answers."""
        try:
            self._send("GET", "/health", None, None)
        except (PartnerUnreachableError, PartnerRefusedError):
            return False
        return True

    def _post(
        self, path: str, call: BaseModel, answer: type[Answer], key: str | None = None
    ) -> Answer:
        return _parsed(answer, self._send("POST", path, call.model_dump_json(), key))

    def _send(self, method: str, path: str, body: str | None, key: str | None) -> bytes:
        connection = _UnixConnection(self._socket_path, self._timeout_s)
        try:
            secret = self._secret_file.read_text("utf-8").strip()
            headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
            if key is not None:
                headers["Idempotency-Key"] = key
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise PartnerUnreachableError("the cooperative does not answer") from error
        finally:
            connection.close()
        if response.status >= 400:
            raise _refusal(response.status, content)
        return content


def _refusal(status: int, content: bytes) -> Exception:
    """Tell a clear no from a fault that a later repeat may cure."""
    try:
        document: Any = json.loads(content)
        slug = str(document["type"]).rstrip("/").rsplit("/", 1)[-1]
        detail = str(document.get("detail", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return PartnerUnreachableError(f"the cooperative answers with status {status}")
    if status >= 500 or slug in _RETRY_SLUGS:
        return PartnerUnreachableError(f"the cooperative answers '{slug}'")
    return PartnerRefusedError(slug, detail)


Call = TypeVar("Call", bound=BaseModel)


def _checked(kind: type[Call], **values: Any) -> Call:
    """Build a call; what the agreed type does not allow is a refusal before it is sent."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise PartnerRefusedError("bad-request", f"not sendable: {fields}") from error


def _parsed(kind: type[Answer], content: bytes) -> Answer:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        text = "the cooperative's answer lacks what was agreed"
        raise PartnerUnreachableError(text) from error
