"""Migrations of the cooperative's database, its own Alembic history."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from mobility.trustee.errors import ConfigError
from mobility.trustee.store import Store

FOLDER = Path(__file__).resolve().parent / "migrations"


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, making the folder of a SQLite file where needed."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(_config(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take a database back to a revision."""
    command.downgrade(_config(url), revision)


def check_schema(store: Store) -> None:
    """Raise unless the database is at the newest revision.

    Raises
    ------
    ConfigError
        Naming both revisions and the remedy.
    """
    newest = ScriptDirectory(str(FOLDER)).get_current_head()
    with store.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present != newest:
        raise ConfigError(
            f"the cooperative's database is at revision {present}, the program needs {newest}; "
            "run: mobility trustee migrate"
        )


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["url"] = url
    return config
