"""Staff accounts of the platform and their API tokens."""

import argparse
import getpass
import json
import sys

from mobility.accounts.model import Role
from mobility.accounts.service import AccountError, Accounts
from mobility.db import open_database
from mobility.settings import load_settings

HELP = "add, list and close staff accounts; issue API tokens"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make an account; the password is asked for")
    add.add_argument("name")
    add.add_argument("--role", action="append", required=True, choices=[r.value for r in Role])
    actions.add_parser("list", help="list the accounts as JSON")
    for name, text in (
        ("password", "give an account another password"),
        ("close", "close an account at once"),
        ("reopen", "open a closed account again"),
    ):
        actions.add_parser(name, help=text).add_argument("name")
    token = actions.add_parser("token", help="issue an API token; it is shown once")
    token.add_argument("name")
    token.add_argument("--role", action="append", required=True, choices=[r.value for r in Role])
    token.add_argument("--label", default="", help="what the token is for")
    token.add_argument("--days", type=int, default=90, help="its life, 1 to 366")


def run(args: argparse.Namespace) -> int:
    """Do one action; standard output carries its result alone."""
    database = open_database(load_settings().platform_database_url())
    try:
        _act(Accounts(database), args)
    finally:
        database.engine.dispose()
    return 0


def _act(accounts: Accounts, args: argparse.Namespace) -> None:
    if args.action == "add":
        accounts.add_user(args.name, _password(), args.role)
    elif args.action == "password":
        accounts.set_password(args.name, _password())
    elif args.action in ("close", "reopen"):
        accounts.set_disabled(args.name, args.action == "close")
    elif args.action == "token":
        owner = next((user for user in accounts.list_users() if user.name == args.name), None)
        if owner is None:
            raise AccountError(f"no account named '{args.name}'; 'mobility staff list' shows them")
        print(accounts.issue_token(owner.id, args.label, args.role, args.days))
    else:
        rows = [
            {"name": user.name, "roles": user.roles, "closed": user.disabled}
            for user in accounts.list_users()
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))


def _password() -> str:
    """Read a password: typed twice at a terminal, else one line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise AccountError("the two passwords differ; nothing was changed")
    return first
