"""Decides what may be known, by whom, and how exactly; rules and mathematics, no storage."""
