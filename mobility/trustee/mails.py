"""Mails to residents: through a mail server, or into a folder where none is set."""

import datetime as dt
import secrets
import smtplib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from pathlib import Path

from mobility.trustee.config import Trustee

TIMEOUT_S = 10
_STAMP = "%Y%m%dT%H%M%S"


def send(trustee: Trustee, to: str, subject: str, text: str) -> None:
    """Send a mail, or put it into the outbox folder as a file only its owner can read.

    Raises
    ------
    OSError
        If the mail server or the folder cannot be reached.
    """
    settings = trustee.settings
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = trustee.clock()
    mail.set_content(text)
    if not settings.smtp_host:
        trustee.outbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = trustee.clock().strftime(_STAMP)
        path = trustee.outbox / f"{stamp}-{secrets.token_hex(6)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(mail))
        return
    with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_S) as server:
        if settings.smtp_user:
            server.starttls()
            password = settings.path_of("smtp_password_file").read_text("utf-8").strip()
            server.login(settings.smtp_user, password)
        server.send_message(mail)


def forget_older(trustee: Trustee, than: dt.timedelta) -> None:
    """Delete the mails in the outbox folder whose links have died anyhow."""
    first_kept = (trustee.clock() - than).strftime(_STAMP)
    for path in _outbox(trustee):
        if path.name < first_kept:
            path.unlink(missing_ok=True)


def forget_to(trustee: Trustee, addresses: set[str]) -> None:
    """Delete the mails in the outbox folder to somebody who leaves."""
    parser = BytesHeaderParser(policy=policy.default)
    for path in _outbox(trustee):
        with path.open("rb") as file:
            to = str(parser.parse(file)["To"])
        if to in addresses:
            path.unlink(missing_ok=True)


def _outbox(trustee: Trustee) -> Iterator[Path]:
    return trustee.outbox.glob("*.eml")
