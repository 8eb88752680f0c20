// An independent stand-in for the real Ayrshare: Express and jsonwebtoken, as the vendor's stack.
// It shares no code and no data with the fake. Usage:
//   API_KEY=… DOMAIN=… KEY_FILE=private.key node server.mjs CERT_FILE CERT_KEY_FILE [MUTANT]
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import express from 'express';
import jwt from 'jsonwebtoken';

import { MUTANTS } from './mutants.mjs';

const [certFile, certKeyFile, mutant] = process.argv.slice(2);
const { API_KEY, DOMAIN, KEY_FILE } = process.env;
const ownKey = readFileSync(KEY_FILE, 'utf8');
const publicKey = createPublicKey(ownKey);
const otherKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

if (mutant && !MUTANTS.includes(mutant)) {
  console.error(`no such mutant: ${mutant}`);
  process.exit(2);
}
const broken = (name) => mutant === name;

// ---- What it knows ---------------------------------------------------------------------------

const hex40 = () => randomBytes(20).toString('hex');
const newKey = () => {
  const letters = [...randomBytes(28)].map((it) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[it % 36]);
  return [0, 7, 14, 21].map((at) => letters.slice(at, at + 7).join('')).join('-');
};
const primary = { key: API_KEY, refId: hex40(), title: 'Primary Profile', created: new Date(), links: new Set(), hooks: {} };
const profiles = [];
const shortened = new Map();

// ---- How it answers --------------------------------------------------------------------------

class Refusal extends Error {
  constructor(http, action, code, message) {
    super(message);
    Object.assign(this, { http, action, code });
  }
}
const JWT_ERROR =
  'Error generating JWT. Check the sent parameters, such as the privateKey has no extra tabs, spaces, or newlines. ';
const WHOLE_FILE =
  'Also the entire private.key file including -----BEGIN RSA PRIVATE KEY----- and -----END RSA PRIVATE KEY-----. ';
const wrong = (what) => new Refusal(400, 'request', 101, `Missing or incorrect parameters. ${what}`);
const badProfileKey = () =>
  new Refusal(403, 'profile', 144, 'The Profile Key is invalid. Please verify correct Profile Key is being used.');

function send(res, http, body) {
  const type = broken('content-type-without-charset') ? 'application/json' : 'application/json; charset=utf-8';
  if (broken('rate-limit-told-in-words')) res.setHeader('x-ratelimit-max', 'three hundred');
  res.status(http).setHeader('Content-Type', type);
  res.end(JSON.stringify(body));
}

function refuse(res, refusal) {
  const body = { action: refusal.action, status: 'error', code: refusal.code, message: refusal.message };
  if (broken('errors-without-action')) delete body.action;
  if (broken('errors-without-code')) delete body.code;
  send(res, refusal.http, body);
}

// ---- Who calls -------------------------------------------------------------------------------

function authorize(req) {
  const [, key] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
  if (key === API_KEY) return;
  if (!key && broken('no-api-key-accepted')) return;
  if (key && broken('any-api-key-accepted')) return;
  if (broken('profile-key-accepted-as-api-key') && profiles.some((it) => it.key === key)) return;
  const http = !key && broken('no-api-key-status-403') ? 403 : 401;
  const code = broken('api-key-error-code-401') ? 401 : 102;
  throw new Refusal(http, 'authorization', code, 'API Key not valid.');
}

const find = (key) => profiles.find((it) => it.key === key && !it.deleted);
const stillKnown = (key) => profiles.find((it) => it.key === key);

function acting(req, inBody) {
  const header = req.headers['profile-key'];
  const key = header ?? inBody;
  if (key === undefined || broken('user-is-always-primary')) return primary;
  if (key === '' && broken('empty-profile-key-is-primary')) return primary;
  const found = broken('deleted-key-still-works') ? stillKnown(key) : find(key);
  if (found) return found;
  if (key && broken('unknown-profile-key-is-primary') && !stillKnown(key)) return primary;
  throw badProfileKey();
}

// ---- generateJWT -----------------------------------------------------------------------------

