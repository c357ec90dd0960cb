"""Log residents in at the cooperative: OpenID Connect, authorization code with PKCE."""

import logging
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from mobility.problems import ProblemError
from mobility.settings import Settings

logger = logging.getLogger(__name__)
_EXTENSION = "mobility.oidc"


def init_oidc(app: Flask, settings: Settings) -> None:
    """Make the platform a client of the cooperative; nothing is fetched before the first log-in."""
    oauth = OAuth(app)
    secret_file = settings.path_of("oidc_client_secret_file")
    oauth.register(
        "cooperative",
        client_id=settings.oidc_client_id,
        client_secret=secret_file.read_text("utf-8").strip() if secret_file.is_file() else None,
        server_metadata_url=f"{settings.cooperative_origin}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "timeout": 10,
            "token_endpoint_auth_method": "client_secret_basic",
        },
    )
    app.extensions[_EXTENSION] = oauth


def begin_login(redirect_uri: str) -> Response:
    """Send the browser to the cooperative; state, nonce and verifier stay in the session."""
    try:
        response: Response = _client().authorize_redirect(redirect_uri)
    except requests.RequestException as error:
        raise _unreachable() from error
    return response


def end_login() -> str:
    """Check what the cooperative sent back and return the resident's pairwise subject.

    Raises
    ------
    ProblemError
        The log-in was refused, forged, too old, or the cooperative does not answer.
    """
    try:
        token: dict[str, Any] = _client().authorize_access_token(leeway=30)
    except requests.RequestException as error:
        raise _unreachable() from error
    except (OAuthError, JoseError) as error:
        logger.warning("a log-in failed: %s", type(error).__name__)
        raise ProblemError(400, "login-failed", "The log-in did not succeed") from error
    subject = token.get("userinfo", {}).get("sub")
    if not subject:
        raise ProblemError(400, "login-failed", "The log-in did not succeed")
    return str(subject)


def _client() -> Any:
    return current_app.extensions[_EXTENSION].cooperative


def _unreachable() -> ProblemError:
    return ProblemError(
        503,
        "cooperative-unreachable",
        "The log-in is not available",
        "The cooperative does not answer. Planning works without it; try again in a minute.",
        headers={"Retry-After": "60"},
    )
