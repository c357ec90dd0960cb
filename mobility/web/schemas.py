"""Shapes shared by several resources of the API; unknown fields are refused everywhere."""

import math
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


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
    return lon, lat


LonLatText = Annotated[
    str,
    Field(max_length=60, examples=["8.694,49.409"], description="LON,LAT in degrees, EPSG:4326"),
    AfterValidator(_lon_lat),
]


PROBLEM: dict[str, Any] = {
    "description": "A problem (RFC 9457)",
    "content": {"application/problem+json": {"schema": ProblemOut}},
}
