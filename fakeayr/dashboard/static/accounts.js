/** Accounts: credentials to copy, plan and settings. */

import { session } from "./api.js";
import { el, facts, field, select } from "./dom.js";
import { copyButton, head } from "./parts.js";

export const load = async (call) => ({ account: await call("GET", "/accounts") });
/** A form that is being filled in does not change. */
export const follows = false;

function values({ account, baseUrl }) {
  return {
    AYRSHARE_BASE_URL: baseUrl,
    AYRSHARE_API_KEY: account.apiKey,
    AYRSHARE_DOMAIN: account.domain,
    AYRSHARE_PRIVATE_KEY: account.privateKey,
  };
}

/** A `.env`: the key is in base64, for `base64: true`, since every parser takes one line. */
export function envFile(known) {
  const { AYRSHARE_PRIVATE_KEY: key, ...others } = values(known);
  return Object.entries({ ...others, AYRSHARE_PRIVATE_KEY_BASE64: btoa(key) }).map(([name, value]) => `${name}=${value}\n`).join("");
}

const shell = (known) => Object.entries(values(known)).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`).join("");
const asJson = (known) => JSON.stringify(values(known), null, 2);

export function view(ctx, { account }, call) {
  const change = (changes) => ctx.act(() => call("PATCH", "/accounts", changes), "Changed.");
  const plan = select("plan", ctx.facts.plans, account.plan, { change: ({ target }) => change({ plan: target.value }) });
  const age = select("age", ctx.facts.ages, account.age, { change: ({ target }) => change({ age: target.value }) });
  const newPlan = select("newPlan", ctx.facts.plans, "business");
  return [
    head("Accounts"),
    el("div.grid", {},
      el("section.panel", {}, el("h2", {}, "Credentials"),
        facts([
          ["Base URL", el("code", {}, session.baseUrl)],
          ["Domain", el("code", {}, account.domain)],
          ["API key", el("code", {}, session.account.apiKey)],
          ["Private key", `RSA, ${account.keyBits} bits; it is only copied, not shown`],
          ["refId", el("code", {}, account.refId)],
        ]),
        el("div.row-of", {},
          copyButton("Copy as .env", () => envFile(session), ctx, "small.main"),
          copyButton("for a shell", () => shell(session), ctx), copyButton("as JSON", () => asJson(session), ctx),
          copyButton("the private key", () => session.account.privateKey, ctx), copyButton("the API key", () => session.account.apiKey, ctx)),
        el("p.hint", {}, "The .env has the key in base64, for generateJWT with base64: true. Everything else needs its line ends, as the shell and JSON forms keep them.")),
      el("section.panel", {}, el("h2", {}, "Plan"),
        el("div.row-of", {}, field("Plan", plan), field("Age", age), check("Max Pack", account.maxPack, (on) => change({ maxPack: on }))),
        el("h2", {}, "Settings"),
        el("div.grid.narrow", {}, Object.entries(account.settings).map(([name, value]) => setting(name, value, change)))),
      el("section.panel", {}, el("h2", {}, "A new account"),
        el("p.soft", {}, "Isolated from all others: own keys, profiles, journal and clock."),
        el("form.fields", { submit: (event) => {
          event.preventDefault();
          ctx.act(() => ctx.openAccount(newPlan.value), "The account is open.");
        } }, field("Plan", newPlan), el("button.button.main", {}, "Open an account")))),
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
