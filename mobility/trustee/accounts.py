"""Accounts of residents: register, verify, log in, recover, change, delete."""

import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mobility.trustee import mails, passwords
from mobility.trustee.clock import local_day
from mobility.trustee.config import Trustee
from mobility.trustee.errors import BadInputError, LinkRefusedError, LoginRefusedError
from mobility.trustee.models import (
    AdmittedTrip,
    DataMonth,
    MailLink,
    Member,
    PersonMonth,
    RowId,
    random_id,
)
from privacy.pseudonyms import new_secret, row_tag
from privacy.tokens import new_token

LINK_HOURS = 24
YOUNGEST_YEARS = 14
_EMAIL = re.compile(r"[^@\s<>\"',;]{1,64}@[^@\s<>\"',;]{1,180}")
_LICENCE = re.compile(r"[A-Z0-9 -]{4,40}")


@dataclass(frozen=True)
class Registration:
    """What somebody who registers tells; checked and tidied at birth."""

    name: str
    email: str
    password: str
    birth_date: dt.date
    licence_number: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= 120 or not self.name.isprintable():
            raise BadInputError("name", "Give a name of 1 to 120 characters.")
        check_email(self.email)
        check_licence(self.licence_number)


def check_email(email: str) -> str:
    """Return an address as it is stored, in lower case."""
    tidy = email.strip().lower()
    if not _EMAIL.fullmatch(tidy) or not tidy.isprintable():
        raise BadInputError("email", "Give an e-mail address like name@example.org.")
    return tidy


def check_licence(number: str) -> str | None:
    """Return a licence number as it is stored, None where none is given."""
    tidy = number.strip().upper()
    if tidy and not _LICENCE.fullmatch(tidy):
        raise BadInputError("licence_number", "Give 4 to 40 letters, digits, blanks or hyphens.")
    return tidy or None


def check_birth_date(birth_date: dt.date, today: dt.date) -> None:
    """Refuse dates ahead, too long ago, and children too young for an account."""
    age = years_between(birth_date, today)
    if not YOUNGEST_YEARS <= age <= 120:
        raise BadInputError(
            "birth_date", f"Give your date of birth; an account needs {YOUNGEST_YEARS} years."
        )


