"""Encoded polylines: the compact text that maps and journey planners exchange lines in.

The format is Google's "Encoded Polyline Algorithm Format": differences of rounded coordinates,
latitude first, zigzag, in five-bit groups of printable characters.
"""

import numpy as np
from numpy.typing import NDArray

PRECISION = 6
_GROUPS = 7  # 35 bits hold any difference of two longitudes at precision 6


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
    if lonlat.shape[0] == 0:
        return ""
    fixed = np.rint(lonlat[:, ::-1] * 10.0**precision).astype(np.int64)
    delta = np.diff(fixed, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()
    zigzag = (delta << 1) ^ (delta >> 63)
    groups = (zigzag[:, None] >> (5 * np.arange(_GROUPS))) & 31
    rest = zigzag[:, None] >> (5 * np.arange(1, _GROUPS + 1))
    used = np.ones(groups.shape, bool)
    used[:, 1:] = rest[:, :-1] > 0
    chars = (groups + 63 + 32 * (rest > 0)).astype(np.uint8)
    return chars[used].tobytes().decode("ascii")


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
