"""What analytics and a network's history report: the fields of each network, and their sizes.

A field says what it holds: a number of `METRICS`, a word of `WORDS`, or a value of its own. A
number stands once, with its size relative to another, whatever the networks call it; a new field or
network is rows here and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

AUDIENCE = "audience"
"""How many see a post or an account in the end; every number is a share of it (inferred)."""


class Medium(StrEnum):
    """What a post shows."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Share:
    """A count: at most this share of another count.

    Attributes:
        of: The other count, or `AUDIENCE`.
        share: Above 0, at most 1.
        stock: Whether it is a state, such as followers, and not a sum over time.
        video: Whether only videos have it; else it is 0.
    """

    of: str
    share: float
    stock: bool = False
    video: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """A count that is the sum of others."""

    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number from 0 to 1: one count through another one that is at least as large."""

    part: str
    whole: str


@dataclass(frozen=True, slots=True)
class Level:
    """A number between two bounds that stays the same; 0 while `of` is 0."""

    of: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Product:
    """A count: one number times another, times a factor for the unit."""

    count: str
    level: str
    factor: float = 1.0


Metric = Share | Sum | Ratio | Level | Product
"""How a number comes about (inferred)."""

_LINKEDIN_PAGES = {
    "about": 0.1,
    "careers": 0.1,
    "insights": 0.04,
    "jobs": 0.16,
    "lifeAt": 0.06,
    "overview": 0.4,
    "people": 0.1,
    "products": 0.04,
}
"""What of the views of a company on LinkedIn goes to each of its pages."""


def _count_pages(device: str) -> dict[str, Metric]:
    """The views of each page on a device, and of all of them."""
    pages = {f"{device} {page}": share / 2 for page, share in _LINKEDIN_PAGES.items()}
    return {
        **{name: Share("views", share) for name, share in pages.items()},
        f"{device} pages": Sum(tuple(pages)),
    }


METRICS: dict[str, Metric] = {
    # How many see it.
    "views": Share(AUDIENCE, 1.0),
    "reach": Share("views", 0.8),
    "paid views": Share("views", 0.05),
    "mobile views": Share("views", 0.6),
    # What they do.
    "likes": Share("reach", 0.1),
    "loves": Share("likes", 0.3),
    "wows": Share("likes", 0.08),
    "hahas": Share("likes", 0.08),
    "sorries": Share("likes", 0.03),
    "angers": Share("likes", 0.02),
    "reactions": Sum(("likes", "loves", "wows", "hahas", "sorries", "angers")),
    "dislikes": Share("likes", 0.05),
    "comments": Share("likes", 0.25),
    "shares": Share("likes", 0.2),
    "quotes": Share("shares", 0.4),
    "saves": Share("likes", 0.3),
    "clicks": Share("views", 0.05),
    "profile clicks": Share("clicks", 0.3),
    "outbound clicks": Share("clicks", 0.6),
    "calls": Share("clicks", 0.1),
    "directions": Share("clicks", 0.25),
    "engagements": Sum(("likes", "comments", "shares", "saves")),
    "interactions": Sum(("clicks", "likes", "comments", "shares")),
    "engagement": Ratio("interactions", "views"),
    "upvote ratio": Level("views", 0.8, 1.0),
    # Videos.
    "plays": Share("views", 0.9, video=True),
    "paid plays": Share("plays", 0.05),
    "viewers": Share("plays", 0.9),
    "plays to 25": Share("plays", 0.8),
    "plays to 50": Share("plays to 25", 0.8),
    "plays to 75": Share("plays to 50", 0.8),
    "plays to 95": Share("plays to 75", 0.8),
    "plays to 100": Share("plays to 95", 0.9),
    "full plays": Ratio("plays to 100", "plays"),
    "seconds watched": Level("plays", 4, 25),
    "milliseconds watched": Level("plays", 4_000, 25_000),
    "play seconds": Product("plays", "seconds watched"),
    "play milliseconds": Product("plays", "milliseconds watched"),
    "half play milliseconds": Product("plays to 50", "milliseconds watched"),
    "duration": Level("plays", 15, 60),
    # Channels.
    "view seconds": Level("views", 20, 240),
    "viewed percentage": Level("views", 20, 80),
    "view minutes": Product("views", "view seconds", 1 / 60),
    "subscribers gained": Share("views", 0.02),
    "subscribers lost": Share("subscribers gained", 0.3),
    "playlist additions": Share("likes", 0.2),
    "playlist removals": Share("playlist additions", 0.2),
    # Accounts.
    "followers": Share(AUDIENCE, 0.05, stock=True),
    "followers by ads": Share("followers", 0.05, stock=True),
    "following": Share("followers", 0.05, stock=True),
    "posts": Share("followers", 0.03, stock=True),
    "lists": Share("followers", 0.01, stock=True),
    "karma of posts": Share("followers", 0.5, stock=True),
    "karma of comments": Share("followers", 0.3, stock=True),
    "karma": Sum(("karma of posts", "karma of comments")),
    **_count_pages("desktop"),
    **_count_pages("mobile"),
    **{page: Sum((f"desktop {page}", f"mobile {page}")) for page in _LINKEDIN_PAGES},
    "pages": Sum(("desktop pages", "mobile pages")),
    # Google's maps and search.
    "desktop maps": Share("views", 0.1),
    "mobile maps": Share("views", 0.4),
    "desktop search": Share("views", 0.2),
    "mobile search": Share("views", 0.3),
}
"""Every number by our name for it, with its size (inferred)."""


class Kind(StrEnum):
    """What JSON has in the place of a value."""

    COUNT = "count"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    FLAG = "flag"
    TEXTS = "texts"
    ROWS = "rows"


WORDS: dict[str, Kind] = {
    # Of a post.
    "id": Kind.TEXT,
    "ids": Kind.TEXTS,
    "text": Kind.TEXT,
    "post url": Kind.TEXT,
    "created": Kind.DATE,
    "title": Kind.TEXT,
    "tags": Kind.TEXTS,
    "subreddit": Kind.TEXT,
    "media url": Kind.TEXT,
    "thumbnail": Kind.TEXT,
    "privacy": Kind.TEXT,
    "visibility": Kind.TEXT,
    "for kids": Kind.FLAG,
    "content id": Kind.TEXT,
    # Of the account that has it, or whose analytics are asked.
    "account id": Kind.TEXT,
    "account name": Kind.TEXT,
    "account username": Kind.TEXT,
    "account url": Kind.TEXT,
    "account picture": Kind.TEXT,
    "account created": Kind.DATE,
    "account biography": Kind.TEXT,
}
"""What is known of a post and of its account without counting (inferred)."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same value everywhere."""

    value: Any


