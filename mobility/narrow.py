"""The narrow calls between platform and cooperative: the only types both parties share.

Every call is HTTP with one JSON document over a Unix socket, with ``Authorization: Bearer SECRET``.
A refusal is a problem document (RFC 9457) whose ``type`` ends in one of :data:`PROBLEM_SLUGS`.
The platform coarsens a trip before it calls; the cooperative never learns a coordinate or a minute.
"""

import datetime as dt
from typing import Annotated, Literal

import h3
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

ORIGIN_LEVEL = 8
DESTINATION_LEVEL = 7

PROBLEM_SLUGS: dict[str, int] = {
    "unauthorized": 401,  # the bearer secret is missing or wrong
    "unknown-subject": 404,  # the log-in has ended or its month is over: log in again
    "unknown-token": 404,  # never issued, or its keeping time is over
    "already-settled": 409,  # the same token was settled with another amount or date
    "budget-exhausted": 409,  # the month's account has too little left
    "not-granted": 403,  # no grant covers this template, role or amount of budget
    "month-open": 409,  # the month still takes in trips; only closed months are released
    "bad-request": 422,  # the document is not what the call expects
    "busy": 503,  # the store is locked or another process still draws: repeat the same call
}

Mode = Literal[
    "bicycle",
    "cargo_bicycle",
    "car",
    "moped",
    "scooter_standing",
    "scooter_seated",
    "transit",
    "other",
]
Requirement = Literal["car_licence", "min_age_16", "min_age_18"]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
RideToken = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
Subject = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]
MicroEpsilon = Annotated[int, Field(ge=1, le=100_000_000)]


def _cell_at(level: int) -> AfterValidator:
    """Check that a string is an H3 cell of exactly one resolution."""

    def check(cell: str) -> str:
        if not h3.is_valid_cell(cell) or h3.get_resolution(cell) != level:
            raise ValueError(f"not an H3 cell of resolution {level}; coarsen before the call")
        return cell

    return AfterValidator(check)


def _bands_apart(bands: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Check that hour bands are whole hours of one day, ascending and without overlap."""
    end_before = 0
    for start, end in bands:
        if not end_before <= start < end <= 24:
            raise ValueError(
                f"hour band [{start}, {end}) overlaps, goes back or leaves the day; "
                "give ascending bands from 0 to 24"
            )
        end_before = end
    return bands


OriginCell = Annotated[str, _cell_at(ORIGIN_LEVEL)]
DestinationCell = Annotated[str, _cell_at(DESTINATION_LEVEL)]
HourBands = Annotated[
    tuple[tuple[int, int], ...], Field(min_length=1, max_length=24), AfterValidator(_bands_apart)
]


class Call(BaseModel):
    """Base of all documents: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TokenRequest(Call):
    """``POST /token``: ask for the random token of one booking of a logged-in resident."""

    session_subject: Subject
    purpose: Literal["ride"] = "ride"


class TokenAnswer(Call):
    """The random stand-in of one booking; only the cooperative knows whose it is."""

    ride_token: RideToken


class EligibilityRequest(Call):
    """``POST /eligibility``: ask whether the token's holder may take such a vehicle."""

    ride_token: RideToken
    requirement: Requirement


class EligibilityAnswer(Call):
    """Yes or no, nothing else; what is not attested counts as no."""

    eligible: bool


class SettleRequest(Call):
    """``POST /settle``: one line of the holder's invoice; once per token, repeats are harmless."""

    ride_token: RideToken
    amount_cents: Annotated[int, Field(ge=0, le=1_000_000)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    description_code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    date: dt.date


class SettleAnswer(Call):
    """Nothing to say: the line is in the invoice."""


class AdmitRequest(Call):
    """``POST /admit``: offer one finished, already coarsened trip; once per token."""

    ride_token: RideToken
    origin_cell: OriginCell
    destination_cell: DestinationCell
    hour: Annotated[int, Field(ge=0, le=23)]
    weekday: Annotated[int, Field(ge=0, le=6, description="0 is Monday")]
    mode: Mode
    month: Month


AdmitReason = Literal["admitted", "no-consent", "day-cap", "month-cap", "month-closed"]


class AdmitAnswer(Call):
    """Whether the trip was taken in, and the rule that decided; a repeat gets the first answer."""

    admitted: bool
    reason: AdmitReason


class ReleaseRequest(Call):
    """``POST /release``: noisy counts of one closed month over every cell of the town's area.

    ``hour_bands`` are half-open ``[start, end)`` in local hours. Role is recorded with the first
    request and is no part of the request's hash: whoever asks the same gets the same bytes.
    """

    template: Literal["origins"] = "origins"
    month: Month
    hour_bands: HourBands = ((0, 24),)
    mode: Mode | Literal["all"] = "all"
    level: Annotated[int, Field(ge=5, le=ORIGIN_LEVEL)] = ORIGIN_LEVEL
    epsilon_micro: MicroEpsilon
    requester_role: Literal["planner", "operator", "admin", "officer"] = "planner"


class ReleasedCell(Call):
    """Noisy counts of one cell, one per hour band; ``None`` where the value is below the noise."""

    cell: str
    counts: tuple[int | None, ...]


class BudgetStep(Call):
    """The month's account around one debit, in millionths of epsilon."""

    cap_micro: int
    before_micro: int
    after_micro: int


class ReleaseAnswer(Call):
    """What leaves the cooperative; the bytes are kept and returned again for the same request."""

    hash: str
    template: Literal["origins"]
    month: Month
    hour_bands: HourBands
    mode: str
    level: int
    unit: Literal["person-month"]
    day_cap: int
    month_cap: int
    mechanism: Literal["discrete-laplace"]
    scale: Annotated[float, Field(description="scale of the noise, trips")]
    error_95: Annotated[int, Field(description="19 of 20 noise values lie within +- this, trips")]
    suppress_below: Annotated[int, Field(description="noisy counts below this are not shown")]
    suppressed: Annotated[int, Field(description="number of counts not shown")]
    totals: Annotated[
        tuple[int, ...], Field(description="per band: sum of all noisy counts, shown or not")
    ]
    epsilon_micro: int
    budget: BudgetStep
    released_at: dt.datetime
    cells: tuple[ReleasedCell, ...]


class LedgerLine(Call):
    """One debit of a month's account."""

    hash: str
    template: str
    epsilon_micro: int
    at: dt.datetime
    published: Annotated[bool, Field(description="false: spent, but a crash came before the draw")]


class BudgetRequest(Call):
    """The query of ``GET /budget``."""

    month: Month


class BudgetAnswer(Call):
    """``GET /budget?month=YYYY-MM``: the account of one data month and its public list."""

    month: Month
    cap_micro: int
    spent_micro: int
    closed: Annotated[bool, Field(description="only a closed month can be released")]
    releases: tuple[LedgerLine, ...]


class HealthAnswer(Call):
    """``GET /health``: the cooperative answers and its database is at the newest migration."""

    status: Literal["ok"]
