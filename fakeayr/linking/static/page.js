// Tells the page that opened this one what happened, sends redirects where they belong, closes
// tabs, and lets no form be sent twice. Everything else works without it.
"use strict";

const { origin, events, leads, target } = document.body.dataset;
const opener = window.opener;

// A page that is reloaded or gone back to has told its events before.
const [navigation] = performance.getEntriesByType("navigation");
const isNew = navigation === undefined || navigation.type === "navigate";

function tellOpener() {
  if (!isNew || !opener || !origin || !events) return;
  for (const event of JSON.parse(events)) {
    opener.postMessage({ source: "ayrshare", version: 1, ...event }, origin);
  }
}

function leave() {
  const forOpener = leads === "opener" && opener;
  if (target && forOpener) opener.location.href = target;
  const staysHere = leads === "tab-without-opener" && opener;
  if (target && !forOpener && !staysHere) location.replace(target);
  // A browser closes only tabs that a script opened; the page says so to the others. The pause lets
  // the opener read the events before their source is gone.
  else setTimeout(() => window.close(), 50);
}

function sendOnce(submission) {
  const form = submission.target;
  if (form.dataset.sent) submission.preventDefault();
  form.dataset.sent = "true";
}

function sendAgain() {
  for (const form of document.forms) delete form.dataset.sent;
}

tellOpener();
if (leads) leave();
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", sendAgain);
