// Asks Ayrshare for a linking URL and opens it, with fetch.
const response = await fetch("https://api.ayrshare.com/api/profiles/generateJWT", {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.AYRSHARE_API_KEY}`,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    domain: process.env.AYRSHARE_DOMAIN,
    privateKey: process.env.AYRSHARE_PRIVATE_KEY,
    profileKey: process.env.AYRSHARE_PROFILE_KEY,
  }),
});
const answer = await response.json();
console.log(JSON.stringify(answer));
console.log((await fetch(answer.url)).status);
