import * as api from "./client";
import { API_KEY, DOMAIN, PRIVATE_KEY, linkFacebook, tell } from "./walk";

/** What every call carries, and the profile's key if it is for one. */
function headers(profileKey?: string): RequestInit {
  const authorized: Record<string, string> = { Authorization: `Bearer ${API_KEY}` };
  return {
    headers: profileKey === undefined ? authorized : { ...authorized, "Profile-Key": profileKey },
  };
}

/** The data of an answer with status 200. */
function data<T>(answer: { status: 200; data: T } | { status: number; data: unknown }): T {
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.data));
  return answer.data as T;
}

async function main(): Promise<void> {
  const created = await api.createProfile({ title: "Mia's Bakery", tags: ["bakery"] }, headers());
  if (created.status !== 200) throw new Error(created.data.message);
  const taken = await api.createProfile({ title: "Mia's Bakery" }, headers());
  const { profileKey, refId } = created.data;
  const made = await api.generateJWT(
    { domain: DOMAIN, privateKey: PRIVATE_KEY, profileKey, allowedSocial: ["facebook"] },
    headers(),
  );
  if (made.status !== 200 || made.data.status === "error") throw new Error("no linking URL");
  const session = await api.createLinkSession({ mode: "grid" }, headers(profileKey));
  if (session.status !== 200 || session.data.status === "error") throw new Error("no session");
  data(await api.revokeLinkSession(session.data.sessionId, headers(profileKey)));
  await linkFacebook(profileKey);
  const user = await api.getUser(undefined, headers(profileKey));
  if (user.status !== 200) throw new Error(user.data.message);
  const list = await api.getProfiles({ refId, limit: 5 }, headers());
  if (list.status !== 200) throw new Error(list.data.message);
  const unlinked = await api.unlinkSocial({ platform: "facebook" }, headers(profileKey));
  if (unlinked.status !== 200) throw new Error(unlinked.data.message);
  data(await api.deleteProfile({}, headers(profileKey)));
  tell({
    token: made.data.token,
    url: made.data.url,
    sessionUrl: session.data.url,
    linked: user.data.activeSocialAccounts,
    hasMore: list.data.pagination.hasMore,
    listed: list.data.profiles.map((profile) => profile.title),
    unlinked: unlinked.data.platform,
    taken: taken.status === 200 ? undefined : taken.data.code,
  });
}

void main();
