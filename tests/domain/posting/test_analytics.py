"""Made-up numbers: the same at every call, growing, and consistent with each other."""

from collections.abc import Iterator
from itertools import product
from typing import Any, Final

import pytest

from fakeayr.ayrshare.networks import NETWORKS
from fakeayr.ayrshare.posting.analytics import (
    ACCOUNT_FIELDS,
    AUDIENCE,
    HISTORY_FIELDS,
    LIFETIME_FIELDS,
    METRICS,
    POST_FIELDS,
    WORDS,
    Field,
    Kind,
    Level,
    Medium,
    Metric,
    Product,
    Ratio,
    Share,
    Sum,
)
from fakeayr.domain.posting.analytics import (
    Given,
    account_subject,
    post_subject,
    report,
)
from tests.support.cases import each

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
YEAR: Final = 365 * DAY
NOW: Final = 1_667_351_022.0
SEEDS: Final = [f"facebook {number}" for number in range(50)]
WORDS_OF_A_POST: Final = {name: name for name in WORDS}
ALL_FIELDS: Final = {
    f"{kind} {network}": fields
    for kind, networks in (
        ("post", POST_FIELDS),
        ("account", ACCOUNT_FIELDS),
        ("history", HISTORY_FIELDS),
    )
    for network, fields in networks.items()
}
each_fields = each(ALL_FIELDS)
each_metric = each(METRICS)


def of_post(
    network: str, seed: str = "a post", age: float = 10 * DAY, medium: Medium = Medium.VIDEO
) -> dict[str, Any]:
    """What a network reports of a post."""
    return report(POST_FIELDS[network], post_subject(seed, age, WORDS_OF_A_POST, medium))


def number(name: str, seed: str, age: float, medium: Medium = Medium.VIDEO) -> float:
    """One number of a post."""
    subject = post_subject(seed, age, {}, medium)
    found: float = report([Field("it", name)], subject)["it"]
    return found


