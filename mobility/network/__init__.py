"""Makes the network directory of a town from its input files."""
