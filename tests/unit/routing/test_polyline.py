import numpy as np
import pytest

from routing.journeys.polyline import decode, encode


def test_the_example_of_the_format_is_written_as_published() -> None:
    line = np.array([[-120.2, 38.5], [-120.95, 40.7], [-126.453, 43.252]])
    assert encode(line, precision=5) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"


def test_a_point_at_zero_and_no_points_at_all() -> None:
    assert encode(np.zeros((1, 2))) == "??"
    assert encode(np.zeros((0, 2))) == ""
    assert decode("").shape == (0, 2)


def test_the_farthest_points_of_the_globe_come_back() -> None:
    line = np.array([[-180.0, -90.0], [180.0, 90.0], [-180.0, -90.0]])
    assert np.abs(decode(encode(line)) - line).max() < 1e-6


@pytest.mark.parametrize("text", ["_p~iF", "_p~iF~ps|", "_"])
def test_a_line_that_is_cut_off_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="cut off"):
        decode(text)
