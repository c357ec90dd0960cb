"""Compiled inner loops over flat arrays."""
