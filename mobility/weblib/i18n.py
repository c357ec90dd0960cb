"""German and English: the catalogs are the committed .po files, merged when first needed."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, request
from flask_babel import Babel, Domain, get_locale

COOKIE = "language"
_YEAR_S = 31_536_000


class PoDomain(Domain):  # type: ignore[misc]  # flask_babel is untyped
    """A domain read from every ``<language>/*.po`` under some folders, without compiled files."""

    def __init__(self, folders: list[Path]) -> None:
        super().__init__()
        self._folders = folders
        self._by_language: dict[str, Translations] = {}

    def get_translations(self) -> Translations:
        """Return the merged catalog of the current request's language."""
        locale = get_locale()
        language = locale.language if locale else "en"
        if language not in self._by_language:
            self._by_language[language] = _read_catalogs(self._folders, language)
        return self._by_language[language]


def _read_catalogs(folders: list[Path], language: str) -> Translations:
    """Merge the .po files of one language; a message two files translate takes the later one."""
    merged = Translations()
    texts: dict[Any, str] = {}
    for path in sorted(p for folder in folders for p in (folder / language).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=language, domain="messages")
        for message in catalog:
            if not message.id or not message.string or message.fuzzy:
                continue
            if isinstance(message.id, str):
                key = f"{message.context}\x04{message.id}" if message.context else message.id
                texts[key] = str(message.string)
            else:
                texts.update({(message.id[0], n): t for n, t in enumerate(message.string)})
    merged._catalog = texts
    merged.plural = lambda n: int(n != 1)
    return merged


def init_i18n(app: Flask, languages: tuple[str, ...], folders: list[Path], timezone: str) -> None:
    """Give the application its languages and ``?lang=`` to change between them.

    Parameters
    ----------
    app : flask.Flask
        The application.
    languages : tuple of str
        Codes offered; the first is used where the browser wants none of them.
    folders : list of pathlib.Path
        Folders with one sub-folder of .po files per language. Source language is English.
    timezone : str
        IANA name of the zone in which times are shown.
    """

    def choose() -> str:
        asked = request.args.get("lang") or request.cookies.get(COOKIE)
        if asked in languages:
            return str(asked)
        return request.accept_languages.best_match(languages) or languages[0]

    babel = Babel()
    babel.init_app(
        app,
        locale_selector=choose,
        timezone_selector=lambda: timezone,
        default_locale=languages[0],
    )
    babel.domain_instance = PoDomain(folders)

    @app.after_request
    def remember(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in languages:
            response.set_cookie(COOKIE, str(asked), max_age=_YEAR_S, samesite="Lax", httponly=True)
        response.headers.setdefault("Content-Language", choose())
        return response

    @app.context_processor
    def offer() -> dict[str, Any]:
        locale = get_locale()
        return {
            "language": locale.language if locale else languages[0],
            "languages": languages,
            "language_url": _language_url,
        }


def _language_url(code: str) -> str:
    """Return the current page's address in another language."""
    args = request.args.to_dict(flat=False) | {"lang": [code]}
    return f"{request.path}?{urlencode(args, doseq=True)}"
