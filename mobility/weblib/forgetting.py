"""Make deleted rows leave a SQLite database for good."""

from typing import Any

from sqlalchemy import Engine

_PATIENCE_MS = 2_000


def empty_log(engine: Engine) -> None:
    """Carry what was written into the database file and empty the log that still holds old rows.

    Together with ``secure_delete`` nothing is left of a deleted row. While somebody reads or
    writes, the log stays as it is; call it again later. PostgreSQL needs no such call.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        (usual_ms,) = raw.execute("PRAGMA busy_timeout").fetchone()
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}").fetchall()
        try:
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            raw.execute(f"PRAGMA busy_timeout={usual_ms}").fetchall()
