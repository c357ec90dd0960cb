"""GTFS-Realtime messages: bytes → a checked FeedMessage."""

from typing import Any

from routing.errors import RoutingError

MOST_AHEAD_S = 300
"""A message from further ahead of our clock tells no time; its clock or ours is wrong."""


class RealtimeFeedError(RoutingError, ValueError):
    """What a feed sent is no GTFS-Realtime message."""


def decode(body: bytes) -> Any:
    """Read a message.

    Parameters
    ----------
    body : bytes
        Protocol buffer, as fetched.

    Returns
    -------
    google.transit.gtfs_realtime_pb2.FeedMessage
        One whose required fields are all there.

    Raises
    ------
    RealtimeFeedError
        It is cut off, or is something else, such as a page of HTML.
    """
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    from google.transit.gtfs_realtime_pb2 import FeedMessage

    message = FeedMessage()
    try:
        message.ParseFromString(body)
    except (DecodeError, RuntimeError) as error:
        raise RealtimeFeedError("no whole GTFS-Realtime message; check the address") from error
    if not body or not message.IsInitialized():
        raise RealtimeFeedError("no GTFS-Realtime message; check the address")
    return message


def told_at(message: Any, received_s: float) -> float:
    """Return when a message was made, Unix seconds.

    Where its header does not say, or names an instant well ahead of us, it is as old as our copy.
    """
    stamp = int(message.header.timestamp)
    return float(stamp) if 0 < stamp <= received_s + MOST_AHEAD_S else received_s
