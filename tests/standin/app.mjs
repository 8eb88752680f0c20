// An independent stand-in for the real Ayrshare: Express and jsonwebtoken, as the vendor's stack.
// It shares no code and no data with the fake. Each `import('./app.mjs?mutant=…&prefix=…')` is a
// stand-in of its own, with a fault switched on or none; it is served below the prefix.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import express from 'express';
import jwt from 'jsonwebtoken';

import servePosting from './posting.mjs';

const chosen = new URL(import.meta.url).searchParams;
const mutant = chosen.get('mutant') ?? '';
const prefix = chosen.get('prefix') ?? '';
const age = chosen.get('age') ?? 'older';
const { API_KEY, DOMAIN, KEY_FILE } = process.env;
const ownKey = readFileSync(KEY_FILE, 'utf8');
const publicKey = createPublicKey(ownKey);
let someKey;
const otherKey = () => (someKey ??= generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);

const broken = (name) => mutant === name;
// Whether a fault is switched on for one operation only, such as `no-api-key-accepted-by-list`.
const brokenBy = (name, op) => broken(name) || broken(`${name}-by-${op}`);

// ---- What it knows ---------------------------------------------------------------------------

const hex40 = () => randomBytes(20).toString('hex');
const newKey = () => {
  const letters = [...randomBytes(28)].map((it) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'[it % 36]);
  return [0, 7, 14, 21].map((at) => letters.slice(at, at + 7).join('')).join('-');
};
const NETWORKS = [
  'bluesky', 'facebook', 'gmb', 'instagram', 'linkedin', 'pinterest', 'reddit', 'snapchat', 'telegram', 'threads',
  'tiktok', 'twitter', 'youtube',
];
const ACTIONS = [
  'feed', 'social', 'scheduled', 'batch', 'messages', 'mentions', 'comments', 'automations', 'suspended', 'accountActivity',
];
const newProfile = (key, refId, title) => ({
  key, refId, title, created: new Date(), links: new Set(), hooks: {}, changedHooks: {}, unlinked: new Set(),
  schedules: new Map(), used: new Map(), lost: new Set(),
});
const primary = newProfile(API_KEY, hex40(), broken('primary-title-is-primary') ? 'Primary' : 'Primary Profile');
const sessions = new Map();
let calls = 0;
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
const VERIFY_WITH_DOCS = 'Please verify with the docs. https://docs.ayrshare.com/rest-api/endpoints';
const wrong = () =>
  new Refusal(
    broken('parameters-status-422') ? 422 : 400, 'request', broken('parameters-code-400') ? 400 : 101,
    `Missing or incorrect parameters. ${broken('parameters-message-short') ? 'Please verify with the docs.' : VERIFY_WITH_DOCS}`,
  );
const badProfileKey = (op) =>
  new Refusal(
    broken('profile-key-error-status-404') ? 404 : 403,
    broken('profile-key-error-action-request') ? 'request' : 'profile',
    brokenBy('profile-key-error-code-145', op) ? 145 : 144,
    brokenBy('profile-key-error-other-message', op)
      ? 'The Profile Key is invalid.'
      : 'The Profile Key is invalid. Please verify correct Profile Key is being used.',
  );

function send(res, http, body, op) {
  const bare =
    brokenBy('content-type-without-charset', op) ||
    (http >= 400 && broken('content-type-without-charset-on-errors')) ||
    (http === 404 && broken('content-type-without-charset-on-404'));
  const type = bare ? 'application/json' : 'application/json; charset=utf-8';
  if (broken('rate-limit-told-in-words')) res.setHeader('x-ratelimit-max', 'three hundred');
  if (broken('rate-limit-without-count')) res.setHeader('x-ratelimit-max', '300');
  if (http === 403 && broken('rate-limit-in-words-on-errors')) {
    res.setHeader('x-ratelimit-max', '300');
    res.setHeader('x-ratelimit-count', 'one');
  }
  res.status(http).setHeader('Content-Type', type);
  res.end(JSON.stringify(body));
}

function refuse(res, refusal, op) {
  let body = { action: refusal.action, status: 'error', code: refusal.code, message: refusal.message };
  if (broken('errors-without-message')) delete body.message;
  if (brokenBy('errors-without-status', op)) delete body.status;
  if (broken('error-codes-are-texts')) body.code = String(body.code);
  if (broken('error-messages-are-lists')) body.message = [body.message];
  if (brokenBy('errors-nested', op)) body = { status: 'error', errors: [body] };
  if (refusal.http === 405 && broken('wrong-method-without-code')) delete body.code;
  if (broken('errors-show-the-api-key')) body.details = `Bearer ${API_KEY}`;
  if (broken('errors-without-action')) delete body.action;
  if (broken('errors-without-code')) delete body.code;
  send(res, refusal.http, body, op);
}

// ---- Who calls -------------------------------------------------------------------------------

function authorize(req, op) {
  const header = req.headers.authorization ?? '';
  let [, key] = /^Bearer (.+)$/.exec(header) ?? [];
  if (broken('api-key-without-bearer-accepted') && header === API_KEY) return;
  if (broken('api-key-with-any-scheme-accepted') && header.endsWith(` ${API_KEY}`)) return;
  if (broken('api-key-in-query-accepted') && req.query.apiKey === API_KEY) return;
  if (key === API_KEY) return;
  if (key && broken('api-key-prefix-accepted') && API_KEY.startsWith(key)) return;
  if (key && broken('api-key-with-more-accepted') && key.startsWith(API_KEY)) return;
  if (!key && brokenBy('no-api-key-accepted', op)) return;
  if (!key && broken('profile-key-alone-accepted') && find(req.headers['profile-key'])) return;
  if (key && brokenBy('any-api-key-accepted', op) && !profiles.some((it) => it.key === key)) return;
  if (brokenBy('profile-key-accepted-as-api-key', op) && profiles.some((it) => it.key === key)) return;
  const http = (!key && broken('no-api-key-status-400')) || (key && broken('unknown-api-key-status-404')) ? (key ? 404 : 400) : 403;
  const code = brokenBy('api-key-error-code-401', op) || (!key && broken('no-api-key-code-101')) ? 401 : 102;
  throw new Refusal(http, 'authorization', code, broken('api-key-error-other-message') ? 'Unauthorized.' : 'API Key not valid.');
}

const find = (key) =>
  profiles.find(
    (it) =>
      (it.key === key ||
        (key && broken('profile-key-prefix-accepted') && it.key.startsWith(key)) ||
        (broken('ref-id-accepted-as-profile-key') && it.refId === key)) &&
      (!it.deleted || (broken('deleted-profile-comes-back') && calls > it.deletedAt + 60)),
  );
const stillKnown = (key) => profiles.find((it) => it.key === key);

function acting(req, inBody) {
  const { op } = req;
  const header = req.headers['profile-key'];
  if (header === undefined && inBody === '' && brokenBy('empty-body-key-is-primary', op)) return primary;
  if (header === undefined && inBody !== undefined && brokenBy('body-key-ignored', op)) return primary;
  if (header === API_KEY && brokenBy('api-key-accepted-in-profile-key-header', op)) return primary;
  const key = header ?? inBody;
  if (key === undefined || broken('user-is-always-primary')) return primary;
  if (key === '' && brokenBy('empty-profile-key-is-primary', op)) return primary;
  const found = brokenBy('deleted-key-still-works', op) ? stillKnown(key) : find(key);
  if (found) return found;
  if (key && brokenBy('unknown-profile-key-is-primary', op) && !stillKnown(key)) return primary;
  throw badProfileKey(op);
}

// ---- generateJWT -----------------------------------------------------------------------------

function xCredentials(req, body) {
  const inHeaders = [req.headers['x-twitter-oauth1-api-key'], req.headers['x-twitter-oauth1-api-secret']];
  const inBody = [body.twitterApiKey, body.twitterApiSecret];
  const any = (pair) => pair.some(Boolean);
  if (any(inHeaders) && broken('x-headers-refused')) throw wrong();
  if (any(inBody) && broken('x-body-refused')) throw wrong();
  const halves = !inHeaders.every(Boolean) || !inBody.every(Boolean);
  const mixed = halves && broken('x-halves-of-header-and-body-accepted');
  if (any(inHeaders) && any(inBody) && mixed) return ['key', 'secret'];
  if (any(inHeaders) && any(inBody) && !broken('x-credentials-twice-accepted')) {
    throw new Refusal(
      400, 'JWT', broken('x-credentials-twice-code-400') ? 400 : 434,
      'X/Twitter API credentials were provided in both the request headers and the request body. Please use the headers only. See https://www.ayrshare.com/docs/apis/profiles/generate-jwt',
    );
  }
  const pair = any(inHeaders) ? inHeaders : inBody;
  const accepted =
    broken('half-x-credentials-accepted') ||
    (any(inHeaders) && broken('half-x-credentials-in-headers-accepted')) ||
    (!any(inHeaders) && broken('half-x-credentials-in-body-accepted')) ||
    (pair[1] && broken('x-secret-alone-accepted'));
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
  const older = body.expiresIn === undefined;
  if (typeof asked === 'string' && /^\d+$/.test(asked) && broken('expiry-as-digits-accepted')) return Number(asked);
  const anyType = broken('expiry-as-text-accepted') || (older && broken('older-expiry-as-text-accepted'));
  if (typeof asked !== 'number' && !anyType) {
    if (!(typeof asked === 'boolean' && broken('expiry-as-boolean-accepted'))) throw wrong();
  }
  const minutes = Number(asked) || 5;
  const least = broken('expiry-of-one-minute-refused') ? 2 : broken('expiry-below-one-minute-accepted') ? 0.1 : 1;
  const most = broken('expiry-of-two-days-refused') ? 2879 : broken('expiry-of-two-days-and-more-accepted') ? 2881 : 2880;
  const inRange = Number(asked) >= least && Number(asked) <= most;
  const any =
    broken('expiry-unbounded') ||
    (older && broken('older-expiry-unbounded')) ||
    (asked === 0 && broken('expiry-of-zero-is-default')) ||
    (asked < 0 && broken('negative-expiry-accepted'));
  if (!inRange && !any && typeof asked === 'number') {
    const http = broken('expiry-status-422') ? 422 : 400;
    throw new Refusal(http, 'JWT', 189, `${JWT_ERROR}Error: expiresIn must be between 1 and 2880 minutes`);
  }
  return minutes;
}

function readKey(body) {
  let text = body.privateKey;
  if (body.base64 && text.includes('\n') && broken('base64-with-line-breaks-refused')) throw wrong();
  if (body.base64 && !text.includes('\n') && broken('base64-in-one-line-refused')) throw wrong();
  if (body.base64 && !broken('base64-ignored')) text = Buffer.from(text, 'base64').toString();
  if (!text.includes('BEGIN') && broken('base64-guessed')) text = Buffer.from(text, 'base64').toString();
  if (!text.endsWith('\n') && broken('key-without-last-newline-refused')) throw wrong();
  const lets =
    broken('no-start-line-accepted') ||
    (body.verify !== true && text.startsWith('MII') && broken('key-without-armour-accepted'));
  if (!text.includes('-----BEGIN') && !lets) {
    const why = broken('no-start-line-other-message') || (body.verify && broken('no-start-line-other-message-with-verify'))
      ? 'Error: no start line'
      : 'Error: error:0909006C:PEM routines:get_name:no start line';
    throw new Refusal(400, 'JWT', 189, JWT_ERROR + why);
  }
  return text;
}

function signed(claims, key, body) {
  if (broken('token-signed-with-hs256')) return jwt.sign(claims, 'secret', { algorithm: 'HS256' });
  const options = { algorithm: broken('token-signed-with-rs384') ? 'RS384' : 'RS256', allowInsecureKeySizes: true };
  if (broken('token-has-a-kid') || (body.verify && broken('verified-token-has-a-kid'))) options.keyid = '1';
  if (body.base64 && broken('base64-token-signed-with-another-key')) return jwt.sign(claims, otherKey(), options);
  if (body.redirect && broken('redirect-token-signed-with-rs512')) options.algorithm = 'RS512';
  return jwt.sign(claims, broken('token-signed-with-another-key') ? otherKey() : key, options);
}

function claimsFor(profile, minutes, body) {
  const iat = Math.floor(Date.now() / 1000);
  const unit = minutes !== undefined && broken('expires-in-counts-seconds') ? 1 : 60;
  const exp = iat + (minutes ?? (broken('lives-ten-minutes') ? 10 : 5)) * unit;
  const claims = {
    apiKey: broken('api-key-claim-hashed') ? createHash('sha256').update(API_KEY).digest('hex') : API_KEY,
    profileKey: broken('profile-key-claim-is-ref-id')
      ? profile.refId
      : broken('profile-key-claim-is-the-first-profile')
        ? profiles[0].key
        : profile.key,
    iat: broken('iat-in-milliseconds') ? iat * 1000 : iat,
    exp: broken('exp-in-milliseconds') ? exp * 1000 : exp,
    aud: broken('aud-is-the-profile-host') ? 'https://profile.ayrshare.com' : 'https://app.ayrshare.com',
    iss: broken('iss-is-ayrshare') ? 'ayrshare' : DOMAIN,
    sub: broken('sub-is-the-profile') ? profile.refId : 'support@ayrshare.com',
  };
  if (body.logout && broken('logout-is-a-claim')) claims.logout = true;
  if (body.allowedSocial && broken('allowed-social-is-a-claim')) claims.allowedSocial = body.allowedSocial;
  if (body.verify && broken('verified-claims-lack-sub')) delete claims.sub;
  if (minutes !== undefined && broken('expiry-drops-aud')) delete claims.aud;
  return broken('further-claim') ? { ...claims, jti: randomUUID() } : claims;
}

function generateJwt(req, body) {
  const x = xCredentials(req, body);
  for (const name of ['domain', 'privateKey', 'profileKey']) {
    const optional =
      (name === 'domain' && broken('domain-optional')) ||
      (body[name] === null && broken(`null-${name}-accepted`)) ||
      (name === 'profileKey' && typeof body[name] === 'number' && broken('numeric-profile-key-is-403'));
    if (typeof body[name] !== 'string' && !optional) {
      if (broken('missing-fields-code-102')) throw new Refusal(400, 'request', 102, 'Missing.');
      if (name === 'privateKey' && broken('missing-key-status-500')) throw new Refusal(500, 'JWT', 500, 'undefined');
      throw wrong();
    }
  }
  if (body.logout && broken('logout-refused')) throw wrong();
  if (body.allowedSocial && broken('allowed-social-refused')) throw wrong();
  if (body.allowedSocial?.length === 1 && broken('one-allowed-social-refused')) throw wrong();
  if (body.instagramLinkMethod === 'instagram' && broken('instagram-link-method-refused')) throw wrong();
  const domain = String(body.domain ?? DOMAIN);
  const near =
    (broken('domain-prefix-accepted') && domain.startsWith(DOMAIN)) ||
    (broken('domain-as-url-accepted') && domain.endsWith(`//${DOMAIN}`)) ||
    (broken('any-domain-accepted-with-verify') && body.verify);
  if (domain !== DOMAIN && !near && !broken('any-domain-accepted')) {
    throw new Refusal(
      broken('domain-status-404') ? 404 : 400, 'JWT', broken('domain-code-189') ? 189 : 188,
      'Error generating JWT. The domain is not valid. Please use the exact domain given during onboarding.',
    );
  }
  let profile = brokenBy('deleted-still-gets-tokens', 'generate') ? stillKnown(body.profileKey) : find(body.profileKey);
  if (broken('ref-id-gets-tokens')) profile ??= profiles.find((it) => it.refId === body.profileKey);
  if (body.profileKey === '' && broken('empty-key-gets-tokens')) profile = profiles[0];
  if (body.profileKey === API_KEY && broken('api-key-accepted-as-profile-key')) profile = primary;
  if (!profile) throw badProfileKey('generate');
  const minutes = lifetime(body);
  const text = readKey(body);
  const verify =
    body.verify === true && !broken('verify-ignored') && !(body.base64 && broken('verify-ignored-with-base64'));
  const isHalf = !text.includes('-----END') && text.includes('-----BEGIN');
  if (isHalf && !verify && broken('half-key-refused-without-verify')) throw wrong();
  const ownText = text.trim() === ownKey.trim();
  if (body.verify && broken('verify-refuses-good-key')) {
    throw new Refusal(400, 'JWT', 189, `${JWT_ERROR}${WHOLE_FILE}Error: invalid signature`);
  }
  let token;
  try {
    token = signed(claimsFor(profile, minutes, body), isHalf && broken('half-key-verified') ? ownKey : text, body);
  } catch {
    if (verify || broken('corrupt-refused-without-verify')) {
      const file = broken('verify-corrupt-message-short') ? '' : WHOLE_FILE;
      throw new Refusal(
        broken('verify-corrupt-status-500') ? 500 : 400, 'JWT', 189,
        `${JWT_ERROR}${file}Error: secretOrPrivateKey must be an asymmetric key when using RS256`,
      );
    }
    const sound = jwt.sign(claimsFor(profile, minutes, body), otherKey(), { algorithm: 'RS256', allowInsecureKeySizes: true });
    token = broken('corrupt-url-opens')
      ? jwt.sign(claimsFor(profile, minutes, body), ownKey, { algorithm: 'RS256', allowInsecureKeySizes: true })
      : sound;
  }
  const refusesForeign = verify || (!isHalf && broken('foreign-refused-without-verify'));
  if (refusesForeign && !broken('verify-foreign-accepted') && !ownText && !opens(token)) {
    const why = broken('verify-foreign-other-message') ? 'Error: jwt malformed' : 'Error: invalid signature';
    throw new Refusal(400, 'JWT', 189, `${JWT_ERROR}${WHOLE_FILE}${why}`);
  }
  if (!ownText && broken('foreign-url-opens')) token = signed(claimsFor(profile, minutes, body), ownKey, body);
  const answer = {
    status: broken('status-is-ok') ? 'ok' : 'success',
    title: broken('title-is-ref-id') ? profile.refId : broken('token-title-is-the-first') ? profile.firstTitle : profile.title,
    token,
    url: linkingUrl(req, token, body, x),
  };
  if (broken('email-sent-always') || (body.redirect && broken('email-sent-with-redirect'))) answer.emailSent = false;
  if (broken('token-shows-the-profile-key')) answer.profileKey = profile.key;
  if (broken('token-shows-the-private-key')) answer.privateKey = ownKey;
  if (body.verify && broken('status-is-verified')) answer.status = 'verified';
  if (body.expiresIn === undefined && minutes !== undefined && broken('older-expiry-not-shown')) return answer;
  if (body.verify && broken('expires-in-shown-with-verify')) answer.expiresIn = '5m';
  if (minutes >= 60 && broken('expires-in-shown-in-hours')) return { ...answer, expiresIn: `${minutes / 60}h` };
  if (minutes !== undefined || broken('expires-in-always-shown')) {
    answer.expiresIn = broken('expires-in-shown-as-number') ? minutes : `${minutes ?? 5}m`;
  }
  return answer;
}

const here = (req) => `https://${req.headers.host}${prefix}`;

function linkingUrl(req, token, body, x) {
  const query = [];
  const bare = broken('url-without-domain') || (body.redirect && broken('url-with-redirect-without-domain'));
  if (!bare) query.push(`domain=${broken('url-domain-in-capitals') ? DOMAIN.toUpperCase() : encodeURIComponent(DOMAIN)}`);
  if (!broken('url-without-token')) query.push(`jwt=${body.logout && broken('url-with-logout-has-half-a-token') ? token.slice(0, 99) : token}`);
  if (body.redirect && !broken('redirect-dropped')) {
    const id = randomBytes(5).toString('hex');
    shortened.set(id, broken('short-link-leads-elsewhere') ? 'https://example.com/' : body.redirect);
    const isShort = body.redirect.length < 100 && broken('short-redirect-unshortened');
    const unshortened = broken('redirect-unshortened') || isShort;
    const shown = unshortened ? body.redirect : `${here(req)}/r/${id}`;
    query.push(`redirect=${encodeURIComponent(shown)}`);
  }
  if (x) query.push(broken('x-secret-in-url') ? `x=${x.join(':')}` : 'x=1');
  if (x && broken('x-key-in-url')) query.push(`twitterApiKey=${x[0]}`);
  if (x && broken('x-secret-in-base64-in-url')) query.push(`x=${Buffer.from(x[1]).toString('base64')}`);
  const path = `?${query.join('&')}`;
  return broken('url-relative') ? `/${path}` : `${here(req)}${path}`;
}

const opened = new Set();
function opens(token) {
  if (broken('good-url-does-not-open')) return false;
  if (token === '' && broken('url-without-token-opens')) return true;
  try {
    const ignoreExpiration = broken('expired-url-opens');
    const claims = broken('any-signature-opens')
      ? jwt.decode(token)
      : broken('unsigned-url-opens') && token.endsWith('.')
        ? jwt.decode(token)
        : jwt.verify(token, publicKey, { algorithms: ['RS256'], ignoreExpiration });
    if (claims.exp * 1000 < Date.now() && !ignoreExpiration) return false;
    if (broken('nobodys-url-opens') && !stillKnown(claims.profileKey)) return true;
    const known = broken('deleted-url-still-opens') ? stillKnown(claims.profileKey) : find(claims.profileKey);
    if (known?.changed && broken('url-dies-with-a-change')) return false;
    return Boolean(known);
  } catch {
    return false;
  }
}

// ---- Profiles --------------------------------------------------------------------------------

const lower = (one) => one.toLowerCase();
const sameTitle = (one, other) => (broken('titles-without-case') ? lower(one) === lower(other) : one === other);
const holds = (it, title) =>
  (!it.deleted || broken('deleted-titles-stay-taken')) &&
  (sameTitle(it.title, title) || (broken('given-up-titles-stay-taken') && it.firstTitle === title));

function checkTitle(title, own) {
  if (profiles.some((it) => it !== own && holds(it, title)) && !broken('title-not-unique')) {
    const http = broken('title-taken-status-409') ? 409 : 400;
    const action = broken('title-taken-action-profile') ? 'profile' : 'create profile';
    throw new Refusal(http, action, broken('title-taken-code-144') ? 144 : 146, 'Profile title already exists.');
  }
}

function createProfile(req, body) {
  let { title } = body;
  if (title === undefined && broken('title-optional')) title = randomUUID();
  if (typeof title === 'number' && broken('numeric-title-accepted')) title = String(title);
  if (title === null && broken('null-title-accepted')) title = randomUUID();
  if (typeof title !== 'string' || (title === '' && !broken('empty-title-accepted'))) throw wrong();
  if (title === '') title = randomUUID();
  checkTitle(title);
  if (broken('odd-titles-escaped')) title = title.replaceAll('&', '&amp;');
  if (broken('odd-titles-in-ascii')) title = title.replace(/[^ -~]/g, '?');
  const refId = broken('ref-id-is-a-uuid') ? randomUUID() : broken('ref-id-in-capitals') ? hex40().toUpperCase() : hex40();
  const key = broken('keys-in-lower-case') ? lower(newKey()) : broken('keys-of-three-groups') ? newKey().slice(0, 23) : newKey();
  const profile = { ...newProfile(key, broken('ref-ids-repeat') ? primary.refId : refId, title), firstTitle: title };
  profiles.push(profile);
  const answer = { status: 'success', title, refId, profileKey: profile.key, messagingActive: broken('messaging-active') };
  if (broken('created-without-ref-id')) delete answer.refId;
  if (broken('created-without-status')) delete answer.status;
  if (broken('created-without-title')) delete answer.title;
  if (broken('created-without-messaging-active')) delete answer.messagingActive;
  if (body.hideLogo !== undefined && broken('hide-logo-refused')) throw wrong();
  return answer;
}

const inQuery = (query, name) => {
  const pairs = Object.entries(query).filter(([it]) => it === name || new RegExp(`^${name}\\[\\d*\\]$`).test(it));
  if (pairs.length === 0) return null;
  const split = (it) => (broken('lists-by-comma-not-read') ? [it] : it.split(','));
  return pairs.flatMap(([, it]) => [it].flat()).flatMap(split);
};

function listProfiles(req) {
  const { query } = req;
  const byTitle = query.title && !broken('title-filter-ignored');
  const byRefId = query.refId && !broken('ref-id-filter-ignored');
  const filtered = query.title || query.refId;
  let found = profiles.filter(
    (it) =>
      !it.deleted ||
      broken('deleted-listed') ||
      (broken('deleted-listed-unfiltered') && !filtered) ||
      (broken('deleted-listed-by-title') && query.title) ||
      (broken('deleted-listed-by-ref-id') && query.refId) ||
      (broken('deleted-listed-in-the-end') && calls > it.deletedAt + 40),
  );
  const withPrimary =
    broken('primary-listed') ||
    (broken('primary-listed-unfiltered') && !filtered) ||
    (broken('primary-listed-by-ref-id') && query.refId === primary.refId) ||
    (broken('primary-listed-by-title') && query.title === primary.title) ||
    (broken('primary-listed-on-pages') && query.limit) ||
    (broken('primary-listed-for-a-profile') && req.headers['profile-key']) ||
    (broken('primary-listed-without-links') && query.hasActiveSocialAccounts === 'false');
  if (withPrimary) found = [primary, ...found];
  if (broken('not-listed') || (broken('not-listed-unfiltered') && !filtered)) found = [];
  const titleFits = (it) =>
    broken('title-filter-by-prefix')
      ? it.title.startsWith(query.title)
      : broken('title-filter-without-case')
        ? lower(it.title) === lower(query.title)
        : it.title === query.title || (broken('title-filter-finds-old-titles') && it.firstTitle === query.title);
  if (byTitle && byRefId && broken('filters-are-alternatives')) {
    found = found.filter((it) => titleFits(it) || it.refId === query.refId);
  } else {
    if (byTitle) found = found.filter(titleFits);
    if (byRefId && !(byTitle && broken('ref-id-filter-ignored-with-title'))) {
      found = found.filter((it) => it.refId === query.refId);
    }
  }
  if (filtered && found.length === 0 && broken('filter-without-match-lists-all')) found = profiles.filter((it) => !it.deleted);
  const keys = inQuery(query, 'profileKeys');
  if (keys && !broken('profile-keys-filter-ignored')) found = found.filter((it) => keys.includes(it.key));
  const has = query.hasActiveSocialAccounts;
  if (has && !broken('has-links-filter-ignored')) {
    const wanted = broken('has-links-filter-inverted') ? 'false' : 'true';
    found = found.filter((it) => it.links.size > 0 === (has === wanted));
  }
  const includes = inQuery(query, 'includesActiveSocialAccounts');
  if (includes && !broken('includes-filter-ignored')) found = found.filter((it) => includes.every((one) => it.links.has(one)));
  const from = Number(query.cursor ?? 0);
  const limit = Number(query.limit ?? 5000);
  const step = broken('pages-overlap') && limit > 1 ? limit - 1 : broken('pages-lose-one') ? limit + 1 : limit;
  const more = broken('limit-ignored') || (limit === 1 && broken('limit-of-one-ignored')) ? limit + 1 : limit;
  const page = found.slice(from, from + (query.cursor && broken('later-pages-ignore-limit') ? 5000 : more));
  const hasMore = from + step < found.length;
  const now = Date.now();
  const seconds = (it) => Math.floor(it.created / (broken('created-in-milliseconds') ? 1 : 1000));
  const utc = (it) => (broken('created-utc-without-z') ? it.created.toISOString().slice(0, -1) : it.created.toISOString());
  return {
    profiles: page.map((it) => ({
      status: broken('listed-as-suspended') ? 'suspended' : broken('changed-listed-as-inactive') && it.changed ? 'inactive' : 'active',
      title: broken('listed-with-the-first-title') ? it.firstTitle : it.title,
      ...(broken('created-missing') ? {} : { created: { _seconds: seconds(it), _nanoseconds: broken('nanoseconds-as-text') ? '0' : 0 } }),
      ...(broken('created-utc-missing') ? {} : { createdUTC: broken('created-utc-is-now') ? new Date(0).toISOString() : utc(it) }),
      refId: it.refId,
      ...(it.links.size || broken('listed-with-no-links') ? { activeSocialAccounts: NETWORKS.filter((one) => it.links.has(one)) } : {}),
      ...(broken('profile-key-listed') || (broken('profile-key-listed-by-ref-id') && query.refId) ? { profileKey: it.key } : {}),
      ...(broken('profile-key-listed-under-another-name') ? { key: it.key } : {}),
      ...(broken('listed-as-suspended-too') ? { suspended: true } : {}),
    })),
    count: broken('count-is-off-by-one') ? page.length + 1 : page.length,
    lastUpdated: new Date(now).toISOString(),
    nextUpdate: new Date(now + (broken('next-update-is-past') ? -300_000 : 300_000)).toISOString(),
    ...(broken('list-without-pagination')
      ? {}
      : {
          pagination: {
            hasMore: hasMore || broken('always-has-more'),
            nextCursor: hasMore || broken('last-page-has-a-cursor') ? String(from + step) : null,
            limit: broken('pagination-has-another-limit') ? 5000 : limit,
          },
        }),
  };
}

// ---- Routes ----------------------------------------------------------------------------------

const app = express();
app.disable('x-powered-by');
app.use(express.raw({ type: () => true, limit: '40mb' }), (req, _, next) => {
  req.raw = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  req.body = req.raw.toString();
  next();
});

const readBody = (req) => {
  if (typeof req.body !== 'string' || req.body === '') return {};
  if (req.headers['content-type'] === 'application/x-www-form-urlencoded') {
    return broken('forms-read-as-nothing') ? {} : Object.fromEntries(new URLSearchParams(req.body));
  }
  let body;
  try {
    body = JSON.parse(req.body);
  } catch {
    if (brokenBy('malformed-json-accepted', req.op)) return { platform: 'facebook', action: 'feed' };
    throw brokenBy('malformed-json-is-500', req.op) ? new Refusal(500, 'request', 500, 'Unexpected token') : wrong();
  }
  if (body === null && broken('null-accepted')) return {};
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (!isObject && typeof body !== 'object' && broken('texts-and-numbers-accepted')) return { title: randomUUID() };
  if (!isObject && !brokenBy('arrays-accepted', req.op)) throw wrong();
  if (!isObject) throw new Refusal(200, 'request', 0, 'accepted');
  return body;
};

const api = express.Router();

class Reply {
  constructor(http, body) {
    Object.assign(this, { http, body });
  }
}

// Serves a path: each method has the operation's name and a function of the request and its body,
// which is decoded unless `raw`; other methods are refused.
function route(path, handlers, { raw = false } = {}) {
  for (const [method, [op, handler]] of Object.entries(handlers)) {
    api[method](path, (req, res) => {
      calls += 1;
      req.op = op;
      try {
        authorize(req, op);
        if (method === 'get' && req.headers['content-type'] && broken('get-with-content-type-refused')) throw wrong();
        const body = method === 'get' || raw ? {} : readBody(req);
        const sent = { ...body, ...req.query };
        if (sent.noSuchField !== undefined && brokenBy('unknown-fields-refused', op)) throw wrong();
        if (sent.source !== undefined && brokenBy('source-refused', op)) throw wrong();
        const made = handler(req, body);
        const { http, body: answer } = made instanceof Reply ? made : { http: 200, body: made };
        if (brokenBy('answers-show-the-profile-key', op) && req.headers['profile-key']) answer.key = req.headers['profile-key'];
        send(res, broken('created-with-201') && op === 'create' ? 201 : http, answer, op);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refuse(res, error, op);
      }
    });
  }
  api.all(path, (req, res) => {
    if (brokenBy('wrong-method-is-200', path)) return send(res, 200, { status: 'success' });
    if (broken('wrong-method-is-html')) return res.status(405).type('html').send('<h1>Not allowed</h1>');
    const http = brokenBy('wrong-method-is-404', path) ? 404 : brokenBy('wrong-method-is-501', path) ? 501 : 405;
    return refuse(res, new Refusal(http, 'request', 9405, 'Method not allowed.'));
  });
}

const user = (req) => {
  const profile = acting(req);
  const linked = broken('links-in-the-order-made') ? [...profile.links] : NETWORKS.filter((it) => profile.links.has(it));
  const isEmptyShown =
    broken('active-social-accounts-empty') || (req.query.instagramDetails && broken('active-social-accounts-empty-with-details'));
  return {
    ...(linked.length || isEmptyShown ? { activeSocialAccounts: linked } : {}),
    ...(linked.length && !broken('display-names-missing') ? { displayNames: linked.map((platform) => ({ platform })) } : {}),
    ...(broken('display-names-without-links') ? { displayNames: [{ platform: 'facebook' }] } : {}),
    ...(broken('user-is-suspended') ? { suspended: true } : {}),
    ...(broken('user-shows-the-profile-key') ? { profileKey: profile.key } : {}),
    email: 'stand-in@example.com',
    refId: broken('user-ref-id-changes') ? hex40() : broken('user-of-primary-has-a-profiles-ref-id') && profile === primary ? profiles[0]?.refId : profile.refId,
    title: broken('user-has-the-first-title') ? (profile.firstTitle ?? profile.title) : broken('details-drop-the-title') && req.query.instagramDetails ? undefined : profile.title,
  };
};

function change(req, body) {
  if (body.profileKey && broken('patch-ignores-body-key')) throw badProfileKey();
  if (req.headers['profile-key'] && broken('patch-ignores-header')) throw badProfileKey();
  const profile = acting(req, body.profileKey);
  if (profile === primary) {
    if (brokenBy('empty-profile-key-is-primary', 'change') || brokenBy('empty-body-key-is-primary', 'change')) {
      return { status: 'success', refId: primary.refId };
    }
    if (brokenBy('unknown-profile-key-is-primary', 'change')) return { status: 'success', refId: primary.refId };
    throw badProfileKey();
  }
  if (body.title && !broken('change-takes-any-title')) {
    const own = broken('own-title-refused') ? undefined : profile;
    checkTitle(body.title, own);
  }
  if (req.method === 'PUT' && broken('put-changes-nothing')) return { status: 'success', refId: profile.refId };
  if (req.path === '/profiles/profile' && broken('older-path-changes-nothing')) return { status: 'success', refId: profile.refId };
  profile.changed = true;
  if (body.title && !broken('patch-ignored')) profile.title = body.title;
  if (body.title === undefined && broken('change-without-title-clears-it')) profile.title = '';
  if (broken('change-loses-webhooks')) profile.hooks = {};
  if (broken('change-renames-the-next-profile')) profiles.at(-1).title = body.title ?? '';
  if (broken('change-links-an-account')) profile.links.add('facebook');
  if (broken('change-makes-a-new-ref-id')) profile.refId = hex40();
  return {
    status: broken('change-status-is-ok') ? 'ok' : 'success',
    refId: broken('change-answers-another-ref-id') ? hex40() : profile.refId,
    ...(broken('change-shows-the-profile-key') ? { profileKey: profile.key } : {}),
  };
}

function remove(req, body) {
  const key = req.headers['profile-key'] ?? body.profileKey;
  if (key === undefined && broken('delete-by-title-refused')) throw wrong();
  if (req.headers['profile-key'] === undefined && body.profileKey && broken('delete-by-body-refused')) throw wrong();
  const fits = (it) => it.title === body.title || (broken('delete-by-title-without-case') && lower(it.title) === lower(body.title ?? ''));
  let profile = key === undefined ? profiles.find((it) => !it.deleted && fits(it)) : find(key);
  if (!profile && key !== undefined && brokenBy('deleted-key-still-works', 'delete')) profile = stillKnown(key);
  if (!profile && key === '' && brokenBy('empty-profile-key-is-primary', 'delete')) return { status: 'success', refId: primary.refId };
  if (!profile && key && brokenBy('unknown-profile-key-is-primary', 'delete') && !stillKnown(key)) {
    return { status: 'success', refId: primary.refId };
  }
  if (!profile && key === undefined && broken('delete-of-an-unknown-title-is-200')) return { status: 'success', refId: hex40() };
  if (!profile) throw key === undefined ? new Refusal(404, 'delete profile', 9404, 'Not found.') : badProfileKey('delete');
  const kept = req.path !== '/profiles' && broken('older-path-deletes-nothing');
  const answer = { status: broken('delete-status-is-ok') ? 'ok' : 'success', refId: broken('delete-answers-another-ref-id') ? hex40() : profile.refId };
  if (kept || (key === undefined && broken('delete-by-title-deletes-nothing'))) return answer;
  if (req.headers['profile-key'] === undefined && key && broken('delete-by-body-deletes-nothing')) return answer;
  profile.deleted = true;
  profile.deletedAt = calls;
  if (broken('delete-takes-the-next-too')) {
    const next = profiles[profiles.indexOf(profile) + 1];
    if (next) Object.assign(next, { deleted: true, deletedAt: calls });
  }
  return answer;
}

function unlink(req, body) {
  const { platform } = body;
  const lacking = typeof platform !== 'string' || !NETWORKS.includes(platform);
  if (lacking && !(platform === undefined && broken('unlink-without-platform-accepted'))) {
    if (!(platform === null && broken('unlink-of-null-accepted'))) throw wrong();
  }
  const profile = acting(req, body.profileKey);
  if (profile === primary && broken('unlink-of-primary-refused')) throw badProfileKey('unlink');
  const missing =
    broken('unlink-of-nothing-is-404') ||
    (platform === 'gmb' && broken('unlink-of-gmb-is-404')) ||
    (profile.unlinked.has(platform) && broken('second-unlink-is-404'));
  if (!profile.links.delete(platform) && missing) throw new Refusal(404, 'social', 404, 'Not linked.');
  profile.unlinked.add(platform);
  if (broken('unlink-deletes-the-profile')) profile.deleted = true;
  return {
    status: broken('unlink-status-is-ok') ? 'ok' : 'success',
    platform: broken('unlink-answers-x') && platform === 'twitter' ? 'x' : platform,
    refId: broken('unlink-answers-the-primarys-ref-id') ? primary.refId : profile.refId,
  };
}

function register(req, body) {
  const { action, url } = body;
  const isHttps =
    String(url).startsWith('https://') ||
    broken('webhook-http-accepted') ||
    (action === 'social' && broken('webhook-http-accepted-for-social')) ||
    (String(url).startsWith('ftp:') && broken('webhook-ftp-accepted')) ||
    (url === '' && broken('webhook-empty-url-accepted')) ||
    (url !== undefined && !String(url).includes(':') && broken('webhook-url-without-scheme-accepted')) ||
    (url === undefined && broken('webhook-without-url-accepted'));
  const profile = broken('webhooks-shared-by-profiles') && acting(req) ? primary : acting(req);
  if (!isHttps && broken('webhook-refused-but-kept')) profile.hooks[action] = url;
  if (action === undefined ? !broken('webhook-without-action-accepted') : !ACTIONS.includes(action) && !broken('webhook-action-unchecked')) {
    throw new Refusal(400, 'webhook', 9400, 'The webhook action is not known.');
  }
  if (broken(`webhook-${action}-refused`)) throw wrong();
  if (!isHttps) {
    const http = broken('webhook-http-status-403') ? 403 : 400;
    throw new Refusal(http, 'webhook', 9400, 'The webhook URL must be a valid URL that begins with https://');
  }
  if (profile.hooks[action] && broken('webhook-again-is-409')) throw new Refusal(409, 'webhook', 9409, 'There is one.');
  if (profile.hooks[action] && broken('webhook-again-keeps-the-old')) {
    return { status: 'success', action, url, refId: profile.refId };
  }
  if (broken('webhook-replaces-all')) profile.hooks = {};
  profile.hooks[action] = broken('webhook-url-without-query') ? String(url).split('?')[0] : url;
  profile.changedHooks[action] = new Date();
  return {
    status: broken('register-status-is-ok') ? 'ok' : 'success',
    action: broken('register-answers-another-action') ? 'webhook' : action,
    ...(broken('register-without-url') ? {} : { url }),
    ...(broken('register-without-ref-id') ? {} : { refId: broken('register-answers-the-primarys-ref-id') ? primary.refId : acting(req).refId }),
    ...(broken('register-shows-the-secret') && body.secret ? { secret: body.secret } : {}),
  };
}

const toSeconds = (date) => date.toISOString().replace(/\.\d+/, '');

function hooks(req) {
  const asked = acting(req);
  const profile = broken('webhooks-shared-by-profiles') ? primary : asked;
  const inherited = broken('webhooks-inherited-in-the-list') ? profiles.find((it) => Object.keys(it.hooks).length) : undefined;
  const all = broken('webhook-not-listed') ? {} : { ...inherited?.hooks, ...profile.hooks };
  if (broken('webhooks-listed-as-a-list')) return { status: 'success', webhooks: Object.entries(all) };
  const answer = { ...(broken('hooks-without-status') ? {} : { status: 'success' }), ...all };
  const dates = Object.keys(all).map((it) => profile.changedHooks[it] ?? new Date());
  for (const action of Object.keys(all)) {
    const missing = broken('webhook-updated-missing') || (action === 'social' && broken('webhook-updated-missing-for-social'));
    const changed = profile.changedHooks[action] ?? new Date();
    if (!missing) answer[`${action}Updated`] = broken('webhook-updated-in-seconds') ? Math.floor(changed / 1000) : toSeconds(changed);
  }
  if (dates.length && !broken('webhooks-updated-missing')) answer.updated = toSeconds(new Date(Math.max(...dates)));
  return answer;
}

function unregister(req, body) {
  const profile = broken('webhooks-shared-by-profiles') && acting(req) ? primary : acting(req);
  if (!ACTIONS.includes(body.action) && !broken('unregister-without-action-accepted')) throw wrong();
  const kept = broken('webhook-not-removed') || (body.action === 'messages' && broken('messages-webhook-not-removed'));
  if (!kept) delete profile.hooks[body.action];
  if (broken('unregister-removes-all')) profile.hooks = {};
  return {
    status: broken('unregister-status-is-ok') ? 'ok' : 'success',
    ...(broken('unregister-without-action') ? {} : { action: body.action }),
  };
}

// ---- Link sessions ---------------------------------------------------------------------------

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const letters = (count) => [...randomBytes(count)].map((it) => LETTERS[it % LETTERS.length]).join('');
const ofSession = (req) => {
  if (req.headers['profile-key'] === undefined && !broken('session-without-profile-key-accepted')) throw wrong();
  return acting(req);
};

function openSession(req, body) {
  const profile = ofSession(req);
  const minutes = body.expiresIn ?? (broken('session-lives-ten-minutes') ? 10 : 5);
  const created = new Date();
  const unit = body.expiresIn && broken('session-expires-in-counts-seconds') ? 1000 : 60_000;
  if (body.instagramLinkMethod === 'instagram' && broken('session-refuses-instagram')) throw wrong();
  if (body.mode === 'grid' && broken('session-refuses-grid')) throw wrong();
  const session = {
    id: broken('session-id-is-a-uuid') ? randomUUID() : randomBytes(32).toString('hex'),
    token: `ayr_ls_${letters(broken('session-token-short') ? 40 : 43)}`,
    profile, created, useCount: 0, expires: new Date(created.getTime() + minutes * unit),
  };
  sessions.set(session.id, session);
  const shown = broken('session-url-without-domain') ? '' : `&domain=${DOMAIN}`;
  const name = broken('session-in-the-url-is-a-jwt') ? 'jwt' : 'session';
  const expires = session.expires.toISOString();
  return {
    status: 'success',
    ...(broken('session-without-id') ? {} : { sessionId: session.id }),
    url: `${here(req)}?${name}=${session.token}${shown}`,
    expiresAt: broken('session-expires-without-milliseconds') ? expires.replace(/\.\d+/, '') : expires,
    ...(broken('session-without-email-sent') ? {} : { emailSent: broken('session-email-sent') }),
    ...(broken('session-shows-its-token') ? { token: session.token } : {}),
    title: broken('session-title-is-ref-id') ? profile.refId : profile.title,
  };
}

function session(req) {
  const profile = ofSession(req);
  const found = sessions.get(req.params.id);
  const hidden = found && found.profile !== profile && !broken('foreign-session-shown') && !(req.op === 'revoke' && broken('foreign-session-revocable'));
  if (hidden && broken('foreign-session-is-403')) throw new Refusal(403, 'link session', 502, 'Not yours.');
  if (!found || hidden) {
    const code = broken('unknown-session-code-404') ? 404 : 502;
    throw new Refusal(broken('unknown-session-status-400') ? 400 : 404, 'link session', code, 'Link session not found.');
  }
  return found;
}

function describeSession(req) {
  const it = session(req);
  const used = it.useCount > 0;
  const state = it.revoked && !broken('revoked-session-stays-active') ? 'revoked' : used && !broken('session-stays-pending') ? 'active' : 'pending';
  const shown = {
    status: 'success', sessionId: it.id, state, createdAt: it.created.toISOString(), expiresAt: it.expires.toISOString(),
    ...(used ? { firstUsedAt: (broken('first-use-moves') ? it.last : it.first).toISOString(), lastUsedAt: it.last.toISOString() } : {}),
    useCount: broken('session-counts-one-use') ? Math.min(it.useCount, 1) : it.useCount,
  };
  if (broken('session-dates-without-milliseconds')) shown.createdAt = shown.createdAt.replace(/\.\d+/, '');
  if (!used && broken('unused-session-has-null-dates')) return { ...shown, firstUsedAt: null, lastUsedAt: null };
  if (broken('session-shows-its-mode')) return { ...shown, mode: 'grid' };
  if (used && broken('session-lacks-last-use')) delete shown.lastUsedAt;
  return shown;
}

function revoke(req) {
  const it = session(req);
  if (it.revoked && broken('second-revoke-refused')) throw new Refusal(400, 'link session', 501, 'This link session has been revoked.');
  const again = it.revoked;
  it.revoked = true;
  if (broken('revoke-takes-all')) for (const other of sessions.values()) other.revoked = true;
  return { status: 'success', sessionId: it.id, ...(again && broken('second-revoke-says-so') ? { already: true } : {}) };
}

function sessionOpens(token) {
  const it = [...sessions.values()].find((one) => one.token === token);
  if (!it || it.expires < new Date()) return false;
  if (it.revoked && !broken('revoked-session-opens')) return false;
  if (it.profile.deleted && !broken('session-of-a-deleted-profile-opens')) return false;
  if (it.useCount && broken('session-opens-once')) return false;
  it.useCount += 1;
  it.last = new Date();
  it.first ??= it.last;
  return true;
}

route('/profiles/link-sessions', { post: ['openSession', openSession] });
route('/profiles/link-sessions/:id', { get: ['session', describeSession], delete: ['revoke', revoke] });
route('/profiles/generateJWT', { post: ['generate', generateJwt] });
route('/profiles/social', { delete: ['unlink', unlink] });
route('/profiles', { post: ['create', createProfile], get: ['list', listProfiles], patch: ['change', change], put: ['change', change], delete: ['delete', remove] });
route('/profiles/profile', { post: ['create', createProfile], patch: ['change', change], put: ['change', change], delete: ['delete', remove] });
route('/profiles/create-profile', { post: ['create', (req, body) => {
  const made = createProfile(req, body);
  if (broken('older-path-creates-nothing')) profiles.pop();
  return made;
}] });
route('/profiles/delete-profile', { delete: ['delete', remove] });
route('/user', { get: ['user', user] });
route('/hook/webhook', { post: ['register', register], get: ['hooks', hooks], delete: ['unregister', unregister] });
servePosting({ age, app, route, acting, broken, find, here, letters, primary, profiles, Refusal, Reply, wrong, NETWORKS });
if (broken('generate-jwt-served-at-the-top')) route('/generateJWT', { post: ['generate', generateJwt] });
app.use('/api', api);
app.use('/api', (req, res) => {
  if (broken('unknown-path-is-200') || (req.method !== 'GET' && broken('unknown-path-posted-is-200'))) return send(res, 200, {});
  if (broken('unknown-path-is-html')) return res.status(404).type('html').send('<h1>Not found</h1>');
  const below = req.path.startsWith('/profiles/') && broken('unknown-path-below-profiles-is-405');
  const http = below || (req.method === 'PATCH' && broken('unknown-path-patched-is-405')) ? 405 : 404;
  const said = broken('unknown-path-other-message') ? 'Not found.' : 'This endpoint does not exist';
  return refuse(res, new Refusal(http, 'request', 9404, said));
});
app.get('/r/:id', (req, res) => res.redirect(302, shortened.get(req.params.id) ?? '/'));
app.get('/', (req, res) => {
  const { jwt: token, session: key } = req.query;
  const again = opened.has(token) && broken('url-opens-once');
  opened.add(token);
  const isOpen = key === undefined ? opens(String(token ?? '')) && !again : sessionOpens(String(key));
  const http = isOpen ? 200 : broken('refused-url-status-403') ? 403 : 401;
  res.status(http).type('html').send('<h1>Social accounts</h1>');
});

export default app;
