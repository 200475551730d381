"""Signing in with OpenID Connect, in the shape that ProConnect gives it: code flow, PKCE, a nonce, signed answers.

What must hold before anybody is let in, each refused in one sentence:

1. the answer is to a question of this browser (``state``), and from the provider that was asked (``iss``, RFC 9207);
2. the ID token is signed by a key of that provider, for this client, now, and carries our ``nonce``;
3. the user information is about the same subject, and signed where the provider signs it;
4. it names an e-mail, and does not call it unverified;
5. somebody of the staff has that e-mail.

People are matched by e-mail: ``sub`` may change when they change employer. The only module that knows authlib, joserfc
and httpx2.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ..clock import Clock
from ..errors import FetchError
from ..openbadges.identity import normalise_email
from .identity_service import Client, NotSignedIn, Question
from .wording import refusal

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Asymmetric, all of them: nothing signed with our own client secret is believed."""
LEEWAY_SECONDS = 60
_SECONDS = 5.0
_LARGEST = 64 * 1024


class OpenId:
    """An OpenID Connect provider, asked over HTTPS (or on this machine). Reads its documents at each sign-in: keys
    change, and nobody signs in a thousand times a second."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def ask(self, after: str) -> tuple[str, Question]:
        question = Question(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            after=after,
        )
        with self._session() as session:
            found = self._document(session, self._client.issuer + "/.well-known/openid-configuration")
            address, _ = session.create_authorization_url(
                _text(found, "authorization_endpoint"),
                state=question.state,
                nonce=question.nonce,
                code_verifier=question.verifier,
            )
        return str(address), question

    def email_of(self, answer: Mapping[str, str], question: Question) -> str:
        # 1. an answer to our own question, from whom we asked.
        if not secrets.compare_digest(answer.get("state", "").encode(), question.state.encode()):
            raise _refused("state")
        if answer.get("iss", self._client.issuer) != self._client.issuer:
            raise _refused("iss")
        if "code" not in answer:
            raise _refused(answer.get("error", "code")[:40])
        with self._session() as session:
            found = self._document(session, self._client.issuer + "/.well-known/openid-configuration")
            if found.get("issuer") != self._client.issuer:
                raise _refused("issuer")
            keys = KeySet.import_key_set(self._document(session, _text(found, "jwks_uri")))  # type: ignore[arg-type]
            token = self._token(session, found, answer["code"], question)
            # 2. signed by the provider, for us, now, with our nonce.
            identity = self._claims(str(token.get("id_token", "")), keys, nonce=question.nonce)
            # 3. about the same subject, signed where it comes signed.
            told = self._told(session, found, keys)
        if told.get("sub") != identity["sub"]:
            raise _refused("sub")
        # 4. an e-mail, not said to be unverified.
        email = told.get("email") or identity.get("email")
        verified = told.get("email_verified", identity.get("email_verified", True))
        if not isinstance(email, str) or "@" not in email or verified not in (True, "true"):
            raise _refused("email")
        return normalise_email(email)

    # -- what the provider is asked ------------------------------------------------------------------------------------

    def _session(self) -> OAuth2Client:
        client = self._client
        return OAuth2Client(
            client.client_id,
            client.client_secret,
            scope=client.scope,
            redirect_uri=client.redirect_uri,
            code_challenge_method="S256",
            timeout=_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )

    def _token(self, session: OAuth2Client, found: dict[str, Any], code: str, question: Question) -> dict[str, Any]:
        try:
            return dict(
                session.fetch_token(
                    _text(found, "token_endpoint"),
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=question.verifier,
                )
            )
        except OAuthError as error:
            raise _refused(str(error.error)[:40]) from None
        except (HTTPError, ValueError) as error:
            raise _unreachable() from error

    def _told(self, session: OAuth2Client, found: dict[str, Any], keys: KeySet) -> dict[str, Any]:
        try:
            response = session.get(_text(found, "userinfo_endpoint"))
            response.raise_for_status()
            if "application/jwt" in response.headers.get("content-type", ""):
                return self._claims(response.text[:_LARGEST], keys, nonce=None)
            told = response.json()
        except (HTTPError, ValueError) as error:
            raise _unreachable() from error
        return told if isinstance(told, dict) else {}

    def _document(self, session: OAuth2Client, address: str) -> dict[str, Any]:
        try:
            response = session.request("GET", address, withhold_token=True)
            response.raise_for_status()
            found = response.json() if len(response.content) <= _LARGEST else None
        except (HTTPError, ValueError) as error:
            raise _unreachable() from error
        if not isinstance(found, dict):
            raise _unreachable()
        return found

    def _claims(self, text: str, keys: KeySet, *, nonce: str | None) -> dict[str, Any]:
        """The claims of a token that is the provider's, for us. User information has no dates of its own."""
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": self._client.issuer},
            "aud": {"essential": True, "value": self._client.client_id},
            "sub": {"essential": True},
        }
        if nonce is not None:
            wanted |= {"exp": {"essential": True}, "nonce": {"essential": True, "value": nonce}}
        try:
            claims = jwt.decode(text, keys, algorithms=list(ALGORITHMS)).claims
            now = int(self._clock.now().timestamp())
            jwt.JWTClaimsRegistry(now=now, leeway=LEEWAY_SECONDS, **wanted).validate(claims)
        except (JoseError, ValueError) as error:
            raise _refused(type(error).__name__) from None
        return dict(claims)


def _text(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise _unreachable()
    return value


def _refused(why: str) -> NotSignedIn:
    return refusal(NotSignedIn, "not_signed_in", found=why)


def _unreachable() -> FetchError:
    return refusal(FetchError, "provider_unreachable")
