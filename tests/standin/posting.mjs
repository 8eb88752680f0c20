// Posting as the vendor documents it: posts, history, media, analytics and auto-schedules.
// `stand` is the rest of the stand-in: who calls, how it answers, and which fault is switched on.
import { randomUUID } from 'node:crypto';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const LIMITS = {
  bluesky: 300, facebook: 63_206, gmb: 1500, instagram: 2200, linkedin: 3000, pinterest: 500, reddit: 10_000, snapchat: 160,
  telegram: 4096, threads: 500, tiktok: 2200, twitter: 280, youtube: 5000,
};
const SHOWN = {
  bluesky: 'Bluesky', facebook: 'Facebook', gmb: 'Google Business Profile', instagram: 'Instagram', linkedin: 'LinkedIn',
  pinterest: 'Pinterest', reddit: 'Reddit', snapchat: 'Snapchat', telegram: 'Telegram', threads: 'Threads', tiktok: 'TikTok',
  twitter: 'X', youtube: 'YouTube',
};
const TWICE_ALLOWED = ['pinterest', 'reddit', 'telegram'];
const NEED_MEDIA = ['instagram', 'pinterest', 'snapchat', 'tiktok', 'youtube'];
const WITHOUT_HISTORY = ['gmb', 'reddit', 'telegram'];
const WITHOUT_ANALYTICS = ['gmb', 'telegram'];
const IMAGE = 'https://img.ayrshare.com/random/photo-1.jpg';
const VIDEO = 'https://img.ayrshare.com/random/landscape-1.mp4';
const QUOTE = 'Eighty percent of success is showing up.';
const TYPES = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', gif: 'image/gif', mp4: 'video/mp4', mov: 'video/quicktime' };
const VIDEO_TYPES = ['mp4', 'mov'];

const words = (text) => Object.fromEntries(text.split(/\s+/).map((it) => [it, 1]));
const POST_ANALYTICS = {
  bluesky: words('created post likeCount quoteCount replyCount repostCount'),
  facebook: words('commentsCount likeCount reactions reactionsByType sharesCount videoViewTime videoViews videoViewsUnique'),
  instagram: words('caption commentsCount created engagementCount viewsCount likeCount mediaProductType mediaType reachCount savedCount username'),
  linkedin: words('shareCount likeCount engagement clickCount impressionCount commentCount'),
  pinterest: words('description media totalComments totalReactions'),
  reddit: words('score comments'),
  snapchat: words('views'),
  threads: words('views likes replies reposts quotes'),
  tiktok: words(
    'commentsCount created embedUrl itemId likeCount mediaType postUrl shareCount tags thumbnailHeight thumbnailUrl thumbnailWidth url videoViews',
  ),
  twitter: {
    ...words('created name post username'),
    nonPublicMetrics: words('userProfileClicks impressionCount'),
    organicMetrics: words('likeCount impressionCount replyCount retweetCount userProfileClicks'),
    publicMetrics: words('likeCount quoteCount replyCount retweetCount'),
  },
  youtube: words(
    'averageViewDuration averageViewPercentage channelTitle title comments created description dislikes estimatedMinutesWatched likes madeForKids privacyStatus subscribersGained subscribersLost tags thumbnailUrl videosAddedToPlaylists views',
  ),
};
const SOCIAL_ANALYTICS = {
  bluesky: words('created followersCount displayName followsCount id handle'),
  facebook: {
    ...words('fanCount followersCount id link name pagePostEngagements pagePostsImpressions pagePostsImpressionsPaid pageVideoViews pageVideoViewsPaid verified'),
    reactions: words('anger like love wow haha sorry total'),
  },
  instagram: words(
    'biography commentsCount followersCount followsCount id viewsCount likeCount mediaCount name profilePictureUrl reachCount username',
  ),
  linkedin: {
    ...words('clickCount commentCount engagement impressionCount likeCount shareCount'),
    followers: words('organicFollowerCount paidFollowerCount'),
    views: {},
  },
  pinterest: words('followerCount'),
  snapchat: words('subscriberCount'),
  threads: words('followersCount'),
  tiktok: words(
    'bio commentCountTotal displayName followerCount followingCount likeCountTotal shareCountTotal url userImage username videoCountTotal viewCountTotal',
  ),
  twitter: words('listedCount location name profileImageUrl protected tweetCount url username verified'),
  youtube: { ...words('subscriberCount videoCount viewCount'), playlists: [] },
};
const HISTORY_ROWS = {
  bluesky: words('cid likeCount replyCount repostCount'),
  facebook: words('commentsCount isPopular likeCount sharesCount statusType'),
  instagram: words('commentsCount likeCount mediaProductType mediaType mediaUrl username'),
  linkedin: {
    ...words('clickCount commentCount engagement impressionCount lastModified likeCount publishedAt shareCount uniqueImpressionsCount'),
    status: 'PUBLISHED',
    visibility: 'PUBLIC',
  },
  tiktok: words('likeCount mediaType videoDuration videoViews audienceCountries impressionSources'),
  twitter: {
    ...words('authorId editHistoryTweetIds'),
    nonPublicMetrics: words('impressionCount userProfileClicks'),
    organicMetrics: words('impressionCount userProfileClicks retweetCount likeCount replyCount'),
    publicMetrics: words('retweetCount replyCount likeCount quoteCount impressionCount'),
  },
};

