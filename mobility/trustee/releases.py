"""Releases: look up, debit, draw, store; the same request is paid and drawn once.

1. In one transaction: if the request's hash is known, nothing is debited. Otherwise one conditional
   update takes the cost from the month's account, and the hash is stored with it.
2. Noise is drawn, outside any transaction.
3. The bytes are stored on condition that none are; whoever comes second returns what is stored.

A crash after step 1 stays spent. The next one who asks the same finds the debit without bytes and,
when the claim of the one who crashed has lapsed, draws again without a second debit: the first draw
was never seen by anyone.
"""

import datetime as dt
import time
from itertools import chain, repeat
from typing import Any, cast

from sqlalchemy import CursorResult, func, or_, select, update
from sqlalchemy.orm import Session

from mobility import narrow
from mobility.trustee.clock import is_closed, local_day, month_of
from mobility.trustee.config import Trustee
from mobility.trustee.consents import PLAN_CITY
from mobility.trustee.errors import MonthOpenError, StillDrawingError
from mobility.trustee.models import AdmittedTrip, DataMonth, ReleaseRecord
from mobility.trustee.months import close_months, ensure_month
from privacy import cells
from privacy.budget import Account
from privacy.caps import Caps
from privacy.errors import BudgetExhaustedError
from privacy.model import BoundedTable, Grant, count_origins
from privacy.release import release as let_out
from privacy.requests import ReleaseQuery, canonical_bytes

CLAIM = dt.timedelta(seconds=20)
"""How long a draw may take before another process takes it over."""
PATIENCE_S = 60.0
POLLS_S = (0.05, 0.1, 0.2, 0.4, 0.8)
MONTHS_BACK = 24


def standing_grant(trustee: Trustee) -> Grant:
    """Return the grant of the statutes: origins of closed months, for planners and officers."""
    today = local_day(trustee.clock(), trustee.timezone)
    back = today.year * 12 + today.month - 1 - MONTHS_BACK
    return Grant(
        name="statutes: origins for town planning",
        purpose=PLAN_CITY,
        templates=frozenset({"origins"}),
        roles=frozenset({"planner", "admin", "officer"}),
        first_month=f"{back // 12:04d}-{back % 12 + 1:02d}",
        last_month=month_of(today),
        max_epsilon_micro=trustee.month_cap_micro,
        finest_level=narrow.ORIGIN_LEVEL,
    )


def release(trustee: Trustee, call: narrow.ReleaseRequest) -> bytes:
    """Return the bytes of a release, paying and drawing it if nobody asked for it before.

    Parameters
    ----------
    trustee : Trustee
        The cooperative.
    call : narrow.ReleaseRequest
        What is asked, and which role asks.

    Returns
    -------
    bytes
        Canonical JSON of a :class:`mobility.narrow.ReleaseAnswer`; equal for equal requests.

    Raises
    ------
    NotGrantedError
        If the standing grant does not cover it.
    MonthOpenError
        If the month still takes in trips.
    BudgetExhaustedError
        If the month's account has too little left; nothing is debited.
    StillDrawingError
        If another process has claimed the draw and does not finish.
    """
    domain = cells.public_domain(trustee.area, call.level)
    query = ReleaseQuery(
        template=call.template,
        month=call.month,
        hour_bands=call.hour_bands,
        mode=call.mode,
        level=call.level,
        epsilon_micro=call.epsilon_micro,
        domain=cells.domain_hash(domain),
    )
    grant = standing_grant(trustee)
    grant.check(query, call.requester_role)
    if not is_closed(call.month, trustee.clock(), trustee.timezone):
        raise MonthOpenError(f"month {call.month} still takes in trips; ask for an earlier one")
    stored = _stored(trustee, query.hash())
    if stored is not None:
        return stored
    close_months(trustee)
    mine = _debit(trustee, query, call.requester_role, grant.name)
    deadline = time.monotonic() + PATIENCE_S
    pauses_s = chain(POLLS_S, repeat(POLLS_S[-1]))
    while not mine:
        stored = _stored(trustee, query.hash())
        if stored is not None:
            return stored
        if time.monotonic() > deadline:
            raise StillDrawingError("another process draws this release; repeat the same request")
        time.sleep(next(pauses_s))
        mine = _claim(trustee, query.hash())
    return draw_and_publish(trustee, query, domain, call.requester_role)


def draw_and_publish(
    trustee: Trustee, query: ReleaseQuery, domain: tuple[str, ...], role: str
) -> bytes:
    """Draw a release whose debit is stored, and store its bytes unless others did; return those."""
    table = exact_counts(trustee, query, domain)
    result = let_out(table, standing_grant(trustee), query, role)
    with trustee.store.write() as session:
        record = session.get_one(ReleaseRecord, query.hash(), with_for_update=True)
        if record.document is None:
            account = session.get_one(DataMonth, query.month)
            now = trustee.clock()
            document = result.document() | {
                "budget": {
                    "cap_micro": account.cap_micro,
                    "before_micro": record.before_micro,
                    "after_micro": record.before_micro + record.epsilon_micro,
                },
                "released_at": now.isoformat(),
            }
            narrow.ReleaseAnswer.model_validate(document)
            record.document, record.published_at = canonical_bytes(document), now
        return record.document


