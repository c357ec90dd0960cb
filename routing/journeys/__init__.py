"""From a request to itineraries: ways to stops, choices among them, legs, JSON."""
