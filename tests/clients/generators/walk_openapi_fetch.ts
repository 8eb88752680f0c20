import createClient from "openapi-fetch";
import type { paths } from "./client";
import { API_KEY, BASE_URL, DOMAIN, PRIVATE_KEY, linkFacebook, tell } from "./walk";

const client = createClient<paths>({
  baseUrl: BASE_URL,
  headers: { Authorization: `Bearer ${API_KEY}` },
});

/** The data of a successful answer. */
function data<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

async function main(): Promise<void> {
  const { profileKey, refId } = data(
    await client.POST("/api/profiles", { body: { title: "Mia's Bakery", tags: ["bakery"] } }),
  );
  const taken = await client.POST("/api/profiles", { body: { title: "Mia's Bakery" } });
  const header = { "Profile-Key": profileKey };
  const made = data(
    await client.POST("/api/profiles/generateJWT", {
      body: { domain: DOMAIN, privateKey: PRIVATE_KEY, profileKey, allowedSocial: ["facebook"] },
    }),
  );
  if (made.status === "error") throw new Error(made.message);
  const session = data(
    await client.POST("/api/profiles/link-sessions", { params: { header }, body: { mode: "grid" } }),
  );
  if (session.status === "error") throw new Error(session.message);
  data(
    await client.DELETE("/api/profiles/link-sessions/{sessionId}", {
      params: { header, path: { sessionId: session.sessionId } },
    }),
  );
  await linkFacebook(profileKey);
  const user = data(await client.GET("/api/user", { params: { header } }));
  const list = data(await client.GET("/api/profiles", { params: { query: { refId, limit: 5 } } }));
  const unlinked = data(
    await client.DELETE("/api/profiles/social", {
      params: { header },
      body: { platform: "facebook" },
    }),
  );
  data(await client.DELETE("/api/profiles", { params: { header }, body: {} }));
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
