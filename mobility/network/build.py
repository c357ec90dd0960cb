"""Build a version of a network beside the present one, and switch over when it is whole."""

import errno
import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from maps.errors import MapsError
from maps.style import ATTRIBUTION
from maps.tiles import write_tiles
from mobility.geocoder.model import Gazetteer
from mobility.geocoder.writer import write_geocoder
from mobility.network import names, parts, shapes
from mobility.network.inputs import BuildError, Inputs
from mobility.network.manifest import (
    Manifest,
    ManifestError,
    content_id,
    hash_files,
    load_manifest,
    save_manifest,
)
from mobility.network.parts import Parts
from mobility.network.progress import Progress, usage
from mobility.network.versions import current_version, staging, switch
from routing.gtfs.about import FeedAbout
from routing.notices import Notice
from routing.zone import nearest_zone

SHRUNK = 0.5
"""A feed with less than this share of the present version is suspected to be broken."""
WATCHED = {"street_edges": "streets", "stops": "stops", "trips": "trips", "stations": "stations"}

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def build_network(inputs: Inputs, progress: Progress | None = None) -> Manifest:
    """Build a network and make it the present version.

    Parameters
    ----------
    inputs : Inputs
        What to build from.
    progress : Progress, optional
        Told of each step.

    Returns
    -------
    Manifest
        Of the new version. Whatever fails, the present version keeps serving and nothing of the
        new one stays.

    Raises
    ------
    BuildError
        The disk is full, or a feed shrank suspiciously.
    RoutingError, MapsError, MobilityError
        An input cannot be used at all; the text names it.
    """
    steps = _steps(inputs)
    shown = progress or Progress(len(steps))
    try:
        with staging(inputs.directory) as folder:
            made = Parts(folder, inputs)
            for words, work in steps:
                shown.step(words)
                work(made)
            manifest = _describe(made)
            _refuse_shrunk(made, manifest)
            switch(inputs.directory, folder, manifest.id)
    except (OSError, sqlite3.OperationalError, MapsError) as error:
        if _is_full(error):
            raise BuildError(
                f"the disk is full ({error}): free some space below {inputs.directory} "
                "and build again; the present version keeps serving"
            ) from error
        if isinstance(error, MapsError):
            raise
        raise BuildError(f"cannot write below {inputs.directory}: {error}") from error
    used = usage()
    shown.finish(
        f"network {manifest.id} is current: {used.cpu_s:.1f} s CPU, {used.peak_mb:.0f} MB peak"
    )
    return manifest


def _is_full(error: Exception) -> bool:
    cause = error.__cause__ if isinstance(error, MapsError) else error
    return isinstance(cause, sqlite3.Error) or getattr(cause, "errno", None) in _DISK


def _steps(inputs: Inputs) -> list[tuple[str, Callable[[Parts], None]]]:
    streets = inputs.osm or inputs.place or inputs.graph
    wanted: list[tuple[object, str, Callable[[Parts], None]]] = [
        (streets, "reading streets", parts.read_streets),
        (inputs.gtfs, "reading the timetable", parts.read_timetable),
        (inputs.gtfs, "finding the walks between stops", parts.join),
        (inputs.gbfs, "reading shared vehicles", parts.read_feeds),
        (
            inputs.population or inputs.districts or inputs.elevation,
            "reading population, districts, elevation",
            parts.read_people,
        ),
        (True, "collecting names", _write_names),
        (streets, "drawing map tiles", _write_map),
        (True, "checking and hashing", _write_notices),
    ]
    return [(words, work) for needed, words, work in wanted if needed]


def _write_names(made: Parts) -> None:
    gazetteer = Gazetteer(districts=[(name, polygon) for name, polygon in made.districts])
    if made.extract is not None:
        gazetteer.pieces += names.extract_pieces(made.extract)
        gazetteer.addresses += names.extract_addresses(made.extract)
        gazetteer.entries += names.extract_entries(made.extract)
    if made.timetable is not None:
        gazetteer.entries += names.stop_entries(made.timetable)
    for snapshot in made.snapshots:
        gazetteer.entries += names.station_entries(snapshot)
    counts = write_geocoder(made.folder / "geocoder.sqlite", gazetteer)
    made.counts |= {f"names_{kind}": count for kind, count in sorted(counts.items())}


