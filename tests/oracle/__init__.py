"""A slow planner, written to be obviously right, and the networks it is asked about."""
