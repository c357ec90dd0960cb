"""Rides on demand (GTFS-Flex) and the rules for booking them."""