function xCredentials(req, body) {
  const inHeaders = [req.headers['x-twitter-oauth1-api-key'], req.headers['x-twitter-oauth1-api-secret']];
  const inBody = [body.twitterApiKey, body.twitterApiSecret];
  const any = (pair) => pair.some(Boolean);
  if (any(inHeaders) && broken('x-headers-refused')) throw wrong('header');
  if (any(inHeaders) && any(inBody) && !broken('x-credentials-twice-accepted')) {
    throw new Refusal(
      400, 'JWT', broken('x-credentials-twice-code-400') ? 400 : 434,
      'X/Twitter API credentials were provided in both the request headers and the request body. Please use the headers only. See https://www.ayrshare.com/docs/apis/profiles/generate-jwt',
    );
  }
  const pair = any(inHeaders) ? inHeaders : inBody;
  const accepted =
    broken('half-x-credentials-accepted') ||
    (any(inHeaders) && broken('half-x-credentials-in-headers-accepted'));
  if (any(pair) && !pair.every(Boolean) && !accepted) {
    const stop = broken('half-x-credentials-message-without-stop') ? '' : '.';
    throw new Refusal(
      broken('half-x-credentials-status-200') ? 200 : 400, 'JWT',
      broken('half-x-credentials-code-189') ? 189 : 188,
      `Both twitterApiKey and twitterApiSecret are required. You provided only one${stop}`,
    );
  }
  return any(pair) ? pair : null;
}

function lifetime(body) {
  const asked = body.expiresIn ?? (broken('expire-in-ignored') ? undefined : body.expireIn);
  if (asked === undefined) return undefined;
  if (typeof asked !== 'number' && !broken('expiry-as-text-accepted')) throw wrong('expiresIn');
  const minutes = Number(asked) || 5;
  const inRange = Number(asked) >= 1 && Number(asked) <= 2880;
  if (!inRange && !broken('expiry-unbounded') && typeof asked === 'number') {
    throw new Refusal(400, 'JWT', 189, `${JWT_ERROR}Error: expiresIn must be between 1 and 2880 minutes`);
  }
  return minutes;
}

function readKey(body) {
  let text = body.privateKey;
  if (body.base64 && !broken('base64-ignored')) text = Buffer.from(text, 'base64').toString();
  if (!text.includes('-----BEGIN') && !broken('no-start-line-accepted')) {
    const why = broken('no-start-line-other-message')
      ? 'Error: no start line'
      : 'Error: error:0909006C:PEM routines:get_name:no start line';
    throw new Refusal(400, 'JWT', 189, JWT_ERROR + why);
  }
  return text;
}

function signed(claims, key) {
  if (broken('token-signed-with-hs256')) return jwt.sign(claims, 'secret', { algorithm: 'HS256' });
  const options = { algorithm: broken('token-signed-with-rs384') ? 'RS384' : 'RS256', allowInsecureKeySizes: true };
  if (broken('token-has-a-kid')) options.keyid = '1';
  return jwt.sign(claims, broken('token-signed-with-another-key') ? otherKey : key, options);
}

function claimsFor(profile, minutes) {
  const iat = Math.floor(Date.now() / 1000);
  const unit = minutes !== undefined && broken('expires-in-counts-seconds') ? 1 : 60;
  const exp = iat + (minutes ?? (broken('lives-ten-minutes') ? 10 : 5)) * unit;
  const claims = {
    apiKey: broken('api-key-claim-hashed') ? createHash('sha256').update(API_KEY).digest('hex') : API_KEY,
    profileKey: broken('profile-key-claim-is-ref-id') ? profile.refId : profile.key,
    iat: broken('iat-in-milliseconds') ? iat * 1000 : iat,
    exp: broken('exp-in-milliseconds') ? exp * 1000 : exp,
    aud: broken('aud-is-the-profile-host') ? 'https://profile.ayrshare.com' : 'https://app.ayrshare.com',
    iss: broken('iss-is-ayrshare') ? 'ayrshare' : DOMAIN,
    sub: broken('sub-is-the-profile') ? profile.refId : 'support@ayrshare.com',
  };
  return broken('further-claim') ? { ...claims, jti: randomUUID() } : claims;
}

