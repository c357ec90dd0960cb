"""Which services run on a date: weekly calendars and their exceptions."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from routing.arrays import Bool, Int32, UInt8, UInt32

_SEARCHED_DAYS = 3_700


@dataclass(frozen=True)
class Services:
    """Calendars of all feeds.

    Parameters
    ----------
    weekdays : uint8, (n_services,)
        Bit 0 Monday to bit 6 Sunday; 0 where only exceptions make it run.
    start_day, end_day : int32, (n_services,)
        First and last day of the weekly calendar, as proleptic ordinals (1 = 0001-01-01).
    exception_day : int32, (n_exceptions,)
        Day of each exception, ascending.
    exception_service : uint32, (n_exceptions,)
        Service it belongs to.
    exception_added : uint8, (n_exceptions,)
        1 the service runs that day, 0 it does not.
    """

    weekdays: UInt8
    start_day: Int32
    end_day: Int32
    exception_day: Int32
    exception_service: UInt32
    exception_added: UInt8

    def active(self, day: date) -> Bool:
        """Tell which services run on a day; bool, (n_services,)."""
        number = day.toordinal()
        running = (self.weekdays >> day.weekday()) & 1 == 1
        running &= (self.start_day <= number) & (number <= self.end_day)
        rows = slice(*np.searchsorted(self.exception_day, [number, number + 1]).tolist())
        running[self.exception_service[rows]] = self.exception_added[rows] == 1
        return np.asarray(running, np.bool_)

    def days_of(self, services: UInt32) -> tuple[date, date] | None:
        """Return the first and last day on which one of some services runs.

        Parameters
        ----------
        services : uint32, (n,)
            Rows of this table.

        Returns
        -------
        tuple of date or None
            ``None`` when none of them ever runs.
        """
        wanted = np.zeros(len(self.weekdays), np.bool_)
        wanted[services] = True
        weekly = wanted & (self.weekdays > 0) & (self.start_day <= self.end_day)
        dated = self.exception_day[wanted[self.exception_service] & (self.exception_added == 1)]
        starts = [int(self.start_day[weekly].min())] if weekly.any() else []
        ends = [int(self.end_day[weekly].max())] if weekly.any() else []
        if len(dated):
            starts.append(int(dated[0]))
            ends.append(int(dated[-1]))
        if not starts:
            return None
        low, high = date.fromordinal(min(starts)), date.fromordinal(max(ends))
        first = self._next_running(low, high, wanted, 1)
        last = self._next_running(high, low, wanted, -1)
        return None if first is None or last is None else (first, last)

    def _next_running(self, day: date, end: date, wanted: Bool, step: int) -> date | None:
        for _ in range(min(abs((end - day).days) + 1, _SEARCHED_DAYS)):
            if (self.active(day) & wanted).any():
                return day
            day += timedelta(days=step)
        return None
