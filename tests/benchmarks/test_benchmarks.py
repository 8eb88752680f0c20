"""What `./dev benchmark` does with its figures; the figures themselves are another day's."""

import json
import re
import socket
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from flask import Flask

from benchmarks import contenders, growth, peers, posting
from benchmarks.__main__ import Effort, main
from benchmarks.contenders import Results
from benchmarks.document import BEGIN, END, write
from benchmarks.fake import call, seed_account
from benchmarks.load import CONNECTIONS, Load, RequestTemplate, load_with_python, parse_output
from benchmarks.measuring import Sample
from benchmarks.plot import draw
from benchmarks.report import Goal, Table, tabulate_goals
from fakeayr.serving.thread import run_in_thread
from fakeayr.store.sqlite import SqliteStore
from tests.support.apps import running_app
from tests.support.receivers import raw_receiver

TABLE: Final = Table(
    title="Speed",
    head=["server", "a second"],
    rows=[["one", "1,000"], ["other", "9"]],
    note="Both.",
)


def sample(rate: float, *, cpu: float = 300e-6, signature: float = 100e-6) -> Sample:
    return Sample(rate=rate, cpu=cpu, signature=signature, bare_rate=8_000, noise=0)


# Tables.


def test_a_table_for_a_terminal() -> None:
    assert TABLE.text().splitlines() == [
        "Speed",
        "server      a second",
        "--------  ----------",
        "one            1,000",
        "other              9",
        "",
        "Both.",
    ]


def test_a_table_for_a_document() -> None:
    assert TABLE.markdown().splitlines() == [
        "## Speed",
        "",
        "| server   |   a second |",
        "|:---------|-----------:|",
        "| one      |      1,000 |",
        "| other    |          9 |",
        "",
        "Both.",
    ]


# Verdicts.


@pytest.mark.parametrize(
    ("value", "bounds", "row"),
    [
        (5.04, {"at_least": 5}, ["x", "reached", "5.0 ×", "≥ 5.0 ×"]),
        (4.9, {"at_least": 5}, ["x", "MISSED", "4.9 ×", "≥ 5.0 ×"]),
        (1.2, {"at_most": 1.2}, ["x", "reached", "1.2 ×", "≤ 1.2 ×"]),
        (1.3, {"at_most": 1.2}, ["x", "MISSED", "1.3 ×", "≤ 1.2 ×"]),
    ],
)
def test_a_target_is_reached_or_missed(
    value: float, bounds: dict[str, float], row: list[str]
) -> None:
    target = Goal(what="x", value=value, form="{:.1f} ×", **bounds)
    assert tabulate_goals([target]).rows == [row]


def test_the_fake_is_judged_round_by_round() -> None:
    """A round in which the machine was slow for both says as much as any other."""
    results = Results(
        cases=[],
        samples={
            (contenders.name_fake(), "generateJWT", 2048): [sample(6_000), sample(600)],
            (contenders.name_fake(), "generateJWT", 1024): [sample(6_000), sample(600)],
            ("moto", "STS GetCallerIdentity", None): [sample(500), sample(50)],
        },
        starts={contenders.name_fake(1): [0.5, 0.9, 0.4]},
        memory={contenders.name_fake(1): 60.0, contenders.name_fake(): 81.0},
    )
    measured = {target.what: (target.value, target.reached) for target in contenders.judge(results)}
    assert measured == {
        "generateJWT, 2048 bit: part of the bare signing rate of all cores": (0.4125, True),
        "generateJWT, 2048 bit: CPU, in bare signatures": (pytest.approx(3.0), False),
        "generateJWT, 1024 bit: CPU, in bare signatures": (pytest.approx(3.0), True),
        "generateJWT, 2048 bit: rate against moto": (12.0, True),
        "first answer after the command, one worker": (0.5, True),
        "memory of the largest worker": (81.0, False),
    }


def test_cost_is_compared_at_the_machines_pace() -> None:
    slow = sample(1, cpu=660e-6, signature=200e-6)
    grown = growth.Growth(
        sizes=[1_000, 10_000],
        samples={("GET /user", 1_000): [sample(1)], ("GET /user", 10_000): [slow]},
        starts={1_000: [0.5], 10_000: [0.6]},
    )
    cost, start = growth.judge(grown)
    assert cost.value == pytest.approx(1.1)
    assert start.value == 0.6
    assert growth.tabulate(grown).rows[0] == ["GET /user", "450 µs", "495 µs", "1.10 ×"]


def test_posting_is_compared_round_by_round() -> None:
    results = posting.PostingResults(
        sizes=(10, 1_000),
        due=500,
        submitted=[(300e-6, 200e-6), (900e-6, 500e-6)],
        pages={"all": [(1e-3, 1.1e-3), (2e-3, 2.4e-3)]},
        seconds=0.2,
        quiet=[0.001] * 100,
        busy=[0.002] * 98 + [0.004] * 2,
    )
    measured = {target.what: (target.value, target.reached) for target in posting.judge(results)}
    assert measured == {
        "POST /post of a text to three networks: CPU, in GET /user": (
            pytest.approx(1.65),
            False,
        ),
        "history, all: cost at 1,000 posts, against 10": (pytest.approx(1.15), True),
        "500 posts due at one instant: published in a second": (2_500, True),
        "500 posts due at one instant: p99 of GET /user, against before": (4.0, False),
    }
    assert posting.tabulate(results).rows[0][1:] == ["600 µs", "350 µs", "1.65 ×"]


# Loads.