@dataclass(frozen=True, slots=True)
class ByMedium:
    """A word that depends on what the post shows."""

    text: str
    image: str
    video: str
    several: str


@dataclass(frozen=True)
class Rows:
    """A list of objects."""

    rows: tuple[dict[str, Any], ...]


Held = str | Fixed | ByMedium | Rows
"""What a field holds: the name of a metric or of a word, or a value (inferred)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        name: Its name on the wire; a dot for each level of nested objects.
        holds: What it holds.
        medium: The only medium with which it is there.
        inferred: Whether nothing public names it.
    """

    name: str
    holds: Held
    medium: Medium | None = None
    inferred: bool = False

    @property
    def path(self) -> list[str]:
        """The names of the objects that it is nested in, and its own."""
        return self.name.split(".")

    @property
    def kind(self) -> Kind:
        """The kind of its value."""
        held = self.holds
        if isinstance(held, Rows):
            return Kind.ROWS
        if isinstance(held, ByMedium):
            return Kind.TEXT
        if isinstance(held, Fixed):
            return _KINDS[type(held.value)]
        if held in WORDS:
            return WORDS[held]
        return Kind.NUMBER if isinstance(METRICS[held], Ratio | Level) else Kind.COUNT

    @property
    def is_number(self) -> bool:
        """Whether it is counted or measured."""
        return isinstance(self.holds, str) and self.holds in METRICS


_KINDS = {bool: Kind.FLAG, str: Kind.TEXT, int: Kind.COUNT, list: Kind.TEXTS}


def _fields(
    named: dict[str, Held],
    *,
    video: dict[str, Held] | None = None,
    inferred: dict[str, Held] | None = None,
) -> tuple[Field, ...]:
    """Fields that are public, those of videos only, and those that are not public, by name."""
    return (
        *(Field(name, held) for name, held in sorted(named.items())),
        *(Field(name, held, medium=Medium.VIDEO) for name, held in sorted((video or {}).items())),
        *(Field(name, held, inferred=True) for name, held in sorted((inferred or {}).items())),
    )