def leaves(values: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """All values by their whole names."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


# Facts.


def test_the_networks_are_those_of_the_documentation() -> None:
    assert set(NETWORKS) - set(POST_FIELDS) == {"gmb", "telegram"}
    assert set(NETWORKS) - set(ACCOUNT_FIELDS) == {"telegram"}
    assert set(NETWORKS) - set(HISTORY_FIELDS) == {"gmb", "reddit", "telegram"}


def test_linkedins_views_are_those_of_27_pages() -> None:
    views = [one.path for one in ACCOUNT_FIELDS["linkedin"] if one.path[0] == "views"]
    assert len(views) == len({name for _, name in views}) == 27
    assert ["views", "mobileLifeAtPageViews"] in views


def test_youtubes_account_has_31_names() -> None:
    (playlists,) = (one for one in ACCOUNT_FIELDS["youtube"] if one.kind is Kind.ROWS)
    (row, *_) = report([playlists], account_subject("", NOW, {}))["playlists"]
    assert len(ACCOUNT_FIELDS["youtube"]) - 1 + len(row) == 31
    assert set(row) == {"description", "id", "publishedAt", "title", "url", "channelId"}


@each_fields
def test_a_field_holds_what_is_known(name: str, fields: tuple[Field, ...]) -> None:
    assert len({one.name for one in fields}) == len(fields)
    for one in fields:
        if isinstance(one.holds, str):
            assert (one.holds in METRICS) != (one.holds in WORDS), one.name


@each_metric
def test_a_number_depends_on_others_that_exist(name: str, metric: Metric) -> None:
    match metric:
        case Share(of=of, share=share):
            needed = {of} - {AUDIENCE}
            assert 0 < share <= 1
        case Sum(parts=parts):
            needed = set(parts)
            assert len(needed) == len(parts) > 1
        case Ratio(part=part, whole=whole):
            needed = {part, whole}
        case Level(of=of, low=low, high=high):
            needed = {of}
            assert 0 < low < high
        case Product(count=count, level=level):
            needed = {count, level}
    assert needed <= METRICS.keys()


# Numbers.


@each_fields
def test_a_report_has_the_fields_of_its_rows(name: str, fields: tuple[Field, ...]) -> None:
    subject = post_subject("a post", DAY, WORDS_OF_A_POST, Medium.VIDEO)
    assert {name for name, _ in leaves(report(fields, subject))} == {one.name for one in fields}


@each_fields
def test_numbers_are_the_same_at_every_call(name: str, fields: tuple[Field, ...]) -> None:
    subject = post_subject("a post", DAY, WORDS_OF_A_POST, Medium.IMAGE)
    assert report(fields, subject) == report(list(fields), subject)


def test_numbers_stay_as_they_are_in_later_versions() -> None:
    """A recorded expectation of somebody's test suite."""
    assert of_post("threads") == {
        "likes": 93,
        "quotes": 3,
        "replies": 14,
        "reposts": 16,
        "views": 2_536,
    }


@pytest.mark.parametrize("network", POST_FIELDS)
def test_posts_differ(network: str) -> None:
    assert of_post(network, "a post") != of_post(network, "another post")


@each_fields
def test_nothing_is_counted_of_a_post_that_has_just_appeared(
    name: str, fields: tuple[Field, ...]
) -> None:
    counted = [one for one in fields if one.is_number]
    for seed, medium in product(SEEDS, Medium):
        values = dict(leaves(report(counted, post_subject(seed, 0.0, {}, medium))))
        assert set(values.values()) <= {0}, medium


@each_metric
def test_a_post_of_the_future_counts_as_one_that_has_just_appeared(
    name: str, metric: Metric
) -> None:
    assert number(name, "a post", -1.0) == 0
    assert number(name, "a post", -1e12) == 0


@each_metric
def test_a_number_never_falls(name: str, metric: Metric) -> None:
    if isinstance(metric, Ratio):
        return
    ages = [0, 1, 60, HOUR, 5 * HOUR, DAY, 2 * DAY, 30 * DAY, YEAR, 10 * YEAR, 1_000 * YEAR]
    for seed in SEEDS[:10]:
        found = [number(name, seed, age) for age in ages]
        assert found == sorted(found)


@pytest.mark.parametrize("name", ["views", "likes", "comments", "clicks"])
def test_numbers_are_plausible_after_a_month(name: str) -> None:
    assert all(0 < number(name, seed, 30 * DAY) <= 5_000 for seed in SEEDS)


def test_half_of_the_views_come_in_the_first_two_days_and_then_they_level_off() -> None:
    for seed in SEEDS:
        early, month, year = (number("views", seed, age) for age in (2 * DAY, 30 * DAY, YEAR))
        assert year / 2 <= early + 1
        assert year - month < month - early


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        ("reach", "views"),
        ("likes", "reach"),
        ("comments", "likes"),
        ("shares", "likes"),
        ("quotes", "shares"),
        ("saves", "likes"),
        ("clicks", "views"),
        ("profile clicks", "clicks"),
        ("plays", "views"),
        ("viewers", "plays"),
        ("plays to 25", "plays"),
        ("plays to 50", "plays to 25"),
        ("plays to 75", "plays to 50"),
        ("plays to 100", "plays to 75"),
        ("subscribers lost", "subscribers gained"),
        ("interactions", "views"),
        ("pages", "views"),
    ],
)
def test_what_is_part_of_something_is_not_larger(smaller: str, larger: str) -> None:
    for seed in SEEDS:
        for age in (HOUR, DAY, YEAR):
            assert number(smaller, seed, age) <= number(larger, seed, age)


def test_a_total_is_the_sum_of_its_parts() -> None:
    for seed in SEEDS:
        facebook = of_post("facebook", seed)
        total = facebook["reactions"].pop("total")
        assert total == sum(facebook["reactions"].values())
        assert facebook["reactions"] == facebook["reactionsByType"]
        instagram = of_post("instagram", seed)
        parts = ("likeCount", "commentsCount", "sharesCount", "savedCount")
        assert instagram["engagementCount"] == sum(instagram[part] for part in parts)


