"""What each network takes in a post, and what it makes of it.

Sizes that a network adapts by itself (Instagram scales wide images, Facebook and Pinterest scale
large ones, Ayrshare converts WebP, HEIC and AVIF) are no limits.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.errors import ApiError

KB = 1_024
MB = 1_024 * KB
GB = 1_024 * MB
"""Units of the limits below, the larger ones: rather too much than too little (inferred)."""
_NO_END = float("inf")
_HOUR = 3_600

CONVERTED = frozenset({"image/webp", "image/heic", "image/heif", "image/avif"})
"""Images that Ayrshare converts to JPEG (documented)."""
_JPEG = CONVERTED | {"image/jpeg", "image/jpg"}
_JPEG_PNG = _JPEG | {"image/png"}
_JPEG_PNG_GIF = _JPEG_PNG | {"image/gif"}
_ANY_IMAGE = _JPEG_PNG_GIF | {"image/bmp", "image/tiff"}
_MP4 = frozenset({"video/mp4"})
_MP4_MOV = _MP4 | {"video/quicktime"}
_MP4_MOV_AVI = _MP4_MOV | {"video/x-msvideo"}
_DOCUMENTS = frozenset(
    {
        "application/pdf",
        "application/msword",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    }
)


class Counting(StrEnum):
    """How a network counts the length of a text."""

    CHARACTERS = "characters"
    """Code units of UTF-16, as JavaScript does: an emoji counts two or more."""
    GRAPHEMES = "graphemes"
    """What a person sees as one character."""
    WEIGHTED = "weighted"
    """As X: Latin letters one, others and emoji two, every URL 23."""


@dataclass(frozen=True, slots=True, kw_only=True)
class XCounting:
    """How X weighs a text.

    Attributes:
        url: What every URL counts.
        heavy: What an emoji counts, and a character outside of `light`.
        light: From where to where a character counts one.
        domains: What a name must end in to be a URL without `https://`; X knows all endings.
    """

    url: int
    heavy: int
    light: tuple[tuple[str, str], ...]
    domains: tuple[str, ...]


X_COUNTING = XCounting(
    url=23,
    heavy=2,
    light=(
        ("\u0000", "\u10ff"),
        ("\u2000", "\u200d"),
        ("\u2010", "\u201f"),
        ("\u2032", "\u2037"),
    ),
    domains=("com", "org", "net", "edu", "gov", "info", "biz", "io", "co", "app", "dev", "ai"),
)
"""Configuration 3 of X's own library twitter-text (inferred)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaLimits:
    """What a network takes of one kind of media; `None` is no limit.

    Attributes:
        types: The content types, those that Ayrshare converts included.
        bytes: Smallest and largest size.
        width: Smallest and largest width in pixels.
        height: Smallest and largest height in pixels.
        aspect: Smallest and largest width divided by height.
        pixels: Smallest and largest width multiplied by height.
        seconds: Shortest and longest duration of a video.
        error: What is returned for one outside the limits.
    """

    types: frozenset[str]
    bytes: tuple[float, float] | None = None
    width: tuple[float, float] | None = None
    height: tuple[float, float] | None = None
    aspect: tuple[float, float] | None = None
    pixels: tuple[float, float] | None = None
    seconds: tuple[float, float] | None = None
    error: ApiError = errors.MEDIA_NOT_ACCEPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredOption:
    """An option without which a network takes no post.

    Attributes:
        name: Its name in the network's options object.
        only_with_video: Whether only a post with a video needs it.
    """

    name: str
    only_with_video: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostQuota:
    """How many posts a network takes of a profile.

    Attributes:
        daily: The most in 24 hours.
        per_minute: The most in a minute; `None` is no limit.
        option: Only posts with this option count.
    """

    daily: int
    per_minute: int | None = None
    option: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedShape:
    """What the id and the address of a published post look like.

    In the texts, `{account}`, `{username}` and `{profile_url}` are the linked account's,
    `{subreddit}` is the post's, `{key}` and, in `url` and `extra`, `{id}` are the post's own, and
    `{digits:19}`, `{letters:11}` or `{slug:13}` are new ones of that length.

    Attributes:
        key: What is new about each post.
        id: The id in `postIds`.
        url: `postUrl`.
        video_url: `postUrl` of a post with a video, where it differs.
        extra: Further fields of the entry.
        owners: A field `owner` by the type of the linked account.
        tells_video: A field of the entry that says whether there is a video.
        used_quota: Whether the entry tells how much of the day's quota is used.
    """

    key: str
    id: str = "{key}"
    url: str
    video_url: str | None = None
    extra: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    tells_video: str | None = None
    used_quota: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingNetwork:
    """What one network takes in a post.

    Attributes:
        text_limit: The longest text.
        counting: How its length is counted.
        longer_with: An option that allows a longer text, and how long.
        media_text_kept: How much of the text is kept where there are media; the rest is cut off.
        length_name: Its name in the fields of POST /validate/postLength; `None` is not shown.
        splits_threads: Whether the option `thread` makes a post of every paragraph.
        max_hashtags: The most hashtags in a text.
        max_mentions: The most mentions in a text.
        needs_media: Whether there must be an image or a video.
        max_images: The most images in a post.
        max_videos: The most videos in a post.
        mixes_media: Whether images and videos go together.
        image: Limits of an image; `None` is that it takes none.
        gif: Limits of an animated GIF, where they differ from `image`.
        video: Limits of a video; `None` is that it takes none.
        document: Limits of a document; `None` is that it takes none.
        video_with: Limits of a video that replace `video` where an option is true.
        required: Options without which there is no post.
        quota: How many posts it takes; `None` is no limit.
        duplicates_allowed: Whether a text may be repeated within 48 hours.
        deletable: Whether published posts can be deleted by API.
        undeletable_with: An option with which an image cannot be deleted.
        first_comment_seconds: Seconds after which `firstComment` appears; `None` is that there
            are none.
        first_comment_media: Whether `firstComment` may carry an image or a video.
        pending_seconds: Seconds until the network tells a post's id; it is `pending` until then.
        published: Its ids and addresses.
        lost: What is returned once the network has taken the link away.
        same_text: What the network itself says of a text that it has.
        same_text_shown: Whether that error repeats the text.
        inferred: Fields that come from the network's own documentation or are made up; the
            others are Ayrshare's.
    """

    text_limit: int
    counting: Counting = Counting.CHARACTERS
    longer_with: tuple[str, int] | None = None
    media_text_kept: int | None = None
    length_name: str | None = None
    splits_threads: bool = False
    max_hashtags: int | None = None
    max_mentions: int | None = None
    needs_media: bool = False
    max_images: int = 0
    max_videos: int = 0
    mixes_media: bool = False
    image: MediaLimits | None = None
    gif: MediaLimits | None = None
    video: MediaLimits | None = None
    document: MediaLimits | None = None
    video_with: dict[str, MediaLimits] = field(default_factory=dict)
    required: tuple[RequiredOption, ...] = ()
    quota: PostQuota | None = None
    duplicates_allowed: bool = False
    deletable: bool = True
    undeletable_with: str | None = None
    first_comment_seconds: int | None = 20
    first_comment_media: bool = False
    pending_seconds: int = 0
    published: PublishedShape
    lost: ApiError = errors.NETWORK_AUTHORIZATION
    same_text: ApiError | None = None
    same_text_shown: bool = False
    inferred: frozenset[str] = frozenset()


