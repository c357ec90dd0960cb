"""``translations.txt`` → texts in other languages."""

import re

from routing.gtfs.files import FeedFiles
from routing.gtfs.tables import FeedTables
from routing.gtfs.trips import FeedTrips
from routing.notices import NoticeList
from routing.transit.translations import BY_ID, BY_TEXT, Translations, key_of

_COLUMNS = (
    "table_name",
    "field_name",
    "language",
    "translation",
    "record_id",
    "record_sub_id",
    "field_value",
)
_TABLES = {
    "agency", "stops", "routes", "trips", "stop_times", "pathways", "levels", "feed_info",
    "attributions",
}  # fmt: skip
_OLD_COLUMNS = ("trans_id", "lang", "translation")
_OLD_FIELDS = (
    "stop_name", "route_short_name", "route_long_name", "trip_headsign", "stop_headsign",
    "agency_name",
)  # fmt: skip
"""What the format before that of GTFS translates, each by its text."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")


class TranslationReader:
    """Collects the translations of one feed after the other.

    Parameters
    ----------
    notices : NoticeList
        Where faults are told.
    """

    def __init__(self, notices: NoticeList) -> None:
        self._notices = notices
        self._own: list[str] = []
        self._texts: dict[str, str] = {}

    def read(self, files: FeedFiles, tables: FeedTables, trips: FeedTrips) -> None:
        """Read a feed's translations.

        A platform that is called like its station is called so in other languages, too.
        """
        info = files.rows("feed_info.txt", ("feed_lang",))["feed_lang"].strings()
        self._own.append(info[0].lower() if info else "")
        if "trans_id" in files.header("translations.txt"):
            self._texts |= self._in_old_format(files, tables.feed)
            return
        known = {
            "stops": tables.stops.rows,
            "routes": tables.routes.rows,
            "agency": tables.agencies.rows,
            "trips": trips.rows,
        }
        rows = files.rows("translations.txt", _COLUMNS)
        columns = [rows[name].strings() for name in _COLUMNS]
        own: dict[str, str] = {}
        for number, table, name, language, text, record, sub, value in zip(
            rows.number.tolist(), *columns, strict=True
        ):
            fault = None
            if table not in _TABLES:
                fault = "table_name", f"'{table}' is no table that is translated"
            elif not name or not text:
                fault = "translation", "no field or no text"
            elif not _LANGUAGE.fullmatch(language):
                fault = "language", f"'{language}' is no language"
            elif record and value:
                fault = "field_value", "both a record and a text are named"
            elif not (record or value or table == "feed_info"):
                fault = "record_id", "neither a record nor a text is named"
            elif record and table in known and record not in known[table]:
                fault = "record_id", f"no '{record}' in use"
            if fault is not None:
                message = f"{fault[1]}; row left out"
                code = "bad_translation"
                self._notices.add(code, "error", rows.file, number, fault[0], message)
                continue
            how = (BY_TEXT, value) if value else (BY_ID, f"{record}\t{sub}" if sub else record)
            own[key_of(language.lower(), name, tables.feed, *how)] = text
        self._texts |= self._of_platforms(own, tables) | own

    def _in_old_format(self, files: FeedFiles, feed: int) -> dict[str, str]:
        """Read the format that GTFS took over from Google Transit in 2020 and changed."""
        rows = files.rows("translations.txt", _OLD_COLUMNS)
        columns = [rows[name].strings() for name in _OLD_COLUMNS]
        found: dict[str, str] = {}
        for number, value, language, text in zip(rows.number.tolist(), *columns, strict=True):
            if not value or not text or not _LANGUAGE.fullmatch(language):
                message = f"'{value}', '{language}', '{text}' is no translation; row left out"
                self._notices.add("bad_translation", "error", rows.file, number, "lang", message)
                continue
            for field in _OLD_FIELDS:
                found[key_of(language.lower(), field, feed, BY_TEXT, value)] = text
        return found

    def _of_platforms(self, own: dict[str, str], tables: FeedTables) -> dict[str, str]:
        """Return the names of stations for the platforms that share them."""
        stops, found = tables.stops, {}
        languages = {key.split("\t", 1)[0] for key in own if "\tstop_name\t" in key}
        for stop, row in stops.rows.items() if languages else ():
            parent = stops.columns["parent"][row]
            if parent < 0 or stops.columns["name"][row] != stops.columns["name"][parent]:
                continue
            station = stops.columns["id"][parent]
            for language in languages:
                text = own.get(key_of(language, "stop_name", tables.feed, BY_ID, station))
                if text is not None:
                    found[key_of(language, "stop_name", tables.feed, BY_ID, stop)] = text
        return found

    def make(self) -> Translations | None:
        """Return the translations of all feeds, ``None`` if there are none."""
        return Translations.of(self._own, self._texts)
