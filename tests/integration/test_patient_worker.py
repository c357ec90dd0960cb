"""The web server's worker leaves clients to others while it is busy, and waits for none of them."""

import os
import selectors
import socket
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any
from unittest.mock import Mock

import pytest
from gunicorn.config import Config

from mobility.weblib import patient_worker
from mobility.weblib.patient_worker import MOST_COUNTED, PATIENCE_S, PatientWorker, see_off


class Worker(PatientWorker):
    """One without a process of its own, whose requests last until the test ends them."""

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(1, os.getpid(), [listener], Mock(), 30, Config(), Mock())
        self.requests: list[tuple[Any, Future[Any]]] = []
        self.tpool = Mock(submit=self._submit)
        self.poller = selectors.DefaultSelector()
        self.set_accept_enabled(True)

    def _submit(self, _handle: Any, conn: Any) -> "Future[Any]":
        self.requests.append((conn, Future()))
        return self.requests[-1][1]

    def turn(self) -> int:
        """Go round once as ``run`` does; return how many requests were ever taken."""
        self.set_accept_enabled(True)
        self.wait_for_and_dispatch_events(0)
        return len(self.requests)

    def end_one(self) -> None:
        conn, future = self.requests[0]
        future.set_running_or_notify_cancel()
        future.set_exception(OSError("the client is gone"))
        self.finish_request(conn, future)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """A clock that stands still."""
    monkeypatch.setattr(patient_worker, "time", now := Mock(monotonic=Mock(return_value=100.0)))
    return now.monotonic


@pytest.fixture
def worker(clock: Mock) -> Iterator[Worker]:
    """A worker at whose door ten clients wait."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        clients = [socket.create_connection(listener.getsockname()) for _ in range(10)]
        worker = Worker(listener)
        yield worker
        for end in (*clients, *(conn.sock for conn, _ in worker.requests)):
            end.close()
        worker.poller.close()
        worker.tmp.close()


def test_a_busy_worker_takes_another_client_after_a_while_only(worker: Worker, clock: Mock) -> None:
    assert [worker.turn() for _ in range(3)] == [1, 1, 1]
    clock.return_value += PATIENCE_S + 0.001
    assert [worker.turn() for _ in range(3)] == [2, 2, 2]
    clock.return_value += PATIENCE_S + 0.001  # two in hand: twice as long
    assert worker.turn() == 2
    clock.return_value += PATIENCE_S
    assert worker.turn() == 3


def test_an_idle_worker_takes_a_client_at_once(worker: Worker) -> None:
    assert [worker.turn() for _ in range(2)] == [1, 1]
    worker.end_one()
    assert worker.turn() == 2


def test_no_crowd_keeps_a_client_out_for_long(worker: Worker, clock: Mock) -> None:
    for taken in range(1, 10):
        assert worker.turn() == taken
        clock.return_value += PATIENCE_S * MOST_COUNTED + 0.001


def test_a_client_that_does_not_close_is_waited_for_so_long_and_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patient_worker, "FAREWELL_S", 0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"answer")
        began = time.monotonic()
        see_off(ours)
        assert 0.05 <= time.monotonic() - began < 30
        ours.settimeout(30)
        assert ours.recv(1) == b""  # so that gunicorn, which reads on, does not wait again
        assert (theirs.recv(100), theirs.recv(100)) == (b"answer", b"")


def test_a_client_that_closes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patient_worker, "FAREWELL_S", 60.0)
    ours, theirs = socket.socketpair()
    with ours:
        theirs.sendall(b"what it sent too much")
        theirs.close()
        began = time.monotonic()
        see_off(ours)
        assert time.monotonic() - began < 30