function generateJwt(req, body) {
  const x = xCredentials(req, body);
  for (const name of ['domain', 'privateKey', 'profileKey']) {
    const optional = name === 'domain' && broken('domain-optional');
    if (typeof body[name] !== 'string' && !optional) throw wrong(name);
  }
  if (broken('unknown-fields-refused') && body.noSuchField) throw wrong('noSuchField');
  if (body.domain !== DOMAIN && body.domain !== undefined && !broken('any-domain-accepted')) {
    throw new Refusal(400, 'JWT', 188, 'Error generating JWT. The domain is not valid.');
  }
  let profile = broken('deleted-still-gets-tokens') ? stillKnown(body.profileKey) : find(body.profileKey);
  if (body.profileKey === API_KEY && broken('api-key-accepted-as-profile-key')) profile = primary;
  if (!profile) throw badProfileKey();
  const minutes = lifetime(body);
  const text = readKey(body);
  const verify = body.verify === true && !broken('verify-ignored');
  if (body.verify && broken('verify-refuses-good-key')) {
    throw new Refusal(400, 'JWT', 189, `${JWT_ERROR}${WHOLE_FILE}Error: invalid signature`);
  }
  let token;
  try {
    token = signed(claimsFor(profile, minutes), text);
  } catch {
    if (verify || broken('corrupt-refused-without-verify')) {
      const file = broken('verify-corrupt-message-short') ? '' : WHOLE_FILE;
      throw new Refusal(
        broken('verify-corrupt-status-500') ? 500 : 400, 'JWT', 189,
        `${JWT_ERROR}${file}Error: secretOrPrivateKey must be an asymmetric key when using RS256`,
      );
    }
    const sound = jwt.sign(claimsFor(profile, minutes), otherKey, { algorithm: 'RS256' });
    token = broken('corrupt-url-opens')
      ? jwt.sign(claimsFor(profile, minutes), ownKey, { algorithm: 'RS256', allowInsecureKeySizes: true })
      : sound;
  }
  if (verify && !broken('verify-foreign-accepted') && !opens(token)) {
    if (text !== ownKey) throw new Refusal(400, 'JWT', 189, `${JWT_ERROR}${WHOLE_FILE}Error: invalid signature`);
  }
  const answer = {
    status: broken('status-is-ok') ? 'ok' : 'success',
    title: broken('title-is-ref-id') ? profile.refId : profile.title,
    token,
    url: linkingUrl(req, token, body, x),
  };
  if (broken('email-sent-always')) answer.emailSent = false;
  if (minutes !== undefined || broken('expires-in-always-shown')) {
    answer.expiresIn = broken('expires-in-shown-as-number') ? minutes : `${minutes ?? 5}m`;
  }
  return answer;
}

function linkingUrl(req, token, body, x) {
  const query = [];
  if (!broken('url-without-domain')) query.push(`domain=${encodeURIComponent(DOMAIN)}`);
  if (!broken('url-without-token')) query.push(`jwt=${token}`);
  if (body.redirect) {
    const id = randomBytes(5).toString('hex');
    shortened.set(id, body.redirect);
    const short = broken('redirect-unshortened') ? body.redirect : `https://${req.headers.host}/r/${id}`;
    query.push(`redirect=${encodeURIComponent(short)}`);
  }
  if (x) query.push(broken('x-secret-in-url') ? `x=${x.join(':')}` : 'x=1');
  return broken('url-relative') ? `/?${query.join('&')}` : `https://${req.headers.host}?${query.join('&')}`;
}

function opens(token) {
  if (broken('good-url-does-not-open')) return false;
  try {
    const claims = jwt.verify(token, publicKey, { algorithms: ['RS256'] });
    const known = broken('deleted-url-still-opens') ? stillKnown(claims.profileKey) : find(claims.profileKey);
    return Boolean(known);
  } catch {
    return false;
  }
}

// ---- Profiles --------------------------------------------------------------------------------

function createProfile(body) {
  const title = body.title ?? (broken('title-optional') ? randomUUID() : undefined);
  if (typeof title !== 'string' || title === '') throw wrong('title');
  const same = (one, other) =>
    broken('titles-without-case') ? one.toLowerCase() === other.toLowerCase() : one === other;
  if (profiles.some((it) => !it.deleted && same(it.title, title)) && !broken('title-not-unique')) {
    const http = broken('title-taken-status-409') ? 409 : 400;
    throw new Refusal(http, 'create profile', 146, 'Profile title already exists.');
  }
  const refId = broken('ref-id-is-a-uuid') ? randomUUID() : hex40();
  const profile = { key: newKey(), refId, title, created: new Date(), links: new Set(), hooks: {} };
  profiles.push(profile);
  const answer = { status: 'success', title, refId, profileKey: profile.key, messagingActive: false };
  if (broken('created-without-ref-id')) delete answer.refId;
  return answer;
}

function listProfiles(query) {
  let found = profiles.filter((it) => !it.deleted);
  if (broken('primary-listed')) found = [primary, ...found];
  if (broken('not-listed')) found = [];
  if (query.title && !broken('title-filter-ignored')) found = found.filter((it) => it.title === query.title);
  if (query.refId && !broken('ref-id-filter-ignored')) found = found.filter((it) => it.refId === query.refId);
  const from = Number(query.cursor ?? 0);
  const limit = Number(query.limit ?? 5000);
  const step = broken('pages-overlap') && limit > 1 ? limit - 1 : broken('pages-lose-one') ? limit + 1 : limit;
  const page = found.slice(from, from + (broken('limit-ignored') ? limit + 1 : limit));
  const hasMore = from + step < found.length;
  return {
    profiles: page.map((it) => ({
      status: 'active',
      title: it.title,
      created: { _seconds: Math.floor(it.created / 1000), _nanoseconds: 0 },
      ...(broken('created-utc-missing') ? {} : { createdUTC: it.created.toISOString() }),
      refId: it.refId,
      ...(broken('profile-key-listed') ? { profileKey: it.key } : {}),
    })),
    count: page.length,
    pagination: { hasMore, nextCursor: hasMore ? String(from + step) : null, limit },
  };
}

