"""Die on purpose between two steps, so that recovery can be tested with a real kill."""

import os
import signal

VARIABLE = "MOBILITY_FAULT"
_CALLS = ("token", "eligibility", "reserve", "start", "finish", "settle", "admit")
_MOMENTS = ("before", "after", "storing", "stored")
STEPS = tuple(f"{moment}-{call}" for call in _CALLS for moment in _MOMENTS)
"""Every step of a booking from reservation to admission at which a process can be made to die."""


def reach(step: str) -> None:
    """End the process at once, without clean-up, when the environment names this step.

    ``MOBILITY_FAULT=step`` kills the first time, ``MOBILITY_FAULT=step:3`` the third.
    """
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, count = wanted.partition(":")
    if name != step:
        return
    left = int(count or 1) - 1
    if left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.environ[VARIABLE] = f"{name}:{left}"
