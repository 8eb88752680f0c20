/** Clock and faults: time, and what goes wrong next. */

import { button, el, field, select, tag, visible, when } from "./dom.js";
import { head } from "./parts.js";

export async function load(call) {
  const [time, { faults }, { publications }] = await Promise.all([
    call("GET", "/clock"), call("GET", "/faults"), call("GET", "/publications"),
  ]);
  return { time, faults, publications };
}

const STEPS = [["+1 min", 60], ["+5 min", 300], ["+1 hour", 3600], ["+1 day", 86400], ["+30 days", 2592000]];

export function view(ctx, { time, faults, publications }, call) {
  const advance = (seconds) => ctx.act(() => call("POST", "/clock", { advance: seconds }), "Time has passed.");
  const send = (path, done) => (event) => {
    event.preventDefault();
    const order = {};
    for (const [name, value] of new FormData(event.target)) {
      if (value !== "") order[name] = ["times", "status", "seconds", "code"].includes(name) ? Number(value) : value;
    }
    ctx.act(() => call("POST", path, order), done);
  };
  const number = (name, label, value = "", min = 0) => field(label, el("input", { type: "number", name, value, min, size: 6 }));
  const networks = [["", "any network"], ...Object.entries(ctx.facts.networks)];
  return [
    head("Clock and faults"),
    el("section.panel", {}, el("h2", {}, "The account's clock"),
      el("p", {}, el("b.mono", {}, new Date(time.now * 1000).toUTCString())),
      el("p.soft", {}, time.next ? ["Next due: ", when(time.next, time.now)] : "Nothing is due: no post waits, no webhook is to be tried again, no link ends."),
      el("div.row-of", {}, STEPS.map(([label, seconds]) => button(label, () => advance(seconds))),
        time.next && button("To the next due thing", () => advance("next"), "small.main")),
      el("p.hint", {}, "Time goes forward only. What falls due on the way happens at its own time.")),
    el("div.grid", {},
      el("section.panel", {}, el("h2", {}, "Calls that fail"),
        rows(faults, (one) => [tag(one.kind, "warn"), el("code", {}, visible(`${one.method || "any"} ${one.path || "/*"}`)),
          el("span.soft", {}, one.times == null ? "until removed" : `${Math.max(0, one.times - one.hits)} of ${one.times} left`),
          button("Remove", () => ctx.act(() => call("DELETE", `/faults/${one.id}`)), "small", { "aria-label": `Remove the fault ${one.id}`, "data-k": one.id })], "No fault is switched on."),
        el("form.fields", { submit: send("/faults", "Switched on.") },
          field("Kind", select("kind", ctx.facts.faults)),
          field("Method", select("method", [["", "any"], "GET", "POST", "PATCH", "DELETE"])),
          field("Path below /api", el("input", { name: "path", placeholder: "/post" })),
          number("times", "Times", 1, 1),
          el("button.button.main", {}, "Switch on"))),
      el("section.panel", {}, el("h2", {}, "How the next consent ends"),
        el("p.hint", {}, "Applies once, to the next network that is linked on a linking page."),
        el("form.fields", { submit: send("/consents", "The next consent ends so.") },
          field("Outcome", select("outcome", ctx.facts.consents)), field("Network", select("platform", networks)),
          el("button.button.main", {}, "Decide"))),
      el("section.panel", {}, el("h2", {}, "How the next publications end"),
        rows(publications, (one) => [tag(one.outcome, "warn"), el("span", {}, one.platform || "any network"), el("span.soft", {}, `${one.times} left`)], "Every network takes what it allows."),
        el("form.fields", { submit: send("/publications", "The next publications end so.") },
          field("Outcome", select("outcome", ctx.facts.publications)), field("Network", select("platform", networks)),
          number("times", "Times", 1, 1), number("code", "Code (fail)"), number("seconds", "Seconds (slow)"),
          el("button.button.main", {}, "Decide"),
          publications.length > 0 && button("Take all back", () => ctx.act(() => call("DELETE", "/publications")))))),
  ];
}

const rows = (items, make, empty) => items.length
  ? el("ul.stack", {}, items.map((one) => el("li.row-of", {}, make(one)))) : el("p.soft", {}, empty);
