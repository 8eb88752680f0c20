"""A run's results for people, for CI, and for a browser."""

import html
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from fakeayr.contract.runner import Result, Verdict

_MARKS = {
    Verdict.HELD: "ok  ",
    Verdict.BROKEN: "FAIL",
    Verdict.FAILED: "??  ",
    Verdict.LEFT_OUT: "-   ",
}


def line(result: Result) -> str:
    """A result in one line."""
    text = f"{_MARKS[result.verdict]}  {result.name.replace('_', ' ')}"
    return f"{text} ({result.what})" if result.verdict is Verdict.LEFT_OUT else text


def failures(results: Sequence[Result]) -> str:
    """What is broken: the facts, the request as a curl line, and the answer."""
    parts = []
    for result in results:
        if result.verdict not in {Verdict.BROKEN, Verdict.FAILED}:
            continue
        lines = [result.name.replace("_", " "), f"  {result.verdict}: {result.what}"]
        lines += [f"  fact {fact.id}: {fact.sentence}" for fact in result.facts]
        if result.answer is not None:
            lines.append(f"  $ {result.answer.request}")
            lines.append(f"  {result.answer.status} {result.answer.shown}")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def summary(results: Sequence[Result]) -> str:
    """How many checks ended how, in one line."""
    counts = {verdict: sum(it.verdict is verdict for it in results) for verdict in Verdict}
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)


def exit_code(results: Sequence[Result]) -> int:
    """0 if the contract holds, 1 if it is broken, 2 if it could not be tested."""
    verdicts = {result.verdict for result in results}
    if Verdict.BROKEN in verdicts:
        return 1
    if Verdict.FAILED in verdicts or Verdict.HELD not in verdicts:
        return 2
    return 0


def write_junit(results: Sequence[Result], path: Path) -> None:
    """Writes the results as JUnit XML."""
    broken = [it for it in results if it.verdict is Verdict.BROKEN]
    suite = ET.Element(
        "testsuite",
        name="Ayrshare contract",
        tests=str(len(results)),
        failures=str(len(broken)),
        errors=str(sum(it.verdict is Verdict.FAILED for it in results)),
        skipped=str(sum(it.verdict is Verdict.LEFT_OUT for it in results)),
    )
    for result in results:
        case = ET.SubElement(
            suite,
            "testcase",
            classname="fakeayr.contract",
            name=result.name,
            time=f"{result.seconds:.3f}",
        )
        if result.verdict is Verdict.LEFT_OUT:
            ET.SubElement(case, "skipped", message=_clean(result.what))
        elif result.verdict is not Verdict.HELD:
            kind = "failure" if result.verdict is Verdict.BROKEN else "error"
            told = ET.SubElement(case, kind, message=_clean(result.what))
            told.text = _clean(failures([result]))
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def write_html(results: Sequence[Result], url: str, path: Path) -> None:
    """Writes the results as one page without foreign parts."""
    rows = "".join(_row(result) for result in results)
    page = _PAGE.format(url=html.escape(url), summary=html.escape(summary(results)), rows=rows)
    path.write_text(page, "utf-8")


def _row(result: Result) -> str:
    told = failures([result])
    details = f"<pre>{html.escape(told)}</pre>" if told else html.escape(result.what)
    facts = "<br>".join(html.escape(fact.sentence) for fact in result.facts)
    name = html.escape(result.name.replace("_", " "))
    verdict = html.escape(result.verdict)
    return (
        f'<tr class="{result.verdict.name.lower()}"><td>{verdict}</td><th scope="row">{name}</th>'
        f"<td>{facts}{details}</td></tr>\n"
    )


def _clean(text: str) -> str:
    """A text without the control characters that XML cannot hold."""
    return "".join(it for it in text if it >= " " or it in "\t\n")


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ayrshare contract</title>
<style>
:root {{ color-scheme: light dark; --line: #8886; --good: #17703a; --bad: #b3261e; }}
@media (prefers-color-scheme: dark) {{ :root {{ --good: #6fd396; --bad: #ff9d94; }} }}
body {{ font: 1rem/1.5 system-ui, sans-serif }}
body {{ max-width: 70rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse; width: 100% }}
th, td {{ text-align: left; vertical-align: top; padding: .5rem }}
th, td {{ border-top: 1px solid var(--line) }}
td:first-child {{ font-weight: 600; white-space: nowrap }}
tr.held td:first-child {{ color: var(--good) }}
tr.broken td:first-child, tr.failed td:first-child {{ color: var(--bad) }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere }}
</style>
</head>
<body>
<h1>Ayrshare contract</h1>
<p>{url}: {summary}.</p>
<table><thead><tr><th>Result</th><th>Check</th><th>Facts</th></tr></thead>
<tbody>
{rows}</tbody></table>
</body>
</html>
"""
