"""Brings stations, streets and past trips together for the fleet planner."""
