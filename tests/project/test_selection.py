"""Which tests `./dev quick` leaves out, and how a test that is not marked is found out."""

import importlib

import anyio
import pytest

pytest_plugins = ["pytester"]

INI = """
[pytest]
addopts = -p no:asyncio -p no:randomly -p no:fakeayr -p no:xdist
markers =
  outside
"""
INNER = """
import shutil
import pytest

@pytest.fixture
def chromium():
    return "started"

def test_with_a_browser(chromium):
    assert shutil.which("bash")

@pytest.mark.outside("bash")
def test_that_is_marked():
    assert shutil.which("bash")

@pytest.mark.parametrize("shell", [pytest.param("bash", marks=pytest.mark.outside("bash"))])
def test_whose_parameter_is_marked(shell):
    assert shutil.which(shell)

def test_that_forgets_its_mark():
    assert shutil.which("bash")

def test_of_python_alone():
    assert shutil.which("python")
    assert shutil.which("pytest")
"""


@pytest.fixture
def inner(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with the hooks of this one's `conftest.py`."""
    pytester.makeini(INI)
    pytester.makeconftest(
        "from tests.conftest import pytest_collection_modifyitems, pytest_runtest_protocol"
    )
    pytester.makepyfile(INNER)
    return pytester


@pytest.mark.outside("bash")
def test_only_marked_tests_find_programs_that_pip_does_not_install(
    inner: pytest.Pytester,
) -> None:
    result = inner.runpytest_inprocess()

    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_that_forgets_its_mark*"])


def test_a_fixture_that_starts_a_program_marks_its_tests(inner: pytest.Pytester) -> None:
    result = inner.runpytest_inprocess("-m", "not outside", "--collect-only")

    result.stdout.fnmatch_lines(
        [
            "*<Function test_that_forgets_its_mark>",
            "*<Function test_of_python_alone>",
            "*2/5 tests collected (3 deselected)*",
        ]
    )


def test_a_library_that_a_session_inside_a_test_uses_has_one_copy(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeini(INI)
    pytester.makepyfile("import anyio\n\ndef test_that_uses_it():\n    assert anyio.EndOfStream\n")

    pytester.runpytest_inprocess().assert_outcomes(passed=1)

    backend = importlib.import_module("anyio._backends._asyncio")
    assert backend.EndOfStream is anyio.EndOfStream
