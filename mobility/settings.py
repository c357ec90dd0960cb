"""One table of settings: name, default, unit and help; read once, then passed in."""

# ruff: noqa: RUF009 (every row of the table is a call that makes a dataclass field)
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from mobility.errors import MobilityError

PREFIX = "MOBILITY_"
FILE_VARIABLE = PREFIX + "SETTINGS"


class SettingsError(MobilityError, ValueError):
    """A setting is unknown or its value cannot be read."""


def _setting(default: Any, unit: str, help_text: str) -> Any:
    """Declare one row of the table."""
    return field(default=default, metadata={"unit": unit, "help": help_text})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that may differ between two towns or two machines.

    Each field carries its unit and a sentence of help. Values come from the defaults, then a TOML
    file, then environment variables ``MOBILITY_<NAME>``; the later wins. No secret has a default:
    secrets live in files of their own, made by ``mobility serve``.
    """

    var_dir: Path = _setting(Path("var"), "path", "folder of databases, sockets, logs and keys")
    network_dir: Path = _setting(Path(), "path", "network directory; var_dir/town if empty")
    networks: tuple[str, ...] = _setting(
        (), "NAME=DIRECTORY", "further networks to answer on, by network=NAME; live data has none"
    )
    database_url: str = _setting("", "URL", "platform database; a SpatiaLite file if empty")
    town_name: str = _setting("", "text", "name shown in the header; the network's own if empty")
    town_is_generated: bool = _setting(False, "yes/no", "label every page as generated data")

    platform_host: str = _setting("127.0.0.1", "address", "address the platform listens on")
    platform_port: int = _setting(8080, "port", "port the platform listens on")
    platform_origin: str = _setting(
        "http://localhost:8080", "origin", "scheme, host and port residents see"
    )
    web_workers: int = _setting(1, "processes", "web processes of the platform")
    web_threads: int = _setting(16, "threads", "threads in each web process")
    trusted_proxies: int = _setting(0, "hops", "reverse proxies in front whose headers count")

    cooperative_host: str = _setting("127.0.0.1", "address", "address the cooperative listens on")
    cooperative_port: int = _setting(8081, "port", "port the cooperative listens on")
    cooperative_origin: str = _setting(
        "http://127.0.0.1:8081", "origin", "scheme, host and port of the cooperative"
    )
    cooperative_database_url: str = _setting("", "URL", "its database; a SQLite file if empty")
    cooperative_dir: Path = _setting(Path(), "path", "its folder; var_dir/cooperative if empty")
    cooperative_socket: Path = _setting(
        Path(), "path", "Unix socket of the narrow calls; var_dir/run/cooperative.sock if empty"
    )
    narrow_secret_file: Path = _setting(
        Path(), "path", "bearer secret of the narrow calls; var_dir/run/narrow.secret if empty"
    )
    oidc_client_id: str = _setting("platform", "text", "name of the platform at the cooperative")
    oidc_client_secret_file: Path = _setting(
        Path(), "path", "client secret of the log-in; var_dir/run/oidc.secret if empty"
    )
    smtp_host: str = _setting("", "host", "mail server; mails land in a local folder if empty")
    smtp_port: int = _setting(587, "port", "port of the mail server")
    smtp_user: str = _setting("", "text", "user name at the mail server")
    smtp_password_file: Path = _setting(Path(), "path", "file holding the mail password")
    mail_from: str = _setting("cooperative@localhost", "address", "sender of mails")

    operator_host: str = _setting("127.0.0.1", "address", "address of the simulated operator")
    operator_port: int = _setting(8082, "port", "port of the simulated operator")
    operator_url: str = _setting(
        "", "URL", "booking API of the operator; nothing can be booked here if empty"
    )
    operator_token_file: Path = _setting(
        Path(), "path", "bearer token of the booking API; var_dir/run/operator.token if empty"
    )
    operator_systems: tuple[str, ...] = _setting(
        (), "GBFS system ids", "systems bookable through operator_url; all known ones if empty"
    )
    operator_timeout_s: float = _setting(5.0, "seconds", "patience with an operator's answer")

    gbfs_urls: tuple[str, ...] = _setting((), "URLs", "further GBFS feeds to poll")
    gbfs_poll_s: int = _setting(15, "seconds", "shortest time between two polls of one feed")
    gbfs_stale_s: int = _setting(300, "seconds", "age at which a feed is called stale")
    emission_factors: tuple[str, ...] = _setting(
        (), "MODE=GRAMS", "CO2 per person and km, such as BUS=70; averages of Germany otherwise"
    )
    ranking_weights: str = _setting(
        "", "NAME:NUMBER,...", "what weighs how much when ways are ranked, such as price:240,co2:90"
    )
    gtfs_realtime_urls: tuple[str, ...] = _setting(
        (), "URLs", "GTFS-Realtime feeds of trip updates and alerts to poll"
    )
    gtfs_realtime_poll_s: int = _setting(15, "seconds", "time between two polls of one such feed")
    gtfs_realtime_stale_s: int = _setting(
        300, "seconds", "age at which a message no longer counts and the timetable answers"
    )
    jobs_url: str = _setting("", "URL", "job queue, redis://... ; a SQLite file if empty")

    hold_s: int = _setting(600, "seconds", "how long a reserved vehicle is held")
    open_bookings_per_resident: int = _setting(3, "bookings", "holds and rides at one time")
    booking_retention_h: int = _setting(24, "hours", "until an unridden booking loses its subject")
    session_days: int = _setting(14, "days", "life of a session without use")
    staff_session_hours: int = _setting(10, "hours", "life of a staff session")
    lockout_failures: int = _setting(5, "attempts", "failed log-ins until an account is locked")
    lockout_minutes: int = _setting(15, "minutes", "how long a lock lasts")
    rate_limit: str = _setting("600 per minute", "requests", "limit per client address")
    rate_limit_url: str = _setting("memory://", "URL", "where the limits are counted")
    max_body_bytes: int = _setting(1_048_576, "bytes", "largest request body")
    secure_cookies: bool = _setting(
        False, "yes/no", "cookies over HTTPS only; always on when platform_origin is https"
    )
    timezone: str = _setting("Europe/Berlin", "tz name", "local time where no network says it")
    languages: tuple[str, ...] = _setting(("de", "en"), "codes", "languages offered, first wins")
    assets_dir: Path = _setting(Path(), "path", "node_modules; the one beside the code if empty")
    log_level: str = _setting("INFO", "level", "DEBUG, INFO, WARNING or ERROR")
    metrics_dir: Path = _setting(Path(), "path", "folder shared by processes for their metrics")

    def path_of(self, name: str) -> Path:
        """Resolve a path setting, filling the place it has under ``var_dir`` when empty.

        Parameters
        ----------
        name : str
            Name of a path field, such as ``"network_dir"``.

        Returns
        -------
        pathlib.Path
            The configured path, or its usual place.
        """
        chosen: Path = getattr(self, name)
        if chosen != Path():
            return chosen
        if name == "assets_dir":
            return Path(__file__).resolve().parent.parent / "node_modules"
        return self.var_dir / _UNDER_VAR[name]

    def platform_database_url(self) -> str:
        """Return the URL of the platform's database, a file under ``var_dir`` by default."""
        if self.database_url:
            return self.database_url
        return f"sqlite:///{(self.var_dir / 'platform' / 'platform.sqlite').absolute()}"


