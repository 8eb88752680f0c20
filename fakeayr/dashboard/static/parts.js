/** What several pages show: advice, actions, lists with a detail beside them, copying. */

import { button, el, tag, when } from "./dom.js";
import { curl } from "./terminal.js";

const SIGNS = { certain: ["✗", "bad"], likely: ["!", "warn"], hint: ["i", "info"] };
const MOST_ROWS = 200;

/** A piece of advice: what is wrong, what was seen, what follows, what to do. */
export function adviceCard(piece, ctx, { worst = false, requests = [] } = {}) {
  const [sign, kind] = SIGNS[piece.sureness];
  return el(`article.panel.advice${worst ? ".worst" : ""}`, { "data-sureness": piece.sureness },
    el("div.top", {}, el(`span.${kind}`, { "aria-hidden": "true" }, sign), el("h2", {}, piece.headline)),
    el("dl", {},
      el("dt", {}, "seen"), el("dd", {}, piece.seen),
      el("dt", {}, "so"), el("dd", {}, piece.so),
      el("dt", {}, "do"), el("dd.do", {}, piece.do),
      el("dt", {}, "fact"), el("dd.soft", {}, piece.fact)),
    el("p.meta", {},
      el("code", {}, piece.name), tag(piece.sureness, kind === "info" ? "quiet" : kind),
      piece.place && el("span", {}, "in ", el("code", {}, piece.place)),
      piece.count > 1 && el("span", {}, `${piece.count} times`),
      piece.last && el("span", {}, "last at ", when(piece.last, ctx.now)),
      requests.slice(-5).map((id) => el("a", { href: ctx.link("requests", { id }) }, `#${id}`)),
      button("Copy name", () => copy(piece.name, ctx), "small", { "data-k": `${piece.name} copy` })));
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

export const copyButton = (label, text, ctx, kind = "small", more = {}) =>
  button(label, () => copy(typeof text === "function" ? text() : text, ctx), kind, more);

/**
 * Buttons for what a person can do, and what does the same in a terminal.
 * @param {object} ctx The page.
 * @param {Array} list Actions: a `label`, the control call as `method`, `path` and `body`, the
 *   `command` if there is one, what is said when it is `done`; `click` if there is more to do.
 * @param {...Node} others Other buttons.
 */
export const actions = (ctx, list, ...others) => [
  el("div.row-of", {}, list.map((one) => actionButton(ctx, one)), others), terminal(ctx, list),
];

export const actionButton = (ctx, action) =>
  button(action.label, action.click || (() => ctx.run(action)), action.kind, action.more);

export const terminal = (ctx, list) =>
  el("details.terminal", { "data-k": `terminal ${list[0].path} ${list[0].label}` }, el("summary", {}, "In a terminal"),
    el("ul.stack", {}, list.filter((one) => one.method).map((one) => el("li", {}, line(ctx, one)))));

/** The command or the call of an action, to read and to copy. */
function line(ctx, { method, path, body, command }) {
  const call = curl({ method, path: `/_fakeayr${path}`, body });
  return el("div.line", {}, el("code", {}, command || call),
    el("span", {}, command && copyButton("copy", command, ctx, "plain", { "aria-label": `copy ${command}` }),
      copyButton(command ? "as curl" : "copy", call, ctx, "plain", { "aria-label": `copy ${method} ${path} as curl` })));
}

/** A form that makes an action of what stands in its fields; the line below it follows them. */
export function actionForm(ctx, label, controls, make, ...others) {
  const below = el("div");
  const read = () => make(Object.fromEntries([...form.elements].filter((one) => one.name && one.value !== "")
    .map((one) => [one.name, one.type === "number" ? Number(one.value) : one.value])));
  const show = () => below.replaceChildren(line(ctx, read()));
  const form = el("form.stack", { input: show, submit: (event) => { event.preventDefault(); ctx.run(read()); } },
    el("div.fields", {}, controls, el("button.button.main", {}, label), others), below);
  show();
  return form;
}

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
  const { id } = ctx.params;
  if (!items.length && !id) return el("div.panel", {}, el("p.empty", {}, empty));
  const to = (changes) => ctx.link(ctx.page, { ...ctx.params, ...changes });
  const chosen = id && items.find((item) => String(item.id) === id);
  const rows = ctx.params.all ? items : items.slice(0, MOST_ROWS);
  return el(`div.split${id ? "" : ".bare"}`, {},
    el("div.list", { "data-scroll": "list" },
      el("ul", { "aria-label": label, keydown: walk }, rows.map((item) => el("li", {},
        el("a.item", { href: to({ id: item.id }), "aria-current": item === chosen ? "true" : null }, row(item))))),
      rows.length < items.length && el("p.empty", {}, el("a", { href: to({ all: 1 }) }, `Show all ${items.length}`))),
    id && el("section.detail", { "aria-label": "Detail", "data-scroll": "detail" },
      el("a.button.small.back", { href: to({ id: null }) }, "‹ Back to the list"),
      chosen ? detail(chosen) : el("p.panel.empty", {}, "It is not kept any more, or not among the latest.")));
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
}[name] || ["quiet"]));
