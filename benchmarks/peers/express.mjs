// generateJWT as an integrator would write a stand-in: Express and jsonwebtoken, the vendor's own
// stack. It parses the body, authorizes the caller, finds the profile and signs the token.
//   PORT=… ACCOUNTS=accounts.json [KEEP_KEYS=1] node express.mjs
// With KEEP_KEYS it parses each private key once and keeps it, as the fake does.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

import express from 'express';
import jwt from 'jsonwebtoken';

const { PORT, ACCOUNTS, KEEP_KEYS } = process.env;
const accounts = new Map(
  JSON.parse(readFileSync(ACCOUNTS, 'utf8')).map(({ apiKey, domain, profiles }) => [
    apiKey,
    { apiKey, domain, titles: new Map(Object.entries(profiles)) },
  ]),
);
const kept = new Map();

function signingKey(pem) {
  if (!KEEP_KEYS) return pem;
  if (!kept.has(pem)) kept.set(pem, createPrivateKey(pem));
  return kept.get(pem);
}

function refuse(res, http, code, action, message) {
  res.status(http).json({ action, status: 'error', code, message });
}

function authorized(req, res, next) {
  const [, apiKey] = /^Bearer (.+)$/.exec(req.get('Authorization') ?? '') ?? [];
  req.account = accounts.get(apiKey);
  return req.account ? next() : refuse(res, 403, 102, 'request', 'API Key not valid.');
}

const app = express();
app.disable('x-powered-by');
app.use(express.json(), express.urlencoded({ extended: true }));
app.post('/api/profiles/generateJWT', authorized, (req, res) => {
  const { domain, privateKey, profileKey } = req.body;
  if (domain !== req.account.domain || !privateKey) {
    return refuse(res, 400, 101, 'request', 'Missing or incorrect parameters.');
  }
  const title = req.account.titles.get(profileKey);
  if (title === undefined) return refuse(res, 403, 144, 'profile', 'The Profile Key is invalid.');
  let token;
  try {
    token = jwt.sign({ apiKey: req.account.apiKey, profileKey }, signingKey(privateKey), {
      algorithm: 'RS256',
      allowInsecureKeySizes: true, // The vendor's keys have 1024 bit.
      audience: 'https://app.ayrshare.com',
      expiresIn: '5m',
      issuer: domain,
      subject: 'support@ayrshare.com',
    });
  } catch {
    return refuse(res, 400, 189, 'JWT', 'Error generating JWT.');
  }
  const url = `http://${req.get('Host')}?domain=${domain}&jwt=${token}`;
  return res.json({ status: 'success', title, token, url });
});
app.listen(Number(PORT), '127.0.0.1');
