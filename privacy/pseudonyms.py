"""Pairwise subjects: another name of the same person for each recipient and month.

A pseudonym is HMAC-SHA256 under a random epoch key, of a random 256-bit person secret. Both are
random, never derived: once the epoch key of a month is destroyed, not even the cooperative can
compute which subjects of that month belong to whom. An e-mail or member number must never take the
place of the secret, for whoever holds the key could enumerate those.
"""

import base64
import hashlib
import hmac
import secrets

SECRET_BYTES = 32


def new_secret() -> bytes:
    """Draw a person secret or an epoch key: 32 bytes from the system's secure source."""
    return secrets.token_bytes(SECRET_BYTES)


def pairwise_subject(epoch_key: bytes, person_secret: bytes) -> str:
    """Name a person to one recipient for one month.

    Parameters
    ----------
    epoch_key : bytes, (32,)
        Random key of this month and recipient.
    person_secret : bytes, (32,)
        Random secret of the person.

    Returns
    -------
    str
        43 URL-safe characters.

    Raises
    ------
    ValueError
        If either input is not 32 bytes long, so an e-mail or number slips in nowhere.
    """
    _check(epoch_key, "epoch key")
    _check(person_secret, "person secret")
    digest = hmac.new(epoch_key, b"subject\0" + person_secret, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def row_tag(person_secret: bytes, month: str, number: int) -> bytes:
    """Compute the tag of a person's ``number``-th admitted trip of a month.

    Without the secret the tag looks random, and two tags of one person do not look alike; with it
    the cooperative can find and delete the rows of someone who leaves. When the month closes, every
    tag is replaced by a random one.

    Parameters
    ----------
    person_secret : bytes, (32,)
        Random secret of the person.
    month : str
        ``YYYY-MM``.
    number : int
        Counts from 1.

    Returns
    -------
    bytes
        16 bytes.
    """
    _check(person_secret, "person secret")
    text = f"row\0{month}\0{number}".encode()
    return hmac.new(person_secret, text, hashlib.sha256).digest()[:16]


def _check(value: bytes, name: str) -> None:
    if len(value) != SECRET_BYTES:
        raise ValueError(f"a {name} has {SECRET_BYTES} random bytes, not {len(value)}")
