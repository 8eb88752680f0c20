"""Options, thresholds, hosts, acknowledgements and the tally of load tests, without Locust."""

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from fakeayr.loadtests import summary
from fakeayr.loadtests.acknowledged import (
    Acknowledged,
    AcknowledgedPost,
    SeenPost,
    find_faults,
)
from fakeayr.loadtests.errors import CannotLoad
from fakeayr.loadtests.hosts import HostGuard, HostRefused
from fakeayr.loadtests.options import LINKING, POSTING, SCENARIOS, LoadOptions
from fakeayr.loadtests.shapes import SHAPES, count_users
from fakeayr.loadtests.tally import BROKEN, FAULT, LoadTally
from fakeayr.loadtests.thresholds import Limit, StepFigures, Thresholds, judge


def test_nothing_but_the_locustfile_loads_locust() -> None:
    # Importing it changes sockets in the whole process.
    modules = "fakeayr.cli, fakeayr.loadtests.command, fakeayr.testing.plugin, sys"
    check = f"import {modules}; print('locust' in sys.modules or 'gevent' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True)
    assert told.stdout == "False\n"


def test_every_setting_has_a_default() -> None:
    options = LoadOptions.read({})
    assert options.scenario == LINKING
    assert options.networks == (1, 4)
    assert options.thresholds == Thresholds(error_ratio=Limit(overall=0.01))


def test_posts_are_made_only_by_scenarios_that_are_named() -> None:
    assert not LoadOptions.read({}).scenario.keys() & POSTING.keys()
    named = LoadOptions.read({"scenario": ["posting", "post-campaign=7"]})
    assert named.scenario == {"posting": POSTING["posting"], "post-campaign": 7}


def test_settings_are_read_as_they_are_written() -> None:
    options = LoadOptions.read(
        {
            "scenario": ["sign-up=3", "nightly"],
            "think_time": "0.2-3",
            "networks": "2",
            "failures": ["faults,rate-limits", "slow-webhooks"],
            "max_p95_ms": ["500", "open page=200,whole flow = 2000"],
            "max_error_ratio": ["link=0"],
            "min_flows_per_s": "2.5",
            "i_own_this_host": True,
        }
    )
    assert options.scenario == {"sign-up": 3, "nightly": SCENARIOS["nightly"]}
    assert options.think_time == (0.2, 3.0)
    assert options.networks == (2, 2)
    assert options.failures == {"faults", "rate-limits", "slow-webhooks"}
    assert options.thresholds == Thresholds(
        error_ratio=Limit(overall=0.01, steps={"link": 0.0}),
        p95_ms=Limit(overall=500.0, steps={"open page": 200.0, "whole flow": 2000.0}),
        flows_per_s=2.5,
    )
    assert options.i_own_this_host


@pytest.mark.parametrize(
    ("name", "written", "told"),
    [
        ("max_p95_ms", ["open="], "--max-p95-ms: it must be a number or STEP=NUMBER, not 'open='."),
        ("max_p99_ms", ["-1"], "--max-p99-ms: it must be a number or STEP=NUMBER, not '-1'."),
        ("max_p99_ms", ["nan"], "--max-p99-ms: it must be a number or STEP=NUMBER, not 'nan'."),
        ("max_p99_ms", ["=3"], "--max-p99-ms: it must be a number or STEP=NUMBER, not '=3'."),
        (
            "max_error_ratio",
            ["2"],
            "--max-error-ratio: it must be a number from 0 to 1 or STEP=NUMBER, not '2'.",
        ),
        (
            "scenario",
            ["holiday"],
            f"--scenario: there is no scenario 'holiday'; choose one of {', '.join(SCENARIOS)}.",
        ),
        ("scenario", ["sign-up=0"], "--scenario: a weight must be a whole number from 1, not '0'."),
        (
            "failures",
            ["floods"],
            "--failures: there is no failure 'floods'; choose one of rate-limits, faults, "
            "slow-webhooks, "
            "worker-killed.",
        ),
        (
            "networks",
            "4-1",
            "--networks: it must be one or two whole numbers from 1 to 13 such as 1-2, not '4-1'.",
        ),
        ("timeout", "soon", "--timeout: it must be 0.1 to 3600 seconds, not 'soon'."),
        (
            "webhook_port",
            "99999",
            "--webhook-port: it must be a port from 0 to 65535, not '99999'.",
        ),
        (
            "shape",
            "square",
            "--shape: it must be steady or ramp or lunch-peak or spike or day, not 'square'.",
        ),
    ],
)
def test_a_bad_setting_gets_one_sentence(name: str, written: Any, told: str) -> None:
    with pytest.raises(CannotLoad) as refused:
        LoadOptions.read({name: written})
    assert str(refused.value) == told


