"""The first journey is made on any network, as it would be for a traveller."""

from routing.planner import Planner
from routing.warm_up import warm_up
from tests.builders import town


def test_a_network_of_streets_alone_is_tried_too() -> None:
    assert warm_up(Planner(town())) > 0
