"""Whole journeys over places: what they are made of, how they are named, which are worth it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.journeys.combine import CARRIED, DIRECT, Candidate
from routing.journeys.direct import LONGER_THAN_RIDING_S
from routing.journeys.via_parts import LEFT
from routing.model import Mode, Place


@dataclass(frozen=True)
class ViaWay:
    """Parts of a journey, each with its times, and the places between them.

    ``seated`` tells of each place whether one stays on board there.
    """

    parts: tuple[Candidate, ...]
    vias: tuple[Place, ...]
    seated: tuple[bool, ...]


def combination_of(pieces: Sequence[Candidate], chain: Mode) -> tuple[str, str]:
    """Name the street modes of a journey; a shared or ordered vehicle wherever it is used."""
    words = {word for piece in pieces for word in piece.combination}
    used = sorted(word for word in words if word.partition(":")[0] == chain)
    if chain in (Mode.RENTAL, Mode.FLEX):
        word = used[0] if len(used) == 1 else str(chain) if used else str(Mode.WALK)
    else:
        word = str(chain)
    if all(piece.is_direct for piece in pieces):
        return (DIRECT, word)
    if chain not in LEFT:
        return (word, word)
    return LEFT[chain] if any(piece.combination == LEFT[chain] for piece in pieces) else CARRIED


def without_long_rides(ways: Iterable[Candidate]) -> list[Candidate]:
    """Drop what takes much longer than riding one's own bicycle all the way."""
    found = list(ways)
    ridden_s = [way.duration_s for way in found if way.combination == (DIRECT, Mode.BICYCLE)]
    if not ridden_s:
        return found
    longest_s = min(ridden_s) + LONGER_THAN_RIDING_S
    return [w for w in found if Mode.BICYCLE not in w.combination or w.duration_s <= longest_s]