def _nested(name: str, fields: dict[str, Held]) -> dict[str, Held]:
    return {f"{name}.{field}": held for field, held in fields.items()}


_FACEBOOK_REACTIONS: dict[str, Held] = {
    "anger": "angers",
    "haha": "hahas",
    "like": "likes",
    "love": "loves",
    "sorry": "sorries",
    "wow": "wows",
}
_X_PLAYBACK: dict[str, Held] = {
    "playback0Count": "plays",
    "playback25Count": "plays to 25",
    "playback50Count": "plays to 50",
    "playback75Count": "plays to 75",
    "playback100Count": "plays to 100",
}
_X_NON_PUBLIC: dict[str, Held] = {"impressionCount": "views", "userProfileClicks": "profile clicks"}
_X_COUNTS: dict[str, Held] = {
    "impressionCount": "views",
    "likeCount": "likes",
    "replyCount": "comments",
    "retweetCount": "shares",
}
_X_METRICS: dict[str, Held] = {
    **_nested("nonPublicMetrics", _X_NON_PUBLIC),
    **_nested("organicMetrics", {**_X_COUNTS, "userProfileClicks": "profile clicks"}),
    **_nested("publicMetrics", {**_X_COUNTS, "quoteCount": "quotes"}),
}
_TIKTOK_SHARES: dict[str, Held] = {
    "audienceCountries": Rows(
        ({"country": "US", "percentage": 0.7}, {"country": "CA", "percentage": 0.3})
    ),
    "impressionSources": Rows(
        (
            {"impressionSource": "For You", "percentage": 0.8},
            {"impressionSource": "Follow", "percentage": 0.2},
        )
    ),
}
_PUBLISHED: dict[str, Held] = {
    "created": "created",
    "id": "id",
    "post": "text",
    "postUrl": "post url",
}
"""What every row of a history has."""
_LINKEDIN_NUMBERS: dict[str, Held] = {
    "clickCount": "clicks",
    "commentCount": "comments",
    "engagement": "engagement",
    "impressionCount": "views",
    "likeCount": "likes",
    "shareCount": "shares",
}
_PINTEREST_NUMBERS: dict[str, Held] = {
    "impression": "views",
    "outboundClick": "outbound clicks",
    "pinClick": "clicks",
    "save": "saves",
}
_THREADS_NUMBERS: dict[str, Held] = {
    "likes": "likes",
    "quotes": "quotes",
    "replies": "comments",
    "reposts": "shares",
    "views": "views",
}
_YOUTUBE_NUMBERS: dict[str, Held] = {
    "averageViewDuration": "view seconds",
    "averageViewPercentage": "viewed percentage",
    "comments": "comments",
    "dislikes": "dislikes",
    "estimatedMinutesWatched": "view minutes",
    "likes": "likes",
    "subscribersGained": "subscribers gained",
    "subscribersLost": "subscribers lost",
    "videosAddedToPlaylists": "playlist additions",
    "views": "views",
}
_FACEBOOK_COUNTS: dict[str, Held] = {
    "commentsCount": "comments",
    "likeCount": "likes",
    "sharesCount": "shares",
}
_INSTAGRAM_POST: dict[str, Held] = {
    "commentsCount": "comments",
    "created": "created",
    "likeCount": "likes",
    "mediaProductType": ByMedium("FEED", "FEED", "REELS", "FEED"),
    "mediaType": ByMedium("IMAGE", "IMAGE", "VIDEO", "CAROUSEL_ALBUM"),
    "username": "account username",
}
_BLUESKY_POST: dict[str, Held] = {
    "created": "created",
    "likeCount": "likes",
    "post": "text",
    "quoteCount": "quotes",
    "replyCount": "comments",
}
_TIKTOK_TYPE = ByMedium("video", "photo", "video", "photo")

