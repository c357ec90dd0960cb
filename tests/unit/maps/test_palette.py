"""Scales keep their order for eyes that confuse colours, and legends say what is drawn."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from maps.errors import BadLayerError
from maps.palette import DIVERGING, QUALITATIVE, SEQUENTIAL, Scale, sequential_scale

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
SEEN_BY = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(colour: str, seen_by: str) -> np.ndarray:
    """CIE L*a*b* (D65) of a colour as those eyes see it."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(SEEN_BY[seen_by] @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ linear / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_sequential_colours_darken_step_by_step_for_all_eyes(eyes: str) -> None:
    lightness = [lab(colour, eyes)[0] for colour in SEQUENTIAL]
    assert all(a - b > 7 for a, b in pairwise(lightness))


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_diverging_colours_differ_step_by_step_for_all_eyes(eyes: str) -> None:
    seen = [lab(colour, eyes) for colour in DIVERGING]
    assert all(np.linalg.norm(a - b) > 8 for a, b in pairwise(seen))
    assert np.linalg.norm(seen[0] - seen[-1]) > 30


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_the_first_trucks_are_told_apart_by_all_eyes(eyes: str) -> None:
    seen = [lab(colour, eyes) for colour in QUALITATIVE[:3]]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 15


def test_each_class_has_its_colour_and_its_words() -> None:
    scale = Scale((10, 20), ("#aaaaaa", "#bbbbbb", "#cccccc"))
    assert [scale.colour(v) for v in (0, 9.9, 10, 19, 20, 900)] == [
        "#aaaaaa",
        "#aaaaaa",
        "#bbbbbb",
        "#bbbbbb",
        "#cccccc",
        "#cccccc",
    ]
    assert scale.legend("trips") == [
        ("#aaaaaa", "< 10 trips"),
        ("#bbbbbb", "10 – < 20 trips"),
        ("#cccccc", "≥ 20 trips"),
    ]


def test_what_is_not_shown_has_no_colour() -> None:
    assert Scale((), ("#aaaaaa",)).colour(None) is None


@pytest.mark.parametrize(
    ("values", "classes"), [([], 1), ([5, 5, 5], 1), ([None, None], 1), ([1, 2], 2)]
)
def test_few_values_make_few_classes(values: list[float | None], classes: int) -> None:
    assert len(sequential_scale(values).colours) == classes


def test_many_values_fill_all_classes_about_evenly() -> None:
    values = [float(v**2) for v in range(1, 121)]
    scale = sequential_scale(values)
    counts = [sum(scale.colour(v) == colour for v in values) for colour in scale.colours]
    assert len(counts) == len(SEQUENTIAL)
    assert min(counts) > 15


def test_a_scale_with_too_few_colours_is_refused() -> None:
    with pytest.raises(BadLayerError, match="2 breaks make 3 classes, not 2 colours"):
        Scale((1, 2), ("#aaaaaa", "#bbbbbb"))


def test_breaks_that_do_not_ascend_are_refused() -> None:
    with pytest.raises(BadLayerError, match="do not ascend"):
        Scale((2, 2), ("#aaaaaa", "#bbbbbb", "#cccccc"))
