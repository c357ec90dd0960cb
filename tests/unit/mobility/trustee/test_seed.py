"""The demo's cooperative is filled through the same rules as any other."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mobility.commands import main
from mobility.trustee import accounts, seed
from mobility.trustee.config import Trustee
from mobility.trustee.errors import ConfigError, LoginRefusedError
from mobility.trustee.models import AdmittedTrip, Member, PersonMonth, RideToken

HEADER = "started_at,origin_lon,origin_lat,destination_lon,destination_lat,mode,person,label\n"


def write(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    lines = [f"{at},8.68,49.41,8.70,49.42,{mode},{who},generated\n" for at, mode, who in rows]
    path.write_text(HEADER + "".join(lines), "utf-8")
    return path


def days(who: str, mode: str, per_day: int, number: int) -> list[tuple[str, str, str]]:
    return [
        (f"2026-10-{day:02d}T08:00:00+02:00", mode, who)
        for day in range(1, number + 1)
        for _ in range(per_day)
    ]


def test_caps_hold_and_only_what_is_booked_counts(trustee: Trustee, tmp_path: Path) -> None:
    rows = days("1", "RENTAL", 10, 9) + days("2", "CAR", 1, 3) + days("3", "WALK", 2, 3)
    got = seed.seed_demo(trustee, write(tmp_path / "trips.csv", rows), 10, 1)
    assert got["members"] == 2
    assert got["admissions"] == {"admitted": 63, "day-cap": 14, "month-cap": 16}
    with trustee.store.read() as session:
        assert sorted(session.scalars(select(PersonMonth.number))) == [3, 60]
        modes = select(AdmittedTrip.mode, func.count()).group_by(AdmittedTrip.mode)
        assert dict(session.execute(modes).all()) == {"bicycle": 60, "car": 3}
        assert session.scalar(select(func.count()).select_from(RideToken)) == 93


def test_only_the_told_accounts_can_log_in(trustee: Trustee, tmp_path: Path) -> None:
    trips = write(tmp_path / "trips.csv", days("1", "RENTAL", 1, 1))
    told = seed.seed_demo(trustee, trips, 1, 1)["accounts"]
    assert [a["role"] for a in told] == ["resident", "resident", "officer"]
    for account in told:
        accounts.log_in(trustee, account["name"], account["password"])
    with pytest.raises(LoginRefusedError):
        accounts.log_in(trustee, "member0@demo.example", seed.NO_PASSWORD)
    with trustee.store.read() as session:
        officers = session.scalars(select(Member.email).where(Member.is_officer)).all()
    assert officers == ["officer1@demo.example"]


def test_a_cooperative_with_members_is_left_alone(trustee: Trustee, tmp_path: Path) -> None:
    trips = write(tmp_path / "trips.csv", days("1", "RENTAL", 1, 1))
    seed.seed_demo(trustee, trips, 1, 1)
    with pytest.raises(ConfigError, match="members already"):
        seed.seed_demo(trustee, trips, 1, 1)


def test_a_fault_in_the_file_names_its_line(trustee: Trustee, tmp_path: Path) -> None:
    path = write(tmp_path / "trips.csv", days("1", "RENTAL", 1, 2))
    path.write_text(path.read_text("utf-8").replace("2026-10-02", "soon"), "utf-8")
    with pytest.raises(ConfigError, match="line 3"):
        seed.seed_demo(trustee, path, 1, 1)


def test_the_command_migrates_and_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOBILITY_VAR_DIR", str(tmp_path))
    trips = write(tmp_path / "trips.csv", days("1", "RENTAL", 1, 2))
    out = tmp_path / "accounts.json"
    words = ["trustee", "seed-demo", "--trips", str(trips), "--out", str(out)]
    assert main(["trustee", "migrate"]) == 0
    assert main([*words, "--area", "8.60,49.38,8.76,49.44"]) == 0
    assert json.loads(capsys.readouterr().out) == {"members": 1, "admissions": {"admitted": 2}}
    assert out.stat().st_mode & 0o077 == 0
    email = json.loads(out.read_text("utf-8"))[0]["name"]
    assert main(["trustee", "officer", email]) == 0
    assert main(["trustee", "officer", "nobody@example.org"]) == 1
    assert "no verified member" in capsys.readouterr().err


def test_without_an_area_the_command_says_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOBILITY_VAR_DIR", str(tmp_path))
    trips = write(tmp_path / "trips.csv", days("1", "RENTAL", 1, 1))
    assert main(["trustee", "migrate"]) == 0
    assert main(["trustee", "seed-demo", "--trips", str(trips)]) == 1
    assert "--area W,S,E,N" in capsys.readouterr().err
