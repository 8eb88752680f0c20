// An application's day with Ayrshare, with its own package: link, upload, post, schedule, approve,
// read, delete. It prints a linking URL and reads a line once the customer has linked accounts; it
// prints `scheduled` and reads a line once a day has passed; then it prints what has become of its
// posts, as JSON.
import { createInterface } from "node:readline";
import SocialMediaAPI from "social-media-api";

const networks = ["bluesky", "facebook", "linkedin", "telegram"];
const image =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQ" +
  "AAAABJRU5ErkJggg==";
const { AYRSHARE_API_KEY, AYRSHARE_DOMAIN, AYRSHARE_PRIVATE_KEY } = process.env;

const social = new SocialMediaAPI(AYRSHARE_API_KEY);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function post(text, fields) {
  const answer = await social.post({ post: text, platforms: networks, ...fields });
  return answer.posts[0];
}

function inHours(hours) {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

const { profileKey } = await social.createProfile({ title: "Mia's Bakery" });
const linking = await social.generateJWT({
  domain: AYRSHARE_DOMAIN,
  privateKey: AYRSHARE_PRIVATE_KEY,
  profileKey,
});
console.log(linking.url);
await lines.next();

social.setProfileKey(profileKey);
const { url } = await social.upload({ file: image, fileName: "bread.png" });
const now = await post("Fresh bread!", { mediaUrls: [url] });
const later = [
  await post("Warm rolls at noon", { scheduleDate: inHours(1) }),
  await post("Cake at four", { scheduleDate: inHours(2) }),
  await post("Half price at six", { scheduleDate: inHours(3), requiresApproval: true }),
];
const approved = await social.updatePost({ id: later[2].id, approved: true });
console.log("scheduled");
await lines.next();

const { history } = await social.history();
const deleted = await social.delete({ id: now.id });
const { activeSocialAccounts: linked } = await social.user();
console.log(
  JSON.stringify({
    linked,
    published: now.postIds.map((one) => one.platform),
    refused: Object.fromEntries(now.errors.map((error) => [error.platform, error.code])),
    taken: later.map((one) => one.status),
    approved: approved.status,
    history: history.map((row) => [row.post, row.status]),
    deleted: networks.filter((name) => name in deleted),
  }),
);
process.exit();
