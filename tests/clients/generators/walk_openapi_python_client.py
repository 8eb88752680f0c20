"""A linking flow with the client that openapi-python-client has made."""

import json
import os
import urllib.request

from client import AuthenticatedClient
from client.api.linking import create_link_session, generate_jwt, revoke_link_session
from client.api.profiles import create_profile, delete_profile, get_profiles, unlink_social
from client.api.user import get_user
from client.models import (
    Error,
    GenerateJwtRequest,
    LinkingUrl,
    LinkSessionCreated,
    Network,
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

BASE_URL, API_KEY = os.environ["BASE_URL"], os.environ["API_KEY"]


def link_facebook(profile_key: str) -> None:
    """A person links Facebook; only the fake has this call."""
    body = json.dumps({"platform": "facebook", "profileKey": profile_key}).encode()
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{BASE_URL}/_fakeayr/links", body, headers)
    with urllib.request.urlopen(request) as response:
        assert response.status == 200


with AuthenticatedClient(BASE_URL, API_KEY) as client:
    created = create_profile.sync(
        client=client, body=NewProfile(title="Mia's Bakery", tags=["bakery"])
    )
    assert isinstance(created, ProfileCreated)
    taken = create_profile.sync(client=client, body=NewProfile(title="Mia's Bakery"))
    assert isinstance(taken, Error)
    key = created.profile_key
    made = generate_jwt.sync(
        client=client,
        body=GenerateJwtRequest(
            domain=os.environ["DOMAIN"],
            private_key=os.environ["PRIVATE_KEY"],
            profile_key=key,
            allowed_social=["facebook"],
        ),
    )
    assert isinstance(made, LinkingUrl)
    session = create_link_session.sync(client=client, body=NewLinkSession(), profile_key=key)
    assert isinstance(session, LinkSessionCreated)
    revoke_link_session.sync(session.session_id, client=client, profile_key=key)
    link_facebook(key)
    user = get_user.sync(client=client, profile_key_header=key)
    assert isinstance(user, User)
    listed = get_profiles.sync(client=client, ref_id=created.ref_id, limit=5)
    assert isinstance(listed, ProfileList)
    unlinked = unlink_social.sync(
        client=client, body=SocialUnlinking(platform=Network.FACEBOOK), profile_key=key
    )
    assert isinstance(unlinked, SocialUnlinked)
    deleted = delete_profile.sync(client=client, body=ProfileDeletion(), profile_key=key)
    assert isinstance(deleted, ProfileTouched)
    print(
        json.dumps(
            {
                "token": made.token,
                "url": made.url,
                "sessionUrl": session.url,
                "linked": user.active_social_accounts,
                "hasMore": listed.pagination.has_more,
                "listed": [profile.title for profile in listed.profiles],
                "unlinked": unlinked.platform,
                "taken": taken.code,
            }
        )
    )
