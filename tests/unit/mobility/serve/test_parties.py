"""Who may read what in a town's folder, and who may serve it."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mobility.commands import main
from mobility.serve.layout import FolderError, Layout
from mobility.serve.parties import COOPERATIVE_HIDDEN, TOWN_HIDDEN, Party, find_parties

SECRETS = {
    "MOBILITY_DATABASE_URL": "postgresql+psycopg://town:secret@localhost/town",
    "MOBILITY_COOPERATIVE_DATABASE_URL": "postgresql+psycopg://coop:secret@localhost/coop",
}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_who_started_the_town_reads_its_logs_and_nobody_but_its_owner_writes_to_run(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    layout = Layout(tmp_path)
    layout.make(find_parties(tmp_path))
    assert mode(layout.logs) == 0o700
    assert mode(layout.cooperative) == mode(layout.platform) == mode(layout.operator) == 0o700
    assert mode(layout.run) == 0o2750
    assert mode(layout.run / "narrow.secret") == 0o640


def test_neither_party_reaches_into_the_other_ones_folder(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        assert "ordinary user" in (find_parties(tmp_path).not_separated or "")
        return
    with TemporaryDirectory() as name:  # pytest's own folders are closed to others
        _try_to_reach_over(Path(name))


def _try_to_reach_over(folder: Path) -> None:
    folder.chmod(0o755)
    parties = find_parties(folder)
    assert parties.not_separated is None
    layout = Layout(folder)
    layout.make(parties)
    secret = str(layout.run / "narrow.secret")
    parties.town.run([sys.executable, "-c", "import sys; open(sys.argv[1]).read()", secret])
    for party, code, place in (
        (parties.town, "import os, sys; os.unlink(sys.argv[1])", secret),
        (parties.town, "import os, sys; os.listdir(sys.argv[1])", str(layout.cooperative)),
        (parties.town, "import os, sys; os.listdir(sys.argv[1])", str(layout.logs)),
        (parties.cooperative, "import os, sys; os.listdir(sys.argv[1])", str(layout.platform)),
        (parties.cooperative, "import os, sys; os.listdir(sys.argv[1])", str(layout.logs)),
    ):
        with pytest.raises(subprocess.CalledProcessError):
            party.run([sys.executable, "-c", code, place])


def test_no_party_finds_the_password_of_the_other_ones_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    town = Party(hidden=TOWN_HIDDEN).environment({})
    cooperative = Party(hidden=COOPERATIVE_HIDDEN).environment({"NUMBA_CACHE_DIR": "kernels"})
    assert set(SECRETS) & set(town) == {"MOBILITY_DATABASE_URL"}
    assert set(SECRETS) & set(cooperative) == {"MOBILITY_COOPERATIVE_DATABASE_URL"}
    assert "NUMBA_CACHE_DIR" not in cooperative


def test_a_town_is_served_once_at_a_time(tmp_path: Path) -> None:
    with (
        Layout(tmp_path).occupy(),
        pytest.raises(FolderError, match="is being served already"),
        Layout(tmp_path).occupy(),
    ):
        pass
    with Layout(tmp_path).occupy():
        pass


def test_a_second_start_touches_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "platform").mkdir()
    with Layout(tmp_path).occupy():
        assert main(["serve", "--var", str(tmp_path), "--port", "18431", "--fresh"]) == 1
    assert "is being served already" in capsys.readouterr().err
    assert (tmp_path / "platform").exists()


def test_a_folder_that_is_a_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "var").touch()
    assert main(["serve", "--var", str(tmp_path / "var"), "--port", "18431"]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert "give --var a folder you may write" in line


@pytest.mark.parametrize("port", ["0", "65536", "-1", "eighty"])
def test_a_port_is_a_number_from_1_to_65535(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["serve", f"--port={port}"])
    assert "give a number from 1 to 65535" in capsys.readouterr().err
