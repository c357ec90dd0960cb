"""Shared vehicles: where they are, and ways with them."""
