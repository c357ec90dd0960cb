"""Car parks anyone may use, of what OSM says about them."""

from collections.abc import Mapping

from routing.osm.model import CarPark

OPEN_TO_ALL = frozenset({"", "yes", "public", "permissive", "destination", "designated"})
"""Values of ``access`` of car parks anyone may use; nothing said is taken for open."""

_SAYS = {"yes": True, "no": False}


def read_car_park(osm_id: str, tags: Mapping[str, str], lon: float, lat: float) -> CarPark | None:
    """Return a car park, ``None`` where it is none or not for everyone.

    A car park for park and ride is so for its riders, who are called customers at times. One
    that says ``park_ride=no`` is left out.

    Parameters
    ----------
    osm_id : str
        Such as ``way/4711``.
    tags : Mapping of str to str
        Of the object.
    lon, lat : float
        Its middle, degrees, EPSG:4326.
    """
    if tags.get("amenity") != "parking":
        return None
    word = tags.get("park_ride", "")
    park_ride = None if not word else word != "no"
    access = tags.get("motor_vehicle") or tags.get("access", "")
    if park_ride is False or not (access in OPEN_TO_ALL or (park_ride and access == "customers")):
        return None
    capacity = tags.get("capacity", "")
    return CarPark(
        osm_id,
        lon,
        lat,
        tags.get("name"),
        int(capacity) if capacity.isascii() and capacity.isdigit() and len(capacity) < 7 else None,
        _SAYS.get(tags.get("fee", "")),
        park_ride,
    )
