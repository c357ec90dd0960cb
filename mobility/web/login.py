"""Log in and out: residents at the cooperative, staff here."""

from apiflask import APIBlueprint
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mobility.accounts.service import Accounts
from mobility.oidc_client import begin_login, end_login
from mobility.settings import Settings
from mobility.weblib.permissions import permission
from mobility.weblib.ratelimit import Lockout, limit
from mobility.weblib.sessions import StoredSession
from mobility.weblib.targets import local_target

bp = APIBlueprint("login", __name__, enable_openapi=False)


@bp.get("/login")
@permission("public")
def resident_login() -> Response:
    """Send a resident to the cooperative's log-in."""
    session["next"] = local_target(request.args.get("next"), "/")
    return begin_login(_callback_url())


@bp.get("/login/callback")
@permission("public")
def resident_callback() -> Response:
    """Take a resident in who comes back from the cooperative."""
    subject = end_login()
    target = local_target(session.get("next"), "/")
    _session().start_over({"subject": subject})
    return redirect(target)


@bp.get("/staff/login")
@permission("public")
def staff_login() -> str:
    """Show the log-in of staff."""
    return render_template("staff_login.html", next=local_target(request.args.get("next"), "/"))


@bp.post("/staff/login")
@permission("public")
@limit("20 per minute")
def staff_login_send() -> Response | tuple[str, int]:
    """Check name and password; too many failures lock the account for a while."""
    accounts: Accounts = current_app.extensions["accounts"]
    lockout: Lockout = current_app.extensions["lockout"]
    settings: Settings = current_app.extensions["settings"]
    name = request.form.get("name", "")[:80]
    target = local_target(request.form.get("next"), "/")
    lockout.check(name)
    staff = accounts.check_password(name, request.form.get("password", "")[:1000])
    if staff is None:
        lockout.failed(name)
        flash(_("Name or password is wrong."), "error")
        return render_template("staff_login.html", next=target, name=name), 401
    lockout.succeeded(name)
    _session().start_over({"staff": staff.id}, settings.staff_session_hours * 3600)
    return redirect(target)


@bp.post("/logout")
@permission("public")
def logout() -> Response:
    """End the session here; the cooperative's own goes on until it is ended there."""
    _session().clear()
    return redirect("/")


def _callback_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.platform_origin + url_for("login.resident_callback")


def _session() -> StoredSession:
    proxied: StoredSession = session._get_current_object()  # type: ignore[attr-defined]
    return proxied
