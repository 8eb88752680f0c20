/** Accounts: which are used, credentials to copy, plan and settings. */

import { session } from "./api.js";
import { el, facts, field, select, when } from "./dom.js";
import { actionForm, copyButton, head } from "./parts.js";
import { command } from "./terminal.js";

export async function load(call) {
  const [account, { accounts }] = await Promise.all([call("GET", "/accounts"), call("GET", "/activity")]);
  return { account, accounts };
}
/** Other accounts are used without this one's hearing of it. */
export const waits = ({ accounts }) => accounts.length > 1;

function values({ account, baseUrl }) {
  return {
    AYRSHARE_BASE_URL: baseUrl,
    AYRSHARE_API_KEY: account.apiKey,
    AYRSHARE_DOMAIN: account.domain,
    AYRSHARE_PRIVATE_KEY: account.privateKey,
  };
}

/** A `.env`: the key is in base64, for `base64: true`, since every parser takes one line. */
export function envFile() {
  const { AYRSHARE_PRIVATE_KEY: key, ...others } = values(session);
  return Object.entries({ ...others, AYRSHARE_PRIVATE_KEY_BASE64: btoa(key) }).map(([name, value]) => `${name}=${value}\n`).join("");
}

const shell = () => Object.entries(values(session)).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join("");

/** Accounts as links: those that were used last come first. */
export const listed = (accounts, ctx) => el("ul", {}, accounts.map((one) => el("li", {}, el("a.item", {
  href: ctx.link(ctx.page, { account: one.refId }), "aria-current": one.refId === session.account.refId ? "true" : null,
},
el("span.when", {}, one.lastCall ? when(one.lastCall, ctx.now - ctx.offset) : "not used"),
el("b.what", {}, one.domain), el("span.soft", {}, one.plan),
el("span.under", {}, ["requests", "posts", "webhooks"].map((name) => `${name} ${one[name]}`).join(" · "))))));

export function view(ctx, { account, accounts }, call) {
  const change = (changes) => ctx.act(() => call("PATCH", "/accounts", changes), "Changed.");
  const choice = (name, options) => select(name, options, account[name], { change: ({ target }) => change({ [name]: target.value }) });
  return [
    head("Accounts"),
    el("div.grid", {}, el("div.column", {},
      el("section.panel", {}, el("h2", {}, "Credentials"),
        facts([
          ["Base URL", el("code", {}, session.baseUrl)],
          ["Domain", el("code", {}, account.domain)],
          ["API key", el("code", {}, session.account.apiKey)],
          ["Private key", `RSA, ${account.keyBits} bits; it is only copied, not shown`],
          ["refId", el("code", {}, account.refId)],
        ]),
        el("div.row-of", {},
          copyButton("Copy as .env", envFile, ctx, "small.main"), copyButton("for a shell", shell, ctx),
          copyButton("as JSON", () => JSON.stringify(values(session), null, 2), ctx),
          copyButton("the private key", session.account.privateKey, ctx), copyButton("the API key", session.account.apiKey, ctx)),
        el("p.hint", {}, "The .env has the key in base64, for generateJWT with base64: true. Everything else needs its line ends, as the shell and JSON forms keep them.")),
      el("section.panel", {}, el("h2", {}, "All accounts"), listed(accounts, ctx)),
      el("section.panel", {}, el("h2", {}, "A new account"),
        el("p.soft", {}, "Isolated from all others: own keys, profiles, journal and clock."),
        actionForm(ctx, "Open an account", field("Plan", select("plan", ctx.facts.plans, "business")), (body) => ({
          method: "POST", path: "/accounts", body, command: command("account", "new", "--plan", body.plan),
          done: (opened) => { ctx.show(opened.refId); return "The account is open."; },
        })))),
    el("section.panel", {}, el("h2", {}, "Plan"),
      el("div.fields", {}, field("Plan", choice("plan", ctx.facts.plans)), field("Age", choice("age", ctx.facts.ages)), check("Max Pack", account.maxPack, (on) => change({ maxPack: on }))),
      el("h2", {}, "Settings"),
      el("div.grid.narrow", {}, Object.entries(account.settings).map(([name, value]) => setting(name, value, change))))),
  ];
}

const check = (label, on, change) =>
  el("label.check", {}, el("input", { type: "checkbox", checked: on, change: ({ target }) => change(target.checked), "data-k": label }), label);

function setting(name, value, change) {
  const set = (changed) => change({ settings: { [name]: changed } });
  if (typeof value === "boolean") return check(name, value, set);
  return field(name, el("input", {
    name, value: typeof value === "string" ? value : JSON.stringify(value), change: ({ target }) => set(parse(target.value)),
  }));
}

/** A number, a list or null as JSON has it; everything else is a text. */
function parse(text) {
  try {
    return JSON.parse(text || "null");
  } catch {
    return text;
  }
}
