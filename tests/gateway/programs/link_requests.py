"""Asks Ayrshare for a linking URL and opens it, with requests."""

import json
import os

import requests

answer = requests.post(
    "https://api.ayrshare.com/api/profiles/generateJWT",
    json={
        "domain": os.environ["AYRSHARE_DOMAIN"],
        "privateKey": os.environ["AYRSHARE_PRIVATE_KEY"],
        "profileKey": os.environ["AYRSHARE_PROFILE_KEY"],
    },
    headers={"Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}"},
).json()
print(json.dumps(answer))
print(requests.get(answer["url"]).status_code)
