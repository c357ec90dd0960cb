"""What the cooperative's application is told: settings, keys, store, area and clock."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mobility.settings import Settings
from mobility.trustee.clock import Clock, utc_now
from mobility.trustee.errors import ConfigError
from mobility.trustee.keys import KeyFolder
from mobility.trustee.store import Store, sqlite_url
from privacy import cells
from privacy.caps import Caps

CALLBACK_PATH = "/login/callback"


@dataclass(frozen=True, kw_only=True)
class Trustee:
    """Everything the services of the cooperative work with.

    Attributes
    ----------
    settings : Settings
        The settings table.
    store : Store
        The cooperative's database.
    keys : KeyFolder
        Its keys.
    area : dict
        GeoJSON polygon of the town, a public fact: releases cover all of its cells.
    caps : Caps
        Caps of months that begin from now on.
    month_cap_micro : int
        Budget of one data month in millionths of epsilon.
    clock : callable
        Returns the present moment.
    """

    settings: Settings
    store: Store
    keys: KeyFolder
    area: dict[str, Any]
    caps: Caps = field(default_factory=Caps)
    month_cap_micro: int = 1_000_000
    reserved_micro: int = 0
    clock: Clock = utc_now

    @property
    def timezone(self) -> str:
        """IANA name of the town's zone."""
        return self.settings.timezone

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Where a log-in may end: at the platform, nowhere else."""
        return (self.settings.platform_origin.rstrip("/") + CALLBACK_PATH,)

    @property
    def issuer(self) -> str:
        """The provider's name in its log-ins: the cooperative's origin."""
        return self.settings.cooperative_origin.rstrip("/")

    @property
    def outbox(self) -> Path:
        """Folder where mails land while no mail server is set."""
        return self.settings.path_of("cooperative_dir") / "outbox"


def open_trustee(settings: Settings, area: str = "", clock: Clock = utc_now) -> Trustee:
    """Open database and keys as the settings say.

    Parameters
    ----------
    settings : Settings
        The settings table.
    area : str
        ``W,S,E,N`` in degrees or a GeoJSON file; the network's own bounding box if empty.
    clock : callable
        Returns the present moment, aware.

    Raises
    ------
    ConfigError
        If no area is found or it cannot be read.
    """
    return Trustee(
        settings=settings,
        store=Store(database_url(settings)),
        keys=KeyFolder(settings.path_of("cooperative_dir") / "keys"),
        area=read_area(area, settings.path_of("network_dir")),
        clock=clock,
    )


def database_url(settings: Settings) -> str:
    """Return the URL of the cooperative's database, a file in its folder by default."""
    if settings.cooperative_database_url:
        return settings.cooperative_database_url
    return sqlite_url(settings.path_of("cooperative_dir") / "cooperative.sqlite")


def read_area(area: str, network_dir: Path) -> dict[str, Any]:
    """Read the town's area from a box, a GeoJSON file or the network's manifest.

    Raises
    ------
    ConfigError
        Naming what was looked for and the remedy.
    """
    manifest = network_dir / "current" / "manifest.json"
    try:
        if not area:
            west, south, east, north = json.loads(manifest.read_text("utf-8"))["bbox"]
            return cells.box(west, south, east, north)
        parts = area.split(",")
        if len(parts) == 4:
            west, south, east, north = (float(part) for part in parts)
            return cells.box(west, south, east, north)
        return _polygon(json.loads(Path(area).read_text("utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        where = area or manifest
        raise ConfigError(
            f"no area of the town in '{where}' ({error}); "
            "give --area W,S,E,N or a GeoJSON polygon, or build the network first"
        ) from error


def _polygon(document: dict[str, Any]) -> dict[str, Any]:
    """Find the polygon in a GeoJSON document with one feature."""
    if document["type"] == "FeatureCollection":
        document = document["features"][0]
    if document["type"] == "Feature":
        document = document["geometry"]
    return {"type": document["type"], "coordinates": document["coordinates"]}
