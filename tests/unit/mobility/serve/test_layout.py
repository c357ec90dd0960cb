"""Who owns which folder of a town."""

import os
from pathlib import Path

import pytest

from mobility.serve.layout import Layout
from mobility.serve.parties import Parties, find_parties


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders to other users")
def test_kernels_compiled_by_root_can_be_replaced_by_the_town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernels = tmp_path / "numba"
    (kernels / "kernels_0").mkdir(parents=True)
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(kernels))
    found = find_parties(Path("/"))
    if found.not_separated:
        pytest.skip(found.not_separated)
    (tmp_path / "var").mkdir()
    Layout(tmp_path / "var").make(Parties(found.town, found.cooperative, None))
    assert (kernels / "kernels_0").stat().st_uid == found.town.uid
    assert (tmp_path / "var" / "cooperative").stat().st_uid == found.cooperative.uid
