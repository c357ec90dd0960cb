"""Moving windows of rate limits in the memory of one process."""

import threading
import time
from collections import OrderedDict, defaultdict, deque

from limits.storage import MemoryStorage


class WindowStorage(MemoryStorage):
    """Keeps of each client the moments of its latest requests, as many as its limit allows.

    A request takes as long however many clients there are. The storage this stands in for goes
    through all of them, in a new thread, up to a hundred times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._clients: dict[int, OrderedDict[str, deque[float]]] = defaultdict(OrderedDict)
        self._lock = threading.Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count requests of a client unless they are too many within the last ``expiry`` s."""
        if amount > limit:
            return False
        now = time.time()
        since = now - expiry
        with self._lock:
            clients = self._clients[expiry]
            moments = clients.get(key) or deque()
            while moments and moments[0] < since:
                moments.popleft()
            if len(moments) + amount > limit:
                return False
            moments.extend([now] * amount)
            clients[key] = moments
            clients.move_to_end(key)
            while next(iter(clients.values()))[-1] < since:
                clients.popitem(last=False)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """Return the first moment that counts, or now where there is none, and how many count."""
        now = time.time()
        with self._lock:
            moments = self._clients[expiry].get(key, ())
            counted = [moment for moment in moments if moment >= now - expiry]
        return (counted[0] if counted else now), len(counted)
