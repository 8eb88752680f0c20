// Leads Node.js to the gateway: its own HTTP clients do not look at proxy variables.
// Connections to the vendor's hosts go to the fake, over TLS or plain as they were meant; its other
// hosts are refused, and everything else is left alone.
'use strict';

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
