/** The frame: which page is shown, what is new, and for which account. */

import { call, Problem, session } from "./api.js";
import { button, el, nodes } from "./dom.js";
import * as accounts from "./accounts.js";
import * as advice from "./advice.js";
import * as clock from "./clock.js";
import * as emails from "./emails.js";
import * as now from "./now.js";
import * as posts from "./posts.js";
import * as profiles from "./profiles.js";
import * as requests from "./requests.js";
import * as webhooks from "./webhooks.js";

const PAGES = {
  now: ["Now", now], requests: ["Requests", requests], advice: ["Advice", advice],
  profiles: ["Profiles", profiles], posts: ["Posts", posts], webhooks: ["Webhooks", webhooks],
  emails: ["E-mails", emails], clock: ["Clock and faults", clock], accounts: ["Accounts", accounts],
};
const KEPT = 1000;
const MOST_COUNTED = 10_000;
const QUIET_MS = 300_000;
const STATES = { live: "live", paused: "paused", gone: "fake has gone, trying again" };
const at = (id) => document.getElementById(id);
const main = at("main");

/** What pages get to know, and what they can do. */
const ctx = {
  page: "",
  params: {},
  facts: JSON.parse(document.body.dataset.facts),
  journal: [],
  titles: new Map(),
  counts: {},
  now: Date.now() / 1000,
  offset: 0,
  title: (refId) => ctx.titles.get(refId) || "",
  link(page, { account = session.account?.refId, ...params } = {}) {
    const named = { ...params, account: account === session.accounts[0]?.refId ? "" : account };
    const query = new URLSearchParams(Object.entries(named).filter(([, value]) => value));
    return `#/${page}${query.size ? `?${query}` : ""}`;
  },
  /** Changes what the URL says of the page, without another entry in the history. */
  filter(changes) {
    history.replaceState(null, "", ctx.link(ctx.page, { ...ctx.params, ...changes }));
    read();
    draw();
  },
  /** Does something that a person asked for, and shows what is different. */
  async act(work, done) {
    try {
      const result = await work();
      const said = typeof done === "function" ? done(result) : done;
      if (said) ctx.say(said);
      await follow();
      await refresh();
    } catch (problem) {
      tell(problem);
      if (!(problem instanceof Problem)) ctx.say("The fake does not respond.");
    }
  },
  /** Does an action, and says which command would have done it. */
  run: ({ method, path, body, command, done = "Done." }) =>
    ctx.act(() => call(method, path, body), (result) => [
      typeof done === "function" ? done(result) : done, command && el("code", {}, command),
    ]),
  say(...parts) {
    at("toast").replaceChildren(...nodes(parts));
    at("toast").hidden = false;
    clearTimeout(ctx.timer);
    ctx.timer = setTimeout(() => { at("toast").hidden = true; }, 8000);
  },
  /** Shows an account that was just opened. */
  async show(refId) {
    await loadAccounts();
    location.hash = ctx.link(ctx.page, { account: refId });
  },
};

let cursor = 0;
let data = null; // The page's, once they are loaded.
let drawn = null;
let loading = 0;
let paused = false;
let fresh = 0;
let typed = false;
let busy = false;
let lastNews = Date.now();
let lastSaid = 0;
let unsaid = 0;
let next = null;

const pageOf = () => PAGES[ctx.page][1];

function tell(problem) {
  if (problem instanceof Problem) ctx.say(problem.message);
  else if (problem instanceof TypeError && /fetch|network/i.test(problem.message)) mark("gone");
  else throw problem;
}

// Where we are

