"""Run the migrations on the connection that mobility.schema hands over; both kinds of database."""

from alembic import context
from geoalchemy2 import alembic_helpers

from mobility.db import Base
from mobility.schema import include_object, load_models, render_item

load_models()
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=render_item,
    render_as_batch=False,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
