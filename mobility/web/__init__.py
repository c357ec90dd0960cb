"""The platform's pages and API: one blueprint per resource, each listed here."""

BLUEPRINTS: list[str] = [
    "mobility.web.health:bp",
    "mobility.web.assets:bp",
    "mobility.web.login:bp",
    "mobility.web.journey:bp",
    "mobility.web.trips:bp",
    "mobility.web.bookings:bp",
    "mobility.web.networks:bp",
    "mobility.web.plan:bp",
    "mobility.web.stops:bp",
    "mobility.web.reach:bp",
    "mobility.web.links:bp",
    "mobility.web.places:bp",
    "mobility.web.sharing:bp",
    "mobility.web.tiles:bp",
    "mobility.web.metrics:bp",
    "mobility.web.planner:bp",
    "mobility.web.operator:bp",
]
"""``module:attribute`` of every blueprint, in the order of registration."""
