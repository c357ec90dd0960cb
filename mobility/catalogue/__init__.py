"""Shared vehicles: what operators publish, read leniently, kept with its age."""
