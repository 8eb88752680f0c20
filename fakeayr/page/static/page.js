// Tells the page that opened this one what happened, sends redirects where they belong, closes
// tabs, and lets no form be sent twice. Everything else works without it.
"use strict";

const { origin, events, leads, target } = document.body.dataset;
const opener = window.opener;

// A page that is reloaded or gone back to tells nothing twice.
const [navigation] = performance.getEntriesByType("navigation");
const isNew = navigation === undefined || navigation.type === "navigate";

function tellOpener() {
  if (!opener || !origin || !events) return;
  const mark = `told ${location.href}`;
  if (!isNew && sessionStorage.getItem(mark)) return;
  sessionStorage.setItem(mark, "yes");
  for (const event of JSON.parse(events)) {
    opener.postMessage({ source: "ayrshare", version: 1, ...event }, origin);
  }
}

function leave() {
  if (target && leads === "opener" && opener) {
    opener.location.href = target;
  } else if (target && !(leads === "tab-without-opener" && opener)) {
    location.replace(target);
    return;
  }
  // A browser closes only tabs that a script opened; the page says so to the others. The pause lets
  // the opener read the events before their source is gone.
  setTimeout(() => window.close(), 50);
}

function sendOnce(submission) {
  const form = submission.target;
  if (form.dataset.sent) submission.preventDefault();
  form.dataset.sent = "true";
}

// A page that a browser kept and shows again can be used again; the first time is no such time.
function sendAgain(shown) {
  if (!shown.persisted) return;
  for (const form of document.forms) delete form.dataset.sent;
}

document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", sendAgain);
tellOpener();
if (leads) leave();
