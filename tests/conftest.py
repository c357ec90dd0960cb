"""What several kinds of tests share."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")  # a first example may load compiled code, on a busy machine

TOGETHER = ("contract", "e2e", "demo")
"""Folders whose tests share a town that takes long to make."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a file, or of a folder that shares a town, in one process."""
    from xdist.scheduler import LoadScopeScheduling

    class TownScheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = Path(nodeid.partition("::")[0])
            return str(path.parent if path.parent.name in TOGETHER else path)

    return TownScheduling(config, log)


@pytest.fixture(scope="session")
def demo_input(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated town's feeds."""
    from mobility.commands import main

    folder = tmp_path_factory.mktemp("demo") / "input"
    assert main(["demo", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def demo_network(demo_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network directory made of the generated town's feeds."""
    from mobility.commands import main

    folder = tmp_path_factory.mktemp("network") / "town"
    words = ["build", str(folder), "--name", "Demo town", "--generated"]
    words += ["--osm", str(demo_input / "town.osm.pbf"), "--gtfs", str(demo_input / "gtfs.zip")]
    words += ["--gbfs", str(demo_input / "gbfs")]
    words += ["--population", str(demo_input / "population.csv")]
    words += ["--districts", str(demo_input / "districts.geojson")]
    words += ["--elevation", str(demo_input / "elevation.tif")]
    assert main(words) == 0
    return folder
