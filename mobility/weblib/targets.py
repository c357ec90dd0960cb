"""Where a form may send a browser afterwards: to a page of ours, nowhere else."""

from urllib.parse import urlsplit


def local_target(wanted: str | None, otherwise: str) -> str:
    """Return ``wanted`` where it is a path of our own origin, else ``otherwise``."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return otherwise
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or "\\" in wanted or any(ord(c) < 32 for c in wanted):
        return otherwise
    return wanted
