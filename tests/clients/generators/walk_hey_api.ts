import * as api from "./client";
import { client } from "./client/client.gen";
import { API_KEY, BASE_URL, DOMAIN, PRIVATE_KEY, linkFacebook, tell } from "./walk";

client.setConfig({ baseUrl: BASE_URL, auth: API_KEY });

async function main(): Promise<void> {
  const { data: created } = await api.createProfile({
    body: { title: "Mia's Bakery", tags: ["bakery"] },
    throwOnError: true,
  });
  const taken = await api.createProfile({ body: { title: "Mia's Bakery" } });
  const { profileKey, refId } = created;
  const headers = { "Profile-Key": profileKey };
  const { data: made } = await api.generateJwt({
    body: { domain: DOMAIN, privateKey: PRIVATE_KEY, profileKey, allowedSocial: ["facebook"] },
    throwOnError: true,
  });
  if (made.status === "error") throw new Error(made.message);
  const { data: session } = await api.createLinkSession({
    headers,
    body: { mode: "grid" },
    throwOnError: true,
  });
  if (session.status === "error") throw new Error(session.message);
  await api.revokeLinkSession({
    headers,
    path: { sessionId: session.sessionId },
    throwOnError: true,
  });
  await linkFacebook(profileKey);
  const { data: user } = await api.getUser({ headers, throwOnError: true });
  const { data: list } = await api.getProfiles({ query: { refId, limit: 5 }, throwOnError: true });
  const { data: unlinked } = await api.unlinkSocial({
    headers,
    body: { platform: "facebook" },
    throwOnError: true,
  });
  await api.deleteProfile({ headers, body: {}, throwOnError: true });
  tell({
    token: made.token,
    url: made.url,
    sessionUrl: session.url,
    linked: user.activeSocialAccounts,
    hasMore: list.pagination.hasMore,
    listed: list.profiles.map((profile) => profile.title),
    unlinked: unlinked.platform,
    taken: taken.error?.code,
  });
}

void main();
