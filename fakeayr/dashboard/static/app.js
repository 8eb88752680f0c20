/** The frame: which page is shown, what is new, and for which account. */

import { call, Problem, session } from "./api.js";
import { add, button, el } from "./dom.js";
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
  now, requests, advice, profiles, posts, webhooks, emails, clock, accounts,
};
const TITLES = {
  now: "Now", requests: "Requests", advice: "Advice", profiles: "Profiles", posts: "Posts",
  webhooks: "Webhooks", emails: "E-mails", clock: "Clock and faults", accounts: "Accounts",
};
const KEPT = 1000;
const QUIET_MS = 300_000;
const at = (id) => document.getElementById(id);
const main = at("main");

/** What pages get to know, and what they can do. */
const ctx = {
  page: "now",
  params: {},
  facts: JSON.parse(document.body.dataset.facts),
  journal: [],
  titles: new Map(),
  counts: {},
  now: Date.now() / 1000,
  title: (refId) => ctx.titles.get(refId) || "",
  link(page, params = {}) {
    const query = new URLSearchParams();
    const named = { ...params, account: session.account === session.accounts[0] ? null : session.account?.refId };
    for (const [name, value] of Object.entries(named)) if (value) query.set(name, value);
    return `#/${page}${query.size ? `?${query}` : ""}`;
  },
  /** Changes what the URL says of the page, without another entry in the history. */
  filter(changes) {
    history.replaceState(null, "", ctx.link(ctx.page, { ...ctx.params, ...changes }));
    read();
    draw();
  },
  /** Does something that a person asked for, says how it went, and shows what is different. */
  async act(work, done) {
    try {
      const result = await work();
      if (done) ctx.say(typeof done === "function" ? done(result) : done);
      await follow();
      await refresh();
    } catch (problem) {
      tell(problem);
    }
  },
  say(text) {
    at("toast").textContent = text;
    at("toast").hidden = false;
    clearTimeout(ctx.timer);
    ctx.timer = setTimeout(() => { at("toast").hidden = true; }, 5000);
  },
  async openAccount(plan) {
    const opened = await call("POST", "/accounts", { plan });
    await loadAccounts();
    location.hash = `#/accounts?account=${opened.refId}`;
  },
};

let cursor = 0;
let data = null;
let loading = 0;
let paused = false;
let fresh = 0;
let busy = false;
let lastNews = Date.now();
let lastSaid = 0;
let unsaid = 0;
let next = null;

function tell(problem) {
  if (problem instanceof Problem) ctx.say(problem.message);
  else if (problem instanceof TypeError && /fetch|network/i.test(problem.message)) mark("gone");
  else throw problem;
}

// Where we are

/** Reads the URL; says whether it names another page or account than before. */
function read() {
  const [, name, query] = location.hash.match(/^#\/(\w*)\??(.*)$/) || [];
  const params = Object.fromEntries(new URLSearchParams(query));
  const known = session.accounts.find((one) => one.refId === params.account);
  const account = known || session.accounts[0];
  const page = PAGES[name] ? name : "now";
  const moved = page !== ctx.page || account !== session.account;
  const otherAccount = account !== session.account;
  delete params.account;
  Object.assign(ctx, { page, params });
  session.account = account;
  return { moved, otherAccount };
}

async function arrive() {
  const before = ctx.params.id;
  const { moved, otherAccount } = read();
  if (moved) data = null; // What is loaded is another page's.
  if (otherAccount) await loadJournal();
  if (!data) await refresh();
  else if (fresh) await refresh();
  else draw();
  drawFrame();
  document.title = `${TITLES[ctx.page]} · fakeayr`;
  if (moved) {
    scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  } else if (before && !ctx.params.id) {
    main.querySelector(`.item[href="${CSS.escape(ctx.link(ctx.page, { ...ctx.params, id: before }))}"]`)?.focus();
  } else if (ctx.params.id && matchMedia("(max-width: 44rem)").matches) {
    scrollTo(0, 0);
    main.querySelector(".back")?.focus({ preventScroll: true });
  }
}

async function loadAccounts() {
  const known = await call("GET", "/credentials");
  Object.assign(session, known);
  at("account").replaceChildren(...known.accounts.map((one) =>
    el("option", { value: one.refId }, `${one.domain} · ${one.plan}`)));
}

async function loadJournal() {
  const [{ requests: entries }, listed] = await Promise.all([
    call("GET", "/requests"), call("GET", "/profiles"),
  ]);
  ctx.journal = entries;
  ctx.titles = new Map(listed.profiles.map((one) => [one.refId, one.title]));
  cursor = entries.at(-1)?.id || 0;
  await follow();
}

// What is shown

/** Loads the page's data anew, and shows them. */
async function refresh() {
  const turn = ++loading;
  const page = PAGES[ctx.page];
  let loaded = null;
  try {
    loaded = (await page.load?.(call, ctx)) || {};
  } catch (problem) {
    tell(problem);
    return;
  }
  if (turn !== loading) return;
  data = loaded;
  fresh = 0;
  draw();
}

/** Shows the page; focus, open parts and scrolling stay where they are. */
function draw() {
  if (!data) return;
  const focused = document.activeElement;
  const key = main.contains(focused) ? keyOf(focused) : null;
  const range = focused?.type === "search" ? [focused.selectionStart, focused.selectionEnd] : null;
  const scrolled = [...main.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollTop]);
  const opened = [...main.querySelectorAll("details[open]")].map((one) => one.dataset.k);
  const view = PAGES[ctx.page].view(ctx, data, call);
  main.replaceChildren();
  add(main, view);
  for (const one of main.querySelectorAll("details")) if (opened.includes(one.dataset.k)) one.open = true;
  for (const [name, top] of scrolled) {
    const place = main.querySelector(`[data-scroll="${name}"]`);
    if (place && !(name === "detail" && drawn !== ctx.params.id)) place.scrollTop = top;
  }
  drawn = ctx.params.id;
  if (key) {
    const again = [...main.querySelectorAll("a, button, input, select, summary")].find((one) => keyOf(one) === key);
    again?.focus({ preventScroll: true });
    if (range && again) again.setSelectionRange(...range);
  }
}
let drawn = null;

