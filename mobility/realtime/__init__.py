"""GTFS-Realtime feeds: polled by the worker, read by every web process."""
