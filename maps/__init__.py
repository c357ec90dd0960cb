"""Draws maps and layers from assets the town serves itself."""
