"""A linking flow with the models that datamodel-code-generator has made."""

import json
import os
from typing import Any, TypeVar

import httpx
from client import (
    Error,
    GenerateJwtRequest,
    LinkingUrl,
    LinkSessionCreated,
    LinkSessionRevoked,
    NewLinkSession,
    NewProfile,
    ProfileCreated,
    ProfileDeletion,
    ProfileList,
    ProfileTouched,
    SocialUnlinked,
    SocialUnlinking,
    User,
)
from pydantic import BaseModel

BASE_URL, API_KEY = os.environ["BASE_URL"], os.environ["API_KEY"]
Model = TypeVar("Model", bound=BaseModel)


def call(
    line: str,
    answer: type[Model],
    body: BaseModel | None = None,
    key: str | None = None,
    **query: Any,
) -> Model:
    """Makes a call with a model as its body, and reads the answer as a model."""
    method, path = line.split()
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    if key is not None:
        headers["Profile-Key"] = key
    content = None if body is None else body.model_dump_json(by_alias=True, exclude_unset=True)
    url = f"{BASE_URL}/api{path}"
    response = httpx.request(method, url, headers=headers, content=content, params=query)
    return answer.model_validate_json(response.content, strict=False)


created = call("POST /profiles", ProfileCreated, NewProfile(title="Mia's Bakery", tags=["bakery"]))
taken = call("POST /profiles", Error, NewProfile(title="Mia's Bakery"))
key = created.profileKey.root
made = call(
    "POST /profiles/generateJWT",
    LinkingUrl,
    GenerateJwtRequest(
        domain=os.environ["DOMAIN"],
        privateKey=os.environ["PRIVATE_KEY"],
        profileKey=key,
        allowedSocial=["facebook"],
    ),
)
session = call("POST /profiles/link-sessions", LinkSessionCreated, NewLinkSession(), key)
call(f"DELETE /profiles/link-sessions/{session.sessionId.root}", LinkSessionRevoked, key=key)
linked = httpx.post(  # Only the fake has this call.
    f"{BASE_URL}/_fakeayr/links",
    headers={"Authorization": f"Bearer {API_KEY}"},
    json={"platform": "facebook", "profileKey": key},
)
assert linked.status_code == 200
user = call("GET /user", User, key=key)
listed = call("GET /profiles", ProfileList, refId=created.refId.root, limit=5)
unlinked = call(
    "DELETE /profiles/social", SocialUnlinked, SocialUnlinking(platform="facebook"), key
)
call("DELETE /profiles", ProfileTouched, ProfileDeletion(), key)
print(
    json.dumps(
        {
            "token": made.token,
            "url": made.url,
            "sessionUrl": session.url,
            "linked": [network.value for network in user.activeSocialAccounts.root],
            "hasMore": listed.pagination.hasMore,
            "listed": [profile.title.root for profile in listed.profiles],
            "unlinked": unlinked.platform.value,
            "taken": taken.code,
        }
    )
)
