"""The fields that Ayrshare's own smoke tests assert (December 2025), by network.

A name with a dot is a field of an object. They stand here and not among the facts that the fake is
made from, so that a check does not compare the fake with itself.
"""

from collections.abc import Iterable
from typing import Any, Final

HISTORY: Final = {
    "bluesky": "created cid id likeCount replyCount repostCount post postUrl",
    "facebook": "commentsCount created id isPopular likeCount post postUrl sharesCount statusType",
    "instagram": "commentsCount created id likeCount mediaProductType mediaType mediaUrl post "
    "postUrl username",
    "linkedin": "clickCount commentCount created engagement impressionCount id lastModified "
    "likeCount post postUrl publishedAt shareCount status uniqueImpressionsCount visibility",
    "tiktok": "created id likeCount mediaType post postUrl videoDuration videoViews "
    "audienceCountries impressionSources",
    "twitter": "authorId created editHistoryTweetIds id nonPublicMetrics.impressionCount "
    "nonPublicMetrics.userProfileClicks organicMetrics.impressionCount "
    "organicMetrics.userProfileClicks organicMetrics.retweetCount organicMetrics.likeCount "
    "organicMetrics.replyCount postUrl publicMetrics.retweetCount publicMetrics.replyCount "
    "publicMetrics.likeCount publicMetrics.quoteCount publicMetrics.impressionCount",
}
"""GET /history/:platform: an entry of `posts`."""

POST_ANALYTICS: Final = {
    "bluesky": "created post likeCount quoteCount replyCount",
    "facebook": "commentsCount likeCount reactions reactionsByType sharesCount videoViewTime "
    "videoViews videoViewsUnique",
    "instagram": "caption commentsCount created engagementCount viewsCount likeCount "
    "mediaProductType mediaType reachCount savedCount username",
    "linkedin": "shareCount likeCount engagement clickCount impressionCount commentCount",
    "pinterest": "description media totalComments totalReactions",
    "threads": "views likes replies reposts quotes",
    "tiktok": "commentsCount created embedUrl itemId likeCount mediaType postUrl shareCount tags "
    "thumbnailHeight thumbnailUrl thumbnailWidth url videoViews",
    "twitter": "created name nonPublicMetrics.userProfileClicks nonPublicMetrics.impressionCount "
    "organicMetrics.likeCount organicMetrics.impressionCount organicMetrics.replyCount "
    "organicMetrics.retweetCount organicMetrics.userProfileClicks post publicMetrics.likeCount "
    "publicMetrics.quoteCount publicMetrics.replyCount publicMetrics.retweetCount username",
    "youtube": "averageViewDuration averageViewPercentage channelTitle title comments created "
    "description dislikes estimatedMinutesWatched likes madeForKids privacyStatus "
    "subscribersGained subscribersLost tags thumbnailUrl videosAddedToPlaylists views",
}
"""POST /analytics/post: `analytics` of a network, of an image or a text but for the videos of
tiktok and youtube."""

SOCIAL_ANALYTICS: Final = {
    "bluesky": "created followersCount displayName followsCount id handle",
    "facebook": "fanCount followersCount id link name pagePostEngagements pagePostsImpressions "
    "pagePostsImpressionsPaid pageVideoViews pageVideoViewsPaid reactions.anger reactions.like "
    "reactions.love reactions.wow reactions.haha reactions.sorry reactions.total verified",
    "instagram": "biography commentsCount followersCount followsCount id viewsCount likeCount "
    "mediaCount name profilePictureUrl reachCount username",
    "linkedin": "clickCount commentCount engagement followers.organicFollowerCount "
    "followers.paidFollowerCount impressionCount likeCount shareCount views",
    "tiktok": "bio commentCountTotal displayName followerCount followingCount likeCountTotal "
    "shareCountTotal url userImage username videoCountTotal viewCountTotal",
    "twitter": "listedCount location name profileImageUrl protected tweetCount url username "
    "verified",
    "youtube": "playlists",
}
"""POST /analytics/social: `analytics` of a network."""


def missing(fields: str | Iterable[str], shown: dict[str, Any]) -> list[str]:
    """Which of the fields an object lacks."""
    names = fields.split() if isinstance(fields, str) else fields
    return [name for name in names if not _has(shown, name)]


def _has(shown: Any, name: str) -> bool:
    first, _, rest = name.partition(".")
    if not isinstance(shown, dict) or first not in shown:
        return False
    return not rest or _has(shown[first], rest)
