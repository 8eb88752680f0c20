/** Requests: what came, what was answered, and what to mend about it. */

import { button, el, field, json, select, status, tag, visible, when } from "./dom.js";
import { adviceCard, copyButton, head, split } from "./parts.js";

const HIDDEN = "[redacted]";

export function requestRow(entry, ctx) {
  const pieces = entry.advice || [];
  return [
    el("span.method", {}, entry.method),
    el("span.what", {}, el("b", {}, visible(entry.path.replace(/^\/api(?=\/)/, "")))),
    status(entry.status),
    el("span.under", {}, when(entry.time, ctx.now), " · #", String(entry.id),
      entry.refId && ctx.title(entry.refId) && ` · ${visible(ctx.title(entry.refId))}`,
      entry.fault && " · hit by a fault",
      pieces.map((piece) => [" · ", el("span.warn", {}, `! ${piece.name}`)])),
  ];
}

export function view(ctx, _, call) {
  const { q = "", method = "", status: wanted = "", profile = "", advice = "" } = ctx.params;
  const found = ctx.journal.filter((entry) =>
    (!method || entry.method === method)
    && (!wanted || String(entry.status)[0] === wanted)
    && (!profile || entry.refId === profile)
    && (!advice || entry.advice?.length)
    && (!q || JSON.stringify(entry).toLowerCase().includes(q.toLowerCase()))).reverse();
  const titles = [...new Set(ctx.journal.map((entry) => entry.refId).filter(Boolean))].map((id) => [id, ctx.title(id) || id]);
  const change = ({ target }) => ctx.filter({ [target.name]: target.type === "checkbox" ? (target.checked ? "1" : "") : target.value });
  return [
    head("Requests", button("Clear", () => ctx.act(async () => {
      await call("DELETE", "/requests");
      ctx.journal = [];
    }, "The journal is empty."))),
    el("form.fields", { role: "search", submit: (event) => event.preventDefault(), input: change },
      el("label.field.search", {}, "Text", el("input", { type: "search", name: "q", value: q, placeholder: "path, field, message" })),
      field("Method", select("method", [["", "any"], "GET", "POST", "PATCH", "PUT", "DELETE"], method)),
      field("Status", select("status", [["", "any"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"], ["0", "none"]], wanted)),
      field("Profile", select("profile", [["", "any"], ...titles], profile)),
      el("label.check", {}, el("input", { type: "checkbox", name: "advice", checked: Boolean(advice) }), "With advice")),
    split(ctx, found, (entry) => requestRow(entry, ctx), (entry) => detail(entry, ctx, call), {
      label: "Requests, the latest first",
      empty: ctx.journal.length ? "No request fits the filter." : "No request has come yet. Calls of the API and the linking page appear here at once.",
    }),
  ];
}

function detail(entry, ctx, call) {
  const api = entry.path.startsWith("/api/");
  const caused = ctx.journal.filter((one) => one.cause === entry.id);
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, el("span.method", {}, entry.method), " ", visible(entry.path)), status(entry.status)),
      el("p.meta", {}, el("span", {}, `#${entry.id}`), when(entry.time, ctx.now),
        entry.refId && el("a", { href: ctx.link("profiles", { id: entry.refId }) }, visible(ctx.title(entry.refId) || entry.refId)),
        entry.fault && tag(`fault ${entry.fault}`, "warn")),
      el("div.row-of", {},
        copyButton("Copy as curl", () => curl(entry), ctx),
        api && button("Fail this call next time", () => ctx.act(() => call("POST", "/faults", {
          kind: "error", method: entry.method, path: entry.path.slice("/api".length), times: 1,
        }), "The next such call fails once with 500."))),
      entry.cause && el("p", {}, "The URL was made by ", el("a", { href: ctx.link("requests", { id: entry.cause }) }, `#${entry.cause}`), "."),
      caused.length > 0 && el("p", {}, "Its URL was refused in ", caused.slice(-5).map((one, index) => [index ? ", " : "", el("a", { href: ctx.link("requests", { id: one.id }) }, `#${one.id}`)]), ".")),
    (entry.advice || []).map((piece) => adviceCard(piece, ctx)),
    el("div.panel", {}, el("div.halves", {},
      el("div", {}, el("h3", {}, "Request"),
        entry.shortened && el("p.hint", {}, "It was too large to be kept."),
        Object.keys(entry.query || {}).length > 0 && [el("p.hint", {}, "Query"), json(entry.query)],
        entry.body != null ? [el("p.hint", {}, "Body"), json(entry.body)] : el("p.hint", {}, "No body.")),
      el("div", {}, el("h3", {}, "Response"),
        entry.answer != null ? json(entry.answer) : el("p.hint", {}, "No JSON.")))),
  ];
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The request as a curl command; secrets are variables, as `fakeayr serve` prints them. */
export function curl(entry) {
  const query = new URLSearchParams(entry.query || {}).toString();
  const place = entry.path.startsWith("/api/") ? entry.path.slice("/api".length) : `/..${entry.path}`;
  const lines = [`curl -X ${entry.method} "$AYRSHARE_BASE_URL"${quote(place + (query && `?${query}`))}`,
    '-H "Authorization: Bearer $AYRSHARE_API_KEY"'];
  const body = entry.body;
  if (entry.refId && !body?.profileKey && !/^\/api\/profiles/.test(entry.path)) lines.push('-H "Profile-Key: $AYRSHARE_PROFILE_KEY"');
  if (body && "privateKey" in body) { // A form: no JSON could hold the line ends of a variable.
    for (const [name, value] of flat(body)) lines.push(`--data-urlencode ${variable(name, value)}`);
  } else if (body != null) {
    const text = quote(JSON.stringify(body));
    lines.push(`--json ${text.replaceAll(`"profileKey":"${HIDDEN}"`, `"profileKey":"'"$AYRSHARE_PROFILE_KEY"'"`)}`);
  }
  return lines.join(" \\\n  ");
}

function variable(name, value) {
  const known = { privateKey: "AYRSHARE_PRIVATE_KEY", profileKey: "AYRSHARE_PROFILE_KEY", apiKey: "AYRSHARE_API_KEY" }[name];
  return known ? `"${name}=$${known}"` : quote(`${name}=${value}`);
}

function flat(value, name = "") {
  if (value === null || typeof value !== "object") return [[name, value]];
  return Object.entries(value).flatMap(([key, one]) => flat(one, name ? `${name}[${key}]` : key));
}