def exact_counts(trustee: Trustee, query: ReleaseQuery, domain: tuple[str, ...]) -> BoundedTable:
    """Count the admitted trips of a closed month; never leaves this package without noise."""
    trips = (
        select(AdmittedTrip.origin_cell, AdmittedTrip.hour, func.count())
        .where(AdmittedTrip.month == query.month)
        .group_by(AdmittedTrip.origin_cell, AdmittedTrip.hour)
    )
    if query.mode != "all":
        trips = trips.where(AdmittedTrip.mode == query.mode)
    with trustee.store.read() as session:
        account = session.get_one(DataMonth, query.month)
        rows = [(cell, hour, number) for cell, hour, number in session.execute(trips)]
        caps = Caps(account.day_cap, account.month_cap)
    return count_origins(rows, domain, query.hour_bands, caps)


def budget(trustee: Trustee, month: str) -> narrow.BudgetAnswer:
    """Return the account of a month and its public list, oldest first."""
    with trustee.store.read() as session:
        account = session.get(DataMonth, month)
        query = select(ReleaseRecord).where(ReleaseRecord.month == month)
        records = session.scalars(query.order_by(ReleaseRecord.debited_at)).all()
    return narrow.BudgetAnswer(
        month=month,
        cap_micro=account.cap_micro if account else trustee.month_cap_micro,
        spent_micro=account.spent_micro if account else 0,
        closed=is_closed(month, trustee.clock(), trustee.timezone),
        releases=tuple(
            narrow.LedgerLine(
                hash=record.hash,
                template=record.template,
                epsilon_micro=record.epsilon_micro,
                at=record.debited_at,
                published=record.document is not None,
            )
            for record in records
        ),
    )


def _stored(trustee: Trustee, request_hash: str) -> bytes | None:
    with trustee.store.read() as session:
        query = select(ReleaseRecord.document).where(ReleaseRecord.hash == request_hash)
        return session.scalar(query)


def _debit(trustee: Trustee, query: ReleaseQuery, role: str, grant_name: str) -> bool:
    """Pay for a request unless it is paid; True where the draw is now ours."""
    with trustee.store.write() as session:
        ensure_month(trustee, session, query.month)
        account = session.get_one(
            DataMonth, query.month, with_for_update=True, populate_existing=True
        )
        if session.get(ReleaseRecord, query.hash()) is not None:
            return False
        before = account.spent_micro
        if not _take(session, query.month, query.epsilon_micro):
            Account(account.cap_micro, before, account.reserved_micro).debit(query.epsilon_micro)
            raise BudgetExhaustedError("the month's account has too little left")
        now = trustee.clock()
        session.add(
            ReleaseRecord(
                hash=query.hash(),
                month=query.month,
                template=query.template,
                query={"hour_bands": query.hour_bands, "mode": query.mode, "level": query.level},
                requester_role=role,
                grant_name=grant_name,
                epsilon_micro=query.epsilon_micro,
                before_micro=before,
                debited_at=now,
                claimed_at=now,
                draws=1,
            )
        )
        return True


def _take(session: Session, month: str, epsilon_micro: int) -> bool:
    """Debit an account if it has enough left: one conditional update, the authority."""
    spent_then = DataMonth.spent_micro + epsilon_micro
    statement = (
        update(DataMonth)
        .where(
            DataMonth.month == month, spent_then + DataMonth.reserved_micro <= DataMonth.cap_micro
        )
        .values(spent_micro=spent_then)
        .execution_options(synchronize_session=False)
    )
    return _changed(session.execute(statement)) == 1


def _claim(trustee: Trustee, request_hash: str) -> bool:
    """Take over a draw whose claim has lapsed; of many that try, one succeeds."""
    now = trustee.clock()
    lapsed = or_(ReleaseRecord.claimed_at.is_(None), ReleaseRecord.claimed_at <= now - CLAIM)
    free = select(ReleaseRecord.hash).where(
        ReleaseRecord.hash == request_hash, ReleaseRecord.document.is_(None), lapsed
    )
    with trustee.store.read() as session:
        if session.scalar(free) is None:
            return False
    statement = (
        update(ReleaseRecord)
        .where(ReleaseRecord.hash == request_hash, ReleaseRecord.document.is_(None), lapsed)
        .values(claimed_at=now, draws=ReleaseRecord.draws + 1)
        .execution_options(synchronize_session=False)
    )
    with trustee.store.write() as session:
        return _changed(session.execute(statement)) == 1


def _changed(result: Any) -> int:
    return int(cast("CursorResult[Any]", result).rowcount)
