// What the walks of all TypeScript clients share: where they go, and what they tell.
declare const process: { env: Record<string, string>; stdout: { write(text: string): void } };

export const { BASE_URL, API_KEY, DOMAIN, PRIVATE_KEY } = process.env as Record<
  "BASE_URL" | "API_KEY" | "DOMAIN" | "PRIVATE_KEY",
  string
>;

/** A person links Facebook; only the fake has this call. */
export async function linkFacebook(profileKey: string): Promise<void> {
  const linked = await fetch(`${BASE_URL}/_fakeayr/links`, {
    method: "POST",
    headers: { Authorization: `Bearer ${API_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify({ platform: "facebook", profileKey }),
  });
  if (!linked.ok) throw new Error(await linked.text());
}

export interface Told {
  token: string;
  url: string;
  sessionUrl: string;
  linked: string[] | undefined;
  hasMore: boolean;
  listed: string[];
  unlinked: string;
  taken: number | undefined;
}

export function tell(told: Told): void {
  process.stdout.write(JSON.stringify(told));
}
