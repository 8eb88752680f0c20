"""A run's results for people, for CI, and for a browser."""

import html
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

from fakeayr.contract.runner import CheckResult, CheckStatus

_PAGE_ORDER = (
    CheckStatus.BROKEN,
    CheckStatus.FAILED,
    CheckStatus.LEFT_OUT,
    CheckStatus.HELD,
)
_MARKS = {
    CheckStatus.HELD: "ok  ",
    CheckStatus.BROKEN: "FAIL",
    CheckStatus.FAILED: "??  ",
    CheckStatus.LEFT_OUT: "-   ",
}


def line(result: CheckResult) -> str:
    """A result in one line."""
    text = f"{_MARKS[result.status]}  {result.sentence}"
    return f"{text} (Left out: {result.what}.)" if result.status is CheckStatus.LEFT_OUT else text


def failures(results: Sequence[CheckResult]) -> str:
    """What is broken: the facts, the request as a curl line, and the response."""
    parts = []
    for result in results:
        if result.status in {CheckStatus.BROKEN, CheckStatus.FAILED}:
            lines = [f"{_MARKS[result.status]}  {result.sentence}"]
            lines.append(f"  {result.status}: {result.what}")
            lines += [f"  fact {fact.id}: {fact.sentence}" for fact in result.facts]
            lines += [f"  {line}" for line in _evidence(result)]
            parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _evidence(result: CheckResult) -> Iterator[str]:
    if result.answer is not None:
        yield f"$ {result.answer.request}"
        yield f"{result.answer.status} {result.answer.shown}"


def summary(results: Sequence[CheckResult]) -> str:
    """How many checks ended how, in one line."""
    counts = {status: sum(it.status is status for it in results) for status in CheckStatus}
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count)


def exit_code(results: Sequence[CheckResult]) -> int:
    """0 if the contract holds, 1 if it is broken, 2 if it could not be tested."""
    statuses = {result.status for result in results}
    if CheckStatus.BROKEN in statuses:
        return 1
    if CheckStatus.FAILED in statuses or CheckStatus.HELD not in statuses:
        return 2
    return 0


def write_junit(results: Sequence[CheckResult], path: Path) -> None:
    """Writes the results as JUnit XML."""
    broken = [it for it in results if it.status is CheckStatus.BROKEN]
    suite = ET.Element(
        "testsuite",
        name="Ayrshare contract",
        tests=str(len(results)),
        failures=str(len(broken)),
        errors=str(sum(it.status is CheckStatus.FAILED for it in results)),
        skipped=str(sum(it.status is CheckStatus.LEFT_OUT for it in results)),
    )
    for result in results:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=f"fakeayr.contract.{result.name}",
            name=result.sentence,
            time=f"{result.seconds:.3f}",
        )
        if result.status is CheckStatus.LEFT_OUT:
            ET.SubElement(case, "skipped", message=_clean(result.what))
        elif result.status is not CheckStatus.HELD:
            kind = "failure" if result.status is CheckStatus.BROKEN else "error"
            told = ET.SubElement(case, kind, message=_clean(result.what))
            told.text = _clean(failures([result]))
    ET.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)


def write_html(results: Sequence[CheckResult], url: str, path: Path) -> None:
    """Writes the results as one page without foreign parts, what is broken first."""
    first_broken = sorted(results, key=lambda it: _PAGE_ORDER.index(it.status))
    rows = "".join(map(_row, first_broken))
    page = _PAGE.format(url=html.escape(url), summary=html.escape(summary(results)), rows=rows)
    path.write_text(page, "utf-8")


def _row(result: CheckResult) -> str:
    cells = "".join(f"<p>{html.escape(fact.sentence)}</p>" for fact in result.facts)
    evidence = "\n\n".join(_evidence(result))
    if "\n" in result.what:  # Schemathesis reports more than a sentence.
        evidence = result.what
    elif result.what:
        cells += f'<p class="what">{html.escape(_capitalized(result.what))}</p>'
    if evidence:
        cells += f"<pre>{html.escape(evidence)}</pre>"
    return (
        f'<tr class="{result.status.name.lower()}"><td>{html.escape(result.status)}</td>'
        f'<th scope="row">{html.escape(result.sentence)}</th><td>{cells}</td></tr>\n'
    )


def _capitalized(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "."


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
th[scope=row] {{ font-weight: 500; width: 38% }}
td p {{ margin: 0 0 .25rem }}
.what {{ font-weight: 600 }}
pre {{ background: #8881; border-radius: .25rem; font-size: .875rem; margin: .5rem 0 0 }}
pre {{ padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere }}
tbody tr:last-child > * {{ border-bottom: 1px solid var(--line) }}
</style>
</head>
<body>
<h1>Ayrshare contract</h1>
<p><code>{url}</code>: {summary}.</p>
<table><thead><tr><th>Result</th><th>Check</th><th>Facts</th></tr></thead>
<tbody>
{rows}</tbody></table>
</body>
</html>
"""
