"""Shapes shared by several resources of the API; unknown fields are refused everywhere."""

import math
import re
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

_LON = r"-?(180(\.0{1,15})?|(1[0-7][0-9]|[0-9]{1,2})(\.[0-9]{1,15})?)"
_LAT = r"-?(90(\.0{1,15})?|[0-8]?[0-9](\.[0-9]{1,15})?)"
LON_LAT = rf"^{_LON}, ?{_LAT}$"
"""How two decimal numbers on Earth are spelled, for the OpenAPI document and for us alike."""

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, strict=True)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, strict=True)]


class Strict(BaseModel):
    """Base of what clients send: camelCase names, unknown fields refused."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=False)


class Out(BaseModel):
    """Base of what the API answers: camelCase names."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class ProblemOut(BaseModel):
    """A problem document after RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str | None = None


def _lon_lat(text: str) -> str:
    read_lon_lat(text)
    return text


def read_lon_lat(text: str) -> tuple[float, float]:
    """Read ``"LON,LAT"`` in degrees, EPSG:4326.

    Raises
    ------
    ValueError
        It is not two finite numbers on Earth; the text says what was expected.
    """
    parts = text.split(",")
    try:
        lon, lat = (float(p) for p in parts)
    except ValueError:
        raise ValueError("give LON,LAT as two numbers, such as 8.694,49.409") from None
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ValueError("LON,LAT must be finite numbers")
    if abs(lon) > 180 or abs(lat) > 90:
        raise ValueError("LON is within -180..180, LAT within -90..90; were the two swapped?")
    if not re.fullmatch(LON_LAT, text):
        raise ValueError("give LON,LAT as two decimal numbers, such as 8.694,49.409")
    return lon, lat


def _is_text(value: object) -> object:
    """Refuse what pydantic would read as seconds since 1970."""
    if not isinstance(value, str) or "-" not in value[1:]:
        raise ValueError("give a time with its offset, such as 2026-05-04T08:00:00+02:00")
    return value


def _is_in_our_time(moment: datetime) -> datetime:
    """Refuse years that leave the calendar when an offset is taken away."""
    if not 1970 <= moment.year < 2200:
        raise ValueError(f"the year {moment.year} is outside of every timetable")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_is_text), AfterValidator(_is_in_our_time)]
"""An instant in a JSON body, RFC 3339 with offset."""

LonLatText = Annotated[
    str,
    Field(
        max_length=60,
        examples=["8.694,49.409"],
        description="LON,LAT in degrees, EPSG:4326",
        json_schema_extra={"pattern": LON_LAT},
    ),
    AfterValidator(_lon_lat),
]


BoxText = Annotated[
    str,
    Field(
        max_length=100,
        description="W,S,E,N in degrees, EPSG:4326",
        json_schema_extra={"pattern": rf"^{_LON}, ?{_LAT}, ?{_LON}, ?{_LAT}$"},
    ),
]


def read_box(text: str) -> tuple[float, float, float, float]:
    """Read ``"W,S,E,N"`` in degrees, EPSG:4326.

    Raises
    ------
    ValueError
        It is no box.
    """
    parts = text.split(",")
    if len(parts) != 4:
        raise ValueError("give W,S,E,N as four numbers")
    west, south = read_lon_lat(",".join(parts[:2]))
    east, north = read_lon_lat(",".join(parts[2:]))
    if not (west < east and south < north):
        raise ValueError("W must be less than E and S less than N")
    return west, south, east, north


class AreaQuery(Strict):
    """Around a point, or inside of a box; one of both."""

    near: LonLatText | None = None
    within: BoxText | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 50

    @field_validator("within")
    @classmethod
    def _is_a_box(cls, box: str | None) -> str | None:
        if box is not None:
            read_box(box)
        return box

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.near is None) == (self.within is None):
            raise ValueError("give near=LON,LAT or within=W,S,E,N")
        return self


PROBLEM: dict[str, Any] = {
    "description": "A problem (RFC 9457)",
    "content": {"application/problem+json": {"schema": ProblemOut}},
}
