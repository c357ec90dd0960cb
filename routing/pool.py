"""Working memory, lent to a few searches at a time: many at once would be no sooner done."""

import heapq
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

AT_ONCE = max(2, min(4, os.cpu_count() or 1))
"""Searches of one kind that run at once in a process."""

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

    So a request of a few short searches does not wait for all those of one that has many.

    Parameters
    ----------
    most : int
        How many at a time.
    """

    def __init__(self, most: int = AT_ONCE) -> None:
        self._left = most
        self._waiting: list[tuple[float, int, threading.Lock]] = []
        self._number = itertools.count()
        self._lock = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and give it to the next one in the end."""
        with self._lock:
            now = self._left > 0
            if now:
                self._left -= 1
            else:
                mine = threading.Lock()
                mine.acquire()
                heapq.heappush(self._waiting, (_spent.seconds, next(self._number), mine))
        if not now:
            mine.acquire()
        began = time.perf_counter()
        try:
            yield
        finally:
            _spent.seconds += time.perf_counter() - began
            with self._lock:
                if self._waiting:
                    heapq.heappop(self._waiting)[-1].release()
                else:
                    self._left += 1


class Pool(Generic[Lent]):
    """Things one search at a time may use, so that there are as few as searches run at once.

    Parameters
    ----------
    make : callable
        Makes one.
    most : int
        How many there may be.
    """

    def __init__(self, make: Callable[[], Lent], most: int = AT_ONCE) -> None:
        self._make = make
        self._turns = Turns(most)
        self._free: list[Lent] = []

    @contextmanager
    def lend(self) -> Iterator[Lent]:
        """Lend one, as soon as there is one."""
        with self._turns.turn():
            lent = self._free.pop() if self._free else self._make()
            yield lent
            self._free.append(lent)  # after an error it is not whole any more, and is not kept
