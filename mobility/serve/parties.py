"""The OS users that keep the town and the cooperative apart on one machine."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mobility.settings import PREFIX

TOWN_USER = "mobility-town"
COOPERATIVE_USER = "mobility-coop"
NARROW_GROUP = "mobility-narrow"
"""Both users are in it: it may open the socket of the narrow calls, and nothing else."""
TOWN_HIDDEN = (PREFIX + "COOPERATIVE_DATABASE_URL",)
COOPERATIVE_HIDDEN = (PREFIX + "DATABASE_URL", "NUMBA_CACHE_DIR")
"""Addresses of databases hold passwords; the town could write code into compiled kernels."""


@dataclass(frozen=True)
class Party:
    """An OS user that processes run as; this process's own user where the ids are None.

    ``hidden`` names what its processes must not find in their environment.
    """

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] | None = None
    hidden: tuple[str, ...] = ()

    def own(self, path: Path, mode: int, *, shared: bool = False) -> Path:
        """Make a folder that belongs to this party, and say what others may do with it.

        Parameters
        ----------
        path : pathlib.Path
            Folder to make, or to take over.
        mode : int
            Permission bits.
        shared : bool
            Give it to the group of the narrow calls.
        """
        path.mkdir(parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, grp.getgrnam(NARROW_GROUP).gr_gid if shared else self.gid)
        path.chmod(mode)
        return path

    def environment(self, added: Mapping[str, str]) -> dict[str, str]:
        """Return this process's environment with ``added``, without what is hidden."""
        both = {**os.environ, **added}
        return {name: value for name, value in both.items() if name not in self.hidden}

    def run(self, argv: Sequence[str], **environment: str) -> None:
        """Run a program to its end as this party; what it says on standard error goes to ours.

        Raises
        ------
        subprocess.CalledProcessError
            If it fails.
        """
        subprocess.run(  # noqa: S603 - arguments are ours
            argv,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=self.environment(environment),
            user=self.uid,
            group=self.gid,
            extra_groups=self.groups,
        )


@dataclass(frozen=True)
class Parties:
    """Who runs what, and why the two are not separated, if they are not."""

    town: Party
    cooperative: Party
    not_separated: str | None


def find_parties(var: Path) -> Parties:
    """Make the two OS users when root, and see whether they can run this program on ``var``."""
    if os.geteuid() != 0:
        return _one_user("started as an ordinary user; start as root to separate them")
    if not all(shutil.which(tool) for tool in ("useradd", "groupadd")):
        return _one_user("this system has no useradd and groupadd")
    _ensure_group(NARROW_GROUP)
    town = replace(_ensure_user(TOWN_USER), hidden=TOWN_HIDDEN)
    cooperative = replace(_ensure_user(COOPERATIVE_USER), hidden=COOPERATIVE_HIDDEN)
    for party in (town, cooperative):
        if reason := _cannot_run(party, var):
            return _one_user(reason)
    return Parties(town, cooperative, None)


def _one_user(reason: str) -> Parties:
    return Parties(Party(hidden=TOWN_HIDDEN), Party(hidden=COOPERATIVE_HIDDEN), reason)


def _ensure_group(name: str) -> None:
    try:
        grp.getgrnam(name)
    except KeyError:
        subprocess.run(["groupadd", "--system", name], check=True)  # noqa: S603, S607


def _ensure_user(name: str) -> Party:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        words = ["useradd", "--system", "--user-group", "--no-create-home"]
        words += ["--groups", NARROW_GROUP, "--shell", "/usr/sbin/nologin", name]
        subprocess.run(words, check=True)  # noqa: S603
        entry = pwd.getpwnam(name)
    return Party(entry.pw_uid, entry.pw_gid, (grp.getgrnam(NARROW_GROUP).gr_gid,))


def _cannot_run(party: Party, var: Path) -> str | None:
    """Say why a party cannot run this program, or None if it can."""
    enter = "import os, sys; sys.exit(not os.access(sys.argv[1], os.X_OK))"
    here = Path(__file__).resolve().parent.parent.parent
    program = f"{here} or run {Path(sys.executable).resolve()}"
    for code, place in ((enter, str(var)), ("import mobility.narrow", program)):
        try:
            party.run([sys.executable, "-c", code, str(var)])
        except (OSError, subprocess.CalledProcessError):
            return f"other OS users may not enter {place}"
    return None
