"""Borders of a field: exact between its points, with holes, valid whatever the field."""

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from routing.explore.contours import not_negative


def test_a_single_point_inside_is_a_diamond() -> None:
    field = np.full((3, 3), -1.0)
    field[1, 1] = 1.0
    area = not_negative(field)
    assert area.equals(shapely.Polygon([(1.5, 1), (1, 1.5), (0.5, 1), (1, 0.5)]))


def test_the_border_lies_where_the_field_is_zero() -> None:
    area = not_negative(np.tile([3.0, 1.0, -3.0], (2, 1)))
    assert area.bounds[2] == pytest.approx(1.25)
    assert area.bounds[0] == pytest.approx(-0.75)


def test_a_hole_stays_a_hole_and_an_island_in_it_an_island() -> None:
    field = np.ones((7, 7))
    field[1:6, 1:6] = -1
    field[3, 3] = 1
    area = not_negative(field)
    assert sorted(len(part.interiors) for part in area.geoms) == [0, 1]
    assert not area.contains(shapely.Point(2, 2))
    assert area.contains(shapely.Point(3, 3))


def test_nothing_inside_is_an_empty_area() -> None:
    assert not_negative(np.full((4, 4), -1.0)).is_empty


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(arrays(np.float64, (6, 7), elements=st.sampled_from([-3.0, -1.0, -0.01, 0.0, 0.01, 1, 5])))
def test_every_field_has_a_valid_area_that_holds_its_points(field: np.ndarray) -> None:
    area = not_negative(field)
    assert area.is_valid
    rows, columns = np.indices(field.shape)
    held = shapely.contains_xy(area, columns.ravel(), rows.ravel())
    assert (held == (field.ravel() >= 0)).all()
