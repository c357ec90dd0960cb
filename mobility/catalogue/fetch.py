"""Fetch one feed file over HTTP, bounded in time and size, asking only for what is new."""

import ipaddress
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from mobility.errors import MobilityError

USER_AGENT = "mobility-commons"
MAX_BYTES = 10_000_000
CONNECT_S, READ_S, WHOLE_S = 5.0, 10.0, 20.0


class FeedError(MobilityError):
    """A feed file could not be fetched; the text says why, without its address.

    Parameters
    ----------
    message : str
        Words for people.
    retry_after_s : float, optional
        Seconds the server asks to be left alone.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: ``body`` is ``None`` where nothing changed since the last time."""

    body: bytes | None
    etag: str | None
    modified: str | None


class Fetcher:
    """Fetch feed files; one connection pool, no cookies kept between feeds.

    Parameters
    ----------
    read_s, whole_s : float
        Longest silence and longest duration of one answer, seconds.
    max_bytes : int
        Largest body once unpacked.
    accept : str
        Media types asked for.
    """

    def __init__(
        self,
        *,
        read_s: float = READ_S,
        whole_s: float = WHOLE_S,
        max_bytes: int = MAX_BYTES,
        accept: str = "application/json",
    ) -> None:
        self._accept = accept
        self._read_s = read_s
        self._whole_s = whole_s
        self._max_bytes = max_bytes
        self._session = requests.Session()
        self._session.max_redirects = 3
        self._session.headers["User-Agent"] = USER_AGENT

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, etag: str | None = None, modified: str | None = None) -> Fetched:
        """Fetch a file unless it is still the one known by ``etag`` or ``modified``.

        Raises
        ------
        FeedError
            No answer in time, an answer that is no success, or one that is too large.
        """
        headers = {"Accept": self._accept}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        self._session.trust_env = not is_local(url)  # a proxy does not know this machine's ports
        try:
            with self._session.get(
                url, headers=headers, timeout=(CONNECT_S, self._read_s), stream=True
            ) as answer:
                return self._read(answer)
        except requests.Timeout as error:
            raise FeedError("no answer in time") from error
        except requests.RequestException as error:
            raise FeedError(f"cannot be reached ({type(error).__name__})") from error
        finally:
            self._session.cookies.clear()

    def _read(self, answer: requests.Response) -> Fetched:
        etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
        if answer.status_code == 304:
            return Fetched(None, etag, modified)
        if answer.status_code != 200:
            raise FeedError(f"answers {answer.status_code}", _retry_after(answer))
        deadline = time.monotonic() + self._whole_s
        body = bytearray()
        for chunk in answer.iter_content(65_536):
            body += chunk
            if len(body) > self._max_bytes:
                raise FeedError(f"is larger than {self._max_bytes // 1_000_000} MB")
            if time.monotonic() > deadline:
                raise FeedError(f"takes longer than {self._whole_s:g} s")
        return Fetched(bytes(body), etag, modified)


def _retry_after(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return min(float(text), 3600.0) if text.isdigit() else None


def is_local(url: str) -> bool:
    """Tell whether an address names this machine or a private network.

    Examples
    --------
    >>> is_local("http://127.0.0.1:8082/gbfs.json"), is_local("https://bikes.example/gbfs.json")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
