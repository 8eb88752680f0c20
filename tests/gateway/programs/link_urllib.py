"""Asks Ayrshare for a linking URL and opens it, with nothing but Python."""

import json
import os
from urllib.request import Request, urlopen

request = Request(
    "https://api.ayrshare.com/api/profiles/generateJWT",
    json.dumps(
        {
            "domain": os.environ["AYRSHARE_DOMAIN"],
            "privateKey": os.environ["AYRSHARE_PRIVATE_KEY"],
            "profileKey": os.environ["AYRSHARE_PROFILE_KEY"],
        }
    ).encode(),
    headers={
        "Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}",
        "Content-Type": "application/json",
    },
)
answer = json.load(urlopen(request))
print(json.dumps(answer))
print(urlopen(answer["url"]).status)
