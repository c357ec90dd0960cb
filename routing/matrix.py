"""Travel times between many places: in this process, on all cores, or on a Dask cluster."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from routing.arrays import Float64, Int16, Int32
from routing.errors import RoutingError
from routing.explore.travel import Places, Travel, Traveller
from routing.network import Network
from routing.transit.everywhere import INF

UNREACHED = -1
CHUNK = 16
"""Centres per task: some tenths of a second of work."""

Points = Float64
"""Longitude and latitude in degrees, EPSG:4326; float64, (n, 2)."""


class MatrixError(RoutingError):
    """Another machine or process cannot take part."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Travel times from every origin to every destination.

    Parameters
    ----------
    network : str
        Id of the network they hold on.
    percentiles : tuple of int
        Of the moments looked at: ``(50,)`` is the median.
    seconds : int32, (n_percentiles, n_origins, n_destinations)
        Seconds that at least so many per cent of the moments do with, ``UNREACHED`` (-1) where
        too few of them find a way.
    transfers : int16, (n_origins, n_destinations)
        Changes of the quickest way at the first moment, -1 where no vehicle is taken.
    """

    network: str
    percentiles: tuple[int, ...]
    seconds: Int32
    transfers: Int16


@dataclass(frozen=True)
class Part:
    """What a worker needs to compute rows of a matrix: everything but its centres."""

    travel: Travel
    far: Places
    percentiles: tuple[int, ...]


Rows = tuple[Int32, Int16]
"""Seconds, int32 (n_percentiles, n_centres, n_far), and transfers, int16 (n_centres, n_far)."""
Spread = Callable[[Part, Sequence[Points]], Iterable[Rows]]
"""Computes the rows of some chunks of centres, in their order, somewhere."""


def travel_matrix(
    traveller: Traveller,
    origins: Points,
    destinations: Points,
    percentiles: tuple[int, ...] = (50,),
    spread: Spread | None = None,
) -> Matrix:
    """Compute how long it takes from every origin to every destination.

    Parameters
    ----------
    traveller : Traveller
        Network, time and way of travelling.
    origins, destinations : float64, (n, 2)
        Degrees, EPSG:4326. What lies far from any street or stop is out of reach.
    percentiles : tuple of int
        Each 1 to 100; of ``travel.moments`` departures. With one, all are the same.
    spread : callable, optional
        Where to compute, such as :func:`over_processes` returns; this process by default. The
        result does not depend on it.
    """
    if not all(1 <= p <= 100 for p in percentiles) or not percentiles:
        raise MatrixError(f"percentiles are 1 to 100, not {percentiles}")
    near, far = np.asarray(origins, np.float64), np.asarray(destinations, np.float64)
    if traveller.travel.arrive_by:
        near, far = far, near
    part = Part(traveller.travel, traveller.places(far), percentiles)
    chunks = [near[i : i + CHUNK] for i in range(0, len(near), CHUNK)]
    compute = spread or (lambda part, chunks: (rows(traveller, part, c) for c in chunks))
    done = list(compute(part, chunks))
    empty = _blank(part, 0)
    seconds = np.concatenate([s for s, _ in done] or [empty[0]], axis=1)
    transfers = np.concatenate([t for _, t in done] or [empty[1]], axis=0)
    if traveller.travel.arrive_by:
        seconds, transfers = seconds.transpose(0, 2, 1), transfers.T
    return Matrix(traveller.network.id, percentiles, seconds, transfers)


def rows(traveller: Traveller, part: Part, centres: Points) -> Rows:
    """Compute the rows of some centres."""
    seconds, transfers = _blank(part, len(centres))
    n = part.travel.moments
    rank = [-(-p * n // 100) - 1 for p in part.percentiles]
    for i, (lon, lat) in enumerate(centres.tolist()):
        took_s, changes = traveller.times(lon, lat, part.far)
        seconds[:, i] = np.sort(took_s, axis=0)[rank]
        transfers[i] = changes
    seconds[seconds == INF] = UNREACHED
    return seconds, transfers


def _blank(part: Part, n: int) -> Rows:
    shape = (n, len(part.far))
    return np.empty((len(part.percentiles), *shape), np.int32), np.empty(shape, np.int16)


def over_processes(folder: Path, network_id: str, processes: int) -> Spread:
    """Compute on several cores of this machine; each process opens the network, memory-mapped.

    Parameters
    ----------
    folder : Path
        The network directory, or one version of it.
    network_id : str
        Id of the network meant.
    processes : int
        How many.
    """

    def spread(part: Part, chunks: Sequence[Points]) -> Iterable[Rows]:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            tasks = [pool.submit(remote_rows, folder, network_id, part, c) for c in chunks]
            yield from (task.result() for task in tasks)

    return spread


def over_dask(address: str, folder: Path, network_id: str) -> Spread:
    """Compute on a Dask cluster, such as ``tcp://scheduler:8786``.

    Its workers need this program and the same network directory at the same path.

    Raises
    ------
    MatrixError
        Dask is not installed, or nobody answers at the address.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise MatrixError("Dask is not installed: install the extra 'dask'") from error

    def spread(part: Part, chunks: Sequence[Points]) -> Iterable[Rows]:
        try:
            client = Client(address, timeout=10)
        except OSError as error:
            raise MatrixError(f"no Dask scheduler answers at {address}") from error
        with client:
            shared = client.scatter(part, broadcast=True)
            tasks = [
                client.submit(remote_rows, folder, network_id, shared, chunk, pure=False)
                for chunk in chunks
            ]
            yield from client.gather(tasks)

    return spread


def remote_rows(folder: Path, network_id: str, part: Part, centres: Points) -> Rows:
    """Compute rows in another process, which must find the same network.

    Raises
    ------
    MatrixError
        The network there is another one.
    """
    traveller = _traveller(folder, part.travel)
    if traveller.network.id != network_id:
        raise MatrixError(
            f"{folder} holds network {traveller.network.id} here, not {network_id}: copy it anew"
        )
    return rows(traveller, part, centres)


@lru_cache(maxsize=2)
def _traveller(folder: Path, travel: Travel) -> Any:
    return Traveller(Network.load(folder), travel)
