"""The town's network as one process holds it: loaded once, changed without a failed request."""

import logging
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mobility.errors import MobilityError
from mobility.geocoder import Geocoder
from mobility.network.manifest import Manifest, ManifestError, load_manifest
from mobility.network.versions import current_version
from mobility.town_fleet import FleetReader, TownFleet
from routing.errors import RoutingError

if TYPE_CHECKING:
    from routing.explore.explorer import Explorer
    from routing.network import Network
    from routing.planner import Planner
    from routing.realtime.live import LiveSource
    from routing.transit.timetable import Timetable

logger = logging.getLogger(__name__)
Part = TypeVar("Part")
LiveReader = Callable[["Timetable"], "LiveSource"]
"""Given a timetable, returns what tells what is known beside it."""

_LOOK_S = 1.0
_RETRY_S = 30.0
"""How long a version that could not be loaded is left alone."""

_PATIENCE_S = 20.0
"""How long a request waits for a network that another thread is loading."""


class NoNetworkError(MobilityError):
    """The network directory holds no network."""


class BrokenNetworkError(NoNetworkError):
    """There is a network, but it cannot be loaded; the log says why."""


class LoadingError(NoNetworkError):
    """The network is still being loaded."""


class PlannerState(StrEnum):
    """How far this process is with its network."""

    READY = "ready"
    LOADING = "loading"
    MISSING = "missing"


@dataclass(frozen=True)
class Loaded:
    """One version of the network in memory, with what was built on it."""

    version: Path
    manifest: Manifest
    network: "Network"
    planner: "Planner"
    explorer: "Explorer"
    fleet: TownFleet


