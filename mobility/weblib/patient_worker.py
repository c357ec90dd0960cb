"""Gunicorn's worker with threads, made to share clients fairly and to wait for none of them.

All processes accept from one socket. Whichever wakes first would take every client that comes
within a moment, and answer all of them on one processor while the others stand idle. And where an
answer ends the connection, the thread that takes clients would wait until the client has closed
its end too: whoever does not would keep all others waiting.
"""

import socket
import time
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PATIENCE_S = 0.02
"""How long a process waits before it takes another client, for each request it has in hand."""

MOST_COUNTED = 5
FAREWELL_S = 2.0
"""How long a client may take to close its end."""


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """Takes the next client the later, the more requests it has in hand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_hand = 0
        self._took_at = 0.0

    def accept(self, listener: Any) -> None:
        """Take a client, and no other for a while."""
        super().accept(listener)
        self._took_at = time.monotonic()
        self.set_accept_enabled(self._accepting)

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread answer a request."""
        self._in_hand += 1
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:
        """Answer a request, in a thread; where it was the last, wait there for the client to go."""
        outcome = super().handle(conn)
        if outcome is False:
            see_off(conn.sock)
        return outcome

    def finish_request(self, conn: Any, fs: "Future[Any]") -> None:
        """Go on with a connection after an answer."""
        self._in_hand -= 1
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take clients or not; while it takes none it is asked before each wait."""
        super().set_accept_enabled(enabled and self._patience_s() <= 0)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait no longer than until another client may be taken."""
        patience_s = self._patience_s()
        super().wait_for_and_dispatch_events(
            min(timeout, patience_s) if patience_s > 0 else timeout
        )

    def _patience_s(self) -> float:
        """Return the seconds until another client may be taken; not above 0 if now."""
        wait_s = PATIENCE_S * min(self._in_hand, MOST_COUNTED)
        return self._took_at + wait_s - time.monotonic()


def see_off(sock: socket.socket) -> None:
    """Say that nothing more comes, and read until the client says so too or time is up.

    Closing at once would make the system drop what the client has not read yet.
    """
    deadline = time.monotonic() + FAREWELL_S
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        while (left_s := deadline - time.monotonic()) > 0:
            sock.settimeout(left_s)
            if not sock.recv(65_536):
                break
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RD)
