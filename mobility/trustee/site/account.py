"""A resident's own pages: account, consents, what is known about them."""

import json
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from mobility.trustee import accounts, consents, register
from mobility.trustee.errors import BadInputError
from mobility.trustee.provider import current_trustee
from mobility.trustee.site import forms, visitor
from mobility.trustee.site.access import mail_new_address
from mobility.trustee.site.forms import Field, Form
from mobility.weblib.permissions import permission
from mobility.weblib.ratelimit import limit

bp = Blueprint("account", __name__)

_PRESENT = Field("old_password", "Present password", "password", "current-password")
_FORMS = {
    "details": Form(
        "Save",
        (
            Field("name", "Name", autocomplete="name"),
            Field(
                "licence_number",
                "New driving licence number",
                required=False,
                hint="An officer checks it once, then the number is deleted.",
            ),
        ),
        "/account/details",
    ),
    "email": Form(
        "Send a link to the new address",
        (Field("email", "New e-mail address", "email", "email"), _PRESENT),
        "/account/email",
    ),
    "password": Form(
        "Change the password",
        (_PRESENT, Field("password", "New password", "password", "new-password")),
        "/account/password",
    ),
    "delete": Form("Delete my account for good", (_PRESENT,), "/account/delete", danger=True),
}
_HEADINGS = {
    "details": "Name and licence",
    "email": "E-mail address",
    "password": "Password",
    "delete": "Delete the account",
}


@bp.get("/account")
@permission("resident")
def account() -> tuple[str, int]:
    """Show the account and the forms to change it."""
    return _page()


@bp.post("/account/details")
@permission("resident")
def change_details() -> BaseResponse | tuple[str, int]:
    """Change name and licence number."""
    try:
        accounts.change_details(
            current_trustee(),
            visitor.get_member().id,
            forms.text("name"),
            forms.text("licence_number"),
        )
    except BadInputError as fault:
        return _page("details", fault)
    return _done(_("Saved."))


@bp.post("/account/email")
@permission("resident")
@limit("5 per minute")
def change_email() -> BaseResponse | tuple[str, int]:
    """Send a link to a new address."""
    try:
        email, token = accounts.start_email_change(
            current_trustee(),
            visitor.get_member().id,
            forms.text("old_password"),
            forms.text("email"),
        )
    except BadInputError as fault:
        return _page("email", fault)
    mail_new_address(email, token)
    return _done(_("Open the link in the mail to the new address. Until then the old one stays."))


@bp.post("/account/password")
@permission("resident")
@limit("5 per minute")
def change_password() -> BaseResponse | tuple[str, int]:
    """Set a new password; all other sessions end."""
    member = visitor.get_member()
    try:
        accounts.change_password(
            current_trustee(), member.id, forms.text("old_password"), forms.text("password")
        )
    except BadInputError as fault:
        return _page("password", fault)
    with current_trustee().store.read() as store:
        visitor.open_session(store.get_one(type(member), member.id))
    return _done(_("Your password is changed. All other sessions have ended."))


@bp.post("/account/delete")
@permission("resident")
@limit("5 per minute")
def delete_account() -> BaseResponse | tuple[str, int]:
    """Destroy the person secret and what hangs on it."""
    try:
        accounts.delete_account(
            current_trustee(), visitor.get_member().id, forms.text("old_password")
        )
    except BadInputError as fault:
        return _page("delete", fault)
    visitor.end_session()
    flash(_("Your account is deleted."), "success")
    return redirect("/", 303)


@bp.get("/consents")
@permission("resident")
def show_consents() -> str:
    """Show each purpose, whether it is agreed to, and the receipts."""
    member = visitor.get_member()
    with current_trustee().store.read() as store:
        state = {key: consents.is_given(store, member.id, key) for key in consents.PURPOSES}
        receipts = consents.receipts(store, member.id)
    return render_template(
        "consents.html", purposes=consents.PURPOSES.values(), state=state, receipts=receipts
    )


@bp.post("/consents")
@permission("resident")
def change_consent() -> BaseResponse:
    """Give or withdraw one consent."""
    purpose, given = forms.text("purpose"), forms.text("given")
    if purpose not in consents.PURPOSES or given not in {"yes", "no"}:
        raise BadInputError("purpose", "No such purpose.")
    consents.change(current_trustee(), visitor.get_member().id, purpose, given == "yes")
    flash(_("Saved. It holds from the next ride on."), "success")
    return redirect("/consents", 303)


@bp.get("/my-data")
@permission("resident")
def my_data() -> str:
    """Show all that is known about a resident here."""
    document = register.of_member(current_trustee(), visitor.get_member().id)
    return render_template("my_data.html", data=document)


@bp.get("/my-data.json")
@permission("resident")
@limit("5 per minute")
def export() -> Response:
    """Answer the same as a file to take along."""
    document = register.of_member(current_trustee(), visitor.get_member().id)
    text = json.dumps(document, indent=1, default=str)
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(faulty: str = "", fault: BadInputError | None = None) -> tuple[str, int]:
    member = visitor.get_member()
    shown: dict[str, Any] = {}
    for key, form in _FORMS.items():
        shown[key] = form.refilled(fault) if key == faulty else form
    if faulty != "details":
        name, licence = shown["details"].fields
        shown["details"] = replace(
            shown["details"], fields=(replace(name, value=member.name), licence)
        )
    page = render_template("account.html", member=member, forms=shown, headings=_HEADINGS)
    return page, 422 if fault else 200


def _done(text: str) -> BaseResponse:
    flash(text, "success")
    return redirect("/account", 303)
