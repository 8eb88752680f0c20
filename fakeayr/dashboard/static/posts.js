/** Posts: the schedule ahead, then what was sent, with each network's state. */

import { el, facts, json, tag, visible, when } from "./dom.js";
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
  const sent = [...posts].reverse();
  const ahead = sent.filter((one) => one.due).sort((a, b) => a.due.localeCompare(b.due));
  const broken = sent.filter((one) => !one.due && one.errors?.length);
  const ordered = [...ahead, ...sent.filter((one) => !one.due)];
  return [
    head("Posts", ahead.length > 0 && tag(`${ahead.length} ahead`), broken.length > 0 && tag(`${broken.length} with errors`, "bad", "✗")),
    split(ctx, ordered, (one) => row(one, ctx), (one) => detail(one, ctx), {
      label: "Posts, the schedule first", empty: "Nothing was posted yet. POST /api/post appears here at once.",
    }),
  ];
}

function row(post, ctx) {
  return [
    el("span.when", {}, when(post.due || post.created, ctx.now)),
    el("span.what", {}, el("b", {}, visible((post.post || "(no text)").slice(0, 90)))),
    state(post.due ? "scheduled" : post.errors?.length && post.status === "success" ? "error" : post.status),
    el("span.under", {}, el("span.networks", {}, networks(post).map((one) => networkTag(one)))),
  ];
}

const KINDS = { success: ["good", "✓"], error: ["bad", "✗"], scheduled: ["quiet", "◷"] };
function networkTag({ platform, state: name }) {
  const [kind, sign] = KINDS[name] || ["warn", "…"];
  return el(`span.tag.${kind}`, {}, el("span", { "aria-hidden": "true" }, sign), platform, el("span.unseen", {}, `: ${name}`));
}

function detail(post, ctx) {
  return [
    el("div.panel", {},
      el("h2", {}, visible(post.post || "(no text)")),
      facts([
        ["Profile", visible(post.profileTitle || ctx.title(post.refId) || post.refId)],
        ["id", el("code", {}, post.id)],
        [post.due ? "Due" : "Created", when(post.due || post.created, ctx.now)],
        ["Media", (post.mediaUrls || []).map((url) => el("div", {}, el("code", {}, visible(url))))],
        ["Notes", post.notes && visible(post.notes)],
      ])),
    networks(post).sort((a, b) => Boolean(b.error) - Boolean(a.error)).map((one) => el("section.panel", {},
      el("div.row-of", {}, el("h3", {}, ctx.facts.networks[one.platform] || one.platform), state(one.state)),
      one.error && el("p.bad", {}, el("b", {}, one.error.code ? `${one.error.code}: ` : ""), visible(one.error.message || "")),
      one.sent && facts([
        ["id", one.sent.id && el("code", {}, visible(one.sent.id))],
        ["postUrl", one.sent.postUrl && el("code", {}, visible(one.sent.postUrl))],
        ["Text", one.sent.post && one.sent.post !== post.post && visible(one.sent.post)],
        ["Published", one.sent.published && when(one.sent.published, ctx.now)],
        ["First comment", one.sent.firstComment && visible(one.sent.firstComment.comment)],
      ]),
      one.sent && Object.keys(one.sent.options || {}).length > 0 && el("details", { "data-k": one.platform }, el("summary", {}, "Options"), json(one.sent.options)))),
  ];
}
