"""Working memory, lent to a few searches at a time: many at once would be no sooner done."""

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

AT_ONCE = 1 + max(2, min(4, os.cpu_count() or 1))
"""Searches of one kind that run at once in a process; the last place is for short requests."""

SHORT_S = 0.1
"""How long a short request has searched at most."""

Lent = TypeVar("Lent")


class _Spent(threading.local):
    """Seconds in which the request that a thread answers has searched."""

    seconds = 0.0


_spent = _Spent()


def begin_request() -> None:
    """Count the seconds of this thread's searches anew: those from here on are of a new request."""
    _spent.seconds = 0.0


class Turns:
    """Lets a few threads search at a time; whose request has searched least so far goes next.

    So a request of a few short searches does not wait for all those of one that has many. Nor does
    it wait for a long one to end, as long as some places are left to short requests.

    Parameters
    ----------
    most : int
        How many at a time.
    kept : int
        How many of these places are kept for short requests.
    """

    def __init__(self, most: int = AT_ONCE, kept: int = 0) -> None:
        self._left = most
        self._kept = kept
        self._waiting: list[tuple[float, int, threading.Lock]] = []
        self._number = itertools.count()
        self._lock = threading.Lock()

    def take(self) -> float:
        """Wait for a turn; return when it began, as whoever gives it back has to say."""
        with self._lock:
            now = self._is_free_for(_spent.seconds)
            if now:
                self._left -= 1
            else:
                mine = threading.Lock()
                mine.acquire()
                heapq.heappush(self._waiting, (_spent.seconds, next(self._number), mine))
        if not now:
            mine.acquire()
        return time.perf_counter()

    def give_back(self, began: float) -> None:
        """End a turn: it is the next one's."""
        _spent.seconds += time.perf_counter() - began
        with self._lock:
            self._left += 1
            if self._waiting and self._is_free_for(self._waiting[0][0]):
                self._left -= 1
                heapq.heappop(self._waiting)[-1].release()

    def _is_free_for(self, spent_s: float) -> bool:
        return self._left > (0 if spent_s < SHORT_S else self._kept)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold a turn."""
        began = self.take()
        try:
            yield
        finally:
            self.give_back(began)


class Pool(Generic[Lent]):
    """Things one search at a time may use, so that there are as few as searches run at once.

    Parameters
    ----------
    make : callable
        Makes one.
    most : int
        How many there may be, two or more: the last one is lent to short requests only.
    """

    def __init__(self, make: Callable[[], Lent], most: int = AT_ONCE) -> None:
        self._make = make
        self._turns = Turns(most, kept=1)
        self.free: list[Lent] = []

    def lend(self) -> "Loan[Lent]":
        """Lend one, as soon as there is one, in a ``with`` statement."""
        return Loan(self._turns, self.free, self._make)


class Loan(Generic[Lent]):
    """A turn and one of the things of a pool; no generator, as a plan asks for dozens."""

    __slots__ = ("_began", "_free", "_lent", "_make", "_turns")

    def __init__(self, turns: Turns, free: list[Lent], make: Callable[[], Lent]) -> None:
        self._turns, self._free, self._make = turns, free, make

    def __enter__(self) -> Lent:
        self._began = self._turns.take()
        try:
            self._lent = self._free.pop()
        except IndexError:
            try:
                self._lent = self._make()
            except BaseException:
                self._turns.give_back(self._began)
                raise
        return self._lent

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:  # after an error it is not whole any more, and is not kept
            self._free.append(self._lent)
        self._turns.give_back(self._began)
