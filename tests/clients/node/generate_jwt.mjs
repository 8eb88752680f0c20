// A small program that asks for a linking URL, in the manner of Ayrshare's reference: fetch.
// It reads the private key from a file in its folder and everything else from its environment.
import { readFile } from "node:fs/promises";

const { AYRSHARE_BASE_URL, AYRSHARE_API_KEY, AYRSHARE_DOMAIN, AYRSHARE_PROFILE_KEY } = process.env;

const answer = await fetch(`${AYRSHARE_BASE_URL}/profiles/generateJWT`, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    Authorization: `Bearer ${AYRSHARE_API_KEY}`,
    "X-Twitter-OAuth1-Api-Key": "consumer-key",
    "X-Twitter-OAuth1-Api-Secret": "consumer-secret",
  },
  body: JSON.stringify({
    domain: AYRSHARE_DOMAIN,
    privateKey: await readFile("private.key", "utf8"),
    profileKey: AYRSHARE_PROFILE_KEY,
  }),
});
console.log(await answer.text());
