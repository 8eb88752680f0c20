// Calls methods of one of Ayrshare's packages, as lines of JSON on standard input ask, and answers
// each with a line:
//   node sdk.mjs PACKAGE import|require API_KEY
//   {"method": "user", "arguments": [{"instagramDetails": true}]}
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [name, how, apiKey] = process.argv.slice(2);
const Client =
  how === "require" ? createRequire(import.meta.url)(name) : (await import(name)).default;
const client = new Client(apiKey);

for await (const line of createInterface({ input: process.stdin })) {
  const { method, arguments: given } = JSON.parse(line);
  const result = await client[method](...given);
  if (result instanceof Error) throw result;
  console.log(JSON.stringify(result));
}
