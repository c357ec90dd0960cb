"""Structured logs: one JSON object per line, without positions, tokens or addresses."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

_SECRETS = (
    re.compile(r"(?<![\w.-])-?\d{1,3}\.\d{3,}\s*[,;/ ]\s*-?\d{1,3}\.\d{3,}"),  # a position
    re.compile(r"(?<![\w-])[A-Za-z0-9_-]{40,}(?![\w-])"),  # a token, a key, a pairwise subject
    re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),  # a mail address
)
_EXTRA = ("event", "endpoint", "method", "status", "duration_ms", "count", "feed")


class JsonFormatter(logging.Formatter):
    """Writes a record as one JSON object; a last sieve for what must never be logged."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record; of an exception its kind and places, not its text."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": sieve(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in _EXTRA if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["trace"] = [
                f"{f.name} ({f.filename.rsplit('/', 1)[-1]}:{f.lineno})" for f in frames
            ]
        return json.dumps(line, ensure_ascii=False)


def sieve(text: str) -> str:
    """Blot out what looks like a position, a token or a mail address.

    Examples
    --------
    >>> sieve("near 8.69412,49.40931")
    'near [removed]'
    """
    for pattern in _SECRETS:
        text = pattern.sub("[removed]", text)
    return text


def set_up_logging(process: str, level: str = "INFO") -> None:
    """Send every log record of this process to standard error as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("urllib3", "numba", "huey.consumer.Scheduler", "alembic.runtime"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