@pytest.mark.parametrize(
    "url",
    [
        "https://api.ayrshare.com",
        "http://API.Ayrshare.COM:8080/x",
        "https://ayrshare.com./",
        "https://profile.ayrshare。com",
        "https://new.sub.ayrshare.com",
        "http://127.0.0.1@api.ayrshare.com/",
        "http://127.0.0.1:80@app.ayrshare.com?x",
    ],
)
def test_the_real_ayrshare_is_refused_whoever_owns_it(url: str) -> None:
    with pytest.raises(HostRefused):
        HostGuard(owned=True).check(url)


@pytest.mark.parametrize("host", ["staging.example", "10.0.0.1", "localhost.example", "[::2]"])
def test_other_machines_need_a_word_of_their_owner(host: str) -> None:
    HostGuard(owned=True).check(f"http://{host}:80/path")
    with pytest.raises(HostRefused, match="--i-own-this-host"):
        HostGuard(owned=False).check(f"http://{host}:80/path")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.9.9.9", "a.localhost"])
def test_this_machine_may_be_loaded(host: str) -> None:
    HostGuard(owned=False).check(f"http://{host}:8189/path?x=https://api.ayrshare.com")


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1", "127.0.0.1", "http://", "http://[", "http://a\\b", "http://a b"]
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(HostRefused, match="is not a URL"):
        HostGuard(owned=True).check(url)


def step(name: str, count: int = 100, errors: int = 0, p95: float = 100) -> StepFigures:
    return StepFigures(name=name, count=count, errors=errors, p50=50, p95=p95, p99=200, longest=300)


def test_thresholds_that_hold_are_told() -> None:
    thresholds = Thresholds(
        error_ratio=Limit(overall=0.01),
        p95_ms=Limit(steps={"link": 100}),
        p99_ms=Limit(overall=200),
        flows_per_s=3,
    )
    findings = judge(thresholds, [step("link")], step("", errors=1), 3.0)
    assert findings.broken == []
    assert findings.held == [
        "error ratio of all requests 1 % (at most 1 %)",
        "p95 of link 100 ms (at most 100 ms)",
        "p99 of all requests 200 ms (at most 200 ms)",
        "3.0 flows/s (at least 3)",
    ]


def test_thresholds_that_break_say_by_how_much() -> None:
    thresholds = Thresholds(
        error_ratio=Limit(overall=0.01, steps={"link": 0}),
        p95_ms=Limit(overall=80, steps={"link": 100}),
        flows_per_s=3,
    )
    findings = judge(thresholds, [step("link", errors=5, p95=150)], step("", errors=4), 2.5)
    assert findings.broken == [
        "error ratio of all requests is 4 %, 3 % (300%) over 1 %",
        "error ratio of link is 5 %, 5 % over 0 %",
        "p95 of all requests is 100 ms, 20 ms (25%) over 80 ms",
        "p95 of link is 150 ms, 50 ms (50%) over 100 ms",
        "2.5 flows/s, 0.5 fewer than 3",
    ]


def test_a_step_that_was_never_made_does_not_hold() -> None:
    thresholds = Thresholds(p95_ms=Limit(steps={"unlink": 100}))
    findings = judge(thresholds, [step("link")], step(""), 1.0)
    assert findings.broken == ["p95 of unlink is unknown: the step never ran"]


def test_what_was_not_answered_is_not_acknowledged() -> None:
    entry = Acknowledged(customer=None, adapter=None)  # type: ignore[arg-type]
    for network in ("facebook", "tiktok", "x"):
        entry.begin_change(network)
        entry.add_link(network)
    entry.begin_change("tiktok")
    entry.remove_link("tiktok")
    entry.begin_change("x")

    assert entry.sure == {"facebook"}
    assert entry.due == Counter(
        {("link", network): 1 for network in ("facebook", "tiktok", "x")}
        | {("unlink", "tiktok"): 1}
    )