_UNDER_VAR = {
    "network_dir": "town",
    "cooperative_dir": "cooperative",
    "cooperative_socket": "run/cooperative.sock",
    "narrow_secret_file": "run/narrow.secret",
    "oidc_client_secret_file": "run/oidc.secret",
    "operator_token_file": "run/operator.token",
    "metrics_dir": "platform/metrics",
}


def load_settings(
    path: Path | None = None, environ: Mapping[str, str] | None = None, **overrides: Any
) -> Settings:
    """Read the settings: defaults, then a TOML file, then the environment, then ``overrides``.

    Parameters
    ----------
    path : pathlib.Path, optional
        TOML file; by default the one named by ``MOBILITY_SETTINGS``, or none.
    environ : mapping of str to str, optional
        Environment to read; that of the process by default.
    **overrides
        Values that win over everything else, already of the right type.

    Raises
    ------
    SettingsError
        A name is unknown or a value does not fit; the text names both.
    """
    environ = os.environ if environ is None else environ
    if path is None and environ.get(FILE_VARIABLE):
        path = Path(environ[FILE_VARIABLE])
    values: dict[str, Any] = {}
    for name, raw in (_read_file(path) if path else {}).items():
        values[name] = _convert(name, raw, f"{path}")
    for name in _types():
        variable = PREFIX + name.upper()
        if variable in environ:
            values[name] = _convert(name, environ[variable], f"environment, {variable}")
    return Settings(**(values | overrides))


def describe_settings() -> list[dict[str, str]]:
    """List every setting with its default, unit, help and environment variable."""
    return [
        {
            "name": f.name,
            "default": _show(f.default),
            "unit": f.metadata["unit"],
            "help": f.metadata["help"],
            "environment": PREFIX + f.name.upper(),
        }
        for f in fields(Settings)
    ]


def _show(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value == Path() else str(value)


def _types() -> dict[str, Any]:
    return {f.name: f.type for f in fields(Settings)}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not TOML ({error})") from error


def _convert(name: str, raw: Any, where: str) -> Any:
    """Give ``raw`` the type of setting ``name``."""
    kind = _types().get(name)
    if kind is None:
        raise SettingsError(
            f"{where}: no setting named '{name}'; 'mobility serve --help' lists them"
        )
    try:
        if kind is bool:
            return raw if isinstance(raw, bool) else _yes_or_no(str(raw))
        if kind is Path:
            return Path(str(raw)) if str(raw) else Path()
        if kind in (int, float, str):
            return kind(raw)
        return tuple(raw) if isinstance(raw, list) else tuple(p for p in str(raw).split(",") if p)
    except ValueError as error:
        raise SettingsError(f"{where}: '{raw}' is no value for '{name}' ({error})") from error


def _yes_or_no(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("say yes or no")
