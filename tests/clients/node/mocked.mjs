// Calls Ayrshare with one HTTP client, while a library that replaces connections is active:
//   node mocked.mjs axios|fetch|undici|https|got|node-fetch nock|msw|none
// Prints the status, and what the library makes another host say.
import https from 'node:https';

const [client, library] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${process.env.AYRSHARE_API_KEY}` };

if (library === 'nock') {
  const { default: nock } = await import('nock');
  nock('https://shop.example').get('/').reply(200, 'replaced');
  nock.enableNetConnect(/ayrshare\.com/);
} else if (library === 'msw') {
  const { http, HttpResponse } = await import('msw');
  const { setupServer } = await import('msw/node');
  setupServer(http.get('https://shop.example/', () => HttpResponse.text('replaced'))).listen({
    onUnhandledRequest: 'bypass',
  });
}

const clients = {
  async axios(url) {
    const { default: axios } = await import('axios');
    const { status, data } = await axios.get(url, { headers, responseType: 'text' });
    return [status, data];
  },
  async fetch(url) {
    const answer = await fetch(url, { headers });
    return [answer.status, await answer.text()];
  },
  async undici(url) {
    const { request } = await import('undici');
    const { statusCode, body } = await request(url, { headers });
    return [statusCode, await body.text()];
  },
  https(url) {
    return new Promise((resolve, reject) => {
      https
        .get(url, { headers }, async (answer) => {
          let text = '';
          for await (const part of answer) text += part;
          resolve([answer.statusCode, text]);
        })
        .on('error', reject);
    });
  },
  async got(url) {
    const { default: got } = await import('got');
    const { statusCode, body } = await got(url, { headers });
    return [statusCode, body];
  },
  async 'node-fetch'(url) {
    const { default: fetch } = await import('node-fetch');
    const answer = await fetch(url, { headers });
    return [answer.status, await answer.text()];
  },
};

const [status, text] = await clients[client]('https://api.ayrshare.com/api/user');
console.log(status, JSON.parse(text).title);
if (library !== 'none' && client !== 'undici') {
  console.log((await clients[client]('https://shop.example/'))[1]);
}
process.exit();
