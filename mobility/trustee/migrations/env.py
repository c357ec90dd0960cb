"""Run the cooperative's migrations on the database whose URL the caller gives."""

from typing import Any, Literal

from alembic import context

from mobility.trustee.models import Base, Moment
from mobility.trustee.store import Store


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our moments as what the database sees, so that migrations import nothing of ours."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    store = Store(context.config.attributes["url"])
    try:
        with store.engine.execution_options(begin="IMMEDIATE").connect() as connection:
            context.configure(
                connection=connection, target_metadata=Base.metadata, render_item=plain_type
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
    finally:
        store.close()


run()
