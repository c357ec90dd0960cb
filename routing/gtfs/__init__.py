"""GTFS feeds → a timetable and notices."""
