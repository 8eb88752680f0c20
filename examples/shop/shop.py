"""A small shop whose customers link their social accounts through Ayrshare, and post offers.

The environment says where Ayrshare is and who we are: AYRSHARE_BASE_URL, AYRSHARE_API_KEY,
AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY (the text of private.key) and WEBHOOK_SECRET.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.datastructures import FileStorage

SIGNATURE_HEADER = "X-Authorization-Content-SHA256"
SIGNATURES_HEADER = f"{SIGNATURE_HEADER}-V2"
EMAIL_LINK_MINUTES = 60
NO_POSTS_YET = 221
MOST_OFFERS = 1000
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


@dataclass(frozen=True)
class Offer:
    """What a customer posted, as the shop shows it.

    Attributes:
        id: Ayrshare's id.
        text: What was posted.
        status: How far it has come.
        ok: Whether no network refused it.
        published: Where it is, by network; `None` while a network has not told its address.
        failed: Ayrshare's code, by network that refused it.
    """

    id: str
    text: str
    status: str
    ok: bool
    published: dict[str, str | None]
    failed: dict[str, int]

    @classmethod
    def read(cls, post: Mapping[str, Any], *, ok: bool) -> "Offer":
        """An offer from what Ayrshare returns of a post; networks come in no order of ours."""
        return cls(
            id=post["id"],
            text=post["post"],
            status=post["status"],
            ok=ok,
            published={one["platform"]: one.get("postUrl") for one in post.get("postIds", [])},
            failed={one["platform"]: one["code"] for one in post.get("errors", [])},
        )


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

    def upload(self, profile_key: str, image: FileStorage) -> str:
        """Uploads an image and answers the address to post it from."""
        file = (image.filename, image.stream, image.mimetype)
        answer = self._send("POST", "/media/upload", profile_key=profile_key, files={"file": file})
        return str(_check(answer)["url"])

    def post(
        self,
        profile_key: str,
        text: str,
        images: list[str],
        networks: list[str],
        at: datetime | None = None,
    ) -> Offer:
        """Posts to networks of a profile, now or at a time; to all that are linked unless named."""
        body = {"post": text, "platforms": networks or ["all"], "mediaUrls": images}
        if at is not None:
            body["scheduleDate"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = self._send("POST", "/post", profile_key=profile_key, json=body)
        payload = answer.json()
        result = payload.get("posts", [payload])[0]  # With a profile's key, it is wrapped.
        if "id" not in result:  # It was refused before it was a post.
            raise AyrshareError(answer.status_code, result.get("code"))
        return Offer.read(result, ok=result["status"] != "error")

    def retry(self, profile_key: str, post_id: str) -> None:
        """Tries only those networks again that refused a post."""
        self._call("PUT", "/post/retry", {"id": post_id}, profile_key)

    def delete(self, profile_key: str, post_id: str) -> None:
        """Deletes a post, which is not published then if it was scheduled."""
        self._call("DELETE", "/post", {"id": post_id}, profile_key)

    def posts(self, profile_key: str) -> list[Offer]:
        """What a profile has posted, the newest first."""
        path = f"/history?lastDays=0&limit={MOST_OFFERS}"
        try:
            found = self._call("GET", path, profile_key=profile_key)["history"]
        except AyrshareError as error:
            if error.code == NO_POSTS_YET:
                return []
            raise
        return [Offer.read(post, ok=post["status"] != "error") for post in found]

    def _call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        profile_key: str | None = None,
    ) -> dict[str, Any]:
        return _check(self._send(method, path, profile_key=profile_key, json=body))

    def _send(
        self, method: str, path: str, *, profile_key: str | None = None, **content: Any
    ) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.api_key}"}
        if profile_key is not None:
            headers["Profile-Key"] = profile_key
        return self.session.request(
            method, self.base_url + path, headers=headers, timeout=TIMEOUT_SECONDS, **content
        )


def _check(answer: requests.Response) -> dict[str, Any]:
    """What Ayrshare returned, unless it is an error, which may come with HTTP 200."""
    payload = answer.json()
    if answer.status_code != 200 or payload.get("status") == "error":
        error = payload.get("history", payload)  # Where an empty history has its code.
        raise AyrshareError(answer.status_code, error.get("code"))
    return dict(payload)


def is_genuine(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether a webhook was signed with our secret, which may be the old one while it rotates."""
    expected = f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    signatures = headers.get(SIGNATURES_HEADER, "").split(",")
    signatures.append(f"v1={headers.get(SIGNATURE_HEADER, '')}")
    return any(hmac.compare_digest(one.encode(), expected.encode()) for one in signatures)


