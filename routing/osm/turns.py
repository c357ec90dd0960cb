"""Read turn restrictions from OSM relations."""

from typing import Any

from routing.osm.model import Restriction
from routing.streets.graph import StreetMode

_BIKE, _CAR = 1 << StreetMode.BIKE, 1 << StreetMode.CAR
_KEYS = {
    "restriction": _BIKE | _CAR,
    "restriction:motorcar": _CAR,
    "restriction:motor_vehicle": _CAR,
    "restriction:bicycle": _BIKE,
}
_EXCEPT = {"bicycle": _BIKE, "motorcar": _CAR, "motor_vehicle": _CAR}


def read_restriction(relation: Any) -> tuple[list[Restriction], str | None]:
    """Return the restrictions a relation stands for, and why it was skipped, if it was.

    Parameters
    ----------
    relation : osmium Relation
        Any relation; others than ``type=restriction`` yield nothing.

    Returns
    -------
    list of Restriction
        Several where it has several ``from`` or ``to`` members (no entry, no exit).
    str or None
        Reason why a restriction cannot be applied.
    """
    tags = dict(relation.tags)
    if tags.get("type") != "restriction":
        return [], None
    ways: dict[str, list[int]] = {"from": [], "to": [], "via": []}
    nodes: list[int] = []
    for member in relation.members:
        if member.type == "n" and member.role == "via":
            nodes.append(member.ref)
        elif member.type == "w" and member.role in ways:
            ways[member.role].append(member.ref)
    exempt = 0
    for name in tags.get("except", "").split(";"):
        exempt |= _EXCEPT.get(name.strip(), 0)
    rules = [(tags[key], modes & ~exempt) for key, modes in _KEYS.items() if key in tags]
    rules = [(rule, modes) for rule, modes in rules if modes]
    if not rules:
        return [], None
    via = tuple(ways["via"])
    if not ways["from"] or not ways["to"] or len(nodes) != (0 if via else 1):
        return [], "restriction_incomplete"
    node = nodes[0] if nodes else 0
    return [
        Restriction(start, node, end, rule.startswith("only_"), modes, via)
        for rule, modes in rules
        if rule.startswith(("only_", "no_"))
        for start in ways["from"]
        for end in ways["to"]
    ], None
