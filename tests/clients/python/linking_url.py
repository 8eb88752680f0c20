"""A small program that asks for a linking URL, in the manner of Ayrshare's reference: requests.

It reads the private key from a file in its folder and everything else from its environment.
"""

import os
from pathlib import Path

import requests

answer = requests.post(
    f"{os.environ['AYRSHARE_BASE_URL']}/profiles/generateJWT",
    headers={
        "Content-Type": "application/json",
        "Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}",
        "X-Twitter-OAuth1-Api-Key": "consumer-key",
        "X-Twitter-OAuth1-Api-Secret": "consumer-secret",
    },
    json={
        "domain": os.environ["AYRSHARE_DOMAIN"],
        "privateKey": Path("private.key").read_text(encoding="utf-8"),
        "profileKey": os.environ["AYRSHARE_PROFILE_KEY"],
    },
    timeout=30,
)
print(answer.text)
