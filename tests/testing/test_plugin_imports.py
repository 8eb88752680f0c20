"""pytest loads the plugin in every session of its environment: that must cost next to nothing."""

import subprocess
import sys
from typing import Final

import pytest

pytest_plugins = ["pytester"]

LOOK: Final = """
import sys
import pytest
before = set(sys.modules)
import fakeayr.testing.plugin
loaded = set(sys.modules) - before
print(*sorted(name for name in loaded if name.partition(".")[0] not in sys.stdlib_module_names))
"""

UNUSED: Final = """
import sys

import pytest

def test_nothing() -> None:
    wanted = {"flask", "cryptography", "msgspec", "fcntl", "fakeayr.client", "fakeayr.domain"}
    print("LOADED:", *sorted(wanted & set(sys.modules)))
"""


def test_the_plugin_loads_only_itself() -> None:
    printed = subprocess.check_output([sys.executable, "-c", LOOK], text=True)
    assert printed.split() == [
        "fakeayr",
        "fakeayr.errors",
        "fakeayr.real_files",
        "fakeayr.real_time",
        "fakeayr.testing",
        "fakeayr.testing.environment",
        "fakeayr.testing.plugin",
        "fakeayr.version",
    ]


def test_a_session_that_asks_for_no_fixture_loads_nothing_else(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(UNUSED)
    without = pytester.runpytest_subprocess("-s")
    assert without.ret == 0
    with_plugin = pytester.runpytest_subprocess("-s", "-p", "fakeayr.testing.plugin")
    assert with_plugin.ret == 0
    seen = [line for line in with_plugin.outlines if "LOADED" in line]
    assert seen == [line for line in without.outlines if "LOADED" in line] != []


def test_the_public_names_are_loaded_when_they_are_asked_for() -> None:
    script = """
import sys
import fakeayr
assert "fakeayr.testing" not in sys.modules
for name in fakeayr.__all__:
    assert getattr(fakeayr, name) is not None
from fakeayr import *
import fakeayr.testing
for name in fakeayr.testing.__all__:
    assert getattr(fakeayr.testing, name) is not None
try:
    fakeayr.Accounts
except AttributeError as error:
    print(error)
"""
    printed = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert printed == "module 'fakeayr' has no attribute 'Accounts'\n"
