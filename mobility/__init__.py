"""A public mobility platform that a town runs as a commons: composes the leaf packages."""
