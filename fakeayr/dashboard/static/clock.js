/** Clock and faults: time, and what goes wrong next. */

import { el, field, select, tag, when } from "./dom.js";
import { actionButton, actionForm, actions, head } from "./parts.js";
import { command } from "./terminal.js";

export async function load(call) {
  const [time, { faults }, { publications }] = await Promise.all([
    call("GET", "/clock"), call("GET", "/faults"), call("GET", "/publications"),
  ]);
  return { time, faults, publications };
}

const STEPS = [["+1 min", 60, "+1m"], ["+5 min", 300, "+5m"], ["+1 hour", 3600, "+1h"], ["+1 day", 86400, "+1d"], ["+30 days", 2592000, "+30d"]];

/** An action that moves the account's clock. */
export const move = (label, advance, word, kind) => ({
  label, kind, method: "POST", path: "/clock", body: { advance }, command: command("clock", word), done: "Time has passed.",
});

export function view(ctx, { time, faults, publications }) {
  const order = (path, body, done, words) => ({ method: "POST", path, body, done, command: words && command(...words) });
  const number = (name, label, value = "", min = 0) => field(label, el("input", { type: "number", name, value, min }));
  const network = () => field("Network", select("platform", [["", "any network"], ...Object.entries(ctx.facts.networks)]));
  return [
    head("Clock and faults"),
    el("section.panel", {}, el("h2", {}, "The account's clock"),
      el("p", {}, el("b", {}, new Date(time.now * 1000).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" }))),
      el("p.soft", {}, time.next ? ["Next due: ", when(time.next, time.now)] : "Nothing is due: no post waits, no webhook is to be tried again, no link ends."),
      actions(ctx, [...STEPS.map((step) => move(...step)), ...(time.next ? [move("To the next due thing", "next", "next", "small.main")] : [])]),
      el("p.hint", {}, "Time goes forward only. What falls due on the way happens at its own time.")),
    el("div.grid", {},
      el("section.panel", {}, el("h2", {}, "Calls that fail"),
        rows(faults, (one) => [tag(one.kind, "warn"), el("code", {}, `${one.method || "any"} ${one.path || "/*"}`),
          el("span.soft", {}, one.times == null ? "until removed" : `${Math.max(0, one.times - one.hits)} of ${one.times} left`),
          actionButton(ctx, { label: "Remove", method: "DELETE", path: `/faults/${one.id}`, more: { "aria-label": `Remove the fault ${one.id}`, "data-k": one.id } })], "No fault is switched on."),
        actionForm(ctx, "Switch on", [
          field("Kind", select("kind", ctx.facts.faults)),
          field("Method", select("method", [["", "any"], "GET", "POST", "PATCH", "DELETE"])),
          field("Path below /api", el("input", { name: "path", placeholder: "/post" })),
          number("times", "Times", 1, 1),
        ], (body) => order("/faults", body, "Switched on.",
          ["fail", "--kind", body.kind, ...option("--method", body.method), ...option("--path", body.path), ...option("--next", body.times)]))),
      el("section.panel", {}, el("h2", {}, "How the next consent ends"),
        el("p.hint", {}, "Applies once, to the next network that is linked on a linking page."),
        actionForm(ctx, "Decide", [field("Outcome", select("outcome", ctx.facts.consents, "cancel")), network()],
          (body) => order("/consents", body, "The next consent ends so.", body.platform && body.outcome !== "allow" && ["link", body.platform, "--fail", body.outcome]))),
      el("section.panel", {}, el("h2", {}, "How the next publications end"),
        rows(publications, (one) => [tag(one.outcome, "warn"), el("span", {}, one.platform || "any network"), el("span.soft", {}, `${one.times} left`)], "Every network takes what it allows."),
        actionForm(ctx, "Decide", [
          field("Outcome", select("outcome", ctx.facts.publications)), network(),
          number("times", "Times", 1, 1), number("code", "Code (fail)"), number("seconds", "Seconds (slow)"),
        ], (body) => order("/publications", body, "The next publications end so.",
          ["fail", "--post", body.outcome, ...option("--network", body.platform), ...option("--next", body.times), ...option("--code", body.code), ...option("--seconds", body.seconds)]),
        publications.length > 0 && actionButton(ctx, { label: "Take all back", method: "DELETE", path: "/publications", kind: "" })))),
  ];
}

const option = (name, value) => (value === undefined ? [] : [name, value]);

const rows = (items, make, empty) => items.length
  ? el("ul.stack", {}, items.map((one) => el("li.row-of", {}, make(one)))) : el("p.soft", {}, empty);
