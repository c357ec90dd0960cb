"""The platform's pages and API: one blueprint per resource, each listed here."""

BLUEPRINTS: list[str] = [
    "mobility.web.health:bp",
    "mobility.web.assets:bp",
]
"""``module:attribute`` of every blueprint, in the order of registration."""
