"""The API against what nobody meant to send: generated from its own OpenAPI document.

``python -m tests.bench.fuzz`` runs the same at full size.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzzing import FuzzedTown, fuzz, open_fuzzed_town

EXAMPLES, SEED = 8, 1


@pytest.fixture(scope="module")
def town(demo_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FuzzedTown]:
    with open_fuzzed_town(demo_network, tmp_path_factory.mktemp("fuzz")) as town:
        yield town


def test_no_generated_request_meets_a_fault_or_an_undocumented_answer(town: FuzzedTown) -> None:
    found = fuzz(town, EXAMPLES, SEED)
    assert found.failures == []
    assert len(found.cases) > 8
    assert min(found.cases.values()) > 0
    assert {200, 201, 404, 422} <= found.statuses
