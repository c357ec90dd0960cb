"""Which journeys an earlier or later page holds, and where the pages beside it begin."""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.journeys.combine import Candidate
from routing.journeys.pages import Page


def key_of(way: Candidate) -> int:
    """Return a number by which a journey is recognised."""
    told = (*way.combination, way.start_s, way.end_s, way.transfers)
    return zlib.crc32(repr(tuple(map(str, told))).encode())


@dataclass(frozen=True, slots=True)
class Axis:
    """Where journeys lie on the axis of pages."""

    arrive_by: bool

    def at(self, way: Candidate) -> int:
        """Return a journey's place."""
        return way.end_s - 1 if self.arrive_by else way.start_s

    def in_order(self, ways: Iterable[Candidate], earlier: bool) -> list[Candidate]:
        """Sort journeys as they are told; of those at one place the best comes first."""

        def rank(way: Candidate) -> tuple[int, int, int]:
            at = self.at(way)
            return -at if earlier else at, way.duration_s, way.transfers

        return sorted(ways, key=rank)


def first_neighbours(
    axis: Axis, asked_s: int, covered_s: int, shown: Iterable[Candidate], left: Iterable[Candidate]
) -> tuple[Page, Page]:
    """Return the pages before and after a first answer.

    Parameters
    ----------
    axis : Axis
        Of the request.
    asked_s, covered_s : int
        Its time, and how far beyond it all journeys are known.
    shown, left : iterable of Candidate
        Journeys by public transport in the answer; those found that had no room in it.
    """
    shown, places = list(shown), [axis.at(way) for way in left]
    if axis.arrive_by:
        edge_s = max([place + 1 for place in places], default=0)
        edge_s = max(edge_s, asked_s - covered_s)
        told = frozenset(key_of(way) for way in shown if axis.at(way) < edge_s)
        return Page(asked_s, True, edge_s, told), Page(asked_s, False, asked_s)
    edge_s = min([*places, asked_s + covered_s])
    told = frozenset(key_of(way) for way in shown if axis.at(way) >= edge_s)
    return Page(asked_s, True, asked_s), Page(asked_s, False, edge_s, told)


def neighbours(
    page: Page,
    axis: Axis,
    window_s: int,
    found: Iterable[Candidate],
    left: Sequence[Candidate],
) -> tuple[Page, Page]:
    """Return the pages before and after a page.

    Parameters
    ----------
    page : Page
        The page, ``window_s`` seconds long.
    axis : Axis
        Of the request.
    found, left : iterable of Candidate
        Its journeys, and those of them that had no room.
    """
    first_s, last_s = page.span(window_s)
    places = [axis.at(way) for way in left]
    if page.earlier:
        edge_s = max([place + 1 for place in places], default=first_s)
    else:
        edge_s = min(places, default=last_s)
    waiting = {id(way) for way in left}
    at = {key_of(way): axis.at(way) for way in found if id(way) not in waiting}
    # Told, and so far beyond the edge that the next page would meet it again.
    again = {key for key, place in at.items() if (place < edge_s) == page.earlier}
    told = frozenset(again | {key for key in page.told if key not in at})
    beyond = Page(page.asked_s, page.earlier, edge_s, told)
    if page.earlier:
        return beyond, Page(page.asked_s, False, last_s)
    return Page(page.asked_s, True, first_s), beyond
