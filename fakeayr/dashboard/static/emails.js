/** E-mails: as they look, as text, and the link in them. */

import { el, facts, text, when } from "./dom.js";
import { actions, copyButton, head, split, state } from "./parts.js";

export const load = (call) => call("GET", "/emails?limit=200");

export const view = (ctx, { emails }) => [
  head("E-mails"),
  split(ctx, emails.toReversed(), (one) => row(one, ctx), (one) => detail(one, ctx), {
    label: "E-mails, the latest first",
    empty: "No e-mail was sent. generateJWT and link sessions send one with the field email.",
  }),
];

const row = (one, ctx) => [
  el("span.when", {}, when(one.time, ctx.now)),
  el("b.what", {}, one.subject),
  state(one.state),
  el("span.under", {}, one.to),
];

const detail = (one, ctx) => [
  el("div.panel", {},
    el("div.row-of", {}, el("h2", {}, one.subject), state(one.state)),
    facts([["From", one.from], ["To", one.to], ["Bcc", one.bcc.join(", ")]]),
    actions(ctx, [{
      label: "Send again", method: "POST", path: `/emails/${one.id}/resend`, done: (now) => `Sent again: ${now.state}.`,
    }],
    el("a.button.small.main", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, "Open as the customer"),
    copyButton("Copy the link", one.url, ctx)),
    one.attempts.map((attempt) => attempt.error && el("p.bad", {}, attempt.error))),
  el("div.panel", {}, el("iframe.mail", {
    src: `/_fakeayr/emails/${encodeURIComponent(one.id)}/html`, sandbox: "", title: "The e-mail", loading: "lazy",
  })),
  el("details.panel", { "data-k": "text" }, el("summary", {}, "Text"), text("Text of the e-mail", one.text)),
];