const keyOf = (element) =>
  element.dataset.k || element.getAttribute("href") || element.name || element.textContent;

/** The navigation, the account and the clock. */
function drawFrame() {
  const { counts } = ctx;
  const shown = { requests: counts.requests, advice: counts.advice, posts: counts.posts, webhooks: counts.webhooks, emails: counts.emails };
  if (at("nav").childElementCount === 0) {
    at("nav").append(...Object.keys(PAGES).map((name) =>
      el("li", {}, el("a", { "data-page": name }, TITLES[name], el("span.count", { hidden: true })))));
  }
  for (const link of at("nav").querySelectorAll("a")) {
    const name = link.dataset.page;
    link.href = ctx.link(name);
    if (name === ctx.page) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    const count = link.querySelector(".count");
    count.textContent = shown[name] || "";
    count.hidden = !shown[name];
    count.classList.toggle("hot", name === "advice");
  }
  const current = at("nav").querySelector("[aria-current]");
  if (current && current.dataset.page !== drawFrame.page) current.scrollIntoView({ block: "nearest", inline: "nearest" });
  drawFrame.page = ctx.page;
  at("account").value = session.account?.refId;
  tick();
}

function tick() {
  const time = new Date(ctx.now * 1000);
  at("time").dateTime = time.toISOString();
  at("time").title = `The account's time: ${time.toISOString()}`;
  at("time").textContent = time.toLocaleTimeString("en-GB");
  at("offset").textContent = ctx.offset >= 1 ? `+${span(ctx.offset)}` : "";
}

function span(seconds) {
  const days = Math.floor(seconds / 86400);
  const minutes = Math.round((seconds % 86400) / 60);
  const hours = Math.floor(minutes / 60);
  return [days && `${days} d`, hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ") || `${Math.round(seconds)} s`;
}

// What is new

function mark(name) {
  const words = { live: "live", paused: "paused", gone: "fake has gone, trying again" };
  const live = at("live");
  if (live.dataset.state !== name && live.dataset.state) at("status").textContent = words[name];
  live.dataset.state = name;
  at("live-text").textContent = words[name];
  live.setAttribute("aria-label", name === "paused" ? "Paused. Go on" : `${words[name]}. Pause`);
  live.setAttribute("aria-pressed", String(name !== "paused"));
}

/** Whether somebody reads: then nothing on the page may move. */
const reading = () => ctx.params.id || scrollY > 200
  || (main.contains(document.activeElement) && !document.activeElement.matches("main, h1, [type=search]"));

/** Takes what is new since the last time; returns how many things that are. */
async function follow() {
  const account = session.account;
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
  const before = ctx.counts;
  const news = changes.requests.length + Object.keys(changes.counts)
    .filter((name) => name !== "requests" && changes.counts[name] !== before[name]).length;
  unsaid += changes.requests.length;
  Object.assign(ctx, { counts: changes.counts, now: changes.now, offset: changes.offset });
  drawFrame();
  return news;
}

async function poll() {
  clearTimeout(next);
  if (paused || document.hidden || busy) return;
  busy = true;
  try {
    const news = await follow();
    mark("live");
    if (news) {
      lastNews = Date.now();
      fresh += news;
    }
    if (!data) fresh = 0; // It is being loaded.
    else if (fresh && PAGES[ctx.page].follows !== false) {
      if (reading()) offer();
      else await refresh();
    } else if (PAGES[ctx.page].waits?.(data) && !reading()) await refresh();
    announce();
  } catch (problem) {
    tell(problem);
  } finally {
    busy = false;
  }
  next = setTimeout(poll, Date.now() - lastNews > QUIET_MS ? 5000 : 1000);
}

/** A button for what is new, so that a list that is being read does not move. */
function offer() {
  const label = `${fresh} new`;
  const known = main.querySelector(".news");
  if (known) known.textContent = label;
  else main.prepend(button(label, () => { scrollTo(0, 0); main.querySelector("h1")?.focus(); refresh(); }, "small.news"));
}

function announce() {
  if (!unsaid || Date.now() - lastSaid < 5000) return;
  const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
  const { advice: pieces } = ctx.counts;
  at("status").textContent = `${many(unsaid, "new request")}, ${pieces} to mend`;
  unsaid = 0;
  lastSaid = Date.now();
}

// What a person does

at("live").onclick = () => {
  paused = !paused;
  mark(paused ? "paused" : "live");
  poll();
};
at("plus").onclick = () => ctx.act(() => call("POST", "/clock", { advance: 300 }), "The account's clock is 5 minutes ahead of before.");
at("account").onchange = ({ target }) => {
  const query = target.selectedIndex ? `?account=${target.value}` : "";
  location.hash = `#/${ctx.page}${query}`;
};
document.querySelector(".skip").onclick = (event) => {
  event.preventDefault();
  main.focus();
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && ctx.params.id && !document.querySelector("dialog[open]")) {
    location.hash = ctx.link(ctx.page, { ...ctx.params, id: null });
  }
});
addEventListener("hashchange", () => arrive().catch(tell));
document.addEventListener("visibilitychange", poll);

async function start() {
  try {
    await loadAccounts();
    read();
    await loadJournal();
    data = null;
    await arrive();
    mark("live");
    poll();
  } catch (problem) {
    tell(problem);
    setTimeout(start, 2000);
  }
}
start();