POST_FIELDS: dict[str, tuple[Field, ...]] = {
    "bluesky": _fields(
        _BLUESKY_POST,
        inferred={"repostCount": "shares"},
    ),
    "facebook": _fields(
        {
            **_FACEBOOK_COUNTS,
            "mediaView": "views",
            **_nested("reactions", {**_FACEBOOK_REACTIONS, "total": "reactions"}),
            **_nested("reactionsByType", _FACEBOOK_REACTIONS),
            "totalMediaViewUnique": "reach",
            "videoViewTime": "play milliseconds",
            "videoViews": "plays",
            "videoViewsUnique": "viewers",
        }
    ),
    "instagram": _fields(
        {
            **_INSTAGRAM_POST,
            "caption": "text",
            "engagementCount": "engagements",
            "reachCount": "reach",
            "savedCount": "saves",
            "viewsCount": "views",
        },
        inferred={"sharesCount": "shares"},
    ),
    "linkedin": _fields(_LINKEDIN_NUMBERS, inferred={"uniqueImpressionsCount": "reach"}),
    "pinterest": _fields(
        {
            **_PINTEREST_NUMBERS,
            "description": "text",
            "media.mediaType": ByMedium("image", "image", "video", "multiple_images"),
            "totalComments": "comments",
            "totalReactions": "likes",
        },
        video={
            "quartile95PercentView": "plays to 95",
            "videoAvgWatchTime": "milliseconds watched",
            "videoMrcView": "plays",
            "videoV50WatchTime": "half play milliseconds",
        },
    ),
    "reddit": _fields(
        {},
        inferred={
            "created": "created",
            "numComments": "comments",
            "post": "text",
            "score": "likes",
            "subreddit": "subreddit",
            "title": "title",
            "ups": "likes",
            "upvoteRatio": "upvote ratio",
        },
    ),
    "snapchat": _fields(
        {},
        inferred={
            "created": "created",
            "impressions": "views",
            "reach": "reach",
            "screenshots": "saves",
            "shares": "shares",
            "videoViews": "plays",
        },
    ),
    "threads": _fields(_THREADS_NUMBERS),
    "tiktok": _fields(
        {
            **_TIKTOK_SHARES,
            "averageTimeWatched": "seconds watched",
            "commentsCount": "comments",
            "created": "created",
            "embedUrl": "post url",
            "fullVideoWatchedRate": "full plays",
            "itemId": "id",
            "likeCount": "likes",
            "mediaType": _TIKTOK_TYPE,
            "postUrl": "post url",
            "reach": "reach",
            "shareCount": "shares",
            "tags": "tags",
            "thumbnailHeight": Fixed(1024),
            "thumbnailUrl": "thumbnail",
            "thumbnailWidth": Fixed(576),
            "totalTimeWatched": "play seconds",
            "url": "post url",
            "videoViews": "views",
        },
        inferred={"videoDuration": "duration"},
    ),
    "twitter": _fields(
        {
            "created": "created",
            "name": "account name",
            **_X_METRICS,
            "post": "text",
            "username": "account username",
        },
        video={
            **_nested("nonPublicMetrics.video", _X_PLAYBACK),
            **_nested("organicMetrics.video", {**_X_PLAYBACK, "viewCount": "plays"}),
        },
    ),
    "youtube": _fields(
        {
            **_YOUTUBE_NUMBERS,
            "channelTitle": "account name",
            "created": "created",
            "description": "text",
            "madeForKids": "for kids",
            "privacyStatus": "privacy",
            "tags": "tags",
            "thumbnailUrl": "thumbnail",
            "title": "title",
        },
        inferred={"shares": "shares", "videosRemovedFromPlaylists": "playlist removals"},
    ),
}
"""`analytics` of POST /analytics/post by network: the networks of the documentation, which leaves
out gmb and telegram; the fields are those that the vendor's own tests assert (documented)."""

_LINKEDIN_VIEWS: dict[str, Held] = {
    "allDesktopPageViews": "desktop pages",
    "allMobilePageViews": "mobile pages",
    "allPageViews": "pages",
    **{f"{page}PageViews": page for page in _LINKEDIN_PAGES},
    **{
        f"{device}{page[0].upper()}{page[1:]}PageViews": f"{device} {page}"
        for device in ("desktop", "mobile")
        for page in _LINKEDIN_PAGES
    },
}
_PLAYLISTS = Rows(
    tuple(
        {
            "channelId": "UCfakeayr",
            "description": f"All about {title.lower()}",
            "id": f"PLfakeayr{number}",
            "publishedAt": f"2020-0{number}-01T08:00:00Z",
            "title": title,
            "url": f"https://www.youtube.com/playlist?list=PLfakeayr{number}",
        }
        for number, title in enumerate(("Tutorials", "News"), 1)
    )
)

