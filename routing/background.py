"""Threads that prepare something for plans to come, and when they are not to be started."""

from collections.abc import Iterator
from contextlib import contextmanager

_put_off = 0


def is_put_off() -> bool:
    """Tell whether to leave alone what can be prepared later."""
    return _put_off > 0


@contextmanager
def put_off() -> Iterator[None]:
    """Have nothing prepared in the background meanwhile.

    Before a process forks, as its child would lack the threads.
    """
    global _put_off
    _put_off += 1
    try:
        yield
    finally:
        _put_off -= 1
