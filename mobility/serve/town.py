"""Prepare a town for serving: network, databases, accounts, and the processes it consists of."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from mobility.errors import MobilityError
from mobility.network.manifest import Manifest, load_manifest
from mobility.serve.layout import Layout, free_port
from mobility.serve.parties import Parties, Party
from mobility.serve.supervisor import ProcessSpec
from mobility.settings import FILE_VARIABLE, PREFIX

logger = logging.getLogger(__name__)

DEMO_LIFE = timedelta(days=300)
"""After this the demo town is generated anew, so that its calendar always lies ahead."""

DEMO_WEIGHTS = "price:240"
"""In the demo town a euro weighs four minutes; what it weighs in a currency each town decides."""


class TownError(MobilityError):
    """The town cannot be served; the text says why and what to do."""


@dataclass(frozen=True)
class Ports:
    """Where the three web processes listen, on loopback."""

    platform: int
    cooperative: int
    operator: int

    @property
    def platform_origin(self) -> str:
        """Origin of the platform."""
        return f"http://localhost:{self.platform}"

    @property
    def cooperative_origin(self) -> str:
        """Origin of the cooperative; another host name, because cookies ignore ports."""
        return f"http://127.0.0.1:{self.cooperative}"

    @property
    def operator_url(self) -> str:
        """Address of the simulated operator."""
        return f"http://127.0.0.1:{self.operator}"


def choose_ports(platform: int) -> Ports:
    """Take the platform's port and two free ones.

    Raises
    ------
    TownError
        If the platform's port is busy.
    """
    if free_port(platform) is None:
        raise TownError(f"port {platform} is busy: stop what listens there, or give --port N")
    return Ports(platform, free_port() or 0, free_port() or 0)


class Town:
    """One town on this machine: what it is made of, and how it is started.

    Parameters
    ----------
    layout : Layout
        Its folders.
    parties : Parties
        The OS users that run it.
    ports : Ports
        Where it listens.
    city : pathlib.Path, optional
        A network directory to serve in place of the demo town.
    """

    def __init__(
        self, layout: Layout, parties: Parties, ports: Ports, city: Path | None = None
    ) -> None:
        self.layout = layout
        self.parties = parties
        self.ports = ports
        self.network = (city or layout.network).resolve()
        self.is_demo = city is None

    def prepare(self) -> None:
        """Make or renew everything that must be there before the processes start.

        Raises
        ------
        TownError
            If the folder holds the other kind of town, or a step fails.
        """
        self._keep_apart()
        self.layout.make(self.parties)
        with ThreadPoolExecutor(2) as side:
            databases = side.submit(self._ready_databases)
            if self.is_demo:
                self._ready_demo()
            databases.result()
        self._write_settings(load_manifest(self.network))
        self._seed_cooperative()

    def _keep_apart(self) -> None:
        """Refuse to mix the demo town, whose accounts are printed, with a city's databases."""
        layout = self.layout
        held = "demo town" if layout.platform_seed.exists() else "city"
        wanted = "demo town" if self.is_demo else "city"
        is_new = held == "city" and not layout.settings_file.exists()
        if not is_new and held != wanted:
            raise TownError(
                f"{layout.var} holds a {held}: give this {wanted} a folder of its own with "
                "--var DIR, or --fresh to forget what is there"
            )

    def _write_settings(self, manifest: Manifest) -> None:
        """Write down the settings that every process and command of this town reads."""
        layout, ports = self.layout, self.ports
        values = {
            "var_dir": str(layout.var),
            "network_dir": str(self.network),
            "town_name": manifest.name,
            "town_is_generated": manifest.generated,
            "platform_port": ports.platform,
            "platform_origin": ports.platform_origin,
            "cooperative_port": ports.cooperative,
            "cooperative_origin": ports.cooperative_origin,
            "operator_port": ports.operator,
            "operator_url": ports.operator_url if self._gbfs() else "",
            "operator_token_file": str(layout.operator_token),
            "gbfs_urls": [f"{ports.operator_url}/gbfs/gbfs.json"] if self._gbfs() else [],
            "timezone": manifest.timezone,
            "ranking_weights": DEMO_WEIGHTS if manifest.generated else "",
        }
        # A JSON string, number, boolean or list of strings is written in TOML just the same.
        lines = [f"{name} = {json.dumps(v, ensure_ascii=False)}\n" for name, v in values.items()]
        layout.settings_file.write_text("".join(lines), "utf-8")
        layout.settings_file.chmod(0o644)

    def environment(self) -> dict[str, str]:
        """Return what the environment of every process of the town adds."""
        return {
            FILE_VARIABLE: str(self.layout.settings_file),
            "NUMBA_CACHE_DIR": str(self.layout.kernels),
        }

    def first_processes(self) -> list[ProcessSpec]:
        """Describe what the platform leans on: cooperative and simulated operator."""
        ports = self.ports
        specs = [
            self._spec(
                "cooperative",
                self.parties.cooperative,
                _mobility("trustee", "serve"),
                f"{ports.cooperative_origin}/health",
            )
        ]
        if gbfs := self._gbfs():
            words = ["--gbfs", str(gbfs), "--db", str(self.layout.operator / "operator.sqlite")]
            words += [
                "--port",
                str(ports.operator),
                "--token-file",
                str(self.layout.operator_token),
            ]
            specs.append(
                self._spec(
                    "operator",
                    self.parties.town,
                    [sys.executable, "-m", "mobility.operator", *words],
                    f"{ports.operator_url}/gbfs/gbfs.json",
                )
            )
        return specs

    def platform_processes(self) -> list[ProcessSpec]:
        """Describe the platform's web processes and its worker."""
        web = [sys.executable, "-m", "mobility.wsgi"]
        worker = [sys.executable, "-m", "mobility.worker"]
        ready = f"{self.ports.platform_origin}/ready"
        return [
            self._spec("platform", self.parties.town, web, ready),
            self._spec("worker", self.parties.town, worker, None),
        ]

    def accounts(self) -> list[dict[str, Any]]:
        """List the demo's accounts of both parties; empty for a real city."""
        found: list[dict[str, Any]] = []
        for path in (self.layout.platform_seed, self.layout.cooperative_seed):
            if path.exists():
                found += json.loads(path.read_text("utf-8"))
        return found

    def _ready_demo(self) -> None:
        """Generate and build the demo town where it is missing or its calendar runs out."""
        made = self._demo_label().get("date", "2000-01-01")
        is_fresh = date.today() - date.fromisoformat(made) < DEMO_LIFE  # noqa: DTZ011 (local day)
        if is_fresh and (self.layout.network / "current").exists():
            return
        source = self.layout.demo_input
        if not is_fresh:
            logger.warning("Generating the demo town ...")
            self._run(self.parties.town, "demo", str(source))
        logger.warning("Building its network ...")
        name = self._demo_label()["name"]
        words = ["build", str(self.layout.network), "--name", name, "--generated", "--force"]
        words += ["--osm", str(source / "town.osm.pbf"), "--gtfs", str(source / "gtfs.zip")]
        words += ["--population", str(source / "population.csv")]
        words += ["--districts", str(source / "districts.geojson")]
        words += ["--elevation", str(source / "elevation.tif"), "--gbfs", str(source / "gbfs")]
        self._run(self.parties.town, *words)

    def _demo_label(self) -> dict[str, Any]:
        """Return what the generator says of the town it made; nothing where there is none."""
        path = self.layout.demo_input / "demo.json"
        label: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return label

    def _ready_databases(self) -> None:
        seed = [str(self.layout.platform_seed)] if self.is_demo else []
        if self.is_demo and not self.layout.cooperative_seed.exists():
            self._set_unfinished_aside()
        argv = [sys.executable, "-m", "mobility.serve.seed", *seed]
        _call(self.parties.town, argv, self._base_environment())
        self._run(self.parties.cooperative, "trustee", "migrate")

    def _set_unfinished_aside(self) -> None:
        """Move a cooperative away whose filling was interrupted; nobody was told its accounts."""
        for path in self.layout.cooperative.glob("cooperative.sqlite*"):
            path.rename(path.with_name(f"unfinished-{path.name}"))

    def _seed_cooperative(self) -> None:
        """Give the demo's cooperative members, an officer and eight weeks of admitted trips."""
        if not self.is_demo or self.layout.cooperative_seed.exists():
            return
        words = ["trustee", "seed-demo", "--trips", str(self.layout.demo_input / "trips.csv")]
        words += ["--out", str(self.layout.cooperative_seed)]
        argv = _mobility(*words)
        _call(self.parties.cooperative, argv, self.environment())

    def _gbfs(self) -> Path | None:
        """Return the folder of shared vehicles that the operator simulates."""
        folder = (
            self.layout.demo_input / "gbfs" if self.is_demo else self.network / "generated-gbfs"
        )
        return folder if folder.is_dir() else None

    def _base_environment(self) -> dict[str, str]:
        """Return what preparing needs before there is a network."""
        return {
            PREFIX + "VAR_DIR": str(self.layout.var),
            PREFIX + "NETWORK_DIR": str(self.network),
            "NUMBA_CACHE_DIR": str(self.layout.kernels),
        }

    def _run(self, party: Party, *words: str) -> None:
        _call(party, _mobility(*words), self._base_environment())

    def _spec(self, name: str, party: Party, argv: Sequence[str], url: str | None) -> ProcessSpec:
        environment = party.environment(self.environment())
        return ProcessSpec(
            name, argv, environment, party.uid, party.gid, party.groups, ready_url=url
        )


def _mobility(*words: str) -> list[str]:
    """Return the command line that runs a mobility command with this Python."""
    code = "import sys; from mobility.commands import main; sys.exit(main())"
    return [sys.executable, "-c", code, *words]


def _call(party: Party, argv: Sequence[str], environment: dict[str, str]) -> None:
    try:
        party.run(argv, **environment)
    except subprocess.CalledProcessError as error:
        shown = " ".join(argv[3:6]) if argv[1] == "-c" else " ".join(argv[1:4])
        raise TownError(f"'{shown}' failed; what it said stands above") from error