class Reports:
    """What webhooks have reported so far.

    Attributes:
        linked: Networks, by the profile's title.
        ended: How scheduled offers ended, by Ayrshare's id.
    """

    def __init__(self) -> None:
        self.linked: dict[str, set[str]] = {}
        self.ended: dict[str, str] = {}

    def add(self, event: dict[str, Any]) -> None:
        """Takes in one webhook."""
        if event["action"] == "scheduled":
            self.ended[event["id"]] = event["status"]
        elif event["action"] == "social":
            networks = self.linked.setdefault(event["title"], set())
            if event["type"] == "link":
                networks.add(event["platform"])
            elif event["type"] == "unlink":
                networks.discard(event["platform"])


def create_shop(ayrshare: Ayrshare, webhook_secret: str) -> Flask:
    """Builds the shop."""
    shop = Flask(__name__)
    profile_keys: dict[str, str] = {}
    reports = Reports()

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
        """What webhooks have reported so far."""
        return jsonify(linked=sorted(reports.linked.get(customer, set())))

    @shop.post("/customers/<customer>/offers")
    def post_offer(customer: str) -> Any:
        """Posts the form's `text`: with its `image`, to each `network`, `at` its time, if given."""
        key = profile_key(customer)
        image, at = request.files.get("image"), request.form.get("at")
        images = [] if image is None else [ayrshare.upload(key, image)]
        when = None if at is None else datetime.fromisoformat(at)
        networks = request.form.getlist("network")
        return jsonify(ayrshare.post(key, request.form["text"], images, networks, when))

    @shop.delete("/customers/<customer>/offers/<offer_id>")
    def delete_offer(customer: str, offer_id: str) -> Any:
        """The button "delete" of an offer."""
        ayrshare.delete(profile_key(customer), offer_id)
        return Response(status=204)

    @shop.post("/customers/<customer>/offers/<offer_id>/retry")
    def retry_offer(customer: str, offer_id: str) -> Any:
        """The button "try again" of an offer that a network refused."""
        ayrshare.retry(profile_key(customer), offer_id)
        return Response(status=202)

    @shop.get("/customers/<customer>/offers")
    def offers(customer: str) -> Any:
        """What the customer has posted, asked of Ayrshare, and what webhooks have reported."""
        found = ayrshare.posts(profile_key(customer))
        ended = reports.ended
        return jsonify(
            offers=found, ended={one.id: ended[one.id] for one in found if one.id in ended}
        )

    @shop.post("/webhooks/ayrshare")
    def webhook() -> Any:
        """Learns of links and of scheduled offers; a body with a wrong signature is nobody's."""
        raw = request.get_data()
        if not is_genuine(raw, request.headers, webhook_secret):
            abort(403)
        reports.add(request.get_json())
        return Response(status=200)

    @shop.errorhandler(AyrshareError)
    def ayrshare_error(error: AyrshareError) -> Any:
        """One answer for the customer, whatever happened: try again later."""
        status = 503 if error.status == 429 else 502
        return jsonify(error="This is not possible right now.", code=error.code), status

    return shop


if __name__ == "__main__":
    if missing := [name for name in VARIABLES if name not in os.environ]:
        raise SystemExit(f"Set {', '.join(missing)}.")
    create_shop(Ayrshare(), os.environ["WEBHOOK_SECRET"]).run(
        port=int(os.environ.get("PORT", "8000"))
    )