ACCOUNT_FIELDS: dict[str, tuple[Field, ...]] = {
    "bluesky": _fields(
        {
            "created": "account created",
            "displayName": "account name",
            "followersCount": "followers",
            "followsCount": "following",
            "handle": "account username",
            "id": "account id",
        },
        inferred={"postsCount": "posts"},
    ),
    "facebook": _fields(
        {
            "fanCount": "followers",
            "followersCount": "followers",
            "id": "account id",
            "link": "account url",
            "name": "account name",
            "pageMediaView": "views",
            "pagePostEngagements": "engagements",
            "pagePostsImpressions": "views",
            "pagePostsImpressionsPaid": "paid views",
            "pageVideoViews": "plays",
            "pageVideoViewsPaid": "paid plays",
            **_nested("reactions", {**_FACEBOOK_REACTIONS, "total": "reactions"}),
            "verified": Fixed(False),
        }
    ),
    "gmb": _fields(
        {
            "businessDirectionRequests": "directions",
            "businessImpressionsDesktopMaps": "desktop maps",
            "businessImpressionsDesktopSearch": "desktop search",
            "businessImpressionsMobileMaps": "mobile maps",
            "businessImpressionsMobileSearch": "mobile search",
            "callClicks": "calls",
            "websiteClicks": "outbound clicks",
        }
    ),
    "instagram": _fields(
        {
            "biography": "account biography",
            "commentsCount": "comments",
            "followersCount": "followers",
            "followsCount": "following",
            "id": "account id",
            "likeCount": "likes",
            "mediaCount": "posts",
            "name": "account name",
            "profilePictureUrl": "account picture",
            "reachCount": "reach",
            "username": "account username",
            "viewsCount": "views",
        }
    ),
    "linkedin": _fields(
        {
            **_LINKEDIN_NUMBERS,
            "followers.organicFollowerCount": "followers",
            "followers.paidFollowerCount": "followers by ads",
            **_nested("views", _LINKEDIN_VIEWS),
        },
        inferred={"uniqueImpressionsCount": "reach"},
    ),
    "pinterest": _fields(
        {**_PINTEREST_NUMBERS, "engagement": "engagements"},
        inferred={"followerCount": "followers", "pinCount": "posts"},
    ),
    "reddit": _fields(
        {},
        inferred={
            "commentKarma": "karma of comments",
            "created": "account created",
            "linkKarma": "karma of posts",
            "name": "account username",
            "totalKarma": "karma",
        },
    ),
    "snapchat": _fields(
        {},
        inferred={
            "displayName": "account name",
            "impressions": "views",
            "reach": "reach",
            "shares": "shares",
            "subscriberCount": "followers",
        },
    ),
    "threads": _fields({**_THREADS_NUMBERS, "followersCount": "followers"}),
    "tiktok": _fields(
        {
            "bio": "account biography",
            "commentCountTotal": "comments",
            "displayName": "account name",
            "followerCount": "followers",
            "followingCount": "following",
            "likeCountTotal": "likes",
            "shareCountTotal": "shares",
            "url": "account url",
            "userImage": "account picture",
            "username": "account username",
            "videoCountTotal": "posts",
            "viewCountTotal": "views",
        }
    ),
    "twitter": _fields(
        {
            "created": "account created",
            "description": "account biography",
            "displayName": "account name",
            "followersCount": "followers",
            "id": "account id",
            "listedCount": "lists",
            "location": Fixed(""),
            "name": "account name",
            "profileImageUrl": "account picture",
            "protected": Fixed(False),
            "tweetCount": "posts",
            "url": "account url",
            "username": "account username",
            "verified": Fixed(False),
        },
        inferred={"followingCount": "following"},
    ),
    "youtube": _fields(
        {
            **_YOUTUBE_NUMBERS,
            "created": "account created",
            "description": "account biography",
            "handle": "account username",
            "hiddenSubscriberCount": Fixed(False),
            "id": "account id",
            "isLinked": Fixed(True),
            "longUploadsStatus": Fixed("longUploadsUnspecified"),
            "playlistId": Fixed("UUfakeayr"),
            "playlists": _PLAYLISTS,
            "privacyStatus": Fixed("public"),
            "subscriberCount": "followers",
            "thumbnailUrl": "account picture",
            "title": "account name",
            "url": "account url",
            "videoCount": "posts",
            "viewCount": "views",
        }
    ),
}
"""`analytics` of POST /analytics/social by network: all but telegram. The fields are those that the
vendor's own tests assert; those of gmb and pinterest are read by public code (documented)."""

