// Asks Ayrshare for a linking URL and opens it, with Node's https, as axios and got do.
"use strict";
const https = require("https");

function call(url, options, body) {
  return new Promise((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      let text = "";
      response.on("data", (chunk) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode, text }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

async function link() {
  const body = JSON.stringify({
    domain: process.env.AYRSHARE_DOMAIN,
    privateKey: process.env.AYRSHARE_PRIVATE_KEY,
    profileKey: process.env.AYRSHARE_PROFILE_KEY,
  });
  const headers = {
    Authorization: `Bearer ${process.env.AYRSHARE_API_KEY}`,
    "Content-Type": "application/json",
  };
  const url = "https://api.ayrshare.com/api/profiles/generateJWT";
  const { text } = await call(url, { method: "POST", headers }, body);
  console.log(text);
  console.log((await call(JSON.parse(text).url, { agent: new https.Agent({ keepAlive: true }) })).status);
}

link();
