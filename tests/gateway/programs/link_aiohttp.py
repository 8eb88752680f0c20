"""Asks Ayrshare for a linking URL and opens it, with aiohttp, told to look at proxies."""

import asyncio
import json
import os

import aiohttp


async def link() -> None:
    headers = {"Authorization": f"Bearer {os.environ['AYRSHARE_API_KEY']}"}
    body = {
        "domain": os.environ["AYRSHARE_DOMAIN"],
        "privateKey": os.environ["AYRSHARE_PRIVATE_KEY"],
        "profileKey": os.environ["AYRSHARE_PROFILE_KEY"],
    }
    url = "https://api.ayrshare.com/api/profiles/generateJWT"
    async with aiohttp.ClientSession(trust_env=True) as session:
        async with session.post(url, json=body, headers=headers) as answered:
            answer = await answered.json()
            print(json.dumps(answer))
        async with session.get(answer["url"]) as page:
            print(page.status)


asyncio.run(link())
