"""A heap of labels with four children per node, ordered by a key, that knows where each is."""

from numba import njit

from routing.arrays import Float32, Int32


@njit(cache=True, nogil=True, inline="always")
def rise(heap: Int32, place: Int32, key: Float32, at: int) -> None:
    """Move the label at a position up until its parent is no larger.

    Parameters
    ----------
    heap : int32, (capacity,)
        Labels; children of position ``i`` are at ``4 i + 1 .. 4 i + 4``. Modified in place.
    place : int32, (capacity,)
        Position of each label in the heap. Modified in place.
    key : float32, (capacity,)
        Key of each label.
    at : int
        Position to start from.
    """
    label = heap[at]
    value = key[label]
    while at > 0:
        parent = (at - 1) >> 2
        other = heap[parent]
        if key[other] <= value:
            break
        heap[at] = other
        place[other] = at
        at = parent
    heap[at] = label
    place[label] = at


@njit(cache=True, nogil=True, inline="always")
def pop(heap: Int32, place: Int32, key: Float32, size: int) -> int:
    """Take out the label with the smallest key of a heap of ``size`` labels, at least one.

    The label keeps no position: ``place`` becomes -1.
    """
    top = heap[0]
    place[top] = -1
    size -= 1
    if size == 0:
        return int(top)
    label = heap[size]
    value = key[label]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if key[heap[other]] < key[heap[best]]:
                best = other
        if key[heap[best]] >= value:
            break
        heap[at] = heap[best]
        place[heap[at]] = at
        at = best
    heap[at] = label
    place[label] = at
    return int(top)
