"""Checks a finished plan from its own words; shares no code with the search that made it."""

import math

import numpy as np
from numpy.typing import NDArray

from fleet.model import Inventory, RebalancingPlan, Tour, Truck


def check_plan(
    plan: RebalancingPlan,
    inventory: Inventory,
    trucks: tuple[Truck, ...],
    travel_s: NDArray[np.float64],
    stop_s: int = 0,
    handle_s: int = 0,
) -> list[str]:
    """List everything that is wrong with a plan.

    Parameters
    ----------
    plan : RebalancingPlan
        The plan as it would be handed to the crews.
    inventory : Inventory
        Stations the plan was made for.
    trucks : tuple of Truck
        Trucks it was made for.
    travel_s : float64, (n + 1, n + 1)
        Driving seconds; row and column 0 are the depot, then stations in their order.
    stop_s, handle_s : int
        Seconds per stop and per vehicle moved.

    Returns
    -------
    list of str
        One sentence per fault; empty for a plan that can be driven.
    """
    faults = []
    by_id = {truck.truck_id: truck for truck in trucks}
    row = {station.station_id: i + 1 for i, station in enumerate(inventory.stations)}
    driven = [tour.truck_id for tour in plan.tours]
    if sorted(driven) != sorted(by_id):
        faults.append(f"tours are of trucks {driven}, there are {sorted(by_id)}")
    for tour in plan.tours:
        if tour.truck_id in by_id:
            faults += _check_tour(tour, by_id[tour.truck_id], row, travel_s, stop_s, handle_s)
    return faults + _check_stations(plan, inventory) + _check_sum(plan, inventory, trucks)


def _check_tour(
    tour: Tour,
    truck: Truck,
    row: dict[str, int],
    travel_s: NDArray[np.float64],
    stop_s: int,
    handle_s: int,
) -> list[str]:
    """Drive one tour again: loads, clock and shift."""
    faults = []
    name = f"truck {tour.truck_id}"
    load, here, now = truck.start_load, 0, 0.0
    if tour.start_load != load:
        faults.append(f"{name} starts with {tour.start_load} aboard, not {load}")
    for move in tour.moves:
        if move.station_id not in row:
            faults.append(f"{name} visits {move.station_id}, which is no station")
            continue
        there = row[move.station_id]
        now += travel_s[here, there]
        if move.arrival_s < now - 1e-6:
            faults.append(f"{name} is at {move.station_id} at {move.arrival_s} s, before {now} s")
        now = move.arrival_s + stop_s + handle_s * abs(move.dropped)
        if move.departure_s < now - 1e-6:
            faults.append(f"{name} leaves {move.station_id} before its work is done")
        load -= move.dropped
        if not 0 <= load <= truck.capacity:
            faults.append(f"{name} has {load} aboard after {move.station_id}")
        if load != move.load_after:
            faults.append(f"{name} says {move.load_after} aboard after {move.station_id}: {load}")
        if move.dropped == 0:
            faults.append(f"{name} stops at {move.station_id} for nothing")
        here, now = there, float(move.departure_s)
    now += travel_s[here, 0] if tour.moves else 0.0
    if not math.isfinite(now) or now > tour.duration_s + 1e-6:
        faults.append(f"{name} says it takes {tour.duration_s} s and needs {now} s")
    if tour.duration_s > truck.shift_s:
        faults.append(f"{name} takes {tour.duration_s} s of a shift of {truck.shift_s} s")
    if load != tour.end_load:
        faults.append(f"{name} ends with {load} aboard, not {tour.end_load}")
    return faults


def _check_stations(plan: RebalancingPlan, inventory: Inventory) -> list[str]:
    """Replay all moves in order of time: no station may run below zero or beyond its docks."""
    faults = []
    stock = {station.station_id: station.vehicles for station in inventory.stations}
    station_of = {station.station_id: station for station in inventory.stations}
    moves = [move for tour in plan.tours for move in tour.moves if move.station_id in stock]
    for move in sorted(moves, key=lambda move: move.arrival_s):
        station = station_of[move.station_id]
        stock[move.station_id] += move.dropped
        if not 0 <= stock[move.station_id] <= station.capacity:
            faults.append(
                f"station {move.station_id} holds {stock[move.station_id]} of {station.capacity}"
            )
        if not station.is_open:
            faults.append(f"station {move.station_id} is closed")
    return faults


def _check_sum(plan: RebalancingPlan, inventory: Inventory, trucks: tuple[Truck, ...]) -> list[str]:
    """No vehicle may appear or vanish between stations and trucks."""
    known = {station.station_id for station in inventory.stations}
    dropped = sum(m.dropped for tour in plan.tours for m in tour.moves if m.station_id in known)
    aboard_before = sum(truck.start_load for truck in trucks)
    aboard_after = sum(tour.end_load for tour in plan.tours)
    if aboard_before - dropped != aboard_after:
        return [f"{aboard_before} aboard less {dropped} dropped is not the {aboard_after} left"]
    return []
