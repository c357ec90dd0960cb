"""A small network directory with sixty stations, half of them full and half empty."""

import json
from pathlib import Path
from typing import Any

from mobility.catalogue.sources import Source, save_sources
from mobility.network.manifest import Manifest, content_id, hash_files, save_manifest

AS_OF = "2026-05-11T05:30:00Z"  # 7:30 on a Monday in Berlin


def feed(stations: list[dict[str, Any]], system: str = "town_bike") -> dict[str, Any]:
    """GBFS 3.0 files of stations with ``id``, ``lon``, ``lat``, ``bikes``, ``free``, and more."""
    places, status = [], []
    for row in stations:
        places.append(
            {
                "station_id": row["id"],
                "name": [{"text": row.get("name", f"Station {row['id']}"), "language": "en"}],
                "lon": row["lon"],
                "lat": row["lat"],
                **({"capacity": row["capacity"]} if "capacity" in row else {}),
            }
        )
        is_open = row.get("open", True)
        status.append(
            {
                "station_id": row["id"],
                "num_vehicles_available": row["bikes"],
                "vehicle_types_available": [
                    {"vehicle_type_id": row.get("type", "bike"), "count": row["bikes"]}
                ],
                **({"num_docks_available": row["free"]} if "free" in row else {}),
                "is_installed": True,
                "is_renting": is_open,
                "is_returning": is_open,
                "last_reported": AS_OF,
            }
        )
    types = [
        {"vehicle_type_id": "bike", "form_factor": "bicycle", "propulsion_type": "human"},
        {"vehicle_type_id": "car", "form_factor": "car", "propulsion_type": "electric"},
    ]
    return {
        "system_information": {
            "system_id": system,
            "name": [{"text": "Town bike", "language": "en"}],
            "timezone": "Europe/Berlin",
        },
        "vehicle_types": {"vehicle_types": types},
        "station_information": {"stations": places},
        "station_status": {"stations": status},
    }


def grid_stations(n: int = 60) -> list[dict[str, Any]]:
    """Stations on a grid of 500 m; every second one full, the others empty."""
    return [
        {
            "id": f"s{i}",
            "lon": 8.60 + 0.007 * (i % 8),
            "lat": 49.40 + 0.0045 * (i // 8),
            "bikes": 16 if i % 2 == 0 else 0,
            "free": 0 if i % 2 == 0 else 16,
        }
        for i in range(n)
    ]


def write_town(directory: Path, stations: list[dict[str, Any]], system: str = "town_bike") -> Path:
    """Write a network directory that holds a feed and nothing else."""
    version = directory / "versions" / "one"
    folder = version / "gbfs" / "bike"
    folder.mkdir(parents=True)
    for name, data in feed(stations, system).items():
        document = {"last_updated": AS_OF, "ttl": 60, "version": "3.0", "data": data}
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    save_sources(version, [Source("bike", folder=folder)])
    files = hash_files(version)
    manifest = Manifest(
        id=content_id(files),
        name="Testtown",
        created=AS_OF,
        bbox=(8.59, 49.39, 8.67, 49.45),
        center=(8.63, 49.42),
        timezone="Europe/Berlin",
        generated=True,
        files=files,
    )
    save_manifest(version, manifest)
    (directory / "current").symlink_to(Path("versions") / "one")
    return directory
