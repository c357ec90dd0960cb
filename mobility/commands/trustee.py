"""The cooperative's own commands; run them as its OS user."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

HELP = "serve, migrate and care for the data cooperative"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the sub-commands and their options."""
    actions = parser.add_subparsers(dest="action", required=True)
    serve = actions.add_parser("serve", help="serve its pages and the narrow calls")
    serve.add_argument("--port", type=int, help="port of the pages, on loopback")
    serve.add_argument("--socket", type=Path, help="Unix socket of the narrow calls")
    migrate = actions.add_parser("migrate", help="bring its database to the newest form")
    officer = actions.add_parser("officer", help="appoint a member as officer, or dismiss one")
    officer.add_argument("email", help="address the member logs in with")
    officer.add_argument("--dismiss", action="store_true", help="take the office away")
    seed = actions.add_parser("seed-demo", help="fill it for the demo town")
    seed.add_argument("--trips", type=Path, required=True, help="CSV of generated trips")
    seed.add_argument("--accounts", type=int, default=1300, help="persons who take part")
    seed.add_argument("--out", type=Path, help="write the accounts that can log in to this file")
    seed.add_argument("--seed", type=int, default=1, help="decides who takes part")
    for action in (serve, migrate, officer, seed):
        action.add_argument("--db", help="database URL or SQLite file")
    for action in (serve, seed):
        action.add_argument("--area", default="", help="W,S,E,N or GeoJSON file of the town")


def run(args: argparse.Namespace) -> int:
    """Run one sub-command and return its exit code."""
    actions = {"serve": _serve, "migrate": _migrate, "officer": _officer, "seed-demo": _seed}
    return actions[args.action](args)


def _serve(args: argparse.Namespace) -> int:
    from mobility.trustee.serve import serve

    return serve(_settings(args), args.area)


def _migrate(args: argparse.Namespace) -> int:
    from mobility.trustee.config import database_url
    from mobility.trustee.schema import migrate

    migrate(database_url(_settings(args)))
    return 0


def _officer(args: argparse.Namespace) -> int:
    from mobility.trustee.config import database_url
    from mobility.trustee.officers import appoint
    from mobility.trustee.store import Store

    store = Store(database_url(_settings(args)))
    try:
        appoint(store, args.email, not args.dismiss)
    finally:
        store.close()
    return 0


def _seed(args: argparse.Namespace) -> int:
    from mobility.trustee.config import open_trustee
    from mobility.trustee.seed import seed_demo

    trustee = open_trustee(_settings(args), args.area)
    try:
        outcome = seed_demo(trustee, args.trips, args.accounts, args.seed)
    finally:
        trustee.store.close()
    if args.out:
        args.out.touch(mode=0o600)
        args.out.write_text(json.dumps(outcome["accounts"], indent=1) + "\n", "utf-8")
        outcome = {k: v for k, v in outcome.items() if k != "accounts"}
    print(json.dumps(outcome))
    return 0


def _settings(args: argparse.Namespace) -> Any:
    """Read the settings and put the options on top."""
    from mobility.settings import load_settings
    from mobility.trustee.store import sqlite_url

    changes: dict[str, Any] = {}
    if args.db:
        is_url = "://" in args.db
        changes["cooperative_database_url"] = args.db if is_url else sqlite_url(Path(args.db))
    if getattr(args, "port", None):
        changes["cooperative_port"] = args.port
        if "MOBILITY_COOPERATIVE_ORIGIN" not in os.environ:
            changes["cooperative_origin"] = f"http://127.0.0.1:{args.port}"
    if getattr(args, "socket", None):
        changes["cooperative_socket"] = args.socket
    return load_settings(**changes)
