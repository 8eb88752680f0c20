/** Advice: everything to mend, the surest first. */

import { el } from "./dom.js";
import { actions, adviceCard, head } from "./parts.js";
import { command } from "./terminal.js";

export const load = (call) => call("GET", "/advice");

export const view = (ctx, { advice }) => [
  head("Advice"),
  advice.length ? advice.map((piece) => adviceCard(piece, ctx, { requests: piece.requests }))
    : el("div.panel", {}, el("p.empty.calm", {}, "✓ There is nothing to mend.")),
  advice.length > 0 && actions(ctx, [{
    label: "Forget it all", method: "DELETE", path: "/advice", command: command("advice", "--clear"),
    done: "Forgotten. What comes again is shown again.",
  }]),
];
