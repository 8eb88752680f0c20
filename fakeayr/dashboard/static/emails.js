/** E-mails: as they look, as text, and the link in them. */

import { button, el, facts, visible, when } from "./dom.js";
import { copyButton, head, split, state } from "./parts.js";

export const load = (call) => call("GET", "/emails");

export function view(ctx, { emails }, call) {
  return [
    head("E-mails"),
    split(ctx, [...emails].reverse(), (one) => row(one, ctx), (one) => detail(one, ctx, call), {
      label: "E-mails, the latest first",
      empty: "No e-mail was sent. generateJWT and link sessions send one with the field email.",
    }),
  ];
}

const row = (one, ctx) => [
  el("span.when", {}, when(one.time, ctx.now)),
  el("span.what", {}, el("b", {}, visible(one.subject))),
  state(one.state),
  el("span.under", {}, visible(one.to)),
];

function detail(one, ctx, call) {
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, visible(one.subject)), state(one.state)),
      facts([["From", visible(one.from)], ["To", visible(one.to)], ["Bcc", visible(one.bcc.join(", "))]]),
      el("div.row-of", {},
        el("a.button.small.main", { href: one.url, target: "_blank", rel: "noopener noreferrer" }, "Open as the customer"),
        copyButton("Copy the link", one.url, ctx),
        button("Send again", () => ctx.act(() => call("POST", `/emails/${one.id}/resend`), (now) => `Sent again: ${now.state}.`))),
      one.attempts.map((attempt) => attempt.error && el("p.bad", {}, visible(attempt.error)))),
    el("div.panel", {}, el("iframe.mail", {
      src: `/_fakeayr/emails/${encodeURIComponent(one.id)}/html`, sandbox: "", title: "The e-mail", loading: "lazy",
    })),
    el("details.panel", { "data-k": "text" }, el("summary", {}, "Text"), el("pre", { tabindex: 0, role: "region", "aria-label": "Text of the e-mail" }, visible(one.text))),
  ];
}
