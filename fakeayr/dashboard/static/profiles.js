/** Profiles: their keys, their links, their linking pages. */

import { call } from "./api.js";
import { el, facts, select, tag, when } from "./dom.js";
import { actionButton, actionForm, actions, copy, copyButton, head, split, terminal } from "./parts.js";
import { command, named } from "./terminal.js";

export const load = (get) => get("GET", "/profiles?limit=1000");

export function view(ctx, { profiles }) {
  const count = profiles.length - 1;
  return [
    head("Profiles", el("span.soft", {}, `${count} User Profile${count === 1 ? "" : "s"}`)),
    split(ctx, profiles.map((one) => ({ ...one, id: one.refId })), row, (one) => detail(one, ctx), { label: "Profiles", empty: "No profile." }),
    count === 999 && el("p.hint", {}, "No more than 999 are listed. GET /_fakeayr/profiles?name= finds any."),
  ];
}

const row = (one) => [
  el("span.method", {}, one.primary ? "★" : ""),
  el("b.what", {}, one.title),
  one.suspended ? tag("suspended", "bad", "✗") : tag(`${one.links.length} linked`, one.links.length ? "good" : "quiet"),
  el("span.under", {}, one.links.map((link) => link.platform).join(", ") || "nothing linked"),
];

function detail(one, ctx) {
  const profile = one.primary ? {} : { profileKey: one.profileKey };
  const linked = new Set(one.links.map((link) => link.platform));
  const free = Object.entries(ctx.facts.networks).filter(([name]) => !linked.has(name));
  const page = { method: "POST", path: "/linking-page", body: profile };
  const end = (label, done, method, path, { platform }, type) => ({
    label, done, method, path, kind: "plain", body: { type, platform, ...profile },
    command: type !== "near-expiry" && command(label, platform, ...named(one)),
    more: { "aria-label": `${label} ${platform}`, "data-k": `${label} ${platform}` },
  });
  const ends = one.links.map((link) => [link, [
    end("unlink", "Unlinked.", "DELETE", "/links", link),
    end("revoke", "The network has revoked the link.", "POST", "/events", link, "revoke"),
    !link.expires && end("let expire", "The link ends in 15 days.", "POST", "/events", link, "near-expiry"),
  ].filter(Boolean)]);
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, one.title), one.primary && tag("primary"), one.suspended && tag("suspended", "bad", "✗")),
      facts([
        ["refId", el("code", {}, one.refId)],
        [one.primary ? "Key" : "Profile key", el("span.row-of", {}, el("code", {}, one.primary ? "the API key" : one.profileKey),
          copyButton("Copy", one.profileKey, ctx, "small", { "aria-label": "Copy the key" }))],
        ["Created", when(one.created, ctx.now)],
        ...Object.entries(one.webhooks).map(([action, url]) => [`Webhook ${action}`, el("code", {}, url)]),
      ]),
      actions(ctx, [
        !one.primary && { ...page, label: "Open the linking page", kind: "small.main", click: () => open(ctx, page) },
        !one.primary && { label: "Copy a linking URL", click: () => ctx.act(async () => copy((await call("POST", page.path, profile)).url, ctx)) },
        { label: one.suspended ? "End the suspension" : "Suspend", kind: "small.danger", method: "POST", path: "/events", body: { type: one.suspended ? "unsuspend" : "suspend", ...profile } },
      ].filter(Boolean))),
    el("div.panel", {}, el("h3", {}, "Links"),
      ends.length ? el("ul.networks", {}, ends.map(([link, list]) => el("li.chip", {},
        el("span", {}, "✓ ", ctx.facts.networks[link.platform], link.displayName && ` · ${link.displayName}`,
          link.expires && [" · until ", when(link.expires, ctx.now)]),
        list.map((action) => actionButton(ctx, action))))) : el("p.soft", {}, "Nothing is linked."),
      ends.length > 0 && terminal(ctx, ends.flatMap(([, list]) => list)),
      free.length > 0 && actionForm(ctx, "Link now", select("platform", free, "", { "aria-label": "Network" }), ({ platform }) => ({
        method: "POST", path: "/links", body: { platform, ...profile }, command: command("link", platform, ...named(one)),
        done: `${ctx.facts.networks[platform]} is linked.`,
      }))),
  ];
}

/** Opens a profile's linking page; the tab is opened at once, or the browser would block it. */
function open(ctx, page) {
  const tab = window.open("", "_blank");
  return ctx.act(async () => {
    const { url } = await call(page.method, page.path, page.body);
    if (!tab) return ctx.say("The browser has blocked the tab.");
    tab.opener = null;
    return tab.location.replace(url);
  });
}