def test_a_post_is_expected_once_and_a_deleted_one_nowhere() -> None:
    def post(text: str, **fields: Any) -> AcknowledgedPost:
        return AcknowledgedPost(text, frozenset({"facebook", "linkedin"}), False, **fields)

    def seen(post_id: str, text: str, *networks: str) -> SeenPost:
        return SeenPost(post_id=post_id, text=text, networks=list(networks))

    posts = {"1": post("a"), "2": post("b"), "3": post("c"), "4": post("d", deleted=True)}
    posts["5"] = post("e", deleted=None)
    right = [seen(one, text, "facebook", "linkedin") for one, text in ("1a", "2b", "3c", "5e")]
    assert find_faults(posts, right) == []
    wrong = [
        seen("1", "a", "facebook"),
        seen("2", "b", "facebook", "linkedin"),
        seen("9", "b", "linkedin"),
        seen("4", "d", "facebook"),
    ]
    assert find_faults(posts, wrong) == [
        "post 1 on linkedin",
        "post 2, twice on linkedin,",
        "post 3 on facebook",
        "post 3 on linkedin",
        "the deletion of post 4",
    ]


def test_a_scheduled_post_is_reported_unless_it_is_deleted() -> None:
    entry = Acknowledged(customer=None, adapter=None)  # type: ignore[arg-type]
    for number in ("1", "2", "3"):
        networks = frozenset({"facebook"})
        entry.add_post(number, AcknowledgedPost(number, networks, is_reported=number != "1"))
    entry.begin_deletion("3")
    assert entry.posts["3"].deleted is None
    entry.end_deletion("3")
    assert [post.deleted for post in entry.posts.values()] == [False, False, True]
    assert entry.due == Counter({("post", "2"): 1})


def test_tallies_of_several_processes_merge() -> None:
    one = LoadTally(profiles=1, links=2, expected={FAULT: 2}, hits=2, checked=True, killed_at=[5.0])
    other = LoadTally(
        profiles=3, expected={FAULT: 1, BROKEN: 1}, hits=1, broken_at=[6.0], checked=True
    )
    other.add_lost("a link")

    merged = LoadTally.merge([one, LoadTally.from_report(other.to_report())])

    assert (merged.profiles, merged.links, merged.hits) == (4, 2, 3)
    assert merged.expected == {FAULT: 3, BROKEN: 1}
    assert (merged.lost, merged.lost_count, merged.checked) == (["a link"], 1, True)
    assert merged.count_unexplained(seconds=30) == 0


def test_a_process_that_did_not_check_leaves_the_run_unchecked() -> None:
    merged = LoadTally.merge([LoadTally(checked=True), LoadTally(profiles=7)])
    told = summary.write_summary(
        tally=merged,
        findings=judge(Thresholds(), [], step(""), 1.0),
        steps=[step("link")],
        flows=7,
        flows_per_s=1.0,
        seconds=7.0,
        reasons=[],
        processes=2,
    )
    assert "Acknowledged, but not checked to the end: 7 profiles" in told
    assert "Broken: a Locust process ended before it had checked its work." in told


def test_more_failures_than_were_made_on_purpose_are_noticed() -> None:
    tally = LoadTally(expected={FAULT: 3}, hits=2)
    assert tally.count_unexplained(seconds=30) == 1
    assert LoadTally(broken_at=[10.0], killed_at=[9.0]).count_unexplained(seconds=30) == 0
    assert LoadTally(broken_at=[50.0], killed_at=[9.0]).count_unexplained(seconds=30) == 1
    assert LoadTally(broken_at=[5.0], killed_at=[9.0]).count_unexplained(seconds=30) == 1


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_reaches_its_peak_and_never_empties(shape: str) -> None:
    levels = [count_users(SHAPES[shape], part / 100, 40) for part in range(101)]
    assert max(levels) == 40
    assert min(levels) >= 1
    assert len(set(levels)) > 5
