"""The networks this service answers on."""

from typing import Annotated

from apiflask import APIBlueprint
from flask import current_app
from pydantic import Field

from mobility.town import Loaded, PlannerState
from mobility.towns import Towns
from mobility.web.schemas import Out, Strict
from mobility.weblib.permissions import permission

bp = APIBlueprint("networks", __name__, url_prefix="/api/v1", tag="Networks")

NetworkName = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9_-]{1,64}$",
        description="Name or id of the network to answer on; the town's own by default",
    ),
]


class OnNetwork(Strict):
    """Base of queries that may be asked on any network held here."""

    network: NetworkName | None = None


class FeedOut(Out):
    """What a GTFS feed says of itself; ``end`` is the last day it holds."""

    name: str
    publisher: str | None
    url: str | None
    language: str | None
    version: str | None
    start: str | None
    end: str | None


class NetworkOut(Out):
    """A network; what its files do not tell is null."""

    name: str
    state: PlannerState
    live: bool
    id: str | None
    title: str | None
    timezone: str | None
    bbox: list[float] | None
    service_days: list[str] | None
    feeds: list[FeedOut]
    attributions: list[str]


class NetworksOut(Out):
    """All of them, the town's own first."""

    networks: list[NetworkOut]


def loaded_network(query: OnNetwork) -> Loaded:
    """Return the network a query is about.

    Raises
    ------
    UnknownNetworkError, NoNetworkError
        There is none of that name; it cannot be used now.
    """
    towns: Towns = current_app.extensions["towns"]
    return towns.loaded(query.network)


@bp.get("/networks")
@bp.output(NetworksOut)
@bp.doc(summary="List the networks that can be asked on with network=NAME")
@permission("public")
def networks() -> NetworksOut:
    """List names, ids and extents; ``live`` marks the one with real time and shared vehicles."""
    towns: Towns = current_app.extensions["towns"]
    return NetworksOut(
        networks=[
            NetworkOut(
                name=name,
                state=town.state(),
                live=town is towns.main,
                id=manifest and manifest.id,
                title=manifest and manifest.name,
                timezone=manifest and manifest.timezone,
                bbox=manifest and list(manifest.bbox),
                service_days=(manifest and list(manifest.service_days or ())) or None,
                feeds=[FeedOut.model_validate(feed) for feed in manifest.feeds] if manifest else [],
                attributions=manifest.attributions if manifest else [],
            )
            for name, town, manifest in towns.held()
        ]
    )
