"""An application's day with Ayrshare: link, upload, post, schedule, approve, read, delete.

It knows Ayrshare's own hosts only. It prints a linking URL and reads a line once the customer has
linked accounts; it prints `scheduled` and reads a line once a day has passed; then it prints what
has become of its posts, as JSON.
"""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

API = "https://api.ayrshare.com/api"
NETWORKS = ["bluesky", "facebook", "linkedin", "telegram"]
IMAGE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQ"
    "AAAABJRU5ErkJggg=="
)

session = requests.Session()
session.headers["Authorization"] = f"Bearer {os.environ['AYRSHARE_API_KEY']}"


def call(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """What Ayrshare returns, also if it is an error."""
    return session.request(method, f"{API}{path}", json=body, timeout=30).json()


def post(text: str, **fields: Any) -> Any:
    """Posts with the profile's key, and unwraps the result."""
    answer = call("POST", "/post", {"post": text, "platforms": NETWORKS, **fields})
    return answer["posts"][0]


profile_key = call("POST", "/profiles", {"title": "Mia's Bakery"})["profileKey"]
linking = {
    "domain": os.environ["AYRSHARE_DOMAIN"],
    "privateKey": os.environ["AYRSHARE_PRIVATE_KEY"],
    "profileKey": profile_key,
}
print(call("POST", "/profiles/generateJWT", linking)["url"], flush=True)
input()

session.headers["Profile-Key"] = profile_key
image = call("POST", "/media/upload", {"file": IMAGE, "fileName": "bread.png"})["url"]
now = post("Fresh bread!", mediaUrls=[image])
dates = [
    (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for hours in (1, 2, 3)
]
later = [
    post("Warm rolls at noon", scheduleDate=dates[0]),
    post("Cake at four", scheduleDate=dates[1]),
    post("Half price at six", scheduleDate=dates[2], requiresApproval=True),
]
approved = call("PATCH", "/post", {"id": later[2]["id"], "approved": True})
print("scheduled", flush=True)
input()

history = call("GET", "/history")["history"]
deleted = call("DELETE", "/post", {"id": now["id"]})
print(
    json.dumps(
        {
            "linked": call("GET", "/user")["activeSocialAccounts"],
            "published": [one["platform"] for one in now["postIds"]],
            "refused": {error["platform"]: error["code"] for error in now["errors"]},
            "taken": [one["status"] for one in later],
            "approved": approved["status"],
            "history": [[row["post"], row["status"]] for row in history],
            "deleted": [name for name in NETWORKS if name in deleted],
        }
    )
)
