"""Compiled inner loops of the fleet planner."""
