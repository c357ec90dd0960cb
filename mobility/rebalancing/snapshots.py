"""The stock a network directory was built with: its own folder of feed files."""

from datetime import datetime
from pathlib import Path

from mobility.catalogue.gbfs import read_folder, read_gbfs
from mobility.catalogue.model import Snapshot
from mobility.catalogue.sources import load_sources
from mobility.errors import MobilityError
from mobility.network.manifest import Manifest
from mobility.rebalancing.stock import stock_of


class NoSystemError(MobilityError, LookupError):
    """The network holds no sharing system to plan for; the text names those it has."""


def read_snapshot(
    version: Path, manifest: Manifest, system_id: str | None, now: datetime
) -> Snapshot:
    """Read the stored feed of one sharing system.

    Parameters
    ----------
    version : pathlib.Path
        Version of a network directory.
    manifest : Manifest
        Its manifest.
    system_id : str, optional
        Which system; the one with most stations of bicycles by default.
    now : datetime
        Aware moment of reading.

    Raises
    ------
    NoSystemError
        There is no such system, or none with stations.
    """
    found: dict[str, Snapshot] = {}
    for source in load_sources(version):
        if source.folder is not None and source.folder.is_dir():
            snapshot, _ = read_gbfs(read_folder(source.folder), name=source.name, now=now)
            found[snapshot.system.system_id] = snapshot
    if system_id is not None:
        if system_id not in found:
            known = ", ".join(sorted(found)) or "none"
            raise NoSystemError(
                f"no stored system '{system_id}' in '{manifest.name}'; it has: {known}"
            )
        return found[system_id]
    sized = {key: len(stock_of(s).inventory.stations) for key, s in found.items()}
    if not any(sized.values()):
        raise NoSystemError(
            f"network '{manifest.name}' has no stored feed with bike stations;"
            " build it with --gbfs FOLDER"
        )
    return found[max(sized, key=lambda key: sized[key])]
