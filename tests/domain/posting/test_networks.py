"""The rows of what each network takes are complete and hold together."""

from dataclasses import fields
from typing import Any

import pytest

from fakeayr.ayrshare import errors
from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.media import CONTENT_TYPES
from fakeayr.ayrshare.posting.networks import POSTING, PostingNetwork, PostQuota

MEDIA = ("image", "gif", "video", "document")


def test_every_network_has_a_row_in_ayrshares_order() -> None:
    assert [*POSTING] == [*NETWORKS]


def test_what_is_inferred_are_fields_of_the_row() -> None:
    known = {field.name for field in fields(PostingNetwork)} - {"inferred", "published"}
    for row in POSTING.values():
        assert row.inferred <= known


@pytest.mark.parametrize(
    ("rule", "networks"),
    [
        ("duplicates_allowed", "pinterest reddit telegram"),
        ("first_comment_media", "facebook linkedin twitter"),
        ("splits_threads", "threads twitter"),
        ("mixes_media", "instagram threads twitter"),
        ("needs_media", "instagram pinterest snapchat tiktok youtube"),
    ],
)
def test_a_rule_holds_for_these_networks(rule: str, networks: str) -> None:
    assert [name for name, row in POSTING.items() if getattr(row, rule)] == networks.split()


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        (
            "quota",
            {
                "facebook": PostQuota(daily=30, option="reels"),
                "instagram": PostQuota(daily=50),
                "linkedin": PostQuota(daily=150),
                "threads": PostQuota(daily=250),
                "tiktok": PostQuota(daily=15, per_minute=6),
            },
        ),
        ("media_text_kept", {"telegram": 1_024}),
        ("undeletable_with", {"facebook": "stories"}),
        (
            "first_comment_seconds",
            dict.fromkeys(["bluesky", "facebook", "instagram", "linkedin", "reddit"], 20)
            | {"tiktok": 90, "twitter": 20, "youtube": 20},
        ),
    ],
)
def test_a_fact_is_known_of_these_networks(fact: str, values: dict[str, Any]) -> None:
    assert {
        name: value for name, row in POSTING.items() if (value := getattr(row, fact)) is not None
    } == values


def test_published_posts_cannot_be_deleted_on_some_networks() -> None:
    kept = [name for name, row in POSTING.items() if not row.deletable]
    assert kept == ["instagram", "threads", "tiktok"]


def test_limits_are_in_order_and_types_are_known() -> None:
    for row in POSTING.values():
        limits = [getattr(row, kind) for kind in MEDIA] + [*row.video_with.values()]
        for limit in filter(None, limits):
            for name in ("bytes", "width", "height", "aspect", "pixels", "seconds"):
                low, high = getattr(limit, name) or (0, 1)
                assert 0 <= low < high
            assert limit.types <= {*CONTENT_TYPES.values(), "image/jpg"}
            assert "{network}" in limit.error.message
            assert limit.error.message.count("{") == 2


@pytest.mark.parametrize(
    ("name", "code", "status"),
    [
        ("MONTHLY_QUOTA", 106, 429),
        ("FACEBOOK_DUPLICATE", 107, 400),
        ("X_DUPLICATE", 110, 400),
        ("DELETE_ID_NOT_FOUND", 114, 404),
        ("POST_TOO_LONG", 132, 400),
        ("MEDIA_URL_INVALID", 136, 400),
        ("DUPLICATE_POST", 137, 400),
        ("TOO_MANY_HASHTAGS", 151, 400),
        ("NETWORK_NOT_LINKED", 156, 400),
        ("NETWORK_NOT_LINKED_YET", 156, 200),
        ("REPEATED_MENTION", 159, 400),
        ("NETWORK_AUTHORIZATION", 161, 400),
        ("PLAN_FEATURE", 169, 403),
        ("REEL_SIZE", 182, 400),
        ("ANALYTICS_FAILED", 186, 400),
        ("HISTORY_ROW_FAILED", 187, 200),
        ("NO_AUTO_SCHEDULE", 192, 400),
        ("HISTORY_NOT_FOUND", 221, 400),
        ("IMAGE_TOO_LARGE_LINKEDIN", 254, 400),
        ("X_AUTHORIZATION_LOST", 272, 400),
        ("INSTAGRAM_AUTHORIZATION_LOST", 322, 400),
        ("STILL_PUBLISHED", 382, 400),
        ("ALREADY_DELETED", 383, 400),
        ("X_CREDENTIAL_MISSING", 400, 400),
        ("X_NO_WRITE_PERMISSION", 417, 400),
        ("X_CREDENTIALS_REQUIRED", 419, 400),
        ("ANALYTICS_THROTTLED", 444, 429),
    ],
)
def test_an_error_of_posting_has_ayrshares_code(name: str, code: int, status: int) -> None:
    error = errors.by_name()[name]
    assert (error.code, error.status) == (code, status)
