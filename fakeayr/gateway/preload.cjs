// Leads Node.js to the gateway: its own HTTP clients do not look at HTTPS_PROXY.
// Connections to the vendor's hosts go to the gateway's TLS port; all others are left alone.
'use strict';

const net = require('node:net');
const tls = require('node:tls');

const hosts = new Set((process.env.FAKEAYR_HOSTS || '').split(','));
const port = Number(process.env.FAKEAYR_TLS_PORT);

function redirected(options) {
  const host = options.host || options.hostname;
  if (!hosts.has(host) || options.socket) return options;
  return {
    ...options,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    port,
    servername: options.servername || host,
  };
}

for (const library of [net, tls]) {
  const connect = library.connect;
  library.connect = function (first, ...rest) {
    const options = typeof first === 'object' && first !== null && !Array.isArray(first);
    return connect.call(this, options ? redirected(first) : first, ...rest);
  };
}
