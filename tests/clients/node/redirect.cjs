// Leads calls for Ayrshare's hosts to the fake, beneath packages that know only those hosts:
//   FAKEAYR_URL=http://127.0.0.1:8189 node --require ./redirect.cjs program.mjs
"use strict";
const http = require("node:http");
const https = require("node:https");

const HOSTS = new Set(["api.ayrshare.com", "app.ayrshare.com"]);
const fake = new URL(process.env.FAKEAYR_URL);

https.request = (url, options, callback) => {
  const target = new URL(url);
  if (!HOSTS.has(target.hostname)) {
    throw new Error(`A test must not call ${target.hostname}.`);
  }
  target.protocol = fake.protocol;
  target.host = fake.host;
  return http.request(target, options, callback);
};
