"""GBFS 1.x to 3.0 files → one snapshot of a system; nothing in them stops the reading."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from mobility.catalogue.documents import FEEDS, OLD_NAMES, STATUS_FILES, Document, read_document
from mobility.catalogue.model import Snapshot, System
from mobility.catalogue.offers import read_plans, read_types, read_zones
from mobility.catalogue.stations import read_stations
from mobility.catalogue.values import to_id, to_text, to_uri
from mobility.catalogue.vehicles import read_vehicles
from mobility.network.bounds import Bounds
from routing.notices import Notice, NoticeList

_FOLDER_LIMIT = 50_000_000


def read_gbfs(
    files: Mapping[str, bytes],
    *,
    name: str,
    now: datetime,
    bounds: Bounds | None = None,
    languages: tuple[str, ...] = ("en",),
) -> tuple[Snapshot, list[Notice]]:
    """Read the files of one system.

    Parameters
    ----------
    files : Mapping of str to bytes
        Bodies by feed name; the names before 3.0 are understood. Missing files are no fault.
    name : str
        Stands in where the feed gives no id or name.
    now : datetime
        Aware moment of reading; no feed is believed to come from the future.
    bounds : Bounds, optional
        The town; stations and vehicles outside are left out with a notice.
    languages : tuple of str
        Languages wanted for texts, best first.

    Returns
    -------
    Snapshot
        What could be read, possibly nothing but a name.
    list of Notice
        What was wrong, by file and row (the first row is 1).
    """
    notices = NoticeList()
    documents = _documents(files, notices)
    system = _system(documents.get("system_information"), name, languages)
    types = read_types(documents.get("vehicle_types"), languages, notices)
    stations = read_stations(
        documents.get("station_information"),
        documents.get("station_status"),
        types,
        bounds,
        languages,
        notices,
    )
    vehicles = read_vehicles(documents.get("vehicle_status"), types, stations, bounds, notices)
    snapshot = Snapshot(
        system=system,
        vehicle_types=types,
        stations=stations,
        vehicles=vehicles,
        plans=read_plans(documents.get("system_pricing_plans"), languages, notices),
        zones=read_zones(documents.get("geofencing_zones"), languages, notices),
        as_of=_as_of(documents, now, notices),
        ttl_s=min((documents[f].ttl_s for f in STATUS_FILES if f in documents), default=0),
        version=next((d.version for d in documents.values() if d.version), None),
    )
    return snapshot, notices.finish()


def _documents(files: Mapping[str, bytes], notices: NoticeList) -> dict[str, Document]:
    found = {}
    for feed in FEEDS:
        body = files.get(feed)
        if body is None:
            body = files.get(OLD_NAMES.get(feed, feed))
        document = None if body is None else read_document(feed, body, notices)
        if document is not None:
            found[feed] = document
    return found


def _system(document: Document | None, name: str, languages: tuple[str, ...]) -> System:
    data: Mapping[str, Any] = {} if document is None else document.data
    text = {
        key: to_text(data.get(key), languages)
        for key in ("name", "operator", "terms_url", "attribution_organization_name")
    }
    system_id = to_id(data.get("system_id")) or name
    return System(
        system_id=system_id,
        name=text["name"] or system_id,
        operator=text["operator"],
        timezone=to_id(data.get("timezone")),
        url=to_uri(data.get("url"), web=True),
        phone=to_id(data.get("phone_number")),
        email=to_id(data.get("email")),
        opening_hours=to_id(data.get("opening_hours")),
        license_url=to_uri(data.get("license_url"), web=True),
        terms_url=to_uri(text["terms_url"], web=True),
        attribution=text["attribution_organization_name"],
    )


def _as_of(
    documents: Mapping[str, Document], now: datetime, notices: NoticeList
) -> datetime | None:
    """Return the age of the oldest availability, or of the stations where there is none."""
    chosen = [documents[f] for f in STATUS_FILES if f in documents]
    times = []
    for document in chosen:
        if document.last_updated is None:
            return None
        if document.last_updated > now:
            notices.add(
                "clock_ahead",
                "info",
                document.name,
                field="last_updated",
                message="lies in the future; read as now",
            )
        times.append(min(document.last_updated, now))
    return min(times, default=None)


def feed_addresses(
    discovery: Mapping[str, Any], base: str, languages: tuple[str, ...] = ("en",)
) -> dict[str, str]:
    """List the addresses in ``data`` of a ``gbfs.json``, flat or nested under a language.

    Parameters
    ----------
    discovery : Mapping
        The object under ``data``.
    base : str
        Address of the file itself, for relative links.

    Returns
    -------
    dict of str to str
        Address by feed name of GBFS 3.0; only ``http`` and ``https``.
    """
    feeds = discovery.get("feeds")
    if not isinstance(feeds, list):
        nested = {
            str(language): value["feeds"]
            for language, value in discovery.items()
            if isinstance(value, Mapping) and isinstance(value.get("feeds"), list)
        }
        wanted = next((lang for lang in languages if lang in nested), None)
        feeds = nested.get(wanted) if wanted else next(iter(nested.values()), [])
    modern = {old: new for new, old in OLD_NAMES.items()}
    addresses: dict[str, str] = {}
    for feed in feeds or []:
        if isinstance(feed, Mapping) and isinstance(feed.get("url"), str):
            label = str(feed.get("name", ""))
            address = urljoin(base, feed["url"].strip())
            if urlsplit(address).scheme in {"http", "https"}:
                addresses.setdefault(modern.get(label, label), address)
    return {feed: address for feed, address in addresses.items() if feed in FEEDS}


def read_folder(folder: Path) -> dict[str, bytes]:
    """Read the feed files in a folder, named ``<feed>.json``; addresses in them are ignored."""
    found: dict[str, bytes] = {}
    for feed in FEEDS:
        for label in (feed, OLD_NAMES.get(feed, feed)):
            path = folder / f"{label}.json"
            if feed not in found and path.is_file() and path.stat().st_size <= _FOLDER_LIMIT:
                found[feed] = path.read_bytes()
    return found