def _write_map(made: Parts) -> None:
    if made.extract is None:
        return
    counts = write_tiles(
        made.folder / "tiles.pmtiles",
        shapes.extract_features(made.extract),
        name="Base map",  # a town that changes its name keeps its tiles
        attribution=_map_credit(made),
    )
    made.counts |= {f"map_{layer}": count for layer, count in sorted(counts.items())}


def _write_notices(made: Parts) -> None:
    if made.inputs.timezone is None and made.timetable is None and not _feed_zones(made):
        words = f"no input names the time zone; {_timezone(made)} is that of the nearest city"
        made.notices.append(
            Notice("guessed_timezone", "warning", "manifest.json", None, "timezone", words)
        )
    with (made.folder / "notices.jsonl").open("w", encoding="utf-8") as file:
        for notice in made.notices:
            file.write(json.dumps(notice.as_dict(), ensure_ascii=False) + "\n")


def _describe(made: Parts) -> Manifest:
    bounds = made.bounds()
    files = hash_files(made.folder)
    days = made.timetable.service_days() if made.timetable is not None else None
    attributions = [credit] if (credit := _map_credit(made)) else []
    attributions += [s.system.attribution for s in made.snapshots if s.system.attribution]
    attributions += [name for feed in made.feeds for name in feed.credits]
    manifest = Manifest(
        id=content_id(files),
        name=made.inputs.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        bbox=(bounds.west, bounds.south, bounds.east, bounds.north),
        center=_center(made),
        timezone=_timezone(made),
        generated=made.inputs.generated,
        service_days=None if days is None else (days[0].isoformat(), days[1].isoformat()),
        files=files,
        sources=made.inputs.sources(),
        notices=dict(sorted(Counter(n.code for n in made.notices).items())),
        counts=made.counts,
        attributions=list(dict.fromkeys(attributions)),
        feeds=[_told(feed) for feed in made.feeds],
    )
    save_manifest(made.folder, manifest)
    return manifest


def _told(feed: FeedAbout) -> dict[str, str | None]:
    """Return what a feed says of itself as plain values."""
    start, end = (None if day is None else day.isoformat() for day in (feed.start, feed.end))
    return {
        "name": feed.name,
        "publisher": feed.publisher,
        "url": feed.url,
        "language": feed.language,
        "version": feed.version,
        "start": start,
        "end": end,
    }


def _timezone(made: Parts) -> str:
    if made.inputs.timezone is not None:
        return made.inputs.timezone
    if made.timetable is not None:
        return made.timetable.timezone.key
    bounds = made.bounds()
    middle = (bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2
    return next(iter(_feed_zones(made)), None) or nearest_zone(*middle)


def _feed_zones(made: Parts) -> list[str]:
    return [s.system.timezone for s in made.snapshots if s.system.timezone]


def _center(made: Parts) -> tuple[float, float]:
    """Return where to open a map: the largest town, else the middle of the stops or streets."""
    bounds = made.bounds()
    towns = [
        place
        for place in (made.extract.places if made.extract else ())
        if place.key == "place" and place.value in {"city", "town"}
        if bounds.contains(place.lon, place.lat)
    ]
    if towns:
        largest = max(towns, key=lambda town: (town.value == "city", town.population or 0))
        return largest.lon, largest.lat
    lon, lat = made.served_stops()
    inside = (lon >= bounds.west) & (lon <= bounds.east)
    inside &= (lat >= bounds.south) & (lat <= bounds.north)
    if inside.any():
        return float(np.median(lon[inside])), float(np.median(lat[inside]))
    return (bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2


def _refuse_shrunk(made: Parts, manifest: Manifest) -> None:
    """Refuse a network that has lost most of something the present one has."""
    present = _present(made.inputs.directory)
    if present is None or made.inputs.force:
        return
    reasons = "".join(f" ({words})" for words in made.left_out())
    for key, words in WATCHED.items():
        before, after = present.counts.get(key, 0), manifest.counts.get(key, 0)
        if after < SHRUNK * before:
            raise BuildError(
                f"the new network has {after} {words}, the present one {before}{reasons}: "
                "check the input, or build with --force if the town really shrank"
            )


def _present(directory: Path) -> Manifest | None:
    version = current_version(directory)
    if version is None:
        return None
    try:
        return load_manifest(version)
    except ManifestError:
        return None


def _map_credit(made: Parts) -> str:
    """Name those who mapped the streets; nobody did where they are generated."""
    return ATTRIBUTION if made.extract is not None and not made.inputs.generated else ""