// ---- Routes ----------------------------------------------------------------------------------

const app = express();
app.disable('x-powered-by');
app.use(express.text({ type: () => true }));

const readBody = (req) => {
  if (typeof req.body !== 'string' || req.body === '') return {};
  let body;
  try {
    body = JSON.parse(req.body);
  } catch {
    throw broken('malformed-json-is-500') ? new Refusal(500, 'request', 500, 'Unexpected token') : wrong('JSON');
  }
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!isObject && !broken('arrays-accepted')) throw wrong('object');
  if (!isObject) throw new Refusal(200, 'request', 0, 'accepted');
  return body;
};

const api = express.Router();

// Serves a path: each method has a function of the request and its body; others are refused.
function route(path, handlers) {
  for (const [method, handler] of Object.entries(handlers)) {
    api[method](path, (req, res) => {
      try {
        authorize(req);
        send(res, 200, handler(req, method === 'get' ? {} : readBody(req)));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(res, error);
      }
    });
  }
  const http = broken('wrong-method-is-404') ? 404 : 405;
  api.all(path, (req, res) => refuse(res, new Refusal(http, 'request', 9405, 'Method not allowed.')));
}

const user = (req) => {
  const profile = acting(req);
  const linked = [...profile.links];
  return {
    ...(linked.length || broken('active-social-accounts-empty') ? { activeSocialAccounts: linked } : {}),
    email: 'stand-in@example.com',
    refId: profile.refId,
    title: profile.title,
  };
};

route('/profiles/generateJWT', { post: generateJwt });
route('/profiles/social', {
  delete: (req, body) => {
    const profile = acting(req, body.profileKey);
    if (!profile.links.delete(body.platform) && broken('unlink-of-nothing-is-404')) {
      throw new Refusal(404, 'social', 404, 'Not linked.');
    }
    return { status: 'success', platform: body.platform, refId: profile.refId };
  },
});
route('/profiles', {
  post: (req, body) => createProfile(body),
  get: (req) => listProfiles(req.query),
  patch: (req, body) => {
    if (body.profileKey && broken('patch-ignores-body-key')) throw badProfileKey();
    const profile = acting(req, body.profileKey);
    if (profile === primary) throw badProfileKey();
    if (body.title && !broken('patch-ignored')) profile.title = body.title;
    return { status: 'success', refId: profile.refId };
  },
  delete: (req, body) => {
    const key = req.headers['profile-key'] ?? body.profileKey;
    if (key === undefined && broken('delete-by-title-refused')) throw wrong('profileKey');
    const profile = key === undefined ? profiles.find((it) => !it.deleted && it.title === body.title) : find(key);
    if (!profile) throw key === undefined ? new Refusal(404, 'delete profile', 9404, 'Not found.') : badProfileKey();
    profile.deleted = true;
    return { status: 'success', refId: profile.refId };
  },
});
route('/user', { get: user });
route('/hook/webhook', {
  post: (req, body) => {
    if (!String(body.url).startsWith('https://') && !broken('webhook-http-accepted')) throw wrong('url');
    const profile = acting(req);
    profile.hooks[body.action] = body.url;
    return { status: 'success', action: body.action, url: body.url, refId: profile.refId };
  },
  get: (req) => ({ status: 'success', ...(broken('webhook-not-listed') ? {} : acting(req).hooks) }),
  delete: (req, body) => {
    if (!broken('webhook-not-removed')) delete acting(req).hooks[body.action];
    return { status: 'success', action: body.action };
  },
});
app.use('/api', api);
app.use('/api', (req, res) => {
  if (broken('unknown-path-is-200')) return send(res, 200, {});
  if (broken('unknown-path-is-html')) return res.status(404).type('html').send('<h1>Not found</h1>');
  return refuse(res, new Refusal(404, 'request', 9404, 'Not found.'));
});
app.get('/r/:id', (req, res) => res.redirect(302, shortened.get(req.params.id) ?? '/'));
app.get('/', (req, res) => res.status(opens(String(req.query.jwt)) ? 200 : 401).type('html').send('<h1>Social accounts</h1>'));

const server = createServer({ cert: readFileSync(certFile), key: readFileSync(certKeyFile) }, app);
server.listen(0, '127.0.0.1', () => console.log(`https://localhost:${server.address().port}/api`));
process.on('SIGTERM', () => process.exit(0));