/** Reads the URL; says whether it names another page or another account than before. */
function read() {
  const [, name, query] = location.hash.match(/^#\/(\w*)\??(.*)$/) || [];
  const { account: refId, ...params } = Object.fromEntries(new URLSearchParams(query));
  const account = session.accounts.find((one) => one.refId === refId) || session.accounts[0];
  const page = Object.hasOwn(PAGES, name) ? name : "now";
  const otherAccount = account !== session.account;
  const moved = page !== ctx.page || otherAccount;
  Object.assign(ctx, { page, params });
  session.account = account;
  return { moved, otherAccount };
}

async function arrive() {
  const before = ctx.params.id;
  const { moved, otherAccount } = read();
  const { id } = ctx.params;
  if (moved) data = null; // What is loaded is another page's.
  if (otherAccount) await loadJournal();
  if (!data || fresh || (pageOf().perItem && id !== before)) await refresh();
  else draw();
  drawFrame();
  document.title = `${PAGES[ctx.page][0]} · fakeayr`;
  if (moved) {
    scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  } else if (before && !id) {
    main.querySelector(`.item[href="${CSS.escape(ctx.link(ctx.page, { ...ctx.params, id: before }))}"]`)?.focus();
  } else if (id && matchMedia("(max-width: 44rem)").matches) {
    scrollTo(0, 0);
    main.querySelector(".back")?.focus({ preventScroll: true });
  }
}

async function loadAccounts() {
  Object.assign(session, await call("GET", "/credentials"));
  at("account").replaceChildren(...session.accounts.map((one) => el("option", { value: one.refId }, `${one.domain} · ${one.plan}`)));
}

async function loadJournal() {
  const [{ requests: entries }, listed] = await Promise.all([call("GET", "/requests"), call("GET", "/profiles")]);
  ctx.journal = entries;
  ctx.titles = new Map(listed.profiles.map((one) => [one.refId, one.title]));
  ctx.counts = {};
  cursor = entries.at(-1)?.id || 0;
  await follow();
}

// What is shown

/** Loads the page's data anew, and shows them. */
async function refresh() {
  const turn = ++loading;
  try {
    const loaded = (await pageOf().load?.(call, ctx)) || {};
    if (turn !== loading) return;
    data = loaded;
    fresh = 0;
    draw();
  } catch (problem) {
    tell(problem);
  }
}

/** Shows the page; focus, open parts and scrolling stay where they are. */
function draw() {
  if (!data) return;
  const focused = document.activeElement;
  const key = main.contains(focused) && keyOf(focused);
  const range = focused?.type === "search" && [focused.selectionStart, focused.selectionEnd];
  const scrolled = new Map([...main.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop]));
  if (drawn !== ctx.params.id) scrolled.delete("detail");
  const opened = [...main.querySelectorAll("details[open]")].map((one) => one.dataset.k);
  main.replaceChildren(...nodes(pageOf().view(ctx, data, call)));
  drawn = ctx.params.id;
  typed = false;
  for (const one of main.querySelectorAll("details")) one.open = opened.includes(one.dataset.k);
  for (const one of main.querySelectorAll("[data-scroll]")) one.scrollTop = scrolled.get(one.dataset.scroll) || 0;
  if (!key) return;
  const again = [...main.querySelectorAll("a, button, input, select, summary")].find((one) => keyOf(one) === key);
  again?.focus({ preventScroll: true });
  if (range) again?.setSelectionRange(...range);
}

/** What an element is known by when it is drawn anew. */
const keyOf = (one) => one.dataset.k || one.ariaLabel || one.parentElement.dataset.k || one.getAttribute("href") || one.name || one.textContent;

/** The navigation, the account and the clock. */
function drawFrame() {
  for (const link of at("nav").querySelectorAll("a")) {
    const name = link.dataset.page;
    link.href = ctx.link(name);
    link.toggleAttribute("aria-current", false);
    if (name === ctx.page) link.setAttribute("aria-current", "page");
    const count = link.querySelector(".count");
    count.textContent = ctx.counts[name] === MOST_COUNTED ? `${MOST_COUNTED}+` : ctx.counts[name] || "";
    count.hidden = !ctx.counts[name];
    if (name === ctx.page && drawFrame.page !== name) link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  drawFrame.page = ctx.page;
  at("account").value = session.account?.refId;
  const time = new Date(ctx.now * 1000);
  at("time").dateTime = time.toISOString();
  at("time").title = `The account's time: ${time.toISOString()}`;
  at("time").textContent = time.toLocaleTimeString("en-GB");
  at("offset").textContent = ctx.offset >= 1 ? `+${span(ctx.offset)}` : "";
}

function span(seconds) {
  const minutes = Math.round(seconds / 60);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [minutes % 60, "min"]];
  return parts.filter(([many]) => many).map((part) => part.join(" ")).join(" ") || `${Math.round(seconds)} s`;
}

// What is new

function mark(name) {
  const live = at("live");
  if (![undefined, name].includes(live.dataset.state)) at("status").textContent = STATES[name];
  live.dataset.state = name;
  at("live-text").textContent = STATES[name];
  live.setAttribute("aria-label", name === "paused" ? "Paused. Go on" : `${STATES[name]}. Pause`);
}

