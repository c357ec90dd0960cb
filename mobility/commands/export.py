"""Give a network's streets back as an OSMnx graph."""

import argparse
import sys
from pathlib import Path

HELP = "write a network's streets as GraphML for OSMnx"

MODES = ("walk", "bike", "car")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to write and where."""
    parser.add_argument("directory", type=Path, metavar="DIR", help="network directory")
    parser.add_argument("--graphml", type=Path, required=True, metavar="FILE", help="where to")
    parser.add_argument("--mode", choices=MODES, default="walk", help="whose streets")


def run(args: argparse.Namespace) -> int:
    """Write the file; nothing goes to standard output."""
    from mobility.network.inputs import BuildError
    from routing.network import Network
    from routing.osm.osmnx_io import to_osmnx
    from routing.streets.graph import StreetMode

    network = Network.load(args.directory)
    if network.streets is None:
        raise BuildError(f"{args.directory} has no streets: build it with --osm or --place")
    graph = to_osmnx(network.streets, StreetMode[args.mode.upper()])
    import osmnx

    osmnx.save_graphml(graph, args.graphml)
    nodes, edges = graph.number_of_nodes(), graph.number_of_edges()
    print(f"{args.graphml}: {nodes} nodes, {edges} edges ({args.mode})", file=sys.stderr)
    return 0
