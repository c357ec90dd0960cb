"""What a geocoder is made of and what it answers."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["street", "address", "place", "poi", "stop", "station"]


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer.

    Parameters
    ----------
    name : str
        Name alone, such as ``Hauptstraße 12``.
    label : str
        Name with the quarter it lies in, and a landmark where that does not tell it from
        its namesakes.
    lon, lat : float
        Degrees, EPSG:4326.
    id : str
        Id in the feed for stops and stations; else one that holds within this network version.
    score : float
        How well it answers the question, about 0..100; 0 where nothing was asked by name.
    """

    name: str
    label: str
    lon: float
    lat: float
    kind: Kind
    id: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A named point: place, point of interest, stop or station.

    Parameters
    ----------
    detail : str
        Sort of place (``suburb``, ``village``, ``city``) or of point of interest.
    aliases : tuple of str
        Other names it goes by.
    spoken : tuple of (str, str)
        Its name in languages (BCP 47 tags in lower case), its own among them where it is known.
    """

    kind: Kind
    name: str
    lon: float
    lat: float
    id: str = ""
    detail: str = ""
    aliases: tuple[str, ...] = ()
    spoken: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StreetPiece:
    """A stretch of a named street.

    Parameters
    ----------
    lonlat : float64, (n, 2)
        Its line in degrees, at least two points.
    """

    name: str
    lonlat: NDArray[np.float64]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """A house number of a street."""

    street: str
    number: str
    lon: float
    lat: float


@dataclass(slots=True)
class Gazetteer:
    """Everything in a town that has a name.

    Parameters
    ----------
    districts : list
        Name and shapely polygon; they name the quarter where given.
    """

    entries: list[Entry] = field(default_factory=list)
    pieces: list[StreetPiece] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    districts: list[tuple[str, object]] = field(default_factory=list)
