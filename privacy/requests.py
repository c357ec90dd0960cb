"""The canonical form of a request: its hash is the idempotency key of debit and release."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

POLICY_VERSION = 1


@dataclass(frozen=True)
class ReleaseQuery:
    """What is asked of a closed month, without who asks.

    Attributes
    ----------
    template : str
        The name of the query template.
    month : str
        ``YYYY-MM``.
    hour_bands : tuple of (int, int)
        Half-open bands of local hours, ascending and disjoint.
    mode : str
        A mode, or ``all``.
    level : int
        H3 resolution of the cells.
    epsilon_micro : int
        Privacy loss in millionths.
    domain : str
        Hash of the public domain.
    """

    template: str
    month: str
    hour_bands: tuple[tuple[int, int], ...]
    mode: str
    level: int
    epsilon_micro: int
    domain: str

    def hash(self) -> str:
        """Return the SHA-256 of the canonical form, hexadecimal."""
        body = asdict(self) | {"policy_version": POLICY_VERSION}
        return hashlib.sha256(canonical_bytes(body)).hexdigest()


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a document in the one form that counts.

    Keys sorted, no blanks, ASCII; what is equal has equal bytes.

    Parameters
    ----------
    document : mapping
        Strings, whole numbers, finite floats, booleans, ``None``, lists, tuples and mappings.

    Returns
    -------
    bytes
        JSON.

    Raises
    ------
    ValueError
        If a float is not finite.
    """
    text = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False
    )
    return text.encode("ascii")