def years_between(birth: dt.date, today: dt.date) -> int:
    """Return a person's age in whole years."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def new_member(trustee: Trustee, registration: Registration) -> Member:
    """Make a member with a fresh person secret; nothing is stored yet."""
    check_birth_date(registration.birth_date, local_day(trustee.clock(), trustee.timezone))
    number = check_licence(registration.licence_number)
    member = unborn_member(
        trustee,
        email=check_email(registration.email),
        name=registration.name.strip(),
        birth_date=registration.birth_date,
        password_hash=passwords.hash_password(registration.password, registration.email),
    )
    member.licence_number, member.licence_state = number, "pending" if number else "none"
    return member


def unborn_member(
    trustee: Trustee, email: str, name: str, birth_date: dt.date, password_hash: str
) -> Member:
    """Make the row of a member with a fresh person secret, from values that are checked."""
    member_id = random_id()
    return Member(
        id=member_id,
        email=email,
        name=name,
        birth_date=birth_date,
        password_hash=password_hash,
        licence_state="none",
        wrapped_secret=trustee.keys.wrap(new_secret(), f"person/{member_id}"),
        created_at=trustee.clock(),
        session_epoch=0,
        is_officer=False,
    )


def register(trustee: Trustee, registration: Registration) -> tuple[str, str | None]:
    """Store a new member and make the link that proves the address.

    Returns
    -------
    email : str
        Where a mail goes.
    token : str or None
        Of the verification link; None where the address has an account already, so that the
        mail says so and the page need not.
    """
    member = new_member(trustee, registration)
    with trustee.store.write() as session:
        if _by_email(session, member.email) is not None:
            return member.email, None
        session.add(member)
        session.flush()
        return member.email, _new_link(trustee, session, member.id, "verify")


def verify(trustee: Trustee, token: str) -> str | None:
    """Mark an address as proven; return the address it takes the place of, if there was one.

    Links on their way to that older address work no more.
    """
    old_email = None
    with trustee.store.write() as session:
        member, new_email = _use_link(trustee, session, token, "verify")
        if new_email is not None:
            if _by_email(session, new_email) is not None:
                raise LinkRefusedError("the address belongs to another account by now")
            old_email, member.email = member.email, new_email
            _revoke_links(session, member.id)
        member.verified_at = trustee.clock()
    return old_email


def log_in(trustee: Trustee, email: str, password: str) -> Member:
    """Return the member an address and password belong to.

    Raises
    ------
    LoginRefusedError
        For an unknown address, a wrong password and an unproven address alike.
    """
    with trustee.store.read() as session:
        member = _by_email(session, email.strip().lower())
    good = passwords.matches(member.password_hash if member else None, password)
    if member is None or not good or member.verified_at is None:
        raise LoginRefusedError("address or password is wrong, or the address is not verified yet")
    if passwords.is_outdated(member.password_hash):
        with trustee.store.write() as session:
            fresh = passwords.hash_password(password)
            session.execute(
                update(Member).where(Member.id == member.id).values(password_hash=fresh)
            )
    return member


def start_recovery(trustee: Trustee, email: str) -> str | None:
    """Make a link to choose a new password; None where no account has the address."""
    with trustee.store.write() as session:
        member = _by_email(session, email.strip().lower())
        if member is None:
            return None
        return _new_link(trustee, session, member.id, "recover")


def finish_recovery(trustee: Trustee, token: str, password: str) -> str:
    """Set a new password, end all sessions, and return the address.

    The link came to the address, so the address counts as proven.
    """
    with trustee.store.write() as session:
        member, _ = _use_link(trustee, session, token, "recover")
        member.password_hash = passwords.hash_password(password, member.email)
        member.session_epoch += 1
        member.verified_at = member.verified_at or trustee.clock()
        _revoke_links(session, member.id)
        return member.email


def change_password(trustee: Trustee, member_id: RowId, old: str, new: str) -> int:
    """Set a new password, end all sessions and links; return the epoch of the present session."""
    with trustee.store.write() as session:
        member = session.get_one(Member, member_id)
        _check_password(member, old)
        _revoke_links(session, member_id)
        member.password_hash = passwords.hash_password(new, member.email)
        member.session_epoch += 1
        return member.session_epoch


def change_details(trustee: Trustee, member_id: RowId, name: str, licence_number: str) -> None:
    """Change name and licence number; a new number has to be attested anew."""
    number = check_licence(licence_number)
    if not 1 <= len(name.strip()) <= 120 or not name.isprintable():
        raise BadInputError("name", "Give a name of 1 to 120 characters.")
    with trustee.store.write() as session:
        member = session.get_one(Member, member_id)
        member.name = name.strip()
        if number:
            member.licence_number, member.licence_state = number, "pending"


def start_email_change(
    trustee: Trustee, member_id: RowId, password: str, email: str
) -> tuple[str, str | None]:
    """Make a link that proves a new address; the old one stays until it is used."""
    tidy = check_email(email)
    with trustee.store.write() as session:
        _check_password(session.get_one(Member, member_id), password)
        if _by_email(session, tidy) is not None:
            return tidy, None
        return tidy, _new_link(trustee, session, member_id, "verify", tidy)


def delete_account(trustee: Trustee, member_id: RowId, password: str) -> None:
    """Destroy a person secret and all that hangs on it.

    Rows of months that still take in trips are found by their tags and deleted. Invoice lines stay
    for the statutory time, without a name; closed months hold nothing that could be found. Mails
    in the outbox folder to present addresses go with the account, others within a day.
    """
    with trustee.store.write() as session:
        member = session.get_one(Member, member_id)
        _check_password(member, password)
        mails.forget_to(trustee, {member.email, *_link_addresses(session, member_id)})
        secret = person_secret(trustee, member)
        open_months = select(PersonMonth.month, PersonMonth.number).join(
            DataMonth, DataMonth.month == PersonMonth.month
        )
        mine = open_months.where(PersonMonth.member_id == member_id, DataMonth.closed_at.is_(None))
        for month, number in session.execute(mine).all():
            tags = [row_tag(secret, month, i) for i in range(1, number + 1)]
            session.execute(delete(AdmittedTrip).where(AdmittedTrip.tag.in_(tags)))
        session.delete(member)
    trustee.store.forget_deleted()


def person_secret(trustee: Trustee, member: Member) -> bytes:
    """Unwrap a member's person secret."""
    return trustee.keys.unwrap(member.wrapped_secret, f"person/{member.id}")


def _check_password(member: Member, password: str) -> None:
    if not passwords.matches(member.password_hash, password):
        raise BadInputError("old_password", "The present password is wrong.")


def _by_email(session: Session, email: str) -> Member | None:
    return session.scalar(select(Member).where(Member.email == email))


def _revoke_links(session: Session, member_id: RowId) -> None:
    """Let no link work any more that was sent before an address or password changed."""
    session.execute(delete(MailLink).where(MailLink.member_id == member_id))


def _link_addresses(session: Session, member_id: RowId) -> set[str]:
    """Return the new addresses a member has still to prove."""
    query = select(MailLink.new_email).where(MailLink.member_id == member_id)
    return {email for email in session.scalars(query) if email is not None}


def _new_link(
    trustee: Trustee,
    session: Session,
    member_id: RowId,
    purpose: str,
    new_email: str | None = None,
) -> str:
    token = new_token()
    link = MailLink(
        digest=trustee.keys.digest(token),
        member_id=member_id,
        purpose=purpose,
        new_email=new_email,
        expires_at=trustee.clock() + dt.timedelta(hours=LINK_HOURS),
    )
    session.add(link)
    return token


def _use_link(
    trustee: Trustee, session: Session, token: str, purpose: str
) -> tuple[Member, str | None]:
    """Take a link out of the store; it works once."""
    link = session.get(MailLink, trustee.keys.digest(token))
    if link is None or link.purpose != purpose or link.expires_at <= trustee.clock():
        raise LinkRefusedError("the link is used up, too old or incomplete; ask for a new one")
    session.delete(link)
    return session.get_one(Member, link.member_id), link.new_email
