"""A release in the words, figures and layers that the planner's page shows."""

from typing import Any

import h3
from flask_babel import format_datetime, format_decimal, gettext

from mobility import narrow
from mobility.web.planner_form import MODES, band_text, epsilon_text, month_text

Json = dict[str, Any]


def release_view(release: narrow.ReleaseAnswer) -> Json:
    """Return what the page says about a release, in the request's language."""
    shown = [cell for cell in release.cells if any(count is not None for count in cell.counts)]
    ranked = sorted(shown, key=lambda cell: -sum(count or 0 for count in cell.counts))
    bands = [band_text(*band) for band in release.hour_bands]
    cap, after = release.budget.cap_micro, release.budget.after_micro
    return {
        "hash": release.hash,
        "month": month_text(release.month),
        "mode": gettext(MODES.get(release.mode, release.mode)),
        "bands": bands,
        "level": release.level,
        "scale": format_decimal(round(release.scale, 1)),
        "error": format_decimal(release.error_95),
        "suppress_below": format_decimal(release.suppress_below),
        "suppressed": format_decimal(release.suppressed),
        "counts": format_decimal(len(release.cells) * len(bands)),
        "totals": [format_decimal(total) for total in release.totals],
        "day_cap": release.day_cap,
        "month_cap": release.month_cap,
        "price": epsilon_text(release.epsilon_micro),
        "budget_cap": epsilon_text(cap),
        "budget_left_then": epsilon_text(max(cap - after, 0)),
        "released_at": format_datetime(release.released_at, "medium"),
        "rows": [_row(cell) for cell in ranked],
        "hidden_cells": len(release.cells) - len(shown),
    }


def budget_view(budget: narrow.BudgetAnswer) -> Json:
    """Return what the page says about a month's account."""
    left = max(budget.cap_micro - budget.spent_micro, 0)
    return {
        "month": budget.month,
        "month_text": month_text(budget.month),
        "cap": epsilon_text(budget.cap_micro),
        "spent": epsilon_text(budget.spent_micro),
        "left": epsilon_text(left),
        "left_micro": left,
        "spent_micro": budget.spent_micro,
        "cap_micro": budget.cap_micro,
        "closed": budget.closed,
        "releases": [
            {
                "hash": line.hash,
                "price": epsilon_text(line.epsilon_micro),
                "at": format_datetime(line.at, "short"),
                "published": line.published,
            }
            for line in budget.releases
        ],
    }


def heat_layer(release: narrow.ReleaseAnswer, band: int) -> Any:
    """Return the map layer of one band: hexagons coloured by noisy count.

    Parameters
    ----------
    release : narrow.ReleaseAnswer
        The release.
    band : int
        Position among its hour bands.

    Returns
    -------
    maps.layers.Layer
        EPSG:4326; suppressed cells are hollow.
    """
    from maps.layers import area_layer
    from maps.palette import sequential_scale

    values = {cell.cell: cell.counts[band] for cell in release.cells}
    polygons = {cell: cell_polygon(cell) for cell in values}
    unit = gettext("trips")
    error = format_decimal(release.error_95)
    labels = {
        cell: gettext("below the noise, not shown")
        if count is None
        else f"{format_decimal(count)} ± {error} {unit}"
        for cell, count in values.items()
    }
    return area_layer(
        gettext("Where trips begin"),
        polygons,
        {cell: None if count is None else float(count) for cell, count in values.items()},
        sequential_scale(values.values()),
        labels,
        f"{gettext('Trips begun')} (± {error})",
        unit,
        gettext("below the noise, not shown"),
    )


def cell_polygon(cell: str) -> Json:
    """Return a cell's outline as a GeoJSON Polygon, EPSG:4326."""
    ring = [[lon, lat] for lat, lon in h3.cell_to_boundary(cell)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _row(cell: narrow.ReleasedCell) -> Json:
    lat, lon = h3.cell_to_latlng(cell.cell)
    return {
        "cell": cell.cell,
        "place": f"{format_decimal(round(lat, 3))} / {format_decimal(round(lon, 3))}",
        "counts": [None if count is None else format_decimal(count) for count in cell.counts],
    }
