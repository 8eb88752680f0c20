/** Webhooks: deliveries with their attempts, and why their signature fits or does not. */

import { el, facts, field, status, tag, text, when } from "./dom.js";
import { actions, adviceCard, copyButton, head, split, state } from "./parts.js";
import { command } from "./terminal.js";

export async function load(call, ctx) {
  const { id } = ctx.params;
  const [{ webhooks }, { profiles }] = await Promise.all([call("GET", "/webhooks?limit=200"), call("GET", "/profiles")]);
  const known = webhooks.some((one) => one.id === id);
  return { webhooks, profiles, signed: known ? { id, ...await call("GET", `/webhooks/${id}/headers`) } : {} };
}
export const waits = ({ webhooks }) => webhooks.some((one) => one.state === "pending");
/** What is loaded depends on the delivery that is chosen. */
export const perItem = true;

/** What receivers did with right and wrong deliveries, by the delivery that led to them. */
const probed = new Map();

export function view(ctx, { webhooks, profiles, signed }) {
  const registered = profiles.flatMap((one) => Object.entries(one.webhooks).map(([action, url]) => ({ one, action, url })));
  return [
    head("Webhooks"),
    registered.length > 0 && el("details.panel", { "data-k": "registered" },
      el("summary", {}, `${registered.length} registered`),
      el("ul.stack", {}, registered.map(({ one, action, url }) => el("li.row-of", {}, tag(action), el("code", {}, url),
        el("span.soft", {}, one.title), one.signed ? tag("signed", "good", "✓") : tag("no secret", "warn", "!"))))),
    split(ctx, webhooks.toReversed(), (one) => row(one, ctx), (one) => detail(one, ctx, signed.id === one.id && signed), {
      label: "Deliveries, the latest first",
      empty: registered.length ? "Nothing was sent yet." : "No webhook is registered: POST /api/hook/webhook does it.",
    }),
  ];
}

function row(one, ctx) {
  const last = one.attempts.at(-1);
  return [
    el("span.when", {}, when(one.time, ctx.now)),
    el("b.what", {}, one.action),
    state(one.state),
    el("span.under", {}, [ctx.title(one.refId), `${one.attempts.length} attempt${one.attempts.length === 1 ? "" : "s"}`,
      last?.status && `last ${last.status}`].filter(Boolean).join(" · ")),
  ];
}

const detail = (one, ctx, signed) => [
  el("div.panel", {},
    el("div.row-of", {}, el("h2", {}, `Webhook ${one.action}`), state(one.state)),
    facts([["To", el("code", {}, one.url)], ["hookId", el("code", {}, one.hookId)], ["Delivery", el("code", {}, one.id)]]),
    actions(ctx, [
      { label: "Send again", kind: "small.main", method: "POST", path: `/webhooks/${one.id}/resend`,
        command: command("webhooks", "resend", one.id), done: (now) => `Sent again: ${now.state}.` },
      { label: "Send wrong ones", method: "POST", path: `/webhooks/${one.id}/probe`, command: command("doctor", "webhook", one.url),
        done: (report) => { probed.set(one.id, report); return `The receiver got ${report.probes.filter((probe) => !probe.right).length} of ${report.probes.length} deliveries wrong.`; } },
    ], copyButton("Copy the body", one.body, ctx))),
  probed.has(one.id) && report(probed.get(one.id), ctx),
  el("section.panel", {}, el("h3", {}, "Attempts"),
    one.attempts.length === 0 && el("p.soft", {}, one.state === "kept" ? "It stays here: strangers could have caused it." : "None yet."),
    el("ol.timeline", {}, one.attempts.map((attempt, index) => {
      const good = attempt.status >= 200 && attempt.status < 300;
      return el(`li.${good ? "good" : "bad"}`, {}, el("div.row-of", {}, el("b", {}, `${index + 1}`), when(attempt.time, ctx.now), status(attempt.status)),
        attempt.error && el("p.hint", {}, attempt.error));
    }))),
  el("section.panel", {}, el("h3", {}, "Body, as it is sent"), text("Body", one.body)),
  signed && el("section.panel", {}, el("h3", {}, "Signature, step by step"), signature(one, signed)),
];

const SHOULD = { accept: "it should take it", refuse: "it should refuse it" };

/** What a receiver did with right deliveries and with mistakes on purpose. */
const report = ({ probes, advice }, ctx) => [
  el("section.panel", {}, el("h3", {}, "Right and wrong deliveries"),
    el("ol.timeline", {}, probes.map((one) => el(`li.${one.right ? "good" : "bad"}`, {}, el("div.row-of", {},
      tag(one.accepted ? "took" : "refused", one.right ? "good" : "bad", one.right ? "✓" : "✗"), el("span", {}, one.about),
      el("span.hint", {}, one.status ? String(one.status) : one.error || ""), !one.right && el("b.bad", {}, SHOULD[one.wanted])))))),
  advice.map((piece) => adviceCard(piece, ctx)),
];

/** How a receiver checks a delivery, with this delivery's values. */
function signature(one, { headers, secrets, bytes }) {
  if (!secrets.length) {
    return el("p", {}, tag("not signed", "warn", "!"), " The webhook was registered without a ", el("code", {}, "secret"),
      ": it cannot be told from one that a stranger has sent.");
  }
  const sent = Object.entries(headers);
  const verdict = el("p", { role: "status" });
  const secret = el("input", { type: "password", autocomplete: "off", name: "secret" });
  const fits = async (key) => {
    const digest = await hmac(key, one.body);
    return sent.some(([, value]) => value.includes(digest));
  };
  const check = async (event) => {
    event.preventDefault();
    verdict.replaceChildren(await fits(secret.value) ? tag("It fits.", "good", "✓")
      : tag(await fits(secret.value.trim()) ? "It fits without the blanks around it."
        : `It does not fit: this one has ${secret.value.length} characters, the registered one ${secrets[0]}.`, "bad", "✗"));
  };
  const lines = (pattern) => sent.filter(([name]) => pattern.test(name)).map(([name, value]) => el("code", {}, `${name}: ${value}`));
  return [
    el("ol.steps", {},
      el("li", {}, el("div", {}, "Take the body as it came: ", el("b", {}, `${bytes} bytes`), ". Do not parse and write it again: another order or other blanks give another signature.")),
      el("li", {}, el("div", {}, "Make an HMAC with SHA-256 of it. The key is the ", el("b", {}, "secret"), " of this profile's webhooks",
        secrets.length > 1 ? ": two, while it is rotated." : `, ${secrets[0]} characters.`)),
      el("li", {}, el("div.stack", {}, "Write it as lower-case hexadecimal digits, and compare with the header in constant time.", lines(/sha256$/i))),
      el("li", {}, el("div.stack", {}, "Refuse what is old, and what you have had already.", lines(/timestamp|delivery/i)))),
    el("form.fields", { submit: check }, field("Does your secret fit? It does not leave the browser.", secret), el("button.button.small", {}, "Check")),
    verdict,
  ];
}

async function hmac(secret, body) {
  const bytes = (string) => new TextEncoder().encode(string);
  const key = await crypto.subtle.importKey("raw", bytes(secret || "\0"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
