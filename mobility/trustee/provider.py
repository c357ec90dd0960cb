"""The residents' log-in: an OpenID provider with one client, the platform (Authlib)."""

import datetime as dt
import hmac
import json
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import (
    AuthorizationCodeMixin,
    ClientMixin,
    InvalidRequestError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, current_app
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import delete, select, update

from mobility.trustee import subjects
from mobility.trustee.config import Trustee
from mobility.trustee.errors import UnknownSubjectError
from mobility.trustee.models import AccessToken, AuthorizationCode, Member

ALGORITHM = "RS256"
CODE_LIFE = dt.timedelta(minutes=2)
ACCESS_LIFE_S = 300
SCOPE = "openid"


class Platform(ClientMixin):  # type: ignore[misc]  # authlib is untyped
    """The one client there is."""

    def __init__(self, trustee: Trustee, secret: str) -> None:
        self.client_id = trustee.settings.oidc_client_id
        self._redirect_uris = trustee.redirect_uris
        self._secret = secret

    def get_client_id(self) -> str:
        """Return the client's name."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """Return none: a request has to say where it ends."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Allow ``openid`` and nothing that would carry a name or contact."""
        return SCOPE if scope == SCOPE else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare character by character."""
        return redirect_uri in self._redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(client_secret.encode(), self._secret.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Ask for the client's secret at the token endpoint."""
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        """Allow the code flow only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Allow codes only: no refresh tokens, no passwords."""
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """What Authlib asks of an authorization code."""

    code_challenge_method = "S256"

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row
        self.code_challenge = row.code_challenge

    def get_redirect_uri(self) -> str:
        """Return where the request said it ends."""
        return self.row.redirect_uri

    def get_scope(self) -> str:
        """Return the scope granted."""
        return self.row.scope

    def get_nonce(self) -> str | None:
        """Return the client's nonce."""
        return self.row.nonce

    def get_auth_time(self) -> int:
        """Return when the resident logged in, seconds since 1970."""
        return int(self.row.auth_time.timestamp())

    def get_acr(self) -> None:
        """Claim no assurance class."""

    def get_amr(self) -> list[str]:
        """Say how the resident logged in."""
        return ["pwd"]


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """Codes in the cooperative's database, each usable once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]  # noqa: RUF012

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        """Store a code's digest with what it was asked for."""
        trustee = current_trustee()
        data = request.payload.data
        member, logged_in_at = request.user
        with trustee.store.write() as session:
            session.add(
                AuthorizationCode(
                    digest=trustee.keys.digest(code),
                    member_id=member.id,
                    client_id=request.client.client_id,
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope,
                    nonce=data["nonce"][:200],
                    code_challenge=data["code_challenge"],
                    auth_time=logged_in_at,
                    expires_at=trustee.clock() + CODE_LIFE,
                )
            )

    def query_authorization_code(self, code: str, client: Platform) -> Code | None:
        """Take a code; when it comes again, revoke what it was changed into (RFC 9700, 2.1.1)."""
        trustee = current_trustee()
        with trustee.store.write() as session:
            digest = trustee.keys.digest(code)
            row = session.get(AuthorizationCode, digest, with_for_update=True)
            if row is None or row.client_id != client.client_id:
                return None
            if row.expires_at <= trustee.clock():
                return None
            if row.used_at is not None:
                session.execute(delete(AccessToken).where(AccessToken.digest == row.access_digest))
                return None
            row.used_at = trustee.clock()
            session.flush()
            session.expunge(row)
            return Code(row)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Keep the used code until it expires, so that a replay is noticed."""

    def authenticate_user(self, authorization_code: Code) -> Member | None:
        """Return the resident the code is for, unless the account is gone."""
        with current_trustee().store.read() as session:
            return session.get(Member, authorization_code.row.member_id)


class Pkce(CodeChallenge):  # type: ignore[misc]
    """PKCE with S256 for everybody: without it no code is issued."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        """Refuse a request without challenge or with another method."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: send code_challenge with method S256")
        super().validate_code_challenge(grant, redirect_uri)


