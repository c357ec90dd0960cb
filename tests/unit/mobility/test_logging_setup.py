"""Logs are JSON and hold neither positions nor tokens nor addresses."""

import json
import logging
import secrets
import sys

import pytest

from mobility.logging_setup import JsonFormatter, sieve


@pytest.mark.parametrize(
    "secret",
    ["8.69412,49.40931", "lon 8.69412, 49.40931", "-51.2177;-30.0346", "ada@example.org"],
)
def test_a_position_or_an_address_is_blotted_out(secret: str) -> None:
    assert not any(part in sieve(f"near {secret} now") for part in ("49.40", "30.03", "ada"))


def test_a_token_is_blotted_out_and_ordinary_words_stay() -> None:
    token = secrets.token_urlsafe(32)
    text = sieve(f"ride {token} of feed demo-bikes took 12.5 s on version 3.0")
    assert text == "ride [removed] of feed demo-bikes took 12.5 s on version 3.0"


def test_of_an_exception_its_kind_and_places_are_logged_but_not_its_text() -> None:
    try:
        raise ValueError("rider 8.69412,49.40931")
    except ValueError:
        record = logging.LogRecord("x", 40, "f", 1, "failed", None, sys.exc_info())
    line = json.loads(JsonFormatter("platform").format(record))
    assert (line["error"], line["process"]) == ("ValueError", "platform")
    assert "49.4" not in json.dumps(line)
