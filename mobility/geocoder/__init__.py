"""Finds the town's streets, addresses, places, stops and stations by name, and the other way."""

from mobility.geocoder.model import Hit
from mobility.geocoder.search import Geocoder, GeocoderError

__all__ = ["Geocoder", "GeocoderError", "Hit"]
