"""Earlier and later parts of an answer: windows laid end to end, told by opaque cursors.

A journey has its place on one axis: its departure, or with a time to arrive by the second before
its arrival, so that windows are half-open either way. A cursor says where a window begins (ends),
and which journeys beyond that point were told before. It holds no place.
"""

import base64
import binascii
import struct
from dataclasses import dataclass

from routing.errors import RoutingError

PAGE_S = 3600
"""Length of a page's window where the request has none."""

MOST_TOLD = 64
_HEAD = struct.Struct(">BBqq")
_VERSION = 1
_FIRST_S, _LAST_S = 0, 7_258_118_400  # 1970 to 2200


class InvalidCursorError(RoutingError, ValueError):
    """A page cursor that no answer gave."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an answer.

    Parameters
    ----------
    asked_s : int
        Time of the first request, Unix seconds.
    earlier : bool
        Whether it lies before ``edge_s``, else from there on.
    edge_s : int
        Where it begins, or ends.
    told : frozenset of int
        Keys of journeys on it that were told before.
    """

    asked_s: int
    earlier: bool
    edge_s: int
    told: frozenset[int] = frozenset()

    def span(self, window_s: int) -> tuple[int, int]:
        """Return the half-open span of the page."""
        if self.earlier:
            return self.edge_s - window_s, self.edge_s
        return self.edge_s, self.edge_s + window_s

    def cursor(self) -> str:
        """Write the page as a token for URLs."""
        head = _HEAD.pack(_VERSION, self.earlier, self.asked_s, self.edge_s)
        told = sorted(self.told)
        packed = head + struct.pack(f">{len(told)}I", *told)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read_cursor(text: str) -> Page:
    """Read a token.

    Raises
    ------
    InvalidCursorError
        It is none that :meth:`Page.cursor` wrote.
    """
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        version, earlier, asked_s, edge_s = _HEAD.unpack_from(packed)
        count, rest = divmod(len(packed) - _HEAD.size, 4)
        told = frozenset(struct.unpack_from(f">{count}I", packed, _HEAD.size))
        page = Page(asked_s, bool(earlier), edge_s, told)
        moments = (asked_s, edge_s)
        sound = version == _VERSION and not rest and count <= MOST_TOLD
        sound = sound and all(_FIRST_S <= moment <= _LAST_S for moment in moments)
        sound = sound and page.cursor() == text
    except (binascii.Error, struct.error, ValueError):
        sound = False
    if not sound:
        raise InvalidCursorError("this page cursor is none that an answer gave")
    return page
