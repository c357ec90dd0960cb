"""Fares v2, one leg: which rides count as one, and which rules of the feed fit them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from routing.fares.model import FareLeg, FaresV2, JoinRule, LegRule


@dataclass(frozen=True)
class EffectiveLeg:
    """Rides that the rules take as one; mostly a single ride."""

    rides: tuple[FareLeg, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions of the rides in the itinerary."""
        return tuple(ride.position for ride in self.rides)

    @property
    def departure_s(self) -> int:
        """Unix seconds of boarding the first ride."""
        return self.rides[0].departure_s

    @property
    def arrival_s(self) -> int:
        """Unix seconds of leaving the last ride."""
        return self.rides[-1].arrival_s


class LegMatcher:
    """Finds the rules that fit a leg.

    Parameters
    ----------
    fares : FaresV2
        The feed's tables.
    """

    def __init__(self, fares: FaresV2) -> None:
        self._fares = fares

    def join(self, rides: Sequence[FareLeg]) -> list[EffectiveLeg]:
        """Join rides in one seat, and those between which a rule of the feed says so."""
        groups: list[list[FareLeg]] = []
        for ride in rides:
            before = groups[-1][-1] if groups else None
            if before is not None and (
                ride.interlined
                or any(self._joins(rule, before, ride) for rule in self._fares.join_rules)
            ):
                groups[-1].append(ride)
            else:
                groups.append([ride])
        return [EffectiveLeg(tuple(group)) for group in groups]

    def _joins(self, rule: JoinRule, before: FareLeg, after: FareLeg) -> bool:
        for wanted, ride in ((rule.from_network, before), (rule.to_network, after)):
            if wanted and self._fares.networks.get(ride.route_id) != wanted:
                return False
        left, entered = before.stop_ids[-1], after.stop_ids[0]
        if not rule.from_stop and not rule.to_stop:
            return self._station(left) == self._station(entered)
        return self._is_at(left, rule.from_stop) and self._is_at(entered, rule.to_stop)

    def _station(self, stop_id: str) -> str:
        return self._fares.stations.get(stop_id, stop_id)

    def _is_at(self, stop_id: str, wanted: str) -> bool:
        return not wanted or wanted in (stop_id, self._station(stop_id))

    def rules(self, leg: EffectiveLeg) -> list[LegRule]:
        """Return the rules that fit a leg, of the highest priority among those that fit."""
        networks = {self._fares.networks.get(ride.route_id, "") for ride in leg.rides}
        start, end = leg.rides[0].stop_ids[0], leg.rides[-1].stop_ids[-1]
        from_areas = set(self._fares.areas.get(start, ()))
        to_areas = set(self._fares.areas.get(end, ()))
        frames = self._timeframes(start, leg.departure_s), self._timeframes(end, leg.arrival_s)
        fitting = [
            rule
            for rule in self._fares.leg_rules
            if self._has_network(rule.network_id, networks)
            and self._in_area(rule.from_area, from_areas, self._listed_from)
            and self._in_area(rule.to_area, to_areas, self._listed_to)
            and (not rule.from_timeframe or rule.from_timeframe in frames[0])
            and (not rule.to_timeframe or rule.to_timeframe in frames[1])
        ]
        highest = max((rule.priority for rule in fitting), default=0)
        return [rule for rule in fitting if rule.priority == highest]

    def _has_network(self, wanted: str, networks: set[str]) -> bool:
        if wanted:
            return networks == {wanted}
        return self._fares.by_priority or not networks & self._listed_networks

    def _in_area(self, wanted: str, areas: set[str], listed: frozenset[str]) -> bool:
        if wanted:
            return wanted in areas
        return self._fares.by_priority or not areas & listed

    @cached_property
    def _listed_networks(self) -> frozenset[str]:
        return frozenset(rule.network_id for rule in self._fares.leg_rules) - {""}

    @cached_property
    def _listed_from(self) -> frozenset[str]:
        return frozenset(rule.from_area for rule in self._fares.leg_rules) - {""}

    @cached_property
    def _listed_to(self) -> frozenset[str]:
        return frozenset(rule.to_area for rule in self._fares.leg_rules) - {""}

    def _timeframes(self, stop_id: str, unix_s: int) -> set[str]:
        """Return the groups of timeframes a moment lies in, by the clock at a stop."""
        if not self._fares.timeframes:
            return set()
        zone = self._fares.stop_timezones.get(stop_id, self._fares.timezone)
        local = datetime.fromtimestamp(unix_s, UTC).astimezone(ZoneInfo(zone))
        day, second = local.toordinal(), local.hour * 3600 + local.minute * 60 + local.second
        return {
            frame.group_id
            for frame in self._fares.timeframes
            if day in frame.days and frame.start_s <= second < frame.end_s
        }
