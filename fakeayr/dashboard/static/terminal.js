/** What does the same in a terminal: fakeayr's commands, and calls with curl. */

const HIDDEN = "[redacted]";
const VARIABLES = { privateKey: "AYRSHARE_PRIVATE_KEY", profileKey: "AYRSHARE_PROFILE_KEY", apiKey: "AYRSHARE_API_KEY" };

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command of fakeayr; words that are missing are left out. It names a fake on an unusual port. */
export const command = (...words) =>
  ["fakeayr", ...words, ...(location.port === "8189" ? [] : ["--url", location.origin])]
    .filter((word) => word != null && word !== "").map(String)
    .map((word) => (/^[\w.,:/@%+-]+$/.test(word) ? word : quote(word))).join(" ");

/** The options that name a profile; titles that one cannot type are not used. */
export const named = (profile) =>
  (profile.primary ? [] : ["--profile", /^[^\p{C}\p{Zl}\p{Zp}\u00a0]+$/u.test(profile.title) ? profile.title : profile.refId]);

/** A request as a curl command; secrets are variables, as `fakeayr serve` prints them. */
export function curl({ method, path, query, body, refId }) {
  const search = new URLSearchParams(query || {}).toString();
  const place = path.startsWith("/api/") ? path.slice("/api".length) : `/..${path}`;
  const lines = [`curl -X ${method} "$AYRSHARE_BASE_URL"${quote(place + (search && `?${search}`))}`,
    '-H "Authorization: Bearer $AYRSHARE_API_KEY"'];
  if (refId && !body?.profileKey && !/^\/api\/profiles/.test(path)) lines.push('-H "Profile-Key: $AYRSHARE_PROFILE_KEY"');
  if (body && "privateKey" in body) { // A form: no JSON could hold the line ends of a variable.
    for (const [name, value] of flat(body)) lines.push(`--data-urlencode ${VARIABLES[name] ? `"${name}=$${VARIABLES[name]}"` : quote(`${name}=${value}`)}`);
  } else if (body != null) {
    const text = quote(JSON.stringify(body, (name, value) => (name === "profileKey" ? HIDDEN : value)));
    lines.push(`--json ${text.replaceAll(`"profileKey":"${HIDDEN}"`, `"profileKey":"'"$AYRSHARE_PROFILE_KEY"'"`)}`);
  }
  return lines.join(" \\\n  ");
}

function flat(value, name = "") {
  if (value === null || typeof value !== "object") return [[name, value]];
  return Object.entries(value).flatMap(([key, one]) => flat(one, name ? `${name}[${key}]` : key));
}
