"""Mails to residents: through a mail server, or into a folder where none is set."""

import secrets
import smtplib
from email.message import EmailMessage

from mobility.trustee.config import Trustee

TIMEOUT_S = 10


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
        stamp = trustee.clock().strftime("%Y%m%dT%H%M%S")
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
