"""Our moving windows refuse what those of the library refuse, and forget who is gone."""

import time
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from mobility.weblib.windows import WindowStorage

GENERAL, OWN = parse("3 per minute"), parse("2 per 10 seconds")
PAUSES_S = st.integers(0, 36).map(lambda number: 0.7 * number)
"""They never add up to a limit's own seconds: then the library refuses, but counts nothing."""
REQUESTS = st.lists(
    st.tuples(PAUSES_S, st.sampled_from("ABC"), st.sampled_from([GENERAL, OWN])),
    max_size=40,
)


@given(REQUESTS)
def test_every_request_is_judged_as_the_library_does(
    requests: list[tuple[float, str, object]],
) -> None:
    theirs, ours = (MovingWindowRateLimiter(kind()) for kind in (_Theirs, WindowStorage))
    now = 1_000_000.0
    for pause_s, client, limit in requests:
        now += pause_s
        with patch.object(time, "time", lambda now=now: now):
            is_let_in = ours.hit(limit, client)
            assert is_let_in == theirs.hit(limit, client)
            if not is_let_in:  # then one is told when to try again
                assert ours.get_window_stats(limit, client) == theirs.get_window_stats(
                    limit, client
                )


class _Theirs(MemoryStorage):
    """Without the threads that clear up, which do not know of the clock of the test."""

    def __init__(self) -> None:
        super().__init__()
        self.timer.cancel()

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802
        pass


def test_clients_that_are_gone_are_forgotten() -> None:
    storage = WindowStorage()
    limiter = MovingWindowRateLimiter(storage)
    with patch.object(time, "time", lambda: 1000.0):
        for number in range(500):
            assert limiter.hit(OWN, f"client {number}")
    with patch.object(time, "time", lambda: 1011.0):
        assert limiter.hit(OWN, "another")
    assert [len(clients) for clients in storage._clients.values()] == [1]