LIFETIME_FIELDS: dict[str, tuple[Field, ...]] = {"youtube": (Field("lifetimeLikes", "likes"),)}
"""What `youtube.lifetime` adds (documented)."""

SIXTY_DAYS_SECONDS = 60 * 86_400
SIXTY_DAYS_FIELDS = {
    "tiktok": frozenset({"commentCountTotal", "shareCountTotal", "viewCountTotal"})
}
"""What `period60Days` reports, by network: comments, shares and views (documented)."""

OTHER_USERS = "twitter"
"""The network of which `userId` and `userName` name somebody else (documented)."""

STORY_SECONDS = 86_400
"""How long a story has analytics (inferred)."""

VISIBILITIES = {"connections": "CONNECTIONS", "loggedin": "LOGGED_IN"}
"""How a history writes the option `visibility`; `PUBLIC` is any other (documented)."""

DAILY = ("facebook", "instagram", "snapchat", "tiktok", "youtube")
"""The networks with `daily` numbers (documented)."""

HISTORY_FIELDS: dict[str, tuple[Field, ...]] = {
    "bluesky": _fields(
        {**_PUBLISHED, **_BLUESKY_POST, "cid": "content id", "repostCount": "shares"}
    ),
    "facebook": _fields(
        {
            **_PUBLISHED,
            **_FACEBOOK_COUNTS,
            "isPopular": Fixed(False),
            "statusType": ByMedium(
                "mobile_status_update", "added_photos", "added_video", "added_photos"
            ),
        },
        inferred={"mediaView": "views", "totalMediaViewUnique": "reach"},
    ),
    "instagram": _fields({**_PUBLISHED, **_INSTAGRAM_POST, "mediaUrl": "media url"}),
    "linkedin": _fields(
        {
            **_PUBLISHED,
            **_LINKEDIN_NUMBERS,
            "lastModified": "created",
            "publishedAt": "created",
            "status": Fixed("PUBLISHED"),
            "uniqueImpressionsCount": "reach",
            "visibility": "visibility",
        }
    ),
    "pinterest": _fields(
        {},
        inferred={**_PUBLISHED, **_PINTEREST_NUMBERS, "title": "title"},
    ),
    "snapchat": _fields(
        {},
        inferred={
            **_PUBLISHED,
            "impressions": "views",
            "mediaUrl": "media url",
            "shares": "shares",
        },
    ),
    "threads": _fields(
        {},
        inferred={
            **_PUBLISHED,
            **_THREADS_NUMBERS,
            "isQuotePost": Fixed(False),
            "mediaProductType": Fixed("THREADS"),
            "mediaType": ByMedium("TEXT_POST", "IMAGE", "VIDEO", "CAROUSEL_ALBUM"),
            "mediaUrl": "media url",
            "username": "account username",
        },
    ),
    "tiktok": _fields(
        {
            **_PUBLISHED,
            **_TIKTOK_SHARES,
            "likeCount": "likes",
            "mediaType": _TIKTOK_TYPE,
            "videoDuration": "duration",
            "videoViews": "views",
        },
        inferred={"commentsCount": "comments", "shareCount": "shares"},
    ),
    "twitter": _fields(
        {
            **_PUBLISHED,
            **_X_METRICS,
            "authorId": "account id",
            "editHistoryTweetIds": "ids",
        }
    ),
    "youtube": _fields(
        {},
        inferred={
            "commentCount": "comments",
            "created": "created",
            "description": "text",
            "id": "id",
            "likeCount": "likes",
            "postUrl": "post url",
            "thumbnailUrl": "thumbnail",
            "title": "title",
            "viewCount": "views",
        },
    ),
}
"""A row of GET /history/:platform by network: the networks of the documentation, which leaves out
gmb, reddit and telegram; the fields are those that the vendor's own tests assert (documented)."""
