/** Now: what to mend, how far linking has come, the last requests, what is due next. */

import { el, facts, visible, when } from "./dom.js";
import { adviceCard, copyButton, head } from "./parts.js";
import { findFlow, rail } from "./rail.js";
import { requestRow } from "./requests.js";
import { envFile } from "./accounts.js";
import { session } from "./api.js";

export async function load(call) {
  const [pieces, listed, hooks, posts, time] = await Promise.all([
    call("GET", "/advice"), call("GET", "/profiles"), call("GET", "/webhooks"),
    call("GET", "/posts?limit=100"), call("GET", "/clock"),
  ]);
  return { pieces: pieces.advice, profiles: listed.profiles, hooks: hooks.webhooks, posts: posts.posts, next: time.next };
}

export const waits = (data) => data.hooks.some((one) => one.state === "pending");

export function view(ctx, { pieces, profiles, hooks, posts, next }) {
  const flow = findFlow(ctx.journal, profiles, hooks);
  const worst = pieces[0];
  if (!ctx.journal.length) return [head("Now"), first(ctx)];
  return [
    head("Now"),
    worst ? adviceCard(worst, ctx, { worst: true, requests: worst.requests })
      : el("p.panel", {}, el("span.calm", {}, el("b", { "aria-hidden": "true" }, "✓"), "There is nothing to mend.")),
    pieces.length > 1 && el("p", {}, el("a", { href: ctx.link("advice") }, `${pieces.length - 1} more to mend`)),
    flow && el("section.panel", { "aria-labelledby": "flow" },
      el("h2", { id: "flow" }, "Linking", flow.title && ` for “${visible(flow.title)}”`), rail(flow, ctx)),
    el("div.grid", {},
      el("section.panel", { "aria-labelledby": "last" }, el("h2", { id: "last" }, "Last requests"),
        el("ul", {}, ctx.journal.slice(-8).reverse().map((entry) =>
          el("li", {}, el("a.item", { href: ctx.link("requests", { id: entry.id }) }, requestRow(entry, ctx)))))),
      el("section.panel", { "aria-labelledby": "due" }, el("h2", { id: "due" }, "Next due"), due(ctx, { hooks, posts, next }))),
  ].filter(Boolean);
}

function due(ctx, { hooks, posts, next }) {
  const things = [
    ...posts.filter((one) => one.due).map((one) => [one.due, "posts", one.id, `post “${visible((one.post || "").slice(0, 60))}”`]),
    ...hooks.filter((one) => one.state === "pending").map((one) => [next, "webhooks", one.id, `webhook ${one.action}, attempt ${one.attempts.length + 1}`]),
  ].sort(([a], [b]) => new Date(a) - new Date(b)).slice(0, 6);
  if (!things.length) return el("p.soft", {}, "No scheduled post and no retry waits.");
  return el("ul", {}, things.map(([time, page, id, text]) => el("li", {},
    el("a.item", { href: ctx.link(page, { id }) }, el("span.when", {}, time ? when(time, ctx.now) : "soon"), el("span.what", {}, text)))));
}

/** The three steps to a first link, with this account's values. */
function first(ctx) {
  const base = session.baseUrl;
  return el("section.panel", {},
    el("h2", {}, "No request yet. Three steps to a first link"),
    el("ol.steps", {},
      el("li", {}, el("div.stack", {}, "Point your application at this fake.",
        facts([["Base URL", el("code", {}, base)], ["Domain", el("code", {}, session.account.domain)]]),
        el("div.row-of", {}, copyButton("Copy as .env", () => envFile(session), ctx),
          el("a", { href: ctx.link("accounts") }, "Other forms")))),
      el("li", {}, el("div", {}, "Let it call ", el("code", {}, "POST /profiles/generateJWT"),
        ", and open the URL that comes back. What it sends appears here at once.")),
      el("li", {}, el("div", {}, "Link a network on the page. Or do it without your application: open a linking page from ",
        el("a", { href: ctx.link("profiles") }, "Profiles"), "."))));
}

