"""GTFS-Realtime laid over the days of a timetable."""
