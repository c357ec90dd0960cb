"""Random ride tokens: the stand-in of one booking, drawn from the system's secure source."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Draw a random 256-bit token.

    Returns
    -------
    str
        43 URL-safe characters; nothing about a person can be computed from it.
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


def keyed_digest(key: bytes, token: str) -> bytes:
    """Compute what a store keeps in place of a token.

    A thief who holds the dumps of two parties cannot join them on tokens without the key, which
    lives outside the database.

    Parameters
    ----------
    key : bytes
        At least 32 random bytes, from the cooperative's key folder.
    token : str
        Any token or pairwise subject.

    Returns
    -------
    bytes
        HMAC-SHA256, 32 bytes.

    Raises
    ------
    ValueError
        If the key is shorter than 32 bytes.
    """
    if len(key) < TOKEN_BYTES:
        raise ValueError(f"the key has {len(key)} bytes; give at least {TOKEN_BYTES} random ones")
    return hmac.new(key, token.encode(), hashlib.sha256).digest()
