"""The command line: one module per command, imported only when it is asked for."""

import argparse
import importlib
import logging
import os
import pkgutil
import sys
from types import ModuleType

from mobility.errors import MobilityError

EXIT_DONE, EXIT_FAILED, EXIT_USAGE = 0, 1, 2


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : list of str, optional
        Words after the program's name; those of the process by default.

    Returns
    -------
    int
        0 done, 1 failed, 2 wrong usage.
    """
    words = sys.argv[1:] if argv is None else argv
    names = _command_names()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    if not words or words[0] not in names:
        return _usage(names, words)
    module = _load(words[0])
    parser = argparse.ArgumentParser(prog=f"mobility {words[0]}", description=module.HELP)
    module.add_arguments(parser)
    args = parser.parse_args(words[1:])
    promised: tuple[type[Exception], ...] = (MobilityError, *_leaf_errors())
    try:
        return int(module.run(args))
    except promised as error:
        print(f"mobility {words[0]}: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_FAILED
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_DONE


def _command_names() -> list[str]:
    """List the commands there are, by the modules beside this one."""
    names = [m.name for m in pkgutil.iter_modules(__path__)]
    return sorted(name.replace("_", "-") for name in names if not name.startswith("_"))


def _load(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}")


def _leaf_errors() -> tuple[type[Exception], ...]:
    """Name the base errors of the leaf packages."""
    from fleet.errors import FleetError
    from maps.errors import MapsError
    from privacy.errors import PrivacyError
    from routing.errors import RoutingError

    return RoutingError, FleetError, PrivacyError, MapsError


def _usage(names: list[str], words: list[str]) -> int:
    asked_for_help = bool(words) and words[0] in {"-h", "--help", "help"}
    stream = sys.stdout if asked_for_help else sys.stderr
    if words and not asked_for_help:
        print(f"mobility: no command named '{words[0]}'", file=stream)
    print("usage: mobility COMMAND [--help] ...\n\ncommands:", file=stream)
    for name in names:
        print(f"  {name:<13} {_load(name).HELP}", file=stream)
    return EXIT_DONE if asked_for_help else EXIT_USAGE