def _up_to(limit: int) -> tuple[int, int]:
    return (0, limit)


POSTING: dict[str, PostingNetwork] = {
    "bluesky": PostingNetwork(
        text_limit=300,
        counting=Counting.GRAPHEMES,
        length_name="bluesky",
        max_images=4,
        max_videos=1,
        image=MediaLimits(types=_JPEG_PNG, bytes=_up_to(1 * MB)),
        gif=MediaLimits(types=frozenset({"image/gif"}), bytes=_up_to(100 * MB)),
        video=MediaLimits(types=_MP4, bytes=_up_to(100 * MB), seconds=(1, 180), aspect=(1 / 3, 3)),
        published=PublishedShape(
            key="{slug:13}",
            id="at://{account}/app.bsky.feed.post/{key}",
            url="https://bsky.app/profile/{username}/post/{key}",
            extra={"cid": "bafyrei{slug:52}"},
        ),
        inferred=frozenset({"gif"}),
    ),
    "facebook": PostingNetwork(
        same_text=errors.FACEBOOK_DUPLICATE,
        text_limit=63_206,
        length_name="facebook",
        max_images=10,
        max_videos=1,
        image=MediaLimits(types=_ANY_IMAGE, bytes=_up_to(10 * MB)),
        video=MediaLimits(types=_MP4_MOV_AVI, bytes=_up_to(2 * GB), seconds=(0, 4 * _HOUR)),
        video_with={
            "reels": MediaLimits(
                types=_MP4_MOV_AVI,
                bytes=_up_to(1 * GB),
                width=(540, _NO_END),
                height=(960, _NO_END),
                seconds=(3, 90),
            ),
        },
        quota=PostQuota(daily=30, option="reels"),
        undeletable_with="stories",
        first_comment_media=True,
        published=PublishedShape(
            key="{digits:15}", id="{account}_{key}", url="https://www.facebook.com/{id}"
        ),
    ),
    "gmb": PostingNetwork(
        text_limit=1_500,
        length_name="gmb",
        max_images=1,
        max_videos=1,
        image=MediaLimits(
            types=_JPEG_PNG,
            bytes=(10 * KB, 5 * MB),
            width=(250, _NO_END),
            height=(250, _NO_END),
        ),
        video=MediaLimits(types=_MP4_MOV_AVI, bytes=_up_to(26 * MB), seconds=(1, 30)),
        first_comment_seconds=None,
        published=PublishedShape(
            key="{digits:19}",
            url="https://local.google.com/place?id={account}&use=posts&lpsid={key}",
            extra={"type": "localPosts"},
        ),
    ),
    "instagram": PostingNetwork(
        lost=errors.INSTAGRAM_AUTHORIZATION_LOST,
        text_limit=2_200,
        length_name="instagram",
        max_hashtags=5,
        max_mentions=3,
        needs_media=True,
        max_images=10,
        max_videos=10,
        mixes_media=True,
        image=MediaLimits(types=_JPEG_PNG_GIF, bytes=_up_to(8 * MB), aspect=(9 / 16, 1.91)),
        video=MediaLimits(
            types=_MP4_MOV,
            bytes=_up_to(300 * MB),
            width=(0, 1920),
            seconds=(3, 15 * 60),
            aspect=(0.01, 10),
            error=errors.REEL_SIZE,
        ),
        video_with={
            "stories": MediaLimits(
                types=_MP4_MOV, bytes=_up_to(100 * MB), width=(0, 1920), seconds=(3, 60)
            ),
        },
        quota=PostQuota(daily=50),
        deletable=False,
        published=PublishedShape(
            key="{letters:11}",
            id="{digits:17}",
            url="https://www.instagram.com/p/{key}/",
            video_url="https://www.instagram.com/reel/{key}/",
            used_quota=True,
        ),
        inferred=frozenset({"video_with"}),
    ),
    "linkedin": PostingNetwork(
        text_limit=3_000,
        length_name="linkedIn",
        max_images=9,
        max_videos=1,
        image=MediaLimits(
            types=_JPEG_PNG_GIF,
            bytes=_up_to(5 * MB),
            pixels=(0, 36_152_319),
            error=errors.IMAGE_TOO_LARGE_LINKEDIN,
        ),
        video=MediaLimits(
            types=_MP4, bytes=_up_to(500 * MB), seconds=(3, 30 * 60), aspect=(1 / 2.4, 2.4)
        ),
        document=MediaLimits(types=_DOCUMENTS, bytes=_up_to(100 * MB)),
        quota=PostQuota(daily=150),
        first_comment_media=True,
        published=PublishedShape(
            key="{digits:19}",
            id="urn:li:share:{key}",
            url="https://www.linkedin.com/feed/update/{id}",
            owners={
                "corporate": "urn:li:organization:{account}",
                "personal": "urn:li:person:{account}",
            },
        ),
    ),
    "pinterest": PostingNetwork(
        text_limit=500,
        length_name="pinterest",
        needs_media=True,
        max_images=5,
        max_videos=1,
        image=MediaLimits(types=_ANY_IMAGE, bytes=_up_to(20 * MB)),
        video=MediaLimits(
            types=_MP4_MOV | {"video/x-m4v"},
            bytes=_up_to(1 * GB),
            seconds=(4, 15 * 60),
            aspect=(0.5, 1.91),
        ),
        required=(RequiredOption(name="thumbNail", only_with_video=True),),
        duplicates_allowed=True,
        first_comment_seconds=None,
        published=PublishedShape(key="{digits:18}", url="https://www.pinterest.com/pin/{id}/"),
    ),
    "reddit": PostingNetwork(
        text_limit=10_000,
        length_name="reddit",
        max_images=1,
        image=MediaLimits(types=_JPEG_PNG_GIF, bytes=_up_to(10 * MB)),
        required=(RequiredOption(name="title"), RequiredOption(name="subreddit")),
        duplicates_allowed=True,
        published=PublishedShape(
            key="{slug:7}", url="https://www.reddit.com/r/{subreddit}/comments/{id}/"
        ),
    ),
    "snapchat": PostingNetwork(
        text_limit=160,
        needs_media=True,
        max_images=1,
        max_videos=1,
        image=MediaLimits(types=_JPEG_PNG, bytes=_up_to(20 * MB)),
        video=MediaLimits(types=_MP4, bytes=_up_to(500 * MB), seconds=(5, 60)),
        first_comment_seconds=None,
        published=PublishedShape(
            key="{letters:22}", url="https://www.snapchat.com/p/{account}/{id}"
        ),
        inferred=frozenset({"text_limit"}),
    ),
    "telegram": PostingNetwork(
        text_limit=4_096,
        media_text_kept=1_024,
        max_images=1,
        max_videos=1,
        image=MediaLimits(types=_JPEG_PNG_GIF, bytes=_up_to(5 * MB), aspect=(1 / 20, 20)),
        video=MediaLimits(types=_MP4_MOV_AVI, bytes=_up_to(20 * MB)),
        duplicates_allowed=True,
        first_comment_seconds=None,
        published=PublishedShape(key="{digits:4}", url="{profile_url}/{id}"),
        inferred=frozenset({"text_limit"}),
    ),
    "threads": PostingNetwork(
        text_limit=500,
        length_name="threads",
        splits_threads=True,
        max_hashtags=1,
        max_images=20,
        max_videos=20,
        mixes_media=True,
        image=MediaLimits(types=_JPEG_PNG, bytes=_up_to(8 * MB), aspect=(0.1, 10)),
        video=MediaLimits(
            types=_MP4_MOV,
            bytes=_up_to(1 * GB),
            width=(0, 1920),
            seconds=(0, 5 * 60),
            aspect=(0.01, 10),
        ),
        quota=PostQuota(daily=250),
        deletable=False,
        first_comment_seconds=None,
        published=PublishedShape(
            key="{letters:11}",
            id="{digits:17}",
            url="https://www.threads.net/@{username}/post/{key}",
        ),
    ),
    "tiktok": PostingNetwork(
        text_limit=2_200,
        length_name="tikTok",
        needs_media=True,
        max_images=35,
        max_videos=1,
        image=MediaLimits(types=_JPEG, bytes=_up_to(20 * MB)),
        video=MediaLimits(
            types=_MP4_MOV | {"video/webm"},
            bytes=_up_to(10 * GB),
            width=(360, 4096),
            height=(360, 4096),
            seconds=(3, 600),
        ),
        quota=PostQuota(daily=15, per_minute=6),
        deletable=False,
        first_comment_seconds=90,
        pending_seconds=90,
        published=PublishedShape(
            key="{digits:19}",
            url="https://www.tiktok.com/@{username}/photo/{id}",
            video_url="https://www.tiktok.com/@{username}/video/{id}",
            extra={"idShare": "v_pub_url~v2-1.{digits:19}"},
            tells_video="isVideo",
        ),
        inferred=frozenset({"pending_seconds"}),
    ),
    "twitter": PostingNetwork(
        lost=errors.X_AUTHORIZATION_LOST,
        same_text=errors.X_DUPLICATE,
        same_text_shown=True,
        text_limit=280,
        counting=Counting.WEIGHTED,
        longer_with=("longPost", 25_000),
        length_name="twitter",
        splits_threads=True,
        max_images=4,
        max_videos=4,
        mixes_media=True,
        image=MediaLimits(types=_JPEG_PNG, bytes=_up_to(5 * MB), width=(4, 8192), height=(4, 8192)),
        gif=MediaLimits(
            types=frozenset({"image/gif"}),
            bytes=_up_to(15 * MB),
            width=(4, 8192),
            height=(4, 8192),
        ),
        video=MediaLimits(
            types=_MP4_MOV, bytes=_up_to(512 * MB), seconds=(0.5, 140), aspect=(1 / 3, 3)
        ),
        video_with={
            "longVideo": MediaLimits(
                types=_MP4_MOV, bytes=_up_to(512 * MB), seconds=(0.5, 600), aspect=(1 / 3, 3)
            ),
        },
        first_comment_media=True,
        published=PublishedShape(key="{digits:19}", url="https://x.com/{username}/status/{id}"),
        inferred=frozenset({"gif", "mixes_media"}),
    ),
    "youtube": PostingNetwork(
        text_limit=5_000,
        length_name="youtube",
        needs_media=True,
        max_videos=1,
        video=MediaLimits(types=_MP4_MOV, bytes=_up_to(4 * GB)),
        video_with={
            "shorts": MediaLimits(types=_MP4_MOV, bytes=_up_to(4 * GB), seconds=(0, 180)),
        },
        required=(RequiredOption(name="title"),),
        published=PublishedShape(key="{letters:11}", url="https://www.youtube.com/watch?v={id}"),
    ),
}
"""Every network by its name, with Ayrshare's limits; `inferred` names the others (documented).

Reports differ on the longest video: the newest page counts.
"""
