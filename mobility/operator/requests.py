"""What the booking API understands."""

from typing import Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator


class _Request(BaseModel):
    """A request body; unknown fields are refused, so that a misspelt one is not overlooked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BookingRequest(_Request):
    """Ask for a vehicle: by its id, or of a type, or any, at a station."""

    id: str = Field(min_length=8, max_length=128)
    station_id: str | None = Field(default=None, max_length=128)
    vehicle_id: str | None = Field(default=None, max_length=128)
    vehicle_type_id: str | None = Field(default=None, max_length=128)
    expires_at: AwareDatetime
    eligible: bool | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.station_id is None and self.vehicle_id is None:
            raise ValueError("give station_id or vehicle_id")
        return self


class BookingEvent(_Request):
    """Change a hold."""

    operation: Literal["CANCEL", "EXTEND_EXPIRY_TIME"]
    expires_at: AwareDatetime | None = None


class LegEvent(_Request):
    """Start or end a ride; an end names a station or a position in degrees."""

    event: Literal["SET_IN_USE", "FINISH"]
    station_id: str | None = Field(default=None, max_length=128)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        position = self.lat is not None and self.lon is not None
        if self.event == "FINISH" and self.station_id is None and not position:
            raise ValueError("give station_id, or lat and lon")
        return self
