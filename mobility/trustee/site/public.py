"""Pages for everybody, and those of the officers."""

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from mobility.problems import ProblemError
from mobility.trustee import officers
from mobility.trustee.models import DataMonth, ReleaseRecord, RowId
from mobility.trustee.provider import current_trustee, json_answer
from mobility.trustee.schema import check_schema
from mobility.trustee.site import forms, visitor
from mobility.weblib.permissions import permission

bp = Blueprint("public", __name__)


@bp.get("/")
@permission("public")
def start() -> str:
    """Say what the cooperative is for."""
    return render_template("start.html")


@bp.get("/ledger")
@permission("public")
def ledger() -> str:
    """Show each month's account and what was released from it."""
    with current_trustee().store.read() as session:
        months = session.scalars(select(DataMonth).order_by(DataMonth.month.desc())).all()
        records = session.scalars(select(ReleaseRecord).order_by(ReleaseRecord.debited_at)).all()
    by_month = {m.month: [r for r in records if r.month == m.month] for m in months}
    return render_template("ledger.html", months=months, records=by_month)


@bp.get("/ledger/<request_hash>.json")
@permission("public")
def released(request_hash: str) -> Response:
    """Answer the bytes of a release: what planners see is no secret from residents."""
    with current_trustee().store.read() as session:
        query = select(ReleaseRecord.document).where(ReleaseRecord.hash == request_hash)
        document = session.scalar(query)
    if document is None:
        raise ProblemError(404, "no-such-release", "No such release")
    return Response(document, mimetype="application/json")


@bp.get("/health")
@permission("public")
def health() -> Response:
    """Answer whether the database is there and at the newest migration."""
    check_schema(current_trustee().store)
    return json_answer({"status": "ok"})


@bp.get("/officers")
@permission("officer")
def licences() -> str:
    """Show the licences that wait for a check."""
    return render_template("officers.html", members=officers.pending_licences(current_trustee()))


@bp.post("/officers/licences/<int:member_id>")
@permission("officer")
def decide_licence(member_id: int) -> BaseResponse:
    """Attest or refuse a licence."""
    decision = forms.text("decision")
    if decision not in {"approve", "refuse"}:
        raise ProblemError(422, "bad-input", "Choose approve or refuse")
    officer = visitor.get_member()
    officers.decide_licence(
        current_trustee(), officer.id, RowId(member_id), approved=decision == "approve"
    )
    flash(_("Saved. The licence number is deleted."), "success")
    return redirect("/officers", 303)
