"""The endpoints of the OpenID provider."""

from typing import cast
from urllib.parse import quote, urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from mobility.problems import ProblemError
from mobility.trustee import provider
from mobility.trustee.provider import current_trustee, json_answer
from mobility.trustee.site import forms, visitor
from mobility.weblib.csrf import csrf_exempt
from mobility.weblib.permissions import permission

bp = Blueprint("oidc", __name__)


@bp.get("/.well-known/openid-configuration")
@permission("public")
def discovery() -> Response:
    """Answer the provider's metadata."""
    return json_answer(provider.discovery(current_trustee()))


@bp.get("/jwks")
@permission("public")
def jwks() -> Response:
    """Answer the public key that signs id tokens."""
    return json_answer(provider.public_keys(current_trustee()))


@bp.get("/authorize")
@permission("public")
def authorize() -> BaseResponse:
    """Send a logged-in resident back to the platform with a code; ask others to log in.

    No page asks for agreement: the platform learns a pseudonym of this month and nothing else.
    """
    server = _server()
    member = visitor.find_member()
    user = (member, visitor.logged_in_at()) if member else None
    try:
        grant = server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        if error.redirect_uri:
            return cast("BaseResponse", server.handle_error_response(None, error))
        detail = error.description or error.error or ""
        raise ProblemError(
            400, "bad-login-request", "The log-in request has a fault", detail
        ) from error
    if grant.prompt == "login" or user is None:
        arguments = {k: v for k, v in request.args.items() if k != "prompt"}
        target = f"{request.path}?{urlencode(arguments)}"
        return redirect(f"/login?next={quote(target)}")
    return cast("BaseResponse", server.create_authorization_response(grant_user=user, grant=grant))


@bp.post("/token")
@permission("public")
@csrf_exempt
def token() -> Response:
    """Change a code into an id token; the client shows its secret and the PKCE verifier."""
    return cast("Response", _server().create_token_response())


@bp.get("/userinfo")
@permission("public")
def userinfo() -> Response:
    """Answer the subject an access token is for, and nothing else."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    found = provider.user_info(current_trustee(), value) if kind == "Bearer" and value else None
    if found is None:
        response = json_answer({"error": "invalid_token"}, 401)
        response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return response
    return json_answer(found)


@bp.get("/end_session")
@permission("public")
def end_session() -> BaseResponse | tuple[str, int]:
    """Log out at once where the platform proves whose session it is; ask otherwise."""
    member = visitor.find_member()
    target = _after_logout(request.args.get("post_logout_redirect_uri"))
    if member is not None:
        hint = request.args.get("id_token_hint", "")
        if provider.member_of_hint(current_trustee(), hint) != member.id:
            form = forms.Form("Log out", (), action="/logout", hidden=(("next", target),))
            return forms.show("Log out", form, "Do you want to log out at the cooperative?")
        visitor.end_session()
    return redirect(target)


def _after_logout(wanted: str | None) -> str:
    """Return where a log-out may end: the platform's start page, or ours."""
    origin = current_trustee().settings.platform_origin.rstrip("/")
    return wanted if wanted in {origin, f"{origin}/"} else "/"


def _server() -> AuthorizationServer:
    return cast("AuthorizationServer", current_app.extensions["provider"])