class PairwiseCode(OpenIDCode):  # type: ignore[misc]
    """Id tokens that hold a pairwise subject, and neither name nor contact."""

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        """Refuse a nonce that was used for a code that is still known."""
        with current_trustee().store.read() as session:
            query = select(AuthorizationCode.digest).where(AuthorizationCode.nonce == nonce[:200])
            return session.scalars(query.limit(1)).first() is not None

    def generate_user_info(self, user: Member, scope: str) -> UserInfo:
        """Return the subject of this month, nothing else."""
        trustee = current_trustee()
        with trustee.store.write() as session:
            recipient = trustee.settings.oidc_client_id
            return UserInfo(sub=subjects.issue_subject(trustee, session, user, recipient))

    def resolve_client_private_key(self, client: Platform) -> RSAKey:
        """Return the signing key."""
        return signing_key(current_trustee())

    def get_encode_header(self, client: Platform) -> dict[str, str]:
        """Name algorithm and key."""
        return {"alg": ALGORITHM, "kid": signing_key(current_trustee()).kid or ""}

    def get_client_claims(self, client: Platform) -> dict[str, Any]:
        """Name issuer and audience."""
        return {"iss": current_trustee().issuer, "aud": [client.client_id]}


def init_provider(app: Flask, trustee: Trustee, client_secret: str) -> AuthorizationServer:
    """Set the provider up and return it."""
    client = Platform(trustee, client_secret)

    def find_client(client_id: str) -> Platform | None:
        return client if client_id == client.client_id else None

    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": ACCESS_LIFE_S}
    server = AuthorizationServer(app, query_client=find_client, save_token=_save_token)
    server.register_grant(CodeGrant, [Pkce(required=True), PairwiseCode(require_nonce=True)])
    return server


def _save_token(token: dict[str, Any], request: OAuth2Request) -> None:
    trustee = current_trustee()
    digest = trustee.keys.digest(token["access_token"])
    code = request.authorization_code.row
    with trustee.store.write() as session:
        session.add(
            AccessToken(
                digest=digest,
                member_id=request.user.id,
                client_id=request.client.client_id,
                scope=token["scope"],
                expires_at=trustee.clock() + dt.timedelta(seconds=ACCESS_LIFE_S),
            )
        )
        session.execute(
            update(AuthorizationCode)
            .where(AuthorizationCode.digest == code.digest)
            .values(access_digest=digest)
        )


def user_info(trustee: Trustee, access_token: str) -> dict[str, str] | None:
    """Return the subject an access token is for, or None where it is worth nothing."""
    with trustee.store.write() as session:
        row = session.get(AccessToken, trustee.keys.digest(access_token))
        if row is None or row.expires_at <= trustee.clock():
            return None
        member = session.get_one(Member, row.member_id)
        return {"sub": subjects.issue_subject(trustee, session, member, row.client_id)}


def discovery(trustee: Trustee) -> dict[str, Any]:
    """Return the provider's metadata (OpenID Connect Discovery 1.0)."""
    base = trustee.issuer
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "end_session_endpoint": f"{base}/end_session",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "scopes_supported": [SCOPE],
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "amr"],
        "token_endpoint_auth_methods_supported": CodeGrant.TOKEN_ENDPOINT_AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
        "ui_locales_supported": list(trustee.settings.languages),
    }


def signing_key(trustee: Trustee) -> RSAKey:
    """Return the key that signs id tokens; its id is its RFC 7638 thumbprint."""
    key = RSAKey.import_key(trustee.keys.oidc_pem.decode(), {"use": "sig", "alg": ALGORITHM})
    key.ensure_kid()
    return key


def public_keys(trustee: Trustee) -> dict[str, Any]:
    """Return the JWK set: the public half only."""
    return {"keys": [signing_key(trustee).as_dict(private=False)]}


def member_of_hint(trustee: Trustee, hint: str) -> int | None:
    """Return whose id token a log-out hint is, None where it is not ours or its month is over."""
    try:
        claims = jwt.decode(hint, signing_key(trustee), [ALGORITHM]).claims
    except (JoseError, ValueError):
        return None
    ours = claims.get("iss") == trustee.issuer
    if not ours or claims.get("aud") != [trustee.settings.oidc_client_id]:
        return None
    with trustee.store.read() as session:
        try:
            return subjects.member_of(trustee, session, str(claims.get("sub", "")))
        except UnknownSubjectError:
            return None


def current_trustee() -> Trustee:
    """Return the cooperative of the application that answers."""
    trustee: Trustee = current_app.extensions["trustee"]
    return trustee


def json_answer(document: dict[str, Any], status: int = 200) -> Response:
    """Return a JSON response that no cache keeps."""
    response = Response(json.dumps(document), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
