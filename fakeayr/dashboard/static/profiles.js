/** Profiles: their keys, their links, their linking pages. */

import { call } from "./api.js";
import { button, el, facts, select, tag, visible, when } from "./dom.js";
import { copy, copyButton, head, split } from "./parts.js";

export const load = (get) => get("GET", "/profiles?limit=1000");

export function view(ctx, { profiles }) {
  const count = profiles.length - 1;
  const items = profiles.map((one) => ({ ...one, id: one.refId }));
  return [
    head("Profiles", el("span.soft", {}, `${count} User Profile${count === 1 ? "" : "s"}`)),
    split(ctx, items, row, (one) => detail(one, ctx), { label: "Profiles", empty: "No profile." }),
    count === 999 && el("p.hint", {}, "No more than 999 are listed. GET /_fakeayr/profiles?name= finds any."),
  ];
}

function row(one) {
  const names = one.links.map((link) => link.platform).join(", ");
  return [
    el("span.method", {}, one.primary ? "★" : ""),
    el("span.what", {}, el("b", {}, visible(one.title))),
    one.suspended ? tag("suspended", "bad", "✗") : tag(`${one.links.length} linked`, one.links.length ? "good" : "quiet"),
    el("span.under", {}, names || "nothing linked"),
  ];
}

function detail(one, ctx) {
  const profile = one.primary ? {} : { profileKey: one.profileKey };
  const linked = new Set(one.links.map((link) => link.platform));
  const choice = select("platform", Object.entries(ctx.facts.networks).filter(([name]) => !linked.has(name)), "", { "aria-label": "Network" });
  choice.selectedIndex = 0;
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, visible(one.title)), one.primary && tag("primary"), one.suspended && tag("suspended", "bad", "✗")),
      facts([
        ["refId", el("code", {}, one.refId)],
        [one.primary ? "Key" : "Profile key", el("span.row-of", {}, el("code", {}, one.primary ? "the API key" : one.profileKey),
          copyButton("Copy", one.profileKey, ctx))],
        ["Created", when(one.created, ctx.now)],
        ...Object.entries(one.webhooks).map(([action, url]) => [`Webhook ${action}`, el("code", {}, visible(url))]),
      ]),
      el("div.row-of", {},
        !one.primary && button("Open the linking page", () => open(one, ctx), "small.main"),
        !one.primary && button("Copy a linking URL", () => ctx.act(async () => copy((await call("POST", "/linking-page", profile)).url, ctx))),
        button(one.suspended ? "End the suspension" : "Suspend", () => ctx.act(() => call("POST", "/events", { type: one.suspended ? "unsuspend" : "suspend", ...profile })), "small.danger"))),
    el("div.panel", {}, el("h3", {}, "Links"),
      el("ul.networks", {}, one.links.map((link) => el("li.chip", {},
        el("span", {}, "✓ ", ctx.facts.networks[link.platform], link.displayName && ` · ${visible(link.displayName)}`,
          link.expires && [" · until ", when(link.expires, ctx.now)]),
        chipButton("unlink", link, () => ctx.act(() => call("DELETE", "/links", { platform: link.platform, ...profile }), "Unlinked.")),
        chipButton("revoke", link, () => ctx.act(() => call("POST", "/events", { type: "revoke", platform: link.platform, ...profile }), "The network has revoked the link."))))),
      one.links.length === 0 && el("p.soft", {}, "Nothing is linked."),
      el("div.row-of", {}, choice, button("Link now", () => ctx.act(() => call("POST", "/links", { platform: choice.value, ...profile }), () => `${ctx.facts.networks[choice.value]} is linked.`), "small", { disabled: choice.options.length === 0 }))),
  ];
}

const chipButton = (word, link, click) =>
  el("button", { type: "button", click, "aria-label": `${word} ${link.platform}`, "data-k": `${word} ${link.platform}` }, word);

/** Opens a profile's linking page; the tab is opened at once, or the browser would block it. */
function open(one, ctx) {
  const tab = window.open("", "_blank");
  return ctx.act(async () => {
    const { url } = await call("POST", "/linking-page", { profileKey: one.profileKey });
    if (tab) {
      tab.opener = null;
      tab.location.replace(url);
    } else ctx.say("The browser has blocked the tab.");
  });
}