def test_what_wrk_says_is_understood() -> None:
    output = "Running 1s test @ http://127.0.0.1:1\n  1 threads\nLOAD 1500 3 1500000\n"
    assert parse_output(output) == Load(requests=1_500, failures=3, seconds=1.5)
    assert parse_output(output).rate == 1_000


def test_python_loads_where_wrk_is_not(app: Flask) -> None:
    def health(port: int, path: str = "/_fakeayr/health") -> RequestTemplate:
        return RequestTemplate(
            before=f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: ",
            keys=["1"],
            after="\r\n\r\n",
        )

    with run_in_thread(app) as url:
        port = int(url.rpartition(":")[2])
        good = load_with_python(port, health(port), 0.2)
        bad = load_with_python(port, health(port, "/nothing"), 0.1)
    assert (good.requests > 0, good.failures) == (True, 0)
    assert bad.requests == bad.failures > 0


def test_a_server_may_close_its_connections() -> None:
    """As moto does."""

    def answer(connection: socket.socket) -> None:
        connection.recv(1_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    request = RequestTemplate(before="GET / HTTP/1.1\r\nX: ", keys=["1"], after="\r\n\r\n")
    with raw_receiver(answer) as url:
        borne = load_with_python(urlsplit(url).port or 0, request, 0.1)
    assert (borne.requests > CONNECTIONS, borne.failures) == (True, 0)


# Accounts.


def test_an_account_with_many_profiles_is_one_to_the_server(tmp_path: Path) -> None:
    account = seed_account(tmp_path / "state", key_bits=1024, profiles=100)
    with running_app(store=SqliteStore(tmp_path / "state")) as url:
        port = urlsplit(url).port or 0
        requests = [
            account.generate_jwt(port),
            account.user(port),
            account.get_by_title(port),
            account.get_by_ref_id(port),
            account.pages(port, account.cursors(port, 100)),
        ]
        account.check_token(port)
        for request in requests:
            assert load_with_python(port, request, 0.02).failures == 0
        assert len(account.cursors(port, 100)) == 19
        listed = call(port, account.api_key, "GET", "/api/profiles")["profiles"]
    assert [one["title"] for one in listed] == [one.title for one in account.profiles]
    assert len(listed) == 100


# The plot and the document.


def test_the_plot_is_a_still_drawing_for_light_and_dark_pages(tmp_path: Path) -> None:
    costs = {"generateJWT": [200.0, 205.0], "GET /user": [100.0, 110.0]}
    draw(tmp_path / "plot.svg", "Cost of a call", [1_000, 10_000], costs)
    text = (tmp_path / "plot.svg").read_text("utf-8")
    words = {element.text for element in ElementTree.fromstring(text).iter()}
    assert {"Cost of a call", "generateJWT", "GET /user", "1,000", "10,000"} <= words
    assert "prefers-color-scheme: dark" in text.replace("scheme:dark", "scheme: dark")
    assert "<script" not in text
    assert re.findall(r'(?:href|src)="', text) == []


def test_figures_replace_those_of_the_run_before(tmp_path: Path) -> None:
    document = tmp_path / "speed.md"
    document.write_text(f"# Speed\n\n{BEGIN}\nold\n{END}\n\nThe end.\n")
    for _ in range(2):
        write(document, "- 2 cores", [TABLE], tmp_path / "speed.svg")
    text = document.read_text("utf-8")
    assert text.startswith(f"# Speed\n\n{BEGIN}\n\n- 2 cores\n\n## Speed\n\n| server")
    assert text.endswith(f"](speed.svg)\n\n{END}\n\nThe end.\n")
    assert text.count("## Speed") == 1


def test_a_document_without_a_place_for_figures_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "letter.md"
    document.write_text("Dear Mia")
    ended = CliRunner().invoke(main, ["--write", str(document)])
    assert (ended.exit_code, document.read_text()) == (2, "Dear Mia")
    assert f"{document} has no place for results" in ended.output


# The command.


@pytest.mark.slow
def test_one_command_measures_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shortest = Effort(
        rounds=1,
        seconds=0.05,
        starts=1,
        calls=2,
        sizes=(100, 1_000),
        posting=posting.PostingEffort(rounds=1, calls=50, sizes=(20, 200), due=50),
    )
    monkeypatch.setattr("benchmarks.__main__.QUICK", shortest)
    monkeypatch.setattr("benchmarks.__main__.find_generator", lambda: ("Python", load_with_python))
    document = tmp_path / "speed.md"
    ended = CliRunner().invoke(main, ["--quick", "--no-peers", "--write", str(document)])
    assert ended.exit_code == 0, ended.output
    assert "generateJWT, 2048 bit: part of the bare signing rate of all cores" in ended.output
    assert "GET /user: cost at 1,000 profiles, against 100" in ended.output
    assert document.read_text("utf-8").count("\n## ") == 8
    assert "history, type: cost at 200 posts, against 20" in ended.output
    assert "50 posts due at one instant: published in a second" in ended.output
    assert (tmp_path / "speed.svg").exists()


@pytest.mark.outside("node")
def test_peers_are_pinned_and_come_from_no_named_registry() -> None:
    lock = json.loads((peers.HERE / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((peers.HERE / "package.json").read_text("utf-8"))["dependencies"]
    installed = {name: lock["packages"][f"node_modules/{name}"] for name in wanted}
    assert {name: one["version"] for name, one in installed.items()} == wanted
    assert not any("resolved" in package for package in lock["packages"].values())
    assert "://" not in (peers.HERE / "requirements.txt").read_text("utf-8")
    assert all(version[0].isdigit() for _, version in peers.read_versions())
