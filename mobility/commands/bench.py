"""``mobility bench NAME``: measurements that come with the program, one module each."""

import argparse
import importlib
import pkgutil
from types import ModuleType

HELP = "measure how fast this machine answers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare one subcommand per module of :mod:`mobility.bench`."""
    kinds = parser.add_subparsers(dest="bench", required=True, metavar="NAME")
    for name in _names():
        module = _load(name)
        module.add_arguments(kinds.add_parser(name, help=module.HELP, description=module.HELP))


def run(args: argparse.Namespace) -> int:
    """Run the measurement asked for."""
    return int(_load(args.bench).run(args))


def _names() -> list[str]:
    import mobility.bench

    return sorted(m.name for m in pkgutil.iter_modules(mobility.bench.__path__))


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"mobility.bench.{name}")
