"""POST /profiles/generateJWT."""

from typing import Any

import msgspec
from flask import Blueprint

from fakeayr.ayrshare.headers import X_APP_KEY, X_APP_SECRET
from fakeayr.ayrshare.plans import Feature
from fakeayr.domain.linking import advice, linking_urls, session_urls
from fakeayr.domain.linking.linking_urls import LinkingRequest, LinkingUrl
from fakeayr.domain.linking.session_urls import SessionRequest, SessionUrl
from fakeayr.domain.linking.x_apps import XCredentials
from fakeayr.domain.model import Age
from fakeayr.web.app import present_request
from fakeayr.web.calls import Call, operation
from fakeayr.web.page_url import page_url

blueprint = Blueprint("generate_jwt", __name__)


class Body(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The body of generateJWT; `expireIn` is the older spelling of `expiresIn` (minutes)."""

    domain: str
    private_key: str
    profile_key: str
    logout: bool = False
    redirect: str | None = None
    allowed_social: list[str] | None = None
    verify: bool = False
    base64: bool = False
    expires_in: float | None = None
    expire_in: float | None = None
    email: dict[str, Any] | None = None
    twitter_api_key: str | None = None
    twitter_api_secret: str | None = None

    @property
    def minutes(self) -> float | None:
        """The expiry under either spelling."""
        return self.expire_in if self.expires_in is None else self.expires_in


class NewerBody(Body, frozen=True, rename="camel", kw_only=True):
    """The body in the age of link sessions: the key is no longer read, the domain is optional."""

    domain: str | None = None  # type: ignore[assignment]
    private_key: str | None = None  # type: ignore[assignment]


@blueprint.post("/profiles/generateJWT")
@operation(Feature.LINKING_URLS)
def generate_jwt(call: Call) -> dict[str, Any]:
    """Answers a token and the URL that opens the profile's linking page with it."""
    if call.account.age is Age.LINK_SESSIONS:
        body: Body = call.body(NewerBody)
        made: LinkingUrl | SessionUrl = _link_session(call, body)
    else:
        body = call.body(Body)
        made = _signed_url(call, body)
    call.acting = made.profile
    answer: dict[str, Any] = {
        "status": "success",
        "title": made.profile.title,
        "token": made.token,
        "url": made.url,
    }
    if body.email is not None:
        answer["emailSent"] = True
    if made.expires_in is not None:
        answer["expiresIn"] = made.expires_in
    return answer


def _signed_url(call: Call, body: Body) -> LinkingUrl:
    asked = LinkingRequest(
        domain=body.domain,
        private_key=body.private_key,
        profile_key=body.profile_key,
        logout=body.logout,
        redirect=body.redirect,
        allowed_social=body.allowed_social,
        verify=body.verify,
        base64=body.base64,
        expires_in=body.minutes,
        email=_email(call, body),
        x_credentials=x_credentials(body.twitter_api_key, body.twitter_api_secret),
    )
    call.advice += advice.on_linking_request(call.account, asked)
    made = linking_urls.generate(call.context.world, call.account, asked, page_url())
    call.advice += made.advice
    return made


def _link_session(call: Call, body: Body) -> SessionUrl:
    """The newer age's form: a thin alias of POST /profiles/link-sessions."""
    asked = SessionRequest(
        domain=body.domain,
        profile_key=body.profile_key,
        logout=body.logout,
        redirect=body.redirect,
        allowed_social=body.allowed_social,
        expires_in=body.minutes,
        email=_email(call, body),
        x_credentials=x_credentials(body.twitter_api_key, body.twitter_api_secret),
    )
    return session_urls.create(call.context.world, call.account, asked, page_url())


def x_credentials(body_key: str | None = None, body_secret: str | None = None) -> XCredentials:
    """The credentials of an X app in the request's headers and in its body."""
    headers = present_request().headers
    return XCredentials(
        header_key=headers.get(X_APP_KEY),
        header_secret=headers.get(X_APP_SECRET),
        body_key=body_key,
        body_secret=body_secret,
    )


def _email(call: Call, body: Body) -> dict[str, Any] | None:
    return body.email if call.fields.typed else _with_numbers(body.email)


def _with_numbers(email: dict[str, Any] | None) -> dict[str, Any] | None:
    """The e-mail object of a form, where a number is a text to begin with."""
    if email is None:
        return None
    return {
        name: _number(email[name]) if name.startswith("expire") else email[name] for name in email
    }


def _number(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value
