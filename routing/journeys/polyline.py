"""Encoded polylines: the compact text that maps and journey planners exchange lines in.

The format is Google's "Encoded Polyline Algorithm Format": differences of rounded coordinates,
latitude first, zigzag, in five-bit groups of printable characters.
"""

import numpy as np
from numpy.typing import NDArray

from routing.kernels.polyline import GROUPS, write_polyline

PRECISION = 6


def encode(lonlat: NDArray[np.float64], precision: int = PRECISION) -> str:
    """Write a line as an encoded polyline.

    Parameters
    ----------
    lonlat : float64, (n, 2)
        Longitude and latitude in degrees, EPSG:4326.
    precision : int
        Decimal places kept.

    Returns
    -------
    str
        ASCII text; empty for no points.
    """
    text = np.empty(2 * GROUPS * lonlat.shape[0], np.uint8)
    size = write_polyline(lonlat, 10.0**precision, text)
    return text[:size].tobytes().decode("ascii")


def decode(text: str, precision: int = PRECISION) -> NDArray[np.float64]:
    """Read an encoded polyline back.

    Parameters
    ----------
    text : str
        What `encode` wrote with the same ``precision``.
    precision : int
        Decimal places kept.

    Returns
    -------
    float64, (n, 2)
        Longitude and latitude in degrees.

    Raises
    ------
    ValueError
        The text ends in the middle of a number or of a point.
    """
    values: list[int] = []
    current, shift = 0, 0
    for byte in text.encode("ascii"):
        group = byte - 63
        current |= (group & 31) << shift
        if group & 32:
            shift += 5
            continue
        values.append(~(current >> 1) if current & 1 else current >> 1)
        current, shift = 0, 0
    if shift or len(values) % 2:
        raise ValueError(f"the polyline of {len(text)} characters is cut off")
    latlon = np.cumsum(np.array(values, np.int64).reshape(-1, 2), axis=0)
    return latlon[:, ::-1] / 10.0**precision
