// Serves stand-ins of the real Ayrshare over TLS. Usage:
//   API_KEY=… DOMAIN=… KEY_FILE=private.key node server.mjs CERT_FILE CERT_KEY_FILE [MUTANT]
// Below /NAME/ is a stand-in of its own with the fault NAME; elsewhere the one with MUTANT or none.
// Below /NAME~timed/ and /~timed/ is another one each, whose clock may be moved; below /NAME~newer/
// and /~newer/ one in the newer age, where X takes the credentials of an app.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

import { MUTANTS } from './mutants.mjs';

const [certFile, certKeyFile, mutant = ''] = process.argv.slice(2);

if (mutant && !(mutant in MUTANTS)) {
  console.error(`no such mutant: ${mutant}`);
  process.exit(2);
}

const standIn = async (chosen) => (await import(`./app.mjs?${new URLSearchParams(chosen)}`)).default;
const main = await standIn({ mutant });

async function serve(req, res) {
  const [, place] = /^\/([^/?]+)/.exec(req.url) ?? ['', ''];
  const [name, which = ''] = decodeURIComponent(place).split('~');
  if (!(name in MUTANTS) && !which) return main(req, res);
  req.url = req.url.slice(place.length + 1).replace(/^(?!\/)/, '/');
  const app = await standIn({ mutant: name || mutant, prefix: `/${place}`, age: which || 'older' });
  return app(req, res);
}

const server = createServer({ cert: readFileSync(certFile), key: readFileSync(certKeyFile) }, serve);
server.listen(0, '127.0.0.1', () => console.log(`https://localhost:${server.address().port}/api`));
process.on('SIGTERM', () => process.exit(0));
