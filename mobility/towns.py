"""The networks one process answers on: the town's own, and further ones to compare it with."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mobility.errors import MobilityError
from mobility.network.manifest import Manifest
from mobility.settings import SettingsError
from mobility.town import Loaded, NoNetworkError, Town

MAIN = "main"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


class UnknownNetworkError(MobilityError, LookupError):
    """No network of that name or id is held."""


class Towns:
    """The main network, which live data and shared vehicles belong to, and others by name.

    Parameters
    ----------
    main : Town
        The town's own network.
    others : iterable of str
        ``NAME=DIRECTORY`` each. They are planned on by the timetable alone: real time is off.
    grams_per_km : Mapping of str to float, optional
        Figures of emissions by mode, for the others.

    Raises
    ------
    SettingsError
        One of them is spelled otherwise, or a name comes twice.
    """

    def __init__(
        self,
        main: Town,
        others: Iterable[str] = (),
        grams_per_km: Mapping[str, float] | None = None,
    ) -> None:
        self.main = main
        self._by_name = {MAIN: main}
        for pair in others:
            name, _, folder = pair.partition("=")
            if not (_NAME.fullmatch(name) and folder) or name in self._by_name:
                raise SettingsError(
                    f"networks: '{pair}' is no NAME=DIRECTORY with a new name of letters, digits,"
                    f" '-' and '_'; '{MAIN}' is the town's own"
                )
            self._by_name[name] = Town(Path(folder), grams_per_km=grams_per_km)

    def get(self, network: str | None) -> Town:
        """Return the holder of a network, the main one for ``None``.

        Parameters
        ----------
        network : str, optional
            Its name, or the id of its version in use.

        Raises
        ------
        UnknownNetworkError
            There is none; the text lists the names.
        """
        if network is None:
            return self.main
        if network in self._by_name:
            return self._by_name[network]
        for _, town, manifest in self.held():
            if manifest is not None and manifest.id == network:
                return town
        raise UnknownNetworkError(f"ask on one of: {', '.join(self._by_name)}, or by its id")

    def held(self) -> Iterator[tuple[str, Town, Manifest | None]]:
        """List names and holders, each with its manifest, ``None`` where it cannot be read."""
        for name, town in self._by_name.items():
            try:
                yield name, town, town.manifest()
            except NoNetworkError:
                yield name, town, None

    def loaded(self, network: str | None) -> Loaded:
        """Return a network to answer with; see :meth:`get` and :meth:`Town.loaded`."""
        return self.get(network).loaded()

    def start_loading(self) -> None:
        """Load all of them in the background, the main one first."""
        for town in self._by_name.values():
            town.start_loading()

    def share_days(self, folder: Path) -> None:
        """Share days of the timetables with the processes that use the same folder."""
        for name, town in self._by_name.items():
            town.share_days(folder / name)

    def preload(self) -> None:
        """Load all of them now, to be shared by processes forked afterwards."""
        for town in self._by_name.values():
            town.preload()
