"""The doctor: what is wrong with a town, named, with the remedy; nothing is changed by looking."""

import dataclasses
import json
import shutil
import stat
from pathlib import Path

import pytest

from mobility.commands import main
from mobility.db import open_database
from mobility.doctor import Finding, Level, examine
from mobility.network.build import build_network
from mobility.network.manifest import load_manifest, save_manifest
from mobility.schema import downgrade
from mobility.settings import Settings
from tests.town_app import new_sqlite, town_settings
from tests.unit.mobility.network.tiny_town import inputs

SECRETS = ("run/narrow.secret", "run/oidc.secret", "run/operator.token")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_network(inputs(folder))
    return folder / "town"


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Settings:
    """A town in which everything is well."""
    shutil.copytree(built, tmp_path / "town", symlinks=True)
    manifest = load_manifest(tmp_path / "town")
    valid = dataclasses.replace(manifest, service_days=("2020-01-01", "2999-12-31"))
    save_manifest(tmp_path / "town" / "current", valid)
    (tmp_path / "run").mkdir()
    for name in SECRETS:
        (tmp_path / name).write_text("a secret of tests")
        (tmp_path / name).chmod(0o640)
    assets = tmp_path / "assets"
    (assets / "maplibre-gl").mkdir(parents=True)
    return town_settings(tmp_path, new_sqlite(tmp_path), assets_dir=assets)


def finding(settings: Settings, check: str) -> Finding:
    (found,) = [f for f in examine(settings) if f.check == check]
    return found


def test_a_town_that_is_well_has_no_finding_but_the_good_ones(town: Settings) -> None:
    found = {f.check: f for f in examine(town)}
    assert {name for name, f in found.items() if f.level != Level.OK} <= {"Disk"}
    wanted = {"Python", "SpatiaLite", "Network", "Timetable", "Platform database"}
    assert wanted | {Path(name).name for name in SECRETS} <= set(found)
    assert found["SpatiaLite"].says[0].isdigit()


def test_a_file_of_the_network_that_was_changed_is_named(town: Settings) -> None:
    path = town.var_dir / "town/current/streets/edges.length_m.npy"
    path.write_bytes(path.read_bytes()[:-4])
    found = finding(town, "Network")
    assert found.level == Level.FAILED
    assert "streets/edges.length_m.npy" in found.says
    assert "again" in found.remedy


def test_a_missing_network_is_told_with_the_command_that_makes_one(town: Settings) -> None:
    (town.var_dir / "town/current").unlink()
    found = finding(town, "Network")
    assert (found.level, found.remedy) == (Level.FAILED, "run: mobility build")


def test_an_expired_timetable_is_told_with_its_days(town: Settings) -> None:
    version = town.var_dir / "town/current"
    old = dataclasses.replace(load_manifest(version), service_days=("2020-01-01", "2020-12-31"))
    save_manifest(version, old)
    found = finding(town, "Timetable")
    assert found.level == Level.WARNING
    assert "2020-01-01 to 2020-12-31, not today" in found.says
    assert "valid now" in found.remedy


def test_migrations_that_are_behind_are_told(town: Settings) -> None:
    database = open_database(town.platform_database_url())
    downgrade(database, "-1")
    database.engine.dispose()
    found = finding(town, "Platform database")
    assert found.level == Level.FAILED
    assert "the program needs" in found.says
    assert "migrates" in found.remedy


def test_looking_for_a_missing_database_makes_none(town: Settings) -> None:
    path = Path(town.database_url.removeprefix("sqlite:///"))
    path.unlink()
    assert finding(town, "Platform database").level == Level.FAILED
    assert not path.exists()


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_that_others_may_read_is_told_with_the_command_that_closes_it(
    town: Settings, name: str
) -> None:
    path = town.var_dir / name
    path.chmod(0o644)
    found = finding(town, path.name)
    assert (found.level, found.remedy) == (Level.FAILED, f"chmod o= {path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644  # looking changes nothing


def test_the_command_prints_findings_and_fails_where_one_failed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--var", str(tmp_path), "--json"]) == 1
    printed = capsys.readouterr()
    found = {f["check"]: f for f in json.loads(printed.out)}
    assert found["Network"]["level"] == "failed"
    assert found["Network"]["remedy"]
    assert printed.err == ""
