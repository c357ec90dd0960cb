"""Pages to get in and out: register, verify, log in, recover, log out."""

from flask import Blueprint, current_app, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from mobility.trustee import accounts, mails
from mobility.trustee.errors import BadInputError, LinkRefusedError, LoginRefusedError
from mobility.trustee.provider import current_trustee
from mobility.trustee.site import forms, visitor
from mobility.trustee.site.forms import Field, Form
from mobility.weblib.permissions import permission
from mobility.weblib.ratelimit import Lockout, limit
from mobility.weblib.targets import local_target

bp = Blueprint("access", __name__)
HOME = "/account"

_EMAIL = Field("email", "E-mail address", "email", "username")
_NEW_PASSWORD = Field(
    "password", "New password", "password", "new-password", hint="At least 10 characters."
)
_REGISTER = Form(
    "Register",
    (
        Field("name", "Name", autocomplete="name"),
        Field("email", "E-mail address", "email", "email"),
        Field("password", "Password", "password", "new-password", hint="At least 10 characters."),
        Field(
            "birth_date",
            "Date of birth",
            "date",
            "bday",
            hint="Scooters and cars have a minimum age.",
        ),
        Field(
            "licence_number",
            "Driving licence number",
            required=False,
            hint="Only for shared cars. An officer checks it once, then the number is deleted.",
        ),
    ),
)
_REGISTER_INTRO = "What you tell here stays with the cooperative; the town gets none of it."
_LOGIN = Form("Log in", (_EMAIL, Field("password", "Password", "password", "current-password")))
_RECOVER = Form("Send a link", (_EMAIL,))
_NEW = Form("Set the password", (_NEW_PASSWORD,))
_SENT = "If the address is right, a mail is on its way. Its link works once, for 24 hours."


@bp.get("/register")
@permission("public")
def register() -> tuple[str, int]:
    """Show the form to register."""
    return forms.show("Register", _REGISTER, _REGISTER_INTRO)


@bp.post("/register")
@permission("public")
@limit("10 per minute")
def register_send() -> str | tuple[str, int]:
    """Take somebody in; the page is the same whether or not the address has an account."""
    try:
        email, token = accounts.register(
            current_trustee(),
            accounts.Registration(
                forms.text("name"),
                forms.text("email"),
                forms.text("password"),
                forms.date("birth_date"),
                forms.text("licence_number"),
            ),
        )
    except BadInputError as fault:
        return forms.show("Register", _REGISTER.refilled(fault), _REGISTER_INTRO, status=422)
    if token is None:
        _mail(
            email,
            _("You have an account"),
            _("Somebody tried to register with this address."),
            "/recover",
        )
    else:
        _mail_verification(email, token)
    return forms.message("Look into your mail", _SENT)


@bp.get("/verify/<token>")
@permission("public")
def verify(token: str) -> tuple[str, int]:
    """Show the button that proves an address; mail scanners open links, they press no buttons."""
    return forms.show("Verify your address", Form("Verify", ()), "Press the button to finish.")


@bp.post("/verify/<token>")
@permission("public")
@limit("20 per minute")
def verify_send(token: str) -> BaseResponse:
    """Mark the address as proven."""
    old_email = accounts.verify(current_trustee(), token)
    if old_email is not None:
        text = _("Your account has another e-mail address now. If that was not you, tell us.")
        _mail(old_email, _("Your address has changed"), text, "/")
    flash(_("Your address is verified. You can log in now."), "success")
    return redirect("/login")


@bp.get("/login")
@permission("public")
def login() -> BaseResponse | tuple[str, int]:
    """Show the form to log in."""
    target = local_target(request.args.get("next"), HOME)
    if visitor.find_member() is not None and not target.startswith("/authorize"):
        return redirect(target)
    return _login_page(target)


@bp.post("/login")
@permission("public")
@limit("20 per minute")
def login_send() -> BaseResponse | tuple[str, int]:
    """Check address and password; too many failures lock the account for a while."""
    lockout: Lockout = current_app.extensions["lockout"]
    target = local_target(request.form.get("next"), HOME)
    email = forms.text("email", 254)
    lockout.check(email)
    try:
        member = accounts.log_in(current_trustee(), email, forms.text("password"))
    except LoginRefusedError:
        lockout.failed(email)
        notice = "Address or password is wrong, or the address is not verified yet."
        return _login_page(target, notice, 401)
    lockout.succeeded(email)
    visitor.open_session(member)
    return redirect(target, 303)


@bp.post("/logout")
@permission("public")
def logout() -> BaseResponse:
    """End the session here."""
    visitor.end_session()
    origin = current_trustee().settings.platform_origin.rstrip("/")
    target = request.form.get("next")
    return redirect(target if target in {origin, f"{origin}/"} else "/", 303)


@bp.get("/recover")
@permission("public")
def recover() -> tuple[str, int]:
    """Show the form to ask for a new password."""
    return forms.show("New password", _RECOVER, "We send a link to your address.")


@bp.post("/recover")
@permission("public")
@limit("5 per minute")
def recover_send() -> str:
    """Send a link if the address has an account; the page does not tell."""
    email = forms.text("email", 254)
    token = accounts.start_recovery(current_trustee(), email)
    if token is not None:
        text = _("With this link you can set a new password:")
        _mail(email, _("New password"), text, f"/recover/{token}")
    return forms.message("Look into your mail", _SENT)


@bp.get("/recover/<token>")
@permission("public")
def recover_set(token: str) -> tuple[str, int]:
    """Show the form to set a new password."""
    return forms.show("New password", _NEW)


@bp.post("/recover/<token>")
@permission("public")
@limit("20 per minute")
def recover_finish(token: str) -> BaseResponse | tuple[str, int]:
    """Set a new password and end all sessions."""
    lockout: Lockout = current_app.extensions["lockout"]
    try:
        email = accounts.finish_recovery(current_trustee(), token, forms.text("password"))
    except BadInputError as fault:
        return forms.show("New password", _NEW.refilled(fault), status=422)
    lockout.succeeded(email)
    visitor.end_session()
    flash(_("Your password is changed. All other sessions have ended."), "success")
    return redirect("/login", 303)


def mail_new_address(email: str, token: str | None) -> None:
    """Write to a new address that has to be proven; one that is taken learns just that."""
    if token is not None:
        _mail_verification(email, token)
    else:
        _mail(
            email,
            _("You have an account"),
            _("Somebody tried to register with this address."),
            "/recover",
        )


def _mail_verification(email: str, token: str) -> None:
    text = _("With this link you confirm your address:")
    _mail(email, _("Confirm your address"), text, f"/verify/{token}")


def _mail(to: str, subject: str, body: str, path: str) -> None:
    trustee = current_trustee()
    mails.send(trustee, to, subject, f"{body}\n\n{trustee.issuer}{path}\n")


def _login_page(target: str, notice: str = "", status: int = 200) -> tuple[str, int]:
    form = Form(
        _LOGIN.submit,
        _LOGIN.refilled().fields,
        hidden=(("next", target),),
    )
    links = (("/register", "Register"), ("/recover", "Password forgotten?"))
    return forms.show("Log in", form, notice=notice, links=links, status=status)


@bp.errorhandler(LinkRefusedError)
def link_refused(error: LinkRefusedError) -> tuple[str, int]:
    """Say that a link works no more."""
    body = "The link is used up, too old or incomplete. Ask for a new one."
    return forms.message("This link works no more", body), 410
