"""Geofencing zones of a sharing system: where its rides may begin and end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from routing.arrays import Bool, Float64

START, END = "start", "end"
_RULE = {
    START: ("ride_start_allowed", "ride_allowed"),  # GBFS 3.0, 2.x
    END: ("ride_end_allowed", "ride_allowed"),
}


@dataclass(frozen=True)
class Zones:
    """Areas with rules of their own; the earlier zone, and in it the earlier rule, wins.

    What lies in no zone with a fitting rule is allowed. Rules about riding through, speed and
    parking at stations are not looked at.
    """

    areas: tuple[Any, ...] = ()
    rules: tuple[tuple[Mapping[str, Any], ...], ...] = ()

    @classmethod
    def of(cls, zones: Iterable[Mapping[str, Any]]) -> "Zones":
        """Prepare zones given as ``geometry`` (GeoJSON) and ``rules`` (as in GBFS)."""
        kept = [zone for zone in zones if zone.get("geometry") and zone.get("rules")]
        areas = tuple(shape(zone["geometry"]) for zone in kept)
        for area in areas:
            shapely.prepare(area)
        return cls(areas, tuple(tuple(zone["rules"]) for zone in kept))

    def allowed(self, what: str, type_ids: Sequence[str], lon: Float64, lat: Float64) -> Bool:
        """Tell at which points a ride may start or end.

        Parameters
        ----------
        what : str
            ``START`` or ``END``.
        type_ids : sequence of str
            Vehicle types meant; where they differ, the strictest rule counts.
        lon, lat : float64, (n,)
            Degrees, EPSG:4326.

        Returns
        -------
        bool, (n,)
        """
        result = np.ones(len(lon), np.bool_)
        for type_id in type_ids or ("",):
            open_question = np.ones(len(lon), np.bool_)
            for area, rules in zip(self.areas, self.rules, strict=True):
                verdict = _verdict(rules, what, type_id)
                if verdict is None:
                    continue
                inside = open_question & shapely.contains_xy(area, lon, lat)
                result[inside] &= verdict
                open_question &= ~inside
        return result


def _verdict(rules: Sequence[Mapping[str, Any]], what: str, type_id: str) -> bool | None:
    """Return what the first fitting rule says, ``None`` if none says anything."""
    for rule in rules:
        wanted = rule.get("vehicle_type_ids") or rule.get("vehicle_type_id")
        if wanted and type_id not in wanted:
            continue
        for name in _RULE[what]:
            if name in rule:
                return bool(rule[name])
    return None
