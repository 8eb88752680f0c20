"""The same day in a test with the `ayrshare` fixture; `test_a_whole_day.py` runs it, many times."""

from typing import Any

import pytest
import requests

import fakeayr

API = "https://api.ayrshare.com/api"
NETWORKS = ["bluesky", "facebook", "linkedin", "telegram"]
IMAGE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQ"
    "AAAABJRU5ErkJggg=="
)


class Application:
    """What an application does with Ayrshare, for one of its customers."""

    def __init__(self, api_key: str, profile_key: str) -> None:
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {api_key}"
        self.session.headers["Profile-Key"] = profile_key

    def call(self, method: str, path: str, **body: Any) -> Any:
        return self.session.request(method, f"{API}{path}", json=body or None).json()

    def post(self, text: str, **fields: Any) -> Any:
        return self.call("POST", "/post", post=text, platforms=NETWORKS, **fields)["posts"][0]


@pytest.mark.parametrize("time", range(12))
def test_a_day(ayrshare: fakeayr.Account, time: int) -> None:
    bakery = ayrshare.create_profile()
    ayrshare.open(bakery.linking_url()).allow("facebook")
    for network in ("bluesky", "linkedin", "telegram"):
        bakery.link(network)
    application = Application(ayrshare.api_key, str(bakery.key))
    ayrshare.next_publication("fail", "linkedin", code=161)

    image = application.call("POST", "/media/upload", file=IMAGE)["url"]
    now = application.post("Fresh bread!", mediaUrls=[image])
    assert [error["code"] for error in now["errors"]] == [161]
    ayrshare.assert_posted("facebook", text="Fresh bread!", media_urls=[image])
    ayrshare.assert_posted("linkedin", times=0)

    later = ayrshare.clock.later
    application.post("Warm rolls at noon", scheduleDate=later(hours=1))
    application.post("Cake at four", scheduleDate=later(hours=2))
    waiting = application.post(
        "Half price at six", scheduleDate=later(hours=3), requiresApproval=True
    )
    application.call("PATCH", "/post", id=waiting["id"], approved=True)
    ayrshare.clock.advance(days=1)
    ayrshare.assert_posted("linkedin", times=3)

    history = application.call("GET", "/history")["history"]
    assert [post["status"] for post in history] == ["success", "success", "success", "error"]
    assert application.call("DELETE", "/post", id=now["id"])["status"] == "success"
    ayrshare.assert_posted("facebook", times=3)
