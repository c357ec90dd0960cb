"""What one folder serves."""

from pathlib import Path

import pytest

from mobility.serve.layout import Layout
from mobility.serve.parties import Parties, Party
from mobility.serve.town import Ports, Town, TownError


def town(var: Path, city: Path | None) -> Town:
    return Town(Layout(var), Parties(Party(), Party(), None), Ports(1, 2, 3), city)


def test_a_city_is_not_served_from_the_demo_towns_folder(tmp_path: Path) -> None:
    seed = Layout(tmp_path).platform_seed
    seed.parent.mkdir()
    seed.touch()
    with pytest.raises(TownError, match=r"holds a demo town: .* --var DIR, or --fresh"):
        town(tmp_path, tmp_path / "city").prepare()


def test_the_demo_town_is_not_served_from_a_citys_folder(tmp_path: Path) -> None:
    Layout(tmp_path).settings_file.touch()
    with pytest.raises(TownError, match="holds a city: give this demo town"):
        town(tmp_path, None).prepare()


def test_a_forgotten_town_leaves_its_folder_to_either(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for path in (layout.settings_file, layout.platform_seed):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    layout.forget()
    town(tmp_path, None)._keep_apart()
    town(tmp_path, tmp_path / "city")._keep_apart()
