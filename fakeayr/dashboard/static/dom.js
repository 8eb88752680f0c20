/** Elements without HTML in strings: what comes from a journal can only become text. */

/**
 * Makes an element.
 * @param {string} name The tag with its classes: `a.item.bad`.
 * @param {object} options Attributes; a function is a listener, false and null are left out.
 * @param {...(Node|string|number|null|false|Array)} children What stands in it; what is false or
 *   missing is left out, and what one would not see is written out.
 */
export function el(name, options = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(options)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...nodes(children));
  return element;
}

export const nodes = (children) => children.flat(Infinity).filter((child) => child != null && child !== false)
  .map((child) => (child instanceof Node ? child : visible(child)));

export const button = (label, click, kind = "small", more = {}) =>
  el(`button.${kind === "plain" ? kind : `button${kind && `.${kind}`}`}`, { type: "button", click, ...more }, label);

export const tag = (text, kind = "quiet", sign = "") =>
  el(`span.tag.${kind}`, {}, sign && el("span", { "aria-hidden": "true" }, sign), text);

export const field = (label, control) => el("label.field", {}, label, control);

/** A choice; options are texts, or pairs of value and text. */
export const select = (name, options, value = "", more = {}) =>
  el("select", { name, ...more }, options.map((one) => {
    const [key, text] = Array.isArray(one) ? one : [one, one];
    return el("option", { value: key, selected: key === value }, text);
  }));

export const facts = (pairs) =>
  el("dl.facts", {}, pairs.filter(([, value]) => value && value.length !== 0)
    .map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));

/** Writes out what one does not see: no-break and zero-width spaces, marks of direction. */
const visible = (text) =>
  String(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A long text that scrolls. */
export const text = (label, shown) => el("pre", { tabindex: 0, role: "region", "aria-label": label }, shown);

export const json = (label, value) => text(label, JSON.stringify(value, null, 2));

export const seconds = (time) => (typeof time === "string" ? Date.parse(time) / 1000 : time);

/** A time of the account's clock: with its day unless that is the same as `now`'s. */
export function when(time, now) {
  if (time == null) return "";
  const date = new Date(seconds(time) * 1000);
  const clock = date.toLocaleTimeString("en-GB");
  const other = now != null && date.toDateString() !== new Date(now * 1000).toDateString();
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return el("time", { datetime: date.toISOString(), title: date.toISOString() }, other ? `${day} ${clock}` : clock);
}

export function status(code) {
  if (!code) return tag("no answer", "bad", "✗");
  return tag(String(code), ...(code < 300 ? ["good", "✓"] : code < 400 ? ["quiet", "→"] : ["bad", "✗"]));
}
