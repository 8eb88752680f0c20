/** Webhooks: deliveries with their attempts, and why their signature fits or does not. */

import { button, el, facts, field, status, tag, visible, when } from "./dom.js";
import { copyButton, head, split, state } from "./parts.js";

const HEADER = "X-Authorization-Content-SHA256";

export async function load(call, ctx) {
  const { id } = ctx.params;
  const [{ webhooks }, listed] = await Promise.all([call("GET", "/webhooks"), call("GET", "/profiles")]);
  const known = id && webhooks.some((one) => one.id === id);
  return { webhooks, profiles: listed.profiles, signed: known ? { id, ...await call("GET", `/webhooks/${id}/headers`) } : null };
}
export const waits = ({ webhooks }) => webhooks.some((one) => one.state === "pending");

export function view(ctx, data, call) {
  const { webhooks, profiles, signed } = data;
  const registered = profiles.flatMap((one) => Object.entries(one.webhooks).map(([action, url]) => ({ one, action, url })));
  if (ctx.params.id && signed?.id !== ctx.params.id && webhooks.some((one) => one.id === ctx.params.id)) {
    call("GET", `/webhooks/${ctx.params.id}/headers`).then((found) => {
      data.signed = { id: ctx.params.id, ...found };
      ctx.filter({});
    });
  }
  return [
    head("Webhooks"),
    registered.length > 0 && el("details.panel", { "data-k": "registered" },
      el("summary", {}, `${registered.length} registered`),
      el("ul.stack", {}, registered.map(({ one, action, url }) => el("li.row-of", {}, tag(action), el("code", {}, visible(url)),
        el("span.soft", {}, visible(one.title)), one.signed ? tag("signed", "good", "✓") : tag("no secret", "warn", "!"))))),
    split(ctx, [...webhooks].reverse(), (one) => row(one, ctx), (one) => detail(one, ctx, call, signed?.id === one.id ? signed : null), {
      label: "Deliveries, the latest first",
      empty: registered.length ? "Nothing was sent yet." : "No webhook is registered: POST /api/hook/webhook does it.",
    }),
  ].filter(Boolean);
}

function row(one, ctx) {
  const last = one.attempts.at(-1);
  return [
    el("span.when", {}, when(one.time, ctx.now)),
    el("span.what", {}, el("b", {}, one.action)),
    state(one.state),
    el("span.under", {}, visible(ctx.title(one.refId) || ""), ctx.title(one.refId) ? " · " : "",
      `${one.attempts.length} attempt${one.attempts.length === 1 ? "" : "s"}`, last?.status ? ` · last ${last.status}` : ""),
  ];
}

function detail(one, ctx, call, signed) {
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, `Webhook ${one.action}`), state(one.state)),
      facts([["To", el("code", {}, visible(one.url))], ["hookId", el("code", {}, one.hookId)], ["Delivery", el("code", {}, one.id)]]),
      el("div.row-of", {}, button("Send again", () => ctx.act(() => call("POST", `/webhooks/${one.id}/resend`), (now) => `Sent again: ${now.state}.`), "small.main"),
        copyButton("Copy the body", one.body, ctx))),
    el("section.panel", {}, el("h3", {}, "Attempts"),
      one.attempts.length === 0 && el("p.soft", {}, one.state === "kept" ? "It stays here: strangers could have caused it." : "None yet."),
      el("ol.timeline", {}, one.attempts.map((attempt, index) => {
        const good = attempt.status >= 200 && attempt.status < 300;
        return el(`li.${good ? "good" : "bad"}`, {}, el("div.row-of", {}, el("b", {}, `${index + 1}`), when(attempt.time, ctx.now),
          attempt.status ? status(attempt.status) : tag("no answer", "bad", "✗")), attempt.error && el("p.hint", {}, visible(attempt.error)));
      }))),
    el("section.panel", {}, el("h3", {}, "Body, as it is sent"), el("pre", { tabindex: 0, role: "region", "aria-label": "Body" }, visible(one.body))),
    signed && el("section.panel", {}, el("h3", {}, "Signature, step by step"), signature(one, ctx, signed)),
  ];
}

/** How a receiver checks a delivery, with this delivery's values. */
function signature(one, ctx, signed) {
  const sent = signed.headers;
  if (!signed.secrets.length) {
    return el("p", {}, tag("not signed", "warn", "!"), " The webhook was registered without a ", el("code", {}, "secret"),
      ": nobody can tell it from one that a stranger has sent.");
  }
  const verdict = el("p", { role: "status" });
  const secret = el("input", { type: "password", autocomplete: "off", name: "secret" });
  const check = async (event) => {
    event.preventDefault();
    const digest = await hmac(secret.value, one.body);
    const fits = sent["X-Ayrshare-Signatures"]?.includes(digest) || Object.values(sent).includes(digest);
    const trimmed = fits ? "" : await hmac(secret.value.trim(), one.body);
    const nearly = trimmed && Object.values(sent).some((value) => value.includes(trimmed));
    verdict.replaceChildren(fits ? tag("It fits.", "good", "✓")
      : tag(nearly ? "It fits without the blanks around it." : `It does not fit: this one has ${secret.value.length} characters, the registered one ${signed.secrets[0]}.`, "bad", "✗"));
  };
  const [name, value] = Object.entries(sent).find(([key]) => /sha256/i.test(key)) || [HEADER, ""];
  return [
    el("ol.steps", {},
      el("li", {}, el("div", {}, "Take the body as it came: ", el("b", {}, `${signed.bytes} bytes`), ". Do not parse and write it again: another order or other blanks give another signature.")),
      el("li", {}, el("div", {}, "Make an HMAC with SHA-256 of it. The key is the ", el("b", {}, "secret"), " of this profile's webhooks",
        signed.secrets.length > 1 ? ": two, while it is rotated." : `, ${signed.secrets[0]} characters.`)),
      el("li", {}, el("div.stack", {}, "Write it as lower-case hexadecimal digits, and compare with the header in constant time.",
        el("code", {}, `${name}: ${value}`))),
      el("li", {}, el("div.stack", {}, "Refuse what is old, and what you have had already.",
        Object.entries(sent).filter(([key]) => /timestamp|delivery/i.test(key)).map(([key, text]) => el("code", {}, `${key}: ${text}`))))),
    el("form.fields", { submit: check }, field("Does your secret fit? It does not leave the browser.", secret), el("button.button.small", {}, "Check")),
    verdict,
  ];
}

async function hmac(secret, body) {
  const bytes = (text) => new TextEncoder().encode(text);
  const key = await crypto.subtle.importKey("raw", bytes(secret || "\0"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(body)));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
