"""Car parks of a network, as arrays that all processes map."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.arrays import (
    Float64,
    Int32,
    StringTable,
    UInt8,
    freeze,
    load_table,
    save_table,
)
from routing.model import Place, VehicleParking
from routing.osm.model import CarPark

_UNKNOWN, _YES, _NO = 0, 1, 2
_FLAG = {None: _UNKNOWN, True: _YES, False: _NO}
_SAID = {flag: said for said, flag in _FLAG.items()}


@dataclass(frozen=True)
class CarParks:
    """Car parks anyone may use.

    Parameters
    ----------
    id, name : StringTable, (n,)
        Such as ``way/4711``; the name is empty where there is none.
    lon, lat : float64, (n,)
        Degrees, EPSG:4326.
    capacity : int32, (n,)
        Cars, -1 unknown.
    fee, park_ride : uint8, (n,)
        0 unknown, 1 yes, 2 no.
    """

    id: StringTable
    name: StringTable
    lon: Float64
    lat: Float64
    capacity: Int32
    fee: UInt8
    park_ride: UInt8

    def __post_init__(self) -> None:
        """Make every array read-only, as those opened from files are."""
        freeze(self)

    def __len__(self) -> int:
        return len(self.lon)

    @classmethod
    def of(cls, parks: Sequence[CarPark]) -> "CarParks":
        """Make arrays of car parks as OSM has them."""
        return cls(
            StringTable.of([park.osm_id for park in parks]),
            StringTable.of([park.name or "" for park in parks]),
            np.array([park.lon for park in parks], np.float64),
            np.array([park.lat for park in parks], np.float64),
            np.array([-1 if p.capacity is None else p.capacity for p in parks], np.int32),
            np.array([_FLAG[park.fee] for park in parks], np.uint8),
            np.array([_FLAG[park.park_ride] for park in parks], np.uint8),
        )

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file per column into a new or empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        save_table(self, folder, "car_parks")

    @classmethod
    def load(cls, folder: Path) -> "CarParks | None":
        """Open what :meth:`save` wrote, memory-mapped; ``None`` where nothing was.

        Raises
        ------
        ArrayFileError
            A file is missing or damaged.
        """
        return load_table(cls, folder, "car_parks") if folder.is_dir() else None

    def place(self, row: int) -> Place:
        """Describe a car park."""
        capacity = int(self.capacity[row])
        parking = VehicleParking(
            self.id[row],
            None if capacity < 0 else capacity,
            _SAID[int(self.fee[row])],
            _SAID[int(self.park_ride[row])],
        )
        name = self.name[row] or None
        return Place(float(self.lon[row]), float(self.lat[row]), name, parking=parking)
