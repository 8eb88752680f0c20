/** Now: what to mend, how far linking has come, the last requests, what is due next. */

import { el, facts, seconds, when } from "./dom.js";
import { adviceCard, copyButton, head } from "./parts.js";
import { findFlow, findLast, rail } from "./rail.js";
import { requestRow } from "./requests.js";
import { envFile, listed } from "./accounts.js";
import { session } from "./api.js";

export async function load(call, ctx) {
  const { refId } = findLast(ctx.journal) || {};
  const [{ advice }, { webhooks }, { posts }, { next }, { profiles }, others] = await Promise.all([
    call("GET", "/advice"), call("GET", "/webhooks?limit=50"), call("GET", "/posts?limit=100"), call("GET", "/clock"),
    refId ? call("GET", `/profiles?name=${refId}`) : { profiles: [] }, ctx.journal.length ? null : call("GET", "/activity"),
  ]);
  return { advice, webhooks, posts, next, profile: profiles[0], others: others?.accounts.filter((one) => one.requests) };
}

export const waits = ({ webhooks, others }) => others || webhooks.some((one) => one.state === "pending");

export function view(ctx, data) {
  if (!ctx.journal.length) return [head("Now"), first(ctx, data.others || [])];
  const flow = findFlow(ctx.journal, data.profile, data.webhooks);
  const [worst, ...more] = data.advice;
  return [
    head("Now"),
    worst ? adviceCard(worst, ctx, { worst: true, requests: worst.requests }) : el("p.panel.calm", {}, "✓ There is nothing to mend."),
    more.length > 0 && el("p", {}, el("a", { href: ctx.link("advice") }, `${more.length} more to mend`)),
    flow && el("section.panel", {}, el("h2", {}, "Linking", flow.title && ` for “${flow.title}”`), rail(flow, ctx)),
    el("div.grid", {},
      el("section.panel", {}, el("h2", {}, "Last requests"),
        el("ul", {}, ctx.journal.slice(-8).reverse().map((entry) =>
          el("li", {}, el("a.item", { href: ctx.link("requests", { id: entry.id }) }, requestRow(entry, ctx)))))),
      el("section.panel", {}, el("h2", {}, "Next due"), due(ctx, data))),
  ];
}

function due(ctx, { webhooks, posts, next }) {
  const things = [
    ...posts.filter((one) => one.due).map((one) => [one.due, "posts", one.id, `post “${(one.post || "").slice(0, 60)}”`]),
    ...webhooks.filter((one) => one.state === "pending").map((one) => [next, "webhooks", one.id, `webhook ${one.action}, attempt ${one.attempts.length + 1}`]),
  ].sort(([a], [b]) => seconds(a) - seconds(b)).slice(0, 6);
  if (!things.length) return el("p.soft", {}, "No scheduled post and no retry waits.");
  return el("ul", {}, things.map(([time, page, id, text]) => el("li", {},
    el("a.item", { href: ctx.link(page, { id }) }, el("span.when", {}, time ? when(time, ctx.now) : "soon"), el("span.what", {}, text)))));
}

/** The three steps to a first link, with this account's values. */
const first = (ctx, others) => [
  others.length > 0 && el("section.panel", {}, el("h2", {}, "Other accounts are used"), listed(others, ctx)),
  el("section.panel", {},
    el("h2", {}, "No request yet. Three steps to a first link"),
    el("ol.steps", {},
      el("li", {}, el("div.stack", {}, "Point your application at this fake.",
        facts([["Base URL", el("code", {}, session.baseUrl)], ["Domain", el("code", {}, session.account.domain)]]),
        el("div.row-of", {}, copyButton("Copy as .env", envFile, ctx), el("a", { href: ctx.link("accounts") }, "Other forms")))),
      el("li", {}, el("div", {}, "Let it call ", el("code", {}, "POST /profiles/generateJWT"),
        ", and open the URL that comes back. What it sends appears here at once.")),
      el("li", {}, el("div", {}, "Link a network on the page. Or do it without your application: open a linking page from ",
        el("a", { href: ctx.link("profiles") }, "Profiles"), ".")))),
];
