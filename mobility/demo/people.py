"""Where people live, the districts, the heights, and the trips people made."""

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine

from mobility.demo.buildings import Houses
from mobility.demo.plane import (
    HALF_HEIGHT_M,
    HALF_WIDTH_M,
    METRES_PER_LAT,
    METRES_PER_LON,
    FloatArray,
    to_lonlat,
)
from mobility.demo.streetplan import TownPlan

INHABITANTS: Final = 60_000
CELL_M: Final = 250.0
PERSONS: Final = 2_600
DAYS: Final = 56
CORNER: Final[FloatArray] = np.array([HALF_WIDTH_M, HALF_HEIGHT_M])
BERLIN: Final = ZoneInfo("Europe/Berlin")
WEEKDAY_HOURS: Final = (2, 1, 1, 1, 3, 12, 40, 85, 80, 45, 38, 42, 52, 52, 48, 60, 78, 88, 70, 48,
                        32, 24, 16, 7)  # fmt: skip
WEEKEND_HOURS: Final = (8, 5, 3, 2, 1, 3, 8, 16, 30, 48, 62, 66, 60, 58, 62, 64, 60, 54, 46, 38, 30,
                        24, 18, 12)  # fmt: skip


def residents(plan: TownPlan, houses: Houses) -> FloatArray:
    """Return how many people live in each house, (n,): 60,000 in all."""
    quarter = plan.field.grid.sample(plan.field.quarter, houses.xy).astype(np.int64)
    homes = np.array([kind != "works" for kind in houses.kind]) * 1.0
    per_house = np.bincount(quarter, homes, len(plan.quarters))
    people = np.array([float(q.people) for q in plan.quarters])
    lived_in: FloatArray = homes * (people / np.maximum(per_house, 1))[quarter]
    scaled: FloatArray = lived_in * INHABITANTS / lived_in.sum()
    return scaled


def write_population(path: Path, houses: Houses, people: FloatArray) -> int:
    """Write inhabitants per 250 m cell as ``lon,lat,population``; return how many there are."""
    columns = int(2 * HALF_WIDTH_M / CELL_M)
    cell = np.floor((houses.xy + CORNER) / CELL_M).astype(np.int64)
    index = cell[:, 1] * columns + cell[:, 0]
    total = np.bincount(index, people)
    whole = np.floor(total).astype(np.int64)
    short = INHABITANTS - int(whole.sum())
    whole[np.argsort(total - whole, kind="stable")[::-1][:short]] += 1
    lived_in = np.flatnonzero(whole)
    place = np.column_stack([lived_in % columns, lived_in // columns]).astype(np.float64)
    xy: FloatArray = (place + 0.5) * CELL_M
    lonlat = to_lonlat(xy - CORNER)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["lon", "lat", "population"])
        writer.writerows(
            [lon, lat, int(n)] for (lon, lat), n in zip(lonlat, whole[lived_in], strict=True)
        )
    return int(whole.sum())


def write_districts(path: Path, plan: TownPlan) -> None:
    """Write the districts as named polygons that tile the region (GeoJSON)."""
    middles = shapely.multipoints([(q.x_m, q.y_m) for q in plan.quarters])
    region = shapely.box(-HALF_WIDTH_M, -HALF_HEIGHT_M, HALF_WIDTH_M, HALF_HEIGHT_M)
    cells = shapely.get_parts(shapely.voronoi_polygons(middles, extend_to=region))
    features = []
    for i, part in enumerate(plan.quarters):
        here = shapely.Point(part.x_m, part.y_m)
        cell = shapely.intersection(next(c for c in cells if c.contains(here)), region)
        outline = to_lonlat(np.array(shapely.segmentize(cell, 500.0).exterior.coords))
        properties = {"district_id": f"d{i + 1:02d}", "name": part.name, "population": part.people,
                      "generated": True}  # fmt: skip
        geometry = {"type": "Polygon", "coordinates": [outline.tolist()]}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    document = {"type": "FeatureCollection", "features": features}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def write_elevation(path: Path, plan: TownPlan) -> None:
    """Write heights in metres on cells of 25 m as a GeoTIFF (EPSG:4326, float32)."""
    height = plan.terrain.height_m[::-1].astype(np.float32)
    step = plan.terrain.grid.cell_m
    west, north = to_lonlat(np.array([-HALF_WIDTH_M, HALF_HEIGHT_M]))
    transform = Affine(step / METRES_PER_LON, 0, west, 0, -step / METRES_PER_LAT, north)
    with rasterio.open(
        path, "w", driver="GTiff", height=height.shape[0], width=height.shape[1], count=1,
        dtype="float32", crs="EPSG:4326", transform=transform, compress="deflate", predictor=3,
    ) as out:  # fmt: skip
        out.write(np.round(height, 1), 1)
        out.update_tags(TIFFTAG_SOFTWARE="generated demo town, fictional")


def write_trips(
    path: Path,
    rng: np.random.Generator,
    houses: Houses,
    people: FloatArray,
    attractions: FloatArray,
    today: dt.date,
) -> int:
    """Write eight weeks of trips that ended before ``today``; return how many.

    Few persons make many trips and many make few (log-normal rates). Each lives in one house, has
    one place of work or school, and else goes to shops and sights.

    Parameters
    ----------
    path : Path
        CSV: ``started_at`` with offset, origin and destination in degrees, mode, person, label.
    rng : numpy.random.Generator
        Source of persons and trips.
    houses, people : Houses and float64 (n,)
        Where they live.
    attractions : float64, (m, 2)
        Where they go, metres.
    today : datetime.date
        The last trip starts the day before.

    Returns
    -------
    int
        Number of trips.
    """
    home = rng.choice(len(people), PERSONS, p=people / people.sum())
    work = attractions[rng.integers(len(attractions), size=PERSONS)]
    rate = np.minimum(rng.lognormal(-1.6, 1.15, PERSONS), 9.0)
    person, day = (
        a.ravel() for a in np.meshgrid(np.arange(PERSONS), np.arange(DAYS), indexing="ij")
    )
    dates = [today - dt.timedelta(days=DAYS - d) for d in range(DAYS)]
    free = np.array([date.weekday() >= 5 for date in dates])
    count = rng.poisson(rate[person] * np.where(free[day], 0.7, 1.1))
    person, day = np.repeat(person, count), np.repeat(day, count)
    start_s = _start_seconds(rng, free[day])
    origin, target = _ends(
        rng, houses.xy[home[person]], work[person], attractions, start_s, free[day]
    )
    mode = _modes(rng, origin, target, person)
    order = np.lexsort((person, start_s, day))
    a, b = to_lonlat(origin[order]), to_lonlat(target[order])
    midnight = [dt.datetime.combine(date, dt.time(), BERLIN) for date in dates]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["started_at", "origin_lon", "origin_lat", "destination_lon",
                         "destination_lat", "mode", "person", "label"])  # fmt: skip
        for i, (olon, olat), (dlon, dlat) in zip(order, a.round(6), b.round(6), strict=True):
            at = (midnight[day[i]] + dt.timedelta(seconds=int(start_s[i]))).isoformat()
            writer.writerow([at, olon, olat, dlon, dlat, mode[i], person[i] + 1, "generated"])
    return len(order)