def test_the_same_number_is_the_same_under_all_its_names() -> None:
    twitter = of_post("twitter")
    assert twitter["publicMetrics"]["likeCount"] == twitter["organicMetrics"]["likeCount"] > 0
    assert (
        twitter["publicMetrics"]["impressionCount"]
        == (twitter["nonPublicMetrics"]["impressionCount"])
    )


@pytest.mark.parametrize("medium", [one for one in Medium if one is not Medium.VIDEO])
def test_only_a_video_is_played(medium: Medium) -> None:
    facebook = of_post("facebook", medium=medium)
    assert (facebook["videoViews"], facebook["videoViewTime"]) == (0, 0)
    assert "video" not in of_post("twitter", medium=medium)["nonPublicMetrics"]
    assert of_post("facebook")["videoViews"] > 0
    assert of_post("twitter")["organicMetrics"]["video"]["viewCount"] > 0


@each_metric
def test_a_share_is_a_number_from_0_to_1(name: str, metric: Metric) -> None:
    if isinstance(metric, Ratio):
        assert all(0 <= number(name, seed, DAY) <= 1 for seed in SEEDS)


# Values that were set.


def test_a_value_that_was_set_counts_and_what_is_a_share_of_it_follows() -> None:
    subject = post_subject("a post", DAY, WORDS_OF_A_POST, Medium.VIDEO)
    given = Given({"publicMetrics.likeCount": 1_000}, {"likes": 1_000})
    twitter = report(POST_FIELDS["twitter"], subject, given)
    assert twitter["publicMetrics"]["likeCount"] == 1_000
    assert twitter["organicMetrics"]["likeCount"] == 1_000
    assert 100 <= twitter["publicMetrics"]["replyCount"] <= 250
    assert twitter["publicMetrics"]["impressionCount"] == number("views", "a post", DAY)


def test_a_field_of_videos_that_was_set_is_there_without_a_video() -> None:
    subject = post_subject("a post", DAY, WORDS_OF_A_POST, Medium.IMAGE)
    given = Given({"videoMrcView": 3}, {"plays": 3})
    assert report(POST_FIELDS["pinterest"], subject, given)["videoMrcView"] == 3


# Accounts.


def of_account(seed: str, at: float, since: float | None = None) -> dict[str, Any]:
    """What Instagram reports of an account."""
    subject = account_subject(seed, at, WORDS_OF_A_POST, since=since)
    return report(ACCOUNT_FIELDS["instagram"], subject)


def test_an_account_has_numbers_from_the_first_day_on() -> None:
    for seed in SEEDS:
        account = of_account(seed, NOW)
        assert account["followersCount"] > 1_000
        assert 0 < account["likeCount"] < account["reachCount"] < account["viewsCount"]


def test_an_account_grows() -> None:
    for seed in SEEDS:
        now, later = of_account(seed, NOW), of_account(seed, NOW + YEAR)
        assert later["followersCount"] > now["followersCount"]
        assert later["viewsCount"] > now["viewsCount"]


def test_a_span_has_its_own_views_and_all_followers() -> None:
    for seed in SEEDS:
        whole, quarter = of_account(seed, NOW), of_account(seed, NOW, NOW - 91 * DAY)
        assert quarter["followersCount"] == whole["followersCount"]
        assert 0 < quarter["viewsCount"] < whole["viewsCount"]


def test_spans_make_up_the_whole() -> None:
    subject = account_subject("a", NOW, {})
    spans = [
        account_subject("a", NOW, {}, since=NOW - YEAR),
        account_subject("a", NOW - YEAR, {}),
    ]
    views = [
        report([*LIFETIME_FIELDS["youtube"], Field("views", "views")], one)["views"]
        for one in spans
    ]
    whole = report([Field("views", "views")], subject)["views"]
    assert abs(whole - sum(views)) <= 1


def test_every_day_somebody_sees_an_account() -> None:
    for seed in SEEDS:
        for years in range(10):
            end = NOW + years * YEAR
            assert of_account(seed, end, end - DAY)["viewsCount"] > 0
