"""Errors the maps package raises when a promise cannot be kept."""


class MapsError(Exception):
    """Base of every error raised by ``maps``."""


class OutsideRequestError(MapsError):
    """Raised when a page would make the browser ask another host for something."""


class BadLayerError(MapsError, ValueError):
    """Raised when a layer's features are not what the layer draws."""
