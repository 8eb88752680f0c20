"""The options object of each network in POST /post.

Every field is optional here: what a network requires is in `networks.py`, since `title` and
`subreddit` may also be given at the top level. Unknown fields are ignored.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Targeting = dict[str, Any]
"""Whom a post is shown to; its fields differ by network and are not checked (inferred)."""
Title = Annotated[str, Meta(max_length=100)]
"""The title of a video on YouTube, or of a pin (documented)."""
Link = Annotated[str, Meta(max_length=2_048)]
"""The address that a pin leads to (documented)."""
AltTexts = list[str]
"""What each image shows, in the order of the media (documented)."""
Milliseconds = Annotated[int, Meta(ge=0)]
"""A place in a video (documented)."""


class Options(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What the options of all networks have in common."""


class BlueskyOptions(Options, frozen=True, kw_only=True):
    """`blueSkyOptions` (documented)."""

    alt_text: AltTexts | None = None


class FacebookCarouselItem(Options, frozen=True, kw_only=True):
    """One card of a carousel (documented)."""

    name: str | None = None
    link: str
    picture: str


class FacebookCarousel(Options, frozen=True, kw_only=True):
    """Two to ten cards, and where "See more" leads (documented)."""

    link: str
    items: Annotated[list[FacebookCarouselItem], Meta(min_length=2, max_length=10)]


class FacebookOptions(Options, frozen=True, kw_only=True):
    """`faceBookOptions` (documented)."""

    alt_text: AltTexts | None = None
    carousel: FacebookCarousel | None = None
    draft: bool | None = None
    link: str | None = None
    location_id: str | None = None
    media_captions: list[str] | None = None
    reels: bool | None = None
    scheduled_publish_date: str | None = None
    stories: bool | None = None
    targeting: Targeting | None = None
    thumb_nail: str | None = None
    title: Annotated[str, Meta(max_length=255)] | None = None


class GmbAction(Options, frozen=True, kw_only=True):
    """The button of a post; a call needs no URL (documented)."""

    action_type: Literal["book", "order", "shop", "learn_more", "sign_up", "call"]
    url: str | None = None


class GmbEvent(Options, frozen=True, kw_only=True):
    """An event (documented)."""

    title: str
    start_date: str
    end_date: str


class GmbOffer(GmbEvent, frozen=True, kw_only=True):
    """An offer (documented)."""

    coupon_code: Annotated[str, Meta(max_length=58)] | None = None
    redeem_online_url: str | None = None
    terms_conditions: str | None = None


class GmbOptions(Options, frozen=True, kw_only=True):
    """`gmbOptions` (documented)."""

    call_to_action: GmbAction | None = None
    category: (
        Literal[
            "cover",
            "profile",
            "logo",
            "exterior",
            "interior",
            "product",
            "at_work",
            "food_and_drink",
            "menu",
            "common_area",
            "rooms",
            "teams",
        ]
        | None
    ) = None
    event: GmbEvent | None = None
    is_photo_video: bool | None = None
    offer: GmbOffer | None = None


class InstagramAudio(Options, frozen=True, kw_only=True):
    """Music under a Reel (documented)."""

    audio_id: str
    audio_volume: float | None = None
    video_volume: float | None = None


class InstagramTrial(Options, frozen=True, kw_only=True):
    """How a trial Reel becomes a usual one (documented)."""

    graduation_strategy: Literal["MANUAL", "SS_PERFORMANCE"]


class InstagramTag(Options, frozen=True, kw_only=True):
    """A person in an image; 0 to 1 from its upper left corner (documented)."""

    username: str
    x: Annotated[float, Meta(ge=0, le=1)] | None = None
    y: Annotated[float, Meta(ge=0, le=1)] | None = None


class InstagramOptions(Options, frozen=True, kw_only=True):
    """`instagramOptions` (documented)."""

    alt_text: AltTexts | None = None
    audio_configuration: InstagramAudio | None = None
    audio_name: str | None = None
    auto_resize: bool | None = None
    collaborators: Annotated[list[str], Meta(max_length=3)] | None = None
    is_ai_generated: bool | None = msgspec.field(default=None, name="isAIGenerated")
    location_id: str | None = None
    reels: bool | None = None
    share_reels_feed: bool | None = None
    stories: bool | None = None
    thumb_nail: str | None = None
    thumb_nail_offset: Milliseconds | None = None
    trial_params: InstagramTrial | None = None
    user_tags: list[InstagramTag] | None = None


class LinkedInOptions(Options, frozen=True, kw_only=True):
    """`linkedInOptions` (documented)."""

    alt_text: AltTexts | None = None
    disable_share: bool | None = None
    targeting: Targeting | None = None
    thumb_nail: str | None = None
    title: Annotated[str, Meta(max_length=400)] | None = None
    titles: list[str] | None = None
    visibility: Literal["public", "connections", "loggedin"] | None = None


class PinterestCarouselOption(Options, frozen=True, kw_only=True):
    """Title, link and description of one image of a carousel (documented)."""

    title: str | None = None
    link: Link | None = None
    description: str | None = None


