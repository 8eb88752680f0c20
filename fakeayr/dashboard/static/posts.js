/** Posts: the schedule ahead, then what was sent, with each network's state. */

import { el, facts, json, tag, text, when } from "./dom.js";
import { head, split, state } from "./parts.js";

export const load = (call) => call("GET", "/posts?limit=500");
export const waits = ({ posts }) => posts.some((one) => one.status === "processing" || one.due);

/** How a post stands on each network. */
function networks(post) {
  return post.platforms.map((platform) => {
    const sent = (post.published || []).find((one) => one.platform === platform);
    const error = (post.errors || []).find((one) => one.platform === platform);
    const wanted = post.due ? "scheduled" : post.status;
    return { platform, sent, error, state: error ? "error" : sent ? sent.status || "success" : wanted };
  });
}

export function view(ctx, { posts }) {
  const sent = posts.filter((one) => !one.due).reverse();
  const ahead = posts.filter((one) => one.due).sort((a, b) => a.due.localeCompare(b.due));
  const broken = sent.filter((one) => one.errors?.length);
  return [
    head("Posts", ahead.length > 0 && tag(`${ahead.length} ahead`), broken.length > 0 && tag(`${broken.length} with errors`, "bad", "✗")),
    split(ctx, [...ahead, ...sent], (one) => row(one, ctx), (one) => detail(one, ctx), {
      label: "Posts, the schedule first", empty: "Nothing was posted yet. POST /api/post appears here at once.",
    }),
  ];
}

const row = (post, ctx) => [
  el("span.when", {}, when(post.due || post.created, ctx.now)),
  el("b.what", {}, title(post)),
  state(post.due ? "scheduled" : post.errors?.length && post.status === "success" ? "error" : post.status),
  el("span.under.networks", {}, networks(post).map((one) => networkTag(one))),
];

const KINDS = { success: ["good", "✓"], error: ["bad", "✗"], scheduled: ["quiet", "◷"] };
const networkTag = ({ platform, state: name }) =>
  tag([platform, el("span.unseen", {}, `: ${name}`)], ...(KINDS[name] || ["warn", "…"]));

const title = (post) => (post.post || "(no text)").slice(0, 90);

const detail = (post, ctx) => [
  el("div.panel", {},
    el("h2", {}, title(post)),
    post.post?.length > 90 && text("The whole text", post.post),
    facts([
      ["Profile", post.profileTitle || ctx.title(post.refId) || post.refId],
      ["id", el("code", {}, post.id)],
      [post.due ? "Due" : "Created", when(post.due || post.created, ctx.now)],
      ["Media", (post.mediaUrls || []).map((url) => el("div", {}, el("code", {}, url)))],
      ["Notes", post.notes],
    ])),
  networks(post).sort((a, b) => Boolean(b.error) - Boolean(a.error)).map((one) => el("section.panel", {},
    el("div.row-of", {}, el("h3", {}, ctx.facts.networks[one.platform] || one.platform), state(one.state)),
    one.error && el("p.bad", {}, one.error.code && el("b", {}, `${one.error.code}: `), one.error.message),
    one.sent && facts([
      ["id", one.sent.id && el("code", {}, one.sent.id)],
      ["postUrl", one.sent.postUrl && el("code", {}, one.sent.postUrl)],
      ["Text", one.sent.post && one.sent.post !== post.post && one.sent.post],
      ["Published", one.sent.published && when(one.sent.published, ctx.now)],
      ["First comment", one.sent.firstComment?.comment],
    ]),
    one.sent && Object.keys(one.sent.options || {}).length > 0 && el("details", { "data-k": one.platform }, el("summary", {}, "Options"), json("Options", one.sent.options)))),
];
