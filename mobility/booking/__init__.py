"""Book a trip: one booking of several legs, each fulfilled in its own way."""