/** Whether somebody reads or fills in a form: then nothing on the page may move. */
const reading = () => typed || ctx.params.id || scrollY > 200
  || (main.contains(document.activeElement) && !document.activeElement.matches("main, h1, [type=search]"));

/** Takes what is new since the last time; returns how many things that are. */
async function follow() {
  const { account } = session;
  const changes = await call("GET", `/changes?after=${cursor}`);
  if (account !== session.account) return 0;
  if (changes.version !== document.body.dataset.version) location.reload();
  if (changes.counts.requests < ctx.counts.requests && changes.counts.requests < KEPT) {
    ctx.journal = (await call("GET", "/requests")).requests;
    cursor = ctx.journal.at(-1)?.id || 0;
  } else if (changes.requests.length) {
    const known = ctx.journal.at(-1)?.id || 0;
    ctx.journal = [...ctx.journal, ...changes.requests.filter((one) => one.id > known)].slice(-KEPT);
    cursor = changes.cursor;
  }
  if (changes.requests.some((one) => one.refId && !ctx.titles.has(one.refId))) {
    for (const one of (await call("GET", "/profiles?limit=1000")).profiles) ctx.titles.set(one.refId, one.title);
  }
  const different = Object.keys(changes.counts).filter((name) => name !== "requests" && changes.counts[name] !== ctx.counts[name]);
  unsaid += changes.requests.length;
  Object.assign(ctx, { counts: changes.counts, now: changes.now, offset: changes.offset });
  drawFrame();
  return changes.requests.length + different.length;
}

async function poll() {
  clearTimeout(next);
  if (paused || document.hidden || busy) return;
  busy = true;
  try {
    if (at("live").dataset.state === "gone") await reconnect();
    const news = await follow();
    mark("live");
    if (news) lastNews = Date.now();
    fresh = data ? fresh + news : 0; // Without data they are just being loaded.
    if (data && (fresh || pageOf().waits?.(data)) && !reading()) await refresh();
    else if (fresh) offer();
    announce();
  } catch (problem) {
    if (problem.status === 401) mark("gone"); // The account was closed.
    else tell(problem);
  } finally {
    busy = false;
  }
  next = setTimeout(poll, Date.now() - lastNews > QUIET_MS ? 5000 : 1000);
}

/** A button for what is new, so that a list that is being read does not move. */
function offer() {
  const known = main.querySelector(".news");
  if (known) known.textContent = `${fresh} new`;
  else main.prepend(button(`${fresh} new`, () => { scrollTo(0, 0); main.querySelector("h1")?.focus(); refresh(); }, "small.news"));
}

function announce() {
  if (!unsaid || Date.now() - lastSaid < 5000) return;
  at("status").textContent = `${unsaid} new request${unsaid === 1 ? "" : "s"}, ${ctx.counts.advice} to mend`;
  unsaid = 0;
  lastSaid = Date.now();
}

// What a person does

at("live").onclick = () => {
  paused = !paused;
  mark(paused ? "paused" : "live");
  poll();
};
at("plus").onclick = () => ctx.run({ ...clock.move("", 300, "+5m"), done: "The account's clock is 5 minutes ahead of before." });
at("account").onchange = ({ target }) => { location.hash = ctx.link(ctx.page, { account: target.value }); };
document.querySelector(".skip").onclick = (event) => {
  event.preventDefault();
  main.focus();
};
main.addEventListener("input", ({ target }) => { typed ||= !target.closest("[role=search]"); });
addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && ctx.params.id && !target.matches("input, select, dialog *")) {
    location.hash = ctx.link(ctx.page, { ...ctx.params, id: null });
  }
});
addEventListener("hashchange", () => arrive().catch(tell));
document.addEventListener("visibilitychange", poll);
at("nav").append(...Object.entries(PAGES).map(([name, [title]]) =>
  el("li", {}, el("a", { "data-page": name }, title, el("span.count", {})))));

/** Loads everything anew, since it may be another fake that is there now. */
async function reconnect() {
  await loadAccounts();
  read();
  await loadJournal();
  await refresh();
}

loadAccounts().then(arrive).then(() => mark("live")).catch(tell).finally(poll);