class PinterestOptions(Options, frozen=True, kw_only=True):
    """`pinterestOptions` (documented)."""

    alt_text: AltTexts | None = None
    board_id: str | None = None
    carousel_options: list[PinterestCarouselOption] | None = None
    link: Link | None = None
    note: str | None = None
    thumb_nail: str | None = None
    title: Title | None = None


class RedditOptions(Options, frozen=True, kw_only=True):
    """`redditOptions` (documented)."""

    link: str | None = None
    subreddit: str | None = None
    title: Annotated[str, Meta(max_length=300)] | None = None


class SnapchatOptions(Options, frozen=True, kw_only=True):
    """`snapChatOptions` (public-code)."""

    thumb_nail: str | None = None
    title: str | None = None
    type: Literal["story", "saved_story", "spotlight"] | None = None


class ThreadsOptions(Options, frozen=True, kw_only=True):
    """`threadsOptions` (documented)."""

    allow_countries: list[str] | None = None
    media_urls: list[str | list[str] | None] | None = None
    thread: bool | None = None
    thread_number: bool | None = None


class TikTokOptions(Options, frozen=True, kw_only=True):
    """`tikTokOptions` (documented)."""

    auto_add_music: bool | None = None
    disable_comments: bool | None = None
    disable_duet: bool | None = None
    disable_stitch: bool | None = None
    draft: bool | None = None
    image_cover_index: Annotated[int, Meta(ge=0)] | None = None
    is_ai_generated: bool | None = msgspec.field(default=None, name="isAIGenerated")
    is_brand_organic: bool | None = None
    is_branded_content: bool | None = None
    thumb_nail: str | None = None
    thumb_nail_offset: Milliseconds | None = None
    title: str | None = None
    visibility: Literal["public", "private", "followers", "friends"] | None = None


class XPoll(Options, frozen=True, kw_only=True):
    """A poll of two to four choices, its duration in minutes (documented)."""

    duration: Annotated[int, Meta(ge=1, le=10_080)]
    options: Annotated[list[str], Meta(min_length=2, max_length=4)]


class XOptions(Options, frozen=True, kw_only=True):
    """`twitterOptions` (documented)."""

    allow_countries: list[str] | None = None
    alt_text: list[Annotated[str, Meta(max_length=1_000)]] | None = None
    block_countries: list[str] | None = None
    long_post: bool | None = None
    long_video: bool | None = None
    media_urls: list[str | list[str] | None] | None = None
    poll: XPoll | None = None
    quote_tweet_id: str | None = None
    reply_settings: Literal["following", "mentioned", "subscribers", "verified"] | None = None
    reply_to_id: str | None = None
    sub_title_language: str | None = None
    sub_title_name: Annotated[str, Meta(max_length=150)] | None = None
    sub_title_url: str | None = None
    subscribers_only: bool | None = None
    thread: bool | None = None
    thread_number: bool | None = None


class YouTubeOptions(Options, frozen=True, kw_only=True):
    """`youTubeOptions` (documented)."""

    category_id: int | str | None = None
    contains_synthetic_media: bool | None = None
    made_for_kids: bool | None = None
    notify_subscribers: bool | None = None
    play_list_id: str | None = None
    publish_at: str | None = None
    shorts: bool | None = None
    sub_title_language: str | None = None
    sub_title_name: Annotated[str, Meta(max_length=150)] | None = None
    sub_title_url: str | None = None
    tags: list[str] | None = None
    targeting: Targeting | None = None
    thumb_nail: str | None = None
    title: Title | None = None
    visibility: Literal["public", "unlisted", "private"] | None = None


@dataclass(frozen=True, slots=True)
class OptionsObject:
    """Where a network's options stand in the body of POST /post.

    Attributes:
        names: The names of the field, the documented one first.
        model: What it holds.
    """

    names: tuple[str, ...]
    model: type[Options]

    @property
    def name(self) -> str:
        """The documented name of the field."""
        return self.names[0]


OPTIONS: dict[str, OptionsObject] = {
    "bluesky": OptionsObject(("blueSkyOptions", "blueskyOptions"), BlueskyOptions),
    "facebook": OptionsObject(("faceBookOptions", "facebookOptions"), FacebookOptions),
    "gmb": OptionsObject(("gmbOptions",), GmbOptions),
    "instagram": OptionsObject(("instagramOptions",), InstagramOptions),
    "linkedin": OptionsObject(("linkedInOptions", "linkedinOptions"), LinkedInOptions),
    "pinterest": OptionsObject(("pinterestOptions",), PinterestOptions),
    "reddit": OptionsObject(("redditOptions",), RedditOptions),
    "snapchat": OptionsObject(("snapChatOptions", "snapchatOptions"), SnapchatOptions),
    "threads": OptionsObject(("threadsOptions",), ThreadsOptions),
    "tiktok": OptionsObject(("tikTokOptions", "tiktokOptions"), TikTokOptions),
    "twitter": OptionsObject(("twitterOptions", "xOptions"), XOptions),
    "youtube": OptionsObject(("youTubeOptions", "youtubeOptions"), YouTubeOptions),
}
"""Each network's options; Telegram has none (documented)."""
CHANGEABLE = "youtube"
"""The network whose options PATCH /post changes after a post was published (documented)."""
GENERAL = ("reddit", "snapchat")
"""The networks whose options `title` and `subreddit` may stand at the top level (documented)."""
