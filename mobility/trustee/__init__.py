"""The cooperative's own application: knows people, not whereabouts; own origin, own database."""
