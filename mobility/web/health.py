"""Say whether the service lives."""

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from mobility.db import Database, DatabaseError
from mobility.town import PlannerState, Town
from mobility.weblib.permissions import permission


class HealthOut(BaseModel):
    """How the service stands."""

    status: str
    database: str
    planner: PlannerState


bp = APIBlueprint("health", __name__, tag="Service")


@bp.get("/health")
@permission("public")
@bp.output(HealthOut)
@bp.doc(summary="Tell whether the service and its database answer", operation_id="health")
def health() -> tuple[dict[str, str], int]:
    """Answer 200 when the database answers, else 503; a planner still loading is no failure."""
    return _report()


@bp.get("/ready")
@permission("public")
@bp.output(HealthOut)
@bp.doc(summary="Tell whether the service can answer a plan at once", operation_id="ready")
def ready() -> tuple[dict[str, str], int]:
    """Answer 200 when the database answers and the planner is warm, else 503."""
    report, status = _report()
    return report, status if report["planner"] == PlannerState.READY else 503


def _report() -> tuple[dict[str, str], int]:
    database: Database = current_app.extensions["database"]
    town: Town = current_app.extensions["town"]
    planner = {"planner": town.state().value}
    try:
        with database.read() as session:
            session.execute(text("select 1"))
    except (SQLAlchemyError, DatabaseError):
        return {"status": "failing", "database": "unreachable"} | planner, 503
    return {"status": "ok", "database": "ok"} | planner, 200
