"""What the simulated operator can be told."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class OperatorSettings:
    """Settings of one simulated operator.

    Parameters
    ----------
    gbfs : pathlib.Path
        Folder of GBFS 3.0 files: the state to begin with, read when the database is empty.
    database : pathlib.Path
        SQLite file; made where missing.
    token_file : pathlib.Path
        File with the bearer token that bookings need; read at every request.
    public_url : str
        Address put before feed names; that of the request if empty.
    ttl_s : int
        How long clients may keep a feed, seconds.
    longest_hold_s : int
        A hold ends at the latest this long after it was made, seconds.
    tick_s : float
        Time between two steps of the background movement, seconds.
    trips_per_vehicle : float
        Simulated trips per vehicle and day.
    """

    gbfs: Path
    database: Path
    token_file: Path
    public_url: str = ""
    ttl_s: int = 10
    longest_hold_s: int = 3600
    tick_s: float = 15.0
    trips_per_vehicle: float = 3.0
