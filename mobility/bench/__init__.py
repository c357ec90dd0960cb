"""Measurements on fixed inputs, one module each."""
