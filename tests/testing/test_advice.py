"""Advice in the fixture: `ayrshare.advice`, `assert_no_advice`, strict runs and SARIF."""

import json
from collections.abc import Callable

import pytest

from fakeayr.testing import Account, FakeAyrshare, fake, interception  # noqa: F401 - else each inner session loads anew
from tests.testing.test_plugin import CALLS

pytest_plugins = ["pytester"]
Run = Callable[..., pytest.RunResult]

MISSPELT = """
    def test_it(ayrshare, call):
        call("POST", "/profiles", title="Bakery", titel="x")
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a test file in this process."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeconftest(CALLS)

    def run(source: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(source)
        return pytester.runpytest_inprocess("-p", "fakeayr.testing.plugin", *options)

    return run


def test_advice_can_be_read_and_asserted(ayrshare: Account) -> None:
    import requests  # noqa: PLC0415 - intercepted only while the fixture is

    ayrshare.assert_no_advice()
    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    url = "https://api.ayrshare.com/api/profiles"
    for _ in range(2):
        requests.get(url, params={"titel": "x"}, headers=headers, timeout=30)
    (advice,) = ayrshare.advice
    assert (advice.name, advice.count, advice.sureness) == ("field-misspelt", 2, "likely")
    with pytest.raises(AssertionError, match=r"field-misspelt \(2 times\): The field titel"):
        ayrshare.assert_no_advice()
    ayrshare.assert_no_advice(allow=["field-misspelt"])
    ayrshare.assert_no_advice(allow=["field-*"])
    with pytest.raises(TypeError, match="a list of names"):
        ayrshare.assert_no_advice(allow="field-misspelt")


def test_hints_count_only_where_they_are_asked_for(ayrshare: Account) -> None:
    import requests  # noqa: PLC0415 - intercepted only while the fixture is

    headers = {"Authorization": f"Bearer {ayrshare.api_key}"}
    requests.get("https://app.ayrshare.com/api/user", headers=headers, timeout=30)
    ayrshare.assert_no_advice()
    with pytest.raises(AssertionError, match="conduct-legacy-host"):
        ayrshare.assert_no_advice(hints=True)


def test_outside_pytest_it_is_the_same() -> None:
    with FakeAyrshare() as ayrshare:
        ayrshare.assert_no_advice()
        assert ayrshare.advice == []


def test_a_failing_test_shows_the_advice(run: Run) -> None:
    result = run(MISSPELT + "        assert False\n")
    result.stdout.fnmatch_lines(
        [
            "*- Advice of the fake Ayrshare -*",
            "field-misspelt: The field titel is misspelt. Seen: * Do: Did you mean title[?]",
        ]
    )


def test_a_passing_test_passes_unless_strict(run: Run) -> None:
    run(MISSPELT).assert_outcomes(passed=1)
    result = run(MISSPELT, "--ayrshare-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["--ayrshare-strict:", "field-misspelt: *"])


def test_strict_lets_good_tests_pass(run: Run) -> None:
    source = """
        def test_it(ayrshare, call):
            call("POST", "/profiles", title="Bakery")

        def test_without_the_fixture():
            pass
    """
    run(source, "--ayrshare-strict").assert_outcomes(passed=2)


def test_a_test_that_fails_anyhow_fails_for_its_own_reason(run: Run) -> None:
    result = run(MISSPELT + "        assert 1 == 2\n", "--ayrshare-strict")
    result.stdout.fnmatch_lines(["E*assert 1 == 2*"])
    result.stdout.no_fnmatch_line("--ayrshare-strict:")


def test_strict_has_an_allow_list_in_the_ini_file(pytester: pytest.Pytester, run: Run) -> None:
    pytester.makeini("[pytest]\nayrshare_allow_advice =\n  field-mis*\n")
    run(MISSPELT, "--ayrshare-strict").assert_outcomes(passed=1)


def test_strict_refuses_a_misspelt_name_in_an_allow_list(
    pytester: pytest.Pytester, run: Run
) -> None:
    pytester.makeini("[pytest]\nayrshare_allow_advice = field-mispelt")
    result = run(MISSPELT, "--ayrshare-strict")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["ayrshare_allow_advice: There is no advice 'field-mispelt'. Did you mean field-misspelt?"]
    )


def test_strict_has_an_allow_list_in_a_marker(run: Run) -> None:
    marked = f"""
    import pytest

    @pytest.mark.ayrshare_allow_advice("field-misspelt")
    {MISSPELT.strip()}
    """
    run(marked, "--ayrshare-strict").assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")], ids=["one", "xdist"])
def test_the_advice_of_a_session_is_written_as_sarif(
    pytester: pytest.Pytester, run: Run, options: tuple[str, ...]
) -> None:
    run(MISSPELT, "--ayrshare-sarif=advice.sarif", *options).assert_outcomes(passed=1)
    (written,) = json.loads((pytester.path / "advice.sarif").read_text("utf-8"))["runs"]
    (result,) = written["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == "field-misspelt"
    assert place["artifactLocation"]["uri"].endswith(".py")
    assert place["region"]["startLine"] >= 1
