"""Asks Ayrshare for a linking URL and opens it, with httpx."""

import asyncio
import json
import os

import httpx


async def link() -> None:
    headers = {"Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}"}
    body = {
        "domain": os.environ["AYRSHARE_DOMAIN"],
        "privateKey": os.environ["AYRSHARE_PRIVATE_KEY"],
        "profileKey": os.environ["AYRSHARE_PROFILE_KEY"],
    }
    url = "https://api.ayrshare.com/api/profiles/generateJWT"
    async with httpx.AsyncClient(follow_redirects=True) as client:
        answer = (await client.post(url, json=body, headers=headers)).json()
        print(json.dumps(answer))
        print((await client.get(answer["url"])).status_code)


asyncio.run(link())
