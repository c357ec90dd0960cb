"""The shared vehicles on one loaded network, read again every few seconds."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routing.network import Network

logger = logging.getLogger(__name__)
_FRESH_S = 5.0

FleetReader = Callable[["Network", Any], Any]
"""Given a network and what was returned before, returns the shared vehicles now."""


class TownFleet:
    """Keeps the shared vehicles of a network; while one thread asks for news the others go on.

    Parameters
    ----------
    network : Network
        The network they are linked to.
    read : callable, optional
        Reads them; without it there are none.
    """

    def __init__(self, network: "Network", read: FleetReader | None) -> None:
        self._network = network
        self._read = read
        self._held: Any = None
        self._read_at: float | None = None
        self._lock = threading.Lock()

    def now(self) -> Any:
        """Return the shared vehicles, a few seconds old at most; the last ones if that fails."""
        if self._read is None or self._is_fresh():
            return self._held
        if not self._lock.acquire(blocking=self._read_at is None):
            return self._held
        try:
            if not self._is_fresh():
                self._held = self._read(self._network, self._held)
        except Exception:
            logger.exception("the shared vehicles cannot be read; going on with the last ones")
        finally:
            self._read_at = time.monotonic()
            self._lock.release()
        return self._held

    def _is_fresh(self) -> bool:
        return self._read_at is not None and time.monotonic() - self._read_at < _FRESH_S
