/** Requests: what came, what was answered, and what to mend about it. */

import { el, field, json, select, status, tag, when } from "./dom.js";
import { actions, adviceCard, copyButton, head, split } from "./parts.js";
import { command, curl } from "./terminal.js";

export const requestRow = (entry, ctx) => [
  el("span.method", {}, entry.method),
  el("b.what", {}, entry.path.replace(/^\/api(?=\/)/, "")),
  status(entry.status),
  el("span.under", {}, when(entry.time, ctx.now), ` · #${entry.id}`,
    ctx.title(entry.refId) && ` · ${ctx.title(entry.refId)}`,
    entry.answer?.code === 102 && " · no account's API key",
    entry.fault && " · hit by a fault",
    (entry.advice || []).map((piece) => [" · ", el("b.warn", {}, `! ${piece.name}`)])),
];

export function view(ctx) {
  const { q = "", method = "", status: wanted = "", profile = "", advice = "" } = ctx.params;
  const found = ctx.journal.filter((entry) =>
    (!method || entry.method === method)
    && (!wanted || String(entry.status)[0] === wanted)
    && (!profile || entry.refId === profile)
    && (!advice || entry.advice?.length)
    && (!q || JSON.stringify(entry).toLowerCase().includes(q.toLowerCase()))).reverse();
  const titles = [...new Set(ctx.journal.map((entry) => entry.refId).filter(Boolean))].map((id) => [id, ctx.title(id) || id]);
  const change = ({ target }) => ctx.filter({ [target.name]: target.type === "checkbox" ? (target.checked ? "1" : "") : target.value });
  return [
    head("Requests"),
    el("form.fields", { role: "search", submit: (event) => event.preventDefault(), input: change },
      el("label.field.search", {}, "Text", el("input", { type: "search", name: "q", value: q, placeholder: "path, field, message" })),
      field("Method", select("method", [["", "any"], "GET", "POST", "PATCH", "PUT", "DELETE"], method)),
      field("Status", select("status", [["", "any"], ["2", "2xx"], ["3", "3xx"], ["4", "4xx"], ["5", "5xx"], ["0", "none"]], wanted)),
      field("Profile", select("profile", [["", "any"], ...titles], profile)),
      el("label.check", {}, el("input", { type: "checkbox", name: "advice", checked: Boolean(advice) }), "With advice")),
    split(ctx, found, (entry) => requestRow(entry, ctx), (entry) => detail(entry, ctx), {
      label: "Requests, the latest first",
      empty: ctx.journal.length ? "No request fits the filter." : "No request has come yet. Calls of the API and the linking page appear here at once.",
    }),
    found.length > 0 && !ctx.params.id && actions(ctx, [{
      label: "Clear the journal", method: "DELETE", path: "/requests", done: "The journal is empty.",
    }]),
  ];
}

function detail(entry, ctx) {
  const path = entry.path.replace(/^\/api(?=\/)/, "");
  const caused = ctx.journal.filter((one) => one.cause === entry.id).slice(-5);
  const link = (id, index) => [index ? ", " : "", el("a", { href: ctx.link("requests", { id }) }, `#${id}`)];
  const copied = copyButton("Copy as curl", () => curl(entry), ctx);
  return [
    el("div.panel", {},
      el("div.row-of", {}, el("h2", {}, el("span.method", {}, entry.method), " ", entry.path), status(entry.status)),
      el("p.meta", {}, el("span", {}, `#${entry.id}`), when(entry.time, ctx.now),
        entry.refId && el("a", { href: ctx.link("profiles", { id: entry.refId }) }, ctx.title(entry.refId) || entry.refId),
        entry.fault && tag(`fault ${entry.fault}`, "warn")),
      path === entry.path ? el("div.row-of", {}, copied) : actions(ctx, [{
        label: "Fail this call next time", method: "POST", path: "/faults", body: { kind: "error", method: entry.method, path, times: 1 },
        command: command("fail", "--method", entry.method, "--path", path), done: "The next such call fails once with 500.",
      }], copied),
      entry.cause && el("p", {}, "The URL was made by ", link(entry.cause), "."),
      caused.length > 0 && el("p", {}, "Its URL was refused in ", caused.map((one, index) => link(one.id, index)), ".")),
    (entry.advice || []).map((piece) => adviceCard(piece, ctx)),
    el("div.panel", {}, el("div.halves", {},
      el("div", {}, el("h3", {}, "Request"),
        entry.shortened && el("p.hint", {}, "It was too large to be kept."),
        Object.keys(entry.query || {}).length > 0 && [el("p.hint", {}, "Query"), json("Query", entry.query)],
        entry.body != null ? [el("p.hint", {}, "Body"), json("Body", entry.body)] : el("p.hint", {}, "No body.")),
      el("div", {}, el("h3", {}, "Response"),
        entry.answer != null ? json("Response", entry.answer) : el("p.hint", {}, "No JSON.")))),
  ];
}
