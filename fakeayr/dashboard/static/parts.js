/** What several pages show: advice, lists with a detail beside them, copying. */

import { button, el, tag, when, visible } from "./dom.js";

const SIGNS = { certain: ["✗", "bad"], likely: ["!", "warn"], hint: ["i", "info"] };

/** A piece of advice: what is wrong, what was seen, what follows, what to do. */
export function adviceCard(piece, ctx, { worst = false, requests = [] } = {}) {
  const [sign, kind] = SIGNS[piece.sureness];
  return el(`article.panel.advice${worst ? ".worst" : ""}`, { "data-sureness": piece.sureness },
    el("div.top", {},
      el(`span.sign.${kind}`, { "aria-hidden": "true" }, sign),
      el("h2.headline", {}, visible(piece.headline))),
    el("dl", {},
      el("dt", {}, "seen"), el("dd", {}, visible(piece.seen)),
      el("dt", {}, "so"), el("dd", {}, piece.so),
      el("dt", {}, "do"), el("dd.do", {}, piece.do),
      el("dt", {}, "fact"), el("dd.soft", {}, piece.fact)),
    el("p.meta", {},
      el("code", {}, piece.name), tag(piece.sureness, kind === "info" ? "quiet" : kind),
      piece.place && el("span", {}, "in ", el("code", {}, visible(piece.place))),
      piece.count > 1 && el("span", {}, `${piece.count} times`),
      piece.last && el("span", {}, "last at ", when(piece.last, ctx.now)),
      requests.slice(-5).map((id) => el("a", { href: ctx.link("requests", { id }) }, `#${id}`)),
      el("button.button.small", {
        type: "button", click: () => copy(piece.name, ctx), "data-k": `${piece.name} copy`,
      }, "Copy name")));
}

export async function copy(text, ctx) {
  try {
    await navigator.clipboard.writeText(text);
    ctx.say("Copied.");
  } catch { // Without https, only this machine's names may use the clipboard.
    const box = el("textarea", { rows: 8, readonly: true, "aria-label": "Text to copy" });
    box.value = text;
    const dialog = el("dialog", { "aria-label": "Copy", close: () => dialog.remove() },
      el("form", { method: "dialog" }, box, el("button.button.main", {}, "Close")));
    document.body.append(dialog);
    dialog.showModal();
    box.select();
  }
}

export const copyButton = (label, text, ctx, kind = "small") =>
  button(label, () => copy(typeof text === "function" ? text() : text, ctx), kind);

/** The first line of a page. */
export const head = (title, ...side) =>
  el("div.head", {}, el("h1", { tabindex: -1 }, title), el("div.side.row-of", {}, side));

/**
 * A list at the left and what is chosen at the right; on a phone one of the two.
 * @param {object} ctx The page.
 * @param {Array} items Objects with an `id`.
 * @param {Function} row Makes what stands in the link of an item.
 * @param {Function} detail Makes the detail of an item.
 */
export function split(ctx, items, row, detail, { label, empty }) {
  if (!items.length && !ctx.params.id) return el("div.panel", {}, el("p.empty", {}, empty));
  const chosen = ctx.params.id && items.find((item) => String(item.id) === ctx.params.id);
  const open = Boolean(ctx.params.id);
  return el(`div.split${open ? "" : ".bare"}`, {},
    el("div.list", { "data-scroll": "list" }, el("ul", { "aria-label": label, keydown: walk },
      items.map((item) => el("li", {}, el("a.item", {
        href: ctx.link(ctx.page, { ...ctx.params, id: item.id }),
        "aria-current": item === chosen ? "true" : null,
      }, row(item)))))),
    open && el("section.detail", { "aria-label": "Detail", "data-scroll": "detail" },
      el("a.button.small.back", { href: ctx.link(ctx.page, { ...ctx.params, id: null }) },
        "‹ Back to the list"),
      chosen ? detail(chosen) : el("p.panel.empty", {}, "It is not kept any more.")));
}

/** Arrow keys go through a list; where a detail is open, they change it. */
function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".item")) return;
  const all = [...event.currentTarget.querySelectorAll(".item")];
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  if (event.currentTarget.closest(".split:not(.bare)")) location.replace(next.href);
}

/** A state as a coloured word with a sign. */
export const state = (name) => tag(name, ...({
  delivered: ["good", "✓"], success: ["good", "✓"], failed: ["bad", "✗"], error: ["bad", "✗"],
  pending: ["warn", "…"], processing: ["warn", "…"], scheduled: ["quiet", "◷"],
}[name] || ["quiet", ""]));
