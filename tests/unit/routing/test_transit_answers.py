"""The command answers as other engines do."""

import pytest

from tests.bench.transit_answers import compare
from tests.shared import shared_dir


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["earliest", "range_2h"])
def test_porto_alegre_is_answered_as_two_other_engines_answer_it(kind: str) -> None:
    mine, listed, said = compare(shared_dir() / "benchmarks" / "transit", "poa", kind)
    assert mine == listed
    assert "CPU median" in said
