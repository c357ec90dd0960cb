"""Serves a whole town on one machine: prepares it, then keeps its processes running."""
