"""Ready the platform's database: migrations, and in the demo town one account per staff role.

Run as the town's OS user: ``python -m mobility.serve.seed [ACCOUNTS_FILE]``.
"""

import json
import secrets
import sys
from pathlib import Path

from mobility.accounts.service import Accounts
from mobility.db import open_database
from mobility.schema import upgrade
from mobility.settings import Settings, load_settings

DEMO_ROLES = ("planner", "operator", "crew", "admin")


def ready_platform(settings: Settings, accounts_file: Path | None) -> None:
    """Migrate the database; make the demo's staff with random passwords where there are none.

    Parameters
    ----------
    settings : Settings
        The settings table.
    accounts_file : pathlib.Path, optional
        Where the demo's accounts are written down; no accounts are made without it.
    """
    database = open_database(settings.platform_database_url())
    upgrade(database)
    if accounts_file is None or accounts_file.exists():
        return
    accounts = Accounts(database)
    made = []
    for role in DEMO_ROLES:
        password = secrets.token_urlsafe(12)
        accounts.add_user(role, password, [role])
        made.append({"role": role, "name": role, "password": password})
    accounts_file.touch(mode=0o600)
    accounts_file.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    ready_platform(load_settings(), Path(sys.argv[1]) if len(sys.argv) > 1 else None)