def _start_seconds(rng: np.random.Generator, free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Draw times of day, seconds after midnight."""
    hours = []
    for weights in (WEEKDAY_HOURS, WEEKEND_HOURS):
        share = np.array(weights, dtype=float)
        hours.append(rng.choice(24, len(free), p=share / share.sum()))
    hour = np.where(free, hours[1], hours[0])
    drawn: NDArray[np.int64] = hour * 3600 + rng.integers(0, 3600, len(free))
    return drawn


def _ends(
    rng: np.random.Generator,
    home: FloatArray,
    work: FloatArray,
    attractions: FloatArray,
    start_s: NDArray[np.int64],
    free: NDArray[np.bool_],
) -> tuple[FloatArray, FloatArray]:
    """Choose origins and destinations: to work in the morning, home in the evening."""
    size = len(home)
    other = attractions[rng.integers(len(attractions), size=size)] + rng.normal(0, 60, (size, 2))
    away = np.where(((rng.random(size) < 0.62) & ~free)[:, None], work, other)
    going = rng.random(size) < np.interp(
        start_s / 3600, [0, 5, 9, 13, 18, 24], [0.1, 1, 0.9, 0.5, 0.25, 0.1]
    )
    chained = rng.random(size) < 0.15
    start = np.where(chained[:, None], other, np.where(going[:, None], home, away))
    end = np.where(going[:, None] | chained[:, None], away, home)
    jitter = rng.normal(0, 12, (2, size, 2))
    return start + jitter[0], end + jitter[1]


def _modes(
    rng: np.random.Generator, origin: FloatArray, target: FloatArray, person: NDArray[np.int64]
) -> NDArray[np.str_]:
    """Choose the mode by distance and by the person's habit."""
    distance = np.hypot(*(target - origin).T) / 1000
    habit = rng.normal(0, 0.9, (PERSONS, 5))[person]
    value = np.column_stack([
        2.4 - 2.3 * distance, 1.2 - 0.45 * distance, 0.1 - 0.45 * distance,
        0.3 + 0.05 * distance, -0.3 + 0.18 * distance,
    ])  # fmt: skip
    names = np.array(["WALK", "BICYCLE", "RENTAL", "TRANSIT", "CAR"])
    best: NDArray[np.str_] = names[np.argmax(value + habit + rng.gumbel(size=value.shape), axis=1)]
    return best
