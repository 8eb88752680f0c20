// Leads Node.js to the gateway: its own HTTP clients do not look at proxy variables.
// Connections to the vendor's hosts go to the fake, over TLS or plain as they were meant; its other
// hosts are refused, and everything else is left alone.
'use strict';

const childProcess = require('node:child_process');
const module_ = require('node:module');
const net = require('node:net');
const tls = require('node:tls');

const answered = new Set((process.env.FAKEAYR_HOSTS ?? '').split(','));
const plainPort = Number(process.env.FAKEAYR_PORT);
const tlsPort = Number(process.env.FAKEAYR_TLS_PORT);
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  const options = optionsOf(args);
  const host = String(options?.host ?? '').toLowerCase();
  if (answered.has(host)) {
    const secure = this instanceof tls.TLSSocket || Number(options.port) === 443;
    setOptions(args, { ...options, host: '127.0.0.1', port: secure ? tlsPort : plainPort });
  } else if (/(^|\.)ayrshare\.com\.?$/.test(host)) {
    const error = new Error(`fakeayr keeps you from the real ${host}.`);
    process.nextTick(() => this.destroy(error));
    return this;
  }
  return connect.apply(this, args);
};

// It may be called with options, with port and host, or, by Node.js itself, with both in an array.
function optionsOf([first, second]) {
  if (Array.isArray(first)) return first[0];
  if (typeof first === 'object') return first;
  return typeof second === 'string' ? { port: first, host: second } : undefined;
}

function setOptions(args, options) {
  const [first] = args;
  if (Array.isArray(first)) first[0] = options;
  else args.splice(0, typeof first === 'object' ? 1 : 2, options);
}

// Clients that do look at proxy variables, such as axios, need none here, and stumble over one where
// a test replaces their connections (nock, msw). Programs that this one starts get them back. The
// fetch of Bun and of Deno needs them, and so does everybody where the user has a proxy.
const isNode = !process.versions.bun && !process.versions.deno;
if (isNode && !process.env.FAKEAYR_NODE_PROXY) hideProxies();

function hideProxies() {
  const hidden = {};
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
    if (process.env[name] !== undefined) hidden[name] = process.env[name];
    delete process.env[name];
  }
  const restored = (options) => {
    const env = options?.env ?? process.env;
    return env.FAKEAYR_PORT === undefined ? options : { ...options, env: { ...hidden, ...env } };
  };

  const { spawn } = childProcess.ChildProcess.prototype;
  childProcess.ChildProcess.prototype.spawn = function (options) {
    const pairs = options?.envPairs;
    if (pairs?.some((pair) => pair.startsWith('FAKEAYR_PORT='))) {
      const set = new Set(pairs.map((pair) => pair.slice(0, pair.indexOf('='))));
      for (const name in hidden) if (!set.has(name)) pairs.push(`${name}=${hidden[name]}`);
    }
    return spawn.call(this, options);
  };

  // Arguments are optional in the middle: options are the last one if they are an object.
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    const original = childProcess[name];
    childProcess[name] = function (...args) {
      const last = args.at(-1);
      const given = args.length > 1 && !Array.isArray(last);
      const options = given ? args.pop() : undefined;
      return original.call(this, ...args, restored(options));
    };
  }
  module_.syncBuiltinESMExports();
}
