/** Advice: everything to mend, the surest first. */

import { button, el } from "./dom.js";
import { adviceCard, head } from "./parts.js";

export const load = (call) => call("GET", "/advice");

export function view(ctx, { advice }, call) {
  return [
    head("Advice", advice.length > 0 && button("Forget it all", () => ctx.act(() => call("DELETE", "/advice"), "Forgotten. What comes again is shown again."))),
    advice.length
      ? advice.map((piece) => adviceCard(piece, ctx, { requests: piece.requests }))
      : el("div.panel", {}, el("p.empty", {}, el("span.calm", {}, "✓ There is nothing to mend."))),
  ];
}
