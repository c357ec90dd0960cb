"""The town's network as one process holds it: loaded once, changed without a failed request."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobility.errors import MobilityError
from mobility.geocoder import Geocoder
from mobility.network.manifest import Manifest, ManifestError, load_manifest
from mobility.network.versions import current_version

if TYPE_CHECKING:
    from routing.network import Network
    from routing.planner import Planner

logger = logging.getLogger(__name__)
_LOOK_S = 1.0
_FLEET_S = 5.0
_MISSING = "no network in {}: make one with 'mobility build' or start with './run'"


class NoNetworkError(MobilityError):
    """The network directory holds no network."""


@dataclass(frozen=True)
class Loaded:
    """One version of the network in memory, with what was built on it."""

    version: Path
    manifest: Manifest
    network: "Network"
    planner: "Planner"


class Town:
    """Holds the current network and the shared vehicles of this process.

    A new version is loaded in the background while the old one answers.

    Parameters
    ----------
    directory : pathlib.Path
        The network directory.
    fleet : callable
        Given a loaded network and what was returned before, returns the shared vehicles now;
        the same object when nothing changed.
    """

    def __init__(
        self, directory: Path, fleet: Callable[["Network", Any], Any] | None = None
    ) -> None:
        self._directory = directory
        self._fleet = fleet
        self._loaded: Loaded | None = None
        self._geocoder: tuple[Path, Geocoder] | None = None
        self._looked_at = 0.0
        self._lock = threading.Lock()
        self._loading: threading.Thread | None = None
        self._shared: tuple[Path, Any] | None = None
        self._shared_at = 0.0
        self._shared_lock = threading.Lock()

    def version_dir(self) -> Path:
        """Return the folder of the version that is current on disk.

        Raises
        ------
        NoNetworkError
            There is none.
        """
        version = current_version(self._directory)
        if version is None:
            raise NoNetworkError(_MISSING.format("the network directory"))
        return version

    def manifest(self) -> Manifest:
        """Return the manifest of the version in use, without loading the network for it."""
        if self._loaded is not None:
            return self._loaded.manifest
        try:
            return load_manifest(self.version_dir())
        except ManifestError as error:
            raise NoNetworkError(str(error)) from error

    def geocoder(self) -> Geocoder:
        """Return the geocoder of the version that is current on disk.

        Raises
        ------
        NoNetworkError
            There is no network.
        """
        version = self.version_dir()
        held = self._geocoder
        if held is None or held[0] != version:
            held = self._geocoder = (version, Geocoder(version / "geocoder.sqlite"))
        return held[1]

    def loaded(self) -> Loaded:
        """Return the network to answer with; start loading a newer one when there is one.

        Raises
        ------
        NoNetworkError
            There is none at all.
        """
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._loaded = _load(self.version_dir())
                return self._loaded
        now = time.monotonic()
        if now - self._looked_at > _LOOK_S:
            self._looked_at = now
            newest = current_version(self._directory)
            if newest is not None and newest != loaded.version:
                self.start_loading()
        return loaded

    def start_loading(self) -> None:
        """Load the current version in the background, unless that is under way."""
        with self._lock:
            if self._loading is not None and self._loading.is_alive():
                return
            self._loading = threading.Thread(target=self._reload, name="network", daemon=True)
            self._loading.start()

    def shared(self, loaded: Loaded) -> Any:
        """Return the shared vehicles on this network, a few seconds old at most; None if none.

        While one thread asks for news the others go on with what there is.
        """
        if self._fleet is None:
            return None
        held = self._shared
        fits = held is not None and held[0] == loaded.version
        if fits and time.monotonic() - self._shared_at < _FLEET_S:
            return held[1] if held else None
        if not self._shared_lock.acquire(blocking=not fits):
            return held[1] if held else None
        try:
            before = self._shared[1] if self._shared and fits else None
            self._shared = (loaded.version, self._fleet(loaded.network, before))
            self._shared_at = time.monotonic()
        except Exception:
            logger.exception("the shared vehicles cannot be read; going on with the last ones")
            self._shared_at = time.monotonic()
        finally:
            self._shared_lock.release()
        return self._shared[1] if self._shared and self._shared[0] == loaded.version else None

    def _reload(self) -> None:
        try:
            loaded = _load(self.version_dir())
            self.shared(loaded)
            self._loaded = loaded
        except Exception:
            logger.exception("a network version cannot be loaded; the one before stays")


def _load(version: Path) -> Loaded:
    from routing.network import Network
    from routing.planner import Planner

    began = time.perf_counter()
    network = Network.load(version)
    loaded = Loaded(version, load_manifest(version), network, Planner(network))
    logger.info("network loaded in %.1f s", time.perf_counter() - began)
    return loaded
