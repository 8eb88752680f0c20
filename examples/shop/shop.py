"""A small shop whose customers link their social accounts through Ayrshare.

The environment says where Ayrshare is and who we are: AYRSHARE_BASE_URL, AYRSHARE_API_KEY,
AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY (the text of private.key) and WEBHOOK_SECRET.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Any

import requests
from flask import Flask, Response, abort, jsonify, redirect, request

SIGNATURE_HEADER = "X-Authorization-Content-SHA256"
SIGNATURES_HEADER = f"{SIGNATURE_HEADER}-V2"
EMAIL_LINK_MINUTES = 60
TIMEOUT_SECONDS = 10
VARIABLES = (
    "AYRSHARE_BASE_URL",
    "AYRSHARE_API_KEY",
    "AYRSHARE_DOMAIN",
    "AYRSHARE_PRIVATE_KEY",
    "WEBHOOK_SECRET",
)


class AyrshareError(Exception):
    """Ayrshare said no."""

    def __init__(self, status: int, code: int | None) -> None:
        super().__init__(f"Ayrshare answered {status}, code {code}")
        self.status = status
        self.code = code


class Ayrshare:
    """The few calls that the shop makes."""

    def __init__(self, environment: Any = os.environ) -> None:
        self.base_url = environment["AYRSHARE_BASE_URL"]
        self.api_key = environment["AYRSHARE_API_KEY"]
        self.domain = environment["AYRSHARE_DOMAIN"]
        # Many deployments keep a key in one line, with \n for its newlines.
        self.private_key = environment["AYRSHARE_PRIVATE_KEY"].replace("\\n", "\n")
        self.session = requests.Session()

    def create_profile(self, title: str) -> str:
        """Creates a customer's profile and answers its key, which is shown only this once."""
        return str(self._call("POST", "/profiles", {"title": title})["profileKey"])

    def linking_url(self, profile_key: str, return_to: str, minutes: int | None = None) -> str:
        """A fresh linking URL for a profile."""
        body = {
            "domain": self.domain,
            "privateKey": self.private_key,
            "profileKey": profile_key,
            "redirect": return_to,
            "logout": True,
        }
        if minutes is not None:
            body["expiresIn"] = minutes
        return str(self._call("POST", "/profiles/generateJWT", body)["url"])

    def linked(self, profile_key: str) -> list[str]:
        """Names of the networks that a profile has linked."""
        user = self._call("GET", "/user", profile_key=profile_key)
        return list(user.get("activeSocialAccounts", []))

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        profile_key: str | None = None,
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        if profile_key is not None:
            headers["Profile-Key"] = profile_key
        answer = self.session.request(
            method, self.base_url + path, json=body, headers=headers, timeout=TIMEOUT_SECONDS
        )
        payload = answer.json()
        if answer.status_code != 200 or payload.get("status") == "error":
            raise AyrshareError(answer.status_code, payload.get("code"))
        return dict(payload)


def is_genuine(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether a webhook was signed with our secret, which may be the old one while it rotates."""
    expected = f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    signatures = headers.get(SIGNATURES_HEADER, "").split(",")
    signatures.append(f"v1={headers.get(SIGNATURE_HEADER, '')}")
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in signatures)


def create_shop(ayrshare: Ayrshare, webhook_secret: str) -> Flask:
    """Builds the shop."""
    shop = Flask(__name__)
    profile_keys: dict[str, str] = {}
    linked_by_title: dict[str, set[str]] = {}

    def profile_key(customer: str) -> str:
        if customer not in profile_keys:
            profile_keys[customer] = ayrshare.create_profile(customer)
        return profile_keys[customer]

    @shop.get("/customers/<customer>/connect")
    def connect(customer: str) -> Any:
        """The "link your accounts" button: always a fresh URL, never a kept one."""
        back = request.host_url + f"customers/{customer}/connected"
        return redirect(ayrshare.linking_url(profile_key(customer), back))

    @shop.get("/customers/<customer>/email-link")
    def email_link(customer: str) -> Any:
        """A link for an e-mail, which lives an hour."""
        back = request.host_url + f"customers/{customer}/connected"
        url = ayrshare.linking_url(profile_key(customer), back, minutes=EMAIL_LINK_MINUTES)
        return jsonify(url=url)

    @shop.get("/customers/<customer>/follow")
    def follow(customer: str) -> Any:
        """Follows a link from an e-mail; a link that is no longer good is replaced by a new one."""
        url = request.args["url"]
        if requests.get(url, timeout=TIMEOUT_SECONDS).status_code == 401:
            return redirect(f"/customers/{customer}/connect")
        return redirect(url)

    @shop.get("/customers/<customer>/connected")
    def connected(customer: str) -> Any:
        """What the customer has linked, asked of Ayrshare."""
        return jsonify(linked=ayrshare.linked(profile_key(customer)))

    @shop.get("/customers/<customer>/known")
    def known(customer: str) -> Any:
        """What webhooks have told so far."""
        return jsonify(linked=sorted(linked_by_title.get(customer, set())))

    @shop.post("/webhooks/ayrshare")
    def webhook() -> Any:
        """Learns of links; a body with a wrong signature is nobody's."""
        raw = request.get_data()
        if not is_genuine(raw, request.headers, webhook_secret):
            abort(403)
        event = request.get_json()
        networks = linked_by_title.setdefault(event["title"], set())
        if event["type"] == "link":
            networks.add(event["platform"])
        elif event["type"] == "unlink":
            networks.discard(event["platform"])
        return Response(status=200)

    @shop.errorhandler(AyrshareError)
    def ayrshare_error(error: AyrshareError) -> Any:
        """One answer for the customer, whatever happened: try again later."""
        status = 503 if error.status == 429 else 502
        return jsonify(error="Linking is not possible right now.", code=error.code), status

    return shop


if __name__ == "__main__":
    if missing := [name for name in VARIABLES if name not in os.environ]:
        raise SystemExit(f"Set {', '.join(missing)}.")
    create_shop(Ayrshare(), os.environ["WEBHOOK_SECRET"]).run(
        port=int(os.environ.get("PORT", "8000"))
    )
