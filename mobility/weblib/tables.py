"""The two tables behind sessions and lockouts, for whichever metadata needs them."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text


def session_table(metadata: MetaData) -> Table:
    """Declare the table of sessions; moments are whole seconds since 1970, UTC.

    ``id_hash`` is the SHA-256 of the cookie, so the table does not let anybody log in.
    """
    return Table(
        "web_session",
        metadata,
        Column("id_hash", String(64), primary_key=True),
        Column("data", Text, nullable=False),
        Column("created_s", BigInteger, nullable=False),
        Column("expires_s", BigInteger, nullable=False, index=True),
    )


def lockout_table(metadata: MetaData) -> Table:
    """Declare the table of failed log-ins; ``account_hash`` is a SHA-256 of the name tried."""
    return Table(
        "login_failure",
        metadata,
        Column("account_hash", String(64), primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("first_s", BigInteger, nullable=False),
        Column("locked_until_s", BigInteger, nullable=False),
    )