class Town:
    """Holds the current network and the shared vehicles of this process.

    A new version is loaded in the background while the old one answers; one that cannot be loaded
    leaves the old one in place.

    Parameters
    ----------
    directory : pathlib.Path
        The network directory.
    fleet : callable
        Given a loaded network and what was returned before, returns the shared vehicles now;
        the same object when nothing changed.
    live : callable, optional
        Given a timetable, returns what is known beside it.
    grams_per_km : Mapping of str to float, optional
        The town's own figures of emissions by mode.
    """

    def __init__(
        self,
        directory: Path,
        fleet: FleetReader | None = None,
        live: "LiveReader | None" = None,
        grams_per_km: Mapping[str, float] | None = None,
    ) -> None:
        self._directory = directory
        self._read_fleet = fleet
        self._make_live = live
        self._days: Path | None = None
        self._grams_per_km = grams_per_km
        self._loaded: Loaded | None = None
        self._geocoder: tuple[Path, Geocoder] | None = None
        self._looked_at = 0.0
        self._refused: tuple[Path, float] | None = None
        self._lock = threading.Lock()
        self._load_lock = threading.Lock()
        self._loading: threading.Thread | None = None

    def version_dir(self) -> Path:
        """Return the folder of the version in use: the one in memory, else the newest on disk.

        Raises
        ------
        NoNetworkError
            There is none.
        """
        loaded = self._loaded
        if loaded is not None:
            self._look_for_newer(loaded)
            if loaded.version.is_dir():
                return loaded.version
        return self._newest()

    def manifest(self) -> Manifest:
        """Return the manifest of the version in use, without loading the network for it.

        Raises
        ------
        NoNetworkError
            There is none, or it cannot be read.
        """
        if self._loaded is not None:
            return self._loaded.manifest
        return _whole(load_manifest, self._newest())

    def geocoder(self) -> Geocoder:
        """Return the geocoder of the version in use.

        Raises
        ------
        NoNetworkError
            There is no network.
        GeocoderError
            Its geocoder cannot be opened.
        """
        version = self.version_dir()
        held = self._geocoder
        if held is None or held[0] != version:
            held = self._geocoder = (version, Geocoder(version / "geocoder.sqlite"))
        return held[1]

    def state(self) -> PlannerState:
        """Tell how far this process is with its network; never waits."""
        if self._loaded is not None:
            return PlannerState.READY
        newest = current_version(self._directory)
        if newest is None or self._is_refused(newest):
            return PlannerState.MISSING
        return PlannerState.LOADING

    def loaded(self) -> Loaded:
        """Return the network to answer with; start loading a newer one when there is one.

        Raises
        ------
        NoNetworkError
            There is none at all, none that can be loaded, or another thread is not done with it.
        """
        loaded = self._loaded
        if loaded is None:
            return self._first()
        self._look_for_newer(loaded)
        return loaded

    def start_loading(self) -> None:
        """Load the current version in the background and try it, unless that is under way.

        The day travellers will ask for first is prepared thereafter.
        """
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return
            self._loading = threading.Thread(target=self._get_ready, name="network", daemon=True)
            self._loading.start()

    def share_days(self, folder: Path) -> None:
        """Share days of the timetable with the processes that use the same folder.

        Parameters
        ----------
        folder : Path
            Empty when the first of them starts.
        """
        self._days = folder

    def preload(self) -> None:
        """Load the current version and try it, so that processes forked afterwards share it.

        Nothing is planned with live data, as the thread that reads it would be lost.
        """
        self._reload(live=False)

    def shared(self, loaded: Loaded) -> Any:
        """Return the shared vehicles on this network, a few seconds old at most; None if none."""
        return loaded.fleet.now()

    def _newest(self) -> Path:
        version = current_version(self._directory)
        if version is None:
            raise NoNetworkError("make one with 'mobility build' or start with './run'")
        return version

    def _first(self) -> Loaded:
        if not self._load_lock.acquire(timeout=_PATIENCE_S):
            raise LoadingError("try again in a few seconds")
        try:
            if self._loaded is None:
                self._loaded = self._load(self._newest())
            return self._loaded
        finally:
            self._load_lock.release()

    def _look_for_newer(self, loaded: Loaded) -> None:
        now = time.monotonic()
        if now - self._looked_at <= _LOOK_S:
            return
        self._looked_at = now
        newest = current_version(self._directory)
        if newest not in (None, loaded.version) and not self._is_refused(newest):
            self.start_loading()

    def _get_ready(self) -> None:
        from routing.warm_up import prepare_today

        self._reload()
        if self._loaded is not None:
            prepare_today(self._loaded.network, datetime.now(UTC))

    def _reload(self, *, live: bool = True) -> None:
        with self._load_lock:
            try:
                newest, held = self._newest(), self._loaded
                if held is not None and held.version == newest:
                    return
                fresh = self._load(newest)
                self._try(fresh, newest, held, live=live)
                self._loaded = fresh
            except NoNetworkError as error:
                logger.warning("no new network version is taken (%s)", error)
            except Exception:
                logger.exception("a new network version fails; the one before stays")

    def _try(self, fresh: Loaded, version: Path, held: Loaded | None, *, live: bool) -> None:
        """Plan once on a fresh network: compiles the kernels, and shows whether it works.

        What was prepared for travellers on the network held so far is prepared on it, too.
        """
        from routing.planner import Planner
        from routing.warm_up import prepare_days, warm_up

        try:
            planner = fresh.planner if live else Planner(fresh.network)
            took_s = warm_up(planner, fresh.fleet.now())
            logger.info("planner warmed up in %.1f s", took_s)
            if held is not None:
                prepare_days(fresh.network, held.network)
        except Exception:
            if held is not None:
                self._refused = (version, time.monotonic())
                raise
            logger.exception("the first journey on the network fails")

    def _is_refused(self, version: Path | None) -> bool:
        refused = self._refused
        recent = refused is not None and time.monotonic() - refused[1] < _RETRY_S
        return refused is not None and recent and refused[0] == version

    def _load(self, version: Path) -> Loaded:
        if self._is_refused(version):
            raise BrokenNetworkError("build it again; the log says what is wrong")
        try:
            return _whole(self._open, version)
        except BrokenNetworkError:
            self._refused = (version, time.monotonic())
            raise

    def _open(self, version: Path) -> Loaded:
        from routing.explore.explorer import Explorer
        from routing.journeys.impact import GRAMS_PER_KM
        from routing.network import Network
        from routing.planner import Planner
        from routing.transit.day_store import DayStore

        began = time.perf_counter()
        days = None
        if self._days is not None:
            _forget_gone(self._days, version.parent)
            days = DayStore(self._days / version.name)
        network, manifest = Network.load(version, days), load_manifest(version)
        fleet = TownFleet(network, self._read_fleet)
        logger.info("network %s loaded in %.1f s", network.id, time.perf_counter() - began)
        table, make = network.timetable, self._make_live
        live = make(table) if make is not None and table is not None else None
        planner = Planner(network, live, self._grams_per_km or GRAMS_PER_KM)
        explorer = Explorer(network, live)
        return Loaded(version, manifest, network, planner, explorer, fleet)


def _forget_gone(days: Path, versions: Path) -> None:
    """Delete the days of versions that are no longer kept."""
    for folder in days.glob("*"):
        if not (versions / folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _whole(read: Callable[[Path], Part], version: Path) -> Part:
    """Read something of a version; what is wrong with its files goes to the log alone.

    Raises
    ------
    BrokenNetworkError
        It cannot be read; the text names no path, as clients see it.
    """
    try:
        return read(version)
    except (RoutingError, ManifestError, OSError, ValueError) as error:
        logger.error("network version %s cannot be read: %s", version.name, error)
        raise BrokenNetworkError("build it again; the log says what is wrong") from error
