"""The reports of a run: a sentence for each check, and what is broken first."""

import re
from pathlib import Path
from typing import Final

from fakeayr.contract import reports
from fakeayr.contract.facts import FACTS
from fakeayr.contract.runner import CheckResult, CheckStatus
from fakeayr.contract.server import Answer

FACT: Final = FACTS["jwt.x-half"]
HELD: Final = CheckResult("good", "All is well.", (FACT,), CheckStatus.HELD)
LEFT_OUT: Final = CheckResult(
    "later", "A link shows up.", (FACT,), CheckStatus.LEFT_OUT, what="it takes a person"
)
BROKEN: Final = CheckResult(
    "bad",
    "Half a pair is refused.",
    (FACT,),
    CheckStatus.BROKEN,
    what="HTTP status 200, not <400>",
    answer=Answer(200, {}, "{}", "curl -X POST", '{"a": "<b>"}'),
)
FUZZED: Final = CheckResult(
    "openapi: GET /api/user",
    "GET /api/user does what openapi.yaml says.",
    (FACT,),
    CheckStatus.BROKEN,
    what="1. Test Case ID\n- Undocumented status",
)


def test_a_line_is_the_sentence_of_a_check() -> None:
    assert [reports.line(it) for it in (HELD, LEFT_OUT, BROKEN)] == [
        "ok    All is well.",
        "-     A link shows up. (Left out: it takes a person.)",
        "FAIL  Half a pair is refused.",
    ]


def test_a_failure_shows_fact_request_and_response() -> None:
    assert reports.failures([HELD, BROKEN, LEFT_OUT]) == (
        "FAIL  Half a pair is refused.\n"
        "  broken: HTTP status 200, not <400>\n"
        "  fact jwt.x-half: Half a pair of X credentials is refused: 400, code 188.\n"
        "  $ curl -X POST\n"
        '  200 {"a": "<b>"}'
    )


def test_the_page_begins_with_what_is_broken(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    reports.write_html([HELD, LEFT_OUT, BROKEN, FUZZED], "http://x.example/api", page)
    text = page.read_text("utf-8")

    assert re.findall('<tr class="([a-z_]+)">', text) == ["broken", "broken", "left_out", "held"]
    assert "<code>http://x.example/api</code>: 1 held, 2 broken, 1 left out." in text
    assert '<p class="what">HTTP status 200, not &lt;400&gt;.</p>' in text
    assert "<pre>$ curl -X POST\n\n200 {&quot;a&quot;: &quot;&lt;b&gt;&quot;}</pre>" in text
    assert "<pre>1. Test Case ID\n- Undocumented status</pre>" in text
    assert "It takes a person." in text
