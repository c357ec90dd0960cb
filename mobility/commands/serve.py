"""``mobility serve``: prepare a town on this machine and keep it running."""

import argparse
import logging
import sys
from pathlib import Path

from mobility.serve.layout import Layout
from mobility.serve.parties import find_parties
from mobility.serve.supervisor import Supervisor
from mobility.serve.town import Town, choose_ports
from mobility.settings import describe_settings

logger = logging.getLogger(__name__)
HELP = "serve the demo town or a city: platform, worker, cooperative, simulated operator"
READY = "Ready."
"""Printed, alone on a line, once every process answers."""
PLANNER_PATIENCE_S = 300.0
"""Compiling every kernel takes about a minute where nothing is cached."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the command; its help ends with the table of settings."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "settings (a TOML file named by MOBILITY_SETTINGS, or the environment):\n"
    for row in describe_settings():
        default = f" [{row['default']}]" if row["default"] else ""
        parser.epilog += f"  {row['environment']:<36} {row['help']} ({row['unit']}){default}\n"
    parser.add_argument("--city", type=Path, metavar="DIR", help="a directory made by build")
    parser.add_argument("--port", type=_port, default=8080, help="port of the platform (8080)")
    parser.add_argument("--fresh", action="store_true", help="forget databases and generated data")
    parser.add_argument("--var", type=Path, default=Path("var"), help="the town's folder (var)")


def run(args: argparse.Namespace) -> int:
    """Prepare, start, say where everything is, and watch until Ctrl-C."""
    logging.getLogger().setLevel(logging.INFO)
    ports = choose_ports(args.port)
    layout = Layout(args.var.resolve())
    with layout.occupy():
        if args.fresh:
            layout.forget()
        town = Town(layout, find_parties(layout.var), ports, args.city)
        town.prepare()
        _keep_running(town)
    return 0


def _port(text: str) -> int:
    """Read a port number."""
    if text.isdecimal() and 1 <= int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"'{text}' is no port: give a number from 1 to 65535")


def _keep_running(town: Town) -> None:
    """Start every process and watch them until asked to stop."""
    supervisor = Supervisor(town.layout.logs)
    supervisor.handle_signals()
    try:
        supervisor.start(town.first_processes())
        logger.info("Starting the platform; the first start compiles the planner ...")
        supervisor.start(town.platform_processes(), patience_s=PLANNER_PATIENCE_S)
        _tell(town)
        supervisor.run()
    finally:
        print("Stopping ...", file=sys.stderr)
        supervisor.stop()


def _tell(town: Town) -> None:
    """Print the addresses and, in the demo town, the accounts."""
    ports = town.ports
    rows = [("Platform", ports.platform_origin), ("Cooperative", ports.cooperative_origin)]
    if any(spec.name == "operator" for spec in town.first_processes()):
        rows.append(("Operator (simulated)", f"{ports.operator_url}/gbfs/gbfs.json"))
    for name, address in rows:
        print(f"{name:<21} {address}")
    accounts = town.accounts()
    if accounts:
        print("\nAccounts of the demo (random passwords, this town only):")
    for account in accounts:
        print(f"  {account['role']:<12} {account['name']:<28} {account['password']}")
    if town.parties.not_separated:
        reason = town.parties.not_separated
        print(f"\nNot separated: platform and cooperative share one OS user ({reason}).")
    print(f"\nLogs are in {town.layout.logs}. Ctrl-C stops everything.\n{READY}", flush=True)
