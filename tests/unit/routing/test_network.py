import json
from pathlib import Path

import numpy as np
import pytest

from routing.network import Network, NetworkError, prepare
from routing.planner import Planner
from routing.streets.graph import StreetMode
from tests.builders import request, save_town, shown, town, without_streets

LINES = "Red A 08:00 D 08:05\nBlue E 08:15 J 08:20"
TRIP = "A 08:00 Red D 08:05, D 08:05 WALK E 08:10, E 08:15 Blue J 08:20"


def saved(folder: Path) -> Path:
    version = folder / "versions" / "1"
    version.mkdir(parents=True)
    save_town(town(LINES), version)
    (folder / "current").symlink_to("versions/1")
    return version


def test_a_prepared_directory_opens_and_plans_like_the_network_in_memory(tmp_path: Path) -> None:
    version = saved(tmp_path)
    prepare(version)
    for folder in (tmp_path, version):
        network = Network.load(folder)
        assert (network.id, network.timezone) == ("tiny", "Europe/Berlin")
        assert shown(Planner(network).plan(request("A", "J")))[0] == TRIP


def test_preparing_adds_walks_between_stops_and_may_be_repeated(tmp_path: Path) -> None:
    version = save_town(without_walks(), tmp_path)
    prepare(version)
    once = {path.name: path.read_bytes() for path in tmp_path.rglob("*.npy")}
    prepare(version)
    assert {path.name: path.read_bytes() for path in tmp_path.rglob("*.npy")} == once
    network = Network.load(version)
    assert network.timetable is not None
    assert len(network.timetable.footpaths.target) > 0
    assert not list(tmp_path.glob("transit.*"))


def without_walks() -> Network:
    from tests.builders import MAIN_STREET, STREET, ZONE, timetable
    from tests.street_maps import draw

    return Network.of(
        draw(MAIN_STREET, STREET), timetable(LINES, MAIN_STREET), name="t", timezone=ZONE.key
    )


def test_preparing_half_a_network_does_nothing(tmp_path: Path) -> None:
    version = save_town(without_streets(town(LINES)), tmp_path)
    prepare(version)
    assert not (version / "links").exists()
    assert Network.load(version).streets is None


def test_links_lead_every_stop_to_its_corner(tmp_path: Path) -> None:
    version = saved(tmp_path)
    prepare(version)
    network = Network.load(version)
    for mode in (StreetMode.WALK, StreetMode.BIKE):
        assert np.all(network.links[mode].distance_m < 0.1)


def test_a_folder_that_is_no_network_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="mobility build"):
        Network.load(tmp_path / "nothing")
    with pytest.raises(
        NetworkError, match=r"no readable manifest\.json .* build the network again"
    ):
        Network.load(tmp_path)


def test_a_network_that_was_not_prepared_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no links of stops to streets"):
        Network.load(saved(tmp_path))


def test_a_network_of_nothing_is_refused(tmp_path: Path) -> None:
    manifest = {"id": "x", "name": "x", "timezone": "UTC", "bbox": [0, 0, 1, 1]}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NetworkError, match="neither streets nor a timetable"):
        Network.load(tmp_path)


def test_two_networks_of_one_process_keep_their_own_answers(tmp_path: Path) -> None:
    version = saved(tmp_path)
    prepare(version)
    mine, other = Network.load(version), town("Green A 08:01 J 08:09")
    for network, first in ((mine, TRIP), (other, "A 08:01 Green J 08:09"), (mine, TRIP)):
        assert shown(Planner(network).plan(request("A", "J")))[0] == first
