/** The linking rail: how far the latest flow has come, from the journal, the links, the webhooks. */

import { el, seconds, when } from "./dom.js";

const MAKING = /^\/api\/profiles\/(generateJWT|link-sessions)$/;
const isPage = (entry) => ["/", "/social-accounts"].includes(entry.path)
  && ("jwt" in (entry.query || {}) || "session" in (entry.query || {}));
const isConsent = (entry) => /^\/_page\/(link|consent)\//.test(entry.path);
const SIGNS = { ok: "✓", bad: "✗", now: "…", open: "·" };
const WORDS = { ok: "done", bad: "failed", now: "under way", open: "not yet" };

/** The last entry that belongs to a linking flow. */
export const findLast = (journal) => journal.findLast((entry) =>
  (entry.method === "POST" && MAKING.test(entry.path)) || isPage(entry) || isConsent(entry));

/**
 * Finds the latest flow.
 * @param {Array} journal Its entries, oldest first.
 * @param {object} known The profile that it is probably about, with its links.
 * @param {Array} deliveries Webhooks with their attempts, oldest first.
 * @returns {object|null} The profile's `title` and seven `stations`; `null` if there was none.
 */
export function findFlow(journal, known, deliveries) {
  const last = findLast(journal);
  if (!last) return null;
  const refId = last.refId;
  const made = journal.findLast((entry) => entry.method === "POST" && MAKING.test(entry.path)
    && entry.id <= last.id && (last.cause ? entry.id === last.cause : !refId || entry.refId === refId));
  const since = made ? made.id : last.id - 1;
  const later = journal.filter((entry) => entry.id > since && (entry.refId === refId || entry.cause === made?.id || entry.id === last.id));
  const page = later.find(isPage);
  const opened = later.findLast((entry) => isPage(entry) && entry.status < 400);
  const asked = later.find(isConsent);
  const answered = later.findLast((entry) => entry.method === "POST" && /^\/_page\/consent\//.test(entry.path));
  const profile = known?.refId === refId ? known : null;
  const began = opened?.time ?? made?.time ?? last.time;
  const link = profile?.links.find((one) => seconds(one.created) >= began - 1);
  const hook = deliveries.findLast((one) => one.refId === refId && one.action === "social" && one.time >= began - 1);

  const code = made?.answer?.code;
  const error = made && made.status !== 200 ? `answered ${made.status}${code ? `, code ${code}` : ""}` : "";
  const keyFails = made && (made.status === 401 || code === 102);
  const profileFails = made && [144, 276].includes(code);
  const stations = [
    station("API key", !made ? (page ? "ok" : "open") : keyFails ? "bad" : "ok", made, keyFails && error),
    station("Profile", keyFails ? "open" : profileFails ? "bad" : refId || code === 189 ? "ok" : "open", null,
      profileFails ? error : profile?.title),
    station("URL made", !made ? (page ? "ok" : "open") : made.status === 200 ? "ok" : keyFails || profileFails ? "open" : "bad",
      made?.status === 200 ? made : null, !keyFails && !profileFails && error),
    station("Page opened", opened ? "ok" : page ? "bad" : "open", opened || page, !opened && page && `answered ${page.status}`),
    station("Consent", answered || link ? "ok" : asked ? "now" : "open", answered || asked),
    station("Linked", link ? "ok" : answered ? "bad" : "open", link && { time: link.created },
      link ? link.platform : answered && "not linked"),
    station("Webhook", !hook ? "open" : { delivered: "ok", failed: "bad", pending: "now" }[hook.state] || "open", hook,
      hook ? hook.state : link && "none registered"),
  ];
  return { title: profile?.title, stations };
}

const station = (name, state, entry, words) => ({ name, state, time: entry?.time, id: entry?.path ? entry.id : null, words: words || "" });

export function rail(flow, ctx) {
  return el("ol.rail", { "aria-label": "Linking, step by step" }, flow.stations.map((one) =>
    el("li.station", { "data-state": one.state },
      el("span.ball", { "aria-hidden": "true" }, SIGNS[one.state]),
      el("b", {}, one.name, el("span.unseen", {}, `: ${WORDS[one.state]}`)),
      el("span.hint", {},
        one.words, one.words && one.time && " · ",
        one.time && (one.id ? el("a", { href: ctx.link("requests", { id: one.id }) }, when(one.time, ctx.now)) : when(one.time, ctx.now))))));
}