export default function servePosting(stand) {
  const { age, app, route, acting, broken, find, here, letters, primary, profiles, Refusal, Reply, wrong, NETWORKS } = stand;
  const posts = [];
  const webhooks = [];
  const files = new Map();
  const declared = new Map();
  let offset = 0;
  let posting = 0;
  const now = () => Date.now() + offset;
  const iso = (time) => new Date(time).toISOString();
  const newId = () => (broken('post-id-is-a-uuid') ? randomUUID() : letters(20));
  const cache = (minutes) => ({ lastUpdated: iso(now()), nextUpdate: iso(now() + minutes * MINUTE) });

  // ---- What a call asks for ------------------------------------------------------------------

  const moment = (date) => (date === undefined ? undefined : typeof date === 'string' ? Date.parse(date) : NaN);
  const listed = (value) => (value === undefined ? [] : [value].flat().flatMap((it) => (typeof it === 'string' ? it.split(',') : it)));
  const inQuery = (query, name) =>
    Object.entries(query)
      .filter(([it]) => it === name || it.startsWith(`${name}[`))
      .flatMap(([, it]) => listed(it));

  function platformsOf(body, profile) {
    const { platforms } = body;
    if (platforms === undefined && broken('post-without-platforms-goes-everywhere')) return [...profile.links];
    if (!Array.isArray(platforms) || (platforms.length === 0 && !broken('post-with-no-platforms-accepted'))) throw wrong();
    if (platforms.includes('all')) return broken('all-is-the-first') ? [...profile.links].slice(0, 1) : NETWORKS.filter((it) => profile.links.has(it));
    const known = platforms.filter((it) => NETWORKS.includes(it));
    if (known.length < platforms.length && !broken('unknown-platforms-dropped')) throw wrong();
    return broken('post-ids-in-the-order-asked') ? known : broken('post-ids-in-the-opposite-order') ? known.sort().reverse() : known.sort();
  }

  function textFor(body, network) {
    const { post } = body;
    if (typeof post !== 'object' || post === null) return post;
    return (broken('text-of-a-network-ignored') ? undefined : post[network]) ?? post.default ?? '';
  }

  function mediaFor(body, network) {
    const sent =
      body.mediaUrls ??
      (broken('media-url-in-the-singular-ignored') ? undefined : body.mediaUrl) ??
      (broken('media-urls-in-snake-case-ignored') ? undefined : body.media_urls) ??
      [];
    const random = body.randomMediaUrl && !broken('random-media-ignored') ? [body.isVideo || body.isLandscapeVideo || body.isPortraitVideo ? VIDEO : IMAGE] : [];
    const own = Array.isArray(sent) || typeof sent === 'string' ? sent : ((broken('media-of-a-network-ignored') ? undefined : sent[network]) ?? sent.default ?? []);
    const urls = [own].flat();
    for (const url of urls) {
      if (typeof url !== 'string') throw wrong();
      if (!url.startsWith('https://') && !broken('media-over-http-accepted')) throw badMedia();
      if (declared.get(url)?.reachable === false && !broken('unreachable-media-accepted')) throw badMedia();
    }
    return [...urls, ...random];
  }
  function checkXCredentials(req, body) {
    if (age !== 'newer' || !(body.platforms ?? []).includes('twitter')) return;
    const names = ['X-Twitter-OAuth1-Api-Key', 'X-Twitter-OAuth1-Api-Secret'];
    const missing = names.filter((it) => !req.headers[it.toLowerCase()]);
    if (missing.length === 2 && !broken('x-without-credentials-accepted')) {
      const action = broken('x-without-credentials-has-another-action') ? 'post' : 'x_credentials_required';
      throw new Refusal(400, action, broken('x-without-credentials-code-400') ? 400 : 419, 'X requires credentials.');
    }
    if (missing.length === 1 && !broken('x-with-half-the-credentials-accepted')) {
      const named = broken('x-with-half-the-credentials-names-no-header') ? 'A header' : missing[0];
      throw new Refusal(400, 'x_credentials_required', broken('x-with-half-the-credentials-code-419') ? 419 : 400, `${named} is missing.`);
    }
  }

  const badMedia = () =>
    new Refusal(
      400, 'post', broken('unreachable-media-code-138') ? 138 : 136,
      broken('unreachable-media-other-message') ? 'Media invalid.' : 'Media URLs invalid. Please verify the media is an externally accessible URL.',
    );

  const optionsOf = (body, network) =>
    ({ reddit: body.redditOptions, youtube: body.youTubeOptions, pinterest: body.pinterestOptions })[network] ?? {};

  function problemOf(profile, body, network, text, media, at, itself) {
    const problem = (code, message, more = {}) => ({ action: broken('network-error-action-request') ? 'request' : 'post', status: 'error', code, message, platform: network, ...more });
    if (profile.lost.has(network) && !broken('lost-link-is-like-none')) {
      const code = { instagram: broken('lost-instagram-code-161') ? 161 : 322, twitter: broken('lost-x-code-161') ? 161 : 272 }[network];
      return problem(code ?? (broken('lost-link-code-100') ? 100 : 161), `${SHOWN[network]} authorization error.`);
    }
    if (!profile.links.has(network) && !broken('post-to-what-is-not-linked-accepted')) {
      return problem(
        broken('not-linked-code-161') ? 161 : 156,
        `${SHOWN[network]} ${broken('not-linked-other-message') ? 'is missing.' : 'does not seem to be linked with Ayrshare. Please confirm the linkage on the Social Accounts page in your dashboard. https://docs.ayrshare.com/additional-info/troubleshooting'}`,
      );
    }
    const { title, subreddit } = { title: body.title, subreddit: body.subreddit, ...optionsOf(body, network) };
    if (network === 'reddit' && (!title || !subreddit) && !broken('reddit-without-title-accepted')) return problem(400, 'title and subreddit are required.');
    if (network === 'youtube' && !title && !broken('youtube-without-title-accepted')) return problem(400, 'youTubeOptions.title is required.');
    if (network === 'youtube' && title?.length > 100 && !broken('long-title-for-youtube-accepted')) return problem(400, 'youTubeOptions.title is too long.');
    if (network === 'pinterest' && isVideo(media, body) && !body.pinterestOptions?.thumbNail && !broken('video-pin-without-thumbnail-accepted')) {
      return problem(400, 'pinterestOptions.thumbNail is required.');
    }
    const most = LIMITS[network] - (broken(`text-limit-of-${network}-one-less`) ? 1 : 0) + (broken(`text-limit-of-${network}-one-more`) ? 1 : 0);
    if (text.length > most && !broken('long-text-accepted')) {
      return problem(
        broken('long-text-code-400') ? 400 : 132,
        `Your post is too long for ${SHOWN[network]}. Please shorten to ${most} characters. Overage: ${text.length - most} characters.`,
      );
    }
    const hashtags = { instagram: broken('sixth-hashtag-accepted') ? 6 : broken('fifth-hashtag-refused') ? 4 : 5, threads: broken('second-hashtag-on-threads-accepted') ? 2 : 1 }[network];
    if ((text.match(/#\w+/g) ?? []).length > hashtags) return problem(broken('hashtags-code-132') ? 132 : 151, 'Too many hashtags.');
    if (NEED_MEDIA.includes(network) && media.length === 0 && !broken('post-without-its-media-accepted')) return problem(138, `${SHOWN[network]} needs media.`);
    if (network === 'linkedin' && media.some((it) => declared.get(it)?.bytes > 20_000_000)) {
      return problem(254, 'The image is too large.', broken('media-check-without-verify-check') ? {} : { verifyCheck: true });
    }
    const twice = posts.find(
      (it) =>
        it !== itself &&
        (it.profile === profile || broken('duplicates-across-profiles')) &&
        (it.status !== 'deleted' && it.status !== 'error') &&
        (it.platforms.includes(network) || broken('duplicates-across-networks')) &&
        similar(String(textFor(it.body, network)), text) && text !== '' &&
        Math.abs(it.at - at) < (broken('duplicates-for-a-week') ? 7 : 1) * DAY,
    );
    const exempt = TWICE_ALLOWED.includes(network) && !broken('duplicate-pins-refused');
    if (twice && !exempt && !broken('duplicates-accepted')) {
      return problem(
        broken('duplicate-code-110') ? 110 : 137,
        broken('duplicate-other-message') ? 'A duplicate.' : 'Duplicate or similar content posted within the same two day period. The social networks prohibit duplicate content and ban accounts that do not comply.',
        { duplicateId: twice.id },
      );
    }
    return undefined;
  }
  const plain = (text) => (broken('near-duplicates-accepted') ? text : text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim().toLowerCase());
  const similar = (one, other) => (broken('every-text-is-a-duplicate') ? one.slice(0, 20) === other.slice(0, 20) : plain(one) === plain(other));
  const isVideo = (media, body) => media.some((it) => VIDEO_TYPES.includes(it.split('.').at(-1))) || Boolean(body.isVideo && media.length);

  // ---- Publishing ----------------------------------------------------------------------------

  function publish(network) {
    const number = String(Math.floor(Math.random() * 1e15) + 1e15);
    const entry = { status: 'success', id: number, postUrl: `https://www.${network}.com/posts/${number}`, platform: network };
    if (network === 'bluesky') {
      const key = letters(13).toLowerCase();
      entry.id = broken('bluesky-id-is-a-number') ? number : `at://did:plc:${letters(24).toLowerCase()}/app.bsky.feed.post/${key}`;
      if (!broken('bluesky-without-cid')) entry.cid = `bafyrei${letters(52).toLowerCase()}`;
    }
    if (network === 'facebook' && !broken('facebook-id-without-its-page')) entry.id = `104923907983682_${number}`;
    if (network === 'gmb' && !broken('gmb-without-type')) entry.type = broken('gmb-of-another-type') ? 'post' : 'localPosts';
    if (network === 'instagram' && !broken('instagram-without-quota')) entry.usedQuota = broken('instagram-quota-of-none') ? 0 : 1;
    if (network === 'linkedin') {
      entry.id = broken('linkedin-id-is-a-number') ? number : `urn:li:share:${number}`;
      if (!broken('linkedin-without-owner')) entry.owner = 'urn:li:organization:77682157';
    }
    if (network === 'tiktok') {
      if (!broken('tiktok-has-its-id-at-once')) entry.id = 'pending';
      if (!broken('tiktok-without-share')) entry.idShare = `v_pub_url~${number}`;
      if (!broken('tiktok-is-no-video')) entry.isVideo = true;
      delete entry.postUrl;
    }
    if (broken('post-ids-without-platform')) delete entry.platform;
    if (broken('post-ids-without-status')) delete entry.status;
    if (broken('post-ids-without-id')) delete entry.id;
    if (broken('post-ids-without-url')) delete entry.postUrl;
    if (broken('post-ids-over-http') && entry.postUrl) entry.postUrl = entry.postUrl.replace('https', 'http');
    if (broken('post-ids-without-url-on-facebook') && network === 'facebook') delete entry.postUrl;
    if (broken('post-ids-repeat')) entry.id = '1';
    return entry;
  }

  function goOut(post, at = now()) {
    post.at = at;
    post.errors = broken('retry-keeps-the-errors') ? post.errors : [];
    for (const network of post.platforms) {
      const looksAgain = post.deferred || !post.profile.links.has(network);
      const problem = looksAgain && problemOf(post.profile, post.body, network, textFor(post.body, network), post.mediaUrls, post.at, post);
      if (problem) post.errors.push(problem);
      else post.postIds.push(publish(network));
    }
    post.status = post.errors.length ? 'error' : 'success';
    if (post.postIds.some((it) => it.id === 'pending')) post.realIdAt = post.at + 1.5 * MINUTE;
  }

  function announce(post, subAction) {
    const url = post.profile.hooks.scheduled;
    if (!url || (broken('nothing-announced') && !subAction)) return;
    if (post.status === 'error' && broken('failures-are-not-announced')) return;
    const told = {
      action: broken('announced-as-post') ? 'post' : 'scheduled', ...(subAction ? { subAction: broken('tiktok-announced-by-another-name') ? 'published' : subAction } : {}), hookId: 'hook', created: iso(now()),
      code: broken('announced-with-another-code') ? 201 : 200, refId: broken('announced-with-another-ref-id') ? primary.refId : post.profile.refId,
      status: broken('announced-as-done') ? 'done' : broken('failures-announced-as-success') ? 'success' : post.status,
      id: broken('announced-with-another-id') ? newId() : post.id, errors: post.errors, postIds: post.postIds, url,
    };
    if (broken('announced-without-errors')) delete told.errors;
    if (broken('announced-without-post-ids')) delete told.postIds;
    if (broken('announced-without-url')) delete told.url;
    if (broken('announced-without-created')) delete told.created;
    if (broken('announced-in-seconds')) told.created = Math.floor(now() / 1000);
    webhooks.push({ refId: post.profile.refId, action: 'scheduled', body: told });
    if (broken('announced-to-all-profiles')) for (const it of profiles) if (it !== post.profile) webhooks.push({ refId: it.refId, body: told });
    if (broken('announced-twice')) webhooks.push({ refId: post.profile.refId, action: 'scheduled', body: told });
  }

  function settle() {
    const due = posts.filter((it) => it.status === 'pending' && it.due <= now()).sort((a, b) => (broken('due-posts-in-the-order-made') ? 0 : a.due - b.due));
    if (broken('due-posts-stay-pending')) return;
    for (const post of due) {
      goOut(post, post.due);
      announce(post);
    }
    for (const post of posts.filter((it) => it.realIdAt <= now())) {
      delete post.realIdAt;
      if (broken('tiktok-stays-pending')) continue;
      const entry = post.postIds.find((it) => it.id === 'pending');
      entry.id = String(Math.floor(Math.random() * 1e15));
      entry.postUrl = `https://www.tiktok.com/@someone/video/${entry.id}`;
      if (!broken('tiktok-is-not-announced')) announce(post, 'tikTokPublished');
    }
  }

  // ---- POST /post ----------------------------------------------------------------------------

  function slot(profile, title) {
    const plan = profile.schedules.get(title);
    if (!plan) throw new Refusal(400, 'post', 192, 'There is no such schedule.');
    const taken = broken('slots-are-given-twice') ? [] : posts.filter((it) => it.profile === profile && it.slotOf === title && it.status === 'pending').map((it) => it.due);
    const start = new Date(now());
    start.setUTCHours(0, 0, 0, 0);
    for (let day = 0; ; day += 1) {
      for (const time of [...plan.schedule].sort()) {
        const [hour, minute] = time.replace(/z/i, '').split(':').map(Number);
        const at = start.getTime() + day * DAY + (hour * 60 + minute) * MINUTE;
        if (at > now() && !taken.includes(at)) return broken('slots-are-an-hour-late') ? at + 60 * MINUTE : at;
      }
    }
  }

  function postFor(profile, body) {
    if (body.requiresApproval !== undefined && typeof body.requiresApproval !== 'boolean') throw wrong();
    const platforms = platformsOf(body, profile);
    const isRandom = body.randomPost === true && !broken('random-post-ignored');
    const numbered = broken('random-posts-repeat') ? QUOTE : `#${Math.floor(Math.random() * 100_000)} ${QUOTE} ${letters(8)}`;
    const text = isRandom ? numbered : body.post;
    const isText = typeof text === 'string' || (typeof text === 'object' && text !== null && !Array.isArray(text));
    if (text === '' && broken('empty-text-refused')) throw wrong();
    if (!isText && !(text === undefined && broken('post-without-text-accepted')) && !(typeof text === 'number' && broken('text-that-is-a-number-accepted'))) throw wrong();
    const media = mediaFor(body, platforms[0]);
    const when = moment(body.scheduleDate);
    if (Number.isNaN(when) && !broken('any-schedule-date-accepted')) throw wrong();
    const repeats = body.autoRepost;
    if (repeats) {
      const fits = repeats.repeat >= 1 && repeats.repeat <= 10 && repeats.days >= 2;
      if (!fits && !broken('any-repost-accepted')) throw wrong();
    }
    let due = when;
    let slotOf;
    const auto = body.autoSchedule;
    if (when === undefined && auto?.schedule) {
      slotOf = auto.title ?? 'default';
      due = slot(profile, slotOf);
    }
    const isLater = due > now() && !broken('schedule-ignored');
    if (body.idempotencyKey !== undefined) {
      const used = broken('idempotency-keys-of-all-profiles-are-one') ? primary.used : profile.used;
      const known = used.get(body.idempotencyKey);
      if (known && !broken('idempotency-key-ignored') && !(known.status === 'deleted' && broken('idempotency-key-of-a-deleted-post-is-free'))) throw new Refusal(broken('idempotency-key-again-is-200') ? 200 : 400, 'post', 9409, 'This idempotencyKey was used before.');
    }
    const at = isLater ? due : now();
    const post = {
      id: newId(), profile, body: { ...body, post: text }, text, platforms, mediaUrls: media, created: now(), at, due, slotOf, postIds: [], errors: [],
      type: isLater ? 'scheduled' : 'now', notes: body.notes, requiresApproval: body.requiresApproval, shortenLinks: body.shortenLinks ?? false,
    };
    const isDeferred = isLater && body.validateScheduled === false && !broken('validate-scheduled-ignored');
    post.deferred = isDeferred || (isLater && broken('scheduled-posts-are-not-checked'));
    const errors = post.deferred ? [] : platforms.map((it) => problemOf(profile, body, it, String(textFor(post.body, it) ?? ''), mediaFor(body, it), at)).filter(Boolean);
    const failed = errors.map((it) => it.platform);
    const refusesAll = (isLater && !broken('scheduled-in-part')) || failed.length === platforms.length || broken('one-failure-fails-all');
    const shown = (status, http, more) => {
      const answer = { status, ...more, id: post.id, refId: broken('post-shows-another-ref-id') ? primary.refId : profile.refId, profile, post: text };
      if (broken('post-answer-without-ref-id')) delete answer.refId;
      if (broken('post-answer-without-text')) delete answer.post;
      if (broken('post-answer-shows-another-text') && status !== 'error') answer.post = String(answer.post).replace(/[^ -~]/g, '?');
      if (broken('post-answer-without-id')) delete answer.id;
      return { http, answer };
    };
    if (errors.length && refusesAll) {
      post.status = 'error';
      post.errors = errors;
      post.platforms = [];
      if (!isLater || broken('refused-schedule-is-kept')) posts.push({ ...post, status: isLater ? 'pending' : 'error', platforms });
      const verify = errors.some((it) => it.verifyCheck) && !broken('media-check-without-validate') ? { validate: true } : {};
      const flat = broken('network-errors-are-flat') ? { ...errors[0] } : { errors: broken('only-one-network-error') ? errors.slice(0, 1) : errors };
      if (broken('network-errors-without-platform')) for (const one of errors) delete one.platform;
      const ids = broken('network-errors-without-post-ids') ? {} : { postIds: [] };
      return shown('error', broken('network-errors-are-200') ? 200 : 400, { ...flat, ...ids, ...verify });
    }
    posts.push(post);
    if (body.idempotencyKey !== undefined) {
      (broken('idempotency-keys-of-all-profiles-are-one') ? primary.used : profile.used).set(body.idempotencyKey, post);
    }
    if (repeats) {
      post.autoRepostId = letters(20);
      post.status = 'pending';
      post.due = Date.parse(repeats.startDate ?? iso(now() + DAY));
      post.type = 'scheduled';
      return shown('scheduled', 200, broken('repost-without-its-id') ? {} : { autoRepostId: post.autoRepostId });
    }
    if (body.requiresApproval && !broken('approval-ignored')) {
      post.status = 'awaiting approval';
      return shown('awaiting approval', 200, { ...(due ? { scheduleDate: body.scheduleDate } : {}) });
    }
    if (isLater) {
      post.status = 'pending';
      const date = broken('schedule-date-moves') ? iso(due + MINUTE) : (body.scheduleDate ?? iso(due));
      return shown(broken('scheduled-is-a-success') ? 'success' : 'scheduled', 200, {
        ...(broken('scheduled-without-its-date') ? {} : { scheduleDate: date }), ...(broken('scheduled-with-post-ids') ? { postIds: [] } : {}),
      });
    }
    post.platforms = platforms.filter((it) => !failed.includes(it));
    goOut(post);
    post.platforms = platforms;
    post.errors = errors;
    if (errors.length) post.status = 'error';
    if (broken('immediate-posts-are-announced')) announce(post);
    const told = broken('empty-errors-left-out') && !errors.length ? {} : { errors: broken('partial-errors-hidden') ? [] : errors };
    const status = errors.length && !broken('partial-success-is-success') ? 'error' : broken('post-status-is-ok') ? 'ok' : 'success';
    return shown(status, broken('post-is-201') ? 201 : 200, { ...told, ...(broken('published-without-post-ids') ? {} : { postIds: broken('partial-hides-post-ids') && errors.length ? [] : post.postIds }) });
  }

  function createPost(req, body) {
    posting += 1;
    settle();
    const keys = broken('profile-keys-ignored') ? undefined : body.profileKeys;
    const targets = keys ? keys.map((it) => find(it) ?? acting({ headers: { 'profile-key': it }, op: req.op })) : [acting(req)];
    checkXCredentials(req, body);
    const made = (broken('profile-keys-use-the-first-only') ? targets.slice(0, 1) : targets).map((it) => postFor(it, body));
    const entries = made.map(({ answer: { profile, ...rest } }) => ({ ...rest, profile }));
    const hasKey = req.headers['profile-key'] !== undefined || keys;
    const isWrapped = (hasKey && !broken('posts-of-a-profile-not-wrapped')) || broken('posts-of-the-primary-wrapped');
    const failed = entries.find((it) => it.status === 'error');
    const http = entries.length > 1 ? (failed ? 400 : 200) : made[0].http;
    if (failed && hasKey && broken('errors-of-a-profile-not-wrapped')) {
      const { profile, ...rest } = failed;
      return new Reply(http, rest);
    }
    if (!isWrapped) {
      const { profile, ...rest } = entries[0];
      return new Reply(http, rest);
    }
    return new Reply(http, {
      ...(broken('wrapping-without-status') ? {} : { status: failed && !broken('wrapping-is-always-success') ? 'error' : 'success' }),
      posts: entries.map(({ profile, ...rest }) => ({
        ...rest,
        ...(broken('wrapping-without-profile-title') ? {} : { profileTitle: broken('wrapping-with-the-primarys-title') ? primary.title : profile.title }),
      })),
    });
  }

  function bulk(req) {
    posting += 1;
    settle();
    const profile = acting(req);
    const text = req.raw.toString();
    const csv = /\r\n\r\n([\s\S]*?)\r\n--/.exec(text)?.[1];
    if (!csv) throw wrong();
    const [head, ...rows] = csv.trim().split(/\r?\n/).map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)].map(([, it]) => it.replace(/^"|"$/g, '').replaceAll('""', '"')));
    const made = rows.map((row) => {
      const field = (name) => row[head.indexOf(name)] || undefined;
      const body = { post: field('post'), platforms: listed(field('platforms')), mediaUrls: listed(field('mediaUrls')) };
      const sent = field('scheduleDate');
      const { answer } = postFor(profile, { ...body, scheduleDate: sent && iso(Date.parse(/Z$/.test(sent) ? sent : `${sent} UTC`)) });
      return {
        status: answer.status, scheduleDate: broken('bulk-writes-dates-anew') ? iso(Date.parse(sent)) : sent, ...(broken('bulk-without-ids') ? {} : { id: answer.id }),
        ...(answer.errors ? { errors: answer.errors } : {}), post: body.post,
      };
    });
    if (broken('bulk-takes-the-first-row')) made.length = 1;
    if (broken('bulk-in-the-opposite-order')) made.reverse();
    return { status: broken('bulk-status-is-ok') ? 'ok' : 'success', posts: made };
  }

  // ---- One post ------------------------------------------------------------------------------

  function describe(post, asOne = false) {
    const row = {
      created: iso(post.created), errors: post.errors, id: post.id, mediaUrls: post.mediaUrls, platforms: post.platforms, post: post.text,
      postIds: post.postIds, profileTitle: post.profile.title, refId: post.profile.refId, scheduleDate: iso(post.due ?? post.created),
      shortenLinks: post.shortenLinks, status: post.status, type: post.type,
      ...(post.notes === undefined || broken('notes-are-lost') ? {} : { notes: post.notes }),
      ...(post.approved ? { approved: true } : {}), ...(post.requiresApproval ? { requiresApproval: true } : {}),
      ...(post.autoRepostId ? { autoRepostId: post.autoRepostId } : {}),
    };
    for (const name of Object.keys(row)) {
      if (broken(`got-post-without-${name}`) && asOne) delete row[name];
      if (broken(`history-row-without-${name}`) && !asOne) delete row[name];
    }
    if (broken('type-is-immediate') && row.type === 'now') row.type = 'immediate';
    if (broken('got-post-shows-another-text') && asOne) row.post = 'A post.';
    if (broken('history-shows-another-text') && !asOne) row.post = 'A post.';
    if (broken('scheduled-posts-have-the-type-now')) row.type = 'now';
    if (broken('got-post-has-the-primarys-ref-id') && asOne) row.refId = primary.refId;
    if (broken('got-post-has-empty-notes') && post.notes === undefined) row.notes = '';
    if (broken('got-post-is-a-success') && asOne) row.status = 'success';
    if (broken('media-of-a-post-are-not-told')) row.mediaUrls = [];
    return row;
  }

  const notFound = () => {
    const code = broken('unknown-post-code-404') ? 404 : 221;
    const said = broken('unknown-post-other-message') ? 'Not found.' : 'History not found';
    return new Refusal(broken('unknown-post-is-200') ? 200 : broken('unknown-post-is-500') ? 500 : 400, 'get', code, said);
  };

  function own(req, id, { all = false } = {}) {
    const profile = acting(req);
    const found = posts.find((it) => it.id === id || (broken('post-found-by-a-part-of-its-id') && id && it.id.startsWith(id)));
    if (found && found.profile !== profile && !all && !broken('posts-of-others-shown')) return undefined;
    return found;
  }

  function getPost(req) {
    settle();
    const all = String(req.query.searchAllPosts) === 'true' && !broken('search-all-posts-ignored');
    const found = own(req, req.params.id, { all });
    if (!found || (found.status === 'deleted' && broken('deleted-post-not-found'))) throw notFound();
    const row = describe(found, true);
    if (broken('got-post-is-wrapped') && req.headers['profile-key']) return { status: 'success', posts: [row] };
    if (broken('history-of-one-differs') && req.path.startsWith('/history')) return { history: [row] };
    return row;
  }

  function deletePost(req, body) {
    settle();
    const profile = acting(req);
    const gone = (post) => {
      if (broken('delete-deletes-nothing')) return;
      if (broken('delete-of-scheduled-deletes-nothing') && post.status === 'pending') return;
      if (broken('deleted-posts-vanish')) posts.splice(posts.indexOf(post), 1);
      post.status = broken('deleted-has-another-status') ? 'removed' : 'deleted';
    };
    const told = (post, networks) => ({
      status: broken('post-delete-status-is-ok') ? 'ok' : 'success', id: broken('delete-answers-another-id') ? newId() : post.id,
      ...(broken('delete-without-code') ? {} : { code: broken('delete-code-is-0') ? 0 : 200 }),
      ...Object.fromEntries(networks.map((it) => [it.platform, { action: 'delete', status: 'success', id: it.id }])),
    });
    if (body.deleteAllScheduled === true && !broken('delete-all-scheduled-refused')) {
      const mine = posts.filter((it) => (it.profile === profile || broken('delete-all-scheduled-of-all-profiles')) && (it.status === 'pending' || (broken('delete-all-scheduled-takes-published') && it.status === 'success')));
      for (const post of broken('delete-all-scheduled-takes-one') ? mine.slice(0, 1) : mine) gone(post);
      if (body.id && broken('delete-all-scheduled-loses-to-the-id')) {
        for (const post of mine) post.status = 'pending';
        gone(own(req, body.id) ?? {});
      }
      return { status: 'success', code: 200, ids: mine.map((it) => it.id) };
    }
    if (Array.isArray(body.bulk) && !broken('bulk-delete-refused')) {
      const ids = broken('bulk-delete-takes-the-first') ? body.bulk.slice(0, 1) : body.bulk;
      const done = ids.map((id) => own(req, id)).filter(Boolean);
      for (const post of done) gone(post);
      return { status: 'success', code: 200, bulk: done.map((it) => told(it, it.postIds)) };
    }
    if (typeof body.id !== 'string') {
      if (broken('delete-without-id-accepted')) return { status: 'success', code: 200 };
      throw wrong();
    }
    const post = own(req, body.id);
    if (!post) {
      if (broken('delete-of-unknown-is-200')) return { status: 'success', id: body.id, code: 200 };
      throw new Refusal(broken('delete-of-unknown-is-400') ? 400 : 404, broken('delete-of-unknown-has-another-action') ? 'post' : 'delete', broken('delete-of-unknown-code-221') ? 221 : 114, 'Delete id not found.');
    }
    if (post.status === 'deleted' && !broken('second-delete-accepted')) throw new Refusal(400, 'delete', broken('second-delete-code-114') ? 114 : 383, 'The post was already deleted.');
    const networks = post.postIds;
    gone(post);
    if (broken('delete-takes-another-too')) {
      const other = posts.find((it) => it !== post && it.profile === post.profile && it.status !== 'deleted');
      if (other) other.status = 'deleted';
    }
    return told(post, body.markManualDeleted || broken('delete-without-networks') ? [] : networks);
  }

  const CHANGES = ['approved', 'disableComments', 'notes', 'scheduleDate', 'scheduledPause', 'youTubeOptions'];

  function changePost(req, body) {
    posting += 1;
    settle();
    acting(req);
    if (body.id === undefined && broken('change-without-id-accepted')) return { status: 'success' };
    if (typeof body.id !== 'string') throw wrong();
    if (!CHANGES.some((it) => body[it] !== undefined) && !broken('change-of-nothing-accepted')) throw wrong();
    const post = own(req, body.id);
    if (!post) {
      if (broken('change-of-unknown-accepted')) return { status: 'success', id: body.id };
      throw notFound();
    }
    const isOpen = ['pending', 'paused', 'awaiting approval'].includes(post.status);
    if ((body.scheduleDate !== undefined || body.scheduledPause !== undefined) && !isOpen && !broken('change-of-published-accepted')) throw new Refusal(400, 'post', 9400, 'The post is not pending.');
    const when = moment(body.scheduleDate);
    if (Number.isNaN(when) && !broken('change-to-any-date-accepted')) throw wrong();
    if (body.notes !== undefined && !broken('changed-notes-ignored')) post.notes = body.notes;
    if (when !== undefined && !broken('changed-date-ignored') && isOpen) post.due = when;
    if (body.scheduledPause === true && !broken('pause-ignored') && isOpen) post.status = 'paused';
    if (body.scheduledPause === false && post.status === 'paused' && !broken('unpause-ignored')) post.status = 'pending';
    if (body.approved === true && post.status === 'awaiting approval' && !broken('approving-ignored')) {
      post.approved = true;
      post.status = 'pending';
      post.due ??= now();
      if (broken('approved-goes-out-at-once')) post.due = now();
    }
    if (body.post !== undefined && broken('change-changes-the-text')) post.text = body.post;
    if (broken('changing-drops-notes') && body.notes === undefined) delete post.notes;
    settle();
    return { status: broken('post-change-status-is-ok') ? 'ok' : 'success', ...(broken('change-without-its-id') ? {} : { id: post.id }) };
  }

  function retry(req, body) {
    posting += 1;
    settle();
    acting(req);
    if (body.id === undefined && broken('retry-without-id-accepted')) return { status: 'success' };
    if (typeof body.id !== 'string') throw wrong();
    const post = own(req, body.id);
    if (!post && broken('retry-of-unknown-accepted')) return { status: 'success', id: body.id };
    if (!post) throw notFound();
    const may = (post.status === 'error' || (post.status === 'success' && broken('retry-of-published-accepted'))) && (!post.retried || broken('second-retry-accepted'));
    if (!may) throw new Refusal(400, 'post', 9400, 'Only a post with the status error can be retried, once.');
    post.retried = true;
    if (!broken('retry-keeps-the-errors')) post.errors = [];
    post.status = broken('retry-does-nothing') ? post.status : 'pending';
    post.due = now();
    if (!broken('retry-goes-out-at-once')) return { status: 'success', id: post.id };
    goOut(post);
    return { status: 'success', id: post.id };
  }

  // ---- Validate ------------------------------------------------------------------------------

  function validatePost(req, body) {
    settle();
    const profile = acting(req);
    const platforms = platformsOf(body, profile);
    if (body.post === undefined && !broken('validate-without-text-accepted')) throw wrong();
    if (broken('validate-posts')) postFor(profile, body);
    const all = { ...profile, links: new Set(NETWORKS) };
    const problems = platforms.map((it) => problemOf(all, body, it, String(textFor(body, it) ?? ''), mediaFor(body, it), now())).filter(Boolean);
    if (problems.length && !broken('validate-finds-nothing')) {
      const { action, code, message } = problems[0];
      throw new Refusal(broken('validate-finds-with-200') ? 200 : 400, action, code, message);
    }
    const warnings = platforms
      .filter((it) => !profile.links.has(it) && !broken('validate-does-not-warn'))
      .map((it) => ({ action: 'post', status: 'error', code: broken('validate-warns-with-another-code') ? 161 : 156, message: `${SHOWN[it]} is not linked with Ayrshare. Please confirm the linkage on the Social Accounts page in your dashboard.` }));
    if (warnings.length && broken('validate-refuses-what-is-not-linked')) throw new Refusal(400, 'post', 156, warnings[0].message);
    return {
      status: broken('validate-status-is-ok') ? 'ok' : 'success',
      message: broken('validate-other-message')
        ? 'No issues.'
        : 'No validation issues were found with this post. This is only an Ayrshare validation test and the post may still return an error by the social networks.',
      ...(warnings.length ? { warnings } : {}),
    };
  }

  function validateJson(req) {
    try {
      JSON.parse(req.body);
    } catch {
      if (!broken('bad-json-is-valid')) throw new Refusal(400, 'validate', 101, 'Invalid JSON.');
    }
    return { status: broken('valid-json-status-is-ok') ? 'ok' : 'success', message: broken('valid-json-other-message') ? 'Valid JSON.' : 'Valid JSON. Nice Job!' };
  }

  function postLength(req, body) {
    if (typeof body.post !== 'string' && !broken('length-of-nothing-accepted')) throw wrong();
    const text = body.post ?? '';
    const answer = broken('length-without-limits') ? {} : { maxCharLimits: Object.fromEntries(NETWORKS.map((it) => [it, LIMITS[it] + (broken('length-with-other-limits') ? 1 : 0)])) };
    for (const network of NETWORKS) {
      answer[`${network}Valid`] = broken('every-length-is-valid') || (text.length <= LIMITS[network] && !broken('no-length-is-valid'));
      answer[`${network}WeightedLength`] = broken('lengths-are-off-by-one') ? text.length + 1 : text.length;
      if (broken('length-without-weights')) delete answer[`${network}WeightedLength`];
    }
    return answer;
  }

  // ---- History -------------------------------------------------------------------------------

  function history(req) {
    settle();
    const profile = acting(req);
    const { query } = req;
    let found = posts.filter((it) => it.profile === profile || broken('history-of-all-profiles')).sort((a, b) => b.created - a.created || posts.indexOf(b) - posts.indexOf(a));
    if (broken('history-oldest-first')) found.reverse();
    if (query.status && !broken('status-filter-ignored')) found = found.filter((it) => it.status === query.status);
    if (query.status !== 'deleted' && !broken('deleted-posts-listed')) found = found.filter((it) => it.status !== 'deleted');
    if (query.status === 'deleted' && broken('deleted-posts-never-listed')) found = [];
    if (query.type && !broken('type-filter-ignored')) {
      const wanted = broken('type-filter-inverted') === (query.type === 'scheduled') ? 'now' : 'scheduled';
      found = found.filter((it) => it.type === wanted);
    }
    const networks = [...inQuery(query, 'platforms'), ...(broken('platform-filter-in-the-singular-ignored') ? [] : inQuery(query, 'platform'))];
    const some = (it) => (broken('platforms-filter-wants-all') ? networks.every((one) => it.platforms.includes(one)) : networks.some((one) => it.platforms.includes(one)));
    if (networks.length && !broken('platforms-filter-ignored')) found = found.filter(some);
    const start = Date.parse(query.startDate);
    const end = Date.parse(query.endDate);
    if (start && !broken('start-date-ignored')) found = found.filter((it) => it.created >= start);
    if (end && !broken('end-date-ignored')) found = found.filter((it) => it.created <= end);
    const days = Number(query.lastDays ?? 30);
    if (days && !(start && end) && !broken('last-days-ignored')) found = found.filter((it) => it.created >= now() - days * DAY);
    if (query.autoRepostId && !broken('repost-filter-ignored')) found = found.filter((it) => it.autoRepostId && [it.autoRepostId, 'all'].includes(query.autoRepostId));
    const most = Number(query.limit ?? (broken('last-records-ignored') ? undefined : query.lastRecords) ?? 25);
    if (!broken('history-limit-ignored')) found = found.slice(0, most + (broken('history-limit-off-by-one') ? 1 : 0));
    if (!found.length && !broken('empty-history-is-a-list')) {
      const error = {
        ...(broken('empty-history-without-action') ? {} : { action: 'get' }), status: 'error', code: broken('empty-history-code-404') ? 404 : 221,
        message: broken('empty-history-other-message') ? 'Not found.' : 'History not found',
      };
      const http = broken('empty-history-is-404') ? 404 : broken('empty-history-is-200') ? 200 : 400;
      return new Reply(http, broken('empty-history-is-flat') ? error : { history: error, ...(broken('empty-history-without-count') ? {} : { count: broken('empty-history-counts-one') ? 1 : 0 }) });
    }
    const rows = found.map((it) => describe(it));
    if (broken('history-is-a-bare-list')) return new Reply(200, rows);
    return {
      ...(broken('history-under-another-name') ? { posts: rows } : { history: rows }), refId: profile.refId,
      ...(broken('history-without-count') ? {} : { count: broken('history-counts-all') ? posts.length + 1 : rows.length }),
      ...(broken('history-without-times') ? {} : cache(1)),
    };
  }

  function historyOf(req) {
    const network = req.params.which;
    if (!NETWORKS.includes(network)) {
      req.params.id = network;
      return getPost(req);
    }
    settle();
    const profile = acting(req);
    if (WITHOUT_HISTORY.includes(network) && !broken('history-of-every-network')) throw wrong();
    if (network === 'twitter' && (req.query.userId || req.query.userName) && req.headers['profile-key'] && !broken('other-users-history-for-profiles')) throw wrong();
    if (!profile.links.has(network) && !broken('history-of-what-is-not-linked')) throw new Refusal(400, 'history', 156, `${SHOWN[network]} is not linked.`);
    const mine = posts.filter((it) => it.profile === profile && it.platforms.includes(network) && it.status !== 'deleted').flatMap((it) => it.postIds.filter((one) => one.platform === network).map((one) => [it, one]));
    const most = broken('network-history-limit-ignored') ? 100 : Number(req.query.limit ?? 10);
    const rows = mine.slice(0, most).map(([post, entry]) => {
      const row = { created: iso(post.created), id: entry.id, post: post.text, postUrl: entry.postUrl ?? `https://www.tiktok.com/${entry.idShare}`, ...structuredClone(HISTORY_ROWS[network] ?? {}) };
      const lost = Object.keys(HISTORY_ROWS[network] ?? {})[0];
      if (broken(`${network}-history-lacks-a-field`)) delete row[lost];
      if (broken('network-history-without-urls')) delete row.postUrl;
      if (broken('network-history-without-ids')) delete row.id;
      if (broken('network-history-of-linkedin-in-lower-case') && row.status) row.status = 'published';
      return row;
    });
    return {
      ...(broken('network-history-without-status') ? {} : { status: 'success' }),
      ...(broken('network-history-under-another-name') ? { history: rows } : { posts: rows }),
      ...(broken('network-history-without-times') ? {} : cache(10)),
    };
  }

  // ---- Media ---------------------------------------------------------------------------------

  function parts(req) {
    const boundary = /boundary=(.+)$/.exec(req.headers['content-type'] ?? '')?.[1];
    const binary = req.raw.toString('latin1');
    const found = {};
    for (const part of binary.split(`--${boundary}`)) {
      const [, name] = /name="([^"]+)"/.exec(part) ?? [];
      const [, fileName] = /filename="([^"]+)"/.exec(part) ?? [];
      const [, type] = /Content-Type: (\S+)/i.exec(part) ?? [];
      const at = part.indexOf('\r\n\r\n');
      if (name) found[name] = { bytes: Buffer.from(part.slice(at + 4, -2), 'latin1'), fileName, type };
    }
    return found;
  }

  function upload(req) {
    acting(req);
    let bytes;
    let type;
    let fileName;
    let description;
    if ((req.headers['content-type'] ?? '').startsWith('multipart/')) {
      if (broken('upload-of-forms-refused')) throw wrong();
      const { file, ...rest } = parts(req);
      if (!file) throw wrong();
      ({ bytes, type, fileName } = file);
      fileName = rest.fileName?.bytes.toString() ?? fileName;
      description = rest.description?.bytes.toString();
    } else {
      let body = {};
      try {
        body = JSON.parse(req.body);
      } catch {
        throw wrong();
      }
      const [, found, data] = /^data:([^;]+);base64,(.*)$/.exec(body.file ?? '') ?? [];
      if (!data && !broken('upload-of-nothing-accepted')) throw wrong();
      [bytes, type, fileName, description] = [Buffer.from(data ?? '', 'base64'), found ?? 'image/png', body.fileName, body.description];
    }
    const kind = type.split('/')[1];
    const name = randomUUID();
    const id = broken('upload-id-without-its-type') ? name : `${name}-${kind}`;
    const url = `${here(req).replace('https', broken('upload-over-http') ? 'http' : 'https')}/files/${name}.${kind}`;
    files.set(`${name}.${kind}`, { id, url, fileName, description, bytes: broken('uploads-are-empty') ? Buffer.alloc(0) : bytes, type });
    const answer = { id, url, fileName: fileName ?? 'file', description: description ?? '' };
    for (const field of Object.keys(answer)) if (broken(`upload-without-${field}`)) delete answer[field];
    if (broken('upload-under-another-file-name')) answer.fileName = 'file';
    if (broken('upload-loses-its-description')) answer.description = '';
    return answer;
  }

  function uploadUrl(req) {
    acting(req);
    const { fileName, contentType } = req.query;
    if (!fileName && !contentType && !broken('upload-url-for-nothing')) throw wrong();
    const kind = contentType ? contentType.split('/').at(-1) : (fileName ?? 'x.png').split('.').at(-1);
    if (!(kind in TYPES) && !broken('upload-url-for-any-type')) throw wrong();
    const type = TYPES[kind] ?? 'image/png';
    const name = `${randomUUID()}.${kind}`;
    files.set(name, { awaited: true, type });
    const answer = {
      accessUrl: `${here(req)}/files/${name}`, contentType: broken('upload-url-of-another-type') ? 'application/octet-stream' : type, uploadUrl: `${here(req)}/uploads/${name}`,
    };
    for (const field of Object.keys(answer)) if (broken(`upload-url-without-${field}`)) delete answer[field];
    if (broken('both-upload-urls-are-one')) answer.uploadUrl = answer.accessUrl;
    return answer;
  }

  function urlExists(req, body) {
    acting(req);
    const { mediaUrl } = body;
    if (typeof mediaUrl !== 'string' && !broken('existence-of-nothing-accepted')) throw wrong();
    const kind = String(mediaUrl).split('.').at(-1);
    const contentType = declared.get(mediaUrl)?.contentType ?? TYPES[kind] ?? 'text/html';
    return { ...(broken('existence-without-status') ? {} : { status: 'success' }), ...(broken('existence-without-type') ? {} : { contentType: broken('existence-of-another-type') ? 'text/html' : contentType }) };
  }

  function resize(req, body) {
    acting(req);
    const source = body.mediaUrl ?? (broken('resize-of-image-url-refused') ? undefined : body.imageUrl);
    if (typeof source !== 'string' && !broken('resize-of-nothing-accepted')) throw wrong();
    if (!body.platform && !body.dimensions && !broken('resize-to-nothing-accepted')) throw wrong();
    return {
      ...(broken('resize-without-status') ? {} : { status: 'success' }), ...(broken('resize-without-url') ? {} : { url: `https://media.ayrshare.com/resized/${randomUUID()}.jpg` }),
      ...(body.platform && !broken('resize-without-platform') ? { platform: body.platform } : {}),
    };
  }

  const gallery = (req) => {
    acting(req);
    const all = [...files.values()].filter((it) => it.id);
    return new Reply(200, broken('gallery-is-empty') ? [] : all.map(({ id, url, fileName, description }) => ({ id, url, fileName, description })));
  };

  // ---- Analytics -----------------------------------------------------------------------------

  function withoutOne(network, fields, fault) {
    const shown = structuredClone(fields);
    if (broken(`${fault}-of-${network}-lack-a-field`)) delete shown[Object.keys(shown).at(-1)];
    for (const name of Object.keys(shown)) if (broken(`${fault}-of-${network}-without-${name}`)) delete shown[name];
    return shown;
  }

  function analyticsPost(req, body) {
    settle();
    acting(req);
    if (body.id === undefined && broken('analytics-of-nothing-accepted')) return { status: 'success' };
    if (typeof body.id !== 'string') throw wrong();
    const byNetwork = body.searchPlatformId === true && !broken('search-platform-id-ignored');
    if (byNetwork && body.platforms?.length !== 1 && !broken('search-platform-id-of-two-networks')) throw wrong();
    const post = byNetwork ? posts.find((it) => it.postIds.some((one) => one.id === body.id && body.platforms.includes(one.platform))) : own(req, body.id);
    if (!post && broken('analytics-of-an-unknown-post')) return { status: 'success', id: body.id };
    if (!post) throw notFound();
    const asked = body.platforms && !broken('analytics-of-all-networks') ? body.platforms : post.platforms;
    const answer = { status: broken('analytics-status-is-ok') ? 'ok' : 'success', ...(broken('analytics-without-id') ? {} : { id: post.id }) };
    for (const entry of post.postIds.filter((it) => asked.includes(it.platform) && !WITHOUT_ANALYTICS.includes(it.platform))) {
      const shown = { id: entry.id, postUrl: entry.postUrl, analytics: withoutOne(entry.platform, POST_ANALYTICS[entry.platform], 'analytics'), ...cache(10) };
      if (broken('analytics-without-the-networks-id')) delete shown.id;
      if (broken('analytics-without-url')) delete shown.postUrl;
      if (broken('analytics-without-times')) delete shown.nextUpdate;
      if (broken('analytics-unwrapped')) Object.assign(shown, shown.analytics, { analytics: undefined });
      answer[broken('analytics-under-x') && entry.platform === 'twitter' ? 'x' : entry.platform] = shown;
    }
    return answer;
  }

  function analyticsSocial(req, body) {
    settle();
    const profile = acting(req);
    const { platforms } = body;
    if (!Array.isArray(platforms) && !broken('account-analytics-of-nothing-accepted')) throw wrong();
    const asked = broken('account-analytics-of-all-networks') ? [...profile.links] : (platforms ?? []);
    const missing = asked.filter((it) => !profile.links.has(it));
    if (missing.length && !broken('account-analytics-of-what-is-not-linked')) throw new Refusal(400, 'analytics', broken('account-analytics-not-linked-code-101') ? 101 : 156, `${SHOWN[missing[0]] ?? missing[0]} is not linked.`);
    const answer = broken('account-analytics-without-status') ? {} : { status: 'success' };
    for (const network of asked) {
      const shown = { analytics: withoutOne(network, SOCIAL_ANALYTICS[network] ?? {}, 'account-analytics'), ...cache(10) };
      if (broken('account-analytics-without-times')) delete shown.lastUpdated;
      if (broken('account-analytics-unwrapped')) Object.assign(shown, shown.analytics, { analytics: undefined });
      answer[network] = shown;
    }
    return answer;
  }

  // ---- Auto-schedules ------------------------------------------------------------------------

  const echoed = (plan) => {
    const shown = { schedule: plan.schedule, daysOfWeek: plan.daysOfWeek, excludeDates: plan.excludeDates };
    if (broken('auto-schedule-times-in-capitals')) shown.schedule = shown.schedule?.map((it) => it.toUpperCase());
    if (broken('auto-schedule-sorted')) shown.schedule = [...(shown.schedule ?? [])].sort();
    if (broken('auto-schedule-dates-in-iso')) shown.excludeDates = shown.excludeDates?.map((it) => iso(Date.parse(it)).slice(0, 10));
    if (broken('auto-schedule-without-days')) delete shown.daysOfWeek;
    if (broken('auto-schedule-without-excluded-dates')) delete shown.excludeDates;
    if (broken('auto-schedule-days-sorted')) shown.daysOfWeek = [...(shown.daysOfWeek ?? [])].sort();
    return shown;
  };

  function setSchedule(req, body) {
    const profile = acting(req);
    const hasTimes = Array.isArray(body.schedule) && (body.schedule.length > 0 || broken('empty-auto-schedule-accepted'));
    if (!hasTimes && !(body.setStartDate && !broken('auto-schedule-start-alone-refused')) && !broken('auto-schedule-of-nothing-accepted')) throw wrong();
    const title = body.title ?? (broken('auto-schedule-has-another-default') ? 'Default' : 'default');
    const kept = broken('auto-schedules-without-case') ? title.toLowerCase() : title;
    if (broken('one-auto-schedule-only')) profile.schedules.clear();
    if (broken('set-auto-schedule-keeps-the-old') && profile.schedules.has(kept)) return { status: 'success', message: 'Auto schedule set.', title, ...echoed(body) };
    const { schedule, daysOfWeek, excludeDates } = body;
    const into = broken('auto-schedules-shared-by-profiles') ? primary : profile;
    into.schedules.set(kept, { schedule: schedule ?? into.schedules.get(kept)?.schedule ?? [], daysOfWeek, excludeDates });
    const answer = { status: broken('auto-schedule-status-is-ok') ? 'ok' : 'success', message: broken('auto-schedule-other-message') ? 'Set.' : 'Auto schedule set.', title, ...echoed(body) };
    if (broken('auto-schedule-answer-without-title')) delete answer.title;
    return answer;
  }

  function listSchedules(req) {
    const asked = acting(req);
    const { schedules } = broken('auto-schedules-shared-by-profiles') ? primary : asked;
    if (schedules.size === 0 && !broken('no-auto-schedule-is-an-empty-list')) throw new Refusal(400, 'auto schedule', broken('no-auto-schedule-code-404') ? 404 : 192, 'Auto schedule not found.');
    const shown = Object.fromEntries([...schedules].map(([title, plan]) => [title, echoed(plan)]));
    return { ...(broken('auto-schedules-without-status') ? {} : { status: 'success' }), schedules: broken('auto-schedules-as-a-list') ? Object.entries(shown) : shown };
  }

  function deleteSchedule(req, body) {
    const { schedules } = acting(req);
    const title = body.title ?? 'default';
    if (broken('deleting-takes-every-auto-schedule')) schedules.clear();
    if (!broken('auto-schedule-not-deleted') && !(body.title === undefined && broken('default-auto-schedule-not-deleted'))) schedules.delete(title);
    return { ...(broken('auto-schedule-deletion-without-status') ? {} : { status: 'success' }) };
  }

  // ---- Routes --------------------------------------------------------------------------------

    route('/post/bulk', { post: ['bulk', bulk], ...(broken('bulk-by-put-not-served') ? {} : { put: ['bulk', bulk] }) }, { raw: true });
  route('/post/retry', { put: ['retry', retry] });
  route('/post/checkPostWeight', { post: ['postLength', postLength] });
  route('/post', {
    post: ['post', createPost], delete: ['deletePost', deletePost], patch: ['changePost', changePost],
    put: ['changePost', (req, body) => (broken('older-change-changes-nothing') ? { status: 'success', id: body.id } : changePost(req, body))],
  });
  route('/delete', { delete: ['deletePost', (req, body) => (broken('older-delete-deletes-nothing') ? { status: 'success', id: body.id, code: 200 } : deletePost(req, body))] });
  route('/post/:id', { get: ['getPost', getPost] });
  route('/history', { get: ['history', history] });
  route('/history/:which', { get: ['historyOf', historyOf] });
  route('/validate/post', { post: ['validatePost', validatePost] });
  route('/validate/json', { post: ['validateJson', validateJson] }, { raw: true });
  route('/validate/postLength', { post: ['postLength', postLength] });
  route('/media/upload', { post: ['upload', upload] }, { raw: true });
  route('/upload', { post: ['upload', (req) => (broken('older-upload-answers-another-shape') ? { status: 'success' } : upload(req))] }, { raw: true });
  route('/media/uploadUrl', { get: ['uploadUrl', uploadUrl] });
  route('/media/urlExists', { post: ['urlExists', urlExists] });
  route('/media/resize', { post: ['resize', resize] });
  route('/media', { get: ['gallery', gallery] });
  route('/analytics/post', { post: ['analyticsPost', analyticsPost] });
  route('/analytics/social', { post: ['analyticsSocial', analyticsSocial] });
  route('/auto-schedule', { post: ['setSchedule', setSchedule], get: ['listSchedules', listSchedules], delete: ['deleteSchedule', deleteSchedule] });
  for (const path of ['/auto-schedule/set', '/set-auto-schedule']) {
    route(path, { post: ['setSchedule', (req, body) => (broken('older-auto-schedule-sets-nothing') ? { status: 'success', title: body.title, message: 'Auto schedule set.', ...echoed(body) } : setSchedule(req, body))] });
  }
  route('/auto-schedule/list', { get: ['listSchedules', (req) => (broken('older-list-of-auto-schedules-is-bare') ? listSchedules(req).schedules : listSchedules(req))] });
  route('/auto-schedule/delete', { delete: ['deleteSchedule', (req, body) => (broken('older-auto-schedule-deletes-nothing') ? { status: 'success' } : deleteSchedule(req, body))] });

  app.put('/uploads/:name', (req, res) => {
    const file = files.get(req.params.name);
    const isOnce = !file?.bytes || broken('upload-url-works-twice');
    if (!file || !isOnce) return res.status(403).end();
    file.bytes = broken('put-files-are-empty') ? Buffer.alloc(0) : req.raw;
    return res.status(broken('put-is-201') ? 201 : 200).end();
  });
  app.get('/files/:name', (req, res) => {
    const file = files.get(req.params.name);
    if (!file?.bytes || broken('uploads-are-not-served')) return res.status(404).end();
    res.status(200).setHeader('Content-Type', broken('uploads-have-another-type') ? 'application/octet-stream' : file.type);
    return res.end(file.bytes);
  });

  // What a person, time or a network does; no API has these.
  const json = (req) => JSON.parse(req.body || '{}');
  app.post('/stand-in/link', (req, res) => {
    const { profileKey, network } = json(req);
    (profileKey ? find(profileKey) : primary).links.add(network);
    res.json({});
  });
  app.post('/stand-in/revoke', (req, res) => {
    const { profileKey, network } = json(req);
    const profile = profileKey ? find(profileKey) : primary;
    profile.links.delete(network);
    profile.lost.add(network);
    res.json({});
  });
  app.post('/stand-in/clock', (req, res) => {
    offset += json(req).advance * 1000;
    settle();
    res.json({});
  });
  app.post('/stand-in/media', (req, res) => {
    const facts = json(req);
    declared.set(facts.url, facts);
    res.json({});
  });
  app.get('/stand-in/posts', (req, res) => {
    res.json({ calls: posting, posts: posts.map(({ text, platforms, status, type }) => ({ text, platforms, status, type })) });
  });
  app.get('/stand-in/webhooks', (req, res) => {
    settle();
    res.json({ webhooks });
  });
}
