"""How the parts of transit searches are compiled: they work in arrays they are given.

Whoever takes an array usually notes that, and again when done with it. Of searches whose parts hand
on dozens of arrays hundreds of times this took a twentieth of a whole plan. ``_nrt``, the option
that does without, is not among numba's documented ones: a version that no longer has it says so
when the first of these is compiled. What a part calls is compiled alike unless it says otherwise.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Part = TypeVar("Part", bound=Callable[..., Any])

_njit: Any = njit  # its types leave the option out


def search_part(function: Part) -> Part:
    """Compile a part of a search, which can make no arrays."""
    part: Part = _njit(cache=True, nogil=True, _nrt=False)(function)
    return part


def inlined_part(function: Part) -> Part:
    """Compile one that is called hundreds of times: handing over all arrays takes 100 ns."""
    part: Part = _njit(cache=True, nogil=True, _nrt=False, forceinline=True)(function)
    return part


@_njit(cache=True, nogil=True, _nrt=True)
def fill(array: Any, size: int, value: int) -> None:
    """Fill the beginning of an array, its rows laid end to end: more than a part can do itself."""
    array.ravel()[:size] = value
