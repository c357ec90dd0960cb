"""Passwords: argon2id, and the same work for an unknown address as for a known one."""

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mobility.trustee.errors import BadInputError

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()


def hash_password(password: str, address: str = "") -> str:
    """Hash a new password.

    Raises
    ------
    BadInputError
        If it is too short, too long, or the address itself.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInputError("password", f"Give a password of {SHORTEST} to {LONGEST} characters.")
    if password.strip().lower() in {address.lower(), address.split("@")[0].lower()}:
        raise BadInputError("password", "Give a password that is not your e-mail address.")
    return str(_hasher.hash(password))


def matches(stored: str | None, password: str) -> bool:
    """Check a password; where there is no account the same work is done in vain."""
    try:
        ok = bool(_hasher.verify(stored or _nobodys(), password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return ok and stored is not None


def is_outdated(stored: str) -> bool:
    """Tell whether a stored hash was made with weaker parameters than today's."""
    return bool(_hasher.check_needs_rehash(stored))


@functools.cache
def _nobodys() -> str:
    import secrets

    return str(_hasher.hash(secrets.token_urlsafe(24)))
