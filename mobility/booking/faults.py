"""Die on purpose between two steps, so that recovery can be tested with a real kill."""

import os

VARIABLE = "MOBILITY_FAULT"
_EXIT = 9


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
        os._exit(_EXIT)
    os.environ[VARIABLE] = f"{name}:{left}"
