"""One table of settings: defaults, then a file, then the environment."""

from pathlib import Path

import pytest

from mobility.settings import Settings, SettingsError, describe_settings, load_settings


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text('platform_port = 9000\nhold_s = 60\nlanguages = ["en"]\n')
    settings = load_settings(file, {"MOBILITY_PLATFORM_PORT": "9001"})
    assert (settings.platform_port, settings.hold_s, settings.web_workers) == (9001, 60, 1)
    assert settings.languages == ("en",)


def test_an_unknown_name_in_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    file.write_text("platfrom_port = 1\n")
    with pytest.raises(SettingsError, match=r"town\.toml.*'platfrom_port'"):
        load_settings(file, {})


@pytest.mark.parametrize(
    ("name", "value"), [("PLATFORM_PORT", "many"), ("SECURE_COOKIES", "perhaps")]
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"MOBILITY_{name}.*'{value}'"):
        load_settings(environ={f"MOBILITY_{name}": value})


def test_empty_paths_lie_below_the_var_folder(tmp_path: Path) -> None:
    settings = Settings(var_dir=tmp_path)
    assert settings.path_of("cooperative_socket") == tmp_path / "run" / "cooperative.sock"
    assert settings.platform_database_url().endswith("/platform/platform.sqlite")


def test_every_setting_says_its_unit_and_what_it_does() -> None:
    rows = describe_settings()
    assert len({row["environment"] for row in rows}) == len(rows)
    assert all(row["unit"] and row["help"] for row in rows)


def test_no_secret_has_a_default() -> None:
    secret = [r for r in describe_settings() if "secret" in r["name"] or "password" in r["name"]]
    assert secret
    assert all(row["default"] == "" for row in secret)
